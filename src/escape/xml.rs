//! [XML 1.0](https://www.w3.org/TR/xml/), also for SVG, HTML and Graphviz's HTML-like labels.
//!
//! A reader takes a carriage return for a line end, and any white space in an attribute for a space, so these are written as character
//! references. XML cannot represent some characters at all: data formats refuse them, images and reports replace them.

use super::terminal;
use crate::model::literal::is_xml_character;
use quick_xml::escape::{escape, partial_escape};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A character that XML 1.0 cannot represent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnsupportedCharacter(pub char);

/// Returns an error if XML cannot represent a character of the text.
pub(crate) fn require_supported(text: &str) -> Result<(), UnsupportedCharacter> {
    // A fast test on bytes: the UTF-8 of U+FFFE and U+FFFF begins with EF.
    if text.bytes().filter(|byte| *byte < b' ' || *byte == 0xEF).count() == 0 {
        return Ok(());
    }
    text.chars().find(|c| !is_xml_character(*c)).map_or(Ok(()), |c| Err(UnsupportedCharacter(c)))
}

/// The content of an element.
pub(crate) fn text(text: &str) -> Result<Cow<'_, str>, UnsupportedCharacter> {
    require_supported(text)?;
    Ok(supported_text(text))
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
    match with_references(partial_escape(text), |c| c == '\r') {
        // A build server could read a line as a command.
        escaped if escaped.contains("::") || escaped.contains("##") => {
            escaped.replace("::", "&#58;:").replace("##", "&#35;#").into()
        }
        escaped => escaped,
    }
}

fn supported_attribute(text: &str) -> Cow<'_, str> {
    with_references(escape(text), |c| matches!(c, '\t' | '\n' | '\r'))
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

/// Writes carriage returns as character references, for serializers that write them as they are and have no others than those of
/// texts.
pub(crate) struct EscapeCarriageReturns<W>(pub(crate) W);

impl<W: Write> Write for EscapeCarriageReturns<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        for (number, piece) in bytes.split(|byte| *byte == b'\r').enumerate() {
            if number > 0 {
                self.0.write_all(b"&#13;")?;
            }
            self.0.write_all(piece)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            assert_eq!(
                (text(&hostile), attribute(&hostile)),
                (Err(UnsupportedCharacter(c)), Err(UnsupportedCharacter(c)))
            );
            assert_eq!((text_lossy(&hostile), attribute_lossy(&hostile)), ("a\u{fffd}b".into(), "a\u{fffd}b".into()));
        }
    }

    #[test]
    fn no_line_is_a_command_of_a_build_server() {
        let commands = "a\n::error::x\n##vso[task.x]";
        let written = text(commands).unwrap();
        assert_eq!(crate::escape::terminal::without_commands(&written), written);
        assert_eq!(read("", &written).1, commands);
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
