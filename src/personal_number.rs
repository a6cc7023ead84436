//! The guard against identities in free text: recognises Swedish personal identity numbers (personnummer) and
//! coordination numbers (samordningsnummer). Pure; it stores nothing, logs nothing and never repeats what it found.
//!
//! # What it catches
//! A date, then four digits, with a right check digit (Luhn over the last ten digits):
//! - The date has eight digits, of a day in the years 1800 to 2099, or six, of a day in 19YY or 20YY. A coordination
//!   number's day is 60 higher.
//! - Year, month, day and the last four may be parted, each by a little white space, one dash or plus, or both
//!   (`19121212-1212`, `1912 12 12 - 1212`). A dash is any that Unicode has for it, for word processors and mail
//!   programs change them. A line break is white space: programs break lines after a dash.
//! - Digits may be full width. Characters that cannot be seen (soft hyphen, zero-width space) are read past.
//! - No digit stands directly before or after. Letters may: `pnr8112189876`.
//!
//! # What it does not catch
//! Other separators (`811218.9876`, `811218/9876`, `811218_9876`), numbers with a digit mistyped, left out or masked,
//! or spelt in words, dates of birth without the last four, reserve numbers (reservnummer, `19121212-T012`), and names.
//! It is a net under careful people, not a proof of anonymity.
//!
//! # What it catches by mistake
//! One in ten of all digits that look like a date and four more has the right check digit by chance: a time without a
//! colon (`2026-11-02 1430`), a mobile number that begins as a date does (`0701234567`). Whoever writes it adds a colon
//! or a space. Two common cases are let through: where white space parts the last four from the date, or the date
//! itself is parted, four digits that go on with a dash and two more are a year or an area code
//! (`2026-11-02–2026-11-05`, `2026-11-02 0243-73500`). An organisation number is no date: its third digit is 2 or more.

use std::ops::Range;

use chrono::NaiveDate;

/// The digits of a number without a century.
const LEAST_DIGITS: usize = 10;

/// Whether the text holds what [`find`] looks for.
pub fn contains(text: &str) -> bool {
    find(text).is_some()
}

/// Where the first personal identity number or coordination number stands in the text, in bytes, century and separators
/// included. See the module's text for what it takes for one.
pub fn find(text: &str) -> Option<Range<usize>> {
    // Most texts hold too few digits for a number, and this is asked of every one.
    if text.chars().filter(|c| digit(*c).is_some()).count() < LEAST_DIGITS {
        return None;
    }
    let seen: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !is_invisible(*c)).collect();
    (0..seen.len()).find_map(|start| {
        let number = Reader::new(&seen, start)?.read(4).or_else(|| Reader::new(&seen, start)?.read(2))?;
        let (last, c) = *seen.get(number.checked_sub(1)?)?;
        Some(seen.get(start)?.0..last + c.len_utf8())
    })
}

/// Reads one number from a place in the text.
struct Reader<'a> {
    seen: &'a [(usize, char)],
    next: usize,
    digits: Vec<u32>,
}

/// What stood between two parts of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Nothing,
    /// A dash or plus alone.
    Dash,
    /// White space, with or without a dash.
    Space,
}

impl<'a> Reader<'a> {
    /// A reader at the place, unless that is amid a run of digits.
    fn new(seen: &'a [(usize, char)], start: usize) -> Option<Self> {
        let before = start.checked_sub(1).and_then(|at| seen.get(at));
        let amid = before.is_some_and(|(_, c)| digit(*c).is_some());
        (!amid).then_some(Reader { seen, next: start, digits: Vec::new() })
    }

    /// The place after the number, if there is one whose year has so many digits.
    fn read(mut self, year_digits: usize) -> Option<usize> {
        self.take_digits(year_digits)?;
        let after_year = self.take_joint();
        self.take_digits(2)?;
        let after_month = self.take_joint();
        self.take_digits(2)?;
        let after_day = self.take_joint();
        self.take_digits(4)?;
        let end = self.next;
        let parted = after_year != Joint::Nothing || after_month != Joint::Nothing;
        let other = (parted || after_day == Joint::Space) && self.goes_on();
        let whole = self.digit_at(end).is_none();
        (whole && !other && is_dated(&self.digits) && passes_luhn(&self.digits)).then_some(end)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.seen.get(at).map(|(_, c)| *c)
    }

    fn digit_at(&self, at: usize) -> Option<u32> {
        self.char_at(at).and_then(digit)
    }

    fn take_digits(&mut self, count: usize) -> Option<()> {
        for _ in 0..count {
            self.digits.push(self.digit_at(self.next)?);
            self.next += 1;
        }
        Some(())
    }

    /// White space, at most two characters of it (a line break may be two); a dash or plus; white space again. Each may
    /// be missing.
    fn take_joint(&mut self) -> Joint {
        let spaces = self.take_while(2, char::is_whitespace);
        let dashes = self.take_while(1, is_dash_or_plus);
        match (spaces + self.take_while(2, char::is_whitespace), dashes) {
            (0, 0) => Joint::Nothing,
            (0, _) => Joint::Dash,
            _ => Joint::Space,
        }
    }

    fn take_while(&mut self, most: usize, belongs: impl Fn(char) -> bool) -> usize {
        let start = self.next;
        while self.next < start + most && self.char_at(self.next).is_some_and(&belongs) {
            self.next += 1;
        }
        self.next - start
    }

    /// Whether a dash and two digits follow.
    fn goes_on(&self) -> bool {
        self.char_at(self.next).is_some_and(is_dash_or_plus)
            && self.digit_at(self.next + 1).is_some()
            && self.digit_at(self.next + 2).is_some()
    }
}

/// Whether the digits before the last four are a date of birth, or one with 60 added to the day.
fn is_dated(digits: &[u32]) -> bool {
    let value = |part: &[u32]| part.iter().fold(0, |sum, digit| sum * 10 + digit);
    let [year @ .., m1, m2, d1, d2, _, _, _, _] = digits else { return false };
    let (month, day) = (value(&[*m1, *m2]), value(&[*d1, *d2]));
    let day = if day > 60 { day - 60 } else { day };
    let exists = |year: u32| i32::try_from(year).is_ok_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some());
    match (year.len(), value(year)) {
        (2, year) => exists(1900 + year) || exists(2000 + year),
        (_, year) => (1800..2100).contains(&year) && exists(year),
    }
}

/// The check digit, over the last ten digits: every other one doubled, beginning with the first.
fn passes_luhn(digits: &[u32]) -> bool {
    let last_ten = digits.iter().skip(digits.len().saturating_sub(10));
    let sum: u32 = last_ten
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

/// ASCII and full-width digits.
fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

/// The plus of those over a hundred years old, and whatever is printed as a short line.
fn is_dash_or_plus(c: char) -> bool {
    matches!(
        c,
        '+' | '\u{ff0b}'
        | '-'                      // hyphen-minus
        | '\u{2010}'
            ..='\u{2015}'  // hyphen, non-breaking hyphen, figure dash, en dash, em dash, horizontal bar
        | '\u{2043}'               // hyphen bullet
        | '\u{2212}'               // minus sign
        | '\u{fe58}' | '\u{fe63}'  // small em dash, small hyphen-minus
        | '\u{ff0d}' // full-width hyphen-minus
    )
}

/// Soft hyphen, zero-width spaces and joiners, marks of direction, byte order mark: copied along with a text unseen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}
