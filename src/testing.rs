//! Golden tests of a dataset in Rust's own tests: one line for all of its stored queries.
//!
//! ```no_run
//! #[test]
//! fn the_queries_answer_what_they_must() {
//!     factloom::testing::assert_golden("data/mill");
//! }
//! ```
//!
//! What a stored query must answer stands in the dataset's golden files and in the queries themselves, as for `factloom test`;
//! see [`golden`](crate::report::golden()).
//!
//! Invariant: nothing is written; golden files are blessed on the command line.

use crate::BuildError;
use crate::dataset::{DatasetRoot, GoldenFiles, ReadError};
use crate::report::{GoldenReport, UnknownQuery, golden, golden_text};
use std::path::Path;

/// Why golden tests could not be run.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// There is no graph to ask.
    #[error("{}", told(.0))]
    Build(#[from] BuildError),
    /// The golden files cannot be found.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A query was named that is not there.
    #[error(transparent)]
    Unknown(#[from] UnknownQuery),
}

fn told(error: &BuildError) -> String {
    let BuildError::Dataset(diagnostics) = error else { return error.to_string() };
    let line = |d: &crate::diagnostic::Diagnostic| format!("\n{}:{}:{}: {}", d.file, d.line, d.column, d.message);
    diagnostics.iter().fold(error.to_string(), |all, diagnostic| all + &line(diagnostic))
}

/// Builds the graph of a folder's dataset, asks its stored queries, and holds the answers against what they must be.
///
/// # Panics
///
/// Where an answer is another one, a golden file is missing or not used, or the dataset has errors; the message says all of it.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let write = |name: &str, text: &str| {
/// #     let path = folder.path().join(name);
/// #     std::fs::create_dir_all(path.parent().unwrap())?;
/// #     std::fs::write(path, text)
/// # };
/// write("factloom.json", r#"{ "base": "https://example.org/mill/" }"#)?;
/// write("vocabulary.ttl", "")?;
/// write("queries/nothing-made-itself.rq", "#+ expect: none\nSELECT ?it { ?it v:made ?it }")?;
///
/// factloom::testing::assert_golden(folder.path());
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn assert_golden(folder: impl AsRef<Path>) {
    let report = match run(&DatasetRoot::Directory(folder.as_ref().to_owned()), &[]) {
        Ok(report) => report,
        Err(error) => panic!("{error}"),
    };
    if !report.is_clean() {
        let mut text = Vec::new();
        golden_text(&report, &mut text).expect("a list takes whatever is written to it");
        panic!("the stored queries do not answer what they must\n{}", String::from_utf8_lossy(&text));
    }
}

/// Builds the graph of a folder's dataset, and asks the stored queries that are named, or all where none is.
///
/// Queries are asked in parallel, each on a stack large enough for the deepest that can be parsed.
///
/// # Errors
///
/// Where the dataset has errors, its golden files cannot be found, or a query is named that is not there. That answers are
/// not what they must be is no error: see [`GoldenReport::is_clean`].
///
/// ```
/// use factloom::dataset::DatasetRoot;
///
/// let report = factloom::testing::run(&DatasetRoot::Bundled(factloom::BUNDLED), &[])?;
/// assert!(report.is_clean(), "{report}");
/// # Ok::<(), factloom::testing::TestError>(())
/// ```
pub fn run(folder: &DatasetRoot, names: &[String]) -> Result<GoldenReport, TestError> {
    let (_, store) = crate::build(folder.clone())?;
    Ok(golden(&store, &GoldenFiles::read(folder)?, names)?)
}
