//! The protocol by itself: what a provider must prove, and what becomes of one that is not there.

use std::io::{Read, Write};
use std::net::TcpListener;

use chrono::Duration;
use samsyn::clock::{Clock, SystemClock};
use samsyn::ids::IdSource;
use samsyn::oidc::{OidcError, Provider, Secrets, Settings, SignInService};

use super::traveller::{CALLBACK, Service, Traveller};

fn provider(issuer: &str) -> Provider {
    let settings = Settings {
        issuer: issuer.to_owned(),
        client_id: "samsyn".to_owned(),
        client_secret: "not-so-secret-here".to_owned(),
        name: "provkort".to_owned(),
        scopes: vec!["profile".to_owned()],
    };
    Provider::new(settings, CALLBACK.parse().unwrap())
}

fn secrets() -> Secrets {
    let ids = IdSource::random();
    Secrets { state: ids.secret(), nonce: ids.secret(), verifier: ids.secret() }
}

/// What comes of a sign-in whose end does not fit its beginning.
fn ends(service: &Service, change: impl FnOnce(&mut Secrets, &mut Duration)) -> Result<String, OidcError> {
    let (provider, now) = (provider(&service.url), SystemClock.now());
    let (mut secrets, mut later) = (secrets(), Duration::zero());
    let address = provider.begin(&secrets, now).unwrap();
    let back = Traveller::new("http://nowhere.test").sign_in_at(service, &address, "mas");
    let query: Vec<_> = back.query_pairs().collect();
    let value =
        |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.to_string()).unwrap();
    assert_eq!(value("state"), secrets.state);
    change(&mut secrets, &mut later);
    provider.finish(&value("code"), &secrets, now + later).map(|claims| claims.employee.unwrap())
}

#[test]
#[ignore = "needs oidc-provider"]
fn a_code_is_worth_what_its_verifier_nonce_and_time_prove() {
    let service = Service::start();
    assert_eq!(ends(&service, |_, _| {}), Ok("SE2120002239-mas1".to_owned()));
    let refused = OidcError::Refused("invalid_grant".to_owned());
    assert_eq!(ends(&service, |secrets, _| secrets.verifier = "x".repeat(64)), Err(refused));
    let untrue = |outcome: Result<String, OidcError>| match outcome {
        Err(OidcError::Untrue(why)) => why,
        outcome => panic!("{outcome:?}"),
    };
    assert_eq!(untrue(ends(&service, |secrets, _| secrets.nonce = "x".repeat(64))), "Invalid nonce: nonce mismatch");
    let expired = untrue(ends(&service, |_, later| *later = Duration::minutes(61)));
    assert!(expired.starts_with("Expired: "), "{expired}");
}

/// An address that gives this answer to whatever is asked.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn whoever_does_not_answer_like_a_provider_is_away() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let elsewhere = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let other = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let broken = "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n";
    for address in [format!("http://{nobody}"), answering(elsewhere), answering(other), answering(broken)] {
        let outcome = provider(&address).begin(&secrets(), SystemClock.now());
        assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
    }
}
