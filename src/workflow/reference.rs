//! How people and files name a definition: `deviation@2`, or `deviation@2+falun@1` where version 1 of what Falun has agreed
//! locally lies over it.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::definition::Definition;

/// The name of a definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// Whose local agreement lies over it, and which version of that.
    pub local: Option<(String, u32)>,
}

impl Reference {
    /// The version alone, as exports tell it: `2`, or `2+falun@1`.
    pub fn version_text(&self) -> String {
        let local = self.local.as_ref().map(|(principal, version)| format!("+{principal}@{version}"));
        format!("{}{}", self.version, local.unwrap_or_default())
    }
}

impl From<(&str, u32)> for Reference {
    fn from((workflow, version): (&str, u32)) -> Self {
        Reference { workflow: workflow.to_owned(), version, local: None }
    }
}

impl From<&Definition> for Reference {
    fn from(definition: &Definition) -> Self {
        let local = definition.local.as_ref().map(|local| (local.principal.clone(), local.version));
        Reference { workflow: definition.workflow.clone(), version: definition.version, local }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.workflow, self.version_text())
    }
}

impl FromStr for Reference {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let numbered = |text: &str| {
            let (name, version) = text.split_once('@')?;
            Some((name.to_owned(), version.parse().ok()?))
        };
        let (base, local) = text.split_once('+').map_or((text, None), |(base, local)| (base, Some(local)));
        let (workflow, version) = numbered(base).ok_or(())?;
        let local = local.map(|local| numbered(local).ok_or(())).transpose()?;
        Ok(Reference { workflow, version, local })
    }
}

/// A file's name with its folder: a bare one says nothing of that, and counts as standing in its workflow's.
pub fn in_folder<'f>(file: &'f str, workflow: &str) -> Cow<'f, str> {
    let bare = file.strip_prefix("./").unwrap_or(file);
    match Path::new(bare).file_name().is_some_and(|name| name == bare) {
        true => Cow::Owned(format!("{workflow}/{bare}")),
        false => Cow::Borrowed(file),
    }
}
