//! Every refusal: its status, its words, its headers. And what is the operator's to know: told to the log alone.

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use samsyn::app::AppError;
use samsyn::authz::Role;
use samsyn::store::StoreError;
use samsyn::web::error::Refusal;
use samsyn::workflow::rejection::{Code, Reason, Rejection};

use super::api::{Api, holder};
use super::stories::deviation;
use crate::support::log::logged;

fn rejected(reasons: &[Code]) -> Refusal {
    let reasons = reasons.iter().map(|code| Reason::field(*code, "field", "Så är det.")).collect::<Vec<_>>();
    Refusal::App(AppError::Rejected(Rejection::from(reasons)))
}

#[test]
fn each_refusal_has_its_status_code_and_words() {
    let store = |error| Refusal::App(AppError::Store(error));
    let refusals = [
        Refusal::BrokenJson,
        Refusal::Header("If-Match"),
        Refusal::Unauthenticated,
        Refusal::App(AppError::Forbidden),
        rejected(&[Code::State, Code::Permission]),
        Refusal::App(AppError::NotFound),
        Refusal::Method("GET, HEAD".to_owned()),
        rejected(&[Code::Required, Code::Guard]),
        Refusal::App(AppError::Stale { current: 7 }),
        Refusal::TooLarge,
        Refusal::ContentType,
        rejected(&[Code::Required, Code::PersonalNumber]),
        Refusal::App(AppError::KeyReused),
        Refusal::NoIfMatch,
        store(StoreError::Internal("sql".to_owned())),
        store(StoreError::Corrupt("row".to_owned())),
        store(StoreError::Open("file".to_owned())),
        Refusal::App(AppError::Internal("cause".to_owned())),
        store(StoreError::Unavailable("gone".to_owned())),
        store(StoreError::Conflict),
    ];
    let shown = refusals.iter().map(|refusal| {
        let response = refusal.response("ID");
        let headers = response.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        let mut headers: Vec<_> = headers.collect();
        headers.sort();
        let problem = serde_json::to_string_pretty(&refusal.problem("ID")).unwrap();
        format!("{refusal:?}\n{}\n{}\n{problem}", response.status(), headers.join("\n"))
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn a_fault_of_ours_is_logged_once_and_told_to_nobody() {
    logged(); // begins to listen
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let number = api.register(&handler, &deviation("falun", "region-dalarna"));
    let spoil = "update cases set snapshot = '{\"spoilt\": true}'";
    let url = api.test.database.url_text();
    match url.strip_prefix("sqlite:") {
        Some(path) => sql_query(spoil).execute(&mut SqliteConnection::establish(path).unwrap()).unwrap(),
        None => sql_query(spoil).execute(&mut PgConnection::establish(&url).unwrap()).unwrap(),
    };
    let answer = api.get(&handler, &format!("/api/cases/{number}")).expect(500);
    assert!(!answer.body.contains("spoilt") && !answer.body.contains("snapshot"), "{}", answer.body);
    let id = answer.json()["instance"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("X-Request-Id"), Some(id.as_str()));
    let log = logged();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("ERROR") && line.contains(&id)).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("the snapshot of FALUN-2026-0001 cannot be read"), "{}", lines[0]);
}
