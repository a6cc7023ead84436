//! The roles that watch: for a time only, and without a hand in any case.

use samsyn::app::organisation::{self, MembershipItem};
use samsyn::app::roles::RoleRefused;
use samsyn::app::{App, AppError};
use samsyn::authz::Role;
use serde_json::json;

use crate::support::cases::{actor, deviation, object, register};
use crate::support::database::{ORGANISATION, TestApp};

fn give(app: &App, role: Role, from: Option<&str>, until: Option<&str>) -> Result<(), RoleRefused> {
    let day = |day: &str| day.parse().unwrap();
    let item = MembershipItem {
        role,
        title: None,
        principal: Some("falun".into()),
        authority: None,
        unit: None,
        body: None,
        from: from.map(day),
        until: until.map(day),
        delegation: None,
    };
    app.add_role(&"revisor-falun".into(), &item)
}

#[test]
fn an_auditor_and_a_data_protection_officer_are_appointed_for_a_year_at_most() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let (first, last, too_long) = (Some("2026-03-01"), Some("2027-03-01"), Some("2027-03-02"));
    for role in [Role::Auditor, Role::DataProtection] {
        for (from, until) in [(None, None), (first, None), (None, last), (first, too_long)] {
            let refused = give(app, role, from, until).unwrap_err().to_string();
            assert!(refused.ends_with("name its first day and its last, at most 366 days"), "{refused}");
            let [from, until] = [("from", from), ("until", until)]
                .map(|(name, day)| day.map(|day| format!(", {name}: {day}")).unwrap_or_default());
            let person =
                format!("- {{id: p, name: P, memberships: [{{role: {role}, principal: falun{from}{until}}}]}}");
            let problems = organisation::read("organisation.yaml", &format!("{ORGANISATION}  {person}\n")).unwrap_err();
            assert!(problems.len() == 1 && problems[0].to_string().contains("at most 366 days"), "{problems:?}");
        }
        give(app, role, first, last).unwrap();
    }
    give(app, Role::Archivist, None, None).unwrap();
    give(app, Role::Handler, None, None).unwrap();
}

#[test]
fn an_auditor_sees_what_her_principal_sees_until_her_last_day_and_writes_nothing() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = register(app);
    give(app, Role::Auditor, Some("2026-03-02"), Some("2026-03-31")).unwrap();
    let auditor = actor(app, "revisor-falun");
    assert_eq!(app.case(&auditor, &done.number).unwrap().rooms, ["shared", "own:falun"]);
    assert!(app.transitions(&auditor, &done.number).unwrap().iter().all(|step| !step.enabled));
    assert!(matches!(app.register(&auditor, &deviation("Något."), None), Err(AppError::Rejected(_))));
    let draft = samsyn::app::drafts::DraftFor { workflow: "deviation".to_owned(), start: "register".to_owned() };
    assert!(matches!(app.keep_draft(&auditor, &draft, &object(json!({})), None), Err(AppError::Forbidden)));

    test.clock.set("2026-03-31T21:59:00Z".parse().unwrap());
    assert!(app.case(&actor(app, "revisor-falun"), &done.number).is_ok(), "her last evening");
    test.clock.set("2026-03-31T22:00:00Z".parse().unwrap());
    let auditor = actor(app, "revisor-falun");
    assert!(matches!(app.case(&auditor, &done.number), Err(AppError::NotFound)));
    assert!(matches!(app.case_log(&auditor, &done.number), Err(AppError::NotFound)));
    assert!(matches!(app.reads_of_case(&auditor, &done.number, None), Err(AppError::NotFound)));
    assert_eq!(app.list_cases(&auditor, &Default::default(), None, 10).unwrap().cases, []);
}
