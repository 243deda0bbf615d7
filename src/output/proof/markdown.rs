//! A proof as a nested list in Markdown.

use super::outline::{Line, LineKind, outline};
use crate::output::{OutputError, StatementText, escape_markdown_line};
use crate::rules::Proof;
use std::io::Write;

/// Writes a proof as a nested list. Quotes link to their source if it has an address.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn proof_markdown(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    for Line { depth, kind, left, right, link } in outline(proof, text)? {
        let (left, right) = (escape_markdown_line(&left), escape_markdown_line(&right));
        let left = match (kind, link) {
            (LineKind::Step, _) => format!("**{left}**"),
            (_, Some(link)) => format!("[{left}](<{link}>)"),
            (_, None) => left,
        };
        let indent = "  ".repeat(depth + usize::from(kind == LineKind::Detail));
        match (right.is_empty(), kind) {
            (true, _) => writeln!(out, "{indent}- {left}")?,
            (false, LineKind::Step) => writeln!(out, "{indent}- {left} — {right}")?,
            (false, LineKind::Other | LineKind::Detail) => writeln!(out, "{indent}- {left} ({right})")?,
        }
    }
    Ok(())
}
