//! What lists are read from is what the cases, and who sees them, say: after every step, for everybody.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use samsyn::app::cases::Done;
use samsyn::app::shelves::Filling;
use samsyn::app::view::{CaseView, Filter, Page, Whose, Worklist};
use samsyn::app::{App, AppError, Workflows};
use samsyn::authz::Actor;
use samsyn::ids::{CaseNumber, PersonId};
use samsyn::mail::TEMPLATES;
use samsyn::store::lists::Row;
use samsyn::store::{cases, leases, lists};
use samsyn::workflow::digest::definition_digest;
use samsyn::workflow::{shipped, source};
use serde_json::{Value, json};

use crate::support::cases::{FALUN, RECEIVER, REGION, SENDER, actor, deviation, publish, raised, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

const SECRETARY: &str = "natverkssekreterare";

/// What somebody may try with any case; most is refused wherever it stands.
fn moves() -> Vec<(&'static str, &'static str, Value)> {
    let meeting = |what: &str| json!({what: "Dela lika.", "met_on": "2026-03-02", "rapporteur": "Sekreteraren", "present": "Alla", "stood_aside": "ingen"});
    let minutes = |what: &str| {
        let mut minutes = meeting(what);
        minutes
            .as_object_mut()
            .unwrap()
            .extend([("paragraph".to_owned(), json!("12")), ("dissent".to_owned(), json!("ingen"))]);
        minutes
    };
    let grounds = json!({"grounds": "Därför."});
    let redirect = |to: &str| json!({"new_receiver": to, "grounds": "Det är er fråga."});
    let answer = json!({"cause": "Rutinen brast.", "changes_needed": ["none"], "measures_taken": "Ny rutin.", "consequences": "Inga."});
    // Those that lead on stand often, those that end a case once.
    vec![
        (RECEIVER, "redirect", redirect("borlange")),
        ("mas-mora", "wrong_principal", grounds.clone()),
        (FALUN, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
        (FALUN, "approve_statement", json!({})),
        (RECEIVER, "receive", json!({})),
        (RECEIVER, "route", json!({"lead_unit": "psykiatri-falun"})),
        ("chef-psykiatri-falun", "pass_on", json!({"lead_unit": "psykiatri-mora", "grounds": "Där."})),
        ("chef-psykiatri-mora", "hand_back", grounds.clone()),
        (RECEIVER, "wrong_principal", grounds.clone()),
        ("mas-mora", "receive", json!({})),
        ("mas-mora", "route", json!({"lead_unit": "mora-socialpsykiatri"})),
        ("mas-mora", "wrong_principal", grounds.clone()),
        (RECEIVER, "redirect", redirect("mora")),
        (RECEIVER, "redirect", redirect("borlange")),
        (SENDER, "take_back", grounds.clone()),
        (SENDER, "add_facts", json!({"more_facts": "Det hände igen."})),
        (SENDER, "note_registry_number", json!({"registry_number": "SOC 2026/7"})),
        (RECEIVER, "note_registry_number", json!({"registry_number": "HSN 2026/9"})),
        (RECEIVER, "answer", answer),
        (SENDER, "close", json!({})),
        (REGION, "state_position", json!({"position": "Nej, ni."})),
        (FALUN, "propose_settlement", json!({"settlement": "Hälften var."})),
        (REGION, "confirm_settlement", json!({})),
        (FALUN, "await_committee", json!({"committee": "Nämnden", "committee_on": "2026-03-05"})),
        (SENDER, "write_statement", json!({"statement": "Vi är oense om kostnaden."})),
        (FALUN, "approve_statement", json!({})),
        (FALUN, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
        (SECRETARY, "propose_solution", meeting("solution_draft")),
        (SECRETARY, "put_to_parties", minutes("solution")),
        (FALUN, "not_cleared_up", grounds.clone()),
        (FALUN, "withdraw", grounds),
        (FALUN, "note_registry_number", json!({"registry_number": "KS 2026-88"})),
    ]
}

/// The shelves of a case as they are kept, and as they are where nothing was kept before.
fn shelves(app: &App, number: &CaseNumber) -> (Vec<Row>, Vec<Row>) {
    let both: Result<_, AppError> = app.store.read(|db| {
        let stored = cases::by_number(db, number)?.unwrap();
        let known = app.workflows.of(db, &stored.definition)?;
        Ok((lists::of_case(db, &stored.id)?, app.shelves(db, &known, &stored, &[])?))
    });
    both.unwrap()
}

/// A few cases of several kinds, one of which the person has waited for long.
fn begun(app: &App) -> Vec<Done> {
    let mut waited = raised("region-dalarna", &[]);
    waited.given.insert("waiting_since".to_owned(), json!("2025-10-01"));
    let mut to_mora = deviation("Ingen kom.");
    to_mora.parties = [("receiver".to_owned(), vec!["mora".into()])].into();
    vec![
        register(app),
        app.register(&actor(app, FALUN), &waited, None).unwrap(),
        register(app),
        app.register(&actor(app, RECEIVER), &to_mora, None).unwrap(),
        sent_to_network(app),
    ]
}

/// A dispute that has come to the network.
fn sent_to_network(app: &App) -> Done {
    up_to_network(app, app.register(&actor(app, FALUN), &raised("region-dalarna", &[]), None).unwrap())
}

fn up_to_network(app: &App, done: Done) -> Done {
    let steps = [
        (REGION, "state_position", json!({"position": "Nej, ni."})),
        (SENDER, "write_statement", json!({"statement": "Vi är oense om kostnaden."})),
        (FALUN, "approve_statement", json!({})),
        (FALUN, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
    ];
    steps.into_iter().fold(done, |done, (who, transition, given)| take(app, who, &done, transition, given).unwrap())
}

/// Everybody who could see anything of it.
fn people(app: &App) -> Vec<Actor> {
    let people = [
        SENDER,
        RECEIVER,
        FALUN,
        REGION,
        SECRETARY,
        "mas-mora",
        "mas-borlange",
        "chef-psykiatri-falun",
        "chef-psykiatri-mora",
        "registrator-falun",
        "chef-mora-socialpsykiatri",
    ];
    people.map(|person| app.actor(&PersonId::from(person)).unwrap()).into()
}

/// The same list back from its end, page by page: what stood before, up to the first page.
fn walk_back(app: &App, actor: &Actor, filter: &Filter, last: Page, forth: &[CaseNumber]) {
    let numbers = |page: &Page| page.cases.iter().map(|case| case.number.clone()).collect::<Vec<_>>();
    let mut end = forth.len() - last.cases.len();
    let mut previous = last.previous;
    while let Some(place) = previous {
        let page = app.list_cases(actor, filter, Some(&place), 2).unwrap();
        let first = page.previous.is_none();
        assert_eq!(numbers(&page), if first { &forth[..2] } else { &forth[end - 2..end] }, "{filter:?} before {end}");
        assert!(page.next.is_some(), "where she came from");
        end = end.saturating_sub(2);
        previous = page.previous;
    }
    assert_eq!(end, 0, "{filter:?}");
}

fn listed(app: &App, actor: &Actor, filter: &Filter) -> BTreeSet<CaseNumber> {
    let mut listed = BTreeSet::new();
    let mut forth = Vec::new();
    let mut after = None;
    loop {
        // Few at a time, so that a page ends where another shelf's begins.
        let page = app.list_cases(actor, filter, after.as_ref(), 2).unwrap();
        for case in &page.cases {
            assert!(listed.insert(case.number.clone()), "{} is twice in a list", case.number);
            forth.push(case.number.clone());
        }
        match &page.next {
            Some(next) => after = Some(next.clone()),
            // An empty page, after one that only might go on, has no place to go back from.
            None if page.cases.is_empty() => break,
            None => break walk_back(app, actor, filter, page, &forth),
        }
    }
    assert_eq!(app.count_cases(actor, filter, 1_000).unwrap(), listed.len(), "{filter:?}");
    if !listed.is_empty() {
        assert_eq!(app.count_cases(actor, filter, 1).unwrap(), 1);
    }
    listed
}

/// Each list holds what reading every case would find.
fn compare(app: &App, all: &[Done]) {
    for actor in people(app) {
        let seen: Vec<CaseView> = all.iter().filter_map(|done| app.case(&actor, &done.number).ok()).collect();
        let of = |holds: &dyn Fn(&CaseView) -> bool| -> BTreeSet<CaseNumber> {
            seen.iter().filter(|case| holds(case)).map(|case| case.number.clone()).collect()
        };
        assert_eq!(listed(app, &actor, &Filter::default()), of(&|_| true), "{}", actor.person);
        for workflow in ["deviation", "local-dispute"] {
            let filter = Filter { workflow: Some(workflow.into()), ..Filter::default() };
            assert_eq!(listed(app, &actor, &filter), of(&|case| case.workflow == workflow));
        }
        for state in ["received", "investigating", "returned_to_sender", "steering", "local"] {
            let filter = Filter { state: Some(state.into()), ..Filter::default() };
            assert_eq!(listed(app, &actor, &filter), of(&|case| case.state.id == state), "{}: {state}", actor.person);
        }
        let shows = |case: &CaseView, number: &str| {
            case.fields.iter().any(|field| field.field == "registry_number" && field.value == number)
        };
        for number in ["SOC 2026/7", "HSN 2026/9", "KS 2026-88", "KS 2026-8"] {
            let filter = Filter { registry_number: Some(number.into()), ..Filter::default() };
            let found = app.list_cases(&actor, &filter, None, 100).unwrap().cases;
            let found: BTreeSet<_> = found.into_iter().map(|case| case.number).collect();
            assert_eq!(found, of(&|case| shows(case, number)), "{}: {number}", actor.person);
        }
        let to_do = listed(app, &actor, &Worklist::ToDo.filter(Whose::Mine, app.now()));
        // Where all parties have the move, one that has made its own has nothing to do, though it may still act.
        assert!(to_do.is_subset(&of(&|case| case.my_turn)), "{}", actor.person);
        let of_deviations = of(&|case| case.workflow == "deviation");
        let mine = of(&|case| case.workflow == "deviation" && case.my_turn);
        assert_eq!(to_do.intersection(&of_deviations).cloned().collect::<BTreeSet<_>>(), mine, "{}", actor.person);
        for whose in app.worklists(&actor).into_iter().map(|offer| offer.whose) {
            let lists = [Worklist::ToDo, Worklist::Waiting, Worklist::Done];
            let [to_do, waiting, done] = lists.map(|list| listed(app, &actor, &list.filter(whose, app.now())));
            assert!(to_do.is_disjoint(&waiting) && done.is_disjoint(&to_do) && done.is_disjoint(&waiting));
            let late = listed(app, &actor, &Worklist::Overdue.filter(whose, app.now()));
            assert!(late.is_subset(&of(&|case| case.deadlines.iter().any(|deadline| deadline.overdue))));
        }
    }
}

#[test]
fn the_shelves_are_what_the_cases_say_after_any_steps() {
    let moves = moves();
    let steps = proptest::collection::vec((0..5usize, 0..moves.len()), 60..70);
    let taken = RefCell::new(BTreeSet::new());
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 6, max_shrink_iters: 0, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let outcome = runner.run(&steps, |steps| {
        let test = TestApp::at("2026-03-02T08:00:00Z");
        let app = &test.app;
        let mut all = begun(app);
        for (n, (case, first)) in steps.into_iter().enumerate() {
            // The first that is not refused, from a random one on.
            let (before, after) = moves.split_at(first);
            let tried = after.iter().chain(before);
            let mut done = tried.filter_map(|(who, transition, given)| {
                let done = take(app, who, &all[case], transition, given.clone()).ok()?;
                taken.borrow_mut().insert(*transition);
                Some((*transition, done))
            });
            if let Some((transition, done)) = done.next() {
                let (kept, made) = shelves(app, &done.number);
                prop_assert_eq!(kept, made, "after {} of {}", transition, done.number);
                all[case] = done;
            }
            if n % 20 == 19 {
                test.clock.advance(chrono::Duration::days(20));
                app.sweep_deadlines().unwrap();
                for done in &mut all {
                    let (kept, made) = shelves(app, &done.number);
                    prop_assert_eq!(kept, made);
                }
                for done in &mut all {
                    let sees = people(app).into_iter().find_map(|actor| app.case(&actor, &done.number).ok());
                    done.revision = sees.unwrap().revision;
                }
            }
        }
        compare(app, &all);
        Ok(())
    });
    outcome.unwrap();
    let wanted = ["redirect", "route", "pass_on", "hand_back", "note_registry_number", "withdraw", "propose_solution"];
    let taken = taken.into_inner();
    assert!(wanted.iter().all(|step| taken.contains(step)), "only {taken:?} was ever taken");
}

#[test]
fn a_database_that_an_older_version_has_filled_is_put_on_shelves() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let all = begun(&test.app);
    take(&test.app, RECEIVER, &all[0], "receive", json!({})).unwrap();
    let before: Vec<_> = all.iter().map(|done| shelves(&test.app, &done.number).0).collect();
    sql::execute(&test.app.store, "delete from lists").unwrap();
    assert_eq!(test.app.fill_shelves().unwrap(), Filling::Done(all.len()));
    assert_eq!(all.iter().map(|done| shelves(&test.app, &done.number).0).collect::<Vec<_>>(), before);
    assert_eq!(test.app.fill_shelves().unwrap(), Filling::Done(0));
    // Somebody emptied them by hand.
    sql::execute(&test.app.store, "delete from lists").unwrap();
    assert_eq!(test.app.fill_shelves().unwrap(), Filling::Done(all.len()));
}

#[test]
fn what_a_process_that_died_has_put_on_shelves_stays_and_the_next_goes_on() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let all = begun(&test.app);
    let kept = || all.iter().map(|done| shelves(&test.app, &done.number).0).collect::<Vec<_>>();
    let before = kept();
    let lease = |until: chrono::Duration| {
        let now = test.app.now();
        test.app.store.write(|db| leases::take(db, "fill-shelves", "another", None, now, now + until)).unwrap()
    };
    // Another process has begun, and got as far as one case.
    let first = &all[0].number;
    let others = format!("delete from lists where case_id not in (select id from cases where number = '{first}')");
    sql::execute(&test.app.store, &others).unwrap();
    assert!(lease(chrono::Duration::minutes(1)));
    let half = sql::lines(&test.app.store, "select case_id as line from lists order by 1");
    assert_eq!(test.app.fill_shelves().unwrap(), Filling::Elsewhere);
    assert_eq!(sql::lines(&test.app.store, "select case_id as line from lists order by 1"), half);
    // It died. When its lease is out, the next one fills the rest.
    test.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(test.app.fill_shelves().unwrap(), Filling::Done(all.len() - 1));
    assert_eq!(kept(), before);
    assert_eq!(test.app.fill_shelves().unwrap(), Filling::Done(0));
}

#[test]
fn two_processes_that_start_at_once_put_each_case_there_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let all = begun(&test.app);
    let before: Vec<_> = all.iter().map(|done| shelves(&test.app, &done.number).0).collect();
    sql::execute(&test.app.store, "delete from lists").unwrap();
    let begin = std::sync::Barrier::new(4);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let start = || {
            begin.wait();
            test.app.fill_shelves().unwrap()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let filled = outcomes.iter().map(|outcome| if let Filling::Done(some) = outcome { *some } else { 0 });
    assert_eq!(filled.sum::<usize>(), all.len(), "{outcomes:?}");
    assert_eq!(all.iter().map(|done| shelves(&test.app, &done.number).0).collect::<Vec<_>>(), before);
}

#[test]
fn whoever_has_waited_longest_stands_first_but_not_for_a_body() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let plain = app.register(&actor(app, FALUN), &raised("region-dalarna", &[]), None).unwrap();
    test.clock.advance(chrono::Duration::hours(1));
    let mut waited = raised("region-dalarna", &[]);
    waited.given.insert("waiting_since".to_owned(), json!("2025-10-01"));
    let waited = app.register(&actor(app, FALUN), &waited, None).unwrap();
    for done in [&plain, &waited] {
        up_to_network(app, done.clone());
    }
    let order = |who: &str| {
        let cases = app.list_cases(&actor(app, who), &Filter::default(), None, 10).unwrap().cases;
        cases.into_iter().map(|case| (case.number, case.waiting_since.to_string()[..10].to_owned())).collect::<Vec<_>>()
    };
    let day = |day: &str| day.to_owned();
    // Midnight in Sweden is two hours before that of UTC in October.
    let parties = [(waited.number.clone(), day("2025-09-30")), (plain.number.clone(), day("2026-03-02"))];
    assert_eq!(order(FALUN), parties);
    assert_eq!(order(SECRETARY), [(plain.number, day("2026-03-02")), (waited.number, day("2026-03-02"))]);
}

#[test]
fn a_list_that_grows_between_two_pages_shows_each_case_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let one = |_| {
        test.clock.advance(chrono::Duration::seconds(1));
        register(app).number
    };
    let mut all: Vec<_> = (0..5).map(one).collect();
    let sender = actor(app, SENDER);
    let first = app.list_cases(&sender, &Filter::default(), None, 3).unwrap();
    all.extend((0..3).map(one));
    let second = app.list_cases(&sender, &Filter::default(), first.next.as_ref(), 3).unwrap();
    let third = app.list_cases(&sender, &Filter::default(), second.next.as_ref(), 3).unwrap();
    let pages = [first.cases, second.cases, third.cases].concat();
    assert_eq!(pages.into_iter().map(|case| case.number).collect::<Vec<_>>(), all);
    assert_eq!(third.next, None);
}

/// A dispute in whose file the parties say how urgent it is, as the shipped ones do not.
fn with_urgency() -> Workflows {
    let (_, text) = shipped::FILES.iter().find(|(name, _)| name.contains("local-dispute")).unwrap();
    let text = text
        .replacen("\nversion: 1\n", "\nversion: 9\n", 1)
        .replacen(
            "\nfields:\n",
            "\nfields:\n  urgency:\n    type: choice\n    title: Hur bråttom?\n    source: ours\n    \
             options: {normal: {title: Normalt}, urgent: {title: Brådskande}}\n",
            1,
        )
        .replacen("ask: [interim,", "ask: [urgency, interim,", 1)
        .replacen("fields: [interim]}", "fields: [interim, urgency]}", 1);
    let name = "workflows/local-dispute/9.yaml";
    let digest = definition_digest(&source::read(name, &text).root.unwrap().to_json());
    let lock = format!("{}local-dispute@9: {{digest: \"{digest}\", final: true}}\n", shipped::LOCK.1);
    let files: Vec<_> = shipped::FILES.iter().copied().chain([(name, text.as_str())]).collect();
    Workflows::read(&files, shipped::RULES, (shipped::LOCK.0, &lock), TEMPLATES).unwrap()
}

/// What the parties say of a dispute is theirs: a body, which reads the statement that was made for it, sees no urgency, neither
/// in its list nor by asking for urgent ones.
#[test]
fn how_urgent_a_dispute_is_no_body_is_told() {
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.workflows = Arc::new(with_urgency());
    let app = &test.app;
    publish(app, "local-dispute", 9, |_| {}).unwrap();
    let mut urgent = raised("region-dalarna", &[]);
    urgent.given.insert("urgency".to_owned(), json!("urgent"));
    let done = app.register(&actor(app, FALUN), &urgent, None).unwrap();
    up_to_network(app, done);
    let listed = |who: &str, urgent: Option<bool>| {
        let filter = Filter { urgent, ..Filter::default() };
        let cases = app.list_cases(&actor(app, who), &filter, None, 10).unwrap().cases;
        cases.into_iter().map(|case| case.urgent).collect::<Vec<_>>()
    };
    assert_eq!((listed(FALUN, None), listed(FALUN, Some(true))), (vec![true], vec![true]));
    assert_eq!((listed(SECRETARY, None), listed(SECRETARY, Some(true))), (vec![false], vec![]));
    assert_eq!(listed(SECRETARY, Some(false)), [false]);
}

#[test]
fn a_list_out_of_several_ranges_is_walked_back_as_it_was_walked() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    // Open ones and ended ones are two ranges; what is looked for is rare in both.
    let to_mora = [0, 1, 2, 9, 13, 14];
    for n in 0..15 {
        test.clock.advance(chrono::Duration::minutes(1));
        let receiver = if to_mora.contains(&n) { "mora" } else { "falun" };
        let mut new = deviation("Ingen kom.");
        new.parties = [("receiver".to_owned(), vec![receiver.into()])].into();
        let done = app.register(&actor(app, RECEIVER), &new, None).unwrap();
        if n < 6 {
            take(app, RECEIVER, &done, "take_back", json!({"grounds": "Dubbelt."})).unwrap();
        }
    }
    let filter = Filter { principal: Some("mora".into()), ..Filter::default() };
    assert_eq!(listed(app, &actor(app, RECEIVER), &filter).len(), to_mora.len());
}
