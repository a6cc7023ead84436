//! `samsyn migrate-cases`: what is wrong is one line, and nothing has changed then.

use crate::support::binary::Binary;
use crate::support::cases::register;
use crate::support::database::TestApp;
use crate::support::sql;

const COUNTY: &str = "systemadministrator-lanet";

#[test]
fn a_plan_that_is_not_there_or_does_not_hold_is_told_and_nothing_is_done() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    register(&test.app);
    let binary = Binary::on(&test.database);
    let before = sql::dump(&test.app.store);
    let refused = |plan: &str| binary.run(&["migrate-cases", plan, "--as", COUNTY, "--dry-run"]);
    let missing = refused("deviation/1-9");
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("there is no plan deviation/1-9"), "{}", missing.err);
    let file = test.database.folder().join("1-9.yaml");
    std::fs::write(&file, "format: 1\nworkflow: deviation\nfrom: 1\nto: 9\nwhy: Ny version.\nstatse: {}\n").unwrap();
    let broken = refused(file.to_str().unwrap());
    assert!(broken.err.contains("1-9.yaml:6:1: error[shape/unknown-key]"), "{}", broken.err);
    std::fs::write(&file, "format: 1\nworkflow: deviation\nfrom: 1\nto: 9\nwhy: Ny version.\n").unwrap();
    let nowhere = refused(file.to_str().unwrap());
    assert!(nowhere.err.contains("`deviation` has no version 9"), "{}", nowhere.err);
    assert_eq!(sql::dump(&test.app.store), before);
}
