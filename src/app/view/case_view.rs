//! One case, as far as the reader may see it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::agreement::AgreementView;
use super::deadlines::{self, DeadlineView};
use super::documents::{self, DocumentView};
use super::ladder::{Rung, ladder};
use super::links::{LinkView, links};
use super::mentions::Mentions;
use super::products::{ProductView, products};
use super::timeline::sights;
use super::with_texts;
use crate::app::access::{self, Access, Reach};
use crate::app::reads::{ReadOf, Receipt};
use crate::app::workflows::Known;
use crate::app::world::World;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PrincipalId};
use crate::store::log::StoredEntry;
use crate::store::organisation::AgreementRow;
use crate::store::{Db, log, organisation};
use crate::workflow::case::{Case, field_of, replay};
use crate::workflow::definition::{ANY_PARTY, By, Definition, Local, State};
use crate::workflow::log::{Entry, Record, Room};
use crate::workflow::permission;
use crate::workflow::reading::Sight;

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CaseView {
    /// Its number.
    pub number: CaseNumber,
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// What one municipality and the region have agreed locally, where the case goes by that.
    pub local: Option<Local>,
    /// The workflow's title.
    pub title: String,
    /// Where it stands.
    pub state: StateView,
    /// Whose move it is, in Swedish.
    pub turn: Option<String>,
    /// Whether it is the reader's.
    pub my_turn: bool,
    /// The ladder that a dispute climbs, lowest rung first.
    pub ladder: Vec<Rung>,
    /// Its revision: what If-Match is compared with.
    pub revision: u64,
    /// When it was opened, UTC.
    pub opened: Timestamp,
    /// When it came to its state, UTC.
    pub since: Timestamp,
    /// For how many days it has been open.
    pub waiting_days: i64,
    /// The version of the agreement in force when it was opened.
    pub agreement: Option<AgreementView>,
    /// The one in force when what it is about happened, where that is known: by it the case is judged.
    pub judged_by: Option<AgreementView>,
    /// The sides.
    pub parties: Vec<PartyView>,
    /// What it holds, in the order of the form.
    pub fields: Vec<FieldView>,
    /// What is computed of them.
    pub products: Vec<ProductView>,
    /// The deadlines that run.
    pub deadlines: Vec<DeadlineView>,
    /// Confirmations that wait for others.
    pub confirmations: Vec<ConfirmationView>,
    /// Linked cases that the reader may know of.
    pub links: Vec<LinkView>,
    /// The documents that the reader may see.
    pub documents: Vec<DocumentView>,
    /// The rooms that the reader may read.
    pub rooms: Vec<String>,
    /// The outcome, once it has ended.
    pub outcome: Option<String>,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StateView {
    /// The state.
    pub id: String,
    /// Its title.
    pub title: String,
}

impl StateView {
    pub(super) fn new(id: &str, state: Option<&State>) -> Self {
        StateView { id: id.to_owned(), title: state.map_or(id, |state| state.title.as_str()).to_owned() }
    }
}

/// A principal on a side.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PartyView {
    /// The side.
    pub side: String,
    /// The side's title.
    pub title: String,
    /// The principal.
    pub principal: PrincipalId,
    /// Its name.
    pub name: String,
    /// Whether it has left the case.
    pub former: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldView {
    /// The field.
    pub field: String,
    /// The principal whose own it is, where each has its own.
    pub principal: Option<PrincipalId>,
    /// Its title.
    pub title: String,
    /// The value; a removed text is `{"removed": true}`.
    pub value: Value,
    /// The entry of the shared room that gave it.
    pub entry: u64,
}

/// Confirmations of a joint step that wait for others.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConfirmationView {
    /// The transition.
    pub transition: String,
    /// Its title.
    pub title: String,
    /// The principals that have confirmed.
    pub confirmed: Vec<PrincipalId>,
    /// Those that have not.
    pub waiting_for: Vec<PrincipalId>,
}

impl App {
    /// A case, as far as the actor may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn case(&self, actor: &Actor, number: &CaseNumber) -> Result<CaseView, AppError> {
        self.case_read_as(actor, number, &ReadOf::Case)
    }

    /// The same, where it is not the actor herself who reads it.
    ///
    /// # Errors
    /// Those of [`App::case`].
    pub fn case_read_as(&self, actor: &Actor, number: &CaseNumber, what: &ReadOf) -> Result<CaseView, AppError> {
        let receipt = self.note_read(actor, number, what)?;
        let now = self.now();
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            self.shown(db, actor, &look, now, &receipt)
        })
    }

    /// What a view of a case is made of, at one moment.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where the actor may not know of it.
    pub(super) fn look(&self, db: &mut Db, actor: &Actor, number: &CaseNumber) -> Result<Look, AppError> {
        let access = access::open(db, actor, number)?;
        let (known, case) = self.within_reach(db, &access)?;
        Ok(Look { access, known, case })
    }

    /// The case of a look.
    pub(super) fn shown(
        &self,
        db: &mut Db,
        actor: &Actor,
        look: &Look,
        now: Timestamp,
        receipt: &Receipt,
    ) -> Result<CaseView, AppError> {
        let Look { access, known, case } = look;
        let fields = fields(self, db, actor, look, receipt)?;
        let names = organisation::names(db)?;
        let links = links(db, actor, access)?;
        let documents = documents::views(self, db, actor, access, (look, receipt))?;
        let definitions = (known.definition.as_ref(), self.workflows.base(known));
        let deadlines = deadlines::views(definitions, case, visible_keys(self, db, access)?.as_ref(), now);
        let world = World::load(self, db, &known.definition, now)?;
        let turn = known.definition.states.get(&case.state).and_then(|state| state.turn.as_ref());
        let mine = |by: &By| {
            let context = world.context(self, actor, now);
            permission::seats(&known.definition, &context, Some(case), actor, by).next().is_some()
        };
        let my_turn = !matches!(access.reach, Reach::Until(_)) && turn.is_some_and(mine);
        let agreements = organisation::agreements(db)?;
        Ok(view(look, Parts { fields, deadlines, names, links, documents, agreements, my_turn }, now))
    }

    /// The case as the actor may know it, and its definition: for those of a former party, as it stood when it left them, under the
    /// version that it had then.
    pub(in crate::app) fn within_reach(&self, db: &mut Db, access: &Access) -> Result<(Known, Case), AppError> {
        if !matches!(access.reach, Reach::Until(_)) {
            return Ok((self.workflows.of(db, &access.stored.definition)?, access.stored.case.clone()));
        }
        let rows = log::entries(db, &access.stored.id, &Room::Shared, 1)?;
        let mut entries = rows.iter().map(StoredEntry::entry).collect::<Result<Vec<_>, _>>()?;
        entries.retain(|entry| access.reach.extends_to(entry.n));
        let definitions = self.workflows.definitions(db, &entries)?;
        let case = definitions.steps(&entries).and_then(replay);
        let case = case.map_err(|broken| AppError::Internal(broken.to_string()))?.ok_or(AppError::NotFound)?;
        let last = entries.last().ok_or(AppError::NotFound)?;
        Ok((self.workflows.of(db, &last.definition)?, case))
    }
}

/// A case as far as an actor sees it, at one moment.
pub(super) struct Look {
    /// What she sees of it.
    pub access: Access,
    /// Its workflow, in the version that it has for her.
    pub known: Known,
    /// As she may know it.
    pub case: Case,
}

/// What a view is made of, besides the case.
struct Parts {
    fields: Vec<FieldView>,
    deadlines: Vec<DeadlineView>,
    names: BTreeMap<String, String>,
    links: Vec<LinkView>,
    documents: Vec<DocumentView>,
    agreements: Vec<AgreementRow>,
    my_turn: bool,
}

fn view(look: &Look, parts: Parts, now: Timestamp) -> CaseView {
    let (Look { access, case, .. }, definition) = (look, &look.known.definition);
    let state = definition.states.get(&case.state);
    let own_rooms = access.own_rooms.iter().map(|sight| sight.room.to_string());
    let mut rooms: Vec<_> = std::iter::once(Room::Shared.to_string()).chain(own_rooms).collect();
    rooms.dedup();
    let (agreement, judged_by) = AgreementView::of(case, &parts.agreements);
    CaseView {
        number: access.stored.number.clone(),
        workflow: case.workflow.clone(),
        version: case.version,
        local: definition.local.clone(),
        title: definition.title.clone(),
        state: StateView::new(&case.state, state),
        turn: state.and_then(|state| state.turn.as_ref()).map(|by| turn(definition, case, by, &parts.names)),
        my_turn: parts.my_turn,
        ladder: ladder(look),
        revision: case.revision,
        opened: case.opened,
        since: case.since,
        waiting_days: (local_date(now) - local_date(case.opened)).num_days(),
        agreement,
        judged_by,
        parties: parties(definition, case, &parts.names),
        products: products(definition, &parts.fields),
        fields: parts.fields,
        deadlines: parts.deadlines,
        confirmations: confirmations(definition, access, case),
        links: parts.links,
        documents: parts.documents,
        rooms,
        outcome: case.outcome.clone(),
    }
}

/// Whose move it is, by the name of the principal where it is one side's.
fn turn(definition: &Definition, case: &Case, by: &By, names: &BTreeMap<String, String>) -> String {
    let By::Party(party) = by else { return permission::in_swedish(definition, by) };
    let roles: Vec<_> = party.role.iter().map(|role| role.title()).collect();
    let side = Some(party.party.as_str()).filter(|side| *side != ANY_PARTY);
    let whose =
        case.principals(side).map(|party| names.get(party.principal.as_str()).unwrap_or(&party.principal.0).clone());
    format!("{} hos {}", roles.join("/"), whose.collect::<Vec<_>>().join(" eller "))
}

fn parties(definition: &Definition, case: &Case, names: &BTreeMap<String, String>) -> Vec<PartyView> {
    let title = |side: &str| definition.parties.get(side).map_or(side, |party| party.title.as_str()).to_owned();
    let views = case.parties.iter().map(|party| PartyView {
        side: party.side.clone(),
        title: title(&party.side),
        principal: party.principal.clone(),
        name: names.get(party.principal.as_str()).unwrap_or(&party.principal.0).clone(),
        former: party.until_entry.is_some(),
    });
    views.collect()
}

/// Who has confirmed what, and who has not. That is between the parties: a body sees none.
fn confirmations(definition: &Definition, access: &Access, case: &Case) -> Vec<ConfirmationView> {
    if matches!(access.reach, Reach::Bodies(_)) {
        return Vec::new();
    }
    let views = case.confirmations.iter().filter_map(|(id, confirmations)| {
        let transition = definition.transition(id)?;
        let side = transition.joint().and_then(|each| each.side.as_deref());
        let waiting = case.principals(side).map(|party| party.principal.clone());
        Some(ConfirmationView {
            transition: id.clone(),
            title: transition.title.clone(),
            confirmed: confirmations.by.keys().cloned().collect(),
            waiting_for: waiting.filter(|principal| !confirmations.by.contains_key(principal)).collect(),
        })
    });
    views.collect()
}

/// The values that the reader may see, in the order of the file. A body sees those that stand in entries that it sees.
fn fields(app: &App, db: &mut Db, actor: &Actor, look: &Look, receipt: &Receipt) -> Result<Vec<FieldView>, AppError> {
    let (access, case, definition) = (&look.access, &look.case, &look.known.definition);
    let mut mentions = Mentions::of(actor);
    let texts = receipt.texts(db, &Room::Shared)?;
    let visible = visible_keys(app, db, access)?;
    let mut views = Vec::new();
    for (name, field) in &definition.fields {
        let of_field = case.fields.iter().filter(|(key, _)| field_of(key) == name);
        for (key, held) in of_field {
            let place = held.place(key);
            if visible.as_ref().is_some_and(|visible| !visible.contains(&place)) {
                continue;
            }
            let value = with_texts(&held.value, held.entry, &place.1, &texts);
            let Some(value) = mentions.kept(db, Some(field), value)? else { continue };
            views.push(FieldView {
                field: name.clone(),
                principal: key.split_once('@').map(|(_, principal)| PrincipalId::from(principal)),
                title: field.label().to_owned(),
                value,
                entry: held.entry,
            });
        }
    }
    Ok(views)
}

/// Entries and the keys of values that they gave.
pub(in crate::app) type Visible = BTreeSet<(u64, String)>;

/// The entries and keys that a body sees; none for whoever sees all.
pub(in crate::app) fn visible_keys(app: &App, db: &mut Db, access: &Access) -> Result<Option<Visible>, AppError> {
    if !matches!(access.reach, Reach::Bodies(_)) {
        return Ok(None);
    }
    let rows = log::entries(db, &access.stored.id, &Room::Shared, 1)?;
    let entries: Vec<Entry> = rows.iter().map(StoredEntry::entry).collect::<Result<_, _>>()?;
    let definitions = app.workflows.definitions(db, &entries)?;
    let sights = sights(access, &definitions, &entries)?;
    let mut visible = Visible::new();
    for (entry, sight) in entries.iter().zip(sights) {
        let Record::Step(step) = &entry.records else { continue };
        let shown = step.data.keys().filter(|key| match &sight {
            Sight::Whole => true,
            Sight::Only(keys) => keys.contains(*key),
            Sight::Outline | Sight::Hidden => false,
        });
        visible.extend(shown.map(|key| (entry.n, key.clone())));
    }
    Ok(Some(visible))
}
