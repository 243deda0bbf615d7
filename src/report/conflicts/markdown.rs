//! Conflicts as Markdown tables.

use super::SourceConflict;
use super::view::{CellLine, View};
use crate::escape::markdown;
use crate::output::{OutputError, StatementText};
use std::io::Write;

/// Writes conflicts as Markdown: a heading and a table for each, with a column per side.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn conflicts_markdown(
    conflicts: &[SourceConflict],
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    for conflict in conflicts {
        let View { heading, reason, sides } = View::new(conflict, text)?;
        writeln!(out, "## {}\n\n{}\n", markdown::line(&heading), markdown::line(&reason))?;
        let labels: Vec<String> = sides.iter().map(|side| markdown::line(&side.label)).collect();
        writeln!(out, "| {} |\n|{}", labels.join(" | "), " --- |".repeat(sides.len()))?;
        for row in 0..3 {
            if sides.iter().any(|side| !side.cells[row].is_empty()) {
                let cells: Vec<String> = sides.iter().map(|side| cell(&side.cells[row])).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn cell(lines: &[CellLine]) -> String {
    let line = |CellLine { text, link }: &CellLine| match link {
        Some(link) => markdown::link(text, link),
        None => markdown::line(text),
    };
    lines.iter().filter(|line| !line.text.is_empty()).map(line).collect::<Vec<_>>().join("<br>")
}
