//! Asking parts of a query, without running away on large graphs, and writing them as people do.

use crate::query::algebra::{ask, in_scope, select};
use crate::store::{Store, StoreError};
use oxigraph::model::{Term, Variable};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, GraphPattern};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Solutions are counted up to here.
pub(super) const MOST: usize = 10_000;

/// How many solutions there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolutionCount {
    /// So many.
    Exactly(usize),
    /// So many, and more, which were not counted.
    AtLeast(usize),
}

impl fmt::Display for SolutionCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(1) => f.write_str("1 solution"),
            Self::Exactly(number) => write!(f, "{number} solutions"),
            Self::AtLeast(number) => write!(f, "at least {number} solutions"),
        }
    }
}

/// Asks patterns in the place of a query.
pub(super) struct Asking<'a> {
    pub(super) store: &'a Store,
    query: &'a Query,
    /// Begins the names of variables that the query does not use.
    prefix: String,
    /// The labels of blank nodes are random: they are shown by number, in the order in which they are come across.
    blanks: RefCell<Vec<String>>,
    /// The variables that stand for aggregates have random names, too: they are shown as what they stand for.
    aggregates: RefCell<Vec<(String, String)>>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(store: &'a Store, query: &'a Query) -> Self {
        let text = query.to_string();
        let mut prefix = "near".to_owned();
        while text.contains(&prefix) {
            prefix.push('_');
        }
        Self { store, query, prefix, blanks: RefCell::default(), aggregates: RefCell::default() }
    }

    /// A variable that the query does not use.
    pub(super) fn fresh(&self, name: &str) -> Variable {
        Variable::new_unchecked(format!("{}{name}", self.prefix))
    }

    pub(super) fn any(&self, pattern: &GraphPattern) -> Result<bool, StoreError> {
        Ok(matches!(self.store.query(&ask(pattern.clone(), self.query))?, QueryResults::Boolean(true)))
    }

    pub(super) fn count(&self, pattern: &GraphPattern) -> Result<SolutionCount, StoreError> {
        let mut variables = BTreeSet::new();
        in_scope(pattern, &mut variables);
        let mut number = 0;
        self.each(pattern, variables.into_iter().take(1).collect(), |_| number += 1)?;
        Ok(if number > MOST { SolutionCount::AtLeast(MOST) } else { SolutionCount::Exactly(number) })
    }

    /// The values that a variable takes, by their N-Triples; those of the first solutions, where there are many.
    pub(super) fn values(
        &self,
        pattern: &GraphPattern,
        variable: &Variable,
    ) -> Result<BTreeMap<String, Term>, StoreError> {
        let mut values = BTreeMap::new();
        self.each(pattern, vec![variable.clone()], |term| {
            if let Some(term) = term {
                values.entry(term.to_string()).or_insert_with(|| term.clone());
            }
        })?;
        Ok(values)
    }

    fn each(
        &self,
        pattern: &GraphPattern,
        variables: Vec<Variable>,
        mut take: impl FnMut(Option<&Term>),
    ) -> Result<(), StoreError> {
        let inner = GraphPattern::Project { inner: Box::new(pattern.clone()), variables: variables.clone() };
        let slice = GraphPattern::Slice { inner: Box::new(inner), start: 0, length: Some(MOST + 1) };
        let mut query = select(GraphPattern::default(), variables, self.query);
        if let Query::Select { pattern, .. } = &mut query {
            *pattern = slice;
        }
        if let QueryResults::Solutions(solutions) = self.store.query(&query)? {
            for solution in solutions {
                take(solution?.get(0));
            }
        }
        Ok(())
    }

    /// Remembers what variables stand for.
    pub(super) fn name(&self, aggregates: &[(Variable, AggregateExpression)]) {
        let named = aggregates.iter().map(|(variable, aggregate)| (variable.to_string(), aggregate.to_string()));
        self.aggregates.borrow_mut().extend(named);
    }

    /// A part of a query as it is written with prefixes.
    pub(super) fn show(&self, part: &impl fmt::Display) -> String {
        let mut text = part.to_string();
        for (variable, aggregate) in self.aggregates.borrow().iter() {
            text = text.replace(variable, aggregate);
        }
        let text = self.store.names().shorten(&text);
        let mut blanks = self.blanks.borrow_mut();
        let mut shown = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once("_:") {
            let end = behind.find(|c: char| !c.is_alphanumeric()).unwrap_or(behind.len());
            let (label, after) = behind.split_at(end);
            let at = blanks.iter().position(|known| known == label).unwrap_or_else(|| {
                blanks.push(label.to_owned());
                blanks.len() - 1
            });
            shown += before;
            shown += "_:b";
            shown += &(at + 1).to_string();
            rest = after;
        }
        shown + rest
    }

    /// Up to three values, and how many more there are.
    pub(super) fn some(&self, values: &BTreeMap<String, Term>) -> String {
        let shown: Vec<String> = values.values().take(3).map(|term| format!("`{}`", self.show(term))).collect();
        match values.len() - shown.len() {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }
}
