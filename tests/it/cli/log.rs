//! `samsyn log`.

use std::fs;

use samsyn::app::reads::ReadOf;
use serde_json::json;

use crate::support::binary::Binary;
use crate::support::cases::{actor, deviation, received, register};
use crate::support::database::TestApp;

#[test]
fn the_log_verifies_also_after_a_removal_which_it_names() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = received(&test.app).number;
    let binary = Binary::on(&test.database);
    insta::assert_snapshot!(binary.printed(&["log", "verify"]).trim_end(), @"1 cases, 4 entries");
    fs::write(test.database.folder().join("heads.json"), binary.printed(&["log", "head"])).unwrap();
    let place = ["log", "remove", number.as_str(), "--room", "shared", "--entry", "3", "--path", "more_facts"];
    let remove = |reason: &'static str, operator: &'static str| {
        [&place[..], &["--reason", reason, "--operator", operator]].concat()
    };
    insta::assert_snapshot!(binary.printed(&remove("identity", "Driften")).trim_end(), @"FALUN-2026-0001 shared entry 3 text more_facts: removed, as entry 4 says");
    insta::assert_snapshot!(binary.refused(&remove("identity", "Driften")), @"error: FALUN-2026-0001 shared entry 3 text more_facts: there is no such text, or it has been removed before");
    for args in [&["log", "verify"][..], &["log", "verify", "--heads", "heads.json"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(binary.printed(args).trim_end(), @r"
            removed: FALUN-2026-0001 shared entry 3 text more_facts
            1 cases, 5 entries
            ");
        }
    }
    let verified = binary.json(&["log", "verify", "--json"]);
    insta::assert_snapshot!(verified, @r#"{"cases":1,"entries":5,"removed":["FALUN-2026-0001 shared entry 3 text more_facts"],"problems":[]}"#);
    assert!(!binary.printed(&["case", "show", number.as_str(), "--as", "mas-falun"]).contains("Det hände igen"));
    // A wrong command line, which nothing is done for.
    for args in [remove("because", "Driften"), remove("identity", "811218-9876"), remove("identity", " ")] {
        assert_eq!(binary.run(&args).code, Some(2), "{args:?}");
    }
}

#[test]
fn in_the_file_nothing_is_left_of_a_text_that_was_removed() {
    let TestApp { app, database, .. } = TestApp::at("2026-03-02T08:00:00Z");
    if database.is_postgres() {
        return; // the server's own vacuum does that
    }
    let mut secret = deviation(&"Hemlighet. ".repeat(1000));
    secret.given.insert("where".to_owned(), json!({"place": "Hemlighet", "contact": "Hemlighet"}));
    let done = app.register(&actor(&app, "mas-falun"), &secret, None).unwrap();
    drop(app);
    let binary = Binary::on(&database);
    let left = || {
        let file = fs::read(database.folder().join("samsyn.db")).unwrap();
        assert_eq!(fs::read_dir(database.folder()).unwrap().count(), 1, "nothing is left in a journal");
        file.windows(9).filter(|bytes| bytes == b"Hemlighet").count()
    };
    assert!(left() > 3000);
    let texts = ["what_happened", "consequence_for_person", "where.place", "where.contact"];
    let own = ["sex_not_given_because"];
    let of = |room: &'static str, paths: &[&'static str]| paths.iter().map(|path| (room, *path)).collect::<Vec<_>>();
    for (room, path) in [of("shared", &texts), of("own:falun", &own)].concat() {
        let place = ["log", "remove", done.number.as_str(), "--room", room, "--entry", "1", "--path", path];
        binary.printed(&[&place[..], &["--reason", "secrecy", "--operator", "Driften"]].concat());
    }
    assert_eq!(left(), 0);
}

#[test]
fn a_log_that_does_not_verify_ends_1_and_names_the_place() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    register(&test.app);
    let binary = Binary::on(&test.database);
    fs::write(test.database.folder().join("heads.json"), binary.printed(&["log", "head"])).unwrap();
    let read = fs::read_to_string(test.database.folder().join("heads.json")).unwrap();
    fs::write(test.database.folder().join("other.json"), read.replace("\"length\":1", "\"length\":2")).unwrap();
    let ran = binary.run(&["log", "verify", "--heads", "other.json"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.out.trim_end(), @r"
    problem: FALUN-2026-0001: own:falun entry 2: it is not what was noted earlier
    problem: FALUN-2026-0001: shared entry 2: it is not what was noted earlier
    1 cases, 2 entries
    ");
    insta::assert_snapshot!(ran.err.trim_end(), @"error: the log does not verify: 2 problems");
    fs::write(test.database.folder().join("other.json"), "[{}]").unwrap();
    insta::assert_snapshot!(binary.refused(&["log", "verify", "--heads", "other.json"]), @"error: other.json is not what `samsyn log head` prints: missing field `case` at line 1 column 3");
    insta::assert_snapshot!(binary.refused(&["log", "verify", "--heads", "none.json"]), @"error: none.json cannot be read: No such file or directory (os error 2)");
}

#[test]
fn the_log_is_exported_without_words_and_persons() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = received(&test.app).number;
    let binary = Binary::on(&test.database);
    let xes = binary.printed(&["log", "export", "--format", "xes"]);
    insta::assert_snapshot!(xes);
    let csv = binary.printed(&["log", "export", "--format", "csv", "--case", number.as_str()]);
    insta::assert_snapshot!(csv);
    assert_eq!(binary.printed(&["log", "export", "--format", "csv", "--workflow", "deviation"]), csv);
    assert_eq!(binary.printed(&["log", "export", "--format", "csv", "--workflow", "tip"]).lines().count(), 1);
    for person in ["mas-falun", "Det hände igen"] {
        assert!(!xes.contains(person) && !csv.contains(person), "{person}");
    }
    let refused = |args: &[&str]| binary.refused(&[&["log", "export", "--format", "csv"], args].concat());
    insta::assert_snapshot!(refused(&["--case", "FALUN-2026-0009"]), @"error: there is no case FALUN-2026-0009");
    insta::assert_snapshot!(refused(&["--workflow", "tup"]), @"error: there is no workflow tup");
    assert_eq!(binary.run(&["log", "export", "--format", "csv", "--text"]).code, Some(2));
}

#[test]
fn words_are_exported_to_whoever_reads_the_whole_case_and_her_principal_learns_of_it() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = received(&test.app).number;
    let binary = Binary::on(&test.database);
    let as_person = |person: &'static str| ["log", "export", "--format", "csv", "--text", "--as", person];
    let csv = binary.printed(&as_person("mas-falun"));
    assert!(csv.contains("Det hände igen") && !csv.contains("own:"), "{csv}");
    assert!(!csv.contains("mas-falun"), "roles, not persons: {csv}");
    let own = binary.printed(&[&as_person("mas-falun")[..], &["--own"]].concat());
    assert!(own.contains("own:falun") && !own.contains("own:region"), "{own}");
    let read = test.app.reads_of_case(&actor(&test.app, "mas-falun"), &number, None).unwrap();
    assert_eq!(read.reads.iter().map(|read| &read.what).collect::<Vec<_>>(), [&ReadOf::Bundle]);
    // Of all cases somebody gets those that she reads: here none.
    assert_eq!(binary.printed(&as_person("mas-mora")).lines().count(), 1);
    let one = [&as_person("mas-mora")[..], &["--case", number.as_str()]].concat();
    insta::assert_snapshot!(binary.refused(&one), @"error: there is no case FALUN-2026-0001 that mas-mora may read the whole of");
    insta::assert_snapshot!(binary.refused(&as_person("nobody")), @"error: there is no person nobody");
}
