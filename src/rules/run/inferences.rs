//! Derived triples as statements.

use super::clause::Clause;
use super::record::Record;
use super::terms::Terms;
use crate::model::{Derivation, Kind, Premise, Statement, StatementId, inference_id};
use crate::rules::Rule;
use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::{NamedNode, Triple};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Inferences, sorted by their ids. Each is materialized as a [`Statement`] on demand to save memory.
pub struct Inferences<'a> {
    rules: &'a [Rule],
    clauses: Vec<Clause>,
    terms: Terms<'a>,
    record: Record,
    /// The hash in the id of each inference.
    hashes: Vec<u64>,
    /// The indices of the record in the order of ids.
    sorted: Vec<u32>,
    /// The facts that state premises; of several, the first by id.
    stated: FxHashMap<[Id; 3], StatementId>,
}

impl<'a> Inferences<'a> {
    pub(in crate::rules) fn none(rules: &'a [Rule], graph: &'a CompiledGraph) -> Self {
        Self {
            rules,
            clauses: Vec::new(),
            terms: Terms::new(graph),
            record: Record::default(),
            hashes: Vec::new(),
            sorted: Vec::new(),
            stated: FxHashMap::default(),
        }
    }

    pub(in crate::rules) fn new(
        rules: &'a [Rule],
        clauses: Vec<Clause>,
        mut terms: Terms<'a>,
        record: Record,
        facts: &[&Statement],
    ) -> Result<Self, GraphError> {
        let mut premises: FxHashSet<[Id; 3]> = FxHashSet::default();
        for number in 0..record.len() {
            let clause = &clauses[record.clause(number)];
            let all = clause.premises(&record.row(number, clause));
            premises.extend(all.into_iter().filter(|premise| !record.contains(*premise)));
        }
        let mut predicates: FxHashSet<NamedNode> = FxHashSet::default();
        for predicate in premises.iter().map(|[_, p, _]| *p).collect::<FxHashSet<Id>>() {
            predicates.extend(NamedNode::try_from(terms.term(predicate)?));
        }
        let mut stated: FxHashMap<[Id; 3], StatementId> = FxHashMap::default();
        for fact in facts.iter().filter(|fact| fact.is_asserted() && predicates.contains(&fact.triple.predicate)) {
            let triple = terms.triple_ids(&fact.triple)?;
            if premises.contains(&triple) {
                let known = stated.entry(triple).or_insert_with(|| fact.id.clone());
                if fact.id < *known {
                    *known = fact.id.clone();
                }
            }
        }
        let hash = |triple: &[Id; 3]| {
            let id = inference_id(&terms.triple(*triple)?);
            let digits = id.as_str().strip_prefix("i-").and_then(|digits| u64::from_str_radix(digits, 16).ok());
            digits.ok_or(GraphError::Corrupt("invalid id of an inference"))
        };
        let hashes: Vec<u64> = record.triples.par_iter().map(hash).collect::<Result<_, GraphError>>()?;
        let mut sorted: Vec<u32> = (0..record.len() as u32).collect();
        sorted.sort_unstable_by_key(|number| hashes[*number as usize]);
        Ok(Self { rules, clauses, terms, record, hashes, sorted, stated })
    }

    /// The number of inferences.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are no inferences.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    fn id_of(&self, number: usize) -> StatementId {
        StatementId::of_inference(self.hashes[number])
    }

    /// The id of an inference, by its index in the order of ids.
    ///
    /// # Panics
    ///
    /// Panics if the index is out of bounds.
    pub fn id(&self, index: usize) -> StatementId {
        self.id_of(self.sorted[index] as usize)
    }

    /// The triple of an inference, by its index in the order of ids.
    pub(in crate::rules) fn triple(&self, index: usize) -> Result<Triple, GraphError> {
        self.terms.triple(self.record.triples[self.sorted[index] as usize])
    }

    /// An inference, by its index in the order of ids.
    ///
    /// # Errors
    ///
    /// Returns an error if the graph is corrupt.
    ///
    /// # Panics
    ///
    /// Panics if the index is out of bounds.
    pub fn statement(&self, index: usize) -> Result<Statement, GraphError> {
        let number = self.sorted[index] as usize;
        let clause = &self.clauses[self.record.clause(number)];
        let mut premises = Vec::with_capacity(clause.condition.atoms.len());
        for premise in clause.premises(&self.record.row(number, clause)) {
            premises.push(match (self.record.number(premise), self.stated.get(&premise)) {
                (Some(number), _) => Premise::Statement(self.id_of(number)),
                (None, Some(id)) => Premise::Statement(id.clone()),
                (None, None) => Premise::Declared(self.terms.triple(premise)?),
            });
        }
        let rule = &self.rules[clause.rule];
        let derivation = Derivation { rule: rule.name.clone(), premises };
        let kind = if rule.is_entailment { Kind::Entailment(derivation) } else { Kind::Inference(derivation) };
        let triple = self.terms.triple(self.record.triples[number])?;
        let mut statement = Statement::new(self.id_of(number), triple, kind);
        statement.normalize();
        Ok(statement)
    }

    /// The inferences in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = Result<Statement, GraphError>> + '_ {
        (0..self.len()).map(|index| self.statement(index))
    }
}
