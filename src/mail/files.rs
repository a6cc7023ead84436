//! Mails as `.eml` files in a folder: what happens where no server is set, and what every mail program opens.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::message::Outgoing;
use super::transport::{SendError, Transport, Verdict};

/// The folder cannot hold mails.
#[derive(Debug, thiserror::Error)]
#[error("the mail folder `{}` cannot be written: {cause}", folder.display())]
pub struct FolderError {
    /// The folder.
    pub folder: PathBuf,
    /// Why.
    pub cause: io::Error,
}

impl Transport {
    /// Into that folder, which is made if need be, and tried: better now than with the first mail.
    pub fn files(folder: impl Into<PathBuf>) -> Result<Transport, FolderError> {
        let folder = folder.into();
        match try_out(&folder) {
            Ok(()) => Ok(Transport::Files(folder)),
            Err(cause) => Err(FolderError { folder, cause }),
        }
    }
}

fn try_out(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = folder.join(".writable");
    File::create(&file)?;
    fs::remove_file(file)
}

/// Writes `<UTC>-<id>.eml`. A mail that is there already stays as it is: the repeat of a mail is no second mail.
pub(super) fn write(folder: &Path, outgoing: &Outgoing, bytes: &[u8]) -> Result<(), SendError> {
    let written = is_there(folder, &outgoing.id).and_then(|there| match there {
        true => Ok(()),
        false => write_whole(folder, outgoing, bytes),
    });
    // An error of the operating system names no file.
    let retry = |error: io::Error| format!("the mail folder cannot be written: {error}");
    written.map_err(|error| SendError { verdict: Verdict::Retry, detail: retry(error) })
}

/// Whether the folder holds a mail with that identifier, of whatever date.
fn is_there(folder: &Path, id: &str) -> io::Result<bool> {
    let wanted = format!("{id}.eml");
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if name.to_str().and_then(|name| name.split_once('-')).is_some_and(|(_, rest)| rest == wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Under a name that no one looks for, until it is whole and on the disk.
fn write_whole(folder: &Path, outgoing: &Outgoing, bytes: &[u8]) -> io::Result<()> {
    let id = &outgoing.id;
    let unfinished = folder.join(format!(".{id}.part"));
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(format!("{}-{id}.eml", outgoing.at.utc().format("%Y%m%dT%H%M%SZ"))))
}
