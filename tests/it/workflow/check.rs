//! Each class of faults: a bad file that has this fault and no other, at the marked lines, and a good twin without any.
//!
//! `bad/<class>.yaml` and `bad/<class>.good.yaml`; `# <- here` marks the lines. A file that begins with `####` holds several,
//! each below its name: workflow files that are loaded together, and perhaps the lock.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use samsyn::workflow::check::CLASSES;
use samsyn::workflow::lock::Lock;
use samsyn::workflow::problem::{Class, Severity};
use samsyn::workflow::{Environment, Problem, load_set};

use super::{load_alone, rules};

const MARK: &str = "# <- here";

fn file_of(class: &Class, ending: &str) -> PathBuf {
    let name = format!("{}{ending}", class.id.replace('/', "-"));
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/workflow/bad").join(name)
}

/// The files of a fixture with their names.
fn sections(text: &str) -> Vec<(String, String)> {
    if !text.starts_with("#### ") {
        return vec![("small.yaml".to_owned(), text.to_owned())];
    }
    let parts = format!("\n{text}");
    let parts = parts.split("\n#### ").skip(1).map(|part| part.split_once('\n').unwrap());
    parts.map(|(name, text)| (name.to_owned(), format!("{text}\n"))).collect()
}

/// Everything that the checker says of a fixture, and whether it was loaded.
fn judged(text: &str) -> (bool, Vec<Problem>) {
    let sections = sections(text);
    if let [(name, text)] = sections.as_slice()
        && !name.contains('/')
    {
        return match load_alone(name, text) {
            Ok(loaded) => (true, loaded.warnings),
            Err(problems) => (false, problems),
        };
    }
    let rules = rules();
    let lock = sections.iter().find(|(name, _)| name.ends_with(".lock"));
    let lock = lock.map_or_else(Lock::default, |(name, text)| Lock::read(name, text).unwrap());
    let env = Environment { rules: &rules, templates: &["reminder", "overdue"], calendars: &["swedish"], lock: &lock };
    let files = sections.iter().filter(|(name, _)| name.ends_with(".yaml"));
    let files: Vec<(&str, &str)> = files.map(|(name, text)| (name.as_str(), text.as_str())).collect();
    match load_set(&files, &env) {
        Ok(loaded) => (true, loaded.into_iter().flat_map(|loaded| loaded.warnings).collect()),
        Err(problems) => (false, problems),
    }
}

fn marked(text: &str) -> BTreeSet<(String, usize)> {
    let lines = |(name, text): (String, String)| {
        let marked =
            text.lines().enumerate().filter(|(_, line)| line.contains(MARK)).map(|(n, _)| n + 1).collect::<Vec<_>>();
        marked.into_iter().map(move |line| (name.clone(), line))
    };
    sections(text).into_iter().flat_map(lines).collect()
}

/// Without a lock every file of a set is new to it; that is the subject of one class only.
fn without_lock(text: &str, problems: Vec<Problem>) -> Vec<Problem> {
    let lock = text.contains("#### workflows/digests.lock") && !text.contains("2.yaml");
    problems.into_iter().filter(|problem| lock || problem.rule() != "versions/lock-stale").collect()
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("    {problem}\n")).collect()
}

#[test]
fn each_class_is_found_where_it_is_and_nowhere_else() {
    let mut failures = Vec::new();
    for class in CLASSES {
        let bad = std::fs::read_to_string(file_of(class, ".yaml")).unwrap_or_default();
        let (loaded, problems) = judged(&bad);
        let problems = without_lock(&bad, problems);
        let found: BTreeSet<_> = problems.iter().map(|problem| (problem.file.clone(), problem.position.line)).collect();
        let only = problems.iter().all(|problem| problem.class == *class);
        if !only || found != marked(&bad) || found.is_empty() || loaded != (class.severity == Severity::Warning) {
            failures.push(format!("{} at {:?}: loaded {loaded}\n{}", class.id, marked(&bad), listed(&problems)));
        }
        let good = std::fs::read_to_string(file_of(class, ".good.yaml")).unwrap_or_default();
        let (loaded, problems) = judged(&good);
        let problems = without_lock(&good, problems);
        if !loaded || !problems.is_empty() {
            failures.push(format!("good twin of {}: loaded {loaded}\n{}", class.id, listed(&problems)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_file_belongs_to_a_class() {
    let known: BTreeSet<PathBuf> =
        CLASSES.iter().flat_map(|class| [file_of(class, ".yaml"), file_of(class, ".good.yaml")]).collect();
    let folder = file_of(CLASSES[0], "").with_file_name("");
    let found: BTreeSet<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(known, found);
    let ids: BTreeSet<_> = CLASSES.iter().map(|class| class.id).collect();
    assert_eq!(ids.len(), CLASSES.len(), "ids are unique");
}

/// A small good file, with changes.
fn changed(changes: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(file_of(CLASSES[0], ".good.yaml")).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    text
}

fn found(changes: &[(&str, &str)]) -> Vec<String> {
    let (_, problems) = judged(&changed(changes));
    problems.iter().map(|problem| format!("{} {}", problem.position.line, problem.rule())).collect()
}

#[test]
fn all_problems_are_reported_at_once() {
    let faults = [
        ("title: Litet ärende\n", "title: Litet ärende\ntitle: Igen\n"),
        ("basis: [R1]\n", "basis: [R7]\nbases: [R1]\n"),
        ("role: handler}, require: [event]}", "role: handler}, require: [evnt, event]}"),
        ("from: open, target: closed", "from: open, target: clsed"),
        ("    after: 60d\n", "    after: 60d\n    calendar: danish\n"),
        ("{at: 5d, to: {role: handler", "{at: 5d, mail: nothing, to: {role: handler"),
    ];
    let expected = [
        "5 source/duplicate-key",
        "6 texts/unknown-rule",
        "7 shape/unknown-key",
        "15 data/unknown-field",
        "22 structure/unknown-target",
        "28 time/unknown-calendar",
        "29 texts/unknown-template",
    ];
    assert_eq!(found(&faults), expected);
}

/// What cannot be read hides nothing of the rest, and nothing is said of what might have stood there.
#[test]
fn a_wrong_type_hides_no_fault_elsewhere() {
    let elsewhere = [
        ("basis: [R1]\n", "basis: [R7]\n"),
        ("role: handler}, require: [event]}", "role: handler}, require: [evnt, event]}"),
        ("    after: 60d\n", "    after: 60d\n    calendar: danish\n"),
    ];
    let rest = ["5 texts/unknown-rule", "13 data/unknown-field", "26 time/unknown-calendar"];
    for (old, new, wrong) in [
        ("title: Litet ärende", "title: [Litet]", "4 shape/type"),
        ("title: Ta emot,", "title: 5,", "19 shape/type"),
        ("event: {type: text", "event: {type: txt", "11 shape/value"),
        ("open: {title: Öppet", "open: {title: {sv: Öppet}", "16 shape/type"),
        ("roles: [handler]", "roles: 5", "9 shape/type"),
        ("closed: {title: Avslutat, final: closed}", "closed: {title: Avslutat, final: 1}", "17 shape/type"),
    ] {
        let mut found = found(&[&elsewhere[..], &[(old, new)]].concat());
        assert!(rest.iter().all(|problem| found.contains(&(*problem).to_owned())), "{new}: {found:?}");
        found.retain(|problem| !rest.contains(&problem.as_str()));
        assert_eq!(found, [wrong], "{new}");
    }
}

#[test]
fn faults_of_shape_are_explained_by_the_form_that_was_meant() {
    let (_, problems) = judged(&changed(&[
        (
            "from: sent, target: open, by: {party: receiver, role: handler}",
            "from: [sent, {a: b}], target: open, by: {pary: receiver, role: handlr}",
        ),
        (
            "from: open, target: closed, by: {party: receiver, role: handler}",
            "from: open, target: closed, by: {party: receiver, role: handler}, when: {all: [{set: 1}, {sett: event}, {happened: receive}]}, require:",
        ),
        ("title: Avslutat, final: closed", "title: Avslutat, final:"),
        ("  sent: {", "  Sent: {"),
    ]));
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "small.yaml:15:3: error[shape/value]: `Sent`: write a lower-case letter a-z, then such letters, digits or `_`",
        "small.yaml:17:34: error[shape/type]: `final` is empty: give it a value, or remove the key",
        "small.yaml:19:48: error[shape/type]: an item of `from` must be a text, and this is a mapping",
        "small.yaml:19:71: error[shape/missing-key]: `by` needs a `party`",
        "small.yaml:19:76: error[shape/unknown-key]: `pary` has no meaning in `by`; did you mean `party`?",
        "small.yaml:19:98: error[shape/value]: `role` cannot be `handlr`, only one of: employee, handler, investigator, manager, management, registrar, secretary, auditor, data_protection, archivist; did you mean `handler`?",
        "small.yaml:20:118: error[shape/type]: `set` must be a text, and this is a number",
        "small.yaml:20:122: error[shape/missing-key]: an item of `all` needs a `set`",
        "small.yaml:20:123: error[shape/unknown-key]: `sett` has no meaning in an item of `all`; did you mean `set`?",
        "small.yaml:20:137: error[shape/missing-key]: an item of `all` needs a `at_least`",
        "small.yaml:20:167: error[shape/type]: `require` is empty: give it a value, or remove the key",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_field_counts_as_set_only_where_every_way_sets_it() {
    let child = (
        "  event: {type: text, title: Händelse}\n",
        "  event: {type: text, title: Händelse}\n  child: {type: yes_no, title: Barn}\n",
    );
    let close = "from: open, target: closed, by: {party: receiver, role: handler}";
    let guarded = |guard: &str| format!("{close}, when: {guard}");
    let other = "\n  - {id: drop, title: Lägg ner, from: open, target: closed, by: {party: receiver, role: handler}}\ndeadlines:";
    let receive = "from: sent, target: open, by: {party: receiver, role: handler}";
    let asked = format!("{receive}, ask: [child]");
    let required = format!("{receive}, require: [child]");
    let judge = |asking: &str, guard: &str| {
        found(&[child, (receive, asking), (close, &guarded(guard)), ("\ndeadlines:", other)])
    };
    let unset = ["21 data/maybe-unset"];
    let none: [&str; 0] = [];
    assert_eq!(judge(&asked, "{field: child, is: true}"), unset);
    assert_eq!(judge(&required, "{field: child, is: true}"), none);
    assert_eq!(
        judge(&format!("{required}, clears: [child]"), "{field: child, is: true}"),
        none,
        "what a step gives it does not clear"
    );
    assert_eq!(judge(&asked, "{not: {field: child, is: true}}"), unset);
    assert_eq!(judge(&asked, "{all: [{set: child}, {field: child, is: true}]}"), none);
    assert_eq!(judge(&asked, "{any: [{set: child}, {field: child, is: true}]}"), unset);
    assert_eq!(judge(&asked, "{any: [{not: {set: child}}, {field: child, is: true}]}"), none);
    assert_eq!(
        judge(&format!("{asked}, when: {{set: child}}"), "{field: child, is: true}"),
        none,
        "nobody comes there without"
    );
}

/// What the good twin of another class says once changed.
fn found_in(class: &str, changes: &[(&str, &str)]) -> Vec<String> {
    let class = CLASSES.iter().find(|known| known.id == class).unwrap();
    let mut text = std::fs::read_to_string(file_of(class, ".good.yaml")).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let (_, problems) = judged(&text);
    without_lock(&text, problems).iter().map(|problem| problem.rule().to_owned()).collect()
}

#[test]
fn nobody_is_told_of_a_case_that_they_may_not_know_of() {
    let none: [&str; 0] = [];
    let to = |at: &str, who: &str| {
        let (state, rest) = at.split_once(": {").unwrap();
        (at.to_owned(), format!("{state}: {{notify: {{to: {who}, mail: reminder}}, {rest}"))
    };
    let open = "open: {title: Öppet, turn: {party: receiver, role: handler}}";
    let closed = "closed: {title: Avslutat, final: closed}";
    let judge = |at: &str, who: &str| {
        let (old, new) = to(at, who);
        found_in("texts/recipient", &[(&old, &new)])
    };
    assert_eq!(judge("heard: {title", "{body: board}"), none);
    assert_eq!(judge(open, "{body: board}"), ["texts/recipient"], "not sent there yet");
    assert_eq!(judge(closed, "{body: board}"), none, "where it was, the end is told");
    assert_eq!(judge(closed, "[turn, {role: handler}]"), ["texts/recipient"], "nobody's turn");
    assert_eq!(judge(closed, "{role: handler}"), none);
    let late = ("receiver: {title: Mottagare}", "receiver: {title: Mottagare, sees_from: at_board}");
    let side = "{role: handler, party: receiver}";
    let judge_late = |at: &str| {
        let (old, new) = to(at, side);
        found_in("texts/recipient", &[late, (&old, &new)])
    };
    assert_eq!(judge_late("heard: {title"), none);
    assert_eq!(judge_late(open), ["texts/recipient"]);
    assert_eq!(judge_late(closed), none);
}

#[test]
fn what_another_case_raises_is_always_possible() {
    let none: [&str; 0] = [];
    let ended = |ids: &str| found_in("versions/from-case", &[("at_end: wake", &format!("at_end: {ids}"))]);
    assert_eq!(ended("{closed: [wake]}"), none);
    assert_eq!(ended("{closed: []}"), ["versions/from-case", "rights/raised-by"], "nothing wakes it");
    assert_eq!(ended("{closed: [wake, wake]}"), ["versions/never-first"]);
    let wake = "from: resting, target: open, by: {raised_by: case}";
    let guarded = (wake, &*format!("{wake}, when: {{happened: receive, at_least: 2}}"));
    assert_eq!(found_in("versions/from-case", &[guarded]), ["versions/from-case"], "it could rest for ever");
    let raises = |ids: &str, states: &str| {
        let changes = [("in: [open], raises: rest", &*format!("in: {states}, raises: {ids}"))];
        found_in("versions/from-case", &changes)
    };
    assert_eq!(raises("[rest]", "[open]"), none);
    assert_eq!(raises("[rest]", "[open, sent]"), ["versions/from-case"]);
}

#[test]
fn versions_rise_within_a_workflow() {
    let text = changed(&[]);
    let set = format!("#### workflows/small/1.yaml\n{text}\n#### workflows/small/2.yaml\n{text}");
    let (loaded, problems) = judged(&set);
    let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.rule()).collect();
    assert!(!loaded);
    assert_eq!(errors, ["versions/file-name", "versions/not-above"]);
}

#[test]
fn problems_are_told_as_text_and_as_json() {
    let (_, problems) = judged(&std::fs::read_to_string(file_of(CLASSES[0], ".yaml")).unwrap());
    let json = serde_json::to_value(&problems[0]).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["rule", "severity", "file", "line", "column", "message"]);
    assert_eq!(json["rule"], "source/yaml");
    assert_eq!(json["severity"], "error");
}

#[test]
fn nothing_that_a_digest_leaves_out_can_be_an_id() {
    for id in samsyn::workflow::digest::WORDS {
        let options = format!("event: {{type: choice, title: Val, options: {{{id}: {{title: Ett}}}}}}");
        let parts = format!(
            "event: {{type: record, title: Post, parts: {{a: {{type: record, title: A, parts: {{{id}: {{type: text, title: T}}}}}}}}}}"
        );
        for field in [options, parts] {
            let (loaded, problems) = judged(&changed(&[("event: {type: text, title: Händelse}", &field)]));
            assert!(
                !loaded && problems.iter().any(|problem| problem.rule() == "structure/reserved-id"),
                "{field}: {problems:?}"
            );
        }
    }
}

/// Who keeps people and roles takes part in no case: a file that names her role is refused as one that invents a role.
#[test]
fn no_file_names_the_administrator() {
    let text = std::fs::read_to_string("tests/it/workflow/bad/rights-undeclared-role.good.yaml").unwrap();
    for role in ["administrator", "king"] {
        let asked = text.replacen("manager", role, 2);
        assert_ne!(asked, text);
        let problems = load_alone("small.yaml", &asked).map(drop).unwrap_err();
        let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(told.iter().all(|problem| problem.contains(&format!("cannot be `{role}`"))), "{told:?}");
        assert!(!told.is_empty() && told.iter().all(|problem| !problem.contains("secretary, administrator")));
    }
}
