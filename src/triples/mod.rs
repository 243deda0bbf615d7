//! The mapping between statements and RDF 1.2 triples, in both directions.
//!
//! Every statement except a claim asserts its triple. Each is a node that reifies its triple, and that has its qualifiers and its
//! evidence. Entities, sources, rules and the vocabulary are described by further triples. There are no blank nodes, and the IRI
//! of a node depends on its content alone, so graphs that were built separately can be merged and compared as sets.
//!
//! Invariant: the mapping is one-to-one. [`read_statements`] returns the statements that were written.

mod describe;
mod evidence;
mod node;
mod own_terms;
mod rdf11;
mod read;
mod write;

pub use describe::{write_entity, write_rule, write_source, write_status, write_vocabulary};
pub(crate) use own_terms::defines_own_term;
pub use own_terms::write_own_terms;
pub(crate) use rdf11::from_rdf11;
pub use rdf11::to_rdf11;
pub(crate) use read::read_each_statement;
pub use read::{MappingError, read_statements};
pub use write::{asserted_triple, write_statement};
