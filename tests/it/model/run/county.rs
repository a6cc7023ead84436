//! What happens around the cases: time and the jobs, closing days, versions, migrations; and the end of a script.

use std::collections::BTreeSet;

use chrono::Duration;
use samsyn::app::administration::ClosingDayOrder;
use samsyn::app::migrations::Judged;
use samsyn::calendar::local_date;
use samsyn::clock::Timestamp;
use samsyn::ids::CaseNumber;
use samsyn::workflow::plan::{Plan, PlanVersion, Policy};

use super::super::book::{May, definition};
use super::{BEGIN, Run};
use crate::migration;
use crate::support::cases::{actor, publish};
use crate::support::people::COUNTY;
use crate::support::sql;

/// What Falun and the region have agreed locally.
const LOCAL: &str = "deviation@2+falun@1";

/// What is kept by a plan ends on the same day, and what it cancels does not run.
fn time_is_kept(plan: &Plan, judged: &Judged) {
    let Some(after) = &judged.after else { return };
    for was in &judged.before.deadlines {
        let said = &plan.deadlines[&was.id];
        let is = said.to.as_ref().and_then(|to| after.deadlines.iter().find(|deadline| deadline.id == *to));
        match said.policy {
            Policy::Keep => assert_eq!(is.map(|is| is.due), Some(was.due), "{}: {}", judged.case, was.id),
            Policy::Cancel => assert_eq!(is, None, "{}: {}", judged.case, was.id),
            Policy::Remaining | Policy::Restart => {}
        }
    }
}
impl Run {
    /// What each minute brings where the program runs.
    pub fn jobs(&mut self) {
        self.app().recount_deadlines().unwrap();
        self.done(May::Recount, "counted");
        let before = self.stand();
        let swept = self.app().sweep_deadlines().unwrap();
        assert_eq!(swept.failed, 0, "a deadline failed");
        self.done(May::RunOut, "swept");
        let after = self.stand();
        self.judge.swept(&self.test.app, &before, &after, &self.people, true);
        self.ran = self.app().now();
        self.book.swept(&self.test.app);
        *self.did.entry("ran out".to_owned()).or_default() += usize::try_from(swept.ran_out).unwrap();
        *self.did.entry("reminded".to_owned()).or_default() += usize::try_from(swept.reminded).unwrap();
        self.post();
    }

    /// When the next deadline runs out that raises something, and in which case.
    pub fn next_end(&self) -> Option<(Timestamp, CaseNumber)> {
        let ends = self.book.pages.iter().flat_map(|(number, page)| {
            let definition = definition(self.app(), &page.stored.definition);
            let raises = move |name: &String| definition.deadlines[name].then.is_some();
            let running = page.stored.case.running().filter(move |(name, running)| raises(name) && !running.ran_out);
            running.map(move |(_, running)| (running.runs_out, number.clone()))
        });
        ends.filter(|(end, _)| *end > self.app().now()).min()
    }

    pub(super) fn close(&mut self, days: u8) {
        let day = local_date(self.app().now()) + Duration::days(days.into());
        let order = ClosingDayOrder { day: Some(day), name: "klämdag".to_owned() };
        if self.app().add_closing_day(&actor(self.app(), COUNTY), &order).is_ok() {
            self.done(May::Nothing, "closed");
        }
    }

    pub(super) fn reopen(&mut self, which: u8) {
        let county = actor(self.app(), COUNTY);
        let known = self.app().closing_days(&county).unwrap();
        if known.is_empty() {
            return;
        }
        let day = known[usize::from(which) % known.len()].day;
        if self.app().take_back_closing_day(&county, day).is_ok() {
            self.done(May::Nothing, "opened again");
        }
    }

    pub(super) fn publish(&mut self, which: u8) {
        let workflow = ["deviation", "local-dispute", "matter", LOCAL][usize::from(which) % 4];
        match workflow == LOCAL {
            true if self.local => {}
            true => {
                publish(self.app(), "deviation", 2, |_| {}).unwrap();
                publish(self.app(), "deviation", 2, |order| order.version = LOCAL.parse().unwrap()).unwrap();
                self.local = true;
            }
            false => publish(self.app(), workflow, 2, |_| {}).unwrap(),
        }
        self.done(May::Nothing, &format!("published {workflow}"));
    }

    /// A dry run changes no case and says what the real one does; what does not go over is left as it is.
    pub(super) fn migrate(&mut self, plan: u8) {
        let plans = self.test.app.workflows.clone();
        let plan = &plans.plans()[usize::from(plan) % plans.plans().len()];
        let foreseen = migration::dry(self.app(), plan);
        self.done(May::Nothing, "foreseen");
        let judged = migration::real(self.app(), plan);
        let unchanged = |mut all: Vec<_>| {
            all.iter_mut().for_each(|one: &mut Judged| one.changed = false);
            all
        };
        let over: BTreeSet<_> = judged.iter().filter(|one| one.verdict == "ok").map(|one| one.case.clone()).collect();
        for one in &judged {
            self.note(&format!("migration {}", one.verdict));
        }
        judged.iter().for_each(|one| time_is_kept(&plan.plan, one));
        assert!(judged.iter().all(|one| !one.changed), "told as changed, a moment after the dry run");
        assert_eq!(unchanged(foreseen), unchanged(judged), "what was foreseen did not come");
        self.done(May::Migrate(&over), "went over");
        let version = |number| self.book.pages[number].stored.case.version;
        assert!(over.iter().all(|number| PlanVersion::Version(version(number)) == plan.plan.to));
    }

    /// At the end nothing is left to do, the whole log verifies, and so does what was told to whom.
    pub(super) fn end(&mut self) {
        let before = self.whole();
        assert_eq!(self.app().sweep_deadlines().unwrap(), Default::default());
        self.untouched(before, "a second sweep");
        assert_eq!(self.app().verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
        self.every_reminder_is_told();
        let from = local_date(BEGIN.parse().unwrap());
        let mut audit = self.app().audit_reminders(from, local_date(self.app().now())).unwrap();
        // What fell due while no job ran, and had its answer before one did.
        let was_down = |case: &CaseNumber, planned: Timestamp| {
            self.down.iter().any(|(of, ran, now)| of == case && *ran < planned && planned <= *now)
        };
        audit.missing.retain(|missing| !was_down(&missing.case, missing.planned));
        assert_eq!((audit.missing, audit.surplus, audit.not_raised), (vec![], vec![], vec![]));
        self.everything_leaves();
        self.book.compare(&self.test.app, May::Nothing, "the end");
        self.book.holds(&self.test.app);
        let count = |table: &str| sql::lines(&self.app().store, &format!("select '' as line from {table}")).len();
        let kept = [count("documents"), count("drafts"), count("commands")];
        assert_eq!(kept, [self.papers.len(), 0, self.sent.len()], "documents, drafts, commands");
        self.sight();
        self.papers_are_seen();
    }

    /// Whoever is noted as reminded has a mail: of that step, or of a later one that was noted with it. Asked of the rows
    /// themselves, for the audit is of the program.
    fn every_reminder_is_told(&self) {
        let of = "case_id || deadline || cast(generation as text) || person_id || cast(recorded_at as text)";
        let told = format!("select {of} from reminders where outbox_id is not null");
        let untold = format!(
            "select {of} as line from reminders
             where person_id <> '' and outbox_id is null and digest is null and {of} not in ({told})"
        );
        assert_eq!(sql::lines(&self.app().store, &untold), [""; 0]);
        let others = "select outbox.id as line from outbox join reminders on outbox_id = outbox.id
             where outbox.person_id <> reminders.person_id or outbox.case_id <> reminders.case_id";
        assert_eq!(sql::lines(&self.app().store, others), [""; 0]);
    }
}
