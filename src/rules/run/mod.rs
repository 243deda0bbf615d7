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
pub(super) mod ranks;
mod record;
mod strata;
pub(super) mod terms;

pub use fixpoint::{MAX_INFERENCES, MAX_MADE, MAX_ROUNDS, infer};
pub use inferences::Inferences;
