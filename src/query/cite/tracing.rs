//! From the solutions of a rewritten pattern to what they rest on.

use super::grounds::{Gathered, Grounds};
use super::part::{Part, PartKind, Recipe};
use super::path::shortest;
use crate::query::algebra::{instantiate, select, term};
use crate::store::{Store, StoreError};
use oxigraph::model::{Term, Triple, Variable};
use oxigraph::sparql::{QueryResults, QuerySolution};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use std::collections::HashMap;
use std::rc::Rc;

type Key = Vec<Option<Term>>;

/// Evaluates the recipes of one query, each once.
pub(super) struct Tracing<'a> {
    store: &'a Store,
    query: &'a Query,
    /// What went into the groups, by their keys.
    groups: HashMap<usize, Rc<HashMap<Key, Gathered>>>,
    paths: HashMap<(PropertyPathExpression, Term, Term), Rc<Vec<Triple>>>,
}

impl<'a> Tracing<'a> {
    pub(super) fn new(store: &'a Store, query: &'a Query) -> Self {
        Self { store, query, groups: HashMap::new(), paths: HashMap::new() }
    }

    /// Hands out each solution of a recipe with what it rests on, until told that it is enough.
    pub(super) fn each(
        &mut self,
        recipe: &Recipe,
        wanted: &[Variable],
        grounds: &mut Grounds<'_>,
        take: &mut dyn FnMut(&QuerySolution, Gathered) -> bool,
    ) -> Result<(), StoreError> {
        let variables = recipe.variables(wanted);
        let pattern = match &recipe.pattern {
            // It shows all that is wanted already.
            GraphPattern::Project { inner, .. } => (**inner).clone(),
            other => other.clone(),
        };
        let store = self.store;
        let QueryResults::Solutions(solutions) = store.query(&select(pattern, variables, self.query))? else {
            return Ok(());
        };
        for solution in solutions {
            let solution = solution?;
            let mut found = Gathered::default();
            for part in &recipe.parts {
                if part.guard.as_ref().is_none_or(|guard| solution.get(guard).is_some()) {
                    self.trace(part, &solution, grounds, &mut found)?;
                }
            }
            if !take(&solution, found) {
                break;
            }
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
            PartKind::Group { keys, inner } => {
                if !self.groups.contains_key(&inner.number) {
                    let mut index: HashMap<Key, Gathered> = HashMap::new();
                    self.each(&inner.recipe, &inner.keys, grounds, &mut |solution, found| {
                        index.entry(key(&inner.keys, solution)).or_default().add(&found);
                        true
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

fn fits(key: &Key, wanted: &Key) -> bool {
    key.iter().zip(wanted).all(|(inside, outside)| inside.is_none() || inside == outside)
}

fn key(variables: &[Variable], solution: &QuerySolution) -> Key {
    variables.iter().map(|variable| solution.get(variable).cloned()).collect()
}
