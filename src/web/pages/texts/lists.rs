//! What worklists and the search say.

/// Worklists of others besides her.
pub const WHOSE: &str = "Vems ärenden";
/// Hers.
pub const OF_MINE: &str = "Mina";
/// What that means.
pub const OF_MINE_HELP: &str = "Det som väntar på din roll, och det som du har registrerat.";
/// What that means to whoever registers nothing.
pub const OF_MINE_TO_DO_HELP: &str = "Det som väntar på just din roll.";
/// Nothing to list.
pub const NO_LISTS: &str = "Din roll har inga ärendelistor.";
/// Her unit's.
pub const OF_UNIT: &str = "Min enhets";
/// What that means.
pub const OF_UNIT_HELP: &str = "Det som är fördelat till din enhet. Att göra är det som väntar på någon av er.";
/// Her organisation's.
pub const OF_ORGANISATION: &str = "Hela organisationens";
/// What that means.
pub const OF_ORGANISATION_HELP: &str =
    "Alla ärenden som er organisation är part i. Att göra är det som väntar på någon hos er.";
/// Her bodies'.
pub const OF_BODY: &str = "Alla organens";
/// What that means.
pub const OF_BODY_HELP: &str = "Allt som har kommit till de organ som du är sekreterare för.";
/// No registry number yet.
pub const UNREGISTERED: &str = "Saknar diarienummer";
/// What that means.
pub const UNREGISTERED_HELP: &str =
    "Inkomna och upprättade ärenden som er organisation inte har angett något diarienummer för.";
/// Since when the person has waited.
pub const HAS_WAITED: &str = "Personen har väntat sedan";

/// The search.
pub const SEARCH: &str = "Sök";
/// The way there.
pub const SEARCH_MORE: &str = "Sök på annat än nummer";
/// Why one cannot search for words.
pub const NO_FREE_TEXT: &str =
    "Det går inte att söka på ord i texterna eller på personer: lagen begränsar vilka sökbegrepp som får användas.";
/// Nobody has a case for her.
pub const NOTHING_TO_SEARCH: &str = "Din roll har inga ärenden att söka bland.";
/// The register's number.
pub const REGISTRY_NUMBER: &str = "Diarienummer";
/// The workflow.
pub const KIND: &str = "Slag av ärende";
/// How far it has come.
pub const LEVEL: &str = "Var ärendet står";
/// The category.
pub const CATEGORY: &str = "Kategori";
/// The unit.
pub const UNIT: &str = "Enhet som ärendet är fördelat till";
/// Open or ended.
pub const STATUS: &str = "Öppet eller avslutat";
/// Open ones.
pub const OPEN: &str = "Öppna";
/// The first day.
pub const OPENED_FROM: &str = "Öppnat från och med";
/// The last day.
pub const OPENED_TO: &str = "Öppnat till och med";
/// No choice.
pub const ANY: &str = "Alla";
/// What is asked.
pub const ASKED: &str = "Du söker på";
/// Ask it no more.
pub const TAKE_AWAY: &str = "Ta bort";
/// Ask nothing.
pub const CLEAR: &str = "Rensa sökningen";
/// What was found.
pub const FOUND: &str = "Ärenden som stämmer";
/// None.
pub const NOTHING_FOUND: &str = "Inget ärende som du har tillgång till stämmer.";
/// None so far.
pub const NOT_YET_FOUND: &str = "Inget ärende än. Det finns fler att leta bland: gå till nästa sida.";
/// Back.
pub const TO_LISTS: &str = "Till ärendelistorna";
/// No date.
pub const NO_DATE: &str = "Skriv en dag som finns, som 2026-03-02.";
/// A period that ends before it begins.
pub const TO_BEFORE_FROM: &str = "Den sista dagen ligger före den första.";
/// A choice that is none.
pub const NOT_IN_LIST: &str = "Välj något som finns i listan.";
/// Longer than any number.
pub const TOO_LONG_NUMBER: &str = "Skriv högst 100 tecken.";
