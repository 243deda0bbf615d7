//! Integrity check of a whole graph.

use super::components::{Components, valid_triple_terms};
use super::dictionary::{Dictionary, Id, TAGGED, TAGGED_RTL, TYPED, slot};
use super::file::index_columns;
use super::named::NamedQuads;
use super::{CompiledGraph, GraphError, Parts, orders};
use itertools::Itertools;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BlankNode, Literal, NamedNode, Term};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// The most steps beyond the first that a lookup in the table may take on average. With two terms for three slots it is one.
const MEAN_STEPS: usize = 64;

impl CompiledGraph {
    /// Verifies the whole graph: its checksums, its terms and their table, and that all orders hold the same quads.
    ///
    /// Sorts the quads of the first order again and compares the result with the others, so it needs the memory of a build.
    ///
    /// # Errors
    ///
    /// Returns the first inconsistency.
    pub fn verify(&self) -> Result<(), GraphError> {
        self.verify_checksums()?;
        let triple_terms = self.verify_terms()?;
        let Parts { terms, orders, named, components, metadata: _ } = self.parts();
        let (triples, quads) = self.checked_ids()?;
        let rebuilt_components = Components::build(triple_terms.into_iter().map(Ok))?;
        let (rebuilt_orders, rebuilt_named) = (orders::build(terms.len(), triples)?, NamedQuads::build(quads)?);
        let columns = index_columns(orders, components, named);
        for (column, expected) in columns.zip_eq(index_columns(&rebuilt_orders, &rebuilt_components, &rebuilt_named)) {
            if column.bytes()? != expected.bytes()? {
                return Err(GraphError::Corrupt("a column is not sorted, or does not match the others"));
            }
        }
        Ok(())
    }

    /// Verifies the terms, and returns the components of the triple terms.
    fn verify_terms(&self) -> Result<FxHashMap<Id, [Id; 3]>, GraphError> {
        let terms = &self.parts().terms;
        terms.verify_table()?;
        let triples = valid_triple_terms(terms)?;
        for id in 1..=terms.len() as Id {
            let encoded = terms.encoded(id)?;
            if terms.find(encoded)? != Some(id) {
                return Err(GraphError::Corrupt("a term is not in the slot of its hash"));
            }
            if triples.contains_key(&id) {
                continue;
            }
            let term = terms.term(id)?;
            let is_valid = match &term {
                Term::NamedNode(node) => NamedNode::new(node.as_str()).is_ok(),
                Term::BlankNode(node) => BlankNode::new(node.as_str()).is_ok(),
                Term::Literal(literal) => match encoded[0] {
                    TAGGED..=TAGGED_RTL => literal.language().is_some_and(is_tag),
                    TYPED => !has_other_kind(literal),
                    _ => true,
                },
                Term::Triple(_) => true,
            };
            if !is_valid {
                return Err(GraphError::Corrupt("a term is not valid"));
            }
        }
        Ok(triples)
    }
}

impl Dictionary {
    /// Returns an error if a term is not in the table exactly once, or if terms are so far from the slots of their hashes that
    /// looking up all of them would take more than linear time.
    fn verify_table(&self) -> Result<(), GraphError> {
        let size = self.table.len();
        let (mut entries, mut steps) = (0, 0);
        for at in 0..size {
            let id = self.table.get(at)?;
            if id != 0 {
                entries += 1;
                steps += (at + size - slot(xxh3_64(self.encoded(id)?), size)) % size;
            }
        }
        if entries != self.len() || steps / MEAN_STEPS > self.len() {
            return Err(GraphError::Corrupt("terms are not in the slots of their hashes"));
        }
        Ok(())
    }
}

/// Whether literals of this datatype are encoded as strings or language-tagged strings.
fn has_other_kind(literal: &Literal) -> bool {
    [xsd::STRING, rdf::LANG_STRING, rdf::DIR_LANG_STRING].contains(&literal.datatype())
}

fn is_tag(tag: &str) -> bool {
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    tag.split('-').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::{IRI, TRIPLE};
    use super::super::{GraphBuilder, SortedTriples, Words};
    use super::*;
    use crate::store::Store;
    use std::sync::Arc;
    use zerocopy::little_endian::U32;

    /// A graph of encoded terms, numbered from 1, and triples of them.
    fn graph(terms: &[Vec<u8>], triples: &[[Id; 3]]) -> CompiledGraph {
        let mut builder = GraphBuilder::new();
        for term in terms {
            builder.terms.intern_encoded(term, xxh3_64(term)).unwrap();
        }
        for triple in triples {
            builder.triples.push(*triple);
        }
        builder.finish().unwrap()
    }

    fn with(graph: CompiledGraph, change: impl FnOnce(&mut Parts)) -> CompiledGraph {
        let mut parts = Arc::into_inner(graph.0).unwrap().parts;
        change(&mut parts);
        CompiledGraph::new(parts)
    }

    fn iri(name: &str) -> Vec<u8> {
        [&[IRI], format!("http://e/{name}").as_bytes()].concat()
    }

    fn triple_term(parts: [Id; 3]) -> Vec<u8> {
        [&[TRIPLE][..], &parts.map(Id::to_le_bytes).concat()].concat()
    }

    fn typed(datatype: Id, text: &str) -> Vec<u8> {
        [&[TYPED][..], &datatype.to_le_bytes(), text.as_bytes()].concat()
    }

    #[test]
    fn invalid_terms_are_found() {
        let named = |iri: &str| [&[IRI], iri.as_bytes()].concat();
        let cases = [
            ("a triple term without object", triple_term([1, 1, 0])),
            ("a triple term with a string as predicate", triple_term([1, 2, 1])),
            ("a string with its datatype", typed(3, "x")),
            ("a language-tagged string with its datatype", typed(4, "x")),
            ("a language tag in upper case", b"\x03\x02ENx".to_vec()),
            ("an empty language tag", b"\x03\x00x".to_vec()),
            ("an invalid IRI", named("a b")),
        ];
        let first = [
            iri("a"),
            b"\x02text".to_vec(),
            named(xsd::STRING.as_str()),
            named(rdf::LANG_STRING.as_str()),
            named(xsd::INTEGER.as_str()),
        ];
        assert!(graph(&first, &[[1, 1, 2]]).verify().is_ok());
        for (what, term) in cases {
            let terms: Vec<Vec<u8>> = first.iter().cloned().chain([term]).collect();
            assert!(matches!(graph(&terms, &[[1, 1, 6]]).verify(), Err(GraphError::Corrupt(_))), "{what}");
        }
    }

    #[test]
    fn deeply_nested_triple_terms_are_rejected() {
        // Each contains the one before, once or twice. Comparing two that differ only in the innermost would take too long.
        let nested = |both: bool, depth: Id| -> Vec<Vec<u8>> {
            let more = (3..depth).map(|id| triple_term([if both { id - 1 } else { 1 }, 1, id - 1]));
            [iri("a"), triple_term([1, 1, 1])].into_iter().chain(more).collect()
        };
        for (both, depth, is_valid) in [(false, 100, true), (false, 200, false), (true, 100, false)] {
            let terms = nested(both, depth);
            let last = terms.len() as Id;
            let graph = graph(&terms, &[[1, 1, last], [1, 1, last - 1]]);
            assert_eq!(
                (graph.verify().is_ok(), SortedTriples::new(graph.clone()).is_ok()),
                (is_valid, is_valid),
                "{both} {depth}"
            );
        }
    }

    #[test]
    fn terms_far_from_the_slots_of_their_hashes_are_found() {
        let terms: Vec<Vec<u8>> = (0..1_000).map(|i| iri(&i.to_string())).collect();
        let graph = graph(&terms, &[[1, 1, 2]]);
        assert!(graph.verify().is_ok());
        let rotated = with(graph, |parts| {
            let mut table = parts.terms.table.slice(0..1_500).unwrap().to_vec();
            table.rotate_left(500);
            parts.terms.table = Words::Owned(table);
        });
        assert!(matches!(rotated.verify(), Err(GraphError::Corrupt(_))));
    }

    #[test]
    fn a_builder_does_not_resume_a_corrupt_graph() {
        let terms = [iri("a"), iri("b")];
        let unknown = with(graph(&terms, &[[1, 1, 2]]), |parts| {
            parts.orders.spo_o = Words::Owned(vec![U32::new(Id::MAX)]);
        });
        assert!(matches!(GraphBuilder::resume(&unknown), Err(GraphError::Corrupt(_))));
    }

    #[test]
    fn metadata_that_count_more_terms_than_there_are_is_rejected() {
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let with_entities = |entities| {
            let mut builder = GraphBuilder::resume(store.graph().unwrap()).unwrap();
            builder.set_metadata(store.metadata().with_counts(entities, 10).to_bytes());
            Store::compiled(builder.finish().unwrap())
        };
        assert!(with_entities(10).is_ok() && with_entities(u32::MAX).is_err());
    }
}
