//! Lists: page by page without gaps or doubles, narrowed by what the reader may know.

use samsyn::authz::Role;
use serde_json::{Value, json};

use super::api::{Api, holder, secretary};
use super::stories::{Climb, deviation, dispute, redirected_deviation};

fn numbers(page: &Value) -> Vec<String> {
    let cases = page["cases"].as_array().unwrap().iter();
    cases.map(|case| case["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_have_no_gaps_or_doubles_while_cases_are_registered() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let register = |minutes| {
        api.test.clock.advance(chrono::Duration::minutes(minutes));
        api.register(&handler, &deviation("falun", "region-dalarna"))
    };
    // Some in the same instant: their order is then that of their ids.
    let before: Vec<_> = [1, 0, 0, 1, 1, 0, 1].map(register).into();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let query = after.map(|after: String| format!("&after={after}")).unwrap_or_default();
        let page = api.get(&handler, &format!("/api/cases?limit=2{query}")).expect(200).json();
        seen.extend(numbers(&page));
        if seen.len() < 6 {
            // Somebody remembers an earlier event, and something new happens.
            let mut late = deviation("falun", "region-dalarna");
            late["happened"] = json!("2026-03-01");
            api.register(&handler, &late);
            register(1);
        }
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), seen.len(), "doubles: {seen:?}");
    assert!(before.iter().all(|number| seen.contains(number)), "gaps: {seen:?}");
}

#[test]
fn a_list_is_narrowed_by_what_is_asked() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let plain = api.register(&handler, &deviation("falun", "region-dalarna"));
    let mut urgent = deviation("falun", "region-dalarna");
    urgent["data"]["urgency"] = json!("urgent");
    api.test.clock.advance(chrono::Duration::minutes(1));
    let urgent = api.register(&handler, &urgent);
    api.test.clock.advance(chrono::Duration::minutes(1));
    let dispute = dispute(&api, Climb::Local);
    api.step(&handler, &plain, "take_back", json!({ "grounds": "Dubbelt." }));
    api.test.clock.advance(chrono::Duration::days(9));
    let manager = holder("falun", Role::Management);
    let narrowed = |query: &str| numbers(&api.get(&manager, &format!("/api/cases?{query}")).expect(200).json());
    let all = [plain.as_str(), &urgent, &dispute];
    assert_eq!(narrowed(""), all);
    assert_eq!(narrowed("workflow=local-dispute"), [dispute.as_str()]);
    assert_eq!(narrowed("state=sent"), [urgent.as_str()]);
    assert_eq!(narrowed("category=sip"), [plain.as_str(), &urgent]);
    assert_eq!(narrowed("category=discharge"), [""; 0]);
    assert_eq!(narrowed("principal=region-dalarna"), all);
    assert_eq!(narrowed("principal=mora"), [""; 0]);
    assert_eq!(narrowed("ended=true"), [plain.as_str()]);
    assert_eq!(narrowed("ended=false&urgent=false"), [dispute.as_str()]);
    assert_eq!(narrowed("urgent=true"), [urgent.as_str()]);
    assert_eq!(narrowed("overdue=true&workflow=deviation"), [urgent.as_str()]);
    assert_eq!(narrowed("opened_from=2026-03-02&opened_before=2026-03-03"), all);
    assert_eq!(narrowed("opened_before=2026-03-02"), [""; 0]);
}

#[test]
fn a_query_that_cannot_be_meant_is_refused() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let refused = |query: &str| {
        let answer = api.get(&handler, &format!("/api/cases?{query}")).expect(422).json();
        answer["errors"][0]["field"].as_str().unwrap().to_owned()
    };
    let wrong = [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("ended=yes", "ended"),
        ("opened_from=2026-02-30", "opened_from"),
        ("opened_from=2026-2-3", "opened_from"),
        ("after=x", "after"),
        ("after=0_8112189876", "after"),
        ("after=-6000000000000000000_00000000000000000000000000000000", "after"),
        ("after=6000000000000000000_00000000000000000000000000000000", "after"),
        ("opened_from=-4800-01-01", "opened_from"),
        ("opened_from=%2B12345-01-01", "opened_from"),
        ("state=%00", "state"),
        ("state=%ff", "state"),
        ("sort=number", "query"),
    ];
    for (query, field) in wrong {
        assert_eq!(refused(query), field, "{query}");
    }
    assert_eq!(api.get(&handler, "/api/me?x=1").status, 422);
}

#[test]
fn a_filter_tells_no_more_than_the_case_does() {
    let api = Api::new();
    let deviation = redirected_deviation(&api);
    let dispute = dispute(&api, Climb::Network);
    let listed = |person: &str, query: &str| numbers(&api.get(person, &format!("/api/cases?{query}")).json());
    // For Mora the case stands as it left it: with Mora, back at its sender.
    let former = holder("mora", Role::Handler);
    for query in ["", "state=returned_to_sender", "principal=mora", "ended=false", "category=sip"] {
        assert_eq!(listed(&former, query), [deviation.as_str()], "{query}");
    }
    for query in ["state=investigating", "principal=falun", "category=discharge"] {
        assert_eq!(listed(&former, query), [""; 0], "{query}");
    }
    api.test.clock.advance(chrono::Duration::days(400));
    assert_eq!(listed(&former, "overdue=true"), [deviation.as_str()]);
    let steering = secretary("steering");
    assert_eq!(listed(&steering, ""), [dispute.as_str()]);
    assert_eq!(api.get(&steering, "/api/cases").json()["cases"][0]["category"], Value::Null);
}

#[test]
fn a_former_party_is_offered_nothing() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let former = holder("mora", Role::Handler);
    let offered = api.get(&former, &format!("/api/cases/{number}/transitions")).expect(200).json();
    assert!(offered["transitions"].as_array().unwrap().iter().all(|transition| transition["enabled"] == false));
    let taken = api.try_step(&former, &number, "raise_to_group", json!({ "grounds": "Vi vill ändå." })).expect(403);
    assert_eq!(taken.code(), "forbidden");
}
