//! The triples of a graph in the order of their N-Triples.

use super::components::valid_triple_terms;
use super::dictionary::{BLANK, IRI, Id, TRIPLE};
use super::{CompiledGraph, GraphError};
use crate::store::StoreError;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, TripleRef};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;

/// An id with its rank in the order of terms.
type Ranked = (u32, Id);

/// The triples of a store's default graph, in the order of their N-Triples.
///
/// Triples are decoded one at a time. The order takes 8 bytes a term, and 24 more and the strings of the literals while terms
/// are sorted.
///
/// ```
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let mut lines = Vec::new();
/// store.sorted_triples()?.for_each(|triple| Ok::<_, factloom::store::StoreError>(lines.push(triple.to_string())))?;
/// assert!(lines.is_sorted());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SortedTriples {
    graph: CompiledGraph,
    /// The rank of each id in that order.
    ranks: Vec<u32>,
    /// The subjects of triples, in that order.
    subjects: Vec<Id>,
}

impl SortedTriples {
    /// Sorts the terms of a graph.
    ///
    /// In N-Triples literals come first, by their quotation mark, then triple terms, IRIs and blank nodes. No term is a prefix
    /// of another that is followed by a character that may follow a term, so triples compare component by component.
    pub(in crate::store) fn new(graph: CompiledGraph) -> Result<Self, GraphError> {
        let bound = graph.id_bound() as Id;
        let dictionary = &graph.parts().terms;
        let triple_terms = valid_triple_terms(dictionary)?;
        let mut triples: Vec<Id> = triple_terms.keys().copied().collect();
        let (mut literals, mut iris, mut blanks) = (Vec::new(), Vec::new(), Vec::new());
        for id in 1..bound {
            let encoded = dictionary.encoded(id)?;
            match encoded[0] {
                IRI => iris.push((&encoded[1..], id)),
                BLANK => blanks.push((&encoded[1..], id)),
                TRIPLE => {}
                _ => literals.push((graph.term(id)?.to_string(), id)),
            }
        }
        literals.par_sort_unstable();
        iris.par_sort_unstable_by(|a, b| compare_iris(a.0, b.0));
        blanks.par_sort_unstable();
        let mut ranks = vec![0; bound as usize];
        // A triple term may contain others, so triple terms are ranked when all other terms have a rank.
        let first_triple = literals.len() as u32;
        let after_triples = first_triple + triples.len() as u32;
        for (rank, (_, id)) in (0..).zip(literals) {
            ranks[id as usize] = rank;
        }
        for (rank, (_, id)) in (after_triples..).zip(iris.into_iter().chain(blanks)) {
            ranks[id as usize] = rank;
        }
        triples.sort_unstable_by(|a, b| compare(*a, *b, first_triple, &ranks, &triple_terms));
        for (rank, id) in (first_triple..).zip(triples) {
            ranks[id as usize] = rank;
        }
        let mut subjects = Vec::new();
        for id in 1..bound {
            if !graph.orders().of_subject(id)?.is_empty() {
                subjects.push(id);
            }
        }
        subjects.sort_unstable_by_key(|id| ranks[*id as usize]);
        Ok(Self { graph, ranks, subjects })
    }

    /// Calls `each` for every triple.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails, or the first error of `each`.
    pub fn for_each<E: From<StoreError>>(&self, mut each: impl FnMut(TripleRef<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut predicates: FxHashMap<Id, NamedNode> = FxHashMap::default();
        for subject in &self.subjects {
            let (node, pairs) = self.sorted_group(*subject)?;
            for [(_, predicate), (_, object)] in pairs {
                let predicate = match predicates.entry(predicate) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(self.graph.named_node(predicate).map_err(StoreError::from)?),
                };
                let object = self.graph.term(object).map_err(StoreError::from)?;
                each(TripleRef::new(&node, &*predicate, &object))?;
            }
        }
        Ok(())
    }

    /// A subject, and its predicates and objects in order, each with its rank.
    fn sorted_group(&self, subject: Id) -> Result<(NamedOrBlankNode, Vec<[Ranked; 2]>), StoreError> {
        let ranked = |id: Id| (self.ranks.get(id as usize).copied().unwrap_or(u32::MAX), id);
        let mut pairs = Vec::new();
        self.graph.for_each_match([Some(subject), None, None], |[_, predicate, object]| {
            pairs.push([ranked(predicate), ranked(object)]);
            Ok::<_, GraphError>(())
        })?;
        pairs.sort_unstable();
        Ok((self.graph.node(subject)?, pairs))
    }

    /// Calls `each` for every term that occurs in a triple, in no particular order, until it returns `false`.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn for_each_term(&self, mut each: impl FnMut(Term) -> bool) -> Result<(), StoreError> {
        let orders = self.graph.orders();
        for id in 1..self.graph.id_bound() as Id {
            let used = !orders.of_subject(id)?.is_empty()
                || !orders.of_object(id)?.is_empty()
                || orders.of_predicate(id)?.is_some();
            if used && !each(self.graph.term(id)?) {
                break;
            }
        }
        Ok(())
    }
}

/// Compares two IRIs with their closing brackets.
fn compare_iris(a: &[u8], b: &[u8]) -> Ordering {
    let common = a.len().min(b.len());
    a[..common].cmp(&b[..common]).then_with(|| a.get(common).unwrap_or(&b'>').cmp(b.get(common).unwrap_or(&b'>')))
}

/// Compares two terms, given the ranks of all terms except triple terms, the rank of the first triple term, and the components
/// of triple terms.
fn compare(a: Id, b: Id, first_triple: u32, ranks: &[u32], triple_terms: &FxHashMap<Id, [Id; 3]>) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let rank = |id: Id| ranks[id as usize];
    match (triple_terms.get(&a), triple_terms.get(&b)) {
        (Some(a), Some(b)) => {
            let component = |at: usize| compare(a[at], b[at], first_triple, ranks, triple_terms);
            component(0).then_with(|| component(1)).then_with(|| component(2))
        }
        (Some(_), None) => first_triple.cmp(&rank(b)).then(Ordering::Less),
        (None, Some(_)) => rank(a).cmp(&first_triple).then(Ordering::Greater),
        (None, None) => rank(a).cmp(&rank(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::GraphBuilder;
    use super::*;
    use oxigraph::io::RdfFormat;

    #[test]
    fn triples_come_in_the_order_of_their_lines() {
        let text = r#"
            <http://e/a> <http://e/p> <http://e/b>, <http://e/b/c>, "b", "b"@en, "b\"c", "b\\", "b\n", 7, _:x, _:xy .
            <http://e/a/b> <http://e/p> "b"^^<http://e/t> . <http://e/a-> <http://e/p> <http://e/a> . _:x <http://e/p> _:x .
            <http://e/r> <http://e/p> <<( <http://e/a> <http://e/p> "b" )>>, <<( <http://e/a> <http://e/p> "b"@en )>>,
                <<( <http://e/a> <http://e/p> <<( <http://e/a> <http://e/p> "z" )>> )>>,
                <<( <http://e/a> <http://e/p> <http://e/z> )>>, <<( <http://e/a> <http://e/p> <http://e/a> )>>, <http://e/0> ."#;
        let mut builder = GraphBuilder::new();
        builder.read(RdfFormat::Turtle, None, text.as_bytes()).unwrap();
        let graph = builder.finish().unwrap();
        let mut lines = Vec::new();
        let sorted = SortedTriples::new(graph.clone()).unwrap();
        let push = |triple: TripleRef<'_>| {
            lines.push(triple.to_string());
            Ok::<_, StoreError>(())
        };
        sorted.for_each(push).unwrap();
        let triples = graph.matching([None; 3], |ids| graph.triple(ids)).unwrap();
        let mut expected: Vec<String> = triples.iter().map(ToString::to_string).collect();
        expected.sort();
        assert_eq!(lines, expected);
    }
}
