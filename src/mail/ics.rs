//! Deadlines as iCalendar (RFC 5545), for the calendars of those who are to keep them: all-day entries of fixed words, with
//! nothing that anybody wrote. The same entries give the same bytes.

use chrono::NaiveDate;
use icalendar::{Calendar, Class, Component, Event, EventLike, Property};

use crate::clock::Timestamp;

/// Who wrote the calendar, as RFC 5545 wants it.
const PRODUCT: &str = "-//samsyn//samsyn//SV";

/// The last day of a deadline, as an entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What makes it the same entry: a later one with a higher sequence takes its place.
    pub uid: String,
    /// How often the deadline began anew.
    pub sequence: u32,
    /// When this was found out: the same for every attempt to send it.
    pub stamp: Timestamp,
    /// The day.
    pub day: NaiveDate,
    /// What it says: numbers and titles of the workflow's file.
    pub summary: String,
    /// Where to read and act.
    pub link: String,
}

/// Entries for whoever asks; with an organizer, as a notice that mail programs offer to keep (METHOD:PUBLISH, which asks
/// for no answer).
pub fn write(entries: &[Entry], organizer: Option<&str>) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", PRODUCT));
    calendar.append_property(("CALSCALE", "GREGORIAN"));
    if organizer.is_some() {
        calendar.append_property(("METHOD", "PUBLISH"));
    }
    for entry in entries {
        calendar.push(event(entry, organizer));
    }
    format!("{calendar}")
}

fn event(entry: &Entry, organizer: Option<&str>) -> Event {
    let mut event = Event::new();
    event.uid(&entry.uid).sequence(entry.sequence).timestamp(entry.stamp.utc()).summary(&entry.summary);
    // The day is no meeting: whoever has a deadline is not away. Without an end, it is the whole of that day.
    event.starts(entry.day).class(Class::Private).add_property("TRANSP", "TRANSPARENT");
    event.append_property(Property::new("URL", &entry.link));
    if let Some(address) = organizer {
        event.append_property(Property::new("ORGANIZER", format!("mailto:{address}")));
    }
    event.done()
}
