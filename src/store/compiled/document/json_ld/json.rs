//! JSON values, with numbers as they are written.

use super::string_positions::StringPositions;
use crate::store::compiled::GraphError;
use crate::store::compiled::document::checked_reader::CheckedReader;
use json_event_parser::{JsonEvent, JsonParseError, ReaderJsonParser};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;

/// An object, with its entries sorted by key.
pub(super) type Object = BTreeMap<String, Json>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    /// A number as it is written.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Object),
}

/// A part of a document, which is read at once.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Document(&'a Json),
    /// An item of a document that is an array.
    Item(&'a Json),
}

impl<'a> Part<'a> {
    pub(super) fn value(self) -> &'a Json {
        match self {
            Self::Document(value) | Self::Item(value) => value,
        }
    }
}

/// An array or an object that is being read.
enum Open {
    Array(Vec<Json>),
    /// An object, and the key of the entry whose value is next.
    Object(Object, String),
}

impl Json {
    /// Reads the parts of a document, and calls a function for each. Its depth must be limited.
    pub(super) fn read(
        from: impl Read,
        mut each: impl FnMut(Part<'_>) -> Result<(), GraphError>,
    ) -> Result<(), GraphError> {
        let strings = RefCell::new(StringPositions::new());
        let mut parser = ReaderJsonParser::new(CheckedReader::new(from, |bytes| {
            strings.borrow_mut().push_all(bytes);
            Ok(())
        }));
        let mut open = Vec::<Open>::new();
        loop {
            let event = parser.parse_next().map_err(|error| match error {
                JsonParseError::Io(error) => GraphError::of_io(error),
                JsonParseError::Syntax(error) => {
                    let start = error.location().start;
                    let message = "invalid JSON".to_owned();
                    GraphError::Syntax { line: start.line + 1, column: Some(start.column + 1), message }
                }
            })?;
            let value = match event {
                JsonEvent::Null => Self::Null,
                JsonEvent::Boolean(boolean) => Self::Boolean(boolean),
                JsonEvent::Number(number) => Self::Number(number.into_owned()),
                JsonEvent::String(string) => {
                    strings.borrow_mut().take();
                    Self::String(string.into_owned())
                }
                JsonEvent::StartArray => {
                    open.push(Open::Array(Vec::new()));
                    continue;
                }
                JsonEvent::StartObject => {
                    open.push(Open::Object(Object::new(), String::new()));
                    continue;
                }
                JsonEvent::ObjectKey(next) => {
                    let position = strings.borrow_mut().take();
                    if let Some(Open::Object(entries, key)) = open.last_mut() {
                        *key = next.into_owned();
                        // JSON-LD 1.1, section 1.4: "In JSON-LD the names in an object MUST be unique".
                        if entries.contains_key(key) {
                            let (line, column) = position.unwrap_or((1, 1));
                            let message = format!("the object has the key {key:?} twice");
                            return Err(GraphError::Syntax { line, column: Some(column), message });
                        }
                    }
                    continue;
                }
                JsonEvent::EndArray | JsonEvent::EndObject => match open.pop() {
                    Some(Open::Array(items)) => Self::Array(items),
                    Some(Open::Object(entries, _)) => Self::Object(entries),
                    None => continue,
                },
                JsonEvent::Eof => return Ok(()),
            };
            let depth = open.len();
            match open.last_mut() {
                Some(Open::Array(_)) if depth == 1 => each(Part::Item(&value))?,
                Some(Open::Array(items)) => items.push(value),
                Some(Open::Object(entries, key)) => drop(entries.insert(std::mem::take(key), value)),
                None => each(Part::Document(&value))?,
            }
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::String(string) = self { Some(string) } else { None }
    }

    /// The items of an array; any other value as one item.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::Array(items) = self { items } else { std::slice::from_ref(self) }
    }

    /// The [canonical form](https://www.rfc-editor.org/rfc/rfc8785).
    pub(super) fn write_canonical(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&canonical_number(number)),
            Self::String(string) => write_string(string, out),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_canonical(out);
                }
                out.push(']');
            }
            Self::Object(entries) => {
                let mut entries: Vec<(&String, &Self)> = entries.iter().collect();
                entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
                out.push('{');
                for (index, (key, value)) in entries.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write_canonical(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_string(string: &str, out: &mut String) {
    out.push('"');
    for c in string.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.extend(["\\u", &format!("{:04x}", u32::from(c))]),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as ECMAScript writes it.
fn canonical_number(number: &str) -> String {
    let Ok(value) = number.parse::<f64>() else { return number.to_owned() };
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs();
    if (1e-6..1e21).contains(&magnitude) {
        return format!("{value}");
    }
    let written = format!("{value:e}");
    match written.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_is_that_of_rfc_8785() {
        let text =
            r#"{"b": [1.0, 1e30, 4.50, 2e-3, 1e-27, -0], "a\u20ac": "\u000f\nA'\u0042\"\\\/", "": null, "é": true}"#;
        let mut out = String::new();
        let write = |part: Part<'_>| {
            part.value().write_canonical(&mut out);
            Ok(())
        };
        Json::read(text.as_bytes(), write).unwrap();
        assert_eq!(out, r#"{"":null,"a€":"\u000f\nA'B\"\\/","b":[1,1e+30,4.5,0.002,1e-27,0],"é":true}"#);
    }
}
