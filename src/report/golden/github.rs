//! Golden tests as
//! [workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions), which GitHub shows at
//! the golden files.

use super::GoldenReport;
use crate::diagnostic::write_github;
use crate::escape::github;
use std::io::{self, Write};

/// Writes a workflow command for each failed test and each error of the dataset, and the counts.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn golden_github(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    write_github(&report.dataset_errors, out)?;
    for entry in report.entries().filter(|entry| entry.query.is_some() || entry.is_unused()) {
        let Some(problem) = entry.problem.clone() else { continue };
        let title = if entry.query.is_some() { entry.name.as_str() } else { "unused golden file" };
        let message = [vec![problem], entry.lines()].concat().join("\n");
        writeln!(out, "{}", github::command("error", &[("file", entry.file), ("title", title)], &message))?;
    }
    writeln!(out, "{report}")
}
