//! The coverage as JSON.

use super::{CoverageReport, percent};
use crate::check::{CoverageBasis, CoverageCounts, CoveredSentence, SourceCoverage};
use crate::output::{JsonLayout, OutputError, write_document, write_records};
use serde_json::{Value, json};
use std::io::Write;

/// Writes the coverage as a JSON document, or that of each source as JSON Lines.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn coverage_json(report: &CoverageReport<'_>, layout: JsonLayout, out: &mut impl Write) -> Result<(), OutputError> {
    match layout {
        JsonLayout::Lines => {
            write_records(report.sources.iter().map(|one| Ok::<_, OutputError>(source(report, one))), layout, out)
        }
        JsonLayout::Document => {
            let mut document = counts(&report.counts());
            document["sources"] = report.sources.iter().map(|one| source(report, one)).collect();
            Ok(write_document(&document, out)?)
        }
    }
}

fn counts(counts: &CoverageCounts) -> Value {
    let CoverageCounts { quoted, excluded, open } = counts;
    let percent = percent(counts).and_then(|percent| percent.parse::<f64>().ok());
    json!({ "total": counts.total(), "quoted": quoted, "excluded": excluded, "open": open, "percent": percent })
}

fn source<'a>(report: &CoverageReport<'a>, coverage: &'a SourceCoverage) -> Value {
    let described = report.source(coverage);
    let mut json = counts(&coverage.counts());
    json["source"] = described.id.as_str().into();
    if let Some(title) = &described.title {
        json["title"] = title.as_str().into();
    }
    json["basis"] = match coverage.basis {
        CoverageBasis::Text => "text",
        CoverageBasis::Lock => "lock",
        CoverageBasis::Unknown => "unknown",
        CoverageBasis::NoText => "none",
    }
    .into();
    json["redistributable"] = coverage.is_redistributable.into();
    let text = report.text(coverage);
    let listed = coverage.sentences.iter().filter(|sentence| report.lists(sentence.status));
    let sentence = |sentence: &CoveredSentence| {
        let CoveredSentence { position, status, quotes: _, more } = sentence;
        let range = &position.range;
        let mut json =
            json!({ "start": range.start, "end": range.end, "line": position.line, "status": status.as_str() });
        if let Some(text) = &text {
            json["text"] = text.words(range).into();
        }
        let (statements, reasons) = report.uses(coverage, sentence);
        if !statements.is_empty() {
            json["statements"] = statements.into();
        }
        if !reasons.is_empty() {
            json["reasons"] = reasons.into();
        }
        if *more > 0 {
            json["moreQuotes"] = (*more).into();
        }
        json
    };
    json["sentences"] = listed.map(sentence).collect();
    json
}
