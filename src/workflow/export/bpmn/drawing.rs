//! Where the shapes of the BPMN diagram stand, and which way its lines go: `diagram::layout`'s places, drawn out in height so
//! that lines can carry words.

use super::{Flow, Node, start_id, state_id};
use crate::workflow::check::graph::Graph;
use crate::workflow::definition::Definition;
use crate::workflow::diagram::layout::{BOX, HEIGHT, Line, layout};
use crate::workflow::export::xml::Element;

/// How much higher than the layout's the picture is.
const STRETCH: f64 = 1.6;
/// The width of a start or an end.
const EVENT: f64 = 36.0;
/// The width of a timer that has room for it.
const TIMER: f64 = 28.0;
/// How far below its row a line goes that stays in the row, and how much further each that follows.
const BELOW: f64 = 30.0;
const FURTHER: f64 = 9.0;
/// How many such lines lie below one another.
const LINES: u8 = 8;

type Point = (f64, f64);

/// The diagram of the process.
pub(super) fn diagram(definition: &Definition, flows: &[Flow]) -> Element {
    let graph = Graph::new(definition);
    let ways = graph.reach();
    let starts = definition.start.len();
    let depth = |state| ways.to(state, false).map_or(1, |way| way.len());
    let rows: Vec<usize> = (0..starts).map(|_| 0).chain((0..graph.states.len()).map(depth)).collect();
    let place = |node: &Node| match node {
        Node::Start(id) => definition.start.iter().position(|start| start.id == *id).unwrap_or(0),
        Node::State(id) => starts + graph.place(id).unwrap_or(0),
    };
    let ends: Vec<_> = flows.iter().map(|flow| (place(&flow.from), place(&Node::State(flow.to.clone())))).collect();
    let picture = layout(&rows, &ends);
    let middle = |place: usize| stretched(picture.boxes[place]);
    let is_event = |place: usize| place < starts || graph.finals[place - starts];
    let mut shapes = Vec::new();
    for (n, start) in definition.start.iter().enumerate() {
        shapes.push(event(&start_id(&start.id), middle(n), EVENT, true));
    }
    for (n, id) in graph.states.iter().enumerate() {
        let (place, id) = (starts + n, state_id(id));
        shapes.push(if is_event(place) { event(&id, middle(place), EVENT, false) } else { task(&id, middle(place)) });
    }
    let leaves = |line: &Line| port(line.points[0], middle(line.from), is_event(line.from));
    let by_timer = flows.iter().zip(&picture.lines).filter(|(flow, _)| flow.deadline.is_some());
    let timers: Vec<Point> = by_timer.map(|(_, line)| leaves(line)).collect();
    let mut edges = Vec::new();
    let mut depths = (0..LINES).cycle();
    for (flow, line) in flows.iter().zip(&picture.lines) {
        let mut points: Vec<Point> = line.points.iter().map(|point| stretched(*point)).collect();
        let last = points.len() - 1;
        points[0] = leaves(line);
        points[last] = port(line.points[last], middle(line.to), is_event(line.to));
        if flow.deadline.is_some() {
            let outward = (points[0].1 - middle(line.from).1).signum();
            let width = width_of_timer(points[0], &timers);
            shapes.push(event(&flow.source(), points[0], width, outward < 0.0));
            points[0].1 += width / 2.0 * outward;
        }
        if rows[line.from] == rows[line.to] {
            let further = FURTHER * f64::from(depths.next().unwrap_or(0));
            let low = points[0].1.max(points[last].1) + BELOW + further;
            points = vec![points[0], (points[0].0, low), (points[last].0, low), points[last]];
        }
        edges.push(edge(&flow.id, &points));
    }
    let plane = Element::new("bpmndi:BPMNPlane")
        .with("id", "plane")
        .with("bpmnElement", format!("process_{}", definition.workflow))
        .holding(shapes)
        .holding(edges);
    Element::new("bpmndi:BPMNDiagram").with("id", "diagram").holding([plane])
}

/// Smaller where others at the same edge are so close that they would lie upon one another.
fn width_of_timer(at: Point, timers: &[Point]) -> f64 {
    let beside = timers.iter().filter(|other| other.1 == at.1 && other.0 != at.0);
    // A pixel is lost where places are rounded.
    beside.map(|other| (other.0 - at.0).abs().floor() - 1.0).fold(TIMER, f64::min)
}

fn stretched((x, y): Point) -> Point {
    (x, y * STRETCH)
}

/// Where a line meets its node: at its place on the edge of a task, at the top or the bottom of an event.
fn port(at: Point, middle: Point, is_event: bool) -> Point {
    let below = at.1 * STRETCH > middle.1;
    let side = if below { 1.0 } else { -1.0 };
    if is_event { (middle.0, middle.1 + side * EVENT / 2.0) } else { (at.0, middle.1 + side * HEIGHT / 2.0) }
}

fn task(id: &str, (x, y): Point) -> Element {
    shape(id).holding([bounds((x - BOX / 2.0, y - HEIGHT / 2.0), (BOX, HEIGHT))])
}

/// An event, with its name above it or below.
fn event(id: &str, (x, y): Point, size: f64, above: bool) -> Element {
    let half = size / 2.0;
    let top = if above { y - half - 32.0 } else { y + half + 4.0 };
    let label = Element::new("bpmndi:BPMNLabel").holding([bounds((x - 60.0, top), (120.0, 28.0))]);
    shape(id).holding([bounds((x - half, y - half), (size, size)), label])
}

fn shape(id: &str) -> Element {
    Element::new("bpmndi:BPMNShape").with("id", format!("{id}.shape")).with("bpmnElement", id)
}

fn bounds((x, y): Point, (width, height): (f64, f64)) -> Element {
    let bounds = Element::new("dc:Bounds").with("x", x.round()).with("y", y.round());
    bounds.with("width", width.round()).with("height", height.round())
}

fn edge(id: &str, points: &[Point]) -> Element {
    let waypoint = |(x, y): &Point| Element::new("di:waypoint").with("x", x.round()).with("y", y.round());
    let edge = Element::new("bpmndi:BPMNEdge").with("id", format!("{id}.edge")).with("bpmnElement", id);
    edge.holding(points.iter().map(waypoint))
}
