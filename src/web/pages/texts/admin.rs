//! What the pages of administrators say, and those of absence.

use crate::app::administration::{MailError, SignIn};
use crate::app::changes::Kind;
use crate::app::outbox::MailStatus;
use crate::app::versions::Standing;
use crate::store::absences::Reason;

/// The place in the menu.
pub const ADDRESS: &str = "/admin";
/// The section.
pub const TITLE: &str = "Administration";
/// What it shows, and what it never does.
pub const LEAD: &str = "Här sköter du enheter, personer och roller. Du ser inget innehåll i något ärende.";
/// Units and authorities.
pub const ORGANISATION: &str = "Organisation";
/// What stands there.
pub const ORGANISATION_HELP: &str = "Huvudmän med myndigheter och enheter, och från vilken dag de finns.";
/// People.
pub const PEOPLE: &str = "Personer";
/// What stands there.
pub const PEOPLE_HELP: &str = "Adress, inloggning, roller och frånvaro.";
/// Workflows.
pub const WORKFLOWS: &str = "Arbetsflöden";
/// What stands there.
pub const WORKFLOWS_HELP: &str = "Varje version med diagram, och hur många ärenden som står i varje läge.";
/// Mails.
pub const MAILS: &str = "Utgående mejl";
/// What stands there.
pub const MAILS_HELP: &str = "Vad som väntar, har skickats eller inte gick fram.";
/// The record.
pub const CHANGES: &str = "Ändringar";
/// What stands there.
pub const CHANGES_HELP: &str = "Vem som har ändrat vad, det senaste först.";
/// No change yet.
pub const NO_CHANGES: &str = "Ingenting har ändrats här än.";

/// Principals.
pub const PRINCIPALS: &str = "Huvudmän";
/// Bodies.
pub const BODIES: &str = "Organ";
/// Agreements.
pub const AGREEMENTS: &str = "Överenskommelser";
/// How new ones come.
pub const AGREEMENTS_HELP: &str = "Nya överenskommelser läses in av driften.";
/// Authorities.
pub const AUTHORITIES: &str = "Myndigheter";
/// Units.
pub const UNITS: &str = "Enheter";
/// None.
pub const NONE: &str = "Inga";
/// A new authority.
pub const NEW_AUTHORITY: &str = "Lägg till en myndighet";
/// A new unit.
pub const NEW_UNIT: &str = "Lägg till en enhet";
/// A unit's page.
pub const CHANGE_UNIT: &str = "Ändra enheten";
/// An authority's page.
pub const CHANGE_AUTHORITY: &str = "Ändra myndigheten";
/// A body's page.
pub const CHANGE_BODY: &str = "Ändra organet";
/// Keep what was typed.
pub const SAVE: &str = "Spara";
/// A name.
pub const NAME: &str = "Namn";
/// The authority of a unit.
pub const AUTHORITY: &str = "Myndighet";
/// The first day.
pub const FROM: &str = "Första dagen";
/// The last day.
pub const UNTIL: &str = "Sista dagen";
/// May be left empty.
pub const UNTIL_HELP: &str = "Lämna tomt om det gäller tills vidare.";
/// It is over.
pub const OVER: &str = "Avslutad";
/// A box.
pub const CLOSE_ANYWAY: &str = "Stäng enheten ändå";

/// How many cases a unit has that is to be closed, and what becomes of them.
pub fn cases_of_unit(count: i64) -> String {
    let cases = if count == 1 {
        "1 öppet ärende är fördelat".to_owned()
    } else {
        format!("{count} öppna ärenden är fördelade")
    };
    format!(
        "{cases} till enheten. Stängs den ligger de kvar hos den, och den som har en roll där kan fortsätta med dem. \
         Efter den sista dagen kan inga nya ärenden fördelas dit. Be den som handlägger att fördela om dem till en annan enhet."
    )
}

/// From when until when.
pub fn span(from: Option<String>, until: Option<String>) -> String {
    match (from, until) {
        (None, None) => "tills vidare".to_owned(),
        (Some(from), None) => format!("från {from}"),
        (None, Some(until)) => format!("till och med {until}"),
        (Some(from), Some(until)) => format!("{from} till och med {until}"),
    }
}

/// The search.
pub const SEARCH: &str = "Del av namnet";
/// Its button.
pub const FIND: &str = "Sök";
/// In vain.
pub const NOBODY: &str = "Ingen person här har det i namnet.";
/// A new person.
pub const NEW_PERSON: &str = "Lägg till en person";
/// Her address.
pub const EMAIL: &str = "E-postadress";
/// Without one.
pub const NO_EMAIL: &str = "Ingen. Påminnelser når inte personen.";
/// Her sign-in.
pub const SIGN_IN: &str = "Inloggning";
/// Name and address.
pub const DETAILS: &str = "Ändra namn, adress och HSA-id";
/// Only elsewhere.
pub const NOT_WHOLE: &str = "Personen har roller även utanför det du administrerar. Namn, adress, HSA-id och inloggning ändras då av länets systemadministratör.";
/// Her identity in the sector's catalogue.
pub const HSA_ID: &str = "HSA-id";
/// What it is for.
pub const HSA_ID_HELP: &str =
    "Som SE2321000180-1A2B. Med det känner inloggningstjänsten igen personen. När det ändras loggas personen ut.";
/// None.
pub const NO_HSA_ID: &str = "Saknas";
/// Her roles.
pub const ROLES: &str = "Roller";
/// None.
pub const NO_ROLES: &str = "Personen har ingen roll här.";
/// A new role.
pub const GIVE_ROLE: &str = "Ge en roll";
/// Her first role.
pub const FIRST_ROLE: &str = "Första rollen";
/// The role.
pub const ROLE: &str = "Roll";
/// Where.
pub const PLACE: &str = "Var";
/// What fits.
pub const PLACE_HELP: &str =
    "Utredare och chef har rollen på en enhet, nätverkssekreterare för ett organ, övriga hos en huvudman.";
/// The county.
pub const COUNTY: &str = "Hela länet";
/// Her own title.
pub const ROLE_TITLE: &str = "Titel";
/// Such as.
pub const ROLE_TITLE_HELP: &str = "Till exempel MAS, SAS eller enhetschef.";
/// What she may decide.
pub const DELEGATION: &str = "Delegation";
/// Such as.
pub const DELEGATION_HELP: &str = "En rad som visas när personen ska besluta eller godta något, till exempel: Beslut upp till 100 000 kr enligt delegationsordningen.";
/// The end of a role.
pub const END_ROLE: &str = "Avsluta rollen";
/// What its days do.
pub const END_ROLE_HELP: &str = "Rollen gäller till och med den dagen. Ange gårdagen om den ska upphöra genast.";
/// Close an account.
pub const CLOSE_SIGN_IN: &str = "Stäng inloggningen";
/// Open it.
pub const OPEN_SIGN_IN: &str = "Öppna inloggningen";

/// Whether somebody can sign in.
pub fn sign_in(sign_in: SignIn) -> &'static str {
    match sign_in {
        SignIn::None => {
            "Har inget sätt att logga in: inget HSA-id och inget lokalt konto. Driften skapar ett konto med samsyn user create."
        }
        SignIn::Open => "Öppen",
        SignIn::Closed => "Stängd",
    }
}

/// Absence.
pub const ABSENCE: &str = "Frånvaro";
/// What it does.
pub const ABSENCE_HELP: &str = "Under frånvaron gör ersättaren ditt arbete i ditt ställe och får dina påminnelser. I ärendena står vem som har gjort vad, och för vem.";
/// The same of another.
pub const ABSENCE_HELP_OTHER: &str = "Under frånvaron gör ersättaren personens arbete i dennes ställe och får påminnelserna. I ärendena står vem som har gjort vad, och för vem.";
/// None.
pub const NO_ABSENCE: &str = "Ingen frånvaro är anmäld.";
/// A new one.
pub const RECORD_ABSENCE: &str = "Anmäl frånvaro";
/// Who acts.
pub const SUBSTITUTE: &str = "Ersättare";
/// Who can.
pub const SUBSTITUTE_HELP: &str = "Någon hos samma huvudman, som inte handlägger någon annanstans.";
/// Nobody can.
pub const NO_SUBSTITUTE: &str =
    "Det finns ingen som kan vara ersättare: någon annan behöver först en roll hos samma huvudman.";
/// Why.
pub const CAUSE: &str = "Frånvaron beror på";
/// It is over.
pub const END_ABSENCE: &str = "Avsluta frånvaron";

/// Why somebody is away.
pub fn cause(reason: Reason) -> &'static str {
    match reason {
        Reason::Leave => "Ledighet",
        Reason::Duty => "Tjänsteförrättning på annan plats",
        Reason::Other => "Annat",
    }
}

/// The rules.
pub const BASIS: &str = "Grund";
/// Where a version of a workflow stands.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Draft => "Utkast",
        Standing::Final => "Färdig, inte publicerad",
        Standing::Coming => "Kommer att gälla",
        Standing::InForce => "Gäller för nya ärenden",
        Standing::Retired => "Inga nya ärenden",
    }
}

/// What a version changes.
pub const CHANGES_OF_VERSION: &str = "Vad versionen ändrar";
/// Where two versions are the same.
pub const NOTHING_CHANGES: &str = "Ingenting ändras.";

/// When new cases get a version.
pub fn in_force(span: &str, agreement: Option<&str>) -> String {
    match agreement {
        None => format!("Nya ärenden: {span}."),
        Some(agreement) => format!("Nya ärenden: {span}, när {agreement} gäller."),
    }
}
/// When no new case of a kind can begin.
pub fn standstill(title: &str, span: &str) -> String {
    format!("Inga nya ärenden av typen ”{title}” kan börja {span}: ingen version är publicerad för de dagarna.")
}
/// A state.
pub const STATE: &str = "Läge";
/// How many.
pub const COUNT: &str = "Ärenden";
/// It has ended there.
pub const FINAL: &str = "avslutat";
/// The picture by itself.
pub const DIAGRAM: &str = "Diagrammet i full storlek";

/// A version.
pub fn version(name: &str, version: &str) -> String {
    format!("{name}, version {version}")
}

/// What a picture shows.
pub fn picture(title: &str) -> String {
    format!("Diagram över {title}. Lägena står i tabellen.")
}

/// A number of cases: of more than 999 nobody needs to know how many.
pub fn count(count: i64) -> String {
    if count > 999 { "999+".to_owned() } else { count.to_string() }
}

/// What became of it.
pub const STATUS: &str = "Status";
/// When it was written.
pub const WRITTEN: &str = "Skrevs";
/// How often.
pub const ATTEMPTS: &str = "Försök";
/// All of them.
pub const ALL_MAILS: &str = "Alla";
/// None.
pub const NO_MAILS: &str = "Här finns inget mejl.";
/// Once more.
pub const RETRY: &str = "Försök igen";

/// What became of mails.
pub fn mail_status(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Pending => "Väntar",
        MailStatus::Sent => "Skickat",
        MailStatus::Failed => "Gick inte fram",
        MailStatus::Bounced => "Kom tillbaka",
    }
}

/// What stopped a mail.
pub fn mail_error(error: &MailError) -> String {
    match error {
        MailError::NoAddress => "personen har ingen adress".to_owned(),
        MailError::Disabled => "personens inloggning är stängd".to_owned(),
        MailError::Withheld => "personen har inte längre rätt att känna till ärendet".to_owned(),
        MailError::Code(code) => format!("e-postservern svarade {code}"),
        MailError::BadAddress => "personens adress går inte att skicka till".to_owned(),
        MailError::BrokeOff => "e-postservern bröt förbindelsen".to_owned(),
        MailError::TooSlow => "e-postservern svarade inte i tid".to_owned(),
        MailError::CameBack => "mottagarens e-postserver tog inte emot det".to_owned(),
        MailError::Unwritten => "mejlet kunde inte skrivas; det är ett fel i programmet".to_owned(),
        MailError::Other => "e-postservern gick inte att nå, eller annat fel".to_owned(),
    }
}

/// A kind of change.
pub fn change(kind: Kind) -> &'static str {
    match kind {
        Kind::PersonAdded => "Person tillagd",
        Kind::PersonChanged => "Person ändrad",
        Kind::RoleGiven => "Roll given",
        Kind::RoleEnded => "Roll avslutad",
        Kind::SignInOpened => "Inloggning öppnad",
        Kind::SignInClosed => "Inloggning stängd",
        Kind::AbsenceRecorded => "Frånvaro anmäld",
        Kind::AbsenceEnded => "Frånvaro avslutad",
        Kind::UnitAdded => "Enhet tillagd",
        Kind::UnitChanged => "Enhet ändrad",
        Kind::AuthorityAdded => "Myndighet tillagd",
        Kind::AuthorityChanged => "Myndighet ändrad",
        Kind::BodyChanged => "Organ ändrat",
        Kind::MailRetried => "Mejl skickas på nytt",
        Kind::RemindersChosen => "Påminnelser valda",
        Kind::CalendarOpened => "Kalenderadress skapad",
        Kind::CalendarClosed => "Kalenderadress borttagen",
        Kind::ClosingDayAdded => "Stängd dag tillagd",
        Kind::ClosingDayTakenBack => "Stängd dag återtagen",
        Kind::WorkflowPublished => "Version av ett flöde gäller för nya ärenden",
        Kind::WorkflowRetired => "Version av ett flöde gäller inte längre för nya ärenden",
    }
}

/// A detail of a change, as a sentence says it.
pub fn detail(what: &str, value: &str) -> String {
    match what {
        "day" => value.to_owned(),
        "role" => format!("roll: {value}"),
        "place" if value == "county" => format!("var: {}", COUNTY.to_lowercase()),
        "place" => format!("var: {value}"),
        "substitute" => format!("ersättare: {value}"),
        "from" => format!("första dagen: {value}"),
        "until" => format!("sista dagen: {value}"),
        "reminders" if value == "digest" => "samlade i ett mejl".to_owned(),
        "reminders" => "ett mejl för varje".to_owned(),
        "before" => format!("hette: {value}"),
        "name" => format!("heter: {value}"),
        "address" => "ny e-postadress".to_owned(),
        "hsa_id" if value.is_empty() => "inget HSA-id".to_owned(),
        "hsa_id" => format!("HSA-id: {value}"),
        other => format!("{other}: {value}"),
    }
}

/// Closing days.
pub const CLOSING_DAYS: &str = "Stängda dagar";
/// What stands there.
pub const CLOSING_DAYS_HELP: &str = "Dagar utöver helgdagarna som inte räknas som arbetsdagar.";
/// What they do.
pub const CLOSING_DAYS_LEAD: &str = "Helgdagar, lördagar och söndagar räknas redan som lediga. En stängd dag räknas inte \
     som arbetsdag: tidsfrister som löper räknas om, och det antecknas i varje ärende.";
/// A new one.
pub const NEW_CLOSING_DAY: &str = "Lägg till stängd dag";
/// Its date.
pub const CLOSING_DAY: &str = "Dag";
/// Its name.
pub const CLOSING_NAME: &str = "Namn";
/// Where it is read.
pub const CLOSING_NAME_HELP: &str =
    "Som det står i en mening, till exempel: klämdag. Alla som ser en tidsfrist kan läsa det.";
/// On to what it moves.
pub const SEE_WHAT_MOVES: &str = "Visa vad som flyttas";
/// Takes one back.
pub const TAKE_BACK: &str = "Ta tillbaka";

/// How many deadlines a closing day moves.
pub fn moves(count: usize, more: bool) -> String {
    let count = match count {
        0 => "Ingen tidsfrist som löper flyttas".to_owned(),
        1 => "En tidsfrist som löper flyttas".to_owned(),
        count => format!("{count} tidsfrister som löper flyttas"),
    };
    if more {
        format!("{count} bland de första ärendena; fler räknas om när dagen läggs till.")
    } else {
        format!("{count}.")
    }
}

/// How many, from which day to which.
pub fn moved(count: usize, was: &str, due: &str) -> String {
    format!("{count} från {was} till {due}")
}
