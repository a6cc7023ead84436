//! Random cases by random people, every text marked with the case, the place and the room where it was written; then
//! everything that the server sends to anybody is searched for marks and numbers that she may not see. What she may see is
//! said here anew, in a few rules, and not taken from the tables that the server goes by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use samsyn::app::documents::DocumentCommand;
use samsyn::app::notes::NoteRoom;
use samsyn::app::view::TransitionView;
use samsyn::authz::Role;
use samsyn::calendar::local_date;
use samsyn::ids::{CaseNumber, IdSource, PersonId};
use samsyn::store::cases::{self, StoredCase};
use samsyn::store::people;
use samsyn::workflow::definition::{Definition, Field, FieldKind};
use serde_json::{Map, Value, json};

use crate::support::files::PDF;
use crate::support::sql;
use crate::support::values::{self, Values};

use super::api::{Api, BODIES, PLACES, ROLES, holder, secretary};
use super::browser::Browser;

const CASES: usize = 6;
const TRIES: usize = 520;
/// Of how many people it is asked what they can do, at each turn.
const ASKED: usize = 8;

/// Who may read a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Those of its principal who read the own room.
    Own,
    /// The parties.
    Shared,
    /// The parties, and the bodies that the case was sent to.
    ForBodies,
    /// Who wrote it.
    Draft(String),
}

/// A text that was written.
#[derive(Debug, Clone)]
struct Mark {
    words: String,
    number: String,
    /// The principal or the body of the writer.
    place: String,
    kind: Kind,
    /// How far the case had come.
    moment: usize,
}

/// How a case stood after each thing that was done to it.
#[derive(Default)]
struct Story {
    reporter: String,
    /// The principals that took part and knew of it, then and then.
    parties: Vec<BTreeSet<String>>,
    /// The units that it has been routed to.
    units: BTreeSet<String>,
    bodies: BTreeSet<String>,
    listed: bool,
}

struct Theatre<'a> {
    api: &'a Api,
    dice: IdSource,
    people: Vec<String>,
    stories: BTreeMap<String, Story>,
    /// How often each step of each case was tried.
    tried: BTreeMap<(String, String), usize>,
    marks: Vec<Mark>,
    documents: Vec<Document>,
    /// How often a step named one.
    carried: usize,
}

/// A document that was attached; its name stands in its content too.
struct Document {
    id: String,
    number: String,
    name: String,
    /// The principal that keeps it for itself.
    kept_by: Option<String>,
}

impl Theatre<'_> {
    fn roll(&self, sides: usize) -> usize {
        values::roll(&self.dice, sides)
    }

    fn definition(&self, workflow: &str) -> Definition {
        (*self.api.test.app.workflows.version(workflow, 1).unwrap().definition).clone()
    }

    /// Values for these fields, and the marks in them.
    fn fill(
        &self,
        definition: &Definition,
        form: &[&String],
        (person, number): (&str, &str),
    ) -> (Map<String, Value>, Vec<(String, Kind)>) {
        let place = person.split('/').next().unwrap();
        let units: Vec<_> =
            PLACES.iter().filter(|(home, _)| *home == place).map(|(_, unit)| (*unit).to_owned()).collect();
        let principals: Vec<_> = PLACES.iter().map(|(home, _)| (*home).to_owned()).collect();
        let may_pick = |document: &&Document| {
            document.number == number && document.kept_by.as_ref().is_none_or(|keeper| keeper == place)
        };
        let documents: Vec<_> = self.documents.iter().filter(may_pick).map(|document| document.id.clone()).collect();
        let mut marks = Vec::new();
        let mut data = Map::new();
        for name in form {
            let field = &definition.fields[*name];
            let kind = match (field.kind, field.room) {
                (_, Some(_)) => Kind::Own,
                (FieldKind::Statement, _) => Kind::ForBodies,
                _ if BODIES.contains(&place) => Kind::ForBodies,
                _ => Kind::Shared,
            };
            let words = format!("«{place} {name} {}»", self.roll(1_000_000_000));
            let text = |_: &Field| words.clone();
            let values = Values {
                dice: &self.dice,
                day: local_date(self.api.test.app.now()),
                principals: &principals,
                units: &units,
                case: "FALUN-2026-0001",
                documents: &documents,
                text: &text,
            };
            data.insert((*name).clone(), values.of(field));
            marks.push((words, kind));
        }
        (data, marks)
    }

    /// Somebody begins a case; the first is the region's, with Mora.
    fn begin(&mut self) {
        let workflow = ["deviation", "local-dispute", "regional-dispute", "tip"][self.stories.len() % 4];
        let definition = self.definition(workflow);
        let start = values::pick(&self.dice, &definition.start).clone();
        let form: Vec<_> = start.require.iter().chain(&start.ask).collect();
        let others: Vec<_> = definition.parties.keys().skip(1).collect();
        for _ in 0..60 {
            let (person, other) = match self.stories.is_empty() {
                true => (holder("region-dalarna", Role::Handler), "mora"),
                false => (values::pick(&self.dice, &self.people).clone(), values::pick(&self.dice, &PLACES).0),
            };
            let (data, marks) = self.fill(&definition, &form, (&person, ""));
            let parties: BTreeMap<_, _> = others.iter().map(|side| (side, [other])).collect();
            let body = json!({ "workflow": workflow, "start": start.id, "parties": parties, "data": data });
            let answer = self.api.post(&person, "/api/cases", &body).send();
            if answer.status == 201 {
                let number = answer.json()["number"].as_str().unwrap().to_owned();
                self.stories.insert(number.clone(), Story { reporter: person.clone(), ..Story::default() });
                return self.done(&number, &person, marks);
            }
        }
    }

    fn stored(&self, number: &str) -> StoredCase {
        self.api.test.app.store.read(|db| cases::by_number(db, &CaseNumber::from(number))).unwrap().unwrap()
    }

    /// Notes what was written, and how the case stands.
    fn done(&mut self, number: &str, person: &str, marks: Vec<(String, Kind)>) {
        let StoredCase { case, .. } = self.stored(number);
        let definition = self.definition(&case.workflow);
        let present = case.principals(None).filter(|party| definition.side_knows(&party.side, case.taken.keys()));
        let present: BTreeSet<String> = present.map(|party| party.principal.0.clone()).collect();
        let place = person.split('/').next().unwrap().to_owned();
        let story = self.stories.get_mut(number).unwrap();
        let moment = story.parties.len();
        story.parties.push(present);
        let routed = case.assigned.iter().flat_map(|routed| std::iter::once(&routed.lead).chain(&routed.also));
        story.units.extend(routed.map(|unit| unit.0.clone()));
        story.bodies.extend(case.sent_to.keys().map(|body| body.0.clone()));
        let yes = |party: &String| {
            let own = case.fields.get(&format!("listed@{party}"));
            own.is_some_and(|held| held.value == json!(true))
        };
        story.listed = story.parties[moment].iter().all(yes);
        let mark = |(words, kind)| Mark { words, number: number.to_owned(), place: place.clone(), kind, moment };
        self.marks.extend(marks.into_iter().map(mark));
    }

    /// Somebody does something that she may do.
    fn act(&mut self) {
        let numbers: Vec<_> = self.stories.keys().cloned().collect();
        let number = values::pick(&self.dice, &numbers).clone();
        if self.roll(8) == 0 {
            let person = values::pick(&self.dice, &self.people).clone();
            let room = *values::pick(&self.dice, &["own", "shared"]);
            let kind = if room == "own" { Kind::Own } else { Kind::Shared };
            if self.roll(2) == 0 {
                return self.attach(&person, &number, kind);
            }
            let words = format!("«{person} note {}»", self.roll(1_000_000_000));
            if self.api.note(&person, &number, room, &words).status == 201 {
                self.done(&number, &person, vec![(words, kind)]);
            }
            return;
        }
        let definition = self.definition(&self.stored(&number).case.workflow);
        let ends = |id: &str| {
            let target = &definition.transition(id).unwrap().target;
            definition.states.get(target).is_some_and(|state| state.outcome.is_some())
        };
        // Rather far than often: what leads to an end, or nowhere, seldom.
        let mut possible: Vec<(String, String)> = Vec::new();
        for _ in 0..ASKED {
            let person = values::pick(&self.dice, &self.people).clone();
            for step in self.possible(&person, &number) {
                possible.push((person.clone(), step.id));
            }
        }
        possible.retain(|(_, id)| !ends(id) || self.roll(40) == 0);
        possible.sort();
        // What was done least comes first, so that a case goes on instead of round and round.
        let times = |id: &String| self.tried.get(&(number.clone(), id.clone())).copied().unwrap_or(0);
        let Some(least) = possible.iter().map(|(_, id)| times(id)).min() else { return };
        let least: Vec<_> = possible.iter().filter(|(_, id)| times(id) == least).cloned().collect();
        let among = if self.roll(4) == 0 { possible } else { least };
        let (person, id) = values::pick(&self.dice, &among).clone();
        *self.tried.entry((number.clone(), id.clone())).or_default() += 1;
        self.take(&person, &number, &id, &json!({}));
    }

    /// Somebody takes a step, with these values and others at random.
    fn take(&mut self, person: &str, number: &str, step: &str, values: &Value) -> bool {
        let definition = self.definition(&self.stored(number).case.workflow);
        let form: Vec<_> = definition.transition(step).unwrap().form().collect();
        let (mut data, marks) = self.fill(&definition, &form, (person, number));
        data.extend(values.as_object().unwrap().clone());
        let taken = self.api.try_step(person, number, step, Value::Object(data.clone())).status == 200;
        if taken {
            self.done(number, person, marks);
            self.carry(number, &Value::Object(data).to_string());
        }
        taken
    }

    /// Somebody attaches a document, if she may.
    fn attach(&mut self, person: &str, number: &str, kind: Kind) {
        let place = person.split('/').next().unwrap().to_owned();
        let app = &self.api.test.app;
        let actor = app.actor(&PersonId::from(person)).unwrap();
        let mark = |what| format!("«{place} {what} {}»", self.roll(1_000_000_000));
        let (name, description) = (mark("document"), mark("description"));
        let room = if kind == Kind::Own { NoteRoom::Own } else { NoteRoom::Shared };
        let bytes = [PDF, name.as_bytes()].concat();
        let (of, told) = (CaseNumber::from(number), description.clone());
        let command = DocumentCommand { number: of.clone(), room, name: name.clone(), description: told, bytes };
        if app.attach_document(&actor, &command, None).is_err() {
            return;
        }
        let seen = app.case(&actor, &of).unwrap().documents;
        let id = seen.into_iter().find(|seen| seen.name.as_ref() == Some(&name)).unwrap().id.0;
        let kept_by = (kind == Kind::Own).then_some(place);
        self.documents.push(Document { id, number: number.to_owned(), name: name.clone(), kept_by });
        self.done(number, person, vec![(name, kind.clone()), (description, kind)]);
    }

    /// What a step names is read by whoever reads the step; what was said of it in its room is not.
    fn carry(&mut self, number: &str, given: &str) {
        let moment = self.stories[number].parties.len() - 1;
        for document in self.documents.iter().filter(|document| given.contains(&document.id)) {
            for mark in self.marks.iter_mut().filter(|mark| mark.words == document.name) {
                mark.moment = if mark.kind == Kind::Own { moment } else { mark.moment };
                mark.kind = Kind::ForBodies;
                self.carried += 1;
            }
        }
    }

    /// Lets the first case, of the region's, go from one receiver to another: chance seldom brings that about.
    fn redirect(&mut self) {
        let number = self.stories.keys().next().unwrap().clone();
        let (mora, region) = (holder("mora", Role::Handler), holder("region-dalarna", Role::Handler));
        let nothing = json!({});
        let next = json!({ "new_receiver": "falun" });
        let steps = [(&mora, "receive", &nothing), (&mora, "wrong_principal", &nothing), (&region, "redirect", &next)];
        for (person, step, values) in steps {
            assert!(self.take(person, &number, step, values), "{step}");
        }
    }

    /// What a person may do with a case now.
    fn possible(&self, person: &str, number: &str) -> Vec<TransitionView> {
        let app = &self.api.test.app;
        let day = local_date(app.now());
        let actor = app.store.read(|db| people::actor(db, &PersonId::from(person), day)).unwrap().unwrap();
        let mut steps = app.transitions(&actor, &CaseNumber::from(number)).unwrap_or_default();
        steps.retain(|step| step.enabled);
        steps
    }

    /// Whether somebody may read a text.
    fn may_read(&self, person: &str, mark: &Mark) -> bool {
        let (place, role) = person.split_once('/').unwrap();
        if let Kind::Draft(writer) = &mark.kind {
            return writer == person;
        }
        let story = &self.stories[&mark.number];
        if role == "secretary" {
            return mark.kind == Kind::ForBodies && story.bodies.contains(place);
        }
        // Whoever takes part after it was written, or did when it was.
        let present = story.parties[mark.moment..].iter().any(|parties| parties.contains(place));
        if !present || (mark.kind == Kind::Own && mark.place != place) {
            return false;
        }
        match role {
            "administrator" => false,
            "employee" => story.reporter == person && mark.kind != Kind::Own,
            "investigator" | "manager" => {
                PLACES.iter().any(|(home, unit)| *home == place && story.units.contains(*unit))
            }
            _ => true,
        }
    }

    /// Whether somebody may know that there is such a case.
    fn may_know(&self, person: &str, number: &str) -> bool {
        let (place, role) = person.split_once('/').unwrap();
        let story = &self.stories[number];
        match role {
            "secretary" => story.bodies.contains(place) || (story.listed && ["steering", "network"].contains(&place)),
            "administrator" => false,
            "employee" => story.reporter == person,
            "investigator" | "manager" => {
                PLACES.iter().any(|(home, unit)| *home == place && story.units.contains(*unit))
            }
            _ => story.parties.iter().any(|parties| parties.contains(place)),
        }
    }

    /// Everything that is sent to a person.
    fn sent_to(&self, person: &str) -> Vec<(String, String)> {
        let browser = Browser::signed_in(self.api, person);
        let mut pages: Vec<String> =
            ["/", "/board", "/register", "/me", "/?list=drafts", "/?list=done"].map(str::to_owned).into();
        pages.extend(["waiting", "overdue"].map(|list| format!("/?list={list}")));
        pages.extend(["organisation", "people", "workflows", "mails", "changes"].map(|page| format!("/admin/{page}")));
        let mut asked = vec!["/api/cases?limit=100".to_owned(), "/api/drafts".to_owned()];
        for number in self.stories.keys() {
            pages.extend(["", "/next"].map(|end| format!("/cases/{number}{end}")));
            asked.extend(["", "/timeline", "/transitions"].map(|end| format!("/api/cases/{number}{end}")));
            let steps = self.definition(&self.stored(number).case.workflow).transitions;
            let steps = (0..3).map(|_| values::pick(&self.dice, &steps).id.clone());
            pages.extend(steps.map(|step| format!("/cases/{number}/steps/{step}")));
        }
        pages.extend(self.documents.iter().map(|it| format!("/cases/{}/documents/{}", it.number, it.id)));
        let page = |address: String| {
            let answer = browser.get(&address);
            let own = if answer.status == 200 { String::new() } else { address.clone() };
            // The address itself says the number back; what is not there says nothing.
            (address, format!("{:?}{}", answer.headers, answer.body).replace(&own, ""))
        };
        let pages: Vec<_> = pages.into_iter().map(page).collect();
        let answers = asked.into_iter().map(|uri| {
            let answer = self.api.get(person, &uri);
            (uri, format!("{:?}{}", answer.headers, answer.body))
        });
        pages.into_iter().chain(answers).collect()
    }
}

fn everybody() -> Vec<String> {
    let holders = PLACES.iter().flat_map(|(place, _)| ROLES.map(|role: Role| holder(place, role)));
    holders.chain(BODIES.map(secretary)).collect()
}

fn plays(api: &Api, seed: u64) {
    let mut theatre = Theatre {
        api,
        dice: IdSource::seeded(seed),
        people: everybody(),
        stories: BTreeMap::new(),
        tried: BTreeMap::new(),
        marks: Vec::new(),
        documents: Vec::new(),
        carried: 0,
    };
    theatre.begin();
    theatre.redirect();
    while theatre.stories.len() < CASES {
        theatre.begin();
    }
    for _ in 0..TRIES {
        theatre.act();
        api.test.clock.advance(Duration::minutes(7));
    }
    for person in everybody() {
        let draft = format!("«draft of {person}»");
        let body =
            json!({ "workflow": "deviation", "start": "register", "content": { "data": { "what_happened": draft } } });
        if api.post(&person, "/api/drafts", &body).send().status == 201 {
            let number = theatre.stories.keys().next().unwrap().clone();
            theatre.marks.push(Mark {
                words: draft,
                number,
                place: String::new(),
                kind: Kind::Draft(person),
                moment: 0,
            });
        }
    }
    let (attached, carried) = (theatre.documents.len(), theatre.carried);
    assert!(attached > 5 && carried > 2, "seed {seed}: {attached} documents, carried {carried} times");
    assert!(theatre.marks.len() > 60, "seed {seed}: little was written: {}", theatre.marks.len());
    let (mut seen, mut found) = (0, Vec::new());
    let administrators = PLACES.map(|(place, _)| holder(place, Role::Administrator));
    for person in everybody().into_iter().chain(administrators) {
        for (address, sent) in theatre.sent_to(&person) {
            let marks = theatre.marks.iter().filter(|mark| sent.contains(&mark.words));
            for mark in marks {
                seen += 1;
                if !theatre.may_read(&person, mark) {
                    found.push(format!("{person} reads {mark:?} at {address}"));
                }
            }
            let numbers = theatre.stories.keys().filter(|number| sent.contains(number.as_str()));
            found.extend(
                numbers
                    .filter(|number| !theatre.may_know(&person, number))
                    .map(|number| format!("{person} learns of {number} at {address}")),
            );
        }
    }
    assert!(found.is_empty(), "seed {seed}: {}\n{}", found.len(), found[..found.len().min(10)].join("\n"));
    assert!(seen > 500, "seed {seed}: nobody reads anything: {seen}");
    let mails = sql::lines(&api.test.app.store, "select content as line from outbox");
    assert!(mails.iter().all(|mail| !mail.contains('«')), "seed {seed}: a mail holds what somebody wrote");
}

#[test]
fn nothing_that_anybody_wrote_reaches_whoever_may_not_read_it() {
    plays(&Api::new(), 1);
}
