//! [JSON](https://www.rfc-editor.org/rfc/rfc8259). Serializers escape the characters that JSON requires; this escapes those that a
//! terminal or a build server would interpret, too, so that documents can be shown in one. They occur only in strings.

use super::terminal;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Escapes characters that a terminal would interpret, and each `#` that another one follows (see [`terminal::without_commands`]), in JSON that is written through it in whole characters.
pub(crate) struct EscapeControls<W>(pub(crate) W);

impl<W: Write> Write for EscapeControls<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        // A fast test: the UTF-8 of all of them begins with one of these bytes. The serializer has escaped those below U+0020.
        let may_be_replaced = |byte: &u8| matches!(byte, 0x7F | 0xC2 | 0xE2);
        if !bytes.iter().any(may_be_replaced) && memchr::memmem::find(bytes, b"##").is_none() {
            return self.0.write_all(bytes);
        }
        let Ok(json) = std::str::from_utf8(bytes) else { return self.0.write_all(bytes) };
        let mut escaped = String::with_capacity(json.len() + 8);
        let mut chars = json.chars().peekable();
        while let Some(c) = chars.next() {
            let is_command = c == '#' && chars.peek() == Some(&'#');
            match is_command || c >= '\u{7f}' && terminal::replacement(c).is_some() {
                true => {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\u{:04x}", u32::from(c));
                }
                false => escaped.push(c),
            }
        }
        self.0.write_all(escaped.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read_back_and_can_be_shown(text in "(\\PC|##|\\p{Cc}|\\p{Cf}|[\u{80}-\u{9f}\u{202a}-\u{202e}]){0,30}") {
            let mut json = Vec::new();
            serde_json::to_writer(EscapeControls(&mut json), &text).unwrap();
            let json = String::from_utf8(json).unwrap();
            prop_assert!(!json.chars().any(|c| terminal::replacement(c).is_some()), "{:?}", json);
            prop_assert!(!json.contains("##"), "{:?}", json);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
