//! XML that gives every text back as it was.

use crate::output::ResultsError;
use crate::output::xml::is_writable;
use quick_xml::Writer;
use quick_xml::escape::{escape, partial_escape};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes elements, one below the other.
pub(super) struct Xml<W>(Writer<W>);

impl<W: Write> Xml<W> {
    /// Begins a document.
    pub(super) fn new(out: W) -> Result<Self, ResultsError> {
        let mut writer = Writer::new(out);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    /// Opens an element, on a line of its own.
    pub(super) fn open(&mut self, start: BytesStart<'_>) -> Result<(), ResultsError> {
        self.0.get_mut().write_all(b"\n")?;
        Ok(self.0.write_event(Event::Start(start))?)
    }

    /// An element with nothing in it, on a line of its own.
    pub(super) fn empty(&mut self, start: BytesStart<'_>) -> Result<(), ResultsError> {
        self.0.get_mut().write_all(b"\n")?;
        Ok(self.0.write_event(Event::Empty(start))?)
    }

    /// An element with a text, on a line of its own.
    pub(super) fn text(&mut self, start: &BytesStart<'_>, text: &str) -> Result<(), ResultsError> {
        self.open(start.borrow())?;
        self.0.write_event(Event::Text(BytesText::from_escaped(content(text)?)))?;
        Ok(self.0.write_event(Event::End(start.to_end()))?)
    }

    /// Closes an element, on a line of its own.
    pub(super) fn close(&mut self, name: &str) -> Result<(), ResultsError> {
        self.0.get_mut().write_all(b"\n")?;
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }

    /// Ends the document.
    pub(super) fn end(self) -> io::Result<()> {
        self.0.into_inner().write_all(b"\n")
    }
}

/// An element with attributes.
pub(super) fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> Result<BytesStart<'a>, ResultsError> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((name.as_bytes(), attribute(value)?.as_bytes()));
    }
    Ok(start)
}

/// A text between tags. A carriage return would be read as the end of a line.
fn content(text: &str) -> Result<Cow<'_, str>, ResultsError> {
    let escaped = partial_escape(writable(text)?);
    Ok(if escaped.as_bytes().contains(&b'\r') { escaped.replace('\r', "&#13;").into() } else { escaped })
}

/// A text in an attribute. White space that is no space would be read as one.
fn attribute(text: &str) -> Result<Cow<'_, str>, ResultsError> {
    let escaped = escape(writable(text)?);
    if !escaped.contains(['\t', '\n', '\r']) {
        return Ok(escaped);
    }
    Ok(escaped.replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;").into())
}

/// A text as it is, where XML 1.0 can hold it.
fn writable(text: &str) -> Result<&str, ResultsError> {
    // Bytes are quickly counted, all at a time: those of U+FFFE and U+FFFF begin with EF.
    if text.bytes().filter(|byte| *byte < b' ' || *byte == 0xEF).count() == 0 {
        return Ok(text);
    }
    match text.chars().find(|c| !is_writable(*c)) {
        Some(c) => Err(ResultsError::NoXml(c)),
        None => Ok(text),
    }
}
