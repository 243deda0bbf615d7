//! Running rules over the ids of a graph, forwards until nothing new comes, and backwards from what they derived.
//!
//! A [rule](super::Rule) becomes clauses, one for each alternative and each triple that it gives (`clause`, `program`), sorted into
//! strata (`strata`). Rounds (`fixpoint`) match them with what the last one added (`facts`, `join`, and for the commonest
//! shape `compose`), and keep one derivation of each triple (`record`, by the order of `ranks`).

pub(super) mod clause;
mod compose;
mod derives;
pub(super) mod facts;
mod fixpoint;
mod inferences;
pub(super) mod join;
mod program;
mod record;
mod strata;
pub(super) mod term_order;
pub(super) mod terms;

pub use fixpoint::{MAX_INFERENCES, MAX_ROUNDS, MAX_TERM_BYTES, infer};
pub use inferences::Inferences;
