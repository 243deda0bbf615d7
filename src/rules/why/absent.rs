//! Explains why a triple is not in the graph.

use super::Explainer;
use super::explainer::{Search, unify};
use crate::check::Exclusions;
use crate::model::{Kind, MAX_DEPTH, Statement, inference_id, on_deep_stack};
use crate::query::vocabulary_of;
use crate::rules::run::clause::{Clause, Component, Condition, Pattern, instantiate};
use crate::rules::run::join::{Delta, Join, Stop};
use crate::store::{GraphError, Id, StoreError};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use std::collections::BTreeSet;

/// Why a triple is not in the graph.
#[derive(Clone, Debug)]
pub struct Absence {
    /// The absent triple.
    pub triple: Triple,
    /// Claims about the triple that do not deny it.
    pub claims: Vec<Statement>,
    /// Claims that deny the triple.
    pub denials: Vec<Statement>,
    /// Facts and inferences that contradict the triple, by a functional or a disjoint predicate.
    pub contradicting: Vec<Statement>,
    /// How far each rule got that could derive the triple, sorted by the number of unmatched patterns, then by name.
    pub attempts: Vec<Attempt>,
}

/// A rule that could not derive a triple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The rule's name.
    pub rule: String,
    /// The premises that were found.
    pub found: Vec<Triple>,
    /// The first obstacle.
    pub missing: Missing,
    /// How many patterns have no match together with the found premises.
    pub unmatched: usize,
}

/// Why a rule did not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A triple pattern has no match.
    Pattern([PatternTerm; 3]),
    /// A negated pattern matches these triples.
    Present(Vec<Triple>),
    /// All patterns match, but a filter is false.
    Condition,
}

/// A component of a triple pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternTerm {
    /// A term.
    Term(Term),
    /// The name of a variable.
    Variable(String),
}

/// The maximum number of patterns for which all subsets are tried.
const MAX_PATTERNS: usize = 8;

impl Explainer<'_> {
    /// Explains why a triple is not in the graph.
    ///
    /// Matches, for each rule that could derive the triple, each subset of its patterns once.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    ///
    /// ```
    /// use factloom::rules::Explainer;
    /// use factloom::store::Labels;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let triple = Labels::new(&store, "en").parse_sentence("Karachi is located in Moscow", dataset.vocabulary.predicate_iris())?;
    /// let absence = Explainer::new(&store)?.absence(&triple)?;
    /// assert_eq!(absence.attempts[0].rule, "located-in");
    /// assert!(absence.claims.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn absence(&mut self, triple: &Triple) -> Result<Absence, StoreError> {
        on_deep_stack(MAX_DEPTH, || self.find_attempts(triple))
    }

    fn find_attempts(&mut self, triple: &Triple) -> Result<Absence, StoreError> {
        let (mut claims, mut denials) = (Vec::new(), Vec::new());
        for statement in self.store.statements_of_triple(triple)? {
            match &statement.kind {
                Kind::Claim(claim) if claim.status.is_denial() => denials.push(statement),
                Kind::Claim(_) => claims.push(statement),
                Kind::Fact | Kind::Inference(_) | Kind::Entailment(_) => {}
            }
        }
        let contradicting = self.contradicting(triple)?;
        let mut attempts: Vec<Attempt> = Vec::new();
        if let Some(search) = &mut self.search {
            let ids = search.terms.triple_ids(triple)?;
            for number in 0..search.clauses.len() {
                let rule = &self.rules[search.clauses[number].rule].name;
                let Some(attempt) = search.attempt(number, rule, ids)? else { continue };
                // Of the alternatives of a rule, the one with the fewest unmatched patterns is kept.
                match attempts.iter_mut().find(|known| known.rule == attempt.rule) {
                    Some(known) if known.unmatched > attempt.unmatched => *known = attempt,
                    Some(_) => {}
                    None => attempts.push(attempt),
                }
            }
        }
        attempts.sort_by(|a, b| (a.unmatched, &a.rule).cmp(&(b.unmatched, &b.rule)));
        Ok(Absence { triple: triple.clone(), claims, denials, contradicting, attempts })
    }

    /// The statements of the graph that contradict a triple.
    fn contradicting(&self, triple: &Triple) -> Result<Vec<Statement>, StoreError> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { return Ok(Vec::new()) };
        let others: Vec<Statement> =
            self.store.statements_of(subject)?.into_iter().filter(Statement::is_asserted).collect();
        // Inferences are compared as if they were facts.
        let mut assumed = vec![Statement::new(inference_id(triple), triple.clone(), Kind::Fact)];
        assumed.extend(others.iter().map(|other| Statement::new(other.id.clone(), other.triple.clone(), Kind::Fact)));
        let exclusions = Exclusions::new(&vocabulary_of(self.store.metadata())?);
        let sides = exclusions.conflicts(&assumed).into_iter().map(|conflict| conflict.sides);
        let involved = sides.filter(|sides| sides.iter().any(|side| side.statements.contains(&0)));
        let contradicting = involved.flatten().filter(|side| !side.statements.contains(&0));
        let numbers: BTreeSet<usize> = contradicting.flat_map(|side| side.statements).collect();
        Ok(numbers.into_iter().filter_map(|number| others.get(number.checked_sub(1)?).cloned()).collect())
    }
}

impl Search<'_> {
    /// How many patterns of a clause match; `None` if all match, or if the clause cannot derive the triple.
    fn attempt(&mut self, number: usize, rule: &str, triple: [Id; 3]) -> Result<Option<Attempt>, GraphError> {
        let clause = self.clauses[number].clone();
        let Some(row) = unify(clause.head, triple, clause.row.len()) else { return Ok(None) };
        let atoms = &clause.condition.atoms;
        for set in subsets(atoms.len()) {
            let Some(found) = self.first_solution(&clause, &set, &row)? else { continue };
            let open: Vec<Pattern> = (0..atoms.len()).filter(|at| !set.contains(at)).map(|at| atoms[at]).collect();
            let missing = match open.first() {
                Some(pattern) => Missing::Pattern(self.pattern_terms(*pattern, &found, &clause)?),
                None => match self.obstacle(&clause, &row)? {
                    Some(missing) => missing,
                    None => return Ok(None),
                },
            };
            let triples = set.iter().map(|at| self.terms.triple(instantiate(atoms[*at], &found)));
            let found = triples.collect::<Result<_, GraphError>>()?;
            return Ok(Some(Attempt { rule: rule.to_owned(), found, missing, unmatched: open.len() }));
        }
        // VALUES excludes the triple.
        let (rule, found) = (rule.to_owned(), Vec::new());
        Ok(Some(Attempt { rule, found, missing: Missing::Condition, unmatched: atoms.len() }))
    }

    /// The first solution of a subset of the atoms of a clause.
    fn first_solution(&mut self, clause: &Clause, set: &[usize], row: &[Id]) -> Result<Option<Vec<Id>>, GraphError> {
        let Condition { atoms, tables, .. } = &clause.condition;
        // Patterns without a common unbound variable are matched separately. Otherwise a pattern without a match would be
        // tried for each match of the others.
        let mut row = row.to_vec();
        let only_tables = Condition { tables: tables.clone(), ..Condition::default() };
        if self.solution(&only_tables, &row)?.is_none() {
            return Ok(None);
        }
        for component in connected_components(set, atoms, &row) {
            let atoms = component.iter().map(|at| atoms[*at]).collect();
            let condition = Condition { atoms, tables: tables.clone(), ..Condition::default() };
            match self.solution(&condition, &row)? {
                Some(found) => row = found,
                None => return Ok(None),
            }
        }
        Ok(Some(row))
    }

    fn solution(&mut self, condition: &Condition, row: &[Id]) -> Result<Option<Vec<Id>>, GraphError> {
        let Self { facts, terms, evaluation, .. } = self;
        let join = Join { facts, complete: facts, evaluation };
        let (open, mut first) = (0..condition.atoms.len(), None);
        join.for_each_solution::<GraphError>(condition, open, Delta::None, row, terms, &mut |row, _| {
            first = Some(row.to_vec());
            Err(Stop::Enough)
        })?;
        Ok(first)
    }

    /// Why a clause does not apply although all patterns match; `None` if it does apply.
    fn obstacle(&mut self, clause: &Clause, row: &[Id]) -> Result<Option<Missing>, GraphError> {
        let all = &clause.condition;
        if self.solution(all, row)?.is_some() {
            return Ok(None);
        }
        let without_negation = Condition { absent: Vec::new(), ..all.clone() };
        let Some(solution) = self.solution(&without_negation, row)? else { return Ok(Some(Missing::Condition)) };
        for absent in &all.absent {
            if let Some(found) = self.solution(absent, &solution)? {
                let triples = absent.atoms.iter().map(|atom| self.terms.triple(instantiate(*atom, &found)));
                return Ok(Some(Missing::Present(triples.collect::<Result<_, _>>()?)));
            }
        }
        Ok(Some(Missing::Condition))
    }

    fn pattern_terms(&self, pattern: Pattern, row: &[Id], clause: &Clause) -> Result<[PatternTerm; 3], GraphError> {
        let term = |component: Component| match (component.value(row), component.slot()) {
            (0, slot) => {
                let name = slot.map_or("", |slot| clause.names[slot].as_str());
                Ok(PatternTerm::Variable(if name.is_empty() { "something".to_owned() } else { name.to_owned() }))
            }
            (id, _) => Ok(PatternTerm::Term(self.terms.term(id)?)),
        };
        let [s, p, o] = pattern;
        Ok([term(s)?, term(p)?, term(o)?])
    }
}

/// The connected components of a set of atoms, by common unbound variables.
fn connected_components(set: &[usize], atoms: &[Pattern], row: &[Id]) -> Vec<Vec<usize>> {
    let open = |at: usize| -> BTreeSet<usize> {
        atoms[at].iter().filter_map(|component| component.slot()).filter(|slot| row[*slot] == 0).collect()
    };
    let mut components: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
    for at in set {
        let (mut slots, mut members) = (open(*at), vec![*at]);
        components.retain(|(others, component)| {
            let joins = !others.is_disjoint(&slots);
            if joins {
                slots.extend(others);
                members.extend(component);
            }
            !joins
        });
        members.sort_unstable();
        components.push((slots, members));
    }
    components.into_iter().map(|(_, members)| members).collect()
}

/// The subsets of `0..count`, by decreasing size. Above [`MAX_PATTERNS`], only the prefixes.
fn subsets(count: usize) -> Vec<Vec<usize>> {
    if count > MAX_PATTERNS {
        return (0..=count).rev().map(|length| (0..length).collect()).collect();
    }
    let members = |bits: usize| (0..count).filter(|at| bits & (1 << at) != 0).collect();
    let mut subsets: Vec<Vec<usize>> = (0..1 << count).map(members).collect();
    subsets.sort_by(|a: &Vec<usize>, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    subsets
}
