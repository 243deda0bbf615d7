//! Coverage: which sentences of the sources are quoted, excluded or open.

mod html;
mod json;
mod marks;
mod text;

pub use html::coverage_html;
pub use json::coverage_json;
pub use text::{coverage_figure, coverage_text};

use crate::check::{
    Checked, CoverageBasis, CoverageCounts, CoveredSentence, QuotePurpose, SentenceStatus, SourceCoverage,
};
use crate::dataset::{Dataset, Source};
use crate::escape::single_line;
use crate::model::CodePointIndex;
use std::borrow::Cow;
use std::ops::Range;

/// A coverage and what it is about.
#[derive(Clone, Copy)]
pub struct CoverageReport<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// Its statements.
    pub checked: &'a Checked,
    /// The coverage of the sources to report.
    pub sources: &'a [SourceCoverage],
    /// The sentences to list; all if there are none.
    pub statuses: &'a [SentenceStatus],
}

impl<'a> CoverageReport<'a> {
    /// The numbers of sentences of all sources.
    pub fn counts(&self) -> CoverageCounts {
        self.sources.iter().map(SourceCoverage::counts).fold(CoverageCounts::default(), CoverageCounts::plus)
    }

    /// The sources with sentences, with their numbers in the report.
    fn measured(&self) -> impl Iterator<Item = (usize, &'a SourceCoverage)> {
        self.sources.iter().enumerate().filter(|(_, source)| !source.sentences.is_empty())
    }

    fn source(&self, coverage: &SourceCoverage) -> &'a Source {
        &self.dataset.sources[coverage.source]
    }

    /// The ids of the statements that quote a sentence, sorted, and the reasons for which it is excluded.
    fn uses(&self, coverage: &'a SourceCoverage, sentence: &CoveredSentence) -> (Vec<&'a str>, Vec<&'a str>) {
        let (mut statements, mut reasons) = (Vec::new(), Vec::new());
        for quote in &sentence.quotes {
            match &coverage.quotes[*quote].purpose {
                QuotePurpose::Evidence(pieces) => {
                    statements.extend(pieces.iter().map(|(number, _)| self.checked.statements[*number].id.as_str()));
                }
                QuotePurpose::Excluded(reason) => reasons.push(reason.as_str()),
            }
        }
        statements.sort_unstable();
        statements.dedup();
        (statements, reasons)
    }

    fn lists(&self, status: SentenceStatus) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    /// The text of a source, if its sentences are those of the text.
    fn text(&self, coverage: &SourceCoverage) -> Option<SentenceText<'a>> {
        if coverage.basis != CoverageBasis::Text {
            return None;
        }
        let text = self.dataset.text(self.source(coverage)).ok()??;
        Some(SentenceText { code_points: CodePointIndex::new(&text), text })
    }
}

/// A text with its sentences.
struct SentenceText<'a> {
    text: Cow<'a, str>,
    code_points: CodePointIndex,
}

impl SentenceText<'_> {
    /// The words at some code points, on one line.
    fn words(&self, points: &Range<u32>) -> Cow<'_, str> {
        let byte = |point| self.code_points.byte(&self.text, point).unwrap_or(self.text.len());
        single_line(&self.text[byte(points.start)..byte(points.end)])
    }
}

/// A share in percent with one digit after the point, rounded down.
fn percent(counts: &CoverageCounts) -> Option<String> {
    counts.per_mille().map(|share| format!("{}.{}", share / 10, share % 10))
}
