//! From the solutions of a traced pattern to their support.

use super::CitationGap;
use super::path::shortest_path;
use super::support::{Support, SupportLookup};
use super::traced_pattern::{Match, MatchKind, Subpattern, TracedPattern};
use crate::query::algebra::{instantiate, select, term};
use crate::store::{Store, StoreError};
use oxigraph::model::{Term, Triple, Variable};
use oxigraph::sparql::{QueryResults, QuerySolution, QuerySolutionIter};
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

/// Evaluates the traced patterns of one query, each once.
pub(super) struct Tracer<'a> {
    store: &'a Store,
    query: &'a Query,
    pub(super) lookup: SupportLookup<'a>,
    /// The support of groups, by the number of the subpattern and the keys of the group.
    groups: HashMap<usize, HashMap<Key, Support>>,
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

    /// The solutions of a pattern, with some variables and those by which its matches are traced.
    pub(super) fn solutions(
        &self,
        traced: &TracedPattern,
        variables: &[Variable],
    ) -> Result<QuerySolutionIter<'a>, StoreError> {
        let pattern = match &traced.pattern {
            GraphPattern::Project { inner, .. } => (**inner).clone(),
            other => other.clone(),
        };
        self.run(pattern, traced.variables(variables))
    }

    fn run(&self, pattern: GraphPattern, variables: Vec<Variable>) -> Result<QuerySolutionIter<'a>, StoreError> {
        match self.store.query(&select(pattern, variables, self.query))? {
            QueryResults::Solutions(solutions) => Ok(solutions),
            QueryResults::Boolean(_) | QueryResults::Graph(_) => unreachable!("it is a SELECT query"),
        }
    }

    /// The support of a solution.
    pub(super) fn support(&mut self, traced: &TracedPattern, solution: &QuerySolution) -> Result<Support, StoreError> {
        let mut support = Support::default();
        for part in &traced.matches {
            if part.guard.as_ref().is_none_or(|guard| solution.get(guard).is_some()) {
                self.add_match(part, solution, &mut support)?;
            }
        }
        Ok(support)
    }

    /// Calls `visit` for each solution with its support.
    pub(super) fn for_each_solution(
        &mut self,
        traced: &TracedPattern,
        variables: &[Variable],
        visit: &mut dyn FnMut(&QuerySolution, Support),
    ) -> Result<(), StoreError> {
        for solution in self.solutions(traced, variables)? {
            let solution = solution?;
            let support = self.support(traced, &solution)?;
            visit(&solution, support);
        }
        Ok(())
    }

    fn add_match(&mut self, part: &Match, solution: &QuerySolution, support: &mut Support) -> Result<(), StoreError> {
        match &part.kind {
            MatchKind::Triple(pattern) => {
                if let Some(triple) = instantiate(pattern, solution) {
                    support.merge(&*self.lookup.support_of_triple(&triple)?);
                }
            }
            MatchKind::Path { subject, path, object } => {
                if let (Some(start), Some(end)) = (term(subject, solution), term(object, solution)) {
                    for triple in self.path(path, start, end)?.iter() {
                        support.merge(&*self.lookup.support_of_triple(triple)?);
                    }
                }
            }
            MatchKind::Exists { keys, inner } => self.add_condition(inner, &key(keys, solution), support)?,
            MatchKind::Group { keys, inner } => {
                if !self.groups.contains_key(&inner.number) {
                    let mut groups: HashMap<Key, Support> = HashMap::new();
                    self.for_each_solution(&inner.traced, &inner.keys, &mut |solution, support| {
                        groups.entry(key(&inner.keys, solution)).or_default().merge(&support);
                    })?;
                    self.groups.insert(inner.number, groups);
                }
                let groups = &self.groups[&inner.number];
                let outer = key(keys, solution);
                match groups.get(&outer) {
                    Some(found) => support.merge(found),
                    // A key that is unbound in the group can have a value outside of it.
                    None => {
                        let compatible = groups.iter().filter(|(inner, _)| is_compatible(inner, &outer));
                        compatible.for_each(|(_, found)| support.merge(found));
                    }
                }
            }
        }
        Ok(())
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
            for solution in self.run(pattern, inner.traced.variables(&inner.keys))? {
                let solution = solution?;
                let support = self.support(&inner.traced, &solution)?;
                found.entry(only_blanks(key(&inner.keys, &solution))).or_default().merge(&support);
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
