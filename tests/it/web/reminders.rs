//! How one gets one's reminders, chosen on one's own page.

use super::api::{Api, holder};
use super::browser::Browser;
use crate::support::cases::register;

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

#[test]
fn a_calendar_needs_its_address_and_no_session() {
    let api = Api::new();
    register(&api.test.app);
    let browser = Browser::signed_in(&api, &holder("region-dalarna", samsyn::authz::Role::Handler));
    let page = browser.get("/me").expect(200);
    assert!(!page.body.contains("/me/calendar/remove"));
    let shown = browser.fill(&page, "/me/calendar", &[]).expect(200).body;
    let address = shown.split("/feeds/").nth(1).and_then(|rest| rest.split(['"', '<']).next()).unwrap();
    let address = format!("/feeds/{address}");
    let anybody = Browser::of(&api);
    let calendar = anybody.get(&address).expect(200);
    assert_eq!(calendar.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(calendar.header("cache-control"), Some("no-store"));
    assert!(calendar.body.starts_with("BEGIN:VCALENDAR\r\n") && calendar.body.contains("BEGIN:VEVENT"));
    let page = browser.get("/me").expect(200);
    assert!(!page.body.contains(&address), "it is shown once");
    browser.fill(&page, "/me/calendar/remove", &[]).expect(303);
    let answers = [address.as_str(), "/feeds/hemligt.ics", "/feeds/.ics", "/feeds/hemligt", "/feeds/a/b.ics"];
    for answer in answers.map(|address| anybody.get(address).expect(404).body) {
        assert!(answer.contains("<h1>") && !answer.contains("VCALENDAR"));
    }
}
