//! The lock of the recordings, `tests/recorded/digests.lock`: the SHA-256 of each file as `sha256sum` writes them, so that none is
//! changed, removed or added unseen. Only lines of new files are ever added here; whoever takes lines away does it by hand.

use std::collections::BTreeMap;
use std::path::Path;

use samsyn::workflow::digest::sha256;

use super::root;

const LOCK: &str = "digests.lock";

/// Digests by the path of the file below `tests/recorded`.
pub type Digests = BTreeMap<String, String>;

/// What the lock says.
pub fn locked() -> Digests {
    let text = std::fs::read_to_string(root().join(LOCK)).unwrap_or_default();
    let line = |line: &str| line.split_once("  ").map(|(digest, file)| (file.to_owned(), digest.to_owned()));
    text.lines().map(|text| line(text).unwrap_or_else(|| panic!("{LOCK}: no digest and file: {text}"))).collect()
}

/// What there is.
pub fn found() -> Digests {
    let entries = |path: &Path| std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let folders = entries(&root()).into_iter().filter(|path| path.is_dir());
    let digest = |file: std::path::PathBuf| {
        let name = file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        (name, sha256(&std::fs::read(&file).unwrap()).0)
    };
    folders.flat_map(|folder| entries(&folder)).map(digest).collect()
}

/// Adds lines for files that have none.
pub fn lock_new() {
    let mut digests = found();
    digests.extend(locked());
    let lines = digests.iter().map(|(file, digest)| format!("{digest}  {file}\n"));
    std::fs::write(root().join(LOCK), lines.collect::<String>()).unwrap();
}

/// What differs from the lock, each with what to do.
pub fn faults(locked: &Digests, found: &Digests) -> Vec<String> {
    let gone = locked.iter().filter_map(|(file, digest)| match found.get(file) {
        Some(is) if is == digest => None,
        Some(_) => Some(format!("{file} was changed: put it back, a recording never changes")),
        None => Some(format!("{file} is gone: put it back; where its folder is recorded anew, take its line away too")),
    });
    let added = found.keys().filter(|file| !locked.contains_key(*file));
    let added = added.map(|file| format!("{file} is not in {LOCK}: UPDATE_RECORDED=1 cargo test recorded adds it"));
    gone.chain(added).collect()
}

#[test]
fn what_was_changed_removed_or_added_is_named() {
    let digests = |of: &[(&str, &str)]| -> Digests {
        of.iter().map(|(file, digest)| ((*file).to_owned(), (*digest).to_owned())).collect()
    };
    let locked = digests(&[("a/1.json", "x"), ("a/1.txt", "y"), ("a/2.json", "z")]);
    assert_eq!(faults(&locked, &locked), [""; 0]);
    let told = faults(&locked, &digests(&[("a/1.json", "x"), ("a/1.txt", "other"), ("a/3.json", "z")]));
    let begins: Vec<_> =
        told.iter().map(|told| told.split_once(" is ").or(told.split_once(" was ")).unwrap().0).collect();
    assert_eq!(begins, ["a/1.txt", "a/2.json", "a/3.json"]);
}
