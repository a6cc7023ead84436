//! What somebody can choose to search by: kinds of cases, levels, categories, units. Titles are the definitions'.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};

use crate::app::shelves::{self, ENDED, PARTIES};
use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::authz::{Actor, PrincipalKind, Scope, Seat};
use crate::ids::PrincipalId;
use crate::store::{organisation, publications};
use crate::texts::cases as texts;
use crate::texts::order::by_name;
use crate::workflow::definition::{By, ByParty, Definition, Effect, Transition};

/// Which principals are of which kind.
type Kinds = BTreeMap<PrincipalId, PrincipalKind>;

/// What stands between two titles of one choice.
const OR: &str = " / ";

/// An id and its title.
pub type Titled = (String, String);

/// What one and the same is called, each title once.
type Titles = IndexSet<String>;

/// A heading, and what is chosen from under it by id.
type Gathered = (Titles, IndexMap<String, Titles>);

/// What a version offers under one heading.
struct Section {
    /// The id of the group that it is; none for what stands under the title of the workflow.
    group: Option<String>,
    heading: String,
    choices: Vec<Titled>,
}

/// What can be chosen: no more than what somebody can ever find something by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchChoices {
    /// The workflows.
    pub workflows: Vec<Titled>,
    /// How far a case has come, under the title of its workflow.
    pub levels: Vec<(String, Vec<Titled>)>,
    /// The categories, under the title of their workflow. A body is told of none.
    pub categories: Vec<(String, Vec<Titled>)>,
    /// The units of the principals that she reads for, or her own.
    pub units: Vec<Titled>,
    /// Whether she can come to see a registry number: a body is told of none.
    pub registry_number: bool,
}

impl App {
    /// What the actor can search by.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn search_choices(&self, actor: &Actor) -> Result<SearchChoices, AppError> {
        let (principals, published) =
            self.store.read(|db| Ok::<_, AppError>((organisation::all_principals(db)?, publications::all(db)?)))?;
        // What is agreed locally is there to search by once it was published.
        let was_published = |known: &Known| published.iter().any(|publication| publication.definition == known.digest);
        let kinds: Kinds = principals.into_iter().map(|principal| (principal.id, principal.kind)).collect();
        let mut seen: Vec<(&Definition, Vec<&str>)> = self
            .workflows
            .all()
            .filter(|known| known.definition.local.is_none() || was_published(known))
            .map(|known| (known.definition.as_ref(), states_seen(&known.definition, actor, &kinds)))
            .filter(|(_, states)| !states.is_empty())
            .collect();
        seen.sort_by_key(|(definition, _)| (&definition.workflow, Reverse(definition.version)));
        let of_party = actor.seats.iter().any(|seat| !matches!(seat.role.scope(), Scope::Body | Scope::Nothing));
        let mut workflows: Vec<Titled> =
            seen.iter().map(|(definition, _)| (definition.workflow.clone(), definition.title.clone())).collect();
        workflows.dedup_by(|older, newer| older.0 == newer.0);
        let levels = |(definition, states): &(&Definition, Vec<&str>)| {
            vec![Section { group: None, heading: definition.title.clone(), choices: levels(definition, states) }]
        };
        Ok(SearchChoices {
            workflows,
            levels: across(&seen, levels),
            categories: if of_party { across(&seen, |(definition, _)| categories(definition)) } else { Vec::new() },
            units: self.units_to_search(actor)?,
            registry_number: of_party,
        })
    }

    fn units_to_search(&self, actor: &Actor) -> Result<Vec<Titled>, AppError> {
        let read = actor.principals_read();
        let in_unit = |seat: &&Seat| seat.role.scope() == Scope::Unit;
        let own: Vec<_> = actor.seats.iter().filter(in_unit).filter_map(|seat| seat.unit.as_ref()).collect();
        self.store.read(|db| {
            let names = organisation::names(db)?;
            let homes = organisation::homes(db)?.into_iter();
            let known = homes.filter(|(unit, home)| read.contains(home) || own.contains(&unit));
            let titled = |id: String| (id.clone(), names.get(&id).unwrap_or(&id).clone());
            let mut units: Vec<_> = known.map(|(unit, _)| titled(unit.0)).collect();
            units.sort_by_cached_key(|(_, name)| by_name(name));
            Ok(units)
        })
    }
}

/// The states in which a case of this kind can stand when the actor sees it: from where her seats first let her.
fn states_seen<'a>(definition: &'a Definition, actor: &Actor, kinds: &Kinds) -> Vec<&'a str> {
    let first = actor.seats.iter().flat_map(|seat| first_seen(definition, seat, kinds));
    let mut seen: Vec<&str> = Vec::new();
    let mut next: Vec<&str> = first.collect();
    while let Some(state) = next.pop() {
        if !seen.contains(&state) {
            seen.push(state);
            next.extend(following(definition, state));
        }
    }
    seen
}

/// The states in which somebody in this seat can come to see a case.
fn first_seen<'a>(definition: &'a Definition, seat: &Seat, kinds: &Kinds) -> Vec<&'a str> {
    let kind = seat.principal.as_ref().and_then(|principal| kinds.get(principal));
    let begun = |by: &dyn Fn(&ByParty) -> bool| {
        let party = |one: &By| matches!(one, By::Party(party) if by(party));
        let starts = definition.start.iter().filter(|start| start.by.iter().any(party));
        starts.map(|start| start.target.as_str()).collect()
    };
    let may_begin = |by: &ByParty| by.of.is_none_or(|of| kind == Some(&of));
    match seat.role.scope() {
        // What has one side only is seen by those who may begin it.
        Scope::Principal => begun(&|by| may_begin(by) || definition.parties.len() > 1),
        Scope::Own => begun(&|by| may_begin(by) && by.role.iter().any(|role| *role == seat.role)),
        Scope::Unit => {
            let routes = |step: &&Transition| step.effects.iter().any(|effect| matches!(effect, Effect::Assign(_)));
            let to = |step: &'a Transition| match step.stays() {
                true => definition.states_of(&step.from),
                false => vec![step.target.as_str()],
            };
            definition.transitions.iter().filter(routes).flat_map(to).collect()
        }
        Scope::Body => {
            let reached = |state: &&String| {
                definition.bodies_reached(state).any(|body| seat.body.as_ref().is_some_and(|own| own.as_str() == body))
            };
            definition.states.keys().filter(reached).map(String::as_str).collect()
        }
        Scope::Nothing => Vec::new(),
    }
}

/// The states that a case can come to from this one by one step.
fn following<'a>(definition: &'a Definition, state: &'a str) -> impl Iterator<Item = &'a str> {
    let leaves = definition.transitions.iter().filter(move |step| !step.stays() && definition.holds(&step.from, state));
    leaves.map(|step| step.target.as_str())
}

/// The levels of a workflow, in the order of the file, each once.
fn levels(definition: &Definition, seen: &[&str]) -> Vec<Titled> {
    let mut levels: Vec<Titled> = Vec::new();
    for (id, state) in definition.states.iter().filter(|(id, _)| seen.contains(&id.as_str())) {
        let level = shelves::level(definition, id);
        if levels.iter().any(|(known, _)| *known == level) {
            continue;
        }
        let name = level.split_once(':').map_or("", |(_, name)| name);
        let title = match definition.bodies.get(name) {
            _ if definition.bodies.is_empty() => &state.title,
            Some(body) => &body.title,
            None if name == ENDED => texts::ENDED,
            None if name == PARTIES => texts::WITH_PARTIES,
            None => name,
        };
        levels.push((level.clone(), title.to_owned()));
    }
    levels
}

/// The categories of a workflow: those in a group under its title, after the group itself; the others under that of the
/// workflow.
fn categories(definition: &Definition) -> Vec<Section> {
    let Some(field) = definition.fields.get(shelves::CATEGORY) else { return Vec::new() };
    let within = |group: Option<&String>| -> Vec<Titled> {
        let options = field.options.iter().filter(|(_, option)| option.group.as_ref() == group);
        options.map(|(id, option)| (id.clone(), option.title.clone())).collect()
    };
    let groups = field.groups.iter().map(|(id, group)| {
        let all = (id.clone(), texts::ALL_OF_GROUP.to_owned());
        let choices = [vec![all], within(Some(id))].concat();
        Section { group: Some(id.clone()), heading: group.title.clone(), choices }
    });
    let others = Section { group: None, heading: definition.title.clone(), choices: within(None) };
    groups.chain([others]).collect()
}

/// What the versions offer, under headings, the newest first: what several have is offered once, as the newest has it. What
/// two local agreements call by one id, heading or choice, is one, for the search finds the cases of both: under the titles
/// of both.
fn across<'a>(
    seen: &'a [(&'a Definition, Vec<&'a str>)],
    offered: impl Fn(&'a (&'a Definition, Vec<&'a str>)) -> Vec<Section>,
) -> Vec<(String, Vec<Titled>)> {
    let mut sections: IndexMap<(&str, Option<String>), Gathered> = IndexMap::new();
    let mut places: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for one in seen {
        let definition = one.0;
        let base = seen.iter().find(|(other, _)| {
            other.local.is_none() && (&other.workflow, other.version) == (&definition.workflow, definition.version)
        });
        let of_base = base.into_iter().flat_map(&offered).flat_map(|section| section.choices);
        let of_base: BTreeSet<String> = of_base.map(|(id, _)| id).collect();
        let is_own = |id: &String| definition.local.is_some() && !of_base.contains(id);
        for Section { group, heading, choices } in offered(one) {
            let section = sections.entry((&definition.workflow, group.clone()));
            let at = section.index();
            call(&mut section.or_default().0, heading, group.as_ref().is_some_and(is_own));
            for (id, title) in choices {
                // A choice stays where it was first.
                let at = *places.entry((&definition.workflow, id.clone())).or_insert(at);
                let further = is_own(&id);
                call(sections[at].1.entry(id).or_default(), title, further);
            }
        }
    }
    let filled = sections.into_values().filter(|(_, choices)| !choices.is_empty());
    let titled = |(id, titles)| (id, joined(titles));
    filled.map(|(heading, choices)| (joined(heading), choices.into_iter().map(titled).collect())).collect()
}

/// Takes the title of what has none yet, or a further one.
fn call(titles: &mut Titles, title: String, further: bool) {
    if titles.is_empty() || further {
        titles.insert(title);
    }
}

fn joined(titles: Titles) -> String {
    titles.into_iter().collect::<Vec<_>>().join(OR)
}
