//! From the solutions of a traced pattern to their support.

use super::CitationGap;
use super::path::shortest_path;
use super::restriction::{MAX_KEYS, distinct, restricted};
use super::support::{Support, SupportLookup};
use super::traced_pattern::{MatchKind, Subpattern, TracedPattern};
use crate::model::vocab;
use crate::query::algebra::{instantiate, select, term};
use crate::store::{Store, StoreError};
use oxigraph::model::{Term, Triple, Variable};
use oxigraph::sparql::{QueryResults, QuerySolution, QuerySolutionIter};
use rustc_hash::FxHashMap;
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::GroundTerm;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// The values of some variables.
pub(super) type Key = Vec<Option<Term>>;

/// The number of the subpattern of a condition, the values for which it is evaluated, and which of them are blank nodes, which
/// cannot be put into a query.
type Evaluation = (usize, Vec<Option<GroundTerm>>, Vec<bool>);

/// The groups of a subpattern that have been traced.
#[derive(Default)]
struct Groups {
    /// The support of each, by its keys.
    supports: FxHashMap<Key, Support>,
    /// Whether these are all groups.
    is_complete: bool,
}

/// Evaluates the traced patterns of one query, each once.
pub(super) struct Tracer<'a> {
    store: &'a Store,
    query: &'a Query,
    pub(super) lookup: SupportLookup<'a>,
    /// The groups of each subpattern, by its number.
    groups: HashMap<usize, Groups>,
    /// The support of conditions, by their evaluations, and then by the blank nodes among the values.
    conditions: HashMap<Evaluation, HashMap<Key, Support>>,
    paths: HashMap<(PropertyPathExpression, Term, Term), Rc<Vec<Triple>>>,
    pub(super) gaps: BTreeSet<CitationGap>,
}

impl<'a> Tracer<'a> {
    pub(super) fn new(store: &'a Store, query: &'a Query) -> Self {
        Self {
            store,
            query,
            lookup: SupportLookup::new(store),
            groups: HashMap::new(),
            conditions: HashMap::new(),
            paths: HashMap::new(),
            gaps: BTreeSet::new(),
        }
    }

    /// The solutions of a pattern, with some variables and those by which its matches are traced. If keys are wanted, solutions with other
    /// keys may be omitted.
    pub(super) fn solutions(
        &self,
        traced: &TracedPattern,
        variables: &[Variable],
        wanted: Option<&[Key]>,
    ) -> Result<QuerySolutionIter<'a>, StoreError> {
        let pattern = match &traced.pattern {
            GraphPattern::Project { inner, .. } => inner,
            other => other,
        };
        let restricted = wanted.and_then(|keys| restricted(pattern, variables, keys));
        let pattern = restricted.map_or_else(|| pattern.clone(), |restricted| restricted.pattern);
        self.run(pattern, traced.variables(variables))
    }

    fn run(&self, pattern: GraphPattern, variables: Vec<Variable>) -> Result<QuerySolutionIter<'a>, StoreError> {
        match self.store.query(&select(pattern, variables, self.query))? {
            QueryResults::Solutions(solutions) => Ok(solutions),
            QueryResults::Boolean(_) | QueryResults::Graph(_) => unreachable!("it is a SELECT query"),
        }
    }

    /// The support of each of some solutions. Groups are traced only for these.
    pub(super) fn supports(
        &mut self,
        traced: &TracedPattern,
        solutions: &[QuerySolution],
    ) -> Result<Vec<Support>, StoreError> {
        for part in &traced.matches {
            if let MatchKind::Group { keys, inner } = &part.kind {
                let is_matched =
                    |solution: &&QuerySolution| part.guard.as_ref().is_none_or(|guard| solution.get(guard).is_some());
                let wanted = distinct(solutions.iter().filter(is_matched).map(|solution| key(keys, solution)));
                self.trace_groups(inner, wanted)?;
            }
        }
        solutions.iter().map(|solution| self.support(traced, solution)).collect()
    }

    /// The support of a solution whose groups are traced. If the solution also matched a statement of one of its triples, that statement
    /// supports the triple, not every statement of the triple.
    fn support(&mut self, traced: &TracedPattern, solution: &QuerySolution) -> Result<Support, StoreError> {
        let mut support = Support::default();
        let mut triples = Vec::new();
        for part in &traced.matches {
            if part.guard.as_ref().is_some_and(|guard| solution.get(guard).is_none()) {
                continue;
            }
            match &part.kind {
                MatchKind::Triple(pattern) => triples.extend(instantiate(pattern, solution)),
                MatchKind::Path { subject, path, object } => {
                    if let (Some(start), Some(end)) = (term(subject, solution), term(object, solution)) {
                        for triple in self.path(path, start, end)?.iter() {
                            support.merge(&*self.lookup.support_of_triple(triple)?);
                        }
                    }
                }
                MatchKind::Exists { keys, inner } => self.add_condition(inner, &key(keys, solution), &mut support)?,
                MatchKind::Group { keys, inner } => self.add_group(inner, &key(keys, solution), &mut support),
            }
        }
        let mut reified = Vec::new();
        for triple in triples.iter().filter(|triple| triple.predicate == vocab::rdf::REIFIES) {
            if let Term::Triple(asserted) = &triple.object
                && triples.contains(asserted)
                && self.lookup.is_asserted_by(triple)?
            {
                reified.push(asserted);
            }
        }
        for triple in triples.iter().filter(|triple| !reified.iter().any(|reified| &***reified == *triple)) {
            support.merge(&*self.lookup.support_of_triple(triple)?);
        }
        Ok(support)
    }

    /// Calls `visit` for each solution with its support.
    pub(super) fn for_each_solution(
        &mut self,
        traced: &TracedPattern,
        variables: &[Variable],
        wanted: Option<&[Key]>,
        visit: &mut dyn FnMut(&QuerySolution, Support),
    ) -> Result<(), StoreError> {
        let mut solutions = self.solutions(traced, variables, wanted)?;
        loop {
            let (mut chunk, mut result) = (Vec::new(), Ok(()));
            for solution in solutions.by_ref().take(MAX_KEYS) {
                match solution {
                    Ok(solution) => chunk.push(solution),
                    // The solutions before it are cited.
                    Err(error) => {
                        result = Err(error.into());
                        break;
                    }
                }
            }
            for (solution, support) in chunk.iter().zip(self.supports(traced, &chunk)?) {
                visit(solution, support);
            }
            if result.is_err() || chunk.is_empty() {
                return result;
            }
        }
    }

    /// Traces the groups with some keys, or all groups if the pattern cannot be restricted to them.
    fn trace_groups(&mut self, inner: &Subpattern, wanted: Vec<Key>) -> Result<(), StoreError> {
        let mut groups = self.groups.remove(&inner.number).unwrap_or_default();
        let new: Vec<Key> = wanted.into_iter().filter(|key| !groups.supports.contains_key(key)).collect();
        if !groups.is_complete && !new.is_empty() {
            // Beyond some keys, one evaluation for all costs less than several.
            groups.is_complete = groups.supports.len() + new.len() > MAX_KEYS
                || restricted(&inner.traced.pattern, &inner.keys, &new).is_none_or(|restricted| !restricted.is_exact);
            if groups.is_complete {
                groups.supports.clear();
            }
            let traced_keys = (!groups.is_complete).then_some(new.as_slice());
            self.for_each_solution(&inner.traced, &inner.keys, traced_keys, &mut |solution, support| {
                groups.supports.entry(key(&inner.keys, solution)).or_default().merge(&support);
            })?;
            if !groups.is_complete {
                // A key without a solution is not traced again.
                for key in new {
                    groups.supports.entry(key).or_default();
                }
            }
        }
        self.groups.insert(inner.number, groups);
        Ok(())
    }

    /// Adds the support of the group with these keys.
    fn add_group(&self, inner: &Subpattern, outer: &Key, support: &mut Support) {
        let Some(Groups { supports, is_complete }) = self.groups.get(&inner.number) else { return };
        match supports.get(outer) {
            Some(found) => support.merge(found),
            // A key that is unbound in the group can have a value outside of it.
            None if *is_complete => {
                let compatible = supports.iter().filter(|(inner, _)| is_compatible(inner, outer));
                compatible.for_each(|(_, found)| support.merge(found));
            }
            None => {}
        }
    }

    /// Adds the support of a condition. It is evaluated for the values of one solution at a time, so that only the rows of the
    /// results cost anything.
    fn add_condition(&mut self, inner: &Subpattern, values: &Key, support: &mut Support) -> Result<(), StoreError> {
        // Blank nodes cannot be put into a query: all solutions are read, and those with the same blank nodes are used.
        let ground: Vec<Option<GroundTerm>> =
            values.iter().map(|term| term.clone().and_then(|term| term.try_into().ok())).collect();
        let is_blank: Vec<bool> =
            values.iter().zip(&ground).map(|(term, ground)| term.is_some() && ground.is_none()).collect();
        let only_blanks = |key: Key| -> Key {
            key.into_iter().zip(&is_blank).map(|(term, is_blank)| term.filter(|_| *is_blank)).collect()
        };
        let evaluation = (inner.number, ground.clone(), is_blank.clone());
        if !self.conditions.contains_key(&evaluation) {
            let table = GraphPattern::Values { variables: inner.keys.clone(), bindings: vec![ground] };
            let pattern = with_values(&inner.traced.pattern, table);
            let mut found: HashMap<Key, Support> = HashMap::new();
            let solutions = self.run(pattern, inner.traced.variables(&inner.keys))?.collect::<Result<Vec<_>, _>>()?;
            for (solution, support) in solutions.iter().zip(self.supports(&inner.traced, &solutions)?) {
                found.entry(only_blanks(key(&inner.keys, solution))).or_default().merge(&support);
            }
            self.conditions.insert(evaluation.clone(), found);
        }
        match self.conditions[&evaluation].get(&only_blanks(values.clone())) {
            Some(found) => support.merge(found),
            None => drop(self.gaps.insert(CitationGap::NestedExists)),
        }
        Ok(())
    }

    fn path(&mut self, path: &PropertyPathExpression, start: Term, end: Term) -> Result<Rc<Vec<Triple>>, StoreError> {
        let key = (path.clone(), start, end);
        if let Some(known) = self.paths.get(&key) {
            return Ok(known.clone());
        }
        let found = Rc::new(shortest_path(self.store, path, &key.1, &key.2)?.unwrap_or_default());
        self.paths.insert(key, found.clone());
        Ok(found)
    }
}

/// The pattern of a condition with a table of values on its left.
fn with_values(pattern: &GraphPattern, table: GraphPattern) -> GraphPattern {
    let left = Box::new(table);
    match pattern {
        GraphPattern::Filter { expr, inner } => {
            GraphPattern::Filter { expr: expr.clone(), inner: Box::new(with_values(inner, *left)) }
        }
        GraphPattern::Lateral { right, .. } => GraphPattern::Lateral { left, right: right.clone() },
        GraphPattern::Join { right, .. } => GraphPattern::Join { left, right: right.clone() },
        other => GraphPattern::Join { left, right: Box::new(other.clone()) },
    }
}

fn is_compatible(inner: &Key, outer: &Key) -> bool {
    inner.iter().zip(outer).all(|(inner, outer)| inner.is_none() || inner == outer)
}

pub(super) fn key(variables: &[Variable], solution: &QuerySolution) -> Key {
    variables.iter().map(|variable| solution.get(variable).cloned()).collect()
}
