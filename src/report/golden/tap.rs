//! Golden tests in the [Test Anything Protocol](https://testanything.org/tap-version-14-specification.html), version 14.

use super::{GoldenReport, text};
use std::io::{self, Write};

/// Writes what golden tests found as TAP: a line a case, and one for each file that is not used.
///
/// # Errors
///
/// Those of the writer.
pub fn golden_tap(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "TAP version 14\n1..{}", report.tests.len() + report.unused.len())?;
    for (at, test) in report.tests.iter().enumerate() {
        let name = escaped(&test.name());
        let Some(problem) = test.problem() else {
            writeln!(out, "ok {} - {name}", at + 1)?;
            continue;
        };
        let mut details = vec![("message", vec![problem]), ("file", vec![test.file.clone()])];
        details.extend(test.failing().map(|failing| ("rows", text::lines(failing))));
        not_ok(at + 1, &name, &details, out)?;
    }
    for (at, file) in report.unused.iter().enumerate() {
        let message = "no case of a stored query uses the file".to_owned();
        not_ok(report.tests.len() + at + 1, &escaped(file), &[("message", vec![message])], out)?;
    }
    Ok(())
}

fn not_ok(number: usize, name: &str, details: &[(&str, Vec<String>)], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "not ok {number} - {name}\n  ---")?;
    for (key, lines) in details {
        // A literal block of YAML, in which nothing has a meaning; its indentation is said, since a line may begin with blanks.
        writeln!(out, "  {key}: |2")?;
        for line in lines.iter().flat_map(|text| text.lines()) {
            writeln!(out, "    {line}")?;
        }
    }
    writeln!(out, "  ...")
}

/// A description, in which `#` would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
