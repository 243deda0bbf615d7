//! Results of queries and their comparison.

use crate::random_queries::literals::held;
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The results of a query, decoded in full.
#[derive(Debug, Clone)]
pub enum ResultSet {
    Boolean(bool),
    Solutions { variables: Vec<String>, rows: Vec<Row> },
    Triples(Vec<Row>),
}

/// A solution or a triple as a list of tokens. Triple terms are split, so that each blank node is a token.
pub type Row = Vec<Token>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    Unbound,
    Fixed(String),
    Blank(String),
}

impl ResultSet {
    /// Reads all results; `Err` if the query is rejected or fails during evaluation.
    pub fn of(results: Result<QueryResults<'_>, impl Display>) -> Result<Self, String> {
        let text = |e: QueryEvaluationError| e.to_string();
        Ok(match results.map_err(|e| e.to_string())? {
            QueryResults::Boolean(boolean) => Self::Boolean(boolean),
            QueryResults::Solutions(solutions) => {
                let variables = solutions.variables().to_vec();
                let mut rows = Vec::new();
                for solution in solutions {
                    let solution = solution.map_err(text)?;
                    let mut row = Row::new();
                    for variable in &variables {
                        match solution.get(variable) {
                            Some(term) => push_term(&mut row, term),
                            None => row.push(Token::Unbound),
                        }
                    }
                    rows.push(row);
                }
                Self::Solutions { variables: variables.iter().map(|v| v.as_str().to_owned()).collect(), rows }
            }
            QueryResults::Graph(triples) => {
                let mut rows =
                    triples.map(|t| t.map(|t| triple_row(&t))).collect::<Result<Vec<_>, _>>().map_err(text)?;
                // A graph is a set.
                rows.sort_unstable();
                rows.dedup();
                Self::Triples(rows)
            }
        })
    }

    /// The results of Oxigraph's store, the reference for all others; `Err` also if it takes longer than `time_limit`.
    pub fn of_store(store: &Store, query: &Query, time_limit: Duration) -> Result<Self, String> {
        Self::within(time_limit, SparqlEvaluator::new(), store, query)
    }

    /// The results of Oxigraph's store with joins in the order written, evaluated independently of each other.
    pub fn of_store_as_written(store: &Store, query: &Query, time_limit: Duration) -> Result<Self, String> {
        Self::within(time_limit, SparqlEvaluator::new().without_optimizations(), store, query)
    }

    fn within(time_limit: Duration, evaluator: SparqlEvaluator, store: &Store, query: &Query) -> Result<Self, String> {
        let token = CancellationToken::new();
        let evaluator = evaluator.with_cancellation_token(token.clone());
        let (finished, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                if wait.recv_timeout(time_limit) == Err(RecvTimeoutError::Timeout) {
                    token.cancel();
                }
            });
            let results = Self::of(evaluator.for_query(query.clone()).on_store(store).execute());
            drop(finished);
            results
        })
    }

    /// The results with each literal in the form in which Oxigraph's store holds it.
    pub fn held(mut self) -> Self {
        if let Self::Solutions { rows, .. } | Self::Triples(rows) = &mut self {
            for token in rows.iter_mut().flatten() {
                if let Token::Fixed(text) = token {
                    *text = held(text);
                }
            }
        }
        self
    }

    /// The rows, sorted; none for a boolean.
    pub fn sorted(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows().iter().collect();
        rows.sort_unstable();
        rows
    }

    pub fn rows(&self) -> &[Row] {
        match self {
            Self::Boolean(_) => &[],
            Self::Solutions { rows, .. } | Self::Triples(rows) => rows,
        }
    }

    /// Whether the form, the boolean and the variables are the same.
    fn same_head(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Solutions { variables: a, .. }, Self::Solutions { variables: b, .. }) => a == b,
            (Self::Triples(_), Self::Triples(_)) => true,
            _ => false,
        }
    }

    /// Whether the multisets of rows are equal, with the labels of blank nodes.
    pub fn equals(&self, other: &Self) -> bool {
        self.same_head(other) && self.sorted() == other.sorted()
    }

    /// Whether the sets of rows are equal, without multiplicities.
    pub fn equals_as_set(&self, other: &Self) -> bool {
        let (mut a, mut b) = (self.sorted(), other.sorted());
        a.dedup();
        b.dedup();
        self.same_head(other) && a == b
    }

    /// Whether the multisets of rows are equal up to the labels of blank nodes.
    pub fn is_isomorphic_to(&self, other: &Self) -> bool {
        self.equals(other) || (self.same_head(other) && isomorphic(self.rows(), other.rows()))
    }

    /// Whether each row is one of `other`, without multiplicities.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        let rows: HashSet<&Row> = other.rows().iter().collect();
        self.rows().iter().all(|row| rows.contains(row))
    }

    /// Whether the multiset of rows is contained in that of `other`.
    pub fn is_contained_in(&self, other: &Self) -> bool {
        let mut remaining = HashMap::<&Row, usize>::new();
        for row in other.rows() {
            *remaining.entry(row).or_default() += 1;
        }
        self.rows()
            .iter()
            .all(|row| remaining.get_mut(row).is_some_and(|n| n.checked_sub(1).map(|less| *n = less).is_some()))
    }

    /// The values of the columns that a query orders by, without the labels of blank nodes.
    pub fn keys(&self, order: &[String]) -> Vec<Row> {
        let Self::Solutions { variables, rows } = self else { return Vec::new() };
        let columns: Vec<usize> = order.iter().filter_map(|key| variables.iter().position(|v| v == key)).collect();
        let of_row = |row: &Row| -> Row {
            let cells = cells(row);
            columns.iter().flat_map(|&c| cells[c].iter().cloned()).map(without_label).collect()
        };
        rows.iter().map(of_row).collect()
    }
}

fn without_label(token: Token) -> Token {
    match token {
        Token::Blank(_) => Token::Blank(String::new()),
        other => other,
    }
}

const OPEN: &str = "<<(";
const CLOSE: &str = ")>>";

/// The tokens of a row, by column.
fn cells(row: &Row) -> Vec<&[Token]> {
    let (mut cells, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, token) in row.iter().enumerate() {
        match token {
            Token::Fixed(t) if t == OPEN => depth += 1,
            Token::Fixed(t) if t == CLOSE => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            cells.push(&row[start..=at]);
            start = at + 1;
        }
    }
    cells
}

fn push_term(row: &mut Row, term: &Term) {
    match term {
        Term::BlankNode(node) => row.push(Token::Blank(node.as_str().to_owned())),
        Term::Triple(triple) => {
            row.push(Token::Fixed(OPEN.to_owned()));
            row.extend(triple_row(triple));
            row.push(Token::Fixed(CLOSE.to_owned()));
        }
        other => row.push(Token::Fixed(other.to_string())),
    }
}

fn triple_row(triple: &Triple) -> Row {
    let mut row = Row::new();
    match &triple.subject {
        NamedOrBlankNode::BlankNode(node) => row.push(Token::Blank(node.as_str().to_owned())),
        NamedOrBlankNode::NamedNode(node) => row.push(Token::Fixed(node.to_string())),
    }
    row.push(Token::Fixed(triple.predicate.to_string()));
    push_term(&mut row, &triple.object);
    row
}

/// Whether two multisets of rows are equal after renaming blank nodes. Colours are refined until they are stable. If several
/// nodes share a colour, each pairing of one of them is tried. With many nodes only the colours are compared.
fn isomorphic(a: &[Row], b: &[Row]) -> bool {
    a.len() == b.len() && matches(a, b, BTreeMap::new(), BTreeMap::new())
}

/// With more blank nodes than this, they come from a template with one or two for each solution, and colours distinguish them.
const MAX_PAIRED_NODES: usize = 100;

type Colours<'a> = BTreeMap<&'a str, u64>;

fn matches<'a>(a: &'a [Row], b: &'a [Row], of_a: Colours<'a>, of_b: Colours<'a>) -> bool {
    let (of_a, of_b) = (refined(a, of_a), refined(b, of_b));
    if coloured(a, &of_a) != coloured(b, &of_b) {
        return false;
    }
    if of_a.len() > MAX_PAIRED_NODES {
        return true;
    }
    let mut classes = BTreeMap::<u64, Vec<&str>>::new();
    for (node, colour) in &of_a {
        classes.entry(*colour).or_default().push(node);
    }
    let Some((colour, class)) = classes.into_iter().find(|(_, class)| class.len() > 1) else { return true };
    let marked = |colours: &Colours<'a>, node: &'a str| {
        let mut colours = colours.clone();
        colours.insert(node, hash(&(colour, "marked")));
        colours
    };
    let others: Vec<&str> = of_b.iter().filter(|(_, c)| **c == colour).map(|(node, _)| *node).collect();
    others.iter().any(|other| matches(a, b, marked(&of_a, class[0]), marked(&of_b, other)))
}

fn coloured(rows: &[Row], colours: &Colours<'_>) -> Vec<u64> {
    let mut hashes: Vec<u64> = rows.iter().map(|row| row_hash(row, colours)).collect();
    hashes.sort_unstable();
    hashes
}

fn row_hash(row: &Row, colours: &Colours<'_>) -> u64 {
    let of_token = |token: &Token| match token {
        Token::Blank(label) => (1, colours.get(label.as_str()).copied().unwrap_or_default()),
        other => (0, hash(other)),
    };
    hash(&row.iter().map(of_token).collect::<Vec<_>>())
}

fn refined<'a>(rows: &'a [Row], mut colours: Colours<'a>) -> Colours<'a> {
    let mut distinct = 0;
    loop {
        let mut seen = BTreeMap::<&str, Vec<(u64, usize)>>::new();
        for row in rows {
            let whole = row_hash(row, &colours);
            for (at, token) in row.iter().enumerate() {
                if let Token::Blank(label) = token {
                    seen.entry(label).or_default().push((whole, at));
                }
            }
        }
        let recoloured = |(label, mut uses): (&'a str, Vec<(u64, usize)>)| {
            uses.sort_unstable();
            (label, hash(&(colours.get(label), uses)))
        };
        let next: Colours<'a> = seen.into_iter().map(recoloured).collect();
        let mut kinds: Vec<u64> = next.values().copied().collect();
        kinds.sort_unstable();
        kinds.dedup();
        colours = next;
        if kinds.len() <= distinct {
            return colours;
        }
        distinct = kinds.len();
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The differences between results that a query permits.
#[derive(Debug, Default)]
pub struct PermittedDifferences {
    /// The variables that the rows are ordered by.
    pub order: Vec<String>,
    /// The query without LIMIT and OFFSET, if it has them.
    pub unsliced: Option<Query>,
    /// Whether multiplicities may differ, because of REDUCED.
    pub reduced: bool,
}

impl PermittedDifferences {
    pub fn of(query: &Query) -> Self {
        let mut permitted = Self::default();
        let Query::Select { dataset, pattern, base_iri } = query else { return permitted };
        let mut pattern = pattern;
        loop {
            pattern = match pattern {
                GraphPattern::Slice { inner, .. } => {
                    permitted.unsliced = Some(Query::Select {
                        dataset: dataset.clone(),
                        pattern: inner.as_ref().clone(),
                        base_iri: base_iri.clone(),
                    });
                    inner
                }
                GraphPattern::Reduced { inner } => {
                    permitted.reduced = true;
                    inner
                }
                GraphPattern::Distinct { inner } | GraphPattern::Project { inner, .. } => inner,
                GraphPattern::OrderBy { expression, .. } => {
                    permitted.order = expression.iter().map_while(variable_of).collect();
                    return permitted;
                }
                _ => return permitted,
            };
        }
    }
}

fn variable_of(key: &OrderExpression) -> Option<String> {
    match key {
        OrderExpression::Asc(Expression::Variable(v)) | OrderExpression::Desc(Expression::Variable(v)) => {
            Some(v.as_str().to_owned())
        }
        _ => None,
    }
}

#[test]
fn results_are_equal_up_to_blank_node_labels() {
    let row = |labels: [&str; 2]| labels.map(|l| Token::Blank(l.to_owned())).to_vec();
    let rows = |pairs: &[[&str; 2]]| ResultSet::Triples(pairs.iter().map(|p| row(*p)).collect());
    let ring = rows(&[["a", "b"], ["b", "c"], ["c", "d"], ["d", "e"], ["e", "f"], ["f", "a"]]);
    let same = rows(&[["y", "x"], ["z", "y"], ["x", "u"], ["u", "v"], ["v", "w"], ["w", "z"]]);
    let two_rings = rows(&[["a", "b"], ["b", "c"], ["c", "a"], ["d", "e"], ["e", "f"], ["f", "d"]]);
    assert!(ring.is_isomorphic_to(&same) && !ring.equals(&same));
    assert!(!ring.is_isomorphic_to(&two_rings));
}
