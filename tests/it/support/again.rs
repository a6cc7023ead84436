//! Decides again, by the engine of this program, what a log says was decided: out of nothing but the log itself, the texts
//! beside it, and the world of that day; and says what it decides otherwise.

use std::collections::{BTreeMap, BTreeSet};

use samsyn::authz::Actor;
use samsyn::calendar::Calendar;
use samsyn::ids::{CaseId, CaseNumber, DocumentId, PersonId};
use samsyn::store::{Db, StoreError, log};
use samsyn::workflow::bundle::Bundle;
use samsyn::workflow::case::{Case, field_of};
use samsyn::workflow::clock::recount;
use samsyn::workflow::context::{Acting, Agreements, Context, Organisation};
use samsyn::workflow::definition::{Definition, Field, FieldKind};
use samsyn::workflow::engine::{self, Begin, Command, Decided, Happened, Origin};
use samsyn::workflow::history::step_of;
use samsyn::workflow::input::{StoredText, referenced_text};
use samsyn::workflow::log::{Entry, Record, Room};
use samsyn::workflow::migration::{Around, Journey, migrate};
use samsyn::workflow::plan::LoadedPlan;
use samsyn::workflow::rejection::Rejection;
use samsyn::workflow::step::{Act, By, Change, Step};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The world on the day of a step.
pub struct World<'a> {
    pub organisation: &'a Organisation,
    pub agreements: &'a Agreements,
    pub calendar: &'a Calendar,
    pub plans: &'a [LoadedPlan],
}

/// Where a text stands: the room, the entry, the path in it.
type TextPlace = (String, u64, String);

/// The log of a case with its texts, as far as it is at hand.
pub struct Log {
    pub entries: Vec<Entry>,
    texts: BTreeMap<TextPlace, String>,
    rooms: BTreeSet<Room>,
}

impl Log {
    fn new(entries: Vec<Entry>, texts: impl Iterator<Item = (String, i64, String, Option<String>)>) -> Log {
        let there = |(room, n, path, text): (String, i64, String, Option<String>)| {
            Some(((room, u64::try_from(n).unwrap(), path), text?))
        };
        let rooms = entries.iter().map(|entry| entry.room.clone()).collect();
        Log { entries, texts: texts.filter_map(there).collect(), rooms }
    }

    /// All rooms of a case, out of the database.
    pub fn stored(db: &mut Db, id: &CaseId) -> Result<Log, StoreError> {
        let entries = log::all_entries(db, id)?.iter().map(|row| row.entry()).collect::<Result<_, _>>()?;
        let texts = log::all_texts(db, id)?.into_iter();
        Ok(Log::new(entries, texts.map(|row| (row.room, row.n, row.path, row.text))))
    }

    /// The rooms that a bundle holds.
    pub fn bundled(bundle: &Bundle) -> Log {
        let entries = bundle.entries.iter().map(|entry| serde_json::from_str(&entry.document).unwrap());
        let texts = bundle.texts.iter().cloned();
        Log::new(entries.collect(), texts.map(|text| (text.room, text.n, text.path, text.text)))
    }

    /// The entries of the shared room that are steps, with the steps.
    pub fn steps(&self) -> impl Iterator<Item = (&Entry, &Step)> {
        self.entries.iter().filter_map(|entry| Some((entry, step_of(entry)?)))
    }

    /// What was given with a step; none where a text of it was removed or its own room is not at hand.
    fn given(&self, definition: &Definition, entry: &Entry, step: &Step) -> Option<Map<String, Value>> {
        let form: Vec<_> = match definition.transition(&step.transition) {
            Some(transition) => transition.form().collect(),
            None => {
                let start = definition.start.iter().find(|start| start.id == step.transition)?;
                start.require.iter().chain(&start.ask).collect()
            }
        };
        let mut given = Map::new();
        for (key, value) in &step.data {
            given.insert(field_of(key).to_owned(), self.said(entry, key, value)?);
        }
        let own = step.by.principal().map(|principal| Room::Own(principal.clone()));
        let asks_for_own = form.iter().any(|name| definition.fields[*name].room.is_some());
        let Some(own) = own.filter(|_| asks_for_own) else { return Some(given) };
        if !self.rooms.contains(&own) {
            return None;
        }
        for beside in self.entries.iter().filter(|beside| beside.room == own) {
            if let Record::Particulars(particulars) = &beside.records
                && particulars.step == entry.n
            {
                for (key, value) in &particulars.data {
                    given.insert(key.clone(), self.said(beside, key, value)?);
                }
            }
        }
        Some(given)
    }

    /// Whether what this program would store of the texts, and in the acting principal's own room, is what is stored.
    fn holds_what_was_given(&self, entry: &Entry, decided: &Decided) -> Result<(), String> {
        self.holds_texts(entry, &decided.texts)?;
        let own = self.entries.iter().find_map(|beside| match &beside.records {
            Record::Particulars(particulars) if particulars.step == entry.n => Some((beside, &particulars.data)),
            _ => None,
        });
        let Some((beside, logged)) = own else {
            return if decided.own.data.is_empty() {
                Ok(())
            } else {
                Err("it would store more in the own room".to_owned())
            };
        };
        self.holds_texts(beside, &decided.own.texts)?;
        let data: BTreeMap<String, Value> = with_logged_digests(&decided.own.data, &decided.own.texts, beside);
        if data == *logged { Ok(()) } else { Err(format!("own room: was {logged:?} and would be {data:?}")) }
    }

    fn holds_texts(&self, entry: &Entry, texts: &[StoredText]) -> Result<(), String> {
        let place = |path: &str| (entry.room.to_string(), entry.n, path.to_owned());
        let differs = |stored: &&StoredText| self.texts.get(&place(&stored.path)) != Some(&stored.text);
        let other = texts.iter().find(differs);
        other.map_or(Ok(()), |stored| {
            Err(format!("the text {} would be stored otherwise: {}", stored.path, stored.text))
        })
    }

    /// A value with its texts in the place of their digests.
    fn said(&self, entry: &Entry, path: &str, value: &Value) -> Option<Value> {
        if referenced_text(value).is_some() {
            let text = self.texts.get(&(entry.room.to_string(), entry.n, path.to_owned()))?;
            return Some(Value::from(text.as_str()));
        }
        match value {
            Value::Object(map) => {
                let parts = map
                    .iter()
                    .map(|(name, part)| Some((name.clone(), self.said(entry, &format!("{path}.{name}"), part)?)));
                Some(Value::Object(parts.collect::<Option<_>>()?))
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items.map(|(at, item)| self.said(entry, &format!("{path}.{at}"), item)).collect::<Option<_>>()
            }
            plain => Some(plain.clone()),
        }
    }
}

/// How a case stood just before another grew out of it.
type Origins<'a> = &'a dyn Fn(&CaseNumber) -> Option<Case>;

/// What the engine of this program decides where the log has this step, told by the digests that the log has; none where
/// the log does not hold enough: a text was removed, the room is not at hand. An error says why it decides nothing. `before`
/// is the case before the step, with the definition under which it stood; `origin` answers with a case that another grows out
/// of, as it stood just before.
pub fn decide_again(
    world: &World,
    definition: &Definition,
    before: Option<(&Definition, &Case)>,
    (log, entry): (&Log, &Entry),
    origin: Origins,
) -> Option<Result<Step, String>> {
    let step = step_of(entry)?;
    let decided = match (before, step.act) {
        (Some(before), Act::Migration) => return Some(go_over_again(world, definition, before, step)),
        (Some((_, case)), Act::Recount) => return Some(count_again(world, definition, case, step)),
        (before, _) => by_engine(world, definition, before.map(|(_, case)| case), (log, entry), origin)?,
    };
    let decided = decided.map_err(|refused| format!("it refuses it: {refused:?}"));
    Some(decided.and_then(|decided| {
        log.holds_what_was_given(entry, &decided)?;
        Ok(as_logged(decided, entry, step))
    }))
}

/// Counts anew by the working days of the day.
fn count_again(world: &World, definition: &Definition, case: &Case, step: &Step) -> Result<Step, String> {
    let day = step.by.closing_day().ok_or("no day is named by which it counts anew")?;
    let counted = recount(definition, case, world.calendar, day, step.recorded);
    counted.ok_or_else(|| format!("nothing moves by {day}"))
}

/// Lets a case go over anew by the plan that its log names. What only stands in the way - something that is due, a digest,
/// what other cases wait for - is not asked again: it did not.
fn go_over_again(
    world: &World,
    new: &Definition,
    (old, case): (&Definition, &Case),
    step: &Step,
) -> Result<Step, String> {
    let migrated = step.migrated.as_ref().ok_or("it does not say by which plan the case went over")?;
    let plan = world.plans.iter().find(|plan| plan.digest == migrated.plan);
    let plan = plan.ok_or_else(|| format!("the plan with the digest {} is at hand no more", migrated.plan))?;
    let around = Around {
        now: step.recorded,
        calendar: world.calendar,
        by: step.by.clone(),
        due: false,
        in_digest: false,
        expected: Vec::new(),
        origins: Vec::new(),
    };
    let journey = Journey { plan, old, new, text: &migrated.text };
    migrate(&journey, case, &around).map_err(|obstacles| format!("it lets the case go over no more: {obstacles:?}"))
}

fn by_engine(
    world: &World,
    definition: &Definition,
    before: Option<&Case>,
    (log, entry): (&Log, &Entry),
    origin: Origins,
) -> Option<Result<Decided, Rejection>> {
    let step = step_of(entry)?;
    let given = log.given(definition, entry, step)?;
    let named = |kind: FieldKind| values_of(definition, &given, kind);
    let (cases, documents) = (named(FieldKind::Case), named(FieldKind::Documents));
    let cases = cases.into_iter().map(CaseNumber).collect();
    let documents = documents.into_iter().map(DocumentId).collect();
    let actor = actor(&step.by);
    let acting = match (&step.by, &actor) {
        (By::Deadline { deadline }, _) => Acting::Deadline(deadline),
        (By::Case { case, .. }, _) => Acting::Case(case),
        (By::Person { .. } | By::Calendar { .. }, actor) => Acting::Person(actor.as_ref()?),
    };
    let context = Context {
        now: step.recorded,
        acting,
        organisation: world.organisation,
        calendar: world.calendar,
        agreements: world.agreements,
        cases: &cases,
        documents: &documents,
        seed: [7; 32],
    };
    let happened = if step.happened == step.recorded { Happened::Now } else { Happened::At(step.happened) };
    match (before, step.act) {
        (None, _) => start(definition, &context, step, happened, (&given, origin)),
        (Some(case), Act::Withdrawal) => {
            Some(engine::withdraw_confirmation(definition, &context, case, &step.transition))
        }
        (Some(case), _) => {
            let command = Command { transition: &step.transition, happened, given: &given };
            Some(engine::decide(definition, &context, case, &command))
        }
    }
}

fn start(
    definition: &Definition,
    context: &Context,
    step: &Step,
    happened: Happened,
    (given, origin): (&Map<String, Value>, Origins),
) -> Option<Result<Decided, Rejection>> {
    let mut parties: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for party in step.parties.iter().filter(|party| party.change == Change::Joined) {
        parties.entry(party.side.clone()).or_default().push(party.principal.clone());
    }
    let origins = step.opened.as_ref()?.origins.iter();
    let origins = origins.map(|number| Some(Origin { number: number.clone(), case: origin(number)? }));
    let origins: Vec<_> = origins.collect::<Option<_>>()?;
    let begin = Begin { start: &step.transition, happened, parties: &parties, origins: &origins, given };
    Some(engine::start(definition, context, &begin))
}

/// The person with the seat in which she acted.
fn actor(by: &By) -> Option<Actor> {
    let By::Person { person, seat, on_behalf_of } = by else { return None };
    let mut actor = Actor::new(person.clone(), vec![seat.clone()]);
    let absent: BTreeSet<PersonId> = on_behalf_of.iter().cloned().collect();
    if !absent.is_empty() {
        actor.in_place_of.insert(seat.clone(), absent);
    }
    Some(actor)
}

/// The texts of all fields of a kind.
fn values_of(definition: &Definition, given: &Map<String, Value>, kind: FieldKind) -> Vec<String> {
    let of_kind = |field: &Field| field.kind == kind;
    let values = given.iter().filter(|(name, _)| definition.fields.get(*name).is_some_and(of_kind));
    let items = values.flat_map(|(_, value)| match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    });
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// A decided step with what only the recording of it could know: salts, the text of the definition, how another case ended.
fn as_logged(decided: Decided, entry: &Entry, logged: &Step) -> Step {
    let mut step: Step = with_logged_digests(&decided.step, &decided.texts, entry);
    if let (Some(opened), Some(logged)) = (&mut step.opened, &logged.opened) {
        opened.text.clone_from(&logged.text);
    }
    if let (By::Case { outcome, .. }, By::Case { outcome: logged, .. }) = (&mut step.by, &logged.by) {
        outcome.clone_from(logged);
    }
    step
}

/// What was decided, with the digests of its texts that the log has: this program threw other salts.
fn with_logged_digests<T: Serialize + DeserializeOwned>(decided: &T, texts: &[StoredText], entry: &Entry) -> T {
    let known = entry.texts();
    let mut text = serde_json::to_string(decided).unwrap();
    for stored in texts {
        if let Some(digest) = known.get(&stored.path) {
            text = text.replace(stored.digest().as_str(), digest.as_str());
        }
    }
    serde_json::from_str(&text).unwrap()
}

/// How much of a difference is told: the rest mostly follows from the first.
const TOLD: usize = 4;

/// What of a step is decided otherwise than the log has it: by its path, with both. Empty where nothing is.
pub fn difference(logged: &Step, decided: &Step) -> String {
    let mut found = Vec::new();
    let both = [logged, decided].map(|step| serde_json::to_value(step).unwrap());
    differ("", &both[0], &both[1], &mut found);
    let more = found.len().saturating_sub(TOLD);
    found.truncate(TOLD);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found.join("; ")
}

fn differ(path: &str, logged: &Value, decided: &Value, found: &mut Vec<String>) {
    match (logged, decided) {
        (Value::Object(was), Value::Object(is)) => {
            for key in was.keys().chain(is.keys().filter(|key| !was.contains_key(*key))) {
                let [was, is] = [was, is].map(|map| map.get(key).unwrap_or(&Value::Null));
                differ(&format!("{path}/{key}"), was, is, found);
            }
        }
        (Value::Array(was), Value::Array(is)) if was.len() == is.len() => {
            was.iter().zip(is).enumerate().for_each(|(at, (was, is))| differ(&format!("{path}/{at}"), was, is, found));
        }
        (was, is) if was == is => {}
        (was, is) => found.push(format!("{path} was {was} and would be {is}")),
    }
}
