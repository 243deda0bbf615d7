//! One stored query: its cases asked, and held against its files and what it expects.

use super::file::{self, Format, Named};
use super::mismatch::{Mismatch, Told, differing, unmet};
use super::{GoldenTest, Outcome};
use crate::dataset::{GoldenFile, GoldenFiles};
use crate::query::{Expectation, QueryTemplate};
use crate::report::answer::{Answer, difference};
use crate::store::{Labels, Store, StoredQuery};
use oxigraph::sparql::results::QueryResultsFormat;
use spargebra::Query;

/// What came of a query's cases, and the files that they used.
pub(super) struct Tested<'a> {
    pub(super) tests: Vec<GoldenTest>,
    pub(super) files: Vec<&'a str>,
}

/// Runs the cases of a query against those of the files that bear its name.
pub(super) fn run<'a>(store: &Store, query: &StoredQuery, own: &[&'a GoldenFile], all: &GoldenFiles) -> Tested<'a> {
    let mut tested = Tested { tests: Vec::new(), files: Vec::new() };
    let test = |case: Option<&str>, file: String, outcome: Outcome| GoldenTest {
        query: query.name.clone(),
        case: case.map(str::to_owned),
        file: all.display_path(&file),
        outcome,
    };
    let home = |name: &str, ending: &str| match all.directory.as_str() {
        "" => format!("{name}.{ending}"),
        home => format!("{home}/{name}.{ending}"),
    };
    let stored = match QueryTemplate::parse(&query.name, &query.text, store.names()) {
        Ok(stored) => stored,
        Err(error) => {
            // Whatever the query may be, these files are its own.
            tested.files.extend(own.iter().map(|file| file.name.as_str()));
            let outcome = Outcome::Error(format!("the query cannot be read: {error}"));
            tested.tests.push(test(None, home(&query.name, "csv"), outcome));
            return tested;
        }
    };
    let cases = stored.test_cases();
    if cases.is_empty() {
        tested.files.extend(own.iter().map(|file| file.name.as_str()));
        let outcome = Outcome::Error("it needs values, and has no `#+ cases:` to ask it with".to_owned());
        tested.tests.push(test(None, home(&query.name, "csv"), outcome));
    }
    let labels = Labels::new(store, &store.metadata().language);
    for with in cases {
        let case = with.name.as_deref();
        let mut files = Vec::new();
        for file in own {
            let named = Named::of(file);
            if let (true, Some(format)) = (named.case == case, named.format) {
                tested.files.push(&file.name);
                files.push((*file, format));
            }
        }
        let stem = case.map_or_else(|| query.name.clone(), |case| format!("{}.{case}", query.name));
        let expect = stored.decorators.expect;
        let (asked, answer) = match Answer::of_case(store, &stored, &with, &labels) {
            Ok(answered) => answered,
            Err(why) => {
                let file = files.first().map_or_else(|| home(&stem, "csv"), |(file, _)| file.name.clone());
                tested.tests.push(test(case, file, Outcome::Error(why)));
                continue;
            }
        };
        let judge = Judge { store, labels: &labels, query: &asked, answer: &answer, expect };
        if files.is_empty() {
            let name = home(&stem, file::ending(&answer));
            let outcome = match expect {
                Some(expect) => judge.of_expectation(expect),
                None if all.covers(&name) => Outcome::Missing(answer.clone()),
                None => {
                    let why = "there is no golden file, and `tests` in the manifest has no place for one";
                    Outcome::Error(why.to_owned())
                }
            };
            tested.tests.push(test(case, name, outcome));
        }
        for (file, format) in files {
            let outcome = judge.of_file(file, format);
            tested.tests.push(test(case, file.name.clone(), outcome));
        }
    }
    tested
}

/// An answer, and all that is needed to judge it.
struct Judge<'a> {
    store: &'a Store,
    labels: &'a Labels<'a>,
    query: &'a Query,
    answer: &'a Answer,
    expect: Option<Expectation>,
}

impl Judge<'_> {
    fn of_file(&self, file: &GoldenFile, format: Format) -> Outcome {
        let read = file.text.as_ref().map_err(String::clone).and_then(|text| file::read(format, text, self.answer));
        let (expected, actual) = match read {
            Ok(read) => read,
            Err(why) => {
                return Outcome::Error(format!(
                    "the golden file cannot be read, and must be corrected or deleted: {why}"
                ));
            }
        };
        match difference(&expected, &actual) {
            Some(difference) => {
                let typed = format != Format::Results(QueryResultsFormat::Csv);
                self.shown(differing(&difference, &expected, &actual, self.answer, typed), Outcome::Differs)
            }
            None => self.expect.map_or(Outcome::Passed, |expect| self.of_expectation(expect)),
        }
    }

    fn of_expectation(&self, expect: Expectation) -> Outcome {
        let met = match self.answer {
            Answer::Boolean(answer) => expect.accepts_boolean(*answer),
            other => expect.accepts_rows(other.len() as u64),
        };
        match met {
            true => Outcome::Passed,
            false => self.shown(unmet(self.answer, expect), |failing| Outcome::Unexpected(expect, failing)),
        }
    }

    /// Adds to a failure how its rows read, and what they rest on.
    fn shown(&self, told: Told<'_>, outcome: impl FnOnce(Box<Mismatch>) -> Outcome) -> Outcome {
        match told.cited(self.store, self.labels, self.query) {
            Ok(failing) => outcome(Box::new(failing)),
            Err(error) => Outcome::Error(error.to_string()),
        }
    }
}
