//! A fault in a workflow file, as the checker tells it to an operator: what is wrong, where, and what to do.
//!
//! Nothing here knows which faults exist: see `check::CLASSES`.

use std::fmt;

use serde::{Serialize, Serializer};

/// A place in a file; both numbers count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// The beginning of a file: for faults of the file as a whole.
    pub const START: Position = Position { line: 1, column: 1 };
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file is not loaded.
    Error,
    /// The file is loaded; somebody should look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// A class of faults: a stable id that tests and documentation name.
#[derive(Debug, PartialEq, Eq)]
pub struct Class {
    /// The id, such as `structure/unknown-target`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in one sentence.
    pub what: &'static str,
}

/// A table of classes, each with its name, how bad it is, its id and what it is; all of them as `CLASSES`.
macro_rules! classes {
    ($($name:ident = $severity:ident $id:literal $what:literal;)*) => {
        $(
            #[doc = $what]
            pub const $name: Class = Class { id: $id, severity: Severity::$severity, what: $what };
        )*

        /// All classes.
        pub const CLASSES: &[&Class] = &[$(&$name),*];
    };
}
pub(in crate::workflow) use classes;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its class.
    pub class: &'static Class,
    /// The file, as it was named to the reader.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// What is wrong and what to do.
    pub message: String,
    /// The shortest way there from the beginning of a case: ids of a start and of transitions.
    pub witness: Option<Vec<String>>,
}

impl Problem {
    /// A fault without a witness.
    pub fn new(class: &'static Class, file: &str, position: Position, message: impl Into<String>) -> Self {
        Problem { class, file: file.to_owned(), position, message: message.into(), witness: None }
    }

    /// The id of its class.
    pub fn rule(&self) -> &'static str {
        self.class.id
    }

    /// Whether the file must not be loaded.
    pub fn is_error(&self) -> bool {
        self.class.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Position { line, column }, Class { id, severity, .. }) = (self.position, self.class);
        write!(f, "{}:{line}:{column}: {severity}[{id}]: {}", self.file, self.message)?;
        match &self.witness {
            Some(path) => write!(f, " (path: {})", path.join(" -> ")),
            None => Ok(()),
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a> {
            rule: &'a str,
            severity: Severity,
            file: &'a str,
            line: usize,
            column: usize,
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            witness: &'a Option<Vec<String>>,
        }
        let (Position { line, column }, Class { id, severity, .. }) = (self.position, self.class);
        let (file, message, witness) = (&self.file, &self.message, &self.witness);
        Flat { rule: id, severity: *severity, file, line, column, message, witness }.serialize(serializer)
    }
}

/// In the order of the file, each once: an aliased node is checked wherever it is used, and says the same each time.
pub fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems
        .sort_by(|a, b| (&a.file, a.position, a.rule(), &a.message).cmp(&(&b.file, b.position, b.rule(), &b.message)));
    problems
        .dedup_by(|a, b| (&a.file, a.position, a.rule(), &a.message) == (&b.file, b.position, b.rule(), &b.message));
    problems
}

/// The known name that is closest to a mistyped one, as a hint for the end of a message; empty where none is close.
pub fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    let close = known.map(|name| (distance(wrong, name), name)).min();
    match close {
        Some((steps, name)) if steps <= 2 && steps < wrong.chars().count() => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}

/// Levenshtein's distance, over the first 64 characters: longer words are no typing errors of ours.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
