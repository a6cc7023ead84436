//! Somebody who works at two principals: what she writes for one is not there when she acts for the other.

use std::sync::Arc;

use samsyn::app::drafts::DraftFor;
use samsyn::app::held_forms::Held;
use samsyn::app::oidc::{Back, Came};
use samsyn::app::sessions::{NewSession, Signed};
use samsyn::app::{App, AppError};
use samsyn::authz::Actor;
use samsyn::oidc::Claims;
use serde_json::json;

use crate::support::cases::{RECEIVER, actor, deviation, object};
use crate::support::database::{TestApp, add_people};
use crate::support::service::{FALUN, MAS, REGION, Service, attach, claims, commission};

const TEXT: &str = "Mötet ställdes in.";

fn with_service() -> (TestApp, Arc<Service>) {
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    let service = attach(&mut test.app);
    (test, service)
}

/// The MAS of Falun, signed in in a commission at this provider.
fn session(app: &App, service: &Service, provider: &str) -> NewSession {
    service.says("code", Ok(Claims { commission: commission("SE1-A", "Uppdrag", provider), ..claims(MAS, "M") }));
    let begun = app.begin_oidc("/").unwrap();
    let (_, state) = begun.to.split_once("state=").unwrap();
    match app.finish_oidc(Back { state, code: "code", error: "" }, Some(&begun.browser), None).unwrap() {
        Came::In(session, _) => session,
        Came::Choose(_) => panic!("there is one commission"),
    }
}

fn signed(app: &App, session: &NewSession) -> Signed {
    app.session(&session.secret).unwrap().unwrap()
}

fn keep(app: &App, actor: &Actor) -> String {
    let what = DraftFor { workflow: "deviation".into(), start: "register".into() };
    app.keep_draft(actor, &what, &object(json!({"data": {"what_happened": TEXT}})), None).unwrap().id
}

fn drafts(app: &App, actor: &Actor) -> Vec<String> {
    app.drafts(actor).unwrap().into_iter().map(|draft| draft.id).collect()
}

#[test]
fn a_draft_for_one_principal_is_not_there_in_a_commission_at_another() {
    let (test, service) = with_service();
    let app = &test.app;
    let (falun, region) = (session(app, &service, FALUN), session(app, &service, REGION));
    let (falun, region) = (signed(app, &falun).actor, signed(app, &region).actor);
    let draft = keep(app, &falun);
    assert_eq!((drafts(app, &falun), drafts(app, &region)), (vec![draft.clone()], vec![]));
    assert!(matches!(app.draft(&region, &draft), Err(AppError::NotFound)));
    assert!(matches!(app.change_draft(&region, &draft, &object(json!({})), 0), Err(AppError::NotFound)));
    assert!(matches!(app.drop_draft(&region, &draft), Err(AppError::NotFound)));
    // A case that she begins for the other takes nothing of it with it.
    let mut other = deviation("Något annat.");
    other.parties = [("receiver".to_owned(), vec!["falun".into()])].into();
    other.draft = Some(draft.clone());
    app.register(&region, &other, None).unwrap();
    assert_eq!(drafts(app, &falun), [draft.as_str()]);
    app.drop_draft(&falun, &draft).unwrap();
}

#[test]
fn whoever_acts_for_both_at_once_sees_the_drafts_of_both_and_of_no_third() {
    let TestApp { app, database: _database, .. } = TestApp::at("2026-03-02T08:00:00Z");
    add_people(
        &app,
        "- {id: anna, name: Anna, memberships: [{role: employee, principal: mora}, {role: handler, principal: falun},
      {role: handler, principal: region-dalarna}]}",
    );
    let both = actor(&app, "anna");
    let draft = keep(&app, &both);
    let begun_for = |principal: &str| drafts(&app, &both.clone().speaking_for(&principal.into()));
    assert_eq!(begun_for("falun"), [draft.as_str()], "the first at which she may begin so");
    assert_eq!((begun_for("mora"), begun_for("region-dalarna")), (vec![], vec![]));
    let other = keep(&app, &both.clone().speaking_for(&"region-dalarna".into()));
    let mut seen = drafts(&app, &both);
    seen.sort();
    assert_eq!(seen, [draft, other]);
    // A role that ended takes the drafts of its principal along.
    let mut former = both;
    former.seats.retain(|seat| seat.principal == Some("mora".into()));
    assert_eq!(drafts(&app, &former), [""; 0]);
}

#[test]
fn who_acts_for_no_principal_begins_nothing() {
    let TestApp { app, database: _database, .. } = TestApp::at("2026-03-02T08:00:00Z");
    add_people(&app, "- {id: sek, name: Sek, memberships: [{role: secretary, body: network}]}");
    let what = DraftFor { workflow: "deviation".into(), start: "register".into() };
    let kept = app.keep_draft(&actor(&app, "sek"), &what, &object(json!({})), None);
    assert!(matches!(kept, Err(AppError::Forbidden)), "{kept:?}");
    assert!(app.keep_draft(&actor(&app, RECEIVER), &what, &object(json!({})), None).is_ok());
}

#[test]
fn a_held_form_comes_back_only_for_the_principal_that_it_was_sent_for() {
    let (test, service) = with_service();
    let app = &test.app;
    let form = [("what_happened".to_owned(), TEXT.to_owned())];
    let (falun, region) = (session(app, &service, FALUN), session(app, &service, REGION));
    let proof = signed(app, &falun).csrf;
    app.sign_out(&falun.secret).unwrap();
    assert_eq!(app.hold_form(&falun.secret, &proof, "/page", &form).unwrap(), Held::Kept);
    let there = |signed: &Signed| app.held_form(signed, "/page").unwrap();
    let region = signed(app, &region);
    assert_eq!(there(&region), None);
    app.drop_held_form(&region, "/page").unwrap();
    let again = signed(app, &session(app, &service, FALUN));
    assert_eq!(there(&again).as_deref(), Some(&form[..]));
    // From a page that she had open for the other principal nothing is taken up here.
    assert_eq!(app.hold_earlier_form(&region, &proof, "/other", &form).unwrap(), Held::NotOurs);
    assert_eq!(app.hold_earlier_form(&again, &proof, "/other", &form).unwrap(), Held::Kept);
    // A session that speaks for all of her principals gives it back, and drops it.
    let all = Signed { principal: None, actor: actor(app, "mas-falun"), ..again.clone() };
    assert_eq!(there(&all).as_deref(), Some(&form[..]));
    app.drop_held_form(&all, "/page").unwrap();
    assert_eq!(there(&again), None);
}
