//! [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180).

use std::borrow::Cow;
#[cfg(feature = "cli")]
use std::io::{self, Write};

/// Whether a field must be quoted.
pub(crate) fn needs_quotes(text: &str) -> bool {
    text.contains([',', '"', '\n', '\r'])
}

/// A field. An empty string is quoted, so that it differs from a missing value.
pub(crate) fn field(text: &str) -> Cow<'_, str> {
    match text.is_empty() || needs_quotes(text) {
        true => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        false => Cow::Borrowed(text),
    }
}

/// Writes CSV or TSV in which no cell is a formula for a spreadsheet: an apostrophe precedes the first character of a text that begins
/// with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line end. Numbers do not change.
///
/// See [CSV injection](https://owasp.org/www-community/attacks/CSV_Injection).
#[cfg(feature = "cli")]
pub(crate) struct WithoutFormulas<W> {
    out: W,
    separator: u8,
    position: Position,
    /// The start of a cell that is a formula unless the cell is a number, without its quotation mark.
    pending: Vec<u8>,
}

/// Where in a table the next byte belongs.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    StartOfCell,
    StartOfQuoted,
    Cell,
    Quoted,
    /// After a backslash in a quoted cell of SPARQL's TSV.
    Escaped,
    /// In a cell or a quoted cell that is a formula unless it is a number.
    Undecided {
        quoted: bool,
    },
    /// After a quotation mark in such a quoted cell of CSV, which ends it unless another one follows.
    UndecidedEnd,
}

#[cfg(feature = "cli")]
impl<W: Write> WithoutFormulas<W> {
    /// Reads cells that are separated by `,`, or by tabs in the syntax of SPARQL's TSV.
    pub(crate) fn new(out: W, separator: u8) -> Self {
        Self { out, separator, position: Position::StartOfCell, pending: Vec::new() }
    }

    /// Writes what remains. A table ends with a line end, so that this is only needed for an incomplete one.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.decide(true)?;
        match self.position {
            Position::UndecidedEnd => self.out.write_all(b"\""),
            _ => Ok(()),
        }
    }

    /// Writes the start of an undecided cell. It may be a number if the cell ends.
    fn decide(&mut self, ends: bool) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let is_number = ends && std::str::from_utf8(&pending).is_ok_and(|text| text.parse::<f64>().is_ok());
        if !pending.is_empty() && !is_number {
            self.out.write_all(b"'")?;
        }
        self.out.write_all(&pending)
    }

    fn write_byte(&mut self, byte: u8) -> io::Result<()> {
        let ends_cell = byte == self.separator || matches!(byte, b'\n' | b'\r');
        if let Position::Undecided { quoted } = self.position {
            // Full-width signs have three bytes.
            let is_sign = self.pending[0] == 0xEF && self.pending.len() < 3;
            if is_sign || matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') {
                self.pending.push(byte);
                return Ok(());
            }
            match self.pending[..] {
                // Another character that begins with the same byte.
                [0xEF, ref rest @ ..] if !matches!(rest, [0xBC, 0x8B | 0x8D | 0x9D | 0xA0, ..]) => {
                    let other = std::mem::take(&mut self.pending);
                    self.out.write_all(&other)?;
                }
                _ if quoted && byte == b'"' && self.separator == b',' => {
                    self.position = Position::UndecidedEnd;
                    return Ok(());
                }
                _ => self.decide(if quoted { byte == b'"' } else { ends_cell })?,
            }
            self.position = if quoted { Position::Quoted } else { Position::Cell };
        } else if self.position == Position::UndecidedEnd {
            self.decide(ends_cell)?;
            self.out.write_all(b"\"")?;
            self.position = Position::Cell;
        }
        let is_start = matches!(self.position, Position::StartOfCell | Position::StartOfQuoted);
        let quoted = matches!(self.position, Position::StartOfQuoted | Position::Quoted | Position::Escaped);
        let may_be_number = matches!(byte, b'=' | b'+' | b'-' | b'@' | 0xEF);
        match (self.position, byte) {
            (Position::StartOfCell, b'"') => self.position = Position::StartOfQuoted,
            (Position::Quoted, b'\\') if self.separator == b'\t' => self.position = Position::Escaped,
            // Of two quotation marks in CSV, the second begins another quoted part.
            (Position::Quoted | Position::StartOfQuoted, b'"') => self.position = Position::Cell,
            (Position::Cell, b'"') => self.position = Position::Quoted,
            _ if is_start && may_be_number => {
                self.pending.push(byte);
                self.position = Position::Undecided { quoted };
                return Ok(());
            }
            (Position::StartOfQuoted, b'\t' | b'\n' | b'\r') => {
                self.out.write_all(b"'")?;
                self.position = Position::Quoted;
            }
            // SPARQL's TSV writes a tab and line ends as `\t`, `\n` and `\r`.
            (Position::StartOfQuoted, b'\\') if self.separator == b'\t' => {
                self.out.write_all(b"'")?;
                self.position = Position::Escaped;
            }
            (Position::StartOfCell | Position::Cell, _) if ends_cell => self.position = Position::StartOfCell,
            (Position::StartOfCell, b'\t') => {
                self.out.write_all(b"'")?;
                self.position = Position::Cell;
            }
            _ => self.position = if quoted { Position::Quoted } else { Position::Cell },
        }
        self.out.write_all(&[byte])
    }
}

#[cfg(feature = "cli")]
impl<W: Write> Write for WithoutFormulas<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        bytes.iter().try_for_each(|byte| self.write_byte(*byte))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_string_differs_from_a_missing_value() {
        assert_eq!(field(""), "\"\"");
        assert_eq!(field("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }

    #[cfg(feature = "cli")]
    fn without_formulas(table: &str, separator: u8) -> String {
        let mut out = Vec::new();
        let mut writer = WithoutFormulas::new(&mut out, separator);
        writer.write_all(table.as_bytes()).unwrap();
        writer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[cfg(feature = "cli")]
    #[test]
    fn formulas_begin_with_an_apostrophe_and_numbers_do_not() {
        for (written, expected) in [
            ("=1+1,a\r\n@x,-y\r\n", "'=1+1,a\r\n'@x,'-y\r\n"),
            ("-5,+1.5e-3,\"-5\",-5a\n", "-5,+1.5e-3,\"-5\",'-5a\n"),
            ("\"=HYPERLINK(\"\"x\"\",\"\"=y\"\")\",b\n", "\"'=HYPERLINK(\"\"x\"\",\"\"=y\"\")\",b\n"),
            ("\"a\n=1\",b\n=2\n", "\"a\n=1\",b\n'=2\n"),
            ("\"\t=1\",\"\n=1\",\t=1,\"\"\n", "\"'\t=1\",\"'\n=1\",'\t=1,\"\"\n"),
            ("＝1,＋1,ﬁn,\"＠x\"\n", "'＝1,'＋1,ﬁn,\"'＠x\"\n"),
            ("\"-5\n+cmd|' /C calc'!A0\",b\n", "\"'-5\n+cmd|' /C calc'!A0\",b\n"),
            ("\"-5,+cmd|x\",\"-5\"\n", "\"'-5,+cmd|x\",\"-5\"\n"),
            ("\"-5\"\"+cmd|x\",\"+1\"\"\"\r\n", "\"'-5\"\"+cmd|x\",\"'+1\"\"\"\r\n"),
            ("-5\"+1\n\"-5\"", "'-5\"+1\n\"-5\""),
            ("a=1,a-b,https://e.org/?a=1\n-\n", "a=1,a-b,https://e.org/?a=1\n'-\n"),
        ] {
            assert_eq!(without_formulas(written, b','), expected);
        }
        for (written, expected) in [
            ("\"=1\"@en\t-5\t<http://e.org>\n", "\"'=1\"@en\t-5\t<http://e.org>\n"),
            ("\"-5\t+1\"\t\"-5\"^^<http://e.org>\n", "\"'-5\t+1\"\t\"-5\"^^<http://e.org>\n"),
            ("\"\\t=1\"\t\"a\\\"\"\t=x\n", "\"'\\t=1\"\t\"a\\\"\"\t'=x\n"),
        ] {
            assert_eq!(without_formulas(written, b'\t'), expected);
        }
    }

    proptest! {
        #[cfg(feature = "cli")]
        #[test]
        fn only_numbers_begin_as_formulas(row in prop::collection::vec("[-+=@＝]?[5.e]{0,2}[-+5,\"\t\n\ra]{0,4}", 1..5)) {
            let table = row.iter().map(|text| field(text)).collect::<Vec<_>>().join(",") + "\n";
            let written = without_formulas(&table, b',');
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
            let read: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
            let expected = row.into_iter().map(|text| {
                let is_formula = text.starts_with(['=', '+', '-', '@', '＝', '\t', '\n', '\r']) && text.parse::<f64>().is_err();
                if is_formula { format!("'{text}") } else { text }
            });
            prop_assert_eq!(read, [expected.collect::<Vec<_>>()]);
        }

        #[test]
        fn any_row_is_read_back(row in prop::collection::vec("(\\PC|[,\"\n\r]){0,12}", 1..5)) {
            let written = row.iter().map(|text| field(text)).collect::<Vec<_>>().join(",") + "\n";
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
            let read: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(read, [row]);
        }
    }
}
