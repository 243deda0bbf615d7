//! The mapping between statements and RDF 1.2 triples, in both directions.
//!
//! A fact or an inference asserts its triple. Every statement is a node that reifies its triple, and that has its qualifiers and its
//! evidence. Entities, sources, rules and the vocabulary are described by further triples. There are no blank nodes, and the IRI
//! of a node depends on its content alone, so graphs that were built separately can be merged and compared as sets.
//!
//! Invariant: the mapping is one-to-one. [`read_statements`] returns the statements that were written.

mod describe;
mod evidence;
mod node;
mod rdf11;
mod read;
mod write;

pub use describe::{write_entity, write_rule, write_source, write_status, write_vocabulary};
pub use rdf11::to_rdf11;
pub use read::{MappingError, read_statements};
pub use write::{asserted_triple, write_statement};
