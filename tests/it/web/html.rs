//! Pages, asked as a browser asks for them.

use actix_web::http::Method;
use samsyn::authz::Role;
use samsyn::ids::PersonId;
use samsyn::web::pages::routes::{PAGES, Policy};
use serde_json::json;

use crate::support::sql;

use super::api::{Answer, Api, BODIES, PLACES, ROLES, holder, secretary};
use super::browser::{Browser, hidden};
use super::stories::{Climb, deviation, dispute, redirected_deviation};

const PASSWORD: &str = "korrekt häst batteri 7 häftklammer";

#[test]
fn a_page_is_closed_to_everybody_who_is_not_signed_in_unless_the_table_says_otherwise() {
    let api = Api::new();
    let nobody = Browser::of(&api);
    for page in PAGES {
        let address = page.path.replace("{number}", "FALUN-2026-0001").replace("{id}", "x");
        let answer = match page.method {
            Method::GET => nobody.get(&address),
            _ => nobody.send(&address, &[]),
        };
        match page.policy {
            Policy::Anybody(_) => assert!([200, 404, 422].contains(&answer.status), "{address}: {}", answer.status),
            Policy::SignedIn(_) => {
                assert_eq!(answer.status, 303, "{address}");
                assert!(answer.header("location").unwrap().starts_with("/sign-in?next=%2F"), "{address}");
            }
        }
        if !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/css")) {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{address}");
        }
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{address}");
    }
}

#[test]
fn a_page_that_only_takes_forms_says_so() {
    let api = Api::new();
    let answer = Browser::of(&api).get("/sign-out").expect(405);
    assert_eq!(answer.header("allow"), Some("POST"));
    assert!(answer.header("content-security-policy").is_some() && answer.body.contains("<h1>Fel metod</h1>"));
}

#[test]
fn name_and_password_sign_in_and_what_is_wrong_is_not_said() {
    let api = Api::new();
    let person = PersonId::from("mas-falun");
    api.test.app.create_account(&person, "mas.falun", PASSWORD).unwrap();
    let browser = Browser::of(&api);
    let wrong = |username: &str| {
        let answer = browser.send("/sign-in", &[("username", username), ("password", "fel lösenord")]).expect(422);
        assert!(answer.header("set-cookie").is_none());
        answer.body.replace(username, "")
    };
    assert_eq!(wrong("mas.falun"), wrong("ingen.alls"));
    let answer = browser.send("/sign-in", &[("username", "MAS.Falun "), ("password", PASSWORD), ("next", "/help")]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/help")));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(browser.get("/").expect(200).body.contains("MAS Falun"));
    let out = browser.fill(&browser.get("/"), "/sign-out", &[]);
    assert_eq!(out.status, 303);
    browser.get("/").expect(303);
}

#[test]
fn after_signing_in_nobody_is_led_elsewhere() {
    let api = Api::new();
    let browser = Browser::signed_in(&api, "mas-falun");
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\n/evil"] {
        let answer = browser.send("/sign-in/demo", &[("person", "mas-falun"), ("next", next)]).expect(303);
        assert_eq!(answer.header("location"), Some("/"), "{next:?}");
    }
}

#[test]
fn outside_the_demonstration_nobody_signs_in_by_a_click() {
    let api = Api::new();
    let browser = Browser::of(&api);
    browser.send("/sign-in/demo", &[("person", "mas-falun")]).expect(404);
    assert!(!browser.get("/sign-in").expect(200).body.contains("mas-falun"));
}

#[test]
fn a_form_that_is_not_ours_changes_nothing() {
    let api = Api::new();
    let number = sent(&api);
    let region = Browser::signed_in(&api, &holder("region-dalarna", Role::Handler));
    let address = format!("/cases/{number}/steps/receive");
    let page = region.get(&address).expect(200);
    let fields: Vec<_> = hidden(&page.body, &address);
    let send = |csrf: &str| {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), if name == "_csrf" { csrf } else { value.as_str() }))
            .collect();
        region.send(&address, &fields).status
    };
    assert_eq!([send(""), send("x")], [403, 403]);
    assert_eq!(Browser::of(&api).send_from("cross-site", "/sign-in", &[]).status, 403);
    assert_eq!(api.get(&holder("falun", Role::Handler), &format!("/api/cases/{number}")).json()["state"]["id"], "sent");
    let ours = fields.iter().find(|(name, _)| name == "_csrf").unwrap().1.clone();
    assert_eq!(send(&ours), 303);
}

#[test]
fn what_may_not_be_known_is_shown_like_what_does_not_exist() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let stranger = Browser::signed_in(&api, &holder("borlange", Role::Handler));
    for path in PAGES.iter().filter(|page| page.method == Method::GET && page.path.contains("{number}")) {
        let show = |number: &str| {
            let address = path.path.replace("{number}", number).replace("{transition}", "receive");
            stranger.get(&address).expect(404).body
        };
        assert_eq!(show(&number), show("FALUN-2026-9999"), "{}", path.path);
        assert!(!show(&number).contains(&number));
    }
}

#[test]
fn a_new_deviation_begins_as_a_copy_of_an_old_one_without_its_dates() {
    let api = Api::new();
    let number = sent(&api);
    let handler = Browser::signed_in(&api, &holder("falun", Role::Handler));
    let copy = format!("/register/deviation/register?copy={number}");
    assert!(handler.get(&format!("/cases/{number}")).expect(200).body.contains(&copy));
    let page = handler.get(&copy).expect(200);
    assert!(page.body.contains("<option value=\"region-dalarna\" selected>"), "the same counterpart");
    let to = "/register/deviation/register";
    let begun = handler.fill(&page, to, &[("receiver", "region-dalarna")]).expect(303);
    let draft = begun.header("location").unwrap().trim_end_matches('1').to_owned();
    assert!(handler.get(&format!("{draft}1")).expect(200).body.contains("value=\"sip\" checked"));
    let last = handler.get(&format!("{draft}check")).expect(200).body;
    assert!(last.contains("[SHARED falun what_happened]") && !last.contains("27 februari 2026"), "no date");
    // What stood in the own room, and what others may not read, is not copied.
    assert!(!last.contains("[OWN"));
    let stranger = Browser::signed_in(&api, &holder("mora", Role::Handler));
    stranger.get(&copy).expect(404);
    let page = stranger.get(to).expect(200);
    stranger.fill(&page, to, &[("receiver", "region-dalarna"), ("copy", &number)]).expect(404);
    assert!(api.get(&holder("mora", Role::Handler), "/api/drafts").json()["drafts"].as_array().unwrap().is_empty());
    // Of another kind nothing is taken.
    handler.get(&format!("/register/tip/send?copy={number}")).expect(404);
}

#[test]
fn a_wrong_counterpart_is_told_before_anything_else_is_written() {
    let api = Api::new();
    let handler = Browser::signed_in(&api, &holder("falun", Role::Handler));
    for wrong in ["mora", "falun"] {
        let page = handler.do_it("/register/deviation/register", &[("receiver", wrong)]).expect(422).body;
        assert!(page.contains("href=\"#f-receiver\"") && page.contains("id=\"f-receiver\""), "{wrong}");
        assert!(page.contains(&format!("<option value=\"{wrong}\" selected>")), "{wrong}: what she chose is there");
    }
    assert!(api.get(&holder("falun", Role::Handler), "/api/drafts").json()["drafts"].as_array().unwrap().is_empty());
}

#[test]
fn another_persons_draft_is_none() {
    let api = Api::new();
    let mine = Browser::signed_in(&api, &holder("falun", Role::Handler));
    let begun = mine.do_it("/register/deviation/register", &[("receiver", "region-dalarna")]).expect(303);
    let draft = begun.header("location").unwrap().to_owned();
    mine.get(&draft).expect(200);
    let colleague = Browser::signed_in(&api, "mas-falun");
    let none = draft.replace(|letter: char| letter.is_ascii_digit(), "0");
    assert_eq!(colleague.get(&draft).expect(404).body, colleague.get(&none).expect(404).body);
}

/// Whatever somebody writes into a case is nowhere on the pages of one who may not read it.
#[test]
fn the_room_of_one_party_is_on_no_page_of_the_other() {
    let api = Api::new();
    for number in [dispute(&api, Climb::Council), redirected_deviation(&api)] {
        let mut own = 0;
        let people = PLACES.iter().flat_map(|(principal, _)| ROLES.map(|role| (*principal, holder(principal, role))));
        for (principal, person) in people.chain(BODIES.map(|body| (body, secretary(body)))) {
            let page = Browser::signed_in(&api, &person).get(&format!("/cases/{number}")).body;
            let rooms = page.split("[OWN ").skip(1).map(|text| text.split(' ').next().unwrap());
            for room in rooms {
                assert!(principal.starts_with(room), "{person} reads {number}: {room}");
                own += 1;
            }
        }
        assert!(own > 0, "somebody reads her own room of {number}");
    }
}

#[test]
fn a_deviation_is_registered_part_by_part_and_nothing_typed_is_lost() {
    let api = Api::new();
    let browser = Browser::signed_in(&api, &holder("falun", Role::Handler));
    let begun = browser.do_it("/register/deviation/register", &[("receiver", "region-dalarna")]).expect(303);
    let first = begun.header("location").unwrap().to_owned();
    let draft = first.trim_end_matches('1');
    let part = |n: &str| format!("{draft}{n}");
    let go = |n: &str, fields: &[(&str, &str)]| browser.do_it(&part(n), fields);
    let missing = go("1", &[]).expect(422);
    assert!(missing.body.contains("href=\"#f-category\"") && missing.body.contains("id=\"f-category\""));
    assert_eq!(go("1", &[("category", "sip")]).expect(303).header("location"), Some(part("2").as_str()));

    let hostile = "<script>alert(1)</script> \u{202e}baklänges \u{1f469}\u{200d}\u{2695}";
    let with_identity = go("2", &[("what_happened", "Hon är 19121212-1212."), ("event_on", "2026-02-27")]).expect(422);
    assert!(with_identity.body.contains("Hon är 19121212-1212."), "what was typed is there to be mended");
    let typed = [
        ("sip_fault", "did_not_come"),
        ("what_happened", hostile),
        ("event_on", "2026-02-27"),
        ("discovered_on", "igår"),
    ];
    let wrong_day = go("2", &typed).expect(422);
    assert!(wrong_day.body.contains("&lt;script&gt;alert(1)") && !wrong_day.body.contains("<script"));
    assert!(wrong_day.body.contains("value=\"igår\""));
    go("2", &[typed[0], typed[1], typed[2], ("discovered_on", "2026-02-27")]).expect(303);
    go("3", &[("where.place", "Psykiatri Falun"), ("where.contact", "MAS")]).expect(303);
    go("4", &[("consequence_for_person", "Planen kunde inte göras."), ("urgency", "normal")]).expect(303);
    // A field that another answer makes necessary comes with that answer.
    let asked = go("5", &[("answer_wanted", "false"), ("sex", "woman"), ("age_group", "under_18")]).expect(422);
    assert!(asked.body.contains("name=\"solved_how\""));
    go("5", &[("answer_wanted", "true"), ("sex", "woman"), ("age_group", "under_18")]).expect(303);

    let last = browser.get(&part("check")).expect(200);
    let hidden = hidden(&last.body, &part("check"));
    let hidden: Vec<_> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send(&part("99"), &hidden).expect(404); // no part of the form, so nothing is sent by it
    let sent = browser.fill(&last, &part("check"), &[]).expect(303);
    let again = browser.fill(&last, &part("check"), &[]).expect(303);
    assert_eq!(sent.header("location"), again.header("location"), "sent twice it is one case");
    let receipt = browser.get(sent.header("location").unwrap()).expect(200);
    assert!(receipt.body.contains("Registrerat. FALUN-2026-0001"), "{}", receipt.body);
    assert!(!receipt.body.contains("<script"));
    assert!(browser.get("/?list=drafts").expect(200).body.contains("Du har inget utkast."));
}

#[test]
fn whoever_comes_second_keeps_her_text_and_is_told() {
    let api = Api::new();
    let number = sent(&api);
    let handler = Browser::signed_in(&api, &holder("falun", Role::Handler));
    let address = format!("/cases/{number}/steps/add_facts");
    let page = handler.get(&address).expect(200);
    api.step(&holder("region-dalarna", Role::Handler), &number, "receive", json!({}));
    let late = handler.fill(&page, &address, &[("more_facts", "Mötet var klockan tio.")]).expect(422);
    assert!(late.body.contains("Mötet var klockan tio.") && late.body.contains("Någon annan hann före"));
    handler.fill(&late, &address, &[("more_facts", "Mötet var klockan tio.")]).expect(303);
}

#[test]
fn a_form_sent_twice_is_one_step() {
    let api = Api::new();
    let number = sent(&api);
    let region = Browser::signed_in(&api, &holder("region-dalarna", Role::Handler));
    let address = format!("/cases/{number}/steps/receive");
    let page = region.get(&address).expect(200);
    let first = region.fill(&page, &address, &[]).expect(303);
    let second = region.fill(&page, &address, &[]).expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(api.get(&holder("falun", Role::Handler), &format!("/api/cases/{number}")).json()["revision"], 2);
}

#[test]
fn the_worklists_say_whose_move_it_is() {
    let api = Api::new();
    let number = sent(&api);
    let on = |person: &str, list: &str| {
        Browser::signed_in(&api, person).get(&format!("/?list={list}")).expect(200).body.contains(&number)
    };
    let (falun, region) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    assert_eq!(
        [on(&region, "todo"), on(&region, "waiting"), on(&falun, "todo"), on(&falun, "waiting")],
        [true, false, false, true]
    );
    api.step(&region, &number, "receive", json!({}));
    api.step(&region, &number, "route", json!({"lead_unit": "psykiatri-falun"}));
    assert_eq!([on(&region, "todo"), on(&holder("region-dalarna", Role::Manager), "todo")], [false, true]);
    api.test.clock.advance(chrono::Duration::days(100));
    assert!(on(&falun, "overdue") && !on(&falun, "done"));
}

#[test]
fn the_board_is_the_secretarys() {
    let api = Api::new();
    let number = dispute(&api, Climb::Network);
    let board = Browser::signed_in(&api, &secretary("network")).get("/board").expect(200);
    assert!(board.body.contains(&number) && board.body.contains("Länschefsnätverket"));
    assert!(!Browser::signed_in(&api, &secretary("council")).get("/board").expect(200).body.contains(&number));
    Browser::signed_in(&api, &holder("falun", Role::Management)).get("/board").expect(404);
}

/// A deviation of Falun's, on its way to the region.
fn sent(api: &Api) -> String {
    api.register(&holder("falun", Role::Handler), &deviation("falun", "region-dalarna"))
}

/// What comes of a form that is sent two hours after it was opened.
fn too_late(api: &Api, browser: &Browser, address: &str, facts: &str) -> Answer {
    let page = browser.get(address).expect(200);
    api.test.clock.advance(chrono::Duration::hours(2));
    browser.fill(&page, address, &[("more_facts", facts)]).expect(303)
}

#[test]
fn what_is_sent_after_the_session_ran_out_is_there_when_she_has_signed_in_again() {
    let api = Api::new();
    let (handler, number) = (Browser::signed_in(&api, &holder("falun", Role::Handler)), sent(&api));
    let address = format!("/cases/{number}/steps/add_facts");
    let late = too_late(&api, &handler, &address, "Mötet var klockan tio.");
    let way_in = late.header("location").unwrap().to_owned();
    assert!(way_in.ends_with("&held") && handler.get(&way_in).expect(200).body.contains("sparat i en timme"));
    assert_eq!(api.get(&holder("falun", Role::Handler), &format!("/api/cases/{number}")).json()["revision"], 1);

    // Nobody else finds it, also not at the same browser; she does, and sends it.
    let sign_in = |person: &str| handler.send("/sign-in/demo", &[("person", person), ("next", &address)]).expect(303);
    sign_in("mas-falun");
    assert!(!handler.get(&address).expect(200).body.contains("klockan tio"));
    sign_in(&holder("falun", Role::Handler));
    let again = handler.get(&address).expect(200);
    assert!(again.body.contains("Mötet var klockan tio.") && again.body.contains("Inget har skickats än"));
    handler.fill(&again, &address, &[("more_facts", "Mötet var klockan tio.")]).expect(303);
    assert!(!handler.get(&address).expect(200).body.contains("klockan tio"));
}

#[test]
fn what_is_sent_late_and_names_somebody_is_kept_nowhere() {
    let api = Api::new();
    let handler = Browser::signed_in(&api, &holder("falun", Role::Handler));
    let late = too_late(&api, &handler, &format!("/cases/{}/steps/add_facts", sent(&api)), "Hon är 19121212-1212.");
    assert!(late.header("location").unwrap().ends_with("&lost"));
    assert!(!sql::dump(&api.test.app.store).iter().any(|row| row.contains("19121212")));
}

#[test]
fn signing_out_everywhere_ends_every_browser() {
    let api = Api::new();
    let (here, there) = (Browser::signed_in(&api, "mas-falun"), Browser::signed_in(&api, "mas-falun"));
    let other = Browser::signed_in(&api, "mas-mora");
    here.fill(&here.get("/me").expect(200), "/sign-out/everywhere", &[]).expect(303);
    let page = here.get("/me");
    assert_eq!(page.status, 303);
    assert_eq!([there.get("/").status, other.get("/").status], [303, 200]);
}

#[test]
fn one_address_tries_so_many_passwords_and_no_more_also_behind_the_proxy() {
    let api = Api::new();
    let try_from = |peer: &str, forwarded: &str| {
        let ask = api.anonymous(&Method::POST, "/sign-in").from(peer.parse().unwrap());
        let ask = ask.header("Sec-Fetch-Site", "same-origin").header("X-Forwarded-For", forwarded);
        ask.body("application/x-www-form-urlencoded", "username=x&password=y").send().status
    };
    // Each of these asks under a name that nobody else of these tests has.
    let mut answers: Vec<u16> = (0..31).map(|_| try_from("127.0.0.1:9", "192.0.2.9, 192.0.2.1")).collect();
    assert_eq!((answers.pop(), answers.contains(&429)), (Some(429), false));
    assert_eq!(try_from("127.0.0.1:9", "192.0.2.1, 192.0.2.2"), 422, "another browser");
    assert_eq!(try_from("198.51.100.1:9", "192.0.2.1"), 422, "whoever is no proxy says where others are in vain");
}

#[test]
fn one_address_fetches_so_many_calendars_and_still_sends_forms() {
    let api = Api::new();
    let ask = |method: Method, path: &str| {
        let ask = api.anonymous(&method, path).from("192.0.2.77:9".parse().unwrap());
        ask.header("Sec-Fetch-Site", "same-origin").send().status
    };
    assert!((0..5_000).any(|_| ask(Method::GET, "/feeds/guessed.ics") == 429), "as many as it likes");
    assert_ne!(ask(Method::POST, "/me/reminders"), 429);
}

#[test]
fn what_was_typed_into_a_step_that_somebody_took_away_is_still_shown() {
    let api = Api::new();
    let region = holder("region-dalarna", Role::Handler);
    let number = sent(&api);
    api.step(&region, &number, "receive", json!({}));
    let handler = Browser::signed_in(&api, &region);
    let address = format!("/cases/{number}/steps/ask_before_routing");
    let page = handler.get(&address).expect(200);
    api.step(&region, &number, "route", json!({"lead_unit": "psykiatri-falun"}));
    let late = handler.fill(&page, &address, &[("question", "Vilken avdelning?")]).expect(422);
    assert!(late.body.contains("Vilken avdelning?") && late.body.contains("Fördela"), "her text, and what was done");
    assert!(!late.body.contains("<textarea"), "there is nothing to send any more");
}
