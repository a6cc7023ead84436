//! Cases that go by what a municipality and the region have agreed locally, over the version that holds for all.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use samsyn::app::cases::{Done, Registration};
use samsyn::app::migrations::{Judged, MigrationOrder};
use samsyn::app::versions::{PublishOrder, Standing, VersionRefused};
use samsyn::app::view::CaseView;
use samsyn::app::{App, AppError, Workflows};
use samsyn::ids::PrincipalId;
use samsyn::mail::TEMPLATES;
use samsyn::workflow::bundle;
use samsyn::workflow::plan::PlanVersion;
use samsyn::workflow::rejection::Code;
use samsyn::workflow::shipped;
use serde_json::{Value, json};

use crate::support::cases::{FALUN, RECEIVER, SENDER, actor, deviation, mails_about, object, publish, take};
use crate::support::database::TestApp;
use crate::support::sql;

const LOCAL: &str = "deviation@2+falun@1";
const COUNTY: &str = "systemadministrator-lanet";

fn publish_local(app: &App, order: impl FnOnce(&mut PublishOrder)) -> Result<(), VersionRefused> {
    publish(app, "deviation", 2, |publish| {
        publish.version = LOCAL.parse().unwrap();
        order(publish);
    })
}

/// The county has gone over to version 2, over which Falun's local agreement lies.
fn agreed() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    publish(&test.app, "deviation", 2, |_| {}).unwrap();
    publish_local(&test.app, |_| {}).unwrap();
    test
}

/// A deviation under the local agreement, as far as its own step and one more of its base.
pub fn consulted() -> TestApp {
    let test = agreed();
    let done = begin(&test.app, SENDER, &with(local())).unwrap();
    let done = take(&test.app, RECEIVER, &done, "receive", json!({})).unwrap();
    let consulted = json!({"consulted_on": "2026-03-02", "consultation": "Vi ringer varandra."});
    let done = take(&test.app, RECEIVER, &done, "consult_management", consulted).unwrap();
    take(&test.app, RECEIVER, &done, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    test
}

/// A deviation with these fields besides.
fn with(further: Value) -> Registration {
    let mut registration = deviation("Nattpatrullen nåddes inte.");
    registration.given.extend(object(further));
    registration
}

/// A deviation of the region's against a municipality.
fn against(municipality: &str, further: Value) -> Registration {
    let parties = BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from(municipality)])]);
    Registration { parties, ..with(further) }
}

fn local() -> Value {
    json!({"time_of_day": "night", "category": "night_patrol"})
}

fn begin(app: &App, person: &str, registration: &Registration) -> Result<Done, AppError> {
    app.register(&actor(app, person), registration, None)
}

fn seen(app: &App, person: &str, done: &Done) -> CaseView {
    app.case(&actor(app, person), &done.number).unwrap()
}

/// By what a case goes, told as the version of a local agreement's title; none where it goes by what holds for all.
fn goes_by(case: &CaseView) -> Option<(&str, u32)> {
    case.local.as_ref().map(|local| (local.principal.as_str(), local.version))
}

fn last_day(case: &CaseView, deadline: &str) -> String {
    case.deadlines.iter().find(|running| running.id == deadline).unwrap().due.to_string()
}

/// Why a case was refused: codes and fields.
fn reasons(outcome: Result<Done, AppError>) -> Vec<(Code, String)> {
    let Err(AppError::Rejected(rejection)) = outcome else { panic!("{outcome:?}") };
    rejection.reasons.into_iter().map(|reason| (reason.code, reason.field.unwrap_or_default())).collect()
}

#[test]
fn a_case_with_falun_gets_its_field_its_category_and_its_limit_and_one_with_mora_does_not() {
    let test = agreed();
    let app = &test.app;
    let by_falun = begin(app, SENDER, &with(local())).unwrap();
    let against_falun = begin(app, RECEIVER, &against("falun", local())).unwrap();
    for done in [&by_falun, &against_falun] {
        for reader in [SENDER, RECEIVER] {
            let case = seen(app, reader, done);
            assert_eq!((case.version, goes_by(&case)), (2, Some(("falun", 1))), "{reader}");
            let told = case.fields.iter().find(|field| field.field == "time_of_day").unwrap();
            assert_eq!((told.title.as_str(), &told.value), ("Tid på dygnet", &json!("night")));
            assert!(last_day(&case, "answer").starts_with("2026-04-16"), "{}", last_day(&case, "answer"));
        }
    }
    let mora = begin(app, RECEIVER, &against("mora", json!({}))).unwrap();
    let case = seen(app, RECEIVER, &mora);
    assert_eq!((case.version, goes_by(&case)), (2, None));
    assert!(last_day(&case, "answer").starts_with("2026-05-04"), "{}", last_day(&case, "answer"));
    // What Falun asks for is asked for, and is nothing to Mora.
    assert_eq!(reasons(begin(app, SENDER, &with(json!({})))), [(Code::Required, "time_of_day".to_owned())]);
    let foreign = reasons(begin(app, RECEIVER, &against("mora", local())));
    let fields: Vec<_> = foreign.iter().map(|(_, field)| field.as_str()).collect();
    assert!(fields.contains(&"time_of_day") && fields.contains(&"category"), "{foreign:?}");
}

#[test]
fn the_form_asks_for_more_once_it_is_known_against_whom() {
    let test = agreed();
    let app = &test.app;
    let sections = |person: &str, others: &[&str]| {
        let others: Vec<_> = others.iter().map(|id| PrincipalId::from(*id)).collect();
        let form = app.start_form(&actor(app, person), ("deviation", "register"), &others, &object(json!({}))).unwrap();
        form.sections.last().unwrap().title.clone()
    };
    const ALL: &str = "Svar och statistik";
    const OWN: &str = "Lokal överenskommelse i Falun (påhittat exempel)";
    assert_eq!([sections(RECEIVER, &[]), sections(RECEIVER, &["mora"])], [ALL, ALL]);
    assert_eq!(sections(RECEIVER, &["falun", "mora"]), ALL, "what one of several has agreed binds no other");
    assert_eq!([sections(RECEIVER, &["falun"]), sections(SENDER, &["region-dalarna"])], [OWN, OWN]);
    let local = |person: &str, others: &[&str]| {
        let others: Vec<_> = others.iter().map(|id| PrincipalId::from(*id)).collect();
        app.workflow_view(&actor(app, person), "deviation", &others).unwrap().local.map(|local| local.principal)
    };
    assert_eq!([local(RECEIVER, &[]), local(RECEIVER, &["mora"])], [None, None]);
    assert_eq!([local(RECEIVER, &["falun"]), local(SENDER, &[])].map(Option::unwrap), ["falun", "falun"]);
}

#[test]
fn either_party_takes_an_own_step_and_the_case_stays_where_it_is() {
    let test = agreed();
    let app = &test.app;
    let mut registration = with(local());
    registration.given.insert("urgency".to_owned(), "urgent".into());
    let done = begin(app, SENDER, &registration).unwrap();
    let consulted = json!({"consulted_on": "2026-03-02", "consultation": "Larmen byts."});
    let early = take(app, SENDER, &done, "consult_management", consulted.clone());
    assert!(matches!(early, Err(AppError::Rejected(_))), "{early:?}");
    let done = take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    let runs = |done: &Done| seen(app, SENDER, done).deadlines.iter().any(|it| it.id == "consultation_in_time");
    assert!(runs(&done));
    let after = take(app, FALUN, &done, "consult_management", consulted).unwrap();
    assert_eq!((after.state.as_str(), runs(&after)), ("received", false));
    assert!(mails_about(app, &after, "Samråd i lokal ledning").is_empty(), "it was done in time");
    // The county's steps go on as everywhere.
    let answer = json!({"lead_unit": "psykiatri-falun"});
    assert_eq!(take(app, RECEIVER, &after, "route", answer).unwrap().state, "investigating");
}

#[test]
fn it_is_in_force_only_while_its_base_is_and_until_it_is_retired() {
    let test = agreed();
    let app = &test.app;
    let now = |app: &App| {
        let base = begin(app, SENDER, &deviation("Ingen kom."));
        let done = base.or_else(|_| begin(app, SENDER, &with(local()))).unwrap();
        let case = seen(app, SENDER, &done);
        (case.version, case.local.is_some())
    };
    let standing = || {
        let all = app.versions().unwrap();
        let found = all.iter().find(|version| version.known.name().to_string() == LOCAL).unwrap();
        (found.standing, found.spans.iter().map(|span| span.until.map(|day| day.to_string())).collect::<Vec<_>>())
    };
    assert_eq!((now(app), standing()), ((2, true), (Standing::InForce, vec![None])));
    publish(app, "deviation", 1, |order| order.from = Some("2026-04-01".parse().unwrap())).unwrap();
    test.clock.set("2026-04-01T08:00:00Z".parse().unwrap());
    assert_eq!((now(app), standing()), ((1, false), (Standing::Retired, vec![Some("2026-03-31".to_owned())])));
    // The county comes back to it, and so does what was agreed over it, until that is retired by itself.
    publish(app, "deviation", 2, |_| {}).unwrap();
    assert_eq!(now(app), (2, true));
    let running = begin(app, SENDER, &with(local())).unwrap();
    let reference: samsyn::workflow::reference::Reference = LOCAL.parse().unwrap();
    app.retire(&actor(app, COUNTY), reference, None).unwrap();
    assert_eq!((now(app), standing().0), ((2, false), Standing::Retired));
    assert_eq!(goes_by(&seen(app, SENDER, &running)), Some(("falun", 1)), "it goes on");
    assert!(app.retire(&actor(app, COUNTY), ("deviation", 2), None).is_ok());
}

#[test]
fn what_cannot_be_published_says_why_and_changes_nothing() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let refused = publish_local(app, |_| {}).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"new cases do not get deviation@2 on 2026-03-02, and deviation@2+falun@1 lies over it: publish that first, or write an overlay of what they get");
    // It may wait for its base.
    publish(app, "deviation", 2, |order| order.from = Some("2026-04-01".parse().unwrap())).unwrap();
    assert!(publish_local(app, |_| {}).is_err());
    publish_local(app, |order| order.from = Some("2026-04-01".parse().unwrap())).unwrap();
    let unknown = publish_local(app, |order| order.version = "deviation@2+falun@2".parse().unwrap());
    insta::assert_snapshot!(unknown.unwrap_err().to_string(), @"there is no workflow deviation@2+falun@2: `samsyn workflow list` tells which there are");
    let order = PublishOrder { version: LOCAL.parse().unwrap(), agreement: None, from: None, until: None };
    for person in [SENDER, FALUN, "systemadministrator-falun"] {
        assert_eq!(app.publish(&actor(app, person), &order).unwrap_err().to_string(), "not found", "{person}");
    }
}

#[test]
fn a_local_agreement_is_a_municipalitys() {
    let mut test = agreed();
    for (principal, told) in [
        (
            "region-dalarna",
            "there is no municipality region-dalarna: import it first, or name it in the overlay as the organisation does",
        ),
        (
            "ingenstans",
            "there is no municipality ingenstans: import it first, or name it in the overlay as the organisation does",
        ),
    ] {
        test.app.workflows = Arc::new(workflows_with(principal, &[]));
        let order = |order: &mut PublishOrder| order.version = format!("deviation@2+{principal}@1").parse().unwrap();
        assert_eq!(publish_local(&test.app, order).unwrap_err().to_string(), told);
    }
}

/// What is built in, with Falun's overlay made another principal's, and with more files; every version is final.
fn workflows_with(principal: &str, more: &[(&str, &str)]) -> Workflows {
    let (_, text) = shipped::FILES.iter().find(|(file, _)| file.contains("+falun")).unwrap();
    let text = text.replace("principal: falun", &format!("principal: {principal}"));
    let file = format!("workflows/deviation/2+{principal}-1.yaml");
    let others = shipped::FILES.iter().copied().filter(|(name, _)| !name.contains("+falun"));
    let files: Vec<_> = others.chain([(file.as_str(), text.as_str())]).chain(more.iter().copied()).collect();
    let plain = |lock: &str| Workflows::read(&files, shipped::RULES, (shipped::LOCK.0, lock), TEMPLATES).unwrap();
    let drafts = plain("{}");
    let line = |lock: String, known: &samsyn::app::workflows::Known| {
        lock + &format!("{}: {{digest: \"{}\", final: true}}\n", known.name(), known.digest)
    };
    plain(&drafts.all().fold(String::new(), line))
}

#[test]
fn a_bundle_of_such_a_case_verifies_and_its_exports_name_the_local_agreement() {
    let test = agreed();
    let app = &test.app;
    let done = begin(app, SENDER, &with(local())).unwrap();
    let done = take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    let made = app.case_bundle(&actor(app, SENDER), &done.number, false).unwrap();
    let read = bundle::read(&made.text()).unwrap();
    assert_eq!(bundle::verify(&read, None, &[]).problems, [] as [String; 0]);
    let broken = made.text().replace("45d", "46d");
    assert_ne!(bundle::verify(&bundle::read(&broken).unwrap(), None, &[]).problems, [] as [String; 0]);
}

/// Version 3 is version 2 under another number, and this plan leads there.
fn plan() -> (String, String) {
    let (_, two) = shipped::FILES.iter().find(|(file, _)| *file == "workflows/deviation/2.yaml").unwrap();
    let three = two.replacen("\nversion: 2\n", "\nversion: 3\n", 1);
    let definition = Workflows::shipped(TEMPLATES).unwrap().version("deviation", 2).unwrap().definition.clone();
    let open = definition.states.iter().filter(|(_, state)| state.outcome.is_none()).map(|(id, _)| id.as_str());
    let mut plan = String::from("format: 1\nworkflow: deviation\nfrom: 2\nto: 3\nwhy: Ny version.\n");
    writeln!(plan, "unchanged: [{}]\ndeadlines:", open.collect::<Vec<_>>().join(", ")).unwrap();
    definition.deadlines.keys().for_each(|id| writeln!(plan, "  {id}: {{to: {id}, policy: keep}}").unwrap());
    (three, plan)
}

#[test]
fn no_plan_moves_a_case_that_goes_by_a_local_agreement() {
    let mut test = agreed();
    let local_case = begin(&test.app, SENDER, &with(local())).unwrap();
    let other = begin(&test.app, RECEIVER, &against("mora", json!({}))).unwrap();
    let (three, plan) = plan();
    let files = [("workflows/deviation/3.yaml", three.as_str()), ("workflows/deviation/2-3.yaml", plan.as_str())];
    test.app.workflows = Arc::new(workflows_with("falun", &files));
    let app = &test.app;
    let run = |dry_run| {
        let mut all: Vec<Judged> = Vec::new();
        let order = MigrationOrder { dry_run, ..MigrationOrder::default() };
        let plan = app.workflows.plans().iter().find(|plan| plan.plan.from == PlanVersion::Version(2)).unwrap();
        app.migrate_cases(&actor(app, COUNTY), plan, &order, |judged| all.push(judged)).unwrap();
        let told = |judged: Judged| {
            let codes: Vec<_> = judged.reasons.iter().map(|reason| reason.code).collect();
            (judged.case, (judged.verdict, codes))
        };
        all.into_iter().map(told).collect::<BTreeMap<_, _>>()
    };
    for judged in [run(true), run(false)] {
        assert_eq!(judged[&local_case.number], ("refused", vec!["local"]));
        assert_eq!(judged[&other.number], ("ok", vec![]));
    }
    let case = seen(app, SENDER, &local_case);
    assert_eq!((case.version, goes_by(&case), case.revision), (2, Some(("falun", 1)), local_case.revision));
    assert_eq!(seen(app, RECEIVER, &other).version, 3);
    // It goes on under what it began with, where the county is elsewhere.
    assert_eq!(take(app, RECEIVER, &local_case, "receive", json!({})).unwrap().state, "received");
}

#[test]
fn what_two_municipalities_call_by_one_id_is_one_choice_under_both_titles() {
    let mut test = agreed();
    let option = |principal: &str, group: &str, title: &str| {
        format!(
            "format: 1\nworkflow: deviation\nbase: 2\nprincipal: {principal}\nversion: 1\ntitle: Lokalt\nbasis: [A6]\n\
             options: {{category: {{groups: {{home_care: {{title: {group}}}}}, options: {{night_patrol: {{title: {title}, group: home_care}}}}}}}}\n"
        )
    };
    let mora = option("mora", "Hemsjukvård i Mora", "Nattpatrullen kom för sent");
    test.app.workflows = Arc::new(workflows_with("falun", &[("workflows/deviation/2+mora-1.yaml", &mora)]));
    let app = &test.app;
    publish(app, "deviation", 2, |order| order.version = "deviation@2+mora@1".parse().unwrap()).unwrap();
    let choices = app.search_choices(&actor(app, RECEIVER)).unwrap().categories;
    let all = || choices.iter().flat_map(|(heading, choices)| choices.iter().map(move |choice| (heading, choice)));
    let of = |id: &str| -> Vec<_> {
        all()
            .filter(|(_, choice)| choice.0 == id)
            .map(|(heading, choice)| (heading.as_str(), choice.1.as_str()))
            .collect()
    };
    const HEADING: &str = "Hemsjukvård i Falun / Hemsjukvård i Mora";
    assert_eq!(of("night_patrol"), [(HEADING, "Nattpatrullen nåddes inte / Nattpatrullen kom för sent")]);
    assert_eq!(of("home_care").len(), 1);
    assert_eq!(of("home_care")[0].0, HEADING);
    // What all have keeps its one title.
    assert_eq!(of("no_plan").len(), 1);
    assert!(!of("no_plan")[0].1.contains(" / "));
}

#[test]
fn what_three_municipalities_put_under_one_heading_stands_under_one() {
    let mut test = agreed();
    let files = ["mora", "orsa"].map(|principal| {
        let text = format!(
            "format: 1\nworkflow: deviation\nbase: 2\nprincipal: {principal}\nversion: 1\ntitle: Lokalt\nbasis: [A6]\n\
             options: {{category: {{groups: {{home_care: {{title: I {principal}}}}}, options: {{{principal}_own: {{title: Eget, group: home_care}}}}}}}}\n"
        );
        (format!("workflows/deviation/2+{principal}-1.yaml"), text)
    });
    let more = files.each_ref().map(|(file, text)| (file.as_str(), text.as_str()));
    test.app.workflows = Arc::new(workflows_with("falun", &more));
    let app = &test.app;
    for principal in ["mora", "orsa"] {
        let version = format!("deviation@2+{principal}@1").parse().unwrap();
        publish(app, "deviation", 2, |order| order.version = version).unwrap();
    }
    let choices = app.search_choices(&actor(app, RECEIVER)).unwrap().categories;
    let of_group: Vec<_> = choices.iter().filter(|(heading, _)| heading.contains("I mora")).collect();
    let [(heading, choices)] = of_group.as_slice() else { panic!("{choices:?}") };
    assert_eq!(heading, "Hemsjukvård i Falun / I mora / I orsa");
    let ids: Vec<_> = choices.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["home_care", "night_patrol", "key_missing", "mora_own", "orsa_own"]);
}

#[test]
fn a_definition_that_was_changed_in_the_database_is_named_as_what_it_is() {
    let test = agreed();
    sql::drop_guards(&test.app.store);
    sql::tamper(
        &test.app.store,
        "update definitions set text_hash = 'x' where digest in (select definition from publications where principal_id = 'falun')",
    );
    let problems = test.app.verify_log(&[], |_| ()).unwrap().problems;
    assert!(
        problems.iter().any(|told| told.contains("(deviation@2+falun@1): the text has been changed")),
        "{problems:?}"
    );
}
