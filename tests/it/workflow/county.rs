//! The county's own times: other lengths, shorter or longer, of every time that no rule fixes, and nothing else; and what a
//! municipality may say beside them.

use samsyn::mail::TEMPLATES;
use samsyn::workflow::diff::{diff, markdown};
use samsyn::workflow::lock::Lock;
use samsyn::workflow::overlay;
use samsyn::workflow::{Environment, Problem, load_library, shipped};

use super::overlay::Bases;

/// A file about the lengths of times of `local-dispute@2`.
fn times(principal: &str, limits: &str) -> String {
    format!(
        "format: 1\nworkflow: local-dispute\nbase: 2\nprincipal: {principal}\nversion: 1\ntitle: Tider\nbasis: [D3]\n\
         limits:\n  {limits}\n"
    )
}

fn told(problems: Vec<Problem>) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// What is wrong with a file of the county's with this limit.
fn faults(limit: &str) -> String {
    let bases = Bases::new();
    let loaded = overlay::load("local-dispute/2+county-1.yaml", &times("county", limit), &bases.known, &bases.env());
    told(loaded.map_or_else(|problems| problems, |loaded| loaded.warnings))
}

#[test]
fn a_time_that_no_rule_fixes_becomes_longer_or_shorter_wherever_it_runs() {
    // At bodies' levels, where something follows from the end, of bodies and of courts; in weeks for days.
    for limit in [
        "network_level: {after: 3m, why: Vi.}",
        "council_level: {after: 1y, why: Vi.}",
        "agreement: {after: 45d, why: Vi.}",
        "agreement: {after: 13w, why: Vi.}",
        "judgment_noted: {after: 30wd, why: Vi.}",
        "schedule: {after: 3wd, why: Vi.}",
        "court: {after: 1y, why: Vi.}",
    ] {
        assert_eq!(faults(limit), "", "{limit}");
    }
}

#[test]
fn each_time_that_it_may_not_set_is_refused_with_why() {
    let limits = [
        "interim_for_child: {after: 3wd, why: Vi.}",
        "meeting: {after: 3wd, why: Vi.}",
        "agreement: {after: 60d, why: Vi.}",
        "agreement: {after: 2m, why: Vi.}",
        "agreement: {after: 0d, why: Vi.}",
        "agreement: {after: 45d, why: ' '}",
        "agrement: {after: 45d, why: Vi.}",
    ];
    insta::assert_snapshot!(limits.map(faults).concat(), @r"
    local-dispute/2+county-1.yaml:9:3: error[overlay/fixed]: `interim_for_child` rests on B8 (ska, lines 529-531): the agreement sets the time
    local-dispute/2+county-1.yaml:9:3: error[overlay/limit]: its day is that of a date that people give: there is no length to change
    local-dispute/2+county-1.yaml:9:22: error[overlay/limit]: 60d is neither shorter nor longer than 60d, in the same unit
    local-dispute/2+county-1.yaml:9:22: error[overlay/limit]: 2m is neither shorter nor longer than 60d, in the same unit
    local-dispute/2+county-1.yaml:9:22: error[overlay/limit]: 0d is neither shorter nor longer than 60d, in the same unit
    local-dispute/2+county-1.yaml:9:32: error[overlay/limit]: say where the length comes from
    local-dispute/2+county-1.yaml:9:3: error[overlay/unknown-name]: local-dispute@2 has no deadline `agrement`; did you mean `agreement`?
    ");
}

#[test]
fn reminders_for_which_a_shorter_time_has_no_room_fall_away_and_a_longer_one_keeps_all() {
    let bases = Bases::new();
    let reminders = |after: &str| {
        let text = times("county", &format!("agreement: {{after: {after}, why: Vi.}}"));
        let made = overlay::load("local-dispute/2+county-1.yaml", &text, &bases.known, &bases.env()).unwrap();
        made.definition.deadlines["agreement"].remind.iter().map(|step| step.at.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(reminders("2w"), ["-5wd", "-1wd"]);
    assert_eq!(reminders("120d"), ["-20wd", "-5wd", "-1wd"]);
}

#[test]
fn a_municipality_lies_over_the_countys_times_and_shortens_those() {
    let bases = Bases::new();
    let beside = |county: &str, falun: &str| {
        let others = shipped::FILES.iter().copied().filter(|(file, _)| !file.contains('+'));
        let own = [("local-dispute/2+falun-1.yaml", falun), ("local-dispute/2+county-1.yaml", county)];
        let lines = shipped::LOCK.1.lines().filter(|line| !line.contains('+'));
        let lock = Lock::read(shipped::LOCK.0, &lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        let files: Vec<_> = own.into_iter().chain(others).collect();
        load_library(&files, &Environment { templates: TEMPLATES, lock: &lock, ..bases.env() })
            .map(|library| library.definitions)
    };
    let county = times("county", "submit: {after: 8wd, why: Vi.}\n  network_level: {after: 3m, why: Vi.}");
    let falun = |version: u32, limit: &str| {
        times("falun", limit).replacen("version: 1", &format!("version: 1\ncounty: {version}"), 1)
    };
    let all = beside(&county, &falun(1, "submit: {after: 7wd, why: Vi.}")).unwrap();
    let made = all.iter().find(|it| it.definition.name() == "local-dispute@2+falun@1").unwrap();
    let after = |id: &str| made.definition.deadlines[id].after.unwrap().to_string();
    assert_eq!([after("submit"), after("network_level"), after("agreement")], ["7wd", "3m", "60d"]);
    assert_eq!(made.definition.local.as_ref().unwrap().county, Some(1));
    let refused = [
        (county.as_str(), falun(1, "submit: {after: 8wd, why: Vi.}")),
        (county.as_str(), falun(1, "submit: {after: 9wd, why: Vi.}")),
        (county.as_str(), falun(1, "network_level: {after: 2m, why: Vi.}")),
        (county.as_str(), falun(2, "submit: {after: 7wd, why: Vi.}")),
        (&county.replacen("version: 1", "version: 1\ncounty: 1", 1), times("falun", "submit: {after: 7wd, why: Vi.}")),
    ];
    let refused = refused.map(|(county, falun)| told(beside(county, &falun).err().unwrap()));
    insta::assert_snapshot!(refused.concat(), @r"
    local-dispute/2+falun-1.yaml:10:19: error[overlay/limit]: 8wd is not shorter than 8wd, in the same unit
    local-dispute/2+falun-1.yaml:10:19: error[overlay/limit]: 9wd is not shorter than 8wd, in the same unit
    local-dispute/2+falun-1.yaml:10:3: error[overlay/not-local]: `steering` is not within local management: it is the move of `steering` there
    local-dispute/2+falun-1.yaml:6:9: error[overlay/version]: there is no local-dispute@2+county@2: no such version of the county's own times
    local-dispute/2+county-1.yaml:6:9: error[overlay/county]: `county` is for a municipality's overlay: these are the county's own times
    ");
}

#[test]
fn the_example_is_told_as_what_it_changes_and_nothing_else() {
    let workflows = samsyn::app::Workflows::shipped(TEMPLATES).unwrap_or_else(|found| panic!("{found:?}"));
    let named = |name: &str| workflows.named(&name.parse().unwrap()).unwrap().definition.clone();
    let changes = diff(&named("local-dispute@2"), &named("local-dispute@2+county@1"));
    let told = markdown(&changes);
    let of_lengths = told.lines().filter(|line| line.starts_with('#') || line.contains("tiden ändras"));
    insta::assert_snapshot!(of_lengths.collect::<Vec<_>>().join("\n"), @r"
    # Tvist på lokal nivå: från version 2 till version 2 med länets egna tider (version 1)
    ## Flödet som helhet
    ## Tidsfrister
    - Tidsfristen ”Lösning mellan tjänsteledningarna”: tiden ändras från ”60 dagar” till ”45 dagar”. *Kräver en plan för pågående ärenden.*
    - Tidsfristen ”Länschefsnätverkets nivå”: tiden ändras från ”4 månader” till ”3 månader”. *Kräver en plan för pågående ärenden.*
    - Tidsfristen ”Välfärdsrådets nivå”: tiden ändras från ”4 månader” till ”6 månader”. *Kräver en plan för pågående ärenden.*
    ## Ord och hänvisningar
    ");
}
