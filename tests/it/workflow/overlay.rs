//! Overlays: what a local agreement may say is laid over its base, and what it may not is refused, all of it at once, each at its
//! line.

use std::collections::BTreeSet;

use samsyn::mail::TEMPLATES;
use samsyn::workflow::lock::Lock;
use samsyn::workflow::overlay::classes::CLASSES;
use samsyn::workflow::overlay::{self, is_overlay};
use samsyn::workflow::plan::is_plan;
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Environment, Loaded, Problem, load, load_library, load_set, shipped};

use super::readme;

const OVERLAY: &str = "format: 1
workflow: deviation
base: 2
principal: falun
version: 1
title: Lokalt i Falun
basis: [A6]
fields:
  own: {type: text, title: Eget, basis: [A6]}
options:
  category: {options: {night: {title: Natt, group: division}}}
forms:
  register: {ask: [own]}
transitions:
  - {id: consult, title: Samråd, from: [received], target: stay, by: {party: any, role: handler}, require: [own], basis: [A6]}
limits:
  answer: {after: 45d, why: Vi är snabbare.}
deadlines:
  consulted: {title: Samråd, while: [received], when: {not: {set: own}}, after: 5wd, remind: [{at: 0d, to: turn}, {at: 1wd, to: {role: management}}], basis: [A6]}
";

/// What tests of overlays are made of: the rules, and the versions that are built in.
pub struct Bases {
    rules: Rules,
    lock: Lock,
    pub known: Vec<Loaded>,
}

impl Bases {
    pub fn new() -> Bases {
        let rules = Rules::read(shipped::RULES.0, shipped::RULES.1).unwrap();
        // Without the overlay that is built in, whose name those of these tests have.
        let lines = shipped::LOCK.1.lines().filter(|line| !line.contains('+'));
        let lock = Lock::read(shipped::LOCK.0, &lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        let files: Vec<_> = shipped::FILES.iter().copied().filter(|(file, _)| !is_overlay(file)).collect();
        let env = Environment { rules: &rules, templates: TEMPLATES, calendars: &["swedish"], lock: &lock };
        let files: Vec<_> = files.into_iter().filter(|(file, text)| !is_plan(file, text)).collect();
        let known = load_set(&files, &env).unwrap();
        Bases { rules, lock, known }
    }

    pub fn env(&self) -> Environment<'_> {
        Environment { rules: &self.rules, templates: TEMPLATES, calendars: &["swedish"], lock: &self.lock }
    }

    fn load(&self, text: &str) -> Result<Loaded, Vec<Problem>> {
        overlay::load("deviation/2+falun-1.yaml", text, &self.known, &self.env())
    }

    /// What is wrong with an overlay: class and line.
    fn found(&self, text: &str) -> Vec<(&'static str, usize)> {
        let problems = self.load(text).map(|loaded| loaded.warnings).unwrap_or_else(|problems| problems);
        problems.iter().map(|problem| (problem.rule(), problem.position.line)).collect()
    }
}

fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(OVERLAY.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// Changes of the overlay, and the class and line of what is wrong then.
type Case = (&'static [(&'static str, &'static str)], &'static str, usize);

#[test]
fn each_class_of_faults_is_found_where_it_is() {
    const DISPUTE: (&str, &str) = ("workflow: deviation", "workflow: local-dispute");
    let cases: &[Case] = &[
        (&[("format: 1", "format: 2")], "overlay/format", 1),
        (&[("workflow: deviation", "workflow: deviatoin")], "overlay/version", 2),
        (&[("base: 2", "base: 7")], "overlay/version", 3),
        (&[("version: 1", "version: 0")], "overlay/version", 5),
        (&[("Lokalt i Falun", "'  '")], "overlay/ground", 6),
        (&[("basis: [A6]", "basis: []")], "overlay/ground", 7),
        // What the agreement fixes, with its rule: the choice of A3, the form on what B8 says of a child.
        (
            &[(
                "category: {options: {night: {title: Natt, group: division}}}",
                "changes_needed: {options: {x: {title: X}}}",
            )],
            "overlay/fixed",
            11,
        ),
        (
            &[("category: {options: {night: {title: Natt, group: division}}}", "sex: {options: {x: {title: X}}}")],
            "overlay/fixed",
            11,
        ),
        (&[DISPUTE, ("register: {ask", "raise: {ask")], "overlay/fixed", 13),
        (&[DISPUTE, ("answer: {after", "interim_for_child: {after")], "overlay/fixed", 17),
        (&[("  category:", "  categry:")], "overlay/unknown-name", 11),
        (&[("  register:", "  regsiter:")], "overlay/unknown-name", 13),
        (&[("  answer: {after", "  anwser: {after")], "overlay/unknown-name", 17),
        (&[("  own: {type", "  urgency: {type: text, title: X}\n  own: {type")], "overlay/shadows", 9),
        (&[("night:", "no_plan:")], "overlay/shadows", 11),
        (&[("{options: {night", "{groups: {sip: {title: X}}, options: {night")], "overlay/shadows", 11),
        (&[("id: consult", "id: register")], "overlay/shadows", 15),
        (&[("  consulted: {title", "  answer: {title")], "overlay/shadows", 19),
        (&[DISPUTE, ("from: [received]", "from: [network]")], "overlay/not-local", 15),
        (&[DISPUTE, ("from: [received]", "from: [network_reply]")], "overlay/not-local", 15),
        (&[("from: [received]", "from: [received, noted]")], "overlay/not-local", 15),
        (&[DISPUTE, ("answer: {after: 45d", "council_level: {after: 3m")], "overlay/not-local", 17),
        (&[DISPUTE, ("while: [received]", "while: [presidium]")], "overlay/not-local", 19),
        (&[("{at: 0d, to: turn}", "{at: 0d, to: {body: network}}")], "overlay/not-local", 19),
        (&[("{type: text, title: Eget", "{type: proposal, title: Eget")], "overlay/field", 9),
        (&[("{type: text, title: Eget", "{type: date, dates_step: true, title: Eget")], "overlay/field", 9),
        (&[("  category: {options", "  grounds: {options")], "overlay/options", 11),
        (&[("{ask: [own]}", "{ask: [grounds]}")], "overlay/form", 13),
        (&[DISPUTE, ("register: {ask", "time_is_up: {ask")], "overlay/form", 13),
        // What follows from the end of a time, by whose values something goes, and what leads on to a body.
        (&[DISPUTE, ("answer: {after: 45d", "judgment_noted: {after: 1wd")], "overlay/fixed", 17),
        (
            &[(
                "category: {options: {night: {title: Natt, group: division}}}",
                "urgency: {options: {soon: {title: Snart}}}",
            )],
            "overlay/options",
            11,
        ),
        (
            &[(
                "category: {options: {night: {title: Natt, group: division}}}",
                "severity: {options: {none: {title: Ingen}}}",
            )],
            "overlay/options",
            11,
        ),
        (&[DISPUTE, ("register: {ask", "escalate: {require")], "overlay/not-local", 13),
        (
            &[("{type: text, title: Eget", "{type: case, title: Eget"), ("{ask: [own]}", "{require: [own]}")],
            "overlay/form",
            13,
        ),
        (&[("{at: 0d, to: turn}", "{at: 0d, to: turn, mail: ends_by_itself}")], "overlay/step", 19),
        (&[("{at: 0d, to: turn}", "{at: 0d, to: turn, repeat: {every: 1wd, times: 300}}")], "overlay/deadline", 19),
        (&[("after: 45d", "after: 60d")], "overlay/limit", 17),
        (&[("after: 45d", "after: 61d")], "overlay/limit", 17),
        (&[("after: 45d", "after: 9w")], "overlay/limit", 17),
        (&[("after: 45d", "after: 1m")], "overlay/limit", 17),
        (&[("after: 45d", "after: 0d")], "overlay/limit", 17),
        (&[("answer: {after", "group_meeting: {after")], "overlay/limit", 17),
        (&[("Vi är snabbare.", "' '")], "overlay/limit", 17),
        // No text of a file names a person, whoever reads it.
        (&[("Vi är snabbare.", "Som för 811218-9876.")], "texts/personal-number", 17),
        (&[("Lokalt i Falun", "Lokalt 19811218-9876")], "texts/personal-number", 6),
        (&[("title: Eget", "title: Eget, help: Som 811218-9876")], "texts/personal-number", 9),
        (&[("{title: Natt,", "{title: '8112189876',")], "texts/personal-number", 11),
        (&[("target: stay", "target: closed")], "overlay/step", 15),
        (&[("by: {party: any, role: handler}", "by: {raised_by: deadline}")], "overlay/step", 15),
        (&[("target: stay", "target: stay, kind: decision")], "overlay/step", 15),
        (&[("target: stay", "target: stay, effects: [{extend: answer, to: new_due}]")], "overlay/step", 15),
        (&[("target: stay", "target: stay, declines: lesson")], "overlay/step", 15),
        (&[("target: stay", "target: stay, of: lesson")], "overlay/step", 15),
        (&[("require: [own]", "require: [own, findings]")], "overlay/step", 15),
        (&[("target: stay", "target: stay, clears: [need_now]")], "overlay/step", 15),
        (&[("after: 5wd", "after: 5wd, then: close")], "overlay/deadline", 19),
        (&[("after: 5wd", "after: 5wd, pause: {longest: 5d}")], "overlay/deadline", 19),
        // What the two would be together is judged like any file, at the line of the overlay that would make it so.
        (&[("basis: [A6]", "basis: [A66]")], "texts/unknown-rule", 7),
        (&[("register: {ask", "route_without_more: {require")], "rights/machine-input", 13),
        (&[("register: {ask: [own]}", "register: {ask: [own], require: [own]}")], "data/field-twice", 13),
        (&[("group: division", "group: divison")], "data/options", 11),
        (&[("role: handler}, require", "role: secretary}, require")], "rights/undeclared-role", 15),
        (&[("  own: {type", "  lost: {type: text, title: X}\n  own: {type")], "data/unused-field", 9),
        (&[("id: consult,", "id: urgency,")], "structure/duplicate-id", 15),
        (&[("principal: falun", "principal: Falun")], "shape/value", 4),
        (&[("principal: falun", "principal: county")], "overlay/county", 8),
        (&[("format: 1", "format: 1\nstates: {here: {title: Här}}")], "shape/unknown-key", 2),
    ];
    let bases = Bases::new();
    let (mut seen, mut missed) = (BTreeSet::new(), Vec::new());
    for (changes, class, line) in cases {
        let found = bases.found(&changed(changes));
        if !found.contains(&(*class, *line)) {
            missed.push(format!("{changes:?}: {class} at {line}: {found:?}"));
        }
        seen.insert(*class);
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    // Elsewhere: a longer time beside the county's own.
    seen.extend(["overlay/file-name", "overlay/longer"]);
    let all: BTreeSet<_> = CLASSES.iter().map(|class| class.id).collect();
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn what_touches_the_agreement_is_refused_with_the_rule_and_the_place() {
    let text = changed(&[
        ("workflow: deviation", "workflow: local-dispute"),
        ("options:\n  category: {options: {night: {title: Natt, group: division}}}\n", ""),
        ("register: {ask", "raise: {ask"),
        ("from: [received]", "from: [local]"),
        ("answer: {after", "interim_for_child: {after"),
        ("while: [received]", "while: [local]"),
    ]);
    let problems = Bases::new().load(&text).unwrap_err();
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    deviation/2+falun-1.yaml:11:3: error[overlay/fixed]: `raise` rests on B8 (ska, lines 529-531): the agreement says what it takes
    deviation/2+falun-1.yaml:15:3: error[overlay/fixed]: `interim_for_child` rests on B8 (ska, lines 529-531): the agreement sets the time
    deviation/2+falun-1.yaml:15:3: error[overlay/not-local]: `steering` is not within local management: it is the move of `steering` there
    deviation/2+falun-1.yaml:15:30: error[overlay/limit]: 45d is not shorter than 5wd, in the same unit
    ");
}

#[test]
fn an_overlay_that_adds_is_laid_over_its_base_and_nothing_else_changes() {
    let bases = Bases::new();
    let made = bases.load(OVERLAY).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(made.warnings, []);
    assert_eq!(made.definition.name(), "deviation@2+falun@1");
    let base = &bases.known.iter().find(|known| known.definition.name() == "deviation@2").unwrap().definition;
    let mut without = made.definition.clone();
    without.local = None;
    without.basis.pop();
    without.fields.shift_remove("own");
    without.fields["category"].options.shift_remove("night");
    without.start[0].ask.pop();
    without.start[0].sections.pop();
    without.transitions.pop();
    without.deadlines.shift_remove("consulted");
    let answer = &mut without.deadlines["answer"];
    assert_eq!(answer.after.unwrap().to_string(), "45d");
    *answer = base.deadlines["answer"].clone();
    assert_eq!(&without, base);
    // Its text is a definition by itself, with the same digest.
    let reread = load("kept", &made.text, &bases.env()).unwrap();
    assert_eq!((reread.digest, reread.definition), (made.digest, made.definition));
}

#[test]
fn reminders_fall_away_for_which_a_shorter_limit_has_no_room() {
    let bases = Bases::new();
    let reminders = |after: &str| {
        let made = bases.load(&changed(&[("45d", after)])).unwrap();
        made.definition.deadlines["answer"].remind.iter().map(|step| step.at.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(reminders("45d"), ["-20wd", "-5wd", "0d", "1wd", "5wd", "5wd"]);
    assert_eq!(reminders("2w"), ["-5wd", "0d", "1wd", "5wd", "5wd"]);
}

#[test]
fn the_example_of_the_page_lies_over_its_question() {
    let blocks = readme::blocks();
    let block = |kind: &str| blocks.iter().find(|(says, ..)| *says == kind).unwrap().2.as_str();
    let rules = Rules::read("rules.yaml", &format!("{}\n{}", shipped::RULES.1, block("yaml rules"))).unwrap();
    let lock = Lock::default();
    let env = Environment { rules: &rules, templates: TEMPLATES, calendars: &["swedish"], lock: &lock };
    let base = load("question/1.yaml", block("yaml workflow"), &env).unwrap();
    let made = overlay::load("question/1+falun-1.yaml", block("yaml overlay"), &[base], &env);
    assert_eq!(made.unwrap().warnings, []);
}

#[test]
fn words_change_no_digest_and_everything_else_does() {
    let bases = Bases::new();
    let digest = |changes: &[(&str, &str)]| bases.load(&changed(changes)).unwrap().digest;
    let first = digest(&[]);
    assert_eq!(
        digest(&[
            ("Lokalt i Falun", "Falun lokalt"),
            ("Vi är snabbare.", "Så har vi sagt."),
            ("title: Eget", "title: Egen")
        ]),
        first
    );
    for change in [
        ("version: 1", "version: 2"),
        ("principal: falun", "principal: mora"),
        ("45d", "44d"),
        ("ask: [own]", "require: [own]"),
    ] {
        assert_ne!(digest(&[change]), first, "{change:?}");
    }
}

#[test]
fn a_folder_names_each_overlay_and_its_lock_keeps_it() {
    let bases = Bases::new();
    let judged = |file: &str, text: &str, lock: &str| {
        let lock = Lock::read(shipped::LOCK.0, lock).unwrap();
        let env = Environment { lock: &lock, ..bases.env() };
        let others = shipped::FILES.iter().copied().filter(|(file, _)| !file.contains("+falun"));
        let files: Vec<_> = others.chain([(file, text)]).filter(|(file, _)| !file.is_empty()).collect();
        let library = load_library(&files, &env);
        let problems = library.map(|it| it.definitions.into_iter().flat_map(|one| one.warnings).collect::<Vec<_>>());
        problems.unwrap_or_else(|problems| problems).iter().map(|problem| problem.rule()).collect::<Vec<_>>()
    };
    let (file, text) = shipped::FILES.iter().copied().find(|(file, _)| is_overlay(file)).unwrap();
    let lock = shipped::LOCK.1;
    assert_eq!(judged(file, text, lock), [] as [&str; 0]);
    assert_eq!(judged("workflows/deviation/2+mora-1.yaml", text, lock), ["overlay/file-name"]);
    assert_eq!(judged(file, &text.replace("45d", "44d"), lock), ["versions/final-changed"]);
    let draft: String = lock.lines().filter(|line| !line.contains("+falun")).map(|line| format!("{line}\n")).collect();
    assert_eq!(judged(file, text, &draft), ["versions/lock-stale"]);
    assert_eq!(judged("", "", lock), ["versions/final-missing"]);
    let opened =
        |line: &str| if line.starts_with("deviation@2:") { line.replace("true", "false") } else { line.to_owned() };
    let over_draft: String = lock.lines().map(|line| format!("{}\n", opened(line))).collect();
    assert_eq!(judged(file, text, &over_draft), ["overlay/version"]);
    // What an overlay makes is no file.
    let made = bases.load(text).unwrap().text;
    assert!(judged("workflows/deviation/3.yaml", &made, &draft).contains(&"versions/file-name"));
}
