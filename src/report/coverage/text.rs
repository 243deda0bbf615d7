//! The coverage as text.

use super::{CoverageReport, percent};
use crate::check::{CoverageBasis, CoverageCounts, CoveredSentence, SourceCoverage};
use crate::escape::{single_line, terminal};
use crate::output::OutputError;
use std::io::Write;

/// How many statements of a sentence are listed.
const MAX_STATEMENTS: usize = 5;

/// Writes the sentences of each source with their status, and the totals.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn coverage_text(report: &CoverageReport<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut has_list = false;
    for coverage in report.sources {
        if has_list {
            writeln!(out)?;
        }
        has_list = write_source(report, coverage, out)?;
    }
    if report.sources.len() > 1 {
        if has_list {
            writeln!(out)?;
        }
        writeln!(out, "all sources: {}", coverage_figure(&report.counts()))?;
    }
    Ok(())
}

/// Returns whether sentences are listed.
fn write_source<'a>(
    report: &CoverageReport<'a>,
    coverage: &'a SourceCoverage,
    out: &mut impl Write,
) -> Result<bool, OutputError> {
    let described = report.source(coverage);
    let figure = match coverage.basis {
        CoverageBasis::Text => coverage_figure(&coverage.counts()),
        CoverageBasis::Lock => format!("{} (from the lock)", coverage_figure(&coverage.counts())),
        CoverageBasis::Unknown => "unknown: the text is unavailable, and the lock lacks its sentences".to_owned(),
        CoverageBasis::NoText => "no text".to_owned(),
    };
    writeln!(out, "{}: {figure}", described.id)?;
    let listed: Vec<&CoveredSentence> =
        coverage.sentences.iter().filter(|sentence| report.lists(sentence.status)).collect();
    if listed.is_empty() {
        return Ok(false);
    }
    let text = report.text(coverage);
    let width = listed.iter().map(|sentence| sentence.position.line.to_string().len()).max().unwrap_or(1);
    let indent = " ".repeat(width + 14);
    for sentence in listed {
        let CoveredSentence { position, status, quotes: _, more } = sentence;
        let words = match &text {
            Some(text) => text.words(&position.range).into_owned(),
            None => format!("characters {}–{}", position.range.start, position.range.end),
        };
        writeln!(out, "  {:>width$}  {:8}  {}", position.line, status.as_str(), terminal::line(&words))?;
        let (mut statements, reasons) = report.uses(coverage, sentence);
        for reason in reasons {
            writeln!(out, "{indent}excluded: {}", terminal::line(&single_line(reason)))?;
        }
        let hidden = statements.len().saturating_sub(MAX_STATEMENTS);
        statements.truncate(MAX_STATEMENTS);
        if !statements.is_empty() {
            let hidden = if hidden > 0 { format!(" and {hidden} more") } else { String::new() };
            writeln!(out, "{indent}{}{hidden}", statements.join(", "))?;
        }
        if *more > 0 {
            let quotes = if *more == 1 { "quote" } else { "quotes" };
            writeln!(out, "{indent}{more} more {quotes}")?;
        }
    }
    Ok(true)
}

/// The numbers of sentences by status, and the share that is not open.
pub fn coverage_figure(counts: &CoverageCounts) -> String {
    let CoverageCounts { quoted, excluded, open } = counts;
    let total = counts.total();
    let sentences = if total == 1 { "sentence" } else { "sentences" };
    match percent(counts) {
        Some(percent) => {
            format!("{percent}% of {total} {sentences}: {quoted} quoted, {excluded} excluded, {open} open")
        }
        None => "no sentences".to_owned(),
    }
}
