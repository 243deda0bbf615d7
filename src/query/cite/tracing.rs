//! From the solutions of a rewritten pattern to what they rest on.

use super::CitationGap;
use super::grounds::{Gathered, Grounds};
use super::part::{Group, Part, PartKind, Recipe};
use super::path::shortest;
use crate::query::algebra::{instantiate, select, term};
use crate::store::{Store, StoreError};
use oxigraph::model::{BlankNode, Term, Triple, Variable};
use oxigraph::sparql::{QueryResults, QuerySolution, QuerySolutionIter};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::GroundTerm;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// The values of some variables.
pub(super) type Key = Vec<Option<Term>>;

/// Evaluates the recipes of one query, each once.
pub(super) struct Tracing<'a> {
    store: &'a Store,
    query: &'a Query,
    /// What went into the groups, by their keys.
    groups: HashMap<usize, Rc<HashMap<Key, Gathered>>>,
    /// What satisfied conditions, by what they were asked about: by the values that cannot be asked for.
    held: HashMap<(usize, Key), Rc<HashMap<Key, Gathered>>>,
    paths: HashMap<(PropertyPathExpression, Term, Term), Rc<Vec<Triple>>>,
    /// What could not be cited.
    pub(super) uncited: BTreeSet<CitationGap>,
}

impl<'a> Tracing<'a> {
    pub(super) fn new(store: &'a Store, query: &'a Query) -> Self {
        Self {
            store,
            query,
            groups: HashMap::new(),
            held: HashMap::new(),
            paths: HashMap::new(),
            uncited: BTreeSet::new(),
        }
    }

    /// The solutions of a recipe, with the values of the wanted variables and those by which they are traced.
    pub(super) fn solutions(&self, recipe: &Recipe, wanted: &[Variable]) -> Result<QuerySolutionIter<'a>, StoreError> {
        let pattern = match &recipe.pattern {
            // It shows all that is wanted already.
            GraphPattern::Project { inner, .. } => (**inner).clone(),
            other => other.clone(),
        };
        self.asked(pattern, recipe.variables(wanted))
    }

    fn asked(&self, pattern: GraphPattern, variables: Vec<Variable>) -> Result<QuerySolutionIter<'a>, StoreError> {
        match self.store.query(&select(pattern, variables, self.query))? {
            QueryResults::Solutions(solutions) => Ok(solutions),
            QueryResults::Boolean(_) | QueryResults::Graph(_) => unreachable!("it is a SELECT query"),
        }
    }

    /// What a solution of a recipe rests on.
    pub(super) fn gather(
        &mut self,
        recipe: &Recipe,
        solution: &QuerySolution,
        grounds: &mut Grounds<'_>,
    ) -> Result<Gathered, StoreError> {
        let mut found = Gathered::default();
        for part in &recipe.parts {
            if part.guard.as_ref().is_none_or(|guard| solution.get(guard).is_some()) {
                self.trace(part, solution, grounds, &mut found)?;
            }
        }
        Ok(found)
    }

    /// What the first solution of a recipe rests on, where it has one.
    pub(super) fn first(&mut self, recipe: &Recipe, grounds: &mut Grounds<'_>) -> Result<Option<Gathered>, StoreError> {
        let first = self.solutions(recipe, &[])?.next().transpose()?;
        first.map(|solution| self.gather(recipe, &solution, grounds)).transpose()
    }

    /// Hands out each solution of a recipe with what it rests on.
    pub(super) fn each(
        &mut self,
        recipe: &Recipe,
        wanted: &[Variable],
        grounds: &mut Grounds<'_>,
        take: &mut dyn FnMut(&QuerySolution, Gathered),
    ) -> Result<(), StoreError> {
        for solution in self.solutions(recipe, wanted)? {
            let solution = solution?;
            let found = self.gather(recipe, &solution, grounds)?;
            take(&solution, found);
        }
        Ok(())
    }

    fn trace(
        &mut self,
        part: &Part,
        solution: &QuerySolution,
        grounds: &mut Grounds<'_>,
        found: &mut Gathered,
    ) -> Result<(), StoreError> {
        match &part.kind {
            PartKind::Triple(pattern) => {
                if let Some(triple) = instantiate(pattern, solution) {
                    found.add(&*grounds.of(&triple)?);
                }
            }
            PartKind::Path { subject, path, object } => {
                if let (Some(start), Some(end)) = (term(subject, solution), term(object, solution)) {
                    for triple in self.path(path, start, end)?.iter() {
                        found.add(&*grounds.of(triple)?);
                    }
                }
            }
            PartKind::Exists { keys, inner } => self.held(inner, &key(keys, solution), grounds, found)?,
            PartKind::Group { keys, inner } => {
                if !self.groups.contains_key(&inner.number) {
                    let mut index: HashMap<Key, Gathered> = HashMap::new();
                    self.each(&inner.recipe, &inner.keys, grounds, &mut |solution, found| {
                        index.entry(key(&inner.keys, solution)).or_default().add(&found);
                    })?;
                    self.groups.insert(inner.number, Rc::new(index));
                }
                let groups = &self.groups[&inner.number];
                let wanted = key(keys, solution);
                match groups.get(&wanted) {
                    Some(all) => found.add(all),
                    // What a group leaves without a value may have got one from outside.
                    None => groups.iter().filter(|(key, _)| fits(key, &wanted)).for_each(|(_, all)| found.add(all)),
                }
            }
        }
        Ok(())
    }

    /// Adds what satisfied a condition. It is asked for the values of one solution at a time, each once, so that only the
    /// rows that are answered cost something.
    fn held(
        &mut self,
        inner: &Group,
        wanted: &Key,
        grounds: &mut Grounds<'_>,
        found: &mut Gathered,
    ) -> Result<(), StoreError> {
        // Blank nodes cannot be asked for: all solutions are, and those are taken that have them.
        let asked: Vec<Option<GroundTerm>> =
            wanted.iter().map(|term| term.clone().and_then(|term| term.try_into().ok())).collect();
        let open: Vec<bool> =
            wanted.iter().zip(&asked).map(|(term, asked)| term.is_some() && asked.is_none()).collect();
        let only_open =
            |key: Key| -> Key { key.into_iter().zip(&open).map(|(term, open)| term.filter(|_| *open)).collect() };
        let blank = || Term::from(BlankNode::new_unchecked("b"));
        let place: Key =
            wanted.iter().zip(&open).map(|(term, open)| if *open { Some(blank()) } else { term.clone() }).collect();
        let known = (inner.number, place);
        if !self.held.contains_key(&known) {
            let table = GraphPattern::Values { variables: inner.keys.clone(), bindings: vec![asked] };
            let pattern = seeded(&inner.recipe.pattern, table);
            let mut index: HashMap<Key, Gathered> = HashMap::new();
            for solution in self.asked(pattern, inner.recipe.variables(&inner.keys))? {
                let solution = solution?;
                let gathered = self.gather(&inner.recipe, &solution, grounds)?;
                index.entry(only_open(key(&inner.keys, &solution))).or_default().add(&gathered);
            }
            self.held.insert(known.clone(), Rc::new(index));
        }
        match self.held[&known].get(&only_open(wanted.clone())) {
            Some(all) => found.add(all),
            // It held, and yet nothing was found.
            None => drop(self.uncited.insert(CitationGap::Condition)),
        }
        Ok(())
    }

    fn path(&mut self, path: &PropertyPathExpression, start: Term, end: Term) -> Result<Rc<Vec<Triple>>, StoreError> {
        let asked = (path.clone(), start, end);
        if let Some(known) = self.paths.get(&asked) {
            return Ok(known.clone());
        }
        let found = Rc::new(shortest(self.store, path, &asked.1, &asked.2)?.unwrap_or_default());
        self.paths.insert(asked, found.clone());
        Ok(found)
    }
}

/// The pattern of a condition with what it is asked about in its place.
fn seeded(pattern: &GraphPattern, table: GraphPattern) -> GraphPattern {
    let left = Box::new(table);
    match pattern {
        GraphPattern::Filter { expr, inner } => {
            GraphPattern::Filter { expr: expr.clone(), inner: Box::new(seeded(inner, *left)) }
        }
        GraphPattern::Lateral { right, .. } => GraphPattern::Lateral { left, right: right.clone() },
        GraphPattern::Join { right, .. } => GraphPattern::Join { left, right: right.clone() },
        other => GraphPattern::Join { left, right: Box::new(other.clone()) },
    }
}

fn fits(key: &Key, wanted: &Key) -> bool {
    key.iter().zip(wanted).all(|(inside, outside)| inside.is_none() || inside == outside)
}

pub(super) fn key(variables: &[Variable], solution: &QuerySolution) -> Key {
    variables.iter().map(|variable| solution.get(variable).cloned()).collect()
}
