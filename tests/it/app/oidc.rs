//! Signing in through the sign-in service: who comes in, as what, and who does not.

use std::sync::Arc;

use chrono::Duration;
use samsyn::app::oidc::{Back, Came, OidcRefused};
use samsyn::app::organisation::MembershipItem;
use samsyn::app::sessions::{NewSession, Signed};
use samsyn::app::{App, AppError};
use samsyn::authz::{Actor, Role};
use samsyn::ids::PersonId;
use samsyn::jobs::find;
use samsyn::oidc::{Claims, OidcError};
use samsyn::workflow::rejection::Class;
use serde_json::json;

use crate::jobs::scheduler::work;
use crate::support::cases::{actor, deviation, object, take};
use crate::support::database::{TestApp, add_people};
use crate::support::log::logged;
use crate::support::service::{ANNA, FALUN, FOREIGN, MAS, REGION, Service, attach, claims, commission, know_hsa_ids};
use crate::support::sql;

fn with_service() -> (TestApp, Arc<Service>) {
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    let service = attach(&mut test.app);
    (test, service)
}

/// What comes of whoever the service says this of.
fn comes(app: &App, service: &Service, said: Claims) -> Result<Came, OidcRefused> {
    service.says("code", Ok(said));
    let begun = app.begin_oidc("/board").unwrap();
    let (_, state) = begun.to.split_once("state=").unwrap();
    app.finish_oidc(Back { state, code: "code", error: "" }, Some(&begun.browser), None)
}

fn session(came: Result<Came, OidcRefused>) -> NewSession {
    match came.unwrap() {
        Came::In(session, to) => {
            assert_eq!(to, "/board");
            session
        }
        Came::Choose(_) => panic!("she has to choose"),
    }
}

fn signed(app: &App, session: &NewSession) -> Signed {
    app.session(&session.secret).unwrap().unwrap()
}

/// The roles of an actor, each with its place.
fn seats(actor: &Actor) -> Vec<String> {
    let place = |seat: &samsyn::authz::Seat| {
        seat.principal.as_ref().map(ToString::to_string).or(seat.body.as_ref().map(ToString::to_string))
    };
    actor.seats.iter().map(|seat| format!("{}@{}", seat.role, place(seat).unwrap())).collect()
}

fn record(app: &App) -> Vec<String> {
    let query =
        "select method || ' ' || outcome || ' ' || coalesce(person_id, '-') as line from sign_ins order by 1 desc";
    sql::lines(&app.store, query)
}

fn people(app: &App) -> usize {
    sql::lines(&app.store, "select id as line from persons").len()
}

#[test]
fn somebody_who_is_known_comes_in_with_her_roles_at_the_principal_of_her_commission() {
    let (test, service) = with_service();
    let app = &test.app;
    let mas = PersonId::from("mas-falun");
    let at_mora = MembershipItem {
        role: Role::Handler,
        principal: Some("mora".into()),
        body: None,
        title: None,
        authority: None,
        unit: None,
        from: None,
        until: None,
        delegation: None,
    };
    app.add_role(&mas, &at_mora).unwrap();
    let before = people(app);
    let at_falun = Claims { commission: commission("SE1-A", "MAS i Falun", FALUN), ..claims(&MAS.to_lowercase(), "x") };
    let came = session(comes(app, &service, at_falun));
    let signed_in = signed(app, &came);
    assert_eq!(came.person.as_str(), "mas-falun");
    assert_eq!(seats(&signed_in.actor), ["handler@falun"]);
    assert_eq!((signed_in.method.as_str(), signed_in.commission.as_deref()), ("oidc", Some("MAS i Falun")));
    assert_eq!(signed_in.name, "MAS Falun", "hers is the name that the organisation gave");

    let whole = signed(app, &session(comes(app, &service, claims(MAS, "x"))));
    assert_eq!(seats(&whole.actor), ["handler@falun", "handler@mora"]);
    assert_eq!(whole.commission, None);

    let elsewhere = Claims { commission: commission("SE1-B", "Sjuksköterska", REGION), ..claims(MAS, "x") };
    let at_region = signed(app, &session(comes(app, &service, elsewhere)));
    assert_eq!(seats(&at_region.actor), ["employee@region-dalarna"]);
    assert_eq!(people(app), before);
    assert_eq!(record(app), ["oidc ok mas-falun"; 3]);
    // A body is no principal's: its secretary is that in any commission.
    add_people(app, "- {id: eva, name: Eva, hsa_id: SE1-EVA, memberships: [{role: secretary, body: network}]}");
    know_hsa_ids(app);
    let eva = Claims { commission: commission("SE1-B", "Nämndsekreterare", REGION), ..claims("SE1-EVA", "Eva") };
    let of_body = signed(app, &session(comes(app, &service, eva)));
    assert_eq!(seats(&of_body.actor), ["secretary@network", "employee@region-dalarna"]);
}

#[test]
fn a_role_that_ends_ends_in_a_session_of_a_commission_too() {
    let (test, service) = with_service();
    add_people(
        &test.app,
        "- {id: eva, name: Eva, hsa_id: SE1-EVA, memberships: [{role: handler, principal: falun, until: 2026-03-02}]}",
    );
    know_hsa_ids(&test.app);
    let eva = Claims { commission: commission("SE1-A", "Handläggare", FALUN), ..claims("SE1-EVA", "Eva") };
    test.clock.set("2026-03-02T22:30:00Z".parse().unwrap());
    let session = session(comes(&test.app, &service, eva));
    assert_eq!(seats(&signed(&test.app, &session).actor), ["handler@falun"]);
    test.clock.set("2026-03-02T23:10:00Z".parse().unwrap());
    assert_eq!(seats(&signed(&test.app, &session).actor), ["employee@falun"]);
}

#[test]
fn somebody_with_several_commissions_chooses_one_once() {
    let (test, service) = with_service();
    let app = &test.app;
    let all = vec![
        commission("SE1-A", "MAS", FALUN),
        commission("SE1-B", "Sjuksköterska", REGION),
        commission("SE1-C", "Vårdbolaget", FOREIGN),
    ];
    let said = Claims { all, ..claims(MAS, "x") };
    let Came::Choose(browser) = comes(app, &service, said).unwrap() else { panic!("nothing to choose") };
    let offered = app.commissions(Some(&browser)).unwrap();
    let offered: Vec<_> = offered.iter().map(|one| format!("{} {} {}", one.id, one.name, one.organisation)).collect();
    assert_eq!(offered, ["SE1-A MAS Falu kommun", "SE1-B Sjuksköterska Region Dalarna"]);
    let chooses = |browser: Option<&str>, chosen: &str| app.choose_commission(browser, chosen, None);
    for (browser, chosen) in
        [(None, "SE1-A"), (Some("somebody else's"), "SE1-A"), (Some(browser.as_str()), "SE1-C"), (Some(&browser), "")]
    {
        assert!(matches!(chooses(browser, chosen), Err(OidcRefused::Stale)), "{chosen}");
    }
    let (session, to) = chooses(Some(&browser), "SE1-B").unwrap();
    assert_eq!(
        (to.as_str(), seats(&signed(app, &session).actor)),
        ("/board", vec!["employee@region-dalarna".to_owned()])
    );
    assert!(matches!(chooses(Some(&browser), "SE1-A"), Err(OidcRefused::Stale)), "used");
    assert!(matches!(app.commissions(Some(&browser)), Err(OidcRefused::Stale)));
}

#[test]
fn a_choice_waits_for_ten_minutes() {
    let (test, service) = with_service();
    let all = vec![commission("SE1-A", "MAS", FALUN), commission("SE1-B", "Sjuksköterska", REGION)];
    let Came::Choose(browser) = comes(&test.app, &service, Claims { all, ..claims(MAS, "x") }).unwrap() else {
        panic!()
    };
    test.clock.advance(Duration::minutes(9));
    assert!(test.app.commissions(Some(&browser)).is_ok());
    test.clock.advance(Duration::minutes(1));
    assert!(matches!(test.app.commissions(Some(&browser)), Err(OidcRefused::Stale)));
    assert!(matches!(test.app.choose_commission(Some(&browser), "SE1-A", None), Err(OidcRefused::Stale)));
    let counts = (find("sign_ins").unwrap().run)(&work(&test.app)).unwrap();
    assert_eq!(counts.last(), Some(&("attempts", 1)));
}

#[test]
fn somebody_unknown_of_ours_registers_and_follows_what_she_sent_and_nothing_else() {
    let (test, service) = with_service();
    let app = &test.app;
    let at =
        |provider: &str| Claims { commission: commission("SE1-A", "Sköterska", provider), ..claims(ANNA, "Anna A") };
    let anna = signed(app, &session(comes(app, &service, at(REGION))));
    assert_eq!((anna.name.as_str(), seats(&anna.actor)), ("Anna A", vec!["employee@region-dalarna".to_owned()]));
    let mut registration = deviation("Något gick fel.");
    registration.parties = [("receiver".to_owned(), vec!["falun".into()])].into();
    let done = app.register(&anna.actor, &registration, None).unwrap();
    assert!(app.case(&anna.actor, &done.number).is_ok());
    let of_others = app.register(&actor(app, "mas-falun"), &deviation("Annat."), None).unwrap();
    assert!(matches!(app.case(&anna.actor, &of_others.number), Err(AppError::NotFound)));

    // The same person in another commission is at another principal: what she sent is not hers to take along.
    let again = signed(app, &session(comes(app, &service, at(FALUN))));
    assert_eq!(again.actor.person, anna.actor.person);
    assert_eq!(seats(&again.actor), ["employee@falun"]);
    assert!(matches!(app.case(&again.actor, &done.number), Err(AppError::NotFound)));
    let refused = app.register(&again.actor, &deviation("Något."), None).unwrap_err();
    assert!(matches!(&refused, AppError::Rejected(why) if why.class() == Class::Forbidden), "{refused:?}");
    let tip = tip();
    let tip = app.register(&again.actor, &tip, None).unwrap();
    assert!(app.case(&again.actor, &tip.number).is_ok() && app.case(&anna.actor, &tip.number).is_err());

    // Her role is the session's: nothing of it is stored.
    let plain = actor(app, anna.actor.person.as_str());
    assert_eq!(plain.seats, []);
    assert!(matches!(app.case(&plain, &done.number), Err(AppError::NotFound)));
}

/// A tip of Falun's own about the region.
fn tip() -> samsyn::app::cases::Registration {
    samsyn::app::cases::Registration {
        workflow: "tip".to_owned(),
        start: "tell".to_owned(),
        parties: [].into(),
        given: object(json!({"what_happened": "Något gick fel", "event_on": "2026-03-01", "place": "Falun"})),
        ..deviation("")
    }
}

#[test]
fn nothing_breaks_for_want_of_an_address() {
    let (test, service) = with_service();
    let app = &test.app;
    let said = Claims { commission: commission("SE1-A", "Boendestödjare", FALUN), ..claims(ANNA, "Anna") };
    let anna = signed(app, &session(comes(app, &service, said))).actor;
    let done = app.register(&anna, &tip(), None).unwrap();
    let asked = take(app, "mas-falun", &done, "ask", json!({"question": "Var?"})).unwrap();
    let mine = app.list_cases(&anna, &Default::default(), None, 10).unwrap().cases;
    assert_eq!(mine.len(), 1, "it is her move");
    assert!(asked.revision > done.revision);
    for _ in 0..10 {
        test.clock.advance(Duration::days(2));
        for job in ["deadlines", "mail"] {
            (find(job).unwrap().run)(&work(app)).unwrap();
        }
    }
    let to_her = format!("select id as line from outbox where person_id = '{}'", anna.person);
    assert_eq!(sql::lines(&app.store, &to_her), [""; 0]);
    assert_eq!(sql::lines(&app.store, "select id as line from outbox where status = 'failed'"), [""; 0]);
}

#[test]
fn nobody_from_elsewhere_comes_in_or_becomes_anybody() {
    let (test, service) = with_service();
    let app = &test.app;
    let before = people(app);
    let foreign = commission("SE1-C", "Vårdbolaget", FOREIGN);
    for said in [
        Claims { commission: foreign.clone(), ..claims(ANNA, "Anna") },
        Claims { all: vec![foreign.clone()], ..claims(ANNA, "Anna") },
        Claims { commission: foreign, ..claims(MAS, "x") },
        claims(ANNA, "Anna"),
    ] {
        assert!(matches!(comes(app, &service, said), Err(OidcRefused::Elsewhere)));
    }
    assert!(matches!(comes(app, &service, claims("", "Anna")), Err(OidcRefused::Nobody)));
    assert_eq!((people(app), record(app)), (before, vec!["oidc refused -".to_owned(); 5]));
    assert_eq!(sql::lines(&app.store, "select id as line from sessions"), [""; 0]);
}

#[test]
fn who_is_disabled_comes_in_by_no_door() {
    let (test, service) = with_service();
    let app = &test.app;
    let mas = PersonId::from("mas-falun");
    let all = || vec![commission("SE1-A", "MAS", FALUN), commission("SE1-B", "Sjuksköterska", REGION)];
    let came = session(comes(app, &service, claims(MAS, "x")));
    let Came::Choose(browser) = comes(app, &service, Claims { all: all(), ..claims(MAS, "x") }).unwrap() else {
        panic!()
    };
    let token = app.create_token(&mas, None).unwrap();
    // She has no account: the sign-in service alone knows her.
    app.disable_person(&mas).unwrap();
    assert!(app.session(&came.secret).unwrap().is_none());
    assert!(app.authenticate(&token.secret).unwrap().is_none());
    let later = app.create_token(&mas, None).unwrap();
    assert!(app.authenticate(&later.secret).unwrap().is_none(), "nor with one that is made meanwhile");
    assert!(matches!(app.choose_commission(Some(&browser), "SE1-A", None), Err(OidcRefused::Disabled)));
    for said in [
        claims(MAS, "x"),
        Claims { commission: commission("SE1-A", "MAS", FALUN), ..claims(MAS, "x") },
        Claims { all: all(), ..claims(MAS, "x") },
    ] {
        assert!(matches!(comes(app, &service, said), Err(OidcRefused::Disabled)));
    }
    assert_eq!(record(app), [["oidc ok mas-falun"].as_slice(), &["oidc disabled mas-falun"; 4]].concat());
    app.enable_person(&mas).unwrap();
    assert!(app.session(&came.secret).unwrap().is_none(), "what ended has ended");
    session(comes(app, &service, claims(MAS, "x")));
}

#[test]
fn what_comes_back_counts_once_in_time_and_in_the_browser_that_began_it() {
    let (test, service) = with_service();
    let app = &test.app;
    service.says("code", Ok(claims(MAS, "x")));
    let (one, other) = (app.begin_oidc("/").unwrap(), app.begin_oidc("/").unwrap());
    let state = |begun: &samsyn::app::oidc::Begun| begun.to.split_once("state=").unwrap().1.to_owned();
    let back =
        |state: &str, browser: Option<&str>| app.finish_oidc(Back { state, code: "code", error: "" }, browser, None);
    for (state, browser) in [
        (state(&one), None),
        (state(&one), Some(other.browser.as_str())),
        (state(&one), Some("guessed")),
        ("guessed".to_owned(), Some(one.browser.as_str())),
        (String::new(), Some(&one.browser)),
    ] {
        assert!(matches!(back(&state, browser), Err(OidcRefused::Stale)), "{state} {browser:?}");
    }
    assert_eq!(*service.asked.lock().unwrap(), [""; 0], "the service is not bothered");
    assert!(back(&state(&one), Some(&one.browser)).is_ok());
    assert!(matches!(back(&state(&one), Some(&one.browser)), Err(OidcRefused::Stale)), "replayed");
    test.clock.advance(Duration::minutes(10));
    assert!(matches!(back(&state(&other), Some(&other.browser)), Err(OidcRefused::Stale)), "too late");
    let stored = sql::dump(&app.store).join("\n");
    assert!(!stored.contains(&one.browser) && !stored.contains(&state(&other)), "only digests are stored");
}

#[test]
fn whoever_the_service_does_not_vouch_for_stays_outside_and_the_log_holds_no_secret() {
    logged();
    let (test, service) = with_service();
    let app = &test.app;
    service.says("forged", Err(OidcError::Untrue("Invalid nonce: nonce mismatch".to_owned())));
    service.says(
        "claims-of-anna",
        Ok(Claims { commission: commission("SE1-A", "x", FOREIGN), ..claims(ANNA, "Anna-Lisa") }),
    );
    let mut secrets = Vec::new();
    let mut back = |code: &str, error: &str| {
        let begun = app.begin_oidc("/").unwrap();
        let (_, state) = begun.to.split_once("state=").unwrap();
        secrets.extend([state.to_owned(), begun.browser.clone()]);
        app.finish_oidc(Back { state, code, error }, Some(&begun.browser), None)
    };
    assert!(matches!(back("forged", ""), Err(OidcRefused::Untrusted(_))));
    assert!(matches!(back("used-before", ""), Err(OidcRefused::Untrusted(_))));
    assert!(matches!(back("claims-of-anna", ""), Err(OidcRefused::Elsewhere)));
    assert!(matches!(back("", "access_denied"), Err(OidcRefused::Denied(_))), "she broke it off");
    assert!(matches!(back("", "Free text\nin the log"), Err(OidcRefused::Denied(_))));
    let begun = app.begin_oidc("/").unwrap();
    *service.away.lock().unwrap() = true;
    assert!(matches!(app.begin_oidc("/"), Err(OidcRefused::Unavailable(_))));
    let (_, state) = begun.to.split_once("state=").unwrap();
    let came = app.finish_oidc(Back { state, code: "x", error: "" }, Some(&begun.browser), None);
    assert!(matches!(came, Err(OidcRefused::Unavailable(_))));
    let log = logged();
    for told in
        ["invalid_grant", "nonce mismatch", "no organisation of ours", "nobody listens", "access_denied", "not say why"]
    {
        assert!(log.contains(told), "{told}");
    }
    for secret in
        secrets.iter().map(String::as_str).chain(["used-before", "claims-of-anna", "Free text", ANNA, "Anna-Lisa"])
    {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[test]
fn without_a_service_there_is_none() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let not_there = |refused: OidcRefused| matches!(refused, OidcRefused::App(AppError::NotFound));
    assert!(not_there(test.app.begin_oidc("/").unwrap_err()));
    assert!(not_there(test.app.finish_oidc(Back { state: "x", code: "x", error: "" }, Some("x"), None).unwrap_err()));
    assert!(not_there(test.app.commissions(Some("x")).unwrap_err()));
}
