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
pub const DIGEST: &str = "Samlade i ett mejl, morgonen en arbetsdag";
/// The button.
pub const SAVE: &str = "Spara valet";
