//! A proof as a nested list in Markdown.

use super::outline::{Line, LineKind, outline};
use crate::escape::markdown;
use crate::output::evidence::markdown_line;
use crate::output::{OutputError, StatementText};
use crate::rules::Proof;
use std::io::Write;

/// Writes a proof as a nested list. Quotes link to their source if it has an address.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn proof_markdown(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    for Line { depth, kind, left, right, link, marks } in outline(proof, text)? {
        let indent = "  ".repeat(depth + usize::from(kind == LineKind::Detail));
        match kind {
            LineKind::Step => {
                writeln!(out, "{indent}- **{}** — {}", markdown::line(&left), markdown::line(&right))?;
            }
            LineKind::Other | LineKind::Detail => {
                writeln!(out, "{indent}- {}", markdown_line(&left, &marks, &right, link.as_deref()))?;
            }
        }
    }
    Ok(())
}
