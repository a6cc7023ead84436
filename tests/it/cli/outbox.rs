//! `samsyn outbox`.

use samsyn::store::outbox::{self, Outcome};

use crate::support::binary::Binary;
use crate::support::cases::register;
use crate::support::database::TestApp;
use crate::support::sql;

#[test]
fn what_failed_is_listed_with_its_reason_and_no_address_and_tried_again() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    register(&test.app);
    let (store, now) = (&test.app.store, test.app.now());
    let ids = sql::lines(store, "select id as line from outbox order by id");
    let fail = |id: &str| {
        store.write(|db| outbox::claim(db, id, "one", now, now)).unwrap().unwrap();
        let refused = Outcome::Failed("the mail server answered 550 5.1.1".to_owned());
        store.write(|db| outbox::mark(db, id, "one", now, &refused)).unwrap();
    };
    fail(&ids[0]);
    sql::execute(store, "update persons set email = 'anna.andersson@region.example'").unwrap();
    let binary = Binary::on(&test.database);
    let shown = binary.printed(&["outbox", "list"]);
    insta::assert_snapshot!(shown.trim_end().replace(&ids[0], "FIRST").replace(&ids[1], "SECOND"), @r"
    FIRST  failed   FALUN-2026-0001  your_turn to avvikelsehandlaggare-psykiatri (a***@region.example), written 2026-03-02T08:00:00.000000Z, tries 1: the mail server answered 550 5.1.1
    SECOND  pending  FALUN-2026-0001  your_turn to avvikelsehandlaggare-region (a***@region.example), written 2026-03-02T08:00:00.000000Z, tries 0, next try 2026-03-02T08:00:00.000000Z
    ");
    let listed = |status: &str| binary.json(&["outbox", "list", "--status", status, "--json"]);
    let failed = listed("failed");
    assert_eq!((failed[0]["id"].as_str(), failed.as_array().unwrap().len()), (Some(ids[0].as_str()), 1));
    assert!(!format!("{shown}{failed}").contains("anna."), "an address in full");
    assert_eq!(binary.printed(&["outbox", "retry", &ids[0]]), "");
    let again = binary.refused(&["outbox", "retry", &ids[0]]);
    assert_eq!(again, format!("error: there is no mail {} that was given up or came back", ids[0]));
    assert_eq!((listed("pending").as_array().unwrap().len(), listed("failed").as_array().unwrap().len()), (2, 0));
    fail(&ids[1]);
    test.app.note_bounce(&ids[0], Some("5.1.1")).unwrap();
    assert_eq!(binary.printed(&["outbox", "retry", "--all-failed"]).trim_end(), "to be tried again: 1");
    assert_eq!(listed("bounced")[0]["error"], "the mail came back: 5.1.1", "it wants a better address first");
    assert_eq!(binary.run(&["outbox", "retry"]).code, Some(2));
    assert_eq!(binary.run(&["outbox", "retry", "--all-failed", &ids[0]]).code, Some(2));
}
