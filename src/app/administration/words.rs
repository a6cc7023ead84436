//! What administrators type: names, lines, addresses, HSA ids.

use crate::ids::HsaId;
use crate::personal_number;
use crate::workflow::rejection::{Code, Reason};

/// The most characters of a name or a line.
const LONGEST: usize = 200;
/// The most characters of an address (RFC 5321).
const LONGEST_ADDRESS: usize = 254;

/// A line that may be missing.
pub fn line(field: &str, typed: &str, reasons: &mut Vec<Reason>) -> Option<String> {
    let text = typed.trim();
    let mut refuse = |detail: &str| reasons.push(Reason::field(Code::WrongType, field, detail));
    if text.chars().count() > LONGEST {
        refuse("Skriv högst 200 tecken.");
    } else if text.chars().any(char::is_control) {
        refuse("Skriv på en rad, utan styrtecken.");
    } else if personal_number::contains(text) {
        reasons.push(Reason::personal_number(field));
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// A name, which must be given.
pub fn name(field: &str, typed: &str, reasons: &mut Vec<Reason>) -> String {
    let line = line(field, typed, reasons);
    if line.is_none() {
        reasons.push(Reason::field(Code::Required, field, "Ange ett namn."));
    }
    line.unwrap_or_default()
}

/// A mail address, which may be missing. The mail server has the last word on it.
pub fn address(field: &str, typed: &str, reasons: &mut Vec<Reason>) -> Option<String> {
    let text = typed.trim();
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c));
    let fits = match text.rsplit_once('@') {
        Some((local, domain)) => plain(local) && plain(domain) && !local.contains('@') && domain.contains('.'),
        None => text.is_empty(),
    };
    if !fits || text.len() > LONGEST_ADDRESS {
        reasons.push(Reason::field(Code::WrongType, field, "Skriv en e-postadress, som namn@exempel.se."));
    } else if personal_number::contains(text) {
        reasons.push(Reason::personal_number(field));
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// An HSA id, which may be missing.
pub fn hsa_id(field: &str, typed: &str, reasons: &mut Vec<Reason>) -> Option<HsaId> {
    let typed = typed.trim();
    let id = typed.parse().ok();
    if id.is_none() && !typed.is_empty() {
        let detail = "Skriv ett HSA-id, som SE2321000180-1A2B: SE, siffror, bindestreck, bokstäver och siffror.";
        reasons.push(Reason::field(Code::WrongType, field, detail));
    }
    id
}

/// An id made of a name: lower case, a-z, 0-9 and hyphens; the first that is free.
pub fn id<E>(name: &str, mut taken: impl FnMut(&str) -> Result<bool, E>) -> Result<String, E> {
    let plain = |letter: char| match letter {
        'å' | 'ä' | 'à' | 'á' | 'â' => 'a',
        'ö' | 'ø' | 'ó' | 'ô' => 'o',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'ü' | 'ú' => 'u',
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '-',
    };
    let letters: String = name.to_lowercase().chars().map(plain).collect();
    let words: Vec<_> = letters.split('-').filter(|word| !word.is_empty()).collect();
    let base = if words.is_empty() { "namn".to_owned() } else { words.join("-") };
    let mut candidate = base.clone();
    let mut further = 2..;
    while taken(&candidate)? {
        candidate = format!("{base}-{}", further.next().unwrap_or(i32::MAX));
    }
    Ok(candidate)
}
