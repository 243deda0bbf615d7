//! What XML asks of an answer that Oxigraph's serializer does not see to.

use super::ResultsError;
use oxigraph::model::{Term, TermRef};
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes a carriage return, which readers of XML take for the end of a line, as a reference to the character.
///
/// The serializer itself writes none but those of texts.
pub(in crate::output) struct CarriageReturns<W>(pub(in crate::output) W);

impl<W: Write> Write for CarriageReturns<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut pieces = bytes.split(|byte| *byte == b'\r');
        self.0.write_all(pieces.next().unwrap_or_default())?;
        for piece in pieces {
            self.0.write_all(b"&#13;")?;
            self.0.write_all(piece)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A term as it is, where XML 1.0 can hold it.
pub(super) fn writable(term: &Term) -> Result<Cow<'_, Term>, ResultsError> {
    match without_form(term.as_ref()) {
        Some(c) => Err(ResultsError::NoXml(c)),
        None => Ok(Cow::Borrowed(term)),
    }
}

/// A character of a term that XML 1.0 has no way to write.
fn without_form(term: TermRef<'_>) -> Option<char> {
    match term {
        TermRef::Literal(literal) => literal
            .value()
            .chars()
            .find(|c| matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')),
        TermRef::Triple(triple) => without_form(triple.object.as_ref()),
        TermRef::NamedNode(_) | TermRef::BlankNode(_) => None,
    }
}
