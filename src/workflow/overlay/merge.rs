//! Lays an overlay over its base, as document trees: what comes from the overlay keeps its place in the overlay's file, and what
//! comes from the base stands at the key that names it, so that a fault is told where somebody can mend it. Whether the
//! overlay may do so was judged before.

use super::Overlay;
use crate::workflow::check::reminders::reaches_back;
use crate::workflow::definition::Definition;
use crate::workflow::problem::Position;
use crate::workflow::source::{Entry, Node, Tree};

const NO_ITEMS: Tree = Tree::List(Vec::new());
const NO_ENTRIES: Tree = Tree::Map(Vec::new());

pub(super) fn merge(mut merged: Node, base: &Definition, file: &Node, overlay: &Overlay) -> Node {
    place(&mut merged, file.get(overlay.lies_over()).map_or(Position::START, |base| base.position));
    identity(&mut merged, file);
    for (key, empty) in [("fields", NO_ENTRIES), ("deadlines", NO_ENTRIES), ("transitions", NO_ITEMS)] {
        extend(&mut merged, key, empty, file.get(key));
    }
    for (field, more) in entries(file.get("options")) {
        let choice = under(&mut merged, "fields", NO_ENTRIES).and_then(|fields| under(fields, field, NO_ENTRIES));
        let Some(choice) = choice else { continue };
        extend(choice, "groups", NO_ENTRIES, more.get("groups"));
        if let Some(Tree::Map(options)) = under(choice, "options", NO_ENTRIES).map(|node| &mut node.tree) {
            entries(more.get("options")).for_each(|(id, option)| offer(options, id, option));
        }
    }
    for (step, more) in entries(file.get("forms")) {
        form(&mut merged, step, more, file);
    }
    for (deadline, limit) in &overlay.limits {
        let node = under(&mut merged, "deadlines", NO_ENTRIES).and_then(|all| under(all, deadline, NO_ENTRIES));
        let from = file.get("limits").and_then(|limits| limits.get(deadline));
        if let (Some(node), Some(from), Some(was)) = (node, from, base.deadlines.get(deadline)) {
            let kept: Vec<bool> = was.remind.iter().map(|step| !reaches_back(step.at, limit.after)).collect();
            shortened(node, from, &kept, file.get("basis"));
        }
    }
    merged
}

/// Whose it is, and on what it rests.
fn identity(merged: &mut Node, file: &Node) {
    let own = |key: &str| file.get(key).map(|node| entry(key, node.clone()));
    let local: Vec<Entry> = ["principal", "version", "title", "county"].into_iter().filter_map(own).collect();
    let position = file.get("principal").map_or(Position::START, |node| node.position);
    set(merged, "local", Node { position, tree: Tree::Map(local) });
    if let (Some(version), Some(own)) = (under(merged, "version", NO_ITEMS), file.get("version")) {
        version.position = own.position;
    }
    further(under(merged, "basis", NO_ITEMS), file.get("basis"));
}

/// An option stands behind the others of its heading, and one of a new heading behind all that have one.
fn offer(options: &mut Vec<Entry>, id: &str, option: &Node) {
    let heading = |node: &Node| node.get("group").map(|group| group.tree.clone());
    let own = heading(option);
    let behind = |other: &Entry| heading(&other.node).is_some() && heading(&other.node) == own;
    let headed = |other: &Entry| own.is_some() && heading(&other.node).is_some();
    let last = options.iter().rposition(behind).or_else(|| options.iter().rposition(headed));
    options.insert(last.map_or(options.len(), |last| last + 1), entry(id, option.clone()));
}

/// A form of the base asks for more; one in sections gets a section with the local agreement's name.
fn form(merged: &mut Node, step: &str, more: &Node, file: &Node) {
    let Some(step) = ["start", "transitions"].into_iter().find_map(|key| place_of(merged, key, step)) else { return };
    let Some(step) = item(merged, step) else { return };
    step.position = more.position;
    for key in ["require", "ask"] {
        extend(step, key, NO_ITEMS, more.get(key));
    }
    if step.get("sections").is_none() {
        return;
    }
    let asked = ["require", "ask"].into_iter().filter_map(|key| more.get(key)).flat_map(items);
    let fields = Node { position: more.position, tree: Tree::List(asked.cloned().collect()) };
    let title = file.get("title").cloned().map(|title| entry("title", title));
    let section = title.into_iter().chain([entry("fields", fields)]).collect();
    if let Some(Tree::List(sections)) = under(step, "sections", NO_ITEMS).map(|node| &mut node.tree) {
        sections.push(Node { position: more.position, tree: Tree::Map(section) });
    }
}

/// A deadline of the base becomes shorter; reminders for which it has no room then fall away.
fn shortened(deadline: &mut Node, from: &Node, kept: &[bool], basis: Option<&Node>) {
    deadline.position = from.position;
    for key in ["after", "why"] {
        if let Some(value) = from.get(key) {
            set(deadline, key, value.clone());
        }
    }
    further(under(deadline, "basis", NO_ITEMS), basis);
    let mut kept = kept.iter();
    if let Some(Tree::List(steps)) = under(deadline, "remind", NO_ITEMS).map(|node| &mut node.tree) {
        steps.retain(|_| kept.next().copied().unwrap_or(true));
    }
}

fn place(node: &mut Node, position: Position) {
    node.position = position;
    match &mut node.tree {
        Tree::Scalar(_) => {}
        Tree::List(items) => items.iter_mut().for_each(|item| place(item, position)),
        Tree::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.position = position;
            place(&mut entry.node, position);
        }),
    }
}

fn entry(key: &str, node: Node) -> Entry {
    Entry { key: key.to_owned(), position: node.position, node }
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    let entries = node.and_then(|node| match &node.tree {
        Tree::Map(entries) => Some(entries),
        _ => None,
    });
    entries.into_iter().flatten().map(|entry| (entry.key.as_str(), &entry.node))
}

fn items(node: &Node) -> impl Iterator<Item = &Node> {
    let items = if let Tree::List(items) = &node.tree { items.as_slice() } else { &[] };
    items.iter()
}

/// The value under a key, put there where there is none.
fn under<'n>(node: &'n mut Node, key: &str, empty: Tree) -> Option<&'n mut Node> {
    let position = node.position;
    let Tree::Map(entries) = &mut node.tree else { return None };
    let at = entries.iter().position(|entry| entry.key == key).unwrap_or(entries.len());
    if at == entries.len() {
        entries.push(entry(key, Node { position, tree: empty }));
    }
    entries.get_mut(at).map(|entry| &mut entry.node)
}

fn set(node: &mut Node, key: &str, value: Node) {
    let tree = value.tree.clone();
    if let Some(place) = under(node, key, tree) {
        *place = value;
    }
}

/// Puts entries or items behind those under a key.
fn extend(node: &mut Node, key: &str, empty: Tree, more: Option<&Node>) {
    let Some(more) = more else { return };
    match (under(node, key, empty).map(|node| &mut node.tree), Some(&more.tree)) {
        (Some(Tree::Map(entries)), Some(Tree::Map(more))) => entries.extend(more.iter().cloned()),
        (Some(Tree::List(items)), Some(Tree::List(more))) => items.extend(more.iter().cloned()),
        _ => {}
    }
}

/// Puts those items behind that are not there yet.
fn further(node: Option<&mut Node>, more: Option<&Node>) {
    let Some(Tree::List(there)) = node.map(|node| &mut node.tree) else { return };
    for item in more.into_iter().flat_map(items) {
        if there.iter().all(|known| known.tree != item.tree) {
            there.push(item.clone());
        }
    }
}

/// In which list the step of that id stands, and where in it.
fn place_of<'k>(merged: &Node, key: &'k str, id: &str) -> Option<(&'k str, usize)> {
    let wanted = Tree::Scalar(id.into());
    let is_it = |item: &Node| item.get("id").is_some_and(|id| id.tree == wanted);
    merged.get(key).and_then(|list| items(list).position(is_it)).map(|at| (key, at))
}

fn item<'n>(merged: &'n mut Node, (key, at): (&str, usize)) -> Option<&'n mut Node> {
    match under(merged, key, NO_ITEMS).map(|list| &mut list.tree) {
        Some(Tree::List(items)) => items.get_mut(at),
        _ => None,
    }
}
