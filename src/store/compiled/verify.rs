//! Integrity check of a whole graph.

use super::components::{Components, valid_triple_terms};
use super::dictionary::{Dictionary, Id, TAGGED, TAGGED_RTL, TYPED, slot};
use super::file::index_columns;
use super::interner::canonical;
use super::named::Named;
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
        let (rebuilt_orders, rebuilt_named) = (orders::build(terms.len(), triples)?, Named::build(quads)?);
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
                return Err(GraphError::Corrupt("a term is not where its hash says"));
            }
            if triples.contains_key(&id) {
                continue;
            }
            let term = terms.term(id)?;
            let sound = match &term {
                Term::NamedNode(node) => NamedNode::new(node.as_str()).is_ok(),
                Term::BlankNode(node) => BlankNode::new(node.as_str()).is_ok(),
                Term::Literal(literal) => match encoded[0] {
                    TAGGED..=TAGGED_RTL => literal.language().is_some_and(is_tag),
                    TYPED => !is_kept_otherwise(literal) && canonical(term.as_ref()).is_none(),
                    _ => true,
                },
                Term::Triple(_) => true,
            };
            if !sound {
                return Err(GraphError::Corrupt("a term is not in the form in which terms are kept"));
            }
        }
        Ok(triples)
    }
}

impl Dictionary {
    /// Whether each term stands in the table once, and not so far from where its hash says that looking all of them up would
    /// take more than linear time.
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
            return Err(GraphError::Corrupt("terms are not where their hashes say"));
        }
        Ok(())
    }
}

/// Whether a literal is of a datatype whose literals are kept as texts.
fn is_kept_otherwise(literal: &Literal) -> bool {
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
    use crate::store::metadata::GraphMetadata;
    use std::sync::Arc;
    use zerocopy::little_endian::U32;

    /// A graph of terms as they are kept, numbered from 1, and of triples of them.
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
    fn terms_in_a_form_that_is_never_written_are_damage() {
        let named = |iri: &str| [&[IRI], iri.as_bytes()].concat();
        let cases = [
            ("a triple term of no object", triple_term([1, 1, 0])),
            ("a triple term whose predicate is a text", triple_term([1, 2, 1])),
            ("a text with its type", typed(3, "x")),
            ("a text with a language and its type", typed(4, "x")),
            ("a number in a long form", typed(5, "007")),
            ("a language in capitals", b"\x03\x02ENx".to_vec()),
            ("a language of nothing", b"\x03\x00x".to_vec()),
            ("an IRI that is none", named("a b")),
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
    fn triple_terms_without_end_are_not_followed() {
        // Each holds the one before, once or twice; two that differ only in the innermost must not be compared to there.
        let nested = |both: bool, depth: Id| -> Vec<Vec<u8>> {
            let more = (3..depth).map(|id| triple_term([if both { id - 1 } else { 1 }, 1, id - 1]));
            [iri("a"), triple_term([1, 1, 1])].into_iter().chain(more).collect()
        };
        for (both, depth, sound) in [(false, 100, true), (false, 200, false), (true, 100, false)] {
            let terms = nested(both, depth);
            let last = terms.len() as Id;
            let graph = graph(&terms, &[[1, 1, last], [1, 1, last - 1]]);
            assert_eq!(
                (graph.verify().is_ok(), SortedTriples::new(graph.clone()).is_ok()),
                (sound, sound),
                "{both} {depth}"
            );
        }
    }

    #[test]
    fn terms_far_from_where_their_hashes_say_are_damage() {
        let terms: Vec<Vec<u8>> = (0..1_000).map(|i| iri(&i.to_string())).collect();
        let graph = graph(&terms, &[[1, 1, 2]]);
        assert!(graph.verify().is_ok());
        let turned = with(graph, |parts| {
            let mut table = parts.terms.table.slice(0..1_500).unwrap().to_vec();
            table.rotate_left(500);
            parts.terms.table = Words::Owned(table);
        });
        assert!(matches!(turned.verify(), Err(GraphError::Corrupt(_))));
    }

    #[test]
    fn what_is_damaged_is_not_taken_up_again() {
        let terms = [iri("a"), iri("b")];
        let unknown = with(graph(&terms, &[[1, 1, 2]]), |parts| {
            parts.orders.spo_o = Words::Owned(vec![U32::new(Id::MAX)]);
        });
        assert!(matches!(GraphBuilder::resume(&unknown), Err(GraphError::Corrupt(_))));
    }

    #[test]
    fn a_context_of_more_than_there_is_is_damage() {
        let (dataset, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let carrying = |entities| {
            let mut builder = GraphBuilder::resume(store.graph().unwrap()).unwrap();
            builder.set_metadata(GraphMetadata::of_dataset(&dataset, entities, 10).to_bytes());
            Store::compiled(builder.finish().unwrap())
        };
        assert!(carrying(10).is_ok() && carrying(u32::MAX).is_err());
    }
}
