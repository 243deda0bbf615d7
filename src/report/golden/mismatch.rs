//! What there is to say of a case that failed: the rows, and what they rest on.

use super::file::{self, shown};
use crate::model::Statement;
use crate::output::{ResultsError, StatementText, evidence_location};
use crate::query::{Citation, CitedQueryResults, Expectation, cite, with_limit};
use crate::report::answer::{Answer, Difference, Row, row_of};
use crate::store::{Labels, Store};
use oxigraph::model::{Literal, Term, Variable};
use spargebra::Query;
use std::collections::{BTreeSet, HashMap};

/// So many rows of a kind are shown, and so many statements behind each.
const SHOWN: usize = 20;

/// What there is to say of a case that failed.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// What is wrong, in a few words: `2 rows are missing, 1 was not expected`.
    pub said: String,
    /// How blessing would change the golden file: `1 row more, 2 fewer`.
    pub change: String,
    /// The first rows that are missing, as they read.
    pub missing: Vec<String>,
    /// The first rows that were not expected.
    pub extra: Vec<UnexpectedRow>,
    /// How many more of each there are than are shown.
    pub more: (usize, usize),
    /// What the rows speak of: IRIs, and texts.
    pub about: BTreeSet<String>,
    /// The answer that there was.
    pub answer: Answer,
    /// What is known of the changes since the golden file was made, a line each; filled in by whoever knows.
    pub since: Vec<String>,
}

/// A row that was not expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnexpectedRow {
    /// How it reads.
    pub row: String,
    /// What it rests on.
    pub cited: Vec<CitedStatement>,
}

/// A statement behind a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedStatement {
    /// The statement as a sentence, with its kind and its id.
    pub statement: String,
    /// Its quotes, each with its place.
    pub quotes: Vec<String>,
}

/// What is wrong with an answer, in terms.
pub(super) struct Told<'a> {
    said: String,
    change: String,
    missing: Vec<Row>,
    /// Rows of the answer, by their numbers.
    extra: Vec<usize>,
    /// Whether the golden file has the types of terms.
    typed: bool,
    answer: &'a Answer,
}

/// What tells an answer from a golden file. `actual` is what was compared, without types where the file is not `typed`.
pub(super) fn differing<'a>(
    difference: &Difference,
    expected: &Answer,
    actual: &Answer,
    answer: &'a Answer,
    typed: bool,
) -> Told<'a> {
    let what = match answer {
        Answer::Graph(_) => "triple",
        Answer::Boolean(_) | Answer::Rows(_) => "row",
    };
    let mut told =
        Told { said: String::new(), change: String::new(), missing: Vec::new(), extra: Vec::new(), typed, answer };
    (told.said, told.change) = match difference {
        Difference::Kind => {
            let said = format!("the answer is {}, and not {}", kind(actual), kind(expected));
            (said.clone(), said)
        }
        Difference::Boolean => {
            told.extra = vec![0];
            let answer = matches!(actual, Answer::Boolean(true));
            (format!("the answer is {answer}, and not {}", !answer), format!("{answer} in place of {}", !answer))
        }
        Difference::Variables(expected, actual) => {
            let names = |list: &[Variable]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let (expected, actual) = (names(expected), names(actual));
            (format!("the columns are {actual}, and not {expected}"), format!("columns {actual}"))
        }
        Difference::Order(at) => {
            told.extra = vec![*at];
            told.missing = row_at(expected, *at).into_iter().collect();
            ("the rows are the same in another order".to_owned(), "the same rows in another order".to_owned())
        }
        Difference::Rows { missing, extra } => {
            told.missing = missing.iter().filter_map(|&at| row_at(expected, at)).collect();
            told.extra.clone_from(extra);
            let mut said = Vec::new();
            if !missing.is_empty() {
                let are = if missing.len() == 1 { "is" } else { "are" };
                said.push(format!("{} {are} missing", counted(missing.len(), what)));
            }
            if !extra.is_empty() {
                let were = if extra.len() == 1 { "was" } else { "were" };
                let rows = if missing.is_empty() { counted(extra.len(), what) } else { extra.len().to_string() };
                said.push(format!("{rows} {were} not expected"));
            }
            let change = match (extra.len(), missing.len()) {
                (more, 0) => format!("{} more", counted(more, what)),
                (0, fewer) => format!("{} fewer", counted(fewer, what)),
                (more, fewer) => format!("{} more, {fewer} fewer", counted(more, what)),
            };
            (said.join(", "), change)
        }
    };
    told
}

/// What there is in place of what the query expects.
pub(super) fn unmet(answer: &Answer, expect: Expectation) -> Told<'_> {
    let said = match answer {
        Answer::Boolean(answer) => format!("the answer is {answer}"),
        Answer::Rows(rows) => format!("there {}", are(rows.rows.len(), "row")),
        Answer::Graph(triples) => format!("there {}", are(triples.len(), "triple")),
    };
    // Where there are too few, none of them is to blame.
    let too_many = match expect {
        Expectation::Rows(least, _) => answer.len() as u64 >= least,
        Expectation::Boolean(_) => false,
    };
    let number = if let Answer::Boolean(true) = answer { 1 } else { answer.len() };
    let extra = if too_many || matches!(answer, Answer::Boolean(true)) { (0..number).collect() } else { Vec::new() };
    Told { said, change: String::new(), missing: Vec::new(), extra, typed: false, answer }
}

impl Told<'_> {
    /// Puts it into words, with the statements that rows rest on.
    pub(super) fn cited(self, store: &Store, labels: &Labels<'_>, query: &Query) -> Result<Mismatch, ResultsError> {
        let names = store.names();
        let mut about = BTreeSet::new();
        for row in self.missing.iter().cloned().chain(self.extra.iter().filter_map(|&at| row_at(self.answer, at))) {
            row.iter().flatten().for_each(|term| mentions(term, &mut about));
        }
        let shown_extra = &self.extra[..self.extra.len().min(SHOWN)];
        let behind = match shown_extra {
            [] => Vec::new(),
            shown => citations(store, query, self.answer, shown)?,
        };
        let text = StatementText::new(store, labels);
        let mut extra = Vec::new();
        for (&at, statements) in shown_extra.iter().zip(behind) {
            let statements = statements.iter().take(SHOWN).map(|statement| in_words(statement, &text));
            let row = row_at(self.answer, at).unwrap_or_default();
            extra.push(UnexpectedRow {
                row: shown(&plain(row, self.typed), names, self.typed),
                cited: statements.collect::<Result<_, _>>()?,
            });
        }
        let missing = self.missing.iter().take(SHOWN).map(|row| shown(row, names, self.typed)).collect();
        let more = (self.missing.len().saturating_sub(SHOWN), self.extra.len().saturating_sub(SHOWN));
        let Self { said, change, answer, .. } = self;
        Ok(Mismatch { said, change, missing, extra, more, about, answer: answer.clone(), since: Vec::new() })
    }
}

/// The row as it was compared: without types where there are none to compare.
fn plain(row: Row, typed: bool) -> Row {
    if typed { row } else { row.into_iter().map(|cell| cell.and_then(file::plain)).collect() }
}

fn row_at(answer: &Answer, at: usize) -> Option<Row> {
    match answer {
        Answer::Boolean(answer) => Some(vec![Some(Literal::from(answer.to_string()).into())]),
        Answer::Rows(rows) => rows.rows.get(at).cloned(),
        Answer::Graph(triples) => triples.get(at).map(row_of),
    }
}

/// The statements behind rows of an answer. The query is asked anew, and rows are found again by what they say; one that
/// says something else each time has none.
fn citations(
    store: &Store,
    query: &Query,
    answer: &Answer,
    rows: &[usize],
) -> Result<Vec<Vec<Statement>>, ResultsError> {
    // The first rows do not call for the others, which may be millions.
    let results = cite(store, &with_limit(query.clone(), rows.iter().max().map_or(0, |last| last + 1)))?;
    let mut of_rows: HashMap<String, Vec<&Citation>> = HashMap::new();
    let key = |row: &Row| format!("{row:?}");
    match &results.results {
        CitedQueryResults::Boolean(answer, citation) => {
            of_rows.entry(key(&row_at(&Answer::Boolean(*answer), 0).unwrap_or_default())).or_default().push(citation);
        }
        CitedQueryResults::Solutions { rows, .. } => {
            for (row, citation) in rows.iter().rev() {
                of_rows.entry(key(&row.values().to_vec())).or_default().push(citation);
            }
        }
        CitedQueryResults::Graph(triples) => {
            for (triple, citation) in triples {
                of_rows.entry(key(&row_of(triple))).or_default().push(citation);
            }
        }
    }
    let mut found = Vec::new();
    for &at in rows {
        let citation = row_at(answer, at).and_then(|row| of_rows.get_mut(&key(&row))?.pop());
        let ids = citation.map_or(&[][..], |citation| &citation.statements);
        found.push(ids.iter().filter_map(|id| results.statements.get(id).cloned()).collect());
    }
    Ok(found)
}

fn in_words(statement: &Statement, text: &StatementText<'_>) -> Result<CitedStatement, ResultsError> {
    let quotes = statement.evidence.iter().map(|evidence| match &evidence.quote {
        Some(quote) => format!("“{quote}”  {}", evidence_location(evidence)),
        None => evidence_location(evidence),
    });
    Ok(CitedStatement {
        statement: format!("{} ({}, {})", text.sentence(statement)?, text.kind(statement)?, statement.id),
        quotes: quotes.collect(),
    })
}

/// Adds the things and texts that a term is or holds.
fn mentions(term: &Term, about: &mut BTreeSet<String>) {
    match term {
        Term::NamedNode(iri) => drop(about.insert(iri.as_str().to_owned())),
        Term::Literal(literal) => drop(about.insert(literal.value().to_owned())),
        Term::BlankNode(_) => {}
        Term::Triple(triple) => {
            mentions(&triple.subject.clone().into(), about);
            mentions(&triple.object, about);
        }
    }
}

fn kind(answer: &Answer) -> &'static str {
    match answer {
        Answer::Boolean(_) => "true or false",
        Answer::Rows(_) => "rows",
        Answer::Graph(_) => "a graph",
    }
}

/// `1 row`, `2 rows`.
fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// `is 1 row`, `are 2 rows`.
fn are(number: usize, what: &str) -> String {
    format!("{} {}", if number == 1 { "is" } else { "are" }, counted(number, what))
}
