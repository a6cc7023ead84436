//! The pages beside a case: who has read it, its log, removal of content; and those whose roles only watch.

use actix_web::http::Method;
use samsyn::authz::Role;
use samsyn::web::pages::routes::PAGES;
use samsyn::web::routes::ROUTES;
use serde_json::json;

use crate::support::sql;

use super::api::{Api, LAST_DAY, holder, secretary};
use super::browser::Browser;
use super::stories::{Climb, dispute, redirected_deviation};

const WATCHING: [Role; 3] = [Role::Auditor, Role::DataProtection, Role::Archivist];

/// What is kept of cases, texts and drafts.
fn kept(api: &Api) -> Vec<String> {
    let aside = ["reads ", "sessions ", "sign_ins ", "tokens ", "facts "];
    let rows = sql::dump(&api.test.app.store).into_iter();
    rows.filter(|row| !aside.iter().any(|table| row.starts_with(table))).collect()
}

fn csrf(browser: &Browser) -> String {
    let page = browser.get("/me").expect(200).body;
    page.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn whoever_only_watches_changes_nothing_by_any_route_or_page() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let draft = api.post("mas-falun", "/api/drafts", &json!({"workflow": "deviation", "start": "register"})).send();
    let draft = draft.expect(201).json()["id"].as_str().unwrap().to_owned();
    let fill = |path: &str| {
        let path = path.replace("{number}", &number).replace("{id}", &draft).replace("{part}", "1");
        let path = path.replace("{workflow}", "deviation").replace("{start}", "register");
        path.replace("{transition}", "note_registry_number").replace("{room}", "shared").replace("{entry}", "1")
    };
    let people: Vec<_> = WATCHING.iter().map(|role| holder("falun", *role)).collect();
    people.iter().for_each(|person| drop(api.token(person)));
    let browsers: Vec<_> = people.iter().map(|person| Browser::signed_in(&api, person)).collect();
    let before = kept(&api);
    for (person, browser) in people.iter().zip(&browsers) {
        for route in ROUTES.iter().filter(|route| route.method != Method::GET) {
            let example = route.body.as_ref().map_or(json!({}), |body| serde_json::from_str(body.example).unwrap());
            let ask = api.ask(person, route.method.clone(), &fill(route.path)).header("If-Match", "\"1\"");
            let answer = ask.json(&example).send();
            assert!((400..500).contains(&answer.status), "{person} {}: {}", route.name, answer.status);
        }
        let csrf = csrf(browser);
        let own = |path: &str| {
            path.starts_with("/sign-") || ["/me/reminders", "/me/calendar", "/me/calendar/remove"].contains(&path)
        };
        for page in PAGES.iter().filter(|page| page.method == Method::POST && !own(page.path)) {
            let fields = [
                ("_csrf", csrf.as_str()),
                ("room", "own"),
                ("text", "Ett ord."),
                ("registry_number", "SN 2026/1"),
                ("sender", "falun"),
                ("receiver", "region-dalarna"),
                ("reason", "identity"),
            ];
            // The other side's text, which not even the archivist may remove.
            let answer = browser.send(&fill(page.path).replace("{path}", "what_happened"), &fields);
            assert!((400..500).contains(&answer.status), "{person} {}: {}", page.path, answer.status);
        }
    }
    assert_eq!(kept(&api), before);
}

#[test]
fn whoever_only_watches_is_offered_no_work() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    for role in WATCHING {
        let browser = Browser::signed_in(&api, &holder("falun", role));
        let work = browser.get("/").expect(200).body;
        assert!(work.contains(&number), "{role}: what her principal has is there");
        assert!(!work.contains("Att göra") && !work.contains("Utkast") && !work.contains("/register"), "{role}");
        assert_eq!(work.contains("href=\"/reads\""), role.is_for_a_time(), "{role}");
        let case = browser.get(&format!("/cases/{number}")).expect(200).body;
        assert!(
            case.contains("Du har inget att göra") && !case.contains("<textarea") && !case.contains("/steps/"),
            "{role}"
        );
        assert_eq!(case.contains("/removals\""), role == Role::Archivist, "{role}");
    }
}

#[test]
fn an_auditors_sight_ends_with_her_last_day() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let person = holder("falun", Role::Auditor);
    let browser = Browser::signed_in(&api, &person);
    let pages = ["", "/reads", "/log"].map(|page| format!("/cases/{number}{page}"));
    pages.iter().for_each(|page| drop(browser.get(page).expect(200)));
    api.get(&person, &format!("/api/cases/{number}")).expect(200);
    api.test.clock.set(format!("{LAST_DAY}T23:00:00Z").parse().unwrap()); // midnight in Sweden
    let browser = Browser::signed_in(&api, &person);
    pages.iter().for_each(|page| drop(browser.get(page).expect(404)));
    browser.get("/reads").expect(404);
    assert!(!browser.get("/?list=waiting").expect(200).body.contains(&number));
    api.get(&person, &format!("/api/cases/{number}")).expect(404);
    assert_eq!(api.get(&person, "/api/cases").expect(200).json()["cases"], json!([]));
}

#[test]
fn the_read_log_names_the_own_people_alone() {
    let api = Api::new();
    let number = dispute(&api, Climb::Network);
    let readers = [holder("falun", Role::Handler), holder("region-dalarna", Role::Handler), secretary("network")];
    for reader in &readers {
        api.get(reader, &format!("/api/cases/{number}/timeline")).expect(200);
    }
    let named = |person: &str, address: &str| {
        let page = Browser::signed_in(&api, person).get(address).expect(200).body;
        let page = page.split("<h1>").nth(1).unwrap();
        let rows = page.split("class=\"reads\"").nth(1).unwrap().split("</ul>").next().unwrap();
        [0, 1, 2].map(|n| rows.contains(&format!("<strong>{}</strong>", readers[n])))
    };
    let of_case = format!("/cases/{number}/reads");
    for role in [Role::Handler, Role::Management, Role::Registrar, Role::Auditor, Role::DataProtection] {
        assert_eq!(named(&holder("falun", role), &of_case), [true, false, false], "{role}");
        assert_eq!(named(&holder("region-dalarna", role), &of_case), [false, true, false], "{role}");
    }
    assert_eq!(named(&secretary("network"), &of_case), [false, false, true]);
    let dso = holder("region-dalarna", Role::DataProtection);
    assert_eq!(named(&dso, "/reads"), [false, true, false]);
    assert_eq!(
        named(&dso, "/reads?person=region-dalarna%2Fhandler&from=2026-03-02&until=2026-03-02"),
        [false, true, false]
    );
    assert_eq!(named(&dso, "/reads?until=2026-03-01"), [false; 3]);
    assert_eq!(named(&dso, "/reads?person=falun%2Fhandler"), [false; 3]);
    let wrong = Browser::signed_in(&api, &dso).get("/reads?from=ig%C3%A5r").expect(422).body;
    assert!(wrong.contains("href=\"#f-from\"") && wrong.contains("value=\"igår\""));
    let backwards = Browser::signed_in(&api, &dso).get("/reads?from=2026-03-02&until=2026-03-01").expect(422).body;
    assert!(backwards.contains("<a href=\"#f-until\">Den sista dagen ska vara den första eller senare.</a>"));
    assert!(!backwards.contains("Ingen har läst."));
}

#[test]
fn the_log_of_a_case_says_whether_it_is_whole() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let address = format!("/cases/{number}/log");
    let shown = |person: &str| Browser::signed_in(&api, person).get(&address).expect(200).body;
    let auditor = holder("falun", Role::Auditor);
    let page = shown(&auditor);
    assert!(
        page.contains("Loggen är hel.")
            && page.contains("Ta emot")
            && !page.contains("[SHARED")
            && !page.contains("[OWN")
    );
    assert!(page.contains("Bara hos er"), "her own room has a chain too");
    let file = format!("/cases/{number}/bundle");
    for nobody in [Role::Employee, Role::Investigator, Role::Manager] {
        for address in [&address, &file] {
            Browser::signed_in(&api, &holder("falun", nobody)).get(address).expect(404);
        }
    }
    for (query, own) in [("", false), ("?own=1", true)] {
        assert!(page.contains(&format!("{file}{query}\"")));
        let taken = Browser::signed_in(&api, &auditor).get(&format!("{file}{query}")).expect(200);
        assert!(taken.header("content-disposition").unwrap().contains(&format!("{number}.samsyn.json")));
        assert!(taken.body.contains("[SHARED") && taken.body.contains("[OWN falun") == own);
        assert!(!taken.body.contains("[OWN region-dalarna") && !taken.body.contains("own:region-dalarna"));
        let bundle = samsyn::workflow::bundle::read(&taken.body).unwrap();
        assert_eq!(samsyn::workflow::bundle::verify(&bundle, None, &[]).problems, Vec::<String>::new());
    }
    sql::drop_guards(&api.test.app.store);
    sql::tamper(&api.test.app.store, "update texts set text = 'Annat.' where room = 'own:region-dalarna'");
    assert!(shown(&auditor).contains("Loggen är hel."), "what stands in the other's room is the other's to look after");
    assert!(shown(&holder("region-dalarna", Role::Handler)).contains("Loggen stämmer inte."));
    sql::tamper(
        &api.test.app.store,
        "update texts set text = 'Annat.' where room = 'shared' and path like 'findings%'",
    );
    assert!(shown(&auditor).contains("Loggen stämmer inte."));
}

#[test]
fn an_archivist_removes_a_text_after_she_was_asked() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let archivist = Browser::signed_in(&api, &holder("falun", Role::Archivist));
    let list = format!("/cases/{number}/removals");
    let words = "[SHARED falun findings]";
    let page = archivist.get(&list).expect(200).body;
    assert!(page.contains(words) && !page.contains("[SHARED region"), "her own people's, and no others'");
    let address = page.split("href=\"").map(|rest| rest.split('"').next().unwrap());
    let address = address.into_iter().find(|address| address.contains("/findings")).unwrap().to_owned();
    let others = format!("{list}/shared/1/what_happened");
    archivist.get(&others).expect(404);

    let question = archivist.get(&address).expect(200);
    assert!(question.body.contains(words) && question.body.contains("aldrig att få tillbaka"));
    let unsaid = archivist.fill(&question, &address, &[("explanation", "Beslut 12")]).expect(422);
    assert!(unsaid.body.contains("href=\"#f-reason\"") && unsaid.body.contains("Beslut 12"));
    let identity = [("reason", "identity"), ("explanation", "Gällde 811218-9876")];
    let guarded = archivist.fill(&question, &address, &identity).expect(422);
    assert!(guarded.body.contains("href=\"#f-explanation\"") && guarded.body.contains(words));

    let fields = [("reason", "identity"), ("explanation", "Beslut 12")];
    for _ in 0..2 {
        let done = archivist.fill(&question, &address, &fields).expect(303);
        assert_eq!(done.header("location"), Some(format!("{list}?done").as_str()), "sent twice, it is done once");
    }
    assert!(archivist.get(&format!("{list}?done")).expect(200).body.contains("Texten är borttagen."));
    archivist.get(&address).expect(404);
    assert!(!sql::dump(&api.test.app.store).iter().any(|row| row.contains(words)), "no copy of it is anywhere");
    for (principal, role) in [("falun", Role::Handler), ("region-dalarna", Role::Handler)] {
        let case = Browser::signed_in(&api, &holder(principal, role)).get(&format!("/cases/{number}")).expect(200).body;
        assert!(!case.contains(words) && case.matches("Innehåll borttaget").count() == 1, "{principal}");
        assert!(case.contains("falun/archivist") && case.contains("hade kommit med") && case.contains("Beslut 12"));
    }
    let verified = api.test.app.verify_log(&[], |_| {}).unwrap();
    assert_eq!((verified.problems, verified.removed.len()), (Vec::new(), 1));
}
