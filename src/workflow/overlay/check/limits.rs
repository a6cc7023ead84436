//! The lengths that an overlay gives to deadlines of its base. A municipality and the region shorten those of local management from
//! whose end nothing follows; the county's own times, which all have agreed, may be longer too, at every level. Neither
//! touches a number that a rule fixes.

use super::Judge;
use crate::calendar::Period;
use crate::workflow::definition::Deadline;
use crate::workflow::overlay::Limit;
use crate::workflow::overlay::classes::{COUNTY, FIXED, LIMIT};
use crate::workflow::source::at;

impl Judge<'_> {
    /// Of the county's own there are only times: what else is to hold for every case is a version.
    pub(super) fn only_limits(&mut self) {
        let overlay = self.overlay;
        let others = [
            ("fields", overlay.fields.is_empty()),
            ("options", overlay.options.is_empty()),
            ("forms", overlay.forms.is_empty()),
            ("transitions", overlay.transitions.is_empty()),
            ("deadlines", overlay.deadlines.is_empty()),
        ];
        if overlay.is_county() && overlay.county.is_some() {
            let message = "`county` is for a municipality's overlay: these are the county's own times";
            self.report(&COUNTY, at!["county"], message);
        }
        for (key, _) in others.into_iter().filter(|(_, is_empty)| overlay.is_county() && !is_empty) {
            let message =
                format!("the county's own times are `limits` alone: what `{key}` says belongs in a new version");
            self.report(&COUNTY, at![key], message);
        }
    }

    pub(super) fn limits(&mut self) {
        for (id, limit) in &self.overlay.limits {
            let Some(deadline) = self.base.deadlines.get(id) else {
                self.unknown(at!["limits", id], "deadline", id, self.base.deadlines.keys());
                continue;
            };
            if limit.why.trim().is_empty() {
                self.report(&LIMIT, at!["limits", id, "why"], "say where the length comes from");
            }
            self.limit(id, limit, deadline);
        }
    }

    fn limit(&mut self, id: &str, limit: &Limit, deadline: &Deadline) {
        let path = at!["limits", id];
        if let Some(rule) = self.fixed(&deadline.basis, deadline.source) {
            self.report(&FIXED, path, format!("`{id}` {rule}: the agreement sets the time"));
        }
        if !self.overlay.is_county() {
            if let Some(then) = &deadline.then {
                let message = format!("`{then}` follows from its end: whoever has that long to act keeps it");
                self.report(&FIXED, path, message);
            }
            let states = self.states(&deadline.during);
            self.local(path, &states);
        }
        match deadline.after {
            Some(after) => {
                let wrong = self.length(limit.after, after);
                wrong.into_iter().for_each(|message| self.report(&LIMIT, at!["limits", id, "after"], message));
            }
            None => {
                let message = "its day is that of a date that people give: there is no length to change";
                self.report(&LIMIT, path, message);
            }
        }
    }

    /// What is wrong with a length beside that of the base. In one unit, so that it can be compared with what else lies over it.
    fn length(&self, length: Period, base: Period) -> Option<String> {
        let (shorter, longer) = (length.is_shorter_than(base), base.is_shorter_than(length));
        let is_county = self.overlay.is_county();
        let fits = length.count() > 0 && (shorter || is_county && longer);
        let not = if is_county { "neither shorter nor longer" } else { "not shorter" };
        (!fits).then(|| format!("{length} is {not} than {base}, in the same unit"))
    }
}
