//! XML that preserves every string.

use crate::escape::xml;
use crate::output::OutputError;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

/// Writes elements, each on a separate line.
pub(super) struct Xml<W>(Writer<W>);

impl<W: Write> Xml<W> {
    /// Starts a document.
    pub(super) fn new(out: W) -> Result<Self, OutputError> {
        let mut writer = Writer::new(out);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    /// Writes a start tag.
    pub(super) fn open(&mut self, start: BytesStart<'_>) -> Result<(), OutputError> {
        self.write_line(Event::Start(start))
    }

    /// Writes an element without content.
    pub(super) fn empty(&mut self, start: BytesStart<'_>) -> Result<(), OutputError> {
        self.write_line(Event::Empty(start))
    }

    /// Writes an element that contains text.
    pub(super) fn text(&mut self, start: &BytesStart<'_>, text: &str) -> Result<(), OutputError> {
        self.open(start.borrow())?;
        self.0.write_event(Event::Text(BytesText::from_escaped(xml::text(text)?)))?;
        Ok(self.0.write_event(Event::End(start.to_end()))?)
    }

    /// Writes an end tag.
    pub(super) fn close(&mut self, name: &str) -> Result<(), OutputError> {
        self.write_line(Event::End(BytesEnd::new(name)))
    }

    fn write_line(&mut self, event: Event<'_>) -> Result<(), OutputError> {
        self.0.get_mut().write_all(b"\n")?;
        Ok(self.0.write_event(event)?)
    }

    /// Ends the document.
    pub(super) fn end(self) -> io::Result<()> {
        self.0.into_inner().write_all(b"\n")
    }
}

/// The start tag of an element with attributes.
pub(super) fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> Result<BytesStart<'a>, OutputError> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((name.as_bytes(), xml::attribute(value)?.as_bytes()));
    }
    Ok(start)
}
