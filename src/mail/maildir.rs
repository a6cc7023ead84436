//! A Maildir that a mail server delivers to: what is new in it, and moving what has been read to where it counts as seen.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A report is small; of anything larger no more is read than this, for its headers.
const MOST_READ: u64 = 1024 * 1024;

/// A folder with `new` and `cur` in it.
#[derive(Debug, Clone)]
pub struct Maildir(PathBuf);

/// A mail that has come and not been read.
#[derive(Debug)]
pub struct NewMail {
    path: PathBuf,
    name: String,
}

impl Maildir {
    /// That folder. What a mail server has not made yet is empty.
    pub fn new(folder: impl Into<PathBuf>) -> Maildir {
        Maildir(folder.into())
    }

    /// What is new, the oldest name first. Files whose name begins with a dot are none, nor are folders.
    ///
    /// # Errors
    /// Where the folder is there and cannot be read.
    pub fn new_mails(&self) -> io::Result<Vec<NewMail>> {
        let entries = match fs::read_dir(self.0.join("new")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut mails = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.starts_with('.') {
                mails.push(NewMail { path: entry.path(), name });
            }
        }
        mails.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(mails)
    }

    /// Moves a mail to those that have been seen. Fine where somebody else has moved it meanwhile.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn seen(&self, mail: &NewMail) -> io::Result<()> {
        let seen = self.0.join("cur");
        fs::create_dir_all(&seen)?;
        // RFC-less but everywhere the same: flags stand behind `:2,`, and S is for seen.
        let name = mail.name.split(':').next().unwrap_or(&mail.name);
        gone_is_fine(fs::rename(&mail.path, seen.join(Path::new(&format!("{name}:2,S")))))
    }
}

impl NewMail {
    /// The mail; nothing where somebody else has moved it meanwhile.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        gone_is_fine(File::open(&self.path).and_then(|file| file.take(MOST_READ).read_to_end(&mut bytes)).map(drop))?;
        Ok(bytes)
    }
}

fn gone_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
