//! `samsyn workflow`.

use std::fs;

use crate::support::binary::Binary;
use crate::support::cases::register;
use crate::support::database::TestApp;

#[test]
fn the_shipped_files_hold_compiled_in_and_as_a_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let binary = Binary::in_folder(root);
    for args in [&["workflow", "check"][..], &["workflow", "check", "workflows"]] {
        let ran = binary.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    }
    assert_eq!(binary.json(&["workflow", "check", "--json"]), serde_json::json!([]));
}

/// The shipped files in the folder `files` of another.
fn copied() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let whole = folder.path().join("files");
    for workflow in ["deviation", "local-dispute", "regional-dispute", "tip"] {
        fs::create_dir_all(whole.join(workflow)).unwrap();
        for file in fs::read_dir(root.join(workflow)).unwrap().map(|file| file.unwrap()) {
            fs::copy(file.path(), whole.join(workflow).join(file.file_name())).unwrap();
        }
    }
    for file in ["rules.yaml", "digests.lock"] {
        fs::copy(root.join(file), whole.join(file)).unwrap();
    }
    (folder, whole)
}

#[test]
fn one_workflows_folder_is_held_against_the_folder_around_it() {
    let (folder, whole) = copied();
    let binary = Binary::in_folder(folder.path());
    let check = |path: &str| binary.run(&["workflow", "check", path]);
    for path in ["files", "files/local-dispute", "files/local-dispute/", "./files/deviation", "files/tip/../deviation"]
    {
        assert_eq!((check(path).code, check(path).out.as_str()), (Some(0), ""), "{path}");
    }
    assert!(check("files/local-dispute").err.starts_with("4 files: "), "{}", check("files/local-dispute").err);
    let disputes = whole.join("local-dispute");
    let within = Binary::in_folder(&disputes);
    assert_eq!(within.run(&["workflow", "check", "."]).code, Some(0));
    // What is wrong elsewhere is told there alone, unless it keeps files of this folder from being looked at.
    let tip = fs::read_to_string(whole.join("tip/1.yaml")).unwrap();
    fs::write(whole.join("tip/1.yaml"), tip.replacen("target: asked", "target: aksed", 1)).unwrap();
    let codes = |of: [&str; 3]| of.map(|folder| check(&format!("files/{folder}")).code);
    assert_eq!(codes(["regional-dispute", "local-dispute", "tip"]), [Some(0), Some(1), Some(1)]);
    let kept = check("files/local-dispute").out;
    assert!(kept.starts_with("files/tip/1.yaml:") && kept.contains("`aksed`"), "{kept}");
    fs::write(whole.join("tip/1.yaml"), &tip).unwrap();
    let falun = fs::read_to_string(whole.join("deviation/2+falun-1.yaml")).unwrap();
    fs::write(whole.join("deviation/2+falun-1.yaml"), falun.replace("45d", "90d")).unwrap();
    assert_eq!(codes(["local-dispute", "deviation", "tip"]), [Some(0), Some(1), Some(0)], "plans between versions");
    fs::write(whole.join("deviation/2+falun-1.yaml"), &falun).unwrap();
    // What is wrong with the rules or the lock is every workflow's, and so is a final file that is gone.
    for file in ["rules.yaml", "digests.lock"] {
        let right = fs::read_to_string(whole.join(file)).unwrap();
        fs::write(whole.join(file), "[\n").unwrap();
        let told = check("files/tip");
        assert!(told.code == Some(1) && told.out.starts_with(&format!("files/{file}:")), "{}", told.out);
        fs::write(whole.join(file), right).unwrap();
    }
    fs::rename(whole.join("local-dispute/2+county-1.yaml"), folder.path().join("away")).unwrap();
    let gone = check("files/local-dispute").out;
    assert!(gone.contains("local-dispute@2+county@1 is final, and its file is gone"), "{gone}");
    fs::rename(folder.path().join("away"), whole.join("local-dispute/2+county-1.yaml")).unwrap();
    // The lock is named as what it is.
    fs::write(whole.join("digests.lock"), "{}\n").unwrap();
    let stale = check("files/tip").out;
    assert!(stale.contains("files/digests.lock does not hold the digest of tip@1"), "{stale}");
}

#[test]
fn a_plan_to_an_overlay_stands_in_the_folder() {
    let (folder, whole) = copied();
    let plan = fs::read_to_string(whole.join("local-dispute/1-2.yaml")).unwrap();
    let plan = plan.replacen("from: 1\nto: 2\n", "from: 2\nto: 2+county@1\n", 1);
    let levels = ["network_level", "council_level"].map(|id| format!("  {id}: {{to: {id}, policy: keep}}\n"));
    let plan = plan.replacen("deadlines:\n", &format!("deadlines:\n{}", levels.concat()), 1).replacen(
        "begin: [network_level, council_level]\n",
        "",
        1,
    );
    let file = whole.join("local-dispute/2-2+county-1.yaml");
    fs::write(&file, &plan).unwrap();
    let binary = Binary::in_folder(folder.path());
    let check = || binary.run(&["workflow", "check", "files/local-dispute"]);
    assert_eq!((check().code, check().out.as_str()), (Some(0), ""));
    fs::write(&file, plan.replace("to: 2+county@1", "to: 2+county@2")).unwrap();
    assert!(check().out.contains("`local-dispute` has no version 2+county@2; there are 1, 2, 2+county@1"));
    // Without that overlay the plan is not judged; nor is anything said that is right.
    fs::write(whole.join("local-dispute/2+county-1.yaml"), "[\n").unwrap();
    assert!(!check().out.contains("plan/"), "{}", check().out);
}

#[test]
fn a_plan_by_itself_is_held_against_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("local-dispute")).unwrap();
    let plan = fs::read_to_string("workflows/local-dispute/1-2.yaml").unwrap();
    for name in ["1-2.yaml", "1-3.yaml"] {
        fs::write(folder.path().join("local-dispute").join(name), &plan).unwrap();
    }
    let binary = Binary::in_folder(folder.path());
    assert_eq!(binary.run(&["workflow", "check", "local-dispute/1-2.yaml"]).code, Some(0));
    let disputes = folder.path().join("local-dispute");
    let within = Binary::in_folder(&disputes);
    for name in ["1-2.yaml", "./1-2.yaml"] {
        assert_eq!(within.run(&["workflow", "check", name]).code, Some(0), "{name}");
    }
    for refused in
        [binary.run(&["workflow", "check", "local-dispute/1-3.yaml"]), within.run(&["workflow", "check", "1-3.yaml"])]
    {
        assert_eq!(refused.code, Some(1));
        assert!(refused.out.contains("error[plan/file-name]: this is the plan local-dispute 1-2"), "{}", refused.out);
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let tip = fs::read_to_string("workflows/tip/1.yaml").unwrap();
    let broken = tip.replacen("target: asked", "target: aksed", 1).replacen(
        "by: {party: home, role: handler}",
        "by: {party: hom, role: handler}",
        1,
    );
    fs::create_dir(folder.path().join("tip")).unwrap();
    fs::write(folder.path().join("tip/1.yaml"), &broken).unwrap();
    let binary = Binary::in_folder(folder.path());
    let alone = binary.run(&["workflow", "check", "tip/1.yaml"]);
    assert_eq!(alone.code, Some(1));
    insta::assert_snapshot!(alone.out.trim_end(), @r"
    tip/1.yaml:5:10: error[versions/final-changed]: tip@1 is final, and cases refer to it as it was: restore the file, and write a new version
    tip/1.yaml:58:13: error[structure/unknown-target]: `ask` leads to `aksed`, and there is no such state; did you mean `asked`?
    tip/1.yaml:59:5: error[rights/unknown-party]: `hom` is no other side of the case; did you mean `home`?
    ");
    insta::assert_snapshot!(alone.err.trim_end(), @"error: 1 files: 3 errors, 0 warnings");
    let problems = binary.run(&["workflow", "check", "--json", "."]).out;
    let problems: Vec<serde_json::Value> = serde_json::from_str(&problems).unwrap();
    assert_eq!(problems[0]["file"], "./tip/1.yaml");
    insta::assert_snapshot!(binary.refused(&["workflow", "check", "none.yaml"]), @"error: none.yaml cannot be read: No such file or directory (os error 2)");
    fs::create_dir(folder.path().join("empty")).unwrap();
    insta::assert_snapshot!(binary.refused(&["workflow", "check", "empty"]), @"error: empty: there are no .yaml files in it");
}

#[test]
fn the_list_counts_open_cases_where_there_is_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let without = Binary::in_folder(folder.path()).json(&["workflow", "list", "--json"]);
    assert_eq!(without[0]["workflow"], "deviation");
    assert_eq!(without[0]["open_cases"], serde_json::Value::Null);
    let test = TestApp::at("2026-03-02T08:00:00Z");
    register(&test.app);
    let binary = Binary::on(&test.database);
    let with = binary.json(&["workflow", "list", "--json"]);
    let counts: Vec<_> = with.as_array().unwrap().iter().map(|listed| &listed["open_cases"]).collect();
    assert_eq!(counts, [1, 0, 0, 0, 0, 0, 0, 0]);
    assert!(
        binary
            .printed(&["workflow", "list"])
            .lines()
            .next()
            .unwrap()
            .contains(", 1 open cases; in force, from the beginning")
    );
}

#[test]
fn two_versions_are_told_apart_as_a_document_a_page_or_data() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::in_folder(folder.path());
    let same = &["workflow", "diff", "tip@1", "tip@1"];
    assert!(binary.printed(same).ends_with("\nIngenting ändras.\n"));
    assert!(binary.printed(&[&same[..], &["--format", "html"]].concat()).starts_with("<!DOCTYPE html>"));
    assert_eq!(binary.json(&[&same[..], &["--format", "json"]].concat())["changes"], serde_json::json!([]));
    insta::assert_snapshot!(binary.refused(&["workflow", "diff", "tip@1", "deviation@1"]), @"error: tip@1 and deviation@1 are two workflows: name two versions of one");
}

#[test]
fn a_workflow_is_exported_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::in_folder(folder.path());
    let export = |name, format| binary.printed(&["workflow", "export", name, "--format", format]);
    assert!(export("tip", "mermaid").starts_with("stateDiagram-v2\n"));
    assert!(export("tip@1", "svg").starts_with("<svg "));
    assert!(export("tip", "bpmn").starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bpmn:definitions "));
    let machine: serde_json::Value = serde_json::from_str(&export("tip", "xstate")).unwrap();
    assert_eq!(machine["id"], "tip");
    insta::assert_snapshot!(binary.refused(&["workflow", "export", "tip@2", "--format", "svg"]), @"error: there is no workflow tip@2; there are deviation@1, deviation@2, deviation@2+falun@1, local-dispute@1, local-dispute@2, local-dispute@2+county@1, regional-dispute@1, tip@1");
    assert_eq!(binary.run(&["workflow", "export", "tip", "--format", "png"]).code, Some(2));
    assert_eq!(binary.run(&["workflow", "export", "tip"]).code, Some(2));
}

#[test]
fn when_a_workflow_stands_still_is_told_until_somebody_publishes_for_it() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let run = |args: &[&str]| {
        let said = binary.printed(&[&["workflow"], args, &["--as", "systemadministrator-lanet"]].concat());
        said.lines().filter(|line| line.starts_with("no new case")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(run(&["publish", "deviation@2", "--from", "2100-03-01"]), [""; 0]);
    let until = run(&["retire", "deviation@1", "--last-day", "2099-12-31"]);
    let hole = "no new case of deviation can begin from 2100-01-01 until 2100-02-28: publish a version for these days";
    assert_eq!(until, [hole]);
    let for_ever = run(&["retire", "tip@1", "--last-day", "2099-06-30"]);
    let end = "no new case of tip can begin from 2099-07-01: publish a version for these days";
    assert_eq!(for_ever, [end, hole], "the first that stands still comes first");
    assert_eq!(run(&["publish", "tip@1", "--from", "2099-07-01"]), [hole]);
}

#[test]
fn an_overlay_is_checked_against_its_base_told_apart_and_published() {
    let folder = tempfile::tempdir().unwrap();
    let overlay = fs::read_to_string("workflows/deviation/2+falun-1.yaml").unwrap();
    fs::create_dir(folder.path().join("deviation")).unwrap();
    let written = |text: &str| fs::write(folder.path().join("deviation/2+falun-1.yaml"), text).unwrap();
    let alone = Binary::in_folder(folder.path());
    let check = ["workflow", "check", "deviation/2+falun-1.yaml"];
    written(&overlay);
    assert_eq!((alone.run(&check).code, alone.printed(&check)), (Some(0), String::new()));
    let deviations = folder.path().join("deviation");
    let within = Binary::in_folder(&deviations);
    fs::write(deviations.join("2+falun-2.yaml"), &overlay).unwrap();
    assert_eq!(within.run(&["workflow", "check", "./2+falun-1.yaml", "2+falun-1.yaml"]).code, Some(0));
    for misplaced in [
        within.run(&["workflow", "check", "2+falun-2.yaml"]),
        alone.run(&["workflow", "check", "deviation/2+falun-2.yaml"]),
    ] {
        assert!(misplaced.out.contains("2+falun-2.yaml:1:1: error[overlay/file-name]"), "{}", misplaced.out);
    }
    written(&overlay.replace("category:\n", "sex:\n").replace("answer:  {after: 45d", "answer:  {after: 90d"));
    let refused = alone.run(&check);
    assert_eq!(refused.code, Some(1));
    insta::assert_snapshot!(refused.out.trim_end(), @r"
    deviation/2+falun-1.yaml:28:3: error[overlay/fixed]: `sex` rests on A12 (utsaga, lines 734-736): the agreement names what there is to choose from
    deviation/2+falun-1.yaml:52:20: error[overlay/limit]: 90d is not shorter than 60d, in the same unit
    ");
    let told = alone.printed(&["workflow", "diff", "deviation@2", "deviation@2+falun@1"]);
    assert!(told.contains("tiden ändras från ”60 dagar” till ”45 dagar”"), "{told}");
    assert!(told.contains("det som är överenskommet därutöver tillkommer"), "{told}");

    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let publish = |version| ["workflow", "publish", version, "--as", "systemadministrator-lanet"];
    insta::assert_snapshot!(binary.refused(&publish("deviation@2+")), @"error: deviation@2+ names no version: write one such as deviation@2");
    assert!(binary.refused(&publish("deviation@2+falun@1")).contains("lies over it: publish that first"));
    binary.printed(&publish("deviation@2"));
    let listed = binary.printed(&publish("deviation@2+falun@1"));
    let line = listed.lines().find(|line| line.starts_with("deviation@2+falun@1 ")).unwrap();
    assert!(line.contains("0 open cases; in force, from "), "{line}");
    let json = binary.json(&["workflow", "list", "--json"]);
    assert_eq!((&json[2]["version"], &json[2]["local"]["principal"]), (&2.into(), &"falun".into()));
    assert!(json[1].get("local").is_none() && json[1]["standing"] == "in_force");
    let column = listed.lines().next().unwrap().rfind("  ").unwrap();
    assert!(listed.lines().all(|line| line.rfind("  ") == Some(column)), "{listed}");
    binary.printed(&["workflow", "retire", "deviation@2+falun@1", "--as", "systemadministrator-lanet"]);
    let after = &binary.json(&["workflow", "list", "--json"])[2];
    assert_eq!(
        (&after["standing"], &after["spans"]),
        (&"retired".into(), &serde_json::json!([])),
        "new cases got it for a part of today"
    );
}
