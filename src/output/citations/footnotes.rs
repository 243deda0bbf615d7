//! Citations as footnotes: numbers in the rows, and the notes below the table.

use super::with_columns;
use crate::escape::{markdown, terminal};
use crate::model::{Premise, Statement, StatementId};
use crate::output::{OutputError, ResultsFormat, StatementDetail, StatementText, TermDisplay, write_results};
use crate::query::{CitationReport, CitedQueryResults};
use std::collections::HashMap;
use std::io::Write;

pub(super) fn write_with_footnotes(
    report: &CitationReport,
    is_markdown: bool,
    display: &TermDisplay<'_>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let numbers = NoteNumbers::new(report);
    let references =
        |ids: &[StatementId]| numbers.of(ids).iter().map(|number| format!("[{number}]")).collect::<Vec<_>>().join(" ");
    // In Markdown a note is a paragraph, with a backslash at the end of each line but the last.
    let escape = if is_markdown { markdown::line } else { terminal::line };
    let (indent, line_end) = if is_markdown { ("", "\\\n") } else { ("    ", "\n") };
    if let CitedQueryResults::Boolean(result, citation) = &report.results {
        writeln!(out, "{}", format!("{result} {}", escape(&references(&citation.statements))).trim_end())?;
    } else {
        let format = if is_markdown { ResultsFormat::Markdown } else { ResultsFormat::Table };
        let rows = with_columns(report, &["notes"], |citation| Ok(vec![references(&citation.statements)]))?;
        write_results(rows, format, display, out)?;
    }
    for (number, statement) in numbers.statements(report) {
        let mut lines = vec![escape(&format!("[{number}] {}", text.sentence(&statement.triple)?))];
        for detail in note(statement, &numbers, text)? {
            match is_markdown {
                true => lines.push(detail.markdown()),
                false => lines.extend(detail.lines().map(|line| format!("{indent}{line}"))),
            }
        }
        writeln!(out, "\n{}", lines.join(line_end))?;
    }
    Ok(())
}

/// The numbers of the cited statements, in the order of their first citations.
pub(super) struct NoteNumbers<'a> {
    numbers: HashMap<&'a StatementId, usize>,
    order: Vec<&'a StatementId>,
}

impl<'a> NoteNumbers<'a> {
    pub(super) fn new(report: &'a CitationReport) -> Self {
        let (mut numbers, mut order) = (HashMap::new(), Vec::new());
        for id in report.results.citations().into_iter().flat_map(|citation| &citation.statements) {
            numbers.entry(id).or_insert_with(|| {
                order.push(id);
                order.len()
            });
        }
        Self { numbers, order }
    }

    /// The numbers of the cited ones among some statements, sorted.
    pub(super) fn of(&self, ids: &[StatementId]) -> Vec<usize> {
        let mut cited: Vec<usize> = ids.iter().filter_map(|id| self.numbers.get(id).copied()).collect();
        cited.sort_unstable();
        cited
    }

    /// The statements with their numbers.
    pub(super) fn statements(&self, report: &'a CitationReport) -> impl Iterator<Item = (usize, &'a Statement)> {
        let numbered = self.order.iter().enumerate();
        numbered.filter_map(|(index, id)| Some((index + 1, report.statements.get(*id)?)))
    }
}

/// The lines of a note below its sentence.
pub(super) fn note(
    statement: &Statement,
    numbers: &NoteNumbers<'_>,
    text: &StatementText<'_>,
) -> Result<Vec<StatementDetail>, OutputError> {
    let mut lines = vec![StatementDetail::new("", format!("{} · {}", text.kind(statement)?, statement.id))];
    if let Some(derivation) = statement.kind.derivation() {
        let mut premises = Vec::new();
        for premise in &derivation.premises {
            premises.push(match premise {
                Premise::Statement(id) => {
                    numbers.numbers.get(id).map_or(id.to_string(), |number| format!("[{number}]"))
                }
                Premise::Declared(triple) => format!("{} (declared)", text.sentence(triple)?),
            });
        }
        lines.push(StatementDetail::new("from ", premises.join(", ")));
    }
    for evidence in &statement.evidence {
        lines.extend(text.cited_evidence(evidence)?);
    }
    Ok(lines)
}
