//! What XML requires of results and Oxigraph's serializer does not do.

use crate::output::OutputError;
use crate::output::xml::require_writable;
use oxigraph::model::TermRef;
use std::io::{self, Write};

/// Writes carriage returns as character references, since XML readers take them for line ends. The serializer writes no
/// carriage returns other than those of literals.
pub(in crate::output) struct EscapeCarriageReturns<W>(pub(in crate::output) W);

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

/// Returns an error if a literal contains a character that XML 1.0 cannot represent.
pub(super) fn require_writable_term(term: TermRef<'_>) -> Result<(), OutputError> {
    match term {
        TermRef::Literal(literal) => require_writable(literal.value()).map(drop),
        TermRef::Triple(triple) => require_writable_term(triple.object.as_ref()),
        TermRef::NamedNode(_) | TermRef::BlankNode(_) => Ok(()),
    }
}
