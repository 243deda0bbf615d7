//! Why a statement is not in the graph.

use super::Explainer;
use super::explainer::{Search, unified};
use crate::check::Exclusions;
use crate::model::{ClaimStatus, Kind, Statement, StatementId, inference_id};
use crate::rules::run::clause::{Clause, Condition, Place, Places, under};
use crate::rules::run::join::{Delta, Join, Plan, Stop};
use crate::store::{GraphError, Id, StoreError};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use std::collections::BTreeSet;

/// What keeps a triple out of the graph.
#[derive(Clone, Debug)]
pub struct Absence {
    /// What is not there.
    pub triple: Triple,
    /// Claims that say it: reported, planned or possible.
    pub claims: Vec<Statement>,
    /// Claims that deny it.
    pub denials: Vec<Statement>,
    /// Facts and inferences that cannot hold beside it, since a predicate has one value at most or excludes another.
    pub contradicting: Vec<Statement>,
    /// How far each rule got that could derive it: first the one with the fewest patterns missing, then by name.
    pub attempts: Vec<Attempt>,
}

/// How far a rule got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The rule's name.
    pub rule: String,
    /// The premises that were found.
    pub found: Vec<Triple>,
    /// What stood in the way first.
    pub missing: Missing,
    /// How many patterns matched nothing together with those that were found.
    pub unmatched: usize,
}

/// What a rule lacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A triple pattern: subject, predicate and object, as terms or as names of variables.
    Pattern([PatternTerm; 3]),
    /// Something holds that the rule asks not to hold.
    Present(Vec<Triple>),
    /// All patterns match, and a condition of the rule is not met.
    Condition,
}

/// What is known of a place in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternTerm {
    /// The term.
    Term(Term),
    /// Only what the rule calls it.
    Variable(String),
}

/// Rules with more patterns than this are matched pattern by pattern, and not with each set of them.
const MAX_SETS: usize = 8;

impl Explainer<'_> {
    /// Says why a triple is not in the graph. Of a triple that is there the lists are as they are.
    ///
    /// Takes, for each rule that could derive it, as long as matching each set of its patterns once.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    ///
    /// ```
    /// use factloom::rules::Explainer;
    /// use factloom::store::Labels;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let said = Labels::new(&store, "en").parse_sentence("Karachi lies in Moscow", &dataset.vocabulary)?;
    /// let absence = Explainer::new(&store)?.absence(&said)?;
    /// assert_eq!(absence.attempts[0].rule, "located-in");
    /// assert!(absence.claims.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn absence(&mut self, triple: &Triple) -> Result<Absence, StoreError> {
        let (mut claims, mut denials) = (Vec::new(), Vec::new());
        for statement in self.store.statements_of_triple(triple)? {
            match &statement.kind {
                Kind::Claim(claim) if claim.status == ClaimStatus::Denied => denials.push(statement),
                Kind::Claim(_) => claims.push(statement),
                Kind::Fact | Kind::Inference(_) => {}
            }
        }
        let contradicting = self.contradicting(triple)?;
        let mut attempts: Vec<Attempt> = Vec::new();
        if let Some(search) = &mut self.search {
            let ids = search.ids(triple)?;
            for number in 0..search.clauses.len() {
                let Some(attempt) = search.attempt(number, ids)? else { continue };
                let rule = self.rules[search.clauses[number].rule].name.clone();
                let attempt = Attempt { rule, ..attempt };
                // Of the alternatives of a rule the one that came closest is told.
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

    /// The statements in the graph that exclude a triple.
    fn contradicting(&self, triple: &Triple) -> Result<Vec<Statement>, StoreError> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { return Ok(Vec::new()) };
        let fact = |id: StatementId, triple: Triple| Statement {
            id,
            triple,
            kind: Kind::Fact,
            qualifiers: Vec::new(),
            evidence: Vec::new(),
        };
        let others: Vec<Statement> =
            self.store.statements_of(subject)?.into_iter().filter(Statement::is_asserted).collect();
        // As if it were a fact beside the others, inferences among them.
        let mut supposed = vec![fact(inference_id(triple), triple.clone())];
        supposed.extend(others.iter().map(|other| fact(other.id.clone(), other.triple.clone())));
        let exclusions = Exclusions::new(&self.store.metadata().vocabulary()?);
        let sides = exclusions.conflicts(&supposed).into_iter().map(|conflict| conflict.sides);
        let of_it = sides.filter(|sides| sides.iter().any(|side| side.statements.contains(&0)));
        let excluding = of_it.flatten().filter(|side| !side.statements.contains(&0));
        let numbers: BTreeSet<usize> = excluding.flat_map(|side| side.statements).collect();
        Ok(numbers.into_iter().filter_map(|number| others.get(number.checked_sub(1)?).cloned()).collect())
    }
}

impl Search<'_> {
    /// How far a clause gets towards a triple; `None` where it derives no such triple, or gets all the way.
    fn attempt(&mut self, number: usize, triple: [Id; 3]) -> Result<Option<Attempt>, GraphError> {
        let clause = self.clauses[number].clone();
        let Some(row) = unified(clause.head, triple, clause.row.len()) else { return Ok(None) };
        let atoms = &clause.condition.atoms;
        for set in sets(atoms.len()) {
            let Some(found) = self.first(&clause, &set, &row)? else { continue };
            let open: Vec<Places> = (0..atoms.len()).filter(|at| !set.contains(at)).map(|at| atoms[at]).collect();
            let missing = match open.first() {
                Some(pattern) => Missing::Pattern(self.known(*pattern, &found, &clause)?),
                None => match self.in_the_way(&clause, &row)? {
                    Some(missing) => missing,
                    None => return Ok(None),
                },
            };
            let triples = set.iter().map(|at| {
                let triple = self.terms.triple(under(atoms[*at], &found))?;
                triple.ok_or(GraphError::Corrupt("a triple has no IRI as its predicate"))
            });
            let found = triples.collect::<Result<_, GraphError>>()?;
            return Ok(Some(Attempt { rule: String::new(), found, missing, unmatched: open.len() }));
        }
        // Its VALUES exclude the triple.
        let (rule, found, missing) = (String::new(), Vec::new(), Missing::Condition);
        Ok(Some(Attempt { rule, found, missing, unmatched: atoms.len() }))
    }

    /// The first solution of some of a clause's patterns.
    fn first(&mut self, clause: &Clause, set: &[usize], row: &[Id]) -> Result<Option<Vec<Id>>, GraphError> {
        let Condition { atoms, tables, .. } = &clause.condition;
        // Patterns that share no unknown variable are matched apart, or one that fails would be tried with each match of
        // the others.
        let mut row = row.to_vec();
        let alone = Condition { tables: tables.clone(), ..Condition::default() };
        if self.solution(&alone, &row)?.is_none() {
            return Ok(None);
        }
        for part in connected(set, atoms, &row) {
            let atoms = part.iter().map(|at| atoms[*at]).collect();
            let condition = Condition { atoms, tables: tables.clone(), ..Condition::default() };
            match self.solution(&condition, &row)? {
                Some(found) => row = found,
                None => return Ok(None),
            }
        }
        Ok(Some(row))
    }

    fn solution(&mut self, condition: &Condition, row: &[Id]) -> Result<Option<Vec<Id>>, GraphError> {
        let Self { facts, terms, evaluator, .. } = self;
        let join = Join { facts, complete: facts, evaluator };
        let known: Vec<usize> = (0..row.len()).filter(|slot| row[*slot] != 0).collect();
        let plan = Plan::new(condition, 0..condition.atoms.len(), Delta::None, known.into_iter(), facts)?;
        let (mut row, mut first) = (row.to_vec(), None);
        let found = join.solutions::<GraphError>(condition, &plan, &mut row, terms, &mut |row, _| {
            first = Some(row.to_vec());
            Err(Stop::Enough)
        });
        match found {
            Err(Stop::Failed(e)) => Err(e),
            Ok(()) | Err(Stop::Enough) => Ok(first),
        }
    }

    /// What stands in the way although all patterns match; `None` where nothing does.
    fn in_the_way(&mut self, clause: &Clause, row: &[Id]) -> Result<Option<Missing>, GraphError> {
        let all = &clause.condition;
        if self.solution(all, row)?.is_some() {
            return Ok(None);
        }
        let Some(met) = self.solution(&Condition { absent: Vec::new(), ..all.clone() }, row)? else {
            return Ok(Some(Missing::Condition));
        };
        for absent in &all.absent {
            if let Some(found) = self.solution(absent, &met)? {
                let triples =
                    absent.atoms.iter().filter_map(|atom| self.terms.triple(under(*atom, &found)).transpose());
                return Ok(Some(Missing::Present(triples.collect::<Result<_, _>>()?)));
            }
        }
        Ok(Some(Missing::Condition))
    }

    fn known(&self, pattern: Places, row: &[Id], clause: &Clause) -> Result<[PatternTerm; 3], GraphError> {
        let known = |place: Place| match (place.under(row), place.slot()) {
            (0, slot) => {
                let name = slot.map_or("", |slot| clause.names[slot].as_str());
                Ok(PatternTerm::Variable(if name.is_empty() { "something".to_owned() } else { name.to_owned() }))
            }
            (id, _) => Ok(PatternTerm::Term(self.terms.term(id)?)),
        };
        let [s, p, o] = pattern;
        Ok([known(s)?, known(p)?, known(o)?])
    }
}

/// The parts of a set of patterns that hang together by variables without a value.
fn connected(set: &[usize], atoms: &[Places], row: &[Id]) -> Vec<Vec<usize>> {
    let open = |at: usize| -> BTreeSet<usize> {
        atoms[at].iter().filter_map(|place| place.slot()).filter(|slot| row[*slot] == 0).collect()
    };
    let mut parts: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
    for at in set {
        let (mut slots, mut members) = (open(*at), vec![*at]);
        parts.retain(|(others, part)| {
            let joins = !others.is_disjoint(&slots);
            if joins {
                slots.extend(others);
                members.extend(part);
            }
            !joins
        });
        members.sort_unstable();
        parts.push((slots, members));
    }
    parts.into_iter().map(|(_, members)| members).collect()
}

/// Sets of numbers below one: the largest first, and of equally large ones those with the smallest numbers.
fn sets(of: usize) -> Vec<Vec<usize>> {
    if of > MAX_SETS {
        return (0..=of).rev().map(|length| (0..length).collect()).collect();
    }
    let members = |bits: usize| (0..of).filter(|at| bits & (1 << at) != 0).collect();
    let mut sets: Vec<Vec<usize>> = (0..1 << of).map(members).collect();
    sets.sort_by(|a: &Vec<usize>, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    sets
}
