//! Running parts of a query, up to a limit, and showing them with prefixes.

use crate::query::algebra::{ask, in_scope, select, unused_prefix};
use crate::query::with_limit;
use crate::store::{Store, StoreError};
use oxigraph::model::{Term, Variable};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, GraphPattern};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The most solutions that are counted.
pub(super) const MAX_COUNTED: usize = 10_000;

/// A number of solutions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolutionCount {
    /// All solutions were counted.
    Exactly(usize),
    /// Counting stopped at this number.
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

/// Runs patterns with the dataset and base IRI of a query.
pub(super) struct PatternRunner<'a> {
    pub(super) store: &'a Store,
    query: &'a Query,
    /// A prefix that no variable of the query has.
    prefix: String,
    /// The labels of blank nodes, which are random, in the order in which they are first shown: they are shown as numbers.
    blanks: RefCell<Vec<String>>,
    /// The variables of aggregates, which have random names, and the aggregates that are shown in their place.
    aggregates: RefCell<Vec<(String, String)>>,
}

impl<'a> PatternRunner<'a> {
    pub(super) fn new(store: &'a Store, query: &'a Query) -> Self {
        let prefix = unused_prefix(query, "probe");
        Self { store, query, prefix, blanks: RefCell::default(), aggregates: RefCell::default() }
    }

    /// A variable that the query does not use.
    pub(super) fn fresh(&self, name: &str) -> Variable {
        Variable::new_unchecked(format!("{}{name}", self.prefix))
    }

    pub(super) fn has_solution(&self, pattern: &GraphPattern) -> Result<bool, StoreError> {
        Ok(matches!(self.store.query(&ask(pattern.clone(), self.query))?, QueryResults::Boolean(true)))
    }

    pub(super) fn count(&self, pattern: &GraphPattern) -> Result<SolutionCount, StoreError> {
        let mut variables = BTreeSet::new();
        in_scope(pattern, &mut variables);
        let mut number = 0;
        self.for_each_solution(pattern, variables.into_iter().take(1).collect(), |_| number += 1)?;
        Ok(if number > MAX_COUNTED { SolutionCount::AtLeast(MAX_COUNTED) } else { SolutionCount::Exactly(number) })
    }

    /// The values of a variable, by their N-Triples, in the first solutions.
    pub(super) fn values(
        &self,
        pattern: &GraphPattern,
        variable: &Variable,
    ) -> Result<BTreeMap<String, Term>, StoreError> {
        let mut values = BTreeMap::new();
        self.for_each_solution(pattern, vec![variable.clone()], |term| {
            if let Some(term) = term {
                values.entry(term.to_string()).or_insert_with(|| term.clone());
            }
        })?;
        Ok(values)
    }

    fn for_each_solution(
        &self,
        pattern: &GraphPattern,
        variables: Vec<Variable>,
        mut visit: impl FnMut(Option<&Term>),
    ) -> Result<(), StoreError> {
        let query = with_limit(select(pattern.clone(), variables, self.query), MAX_COUNTED + 1);
        if let QueryResults::Solutions(solutions) = self.store.query(&query)? {
            for solution in solutions {
                visit(solution?.get(0));
            }
        }
        Ok(())
    }

    /// Shows aggregates in place of their variables from now on.
    pub(super) fn name_aggregates(&self, aggregates: &[(Variable, AggregateExpression)]) {
        let named = aggregates.iter().map(|(variable, aggregate)| (variable.to_string(), aggregate.to_string()));
        self.aggregates.borrow_mut().extend(named);
    }

    /// Part of a query as it is written with prefixes.
    pub(super) fn show(&self, part: &impl fmt::Display) -> String {
        let mut text = part.to_string();
        for (variable, aggregate) in self.aggregates.borrow().iter() {
            text = text.replace(variable, aggregate);
        }
        let text = self.store.namespaces().shorten(&text);
        let mut blanks = self.blanks.borrow_mut();
        let mut shown = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("_:") {
            let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
            let (label, after) = after.split_at(end);
            let number = blanks.iter().position(|known| known == label).unwrap_or_else(|| {
                blanks.push(label.to_owned());
                blanks.len() - 1
            });
            shown.extend([before, "_:b", &(number + 1).to_string()]);
            rest = after;
        }
        shown + rest
    }

    /// Up to three values, and the number of the others.
    pub(super) fn show_values(&self, values: &BTreeMap<String, Term>) -> String {
        let shown: Vec<String> = values.values().take(3).map(|term| format!("`{}`", self.show(term))).collect();
        match values.len() - shown.len() {
            0 => shown.join(", "),
            others => format!("{} and {others} more", shown.join(", ")),
        }
    }
}
