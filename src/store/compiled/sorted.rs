//! The triples of a graph in the order of their N-Triples, without making them all at once.

use super::components::sound_triple_terms;
use super::dictionary::{BLANK, IRI, Id, TRIPLE};
use super::{CompiledGraph, GraphError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, TripleRef};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;

/// The order of the terms of a graph by their N-Triples. Takes 8 bytes a term, and while they are sorted 24 more for each,
/// and the texts of the literals.
pub(in crate::store) struct SortedTerms<'a> {
    graph: &'a CompiledGraph,
    /// The place of each id in that order.
    ranks: Vec<u32>,
    /// The subjects of triples, in that order.
    subjects: Vec<Id>,
}

impl<'a> SortedTerms<'a> {
    /// Sorts the terms of a graph.
    ///
    /// In N-Triples literals come first, by their quotation mark, then triple terms, IRIs and blank nodes. No term's text is
    /// the beginning of another's followed by what may stand behind a term, so triples compare part by part.
    pub(in crate::store) fn new(graph: &'a CompiledGraph) -> Result<Self, GraphError> {
        let bound = graph.id_bound() as Id;
        let parts = sound_triple_terms(&graph.parts().terms)?;
        let mut triples: Vec<Id> = parts.keys().copied().collect();
        let (mut literals, mut iris, mut blanks) = (Vec::new(), Vec::new(), Vec::new());
        for id in 1..bound {
            let encoded = graph.parts().terms.encoded(id)?;
            match encoded[0] {
                IRI => iris.push((&encoded[1..], id)),
                BLANK => blanks.push((&encoded[1..], id)),
                TRIPLE => {}
                _ => literals.push((graph.term(id)?.to_string(), id)),
            }
        }
        literals.par_sort_unstable();
        iris.par_sort_unstable_by(|a, b| closed(a.0, b.0));
        blanks.par_sort_unstable();
        let mut ranks = vec![0; bound as usize];
        let mut next = 0..;
        for (_, id) in literals {
            ranks[id as usize] = next.next().unwrap_or(u32::MAX);
        }
        // Triple terms may hold others; their places are given when all else has one.
        let first = bound as usize - 1 - triples.len() - iris.len() - blanks.len();
        let mut behind = (first + triples.len()) as u32..;
        for id in iris.into_iter().chain(blanks).map(|(_, id)| id) {
            ranks[id as usize] = behind.next().unwrap_or(u32::MAX);
        }
        triples.sort_unstable_by(|a, b| compare(*a, *b, first as u32, &ranks, &parts));
        for (at, id) in triples.into_iter().enumerate() {
            ranks[id as usize] = (first + at) as u32;
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

    /// Hands out all triples of the default graph in the order of their N-Triples.
    pub(in crate::store) fn each<E: From<GraphError>>(
        &self,
        mut take: impl FnMut(TripleRef<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (graph, orders) = (self.graph, self.graph.orders());
        let mut predicates: FxHashMap<Id, NamedNode> = FxHashMap::default();
        for subject in &self.subjects {
            let node: NamedOrBlankNode = graph.node(*subject)?;
            let mut pairs = Vec::new();
            for at in orders.of_subject(*subject)? {
                let (p, o) = (orders.spo_p.get(at)?, orders.spo_o.get(at)?);
                let rank = |id: Id| self.ranks.get(id as usize).copied().unwrap_or(u32::MAX);
                pairs.push((rank(p), rank(o), p, o));
            }
            pairs.sort_unstable();
            for (_, _, p, o) in pairs {
                let predicate = match predicates.entry(p) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(graph.named_node(p)?),
                };
                let object: Term = graph.term(o)?;
                take(TripleRef::new(&node, &*predicate, &object))?;
            }
        }
        Ok(())
    }

    /// Hands out the terms that stand in triples of the default graph, each once, in no stated order.
    pub(in crate::store) fn for_each_term<E: From<GraphError>>(
        &self,
        mut take: impl FnMut(Term) -> Result<bool, E>,
    ) -> Result<(), E> {
        let orders = self.graph.orders();
        for id in 1..self.graph.id_bound() as Id {
            let used = !orders.of_subject(id)?.is_empty()
                || !orders.of_object(id)?.is_empty()
                || orders.of_predicate(id)?.is_some();
            if used && !take(self.graph.term(id)?)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// How two IRIs compare with the bracket that closes them.
fn closed(a: &[u8], b: &[u8]) -> Ordering {
    let common = a.len().min(b.len());
    a[..common].cmp(&b[..common]).then_with(|| a.get(common).unwrap_or(&b'>').cmp(b.get(common).unwrap_or(&b'>')))
}

/// How two terms compare, given the places of all that are no triple terms, the place of the first triple term, and the parts
/// of triple terms.
fn compare(a: Id, b: Id, first: u32, ranks: &[u32], parts: &FxHashMap<Id, [Id; 3]>) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let rank = |id: Id| ranks[id as usize];
    match (parts.get(&a), parts.get(&b)) {
        (Some(a), Some(b)) => {
            let part = |part: usize| compare(a[part], b[part], first, ranks, parts);
            part(0).then_with(|| part(1)).then_with(|| part(2))
        }
        (Some(_), None) => first.cmp(&rank(b)).then(Ordering::Less),
        (None, Some(_)) => rank(a).cmp(&first).then(Ordering::Greater),
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
        let sorted = SortedTerms::new(&graph).unwrap();
        let mut take = |triple: TripleRef<'_>| {
            lines.push(triple.to_string());
            Ok::<_, GraphError>(())
        };
        sorted.each(&mut take).unwrap();
        let mut expected: Vec<String> = graph.triples().map(|triple| triple.unwrap().to_string()).collect();
        expected.sort();
        assert_eq!(lines, expected);
    }
}
