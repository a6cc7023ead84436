//! Files as people have them, made here.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The smallest that passes for a PDF.
pub const PDF: &[u8] = b"%PDF-1.7\ntrailer<<>>\n%%EOF\n";

/// An archive of these files.
pub fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The table of contents of an office file, whose main part is of this type.
pub fn contents(main: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Types><Override PartName="/main.xml" ContentType="{main}"/></Types>"#
    )
}

/// What Word's main part is.
pub const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
/// What Excel's main part is.
pub const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

/// A Word document.
pub fn docx() -> Vec<u8> {
    archive(&[("[Content_Types].xml", &contents(WORD)), ("word/document.xml", "<w:document/>")])
}
