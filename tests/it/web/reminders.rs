//! How one gets one's reminders, chosen on one's own page.

use super::api::{Api, holder};
use super::browser::Browser;

#[test]
fn reminders_come_together_for_whoever_chooses_so() {
    let api = Api::new();
    let mas = holder("falun", samsyn::authz::Role::Handler);
    let browser = Browser::signed_in(&api, &mas);
    let checked = |value: &str| format!("value=\"{value}\" checked");
    let page = browser.get("/me").expect(200);
    assert!(page.body.contains(&checked("at_once")) && !page.body.contains(&checked("digest")));
    let done = browser.fill(&page, "/me/reminders", &[("reminders", "digest")]).expect(303);
    let page = browser.get(done.header("location").unwrap()).expect(200);
    assert!(page.body.contains(&checked("digest")) && !page.body.contains(&checked("at_once")));
    // Nobody else's choice.
    let other = Browser::signed_in(&api, &holder("region-dalarna", samsyn::authz::Role::Handler));
    assert!(other.get("/me").expect(200).body.contains(&checked("at_once")));
    browser.fill(&page, "/me/reminders", &[("reminders", "at_once")]).expect(303);
    assert!(browser.get("/me").expect(200).body.contains(&checked("at_once")));
}
