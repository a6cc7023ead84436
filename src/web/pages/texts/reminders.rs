//! What one's own page says of reminders.

/// The section.
pub const REMINDERS: &str = "Påminnelser med mejl";
/// The question.
pub const HOW: &str = "Hur vill du få påminnelser?";
/// What holds whatever is chosen.
pub const HOW_HELP: &str =
    "Det som är brådskande, ska göras i dag eller har passerat sista dagen får du alltid ett eget mejl om.";
/// One mail for each.
pub const AT_ONCE: &str = "Ett mejl för varje påminnelse";
/// All in one.
pub const DIGEST: &str = "Samlade i ett mejl, på morgonen en arbetsdag";
/// The button.
pub const SAVE: &str = "Spara valet";

/// The section.
pub const CALENDAR: &str = "Dina tidsfrister i din kalender";
/// What it is.
pub const CALENDAR_HELP: &str = "Med en egen adress kan ditt kalenderprogram hämta dagarna för det som väntar på dig \
    eller som du har påmints om. Där står ärendets nummer, typ och tidsfrist, och inget som någon har skrivit.";
/// Since when she has one; a day follows.
pub const CALENDAR_SINCE: &str = "Du har en adress sedan";
/// The first.
pub const CALENDAR_OPEN: &str = "Skapa en adress";
/// Another.
pub const CALENDAR_RENEW: &str = "Byt till en ny adress";
/// None any more.
pub const CALENDAR_CLOSE: &str = "Ta bort adressen";
/// The page that shows it.
pub const CALENDAR_ADDRESS: &str = "Din kalenderadress";
/// How to go on.
pub const CALENDAR_ONCE: &str = "Kopiera adressen nu och lägg till den som prenumeration i ditt kalenderprogram. \
    Den visas bara den här gången.";
/// What it is worth.
pub const CALENDAR_SECRET: &str = "Den som har adressen kan läsa dina tidsfrister, utan att logga in. Ge den inte till någon. \
    På din sida kan du byta den eller ta bort den; då slutar den gamla att gälla.";
