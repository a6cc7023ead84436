//! A case as a file: the file's shape and its verification, which needs no database and no server. Who may
//! have one made, and what is put into it, is `app::log`.
#![doc = include_str!("../../workflows/BUNDLE.md")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::case::{Case, replay};
use super::definition::Definition;
use super::digest::{definition_digest, sha256};
use super::history::{self, Definitions};
use super::input::content_digest;
use super::log::{CONTENT, Record, Room};
use super::proof::{ChainHead, Kept, KeptEntry, Proof, place, unhex};
use super::source::Node;
use super::{schema, shape, source};
use crate::ids::{CaseNumber, Digest};

/// The format that this program writes, and reads.
pub const FORMAT: u32 = 1;

/// A case as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The format: 1.
    pub samsyn_bundle: u32,
    /// The case.
    pub case: CaseNumber,
    /// The state in which it stood.
    pub state: String,
    /// What it ended with, where it had.
    pub outcome: Option<String>,
    /// The definitions under which its entries were made.
    pub definitions: Vec<BundledDefinition>,
    /// The entries, by room and place.
    pub entries: Vec<BundledEntry>,
    /// The texts that entries refer to.
    pub texts: Vec<BundledText>,
    /// The documents that entries refer to; their bytes are files of their own.
    pub documents: Vec<BundledDocument>,
}

/// A definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledDefinition {
    /// Its digest.
    pub digest: Digest,
    /// The text of its file.
    pub text: String,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledEntry {
    /// The room: `shared`, or `own:` and the principal.
    pub room: String,
    /// Its place in the room, from 1.
    pub n: i64,
    /// SHA-256 of the document.
    pub hash: String,
    /// The document, byte for byte.
    pub document: String,
}

/// A text; without salt and text once it was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledText {
    /// The room.
    pub room: String,
    /// The entry.
    pub n: i64,
    /// Where in the entry.
    pub path: String,
    /// The salt in hexadecimal.
    pub salt: Option<String>,
    /// The text.
    pub text: Option<String>,
}

/// A document's salt; without it once the document was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledDocument {
    /// The room.
    pub room: String,
    /// The entry.
    pub n: i64,
    /// The salt in hexadecimal.
    pub salt: Option<String>,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// How many entries.
    pub entries: usize,
    /// How many heads that were noted elsewhere are in the file.
    pub heads: usize,
    /// The files that are documents of the case, each with the entry that seals it.
    pub documents: Vec<String>,
    /// The removals: what is gone on record.
    pub removed: Vec<String>,
    /// What is wrong, each naming its place. Empty where all is well.
    pub problems: Vec<String>,
}

/// Reads a bundle.
///
/// # Errors
/// What is wrong with the file, for an operator.
pub fn read(text: &str) -> Result<Bundle, String> {
    let bundle: Bundle = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match bundle.samsyn_bundle {
        FORMAT => Ok(bundle),
        other => Err(format!("this program reads bundles of format {FORMAT}, not {other}")),
    }
}

impl Bundle {
    /// The text of the file: a line for each item, so that people can look into it.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// Verifies a bundle: its chains, its texts, its definitions, that the case is what its log says; that files are its
/// documents; and, against heads that were noted elsewhere, that it is the log that they are of and that nothing was cut off.
pub fn verify(bundle: &Bundle, noted: Option<&[ChainHead]>, files: &[(String, Vec<u8>)]) -> Examined {
    let rows = bundle.entries.iter().map(|entry| KeptEntry {
        room: &entry.room,
        n: entry.n,
        document: &entry.document,
        hash: &entry.hash,
    });
    let mut proof = Proof::of_chains(&bundle.case, rows, |_, _| true);
    let heads = noted.map_or(0, |noted| compared(&mut proof, bundle, noted));
    proof.texts(bundle.texts.iter().map(|text| {
        let (salt, content) = (text.salt.as_deref(), text.text.as_deref());
        (text.path.as_str(), Kept { room: &text.room, n: text.n, salt, content })
    }));
    let definitions = definitions(bundle, &mut proof);
    state(bundle, &definitions, &mut proof);
    let salts = salts(bundle, &mut proof);
    let documents = files.iter().filter_map(|(name, bytes)| document(&mut proof, &salts, name, bytes)).collect();
    let Proof { removed, problems, .. } = proof;
    Examined { entries: bundle.entries.len(), heads, documents, removed, problems }
}

/// Holds the file against heads that were noted elsewhere: how many of them are of it. Of a room that is not in the file nothing
/// can be said; that of what both sides read must be among them, or a file of another case would pass.
fn compared(proof: &mut Proof, bundle: &Bundle, noted: &[ChainHead]) -> usize {
    let rooms: BTreeSet<_> = proof.entries.iter().map(|entry| &entry.room).collect();
    let of_case = noted.iter().filter(|head| head.case == bundle.case && rooms.contains(&head.room));
    let heads: Vec<_> = of_case.cloned().collect();
    if !heads.iter().any(|head| head.room == Room::Shared) {
        proof.problem("shared: the heads noted earlier name none of it");
    }
    proof.noted(&heads);
    heads.len()
}

/// The definitions that are what their digests say, each once.
fn definitions(bundle: &Bundle, proof: &mut Proof) -> Definitions {
    let mut known = Definitions::default();
    let named: BTreeSet<_> = proof.entries.iter().map(|entry| entry.definition.clone()).collect();
    let sealed: Vec<_> = proof.sealed().into_iter().map(|(digest, text)| (digest.clone(), text.cloned())).collect();
    for BundledDefinition { digest, text } in &bundle.definitions {
        let name = format!("definition {digest}");
        let read = source::read(&name, text);
        let found = read.root.as_ref().map(Node::to_json).map(|document| definition_digest(&document));
        if found.as_ref() != Some(digest) {
            proof.problem(&format!("{name}: the text does not have that digest"));
            continue;
        }
        if known.get(digest).is_some() || !named.contains(digest) {
            proof.problem(&format!("{name}: it is there twice, or no entry was made under it"));
        }
        let text_digest = Some(sha256(text.as_bytes()));
        if sealed.iter().any(|(definition, sealed)| definition == digest && *sealed != text_digest) {
            proof.problem(&format!("{name}: the text is not the one under which the case began or went on"));
        }
        match shape::typed::<Definition>(&name, read, &schema::workflow_schema()) {
            Ok((_, definition)) => known.add(digest.clone(), Arc::new(definition)),
            Err(_) => proof.problem(&format!("{name}: this program cannot read it")),
        }
    }
    known
}

/// Whether the steps lead to where the case is said to stand, through states of its definition.
fn state(bundle: &Bundle, definitions: &Definitions, proof: &mut Proof) {
    let mut problems = Vec::new();
    let strays = history::strays(&proof.entries).0;
    for entry in &proof.entries {
        let definition = definitions.get(&entry.definition);
        let what = match (&entry.records, definition) {
            (_, None) => "its definition is missing",
            (Record::Step(step), Some(definition)) if !definition.states.contains_key(&step.to) => {
                "it leads to no state of its definition"
            }
            _ if strays.contains(&entry) => "it was made under another definition than the case's at that time",
            _ => continue,
        };
        problems.push((entry.room.to_string(), place(entry), what));
    }
    problems.iter().for_each(|(room, n, what)| proof.entry_problem(room, *n, what));
    if proof.sealed().is_empty() {
        return proof.problem("it has no beginning");
    }
    // Where a definition is missing that is told already.
    let Ok(steps) = definitions.steps(&proof.entries) else { return };
    let stands = |case: &Case| case.state == bundle.state && case.outcome == bundle.outcome;
    match replay(steps) {
        Ok(Some(case)) if stands(&case) => {}
        Ok(_) => proof.problem("the state is not what the log says"),
        Err(broken) => proof.problem(&broken.to_string()),
    }
}

/// The salt and the digest of each document that was not removed, with the name of its place.
fn salts(bundle: &Bundle, proof: &mut Proof) -> Vec<(Vec<u8>, Digest, String)> {
    let attached = proof.entries.iter().filter_map(|entry| Some((entry, entry.attached()?.content.clone())));
    let mut expected: BTreeMap<_, _> =
        attached.map(|(entry, digest)| ((entry.room.to_string(), place(entry)), digest)).collect();
    let mut salts = Vec::new();
    for BundledDocument { room, n, salt } in &bundle.documents {
        let (digest, salt) = match (expected.remove(&(room.clone(), *n)), salt) {
            (None, _) => {
                proof.entry_problem(room, *n, "document: no entry refers to it");
                continue;
            }
            (Some(digest), None) => {
                proof.gone(room, *n, "document", (CONTENT, &digest));
                continue;
            }
            (Some(digest), Some(salt)) => (digest, unhex(salt)),
        };
        match salt {
            Some(salt) => salts.push((salt, digest, format!("{room} entry {n}"))),
            None => proof.entry_problem(room, *n, "document: it has been changed"),
        }
    }
    for (room, n) in expected.keys() {
        proof.entry_problem(room, *n, "document: it is missing");
    }
    salts
}

/// The document that a file is.
fn document(proof: &mut Proof, salts: &[(Vec<u8>, Digest, String)], name: &str, bytes: &[u8]) -> Option<String> {
    let of = salts.iter().find(|(salt, digest, _)| content_digest(salt, bytes) == *digest);
    if of.is_none() {
        proof.problem(&format!("{name}: it is no document of the case"));
    }
    of.map(|(_, _, place)| format!("{name}: {place}"))
}
