//! Golden tests: runs stored queries, and compares their results with golden files and expectations.
//!
//! A stored query runs once for each of its test cases (see
//! [`QueryTemplate::test_cases`](crate::query::QueryTemplate::test_cases)). The golden file of a test case is `NAME.EXT` or
//! `NAME.CASE.EXT`. Without a golden file, the query must have `expect`.
//!
//! Invariant: a report depends only on the graph and the files, not on the order in which the tests ran.

mod case;
mod file;
mod github;
mod json;
mod junit;
mod mismatch;
mod tap;
mod text;

pub use github::golden_github;
pub use json::golden_json;
pub use junit::golden_junit;
pub use mismatch::{CitedStatement, Mismatch, UnexpectedRow};
pub use tap::golden_tap;
pub use text::golden_text;

use crate::dataset::{GoldenFile, GoldenFiles};
use crate::diagnostic::{Diagnostic, closest};
use crate::model::{Namespaces, nfc};
use crate::query::Expectation;
use crate::report::results::ResultSet;
use crate::store::{Store, StoreError, StoredQuery};
use file::{FileName, Format};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The outcomes of golden tests.
#[derive(Clone, Debug, Default)]
pub struct GoldenReport {
    /// The tests, by the names of their queries, test cases and files.
    pub tests: Vec<GoldenTest>,
    /// The paths of golden files that no test uses, as users would write them.
    pub unused: Vec<String>,
    /// The errors of the dataset: if there are any, no test was run.
    pub dataset_errors: Vec<Diagnostic>,
}

/// The outcome of a test case of a stored query.
#[derive(Clone, Debug)]
pub struct GoldenTest {
    /// The name of the query.
    pub query: String,
    /// The name of the test case; `None` for the defaults.
    pub case: Option<String>,
    /// The path of the golden file, as users would write it; of the query, if the test does not need a golden file. A missing
    /// golden file does not exist.
    pub file: String,
    /// The name of this file, relative to the manifest.
    pub file_name: String,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of a test.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The results are as expected.
    Passed,
    /// The results differ from the golden file.
    Differs(Box<Mismatch>),
    /// The results contradict the expectation of the query.
    Unexpected(Expectation, Box<Mismatch>),
    /// There is no golden file and no expectation. These are the results.
    Missing(ResultSet),
    /// The query cannot be run, or the golden file cannot be read. This is the reason.
    Error(String),
}

/// An unknown query: its name, and a similar one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown stored query `{0}`")]
pub struct UnknownQuery(pub String, pub Option<String>);

/// Why golden tests have no report.
#[derive(Debug, thiserror::Error)]
pub enum GoldenError {
    /// A name is not that of a stored query.
    #[error(transparent)]
    UnknownQuery(#[from] UnknownQuery),
    /// A query was cancelled, or needs more memory than it may use.
    #[error(transparent)]
    Limit(StoreError),
}

/// Runs the golden tests of some stored queries in parallel, or of all if there are no names.
///
/// # Errors
///
/// Returns an error if a name is not that of a stored query, or if a query exceeds a limit of the store.
///
/// ```
/// use factloom::dataset::{DatasetRoot, GoldenFiles};
/// use factloom::files::ReadOptions;
/// use factloom::report::golden;
///
/// let root = DatasetRoot::Bundled(factloom::BUNDLED);
/// let (_, store) = factloom::build(root.clone())?;
/// let report = golden(&store, &GoldenFiles::read(&root, &ReadOptions::default())?, &["is-the-mill-in-pakistan".to_owned()])?;
/// assert_eq!(report.to_string(), "1 passed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn golden(store: &Store, files: &GoldenFiles, names: &[String]) -> Result<GoldenReport, GoldenError> {
    let queries = &store.metadata().queries;
    let names: Vec<String> = names.iter().map(|name| nfc(name).into_owned()).collect();
    for name in &names {
        if !queries.iter().any(|query| query.name == *name) {
            let similar = closest(name, queries.iter().map(|query| query.name.as_str()));
            return Err(UnknownQuery(name.clone(), similar.map(str::to_owned)).into());
        }
    }
    let is_selected = |name: &str| names.is_empty() || names.iter().any(|selected| selected == name);
    let mut by_query: BTreeMap<Cow<'_, str>, Vec<&GoldenFile>> = BTreeMap::new();
    for file in &files.files {
        by_query.entry(nfc(FileName::of(file).query)).or_default().push(file);
    }
    let run = |query: &&StoredQuery| {
        let own = by_query.get(query.name.as_str()).map_or(&[][..], Vec::as_slice);
        case::run_cases(store, query, own, files)
    };
    let selected: Vec<&StoredQuery> = queries.iter().filter(|query| is_selected(&query.name)).collect();
    let outcomes: Vec<Result<case::CaseOutcomes<'_>, StoreError>> = selected.par_iter().map(run).collect();
    let mut report = GoldenReport::default();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for outcome in outcomes {
        let outcome = outcome.map_err(GoldenError::Limit)?;
        report.tests.extend(outcome.tests);
        used.extend(outcome.used);
    }
    let unused = files.files.iter().filter(|file| !used.contains(file.name.as_str()));
    let unused = unused.filter(|file| is_selected(FileName::of(file).query));
    report.unused = unused.map(|file| files.root.display_path(&file.name)).collect();
    Ok(report)
}

/// A test or an unused file in an output format.
struct Entry<'a> {
    /// `QUERY` or `QUERY.CASE`, the path of an unused file, or the position of an error in the dataset.
    name: String,
    file: &'a str,
    /// `None` for an unused file and an error in the dataset.
    query: Option<&'a str>,
    outcome: &'static str,
    problem: Option<String>,
    mismatch: Option<&'a Mismatch>,
}

impl Entry<'_> {
    fn is_error(&self) -> bool {
        self.outcome == "error"
    }

    fn is_unused(&self) -> bool {
        self.outcome == "unused"
    }

    fn lines(&self) -> Vec<String> {
        self.mismatch.map(text::lines).unwrap_or_default()
    }
}

impl GoldenReport {
    /// A report without tests, because the dataset has errors.
    pub fn of_invalid_dataset(dataset_errors: Vec<Diagnostic>) -> Self {
        Self { dataset_errors, ..Self::default() }
    }

    /// Whether all tests passed and all files are used.
    pub fn is_clean(&self) -> bool {
        self.unused.is_empty() && self.dataset_errors.is_empty() && self.failures().next().is_none()
    }

    /// The tests that did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &GoldenTest> {
        self.tests.iter().filter(|test| !matches!(test.outcome, Outcome::Passed))
    }

    /// The numbers of tests that passed, that failed and that have no golden file, and of unused files. Each error of the dataset
    /// counts as a test that failed.
    fn counts(&self) -> [usize; 4] {
        let missing = self.failures().filter(|test| matches!(test.outcome, Outcome::Missing(_))).count();
        let failed = self.failures().count() - missing;
        let passed = self.tests.len() - failed - missing;
        [passed, failed + self.dataset_errors.len(), missing, self.unused.len()]
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let tests = self.tests.iter().map(|test| Entry {
            name: test.name(),
            file: &test.file,
            query: Some(&test.query),
            outcome: match test.outcome {
                Outcome::Passed => "passed",
                Outcome::Differs(_) | Outcome::Unexpected(..) => "failed",
                Outcome::Missing(_) => "missing",
                Outcome::Error(_) => "error",
            },
            problem: test.problem(),
            mismatch: test.mismatch(),
        });
        let unused = self.unused.iter().map(|file| Entry {
            name: file.clone(),
            file,
            query: None,
            outcome: "unused",
            problem: Some("not used by any test of a stored query".to_owned()),
            mismatch: None,
        });
        let errors = self.dataset_errors.iter().map(|error| Entry {
            name: match error.line {
                0 => error.file.clone(),
                line => format!("{}:{line}:{}", error.file, error.column),
            },
            file: &error.file,
            query: None,
            outcome: "error",
            problem: Some(format!("{} ({})", error.message, error.code)),
            mismatch: None,
        });
        tests.chain(unused).chain(errors)
    }
}

/// The counts in one line: `27 passed, 1 failed, 1 missing, 1 unused`.
impl fmt::Display for GoldenReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.dataset_errors.is_empty() {
            return f.write_str("no test was run, because the dataset has errors");
        }
        let [passed, failed, missing, unused] = self.counts();
        write!(f, "{passed} passed")?;
        for (number, outcome) in [(failed, "failed"), (missing, "missing"), (unused, "unused")] {
            if number > 0 {
                write!(f, ", {number} {outcome}")?;
            }
        }
        Ok(())
    }
}

impl GoldenTest {
    /// The names of the query and the test case: `QUERY` or `QUERY.CASE`.
    pub fn name(&self) -> String {
        match &self.case {
            Some(case) => format!("{}.{case}", self.query),
            None => self.query.clone(),
        }
    }

    /// Why the test failed, in one line; `None` if it passed.
    pub fn problem(&self) -> Option<String> {
        Some(match &self.outcome {
            Outcome::Passed => return None,
            Outcome::Differs(mismatch) => format!("results differ: {}", mismatch.summary),
            Outcome::Unexpected(expectation, mismatch) => format!("expected {expectation}, found {}", mismatch.summary),
            Outcome::Missing(_) => "no golden file, and the query has no `expect`".to_owned(),
            Outcome::Error(message) => message.clone(),
        })
    }

    /// The rows that are not as expected.
    pub fn mismatch(&self) -> Option<&Mismatch> {
        match &self.outcome {
            Outcome::Differs(mismatch) | Outcome::Unexpected(_, mismatch) => Some(mismatch),
            Outcome::Passed | Outcome::Missing(_) | Outcome::Error(_) => None,
        }
    }

    /// The contents of the golden file with the actual results; `None` if the file need not change.
    ///
    /// # Errors
    ///
    /// Returns a message if the format of the file cannot represent the results.
    pub fn updated_contents(&self, namespaces: &Namespaces) -> Option<Result<Vec<u8>, String>> {
        let results = match &self.outcome {
            Outcome::Differs(mismatch) => &mismatch.results,
            Outcome::Missing(results) => results,
            Outcome::Passed | Outcome::Unexpected(..) | Outcome::Error(_) => return None,
        };
        let format = self.file.rsplit_once('.').and_then(|(_, extension)| Format::of_extension(extension))?;
        Some(match file::contents(results, format, namespaces) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err("the format of the file cannot represent the results; delete the file".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }
}
