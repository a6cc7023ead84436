//! What went wrong with a request, for whoever reads the answer: a title, and what to do.

/// Title and detail.
pub type Told = (&'static str, &'static str);

/// `not_found`.
pub const NOT_FOUND: Told = ("Finns inte", "Det finns inte, eller så har du inte tillgång till det.");
/// `forbidden`.
pub const FORBIDDEN: Told = ("Inte ditt att göra", "Du får läsa det här, men inte göra det.");
/// `not_possible_now`.
pub const NOT_NOW: Told = ("Går inte nu", "Ärendet står inte så att det går att göra.");
/// `invalid`.
pub const INVALID: Told = ("Något behöver rättas", "Uppgifterna kan inte tas emot som de är.");
/// `stale`.
pub const STALE: Told =
    ("Någon annan hann före", "Det har ändrats sedan du läste det. Läs det igen och avgör på nytt.");
/// `idempotency_key_reused`.
pub const KEY_REUSED: Told =
    ("Nyckeln är använd", "Idempotency-Key har redan använts för en annan begäran. Ta en ny nyckel.");
/// `unavailable`.
pub const UNAVAILABLE: Told = ("Tillfälligt otillgängligt", "Inget har sparats. Försök igen om en stund.");
/// `internal`.
pub const INTERNAL: Told =
    ("Något gick fel hos oss", "Inget har sparats. Ange värdet i instance när du anmäler felet.");
/// `unauthenticated`.
pub const UNAUTHENTICATED: Told = ("Logga in", "Det behövs en giltig token: Authorization: Bearer TOKEN.");
/// `method_not_allowed`.
pub const METHOD: Told = ("Fel metod", "Adressen har inte den metoden; se Allow.");
/// `unsupported_media_type`.
pub const CONTENT_TYPE: Told = ("Fel format", "Skicka application/json.");
/// `too_large`.
pub const TOO_LARGE: Told = ("För stort", "Begäran får vara högst 256 KiB.");
/// `file_too_large`.
pub const FILE_TOO_LARGE: Told =
    ("För stor fil", "En handling får vara högst 10 MB. Gå tillbaka och välj en mindre fil. Inget har sparats.");
/// `broken_json`.
pub const BROKEN_JSON: Told = ("Trasig JSON", "Begäran går inte att läsa som JSON.");
/// `too_often`.
pub const TOO_OFTEN: Told =
    ("För många försök", "Det har kommit för många försök på kort tid. Vänta en minut. Inget har sparats.");
/// `broken_form`.
pub const BROKEN_FORM: Told = ("Trasigt formulär", "Formuläret innehåller ett otillåtet tecken.");
/// `foreign_form`.
pub const FOREIGN_FORM: Told = (
    "Formuläret gäller inte längre",
    "Det skickades inte från en sida som är öppen här. Gå tillbaka, ladda om sidan och skicka igen. Inget har sparats.",
);
/// `if_match_required`.
pub const NO_IF_MATCH: Told =
    ("Revisionen saknas", "Ange i If-Match det ETag som du senast läste, så att du inte skriver över någon annan.");
/// `malformed_header`.
pub const HEADER: Told = ("Trasigt huvudfält", "Ett huvudfält går inte att läsa.");
/// `sign_in_service_unavailable`.
pub const SERVICE_AWAY: Told = (
    "Inloggningstjänsten svarar inte",
    "Du är inte inloggad. Försök igen om en stund. Den som har lösenord till samsyn kan logga in med det under tiden.",
);
/// `sign_in_stale`.
pub const SIGN_IN_STALE: Told = (
    "Inloggningen gäller inte längre",
    "Den började i en annan webbläsare, tog längre än tio minuter eller är redan använd. Du är inte inloggad. Börja om.",
);
/// `sign_in_denied`.
pub const SIGN_IN_DENIED: Told =
    ("Inloggningen avbröts", "Inloggningstjänsten släppte inte in dig, eller så avbröt du där. Du är inte inloggad.");
/// `sign_in_untrusted`.
pub const SIGN_IN_UNTRUSTED: Told = (
    "Inloggningen kunde inte kontrolleras",
    "Svaret från inloggningstjänsten gick inte att lita på. Du är inte inloggad. Börja om.",
);
/// `sign_in_without_hsa_id`.
pub const SIGN_IN_NOBODY: Told = (
    "Inloggningen saknar HSA-id",
    "Inloggningstjänsten talade inte om vilket HSA-id du har som anställd. Logga in med din tjänstelegitimation, eller fråga den som ansvarar för systemet hos er.",
);
/// `sign_in_elsewhere`.
pub const SIGN_IN_ELSEWHERE: Told = (
    "Din organisation är inte med",
    "Inloggningstjänsten anger ingen organisation som använder samsyn här. Du är inte inloggad. Fråga den som ansvarar för systemet hos er.",
);
/// `sign_in_disabled`.
pub const SIGN_IN_DISABLED: Told =
    ("Kontot är avstängt", "Ditt konto i samsyn är avstängt. Fråga den som ansvarar för systemet hos er.");
