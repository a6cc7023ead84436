//! The command line: arguments in, text or JSON out. What a command works out lives in the modules it calls.

pub mod calendar;
