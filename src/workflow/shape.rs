//! Holds a document against a JSON Schema: unknown, missing and mistyped keys, all of them at once, each with its line.
//!
//! Why no schema crate: those judge JSON without positions, explain an `anyOf` by quoting every branch, and the
//! best of them brings forty more crates. What `schemars` writes for our types needs a dozen keywords. Where a value may
//! take several forms, the form is picked by its JSON type and then by its keys, and only that one is explained.
//! Whether names point anywhere is not judged here: see `check`.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::classes::{MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE, WRONG_VALUE};
use super::problem::{Class, Position, Problem, did_you_mean, in_order};
use super::schema::{ID, NAME};
use super::source::{Entry, Node, Source, Tree};
use crate::calendar::Period;
use crate::ids::{HSA_ID, HsaId};

/// A document of the right shape: the tree, and the same as a type.
pub type Typed<T> = (Node, T);

/// Reads a document as a type.
///
/// # Errors
/// Everything that is wrong with its YAML and its shape.
pub fn typed<T: DeserializeOwned>(file: &str, source: Source, schema: &Value) -> Result<Typed<T>, Vec<Problem>> {
    match lenient(file, source, schema) {
        Lenient { read: Some(read), problems, .. } if problems.is_empty() => Ok(read),
        Lenient { problems, .. } => Err(in_order(problems)),
    }
}

/// What a document could be read as, and what of it could not.
pub struct Lenient<T> {
    /// What could be read.
    pub read: Option<Typed<T>>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// The names of the items that were cut out. Where there is one, what was read is not the whole.
    pub lost: Vec<String>,
}

/// Reads a document as a type, as far as that goes, so that the rest can still be checked: unknown and duplicate keys are
/// reported and left out, and so is an item - a state, a field, a step - in which anything is of another shape.
pub fn lenient<T: DeserializeOwned>(file: &str, source: Source, schema: &Value) -> Lenient<T> {
    let nothing = |problems| Lenient { read: None, problems, lost: Vec::new() };
    let Some(mut root) = source.root else { return nothing(source.problems) };
    let mut shape = Shape { file, schema, problems: source.problems, depth: 0, lost: Vec::new() };
    shape.node(schema, &mut root, "the document");
    let Shape { mut problems, lost, .. } = shape;
    match serde_json::from_value(root.to_json()) {
        Ok(value) => Lenient { read: Some((root, value)), problems, lost },
        Err(error) => {
            // Already explained by the schema, unless it allows what the type does not.
            if problems.iter().all(|problem| problem.class == &UNKNOWN_KEY) {
                problems.push(Problem::new(&WRONG_VALUE, file, root.position, error.to_string()));
            }
            nothing(problems)
        }
    }
}

/// Where the keys of the document stand; below them are their items.
const KEYS: u32 = 1;
/// Where the items stand.
const ITEMS: u32 = 2;

struct Shape<'a> {
    file: &'a str,
    schema: &'a Value,
    problems: Vec<Problem>,
    depth: u32,
    lost: Vec<String>,
}

impl<'a> Shape<'a> {
    /// Reports what is wrong with a node, but for what is left out of it. Answers whether the rest can be read.
    fn node(&mut self, schema: &'a Value, node: &mut Node, name: &str) -> bool {
        let schema = self.resolved(schema);
        if matches!(node.tree, Tree::Scalar(Value::Null)) {
            let message = format!("{name} is empty: give it a value, or remove the key");
            return self.report(&WRONG_TYPE, node.position, message);
        }
        let Some(schema) = self.form(schema, node) else {
            let (wanted, found) = (self.kinds(schema).join(" or "), kind(&node.tree));
            let message = format!("{name} must be {wanted}, and this is {found}");
            return self.report(&WRONG_TYPE, node.position, message);
        };
        self.depth += 1;
        let sound = match &mut node.tree {
            Tree::Scalar(value) => self.scalar(schema, value, node.position, name),
            Tree::List(items) => self.list(&schema["items"], items, &format!("an item of {name}")),
            Tree::Map(entries) => self.map(schema, entries, node.position, name),
        };
        self.depth -= 1;
        sound
    }

    fn list(&mut self, schema: &'a Value, items: &mut Vec<Node>, name: &str) -> bool {
        let mut all = true;
        items.retain_mut(|item| {
            let sound = self.node(schema, item, name);
            let kept = sound || self.depth != ITEMS;
            if !kept {
                self.lost.push(id_of(item).unwrap_or_default());
            }
            all &= sound || !kept;
            kept
        });
        all
    }

    fn map(&mut self, schema: &'a Value, entries: &mut Vec<Entry>, position: Position, name: &str) -> bool {
        let properties = schema["properties"].as_object();
        let others = &schema["additionalProperties"];
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut all = true;
        entries.retain_mut(|entry| {
            let label = format!("`{}`", entry.key);
            if let Some(property) = properties.and_then(|properties| properties.get(&entry.key)) {
                let sound = self.node(property, &mut entry.node, &label)
                    || self.depth == KEYS && self.stand_in(property, &mut entry.node);
                let kept = sound || self.depth != KEYS || required.contains(&entry.key.as_str());
                all &= sound || !kept;
                return kept;
            }
            if others.is_object() {
                let named = self.pattern(&schema["propertyNames"], &entry.key, entry.position, &label);
                let sound = self.node(others, &mut entry.node, &label) && named;
                let kept = sound || self.depth != ITEMS;
                if !kept {
                    self.lost.extend([entry.key.clone(), entry.key.to_lowercase()]);
                }
                all &= sound || !kept;
                return kept;
            }
            let known = properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str));
            let message = format!("{label} has no meaning in {name}{}", did_you_mean(&entry.key, known));
            self.report(&UNKNOWN_KEY, entry.position, message);
            false
        });
        for key in required {
            if entries.iter().all(|entry| entry.key != key) {
                all = self.report(&MISSING_KEY, position, format!("{name} needs a `{key}`"));
            }
        }
        all
    }

    /// Puts a value of the right shape, which says nothing, in the place of a key of the document that has another.
    fn stand_in(&mut self, schema: &'a Value, node: &mut Node) -> bool {
        let schema = self.resolved(schema);
        node.tree = match schema["type"].as_str() {
            Some("object") if schema["additionalProperties"].is_object() => Tree::Map(Vec::new()),
            Some("array") => Tree::List(Vec::new()),
            Some("string") => Tree::Scalar(Value::from(UNREAD)),
            Some("integer") => Tree::Scalar(Value::from(1)),
            _ => return false,
        };
        self.lost.push(UNREAD.to_owned());
        true
    }

    fn scalar(&mut self, schema: &'a Value, value: &Value, position: Position, name: &str) -> bool {
        let before = self.problems.len();
        if let Some(text) = value.as_str() {
            if let Some(allowed) = self.allowed(schema).filter(|allowed| !allowed.contains(&text)) {
                let hint = did_you_mean(text, allowed.iter().copied());
                let message = format!("{name} cannot be `{text}`, only one of: {}{hint}", allowed.join(", "));
                self.report(&WRONG_VALUE, position, message);
            }
            self.pattern(schema, text, position, name);
        }
        let beyond = |key: &str| schema[key].as_i64().zip(value.as_i64());
        if let Some((least, _)) = beyond("minimum").filter(|(least, number)| number < least) {
            self.report(&WRONG_VALUE, position, format!("{name} must be at least {least}"));
        }
        if let Some((most, _)) = beyond("maximum").filter(|(most, number)| number > most) {
            self.report(&WRONG_VALUE, position, format!("{name} must be at most {most}"));
        }
        self.problems.len() == before
    }

    fn pattern(&mut self, schema: &Value, text: &str, position: Position, name: &str) -> bool {
        let fault = schema["pattern"].as_str().and_then(matcher).and_then(|fits| fits(text).err());
        fault.is_none_or(|message| self.report(&WRONG_VALUE, position, format!("{name}: {message}")))
    }

    /// The schema behind references.
    fn resolved(&self, mut schema: &'a Value) -> &'a Value {
        while let Some(target) =
            schema["$ref"].as_str().and_then(|path| self.schema.pointer(path.trim_start_matches('#')))
        {
            schema = target;
        }
        schema
    }

    /// The one form, of those that the schema allows, that the node is meant to have.
    fn form(&self, schema: &'a Value, node: &Node) -> Option<&'a Value> {
        let schema = self.resolved(schema);
        let Some(forms) = alternatives(schema).filter(|_| self.allowed(schema).is_none()) else {
            return self.accepts(schema, &node.tree).then_some(schema);
        };
        let fitting = forms.iter().filter_map(|form| self.form(form, node));
        // `max_by_key` would keep the last of equals, and the first is the plainest.
        fitting.reduce(|best, form| if likeness(form, &node.tree) > likeness(best, &node.tree) { form } else { best })
    }

    fn accepts(&self, schema: &Value, tree: &Tree) -> bool {
        match (schema["type"].as_str(), tree) {
            (Some("object"), Tree::Map(_)) | (Some("array"), Tree::List(_)) => true,
            (Some("integer"), Tree::Scalar(value)) => value.is_i64(),
            (Some("boolean"), Tree::Scalar(value)) => value.is_boolean(),
            (Some("string"), Tree::Scalar(value)) => value.is_string(),
            (None, Tree::Scalar(value)) => value.is_string() && self.allowed(schema).is_some(),
            _ => false,
        }
    }

    /// The texts that a schema lists, where it is nothing but such a list.
    fn allowed(&self, schema: &'a Value) -> Option<Vec<&'a str>> {
        if let Some(value) = schema["const"].as_str() {
            return Some(vec![value]);
        }
        if let Some(values) = schema["enum"].as_array() {
            return Some(values.iter().filter_map(Value::as_str).collect());
        }
        let lists = alternatives(schema)?.iter().map(|form| self.allowed(self.resolved(form)));
        lists.collect::<Option<Vec<_>>>().map(|lists| lists.concat())
    }

    fn kinds(&self, schema: &'a Value) -> Vec<&'static str> {
        let schema = self.resolved(schema);
        let mut kinds = match (schema["type"].as_str(), alternatives(schema)) {
            (Some("object"), _) => vec!["a mapping"],
            (Some("array"), _) => vec!["a list"],
            (Some("integer"), _) => vec!["a whole number"],
            (Some("boolean"), _) => vec!["true or false"],
            (None, Some(forms)) if self.allowed(schema).is_none() => {
                forms.iter().flat_map(|form| self.kinds(form)).collect()
            }
            _ => vec!["a text"],
        };
        kinds.dedup();
        kinds
    }

    /// Tells that something cannot be read.
    fn report(&mut self, class: &'static Class, position: Position, message: String) -> bool {
        self.problems.push(Problem::new(class, self.file, position, message));
        false
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array())
}

/// What stands for a text that is none.
const UNREAD: &str = "?";

/// The name by which others refer to an item: its id, or itself.
fn id_of(item: &Node) -> Option<String> {
    match &item.tree {
        Tree::Scalar(value) => value.as_str().map(str::to_owned),
        Tree::Map(entries) => entries.iter().find(|entry| entry.key == "id").and_then(|entry| id_of(&entry.node)),
        Tree::List(_) => None,
    }
}

/// How many of the node's keys the form knows; among equals, the form that misses fewer.
fn likeness(form: &Value, tree: &Tree) -> (usize, std::cmp::Reverse<usize>) {
    let Tree::Map(entries) = tree else { return (0, std::cmp::Reverse(0)) };
    let known = entries.iter().filter(|entry| form["properties"].get(&entry.key).is_some()).count();
    let required = form["required"].as_array().into_iter().flatten();
    let missing = required.filter(|key| entries.iter().all(|entry| **key != entry.key.as_str())).count();
    (known, std::cmp::Reverse(missing))
}

fn kind(tree: &Tree) -> &'static str {
    match tree {
        Tree::List(_) => "a list",
        Tree::Map(_) => "a mapping",
        Tree::Scalar(Value::Bool(_)) => "true or false",
        Tree::Scalar(Value::Number(_)) => "a number",
        Tree::Scalar(_) => "a text",
    }
}

/// Whether a text is what a pattern describes; if not, what to write.
pub type Matcher = fn(&str) -> Result<(), String>;

/// What judges a pattern of the schema. There are four, so that no engine for regular expressions is needed, and the
/// message can say more than the pattern does; a test sees to it that each is known here.
pub fn matcher(pattern: &str) -> Option<Matcher> {
    match pattern {
        ID => Some(|text| id(text, "_")),
        NAME => Some(|text| id(text, "_-")),
        PERIOD => Some(|text| text.parse::<Period>().map(|_| ()).map_err(|error| error.to_string())),
        HSA_ID => Some(|text| text.parse::<HsaId>().map(|_| ()).map_err(|error| error.to_string())),
        _ => None,
    }
}

/// The pattern that the calendar gives for a period.
const PERIOD: &str = "^(0|-?[1-9][0-9]{0,4})(d|wd|w|m|y)$";

fn id(text: &str, joints: &str) -> Result<(), String> {
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
    let fits = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || joints.contains(c));
    let allowed = joints.chars().map(|joint| format!(" or `{joint}`")).collect::<String>();
    match begins && fits {
        true => Ok(()),
        false => Err(format!("write a lower-case letter a-z, then such letters, digits{allowed}")),
    }
}
