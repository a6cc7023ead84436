//! Why a document is not taken, and what one without a name is called.

/// No kind that is taken.
pub const KINDS: &str = "Filen är inte av ett slag som tas emot. Du kan lägga till PDF, bilder (PNG, JPEG), Word (docx), Excel (xlsx), OpenDocument \
     (odt, ods) och ren text (txt, UTF-8). Filer med makron tas inte emot.";
/// Whose name says who it is about.
pub const IDENTITY_IN_NAME: &str =
    "Filens namn ser ut att innehålla ett personnummer eller samordningsnummer. Byt namn på filen och välj den igen.";
/// Whose text does.
pub const IDENTITY: &str = "Filen ser ut att innehålla ett personnummer eller samordningsnummer. Ta bort det: systemet får inte innehålla någons \
     identitet.";
/// Nothing in it.
pub const EMPTY: &str = "Välj en fil som inte är tom.";
/// More than may be.
pub const TOO_LARGE: &str = "Filen är för stor. En handling får vara högst 10 MB.";
/// A document without a name.
pub const NAMELESS: &str = "handling";

/// The room is full.
pub fn too_many(most: i64) -> String {
    format!("Ärendet har redan {most} handlingar i det här rummet, och fler tas inte emot.")
}
