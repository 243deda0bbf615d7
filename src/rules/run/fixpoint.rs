//! Runs rules until nothing new comes.
//!
//! Evaluation is semi-naive, as in the literature on Datalog ([Abiteboul, Hull and Vianu][ahv], chapters 13 and 15): a round
//! joins what the last round added with all there is, never old with old, and the rules are sorted into strata, so that what a
//! rule negates is complete before it runs. The triples of round *n* are those whose shallowest derivation is *n* steps deep.
//!
//! [ahv]: http://webdam.inria.fr/Alice/

use super::clause::{Clause, Place, under};
use super::compose::Composition;
use super::derives::Derives;
use super::facts::Facts;
use super::inferences::Inferences;
use super::join::{Delta, Join, Plan, Stop};
use super::program::Program;
use super::record::{Found, Record};
use super::term_order::TermOrder;
use super::terms::Terms;
use crate::dataset::Vocabulary;
use crate::model::{Namespaces, Statement};
use crate::rules::{Rule, RuleError};
use crate::store::{CompiledGraph, Id};
use spareval::QueryEvaluator;
use std::collections::BTreeSet;

/// More inferences than this are taken for those of rules that run away.
pub const MAX_INFERENCES: usize = 10_000_000;
/// A rule that still makes new terms after so many rounds is taken to run away.
pub const MAX_ROUNDS: u32 = 1_000;
/// More bytes than this of terms that rules make are taken for those of rules that run away.
pub const MAX_TERM_BYTES: usize = 1 << 26;

/// Runs rules over a graph of triples and returns what they derive, each triple with one derivation.
///
/// `facts` are the statements whose triples are in the graph; premises that they state are cited by their ids. Rules may
/// derive predicates of the vocabulary only. Of several derivations of a triple the shallowest is kept, and among those the
/// first by the rule's name, then by the premises in the order in which the rule has them, each by the N-Triples of its terms.
///
/// A round takes as long as there are ways of matching a rule with something that the last round added. A rule of the shape
/// `?x p ?m . ?m q ?y` goes through the ways with bits, of which a chain of *n* nodes has *n*³/6. The memory grows with the
/// triples that are derived, and with the ways of one round over the middles of such a rule.
///
/// Where rules cannot be run to their end, the error comes with what was derived before.
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
    names: &Namespaces,
    facts: &[Statement],
    graph: &'a CompiledGraph,
) -> (Inferences<'a>, Option<RuleError>) {
    let mut terms = Terms::new(graph);
    let mut record = Record::default();
    let mut clauses = Vec::new();
    let mut run = || {
        let program = Program::new(rules, &Facts::all(graph), &mut terms)?;
        clauses = program.clauses;
        let derives = Derives::new(vocabulary, names, graph)?;
        let evaluator = QueryEvaluator::new();
        let mut run = Run {
            rules,
            clauses: &clauses,
            graph,
            derives,
            record: &mut record,
            ranks: TermOrder::default(),
            evaluator,
        };
        program.strata.iter().try_for_each(|stratum| run.stratum(stratum, &mut terms))
    };
    let error = if rules.is_empty() { None } else { run().err() };
    match Inferences::new(rules, clauses, terms, record, facts) {
        Ok(inferences) => (inferences, error),
        Err(e) => (Inferences::none(rules, graph), error.or(Some(e.into()))),
    }
}

struct Run<'a> {
    rules: &'a [Rule],
    clauses: &'a [Clause],
    graph: &'a CompiledGraph,
    derives: Derives<'a>,
    record: &'a mut Record,
    ranks: TermOrder,
    evaluator: QueryEvaluator,
}

impl<'a> Run<'a> {
    /// Runs the clauses of a stratum to their end. What earlier strata derived comes in round for round, as if they ran along,
    /// so that rounds count the steps of a derivation across strata.
    fn stratum(&mut self, stratum: &[usize], terms: &mut Terms<'_>) -> Result<(), RuleError> {
        let compositions: Vec<Option<Composition>> =
            stratum.iter().map(|clause| Composition::of(&self.clauses[*clause])).collect();
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
                match composition {
                    Some(composition) => self.compose(*clause, composition, round, &new, &facts, terms)?,
                    None => self.clause(*clause, round, &new, &Seen { facts: &facts, complete: &complete }, terms)?,
                }
            }
            round += 1;
        }
    }

    /// Whether a clause may match something that a round added.
    fn reads(&self, clause: usize, at: usize, new: &BTreeSet<Id>) -> bool {
        match self.clauses[clause].condition.atoms[at][1] {
            Place::Id(id) => new.contains(&id),
            Place::Slot(_) => !new.is_empty(),
        }
    }

    fn compose(
        &mut self,
        number: usize,
        composition: &Composition,
        round: u32,
        new: &BTreeSet<Id>,
        facts: &Facts<'_>,
        terms: &mut Terms<'_>,
    ) -> Result<(), RuleError> {
        let clause = &self.clauses[number];
        if round > 0 && !clause.open().any(|at| self.reads(number, at, new)) {
            return Ok(());
        }
        let found = composition.derive(round, facts, self.record, &mut self.ranks, terms)?;
        for way in found {
            let row = composition.row(clause, way);
            let mut holds = true;
            for test in &clause.condition.tests {
                holds &= test.holds(&row, terms, &self.evaluator)?;
            }
            if holds {
                self.derive(number, &row, round + 1, terms)?;
            }
        }
        Ok(())
    }

    fn clause(
        &mut self,
        number: usize,
        round: u32,
        new: &BTreeSet<Id>,
        seen: &Seen<'_, '_>,
        terms: &mut Terms<'_>,
    ) -> Result<(), RuleError> {
        let clauses: &'a [Clause] = self.clauses;
        let clause = &clauses[number];
        let deltas: Vec<Delta> = match round {
            0 => vec![Delta::None],
            _ => clause.open().filter(|at| self.reads(number, *at, new)).map(Delta::At).collect(),
        };
        let evaluator = self.evaluator.clone();
        let join = Join { facts: seen.facts, complete: seen.complete, evaluator: &evaluator };
        for delta in deltas {
            let known = (0..clause.row.len()).filter(|slot| clause.row[*slot] != 0);
            let plan = Plan::new(&clause.condition, clause.open(), delta, known, seen.facts)?;
            let mut row = clause.row.clone();
            let found = join.solutions(&clause.condition, &plan, &mut row, terms, &mut |row, terms| {
                self.derive(number, row, round + 1, terms).map_err(Stop::Failed)
            });
            match found {
                Ok(()) | Err(Stop::Enough) => {}
                Err(Stop::Failed(_)) if terms.made_bytes() > MAX_TERM_BYTES => {
                    return Err(RuleError::LimitReached(self.rules[clause.rule].name.clone()));
                }
                Err(Stop::Failed(e)) => return Err(e),
            }
        }
        Ok(())
    }

    /// Takes what a clause derives under a solution.
    fn derive(&mut self, number: usize, row: &[Id], round: u32, terms: &Terms<'_>) -> Result<(), RuleError> {
        let clause = &self.clauses[number];
        let triple = under(clause.head, row);
        if triple.contains(&0) || self.graph.contains_ids(triple)? {
            return Ok(());
        }
        if !self.record.contains(triple) {
            // What has a literal as its subject is no triple.
            if !terms.is_node(triple[0])? {
                return Ok(());
            }
            let rule = &self.rules[clause.rule];
            if !self.derives.allow(triple, rule.entails, terms)? {
                let misfit = terms.triple(triple)?.map(Box::new);
                return misfit.map_or(Ok(()), |triple| Err(RuleError::InvalidDerivation(rule.name.clone(), triple)));
            }
            let makes = rule.makes_terms && triple.iter().any(|id| *id as usize >= self.graph.id_bound());
            let without_end = makes && round > MAX_ROUNDS;
            if without_end || self.record.len() >= MAX_INFERENCES {
                return Err(RuleError::LimitReached(rule.name.clone()));
            }
        }
        let found = Found { triple, level: round, clause: number, row };
        Ok(self.record.offer(found, self.clauses, &mut self.ranks, terms)?)
    }
}

/// What a clause is matched with, and what is held against what it negates.
struct Seen<'a, 'b> {
    facts: &'a Facts<'b>,
    complete: &'a Facts<'b>,
}
