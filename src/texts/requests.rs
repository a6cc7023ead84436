//! What is wrong with a request of a program's.

/// A value that cannot be read.
pub const WRONG_FORM: &str = "Värdet har fel form.";
/// A member that is none.
pub const NO_SUCH_MEMBER: &str = "Uppgiften finns inte.";
/// A member that is missing.
pub const MEMBER_MISSING: &str = "Uppgiften måste anges.";
/// No object.
pub const NO_OBJECT: &str = "Begäran ska vara ett JSON-objekt.";
/// A parameter that is none.
pub const NO_SUCH_PARAMETER: &str = "Adressen har en sökparameter som inte finns.";
/// A parameter given twice, or with a sign that may not be.
pub const ONE_VALUE: &str = "Ange ett värde, utan otillåtna tecken.";

/// A key that is none.
pub fn key(longest: usize) -> String {
    format!("Ange en nyckel av 1 till {longest} tecken ur ASCII.")
}
