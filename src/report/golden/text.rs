//! Golden tests as text.

use super::{GoldenReport, Mismatch, UnexpectedRow};
use crate::escape::terminal;
use std::io::{self, Write};

/// Writes the failed tests with their rows, and the counts.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
///
/// ```
/// use factloom::report::{GoldenReport, golden_text};
///
/// let mut out = Vec::new();
/// golden_text(&GoldenReport::default(), &mut out)?;
/// assert_eq!(String::from_utf8(out).unwrap(), "0 passed\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn golden_text(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    for entry in report.entries() {
        let Some(problem) = &entry.problem else { continue };
        match entry.query {
            Some(_) => writeln!(out, "{}", terminal::line(&format!("{} ({}): {problem}", entry.name, entry.file)))?,
            None => writeln!(out, "{}", terminal::line(&format!("{}: {problem}", entry.name)))?,
        }
        for line in entry.lines() {
            writeln!(out, "    {}", terminal::line(&line))?;
        }
    }
    writeln!(out, "{report}")
}

/// The rows of a mismatch with the statements that support them, as lines.
pub(super) fn lines(mismatch: &Mismatch) -> Vec<String> {
    let Mismatch { missing, unexpected, omitted, changes, .. } = mismatch;
    let mut lines: Vec<String> = missing.iter().map(|row| format!("- {row}")).collect();
    lines.extend((omitted.0 > 0).then(|| format!("- and {} more", omitted.0)));
    for UnexpectedRow { row, statements } in unexpected {
        lines.push(format!("+ {row}"));
        for cited in statements {
            lines.push(format!("    {}", cited.statement));
            lines.extend(cited.evidence.iter().map(|evidence| format!("        {evidence}")));
        }
    }
    lines.extend((omitted.1 > 0).then(|| format!("+ and {} more", omitted.1)));
    lines.extend(changes.iter().cloned());
    lines
}
