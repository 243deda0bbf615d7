//! Finds the derivations of a triple by running rules backwards.

use crate::model::{Derivation, MAX_DEPTH, Premise, on_deep_stack};
use crate::query::vocabulary_of;
use crate::rules::run::clause::{Clause, Component, Pattern, clauses};
use crate::rules::run::evaluation::Evaluation;
use crate::rules::run::facts::Facts;
use crate::rules::run::join::{Delta, Join};
use crate::rules::run::term_order::TermOrder;
use crate::rules::run::terms::Terms;
use crate::rules::{Rule, RuleOptions};
use crate::store::{CompiledGraph, GraphError, Id, Store, StoreError};
use oxigraph::model::Triple;
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// Explains triples by the rules of a graph.
///
/// ```
/// use factloom::model::StatementId;
/// use factloom::rules::Explainer;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let mut explainer = Explainer::new(&store)?;
/// for statement in store.statements() {
///     let statement = statement?;
///     if let factloom::model::Kind::Inference(recorded) = &statement.kind {
///         assert!(explainer.derivations(&statement.triple)?.contains(recorded));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Explainer<'a> {
    pub(super) store: &'a Store,
    pub(super) rules: Vec<Rule>,
    pub(super) search: Option<Search<'a>>,
}

/// The rules over the term ids of a graph.
pub(super) struct Search<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) clauses: Vec<Clause>,
    pub(super) terms: Terms<'a>,
    pub(super) evaluation: Evaluation,
}

/// The index of a rule, and the matches of its patterns in order.
type IdDerivation = (usize, Vec<[Id; 3]>);

impl<'a> Explainer<'a> {
    /// Prepares the rules of a store. If the store is not a compiled graph, only recorded derivations are found.
    ///
    /// # Errors
    ///
    /// Returns an error if the store is corrupt.
    pub fn new(store: &'a Store) -> Result<Self, StoreError> {
        let rules = Rule::of_store(store, &vocabulary_of(store.metadata())?);
        let search =
            on_deep_stack(MAX_DEPTH, || store.graph().map(|graph| Search::new(graph, store, &rules)).transpose())?;
        Ok(Self { store, rules, search })
    }

    /// All derivations of a triple in the graph, sorted by the name of the rule, then by the premises in the order of the
    /// rule's patterns, compared as N-Triples. A derivation with the triple itself as a premise is omitted.
    ///
    /// Matches each rule whose head fits the triple, with the variables of the head bound.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn derivations(&mut self, triple: &Triple) -> Result<Vec<Derivation>, StoreError> {
        let mut derivations: Vec<Derivation> = Vec::new();
        for (rule, premises) in self.id_derivations(triple)? {
            let rule = self.rules[rule].name.clone();
            let premises = premises.into_iter().map(|premise| self.premise(premise)).collect::<Result<_, _>>()?;
            let mut derivation = Derivation { rule, premises };
            derivation.normalize();
            derivations.push(derivation);
        }
        Ok(derivations)
    }

    /// The number of derivations of a triple.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn count(&mut self, triple: &Triple) -> Result<usize, StoreError> {
        Ok(self.id_derivations(triple)?.len())
    }

    fn id_derivations(&mut self, triple: &Triple) -> Result<Vec<IdDerivation>, StoreError> {
        let Some(search) = &mut self.search else { return Ok(Vec::new()) };
        Ok(on_deep_stack(MAX_DEPTH, || search.id_derivations(triple))?)
    }

    fn premise(&self, ids: [Id; 3]) -> Result<Premise, StoreError> {
        let Some(search) = &self.search else { return Err(GraphError::Corrupt("no term ids").into()) };
        let triple = search.terms.triple(ids)?;
        Ok(match self.store.find_assertion(&triple)? {
            Some(id) => Premise::Statement(id),
            None => Premise::Declared(triple),
        })
    }
}

impl<'a> Search<'a> {
    fn new(graph: &'a CompiledGraph, store: &'a Store, rules: &[Rule]) -> Result<Self, StoreError> {
        let mut terms = Terms::new(graph);
        let clauses = clauses(rules, &mut terms)?;
        let facts = Facts::visible(graph, store.namespaces());
        let options = RuleOptions { cancellation: store.cancellation().clone(), ..RuleOptions::default() };
        Ok(Self { facts, clauses, terms, evaluation: Evaluation::new(&options) })
    }

    fn id_derivations(&mut self, triple: &Triple) -> Result<Vec<IdDerivation>, GraphError> {
        let ids = self.terms.triple_ids(triple)?;
        let Self { facts, clauses, terms, evaluation } = self;
        evaluation.start_at(0);
        let join = Join { facts, complete: facts, evaluation };
        let mut derivations: Vec<IdDerivation> = Vec::new();
        for clause in clauses.iter() {
            let Some(row) = unify(clause.head, ids, clause.row.len()) else { continue };
            let (condition, open) = (&clause.condition, 0..clause.condition.atoms.len());
            join.for_each_solution::<GraphError>(condition, open, Delta::None, &row, terms, &mut |row, _| {
                let premises = clause.premises(row);
                if !premises.contains(&ids) {
                    derivations.push((clause.rule, premises));
                }
                Ok(())
            })?;
        }
        let (mut order, mut failed) = (TermOrder::default(), None);
        derivations.sort_by(|(a, left), (b, right)| {
            a.cmp(b).then_with(|| {
                order.compare(left, right, terms).unwrap_or_else(|e| {
                    failed = Some(e);
                    Ordering::Equal
                })
            })
        });
        let mut seen: FxHashSet<IdDerivation> = FxHashSet::default();
        derivations.retain(|(rule, premises)| {
            let mut set = premises.clone();
            set.sort_unstable();
            set.dedup();
            seen.insert((*rule, set))
        });
        failed.map_or(Ok(derivations), Err)
    }
}

/// Unifies the head of a clause with a triple: the values of the slots, or `None` if the triple does not fit.
pub(super) fn unify(head: Pattern, triple: [Id; 3], slots: usize) -> Option<Vec<Id>> {
    let mut row = vec![0; slots];
    for (component, id) in head.into_iter().zip(triple) {
        match component {
            Component::Id(known) if known == id => {}
            Component::Slot(slot) if row[slot] == 0 || row[slot] == id => row[slot] = id,
            Component::Id(_) | Component::Slot(_) => return None,
        }
    }
    Some(row)
}
