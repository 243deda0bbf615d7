//! Citations in web pages: links in the rows, and the notes below the table.

use super::footnotes::{NoteNumbers, note};
use super::with_columns;
use crate::escape::html;
use crate::output::solutions::{HtmlNotes, write_html, write_html_boolean};
use crate::output::{OutputError, StatementText, TermDisplay};
use crate::query::{CitationReport, CitedQueryResults};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write;

pub(super) fn write_with_links(
    report: &CitationReport,
    display: &TermDisplay<'_>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let numbers = NoteNumbers::new(report);
    let notes = HtmlNotes { references: references(report, &numbers), section: section(report, &numbers, text)? };
    match &report.results {
        CitedQueryResults::Boolean(result, _) => Ok(write_html_boolean(*result, Some(&notes), display, out)?),
        _ => write_html(with_columns(report, &[], |_| Ok(Vec::new()))?, Some(&notes), display, out),
    }
}

/// The links to the notes of each row. A note leads back to the first of its links.
fn references(report: &CitationReport, numbers: &NoteNumbers<'_>) -> Vec<String> {
    let mut linked: HashSet<usize> = HashSet::new();
    let mut link = |number: usize| match linked.insert(number) {
        true => format!("<a id=\"cite-{number}\" href=\"#note-{number}\">[{number}]</a>"),
        false => format!("<a href=\"#note-{number}\">[{number}]</a>"),
    };
    let citations = report.results.citations().into_iter();
    citations.map(|c| numbers.of(&c.statements).into_iter().map(&mut link).collect::<Vec<_>>().join(" ")).collect()
}

/// The notes.
fn section(
    report: &CitationReport,
    numbers: &NoteNumbers<'_>,
    text: &StatementText<'_>,
) -> Result<String, OutputError> {
    let mut section = String::new();
    for (number, statement) in numbers.statements(report) {
        let sentence = html::text(&text.sentence(&statement.triple)?);
        // Writing to a string cannot fail.
        let _ = writeln!(
            section,
            "<li id=\"note-{number}\">\n<p dir=\"auto\"><strong>{sentence}</strong> \
             <a class=\"back\" href=\"#cite-{number}\" aria-label=\"Back to the row\">\u{21a9}</a></p>"
        );
        for (index, detail) in note(statement, numbers, text)?.iter().enumerate() {
            let class = if index == 0 { " class=\"quiet\"" } else { "" };
            let _ = writeln!(section, "<p{class} dir=\"auto\">{}</p>", detail.html());
        }
        section.push_str("</li>\n");
    }
    Ok(match section.is_empty() {
        true => section,
        false => format!(
            "<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">Notes</h2>\n<ol>\n{section}</ol>\n</section>\n"
        ),
    })
}
