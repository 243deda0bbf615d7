//! Rules: CONSTRUCT queries that derive triples, run until nothing new comes.
//!
//! Rules see the graph's triples: those of facts, of entities and of the vocabulary, and what other rules derived. Claims
//! are not among them, so no plan or rumour ever leads to an inference.
//!
//! Invariant: each inference keeps the rule and the premises that it came from, and they do not depend on the order in
//! which rules or solutions are gone through.

mod assemble;
mod retract;
mod rule;
mod run;
mod why;

pub use assemble::{Assembly, TripleSink};
pub use retract::without_statements;
pub use rule::{Rule, UnsupportedRule};
pub use run::{Inferences, MAX_INFERENCES, MAX_ROUNDS, MAX_TERM_BYTES, infer};
pub use why::{Absence, Attempt, Explainer, MAX_STEPS, Missing, PatternTerm, Proof, ProofDerivation, ProofStep};

use crate::store::{GraphError, StoreError};
use oxigraph::model::Triple;

/// Why rules could not be run to their end.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A rule derives what the vocabulary does not provide for.
    #[error(
        "the rule `{0}` derives {1}, whose predicate is none of the vocabulary, or does not lead to what the object is, \
         or whose subject is the vocabulary's own"
    )]
    InvalidDerivation(String, Box<Triple>),
    /// Rules make new triples without end.
    #[error(
        "the rule `{0}` still derives new triples after {MAX_INFERENCES} of them, or makes new terms after {MAX_ROUNDS} \
         rounds or has made {MAX_TERM_BYTES} bytes of them"
    )]
    LimitReached(String),
    /// A rule asks that something is not there which depends on what it derives.
    #[error("{}", unstratified(predicate.as_deref(), rules))]
    NegationCycle {
        /// The predicate of what must not be there; `None` where it may be any.
        predicate: Option<String>,
        /// The rules of the circle: first the one that asks.
        rules: Vec<String>,
    },
}

impl From<GraphError> for RuleError {
    fn from(error: GraphError) -> Self {
        Self::Store(error.into())
    }
}

fn unstratified(predicate: Option<&str>, rules: &[String]) -> String {
    let predicate = predicate.unwrap_or("any predicate");
    match rules {
        [only] => format!("the rule `{only}` asks that {predicate} does not hold, and derives it itself"),
        rules => {
            let circle: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
            let (first, last) = (&circle[0], &circle[circle.len() - 1]);
            format!(
                "the rule {first} asks that {predicate} does not hold, which {last} derives from what {first} derives: {} → {first}",
                circle.join(" → ")
            )
        }
    }
}

impl RuleError {
    /// The name of the rule that failed.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Store(_) => None,
            Self::InvalidDerivation(rule, _) | Self::LimitReached(rule) => Some(rule),
            Self::NegationCycle { rules, .. } => rules.first().map(String::as_str),
        }
    }
}
