//! Mermaid's `stateDiagram-v2`, which documentation sites and code forges draw.

use std::fmt::Write;

use super::{looks, moves};
use crate::workflow::definition::Definition;

/// The looks of the states, for Mermaid.
const LOOKS: &str = "\
  classDef side0 fill:#d7e7fa,stroke:#2b5d9b,color:#10233c
  classDef side1 fill:#fae6cf,stroke:#98601c,color:#3a2408
  classDef shared fill:#ece3f7,stroke:#6b4a9c,color:#2a1a45
  classDef body fill:#dcefdc,stroke:#3a7a3e,color:#14301a
  classDef end fill:#e9e9e9,stroke:#666,color:#222
";

/// The definition as a Mermaid state diagram.
pub fn mermaid(definition: &Definition) -> String {
    let mut text = String::from("stateDiagram-v2\n");
    // Writing to a String cannot fail.
    for (id, state) in &definition.states {
        let _ = writeln!(text, "  state \"{}\" as s_{id}", escaped(&state.title));
    }
    for start in &definition.start {
        let _ = writeln!(text, "  [*] --> s_{}: {}", start.target, escaped(&start.title));
    }
    for one in moves(definition) {
        for from in one.from {
            let _ = writeln!(text, "  s_{from} --> s_{}: {}", one.step.target, escaped(&one.step.title));
        }
    }
    for (id, _) in definition.states.iter().filter(|(_, state)| state.outcome.is_some()) {
        let _ = writeln!(text, "  s_{id} --> [*]");
    }
    text.push_str(LOOKS);
    for id in definition.states.keys() {
        let _ = writeln!(text, "  class s_{id} {}", looks(definition, id));
    }
    text
}

/// What would end a label, or mean something in it, as Mermaid's character codes.
fn escaped(title: &str) -> String {
    title.chars().fold(String::new(), |mut text, c| {
        match c {
            '#' | ';' | ':' | '"' | '<' | '>' | '`' => {
                let _ = write!(text, "#{};", u32::from(c));
            }
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
        text
    })
}
