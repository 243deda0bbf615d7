//! Runs rules until nothing new comes.

use super::Rule;
use super::rule::{instantiate, may_derive};
use crate::dataset::Dataset;
use crate::model::{Derivation, Kind, Premise, Statement, StatementId, inference_id};
use crate::store::{Store, StoreError};
use oxigraph::model::Triple;
use oxigraph::sparql::QueryResults;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// After so many rounds rules are taken to run away.
pub const MAX_ROUNDS: usize = 1_000;
/// After so many inferences a rule is taken to run away.
pub const MAX_INFERENCES: usize = 10_000_000;
/// After so many inferences a rule that makes terms, and so may find new ones for ever, is taken to run away.
pub const MAX_MADE: usize = 100_000;

/// Why rules could not be run to their end.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A solution could not be evaluated.
    #[error("the rule `{0}` failed: {1}")]
    Evaluation(String, oxigraph::sparql::QueryEvaluationError),
    /// A rule derives with a predicate that is not in the vocabulary, or that does not lead to such an object.
    #[error(
        "the rule `{0}` derives {1}, whose predicate is none of the vocabulary, or does not lead to what the object is"
    )]
    Misfit(String, Box<Triple>),
    /// Rules make new triples without end.
    #[error(
        "the rule `{0}` still derives new triples after {MAX_ROUNDS} rounds, {MAX_INFERENCES} triples, or {MAX_MADE} with \
         terms that it makes"
    )]
    Endless(String),
}

impl RuleError {
    /// The name of the rule that failed.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Store(_) => None,
            Self::Evaluation(rule, _) | Self::Misfit(rule, _) | Self::Endless(rule) => Some(rule),
        }
    }
}

/// Runs rules over a store of triples, adds what they derive to it, and returns the inferences.
///
/// `facts` are the statements whose triples are in the store; premises that they state are cited by their ids. Of several
/// derivations of a triple the shallowest is kept, and among those the first by the rule's name and the premises.
///
/// Each round evaluates each rule on all triples; there are as many rounds as the deepest derivation has steps.
///
/// Where the store fails, or a rule cannot be run to its end, the error comes with the inferences of the rounds before, whose
/// triples are in the store.
///
/// ```
/// use factloom::model::vocab::{fl::INFERENCE, rdf::TYPE};
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// assert!(store.count(TYPE, Some(INFERENCE.into()))? > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn infer(
    rules: &[Rule],
    dataset: &Dataset,
    facts: &[Statement],
    store: &mut Store,
) -> (Vec<Statement>, Option<RuleError>) {
    let mut inferences = Vec::new();
    let result = if rules.is_empty() { Ok(()) } else { run(rules, dataset, facts, store, &mut inferences) };
    (inferences, result.err())
}

fn run(
    rules: &[Rule],
    dataset: &Dataset,
    facts: &[Statement],
    store: &mut Store,
    inferences: &mut Vec<Statement>,
) -> Result<(), RuleError> {
    let mut stated: HashMap<Triple, StatementId> = HashMap::new();
    for fact in facts.iter().filter(|s| s.is_asserted()) {
        let id = stated.entry(fact.triple.clone()).or_insert_with(|| fact.id.clone());
        if fact.id < *id {
            *id = fact.id.clone();
        }
    }
    let mut made = vec![0; rules.len()];
    for round in 0.. {
        let mut found: BTreeMap<String, (Triple, Derivation)> = BTreeMap::new();
        for (rule, made) in rules.iter().zip(&mut made) {
            one_round(rule, dataset, &stated, store, made, &mut found)?;
        }
        if found.is_empty() {
            break;
        }
        if round >= MAX_ROUNDS {
            let last = found.into_values().next().map(|(_, derivation)| derivation.rule);
            return Err(RuleError::Endless(last.unwrap_or_default()));
        }
        store.load(found.values().map(|(triple, _)| triple.clone()))?;
        for (triple, derivation) in found.into_values() {
            let id = inference_id(&triple);
            stated.insert(triple.clone(), id.clone());
            let kind = Kind::Inference(derivation);
            let mut inference = Statement { id, triple, kind, qualifiers: Vec::new(), evidence: Vec::new() };
            inference.normalize();
            inferences.push(inference);
        }
    }
    Ok(())
}

fn one_round(
    rule: &Rule,
    dataset: &Dataset,
    stated: &HashMap<Triple, StatementId>,
    store: &Store,
    made: &mut usize,
    found: &mut BTreeMap<String, (Triple, Derivation)>,
) -> Result<(), RuleError> {
    let QueryResults::Solutions(solutions) = store.query(&rule.select)? else { return Ok(()) };
    for solution in solutions {
        let solution = solution.map_err(|e| RuleError::Evaluation(rule.name.clone(), e))?;
        for pattern in &rule.template {
            let Some(triple) = instantiate(pattern, &solution) else { continue };
            if store.contains(triple.as_ref())? {
                continue;
            }
            if !may_derive(&triple, dataset) {
                return Err(RuleError::Misfit(rule.name.clone(), Box::new(triple)));
            }
            let limit = if rule.makes_terms { MAX_MADE } else { MAX_INFERENCES };
            if *made >= limit {
                return Err(RuleError::Endless(rule.name.clone()));
            }
            let mut premises: Vec<Premise> = Vec::with_capacity(rule.premises.len());
            for premise in rule.premises.iter().filter_map(|p| instantiate(p, &solution)) {
                let premise = match stated.get(&premise) {
                    Some(id) => Premise::Statement(id.clone()),
                    None => Premise::Given(premise),
                };
                if !premises.contains(&premise) {
                    premises.push(premise);
                }
            }
            let derivation = Derivation { rule: rule.name.clone(), premises };
            let known = found.entry(triple.to_string());
            *made += usize::from(matches!(known, Entry::Vacant(_)));
            known
                .and_modify(|(_, kept)| {
                    if order(&derivation) < order(kept) {
                        *kept = derivation.clone();
                    }
                })
                .or_insert((triple, derivation));
        }
    }
    Ok(())
}

/// What derivations of one triple are ordered by: the rule's name, then the premises.
fn order(derivation: &Derivation) -> (&str, Vec<String>) {
    let premises = derivation.premises.iter().map(|premise| match premise {
        Premise::Statement(id) => format!("0{id}"),
        Premise::Given(triple) => format!("1{triple}"),
    });
    (&derivation.rule, premises.collect())
}
