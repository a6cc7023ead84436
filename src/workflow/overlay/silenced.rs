//! Times that an overlay makes so short that nobody is reminded any more before something follows from their end. Where nothing
//! follows, the checker of the whole says it: such a time would do nothing.

use super::Overlay;
use super::classes::LIMIT;
use crate::workflow::definition::Definition;
use crate::workflow::problem::Problem;
use crate::workflow::source::{Node, at};

/// What the limits of an overlay silence, each told at its length; `made` is base and overlay together.
pub(super) fn check<'a>(
    (file, root, overlay): (&'a str, &'a Node, &'a Overlay),
    base: &'a Definition,
    made: &'a Definition,
) -> impl Iterator<Item = Problem> + 'a {
    overlay.limits.iter().filter_map(move |(id, limit)| {
        let (was, becomes) = (base.deadlines.get(id)?, made.deadlines.get(id)?);
        let then = becomes.then.as_ref().filter(|_| becomes.remind.is_empty() && !was.remind.is_empty())?;
        let message = format!(
            "`{then}` follows from its end, and in {} there is room for no reminder of the base: nobody would be warned; give it longer",
            limit.after
        );
        Some(Problem::new(&LIMIT, file, root.find(at!["limits", id, "after"]), message))
    })
}
