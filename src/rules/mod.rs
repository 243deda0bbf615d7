//! Rules: CONSTRUCT queries that derive triples, run until nothing new comes.
//!
//! Rules see the graph's triples: those of facts, of entities and of the vocabulary, and what other rules derived. Claims
//! are not among them, so no plan or rumour ever leads to an inference.
//!
//! Invariant: each inference keeps the rule and the premises that it came from, and they do not depend on the order in
//! which rules or solutions are gone through.

mod fixpoint;
mod rule;

pub use fixpoint::{MAX_INFERENCES, MAX_MADE, MAX_ROUNDS, RuleError, infer};
pub use rule::{Rule, UnsupportedRule};
