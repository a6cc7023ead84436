//! What the second version of the deviation has besides: a tree of categories, in the form and where cases are searched, and a risk as a
//! number.

use samsyn::authz::Role;
use serde_json::json;

use super::api::{Api, holder};
use super::browser::Browser;
use super::stories::deviation;
use crate::support::cases::publish;

#[test]
fn the_form_shows_categories_under_their_headings_and_the_search_finds_both() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let older = api.register(&handler, &deviation("falun", "region-dalarna"));
    publish(&api.test.app, "deviation", 2, |_| {}).unwrap();
    api.test.clock.advance(chrono::Duration::minutes(1));
    let of = |category: &str| {
        let mut new = deviation("falun", "region-dalarna");
        new["data"]["category"] = json!(category);
        new["data"].as_object_mut().unwrap().remove("sip_fault");
        let number = api.register(&handler, &new);
        api.test.clock.advance(chrono::Duration::minutes(1));
        number
    };
    let (missing, late, other) = (of("did_not_come"), of("late_notice"), of("other"));

    let browser = Browser::signed_in(&api, &handler);
    let begun = browser.do_it("/register/deviation/register", &[("receiver", "region-dalarna")]).expect(303);
    let form = browser.get(begun.header("location").unwrap()).expect(200).body;
    let heading = "<fieldset class=\"options\"><legend>Samordnad individuell plan (SIP)</legend>";
    let group = form.split(heading).nth(1).unwrap().split("</fieldset>").next().unwrap();
    assert_eq!(group.matches("type=\"radio\" name=\"category\"").count(), 11, "{group}");
    assert!(group.contains("id=\"f-category\" ") && group.contains("En kallad part kom inte"), "{group}");
    assert_eq!(form.matches("<fieldset class=\"options\">").count(), 5);
    assert_eq!(form.matches("name=\"category\" value=\"").count(), 28);

    let found = |category: &str| {
        let page = browser.get(&format!("/search?category={category}")).expect(200).body;
        let all = [&older, &missing, &late, &other];
        all.into_iter().filter(|number| page.contains(&format!("/cases/{number}"))).cloned().collect::<Vec<_>>()
    };
    assert_eq!(found("sip"), [older.clone(), missing.clone()], "the group, and the category of that name before");
    assert_eq!(found("did_not_come"), std::slice::from_ref(&missing));
    assert_eq!(found("discharge"), std::slice::from_ref(&late));
    assert_eq!(found("other"), std::slice::from_ref(&other));
    let search = browser.get("/search").expect(200).body;
    assert!(search.contains(
        "<optgroup label=\"Samordnad individuell plan (SIP)\"><option value=\"sip\">Alla i gruppen</option>"
    ));
    assert_eq!(search.matches("value=\"sip\"").count(), 1, "what both versions have is offered once");
    assert_eq!(search.matches("<option value=\"deviation\">").count(), 1);
    browser.get("/search?category=nothing").expect(422);
}

#[test]
fn the_risk_is_a_number_once_both_its_factors_are_given() {
    let api = Api::new();
    publish(&api.test.app, "deviation", 2, |_| {}).unwrap();
    let (sender, receiver) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    let mut new = deviation("falun", "region-dalarna");
    new["data"].as_object_mut().unwrap().remove("sip_fault");
    new["data"]["category"] = json!("did_not_come");
    let number = api.register(&sender, &new);
    api.step(&receiver, &number, "receive", json!({}));
    let browser = Browser::signed_in(&api, &sender);
    let page = || browser.get(&format!("/cases/{number}")).expect(200).body;
    assert!(!page().contains("Riskvärde"), "nothing is assessed yet");
    let risk = json!({"probability": "weekly", "severity": "catastrophic"});
    api.step(&receiver, &number, "assess_risk", risk);
    let told = "<dt>Riskvärde</dt><dd>12 av 16<br><span class=\"hint\">Blir det 4 eller mer ska händelsen analyseras.</span></dd>";
    assert!(page().contains(told), "{}", page());
    let case = api.get(&sender, &format!("/api/cases/{number}")).expect(200).json();
    assert_eq!(case["products"][0]["value"], json!(12), "{case}");
}
