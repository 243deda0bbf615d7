//! The proof of a statement: what it follows from, down to what sources say.

mod absent;
mod explainer;

pub use absent::{Absence, Attempt, Missing, PatternTerm};
pub use explainer::Explainer;

use crate::model::{Derivation, Kind, Premise, Statement};
use crate::store::StoreError;
use oxigraph::model::Triple;
use std::collections::HashMap;

/// More steps than this are no proof that anybody would read.
pub const MAX_STEPS: usize = 10_000;

/// A proof: steps that refer to each other. Each triple is a step once, however often it is a premise, and even where
/// derivations go in a circle.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The steps: first what is proved, then in the order in which they are first needed.
    pub steps: Vec<ProofStep>,
    /// Whether steps were left out because there are more than [`MAX_STEPS`].
    pub is_truncated: bool,
}

/// A triple, and why it is in the graph.
#[derive(Clone, Debug)]
pub struct ProofStep {
    /// What it says.
    pub triple: Triple,
    /// The statements about it, sorted by id: the facts that state it, or the inference; and claims, which support nothing.
    pub statements: Vec<Statement>,
    /// The file and line that give it, where it comes from the vocabulary or the entities.
    pub declared_at: Option<(String, u32)>,
    /// How it was inferred; the recorded derivation first. Empty for what a source states or a file gives.
    pub derivations: Vec<ProofDerivation>,
    /// How many further derivations it has that are not shown.
    pub more: usize,
}

/// A derivation in a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofDerivation {
    /// The rule's name.
    pub rule: String,
    /// The steps that it rests on, by their places in [`Proof::steps`].
    pub premises: Vec<usize>,
}

impl ProofStep {
    /// The statements that assert the triple: facts, or an inference.
    pub fn asserted(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.is_asserted())
    }

    /// The inference, where no fact states the triple.
    pub fn inference(&self) -> Option<(&Statement, &Derivation)> {
        self.statements.iter().find_map(|statement| match &statement.kind {
            Kind::Inference(derivation) => Some((statement, derivation)),
            _ => None,
        })
    }
}

impl Explainer<'_> {
    /// Proves a triple: with the derivation that is recorded of each inference, or with all of them.
    ///
    /// A triple that is not in the graph is a step without reasons. Takes as long as reading the statements that are shown
    /// and matching, for each inference, the rules that may give it.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    ///
    /// ```
    /// use factloom::{rules::Explainer, store::Labels};
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let labels = Labels::new(&store, "en");
    /// let said = labels.parse_sentence("Russia helped build Pakistan Steel Mills", &dataset.vocabulary)?;
    /// let proof = Explainer::new(&store)?.proof(&said, true)?;
    /// let [root, premises @ ..] = &proof.steps[..] else { panic!() };
    /// assert_eq!(root.derivations[0].rule, "state-continuity");
    /// assert!(premises.iter().all(|step| step.declared_at.is_some() || step.asserted().next().is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn proof(&mut self, triple: &Triple, all: bool) -> Result<Proof, StoreError> {
        let mut proof = Proof::default();
        let mut places: HashMap<Triple, usize> = HashMap::new();
        self.step(triple, &mut proof, &mut places)?;
        let mut at = 0;
        while at < proof.steps.len() && !proof.is_truncated {
            let inference = proof.steps[at].inference().map(|(_, derivation)| derivation.clone());
            if let Some(recorded) = inference {
                let triple = proof.steps[at].triple.clone();
                let mut derivations = vec![recorded];
                if all {
                    let others = self.derivations(&triple)?;
                    let first = derivations[0].clone();
                    derivations.extend(others.into_iter().filter(|other| *other != first));
                } else {
                    proof.steps[at].more = self.count(&triple)?.saturating_sub(1);
                }
                for Derivation { rule, premises } in derivations {
                    let room = proof.steps.len() + premises.len() <= MAX_STEPS;
                    if !room {
                        proof.steps[at].more += 1;
                        proof.is_truncated = true;
                        continue;
                    }
                    let mut reason = ProofDerivation { rule, premises: Vec::new() };
                    for premise in premises {
                        let triple = match premise {
                            Premise::Declared(triple) => triple,
                            Premise::Statement(id) => match self.store.statement(&id)? {
                                Some(statement) => statement.triple,
                                None => continue,
                            },
                        };
                        reason.premises.push(self.step(&triple, &mut proof, &mut places)?);
                    }
                    proof.steps[at].derivations.push(reason);
                }
            }
            at += 1;
        }
        Ok(proof)
    }

    /// The place of the step about a triple; a new one where there is none yet.
    fn step(
        &self,
        triple: &Triple,
        proof: &mut Proof,
        places: &mut HashMap<Triple, usize>,
    ) -> Result<usize, StoreError> {
        if let Some(known) = places.get(triple) {
            return Ok(*known);
        }
        let statements = self.store.statements_of_triple(triple)?;
        let given = match statements.iter().any(Statement::is_asserted) {
            true => None,
            false => self.store.location_of_declared(triple)?,
        };
        let step =
            ProofStep { triple: triple.clone(), statements, declared_at: given, derivations: Vec::new(), more: 0 };
        proof.steps.push(step);
        places.insert(triple.clone(), proof.steps.len() - 1);
        Ok(proof.steps.len() - 1)
    }
}
