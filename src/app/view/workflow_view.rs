//! A workflow as a form needs it: how a case begins, what it holds, where it can stand. The same for everybody.

use schemars::JsonSchema;
use serde::Serialize;

use super::StateView;
use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::PrincipalId;
use crate::store::Db;
use crate::workflow::definition::{Choice, DateSide, Definition, Field, FieldKind, Guard, Local, PartyNumber, Start};
use crate::workflow::input::LONGEST_LINE;

/// A workflow: the version that new cases get.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkflowView {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// What one municipality and the region have agreed locally over it.
    pub local: Option<Local>,
    /// What users call a case of this kind.
    pub title: String,
    /// What it is for.
    pub help: Option<String>,
    /// The sides; the first opens a case.
    pub parties: Vec<SideView>,
    /// How a case begins.
    pub starts: Vec<StartView>,
    /// What a case holds.
    pub fields: Vec<FieldForm>,
    /// Where a case can stand.
    pub states: Vec<StateView>,
}

/// A side.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SideView {
    /// The side.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether several principals may stand on it.
    pub several: bool,
}

/// A start.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StartView {
    /// The start.
    pub id: String,
    /// What the button says.
    pub title: String,
    /// What it does.
    pub help: Option<String>,
    /// Fields that must be given, in the order of the form.
    pub require: Vec<String>,
    /// Fields that are asked for.
    pub ask: Vec<String>,
    /// The workflow of the case that it can grow out of.
    pub grows_out_of: Option<String>,
}

/// A field, or a part of one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldForm {
    /// The field.
    pub id: String,
    /// Its label for whoever fills it in.
    pub title: String,
    /// Its label for whoever reads the value.
    pub label: String,
    /// Its hint.
    pub help: Option<String>,
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// The values of a choice.
    pub options: Vec<OptionView>,
    /// The parts of a record, or of each item of a list.
    pub parts: Vec<FieldForm>,
    /// Where it is asked for, this makes it compulsory.
    pub required_if: Option<Guard>,
    /// On which side of the day of the step a date must lie.
    pub must_be: Option<DateSide>,
    /// The date field that it may not lie before.
    pub not_before: Option<String>,
    /// How long its text may be, where it is a short one on one line.
    pub one_line: Option<usize>,
    /// Whether the day that is given here is the day on which the step happened.
    pub dates_step: bool,
    /// Whether a part may be left out.
    pub optional: bool,
    /// Whether it lies in the own room, where the other side never sees it.
    pub own_room: bool,
}

/// One value of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OptionView {
    /// The value.
    pub id: String,
    /// What users read.
    pub title: String,
    /// What it means.
    pub help: Option<String>,
    /// The heading that it stands under.
    pub group: Option<String>,
}

impl App {
    /// The workflows, by name: of each the version that new cases get today which the actor begins.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn workflow_views(&self, actor: &Actor) -> Result<Vec<WorkflowView>, AppError> {
        self.store.read(|db| {
            let in_force = self.in_force(db, local_date(self.now()))?;
            let gets = |base: &Known| self.over(db, actor, base, &[]).map(|known| view(&known));
            in_force.values().map(gets).collect()
        })
    }

    /// The workflow of that name, in the version that new cases get today which the actor begins, with these others.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none.
    pub fn workflow_view(&self, actor: &Actor, name: &str, others: &[PrincipalId]) -> Result<WorkflowView, AppError> {
        self.store.read(|db| {
            let base = self.in_force_today(db, name)?.ok_or(AppError::NotFound)?;
            self.over(db, actor, &base, others).map(|known| view(&known))
        })
    }

    fn over(&self, db: &mut Db, actor: &Actor, base: &Known, others: &[PrincipalId]) -> Result<Known, AppError> {
        let start = base.definition.start.first().map_or("", |start| start.id.as_str());
        let known = self.in_force_for(db, actor, (&base.definition.workflow, start), others)?;
        Ok(known.unwrap_or_else(|| base.clone()))
    }
}

impl WorkflowView {
    /// Knows the fields and options of another version too, those that are not its own.
    pub(super) fn know(&mut self, other: &WorkflowView) {
        for field in &other.fields {
            let Some(own) = self.fields.iter_mut().find(|own| own.id == field.id) else {
                self.fields.push(field.clone());
                continue;
            };
            let lost = field.options.iter().filter(|option| own.options.iter().all(|other| other.id != option.id));
            let lost: Vec<_> = lost.cloned().collect();
            own.options.extend(lost);
        }
    }
}

pub(super) fn view(known: &Known) -> WorkflowView {
    let definition: &Definition = &known.definition;
    let sides = definition.parties.iter().map(|(id, party)| SideView {
        id: id.clone(),
        title: party.title.clone(),
        several: party.number == PartyNumber::Several,
    });
    WorkflowView {
        name: definition.workflow.clone(),
        version: definition.version,
        local: definition.local.clone(),
        title: definition.title.clone(),
        help: definition.help.clone(),
        parties: sides.collect(),
        starts: definition.start.iter().map(start).collect(),
        fields: definition.fields.iter().map(field).collect(),
        states: definition.states.iter().map(|(id, state)| StateView::new(id, Some(state))).collect(),
    }
}

fn start(start: &Start) -> StartView {
    StartView {
        id: start.id.clone(),
        title: start.title.clone(),
        help: start.help.clone(),
        require: start.require.clone(),
        ask: start.ask.clone(),
        grows_out_of: start.from_case.as_ref().map(|from| from.workflow.clone()),
    }
}

fn field((id, field): (&String, &Field)) -> FieldForm {
    let heading = |group: &String| field.groups.get(group).map(|group| group.title.clone());
    let option = |(id, choice): (&String, &Choice)| OptionView {
        id: id.clone(),
        title: choice.title.clone(),
        help: choice.help.clone(),
        group: choice.group.as_ref().and_then(heading),
    };
    FieldForm {
        id: id.clone(),
        title: field.title.clone(),
        label: field.label().to_owned(),
        help: field.help.clone(),
        kind: field.kind,
        options: field.options.iter().map(option).collect(),
        parts: field.parts.iter().map(self::field).collect(),
        required_if: field.required_if.clone(),
        must_be: field.must_be,
        not_before: field.not_before.clone(),
        one_line: field.lines.map(|_| LONGEST_LINE),
        dates_step: field.dates_step,
        optional: field.optional,
        own_room: field.room.is_some(),
    }
}
