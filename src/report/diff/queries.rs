//! Which stored queries answer otherwise, and by which rows.

use crate::query::{QueryTemplate, TestCase};
use crate::report::answer::{Answer, Difference, Row, difference, row_of};
use crate::report::threads::in_threads;
use crate::store::{Labels, Store, StoredQuery};
use itertools::{EitherOrBoth, Itertools};
use oxigraph::model::{Literal, Variable};
use rayon::prelude::*;

/// A stored query that is there on one side only, is written otherwise, or answers otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryChange {
    /// The query's name.
    pub name: String,
    /// The name of its case: of the set of values that it was asked with; `None` for its defaults.
    pub case: Option<String>,
    /// What became of it.
    pub kind: QueryChangeKind,
}

/// What became of a stored query, or of one of its cases.
#[derive(Clone, Debug, PartialEq)]
pub enum QueryChangeKind {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// It is written otherwise. Its answer is the same, or it is not asked since it lacks values.
    Text,
    /// It answers otherwise.
    Answer(Box<AnswerChange>),
    /// It could be asked before and cannot be now: why.
    Fails(String),
    /// It can be asked now and could not be before: why.
    Failed(String),
}

/// How an answer differs from what it was. Where no row came or went, the rows are in another order.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerChange {
    /// Whether the query is written otherwise, too.
    pub text: bool,
    /// The rows that are no longer there.
    pub lost: AnswerPart,
    /// The rows that are new.
    pub gained: AnswerPart,
}

/// Some rows of an answer. Triples are rows of three columns, and true and false are one of one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerPart {
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A stored query that can be asked on neither side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkippedQuery {
    /// The query's name.
    pub name: String,
    /// The name of its case, where it has one.
    pub case: Option<String>,
    /// Why it cannot be asked now.
    pub reason: String,
}

/// What is found of a query or one of its cases.
enum Found {
    Change(QueryChange),
    SkippedQuery(SkippedQuery),
}

/// Asks the stored queries of both graphs, each on its side, in parallel. Sorted by name and case.
pub(in crate::report) fn query_changes(before: &Store, after: &Store) -> (Vec<QueryChange>, Vec<SkippedQuery>) {
    let (was, is) = (&before.metadata().queries, &after.metadata().queries);
    let both: Vec<_> = was.iter().merge_join_by(is, |a, b| a.name.cmp(&b.name)).collect();
    let found = |next: EitherOrBoth<&StoredQuery, &StoredQuery>| match next {
        EitherOrBoth::Left(query) => vec![Found::new(&query.name, None, QueryChangeKind::Removed)],
        EitherOrBoth::Right(query) => vec![Found::new(&query.name, None, QueryChangeKind::Added)],
        EitherOrBoth::Both(was, is) => compared((before, was), (after, is)),
    };
    let found: Vec<Found> = in_threads(|| both.into_par_iter().flat_map_iter(found).collect());
    found.into_iter().partition_map(|found| match found {
        Found::Change(change) => itertools::Either::Left(change),
        Found::SkippedQuery(unasked) => itertools::Either::Right(unasked),
    })
}

impl Found {
    fn new(name: &str, case: Option<String>, kind: QueryChangeKind) -> Self {
        Self::Change(QueryChange { name: name.to_owned(), case, kind })
    }

    /// Of a query of which an answer is the same, or is not asked for.
    fn text(name: &str, case: Option<String>, text: bool) -> Vec<Self> {
        text.then(|| Self::new(name, case, QueryChangeKind::Text)).into_iter().collect()
    }

    /// Of a query that fails on a side at least.
    fn failure(name: &str, case: Option<String>, before: Option<String>, after: Option<String>) -> Vec<Self> {
        match (before, after) {
            (Some(_), Some(reason)) => vec![Self::SkippedQuery(SkippedQuery { name: name.to_owned(), case, reason })],
            (Some(reason), None) => vec![Self::new(name, case, QueryChangeKind::Failed(reason))],
            (None, Some(reason)) => vec![Self::new(name, case, QueryChangeKind::Fails(reason))],
            (None, None) => Vec::new(),
        }
    }
}

/// What became of a query that both sides have.
fn compared(before: (&Store, &StoredQuery), after: (&Store, &StoredQuery)) -> Vec<Found> {
    let name = &after.1.name;
    let text = before.1.text != after.1.text;
    let read = |(store, query): (&Store, &StoredQuery)| {
        QueryTemplate::parse(name, &query.text, store.names()).map_err(|e| e.to_string())
    };
    let (was, is) = match (read(before), read(after)) {
        (Ok(was), Ok(is)) => (was, is),
        (was, is) => {
            let both = was.is_err() && is.is_err();
            let mut found = Found::failure(name, None, was.err(), is.err());
            found.extend(Found::text(name, None, text && both));
            return found;
        }
    };
    let cases = |stored: &QueryTemplate| {
        stored.test_cases().into_iter().sorted_by(|a, b| a.name.cmp(&b.name)).collect::<Vec<_>>()
    };
    let (cases_was, cases_is) = (cases(&was), cases(&is));
    if cases_was.is_empty() && cases_is.is_empty() {
        return Found::text(name, None, text);
    }
    let both = cases_was.into_iter().merge_join_by(cases_is, |a, b| a.name.cmp(&b.name));
    let found = both.flat_map(|next| match next {
        EitherOrBoth::Left(case) => vec![Found::new(name, case.name, QueryChangeKind::Removed)],
        EitherOrBoth::Right(case) => vec![Found::new(name, case.name, QueryChangeKind::Added)],
        EitherOrBoth::Both(case_was, case_is) => {
            let answers = (answer(before.0, &was, &case_was), answer(after.0, &is, &case_is));
            match answers {
                (Ok(was), Ok(is)) => match difference(&was, &is) {
                    Some(difference) => {
                        let change = AnswerChange::new(was, is, &difference, text);
                        vec![Found::new(name, case_is.name, QueryChangeKind::Answer(Box::new(change)))]
                    }
                    None => Found::text(name, case_is.name, text),
                },
                (was, is) => Found::failure(name, case_is.name, was.err(), is.err()),
            }
        }
    });
    found.collect()
}

fn answer(store: &Store, stored: &QueryTemplate, case: &TestCase) -> Result<Answer, String> {
    let labels = Labels::new(store, &store.metadata().language);
    Answer::of_case(store, stored, case, &labels).map(|(_, answer)| answer)
}

impl AnswerChange {
    fn new(before: Answer, after: Answer, difference: &Difference, text: bool) -> Self {
        let (mut lost, mut gained) = (AnswerPart::of(before), AnswerPart::of(after));
        match difference {
            Difference::Rows { missing, extra } => {
                lost.keep(missing);
                gained.keep(extra);
            }
            Difference::Order(_) => {
                lost.rows.clear();
                gained.rows.clear();
            }
            Difference::Kind | Difference::Boolean | Difference::Variables(..) => {}
        }
        Self { text, lost, gained }
    }
}

impl AnswerPart {
    /// The whole of an answer.
    fn of(answer: Answer) -> Self {
        match answer {
            Answer::Boolean(answer) => {
                Self { columns: vec!["answer".to_owned()], rows: vec![vec![Some(Literal::from(answer).into())]] }
            }
            Answer::Rows(rows) => {
                let columns = rows.variables.into_iter().map(Variable::into_string).collect();
                Self { columns, rows: rows.rows }
            }
            Answer::Graph(triples) => {
                let columns = ["subject", "predicate", "object"].map(str::to_owned).to_vec();
                Self { columns, rows: triples.iter().map(row_of).collect() }
            }
        }
    }

    /// Leaves some rows, which are named by their numbers.
    fn keep(&mut self, numbers: &[usize]) {
        self.rows = numbers.iter().filter_map(|number| self.rows.get_mut(*number).map(std::mem::take)).collect();
    }
}
