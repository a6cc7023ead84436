//! Reading YAML: positions, types, and everything that an unfriendly file may hold.

use proptest::prelude::*;
use samsyn::workflow::source::{self, MAX_NODES, Segment};
use serde_json::json;

fn faults(text: &str) -> Vec<String> {
    source::read("t.yaml", text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn scalars_are_typed_by_the_core_schema() {
    let text = "[on, yes, true, False, null, ~, 1, -07, 0x1F, 0o17, 1.5, 1e3, '1', 1_000, 0x-5, .inf, 60d, \"å\"]";
    let root = source::read("t.yaml", text).root.unwrap();
    let expected = json!([
        "on", "yes", true, false, null, null, 1, -7, 31, 15, 1.5, 1000.0, "1", "1_000", "0x-5", ".inf", "60d", "å"
    ]);
    assert_eq!(root.to_json(), expected);
}

#[test]
fn every_node_has_its_place() {
    let text = "a: 1\nb:\n  å: [x, {c: d}]\n  e:\n    - f: g\n";
    let root = source::read("t.yaml", text).root.unwrap();
    let place = |path: &[Segment]| {
        let position = root.find(path);
        (position.line, position.column)
    };
    assert_eq!(place(&["a".into()]), (1, 4));
    assert_eq!(place(&["b".into()]), (2, 1), "a mapping stands at its key");
    assert_eq!(place(&["b".into(), "å".into(), 1.into(), "c".into()]), (3, 14), "columns count characters");
    assert_eq!(place(&["b".into(), "e".into(), 0.into(), "f".into()]), (5, 10));
    assert_eq!(place(&["b".into(), "e".into(), 7.into(), "f".into()]), (4, 3), "the nearest that exists");
}

#[test]
fn all_duplicate_keys_are_reported() {
    assert_eq!(
        faults("a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n"),
        [
            "t.yaml:2:11: error[source/duplicate-key]: `c` stands twice here, first on line 2: remove one",
            "t.yaml:3:1: error[source/duplicate-key]: `a` stands twice here, first on line 1: remove one",
            "t.yaml:4:1: error[source/duplicate-key]: `a` stands twice here, first on line 1: remove one",
        ]
    );
}

#[test]
fn broken_yaml_has_a_place() {
    for (text, begins) in [
        ("a: [1\nb: 2\n", "t.yaml:2:"),
        ("", "t.yaml:1:1: error[source/yaml]: the file is empty"),
        ("a: 1\n---\nb: 2\n", "t.yaml:2:1: error[source/yaml]: a second document"),
        ("a: !!str 1\n", "t.yaml:1:4: error[source/yaml]: the tag"),
        ("1: a\n", "t.yaml:1:1: error[source/yaml]: a key must be a text"),
        ("a: &x [*x]\n", "t.yaml:1:8: error[source/yaml]: this alias stands inside"),
        ("a: *nowhere\n", "t.yaml:1:4: error[source/yaml]"),
    ] {
        let faults = faults(text);
        assert_eq!(faults.len(), 1, "{text}");
        assert!(faults[0].starts_with(begins), "{text}: {}", faults[0]);
    }
}

#[test]
fn aliases_are_copies_that_stand_where_they_are_used() {
    let root = source::read("t.yaml", "a: &x [1, {b: 2}]\nc: *x\n").root.unwrap();
    assert_eq!(root.to_json(), json!({"a": [1, {"b": 2}], "c": [1, {"b": 2}]}));
    assert_eq!(root.find(&["c".into()]).line, 2);
    assert_eq!(root.find(&["c".into(), 1.into()]).line, 1, "what is inside stands where it is written");
}

#[test]
fn bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let items = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{items}]\n"));
    }
    let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
    let deep_aliases = (1..60).fold("- &n0 [x]\n".to_owned(), |text, n| text + &format!("- &n{n} [*n{}]\n", n - 1));
    let long = "- x\n".repeat(MAX_NODES + 1);
    let huge = format!("a: {}", "x".repeat(2 << 20));
    for text in [bomb, deep, deep_aliases, long, huge] {
        let faults = faults(&text);
        assert!(faults.len() == 1 && faults[0].contains("source/too-large"), "{faults:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_can_make_the_reader_panic(text in "[a-c\\[\\]{}:,&*#!|>'\"\\-? \\n\\tå%@~0-9]{0,60}") {
        let read = source::read("t.yaml", &text);
        prop_assert!(read.root.is_some() || !read.problems.is_empty());
        let _ = super::load_alone("t.yaml", &text);
    }

    #[test]
    fn nor_can_any_characters(text in any::<String>()) {
        let _ = super::load_alone("t.yaml", &text);
    }
}
