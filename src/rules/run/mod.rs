//! Runs rules over the term ids of a graph.
//!
//! A [rule](super::Rule) becomes clauses, one for each alternative and each template triple (`clause`, `program`), which are
//! sorted into strata (`strata`). Each round of the `fixpoint` joins them with the triples of the last round (`facts`, `join`,
//! and `compose` for the most common form) and records one derivation of each triple (`record`, `term_order`).

pub(super) mod clause;
mod compose;
mod derives;
pub(super) mod evaluation;
pub(super) mod facts;
mod fixpoint;
mod inferences;
pub(super) mod join;
mod program;
mod record;
mod strata;
pub(super) mod term_order;
pub(super) mod terms;

pub use fixpoint::infer;
pub use inferences::Inferences;
