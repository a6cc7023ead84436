//! Two pages that hold nothing but text: help, and the accessibility statement.

use super::visit::Visit;
use super::{Answer, Outcome, texts};

/// Help.
pub fn help(_: &Visit) -> Outcome {
    Ok(Answer::Page(texts::HELP, texts::help::help()))
}

/// The accessibility statement.
pub fn accessibility(_: &Visit) -> Outcome {
    Ok(Answer::Page(texts::ACCESSIBILITY, texts::help::accessibility()))
}
