//! [XML 1.0](https://www.w3.org/TR/xml/), also for SVG and Graphviz's HTML-like labels.
//!
//! A reader takes a carriage return for a line end, and any white space in an attribute for a space, so these are written as character
//! references. XML cannot represent some characters at all: data formats refuse them, images and reports replace them.

use super::terminal;
use crate::model::literal::is_xml_character;
use quick_xml::escape::{escape, partial_escape, unescape};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A character that XML 1.0 cannot represent, in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnsupportedCharacter {
    pub character: char,
    /// The character and the text around it, with escapes.
    pub excerpt: String,
}

/// How many characters before and after an unsupported one are shown.
const EXCERPT: usize = 30;

impl UnsupportedCharacter {
    fn new(text: &str, at: usize, character: char) -> Self {
        let before: Vec<char> = text[..at].chars().rev().take(EXCERPT).collect();
        let shown = before.into_iter().rev().chain(text[at..].chars().take(EXCERPT));
        Self { character, excerpt: shown.flat_map(char::escape_debug).collect() }
    }
}

/// Returns an error if XML cannot represent a character of the text.
pub(crate) fn require_supported(text: &str) -> Result<(), UnsupportedCharacter> {
    // A fast test on bytes: the UTF-8 of U+FFFE and U+FFFF begins with EF.
    if text.bytes().filter(|byte| *byte < b' ' || *byte == 0xEF).count() == 0 {
        return Ok(());
    }
    let unsupported = text.char_indices().find(|(_, c)| !is_xml_character(*c));
    unsupported.map_or(Ok(()), |(at, c)| Err(UnsupportedCharacter::new(text, at, c)))
}

/// The content of an element, on one line, so that a build server reads no line of it as a command.
pub(crate) fn text(text: &str) -> Result<Cow<'_, str>, UnsupportedCharacter> {
    require_supported(text)?;
    Ok(without_double_hashes(with_references(partial_escape(text), is_line_end)))
}

/// The value of an attribute in quotation marks.
pub(crate) fn attribute(text: &str) -> Result<Cow<'_, str>, UnsupportedCharacter> {
    require_supported(text)?;
    Ok(supported_attribute(text))
}

/// The content of an element, with U+FFFD in place of characters that XML cannot represent.
pub(crate) fn text_lossy(text: &str) -> Cow<'_, str> {
    match replaced(text) {
        Cow::Borrowed(text) => supported_text(text),
        Cow::Owned(text) => supported_text(&text).into_owned().into(),
    }
}

/// The value of an attribute, with U+FFFD in place of characters that XML cannot represent.
pub(crate) fn attribute_lossy(text: &str) -> Cow<'_, str> {
    match replaced(text) {
        Cow::Borrowed(text) => supported_attribute(text),
        Cow::Owned(text) => supported_attribute(&text).into_owned().into(),
    }
}

fn replaced(text: &str) -> Cow<'_, str> {
    match require_supported(text) {
        Ok(()) => Cow::Borrowed(text),
        Err(_) => text.chars().map(|c| if is_xml_character(c) { c } else { char::REPLACEMENT_CHARACTER }).collect(),
    }
}

fn supported_text(text: &str) -> Cow<'_, str> {
    match without_double_hashes(with_references(partial_escape(text), |c| c == '\r')) {
        // A build server could read a line as a command.
        escaped if escaped.contains("::") => escaped.replace("::", "&#58;:").into(),
        escaped => escaped,
    }
}

/// The content of an element for [`WithoutCommands`].
pub(crate) fn markup(text: &str) -> Cow<'_, str> {
    escape(text)
}

/// A text in which each reference stands for its character; `None` if a reference is unknown.
pub(crate) fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    unescape(text).ok()
}

/// The content of an element in [canonical XML](https://www.w3.org/TR/xml-c14n11/).
pub(crate) fn canonical_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

/// The value of an attribute in [canonical XML](https://www.w3.org/TR/xml-c14n11/).
pub(crate) fn canonical_attribute(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    text.replace('\t', "&#x9;").replace('\n', "&#xA;").replace('\r', "&#xD;")
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn supported_attribute(text: &str) -> Cow<'_, str> {
    without_double_hashes(with_references(escape(text), |c| c == '\t' || is_line_end(c)))
}

/// A text with a character reference in place of each `#` that another one follows, because a build server could read a command.
fn without_double_hashes(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains("##") {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '#' if chars.peek() == Some(&'#') => escaped.push_str("&#35;"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// A text with character references in place of some characters, and of those that a terminal would interpret.
fn with_references(text: Cow<'_, str>, is_special: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_replaced = |c: char| is_special(c) || !matches!(c, '\t' | '\n') && terminal::replacement(c).is_some();
    // A fast test on bytes: the UTF-8 of all of them begins with one of these.
    let may_be_replaced = |byte: u8| byte < b' ' || matches!(byte, 0x7F | 0xC2 | 0xE2);
    if !text.bytes().any(may_be_replaced) || !text.contains(is_replaced) {
        return text;
    }
    let mut referenced = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match is_replaced(c) {
            true => {
                // Writing to a string cannot fail.
                let _ = write!(referenced, "&#{};", u32::from(c));
            }
            false => referenced.push(c),
        }
    }
    Cow::Owned(referenced)
}

/// Writes the XML of a serializer that escapes no white space and no `#`: with character references in place of carriage returns, of
/// line breaks before a text or within one, and of a `#` after another one. No line begins with data, so that a build server reads none as
/// a command. A [`flush`](Write::flush) ends the document.
pub(crate) struct WithoutCommands<W> {
    out: W,
    /// A line break and the white space after it, which may be part of a text.
    pending: Vec<u8>,
    after_hash: bool,
}

impl<W: Write> WithoutCommands<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, pending: Vec::new(), after_hash: false }
    }
}

#[cfg(test)]
impl<W> WithoutCommands<W> {
    pub(crate) fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Write for WithoutCommands<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = Vec::with_capacity(bytes.len() + 8);
        for byte in bytes {
            match byte {
                b' ' | b'\t' if !self.pending.is_empty() => self.pending.push(*byte),
                b'\n' => self.pending.push(*byte),
                byte => {
                    for pending in self.pending.drain(..) {
                        match pending {
                            // A text contains no unescaped angle bracket.
                            b'\n' if *byte != b'<' => written.extend_from_slice(b"&#10;"),
                            space => written.push(space),
                        }
                    }
                    match byte {
                        b'\r' => written.extend_from_slice(b"&#13;"),
                        b'#' if self.after_hash => written.extend_from_slice(b"&#35;"),
                        byte => written.push(*byte),
                    }
                }
            }
            self.after_hash = *byte == b'#';
        }
        self.out.write_all(&written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&std::mem::take(&mut self.pending))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escape::terminal::without_commands;
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::escape::unescape;
    use quick_xml::events::Event;

    /// The attribute and the text of `<a b="…">…</a>`.
    fn read(attribute: &str, text: &str) -> (String, String) {
        let xml = format!("<a b=\"{attribute}\">{text}</a>");
        let mut reader = Reader::from_str(&xml);
        let (mut attribute, mut text) = (String::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    let value = start.try_get_attribute("b").unwrap().unwrap().value.into_owned();
                    // quick-xml does not normalise white space, as the specification requires.
                    let value = String::from_utf8(value).unwrap().replace(['\t', '\n', '\r'], " ");
                    attribute.push_str(&unescape(&value).unwrap());
                }
                Event::Text(part) => text.push_str(&part.decode().unwrap().replace("\r\n", "\n").replace('\r', "\n")),
                Event::GeneralRef(entity) => {
                    text.push_str(&unescape(&format!("&{};", entity.decode().unwrap())).unwrap());
                }
                Event::Eof => return (attribute, text),
                Event::End(_) => {}
                other => panic!("{xml:?} has {other:?}"),
            }
        }
    }

    #[test]
    fn characters_that_xml_excludes_are_refused_or_replaced() {
        for c in ['\0', '\u{1b}', '\u{fffe}', '\u{ffff}'] {
            let hostile = format!("a{c}b");
            let refused = UnsupportedCharacter { character: c, excerpt: hostile.escape_debug().to_string() };
            assert_eq!((text(&hostile), attribute(&hostile)), (Err(refused.clone()), Err(refused)));
            assert_eq!((text_lossy(&hostile), attribute_lossy(&hostile)), ("a\u{fffd}b".into(), "a\u{fffd}b".into()));
        }
    }

    #[test]
    fn no_line_is_a_command_of_a_build_server() {
        for commands in ["a\n::error::x\u{2028}::error::x\n##vso[task.x]", ":::error::x ###vso[task.x]\n####[x]"] {
            for text in [text(commands).unwrap(), text_lossy(commands)] {
                let attribute = attribute(commands).unwrap();
                let written = format!("<a b=\"{attribute}\">{text}</a>");
                assert_eq!(without_commands(&written), written);
                assert_eq!(read(&attribute, &text), (commands.to_owned(), commands.to_owned()));
            }
        }
    }

    #[test]
    fn no_line_of_a_serializer_begins_with_data() {
        let document = "<a>\n  <b>\n \n::error::x\n\u{a0}::y\r\n###vso[x]\n</b>\n</a>\n";
        for size in [1, 2, 100] {
            let mut written = Vec::new();
            let mut writer = WithoutCommands::new(&mut written);
            document.as_bytes().chunks(size).for_each(|piece| writer.write_all(piece).unwrap());
            writer.flush().unwrap();
            let written = String::from_utf8(written).unwrap();
            assert_eq!(
                written,
                "<a>\n  <b>&#10; &#10;::error::x&#10;\u{a0}::y&#13;&#10;#&#35;&#35;vso[x]\n</b>\n</a>\n"
            );
            assert_eq!(without_commands(&written), written);
        }
    }

    #[test]
    fn what_a_terminal_would_interpret_is_a_reference() {
        let hostile = "a\u{9b}31m\u{202e}b\u{7f}é";
        for written in [text(hostile).unwrap(), attribute(hostile).unwrap()] {
            assert_eq!(written, "a&#155;31m&#8238;b&#127;é");
        }
    }

    proptest! {
        #[test]
        fn any_supported_text_is_read_back(original in "([^\\p{Cc}\u{fffe}\u{ffff}]|[\t\n\r<>&'\":#\u{85}\u{202e}\\]]){0,40}") {
            let (attribute, text) = (attribute(&original).unwrap(), text(&original).unwrap());
            prop_assert_eq!(read(&attribute, &text), (original.clone(), original));
        }
    }
}
