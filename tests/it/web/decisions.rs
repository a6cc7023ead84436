//! The way from a mail to a decision: the page that the link leads to, and what a step's form shows before it is taken.

use serde_json::json;

use crate::support::sql;
use samsyn::authz::Role;

use super::api::{Api, holder, secretary};
use super::browser::Browser;
use super::stories::{Climb, deviation, dispute, mark, redirected_deviation};

/// The link of the latest mail to a person, without the server's name.
fn link(api: &Api, person: &str) -> String {
    let mails = format!("select content as line from outbox where person_id = '{person}' order by id");
    let content = sql::lines(&api.test.app.store, &mails).pop().expect("a mail");
    let content: serde_json::Value = serde_json::from_str(&content).unwrap();
    content["link"].as_str().unwrap().strip_prefix(&*api.test.app.public_url).unwrap().to_owned()
}

#[test]
fn the_link_in_a_mail_leads_through_sign_in_to_what_there_is_to_do() {
    let api = Api::new();
    let region = holder("region-dalarna", Role::Handler);
    let number = api.register(&holder("falun", Role::Handler), &deviation("falun", "region-dalarna"));
    let link = link(&api, &region);
    assert_eq!(link, format!("/cases/{number}/next"));
    let way_in = Browser::of(&api).get(&link).expect(303).header("location").unwrap().to_owned();
    assert_eq!(way_in, format!("/sign-in?next=%2Fcases%2F{number}%2Fnext"));

    let handler = Browser::signed_in(&api, &region);
    let page = handler.get(&link).expect(200).body;
    for wanted in ["Det är din tur", "Ta emot", &mark("SHARED", "falun", "what_happened"), "Läs hela ärendet"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    // Of what she cannot do now nothing is said here.
    assert!(!page.contains("steps/record_findings"));
    // Somebody else's move: whoever sent it can only add to it.
    let sender = Browser::signed_in(&api, &holder("falun", Role::Handler));
    assert!(!sender.get(&link).expect(200).body.contains("Det är din tur"));
    // Nothing at all to do: the case itself. And to strangers it is not there.
    let registrar = Browser::signed_in(&api, &holder("region-dalarna", Role::Investigator));
    registrar.get(&link).expect(404);
    Browser::signed_in(&api, &holder("mora", Role::Handler)).get(&link).expect(404);
}

#[test]
fn whoever_has_nothing_to_do_is_led_on_to_the_case() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let next = |person: &str| Browser::signed_in(&api, person).get(&format!("/cases/{number}/next"));
    let former = next(&holder("mora", Role::Handler)).expect(303);
    assert_eq!(former.header("location"), Some(format!("/cases/{number}").as_str()));
    // A body that it was not sent to knows of nothing.
    next(&secretary("network")).expect(404);
}

#[test]
fn nobody_confirms_a_text_that_the_page_does_not_show() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let region = Browser::signed_in(&api, &holder("region-dalarna", Role::Management));
    let page = |step: &str| region.get(&format!("/cases/{number}/steps/{step}")).expect(200).body;
    let settlement = mark("SHARED", "falun", "settlement");
    assert!(page("confirm_settlement").contains(&settlement), "B4: the text that both confirm");
    assert!(page("decline_settlement").contains(&settlement), "what is declined");
    // Of statements only one's own: the other's is not among what she approves.
    let approving = page("approve_statement");
    assert!(approving.contains(&mark("SHARED", "region", "unsent_statement")));
    assert!(!approving.contains(&mark("STATEMENT", "falun", "statement")));
    assert!(!page("propose_settlement").contains(&mark("SHARED", "falun", "position")));
}

#[test]
fn what_was_open_in_another_tab_before_she_signed_in_anew_comes_back_with_her_text() {
    let api = Api::new();
    let person = holder("falun", Role::Handler);
    let number = api.register(&person, &deviation("falun", "region-dalarna"));
    let address = format!("/cases/{number}/steps/add_facts");
    let browser = Browser::signed_in(&api, &person);
    let old_tab = browser.get(&address).expect(200);
    browser.send("/sign-in/demo", &[("person", &person)]).expect(303);
    let answer = browser.fill(&old_tab, &address, &[("more_facts", "Mötet var klockan tio.")]).expect(303);
    assert_eq!(answer.header("location"), Some(address.as_str()));
    let again = browser.get(&address).expect(200);
    assert!(again.body.contains("Mötet var klockan tio.") && again.body.contains("Inget har skickats än"));
    browser.fill(&again, &address, &[("more_facts", "Mötet var klockan tio.")]).expect(303);

    // A form of somebody else's session, or of nobody's, is not hers to send, and is kept nowhere.
    let other = Browser::signed_in(&api, &person);
    other.send("/sign-in/demo", &[("person", "mas-mora")]).expect(303);
    other.fill(&old_tab, &address, &[("more_facts", "Någon annans ord.")]).expect(403);
    browser.send(&address, &[("_csrf", "gissat"), ("more_facts", "Någon annans ord.")]).expect(403);
    assert!(!sql::dump(&api.test.app.store).iter().any(|row| row.contains("Någon annans ord")));
}

/// The boxes of the ladder on a case's page, from the top: how each is drawn, and its words.
fn boxes(page: &str) -> Vec<(String, String)> {
    let drawn = page.split("<g class=\"").skip(1).map(|group| group.split("</g>").next().unwrap());
    let words = |group: &str| {
        let lines = group.split("<text").skip(1).map(|line| line.split(['>', '<']).nth(1).unwrap());
        lines.collect::<Vec<_>>().join(" ")
    };
    drawn.map(|group| (group.split('"').next().unwrap().to_owned(), words(group))).collect()
}

#[test]
fn the_ladder_shows_where_a_dispute_has_been_is_and_may_come() {
    let api = Api::new();
    let number = dispute(&api, Climb::Network);
    let ladder =
        |person: &str| boxes(&Browser::signed_in(&api, person).get(&format!("/cases/{number}")).expect(200).body);
    let drawn = ladder(&holder("region-dalarna", Role::Management));
    let on =
        |class: &str| drawn.iter().filter(|(is, _)| is == class).map(|(_, words)| words.as_str()).collect::<Vec<_>>();
    assert_eq!(on("here"), ["Bereds av styrgruppen"]);
    assert_eq!(on("been"), ["Hos tjänsteledningarna", "Väntar på motpartens ståndpunkt"], "lowest last");
    assert_eq!(on("next"), ["Återkallad", "Hos Länschefsnätverket", "Löst: ska genomföras"]);
    // How the parties came to it is no business of the body's.
    let seen = ladder(&secretary("steering"));
    assert!(seen.iter().all(|(is, _)| is != "been"), "{seen:?}");
    assert!(seen.contains(&("here".to_owned(), "Bereds av styrgruppen".to_owned())));
    // A deviation climbs no ladder.
    let number = api.register(&holder("falun", Role::Handler), &deviation("falun", "region-dalarna"));
    let page = Browser::signed_in(&api, &holder("falun", Role::Handler)).get(&format!("/cases/{number}")).expect(200);
    assert!(!page.body.contains("<svg"));
}

#[test]
fn the_network_sees_a_line_of_a_local_dispute_while_both_parties_say_so_and_no_more() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let say = |principal: &str, listed: bool| {
        api.step(&holder(principal, Role::Management), &number, "list_for_network", json!({ "listed": listed }));
    };
    let board = |body: &str| Browser::signed_in(&api, &secretary(body)).get("/board").expect(200).body;
    let counted = "1 tvist";
    assert!(board("network").contains(counted) && !board("network").contains(&number));
    say("falun", true);
    assert!(!board("network").contains(&number), "one party alone says nothing");
    say("region-dalarna", true);
    for body in ["network", "steering"] {
        let board = board(body);
        for wanted in [counted, number.as_str(), "Falu kommun - Region Dalarna", "sedan", "senast"] {
            assert!(board.contains(wanted), "{wanted}");
        }
        assert!(!board.contains("[SHARED") && !board.contains(&format!("/cases/{number}")));
        // The line is all: the case itself is as if it were not there.
        Browser::signed_in(&api, &secretary(body)).get(&format!("/cases/{number}")).expect(404);
        api.get(&secretary(body), &format!("/api/cases/{number}")).expect(404);
    }
    assert!(!board("council").contains(&number), "the council is not asked about");
    say("falun", false);
    assert!(!board("network").contains(&number));
    // Once it has come to the network it is a matter like others.
    say("falun", true);
    api.step(
        &holder("falun", Role::Management),
        &number,
        "escalate",
        json!({"tried": ["staff"], "grounds": "Vi enas inte."}),
    );
    let board = board("steering");
    assert!(board.contains(&format!("/cases/{number}")) && !board.contains("sagt att du får se en rad"));
}

#[test]
fn the_board_has_a_column_for_each_body_and_what_is_followed_up_last() {
    let api = Api::new();
    let (with_council, settled) = (dispute(&api, Climb::Council), dispute(&api, Climb::Council));
    let climbing = dispute(&api, Climb::Network);
    for place in ["falun", "region-dalarna"] {
        api.step(&holder(place, Role::Management), &settled, "confirm_settlement", json!({}));
    }
    let board = Browser::signed_in(&api, &secretary("network")).get("/board").expect(200).body;
    let columns: Vec<_> = board.split("<h2>").skip(1).map(|column| column.split(" <span").next().unwrap()).collect();
    let bodies =
        ["Styrgruppen för Länschefsnätverket", "Länschefsnätverket", "Välfärdsrådets presidium", "Välfärdsrådet"];
    assert_eq!(columns, [&bodies[..], &["Följs upp"]].concat());
    let place = |number: &str| board.find(&format!("/cases/{number}")).unwrap();
    assert!(place(&climbing) < place(&with_council) && place(&with_council) < place(&settled));
}

#[test]
fn a_case_shows_the_mails_that_went_to_ones_own_people() {
    let api = Api::new();
    let number = api.register(&holder("falun", Role::Handler), &deviation("falun", "region-dalarna"));
    let page = |person: &str| Browser::signed_in(&api, person).get(&format!("/cases/{number}")).expect(200).body;
    let to = format!("Mejl till {}: det är din tur", holder("region-dalarna", Role::Handler));
    let region = page(&holder("region-dalarna", Role::Registrar));
    assert!(region.contains(&to) && region.contains("(väntar på att skickas)"), "{to}");
    // To whom the others' mails went is none of the sender's business.
    assert!(!page(&holder("falun", Role::Handler)).contains("Mejl till"));
    api.step(&holder("region-dalarna", Role::Handler), &number, "receive", json!({}));
    api.step(&holder("region-dalarna", Role::Handler), &number, "wrong_principal", json!({"grounds": "Inte vår."}));
    let back = format!("Mejl till {}", holder("falun", Role::Handler));
    assert!(page(&holder("falun", Role::Handler)).contains(&back));
    assert!(!page(&holder("region-dalarna", Role::Handler)).contains(&back));
}
