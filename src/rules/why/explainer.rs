//! Running rules backwards: from a triple to all that it follows from.

use crate::model::{Derivation, Premise};
use crate::rules::Rule;
use crate::rules::run::clause::{Clause, Place, Places, clauses};
use crate::rules::run::facts::Facts;
use crate::rules::run::join::{Delta, Join, Plan, Stop};
use crate::rules::run::term_order::TermOrder;
use crate::rules::run::terms::Terms;
use crate::store::{CompiledGraph, GraphError, Id, Store, StoreError};
use oxigraph::model::Triple;
use rustc_hash::FxHashSet;
use spareval::QueryEvaluator;
use std::cmp::Ordering;

/// Finds what triples follow from, by the rules that a graph carries.
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

/// The rules over the ids of a graph.
pub(super) struct Search<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) clauses: Vec<Clause>,
    pub(super) terms: Terms<'a>,
    pub(super) evaluator: QueryEvaluator,
}

/// A rule, by its number, and what its patterns matched, in the order in which it has them.
type Way = (usize, Vec<[Id; 3]>);

impl<'a> Explainer<'a> {
    /// Reads the rules that a store carries. Where it is no compiled graph, only what is recorded is known.
    ///
    /// # Errors
    ///
    /// Where the store is damaged.
    pub fn new(store: &'a Store) -> Result<Self, StoreError> {
        let rules = Rule::of_store(store, &store.metadata().vocabulary()?);
        let search = store.graph().map(|graph| Search::new(graph, store, &rules)).transpose()?;
        Ok(Self { store, rules, search })
    }

    /// All derivations of a triple that is in the graph, by the rule's name, then by the premises in the order in which the
    /// rule has them, each by the N-Triples of its terms. One that has the triple itself among its premises is left out, since
    /// nothing follows from itself.
    ///
    /// Matches each rule that may give the triple, with the triple known.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn derivations(&mut self, triple: &Triple) -> Result<Vec<Derivation>, StoreError> {
        let mut derivations: Vec<Derivation> = Vec::new();
        for (rule, premises) in self.ways(triple)? {
            let rule = self.rules[rule].name.clone();
            let premises = premises.into_iter().map(|premise| self.premise(premise)).collect::<Result<_, _>>()?;
            let mut derivation = Derivation { rule, premises };
            derivation.normalize();
            derivations.push(derivation);
        }
        Ok(derivations)
    }

    /// How many derivations a triple has.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn count(&mut self, triple: &Triple) -> Result<usize, StoreError> {
        Ok(self.ways(triple)?.len())
    }

    fn ways(&mut self, triple: &Triple) -> Result<Vec<Way>, StoreError> {
        let Some(search) = &mut self.search else { return Ok(Vec::new()) };
        Ok(search.ways(triple)?)
    }

    fn premise(&self, ids: [Id; 3]) -> Result<Premise, StoreError> {
        let Some(search) = &self.search else { return Err(GraphError::Corrupt("it has no ids").into()) };
        let triple = search.terms.triple(ids)?.ok_or(GraphError::Corrupt("a triple has no IRI as its predicate"))?;
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
        let facts = Facts::visible(graph, store.names());
        Ok(Self { facts, clauses, terms, evaluator: QueryEvaluator::new() })
    }

    /// The ids of a triple.
    pub(super) fn ids(&mut self, triple: &Triple) -> Result<[Id; 3], GraphError> {
        let Triple { subject, predicate, object } = triple;
        Ok([
            self.terms.id(subject.clone().into())?,
            self.terms.id(predicate.clone().into())?,
            self.terms.id(object.clone())?,
        ])
    }

    fn ways(&mut self, triple: &Triple) -> Result<Vec<Way>, GraphError> {
        let ids = self.ids(triple)?;
        let Self { facts, clauses, terms, evaluator } = self;
        let join = Join { facts, complete: facts, evaluator };
        let mut ways: Vec<Way> = Vec::new();
        for clause in clauses.iter() {
            let Some(mut row) = unified(clause.head, ids, clause.row.len()) else { continue };
            let known: Vec<usize> = (0..row.len()).filter(|slot| row[*slot] != 0).collect();
            let condition = &clause.condition;
            let all = 0..condition.atoms.len();
            let plan = Plan::new(condition, all, Delta::None, known.into_iter(), facts)?;
            let found = join.solutions::<GraphError>(condition, &plan, &mut row, terms, &mut |row, _| {
                let premises = clause.premises(row);
                if !premises.contains(&ids) {
                    ways.push((clause.rule, premises));
                }
                Ok(())
            });
            if let Err(Stop::Failed(e)) = found {
                return Err(e);
            }
        }
        let (mut ranks, mut failed) = (TermOrder::default(), None);
        ways.sort_by(|(a, left), (b, right)| {
            a.cmp(b).then_with(|| {
                ranks.compare(left, right, terms).unwrap_or_else(|e| {
                    failed = Some(e);
                    Ordering::Equal
                })
            })
        });
        let mut seen: FxHashSet<Way> = FxHashSet::default();
        ways.retain(|(rule, premises)| {
            let mut set = premises.clone();
            set.sort_unstable();
            set.dedup();
            seen.insert((*rule, set))
        });
        failed.map_or(Ok(ways), Err)
    }
}

/// The values that a triple gives to the variables of a head; `None` where it is no such triple.
pub(super) fn unified(head: Places, triple: [Id; 3], slots: usize) -> Option<Vec<Id>> {
    let mut row = vec![0; slots];
    for (place, id) in head.into_iter().zip(triple) {
        match place {
            Place::Id(known) if known == id => {}
            Place::Slot(slot) if row[slot] == 0 || row[slot] == id => row[slot] = id,
            Place::Id(_) | Place::Slot(_) => return None,
        }
    }
    Some(row)
}
