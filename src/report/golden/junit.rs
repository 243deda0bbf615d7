//! Golden tests as JUnit XML, which build servers read.

use super::{Entry, GoldenReport};
use crate::escape::xml::{attribute_lossy, text_lossy};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::{self, Write};

/// Writes golden tests as a test suite: a test case for each test, each unused file and each error of the dataset. There are no durations.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn golden_junit(report: &GoldenReport, out: &mut impl Write) -> io::Result<()> {
    let entries: Vec<Entry<'_>> = report.entries().collect();
    let errors = entries.iter().filter(|entry| entry.is_error()).count();
    let failures = entries.iter().filter(|entry| entry.problem.is_some()).count() - errors;
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suite = writer.create_element("testsuite").with_attributes([
        ("name", "factloom test"),
        ("tests", &*entries.len().to_string()),
        ("failures", &*failures.to_string()),
        ("errors", &*errors.to_string()),
    ]);
    suite.write_inner_content(|writer| entries.iter().try_for_each(|entry| write_case(writer, entry)))?;
    writeln!(out)
}

fn write_case<W: Write>(writer: &mut Writer<W>, entry: &Entry<'_>) -> io::Result<()> {
    let class = entry.query.unwrap_or(if entry.is_unused() { "unused" } else { "dataset" });
    let [class, name, file] = [class, &entry.name, entry.file].map(attribute_lossy);
    // As bytes, which quick-xml does not escape again.
    let attributes = [("classname", &class), ("name", &name), ("file", &file)]
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let case = writer.create_element("testcase").with_attributes(attributes);
    let Some(problem) = &entry.problem else { return case.write_empty().map(drop) };
    let kind = if entry.is_error() { "error" } else { "failure" };
    case.write_inner_content(|writer| {
        let failure =
            writer.create_element(kind).with_attribute((&b"message"[..], attribute_lossy(problem).as_bytes()));
        failure.write_text_content(BytesText::from_escaped(text_lossy(&entry.lines().join("\n")))).map(drop)
    })
    .map(drop)
}
