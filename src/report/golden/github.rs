//! Golden tests for GitHub's log, which shows each failure at its file.

use super::{GoldenReport, text};
use crate::diagnostic::write_github_error;
use std::io::{self, Write};

/// Writes each failure as a
/// [workflow command](https://docs.github.com/actions/reference/workflow-commands-for-github-actions), and a line with the sum.
///
/// # Errors
///
/// Those of the writer.
pub fn golden_github(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    for test in report.failures() {
        let mut lines = vec![test.problem().unwrap_or_default()];
        lines.extend(test.failing().map(text::lines).into_iter().flatten());
        write_github_error(&test.file, &test.name(), &lines.join("\n"), out)?;
    }
    for file in &report.unused {
        write_github_error(file, "unused golden file", "no case of a stored query uses it", out)?;
    }
    writeln!(out, "{report}")
}
