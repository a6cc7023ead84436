//! Documents: attached, carried on by a step, removed; and who may read them, by the model's own memory of where each was put.

use std::collections::BTreeSet;

use samsyn::app::AppError;
use samsyn::app::documents::DocumentCommand;
use samsyn::app::notes::NoteRoom;
use samsyn::ids::{CaseNumber, DocumentId, PersonId, PrincipalId};
use samsyn::store::log;

use super::super::book::{May, definition};
use super::Run;
use crate::support::cases::actor;
use crate::support::files::PDF;
use crate::support::sql;

/// A document that somebody attached.
pub struct Paper {
    pub number: CaseNumber,
    pub id: DocumentId,
    /// The principal in whose own room it lies; none where both sides share it.
    pub own: Option<PrincipalId>,
    /// The room and the entry, as the texts of the log name them.
    pub place: (String, u64),
    pub removed: bool,
    bytes: Vec<u8>,
}

impl Run {
    /// Mostly in a case that may come to a body, which is to read what is carried to it and nothing else.
    pub(super) fn attach_somewhere(&mut self, case: u8, who: u8, own: bool) {
        let may_come = |number: &&CaseNumber| {
            let stored = &self.book.pages[*number].stored;
            stored.case.outcome.is_none() && !definition(self.app(), &stored.definition).bodies.is_empty()
        };
        let disputes: Vec<_> = self.cases.iter().filter(may_come).cloned().collect();
        match usize::from(case).checked_rem(disputes.len()) {
            Some(at) if !case.is_multiple_of(4) => self.attach(&disputes[at], who, own),
            _ => self.on_case(case, |run, number| run.attach(number, who, own)),
        }
    }

    pub(super) fn attach(&mut self, number: &CaseNumber, who: u8, own: bool) {
        let room = if own { NoteRoom::Own } else { NoteRoom::Shared };
        let bytes = [PDF, self.papers.len().to_string().as_bytes()].concat();
        let command = DocumentCommand {
            number: number.clone(),
            room,
            name: "protokoll.pdf".to_owned(),
            description: String::new(),
            bytes: bytes.clone(),
        };
        for person in self.people_near(number, who) {
            let author = actor(self.app(), person.as_str());
            let Ok(done) = self.app().attach_document(&author, &command, None) else { continue };
            self.done(May::Entries(number, 1), if own { "attached for ourselves" } else { "attached" });
            let rows = sql::lines(&self.app().store, "select id || '|' || room as line from documents");
            let known: BTreeSet<_> = self.papers.iter().map(|paper| paper.id.0.clone()).collect();
            let rows = rows.iter().map(|row| row.split_once('|').unwrap());
            let mut new: Vec<_> = rows.filter(|(id, _)| !known.contains(*id)).collect();
            let (id, room) = new.pop().unwrap();
            assert!(new.is_empty(), "one document came, and others with it");
            let (id, place) = (DocumentId(id.to_owned()), (room.to_owned(), done.entry));
            let seats = author.seats.iter().filter_map(|seat| seat.principal.clone());
            let homes: BTreeSet<_> = seats.filter(|home| self.is_party(number, home)).collect();
            assert!(homes.len() == 1, "{person} writes for {homes:?}");
            let own = own.then(|| homes.into_iter().next().unwrap());
            let paper = Paper { number: number.clone(), id, own, place, removed: false, bytes };
            let read = self.app().document(&author, number, &paper.id).unwrap();
            assert_eq!(read.bytes, paper.bytes, "what was attached is not what is read");
            self.seen = None;
            return self.papers.push(paper);
        }
    }

    fn is_party(&self, number: &CaseNumber, principal: &PrincipalId) -> bool {
        self.book.pages[number].stored.case.side_of(principal).is_some()
    }

    /// The documents of a case that somebody may pick: of the shared room, and of her own.
    pub(super) fn pickable(&self, number: &CaseNumber, homes: &BTreeSet<PrincipalId>) -> Vec<String> {
        let here = self.papers.iter().filter(|paper| paper.number == *number && !paper.removed);
        let hers = here.filter(|paper| paper.own.as_ref().is_none_or(|own| homes.contains(own)));
        hers.map(|paper| paper.id.0.clone()).collect()
    }

    /// Of a document that no step has carried further, nobody reads who is not of the side in whose room it lies, and no body;
    /// of one that was removed, nobody at all.
    pub(super) fn papers_are_seen(&mut self) {
        for at in 0..self.papers.len() {
            let (number, id) = (self.papers[at].number.clone(), self.papers[at].id.clone());
            let stored = &self.book.pages[&number].stored;
            let texts = self.app().store.read(|db| log::all_entries(db, &stored.id)).unwrap();
            let named = texts.iter().filter(|row| row.document.contains(&id.0)).count();
            for person in self.people_near(&number, 0) {
                let reads = self.app().document(&actor(self.app(), person.as_str()), &number, &id);
                self.seen = None;
                let paper = &self.papers[at];
                let may = !paper.removed && (named > 1 || self.is_home(&person, paper));
                assert!(may || matches!(reads, Err(AppError::NotFound)), "{person} reads {id} of {number}");
                assert!(reads.is_ok() || matches!(reads, Err(AppError::NotFound)), "{reads:?}");
                if let Ok(read) = &reads {
                    assert_eq!(read.bytes, paper.bytes, "{id} of {number}");
                }
                self.note(if reads.is_ok() { "document read" } else { "document hidden" });
            }
            if named > 1 {
                self.note("document carried on");
            }
        }
    }

    /// Whether somebody acts today at the principal in whose room a document lies, or at any party where all share it.
    fn is_home(&self, person: &PersonId, paper: &Paper) -> bool {
        let case = &self.book.pages[&paper.number].stored.case;
        let today = samsyn::calendar::local_date(self.app().now());
        let seats = self.people.seats(person, today).into_iter().filter_map(|seat| seat.principal);
        let party = |home: &PrincipalId| case.parties.iter().any(|party| party.principal == *home);
        seats.into_iter().any(|home| paper.own.as_ref().map_or(party(&home), |own| *own == home))
    }
}
