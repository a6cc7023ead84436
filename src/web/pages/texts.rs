//! What pages say, by topic: another language is another folder like this one. Titles of steps, fields and states come from
//! the workflow files; what the use cases say, whoever asks, from `crate::texts`.

pub mod documents;
pub mod help;
mod lists;
pub mod oversight;
pub mod reminders;
mod sign_in;
pub mod steps;

pub use lists::*;
pub use sign_in::*;

use crate::app::outbox::MailStatus;
use crate::app::view::ReaderKind;

/// The product.
pub const PRODUCT: &str = "samsyn";
/// The link that keyboards meet first.
pub const SKIP: &str = "Till innehållet";
/// What a title begins with where something must be mended.
pub const ERROR: &str = "Fel";
/// The menu.
pub const MENU: &str = "Huvudmeny";
/// The links at the foot.
pub const ABOUT: &str = "Om samsyn";
/// The help page.
pub const HELP: &str = "Hjälp";
/// The accessibility statement.
pub const ACCESSIBILITY: &str = "Tillgänglighet";
/// The way out.
pub const SIGN_OUT: &str = "Logga ut";
/// Her own page.
pub const ME: &str = "Min sida";
/// What she may speak for.
pub const ROLES: &str = "Dina roller i dag";
/// None.
pub const NO_ROLE: &str = "Du har ingen roll i dag. Fråga den som ansvarar för systemet hos er.";
/// Other browsers.
pub const EVERYWHERE: &str = "Andra webbläsare";
/// Why.
pub const EVERYWHERE_HELP: &str = "Har du glömt att logga ut någon annanstans? Då loggas du ut överallt, också här.";
/// The button.
pub const SIGN_OUT_EVERYWHERE: &str = "Logga ut överallt";
/// Home.
pub const TO_THE_START: &str = "Till startsidan";
/// Which request failed.
pub const TELL_THE_OPERATOR: &str = "Uppge det här numret när du anmäler felet:";

/// The places of the menu.
pub const PLACES: [(&str, &str); 5] = [
    (CASES_ADDRESS, CASES),
    (REGISTER_ADDRESS, REGISTER),
    (BOARD_ADDRESS, BOARD),
    (READS_ADDRESS, READS),
    (admin::ADDRESS, admin::TITLE),
];

/// Where one's cases are.
pub const CASES_ADDRESS: &str = "/";
/// Where one registers.
pub const REGISTER_ADDRESS: &str = "/register";
/// Where the read log is.
pub const READS_ADDRESS: &str = "/reads";

/// Where the board is.
pub const BOARD_ADDRESS: &str = "/board";
/// The ladder board.
pub const BOARD: &str = "Ärendetrappan";
/// The ladder of one dispute.
pub const LADDER: &str = "Ärendets väg";
/// The same as the picture, in words.
pub const LADDER_IN_WORDS: &str = "Ärendets väg i ord";
/// Which state it stands in.
pub const HERE_NOW: &str = "här nu";
/// Where it has been.
pub const BEEN_HERE: &str = "har varit här";
/// Where it may come.
pub const MAY_FOLLOW: &str = "kan följa:";
/// It is hers.
pub const YOUR_MOVE: &str = "Din tur";
/// The meeting that takes it up.
pub const NEXT_MEETING: &str = "Tas upp";
/// None is noted.
pub const NO_MEETING: &str = "Inget möte angivet";

/// What has not come to a body.
pub const LOCAL: &str = "Hos tjänsteledningarna";
/// Why there are lines of some.
pub const LISTED: &str = "Av de här har båda parter sagt att du får se en rad, men inget av innehållet.";
/// Before the day on which something began.
pub const SINCE: &str = "sedan";
/// Before a last day.
pub const AT_LATEST: &str = "senast";

/// How many disputes are still with local management.
pub fn still_local(count: usize) -> String {
    match count {
        0 => "Ingen tvist ligger kvar hos tjänsteledningarna.".to_owned(),
        1 => "1 tvist ligger kvar hos tjänsteledningarna.".to_owned(),
        count => format!("{count} tvister ligger kvar hos tjänsteledningarna."),
    }
}

/// Beginning a case.
pub const REGISTER: &str = "Registrera";
/// Nobody gave her a role that begins anything.
pub const NOTHING_TO_REGISTER: &str = "Du har ingen roll som registrerar ärenden.";
/// What a new case grows out of.
pub const GROWS_OUT_OF: &str = "Växer ur ärende";
/// The next part.
pub const GO_ON: &str = "Fortsätt";
/// The part before.
pub const BACK: &str = "Tillbaka";
/// What happens to what she has typed.
pub const KEPT: &str = "Det du har skrivit sparas som utkast.";
/// The last look.
pub const LAST_LOOK: &str = "Läs igenom och skicka";
/// Who stands on each side.
pub const PARTIES: &str = "Parter";
/// A field that was left empty.
pub const NOT_GIVEN: &str = "Inte angivet";
/// Change a part.
pub const CHANGE: &str = "Ändra";
/// Throw a draft away.
pub const DROP_DRAFT: &str = "Kasta utkastet";
/// A draft out of which no case can be made any more.
pub const DRAFT_OF_NOTHING: &str = "Det går inte längre att börja ett ärende så. Utkastet kan inte skickas.";
/// The draft was changed in another window.
pub const DRAFT_STALE: &str =
    "Utkastet har ändrats i ett annat fönster. Det du skrev finns kvar här nedanför; skicka igen om det ska gälla.";
/// After a case was begun.
pub const REGISTERED: &str = "Registrerat.";

/// Which part of how many.
pub fn part(at: usize, of: usize) -> String {
    format!("Del {at} av {of}")
}

/// The sign-in page.
pub const SIGN_IN: &str = "Logga in";
/// Her name there.
pub const USERNAME: &str = "Användarnamn";
/// Her password.
pub const PASSWORD: &str = "Lösenord";
/// Whether it was the name or the password is not said.
pub const WRONG: &str = "Användarnamnet eller lösenordet är fel.";
/// Too many tries.
pub const THROTTLED: &str = "För många försök. Vänta till klockan";
/// After signing out.
pub const SIGNED_OUT: &str = "Du är utloggad.";
/// The session is over.
pub const SIGN_IN_FIRST: &str = "Logga in för att komma vidare.";
/// The session ran out while she wrote.
pub const FORM_HELD: &str =
    "Du hade blivit utloggad. Det du skrev är sparat i en timme, bara för dig. Logga in så finns det där.";
/// The same, but what she wrote may not be kept.
pub const FORM_LOST: &str =
    "Du hade blivit utloggad. Det du skrev kunde inte sparas: det ser ut att innehålla ett personnummer.";
/// What was kept is there again.
pub const GIVEN_BACK: &str = "Det du skrev innan du loggades ut finns kvar här nedanför. Inget har skickats än.";
/// Begins a new case from an old one.
pub const COPY: &str = "Registrera en ny som liknar den här";
/// What a new case begins as.
pub const COPY_OF: &str = "Det nya ärendet börjar som en kopia av";
/// What is not copied.
pub const COPY_HELP: &str = "Datum följer inte med. Gå igenom alla uppgifter: det är en annan händelse.";
/// Before how long ago a case was opened, in the middle of a line.
pub const OPENED_AGO: &str = "öppnat";
/// What was done last.
pub const LATEST: &str = "Senast";
/// The case with all that it holds.
pub const WHOLE_CASE: &str = "Läs hela ärendet";
/// What a step confirms, answers or builds on.
pub const STEP_ABOUT: &str = "Det här gäller det";
/// The demonstration's sign-in.
pub const DEMO: &str = "Demonstration: välj vem du vill vara";
/// What it is.
pub const DEMO_HELP: &str = "Påhittade organisationer, personer och ärenden. Ingenting här är på riktigt.";

/// The heading of a list of what must be mended.
pub const MEND: &str = "Det här behöver rättas";
/// What marks a field that may be left empty.
pub const OPTIONAL: &str = "(frivilligt)";
/// A choice that is not made.
pub const CHOOSE: &str = "Välj";
/// Yes.
pub const YES: &str = "Ja";
/// No.
pub const NO: &str = "Nej";
/// Another row.
pub const ANOTHER: &str = "Lägg till en till";
/// What only the own side reads.
pub const OWN_ROOM: &str = "Läses bara av er egen organisation.";
/// Removed content.
pub const REMOVED: &str = "Borttaget";
/// Go back.
pub const CANCEL: &str = "Avbryt";

/// The search.
pub const NUMBER: &str = "Ärendenummer";
/// Its button.
pub const FIND: &str = "Hitta ärendet";
/// In vain.
pub const NO_SUCH_NUMBER: &str = "Det ärendet finns inte, eller så har du inte tillgång till det.";
/// The worklists.
pub const CASES: &str = "Ärenden";
/// The worklists.
pub const LISTS: &str = "Listor";
/// It is her move.
pub const TO_DO: &str = "Att göra";
/// It is others'.
pub const WAITING: &str = "Väntar på andra";
/// A day has passed.
pub const LATE: &str = "Försenade";
/// What has ended.
pub const ENDED: &str = "Avslutade";
/// What she has begun to write.
pub const DRAFTS: &str = "Utkast";
/// None.
pub const NO_DRAFTS: &str = "Du har inget utkast.";
/// When it was changed.
pub const CHANGED: &str = "Ändrat";
/// An empty list.
pub const NOTHING: &str = "Här finns inget ärende.";
/// The next page of a list.
pub const MORE: &str = "Nästa sida";
/// The page before.
pub const PREVIOUS_PAGE: &str = "Föregående sida";
/// The first page.
pub const FIRST_PAGE: &str = "Till början";
/// The ways through a list.
pub const PAGES: &str = "Sidor i listan";
/// Urgent.
pub const URGENT: &str = "Brådskande";
/// How long ago it was opened.
pub const OPENED: &str = "Öppnat";
/// The agreement that was in force when the case began.
pub const AGREEMENT: &str = "Gällande överenskommelse";
/// What its municipality and the region have agreed locally.
pub const LOCAL_AGREEMENT: &str = "Handläggs också enligt";
/// That, by its name.
pub fn local_agreement(title: &str, version: u32) -> String {
    format!("{title}, version {version}")
}
/// What a product comes to, such as a risk.
pub fn out_of(value: u64, most: u64) -> String {
    format!("{value} av {most}")
}
/// The one that was in force when what it is about happened.
pub const JUDGED_BY: &str = "Händelsen bedöms efter";
/// Overdue.
pub const OVERDUE: &str = "Försenat";

/// What may be done now.
pub const WHAT_NOW: &str = "Det här kan du göra nu";
/// What is possible, and not what she is to do.
pub const WHAT_ELSE: &str = "Du kan också";
/// What may not.
pub const WHAT_NOT: &str = "Det här går inte nu, och därför";
/// Nothing may be done.
pub const NOTHING_NOW: &str = "Du har inget att göra i ärendet just nu.";
/// Whose move it is.
pub const TURN: &str = "Nu är det tur för";
/// It is hers.
pub const MY_TURN: &str = "Det är din tur.";
/// Deadlines.
pub const DEADLINES: &str = "Tider";
/// What it holds.
pub const FACTS: &str = "Uppgifter";
/// What has happened.
pub const TIMELINE: &str = "Vad som har hänt";
/// Nobody did it.
pub const SYSTEM: &str = "Systemet";
/// Another case brought it about.
pub const FOLLOWS_FROM: &str = "Följer av";
/// Who can see the case.
pub const READERS: &str = "Vem kan se ärendet?";
/// Who can see what is kept inside the own principal.
pub const OWN_READERS: &str = "Det som bara er egen organisation läser ser de här:";
/// No more than what was there.
pub const FORMER_READER: &str = "(bara det som fanns när ärendet lämnade dem)";

/// Which people a reader is.
pub fn reader(kind: ReaderKind) -> &'static str {
    match kind {
        ReaderKind::Principal => {
            "behöriga handläggare, tjänsteledning, registrator och arkivansvarig, samt revisor och dataskyddsombud när de är \
             utsedda"
        }
        ReaderKind::Unit => "utredare och chef på enheten",
        ReaderKind::Body => "sekreteraren, och bara det som har skrivits för organet",
        ReaderKind::Person => "den som registrerade",
    }
}

/// Links.
pub const LINKS: &str = "Hör ihop med";
/// Notes.
pub const NOTES: &str = "Skriv en anteckning";
/// A note.
pub const NOTE: &str = "Anteckning";
/// Why the case went over to another version.
pub const WHY: &str = "Skäl";
/// Who reads it.
pub const NOTE_ROOM: &str = "Vem ska kunna läsa den?";
/// Both.
pub const NOTE_SHARED: &str = "Båda parter";
/// Own.
pub const NOTE_OWN: &str = "Bara vi";
/// Save a note.
pub const SAVE_NOTE: &str = "Spara anteckningen";
/// Done.
pub const DONE: &str = "Klart.";
/// Somebody else was first.
pub const STALE: &str = "Någon annan hann före. Det du skrev finns kvar här nedanför. Läs vad som har hänt och avgör om du vill skicka ändå.";
/// What she typed into a form that cannot be sent any more.
pub const WRITTEN: &str = "Det du skrev";
/// The read log.
pub const READS: &str = "Läslogg";
/// When it happened.
pub const HAPPENED: &str = "När hände det?";
/// That it may be left empty.
pub const HAPPENED_HELP: &str = "Lämna tomt om det sker nu. Ett beslut gäller från den dag det fattades.";

/// Before the name of whom a mail was for.
pub const MAIL_TO: &str = "Mejl till";

pub use crate::texts::mails::name as mail;
/// What has become of a mail; of one that was sent, nothing.
pub fn mail_remark(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Pending => "(väntar på att skickas)",
        MailStatus::Failed => "(kunde inte levereras)",
        MailStatus::Bounced => "(kom tillbaka: nådde inte fram)",
        MailStatus::Sent => "",
    }
}

/// Administration and absence.
pub mod admin;

/// Whose place somebody takes.
pub const ON_BEHALF_OF: &str = "för";
/// In whose place she acts.
pub const YOU_ACT: &str = "Du handlar här";
/// What she may decide.
pub const DELEGATION: &str = "Din delegation";

/// A step that states something.
pub const STATEMENT: &str = "Yttrande";
/// One that proposes something.
pub const PROPOSAL: &str = "Förslag";
/// One that decides.
pub const DECISION: &str = "Beslut";
/// One that recommends.
pub const RECOMMENDATION: &str = "Rekommendation";
/// One that commissions.
pub const COMMISSIONED: &str = "Uppdrag";
/// One that accepts.
pub const ACCEPTANCE: &str = "Godtagande";
/// A party that it has left.
pub const FORMER: &str = "(tidigare)";
/// A joint step, of which one has made hers.
pub const WAITS_FOR_OTHERS: &str = "(väntar på övriga)";
/// And taken it back.
pub const TAKEN_BACK: &str = "(bekräftelsen togs tillbaka)";

/// So many days.
pub fn days(count: i64) -> String {
    match count {
        1 => "1 dag".to_owned(),
        count => format!("{count} dagar"),
    }
}

/// How long ago.
pub fn ago(count: i64) -> String {
    match count {
        0 => "i dag".to_owned(),
        count => format!("för {} sedan", days(count)),
    }
}

/// A side of which nobody was named.
pub fn name_a(side: &str) -> String {
    format!("Ange {}.", side.to_lowercase())
}
