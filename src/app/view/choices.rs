//! What somebody can choose to search by: kinds of cases, levels, categories, units. Titles are the definitions'.

use crate::app::shelves::{self, ENDED, PARTIES};
use crate::app::{App, AppError};
use crate::authz::{Actor, Scope};
use crate::store::organisation;
use crate::workflow::definition::Definition;

/// An id and its title.
pub type Titled = (String, String);

/// What can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The workflows.
    pub workflows: Vec<Titled>,
    /// How far a case has come, under the title of its workflow.
    pub levels: Vec<(String, Vec<Titled>)>,
    /// The categories, under the title of their workflow. A body is told of none.
    pub categories: Vec<(String, Vec<Titled>)>,
    /// The units of the principals that she reads for, or her own.
    pub units: Vec<Titled>,
}

impl App {
    /// What the actor can search by.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn search_choices(&self, actor: &Actor) -> Result<Choices, AppError> {
        let definitions: Vec<&Definition> = self.workflows.all().map(|known| known.definition.as_ref()).collect();
        let titled = |choices: fn(&Definition) -> Vec<Titled>| {
            let each = definitions.iter().map(|definition| (definition.title.clone(), choices(definition)));
            each.filter(|(_, choices)| !choices.is_empty()).collect::<Vec<_>>()
        };
        let of_party = actor.seats.iter().any(|seat| seat.role.scope() != Scope::Body);
        Ok(Choices {
            workflows: definitions
                .iter()
                .map(|definition| (definition.workflow.clone(), definition.title.clone()))
                .collect(),
            levels: titled(levels),
            categories: if of_party { titled(categories) } else { Vec::new() },
            units: self.units_to_search(actor)?,
        })
    }

    fn units_to_search(&self, actor: &Actor) -> Result<Vec<Titled>, AppError> {
        let read = actor.principals_read();
        let own: Vec<_> = actor.seats.iter().filter_map(|seat| seat.unit.as_ref()).collect();
        self.store.read(|db| {
            let names = organisation::names(db)?;
            let homes = organisation::homes(db)?.into_iter();
            let known = homes.filter(|(unit, home)| read.contains(home) || own.contains(&unit));
            let name = |id: String| (names.get(&id).unwrap_or(&id).clone(), id);
            let mut units: Vec<_> = known.map(|(unit, _)| name(unit.0)).collect();
            units.sort();
            Ok(units.into_iter().map(|(name, id)| (id, name)).collect())
        })
    }
}

/// The levels of a workflow, in the order of the file, each once.
fn levels(definition: &Definition) -> Vec<Titled> {
    let mut levels: Vec<Titled> = Vec::new();
    for (id, state) in &definition.states {
        let level = shelves::level(definition, id);
        if levels.iter().any(|(known, _)| *known == level) {
            continue;
        }
        let name = level.split_once(':').map_or("", |(_, name)| name);
        let title = match definition.bodies.get(name) {
            _ if definition.bodies.is_empty() => &state.title,
            Some(body) => &body.title,
            None if name == ENDED => "Avslutat",
            None if name == PARTIES => "Hos parterna",
            None => name,
        };
        levels.push((level.clone(), title.to_owned()));
    }
    levels
}

fn categories(definition: &Definition) -> Vec<Titled> {
    let field = definition.fields.get(shelves::CATEGORY).into_iter();
    field.flat_map(|field| &field.options).map(|(id, option)| (id.clone(), option.title.clone())).collect()
}
