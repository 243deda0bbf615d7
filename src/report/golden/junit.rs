//! Golden tests as JUnit's XML, which build servers read.

use super::{GoldenReport, Outcome, text};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

/// Writes what golden tests found as one test suite of JUnit's: a test case a case, and one for each file that is not used.
/// How long each took is not said.
///
/// # Errors
///
/// Those of the writer.
pub fn golden_junit(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let broken = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Error(_))).count();
    let (tests, failures) = (report.tests.len(), report.failures().count());
    let suite = BytesStart::new("testsuite").with_attributes([
        ("name", "factloom test"),
        ("tests", &*(tests + report.unused.len()).to_string()),
        ("failures", &*(failures - broken + report.unused.len()).to_string()),
        ("errors", &*broken.to_string()),
    ]);
    writer.write_event(Event::Start(suite))?;
    for test in &report.tests {
        let case = BytesStart::new("testcase").with_attributes([
            ("classname", &*clean(&test.query)),
            ("name", &*clean(&test.name())),
            ("file", &*clean(&test.file)),
        ]);
        let Some(problem) = test.problem() else {
            writer.write_event(Event::Empty(case))?;
            continue;
        };
        let kind = if matches!(test.outcome, Outcome::Error(_)) { "error" } else { "failure" };
        let lines = test.failing().map(text::lines).unwrap_or_default();
        failed(&mut writer, case, kind, &problem, &lines.join("\n"))?;
    }
    for file in &report.unused {
        let file = clean(file);
        let case = [("classname", "unused"), ("name", &*file), ("file", &*file)];
        let case = BytesStart::new("testcase").with_attributes(case);
        failed(&mut writer, case, "failure", "no case of a stored query uses the file", "")?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writeln!(out)
}

fn failed<W: Write>(
    writer: &mut Writer<W>,
    case: BytesStart<'_>,
    kind: &str,
    problem: &str,
    text: &str,
) -> io::Result<()> {
    let end = case.to_end().into_owned();
    writer.write_event(Event::Start(case))?;
    let failure = BytesStart::new(kind).with_attributes([("message", &*clean(problem))]);
    let failure_end = failure.to_end().into_owned();
    writer.write_event(Event::Start(failure))?;
    writer.write_event(Event::Text(BytesText::new(&clean(text))))?;
    writer.write_event(Event::End(failure_end))?;
    writer.write_event(Event::End(end))
}

/// The text without the characters that XML cannot hold.
fn clean(text: &str) -> String {
    let holds = |c: &char| matches!(c, '\t' | '\n' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(holds).collect()
}
