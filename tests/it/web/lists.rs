//! Worklists and search, asked as a browser asks for them.

use samsyn::authz::Role;
use serde_json::json;

use super::api::{Api, holder, secretary};
use super::browser::Browser;
use super::stories::{Climb, deviation, dispute, redirected_deviation};

/// Which of these numbers a page shows as cases of a list.
fn shown<'a>(browser: &Browser, address: &str, numbers: &[&'a str]) -> Vec<&'a str> {
    let page = browser.get(address).expect(200).body;
    let on = |number: &&&str| page.contains(&format!("<a class=\"number\" href=\"/cases/{number}\">"));
    numbers.iter().filter(on).copied().collect()
}

/// What the tab of a list counts.
fn counted(browser: &Browser, address: &str, list: &str) -> String {
    let page = browser.get(address).expect(200).body;
    let tab = page.split(&format!("{list} <span class=\"count\">")).nth(1).unwrap_or_else(|| panic!("no tab {list}"));
    tab.split('<').next().unwrap().to_owned()
}

fn sent(api: &Api) -> String {
    api.test.clock.advance(chrono::Duration::minutes(1));
    api.register(&holder("falun", Role::Handler), &deviation("falun", "region-dalarna"))
}

#[test]
fn whose_cases_are_shown_is_chosen_where_the_seats_make_a_difference() {
    let api = Api::new();
    let number = sent(&api);
    let routed = sent(&api);
    let region = holder("region-dalarna", Role::Handler);
    api.step(&region, &routed, "receive", json!({}));
    api.step(&region, &routed, "route", json!({"lead_unit": "psykiatri-falun"}));
    let both = [number.as_str(), &routed];
    let on = |person: &str, address: &str| shown(&Browser::signed_in(&api, person), address, &both);

    assert_eq!(on(&region, "/?list=todo"), [number.as_str()]);
    assert_eq!(on(&region, "/?list=todo&whose=organisation"), both, "what is a unit's is the organisation's");
    assert_eq!(on(&region, "/?list=waiting&whose=organisation"), [""; 0]);
    let falun = holder("falun", Role::Handler);
    assert_eq!(on(&falun, "/?list=waiting"), both, "she registered them");
    assert_eq!(on(&holder("falun", Role::Management), "/?list=waiting"), [""; 0], "she did not");
    assert_eq!(on(&holder("falun", Role::Management), "/?list=waiting&whose=organisation"), both);
    let manager = "chef-psykiatri-falun";
    assert_eq!(on(manager, "/?list=todo&whose=mine"), [routed.as_str()]);
    assert_eq!(on(manager, "/?list=todo&whose=unit"), [routed.as_str()]);
    assert_eq!(on(manager, "/?list=todo&whose=organisation"), [routed.as_str()], "not hers to choose: her unit's");

    let offered = |person: &str| {
        let page = Browser::signed_in(&api, person).get("/").expect(200).body;
        ["Mina", "Min enhets", "Hela organisationens", "Alla organens", "Saknar diarienummer"]
            .map(|words| page.contains(&format!("{words}</a>")) || page.contains(&format!("{words} <span")))
    };
    assert_eq!(offered(&holder("falun", Role::Employee)), [false; 5]);
    assert_eq!(offered(manager), [true, true, false, false, false]);
    assert_eq!(offered(&region), [true, false, true, false, false]);
    let (secretary, registrar) = (secretary("network"), "registrator-falun");
    assert_eq!(offered(&secretary), [false; 5]);
    assert_eq!(offered(registrar), [false, false, false, false, true]);
}

/// The scope that a page shows, and its tabs, the one that is open in front.
fn opened(browser: &Browser, address: &str) -> (String, Vec<String>) {
    let page = browser.get(address).expect(200).body;
    let part =
        |class: &str| page.split(&format!("<nav class=\"{class}\"")).nth(1).map(|nav| nav.split("</nav>").next());
    let links = |class: &str| -> Vec<(bool, String)> {
        let links = part(class).flatten().unwrap_or_default().split("<a ").skip(1);
        let read =
            |link: &str| (link.contains("aria-current"), link.split(['>', '<']).nth(1).unwrap().trim().to_owned());
        links.map(read).collect()
    };
    let scope = links("scopes").into_iter().find(|(open, _)| *open).map(|(_, words)| words);
    let mut tabs = links("tabs");
    tabs.sort_by_key(|(open, _)| !open);
    (scope.unwrap_or_default(), tabs.into_iter().map(|(_, words)| words).collect())
}

#[test]
fn each_begins_where_her_own_work_shows_and_is_offered_no_list_that_is_never_anything_for_her() {
    let api = Api::new();
    sent(&api);
    let all = ["Att göra", "Väntar på andra", "Försenade", "Avslutade"];
    let mut with_drafts = all.to_vec();
    with_drafts.push("Utkast");
    let at = |person: &str, address: &str| opened(&Browser::signed_in(&api, person), address);
    let is = |found: (String, Vec<String>), scope: &str, tabs: &[&str]| {
        assert_eq!((found.0.as_str(), found.1.iter().map(String::as_str).collect::<Vec<_>>()), (scope, tabs.to_vec()));
    };
    is(at(&holder("falun", Role::Handler), "/"), "Mina", &with_drafts);
    is(at(&holder("falun", Role::Employee), "/"), "", &with_drafts);
    is(at(&secretary("network"), "/"), "", &all);
    let manager = "chef-psykiatri-falun";
    is(at(manager, "/"), "Min enhets", &all);
    is(at(manager, "/?whose=mine"), "Mina", &["Att göra", "Försenade"]);
    is(at("registrator-falun", "/"), "", &[&["Saknar diarienummer"][..], &all].concat());

    // Who registers besides still begins with what she answers; the register is her organisation's.
    let seat = json!({"role": "registrar", "title": "Registrator", "principal": "falun"});
    api.test.app.add_role(&"mas-falun".into(), &serde_json::from_value(seat).unwrap()).unwrap();
    is(at("mas-falun", "/"), "Mina", &with_drafts);
    let with_register: Vec<_> = [&all[..], &["Saknar diarienummer", "Utkast"]].concat();
    is(at("mas-falun", "/?whose=organisation"), "Hela organisationens", &with_register);
    assert_eq!(at("mas-falun", "/?list=unregistered").1[0], "Saknar diarienummer", "where it is, it is found");
    let administrator = Browser::signed_in(&api, &holder("falun", Role::Administrator)).get("/").expect(303);
    assert_eq!(administrator.header("Location"), Some("/admin"));
}

#[test]
fn a_registrar_sees_what_has_no_number_of_her_own_register() {
    let api = Api::new();
    let (one, other) = (sent(&api), sent(&api));
    let all = [one.as_str(), &other];
    api.step(&holder("falun", Role::Handler), &one, "note_registry_number", json!({"registry_number": "SOC 2026/7"}));
    let registrar = Browser::signed_in(&api, "registrator-falun");
    assert_eq!(shown(&registrar, "/?list=unregistered", &all), [other.as_str()]);
    assert_eq!(counted(&registrar, "/", "Saknar diarienummer"), "1");
    let of_region = Browser::signed_in(&api, "registrator-region");
    assert_eq!(shown(&of_region, "/?list=unregistered", &all), all, "the other's number is not ours");
    let handler = Browser::signed_in(&api, &holder("falun", Role::Handler));
    assert!(!handler.get("/?list=unregistered").expect(200).body.contains("Saknar diarienummer"));
}

#[test]
fn a_search_is_narrowed_by_what_is_chosen_and_stands_in_the_address() {
    let api = Api::new();
    let falun = holder("falun", Role::Handler);
    let (plain, routed) = (sent(&api), sent(&api));
    let region = holder("region-dalarna", Role::Handler);
    api.step(&region, &routed, "receive", json!({}));
    api.step(&region, &routed, "route", json!({"lead_unit": "psykiatri-falun"}));
    let dispute = dispute(&api, Climb::Network);
    api.step(&falun, &plain, "take_back", json!({"grounds": "Dubbelt."}));
    let all = [plain.as_str(), &routed, &dispute];
    let found = |person: &str, query: &str| shown(&Browser::signed_in(&api, person), &format!("/search?{query}"), &all);
    for (query, expected) in [
        ("workflow=local-dispute", &all[2..]),
        ("workflow=deviation", &all[..2]),
        ("workflow=tip", &[]),
        ("level=deviation%3Ainvestigating", &all[1..2]),
        ("level=local-dispute%3Asteering", &all[2..]),
        ("level=local-dispute%3Aparties", &[]),
        ("category=sip", &all[..2]),
        ("category=sip&status=ended", &all[..1]),
        ("category=discharge", &[]),
        ("status=open", &all[1..]),
        ("from=2026-03-02&to=2026-03-02", &all),
        ("from=2026-03-03", &[]),
        ("to=2026-03-01", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(&falun, query), expected, "{query}");
    }
    assert_eq!(found(&region, "unit=psykiatri-falun"), [routed.as_str()]);
    assert_eq!(found("chef-psykiatri-falun", "unit=psykiatri-falun"), [routed.as_str()]);

    let page =
        Browser::signed_in(&api, &falun).get("/search?category=sip&status=ended&from=2026-01-01").expect(200).body;
    assert!(page.contains("Du söker på") && page.contains("Öppet eller avslutat: Avslutade"));
    assert!(page.contains("href=\"/search?category=sip&amp;from=2026-01-01\""), "without the status, all else kept");
    assert!(page.contains("<option value=\"sip\" selected>") && page.contains("value=\"2026-01-01\""));
    assert!(page.contains("Det går inte att söka på ord"));
}

#[test]
fn what_cannot_be_searched_for_comes_back_with_all_else() {
    let api = Api::new();
    sent(&api);
    let browser = Browser::signed_in(&api, &holder("falun", Role::Handler));
    for (query, field, words) in [
        ("from=2026-02-30", "from", "Skriv en dag som finns"),
        ("to=12026-01-01", "to", "Skriv en dag som finns"),
        ("from=2026-03-02&to=2026-03-01", "to", "ligger före den första"),
        ("level=deviation%3Anowhere", "level", "Välj något som finns i listan"),
        ("unit=mora-stodboende", "unit", "Välj något som finns i listan"),
        ("status=x", "status", "Välj något som finns i listan"),
        ("registry_number=19121212-1212", "registry_number", "personnummer"),
        ("number=FALUN-2026-9999", "number", "finns inte"),
    ] {
        let page = browser.get(&format!("/search?{query}&category=sip")).expect(422).body;
        assert!(
            page.contains(&format!("href=\"#f-{field}\"")) && page.contains(&format!("id=\"f-{field}\"")),
            "{query}"
        );
        assert!(page.contains(words), "{query}: {words}");
        assert!(page.contains("<option value=\"sip\" selected>"), "{query}");
    }
    let hostile = browser.get("/search?registry_number=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE").expect(200).body;
    assert!(hostile.contains("&lt;script&gt;") && !hostile.contains("<script"));
    let long = format!("/search?registry_number={}", "x".repeat(101));
    assert!(browser.get(&long).expect(422).body.contains("högst 100 tecken"));
}

#[test]
fn one_number_leads_to_its_case() {
    let api = Api::new();
    let number = sent(&api);
    let browser = Browser::signed_in(&api, &holder("falun", Role::Handler));
    let found = browser.get(&format!("/search?number=%20{}", number.to_lowercase())).expect(303);
    assert_eq!(found.header("location"), Some(format!("/cases/{number}").as_str()));
    let stranger = Browser::signed_in(&api, &holder("borlange", Role::Handler));
    let hidden = |number: &str| stranger.get(&format!("/search?number={number}")).expect(422).body.replace(number, "");
    assert_eq!(hidden(&number), hidden("FALUN-2026-9999"));
}

#[test]
fn a_search_tells_no_more_than_the_case_does() {
    let api = Api::new();
    let deviation = redirected_deviation(&api);
    let dispute = dispute(&api, Climb::Network);
    let falun = holder("falun", Role::Handler);
    api.step(&falun, &deviation, "note_registry_number", json!({"registry_number": "SOC 2026/7"}));
    api.step(
        &holder("falun", Role::Management),
        &dispute,
        "note_registry_number",
        json!({"registry_number": "SOC 2026/8"}),
    );
    let all = [deviation.as_str(), &dispute];
    let found = |person: &str, query: &str| shown(&Browser::signed_in(&api, person), &format!("/search?{query}"), &all);
    let none: [&str; 0] = [];
    assert_eq!(found(&falun, "registry_number=soc%202026/7"), [deviation.as_str()]);
    assert_eq!(found(&holder("region-dalarna", Role::Handler), "registry_number=SOC%202026/8"), [dispute.as_str()]);

    // It left Mora at its sender, before anybody had given it a number.
    let former = holder("mora", Role::Handler);
    assert_eq!(found(&former, "level=deviation%3Areturned_to_sender"), [deviation.as_str()]);
    for query in ["level=deviation%3Ainvestigating", "registry_number=SOC%202026/7", "unit=mora-socialpsykiatri"] {
        assert_eq!(found(&former, query), none, "{query}");
    }
    // No body sees a party's number, or its category.
    let steering = secretary("steering");
    assert_eq!(found(&steering, "level=local-dispute%3Asteering"), [dispute.as_str()]);
    assert_eq!(found(&steering, "registry_number=SOC%202026/8"), none);
    assert!(!Browser::signed_in(&api, &steering).get("/search").expect(200).body.contains("Kategori"));
    // Nobody else anything.
    let stranger = holder("borlange", Role::Handler);
    for query in ["workflow=deviation", "registry_number=SOC%202026/7", "category=sip", "status=open"] {
        assert_eq!(found(&stranger, query), none, "{query}");
    }
    for tab in ["Att göra", "Väntar på andra", "Försenade", "Avslutade"] {
        let stranger = Browser::signed_in(&api, &stranger);
        assert_eq!(counted(&stranger, "/?whose=organisation", tab), "0");
        // What has left Mora is no work of Mora's.
        assert_eq!(counted(&Browser::signed_in(&api, &former), "/?whose=organisation", tab), "0");
    }
}

#[test]
fn a_long_list_goes_on_where_it_ended() {
    let api = Api::new();
    let numbers: Vec<_> = (0..30).map(|_| sent(&api)).collect();
    let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
    let browser = Browser::signed_in(&api, &holder("falun", Role::Handler));
    for address in
        ["/?list=waiting", "/?list=waiting&whose=organisation", "/search?category=sip", "/search?from=2026-03-01"]
    {
        let first = browser.get(address).expect(200).body;
        assert_eq!(shown(&browser, address, &numbers), numbers[..25], "{address}");
        let way = |page: &str, title: &str| {
            let link = page.split("<a ").find(|link| link.contains(&format!(">{title}</a>")))?;
            Some(link.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&"))
        };
        assert_eq!((way(&first, "Föregående sida"), way(&first, "Till början")), (None, None));
        let next = way(&first, "Nästa sida").unwrap();
        assert_eq!(shown(&browser, &next, &numbers), numbers[25..], "{address}");
        let second = browser.get(&next).expect(200).body;
        assert_eq!((way(&second, "Nästa sida"), way(&second, "Till början").unwrap().as_str()), (None, address));
        assert_eq!(shown(&browser, &way(&second, "Föregående sida").unwrap(), &numbers), numbers[..25], "{address}");
    }
    assert_eq!(counted(&browser, "/", "Väntar på andra"), "30");
}

/// The values that a field of the search offers.
fn offered(api: &Api, person: &str, field: &str) -> Vec<String> {
    let page = Browser::signed_in(api, person).get("/search").expect(200).body;
    let Some(select) = page.split(&format!("name=\"{field}\"")).nth(1) else { return Vec::new() };
    let options = select.split("</select>").next().unwrap().split("<option value=\"").skip(2);
    options.map(|option| option.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_search_offers_nobody_what_can_find_her_nothing() {
    let api = Api::new();
    let of = |person: &str, field: &str| offered(&api, person, field);
    let handler = holder("falun", Role::Handler);
    assert_eq!(of(&handler, "workflow"), ["deviation", "local-dispute", "regional-dispute", "tip"]);
    let region = holder("region-dalarna", Role::Handler);
    assert_eq!(
        of(&region, "workflow"),
        ["deviation", "local-dispute", "regional-dispute"],
        "a tip is a municipality's"
    );
    let council = secretary("council");
    assert_eq!(of(&council, "workflow"), ["local-dispute", "regional-dispute"]);
    let levels = of(&council, "level");
    let has = |level: &str| levels.iter().any(|offered| offered == level);
    assert!(has("local-dispute:council") && has("local-dispute:ended") && has("local-dispute:parties"), "{levels:?}");
    assert_eq!(of(&council, "category"), [""; 0]);
    let page = |person: &str| Browser::signed_in(&api, person).get("/search").expect(200).body;
    assert!(!page(&council).contains("Diarienummer") && page(&handler).contains("Diarienummer"));
    let manager = "chef-psykiatri-falun";
    assert_eq!(
        (of(manager, "workflow"), of(manager, "unit")),
        (vec!["deviation".into()], vec!["psykiatri-falun".into()])
    );
    // What is routed to her unit is not shown to a nurse there: only what she sent.
    let nurse = "sjukskoterska-psykiatri-falun";
    assert_eq!((of(nurse, "workflow"), of(nurse, "unit")), (vec!["deviation".to_owned()], Vec::new()));
    let administrator = page(&holder("falun", Role::Administrator));
    assert!(
        administrator.contains("inga ärenden att söka bland") && !administrator.contains("name=\"registry_number\"")
    );
    // A number stands in a form of its own: what else is asked cannot be left out unsaid.
    let form = page(&handler).split("name=\"number\"").nth(1).unwrap().split("</form>").next().unwrap().to_owned();
    assert!(!form.contains(" name=\""), "{form}");
}

#[test]
fn drafts_are_told_apart_in_their_list() {
    let api = Api::new();
    let begin = |person: &str, receiver: &str, data: serde_json::Value| {
        let parties = json!({"receiver": [receiver], "sender": []});
        let content = json!({"parties": parties, "data": data, "origins": []});
        let draft = json!({"workflow": "deviation", "start": "register", "content": content});
        api.post(person, "/api/drafts", &draft).send().expect(201);
    };
    let words = "De kom inte till mötet som vi hade kallat till, och ingen ringde heller förrän långt senare.";
    let region = holder("region-dalarna", Role::Handler);
    begin(&region, "falun", json!({"category": "sip", "what_happened": words, "event_on": "2026-02-27"}));
    begin(&region, "alvdalen", json!({"where": {"place": "Hemsjukvården"}}));
    let list = Browser::signed_in(&api, &region).get("/?list=drafts").expect(200).body;
    let list = list.split("<ul class=\"cases\">").nth(1).unwrap();
    for told in [
        ">Avvikelse i samverkan: Falu kommun</a>",
        ">Avvikelse i samverkan: Älvdalens kommun</a>",
        "27 februari 2026",
        "Samordnad individuell plan (SIP)",
        "”De kom inte till mötet som vi hade kallat till, och ingen …”",
        "Hemsjukvården",
    ] {
        assert!(list.contains(told), "{told}: {list}");
    }
    let colleague = Browser::signed_in(&api, "avvikelsehandlaggare-region").get("/?list=drafts").expect(200).body;
    assert!(!colleague.contains("De kom inte"), "a draft is its writer's alone");
}

#[test]
fn receivers_stand_in_the_order_of_the_alphabet() {
    let api = Api::new();
    let page = Browser::signed_in(&api, &holder("region-dalarna", Role::Handler)).get("/register/deviation/register");
    let at = |name: &str| page.body.find(&format!(">{name}</option>")).unwrap_or_else(|| panic!("no {name}"));
    let names = ["Avesta kommun", "Borlänge kommun", "Säters kommun", "Vansbro kommun", "Älvdalens kommun"];
    assert!(names.map(at).is_sorted());
}
