//! Runs rules to a fixpoint.
//!
//! Evaluation is semi-naive and stratified ([Abiteboul, Hull and Vianu][ahv], chapters 13 and 15): each round joins the
//! triples of the last round with all others, and a rule runs after the predicates that it negates are complete. Round *n*
//! adds the triples whose shallowest derivation has depth *n*.
//!
//! [ahv]: http://webdam.inria.fr/Alice/

use super::clause::{Clause, instantiate};
use super::compose::Composition;
use super::derives::DerivationCheck;
use super::evaluation::Evaluation;
use super::facts::Facts;
use super::inferences::Inferences;
use super::join::{Delta, Join, Stop};
use super::program::Program;
use super::record::{Found, Record};
use super::term_order::TermOrder;
use super::terms::Terms;
use crate::dataset::Vocabulary;
use crate::model::{MAX_DEPTH, Namespaces, Statement, on_deep_stack};
use crate::rules::{MAX_INFERENCES, MAX_ROUNDS, Rule, RuleError, RuleLimit, RuleOptions};
use crate::store::{CompiledGraph, Id};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Runs rules over a graph and returns the derived triples, each with one derivation.
///
/// `facts` are the statements whose triples are in the graph. Premises that they state refer to their ids. Of several
/// derivations of a triple, the shallowest is recorded, then the first by the name of the rule, then by the premises in the
/// order of the rule's patterns, compared as N-Triples.
///
/// A round takes time linear in the number of solutions that use a triple of the last round. For a rule of the form
/// `?x p ?m . ?m q ?y`, bit sets reduce the cost per solution: a chain of *n* nodes has *n*³/6. Memory grows with the derived
/// triples, and with the pairs of `?x` and `?m` of one round for such a rule.
///
/// If the rules cannot be run to completion, or are cancelled, the error comes with the triples that were derived before.
///
/// ```
/// use factloom::model::vocab::{fl::INFERENCE, rdf::TYPE};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// assert!(store.count(TYPE, Some(INFERENCE.into()))? > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn infer<'a>(
    rules: &'a [Rule],
    vocabulary: &Vocabulary,
    namespaces: &Namespaces,
    facts: &[&Statement],
    graph: &'a CompiledGraph,
    options: &RuleOptions,
) -> (Inferences<'a>, Option<RuleError>) {
    on_deep_stack(MAX_DEPTH, || {
        let evaluation = Rc::new(Evaluation::new(options));
        let mut terms = Terms::new(graph);
        let mut record = Record::default();
        let mut clauses = Vec::new();
        let mut run = || {
            let program = Program::new(rules, &Facts::all(graph), &mut terms, &evaluation)?;
            clauses = program.clauses;
            let check = DerivationCheck::new(vocabulary, namespaces, graph)?;
            let order = TermOrder::default();
            let (record, rows) = (&mut record, vec![0; rules.len()]);
            let mut fixpoint = Fixpoint {
                rules,
                clauses: &clauses,
                graph,
                check,
                record,
                order,
                evaluation: Rc::clone(&evaluation),
                rows,
            };
            program.strata.iter().try_for_each(|stratum| fixpoint.run_stratum(stratum, &mut terms))
        };
        let error = if rules.is_empty() { None } else { run().err() };
        match Inferences::new(rules, clauses, terms, record, facts) {
            Ok(inferences) => (inferences, error),
            Err(e) => (Inferences::none(rules, graph), error.or(Some(e.into()))),
        }
    })
}

struct Fixpoint<'a> {
    rules: &'a [Rule],
    clauses: &'a [Clause],
    graph: &'a CompiledGraph,
    check: DerivationCheck<'a>,
    record: &'a mut Record,
    order: TermOrder,
    evaluation: Rc<Evaluation>,
    /// How many rows each rule has examined.
    rows: Vec<u64>,
}

impl<'a> Fixpoint<'a> {
    /// Runs the clauses of a stratum to completion. The triples of earlier strata are added round by round, so that the number
    /// of the round is the depth of a derivation across strata.
    fn run_stratum(&mut self, stratum: &[usize], terms: &mut Terms<'_>) -> Result<(), RuleError> {
        let compositions: Vec<Option<Composition>> =
            stratum.iter().map(|clause| Composition::detect(&self.clauses[*clause])).collect();
        let negates = stratum.iter().any(|clause| !self.clauses[*clause].condition.absent.is_empty());
        let mut complete = Facts::all(self.graph);
        if negates {
            complete.derived.add(1, self.record.triples.iter().copied());
        }
        let mut facts = Facts::all(self.graph);
        let mut round = 0;
        loop {
            let mut new: BTreeSet<Id> = BTreeSet::new();
            if round > 0 {
                let Some(triples) = self.record.of_level(round) else { return Ok(()) };
                facts.derived.add(round, triples.inspect(|[_, p, _]| _ = new.insert(*p)));
            }
            for (clause, composition) in stratum.iter().zip(&compositions) {
                let rule = self.clauses[*clause].rule;
                let evaluation = Rc::clone(&self.evaluation);
                evaluation.start_at(self.rows[rule]);
                let join = Join { facts: &facts, complete: &complete, evaluation: &evaluation };
                match composition {
                    Some(composition) => self.run_composition(*clause, composition, round, &new, &join, terms),
                    None => self.run_clause(*clause, round, &new, &join, terms),
                }
                .map_err(|error| error.in_rule(&self.rules[rule]))?;
                self.rows[rule] = evaluation.rows();
            }
            round += 1;
        }
    }

    /// Whether an atom of a clause may match a triple with one of the new predicates.
    fn reads(&self, clause: usize, at: usize, new: &BTreeSet<Id>) -> bool {
        let predicate = self.clauses[clause].condition.atoms[at][1].id();
        predicate.map_or(!new.is_empty(), |predicate| new.contains(&predicate))
    }

    fn run_composition(
        &mut self,
        number: usize,
        composition: &Composition,
        round: u32,
        new: &BTreeSet<Id>,
        join: &Join<'_, '_>,
        terms: &mut Terms<'_>,
    ) -> Result<(), RuleError> {
        let clause = &self.clauses[number];
        if round > 0 && !clause.open_atoms().any(|at| self.reads(number, at, new)) {
            return Ok(());
        }
        let found = composition.derive(round, join, self.record, &mut self.order, terms)?;
        for path in found {
            let row = composition.row(clause, path);
            let mut holds = true;
            for test in &clause.condition.tests {
                holds &= test.holds(&row, terms, join.evaluation)?;
            }
            if holds {
                self.derive(number, &row, round + 1, terms)?;
            }
        }
        Ok(())
    }

    fn run_clause(
        &mut self,
        number: usize,
        round: u32,
        new: &BTreeSet<Id>,
        join: &Join<'_, '_>,
        terms: &mut Terms<'_>,
    ) -> Result<(), RuleError> {
        let clauses: &'a [Clause] = self.clauses;
        let clause = &clauses[number];
        let deltas: Vec<Delta> = match round {
            0 => vec![Delta::None],
            _ => clause.open_atoms().filter(|at| self.reads(number, *at, new)).map(Delta::At).collect(),
        };
        for delta in deltas {
            let (condition, open) = (&clause.condition, clause.open_atoms());
            join.for_each_solution(condition, open, delta, &clause.row, terms, &mut |row, terms| {
                self.derive(number, row, round + 1, terms).map_err(Stop::Failed)
            })?;
        }
        Ok(())
    }

    /// Records the triple that a clause derives from a solution.
    fn derive(&mut self, number: usize, row: &[Id], round: u32, terms: &Terms<'_>) -> Result<(), RuleError> {
        let clause = &self.clauses[number];
        let triple = instantiate(clause.head, row);
        if triple.contains(&0) || self.graph.contains_ids(triple)? {
            return Ok(());
        }
        if !self.record.contains(triple) {
            // As in CONSTRUCT, a triple is skipped if a literal is its subject, or its predicate is not an IRI.
            if !terms.is_node(triple[0])? || !terms.is_iri(triple[1])? {
                return Ok(());
            }
            let rule = &self.rules[clause.rule];
            if let Some(reason) = self.check.problem(triple, rule.is_entailment, terms)? {
                // Entailment derives nothing about the vocabulary.
                if rule.is_entailment {
                    return Ok(());
                }
                let triple = Box::new(terms.triple(triple)?);
                return Err(RuleError::InvalidDerivation { rule: rule.name.clone(), triple, reason });
            }
            let creates_terms = rule.creates_terms && triple.iter().any(|id| *id as usize >= self.graph.id_bound());
            if creates_terms && round > MAX_ROUNDS {
                return Err(RuleError::limit(rule, RuleLimit::Rounds));
            }
            if self.record.len() >= MAX_INFERENCES {
                return Err(RuleError::limit(rule, RuleLimit::Inferences));
            }
        }
        let found = Found { triple, level: round, clause: number, row };
        Ok(self.record.offer(found, self.clauses, &mut self.order, terms)?)
    }
}
