//! What is wrong with a password, and what to do.

/// Too few characters.
pub fn too_short(least: usize) -> String {
    format!("Lösenordet är för kort. Skriv minst {least} tecken, till exempel flera ord i rad.")
}

/// Too many.
pub fn too_long(most: usize) -> String {
    format!("Lösenordet är för långt. Skriv högst {most} tecken.")
}

/// Easily guessed.
pub const GUESSABLE: &str =
    "Lösenordet är för lätt att gissa. Skriv flera ord som inte hör ihop, och undvik namn, årtal och vanliga uttryck.";

/// What is guessed first here, and is on none of the English lists that strength is judged by.
pub const GUESSED_FIRST: &[&str] = &[
    "samsyn",
    "dalarna",
    "region",
    "kommun",
    "sverige",
    "lösenord",
    "losenord",
    "välkommen",
    "valkommen",
    "hemligt",
    "sommar",
    "vinter",
    "höst",
    "vår",
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
];
