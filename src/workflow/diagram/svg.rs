//! A drawing that stands by itself: no script, no font, no file beside it; light or dark as the reader's device is; said in
//! words for who cannot see it. Lines carry numbers, and the list below says what they are.

use std::fmt::Write;

use super::layout::{BOX, HEIGHT, Layout, Line, ROW, layout};
use super::{Move, actor, looks, moves, wrapped};
use crate::workflow::check::graph::Graph;
use crate::workflow::definition::Definition;

/// A step from more states than this is not drawn as lines, which would hide the others, but as its number at the target.
const DRAWN: usize = 2;
/// Characters on a line of a box.
const WRAP: usize = 26;
/// Characters on a line in small type.
const WRAP_SMALL: usize = 29;
const LIST_LINE: f64 = 20.0;

const STYLE: &str = "\
text{font:13px system-ui,'Segoe UI',sans-serif;fill:#1b1b1b}.who{font-size:11px;fill:#444}.line{fill:none;stroke:#6a6a6a;stroke-width:1.3}\
.head{fill:#6a6a6a}.paper{fill:#fff}.number{font-size:11px;text-anchor:middle}.badge{fill:#fff;stroke:#6a6a6a}.heading{font-weight:600}\
.side0{fill:#d7e7fa;stroke:#2b5d9b}.side1{fill:#fae6cf;stroke:#98601c}.shared{fill:#ece3f7;stroke:#6b4a9c}.body{fill:#dcefdc;stroke:#3a7a3e}\
.end{fill:#e9e9e9;stroke:#666;stroke-width:2.5}@media (prefers-color-scheme:dark){text{fill:#f1f1f1}.who{fill:#c9c9c9}.paper{fill:#16181b}\
.line{stroke:#a5a5a5}.head{fill:#a5a5a5}.badge{fill:#16181b;stroke:#a5a5a5}.side0{fill:#173456;stroke:#7fb0e8}.side1{fill:#4b300f;stroke:#e0a55a}\
.shared{fill:#35254f;stroke:#b99be6}.body{fill:#1c3d20;stroke:#83c388}.end{fill:#303236;stroke:#a5a5a5}}";

/// The definition as an SVG image.
pub fn svg(definition: &Definition) -> String {
    let graph = Graph::new(definition);
    let ways = graph.reach();
    let rows: Vec<usize> =
        (0..graph.states.len()).map(|state| ways.to(state, false).map_or(0, |way| way.len() - 1)).collect();
    let moves = moves(definition);
    let place = |name: &str| graph.place(name);
    let drawn = moves.iter().filter(|one| one.from.len() <= DRAWN);
    let mut lines: Vec<(usize, usize)> =
        drawn.flat_map(|one| one.from.iter().filter_map(|from| place(from).zip(place(&one.step.target)))).collect();
    lines.sort_unstable();
    lines.dedup();
    let picture = layout(&rows, &lines);
    let mut body = String::new();
    picture.lines.iter().for_each(|line| body.push_str(&drawn_line(line, &numbers(&graph, &moves, line))));
    for (n, id) in graph.states.iter().enumerate() {
        body.push_str(&drawn_box(definition, id, picture.boxes[n], &many(&moves, id)));
    }
    let (list, height) = list(definition, &moves, picture.height);
    framed(definition, &picture, &(body + &list), height)
}

/// The numbers of the steps that a line stands for.
fn numbers(graph: &Graph<'_>, moves: &[Move<'_>], line: &Line) -> String {
    let (from, to) = (graph.states[line.from], graph.states[line.to]);
    let here = |one: &Move<'_>| one.from.len() <= DRAWN && one.from.contains(&from) && one.step.target == to;
    joined(moves.iter().enumerate().filter(|(_, one)| here(one)).map(|(n, _)| n))
}

/// The numbers of the steps that lead to a state from many.
fn many(moves: &[Move<'_>], state: &str) -> String {
    joined(
        moves.iter().enumerate().filter(|(_, one)| one.from.len() > DRAWN && one.step.target == state).map(|(n, _)| n),
    )
}

fn joined(numbers: impl Iterator<Item = usize>) -> String {
    numbers.map(|n| (n + 1).to_string()).collect::<Vec<_>>().join(" ")
}

fn drawn_line(line: &Line, numbers: &str) -> String {
    let (first, last) = (line.points[0], line.points[line.points.len() - 1]);
    let mut path = format!("M{:.0} {:.0}", first.0, first.1);
    let mut curve = |from: (f64, f64), to: (f64, f64), bends: (f64, f64)| {
        let (below, above) = (from.1 + bends.0, to.1 + bends.1);
        let _ = write!(path, "C{:.0} {below:.0} {:.0} {above:.0} {:.0} {:.0}", from.0, to.0, to.0, to.1);
    };
    let mut middle = ((first.0 + line.points[1].0) / 2.0, (first.1 + line.points[1].1) / 2.0);
    if first.1 == last.1 {
        let depth = 34.0 + ((last.0 - first.0).abs() / 25.0).min(42.0);
        curve(first, last, (depth, depth));
        middle.1 += 0.75 * depth;
    } else {
        let bend = (last.1 - first.1).signum() * (ROW - HEIGHT) / 1.5;
        line.points.windows(2).for_each(|pair| curve(pair[0], pair[1], (bend, -bend)));
    }
    format!("<path class=\"line\" marker-end=\"url(#head)\" d=\"{path}\"/>{}", badge(middle, numbers))
}

fn badge((x, y): (f64, f64), text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let width = 12.0 + 6.5 * text.chars().count() as f64;
    let (left, top, base) = (x - width / 2.0, y - 9.0, y + 4.0);
    format!(
        "<rect class=\"badge\" x=\"{left:.0}\" y=\"{top:.0}\" width=\"{width:.0}\" height=\"18\" rx=\"9\"/>\
         <text class=\"number\" x=\"{x:.0}\" y=\"{base:.0}\">{text}</text>"
    )
}

fn drawn_box(definition: &Definition, id: &str, (x, y): (f64, f64), many: &str) -> String {
    let state = &definition.states[id];
    let (left, top) = (x - BOX / 2.0, y - HEIGHT / 2.0);
    let who = state.turn.as_ref().map_or(String::new(), |turn| actor(definition, turn));
    let lines = wrapped(&state.title, WRAP);
    let mut text = format!(
        "<g><title>{} ({id})</title><rect class=\"{}\" x=\"{left:.0}\" y=\"{top:.0}\" width=\"{BOX}\" height=\"{HEIGHT}\" rx=\"8\"/>",
        escaped(&state.title),
        looks(definition, id)
    );
    for (n, line) in lines.iter().take(2).enumerate() {
        let base = top + 18.0 + 16.0 * n as f64 + if lines.len() == 1 { 7.0 } else { 0.0 };
        let _ = write!(text, "<text x=\"{:.0}\" y=\"{base:.0}\">{}</text>", left + 10.0, escaped(line));
    }
    let who =
        if who.chars().count() > 1 + WRAP_SMALL { who.chars().take(WRAP_SMALL).chain(['…']).collect() } else { who };
    let _ = write!(
        text,
        "<text class=\"who\" x=\"{:.0}\" y=\"{:.0}\">{}</text></g>",
        left + 10.0,
        top + HEIGHT - 8.0,
        escaped(&who)
    );
    text + &badge((left + BOX - 22.0, top), many)
}

/// The steps in words, below the picture, and how high the whole becomes.
fn list(definition: &Definition, moves: &[Move<'_>], top: f64) -> (String, f64) {
    let mut text = format!("<text class=\"heading\" x=\"28\" y=\"{:.0}\">Steg</text>", top + LIST_LINE);
    let mut base = top + LIST_LINE;
    for (n, one) in moves.iter().enumerate() {
        base += LIST_LINE;
        let who: Vec<String> = one.step.by.iter().map(|by| actor(definition, by)).collect();
        let many = if one.from.len() > DRAWN { format!(" (från {} lägen)", one.from.len()) } else { String::new() };
        let line = escaped(&format!("{}. {}{many} – {}", n + 1, one.step.title, who.join("; ")));
        let _ = write!(text, "<text x=\"28\" y=\"{base:.0}\">{line}</text>");
    }
    (text, base + LIST_LINE)
}

fn framed(definition: &Definition, picture: &Layout, body: &str, height: f64) -> String {
    let width = picture.width.max(760.0);
    let title = escaped(&definition.title);
    let ends: Vec<&str> =
        definition.states.values().filter(|state| state.outcome.is_some()).map(|state| state.title.as_str()).collect();
    let begins: Vec<&str> = definition
        .start
        .iter()
        .filter_map(|start| definition.states.get(&start.target))
        .map(|state| state.title.as_str())
        .collect();
    let told = format!(
        "{} lägen. Börjar i: {}. Slutar i: {}. Stegen står i listan under bilden.",
        definition.states.len(),
        begins.join(", "),
        ends.join(", ")
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"wf-title wf-desc\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\"><title id=\"wf-title\">{title}</title><desc id=\"wf-desc\">{}</desc><style>{STYLE}</style>\
         <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
         <path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs><rect class=\"paper\" width=\"100%\" height=\"100%\"/>{body}</svg>\n",
        escaped(&told)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
