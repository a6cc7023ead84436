//! What a document is, by its content: the few kinds that are taken, each known by its own first bytes or, for office
//! files, by what their archive says they are. What a browser or a name says is believed of nothing - but that a text whose
//! name says it is a program is none.
//!
//! A table of our own: libraries that guess types know hundreds, and none looks for the macros inside.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// A kind of documents that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// Plain text, UTF-8.
    Text,
    /// Word, without macros.
    Docx,
    /// Excel, without macros.
    Xlsx,
    /// OpenDocument text, without macros.
    Odt,
    /// OpenDocument spreadsheet, without macros.
    Ods,
}

/// The most bytes that the table of contents of an office file is read to.
const LONGEST_CONTENTS: u64 = 1024 * 1024;
/// The most files in an archive that is looked into.
const MOST_FILES: usize = 10_000;
/// The most ends of archives in one: its own, and those of files that lie in it.
const MOST_ENDS: usize = 8;

impl Media {
    /// Every kind.
    pub const ALL: [Media; 8] =
        [Media::Pdf, Media::Png, Media::Jpeg, Media::Text, Media::Docx, Media::Xlsx, Media::Odt, Media::Ods];

    /// What the content is; nothing where it is of no kind that is taken.
    pub fn of(name: &str, bytes: &[u8]) -> Option<Media> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Media::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Media::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Media::Jpeg),
            [b'P', b'K', 3, 4, ..] => office(bytes),
            _ => is_text(name, bytes).then_some(Media::Text),
        }
    }

    /// The media type.
    pub fn name(self) -> &'static str {
        match self {
            Media::Pdf => "application/pdf",
            Media::Png => "image/png",
            Media::Jpeg => "image/jpeg",
            Media::Text => "text/plain; charset=utf-8",
            Media::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Media::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Media::Odt => "application/vnd.oasis.opendocument.text",
            Media::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }

    /// The endings that a file of this kind has; the first is given to one that has none of them, so that nothing is opened
    /// as what it only says that it is.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Media::Pdf => &["pdf"],
            Media::Png => &["png"],
            Media::Jpeg => &["jpg", "jpeg"],
            Media::Text => &["txt"],
            Media::Docx => &["docx"],
            Media::Xlsx => &["xlsx"],
            Media::Odt => &["odt"],
            Media::Ods => &["ods"],
        }
    }

    /// The name with an ending of this kind.
    pub fn end(self, name: &str) -> String {
        let ends = |ending: &&str| ending_of(name).is_some_and(|own| own.eq_ignore_ascii_case(ending));
        match self.endings() {
            endings if endings.iter().any(ends) => name.to_owned(),
            [first, ..] => format!("{name}.{first}"),
            [] => name.to_owned(),
        }
    }
}

fn ending_of(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// Whether it is nothing but text, and neither a page nor a script by its first words or its name.
fn is_text(name: &str, bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let shown = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    let named = ending_of(name).is_none_or(|ending| ending.eq_ignore_ascii_case("txt"));
    named && !text.is_empty() && !text.starts_with("#!") && !is_markup(text) && text.chars().all(shown)
}

/// Whether a browser that guesses could take it for a page or a drawing.
fn is_markup(text: &str) -> bool {
    const MARKS: [&str; 8] = ["<!", "<?", "<html", "<head", "<body", "<script", "<svg", "<iframe"];
    let text = text.to_ascii_lowercase();
    text.starts_with('<') || MARKS.iter().any(|mark| text.contains(mark))
}

/// Which office file it is: none that holds macros or whatever else runs.
fn office(bytes: &[u8]) -> Option<Media> {
    if !is_quickly_read(bytes) {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if archive.len() > MOST_FILES || archive.file_names().any(runs) {
        return None;
    }
    match contents(&mut archive, "mimetype") {
        Some(kind) => [Media::Odt, Media::Ods].into_iter().find(|media| media.name() == kind),
        None => of_content_types(&contents(&mut archive, "[Content_Types].xml")?),
    }
}

/// Whether the archive's list of files is found soon and is short: a reader that is led to many lists of many files would
/// be busy for hours. What an office program writes ends once, and so does each file of such a kind that lies in it.
fn is_quickly_read(bytes: &[u8]) -> bool {
    const END: &[u8] = b"PK\x05\x06";
    /// Where, from its mark, the end says how many files there are.
    const COUNT: usize = 10;
    let ends = bytes.windows(END.len()).enumerate().filter(|(_, four)| *four == END).map(|(at, _)| at);
    let ends: Vec<_> = ends.take(MOST_ENDS + 1).collect();
    let is_short = |at: &usize| {
        let count = bytes.get(at + COUNT..at + COUNT + 2).and_then(|count| count.try_into().ok());
        count.map(u16::from_le_bytes).is_some_and(|files| usize::from(files) <= MOST_FILES)
    };
    ends.len() <= MOST_ENDS && ends.iter().all(is_short)
}

/// Whether a file of an archive is one that runs, or where those are kept.
fn runs(name: &str) -> bool {
    let name = name.to_lowercase().replace('\\', "/");
    let folder = |folder: &str| name.starts_with(folder) || name.contains(&format!("/{folder}"));
    name.contains("vba") || folder("basic/") || folder("scripts/") || folder("activex/") || folder("macrosheets/")
}

/// The document that the table of contents says it is. One that spells its words otherwise than every office program does
/// has something to hide.
fn of_content_types(contents: &str) -> Option<Media> {
    let contents = contents.to_lowercase();
    if ["macro", "vba", "activex", "&"].iter().any(|word| contents.contains(word)) {
        return None;
    }
    let main = |media: &Media| contents.contains(&format!("{}.main+xml", media.name()));
    [Media::Docx, Media::Xlsx].into_iter().find(main)
}

/// The text of a file of the archive; none of one that is longer than anybody makes it.
fn contents(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let mut text = String::new();
    let file = archive.by_name(name).ok()?;
    let read = file.take(LONGEST_CONTENTS + 1).read_to_string(&mut text).ok()?;
    (u64::try_from(read).ok()? <= LONGEST_CONTENTS).then_some(text)
}
