//! Keeps the house: reads `src/` and reports, all at once, what breaks the rules that `src/lib.rs` describes: which file
//! may import which, where an outside crate may be named, how long a file and a function may be, and what stands at the
//! top level.
//!
//! It reads text, not syntax trees: it relies on rustfmt's layout, and ignores lines that are comments.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A module may import what stands in a later row, and itself; nothing in its own row or an earlier one.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["config", "telemetry", "demo"],
    &["web", "jobs"],
    &["app"],
    &["store", "mail", "oidc"],
    &["workflow"],
    &["authz"],
    &["calendar", "personal_number"],
    &["texts"],
    &["ids", "meters"],
    &["clock"],
];

/// Paths that only these modules may name. A single segment is a crate.
const ONLY_IN: &[(&[&str], &[&str])] = &[
    (&["diesel"], &["store"]),
    (&["diesel_migrations"], &["store"]),
    (&["actix_web"], &["web"]),
    (&["lettre"], &["mail"]),
    (&["openidconnect"], &["oidc"]),
    (&["ureq"], &["oidc"]),
    (&["handlebars"], &["mail"]),
    (&["icalendar"], &["mail"]),
    (&["mailparse"], &["mail"]),
    (&["maud"], &["web"]),
    (&["governor"], &["web"]),
    (&["quick_xml"], &["workflow"]),
    (&["cron"], &["jobs"]),
    (&["rand"], &["ids"]),
    (&["argon2"], &["app"]),
    (&["zxcvbn"], &["app"]),
    (&["zip"], &["app"]),
    (&["actix_multipart"], &["web"]),
    (&["tracing_subscriber"], &["telemetry"]),
    (&["std", "env"], &["config", "main"]),
    (&["Utc", "now"], &["clock"]),
    (&["Local", "now"], &["clock"]),
    (&["SystemTime", "now"], &["clock"]),
];

/// Paths that the pure modules never name.
const PURE: &[&str] = &["workflow", "authz", "calendar", "personal_number", "texts"];
const IMPURE: &[&[&str]] = &[&["std", "fs"], &["tokio"]];

/// What a newcomer sees first; settings of tools go into dot files.
const TOP_LEVEL: &str = "Cargo.toml Cargo.lock LICENSE README.md src workflows migrations email_templates tests";
/// Made by building and running; git ignores it.
const MADE: &[&str] = &["target", "samsyn.db", "samsyn-mail"];

/// Where Swedish may stand: what users read is in one place, ready for a second language.
const TEXTS: &[&str] = &["src/texts/", "src/web/pages/texts"];
/// Where else it stands, and why.
const SWEDISH: &[(&str, &str)] = &[
    ("src/calendar/", "days, holidays and how a date came about: another language is another calendar"),
    ("src/workflow/", "the core says what a step wants, by the titles of the workflow file that it reads: its grammar"),
    ("src/demo/", "stories, and the report of what happened in them, for whoever tries it out"),
    ("src/web/api/cases.rs", "the example of a case in the description of the API"),
    ("src/web/api/notes.rs", "the example of a note there"),
    ("src/config.rs", "what a setting is where nobody sets it"),
    ("src/app/administration/typed.rs", "letters, out of which ids are made"),
];

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;

#[test]
fn the_house_is_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut problems = top_level_problems(names_in(root));
    for path in rust_files(&root.join("src")) {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        problems.extend(file_problems(name, &fs::read_to_string(&path).unwrap()));
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// The lines of the program, without its comments and tests, that hold letters no English word has.
fn swedish_lines(text: &str) -> impl Iterator<Item = usize> {
    let program = (1..).zip(text.lines()).take_while(|(_, line)| *line != "#[cfg(test)]");
    let said = program.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let said = said.map(|(number, line)| (number, line.split_once(" // ").map_or(line, |(code, _)| code)));
    said.filter(|(_, line)| line.contains(['å', 'ä', 'ö', 'Å', 'Ä', 'Ö'])).map(|(number, _)| number)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let paths = names_in(folder).into_iter().map(|name| folder.join(name));
    paths
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

fn top_level_problems(names: BTreeSet<String>) -> Vec<String> {
    let strange = |name: &String| {
        let made = MADE.iter().any(|made| name.starts_with(made));
        !name.starts_with('.') && !made && !TOP_LEVEL.split(' ').any(|known| known == name)
    };
    names.into_iter().filter(strange).map(|name| format!("{name}:1: does not belong at the top level")).collect()
}

/// All problems of one file, each as `file:line: what`.
fn file_problems(name: &str, text: &str) -> Vec<String> {
    let modules = modules_of(name);
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push((1, "a file opens with //!, saying what it is for".to_owned()));
    }
    let lines = text.lines().count();
    if lines > FILE_LINES {
        found.push((lines, format!("{lines} lines; a file has at most {FILE_LINES}")));
    }
    if modules.first().is_some_and(|module| row_of(module).is_none()) {
        found.push((1, format!("module {} has no place among the layers", modules[0])));
    }
    found.extend(long_functions(text));
    if !TEXTS.iter().chain(SWEDISH.iter().map(|(place, _)| place)).any(|place| name.starts_with(place)) {
        found.extend(swedish_lines(text).map(|line| (line, "a sentence in Swedish belongs into texts".to_owned())));
    }
    for (line, path) in paths_in(&tokens_of(text)) {
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        found.extend(path_problem(&modules, &segments).map(|what| (line, what)));
    }
    found.sort();
    found.dedup();
    found.into_iter().map(|(line, what)| format!("{name}:{line}: {what}")).collect()
}

/// `src/app/cases.rs` is `[app, cases]`, `src/app/mod.rs` is `[app]`, `src/lib.rs` is the root: nothing.
fn modules_of(name: &str) -> Vec<&str> {
    let inside = name.trim_start_matches("src/").trim_end_matches(".rs");
    inside.split('/').filter(|part| !["mod", "lib"].contains(part)).collect()
}

fn row_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// What is wrong with a path of this file, if anything.
fn path_problem(modules: &[&str], path: &[&str]) -> Option<String> {
    let own = modules.first().copied().unwrap_or("lib");
    let written = path.join("::");
    if let Some(target) = layer_of(modules, path) {
        let allowed = own == target || row_of(own) < row_of(target);
        return (!allowed).then(|| format!("{own} must not import {target} ({written})"));
    }
    if let Some((_, owners)) = ONLY_IN.iter().find(|(only, owners)| names(path, only) && !owners.contains(&own)) {
        return Some(format!("{written} belongs to {} alone", owners.join(", ")));
    }
    let impure = PURE.contains(&own) && IMPURE.iter().any(|impure| names(path, impure));
    impure.then(|| format!("{own} is pure and must not name {written}"))
}

/// The layer that a path leads to: `crate::store::X`, `samsyn::store::X` in `main.rs`, or enough `super` to reach the root.
fn layer_of<'a>(modules: &[&str], path: &[&'a str]) -> Option<&'a str> {
    let supers = path.iter().take_while(|segment| **segment == "super").count();
    let target = match path.first()? {
        &"crate" | &"samsyn" => path.get(1)?,
        &"super" if supers >= modules.len() => path.get(supers)?,
        _ => return None,
    };
    row_of(target).map(|_| *target)
}

/// Whether a path names a crate (one segment) or holds these segments in a row.
fn names(path: &[&str], wanted: &[&str]) -> bool {
    match wanted {
        [name] => path.len() > 1 && path[0] == *name,
        _ => path.windows(wanted.len()).any(|window| window == wanted),
    }
}

/// Words, `::` and single signs, each with its line number, without lines that are comments.
fn tokens_of(text: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                _ => word,
            };
            tokens.push((number + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// Every path, those in braces written out: `use crate::{clock::Clock, ids}` gives `crate::clock::Clock` and `crate::ids`.
fn paths_in(tokens: &[(usize, &str)]) -> Vec<(usize, Vec<String>)> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = path_at(tokens, at, &[], &mut paths);
    }
    paths
}

/// Reads what starts at `at`, a path or a single sign, and returns where the next begins.
fn path_at(tokens: &[(usize, &str)], mut at: usize, before: &[String], paths: &mut Vec<(usize, Vec<String>)>) -> usize {
    let token = |at: usize| tokens.get(at).map_or("", |(_, token)| *token);
    let is_word = |at: usize| token(at).starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let (line, mut path) = (tokens[at].0, before.to_vec());
    while is_word(at) {
        path.push(token(at).to_owned());
        at += 1;
        match (token(at), token(at + 1)) {
            ("::", "{") => {
                at += 2;
                while at < tokens.len() && token(at) != "}" {
                    at = path_at(tokens, at, &path, paths);
                }
                return at + 1;
            }
            ("::", "*") => {
                path.push("*".to_owned());
                paths.push((line, path));
                return at + 2;
            }
            ("::", _) if is_word(at + 1) => at += 1,
            _ => {
                paths.push((line, path));
                return at;
            }
        }
    }
    at + 1
}

/// Functions over the limit: from `fn` to the closing brace at the same indentation.
fn long_functions(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let long = |start: usize| {
        let length = function_length(&lines[start..])?;
        let what = format!("a function of {length} lines; the most is {FUNCTION_LINES}");
        (length > FUNCTION_LINES).then_some((start + 1, what))
    };
    (0..lines.len()).filter_map(long).collect()
}

/// The length of the function that starts on the first of these lines, if one does.
fn function_length(lines: &[&str]) -> Option<usize> {
    let first = lines[0].trim_start();
    let before = &first[..first.find("fn ")?];
    let qualifier = |word: &str| word.starts_with("pub") || ["const", "async", "unsafe"].contains(&word);
    if !before.split_whitespace().all(qualifier) || first.ends_with('}') {
        return None;
    }
    let indentation = &lines[0][..lines[0].len() - first.len()];
    let mut in_signature = true;
    for (index, line) in lines.iter().enumerate() {
        if in_signature && line.ends_with(';') {
            return None; // a declaration without a body
        }
        let same_level = line.strip_prefix(indentation).filter(|rest| !rest.starts_with(' '));
        if same_level == Some("}") {
            return Some(index + 1);
        }
        in_signature &= !(same_level.is_some() && line.ends_with('{'));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of a file with this body, without its name.
    fn problems(name: &str, body: &str) -> Vec<String> {
        let problems = file_problems(name, &format!("//! Doc.\n{body}"));
        problems.iter().map(|problem| problem.trim_start_matches(name).to_owned()).collect()
    }

    #[test]
    fn imports_lead_only_to_the_right() {
        let forbidden = [
            ("src/app/cases.rs", "use crate::web::Page;"),
            ("src/app/cases.rs", "fn f() { crate::web::page() }"),
            ("src/app/cases.rs", "use super::super::web::Page;"),
            ("src/app/mod.rs", "use super::web::Page;"),
            ("src/store/mod.rs", "use crate::{clock::Clock, app::{Cases, People}};"),
            ("src/store/mod.rs", "use crate::mail;"),
            ("src/web/mod.rs", "use crate::jobs::run;"),
            ("src/jobs/mod.rs", "use crate::web::page;"),
            ("src/web/mod.rs", "use crate::config::Config;"),
            ("src/web/mod.rs", "use crate::demo::play;"),
            ("src/clock.rs", "use crate::ids::hex;"),
            ("src/clock.rs", "use super::ids::hex;"),
            ("src/cli/serve.rs", "samsyn::main::x();"),
        ];
        for (name, body) in forbidden {
            assert_ne!(problems(name, body), [""; 0], "{name}: {body}");
        }
        let grouped = "use crate::{\n    clock::Clock,\n    app::Cases,\n};\n";
        let what = ":4: store must not import app (crate::app::Cases)";
        assert_eq!(problems("src/store/mod.rs", grouped), [what]);
        let allowed = [
            ("src/main.rs", "fn main() { samsyn::cli::run() }"),
            ("src/cli/serve.rs", "use crate::{config::Config, telemetry, web::{self, App}};"),
            (
                "src/app/cases.rs",
                "use super::people;\nuse crate::store::{Store, web};\nuse crate::app::people::Person;",
            ),
            ("src/app/cases.rs", "// use crate::web::Page;\n/// [`crate::web::Page`]\nfn f() {}"),
            ("src/ids.rs", "use crate::clock::Timestamp;\nmod tests {\n    use super::*;\n}"),
        ];
        for (name, body) in allowed {
            assert_eq!(problems(name, body), [""; 0], "{name}: {body}");
        }
    }

    #[test]
    fn outside_crates_stay_where_they_belong() {
        let forbidden = [
            ("src/app/mod.rs", "use diesel::prelude::*;"),
            ("src/app/mod.rs", "use diesel::*;"),
            ("src/app/mod.rs", "#[derive(diesel::Queryable)]"),
            ("src/store/mod.rs", "use actix_web::{get, web};"),
            ("src/jobs/mod.rs", "use lettre::Message;"),
            ("src/jobs/mod.rs", "handlebars::Handlebars::new();"),
            ("src/web/mod.rs", "use cron::Schedule;"),
            ("src/store/mod.rs", "rand::rng();"),
            ("src/web/mod.rs", "argon2::Argon2::default();"),
            ("src/store/mod.rs", "use zxcvbn::zxcvbn;"),
            ("src/cli/mod.rs", "tracing_subscriber::fmt();"),
            ("src/cli/mod.rs", "let x = std::env::var(name);"),
            ("src/cli/mod.rs", "use std::{env, io};"),
            ("src/app/mod.rs", "let now = chrono::Utc::now();"),
            ("src/app/mod.rs", "let now = Local::now();"),
            ("src/app/mod.rs", "let now = std::time::SystemTime::now();"),
            ("src/workflow/check.rs", "use std::{fmt,\n    fs::File};"),
            ("src/authz.rs", "tokio::spawn(x);"),
        ];
        for (name, body) in forbidden {
            assert_ne!(problems(name, body), [""; 0], "{name}: {body}");
        }
        let allowed = [
            ("src/store/cases.rs", "use diesel::prelude::*;"),
            ("src/config.rs", "std::env::var(name);"),
            ("src/web/mod.rs", "let (cron, rand) = (web::Path, self.rand);"),
            ("src/cli/mod.rs", "use std::fs; // and env!(\"CARGO_PKG_VERSION\")"),
        ];
        for (name, body) in allowed {
            assert_eq!(problems(name, body), [""; 0], "{name}: {body}");
        }
    }

    #[test]
    fn files_and_functions_stay_short_and_documented() {
        assert_eq!(file_problems("src/app/mod.rs", "use std::fmt;\n").len(), 1);
        assert_eq!(problems("src/strange/mod.rs", "").len(), 1);
        assert_eq!(problems("src/app/mod.rs", &"\n".repeat(FILE_LINES - 1)), [""; 0]);
        assert_eq!(problems("src/app/mod.rs", &"\n".repeat(FILE_LINES)).len(), 1);
        let function = |statements: usize| {
            let body = "        a();\n".repeat(statements);
            format!("impl X {{\n    fn short();\n    pub async fn f(\n        x: X,\n    ) {{\n{body}    }}\n}}")
        };
        assert_eq!(problems("src/app/mod.rs", &function(FUNCTION_LINES - 4)), [""; 0]);
        let what = format!(":4: a function of {} lines; the most is {FUNCTION_LINES}", FUNCTION_LINES + 1);
        assert_eq!(problems("src/app/mod.rs", &function(FUNCTION_LINES - 3)), [what]);
    }

    #[test]
    fn swedish_stands_where_texts_are() {
        let said =
            "fn f() {} // ändå\nconst X: &str = \"Välj en roll.\";\n// å\n#[cfg(test)]\nconst Y: &str = \"Å\";\n";
        let what = [":3: a sentence in Swedish belongs into texts"];
        assert_eq!(problems("src/app/cases.rs", said), what);
        for place in ["src/texts/cases.rs", "src/web/pages/texts.rs", "src/web/pages/texts/lists.rs"] {
            assert_eq!(problems(place, said), [""; 0], "{place}");
        }
        for (place, _) in SWEDISH {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
            let files = if root.is_dir() { rust_files(&root) } else { vec![root] };
            let speaks = |file: &std::path::PathBuf| swedish_lines(&fs::read_to_string(file).unwrap()).next().is_some();
            assert!(files.iter().any(speaks), "{place} needs no exception any more");
        }
    }

    #[test]
    fn nothing_strange_stands_at_the_top_level() {
        let names = ["Cargo.toml", "src", ".ci", "target", "samsyn.db-wal", "docs", "build.rs"];
        let problems = top_level_problems(names.map(str::to_owned).into());
        let strange = ["build.rs", "docs"].map(|name| format!("{name}:1: does not belong at the top level"));
        assert_eq!(problems, strange);
    }
}
