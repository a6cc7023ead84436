//! Words of the pages on which steps are chosen and taken.

/// A case rests.
pub const NOBODYS_TURN: &str = "Ingen behöver göra något just nu.";
/// Begins a registration.
pub const BEGIN: &str = "Börja";
/// An open proposal is to be answered; what follows is what it is.
pub const ANSWER: &str = "Ta ställning:";

/// How long a short text may be.
pub fn at_most(characters: usize) -> String {
    format!("Högst {characters} tecken.")
}
/// A deadline that rests.
pub const RESTS: &str = "Vilar";
