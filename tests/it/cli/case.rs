//! `samsyn case show`.

use crate::support::binary::Binary;
use crate::support::cases::{actor, deviation};
use crate::support::database::TestApp;

/// A word that stands in every text of the case.
const WRITTEN: &str = "Hemlighet";

#[test]
fn an_operator_sees_where_a_case_stands_and_nothing_that_was_written() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = test.app.register(&actor(&test.app, "mas-falun"), &deviation(WRITTEN), None).unwrap();
    let number = done.number.as_str();
    let binary = Binary::on(&test.database);
    let shown = binary.printed(&["case", "show", number]);
    insta::assert_snapshot!(shown.trim_end(), @r"
    FALUN-2026-0001  Avvikelse i samverkan (deviation@1)
    state     Skickad (sent), since 2026-03-02T08:00:00.000000Z
    opened    2026-03-02T08:00:00.000000Z, revision 1
    party     falun (sender)
    party     region-dalarna (receiver)
    deadline  Svar till avsändaren: 60 dagar från måndag 2 mars 2026 slutar fredag 1 maj 2026 (första maj), som inte är en arbetsdag, därför måndag 4 maj 2026.
    deadline  Ta emot: 3 arbetsdagar från måndag 2 mars 2026 slutar torsdag 5 mars 2026.
    mail      2026-03-02T08:00:00.000000Z your_turn to avvikelsehandlaggare-psykiatri, pending
    mail      2026-03-02T08:00:00.000000Z your_turn to avvikelsehandlaggare-region, pending
    ");
    let json = binary.json(&["case", "show", number, "--json"]);
    let keys: Vec<_> = json.as_object().unwrap().keys().collect();
    insta::assert_snapshot!(format!("{keys:?}"), @r#"["number", "workflow", "version", "title", "state", "state_title", "outcome", "revision", "opened", "since", "parties", "deadlines", "mails"]"#);
    for text in [shown, json.to_string()] {
        assert!(!text.contains(WRITTEN) && !text.contains("Annat") && !text.contains("category"), "{text}");
    }
}

#[test]
fn as_a_person_it_shows_what_she_may_read() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = test.app.register(&actor(&test.app, "mas-falun"), &deviation(WRITTEN), None).unwrap();
    let number = done.number.as_str();
    let binary = Binary::on(&test.database);
    let shown = binary.printed(&["case", "show", number, "--as", "mas-falun"]);
    insta::assert_snapshot!(shown.trim_end(), @r#"
    FALUN-2026-0001  Avvikelse i samverkan: Skickad
    turn      behörig handläggare hos Region Dalarna
    party     Falu kommun (Avsändare)
    party     Region Dalarna (Mottagare)
    deadline  Ta emot: 3 arbetsdagar från måndag 2 mars 2026 slutar torsdag 5 mars 2026.
    deadline  Svar till avsändaren: 60 dagar från måndag 2 mars 2026 slutar fredag 1 maj 2026 (första maj), som inte är en arbetsdag, därför måndag 4 maj 2026.
    field     Vad gäller avvikelsen?: other
    field     Vad hände?: Hemlighet
    field     Händelsen inträffade: 2026-01-02
    field     Upptäcktes: 2026-01-02
    field     Så hittar mottagaren händelsen: {"contact":"Hemlighet","place":"Hemlighet"}
    field     Vad betydde det för personen?: Hemlighet
    field     Hur bråttom är det?: normal
    field     Önskas svar?: true
    2026-03-02T08:00:00.000000Z shared 1: Registrera avvikelse
      MAS Falun, Falu kommun
      answer_wanted: true
      category: other
      consequence_for_person: Hemlighet
      discovered_on: 2026-01-02
      event_on: 2026-01-02
      urgency: normal
      what_happened: Hemlighet
      where: {"contact":"Hemlighet","place":"Hemlighet"}
    2026-03-02T08:00:00.000000Z own:falun 1: Uppgifter i det egna rummet
      MAS Falun, Falu kommun
      age_group: not_given
      sex: not_given
      sex_not_given_because: Hemlighet
    "#);
    let json = binary.json(&["case", "show", number, "--as", "avvikelsehandlaggare-region", "--json"]);
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["case", "timeline", "transitions"]);
    assert!(json.to_string().contains(WRITTEN));
    insta::assert_snapshot!(binary.refused(&["case", "show", number, "--as", "mas-mora"]), @"error: there is no case FALUN-2026-0001 that mas-mora may read");
    insta::assert_snapshot!(binary.refused(&["case", "show", "FALUN-2026-0002", "--as", "mas-mora"]), @"error: there is no case FALUN-2026-0002 that mas-mora may read");
    insta::assert_snapshot!(binary.refused(&["case", "show", number, "--as", "nobody"]), @"error: there is no person nobody");
    insta::assert_snapshot!(binary.refused(&["case", "show", "FALUN-2026-0002"]), @"error: there is no case FALUN-2026-0002");
}
