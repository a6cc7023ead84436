//! `samsyn case bundle` and `samsyn verify`.

use std::fs;
use std::path::Path;

use samsyn::app::documents::DocumentCommand;
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::ids::CaseNumber;
use serde_json::{Value, json};

use crate::support::binary::Binary;
use crate::support::cases::{actor, received};
use crate::support::database::TestApp;
use crate::support::files::PDF;

/// A case with steps, a note and a document in each room, of which one text was removed; and a note of the other side's own.
fn case() -> (TestApp, CaseNumber) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = received(&test.app).number;
    let (mas, region) = (actor(&test.app, "mas-falun"), actor(&test.app, "avvikelsehandlaggare-region"));
    for room in [NoteRoom::Shared, NoteRoom::Own] {
        let (text, name) = ("Ringt.\n\"Å\u{1}\"".to_owned(), "Protokoll.pdf".to_owned());
        let note = NoteCommand { number: number.clone(), room, text, corrects: None };
        test.app.write_note(&mas, &note, None).unwrap();
        let bytes = [PDF, format!("{room:?}").as_bytes()].concat();
        let document = DocumentCommand { number: number.clone(), room, name, description: String::new(), bytes };
        test.app.attach_document(&mas, &document, None).unwrap();
    }
    let text = "Vår hemlighet.".to_owned();
    let note = NoteCommand { number: number.clone(), room: NoteRoom::Own, text, corrects: None };
    test.app.write_note(&region, &note, None).unwrap();
    (test, number)
}

fn bundle(binary: &Binary, number: &CaseNumber, more: &[&str]) -> Value {
    let args = [&["case", "bundle", number.as_str(), "--as", "mas-falun"], more].concat();
    serde_json::from_str(&binary.printed(&args)).unwrap()
}

fn write(folder: &Path, bundle: &Value) {
    fs::write(folder.join("bundle.json"), serde_json::to_string(bundle).unwrap()).unwrap();
}

#[test]
fn a_case_that_was_taken_away_verifies_without_a_database() {
    let (test, number) = case();
    let binary = Binary::on(&test.database);
    let remove = ["log", "remove", number.as_str(), "--room", "shared", "--entry", "3", "--path", "more_facts"];
    binary.printed(&[&remove[..], &["--reason", "identity", "--operator", "Driften"]].concat());
    let shared = bundle(&binary, &number, &[]);
    let own = bundle(&binary, &number, &["--own"]);
    assert!(!shared.to_string().contains("own:") && own.to_string().contains("own:falun"));
    assert!(!own.to_string().contains("own:region-dalarna") && !own.to_string().contains("hemlighet"));
    assert!(!own.to_string().contains("Det hände igen"), "what was removed is in no file");
    let elsewhere = tempfile::tempdir().unwrap();
    let alone = Binary::in_folder(elsewhere.path());
    write(elsewhere.path(), &own);
    fs::write(elsewhere.path().join("a.pdf"), [PDF, b"Own"].concat()).unwrap();
    fs::write(elsewhere.path().join("b.pdf"), PDF).unwrap();
    insta::assert_snapshot!(alone.printed(&["verify", "bundle.json", "a.pdf"]).trim_end(), @r"
    removed: FALUN-2026-0001 shared entry 3 text more_facts
    document: a.pdf: own:falun entry 3
    9 entries
    ");
    insta::assert_snapshot!(alone.json(&["verify", "bundle.json", "a.pdf", "--json"]), @r#"{"entries":9,"heads":0,"documents":["a.pdf: own:falun entry 3"],"removed":["FALUN-2026-0001 shared entry 3 text more_facts"],"problems":[]}"#);
    let other = alone.run(&["verify", "bundle.json", "b.pdf"]);
    insta::assert_snapshot!(other.out.trim_end(), @r"
    problem: FALUN-2026-0001: b.pdf: it is no document of the case
    removed: FALUN-2026-0001 shared entry 3 text more_facts
    9 entries
    ");
    insta::assert_snapshot!(other.err.trim_end(), @"error: bundle.json does not verify: 1 problems");
    assert!(fs::read_dir(elsewhere.path()).unwrap().all(|file| !file.unwrap().path().ends_with("samsyn.db")));
}

#[test]
fn whoever_does_not_read_the_whole_case_gets_no_file() {
    let (test, number) = case();
    let binary = Binary::on(&test.database);
    let refused = |number: &str, person: &str| binary.refused(&["case", "bundle", number, "--as", person]);
    insta::assert_snapshot!(refused(number.as_str(), "mas-borlange"), @"error: there is no case FALUN-2026-0001 that mas-borlange may read the whole of");
    insta::assert_snapshot!(refused("FALUN-2026-0099", "mas-falun"), @"error: there is no case FALUN-2026-0099 that mas-falun may read the whole of");
    insta::assert_snapshot!(refused(number.as_str(), "nobody"), @"error: there is no person nobody");
    let reads = |person: &str| {
        let page = test.app.reads_of_case(&actor(&test.app, person), &number, None).unwrap();
        page.reads.into_iter().map(|read| format!("{:?}", read.what)).collect::<Vec<_>>()
    };
    assert!(!reads("mas-falun").contains(&"Bundle".to_owned()));
    bundle(&binary, &number, &[]);
    assert!(reads("mas-falun").contains(&"Bundle".to_owned()));
}

/// Every place of the file that holds one thing.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, part)| leaves(part, &format!("{path}/{key}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, part)| leaves(part, &format!("{path}/{at}"), found))
        }
        _ => found.push(path.to_owned()),
    }
}

fn other(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => {
            let swap = |at: usize| {
                let mut chars: Vec<char> = text.chars().collect();
                chars[at] = if chars[at] == '0' { '1' } else { '0' };
                Value::from(chars.into_iter().collect::<String>())
            };
            let places = text.chars().count().checked_sub(1).into_iter().flat_map(|last| [last / 2, last]);
            places.map(swap).chain([Value::Null]).collect()
        }
        Value::Number(n) => vec![json!(n.as_i64().unwrap() + 1), json!("1")],
        _ => vec![json!("x"), json!(0)],
    }
}

#[test]
fn a_file_with_one_byte_changed_one_item_missing_or_two_swapped_is_refused() {
    let (test, number) = case();
    let binary = Binary::on(&test.database);
    let remove = ["log", "remove", number.as_str(), "--room", "shared", "--entry", "3", "--path", "more_facts"];
    binary.printed(&[&remove[..], &["--reason", "identity", "--operator", "Driften"]].concat());
    let whole = bundle(&binary, &number, &["--own"]);
    let files = [("a".to_owned(), [PDF, b"Own"].concat()), ("b".to_owned(), [PDF, b"Shared"].concat())];
    let holds = |bundle: &Value| {
        let read = samsyn::workflow::bundle::read(&bundle.to_string());
        read.is_ok_and(|read| samsyn::workflow::bundle::verify(&read, None, &files).problems.is_empty())
    };
    assert!(holds(&whole));
    let mut places = Vec::new();
    leaves(&whole, "", &mut places);
    let mut tried = 0;
    for place in places {
        for other in other(whole.pointer(&place).unwrap()) {
            let mut changed = whole.clone();
            *changed.pointer_mut(&place).unwrap() = other.clone();
            assert!(!holds(&changed), "{place}: {other}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
    for list in ["definitions", "entries", "texts", "documents"] {
        for at in 0..whole[list].as_array().unwrap().len() {
            let mut missing = whole.clone();
            let gone = missing[list].as_array_mut().unwrap().remove(at);
            let last = list == "entries" && gone["document"].as_str().unwrap().contains("\"removal\"");
            assert!(last || !holds(&missing), "{list} {at} is missing");
            let mut twice = whole.clone();
            twice[list].as_array_mut().unwrap().push(gone);
            assert!(!holds(&twice), "{list} {at} is there twice");
        }
    }
    for at in 1..whole["entries"].as_array().unwrap().len() {
        let mut swapped = whole.clone();
        let entries = swapped["entries"].as_array_mut().unwrap();
        entries.swap(at - 1, at);
        assert!(entries[at]["room"] != entries[at - 1]["room"] || !holds(&swapped), "{at}");
    }
}

#[test]
fn an_end_that_was_cut_off_is_found_by_whoever_noted_it() {
    let (test, number) = case();
    let binary = Binary::on(&test.database);
    fs::write(test.database.folder().join("heads.json"), binary.printed(&["log", "head"])).unwrap();
    let mut cut = bundle(&binary, &number, &[]);
    let last = cut["entries"].as_array_mut().unwrap().pop().unwrap();
    for list in ["texts", "documents"] {
        cut[list].as_array_mut().unwrap().retain(|row| row["n"] != last["n"]);
    }
    write(test.database.folder(), &cut);
    binary.printed(&["verify", "bundle.json"]);
    let ran = binary.run(&["verify", "bundle.json", "--heads", "heads.json"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.out.trim_end(), @r"
    problem: FALUN-2026-0001: shared entry 5: it is not what was noted earlier
    heads: 1 compared
    4 entries
    ");
}

/// Nothing is signed: whoever makes up the chain anew has a file of one piece. Not one that fits the heads that others keep.
#[test]
fn a_file_that_was_made_up_anew_is_found_by_whoever_noted_a_head() {
    let (test, number) = case();
    let binary = Binary::on(&test.database);
    let folder = test.database.folder();
    fs::write(folder.join("heads.json"), binary.printed(&["log", "head"])).unwrap();
    let whole = bundle(&binary, &number, &["--own"]);
    write(folder, &whole);
    insta::assert_snapshot!(binary.printed(&["verify", "bundle.json", "--heads", "heads.json"]).trim_end(), @r"
    heads: 2 compared
    8 entries
    ");
    let mut other = whole.clone();
    other["case"] = json!("FALUN-2026-9999");
    anew(&mut other, |entry| entry["case"] = json!("FALUN-2026-9999"));
    write(folder, &other);
    binary.printed(&["verify", "bundle.json"]);
    fs::write(folder.join("none.json"), "[]").unwrap();
    for heads in ["heads.json", "none.json"] {
        let ran = binary.run(&["verify", "bundle.json", "--heads", heads]);
        assert!(ran.code == Some(1) && ran.out.contains("the heads noted earlier name none of it"), "{}", ran.out);
    }
}

/// Makes up the chains anew with other entries.
fn anew(bundle: &mut Value, change: impl Fn(&mut Value)) {
    let mut ends = std::collections::BTreeMap::new();
    for row in bundle["entries"].as_array_mut().unwrap() {
        let mut entry: Value = serde_json::from_str(row["document"].as_str().unwrap()).unwrap();
        change(&mut entry);
        let room = row["room"].as_str().unwrap().to_owned();
        let genesis = samsyn::workflow::log::genesis().0;
        entry["previous"] = json!(ends.get(&room).unwrap_or(&genesis));
        let document = samsyn::workflow::digest::canonical(&entry);
        let hash = samsyn::workflow::log::hash(&document).0;
        (row["document"], row["hash"]) = (json!(document), json!(hash));
        ends.insert(room, hash);
    }
}

#[test]
fn what_cannot_have_been_written_is_found_even_where_the_chain_was_made_up_anew() {
    let (test, number) = case();
    let whole = bundle(&Binary::on(&test.database), &number, &[]);
    let problems = |bundle: &Value| {
        let read = samsyn::workflow::bundle::read(&bundle.to_string()).unwrap();
        samsyn::workflow::bundle::verify(&read, None, &[]).problems.join("; ")
    };
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut made_up = whole.clone();
        anew(&mut made_up, change);
        made_up
    };
    let titles = |bundle: &Value| {
        let mut definition = bundle["definitions"][0].clone();
        let text = definition["text"].as_str().unwrap().replacen("title: Registrera avvikelse", "title: Erkänn fel", 1);
        definition["text"] = json!(text);
        definition
    };
    assert_eq!(problems(&changed(&|_| {})), "");
    let no_state = changed(&|entry| {
        if entry["records"]["step"]["to"] == "received" {
            entry["records"]["step"]["to"] = json!("won");
        }
    });
    assert!(problems(&no_state).contains("it leads to no state of its definition"));
    let mut no_text = changed(&|entry| {
        if let Some(opened) = entry["records"]["step"]["opened"].as_object_mut() {
            opened.remove("text");
        }
    });
    no_text["definitions"] = json!([titles(&no_text)]);
    assert!(problems(&no_text).contains("the text is not the one under which the case began"));
    let mut other_words = whole.clone();
    other_words["definitions"].as_array_mut().unwrap().insert(0, titles(&whole));
    assert!(problems(&other_words).contains("the text is not the one under which the case began"));
    let mut far = whole.clone();
    for row in far["entries"].as_array_mut().unwrap() {
        row["n"] = json!(i64::MAX);
    }
    assert!(problems(&far).contains("the entry is missing"));
}

#[test]
fn what_a_stranger_wrote_does_nothing_to_a_terminal() {
    let (test, number) = case();
    let mut whole = bundle(&Binary::on(&test.database), &number, &[]);
    whole["entries"][0]["room"] = json!("\u{1b}[2J9 entries\nshared");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &whole);
    let ran = Binary::in_folder(folder.path()).run(&["verify", "bundle.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(!ran.out.contains('\u{1b}') && !ran.out.lines().any(|line| line.starts_with("9 entries")), "{}", ran.out);
}

/// Whoever reads the whole case for one principal, and saw another's room for a while, takes none of that away.
#[test]
fn a_room_of_another_principal_is_in_nobodys_file() {
    let (test, number) = case();
    let case_id = format!("(select id from cases where number = '{number}')");
    let columns = "(case_id, room, reader, from_entry, until_entry)";
    let reader = samsyn::authz::Reader::Principal("falun".into()).key();
    let seen = format!("insert into visibility {columns} values ({case_id}, 'own:region-dalarna', '{reader}', 1, 0)");
    crate::support::sql::tamper(&test.app.store, &seen);
    let taken = bundle(&Binary::on(&test.database), &number, &["--own"]).to_string();
    assert!(taken.contains("own:falun") && !taken.contains("own:region-dalarna") && !taken.contains("hemlighet"));
}

#[test]
fn what_is_no_bundle_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::in_folder(folder.path());
    let refused = |text: &str| {
        fs::write(folder.path().join("bundle.json"), text).unwrap();
        binary.refused(&["verify", "bundle.json"])
    };
    insta::assert_snapshot!(binary.refused(&["verify", "none.json"]), @"error: none.json cannot be read: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused("Hej"), @"error: bundle.json is no bundle: expected value at line 1 column 1");
    let empty = json!({"samsyn_bundle": 2, "case": "A", "state": "a", "outcome": null, "definitions": [], "entries": [], "texts": [], "documents": []});
    insta::assert_snapshot!(refused(&empty.to_string()), @"error: bundle.json is no bundle: this program reads bundles of format 1, not 2");
    fs::write(folder.path().join("bundle.json"), empty.to_string().replace('2', "1")).unwrap();
    let ran = binary.run(&["verify", "bundle.json"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.out.trim_end(), @r"
    problem: A: it has no beginning
    0 entries
    ");
}
