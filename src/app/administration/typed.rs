//! What administrators typed, judged and tidied: names, lines, addresses, HSA ids; and ids made of names.

use crate::ids::HsaId;
use crate::personal_number;
use crate::texts::administration as texts;
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
        refuse(texts::LONG_LINE);
    } else if text.chars().any(char::is_control) {
        refuse(texts::ONE_LINE);
    } else if personal_number::contains(text) {
        reasons.push(Reason::personal_number(field));
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// A name, which must be given.
pub fn name(field: &str, typed: &str, reasons: &mut Vec<Reason>) -> String {
    let line = line(field, typed, reasons);
    if line.is_none() {
        reasons.push(Reason::field(Code::Required, field, texts::NAME));
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
        reasons.push(Reason::field(Code::WrongType, field, texts::ADDRESS));
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
        reasons.push(Reason::field(Code::WrongType, field, texts::HSA_ID_SHAPE));
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
