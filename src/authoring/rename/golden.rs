//! Golden files after a rename.

use super::names::Names;
use super::terms::{self, Syntax, has_word, occurrences, words};
use super::{Plan, RenameError, read, rows};
use crate::authoring::edit::TextEdit;
use crate::dataset::{DatasetRoot, GoldenFiles};
use crate::files::{PathScope, ReadOptions};
use crate::report::{GoldenReport, GoldenTest, Outcome, ResultKind};
use std::collections::BTreeMap;

/// The golden files of a dataset, by name, as they are in the files.
pub(super) struct GoldenTexts(BTreeMap<String, String>);

impl GoldenTexts {
    pub(super) fn read(root: &DatasetRoot, options: &ReadOptions) -> Result<Self, RenameError> {
        let golden = GoldenFiles::read(root, options)?;
        let mut texts = BTreeMap::new();
        for file in golden.files.into_iter().filter(|file| file.text.is_ok()) {
            // With its byte order mark.
            let text = read(root, &file.name, PathScope::GoldenFiles, options)?;
            texts.extend(text.map(|text| (file.name, text)));
        }
        Ok(Self(texts))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Renames the IRIs in all files.
    pub(super) fn rename_iris(&self, plan: &mut Plan, names: &Names<'_>) {
        for (name, text) in &self.0 {
            plan.set(name, PathScope::GoldenFiles, text, iris(name, text, names));
        }
    }

    /// Edits the files of tests that fail after the rename of IRIs: rows in CSV get the name where the new results have it. Returns the
    /// names of the queries whose files changed.
    pub(super) fn fit_rows(&self, report: &GoldenReport, plan: &mut Plan, names: &Names<'_>) -> Vec<String> {
        let fit = |test: &GoldenTest, text: &str| {
            let Outcome::Differs(mismatch) = &test.outcome else { return None };
            let is_csv = extension(&test.file_name) == "csv" && mismatch.results.kind == ResultKind::Rows;
            if is_csv { rows::edits(text, &mismatch.results, names) } else { None }
        };
        self.edit_failing(report, plan, fit)
    }

    /// Edits the files of other formats, of tests that still fail: each word that is the old name becomes the new one.
    pub(super) fn rename_words(&self, report: &GoldenReport, plan: &mut Plan, names: &Names<'_>) -> Vec<String> {
        let rename = |test: &GoldenTest, text: &str| {
            let is_csv = extension(&test.file_name) == "csv";
            if is_csv || !has_word(text, names) {
                return None;
            }
            let edit = |range| TextEdit { range, text: names.new.clone() };
            Some(occurrences(text, names).into_iter().map(edit).collect())
        };
        self.edit_failing(report, plan, rename)
    }

    fn edit_failing(
        &self,
        report: &GoldenReport,
        plan: &mut Plan,
        edits: impl Fn(&GoldenTest, &str) -> Option<Vec<TextEdit>>,
    ) -> Vec<String> {
        let mut queries = Vec::new();
        for test in report.failures() {
            let Some(text) = self.0.get(&test.file_name) else { continue };
            if let Some(edits) = edits(test, text) {
                plan.set(&test.file_name, PathScope::GoldenFiles, text, edits);
                queries.push(test.query.clone());
            }
        }
        queries.dedup();
        queries
    }
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The edits that rename the IRIs in a golden file.
fn iris(name: &str, text: &str, names: &Names<'_>) -> Vec<TextEdit> {
    if extension(name) == "ttl" {
        return terms::edits(text, Syntax::Turtle, names);
    }
    let old = names.old_iri.as_str();
    let edit = |range| TextEdit { range, text: names.new_iri.as_str().to_owned() };
    words(text, old).map(edit).collect()
}
