//! Runs the test cases of a stored query, and compares their results with golden files and expectations.

use super::file::{self, FileName, Format};
use super::mismatch::{Mismatch, QueryRun};
use super::{GoldenTest, Outcome};
use crate::dataset::{GoldenFile, GoldenFiles};
use crate::model::nfc;
use crate::output::OutputError;
use crate::query::{Expectation, QueryTemplate};
use crate::report::results::{Difference, ResultSet, Row, difference};
use crate::store::{Labels, Store, StoreError, StoredQuery};
use oxigraph::sparql::results::QueryResultsFormat;

/// The outcomes of a query's test cases, and the names of the files that they used.
pub(super) struct CaseOutcomes<'a> {
    pub(super) tests: Vec<GoldenTest>,
    pub(super) used: Vec<&'a str>,
}

/// Runs the test cases of a query. `own` are the golden files with its name.
///
/// # Errors
///
/// Returns an error if a query was cancelled or needs too much memory.
pub(super) fn run_cases<'a>(
    store: &Store,
    query: &StoredQuery,
    own: &[&'a GoldenFile],
    all: &GoldenFiles,
) -> Result<CaseOutcomes<'a>, StoreError> {
    let test = |case: Option<&str>, file: &str, outcome: Outcome| GoldenTest {
        query: query.name.clone(),
        case: case.map(str::to_owned),
        file: all.root.display_path(file),
        file_name: file.to_owned(),
        outcome,
    };
    let default_file = |case: Option<&str>, extension: &str| {
        let directory = if all.directory.is_empty() { String::new() } else { format!("{}/", all.directory) };
        let case = case.map(|case| format!(".{case}")).unwrap_or_default();
        format!("{directory}{}{case}.{extension}", query.name)
    };
    let query_file = all.query_file(&query.name);
    let error = |message: String| CaseOutcomes {
        tests: vec![test(None, &query_file, Outcome::Error(message))],
        used: own.iter().map(|file| file.name.as_str()).collect(),
    };
    let template = match QueryTemplate::parse(&query.name, &query.text, store.namespaces()) {
        Ok(template) => template,
        Err(e) => return Ok(error(format!("the query cannot be read: {e}"))),
    };
    let cases = template.test_cases();
    if cases.is_empty() {
        return Ok(error("a parameter has no default, and the query has no `#+ cases:`".to_owned()));
    }
    let labels = Labels::new(store, &store.metadata().language);
    let expectation = template.decorators.expect;
    let mut outcomes = CaseOutcomes { tests: Vec::new(), used: Vec::new() };
    for with_values in cases {
        let case = with_values.name.as_deref();
        let files = own.iter().filter_map(|file| {
            let name = FileName::of(file);
            Some((*file, name.format.filter(|_| name.case.map(nfc).as_deref() == case)?))
        });
        let files: Vec<(&GoldenFile, Format)> = files.collect();
        outcomes.used.extend(files.iter().map(|(file, _)| file.name.as_str()));
        let (query, results) = match ResultSet::of_case(store, &template, &with_values, &labels)? {
            Ok(run) => run,
            Err(message) => {
                let file = files.first().map_or(query_file.as_str(), |(file, _)| &file.name);
                outcomes.tests.push(test(case, file, Outcome::Error(message)));
                continue;
            }
        };
        let run = QueryRun { store, labels: &labels, query: &query, results: &results };
        if files.is_empty() {
            let golden_file = default_file(case, file::default_extension(&results));
            let (file, outcome) = match expectation {
                Some(expectation) => (&query_file, check_expectation(&run, expectation)?),
                None if all.covers(&golden_file) => (&golden_file, Outcome::Missing(results.clone())),
                None => {
                    let message = "no golden file, and `tests` in the manifest does not match its path";
                    (&golden_file, Outcome::Error(message.to_owned()))
                }
            };
            outcomes.tests.push(test(case, file, outcome));
        }
        for (file, format) in files {
            outcomes.tests.push(test(case, &file.name, check_file(&run, file, format, expectation)?));
        }
    }
    Ok(outcomes)
}

fn check_file(
    run: &QueryRun<'_>,
    file: &GoldenFile,
    format: Format,
    expectation: Option<Expectation>,
) -> Result<Outcome, StoreError> {
    let read = file.text.as_ref().map_err(String::clone).and_then(|text| file::read(format, text, run.results));
    let (expected, actual) = match read {
        Ok(read) => read,
        Err(message) => return Ok(Outcome::Error(format!("invalid golden file: {message}; correct or delete it"))),
    };
    let Some(difference) = difference(&expected, &actual) else {
        return expectation.map_or(Ok(Outcome::Passed), |expectation| check_expectation(run, expectation));
    };
    let (missing, extra): (Vec<&Row>, &[usize]) = match &difference {
        Difference::Kind | Difference::Columns => (Vec::new(), &[]),
        Difference::Rows { missing, extra } => (missing.iter().map(|&index| &expected.rows[index]).collect(), extra),
        Difference::Order(index) => (vec![&expected.rows[*index]], std::slice::from_ref(index)),
    };
    let is_typed = format != Format::Results(QueryResultsFormat::Csv);
    let summary = difference.summary(&expected, &actual);
    outcome(run.mismatch(summary, &missing, extra, is_typed), Outcome::Differs)
}

fn check_expectation(run: &QueryRun<'_>, expectation: Expectation) -> Result<Outcome, StoreError> {
    let (boolean, count) = (run.results.as_boolean(), run.results.rows.len());
    let is_met = match boolean {
        Some(result) => expectation.accepts_boolean(result),
        None => expectation.accepts_rows(count as u64),
    };
    if is_met {
        return Ok(Outcome::Passed);
    }
    // If there are too few rows, none of them is unexpected.
    let is_unexpected = match expectation {
        Expectation::Rows(least, _) => count as u64 >= least,
        Expectation::Boolean(_) => boolean == Some(true),
    };
    let unexpected: Vec<usize> = (0..count).filter(|_| is_unexpected).collect();
    let mismatch = run.mismatch(run.results.summary(), &[], &unexpected, false);
    outcome(mismatch, |mismatch| Outcome::Unexpected(expectation, mismatch))
}

fn outcome(
    mismatch: Result<Mismatch, OutputError>,
    of: impl FnOnce(Box<Mismatch>) -> Outcome,
) -> Result<Outcome, StoreError> {
    match mismatch.map_err(OutputError::into_store_error) {
        Ok(mismatch) => Ok(of(Box::new(mismatch))),
        Err(Ok(error)) if error.is_limit() => Err(error),
        Err(Ok(error)) => Ok(Outcome::Error(error.to_string())),
        Err(Err(error)) => Ok(Outcome::Error(error.to_string())),
    }
}
