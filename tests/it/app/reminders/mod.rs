//! Reminders foreseen, and looked back on.

mod audit;
mod audit_digests;
mod audit_people;
mod preview;
