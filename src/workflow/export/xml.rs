//! An XML document as a tree, written with every sign that would mean something escaped.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// An element.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<Element>,
}

impl Element {
    /// An element with nothing in it.
    pub fn new(name: &'static str) -> Element {
        Element { name, attributes: Vec::new(), text: None, children: Vec::new() }
    }

    /// The same with an attribute more.
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Element {
        self.attributes.push((key, legal(&value.to_string())));
        self
    }

    /// The same holding words.
    pub fn saying(mut self, text: &str) -> Element {
        self.text = Some(legal(text));
        self
    }

    /// The same holding these elements, after those that it holds.
    pub fn holding(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children);
        self
    }

    /// Itself as text, each element on a line of its own.
    pub fn text(&self) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        self.write(&mut writer);
        String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
    }

    /// Writing to memory cannot fail.
    fn write(&self, writer: &mut Writer<Vec<u8>>) {
        let attributes = self.attributes.iter().map(|(key, value)| (*key, value.as_str()));
        let start = BytesStart::new(self.name).with_attributes(attributes);
        if self.text.is_none() && self.children.is_empty() {
            let _ = writer.write_event(Event::Empty(start));
            return;
        }
        let _ = writer.write_event(Event::Start(start));
        if let Some(text) = &self.text {
            let _ = writer.write_event(Event::Text(BytesText::new(text)));
        }
        self.children.iter().for_each(|child| child.write(writer));
        let _ = writer.write_event(Event::End(BytesEnd::new(self.name)));
    }
}

/// What stands before the root of every document.
pub(super) fn declaration() -> String {
    let mut writer = Writer::new(Vec::new());
    let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

/// Signs that no XML document may hold, even escaped, are replaced: a text may hold whatever somebody pasted.
fn legal(text: &str) -> String {
    let is_legal =
        |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
