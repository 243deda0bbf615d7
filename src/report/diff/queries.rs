//! Stored queries with other text or other results.

use crate::query::{QueryTemplate, TestCase};
use crate::report::results::{Difference, ResultSet, Row, difference};
use crate::store::{Labels, Store, StoreError, StoredQuery};
use itertools::{Either, EitherOrBoth, Itertools};
use rayon::prelude::*;
use serde::Serialize;

/// A stored query that differs between two graphs.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryChange {
    /// The name of the query.
    pub name: String,
    /// The name of its test case; `None` for the defaults.
    pub case: Option<String>,
    /// The kind of change.
    pub kind: QueryChangeKind,
}

/// The kind of change of a stored query or one of its test cases.
#[derive(Clone, Debug, PartialEq)]
pub enum QueryChangeKind {
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
    /// Its text differs. Its results do not, or are unknown since a parameter has no default.
    Text,
    /// Its results differ.
    Results(Box<ResultsChange>),
    /// It fails only on the new graph. This is the reason.
    NowFails(String),
    /// It failed only on the old graph. This is the reason.
    NoLongerFails(String),
}

/// The difference between the results of a query. If no rows were removed or added, their order changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultsChange {
    /// A short description: `2 rows removed, 1 added`.
    pub summary: String,
    /// Whether the text of the query differs too.
    pub text_changed: bool,
    /// The rows that were removed.
    pub removed: RowSet,
    /// The rows that were added.
    pub added: RowSet,
}

/// Some rows of a query's results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowSet {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A stored query that fails on both graphs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SkippedQuery {
    /// The name of the query.
    pub name: String,
    /// The name of its test case.
    pub case: Option<String>,
    /// Why it fails on the new graph.
    pub reason: String,
}

type Found = Either<QueryChange, SkippedQuery>;

/// Runs the stored queries of both graphs in parallel, and compares their results. The changes are sorted by name and test
/// case.
///
/// # Errors
///
/// Returns an error if a query was cancelled or needs too much memory.
pub(in crate::report) fn query_changes(
    before: &Store,
    after: &Store,
) -> Result<(Vec<QueryChange>, Vec<SkippedQuery>), StoreError> {
    let queries = before.metadata().queries.iter();
    let versions: Vec<_> = queries.merge_join_by(&after.metadata().queries, |a, b| a.name.cmp(&b.name)).collect();
    let compare = |versions: EitherOrBoth<&StoredQuery, &StoredQuery>| match versions {
        EitherOrBoth::Left(query) => Ok(vec![change(&query.name, None, QueryChangeKind::Removed)]),
        EitherOrBoth::Right(query) => Ok(vec![change(&query.name, None, QueryChangeKind::Added)]),
        EitherOrBoth::Both(old, new) => compare_versions((before, old), (after, new)),
    };
    let found: Vec<Result<Vec<Found>, StoreError>> = versions.into_par_iter().map(compare).collect();
    let found: Vec<Vec<Found>> = found.into_iter().collect::<Result<_, _>>()?;
    Ok(found.into_iter().flatten().partition_map(|found| found))
}

fn change(name: &str, case: Option<String>, kind: QueryChangeKind) -> Found {
    Either::Left(QueryChange { name: name.to_owned(), case, kind })
}

fn compare_versions(before: (&Store, &StoredQuery), after: (&Store, &StoredQuery)) -> Result<Vec<Found>, StoreError> {
    let name = &after.1.name;
    let text_changed = before.1.text != after.1.text;
    let text_change = |case| text_changed.then(|| change(name, case, QueryChangeKind::Text));
    let parse = |(store, query): (&Store, &StoredQuery)| {
        QueryTemplate::parse(name, &query.text, store.namespaces()).map_err(|e| e.to_string())
    };
    let (old, new) = match (parse(before), parse(after)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(_), Err(reason)) => {
            let skipped = Either::Right(SkippedQuery { name: name.clone(), case: None, reason });
            return Ok([skipped].into_iter().chain(text_change(None)).collect());
        }
        (Err(reason), Ok(_)) => return Ok(vec![change(name, None, QueryChangeKind::NoLongerFails(reason))]),
        (Ok(_), Err(reason)) => return Ok(vec![change(name, None, QueryChangeKind::NowFails(reason))]),
    };
    let cases = |template: &QueryTemplate| {
        template.test_cases().into_iter().sorted_by(|a, b| a.name.cmp(&b.name)).collect::<Vec<_>>()
    };
    let (old_cases, new_cases) = (cases(&old), cases(&new));
    if old_cases.is_empty() && new_cases.is_empty() {
        return Ok(text_change(None).into_iter().collect());
    }
    let versions = old_cases.into_iter().merge_join_by(new_cases, |a, b| a.name.cmp(&b.name));
    let mut found = Vec::new();
    for versions in versions {
        found.extend(match versions {
            EitherOrBoth::Left(case) => Some(change(name, case.name, QueryChangeKind::Removed)),
            EitherOrBoth::Right(case) => Some(change(name, case.name, QueryChangeKind::Added)),
            EitherOrBoth::Both(old_case, new_case) => {
                let results = (run(before.0, &old, &old_case)?, run(after.0, &new, &new_case)?);
                let case = new_case.name;
                match results {
                    (Ok(old), Ok(new)) => match difference(&old, &new) {
                        None => text_change(case),
                        Some(difference) => {
                            let results = ResultsChange::new(old, new, &difference, text_changed);
                            Some(change(name, case, QueryChangeKind::Results(Box::new(results))))
                        }
                    },
                    (Err(_), Err(reason)) => Some(Either::Right(SkippedQuery { name: name.clone(), case, reason })),
                    (Err(reason), Ok(_)) => Some(change(name, case, QueryChangeKind::NoLongerFails(reason))),
                    (Ok(_), Err(reason)) => Some(change(name, case, QueryChangeKind::NowFails(reason))),
                }
            }
        });
    }
    Ok(found)
}

fn run(store: &Store, template: &QueryTemplate, case: &TestCase) -> Result<Result<ResultSet, String>, StoreError> {
    let labels = Labels::new(store, &store.metadata().language);
    Ok(ResultSet::of_case(store, template, case, &labels)?.map(|(_, results)| results))
}

impl ResultsChange {
    fn new(before: ResultSet, after: ResultSet, difference: &Difference, text_changed: bool) -> Self {
        let summary = difference.summary(&before, &after);
        let (removed, added) = match difference {
            Difference::Rows { missing, extra } => (RowSet::select(before, missing), RowSet::select(after, extra)),
            Difference::Order(_) => (RowSet::select(before, &[]), RowSet::select(after, &[])),
            Difference::Kind | Difference::Columns => (
                RowSet { columns: before.columns, rows: before.rows },
                RowSet { columns: after.columns, rows: after.rows },
            ),
        };
        Self { summary, text_changed, removed, added }
    }
}

impl RowSet {
    fn select(mut results: ResultSet, indexes: &[usize]) -> Self {
        let rows = indexes.iter().filter_map(|index| results.rows.get_mut(*index).map(std::mem::take)).collect();
        Self { columns: results.columns, rows }
    }
}
