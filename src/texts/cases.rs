//! What the parts of a case are called, in its timeline, on its ladder and in lists; and why what was sent about it is not taken.

/// An entry that holds what only its own side reads.
pub const PARTICULARS: &str = "Uppgifter i det egna rummet";
/// A note that corrects another.
pub const CORRECTION: &str = "Rättelse";
/// A note.
pub const NOTE: &str = "Anteckning";
/// A document.
pub const DOCUMENT: &str = "Handling";
/// A document is gone.
pub const DOCUMENT_REMOVED: &str = "Handling borttagen";
/// A text is gone.
pub const TEXT_REMOVED: &str = "Innehåll borttaget";
/// A dispute that is with its parties.
pub const WITH_PARTIES: &str = "Hos parterna";
/// A dispute that is followed up.
pub const FOLLOWED_UP: &str = "Följs upp";
/// It has ended.
pub const ENDED: &str = "Avslutat";
/// The lowest rung.
pub const PARTIES: &str = "Parterna";
/// The last rung.
pub const END: &str = "Avslut";
/// It is somebody else's now.
pub const HAS_LEFT: &str = "Ärendet har lämnat er.";
/// No such kind.
pub const NO_SUCH_KIND: &str = "Den sortens ärende finns inte.";
/// No such start.
pub const NO_SUCH_START: &str = "Så börjar inget ärende.";
/// The case that it grows out of has moved on.
pub const NOT_POSSIBLE_THERE: &str = "Ärendet som det här växer ur är inte längre i ett läge där det går.";
/// A link to itself.
pub const LINK_TO_ITSELF: &str = "Ett ärende kan inte kopplas till sig självt.";
/// A correction of nothing.
pub const CORRECTS_NOTHING: &str = "Ange en händelse som finns i samma rum.";
/// A draft beyond its size.
pub const LARGE_DRAFT: &str = "Utkastet är för stort.";
/// A sign that no text may hold.
pub const FORBIDDEN_SIGN: &str = "Texten innehåller ett otillåtet tecken.";
/// An id that no draft has.
pub const NO_DRAFT_ID: &str = "Så ser inget utkasts id ut.";

/// No such case, or not hers to know of.
pub fn no_such_case(number: &str) -> String {
    format!("{number} finns inte, eller så har du inte tillgång till det.")
}

/// More parties or origins than may be named.
pub fn at_most(most: usize) -> String {
    format!("Ange högst {most}.")
}
/// The deadlines were counted anew, for this day came to be a closing day, or is none any more.
pub fn recounted(day: &str) -> String {
    format!("Tidsfrister och påminnelser har räknats om: {day} är en stängd dag eller är det inte längre")
}

/// So many cases.
pub fn cases(count: u64) -> String {
    match count {
        1 => "1 ärende".to_owned(),
        count => format!("{count} ärenden"),
    }
}
/// What stands for all options of a group where cases are searched by one.
pub const ALL_OF_GROUP: &str = "Alla i gruppen";

/// The case went over to what is agreed over its version.
pub fn migrated_to(title: &str, version: u32) -> String {
    format!("Ärendet följer nu också ”{title}”, version {version}")
}

/// The case went over to another version, and to what is agreed over that.
pub fn migrated_over(base: u32, title: &str, version: u32) -> String {
    format!("Ärendet följer nu version {base} av ärendetypen och ”{title}”, version {version}")
}

/// The case went over to another version.
pub fn migrated(version: u32) -> String {
    format!("Ärendet följer nu version {version} av ärendetypen")
}
