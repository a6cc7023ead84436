//! What happened in cases, for tools that others make: of all cases without anything that anybody wrote, for the operator, or
//! of those that somebody reads whole for a principal, with the words, and then she is noted as their reader.

use super::BATCH;
use super::of_case::own_rooms;
use crate::app::reads::ReadOf;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::ids::CaseNumber;
use crate::store::cases::{self, StoredCase};
use crate::store::{Db, log};
use crate::workflow::export::row::{CaseRows, Row};
use crate::workflow::log::Room;

/// Which cases are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportOf {
    /// One.
    Case(CaseNumber),
    /// All of a workflow.
    Workflow(String),
    /// All.
    All,
}

/// Whose words are exported, and how many of them.
#[derive(Debug, Clone, Copy)]
pub struct WordsFor<'a> {
    /// Who reads them.
    pub actor: &'a Actor,
    /// Whether what her own principal keeps for itself is among them.
    pub own: bool,
}

impl App {
    /// Hands over what happened in each of these cases, in the order of their numbers. With `words` only of those that she
    /// reads whole, in the rooms that she reads, with what was written there.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where one case is asked for that is not there, or that she does not read whole.
    pub fn export_log<E: From<AppError>>(
        &self,
        of: &ExportOf,
        words: Option<WordsFor>,
        mut each: impl FnMut(&CaseRows) -> Result<(), E>,
    ) -> Result<(), E> {
        if let ExportOf::Case(number) = of {
            return each(&self.case_rows(number, words)?);
        }
        let mut after: Option<CaseNumber> = None;
        loop {
            let numbers = self.store.read(|db| Ok::<_, AppError>(cases::numbers(db, after.as_ref(), BATCH)?))?;
            for number in &numbers {
                if self.is_meant(of, number)? {
                    match self.case_rows(number, words) {
                        Ok(case) => each(&case)?,
                        Err(AppError::NotFound) if words.is_some() => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            match numbers.last() {
                Some(last) => after = Some(last.clone()),
                None => return Ok(()),
            }
        }
    }

    fn is_meant(&self, of: &ExportOf, number: &CaseNumber) -> Result<bool, AppError> {
        let ExportOf::Workflow(workflow) = of else { return Ok(true) };
        let stored = self.store.read(|db| Ok::<_, AppError>(cases::by_number(db, number)?))?;
        Ok(stored.is_some_and(|stored| stored.case.workflow == *workflow))
    }

    fn case_rows(&self, number: &CaseNumber, words: Option<WordsFor>) -> Result<CaseRows, AppError> {
        let Some(WordsFor { actor, own }) = words else {
            return self.store.read(|db| {
                let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
                self.rows(db, stored, None)
            });
        };
        self.read_log(actor, number, &ReadOf::Bundle, |db, access| {
            let mut rooms = vec![Room::Shared.to_string()];
            rooms.extend(own_rooms(&access, actor).into_iter().filter(|_| own));
            self.rows(db, access.stored, Some(&rooms))
        })
    }

    /// The rows of a case: of the shared room without words, or of some with them.
    fn rows(&self, db: &mut Db, stored: StoredCase, told: Option<&[String]>) -> Result<CaseRows, AppError> {
        // That something was noted in an own room, and when, is that principal's own.
        let is_read = |room: &String| told.map_or(*room == Room::Shared.to_string(), |rooms| rooms.contains(room));
        let texts = if told.is_some() { log::all_texts(db, &stored.id)? } else { Vec::new() };
        let mut rows = Vec::new();
        for row in log::all_entries(db, &stored.id)?.into_iter().filter(|row| is_read(&row.room)) {
            let written = texts.iter().filter(|text| text.room == row.room && text.n == row.n);
            let written = written.filter_map(|text| Some((text.path.clone(), text.text.clone()?)));
            let entry = row.entry()?;
            // Each by the version under which it was made: the case may have gone over to another.
            let definition = self.workflows.of(db, &entry.definition)?.definition;
            rows.push(Row::of(&definition, &entry, written.collect()));
        }
        // The shared room first, as everywhere.
        rows.sort_by_key(|row| row.room != Room::Shared.to_string());
        let StoredCase { number, case, definition, .. } = stored;
        let version = self.workflows.of(db, &definition)?.name().version_text();
        Ok(CaseRows { number, workflow: case.workflow, version, outcome: case.outcome, rows })
    }
}
