//! Documents, as a browser sends them and gets them.

use samsyn::app::documents::LARGEST;
use samsyn::authz::Role;

use super::api::{Api, holder, secretary};
use super::browser::Browser;
use super::stories::{Climb, dispute};
use crate::support::files::{PDF, docx};
use crate::support::log::logged;
use crate::support::sql;

const OWN: [(&str, &str); 2] = [("description", "Protokoll."), ("room", "own")];

fn chief(api: &Api) -> Browser<'_> {
    Browser::signed_in(api, &holder("falun", Role::Management))
}

/// The addresses of the documents that a page links to.
fn links(page: &str, number: &str) -> Vec<String> {
    let start = format!("href=\"/cases/{number}/documents/");
    let ids = page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut links: Vec<_> = ids.map(|id| format!("/cases/{number}/documents/{id}")).collect();
    links.sort();
    links.dedup();
    links
}

/// The address of the document of this name.
fn link(page: &str, name: &str) -> String {
    let before = page.split(&format!("\">{name}</a>")).next().unwrap();
    before.rsplit("href=\"").next().unwrap().to_owned()
}

fn count(api: &Api) -> usize {
    sql::lines(&api.test.app.store, "select id as line from documents").len()
}

#[test]
fn a_document_is_attached_seen_in_its_room_and_downloaded_as_what_it_is() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let address = format!("/cases/{number}/documents");
    let falun = chief(&api);
    falun.upload(&address, &OWN, "Möte\u{202e} 3.exe", PDF).expect(303);
    let page = falun.get(&format!("/cases/{number}")).expect(200).body;
    assert!(page.contains("Möte 3.exe") && page.contains("Protokoll.") && !page.contains('\u{202e}'));
    let address_of = link(&page, "Möte 3.exe");
    let download = falun.get(&address_of).expect(200);
    assert_eq!(download.body.as_bytes(), PDF);
    let disposition = "attachment; filename=\"M_te 3.exe.pdf\"; filename*=UTF-8''M%C3%B6te%203.exe.pdf";
    assert_eq!(download.header("content-disposition"), Some(disposition));
    assert_eq!(download.header("content-type"), Some("application/pdf"));
    assert_eq!(download.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(download.header("cache-control"), Some("no-store"));
    assert!(download.header("content-security-policy").unwrap().ends_with("; sandbox"));
    let region = Browser::signed_in(&api, &holder("region-dalarna", Role::Management));
    let theirs = region.get(&format!("/cases/{number}")).expect(200).body;
    assert!(!theirs.contains("Möte 3") && !theirs.contains("Protokoll.") && !theirs.contains(&address_of));
    let shared = [("description", ""), ("room", "shared")];
    region.upload(&address, &shared, "<b>avtal</b> & annat.docx", &docx()).expect(303);
    let page = falun.get(&format!("/cases/{number}")).expect(200).body;
    assert!(page.contains("b&gt;") || page.contains("annat.docx"));
    assert!(!page.contains("<b>avtal"));
}

#[test]
fn a_document_that_one_may_not_see_is_one_that_is_not_there() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let address = format!("/cases/{number}/documents");
    let falun = chief(&api);
    falun.upload(&address, &OWN, "a.pdf", PDF).expect(303);
    let link = link(&falun.get(&format!("/cases/{number}")).body, "a.pdf");
    let people = [
        holder("region-dalarna", Role::Management),
        holder("borlange", Role::Management),
        holder("falun", Role::Employee),
        secretary("network"),
    ];
    for person in people {
        let browser = Browser::signed_in(&api, &person);
        let there = browser.get(&link).expect(404);
        let nowhere = browser.get("/cases/FALUN-2026-9999/documents/x").expect(404);
        assert_eq!(there.body, nowhere.body, "{person}");
    }
    // One number's document is not another's.
    let other = dispute(&api, Climb::Local);
    falun.get(&link.replace(&number, &other)).expect(404);
    assert!(Browser::of(&api).get(&link).expect(303).header("location").unwrap().starts_with("/sign-in"));
}

#[test]
fn what_is_picked_goes_to_the_body_and_nothing_else() {
    let api = Api::new();
    let number = dispute(&api, Climb::Network);
    let (falun, steering) = (chief(&api), Browser::signed_in(&api, &secretary("steering")));
    let address = format!("/cases/{number}/documents");
    for name in ["picked.pdf", "kept.pdf"] {
        falun.upload(&address, &OWN, name, PDF).expect(303);
    }
    let form = format!("/cases/{number}/steps/write_statement");
    let page = falun.get(&form).expect(200).body;
    let boxes: Vec<_> =
        page.split("type=\"checkbox\"").skip(1).map(|rest| rest.split("</label>").next().unwrap()).collect();
    assert_eq!(boxes.len(), 4, "all that Falun attached, those of the story too, and nothing of the region's");
    assert!(boxes.iter().all(|input| !input.contains("checked")), "none is picked for her");
    let picked = boxes.iter().find(|input| input.contains("picked.pdf")).unwrap();
    let id = picked.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    let handler = Browser::signed_in(&api, &holder("falun", Role::Handler));
    handler.do_it(&form, &[("statement", "Vi är oense."), ("enclosures", id)]).expect(303);
    let seen = || links(&steering.get(&format!("/cases/{number}")).expect(200).body, &number);
    let before = seen();
    assert_eq!(before.len(), 1, "what went with the first statement");
    let approve = format!("/cases/{number}/steps/approve_statement");
    assert_eq!(links(&falun.get(&approve).expect(200).body, &number).len(), 1, "she sees what she approves");
    falun.do_it(&approve, &[]).expect(303);
    assert_eq!(seen(), before);
    falun.do_it(&format!("/cases/{number}/steps/hand_in_statement"), &[]).expect(303);
    let handed_in = format!("/cases/{number}/documents/{id}");
    assert!(seen().len() == 2 && seen().contains(&handed_in));
    assert!(steering.get(&handed_in).expect(200).header("content-disposition").unwrap().contains("picked.pdf"));
    let page = steering.get(&format!("/cases/{number}")).body;
    assert!(!page.contains("Protokoll.") && !page.contains("kept.pdf"));
    assert!(!page.contains(&format!("href=\"{address}\"")), "a body attaches none");
    steering.get(&address).expect(403);
}

#[test]
fn a_form_that_is_sent_twice_attaches_one_document() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let address = format!("/cases/{number}/documents");
    let falun = chief(&api);
    let before = count(&api);
    let page = falun.get(&address).expect(200);
    let hidden = super::browser::hidden(&page.body, &address);
    let fields: Vec<_> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(OWN).collect();
    falun.send_file(&address, &fields, "a.pdf", PDF).expect(303);
    falun.send_file(&address, &fields, "a.pdf", PDF).expect(303);
    assert_eq!(count(&api), before + 1);
    falun.send_file(&address, &fields, "a.pdf", &[PDF, b"other"].concat()).expect(422);
    let without_proof: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "_csrf").collect();
    falun.send_file(&address, &without_proof, "a.pdf", PDF).expect(403);
    assert_eq!(count(&api), before + 1);
}

#[test]
fn a_file_that_is_not_taken_gives_the_form_back() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let address = format!("/cases/{number}/documents");
    let falun = chief(&api);
    let before = count(&api);
    let refused = |name: &str, file: &[u8], told: &str| {
        let typed = [("description", "Det jag <skrev>."), ("room", "shared")];
        let answer = falun.upload(&address, &typed, name, file).expect(422).body;
        assert!(answer.contains(told), "{told}: {answer}");
        assert!(answer.contains("href=\"#f-file\"") && answer.contains("id=\"f-file\""));
        assert!(answer.contains("Det jag &lt;skrev&gt;."));
        let shared = answer.split("value=\"shared\"").nth(1).unwrap();
        assert!(shared.starts_with(" checked"), "{shared}");
    };
    refused("a.pdf", b"MZ\x90\0\x03 This program", "Filen är inte av ett slag som tas emot.");
    refused("a.html", b"<html><script>alert(1)</script>", "Filen är inte av ett slag som tas emot.");
    refused("", b"", "Välj en fil.");
    refused("a.pdf", b"", "Välj en fil som inte är tom.");
    refused("a.pdf", &[PDF, &vec![b' '; LARGEST]].concat(), "högst 10 MB");
    refused("811218-9876.pdf", PDF, "Byt namn på filen");
    falun.do_it(&address, &OWN).expect(422);
    assert_eq!(count(&api), before);
    let whole = [PDF, &vec![b' '; LARGEST - PDF.len()]].concat();
    falun.upload(&address, &OWN, "a.pdf", &whole).expect(303);
}

#[test]
fn a_file_is_not_taken_where_none_belongs() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let falun = chief(&api);
    let before = count(&api);
    let note = format!("/cases/{number}/notes");
    assert!([400, 403].contains(&falun.send_file(&note, &[], "a.pdf", PDF).status));
    assert_eq!(count(&api), before);
}

#[test]
fn what_was_typed_beside_a_file_is_kept_when_the_session_has_run_out_and_the_file_is_not() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let address = format!("/cases/{number}/documents");
    let falun = chief(&api);
    let before = count(&api);
    let page = falun.get(&address).expect(200);
    api.test.clock.advance(chrono::Duration::minutes(61));
    let hidden = super::browser::hidden(&page.body, &address);
    let fields: Vec<_> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(OWN).collect();
    let late = falun.send_file(&address, &fields, "a.pdf", PDF);
    assert!([200, 303].contains(&late.status), "{}", late.status);
    assert_eq!(count(&api), before);
    assert!(chief(&api).get(&address).expect(200).body.contains("Protokoll."));
}

#[test]
fn no_name_and_no_content_of_a_document_is_logged() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let address = format!("/cases/{number}/documents");
    let falun = chief(&api);
    logged();
    let typed = [("description", "beskrivning-som-ingen-loggar"), ("room", "own")];
    let file = [PDF, b"innehall-som-ingen-loggar"].concat();
    falun.upload(&address, &typed, "namn-som-ingen-loggar.pdf", &file).expect(303);
    falun.upload(&address, &typed, "namn-som-ingen-loggar.exe", b"MZ\x90innehall-som-ingen-loggar").expect(422);
    let link = link(&falun.get(&format!("/cases/{number}")).body, "namn-som-ingen-loggar.pdf");
    falun.get(&link).expect(200);
    let log = logged();
    assert!(log.contains("/cases/{number}/documents"), "something is logged");
    assert!(!log.contains("som-ingen-loggar"));
}

#[test]
fn whoever_sends_too_slowly_is_told() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let falun = chief(&api);
    let before = count(&api);
    falun.send_without_end(&format!("/cases/{number}/documents")).expect(400);
    assert_eq!(count(&api), before);
}
