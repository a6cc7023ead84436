//! The cases that a registry number finds: those that show it to the actor as what holds now.

use std::collections::BTreeSet;

use super::{Finder, Found};
use crate::app::AppError;
use crate::app::access::{self, Access, Reach};
use crate::app::view::visible_keys;
use crate::ids::CaseId;
use crate::store::{Db, cases, lists, log};

/// The most cases that are looked at for one number.
const NUMBERS: i64 = 200;

impl Finder<'_> {
    /// The cases that show the actor this registry number.
    pub(super) fn by_registry_number(&self, db: &mut Db, number: &str, most: usize) -> Result<Vec<Found>, AppError> {
        let number = number.trim();
        let spellings = BTreeSet::from([number.to_owned(), number.to_uppercase()]);
        let spellings: Vec<_> = spellings.into_iter().collect();
        let met = log::registry_numbers(db, &spellings, &self.readers, NUMBERS)?;
        let ids: BTreeSet<_> = met.iter().map(|(case, ..)| case).collect();
        let rows = lists::among(db, &self.readers, &ids.into_iter().collect::<Vec<_>>())?;
        let mut found = Vec::new();
        for (_, own) in self.kept(db, &self.readers, rows)? {
            let places = met.iter().filter(|(case, ..)| *case == own.case);
            let shown = places.map(|(_, entry, path)| (*entry, path.clone())).collect::<Vec<_>>();
            if self.shows(db, &own.case, &shown)? {
                found.push(Found { key: (own.waiting_since, own.case.clone()), row: own });
            }
        }
        found.sort_by(|a, b| a.key.cmp(&b.key));
        found.dedup_by(|a, b| a.key.1 == b.key.1);
        found.truncate(most);
        Ok(found)
    }

    /// Whether a case shows the actor one of these values as what holds now.
    fn shows(&self, db: &mut Db, id: &CaseId, values: &[(u64, String)]) -> Result<bool, AppError> {
        let stored = cases::by_id(db, id)?.ok_or(AppError::NotFound)?;
        let access: Access = access::see(db, self.actor, stored)?;
        let (_, case) = self.app.within_reach(db, &access)?;
        let visible = match access.reach {
            Reach::Bodies(_) => visible_keys(self.app, db, &access)?,
            Reach::Full(_) | Reach::Until(_) => None,
        };
        let holds = |(entry, path): &&(u64, String)| {
            case.fields.iter().any(|(key, held)| held.place(key) == (*entry, path.clone()))
        };
        Ok(values.iter().filter(holds).any(|value| visible.as_ref().is_none_or(|visible| visible.contains(value))))
    }
}
