//! Golden tests for people.

use super::{GoldenReport, Mismatch, UnexpectedRow};
use std::io::{self, Write};

/// Writes for people what golden tests found: each case that failed, with its rows, and a line with the sum.
///
/// # Errors
///
/// Those of the writer.
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
    for test in report.failures() {
        writeln!(out, "{} ({}): {}", test.name(), test.file, test.problem().unwrap_or_default())?;
        for line in test.failing().map(lines).into_iter().flatten() {
            writeln!(out, "    {line}")?;
        }
    }
    for file in &report.unused {
        writeln!(out, "{file}: no case of a stored query uses it")?;
    }
    writeln!(out, "{report}")
}

/// The rows of a failure with what they rest on, a line each.
pub(super) fn lines(failing: &Mismatch) -> Vec<String> {
    let Mismatch { missing, extra, more, since, .. } = failing;
    let mut lines: Vec<String> = missing.iter().map(|row| format!("- {row}")).collect();
    lines.extend((more.0 > 0).then(|| format!("- and {} more", more.0)));
    for UnexpectedRow { row, cited } in extra {
        lines.push(format!("+ {row}"));
        for cited in cited {
            lines.push(format!("    {}", cited.statement));
            lines.extend(cited.quotes.iter().map(|quote| format!("        {quote}")));
        }
    }
    lines.extend((more.1 > 0).then(|| format!("+ and {} more", more.1)));
    lines.extend(since.iter().cloned());
    lines
}
