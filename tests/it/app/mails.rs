//! Mails on their way out, where two processes send them.

use chrono::Duration;
use samsyn::store::StoreError;
use samsyn::store::outbox::{self, Outcome};

use crate::support::cases::register;
use crate::support::database::TestApp;

#[test]
fn a_mail_that_another_process_has_put_off_is_not_claimed_before_its_time() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    register(&test.app);
    let now = test.app.now();
    let later = now + Duration::minutes(1);
    let claim = |id: &str, holder: &str, at| {
        test.app.store.write(|db| outbox::claim(db, id, holder, at, at + Duration::minutes(10))).unwrap().is_some()
    };
    // Both have looked; one is refused by the mail server before the other comes to the mail.
    let ids = test.app.store.read::<_, StoreError>(|db| outbox::ready(db, now, 10)).unwrap();
    assert!(claim(&ids[0], "one", now));
    let put_off = Outcome::Retry(later, "refused for now".to_owned());
    test.app.store.write(|db| outbox::mark(db, &ids[0], "one", now, &put_off)).unwrap();
    assert!(!claim(&ids[0], "two", now));
    assert!(claim(&ids[0], "two", later));
}
