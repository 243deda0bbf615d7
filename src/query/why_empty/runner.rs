//! Running parts of a query, up to a limit, and showing them with prefixes.

use super::prefixes::Prefixes;
use crate::model::without_dataset;
use crate::query::algebra::{ask, in_scope, select, unused_prefix};
use crate::query::with_limit;
use crate::store::{EntityNames, Labels, Store, StoreError};
use oxigraph::model::{NamedNode, Term, Variable};
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};
use regex::Regex;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, GraphPattern};
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// An integer that can be written without quotation marks.
static INTEGER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#""([0-9]+)"\^\^<http://www\.w3\.org/2001/XMLSchema#integer>"#).expect("a valid pattern")
});

/// The least time for finding hints.
const MIN_HINT_TIME: Duration = Duration::from_secs(1);

/// How often a search for hints checks whether the store is cancelled.
const CANCELLATION_INTERVAL: Duration = Duration::from_millis(20);

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
    store: &'a Store,
    pub(super) query: Cow<'a, Query>,
    /// The same store while hints are searched, cancelled when the time for that ends.
    limited: RefCell<Store>,
    /// The names of entities, once they are needed.
    entity_names: OnceCell<EntityNames>,
    start: Instant,
    /// How long hints may still be searched; `None` before the first search.
    hint_time: Cell<Option<Duration>>,
    /// A change of the whole query with which it has results, until it is shown.
    pub(super) correction: Cell<Option<String>>,
    pub(super) prefixes: Prefixes,
    /// What no variable of the query begins with.
    unused: String,
    /// The labels of blank nodes, which are random, in the order in which they are first shown: they are shown as numbers.
    blanks: RefCell<Vec<String>>,
    /// The variables of aggregates, which have random names, and the aggregates that are shown in their place.
    aggregates: RefCell<Vec<(String, String)>>,
}

impl<'a> PatternRunner<'a> {
    pub(super) fn new(store: &'a Store, query: &'a Query, text: &'a str) -> Self {
        Self {
            store,
            query: Cow::Borrowed(query),
            limited: RefCell::new(store.clone()),
            entity_names: OnceCell::new(),
            start: Instant::now(),
            hint_time: Cell::new(None),
            correction: Cell::new(None),
            prefixes: Prefixes::new(store.namespaces(), text),
            unused: unused_prefix(query, "probe"),
            blanks: RefCell::default(),
            aggregates: RefCell::default(),
        }
    }

    /// Runs patterns on all graphs, regardless of the FROM clauses of the query.
    pub(super) fn without_dataset(store: &'a Store, query: &'a Query) -> Self {
        Self { query: Cow::Owned(without_dataset(query)), ..Self::new(store, query, "") }
    }

    /// Searches hints, for twice the time since the start, and at least a second, in all searches together. `None` if that was not enough.
    pub(super) fn with_hint_time<T>(
        &self,
        search: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let start = Instant::now();
        let time = self.hint_time.get().unwrap_or_else(|| MIN_HINT_TIME.max(2 * (start - self.start)));
        let token = CancellationToken::new();
        let store = self.store.with_cancellation(token.clone());
        let all = self.limited.replace(store);
        let found = thread::scope(|scope| {
            let (end, ended) = mpsc::channel::<()>();
            let (cancel, parent) = (token.clone(), self.store.cancellation());
            scope.spawn(move || {
                loop {
                    let left = time.saturating_sub(start.elapsed());
                    if left.is_zero() || parent.is_cancelled() {
                        return cancel.cancel();
                    }
                    if ended.recv_timeout(left.min(CANCELLATION_INTERVAL)) == Err(mpsc::RecvTimeoutError::Disconnected)
                    {
                        return;
                    }
                }
            });
            let found = search();
            drop(end);
            found
        });
        let is_over = self.is_out_of_time();
        self.limited.replace(all);
        self.hint_time.set(Some(time.saturating_sub(start.elapsed())));
        match found {
            Err(_) if is_over => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether the time for finding hints is over.
    pub(super) fn is_out_of_time(&self) -> bool {
        self.limited.borrow().cancellation().is_cancelled() && !self.store.cancellation().is_cancelled()
    }

    /// Returns an error if the time for finding hints is over, or the query was cancelled.
    pub(super) fn check_time(&self) -> Result<(), StoreError> {
        match self.limited.borrow().cancellation().is_cancelled() {
            true => Err(QueryEvaluationError::Cancelled.into()),
            false => Ok(()),
        }
    }

    /// The store, whose lookups fail when the time for finding hints is over.
    pub(super) fn store(&self) -> Ref<'_, Store> {
        self.limited.borrow()
    }

    /// The entity with an id, a label or an alias, if there is exactly one.
    pub(super) fn entity(&self, name: &str) -> Result<Option<NamedNode>, StoreError> {
        let store = self.store();
        let labels = Labels::new(&store, &store.metadata().language);
        let names = match self.entity_names.get() {
            Some(names) => names,
            None => {
                let names = EntityNames::new(&labels)?;
                self.entity_names.get_or_init(|| names)
            }
        };
        names.find(&labels, name)
    }

    /// Whether a whole query has results.
    pub(super) fn has_results(&self, query: &Query) -> Result<bool, StoreError> {
        let store = self.limited.borrow();
        let results = store.query(query)?;
        Ok(match results {
            QueryResults::Solutions(mut solutions) => solutions.next().transpose()?.is_some(),
            QueryResults::Boolean(boolean) => boolean,
            QueryResults::Graph(mut triples) => triples.next().transpose()?.is_some(),
        })
    }

    /// A variable that the query does not use.
    pub(super) fn fresh(&self, name: &str) -> Variable {
        Variable::new_unchecked(format!("{}{name}", self.unused))
    }

    /// A variable for a suggestion, which the query does not use.
    pub(super) fn variable_of_repair(&self, name: &str) -> Variable {
        Variable::new_unchecked(unused_prefix(&self.query, name))
    }

    pub(super) fn has_solution(&self, pattern: &GraphPattern) -> Result<bool, StoreError> {
        let store = self.limited.borrow();
        let result = store.query(&ask(pattern.clone(), &self.query))?;
        Ok(matches!(result, QueryResults::Boolean(true)))
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
        let query = with_limit(select(pattern.clone(), variables, &self.query), MAX_COUNTED + 1);
        let store = self.limited.borrow();
        if let QueryResults::Solutions(solutions) = store.query(&query)? {
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

    /// Part of a query as it is written with prefixes and integers.
    pub(super) fn show(&self, part: &impl fmt::Display) -> String {
        let mut text = part.to_string();
        for (variable, aggregate) in self.aggregates.borrow().iter() {
            text = text.replace(variable, aggregate);
        }
        let text = self.prefixes.shorten(&INTEGER.replace_all(&separated(&text), "$1"));
        let mut blanks = self.blanks.borrow_mut();
        let mut shown = String::with_capacity(text.len());
        let mut rest = &*text;
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

    /// A pattern as it is written: VALUES of one variable without parentheses, and other patterns without a final period.
    pub(super) fn show_pattern(&self, pattern: &GraphPattern) -> String {
        let GraphPattern::Values { variables, bindings } = pattern else {
            return self.show(pattern).trim_end_matches(" .").to_owned();
        };
        let [variable] = &variables[..] else { return self.show(pattern) };
        let terms =
            bindings.iter().map(|row| row[0].as_ref().map_or_else(|| "UNDEF".to_owned(), |term| self.show(term)));
        format!("VALUES {variable} {{ {} }}", terms.collect::<Vec<_>>().join(" "))
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

/// A displayed part of a query with a space after each period between patterns, which the display lacks.
fn separated(text: &str) -> String {
    let mut separated = String::with_capacity(text.len());
    let (mut is_quoted, mut is_escaped, mut after_space) = (false, false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        separated.push(c);
        let is_period = c == '.' && after_space && !is_quoted;
        if is_period && chars.peek().is_some_and(|next| !next.is_whitespace()) {
            separated.push(' ');
        }
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        after_space = c == ' ';
    }
    separated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_between_patterns_have_spaces_around_them() {
        for (text, expected) in [
            ("?a ?b ?c .?d ?e ?f .", "?a ?b ?c . ?d ?e ?f ."),
            ("?a ?b \"x .y \\\" .z\" .?d ?e \"\\\\\" .?f", "?a ?b \"x .y \\\" .z\" . ?d ?e \"\\\\\" . ?f"),
            ("?a <https://a.example/b.c> 1.5", "?a <https://a.example/b.c> 1.5"),
        ] {
            assert_eq!(separated(text), expected);
        }
    }
}
