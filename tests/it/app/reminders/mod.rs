//! Reminders foreseen, and looked back on.

mod audit;
mod preview;
