//! What mails are called where they are spoken of. What they say themselves stands in their templates.

/// What a mail says, by its template.
pub fn name(template: &str) -> &str {
    match template {
        "your_turn" => "det är din tur",
        "reminder" => "påminnelse",
        "overdue" => "tiden har gått ut",
        "silence" => "ingen har svarat",
        "digest" => "sammandrag",
        "urgent_need" => "brådskande behov",
        "changed" => "ärendet har ändrats",
        "ended" => "ärendet är avslutat",
        "ends_by_itself" => "ärendet avslutas av sig självt",
        "new_day" => "en tidsfrist har ändrats",
        "audit" => "granskning av påminnelser",
        other => other,
    }
}
