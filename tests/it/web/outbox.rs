//! The outbox over the API: the county's administrator reads it and mends it; nobody else is told that there is one.

use actix_web::http::Method;
use samsyn::store::outbox::{self, Outcome};

use super::api::{Api, BODIES, ROLES, holder, secretary};
use super::stories::redirected_deviation;
use crate::support::sql;

const COUNTY: &str = "systemadministrator-lanet";

/// Lets the first mail fail as told; its id.
fn fail(api: &Api, why: &str) -> String {
    let store = &api.test.app.store;
    let id = sql::lines(store, "select id as line from outbox order by id").remove(0);
    let now = api.test.app.now() + chrono::Duration::days(3);
    store.write(|db| outbox::claim(db, &id, "one", now, now)).unwrap().unwrap();
    store.write(|db| outbox::mark(db, &id, "one", now, &Outcome::Failed(why.to_owned()))).unwrap();
    id
}

#[test]
fn a_failure_is_listed_without_an_address_and_tried_again_once() {
    let api = Api::new();
    redirected_deviation(&api);
    let id = fail(&api, "the mail server answered 550 5.1.1 <mas@falun.example> at port 587");
    let failed = api.get(COUNTY, "/api/outbox?status=failed").expect(200);
    assert!(!failed.body.contains('@'), "{}", failed.body);
    let page = failed.json();
    let mails = page["mails"].as_array().unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0]["id"].as_str(), mails[0]["status"].as_str()), (Some(id.as_str()), Some("failed")));
    assert_eq!(mails[0]["error"], serde_json::json!({ "kind": "code", "code": 550 }));
    let retry = || api.ask(COUNTY, Method::POST, &format!("/api/outbox/{id}/retry")).send().status;
    assert_eq!((retry(), retry()), (204, 404), "once it waits there is nothing to try again");
    assert!(api.get(COUNTY, "/api/outbox?status=failed").expect(200).json()["mails"].as_array().unwrap().is_empty());
    assert_eq!(api.get(COUNTY, "/api/outbox?status=gone").status, 422);
    let changes = "select kind as line from changes";
    assert_eq!(sql::lines(&api.test.app.store, changes), ["mail_retried"], "what she did is on record");
}

#[test]
fn pages_of_the_outbox_hold_every_mail_once() {
    let api = Api::new();
    (0..30).for_each(|_| drop(redirected_deviation(&api)));
    let (mut seen, mut address) = (Vec::new(), "/api/outbox".to_owned());
    loop {
        let page = api.get(COUNTY, &address).expect(200).json();
        let ids = page["mails"].as_array().unwrap().iter().map(|mail| mail["id"].as_str().unwrap().to_owned());
        seen.extend(ids);
        let Some(next) = page["next"].as_str() else { break };
        address = format!("/api/outbox?before={next}");
    }
    seen.sort();
    assert_eq!(seen, sql::lines(&api.test.app.store, "select id as line from outbox order by id"));
    assert!(seen.len() > 100);
}

#[test]
fn nobody_else_is_told_that_there_is_an_outbox() {
    let api = Api::new();
    redirected_deviation(&api);
    let id = fail(&api, "refused");
    let own = ROLES.map(|role| holder("falun", role)).into_iter();
    let others = own.chain(BODIES.map(secretary)).chain(["systemadministrator-falun".to_owned()]);
    for person in others {
        let nothing = api.get(&person, "/api/cases/FALUN-2099-0001").expect(404).json();
        assert_eq!(api.get(&person, "/api/outbox").expect(404).json()["code"], nothing["code"], "{person}");
        api.ask(&person, Method::POST, &format!("/api/outbox/{id}/retry")).send().expect(404);
    }
    assert_eq!(api.anonymous(&Method::GET, "/api/outbox").send().status, 401);
    let status = format!("select status as line from outbox where id = '{id}'");
    assert_eq!(sql::lines(&api.test.app.store, &status), ["failed"]);
}
