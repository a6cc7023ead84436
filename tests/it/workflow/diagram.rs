//! Pictures hold every state and every step, and nothing of a title is taken for markup.

use samsyn::workflow::definition::Definition;
use samsyn::workflow::diagram::{mermaid, svg};

use super::load_alone;

fn definition() -> Definition {
    let text = "
format: 1
workflow: small
version: 1
title: Ärende <b> & \"co\"
basis: []
parties: {sender: {title: Avsändare}, receiver: {title: Mottagare}}
roles: [handler, secretary]
bodies: {board: {title: Nämnd, reach: at_board}}
fields: {}
start: [{id: send, title: Skicka, target: open, by: {party: sender, role: handler}}]
states:
  open: {title: 'Öppet: nytt; #1', turn: {party: receiver, role: handler}}
  heard: {title: Hos nämnden, turn: {body: board}}
  end: {title: Slut </svg>, final: closed}
groups: {at_board: [heard]}
transitions:
  - {id: hand_over, title: Lämna över, from: open, target: heard, by: {party: receiver, role: handler}}
  - {id: give_back, title: Återremittera, from: heard, target: open, by: {body: board}}
  - {id: close, title: Avsluta, from: heard, target: end, by: {body: board}}
  - {id: note, title: Anteckna, from: open, target: stay, by: {party: any, role: handler}}
deadlines:
  answer: {title: Svar, while: [open, heard], after: 5d, source: ours, remind: [{at: 0d, to: {role: handler, party: sender}}]}
";
    load_alone("small.yaml", text).unwrap().definition
}

#[test]
fn mermaid_names_states_steps_and_ends() {
    let text = mermaid(&definition());
    let expected = "stateDiagram-v2
  state \"Öppet#58; nytt#59; #35;1\" as s_open
  state \"Hos nämnden\" as s_heard
  state \"Slut #60;/svg#62;\" as s_end
  [*] --> s_open: Skicka
  s_open --> s_heard: Lämna över
  s_heard --> s_open: Återremittera
  s_heard --> s_end: Avsluta
  s_end --> [*]
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("class s_heard body\n") && text.contains("class s_open side1\n"), "{text}");
}

#[test]
fn svg_stands_by_itself_and_is_told_in_words() {
    let text = svg(&definition());
    assert!(text.starts_with("<svg xmlns=") && text.ends_with("</svg>\n"));
    assert_eq!(text.matches("</svg>").count(), 1, "titles are escaped");
    assert!(text.contains("<title id=\"wf-title\">Ärende &lt;b&gt; &amp; &quot;co&quot;</title>"));
    assert!(text.contains("<desc id=\"wf-desc\">3 lägen. Börjar i: Öppet: nytt; #1. Slutar i: Slut &lt;/svg&gt;."));
    assert!(text.contains("prefers-color-scheme:dark"));
    for step in ["1. Lämna över – Mottagare: behörig handläggare", "2. Återremittera – Nämnd", "3. Avsluta – Nämnd"]
    {
        assert!(text.contains(step), "{step}");
    }
    assert_eq!(text.matches("class=\"line\"").count(), 3);
    assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("http://www.w3.org/1999"));
    let opened = text.matches("<g>").count();
    assert_eq!((opened, text.matches("</g>").count()), (3, 3));
}
