//! A definition as BPMN 2.0 with a diagram, which any modeller of processes opens.
//!
//! A state is a task: whoever's turn it is does one of the steps that lead on, so every way out of a task that has several
//! has a condition, `step = …`, of which one holds. A deadline that raises a step is a timer on the edge of each task that it
//! runs through; BPMN's timers begin with their task, which the timer's documentation sets right. Steps that stay where they
//! are stand in the documentation of their task. It is a drawing for people, not for an engine: `isExecutable` is false.

mod drawing;

use super::xml::{Element, declaration};
use crate::calendar::{Period, PeriodUnit};
use crate::workflow::definition::{By, Deadline, Definition, Raiser, State};
use crate::workflow::diagram::{actor, moves};
use crate::workflow::reference::Reference;

/// What an expression is written in that BPMN's own languages cannot say.
const PERIOD: &str = "urn:samsyn:period";
const FIELD: &str = "urn:samsyn:field";

/// The definition as a BPMN document.
pub fn bpmn(definition: &Definition) -> String {
    let flows = flows(definition);
    let starts = definition.start.iter().map(|start| {
        let id = start_id(&start.id);
        let event = Element::new("bpmn:startEvent").with("id", &id).with("name", &start.title);
        event.holding(outgoing(&flows, &id))
    });
    let states = definition.states.iter().map(|(id, state)| match &state.outcome {
        Some(outcome) => end(&flows, id, state, outcome),
        None => task(definition, &flows, id, state),
    });
    let timers = flows.iter().filter_map(|flow| timer(definition, flow));
    let process = Element::new("bpmn:process")
        .with("id", format!("process_{}", definition.workflow))
        .with("name", &definition.title)
        .with("isExecutable", false)
        .holding([documentation(&format!(
            "{} version {}",
            definition.workflow,
            Reference::from(definition).version_text()
        ))])
        .holding(starts.chain(states).chain(timers))
        .holding(flows.iter().map(|flow| sequence_flow(&flows, flow)));
    let root = Element::new("bpmn:definitions")
        .with("xmlns:bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL")
        .with("xmlns:bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI")
        .with("xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC")
        .with("xmlns:di", "http://www.omg.org/spec/DD/20100524/DI")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with("id", "definitions")
        .with("targetNamespace", "urn:samsyn:workflow")
        .holding([process, drawing::diagram(definition, &flows)]);
    declaration() + &root.text()
}

/// A way from one node to another: the steps that lead there, or a deadline.
struct Flow {
    id: String,
    /// A start or a state.
    from: Node,
    /// A state.
    to: String,
    /// The ids of the steps.
    steps: Vec<String>,
    /// What they are called.
    name: String,
    /// The deadline whose timer it leaves by.
    deadline: Option<String>,
}

/// Where a flow comes from.
#[derive(Clone, PartialEq)]
enum Node {
    Start(String),
    State(String),
}

impl Flow {
    /// The element that it leaves.
    fn source(&self) -> String {
        match (&self.from, &self.deadline) {
            (Node::Start(id), _) => start_id(id),
            (Node::State(id), None) => state_id(id),
            (Node::State(id), Some(deadline)) => format!("timer_{deadline}.{id}"),
        }
    }
}

fn start_id(start: &str) -> String {
    format!("start_{start}")
}

fn state_id(state: &str) -> String {
    format!("state_{state}")
}

/// Every way: from each start, by steps from state to state, and by each deadline from each state where it runs.
fn flows(definition: &Definition) -> Vec<Flow> {
    let mut flows: Vec<Flow> = Vec::new();
    let flow = |from, to: &str, step: (&str, &str), deadline: Option<&String>| Flow {
        id: String::new(),
        from,
        to: to.to_owned(),
        steps: vec![step.0.to_owned()],
        name: step.1.to_owned(),
        deadline: deadline.cloned(),
    };
    for start in &definition.start {
        flows.push(flow(Node::Start(start.id.clone()), &start.target, (&start.id, &start.title), None));
    }
    for one in moves(definition) {
        let (id, title) = (one.step.id.as_str(), one.step.title.as_str());
        let by_time = |by: &By| by.raised_by() == Some(Raiser::Deadline);
        for from in &one.from {
            let node = Node::State((*from).to_owned());
            let raising = definition.deadlines.iter().filter(|(_, deadline)| deadline.then.as_deref() == Some(id));
            let timers = raising.filter(|(_, deadline)| definition.holds(&deadline.during, from));
            flows.extend(timers.map(|(name, _)| flow(node.clone(), &one.step.target, (id, title), Some(name))));
            let same = |flow: &&mut Flow| (&flow.from, &flow.to, &flow.deadline) == (&node, &one.step.target, &None);
            if one.step.by.iter().all(by_time) {
                continue;
            }
            match flows.iter_mut().find(same) {
                Some(flow) => {
                    flow.steps.push(id.to_owned());
                    flow.name = format!("{} / {title}", flow.name);
                }
                None => flows.push(flow(node, &one.step.target, (id, title), None)),
            }
        }
    }
    flows.iter_mut().zip(1..).for_each(|(flow, n)| flow.id = format!("flow_{n}"));
    flows
}

fn documentation(text: &str) -> Element {
    Element::new("bpmn:documentation").saying(text)
}

fn incoming<'a>(flows: &'a [Flow], state: &'a str) -> impl Iterator<Item = Element> + 'a {
    flows.iter().filter(move |flow| flow.to == state).map(|flow| Element::new("bpmn:incoming").saying(&flow.id))
}

fn outgoing<'a>(flows: &'a [Flow], source: &'a str) -> impl Iterator<Item = Element> + 'a {
    let leaving = flows.iter().filter(move |flow| flow.source() == source);
    leaving.map(|flow| Element::new("bpmn:outgoing").saying(&flow.id))
}

fn end(flows: &[Flow], id: &str, state: &State, outcome: &str) -> Element {
    let event = Element::new("bpmn:endEvent").with("id", state_id(id)).with("name", &state.title);
    event.holding([documentation(&format!("outcome: {outcome}"))]).holding(incoming(flows, id))
}

fn task(definition: &Definition, flows: &[Flow], id: &str, state: &State) -> Element {
    let (kind, name) = match &state.turn {
        Some(turn) => ("bpmn:userTask", format!("{}\n({})", state.title, actor(definition, turn))),
        // Only another case leads on: it is nobody's move.
        None => ("bpmn:receiveTask", state.title.clone()),
    };
    let staying = definition.transitions.iter().filter(|step| step.stays() && definition.holds(&step.from, id));
    let staying: Vec<_> = staying.map(|step| format!("{} ({})", step.title, step.id)).collect();
    let notes = [
        state.help.clone(),
        (!staying.is_empty()).then(|| format!("Steg som inte flyttar ärendet: {}.", staying.join(", "))),
    ];
    let source = state_id(id);
    let task = Element::new(kind).with("id", &source).with("name", name);
    task.holding(notes.into_iter().flatten().map(|note| documentation(&note)))
        .holding(incoming(flows, id))
        .holding(outgoing(flows, &source))
        .holding(state.turn.as_ref().map(|turn| owner(definition, turn)))
}

/// Whose turn it is, as the file says it, for programs.
fn owner(definition: &Definition, turn: &By) -> Element {
    let said = serde_json::to_string(turn).unwrap_or_default();
    let expression = Element::new("bpmn:formalExpression").saying(&said);
    let assignment = Element::new("bpmn:resourceAssignmentExpression").holding([expression]);
    Element::new("bpmn:potentialOwner").with("name", actor(definition, turn)).holding([assignment])
}

fn timer(definition: &Definition, flow: &Flow) -> Option<Element> {
    let Node::State(state) = &flow.from else { return None };
    let deadline = definition.deadlines.get(flow.deadline.as_ref()?)?;
    let source = flow.source();
    let event = Element::new("bpmn:boundaryEvent")
        .with("id", &source)
        .with("name", &deadline.title)
        .with("attachedToRef", state_id(state));
    let definition_of_time = Element::new("bpmn:timerEventDefinition").with("id", format!("{source}.time"));
    Some(
        event
            .holding([documentation(&told(definition, deadline))])
            .holding([Element::new("bpmn:outgoing").saying(&flow.id)])
            .holding([definition_of_time.holding([length(deadline)])]),
    )
}

/// What BPMN's timer cannot say of a deadline.
fn told(definition: &Definition, deadline: &Deadline) -> String {
    let during: Vec<_> = definition.states_of(&deadline.during);
    let titles = during.iter().filter_map(|state| definition.states.get(*state)).map(|state| state.title.as_str());
    let mut told = vec![format!(
        "Klockan går från det att ärendet kommer till något av lägena {}, och börjar inte om mellan dem.",
        titles.map(|title| format!("”{title}”")).collect::<Vec<_>>().join(", ")
    )];
    if !deadline.from.is_empty() {
        told.push(format!("Den räknas från det senaste av datumen {}.", deadline.from.join(", ")));
    }
    if deadline.when.is_some() {
        let guard = serde_json::to_string(&deadline.when).unwrap_or_default();
        told.push(format!("Den går bara medan detta gäller: {guard}."));
    }
    told.join(" ")
}

fn length(deadline: &Deadline) -> Element {
    let expression = |name, text: &str, language: Option<&str>| {
        let element = Element::new(name).with("xsi:type", "bpmn:tFormalExpression").saying(text);
        language.into_iter().fold(element, |element, language| element.with("language", language))
    };
    match (&deadline.at, deadline.after) {
        (Some(field), _) => expression("bpmn:timeDate", field, Some(FIELD)),
        (None, Some(after)) => match iso(after) {
            Some(text) => expression("bpmn:timeDuration", &text, None),
            None => expression("bpmn:timeDuration", &after.to_string(), Some(PERIOD)),
        },
        (None, None) => expression("bpmn:timeDuration", "", Some(PERIOD)),
    }
}

/// A period as ISO 8601 writes it, which knows no working days.
fn iso(period: Period) -> Option<String> {
    let letter = match period.unit() {
        PeriodUnit::Days => 'D',
        PeriodUnit::Weeks => 'W',
        PeriodUnit::Months => 'M',
        PeriodUnit::Years => 'Y',
        PeriodUnit::WorkingDays => return None,
    };
    Some(format!("P{}{letter}", period.count()))
}

/// A flow; with a condition where it is one of several that leave a task.
fn sequence_flow(flows: &[Flow], flow: &Flow) -> Element {
    let source = flow.source();
    let alone = flows.iter().filter(|other| other.source() == source).count() == 1;
    // A start says its name itself.
    let name = if matches!(flow.from, Node::Start(_)) { "" } else { &flow.name };
    let steps: Vec<_> = flow.steps.iter().map(|step| format!("step = '{step}'")).collect();
    let condition =
        Element::new("bpmn:conditionExpression").with("xsi:type", "bpmn:tFormalExpression").saying(&steps.join(" or "));
    Element::new("bpmn:sequenceFlow")
        .with("id", &flow.id)
        .with("name", name)
        .with("sourceRef", source)
        .with("targetRef", state_id(&flow.to))
        .holding((!alone).then_some(condition))
}
