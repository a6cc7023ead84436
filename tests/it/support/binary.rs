//! The program as people run it: in a folder of its own, with the settings that the test gives and no others.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::database::Database;

/// Where to run the program, and on which database.
pub struct Binary<'a> {
    folder: &'a Path,
    settings: Vec<(String, String)>,
}

/// What a run left.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl<'a> Binary<'a> {
    /// On this database. Mails leave at any hour, for it goes by the machine's clock.
    pub fn on(database: &'a Database) -> Self {
        let binary = Binary::in_folder(database.folder()).set("DATABASE_URL", &database.url_text());
        binary.set("SAMSYN_OFFICE_HOURS", "always")
    }

    /// In this folder, without settings.
    pub fn in_folder(folder: &'a Path) -> Self {
        Binary { folder, settings: Vec::new() }
    }

    /// With a setting more.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The command, ready to start.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samsyn"));
        command.args(args).current_dir(self.folder).stdin(Stdio::null());
        let ours = |name: &str| name.starts_with("SAMSYN_") || name == "DATABASE_URL";
        for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().cloned());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// Runs it to its end, with this on standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that reads nothing has closed it: that is no failure of the test.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    /// What it prints; panics where it fails.
    pub fn printed(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
        ran.out
    }

    /// What it prints with `--json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let printed = self.printed(args);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{args:?}: {error}: {printed}"))
    }

    /// The one line that says what was wrong.
    pub fn refused(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        let said: Vec<_> = ran.err.lines().collect();
        assert_eq!((ran.code, ran.out.as_str(), said.len()), (Some(1), "", 1), "{args:?}: {}", ran.err);
        said[0].to_owned()
    }

    /// Starts the server on a free port; `http://127.0.0.1:PORT`.
    pub fn serve(&self, args: &[&str]) -> Served {
        self.serve_logging(args, Stdio::null())
    }

    /// The same, with what it logs.
    pub fn serve_logging(&self, args: &[&str], log: impl Into<Stdio>) -> Served {
        let mut command = self.command(&[&["serve", "--listen", "127.0.0.1:0"], args].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap_or_else(|| panic!("it says `{line}`"));
        Served { url: url.to_owned(), child }
    }
}

/// A server that runs; killed where it goes out of scope.
pub struct Served {
    pub url: String,
    pub child: Child,
}

impl Served {
    /// Kills it, as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}
