//! The words of the mails, and what they can reach.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use samsyn::mail::{DIGEST, DigestContent, DigestMatter, Rendered, TEMPLATES, TemplateError, render, render_stored};
use serde::Serialize;

use super::{bare_content, content};

#[test]
fn every_template_with_everything() {
    for name in TEMPLATES {
        let mail = render(name, &content()).unwrap();
        insta::assert_snapshot!(format!("{name}.subject"), mail.subject);
        insta::assert_snapshot!(format!("{name}.text"), mail.text);
        insta::assert_snapshot!(format!("{name}.html"), mail.html);
    }
}

#[test]
fn every_template_with_little() {
    for name in TEMPLATES {
        let mail = render(name, &bare_content()).unwrap();
        insta::assert_snapshot!(format!("{name}.bare"), format!("{}\n\n{}\n{}", mail.subject, mail.text, mail.html));
    }
}

/// A digest of a new matter and of some from before, of which it lists so many.
fn digest(most: usize) -> DigestContent {
    let matter = DigestMatter::of(content(), None, 33);
    let ahead = DigestMatter { days_left: Some(1), overdue_days: None, ..matter.clone() };
    let today = DigestMatter { days_left: None, number: "FALUN-2026-0018".into(), ..ahead.clone() };
    let bare = DigestMatter::of(bare_content(), None, 0);
    DigestContent::of(vec![ahead], vec![matter, today, bare], most, "https://samsyn.example/".to_owned())
}

fn digest_mail(content: &DigestContent) -> Rendered {
    render_stored(DIGEST, &serde_json::to_string(content).unwrap()).unwrap()
}

#[test]
fn a_digest_with_everything_and_with_little() {
    let mail = digest_mail(&digest(50));
    insta::assert_snapshot!("digest.subject", mail.subject);
    insta::assert_snapshot!("digest.text", mail.text);
    insta::assert_snapshot!("digest.html", mail.html);
    let new = vec![DigestMatter::of(bare_content(), None, 0)];
    let mail = digest_mail(&DigestContent::of(new, Vec::new(), 50, "https://samsyn.example/".to_owned()));
    insta::assert_snapshot!("digest.bare", format!("{}\n\n{}\n{}", mail.subject, mail.text, mail.html));
}

#[test]
fn a_very_long_digest_says_how_many_it_leaves_out() {
    let content = digest(2);
    assert_eq!((content.matters, content.new_matters, content.unlisted), (4, 1, 2));
    assert_eq!((content.new.len(), content.earlier.len(), content.overdue_matters), (1, 1, 1));
    assert!(digest_mail(&content).text.contains("Och 2 ärenden till"));
    assert_eq!(digest(0).unlisted, 4);
}

#[test]
fn what_is_left_of_a_long_digest_counts_what_it_does_not_list() {
    let new = digest(1).new.remove(0);
    let long = || DigestContent::of(vec![new.clone(); 5], vec![], 2, String::new());
    let counts = |left: DigestContent| (left.matters, left.new_matters, left.unlisted, left.new.len());
    assert_eq!(long().only(|_| true, 2).map(counts), Some((3, 3, 1, 2)));
    assert_eq!(long().only(|_| false, 1).map(counts), Some((2, 2, 2, 0)));
    assert_eq!(long().only(|_| false, 3).map(counts), None);
    let left = digest_mail(&long().only(|_| false, 1).unwrap());
    assert!(left.text.contains("2 ärenden väntar på nästa steg. Brådskande: 2."), "{}", left.text);
}

#[test]
fn what_was_stored_for_another_mail_is_no_digest() {
    let [single, several] = [serde_json::to_string(&content()), serde_json::to_string(&digest(50))].map(Result::unwrap);
    assert!(matches!(render_stored(DIGEST, &single), Err(TemplateError::Content(_))));
    assert!(matches!(render_stored("reminder", &several), Err(TemplateError::Content(_))));
    assert_eq!(render_stored("reminder", &single), render("reminder", &content()));
    assert_eq!(render(DIGEST, &content()), Err(TemplateError::Unknown(DIGEST.to_owned())), "no workflow can name it");
}

#[test]
fn one_day_is_not_one_days() {
    let mail = render("overdue", &samsyn::mail::MailContent { overdue_days: Some(1), ..content() }).unwrap();
    assert!(mail.text.contains("för 1 dag sedan"), "{}", mail.text);
}

#[test]
fn html_is_escaped_and_text_is_not() {
    let content = samsyn::mail::MailContent { kind: "Vård & <omsorg>".to_owned(), ..content() };
    for name in TEMPLATES {
        let mail = render(name, &content).unwrap();
        assert!(mail.text.contains("Vård & <omsorg>"));
        assert!(mail.html.contains("Vård &amp; &lt;omsorg&gt;"));
    }
}

#[test]
fn a_subject_is_one_line() {
    let content = samsyn::mail::MailContent { number: "FALUN-1\r\nBcc: all@example.se".into(), ..content() };
    for name in TEMPLATES {
        assert!(!render(name, &content).unwrap().subject.contains(['\r', '\n']));
    }
}

#[test]
fn an_unknown_template_is_an_error_that_lists_the_known() {
    let error = render("layout", &content()).unwrap_err();
    assert_eq!(error, TemplateError::Unknown("layout".to_owned()));
    let told = "there is no mail template `layout`; there are your_turn, reminder, overdue, silence, ends_by_itself, ended, \
         changed, new_day, urgent_need";
    assert_eq!(error.to_string(), told);
}

/// What a template may name besides the fields: a helper in front of them, or a piece of the layout.
const HELPERS: [&str; 7] = ["if", "unless", "else", "date", "days", "cases", "each"];
const PARTIALS: [&str; 4] = ["layout", "why", "matter", "@partial-block"];

/// The fields of a content.
fn fields(content: &impl Serialize) -> BTreeSet<String> {
    serde_json::to_value(content).unwrap().as_object().unwrap().keys().cloned().collect()
}

/// What the mail to the operator may name besides its days: counts.
const DIFFERENCES: [&str; 6] = [
    "differences.missing",
    "differences.surplus",
    "differences.late",
    "differences.unsent",
    "differences.nobody",
    "differences.not_raised",
];

#[test]
fn templates_reach_nothing_but_the_fields_of_the_content() {
    let of_case = fields(&content());
    let digest = digest(50);
    // Those of a matter are what a mail of its own can say, and days.
    let of_matter = fields(&digest.new[0]);
    let more: Vec<_> = of_matter.difference(&of_case).collect();
    assert_eq!(more, ["days_left", "waited_days"]);
    let of_digest = &fields(&digest) | &of_matter;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("email_templates");
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let own: BTreeSet<String> =
            ["from", "to"].map(str::to_owned).into_iter().chain(DIFFERENCES.map(str::to_owned)).collect();
        let fields = match name.split('.').next() {
            Some("audit") => &own,
            Some(DIGEST) => &of_digest,
            _ => &of_case,
        };
        let strange = strange_words(&fs::read_to_string(&path).unwrap(), fields);
        problems.extend(strange.into_iter().map(|word| format!("{name}: {word}")));
        seen.insert(name.split('.').next().unwrap().to_owned());
    }
    assert_eq!(problems, [""; 0]);
    let known: BTreeSet<String> =
        TEMPLATES.iter().chain(&["layout", "audit", DIGEST]).map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, known, "a file that no mail uses, or a mail without files");
}

/// Everything between braces that is neither a field, a helper nor a piece of the layout, and every `{{{` and `{{&`,
/// which would put text into HTML as it is.
fn strange_words(template: &str, fields: &BTreeSet<String>) -> Vec<String> {
    let mut strange = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("{{") {
        let (tag, after) = after.split_once("}}").expect("a tag has an end");
        rest = after;
        if tag.starts_with(['{', '&']) {
            strange.push(format!("unescaped {tag}"));
        }
        let mut words: Vec<&str> = tag.trim_matches(['#', '/', '~', '^']).split_whitespace().collect();
        let partial = words.first().is_some_and(|first| first.starts_with(['>', '*'])) || tag == "/inline";
        words.retain(|word| ![">", "*inline", "inline"].contains(word));
        let allowed = |word: &str| match partial || tag.starts_with('/') {
            true => PARTIALS.contains(&word) || HELPERS.contains(&word),
            false => fields.contains(word) || HELPERS.contains(&word),
        };
        strange
            .extend(words.iter().map(|word| word.trim_matches('"')).filter(|word| !allowed(word)).map(str::to_owned));
    }
    strange
}

#[test]
fn the_check_of_templates_finds_what_it_looks_for() {
    let fields = BTreeSet::from(["number".to_owned()]);
    let strange = |template: &str| strange_words(template, &fields);
    let bad =
        ["{{text}}", "{{#if text}}x{{/if}}", "{{{number}}}", "{{&number}}", "{{number.text}}", "{{lookup this 1}}"];
    for template in bad.into_iter().chain(["{{#each this}}{{/each}}", "{{date text}}", "{{> other}}", "{{../number}}"])
    {
        assert_ne!(strange(template), [""; 0], "{template}");
    }
    assert_eq!(strange("{{#> layout}}{{#if number}}{{date number}}{{else}}{{~number~}}{{/if}}{{/layout}}"), [""; 0]);
}

#[test]
fn every_mail_has_a_name_in_swedish_by_which_pages_speak_of_it() {
    for name in TEMPLATES {
        assert_ne!(samsyn::texts::mails::name(name), *name);
    }
}
