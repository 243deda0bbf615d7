//! JSON documents and [JSON Lines](https://jsonlines.org).

use super::OutputError;
use crate::escape::json::EscapeControls;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

/// How records are written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonLayout {
    /// One JSON document that holds all records.
    Document,
    /// One JSON object per line.
    Lines,
}

/// Writes records one after the other, each on a separate line: as an array, or as JSON Lines.
///
/// ```
/// use factloom::output::{JsonLayout, RecordWriter};
///
/// let mut out = Vec::new();
/// let mut writer = RecordWriter::new(JsonLayout::Document, &mut out);
/// writer.write(&"a")?;
/// writer.write(&"b")?;
/// writer.finish()?;
/// assert_eq!(out, b"[\n\"a\",\n\"b\"\n]\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct RecordWriter<W> {
    layout: JsonLayout,
    out: W,
    is_empty: bool,
}

impl<W: Write> RecordWriter<W> {
    /// A writer without records.
    pub fn new(layout: JsonLayout, out: W) -> Self {
        Self { layout, out, is_empty: true }
    }

    /// Writes a record.
    ///
    /// # Errors
    ///
    /// Returns an error if the record cannot be written to the output.
    pub fn write(&mut self, record: &impl Serialize) -> io::Result<()> {
        if self.layout == JsonLayout::Document {
            self.out.write_all(if self.is_empty { b"[\n" } else { b",\n" })?;
        }
        self.is_empty = false;
        serde_json::to_writer(EscapeControls(&mut self.out), record)?;
        match self.layout {
            JsonLayout::Document => Ok(()),
            JsonLayout::Lines => self.out.write_all(b"\n"),
        }
    }

    /// Ends the array.
    ///
    /// # Errors
    ///
    /// Returns an error if the output cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        match (self.layout, self.is_empty) {
            (JsonLayout::Document, true) => self.out.write_all(b"[]\n"),
            (JsonLayout::Document, false) => self.out.write_all(b"\n]\n"),
            (JsonLayout::Lines, _) => Ok(()),
        }
    }
}

/// Writes records that may fail to be computed.
pub(crate) fn write_records<R: Serialize, E>(
    records: impl IntoIterator<Item = Result<R, E>>,
    layout: JsonLayout,
    out: impl Write,
) -> Result<(), OutputError>
where
    OutputError: From<E>,
{
    let mut writer = RecordWriter::new(layout, out);
    for record in records {
        writer.write(&record?)?;
    }
    Ok(writer.finish()?)
}

/// Writes a value as an indented JSON document.
pub(crate) fn write_document(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(EscapeControls(&mut *out), value)?;
    writeln!(out)
}

/// Adds a member with a value. Without a value, the member is omitted.
pub(super) fn insert(json: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        json[name] = value.into();
    }
}
