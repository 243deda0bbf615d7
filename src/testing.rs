//! Golden tests of a dataset in Rust tests: one line runs all of its stored queries.
//!
//! ```no_run
//! #[test]
//! fn stored_queries_give_the_expected_results() {
//!     factloom::testing::assert_golden("data/mill");
//! }
//! ```
//!
//! The expected results are in the golden files of the dataset and in the queries, as for `factloom test`; see
//! [`golden`](crate::report::golden()).
//!
//! Invariant: this module writes no files.

use crate::BuildError;
use crate::dataset::{DatasetRoot, GoldenFiles, ReadError};
use crate::files::ReadOptions;
use crate::report::{GoldenError, GoldenReport, golden, golden_text};
use std::path::Path;

/// The reason why golden tests cannot run.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// The graph cannot be built.
    #[error("{}", with_diagnostics(.0))]
    Build(#[from] BuildError),
    /// The golden files cannot be found.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A name is not that of a stored query.
    #[error(transparent)]
    Golden(#[from] GoldenError),
}

fn with_diagnostics(error: &BuildError) -> String {
    let BuildError::Dataset(diagnostics) = error else { return error.to_string() };
    let line = |d: &crate::diagnostic::Diagnostic| format!("\n{}:{}:{}: {}", d.file, d.line, d.column, d.message);
    diagnostics.iter().fold(error.to_string(), |all, diagnostic| all + &line(diagnostic))
}

/// Builds the graph of a dataset, runs its stored queries, and compares their results with the expected ones.
///
/// # Panics
///
/// Panics with a report if results differ, a golden file is missing or unused, or the dataset has errors.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let write = |name: &str, text: &str| {
/// #     let path = directory.path().join(name);
/// #     std::fs::create_dir_all(path.parent().unwrap())?;
/// #     std::fs::write(path, text)
/// # };
/// write("factloom.json", r#"{ "base": "https://example.org/mill/" }"#)?;
/// write("vocabulary.ttl", "")?;
/// write("queries/nothing-made-itself.rq", "#+ expect: none\nSELECT ?it { ?it v:made ?it }")?;
///
/// factloom::testing::assert_golden(directory.path());
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn assert_golden(directory: impl AsRef<Path>) {
    let report = match run(&DatasetRoot::Directory(directory.as_ref().to_owned()), &[]) {
        Ok(report) => report,
        Err(error) => panic!("{error}"),
    };
    if !report.is_clean() {
        let mut text = Vec::new();
        golden_text(&report, &mut text).expect("a vector accepts all output");
        panic!("golden tests failed\n{}", String::from_utf8_lossy(&text));
    }
}

/// Builds the graph of a dataset, and runs the golden tests of some stored queries, or of all if there are no names.
///
/// The queries run in parallel.
///
/// # Errors
///
/// Returns an error if the dataset has errors, its golden files cannot be found, or a name is not that of a stored query.
/// Failed tests are not an error: see [`GoldenReport::is_clean`].
///
/// ```
/// use factloom::dataset::DatasetRoot;
///
/// let report = factloom::testing::run(&DatasetRoot::Bundled(factloom::BUNDLED), &[])?;
/// assert!(report.is_clean(), "{report}");
/// # Ok::<(), factloom::testing::TestError>(())
/// ```
pub fn run(root: &DatasetRoot, names: &[String]) -> Result<GoldenReport, TestError> {
    let (_, store) = crate::build(root.clone())?;
    Ok(golden(&store, &GoldenFiles::read(root, &ReadOptions::default())?, names)?)
}
