//! The mapping between statements and RDF 1.2 triples, both ways.
//!
//! A fact or an inference asserts its triple; every statement is a node that reifies its triple, with its qualifiers and
//! its evidence. Sources, entities, the vocabulary and rules have triples of their own. There are no blank nodes: each
//! node's name depends on what it says alone, so graphs built apart can be merged and compared as sets.
//!
//! Invariant: one-to-one. What [`read_statements`] reads back is what was mapped.

mod describe;
mod rdf11;
mod read;
mod write;

pub use describe::{write_entity, write_rule, write_source, write_vocabulary};
pub use rdf11::to_rdf11;
pub use read::{MappingError, read_statements};
pub use write::{asserted_triple, write_statement};
