//! Golden tests in the [Test Anything Protocol](https://testanything.org/tap-version-14-specification.html), version 14.

use super::{Entry, GoldenReport};
use crate::escape::tap;
use std::io::{self, Write};

/// Writes golden tests as TAP: a line for each test, each unused file and each error of the dataset.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn golden_tap(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "TAP version 14\n1..{}", report.entries().count())?;
    for (number, entry) in (1..).zip(report.entries()) {
        let name = tap::description(&entry.name);
        match &entry.problem {
            None => writeln!(out, "ok {number} - {name}")?,
            Some(problem) => {
                writeln!(out, "not ok {number} - {name}\n  ---")?;
                write_details(&entry, problem, out)?;
                writeln!(out, "  ...")?;
            }
        }
    }
    Ok(())
}

fn write_details(entry: &Entry<'_>, problem: &str, out: &mut impl Write) -> io::Result<()> {
    for (key, text) in [("message", problem), ("file", entry.file), ("rows", &entry.lines().join("\n"))] {
        if text.is_empty() {
            continue;
        }
        write!(out, "{}", tap::yaml_block(key, text))?;
    }
    Ok(())
}
