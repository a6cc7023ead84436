//! YAML text -> a tree that knows where everything stands.
//!
//! The parser's events are read here rather than with a loader crate, for three reasons: *all* duplicate keys are reported
//! (a loader stops at the first), every node keeps its position, and aliases cannot be used to blow up memory. YAML 1.2
//! core types; tags, merge keys (`<<`) and several documents in a file are no part of the format. What the tree should
//! hold is not known here: see `shape`.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};
use serde_json::{Map, Value};

use super::classes::{BROKEN_YAML, DUPLICATE_KEY, TOO_LARGE};
use super::problem::{Class, Position, Problem};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most nodes, those behind aliases counted wherever they are used.
pub const MAX_NODES: usize = 50_000;
/// The deepest nesting, through aliases too.
pub const MAX_DEPTH: usize = 48;

/// A value and where it stands: a scalar or list item where it begins, a mapping or list at the key that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub position: Position,
    /// What it is.
    pub tree: Tree,
}

/// The kinds of values.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// A null, a boolean, a number or a text.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the file's order, each key once.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub position: Position,
    /// The value.
    pub node: Node,
}

/// The way to a node of a document, from its root.
macro_rules! at {
    ($($segment:expr),* $(,)?) => {
        &[$($crate::workflow::source::Segment::from($segment)),*]
    };
}
pub(in crate::workflow) use at;

/// One step of the way from a document's root to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Of a mapping.
    Key(String),
    /// Of a list, from 0.
    Index(usize),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Segment::Key(key.to_owned())
    }
}

impl From<&String> for Segment {
    fn from(key: &String) -> Self {
        Segment::Key(key.clone())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Segment::Index(index)
    }
}

impl Node {
    /// The position of the node at `path`, or of the deepest node on the way that exists.
    pub fn find(&self, path: &[Segment]) -> Position {
        path.split_first()
            .and_then(|(first, rest)| self.child(first).map(|child| child.find(rest)))
            .unwrap_or(self.position)
    }

    /// The value under a key, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.child(&key.into())
    }

    fn child(&self, segment: &Segment) -> Option<&Node> {
        match (&self.tree, segment) {
            (Tree::Map(entries), Segment::Key(key)) => {
                entries.iter().find(|entry| entry.key == *key).map(|entry| &entry.node)
            }
            (Tree::List(items), Segment::Index(index)) => items.get(*index),
            _ => None,
        }
    }

    /// The tree as JSON, keys in the file's order.
    pub fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Scalar(value) => value.clone(),
            Tree::List(items) => items.iter().map(Node::to_json).collect(),
            Tree::Map(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }
}

/// What could be read of a file, and everything that is wrong with its YAML.
#[derive(Debug)]
pub struct Source {
    /// The document; absent where the YAML is broken.
    pub root: Option<Node>,
    /// The faults.
    pub problems: Vec<Problem>,
}

/// Reads YAML text; `file` only names it in problems.
pub fn read(file: &str, text: &str) -> Source {
    let mut reader =
        Reader { file, problems: Vec::new(), open: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None };
    match reader.document(text) {
        Ok(()) => Source { root: reader.root, problems: reader.problems },
        Err(fatal) => {
            reader.problems.push(*fatal);
            Source { root: None, problems: reader.problems }
        }
    }
}

/// Stops the reading: what follows could not be trusted.
type Fatal = Box<Problem>;

/// A node with what an alias to it must pay for.
#[derive(Clone)]
struct Measured {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// A list or mapping whose end has not come yet.
struct Open {
    position: Position,
    anchor: usize,
    nodes: usize,
    depth: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    /// The entries, and the key whose value comes next.
    Map(Vec<Entry>, Option<(String, Position)>),
}

struct Reader<'a> {
    file: &'a str,
    problems: Vec<Problem>,
    open: Vec<Open>,
    anchors: HashMap<usize, Measured>,
    nodes: usize,
    root: Option<Node>,
}

impl Reader<'_> {
    fn document(&mut self, text: &str) -> Result<(), Fatal> {
        if text.len() > MAX_BYTES {
            return Err(self.fatal(&TOO_LARGE, Position::START, format!("the file is larger than {MAX_BYTES} bytes")));
        }
        let mut documents = 0;
        for event in Parser::new(StrInput::new(text)) {
            let (event, span) = event.map_err(|error| {
                self.fatal(&BROKEN_YAML, place(error.marker()), format!("this is not YAML: {}", error.info()))
            })?;
            let position = place(&span.start);
            if let Event::DocumentStart(_) = event {
                documents += 1;
            }
            if documents > 1 {
                return Err(self.fatal(
                    &BROKEN_YAML,
                    position,
                    "a second document begins here: keep one document a file",
                ));
            }
            self.event(event, position)?;
        }
        match self.root {
            Some(_) => Ok(()),
            None => Err(self.fatal(&BROKEN_YAML, Position::START, "the file is empty")),
        }
    }

    fn event(&mut self, event: Event<'_>, position: Position) -> Result<(), Fatal> {
        match event {
            Event::Scalar(_, _, _, Some(tag))
            | Event::SequenceStart(_, Some(tag))
            | Event::MappingStart(_, Some(tag)) => {
                Err(self.fatal(&BROKEN_YAML, position, format!("the tag `{tag}` has no meaning here: remove it")))
            }
            Event::Scalar(text, style, anchor, None) => {
                self.count(1, position)?;
                let node = Node { position, tree: Tree::Scalar(scalar(&text, style)) };
                self.add(Measured { node, nodes: 1, depth: 1 }, anchor)
            }
            Event::SequenceStart(anchor, None) => self.begin(position, anchor, Inside::List(Vec::new())),
            Event::MappingStart(anchor, None) => self.begin(position, anchor, Inside::Map(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, position),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, position: Position, anchor: usize, inside: Inside) -> Result<(), Fatal> {
        self.open.push(Open { position, anchor, nodes: 1, depth: 1, inside });
        self.count(1, position)?;
        self.within(MAX_DEPTH, self.open.len(), "nested deeper", position)
    }

    fn end(&mut self) -> Result<(), Fatal> {
        let Some(Open { position, anchor, nodes, depth, inside }) = self.open.pop() else { return Ok(()) };
        let tree = match inside {
            Inside::List(items) => Tree::List(items),
            Inside::Map(entries, _) => Tree::Map(entries),
        };
        self.add(Measured { node: Node { position, tree }, nodes, depth }, anchor)
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Fatal> {
        let Some(measured) = self.anchors.get(&anchor) else {
            return Err(self.fatal(&BROKEN_YAML, position, "this alias stands inside the very node that it names"));
        };
        // Paid for before it is copied.
        let (nodes, depth) = (measured.nodes, measured.depth);
        self.count(nodes, position)?;
        self.within(MAX_DEPTH, self.open.len() + depth, "nested deeper", position)?;
        let Some(mut measured) = self.anchors.get(&anchor).cloned() else { return Ok(()) };
        measured.node.position = position;
        self.add(measured, 0)
    }

    /// Puts a finished node into the list or mapping that it belongs to.
    fn add(&mut self, done: Measured, anchor: usize) -> Result<(), Fatal> {
        if anchor != 0 {
            self.anchors.insert(anchor, done.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(done.node);
            return Ok(());
        };
        parent.nodes += done.nodes;
        parent.depth = parent.depth.max(done.depth + 1);
        match &mut parent.inside {
            Inside::List(items) => items.push(done.node),
            Inside::Map(_, key @ None) => match done.node.tree {
                Tree::Scalar(Value::String(text)) => *key = Some((text, done.node.position)),
                _ => {
                    return Err(self.fatal(
                        &BROKEN_YAML,
                        done.node.position,
                        "a key must be a text: put quotes around it",
                    ));
                }
            },
            Inside::Map(entries, key @ Some(_)) => {
                let duplicate = key.take().and_then(|(key, position)| put(entries, key, position, done.node));
                let problem = duplicate.map(|(at, message)| Problem::new(&DUPLICATE_KEY, self.file, at, message));
                self.problems.extend(problem);
            }
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, position: Position) -> Result<(), Fatal> {
        self.nodes += nodes;
        self.within(MAX_NODES, self.nodes, "longer", position)
    }

    fn within(&self, most: usize, found: usize, what: &str, position: Position) -> Result<(), Fatal> {
        match found > most {
            true => {
                Err(self.fatal(&TOO_LARGE, position, format!("the document is {what} than {most}, aliases counted")))
            }
            false => Ok(()),
        }
    }

    fn fatal(&self, class: &'static Class, position: Position, message: impl Into<String>) -> Fatal {
        Box::new(Problem::new(class, self.file, position, message))
    }
}

/// Puts a value under its key, or says that the key is taken.
fn put(entries: &mut Vec<Entry>, key: String, position: Position, mut node: Node) -> Option<(Position, String)> {
    if let Some(first) = entries.iter().find(|entry| entry.key == key) {
        let line = first.position.line;
        return Some((position, format!("`{key}` stands twice here, first on line {line}: remove one")));
    }
    if !matches!(node.tree, Tree::Scalar(_)) {
        node.position = position;
    }
    entries.push(Entry { key, position, node });
    None
}

fn place(marker: &Marker) -> Position {
    Position { line: marker.line().max(1), column: marker.col() + 1 }
}

/// A scalar after the core schema of YAML 1.2: `on` and `yes` are texts, whatever older parsers think.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => integer(text).map(Value::from).or_else(|| float(text)).unwrap_or_else(|| text.into()),
    }
}

fn integer(text: &str) -> Option<i64> {
    let unsigned = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = |prefix, radix| {
        text.strip_prefix(prefix).filter(unsigned).and_then(|digits| i64::from_str_radix(digits, radix).ok())
    };
    text.parse().ok().or_else(|| digits("0x", 16)).or_else(|| digits("0o", 8))
}

/// Infinities and `.nan` stay texts: nothing in the format could mean them.
fn float(text: &str) -> Option<Value> {
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = if numeric { text.parse::<f64>().ok()? } else { return None };
    serde_json::Number::from_f64(number).map(Value::Number)
}
