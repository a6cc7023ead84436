//! Reminders foreseen, and looked back on.

mod preview;
