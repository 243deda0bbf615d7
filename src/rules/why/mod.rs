//! Proofs: the derivations of a statement, down to the facts with their sources.

mod absent;
mod explainer;

pub use absent::{Absence, Attempt, Missing, PatternTerm};
pub use explainer::Explainer;

use crate::model::{Derivation, Premise, Statement};
use crate::store::StoreError;
use oxigraph::model::Triple;
use std::collections::HashMap;

/// The maximum number of steps in a proof.
pub const MAX_STEPS: usize = 10_000;

/// A proof: steps that refer to each other. Each triple is one step, even if it is a premise of several steps or if derivations
/// form a cycle.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The steps. The first one is the proved triple; the others follow in the order of their first use.
    pub steps: Vec<ProofStep>,
    /// Whether steps were omitted because there are more than [`MAX_STEPS`].
    pub is_truncated: bool,
}

/// A triple, and why it holds.
#[derive(Clone, Debug)]
pub struct ProofStep {
    /// The triple.
    pub triple: Triple,
    /// The statements about the triple, sorted by id: facts, an inference or an entailment, and claims.
    pub statements: Vec<Statement>,
    /// The file and line that declare the triple, if it is part of the vocabulary or the entities.
    pub declared_at: Option<(String, u32)>,
    /// The derivations of an inference or an entailment, starting with the recorded one.
    pub derivations: Vec<ProofDerivation>,
    /// How many further derivations are not listed.
    pub more: usize,
}

/// A derivation in a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofDerivation {
    /// The name of the rule.
    pub rule: String,
    /// The premises, as indices of [`Proof::steps`].
    pub premises: Vec<usize>,
}

impl ProofStep {
    /// The statements that assert the triple: facts, an inference or an entailment.
    pub fn asserted(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.is_asserted())
    }

    /// The inference or the entailment, if no fact states the triple.
    pub fn inference(&self) -> Option<(&Statement, &Derivation)> {
        self.statements.iter().find_map(|statement| Some((statement, statement.kind.derivation()?)))
    }
}

impl Explainer<'_> {
    /// Proves a triple, with the recorded derivation of each inference or with all derivations.
    ///
    /// A triple that is not in the graph is a step without statements and derivations. Reads the statements of each step, and
    /// matches the rules for each inference.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    ///
    /// ```
    /// use factloom::{rules::Explainer, store::Labels};
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let labels = Labels::new(&store, "en");
    /// let triple = labels.parse_sentence("Russia helped build Pakistan Steel Mills", dataset.vocabulary.predicate_iris())?;
    /// let proof = Explainer::new(&store)?.proof(&triple, true)?;
    /// let [root, premises @ ..] = &proof.steps[..] else { panic!() };
    /// assert_eq!(root.derivations[0].rule, "state-continuity");
    /// assert!(premises.iter().all(|step| step.declared_at.is_some() || step.asserted().next().is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn proof(&mut self, triple: &Triple, all: bool) -> Result<Proof, StoreError> {
        let mut proof = Proof::default();
        let mut indices: HashMap<Triple, usize> = HashMap::new();
        self.step(triple, &mut proof, &mut indices)?;
        let mut next = 0;
        while next < proof.steps.len() && !proof.is_truncated {
            let inference = proof.steps[next].inference().map(|(_, derivation)| derivation.clone());
            if let Some(recorded) = inference {
                let triple = proof.steps[next].triple.clone();
                let mut derivations = vec![recorded];
                if all {
                    let others = self.derivations(&triple)?;
                    let first = derivations[0].clone();
                    derivations.extend(others.into_iter().filter(|other| *other != first));
                } else {
                    proof.steps[next].more = self.count(&triple)?.saturating_sub(1);
                }
                for Derivation { rule, premises } in derivations {
                    if proof.steps.len() + premises.len() > MAX_STEPS {
                        proof.steps[next].more += 1;
                        proof.is_truncated = true;
                        continue;
                    }
                    let mut derivation = ProofDerivation { rule, premises: Vec::new() };
                    for premise in premises {
                        let triple = match premise {
                            Premise::Declared(triple) => triple,
                            Premise::Statement(id) => match self.store.statement(&id)? {
                                Some(statement) => statement.triple,
                                None => continue,
                            },
                        };
                        derivation.premises.push(self.step(&triple, &mut proof, &mut indices)?);
                    }
                    proof.steps[next].derivations.push(derivation);
                }
            }
            next += 1;
        }
        Ok(proof)
    }

    /// The index of the step of a triple, which is added if necessary.
    fn step(
        &self,
        triple: &Triple,
        proof: &mut Proof,
        indices: &mut HashMap<Triple, usize>,
    ) -> Result<usize, StoreError> {
        if let Some(known) = indices.get(triple) {
            return Ok(*known);
        }
        let statements = self.store.statements_of_triple(triple)?;
        let declared_at = match statements.iter().any(Statement::is_asserted) {
            true => None,
            false => self.store.location_of_declared(triple)?,
        };
        let step = ProofStep { triple: triple.clone(), statements, declared_at, derivations: Vec::new(), more: 0 };
        proof.steps.push(step);
        indices.insert(triple.clone(), proof.steps.len() - 1);
        Ok(proof.steps.len() - 1)
    }
}
