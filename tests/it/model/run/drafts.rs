//! What somebody has begun to write: hers alone, until it is sent.

use samsyn::app::AppError;
use samsyn::app::cases::Registration;
use samsyn::app::drafts::DraftFor;
use samsyn::authz::Actor;

use super::Run;
use crate::support::cases::actor;

impl Run {
    /// Keeps as a draft what somebody is about to send, where she may; nobody else has it.
    pub(super) fn draft(&self, writer: &Actor, what: &Registration) -> Option<String> {
        let wanted = DraftFor { workflow: what.workflow.clone(), start: what.start.clone() };
        let kept = self.app().keep_draft(writer, &wanted, &what.given, None).ok()?;
        let there = self.app().draft(writer, &kept.id).unwrap();
        assert_eq!(there.content, what.given);
        let other = self.cast.iter().find(|player| player.person != writer.person).unwrap();
        let others = actor(self.app(), other.person.as_str());
        assert!(matches!(self.app().draft(&others, &kept.id), Err(AppError::NotFound)), "another's draft");
        Some(kept.id)
    }

    /// What was sent is no draft any more.
    pub(super) fn draft_is_gone(&mut self, writer: &Actor, draft: Option<&str>) {
        let Some(id) = draft else { return };
        assert!(matches!(self.app().draft(writer, id), Err(AppError::NotFound)), "a draft outlives what it became");
        self.note("draft sent");
    }

    /// What was refused is there still, until she throws it away.
    pub(super) fn draft_is_left(&mut self, writer: &Actor, draft: Option<&str>) {
        let Some(id) = draft else { return };
        self.app().drop_draft(writer, id).unwrap();
        self.note("draft kept");
    }
}
