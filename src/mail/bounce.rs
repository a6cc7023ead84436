//! Mails that came back: reads the report that a mail server sends where it cannot deliver (RFC 3464), and finds the mail of
//! ours that it is about. Whatever else lies in the folder is none.

use mailparse::{MailHeaderMap, ParsedMail};

use super::message::Sender;
use super::session::status_code;

/// Parts inside parts are looked into so deep: a report has two levels.
const DEEPEST: usize = 4;

/// A mail of ours that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The row of the outbox, out of the Message-ID.
    pub row: String,
    /// Why, as RFC 3463 says it, such as `5.1.1`.
    pub status: Option<String>,
}

/// What a mail is that came to where our mails come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// A mail of ours came back for good.
    Bounce(Bounce),
    /// A report of something else: delivered, delayed, or about a mail that is not ours.
    OtherReport,
    /// No report: somebody's answer, advertising, or bytes that are no mail.
    NoReport,
}

/// Reads a mail. `from` is whom our mails come from, whose domain their Message-IDs have.
pub fn read(bytes: &[u8], from: &Sender) -> Read {
    let Ok(mail) = mailparse::parse_mail(bytes) else { return Read::NoReport };
    let is_report = mail.ctype.mimetype == "multipart/report"
        && mail.ctype.params.get("report-type").is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return Read::NoReport;
    }
    let Some(status) = failed(&mail) else { return Read::OtherReport };
    let parts: Vec<_> = parts(&mail, DEEPEST);
    // The returned mail's own headers first; only then what the words of the report may quote.
    let returned = parts.iter().filter(|part| is_returned(part)).find_map(|part| returned_row(part, from));
    let quoted =
        || parts.iter().filter(|part| !is_returned(part)).find_map(|part| row_in(&part.get_body().ok()?, from));
    match returned.or_else(quoted) {
        Some(row) => Read::Bounce(Bounce { row, status }),
        None => Read::OtherReport,
    }
}

/// A mail's parts, with those inside them.
fn parts<'a>(mail: &'a ParsedMail<'a>, deepest: usize) -> Vec<&'a ParsedMail<'a>> {
    let inside = mail.subparts.iter().filter(|_| deepest > 0);
    inside.flat_map(|part| std::iter::once(part).chain(parts(part, deepest - 1))).collect()
}

/// Whether the report says that a recipient gets nothing any more, and the status that it gives: one mail has one recipient.
fn failed(mail: &ParsedMail) -> Option<Option<String>> {
    let report = mail.subparts.iter().find(|part| part.ctype.mimetype == "message/delivery-status")?;
    let body = report.get_body().ok()?;
    let field = |group: &str, name: &str| {
        let fields = group.lines().filter_map(|line| line.split_once(':'));
        let mut named = fields.filter(|(field, _)| field.trim().eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim().to_owned())
    };
    let body = body.replace("\r\n", "\n");
    let mut groups = body.split("\n\n");
    let group =
        groups.find(|group| field(group, "Action").is_some_and(|action| action.eq_ignore_ascii_case("failed")))?;
    Some(field(group, "Status").and_then(|status| status_code(&status)))
}

/// Whether the part is our mail, whole or its headers alone.
fn is_returned(part: &ParsedMail) -> bool {
    ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"]
        .contains(&part.ctype.mimetype.as_str())
}

fn returned_row(part: &ParsedMail, from: &Sender) -> Option<String> {
    let body = part.get_body_raw().ok()?;
    let (headers, _) = mailparse::parse_headers(&body).ok()?;
    row_in(&headers.get_first_value("Message-ID")?, from)
}

/// The row in a Message-ID of ours that a text holds: `<019...@domain>`.
fn row_in(text: &str, from: &Sender) -> Option<String> {
    let domain = from.domain();
    let mut ids = text.split('<').skip(1).filter_map(|rest| rest.split_once('>')?.0.rsplit_once('@'));
    let (row, _) = ids.find(|(row, right)| right.eq_ignore_ascii_case(domain) && crate::ids::is_made_here(row))?;
    Some(row.to_owned())
}
