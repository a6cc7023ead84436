//! What the pages say that look into a case from beside it: the read log, the log, removal of content.

use crate::app::reads::ReadOf;
use crate::workflow::log::RemovalReason;

/// The section of a case that leads to these pages.
pub const OVERSIGHT: &str = "Insyn och arkiv";

/// The cases that go on, for whoever has nothing to do in them herself.
pub const ONGOING: &str = "Pågående";
/// Who has read a case.
pub const READERS_SO_FAR: &str = "Vilka hos oss har läst ärendet?";
/// Which readers are named, and which not.
pub const ONLY_YOURS: &str = "Här syns bara de egna: era egna medarbetare, eller organets egen sekreterare. Vad andra har läst \
                              visas inte för er, och vad ni har läst visas inte för dem.";
/// What a line stands for.
pub const WHAT_A_LINE_IS: &str = "En rad står för en läsning, eller för flera inom en kvart. Listor och sökningar räknas inte: \
                                  de visar inget som någon har skrivit. Loggen gallras inte.";
/// What somebody in the read log looked for.
pub const WHO: &str = "Vem";
/// Everybody.
pub const EVERYBODY: &str = "Alla";
/// The first day.
pub const FROM: &str = "Från och med";
/// The last day.
pub const UNTIL: &str = "Till och med";
/// Narrow the list.
pub const NARROW: &str = "Visa";
/// No day.
pub const NO_DAY: &str = "Ange en dag, som 2026-11-02.";
/// The last day is before the first.
pub const BACKWARDS: &str = "Den sista dagen ska vara den första eller senare.";
/// Nobody.
pub const NO_READS: &str = "Ingen har läst.";

/// What of a case was read.
pub fn read(what: &ReadOf) -> &'static str {
    match what {
        ReadOf::Case => "Läste ärendet",
        ReadOf::Log => "Läste ärendets logg",
        ReadOf::Bundle => "Hämtade ärendet som fil",
        ReadOf::Document(_) => "Öppnade en handling",
        ReadOf::Operator => "Den som sköter driften tog fram ärendet så som personen ser det",
    }
}

/// The log of a case.
pub const LOG: &str = "Ärendets logg";
/// What it is.
pub const LOG_HELP: &str = "Varje händelse har ett nummer och ett kontrollvärde som räknas fram ur händelsen och ur den före. \
                            Spara det sista värdet hos er, så kan ni senare visa om något före det har skrivits om.";
/// The case as a file.
pub const BUNDLE: &str = "Ärendet som fil";
/// What the file is for.
pub const BUNDLE_HELP: &str = "Filen håller händelserna med sina kontrollvärden, det som skrevs och arbetsflödet som ärendet \
                               följde. Den som får filen kan utan samsyn kontrollera att den hänger ihop, och med ett \
                               kontrollvärde som hon har sparat tidigare att inget före det har skrivits om. Handlingar hämtas \
                               för sig. Lämna filen bara till den som får läsa det som står i ärendet.";
/// Of what both sides read.
pub const BUNDLE_SHARED: &str = "Hämta det gemensamma";
/// Of what the own principal keeps for itself too.
pub const BUNDLE_OWN: &str = "Hämta det gemensamma och det som bara är hos er";
/// All is well.
pub const SOUND: &str = "Loggen är hel.";
/// What that means.
pub const SOUND_HELP: &str =
    "Kontrollerad nu: händelserna hänger ihop, texterna är de som skrevs och ärendets läge följer av dem.";
/// Something is wrong.
pub const BROKEN: &str = "Loggen stämmer inte.";
/// What to do then.
pub const BROKEN_HELP: &str = "Något har ändrats vid sidan av loggen. Säg till den som sköter driften: nattens kontroll av hela \
                               loggen säger var.";
/// The entries that both sides read.
pub const SHARED_ENTRIES: &str = "Gemensamt";
/// The entries that the own principal keeps for itself.
pub const OWN_ENTRIES: &str = "Bara hos er";
/// The number of an entry.
pub const ENTRY: &str = "Händelse";
/// The digest of an entry.
pub const HASH: &str = "Kontrollvärde";

/// How many texts are gone on record.
pub fn removed(count: usize) -> String {
    match count {
        1 => "1 text är borttagen, enligt loggen.".to_owned(),
        count => format!("{count} texter är borttagna, enligt loggen."),
    }
}

/// What an entry is, where it is no step.
pub fn kind(kind: &str) -> &'static str {
    match kind {
        "particulars" => "Uppgifter i det egna rummet",
        "note" => "Anteckning",
        "correction" => "Rättelse",
        "removal" => "Innehåll borttaget",
        _ => "Steg",
    }
}

/// What can be removed.
pub const REMOVALS: &str = "Ta bort innehåll";
/// What is listed.
pub const REMOVALS_HELP: &str = "Här står det som era egna har skrivit och det som står i ert eget rum. Vad den andra parten har \
                                 skrivit är den partens att ta bort.";
/// Nothing is.
pub const NOTHING_TO_REMOVE: &str = "Här finns inget som ni kan ta bort.";
/// The way to the question.
pub const REMOVE_THIS: &str = "Ta bort";
/// The question.
pub const REMOVE_QUESTION: &str = "Ta bort den här texten för gott?";
/// What will be gone.
pub const GOES: &str = "Det här försvinner";
/// Where it stands.
pub const STANDS_IN: &str = "Står i";
/// That it is for good.
pub const FOR_GOOD: &str = "Texten går aldrig att få tillbaka.";
/// What stays.
pub const STAYS: &str = "Kvar blir att något har stått här, vem som tog bort det, när och varför. Den andra parten ser det också, om \
                         texten var gemensam. Säkerhetskopior som redan finns innehåller texten tills de har gått ut, och text \
                         som någon har kopierat till ett annat ärende tas bort där.";
/// Why.
pub const REASON: &str = "Varför?";
/// No reason.
pub const NO_REASON: &str = "Välj varför texten tas bort.";
/// In words.
pub const EXPLANATION: &str = "Förklaring";
/// What not to write.
pub const EXPLANATION_HELP: &str = "Kort, och utan att upprepa det som tas bort. Till exempel beslutets nummer.";
/// The button.
pub const REMOVE: &str = "Ta bort för gott";
/// Done.
pub const IS_REMOVED: &str = "Texten är borttagen.";
/// What was removed.
pub const WHAT: &str = "Vad";
/// Somebody who runs the system removed it.
pub const OPERATOR: &str = "Den som sköter driften";

/// Why a text was removed.
pub fn reason(reason: RemovalReason) -> &'static str {
    match reason {
        RemovalReason::Identity => "En uppgift om vem det gäller hade kommit med",
        RemovalReason::Disposal => "Gallring enligt gallringsbeslut eller dokumenthanteringsplan",
        RemovalReason::Secrecy => "Sekretess",
    }
}
