//! Sessions: how they begin, go on and end.

use chrono::Duration;
use samsyn::app::AppError;
use samsyn::app::sessions::NewSession;
use samsyn::ids::PersonId;
use samsyn::store;
use samsyn::workflow::digest::sha256;

use crate::support::database::{TestApp, add_people};
use crate::support::sql;

/// An application over the demonstration's database, in which anybody can be signed in.
fn demonstration() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.store.write(|db| store::note_fact(db, store::DEMONSTRATION, "1")).unwrap();
    test
}

fn sign_in(test: &TestApp, person: &str, former: Option<&str>) -> NewSession {
    test.app.sign_in_as(&PersonId::from(person), former).unwrap()
}

fn alive(test: &TestApp, session: &NewSession) -> bool {
    test.app.session(&session.secret).unwrap().is_some()
}

fn writes(test: &TestApp) -> String {
    sql::lines(&test.app.store, "select cast(seen_at as text) as line from sessions").concat()
}

#[test]
fn a_click_signs_in_only_where_the_demonstration_is() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let person = PersonId::from("mas-falun");
    assert!(!test.app.is_demonstration().unwrap());
    assert!(matches!(test.app.sign_in_as(&person, None), Err(AppError::NotFound)));
    let tables = |prefix: &str| sql::dump(&test.app.store).into_iter().any(|row| row.starts_with(prefix));
    assert!(!tables("sessions ") && !tables("sign_ins "));

    let test = demonstration();
    assert!(test.app.is_demonstration().unwrap());
    assert!(matches!(test.app.sign_in_as(&PersonId::from("nobody"), None), Err(AppError::NotFound)));
    assert!(alive(&test, &sign_in(&test, "mas-falun", None)));
    let record = "select person_id || ' ' || method || ' ' || outcome as line from sign_ins";
    assert_eq!(sql::lines(&test.app.store, record), ["mas-falun demo ok"]);
}

#[test]
fn a_sign_in_ends_the_session_that_the_browser_had_and_no_other() {
    let test = demonstration();
    let (first, elsewhere) = (sign_in(&test, "mas-falun", None), sign_in(&test, "mas-falun", None));
    let second = sign_in(&test, "sas-falun", Some(&first.secret));
    assert_ne!((&first.id, &first.secret), (&second.id, &second.secret));
    assert_eq!([&first, &elsewhere, &second].map(|session| alive(&test, session)), [false, true, true]);
    // A secret that somebody slipped the browser is never taken up.
    let slipped = "0".repeat(64);
    let third = sign_in(&test, "sas-falun", Some(&slipped));
    assert_ne!(third.secret, slipped);
    assert!(test.app.session(&slipped).unwrap().is_none());
}

#[test]
fn who_does_nothing_for_an_hour_is_signed_out() {
    let test = demonstration();
    let session = sign_in(&test, "mas-falun", None);
    for _ in 0..3 {
        test.clock.advance(Duration::minutes(60) - Duration::microseconds(1));
        assert!(alive(&test, &session));
    }
    test.clock.advance(Duration::minutes(60));
    assert!(!alive(&test, &session));
    test.clock.advance(Duration::minutes(-30));
    assert!(alive(&test, &session), "by the clock alone: nothing was written");
}

#[test]
fn after_ten_hours_everybody_is_signed_out() {
    let test = demonstration();
    let session = sign_in(&test, "mas-falun", None);
    for _ in 0..19 {
        test.clock.advance(Duration::minutes(30));
        assert!(alive(&test, &session));
    }
    test.clock.advance(Duration::minutes(30) - Duration::microseconds(1));
    assert!(alive(&test, &session));
    test.clock.advance(Duration::microseconds(1));
    assert!(!alive(&test, &session));
}

#[test]
fn a_request_is_noted_once_a_minute_at_most() {
    let test = demonstration();
    let session = sign_in(&test, "mas-falun", None);
    let begun = writes(&test);
    test.clock.advance(Duration::seconds(59));
    assert!(alive(&test, &session));
    assert_eq!(writes(&test), begun);
    test.clock.advance(Duration::seconds(1));
    assert!(alive(&test, &session));
    let noted = writes(&test);
    assert_ne!(noted, begun);
    test.clock.advance(Duration::seconds(59));
    assert!(alive(&test, &session));
    assert_eq!(writes(&test), noted);
}

#[test]
fn who_signs_out_is_out_here_or_everywhere() {
    let test = demonstration();
    let [one, two, three] = [(); 3].map(|()| sign_in(&test, "mas-falun", None));
    let other = sign_in(&test, "sas-falun", None);
    for _ in 0..2 {
        test.app.sign_out(&one.secret).unwrap();
    }
    test.app.sign_out("never a secret").unwrap();
    assert_eq!([&one, &two, &three, &other].map(|session| alive(&test, session)), [false, true, true, true]);
    for _ in 0..2 {
        test.app.sign_out_everywhere(&PersonId::from("mas-falun")).unwrap();
    }
    assert_eq!([&one, &two, &three, &other].map(|session| alive(&test, session)), [false, false, false, true]);
    let outs = "select person_id || ' ' || method as line from sign_ins where outcome = 'out'";
    assert_eq!(sql::lines(&test.app.store, outs), ["mas-falun demo"; 3]);
}

#[test]
fn what_a_person_may_do_is_what_she_may_do_today() {
    let test = demonstration();
    add_people(
        &test.app,
        "- {id: anna, name: Anna Ek, memberships: [{role: handler, principal: falun, until: 2026-03-02}]}",
    );
    let session = sign_in(&test, "anna", None);
    let seats = || test.app.session(&session.secret).unwrap().map(|signed| (signed.name, signed.actor.seats.len()));
    assert_eq!(seats(), Some(("Anna Ek".to_owned(), 1)));
    // At midnight in Sweden: signed in still, and nobody.
    test.clock.set("2026-03-02T22:59:59Z".parse().unwrap());
    let session = sign_in(&test, "anna", None);
    let seats = || test.app.session(&session.secret).unwrap().map(|signed| signed.actor.seats.len());
    assert_eq!(seats(), Some(1));
    test.clock.advance(Duration::seconds(1));
    assert_eq!(seats(), Some(0));
}

#[test]
fn the_forms_of_a_session_carry_a_proof_of_their_own() {
    let test = demonstration();
    let (one, two) = (sign_in(&test, "mas-falun", None), sign_in(&test, "mas-falun", None));
    let csrf = |session: &NewSession| test.app.session(&session.secret).unwrap().unwrap().csrf;
    assert_eq!(csrf(&one), sha256(format!("csrf{}", sha256(one.secret.as_bytes())).as_bytes()).0);
    assert_eq!(csrf(&one), csrf(&one));
    assert_ne!(csrf(&one), csrf(&two));
    let kept = sql::dump(&test.app.store).join("\n");
    assert!(!kept.contains(&csrf(&one)) && !kept.contains(&one.secret));
}
