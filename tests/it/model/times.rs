//! Time in scripts: a leap over weeks against the same weeks day by day, and a command at the very instant at which a
//! deadline runs out.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Barrier;

use chrono::Duration;
use samsyn::app::AppError;
use samsyn::app::cases::StepCommand;
use samsyn::clock::Timestamp;
use samsyn::ids::{CaseNumber, PersonId};
use samsyn::workflow::step::By;

use super::each_script;
use super::run::Run;
use super::script::Move;
use crate::support::again::Log;
use crate::support::cases::actor;
use crate::support::database::Database;
use crate::support::sql;

/// How many scripts are played for each of these.
const SCRIPTS: u32 = 2;
/// How far the leap goes.
const DAYS: i64 = 75;

fn played(script: &[Move]) -> Run {
    let mut run = Run::begin(Database::new());
    script.iter().for_each(|one| run.make(one));
    run.jobs();
    run
}

/// A run of a deadline, with the step and its repeat.
type Reminder = (String, u32, u32, u32);

/// The runs that go on, of each case.
fn running(run: &Run, number: &CaseNumber) -> BTreeSet<(String, u32)> {
    let case = &run.book.pages[number].stored.case;
    case.running().map(|(name, running)| (name.clone(), running.generation)).collect()
}

/// What was reminded of in these runs of a case.
fn reminded(run: &Run, number: &CaseNumber, runs: &BTreeSet<(String, u32)>) -> BTreeSet<Reminder> {
    let columns = "deadline || '|' || generation || '|' || step || '|' || round";
    let of = format!("from reminders join cases on cases.id = case_id where number = '{number}'");
    let rows = sql::lines(&run.test.app.store, &format!("select distinct {columns} as line {of}"));
    let reminder = |row: &String| {
        let part: Vec<_> = row.split('|').collect();
        let whole = |at: usize| part[at].parse::<u32>().unwrap();
        (part[0].to_owned(), whole(1), whole(2), whole(3))
    };
    let of_these = |(name, generation, ..): &Reminder| runs.contains(&(name.clone(), *generation));
    rows.iter().map(reminder).filter(of_these).collect()
}

/// The transitions that a case has made, each with whether a deadline raised it.
fn made(run: &Run, number: &CaseNumber) -> Vec<(String, bool)> {
    let id = &run.book.pages[number].stored.id;
    let log = run.test.app.store.read(|db| Log::stored(db, id)).unwrap();
    let steps = log.steps().map(|(_, step)| (step.transition.clone(), matches!(step.by, By::Deadline { .. })));
    steps.collect()
}

/// What runs out in a leap is recorded at its end, and what follows from it counts from there: of cases in which more than
/// one deadline runs out in these weeks nothing is compared.
#[test]
fn a_leap_over_weeks_ends_as_the_days_one_by_one_do() {
    let [ended, told, skipped] = [0, 0, 0].map(Cell::new);
    each_script(SCRIPTS, |script| {
        let script = [script, &CASES].concat();
        let [mut leap, mut daily] = [played(&script), played(&script)];
        let before: Vec<_> = leap
            .book
            .pages
            .keys()
            .map(|number| {
                let runs = running(&leap, number);
                let known = reminded(&leap, number, &runs);
                (number.clone(), (runs, known), made(&leap, number).len())
            })
            .collect();
        leap.make(&Move::Wait { hours: u16::try_from(24 * DAYS).unwrap(), down: false });
        (0..DAYS).for_each(|_| daily.make(&Move::Wait { hours: 24, down: false }));
        for (number, (runs, known), steps) in before {
            let ran_out = made(&daily, &number)[steps..].iter().filter(|(_, by_deadline)| *by_deadline).count();
            if ran_out > 1 {
                skipped.set(skipped.get() + 1);
                continue;
            }
            assert_eq!(made(&leap, &number), made(&daily, &number), "{number}");
            let reminded = [&leap, &daily].map(|run| reminded(run, &number, &runs));
            assert_eq!(reminded[0], reminded[1], "{number}");
            ended.set(ended.get() + ran_out);
            told.set(told.get() + reminded[0].difference(&known).count());
        }
    });
    println!("{} ran out, {} reminders, {} cases not compared", ended.get(), told.get(), skipped.get());
    assert!(ended.get() > 0 && told.get() > 0, "nothing was due in these weeks");
}

/// Cases with a deadline that raises something, at the end of a script: a dispute that waits for a position, and a matter.
const CASES: [Move; 2] = [Move::Open { kind: 2, who: 0, dice: 1 }, Move::Open { kind: 1, who: 0, dice: 1 }];

/// The next deadline that raises something, and a command that somebody could send at that instant: one that leads on.
fn duel(run: &mut Run) -> Option<(Timestamp, PersonId, StepCommand)> {
    let (end, number) = run.next_end()?;
    run.test.clock.set(end + Duration::microseconds(-1));
    run.jobs();
    let (who, step) = run.possible(&number, 0, 2)?;
    run.test.clock.set(end);
    let command = run.command(&number, &actor(&run.test.app, who.as_str()), &step.id, 1);
    Some((end, who, command))
}

#[test]
fn a_command_at_the_instant_of_a_deadline_comes_before_it_or_after_it() {
    let [raced, real] = [0, 0].map(Cell::new);
    each_script(SCRIPTS, |script| {
        let script = [script, &CASES].concat();
        let mut runs = [0, 1, 2].map(|_| played(&script));
        let duels: Vec<_> = runs.iter_mut().filter_map(duel).collect();
        let Some((_, who, command)) = duels.into_iter().next() else { return };
        let send = |run: &Run| match run.test.app.take_step(&actor(&run.test.app, who.as_str()), &command, None) {
            Ok(_) | Err(AppError::Rejected(_) | AppError::Stale { .. } | AppError::Forbidden) => {}
            Err(other) => panic!("{other:?}"),
        };
        let sweep = |run: &Run| assert_eq!(run.test.app.sweep_deadlines().unwrap().failed, 0);
        let [first, last, both] = &runs;
        send(first);
        sweep(first);
        sweep(last);
        send(last);
        let start = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| (start.wait(), send(both)));
            start.wait();
            sweep(both);
        });
        let [first, last, both] = [first, last, both].map(|run| made(run, &command.number));
        assert!(both == first || both == last, "{both:?} is neither {first:?} nor {last:?}");
        raced.set(raced.get() + 1);
        // Where both orders end alike the race decides nothing.
        real.set(real.get() + u32::from(first != last));
    });
    println!("{} races, {} of them with two ends", raced.get(), real.get());
    assert!(real.get() > 0, "no race in which both orders were possible");
}
