//! What the pages say of documents.

/// The documents of a case.
pub const DOCUMENTS: &str = "Handlingar";
/// None.
pub const NO_DOCUMENTS: &str = "Inga handlingar.";
/// Attach one.
pub const ATTACH: &str = "Lägg till en handling";
/// Before a file is chosen.
pub const ATTACH_HELP: &str = "Systemet kan inte läsa det som står i en PDF eller en bild. Kontrollera själv att ingen \
                               individ kan kännas igen.";
/// The file.
pub const FILE: &str = "Fil";
/// Which are taken.
pub const FILE_HELP: &str =
    "PDF, bild (PNG, JPEG), Word (docx), Excel (xlsx), OpenDocument (odt, ods) eller ren text (txt). Högst 10 MB.";
/// What she says of it.
pub const DESCRIPTION: &str = "Beskrivning";
/// Who reads that.
pub const DESCRIPTION_HELP: &str =
    "Läses bara av dem som du väljer nedan. Den följer inte med när handlingen lämnas vidare.";
/// Who reads the document.
pub const DOCUMENT_ROOM: &str = "Vem ska kunna läsa handlingen?";
/// Nothing was chosen.
pub const NO_FILE: &str = "Välj en fil.";
/// The browser gives no file back.
pub const CHOOSE_AGAIN: &str = "Filen måste väljas igen.";
/// A document that goes with a text.
pub const CARRIED: &str = "Följer med en text";
/// A document that was removed.
pub const DOCUMENT_REMOVED: &str = "Borttagen handling";
/// Above the documents that a step may carry.
pub const PICKED_IS_READ: &str = "Här finns det som er egen organisation har lagt till. Motparten kan läsa det du väljer så snart steget är taget, och organet \
     när texten har godkänts och lämnats.";
/// There are none.
pub const NO_DOCUMENT_TO_PICK: &str = "Er organisation har inte lagt till någon handling att välja.";

/// How large a document is.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} byte"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{},{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// What kind of file a media type is.
pub fn media(media_type: &str) -> &str {
    match media_type.rsplit_once('.').map_or(media_type, |(_, last)| last) {
        "application/pdf" => "PDF",
        "image/png" => "PNG-bild",
        "image/jpeg" => "JPEG-bild",
        "document" => "Word",
        "sheet" => "Excel",
        "text" => "OpenDocument-text",
        "spreadsheet" => "OpenDocument-kalkyl",
        _ => "Text",
    }
}
