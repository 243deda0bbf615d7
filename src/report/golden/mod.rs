//! Golden tests: stored queries asked anew, and their answers held against files and expectations.
//!
//! A stored query is asked once for each of its cases (see [`QueryTemplate::test_cases`](crate::query::QueryTemplate::test_cases)). The golden file of
//! a case is `NAME.EXT`, or `NAME.CASE.EXT`; without one the query must at least say what to `expect`.
//!
//! Invariant: a report depends on the graph and the files alone, not on the order in which the cases were run.

mod case;
mod file;
mod github;
mod junit;
mod mismatch;
mod tap;
mod text;

pub use github::golden_github;
pub use junit::golden_junit;
pub use mismatch::{CitedStatement, Mismatch, UnexpectedRow};
pub use tap::golden_tap;
pub use text::golden_text;

use crate::dataset::{GoldenFile, GoldenFiles};
use crate::diagnostic::closest;
use crate::model::Namespaces;
use crate::query::Expectation;
use crate::report::answer::Answer;
use crate::report::threads::in_threads;
use crate::store::{Store, StoredQuery};
use file::Named;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What golden tests found.
#[derive(Clone, Debug, Default)]
pub struct GoldenReport {
    /// The cases, in the order of the queries' names, of the cases', and of the files'.
    pub tests: Vec<GoldenTest>,
    /// Files that no case of a query uses, as the user would write their names.
    pub unused: Vec<String>,
}

/// A case of a stored query, and what came of it.
#[derive(Clone, Debug)]
pub struct GoldenTest {
    /// The query's name.
    pub query: String,
    /// The case's name; `None` for the query with nothing but its defaults.
    pub case: Option<String>,
    /// The golden file, as the user would write its name; where there is none, the one to make.
    pub file: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It answered what it must.
    Passed,
    /// The answer is not that of the golden file.
    Differs(Box<Mismatch>),
    /// The answer is not what the query itself expects: what that is, and what there was.
    Unexpected(Expectation, Box<Mismatch>),
    /// There is neither a golden file nor an expectation; the answer is there to make one of.
    Missing(Answer),
    /// The query cannot be read or asked, or the file cannot be read: why.
    Error(String),
}

/// A query that was named and is not there: its name, and the one that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no stored query `{0}`")]
pub struct UnknownQuery(pub String, pub Option<String>);

/// Runs the cases of a graph's stored queries in parallel: of those that are named, or of all where none is.
///
/// # Errors
///
/// Where a query is named that is not there.
///
/// ```
/// use factloom::dataset::{DatasetRoot, GoldenFiles};
/// use factloom::report::golden;
///
/// let folder = DatasetRoot::Bundled(factloom::BUNDLED);
/// let (_, store) = factloom::build(folder.clone())?;
/// let report = golden(&store, &GoldenFiles::read(&folder)?, &["is-the-mill-in-pakistan".to_owned()])?;
/// assert_eq!(report.to_string(), "1 passed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn golden(store: &Store, files: &GoldenFiles, names: &[String]) -> Result<GoldenReport, UnknownQuery> {
    let queries = &store.metadata().queries;
    for name in names {
        if !queries.iter().any(|query| query.name == *name) {
            let near = closest(name, queries.iter().map(|query| query.name.as_str()));
            return Err(UnknownQuery(name.clone(), near.map(str::to_owned)));
        }
    }
    let chosen = |name: &str| names.is_empty() || names.iter().any(|chosen| chosen == name);
    let mut of_queries: BTreeMap<&str, Vec<&GoldenFile>> = BTreeMap::new();
    for file in &files.files {
        of_queries.entry(Named::of(file).query).or_default().push(file);
    }
    let test = |query: &StoredQuery| {
        let own = of_queries.get(query.name.as_str()).map_or(&[][..], Vec::as_slice);
        case::run(store, query, own, files)
    };
    let chosen_queries: Vec<&StoredQuery> = queries.iter().filter(|query| chosen(&query.name)).collect();
    let tested: Vec<case::Tested<'_>> = in_threads(|| chosen_queries.par_iter().map(|query| test(query)).collect());
    let mut report = GoldenReport::default();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for case::Tested { tests, files } in tested {
        report.tests.extend(tests);
        used.extend(files);
    }
    let unused = files.files.iter().filter(|file| !used.contains(file.name.as_str()) && chosen(Named::of(file).query));
    report.unused = unused.map(|file| files.display_path(&file.name)).collect();
    Ok(report)
}

impl GoldenReport {
    /// Whether each case passed and each file was used.
    pub fn is_clean(&self) -> bool {
        self.unused.is_empty() && self.failures().next().is_none()
    }

    /// The cases that did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &GoldenTest> {
        self.tests.iter().filter(|test| !matches!(test.outcome, Outcome::Passed))
    }
}

/// The sum in one line: `27 passed, 1 failed, 1 missing, 1 unused`.
impl fmt::Display for GoldenReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = self.failures().filter(|test| matches!(test.outcome, Outcome::Missing(_))).count();
        let failed = self.failures().count() - missing;
        write!(f, "{} passed", self.tests.len() - failed - missing)?;
        for (number, what) in [(failed, "failed"), (missing, "missing"), (self.unused.len(), "unused")] {
            if number > 0 {
                write!(f, ", {number} {what}")?;
            }
        }
        Ok(())
    }
}

impl GoldenTest {
    /// The query's name and the case's: `NAME`, or `NAME.CASE`.
    pub fn name(&self) -> String {
        match &self.case {
            Some(case) => format!("{}.{case}", self.query),
            None => self.query.clone(),
        }
    }

    /// What is wrong, in one line; `None` where it passed.
    pub fn problem(&self) -> Option<String> {
        Some(match &self.outcome {
            Outcome::Passed => return None,
            Outcome::Differs(failing) => failing.said.clone(),
            Outcome::Unexpected(expect, failing) => format!("{} where it expects {expect}", failing.said),
            Outcome::Missing(_) => "there is no golden file, and the query does not say what to expect".to_owned(),
            Outcome::Error(why) => why.clone(),
        })
    }

    /// What else there is to show of a case that failed.
    pub fn failing(&self) -> Option<&Mismatch> {
        match &self.outcome {
            Outcome::Differs(failing) | Outcome::Unexpected(_, failing) => Some(failing),
            Outcome::Passed | Outcome::Missing(_) | Outcome::Error(_) => None,
        }
    }

    /// The answer as it would stand in the golden file, where blessing it would change or make one; `None` where there is
    /// nothing to bless.
    ///
    /// # Errors
    ///
    /// Where the file's format has no place for such an answer: why.
    pub fn updated_contents(&self, names: &Namespaces) -> Option<Result<Vec<u8>, String>> {
        let answer = match &self.outcome {
            Outcome::Differs(failing) => &failing.answer,
            Outcome::Missing(answer) => answer,
            Outcome::Passed | Outcome::Unexpected(..) | Outcome::Error(_) => return None,
        };
        let format = self.file.rsplit_once('.').and_then(|(_, ending)| file::format_of(ending))?;
        Some(match file::written(answer, format, names) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err("the format of the file has no place for such an answer: delete it".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }
}
