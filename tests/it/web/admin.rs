//! Pages of administrators: who may open which, that they show nothing of any case, and that what they change is recorded
//! and holds at once.

use std::fmt::Write;

use actix_web::http::Method;
use samsyn::app::App;
use samsyn::authz::Role;
use samsyn::ids::PersonId;
use samsyn::store::StoreError;
use samsyn::store::outbox::{self, Outcome};
use samsyn::web::pages::routes::PAGES;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::api::{Answer, Api, BODIES, ROLES, holder, secretary};
use super::browser::{Browser, hidden};
use super::stories::{Climb, deviation, dispute, redirected_deviation};
use crate::support::cases::actor;

const COUNTY: &str = "systemadministrator-lanet";
const FALUN: &str = "systemadministrator-falun";
const REGION: &str = "systemadministrator-region";

/// The pages of administrators, each with an address at Falun. Of the mails none has this id.
fn pages(app: &App) -> Vec<(Method, String)> {
    let digest = app.workflows.version("deviation", 1).unwrap().digest.0.clone();
    let admin = PAGES.iter().filter(|page| page.path.starts_with("/admin"));
    let address = |path: &str| {
        let id = match path.split('/').nth(2) {
            Some("units") => "falun-bistand",
            Some("authorities") => "falun-socialnamnden",
            Some("bodies") => "network",
            Some("people") => "mas-falun",
            _ => "0",
        };
        let address = path
            .replace("{principal}", "falun")
            .replace("{digest}", &digest)
            .replace("{id}", id)
            .replace("{day}", "2026-12-21");
        match address.ends_with("/end-role") {
            true => address + "?role=mas-falun%2Fhandler%2Ffalun%2F2026-01-01",
            false => address,
        }
    };
    admin.map(|page| (page.method.clone(), address(page.path))).collect()
}

/// What a form of hers carries.
fn csrf(browser: &Browser) -> String {
    let page = browser.get("/me").expect(200);
    let hidden = hidden(&page.body, "/sign-out");
    hidden.into_iter().find(|(name, _)| name == "_csrf").unwrap().1
}

/// Opens a page, or sends an empty form.
fn ask(browser: &Browser, csrf: &str, method: &Method, address: &str) -> Answer {
    match *method {
        Method::GET => browser.get(address),
        _ => browser.send(address, &[("_csrf", csrf)]),
    }
}

#[test]
fn every_page_of_administrators_answers_each_as_she_may() {
    let api = Api::new();
    crate::support::database::add_people(&api.test.app, "- {id: ingen, name: Ingen Roll, memberships: []}");
    let own: Vec<_> = ROLES.iter().map(|role| holder("falun", *role)).collect();
    let bodies = BODIES.map(secretary);
    let strangers = own.iter().chain(&bodies).map(String::as_str).chain(["ingen"]).collect::<Vec<_>>();
    let strangers: Vec<_> = strangers.into_iter().map(|person| Browser::signed_in(&api, person)).collect();
    let administrators = [COUNTY, FALUN, REGION].map(|person| (person, Browser::signed_in(&api, person)));
    let tokens: Vec<_> = strangers.iter().map(csrf).collect();
    let mut table = String::new();
    for (method, address) in pages(&api.test.app) {
        assert_eq!(ask(&Browser::of(&api), "", &method, &address).status, 303, "{address}");
        for (browser, csrf) in strangers.iter().zip(&tokens) {
            let answer = ask(browser, csrf, &method, &address).expect(404);
            let nothing = browser.get("/admin-is-nowhere-here-and-nothing-is").status;
            assert_eq!(nothing, 404);
            assert!(answer.body.contains("<h1>Finns inte</h1>"), "{address}");
        }
        let answers = administrators.iter().map(|(person, browser)| {
            let answer = ask(browser, &csrf(browser), &method, &address);
            format!("{} {}", person.trim_start_matches("systemadministrator-"), answer.status)
        });
        writeln!(table, "{method} {address}: {}", answers.collect::<Vec<_>>().join(", ")).unwrap();
    }
    insta::assert_snapshot!(table.replace(&api.test.app.workflows.version("deviation", 1).unwrap().digest.0, "DIGEST"));
}

#[test]
fn what_is_not_administered_is_told_like_what_does_not_exist() {
    let api = Api::new();
    let falun = Browser::signed_in(&api, FALUN);
    for (theirs, nothing) in [
        ("/admin/organisation/mora", "/admin/organisation/nothing"),
        ("/admin/units/mora-bistand", "/admin/units/nothing"),
        ("/admin/authorities/mora-socialnamnden", "/admin/authorities/nothing"),
        ("/admin/people/mas-mora", "/admin/people/nothing"),
        ("/admin/people/mas-mora/absence", "/admin/people/nothing/absence"),
        ("/admin/bodies/network", "/admin/bodies/nothing"),
    ] {
        assert_eq!(falun.get(theirs).expect(404).body, falun.get(nothing).expect(404).body, "{theirs}");
    }
    let found = falun.get("/admin/people?name=mas").expect(200).body;
    assert!(found.contains("MAS Falun") && !found.contains("MAS Mora"));
    assert!(Browser::signed_in(&api, COUNTY).get("/admin/people?name=mas+mora").body.contains("MAS Mora"));
}

/// Cases of all kinds, mails about them, and two administrators: nothing of any case is on any page or in any answer.
#[test]
fn an_administrator_sees_nothing_of_any_case() {
    let api = Api::new();
    let numbers = [dispute(&api, Climb::Council), redirected_deviation(&api)];
    for person in [COUNTY, FALUN, REGION] {
        let browser = Browser::signed_in(&api, person);
        let mut shown = vec![browser.get("/").expect(303), browser.get("/register").expect(200)];
        shown.push(browser.get("/board"));
        shown.extend(
            ["todo", "waiting", "overdue", "ended", "drafts"].map(|list| browser.get(&format!("/?list={list}"))),
        );
        for (method, address) in pages(&api.test.app) {
            if method == Method::GET {
                shown.push(browser.get(&address));
            }
        }
        for number in &numbers {
            let case = browser.get(&format!("/cases/{number}")).expect(404);
            assert_eq!(case.body, browser.get("/cases/FALUN-2026-9999").expect(404).body);
            for path in ["", "/timeline", "/transitions"] {
                assert_eq!(api.get(person, &format!("/api/cases/{number}{path}")).status, 404);
            }
            let searched = browser.get(&format!("/search?number={number}"));
            assert!(searched.header("location").is_none());
            assert_eq!(api.note(person, number, "shared", "Hej.").status, 404);
            shown.push(case);
        }
        shown.push(api.get(person, "/api/cases").expect(200));
        for page in shown {
            let leaks = |text: &str| page.body.contains(text);
            assert!(
                !leaks("[SHARED") && !leaks("[OWN") && !numbers.iter().any(|number| leaks(number)),
                "{}",
                page.body
            );
        }
        assert_eq!(api.get(person, "/api/cases").json()["cases"], json!([]));
    }
    let counted = Browser::signed_in(&api, COUNTY).get("/admin/workflows").expect(200).body;
    assert!(counted.contains("<td class=\"number\">1</td>"), "each of the two stands somewhere");
}

/// What somebody registered while she had another role is not hers to see as an administrator.
#[test]
fn whoever_becomes_an_administrator_takes_no_case_along() {
    let api = Api::new();
    let people = |role: &str, until: &str| {
        let memberships = format!("[{{role: employee, principal: region-dalarna{until}}}{role}]");
        let line = format!("- {{id: eva, name: Eva, memberships: {memberships}}}");
        crate::support::database::add_people(&api.test.app, &line);
    };
    people("", "");
    let number = api.register("eva", &deviation("region", "falun"));
    let eva = Browser::signed_in(&api, "eva");
    eva.get(&format!("/cases/{number}")).expect(200);
    people(", {role: administrator, principal: region-dalarna}", ", until: 2026-03-01");
    eva.get("/admin").expect(200);
    eva.get(&format!("/cases/{number}")).expect(404);
    assert!(!eva.get("/?list=waiting").expect(303).body.contains(&number));
}

#[test]
fn a_new_person_acts_at_once_and_no_more_when_her_role_has_ended() {
    let api = Api::new();
    let falun = Browser::signed_in(&api, FALUN);
    let number = redirected_deviation(&api);
    let wrong = falun.do_it("/admin/new-person", &[("name", "Åsa Ek 19121212-1212"), ("email", "åsa")]).expect(422);
    for field in ["name", "email", "role", "place", "from"] {
        assert!(wrong.body.contains(&format!("href=\"#f-{field}\"")), "{field}");
    }
    assert!(wrong.body.contains("Åsa Ek 19121212-1212") && wrong.body.contains("value=\"åsa\""));
    let fields = [
        ("name", "Åsa Ek"),
        ("email", "asa.ek@falun.example"),
        ("role", "handler"),
        ("place", "principal:falun"),
        ("title", "MAS"),
        ("from", "2026-03-02"),
    ];
    let page = falun.get("/admin/new-person");
    let added = falun.fill(&page, "/admin/new-person", &fields).expect(303);
    assert_eq!(added.header("location"), Some("/admin/people/asa-ek?done"));
    falun.fill(&page, "/admin/new-person", &fields).expect(303);
    falun.get("/admin/people/asa-ek-2").expect(404); // sent twice, she is added once
    let asa = Browser::signed_in(&api, "asa-ek");
    asa.get(&format!("/cases/{number}")).expect(200);
    let again = [("role", "handler"), ("place", "principal:falun"), ("from", "2026-04-01")];
    let refused = falun.do_it("/admin/people/asa-ek/role", &again).expect(422);
    assert!(refused.body.contains("Personen har redan rollen där under de dagarna."));
    api.test.clock.advance(chrono::Duration::minutes(1));
    let ending = "/admin/people/asa-ek/end-role?role=asa-ek%2Fhandler%2Ffalun%2F2026-03-02";
    let form = falun.get(ending).expect(200);
    let end = |last| falun.fill(&form, "/admin/people/asa-ek/end-role", &[("last", last)]);
    assert_eq!(end("2026-03-01").status, 422, "not before it began");
    end("2026-03-02").expect(303);
    asa.get(&format!("/cases/{number}")).expect(200);
    api.test.clock.advance(chrono::Duration::hours(20));
    Browser::signed_in(&api, "asa-ek").get(&format!("/cases/{number}")).expect(404);
    let changes = Browser::signed_in(&api, FALUN).get("/admin/changes").expect(200).body;
    let place = |kind: &str| changes.find(kind).unwrap_or_else(|| panic!("{kind}: {changes}"));
    assert!(place("Roll avslutad") < place("Person tillagd").min(place("Roll given")), "the newest comes first");
    assert!(
        changes.contains("Åsa Ek") && changes.contains("Systemadministratör Falun") && !changes.contains("asa.ek@")
    );
    assert!(!Browser::signed_in(&api, REGION).get("/admin/changes").expect(200).body.contains("Åsa Ek"));
}

#[test]
fn an_administrator_gives_no_role_elsewhere_and_none_to_herself() {
    let api = Api::new();
    let falun = Browser::signed_in(&api, FALUN);
    let give = |browser: &Browser, person: &str, role: &str, place: &str| {
        let fields = [("role", role), ("place", place), ("from", "2026-03-02")];
        browser.do_it(&format!("/admin/people/{person}/role"), &fields).status
    };
    for (role, place) in [
        ("handler", "principal:mora"),
        ("manager", "unit:mora-bistand"),
        ("secretary", "body:network"),
        ("administrator", "county"),
        ("administrator", "principal:mora"),
        ("handler", "county"),
        ("manager", "principal:falun"),
        ("king", "principal:falun"),
        ("manager", "unit:psykiatri-sater"),
    ] {
        assert_eq!(give(&falun, "sas-falun", role, place), 422, "{role} {place}");
    }
    assert_eq!(actor(&api.test.app, "sas-falun").seats.len(), 1);
    assert_eq!(give(&falun, FALUN, "handler", "principal:falun"), 422);
    assert_eq!(give(&falun, "sas-falun", "administrator", "principal:falun"), 303);
    let county = Browser::signed_in(&api, COUNTY);
    assert_eq!(give(&county, COUNTY, "secretary", "body:network"), 422);
    assert_eq!(give(&county, "mas-mora", "administrator", "county"), 303);
    assert_eq!(give(&county, "mas-mora", "secretary", "body:network"), 422, "she acts for Mora");
    assert_eq!(
        give(&county, "natverkssekreterare", "registrar", "principal:falun"),
        422,
        "she keeps the network's matters"
    );
    // Who now acts for the county too is no longer one municipality's to change.
    assert_eq!(give(&county, "mas-falun", "administrator", "county"), 303);
    falun.get("/admin/people/mas-falun").expect(200);
    falun.get("/admin/people/mas-falun/details").expect(403);
    let token = csrf(&falun);
    api.test.app.create_account(&PersonId::from("mas-falun"), "mas", "korrekt häst batteri 7 häftklammer").unwrap();
    falun.send("/admin/people/mas-falun/sign-in", &[("_csrf", &token), ("open", "no")]).expect(403);
}

#[test]
fn a_closed_sign_in_is_closed_at_once_and_can_be_opened_again() {
    let api = Api::new();
    let falun = Browser::signed_in(&api, FALUN);
    let sas = PersonId::from("sas-falun");
    api.test.app.create_account(&sas, "sas", "korrekt häst batteri 7 häftklammer").unwrap();
    let browser = Browser::of(&api);
    let sign_in = || {
        let fields = [("username", "sas"), ("password", "korrekt häst batteri 7 häftklammer")];
        browser.send("/sign-in", &fields).status
    };
    assert_eq!(sign_in(), 303);
    browser.get("/me").expect(200);
    let form = falun.get("/admin/people/sas-falun");
    falun.fill(&form, "/admin/people/sas-falun/sign-in", &[]).expect(303);
    browser.get("/me").expect(303);
    assert_eq!(sign_in(), 422);
    let form = falun.get("/admin/people/sas-falun");
    falun.fill(&form, "/admin/people/sas-falun/sign-in", &[]).expect(303);
    assert_eq!(sign_in(), 303);
    let changes = falun.get("/admin/changes").body;
    assert!(changes.contains("Inloggning stängd") && changes.contains("Inloggning öppnad"));
    // Whom the sign-in service alone knows too.
    let mas = "/admin/people/mas-falun";
    assert!(falun.get(mas).expect(200).body.contains("Har inget sätt att logga in"));
    api.test.app.set_hsa_id(&"mas-falun".into(), Some(&"SE2120002239-MAS1".parse().unwrap())).unwrap();
    let browser = Browser::signed_in(&api, "mas-falun");
    let page = falun.get(mas).expect(200);
    falun.fill(&page, &format!("{mas}/sign-in"), &[]).expect(303);
    browser.get("/me").expect(303);
    assert!(falun.get(mas).expect(200).body.contains("Stängd"));
}

#[test]
fn an_hsa_id_is_seen_set_and_on_record() {
    let api = Api::new();
    let falun = Browser::signed_in(&api, FALUN);
    let sas = "/admin/people/sas-falun";
    assert!(falun.get(sas).expect(200).body.contains("<dt>HSA-id</dt><dd>Saknas</dd>"));
    let browser = Browser::signed_in(&api, "sas-falun");
    let change = |person: &str, hsa_id: &str| {
        let fields = [("name", "Åsa Ek"), ("email", ""), ("hsa_id", hsa_id)];
        falun.do_it(&format!("/admin/people/{person}/details"), &fields)
    };
    let refused = change("sas-falun", "1A2B<").expect(422).body;
    assert!(refused.contains("href=\"#f-hsa_id\"") && refused.contains("value=\"1A2B&lt;\""), "{refused}");
    browser.get("/me").expect(200);
    change("sas-falun", " se2120002239-sas1 ").expect(303);
    assert!(falun.get(sas).expect(200).body.contains("<dt>HSA-id</dt><dd>SE2120002239-SAS1</dd>"));
    assert_eq!(browser.get("/me").status, 303, "whoever came in before may be somebody else");
    // Whose it is already is told to whom she is to know.
    assert!(change("mas-falun", "SE2120002239-SAS1").expect(422).body.contains("HSA-id:t hör redan till Åsa Ek."));
    api.test.app.set_hsa_id(&"mas-mora".into(), Some(&"SE2120002239-MORA".parse().unwrap())).unwrap();
    let refused = change("mas-falun", "SE2120002239-MORA").expect(422).body;
    assert!(refused.contains("HSA-id:t hör redan till en annan person i systemet.") && !refused.contains("Mora"));
    let fields = [("name", "Bo Ek"), ("role", "handler"), ("place", "principal:falun"), ("from", "2026-03-02")];
    let add = |hsa_id| falun.do_it("/admin/new-person", &[fields.as_slice(), &[("hsa_id", hsa_id)]].concat());
    assert!(add("SE2120002239-SAS1").expect(422).body.contains("HSA-id:t hör redan till Åsa Ek."));
    falun.get("/admin/people/bo-ek").expect(404);
    add("SE2120002239-BO").expect(303);
    assert!(falun.get("/admin/people/bo-ek").expect(200).body.contains("<dd>SE2120002239-BO</dd>"));
    change("sas-falun", "").expect(303);
    let changes = falun.get("/admin/changes").expect(200).body;
    for said in ["HSA-id: SE2120002239-SAS1", "HSA-id: SE2120002239-BO", "inget HSA-id"] {
        assert!(changes.contains(said), "{said}: {changes}");
    }
}

#[test]
fn the_record_of_changes_says_days_in_words_and_all_in_the_order_of_the_form() {
    let api = Api::new();
    let falun = Browser::signed_in(&api, FALUN);
    let role = [("role", "registrar"), ("place", "principal:falun"), ("from", "2026-03-02"), ("until", "2026-05-31")];
    falun.do_it("/admin/people/sas-falun/role", &role).expect(303);
    let changes = falun.get("/admin/changes").expect(200).body;
    let said =
        "<p>roll: registrator, var: Falu kommun, första dagen: måndag 2 mars 2026, sista dagen: söndag 31 maj 2026</p>";
    assert!(changes.contains(said), "{changes}");
}

#[test]
fn a_unit_with_open_cases_is_closed_only_when_that_is_meant() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let falun = Browser::signed_in(&api, FALUN);
    let address = "/admin/units/falun-socialpsykiatri";
    let told = falun.get(address).expect(200).body;
    assert!(told.contains("1 öppet ärende är fördelat till enheten."), "{told}");
    let fields = [("name", "Socialpsykiatri Falun"), ("until", "2026-03-01")];
    let refused = falun.do_it(address, &fields).expect(422);
    assert!(refused.body.contains("href=\"#f-confirmed\"") && refused.body.contains("value=\"2026-03-01\""));
    falun.fill(&refused, address, &[fields[0], fields[1], ("confirmed", "yes")]).expect(303);
    let investigator = holder("falun", Role::Investigator);
    Browser::signed_in(&api, &investigator).get(&format!("/cases/{number}")).expect(200);
    let role = [("role", "manager"), ("place", "unit:falun-socialpsykiatri"), ("from", "2026-03-02")];
    let closed = falun.do_it("/admin/people/sas-falun/role", &role).expect(422);
    assert!(closed.body.contains("Enheten finns inte under de dagarna."));
    let moved = json!({ "lead_unit": "falun-socialpsykiatri", "grounds": "Åter." });
    assert_ne!(api.try_step(&holder("falun", Role::Handler), &number, "route", moved).status, 200);
}

#[test]
fn units_authorities_and_bodies_begin_and_are_renamed_on_record() {
    let api = Api::new();
    let county = Browser::signed_in(&api, COUNTY);
    let missing = county.do_it("/admin/organisation/mora/unit", &[]).expect(422);
    assert!(missing.body.contains("href=\"#f-name\"") && missing.body.contains("href=\"#f-from\""));
    let foreign = [("name", "Boendet Öst"), ("authority", "falun-socialnamnden"), ("from", "2026-03-02")];
    county.do_it("/admin/organisation/mora/unit", &foreign).expect(422);
    let unit = [("name", "Boendet Öst"), ("authority", "mora-socialnamnden"), ("from", "2026-03-02")];
    let page = county.get("/admin/organisation/mora/unit");
    county.fill(&page, "/admin/organisation/mora/unit", &unit).expect(303);
    county.fill(&page, "/admin/organisation/mora/unit", &unit).expect(303);
    assert!(county.get("/admin/units/boendet-ost").expect(200).body.contains("Boendet Öst"));
    county.get("/admin/units/boendet-ost-2").expect(404);
    county.do_it("/admin/units/boendet-ost", &[("name", "Boendet Väst"), ("until", "2026-03-01")]).expect(422);
    county.do_it("/admin/units/boendet-ost", &[("name", "Boendet Väst"), ("until", "")]).expect(303);
    let authority = [("name", "Äldrenämnden"), ("from", "2026-03-02")];
    county.do_it("/admin/organisation/mora/authority", &authority).expect(303);
    county.do_it("/admin/authorities/mora-aldrenamnden", &[("name", "Vårdnämnden"), ("until", "")]).expect(303);
    county.do_it("/admin/bodies/network", &[("name", "Länsnätverket")]).expect(303);
    let changes = county.get("/admin/changes").expect(200).body;
    for told in
        ["Enhet tillagd", "hette: Boendet Öst", "Boendet Väst", "Myndighet tillagd", "Vårdnämnden", "Länsnätverket"]
    {
        assert!(changes.contains(told), "{told}: {changes}");
    }
}

#[test]
fn a_mail_that_was_given_up_is_tried_again_and_tells_no_address() {
    let api = Api::new();
    redirected_deviation(&api);
    let now = api.test.app.now() + chrono::Duration::days(3);
    api.test.clock.set(now);
    let store = &api.test.app.store;
    let id = store.read::<_, StoreError>(|db| outbox::ready(db, now, 1)).unwrap().remove(0);
    store.write(|db| outbox::claim(db, &id, "one", now, now + chrono::Duration::minutes(1))).unwrap().unwrap();
    let why = "the mail server answered 550 5.1.1 <mas@falun.example> at port 587".to_owned();
    store.write(|db| outbox::mark(db, &id, "one", now, &Outcome::Failed(why))).unwrap();
    let county = Browser::signed_in(&api, COUNTY);
    let failed = county.get("/admin/mails?status=failed").expect(200).body;
    assert!(failed.contains("e-postservern svarade 550") && !failed.contains('@'), "{failed}");
    let retry = format!("/admin/mails/{id}/retry");
    let falun = Browser::signed_in(&api, FALUN);
    falun.send(&retry, &[("_csrf", &csrf(&falun))]).expect(404);
    assert!(county.get("/admin/mails?status=failed").body.contains(&retry), "it is the county's to try");
    let retried = county.fill(&county.get("/admin/mails?status=failed"), &retry, &[]).expect(303);
    let page = county.get(retried.header("location").unwrap()).expect(200).body;
    assert!(page.contains("class=\"told\" role=\"status\">Klart."), "{page}");
    assert!(!county.get("/admin/mails?status=failed").body.contains(&retry));
    assert!(county.get("/admin/changes").body.contains("Mejl skickas på nytt"));
    let ready = store.read::<_, StoreError>(|db| outbox::ready(db, now, 1000)).unwrap();
    assert!(ready.contains(&id));
}

#[test]
fn absence_is_recorded_on_ones_own_page_and_by_the_administrator() {
    let api = Api::new();
    let mas = Browser::signed_in(&api, "mas-falun");
    let fields = [("from", "2026-03-02"), ("until", "2026-03-06"), ("substitute", "sas-falun"), ("cause", "leave")];
    let wrong = mas.do_it("/me/absence", &[fields[0], fields[2], fields[3]]).expect(422);
    assert!(wrong.body.contains("href=\"#f-until\"") && wrong.body.contains("value=\"2026-03-02\""));
    assert!(!mas.get("/me/absence").body.contains("MAS Mora"), "nobody from elsewhere is offered");
    mas.do_it("/me/absence", &fields).expect(303);
    let me = mas.get("/me").expect(200);
    assert!(me.body.contains("SAS Falun") && me.body.contains("Ledighet"));
    let falun = Browser::signed_in(&api, FALUN);
    let person = falun.get("/admin/people/mas-falun").expect(200);
    let end = person.body.split("action=\"").find(|part| part.starts_with("/absences/")).unwrap();
    let end = end.split('"').next().unwrap();
    Browser::signed_in(&api, "sas-falun").send(end, &[]).expect(403);
    falun.fill(&person, end, &[]).expect(303);
    assert!(mas.get("/me").body.contains("Ingen frånvaro är anmäld."));
    falun.do_it("/admin/people/mas-falun/absence", &fields).expect(303);
    let changes = falun.get("/admin/changes").body;
    assert!(
        changes.contains("Frånvaro anmäld")
            && changes.contains("ersättare: SAS Falun")
            && !changes.contains("Ledighet")
    );
}

#[test]
fn the_page_of_a_decision_says_what_its_seat_may_decide_and_for_whom() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let line = "beslut upp till 100 000 kr";
    let told = |person: &str, transition: &str| {
        let page =
            Browser::signed_in(&api, person).get(&format!("/cases/{number}/steps/{transition}")).expect(200).body;
        (page.contains(line), page.contains("Du handlar här för Socialchef Falun."))
    };
    let manager = "socialchef-falun";
    let (decision, other) = ("approve_statement", "escalate");
    api.step(&holder("falun", Role::Handler), &number, "write_statement", json!({ "statement": "Vi är oense." }));
    assert_eq!(told(manager, decision), (true, false));
    assert!(!told(&holder("falun", Role::Management), decision).0, "it is of the seat's holder");
    assert!(Browser::signed_in(&api, manager).get("/me").body.contains(line));
    let fields = [("from", "2026-03-02"), ("until", "2026-03-06"), ("substitute", "mas-falun"), ("cause", "other")];
    Browser::signed_in(&api, manager).do_it("/me/absence", &fields).expect(303);
    assert_eq!(told("mas-falun", decision), (true, true));
    assert!(!told("mas-falun", other).0, "only where something is decided or accepted");
    let mas = Browser::signed_in(&api, "mas-falun");
    mas.do_it(&format!("/cases/{number}/steps/{decision}"), &[]).expect(303);
    let timeline = mas.get(&format!("/cases/{number}")).expect(200).body;
    assert!(timeline.contains("MAS Falun, tjänsteledning, Falu kommun, för Socialchef Falun"), "{timeline}");
}

/// Whoever opens the picture by itself sees it as it is drawn: its policy knows its looks by their digest.
#[test]
fn the_picture_of_a_workflow_has_looks_that_its_policy_allows() {
    let api = Api::new();
    let digest = &api.test.app.workflows.version("local-dispute", 1).unwrap().digest.0;
    let address = format!("/admin/workflows/{digest}/diagram.svg");
    let picture = Browser::signed_in(&api, COUNTY).get(&address).expect(200);
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    let style = picture.body.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = base64(&Sha256::digest(style.as_bytes()));
    assert!(
        picture.header("content-security-policy").unwrap().contains(&format!("style-src 'sha256-{hash}';")),
        "{hash}"
    );
}

fn base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let triple = |triple: &[u8]| {
        let byte = |at: usize| u32::from(*triple.get(at).unwrap_or(&0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let letter = |at: usize| match at <= triple.len() {
            true => char::from(letters[(bits >> (18 - 6 * at)) as usize & 63]),
            false => '=',
        };
        [0, 1, 2, 3].map(letter).into_iter().collect::<String>()
    };
    bytes.chunks(3).map(triple).collect()
}
