//! Signing in with a password, and what slows down whoever guesses.

use std::collections::BTreeSet;
use std::sync::Barrier;

use chrono::Duration;
use samsyn::app::App;
use samsyn::app::passwords;
use samsyn::app::sessions::{NewSession, SignInRefused};
use samsyn::clock::Timestamp;
use samsyn::ids::{IdSource, PersonId};
use samsyn::store::{Store, people};

use crate::support::database::TestApp;
use crate::support::log::logged;
use crate::support::sql;

const PASSWORD: &str = "korp trappa nysilver";
const WRONG: &str = "korp trappa nysilvre";

/// An application in which the MAS of Falun can sign in.
fn with_account() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.create_account(&PersonId::from("mas-falun"), " Mas.Falun ", PASSWORD).unwrap();
    test
}

/// How a try ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    In,
    Wrong,
    Throttled(Timestamp),
}

fn ends(tried: Result<NewSession, SignInRefused>) -> Ends {
    match tried {
        Ok(_) => Ends::In,
        Err(SignInRefused::Wrong) => Ends::Wrong,
        Err(SignInRefused::Throttled { until }) => Ends::Throttled(until),
        Err(SignInRefused::Unavailable(error)) => panic!("{error}"),
    }
}

fn tries(app: &App, username: &str, password: &str) -> Ends {
    ends(app.sign_in(username, password, None))
}

/// The record of sign-ins, sorted: person, method, outcome.
fn record(app: &App) -> Vec<String> {
    let rows =
        "select coalesce(person_id, 'nobody') || ' ' || method || ' ' || outcome as line from sign_ins order by 1";
    sql::lines(&app.store, rows)
}

#[test]
fn the_right_password_signs_in_and_a_wrong_one_does_not() {
    let test = with_account();
    let session = test.app.sign_in("mas-falun", PASSWORD, None);
    assert_eq!(ends(session), Ends::Wrong, "that is her id, not her username");
    let session = test.app.sign_in("  MAS.falun\n", PASSWORD, None).unwrap();
    assert_eq!(session.person.as_str(), "mas-falun");
    let signed = test.app.session(&session.secret).unwrap().unwrap();
    assert_eq!((signed.session, signed.actor.person.as_str()), (session.id, "mas-falun"));
    assert!(!signed.actor.seats.is_empty() && !signed.name.is_empty());
    for wrong in [WRONG, "", "korp trappa nysilver ", "KORP TRAPPA NYSILVER"] {
        assert_eq!(tries(&test.app, "mas.falun", wrong), Ends::Wrong, "{wrong}");
    }
    assert!(test.app.session("").unwrap().is_none() && test.app.session(PASSWORD).unwrap().is_none());
    let wrong = ["mas-falun password wrong"; 4];
    let expected = [&["mas-falun password ok"], &wrong[..], &["nobody password wrong"]].concat();
    assert_eq!(record(&test.app), expected);
}

#[test]
fn a_username_that_nobody_has_is_answered_as_one_that_somebody_has() {
    let test = with_account();
    let course = |username: &str| {
        let now = test.app.now();
        let mut course = Vec::new();
        for _ in 0..12 {
            let tried = tries(&test.app, username, WRONG);
            course.push(tried);
            if let Ends::Throttled(until) = tried {
                test.clock.set(until);
            }
        }
        test.clock.set(now);
        course
    };
    let hers = course("mas.falun");
    for username in ["nobody", "", "a b", "nobody\0", "19900101-0017", "å".repeat(5000).as_str()] {
        assert_eq!(course(username), hers, "{username:?}");
    }
    // What a stranger is compared with costs what everybody else is compared with: only the time would tell.
    let dear = passwords::hash(PASSWORD, [7; 16]).unwrap();
    assert!(dear.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{dear}");
    assert!(!passwords::is_right(PASSWORD, None).unwrap());
    let mut kept = sql::dump(&test.app.store);
    kept.retain(|line| !line.starts_with("definitions "));
    let kept = kept.join("\n");
    assert!(!kept.contains("nobody"), "{kept}");
}

#[test]
fn after_five_failures_each_try_waits_twice_as_long_up_to_a_quarter_of_an_hour() {
    let test = with_account();
    for _ in 0..5 {
        assert_eq!(tries(&test.app, "mas.falun", WRONG), Ends::Wrong);
    }
    for minutes in [1, 2, 4, 8, 15, 15, 15] {
        let until = test.app.now() + Duration::minutes(minutes);
        assert_eq!(tries(&test.app, "Mas.Falun", WRONG), Ends::Throttled(until), "{minutes}");
        test.clock.set(until + Duration::microseconds(-1));
        // A try that is refused makes nobody wait longer.
        assert_eq!(tries(&test.app, "mas.falun", PASSWORD), Ends::Throttled(until), "even the right one");
        test.clock.set(until);
        assert_eq!(tries(&test.app, "mas.falun", WRONG), Ends::Wrong);
    }
    test.clock.advance(Duration::minutes(15));
    assert_eq!(tries(&test.app, "mas.falun", PASSWORD), Ends::In);
    // Then it begins anew.
    for _ in 0..5 {
        assert_eq!(tries(&test.app, "mas.falun", WRONG), Ends::Wrong);
    }
    assert!(matches!(tries(&test.app, "mas.falun", WRONG), Ends::Throttled(_)));
    assert!(record(&test.app).contains(&"mas-falun password throttled".to_owned()));
}

#[test]
fn failures_are_forgotten_a_quarter_of_an_hour_after_their_wait() {
    let test = with_account();
    let fail = |times: usize| (0..times).for_each(|_| assert_eq!(tries(&test.app, "mas.falun", WRONG), Ends::Wrong));
    fail(4);
    test.clock.advance(Duration::minutes(15));
    fail(5);
    test.clock.advance(Duration::minutes(1) + Duration::minutes(15));
    fail(5);
    test.clock.advance(Duration::minutes(1) + Duration::minutes(15) + Duration::microseconds(-1));
    fail(1);
    assert!(matches!(tries(&test.app, "mas.falun", WRONG), Ends::Throttled(_)));
    // A clock that is set far back keeps nobody out until it has caught up.
    test.clock.set("2026-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(tries(&test.app, "mas.falun", PASSWORD), Ends::In);
}

#[test]
fn of_many_tries_at_the_same_moment_no_more_get_in_than_one_after_the_other() {
    const THREADS: usize = 12;
    let test = with_account();
    let store = Store::open(test.database.url(), u32::try_from(THREADS).unwrap()).unwrap();
    let app = App { store, ..test.app.clone() };
    for username in ["mas.falun", "nobody"] {
        let begin = Barrier::new(THREADS);
        let ended: Vec<Ends> = std::thread::scope(|scope| {
            let try_once = || {
                begin.wait();
                tries(&app, username, WRONG)
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(try_once)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(ended.iter().filter(|ended| **ended == Ends::Wrong).count(), 5, "{ended:?}");
    }
}

#[test]
fn no_password_and_no_secret_is_in_any_table_or_log() {
    let test = with_account();
    let made = passwords::generate(&IdSource::random());
    logged();
    test.app.set_password(&PersonId::from("mas-falun"), &made).unwrap();
    let secret = test.app.sign_in("mas.falun", &made, None).unwrap().secret;
    let csrf = test.app.session(&secret).unwrap().unwrap().csrf;
    assert_eq!(tries(&test.app, "mas.falun", "a wrong one of hers"), Ends::Wrong);
    assert_eq!(tries(&test.app, "her password", "by mistake"), Ends::Wrong);
    test.app.sign_out(&secret).unwrap();
    assert_ne!(csrf, secret);
    let log = logged();
    let kept = sql::dump(&test.app.store).join("\n");
    let typed = ["a wrong one of hers", "her password", "by mistake", PASSWORD].map(str::to_owned);
    assert!(log.contains("sign-in"), "{log}");
    for secret in [made, secret, csrf].iter().chain(&typed) {
        assert!(!kept.contains(secret.as_str()), "{secret}: {kept}");
        assert!(!log.contains(secret.as_str()), "{secret}: {log}");
    }
    assert!(kept.contains("mas.falun") && !log.contains("mas.falun"), "{log}");
}

#[test]
fn who_knows_the_password_of_a_disabled_account_is_told_what_everybody_is_told() {
    let test = with_account();
    let person = PersonId::from("mas-falun");
    let session = test.app.sign_in("mas.falun", PASSWORD, None).unwrap();
    let token = test.app.create_token(&person, None).unwrap();
    for _ in 0..2 {
        test.app.disable_person(&person).unwrap();
        assert!(test.app.session(&session.secret).unwrap().is_none());
        assert!(test.app.authenticate(&token.secret).unwrap().is_none());
        assert_eq!(tries(&test.app, "mas.falun", PASSWORD), Ends::Wrong);
    }
    let record = record(&test.app);
    assert_eq!(record.iter().filter(|entry| *entry == "mas-falun password disabled").count(), 2, "{record:?}");
    test.app.enable_person(&person).unwrap();
    assert!(test.app.session(&session.secret).unwrap().is_none(), "what ended has ended");
    assert_eq!(tries(&test.app, "mas.falun", PASSWORD), Ends::In);
}

#[test]
fn a_session_that_began_while_its_account_was_being_disabled_is_worth_nothing() {
    let test = with_account();
    let session = test.app.sign_in("mas.falun", PASSWORD, None).unwrap();
    // As the two look in the database where neither transaction saw the other.
    let (person, now) = (session.person, test.app.now());
    test.app.store.write(|db| people::set_disabled(db, &person, Some(now))).unwrap();
    assert!(test.app.session(&session.secret).unwrap().is_none());
}

#[test]
fn another_password_ends_the_sessions_and_lets_in_who_was_locked_out() {
    let test = with_account();
    let person = PersonId::from("mas-falun");
    let session = test.app.sign_in("mas.falun", PASSWORD, None).unwrap();
    let ended: Vec<_> = (0..6).map(|_| tries(&test.app, "mas.falun", WRONG)).collect();
    assert!(matches!(ended[5], Ends::Throttled(_)));
    let other = "nysilver trappa korp";
    test.app.set_password(&person, other).unwrap();
    assert!(test.app.session(&session.secret).unwrap().is_none());
    assert_eq!(tries(&test.app, "mas.falun", other), Ends::In);
    assert_eq!(tries(&test.app, "mas.falun", PASSWORD), Ends::Wrong);
}

#[test]
fn passwords_that_are_made_here_are_strong_and_never_the_same() {
    let ids = IdSource::random();
    let made: BTreeSet<_> = (0..50).map(|_| passwords::generate(&ids)).collect();
    assert_eq!(made.len(), 50);
    for password in made {
        assert_eq!(passwords::weakness(&password, &["mas.falun"]), None, "{password}");
        assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), [5, 5, 5, 5]);
    }
}
