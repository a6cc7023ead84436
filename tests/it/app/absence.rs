//! Absence: what a substitute sees, does and is told, from the first day to the last, and what standing in never gives.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use samsyn::app::absences::NewAbsence;
use samsyn::app::cases::Done;
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::app::{App, AppError};
use samsyn::authz::{Role, Seat, may_stand_in, stand_in};
use samsyn::ids::{BodyId, PersonId, PrincipalId, UnitId};
use samsyn::store::absences::Reason;
use samsyn::workflow::rejection::Code;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, SENDER, actor, dispute, mails_about, received, take};
use crate::support::database::{TestApp, add_people};

const CHIEF: &str = "chef-psykiatri-falun";
const OTHER: &str = "chef-primarvard-falun";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn absence(person: &str, from: &str, until: &str, substitute: &str) -> NewAbsence {
    NewAbsence {
        person: person.into(),
        from: Some(day(from)),
        until: Some(day(until)),
        substitute: Some(substitute.into()),
        cause: Some(Reason::Leave),
    }
}

/// She records her own absence.
fn away(app: &App, person: &str, from: &str, until: &str, substitute: &str) -> Result<(), AppError> {
    app.record_absence(&actor(app, person), &absence(person, from, until, substitute), None)
}

/// The fields that an absence was refused for.
fn refused(outcome: Result<(), AppError>) -> Vec<String> {
    match outcome {
        Err(AppError::Rejected(rejection)) => rejection.reasons.into_iter().filter_map(|reason| reason.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn routed(test: &TestApp) -> Done {
    take(&test.app, RECEIVER, &received(&test.app), "route", json!({"lead_unit": "psykiatri-falun"})).unwrap()
}

fn note(app: &App, person: &str, done: &Done) -> Result<Done, AppError> {
    let command = NoteCommand {
        number: done.number.clone(),
        room: NoteRoom::Shared,
        text: "Så här ser det ut.".to_owned(),
        corrects: None,
    };
    app.write_note(&actor(app, person), &command, None)
}

#[test]
fn a_substitute_sees_does_and_is_told_until_the_last_day_and_then_no_more() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let done = routed(&test);
    away(&test.app, CHIEF, "2026-03-03", "2026-03-04", OTHER).unwrap();
    let sees = || test.app.case(&actor(&test.app, OTHER), &done.number).is_ok();
    let need = |n: i32| {
        let done =
            Done { revision: test.app.case(&actor(&test.app, SENDER), &done.number).unwrap().revision, ..done.clone() };
        let before = mails_about(&test.app, &done, "Vad personen behöver nu").len();
        take(&test.app, SENDER, &done, "add_need", json!({"need_now": format!("Behov {n}.")})).unwrap();
        let mails = mails_about(&test.app, &done, "Vad personen behöver nu").into_iter().skip(before);
        let told: Vec<_> =
            mails.map(|mail| mail.person_id).filter(|id| [CHIEF, OTHER].contains(&id.as_str())).collect();
        told
    };
    assert_eq!((sees(), need(1)), (false, vec![CHIEF.to_owned()]), "the day before");
    // The first day begins at midnight in Stockholm.
    test.clock.set("2026-03-02T23:00:00Z".parse().unwrap());
    assert!(sees());
    test.clock.set("2026-03-03T09:00:00Z".parse().unwrap());
    assert_eq!(need(2), [OTHER]);
    note(&test.app, OTHER, &done).unwrap();
    let timeline = test.app.timeline(&actor(&test.app, SENDER), &done.number).unwrap();
    let by = timeline.last().unwrap().by.clone().unwrap();
    let names = (by.name.as_deref(), by.on_behalf_of.as_deref());
    assert_eq!(names, (Some("Chef Primärvård Falun"), Some("Chef Psykiatri Falun")));
    assert_eq!(test.app.verify_log(&[], |_| {}).unwrap().problems, Vec::<String>::new());
    // Who is away may come in and act; then nobody acted for her.
    note(&test.app, CHIEF, &done).unwrap();
    let timeline = test.app.timeline(&actor(&test.app, SENDER), &done.number).unwrap();
    assert_eq!(timeline.last().unwrap().by.clone().unwrap().on_behalf_of, None);
    test.clock.set("2026-03-04T22:59:00Z".parse().unwrap());
    assert!(sees());
    test.clock.set("2026-03-04T23:00:00Z".parse().unwrap());
    assert!(!sees() && matches!(note(&test.app, OTHER, &done), Err(AppError::NotFound)));
    test.clock.set("2026-03-05T09:00:00Z".parse().unwrap());
    assert_eq!(need(3), [CHIEF]);
}

#[test]
fn an_absence_that_ends_early_ends_at_once() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let done = routed(&test);
    let sees = || test.app.case(&actor(&test.app, OTHER), &done.number).is_ok();
    let chief = || actor(&test.app, CHIEF);
    let only = || test.app.absences(&chief(), &CHIEF.into()).unwrap().pop().unwrap().id;
    away(&test.app, CHIEF, "2026-03-01", "2026-03-31", OTHER).unwrap();
    assert!(sees());
    let (id, other) = (only(), actor(&test.app, OTHER));
    assert!(matches!(test.app.end_absence(&other, &id), Err(AppError::NotFound)), "the absence is not hers");
    test.app.end_absence(&chief(), &id).unwrap();
    assert!(!sees());
    away(&test.app, CHIEF, "2026-03-02", "2026-03-31", OTHER).unwrap();
    test.app.end_absence(&chief(), &only()).unwrap();
    assert!(!sees() && test.app.absences(&chief(), &CHIEF.into()).unwrap().is_empty());
}

#[test]
fn a_substitute_who_is_away_hands_on_to_hers_and_never_in_a_circle() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let done = routed(&test);
    let third = "chef-psykiatri-mora";
    let sees = |person: &str| test.app.case(&actor(&test.app, person), &done.number).is_ok();
    away(&test.app, CHIEF, "2026-03-02", "2026-03-31", OTHER).unwrap();
    away(&test.app, OTHER, "2026-03-02", "2026-03-31", third).unwrap();
    assert_eq!([OTHER, third].map(sees), [false, true]);
    away(&test.app, third, "2026-03-02", "2026-03-31", CHIEF).unwrap();
    assert_eq!([CHIEF, OTHER, third].map(sees), [true, false, false], "each has her own and no more");

    let away: BTreeMap<PersonId, PersonId> =
        [("a", "b"), ("b", "c"), ("c", "d"), ("x", "y"), ("y", "x"), ("z", "x"), ("s", "s")]
            .map(|(person, substitute)| (person.into(), substitute.into()))
            .into();
    let ends = |person: &str| stand_in(&away, &person.into()).map(PersonId::as_str);
    let expected = [Some("d"), Some("d"), None, None, None, None, None];
    assert_eq!(["a", "b", "d", "x", "y", "z", "s"].map(ends), expected);
}

#[test]
fn nobody_stands_in_who_belongs_elsewhere_or_acts_elsewhere_too() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let absent = |substitute: &str| away(&test.app, FALUN, "2026-03-02", "2026-03-31", substitute);
    for substitute in ["mas-mora", FALUN, "systemadministrator-falun", "natverkssekreterare", "tidigare-mas-falun", "x"]
    {
        assert_eq!(refused(absent(substitute)), ["substitute"], "{substitute}");
    }
    add_people(
        &test.app,
        "- {id: anna, name: Anna, memberships: [{role: employee, principal: falun}, {role: handler, principal: mora}]}",
    );
    assert_eq!(refused(absent("anna")), ["substitute"], "she would speak for two parties");
    absent("boendestodjare-falun").unwrap();
    assert_eq!(refused(absent(SENDER)), ["from"], "nobody is away twice");
    let backwards = NewAbsence { cause: None, ..absence("mas-falun", "2026-04-02", "2026-04-01", "sas-falun") };
    let fields = refused(test.app.record_absence(&actor(&test.app, "mas-falun"), &backwards, None));
    assert_eq!(fields, ["until", "cause"]);
    let others = absence("mas-falun", "2026-04-01", "2026-04-02", "sas-falun");
    let by = |person: &str| test.app.record_absence(&actor(&test.app, person), &others, None);
    assert!(matches!(by("sas-falun"), Err(AppError::NotFound)), "nobody sends another away");
    by("systemadministrator-falun").unwrap();
}

#[test]
fn standing_in_gives_only_what_is_done_for_the_organisation() {
    let seat = |role, principal: Option<&str>, unit: Option<&str>, body: Option<&str>| Seat {
        role,
        principal: principal.map(PrincipalId::from),
        authority: None,
        unit: unit.map(UnitId::from),
        body: body.map(BodyId::from),
    };
    let at = |role, principal| seat(role, Some(principal), None, None);
    let secretary = |body| seat(Role::Secretary, None, None, Some(body));
    let employee = at(Role::Employee, "falun");
    let takes = |own: &[Seat], other: &Seat| may_stand_in(own, other);
    let own = [employee.clone()];
    assert!(
        takes(&own, &at(Role::Management, "falun"))
            && takes(&own, &seat(Role::Manager, Some("falun"), Some("u"), None))
    );
    assert!(!takes(&own, &at(Role::Employee, "falun")), "what an employee sent is hers");
    assert!(!takes(&own, &at(Role::Administrator, "falun")) && !takes(&own, &secretary("network")));
    assert!(
        !takes(&[at(Role::Administrator, "falun")], &at(Role::Handler, "falun")),
        "an administrator sees no content"
    );
    assert!(takes(&[secretary("steering")], &secretary("network")));
    assert!(!takes(&[secretary("steering"), at(Role::Handler, "falun")], &at(Role::Management, "falun")));
    assert!(takes(&[secretary("steering"), employee], &secretary("network")), "an employee decides nothing");
}

/// Anna may write and approve. Whoever takes her place is another person, and yet speaks in her name.
#[test]
fn standing_in_is_no_second_pair_of_eyes() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    add_people(
        &test.app,
        "- {id: anna, name: Anna, memberships: [{role: handler, principal: falun}, {role: management, principal: falun}]}",
    );
    let app = &test.app;
    let mut done = dispute(app, json!({}));
    let approve = |person: &str, done: &Done| take(app, person, done, "approve_statement", json!({}));
    let four_eyes = |person: &str, done: &Done| match approve(person, done) {
        Err(AppError::Rejected(rejection)) => rejection.reasons.iter().any(|reason| reason.code == Code::FourEyes),
        other => panic!("{other:?}"),
    };
    let write = |person: &str, done: &Done| {
        take(app, person, done, "write_statement", json!({"statement": "Vi är oense."})).unwrap()
    };
    let bo = "boendestodjare-falun";
    away(app, "anna", "2026-03-02", "2026-03-03", bo).unwrap();
    done = write("anna", &done);
    assert!(four_eyes("anna", &done) && four_eyes(bo, &done), "neither herself nor in her own place");
    done = write(bo, &done);
    assert!(four_eyes("anna", &done), "what was written in her name");
    test.clock.set("2026-03-05T09:00:00Z".parse().unwrap());
    assert!(four_eyes("anna", &done), "also when she is back");
    // She who has written herself approves it in nobody's place.
    away(app, FALUN, "2026-03-05", "2026-03-06", SENDER).unwrap();
    done = write(SENDER, &done);
    assert!(four_eyes(SENDER, &done));
    approve("anna", &done).unwrap();
    assert_eq!(app.verify_log(&[], |_| {}).unwrap().problems, Vec::<String>::new());
}
