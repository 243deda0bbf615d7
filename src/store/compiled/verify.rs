//! Looking for damage in a whole graph.

use super::dictionary::{IRI, Id, TAGGED, TAGGED_RTL, TRIPLE, TYPED};
use super::orders::PredicateRow;
use super::{CompiledGraph, GraphError, Parts};
use oxigraph::model::{BlankNode, NamedNode, Term};

impl CompiledGraph {
    /// Looks for damage in the whole graph: checksums, terms, the table of terms, the orders, and whether all of them hold
    /// the same quads.
    ///
    /// Linear in the graph, but for a search of each triple in the other orders.
    ///
    /// # Errors
    ///
    /// The first damage that is found.
    pub fn verify(&self) -> Result<(), GraphError> {
        let parts = self.parts();
        self.check_sums()?;
        self.verify_terms()?;
        parts.verify_triples()?;
        parts.verify_predicates()?;
        parts.verify_quads()?;
        parts.verify_components()
    }

    fn verify_terms(&self) -> Result<(), GraphError> {
        let terms = &self.parts().terms;
        for id in 1..=terms.len() as Id {
            let encoded = terms.encoded(id)?;
            if terms.find(encoded)? != Some(id) {
                return Err(GraphError::Corrupt("a term is not where its hash says"));
            }
            // What a triple term is made of has been looked at before, being earlier.
            if encoded[0] == TRIPLE {
                self.verify_triple_term(id)?;
                continue;
            }
            let term = terms.term(id)?;
            let sound = match &term {
                Term::NamedNode(node) => NamedNode::new(node.as_str()).is_ok(),
                Term::BlankNode(node) => BlankNode::new(node.as_str()).is_ok(),
                Term::Literal(literal) => match encoded[0] {
                    TAGGED..=TAGGED_RTL => literal.language().is_some_and(is_tag),
                    TYPED => super::interner::canonical(term.as_ref()).is_none(),
                    _ => true,
                },
                Term::Triple(_) => true,
            };
            if !sound {
                return Err(GraphError::Corrupt("a term is not in the form in which terms are kept"));
            }
        }
        Ok(())
    }

    fn verify_triple_term(&self, id: Id) -> Result<(), GraphError> {
        let terms = &self.parts().terms;
        let Some([subject, predicate, _]) = terms.components(id)? else { return Ok(()) };
        if terms.kind(subject)? > super::dictionary::BLANK || terms.kind(predicate)? != IRI {
            return Err(GraphError::Corrupt("a triple term is no triple"));
        }
        Ok(())
    }
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty()
        && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Refuses a column that does not ascend, or holds ids of no terms.
fn ascending<K: Ord + Copy>(last: &mut Option<K>, next: K) -> Result<(), GraphError> {
    if last.is_some_and(|last| last >= next) {
        return Err(GraphError::Corrupt("a column is not sorted"));
    }
    *last = Some(next);
    Ok(())
}

impl Parts {
    fn verify_triples(&self) -> Result<(), GraphError> {
        let (orders, terms) = (&self.orders, self.terms.len());
        let known = |id: Id| (1..=terms).contains(&(id as usize));
        let mut total = 0;
        for subject in 0..=terms as Id {
            let range = orders.of_subject(subject)?;
            total += range.len();
            let mut last = None;
            for at in range {
                let (p, o) = (orders.spo_p.get(at)?, orders.spo_o.get(at)?);
                ascending(&mut last, (p, o))?;
                if !known(subject) || !known(p) || !known(o) {
                    return Err(GraphError::Corrupt("a triple holds an id of no term"));
                }
                if self.terms.kind(subject)? > super::dictionary::BLANK || self.terms.kind(p)? != IRI {
                    return Err(GraphError::Corrupt("a triple is none"));
                }
            }
        }
        if total != orders.len() {
            return Err(GraphError::Corrupt("offsets leave triples out"));
        }
        let mut total = 0;
        for object in 0..=terms as Id {
            let range = orders.of_object(object)?;
            total += range.len();
            let mut last = None;
            for at in range {
                let (s, p) = (orders.osp_s.get(at)?, orders.osp_p.get(at)?);
                ascending(&mut last, (s, p))?;
                if !orders.contains(s, p, object)? {
                    return Err(GraphError::Corrupt("the orders hold different triples"));
                }
            }
        }
        if total == orders.len() { Ok(()) } else { Err(GraphError::Corrupt("offsets leave triples out")) }
    }

    fn verify_predicates(&self) -> Result<(), GraphError> {
        let orders = &self.orders;
        let (mut last_id, mut end) = (None, 0);
        for index in 0..orders.predicate_count() {
            let PredicateRow { id, range, subjects, objects } = orders.predicate_at(index)?;
            ascending(&mut last_id, id)?;
            if range.start != end {
                return Err(GraphError::Corrupt("offsets leave triples out"));
            }
            end = range.end;
            let (mut last, mut seen) = (None, Vec::with_capacity(range.len()));
            let mut distinct = 0;
            for at in range {
                let (o, s) = (orders.pos_o.get(at)?, orders.pos_s.get(at)?);
                distinct += u32::from(last.is_none_or(|(before, _)| before != o));
                ascending(&mut last, (o, s))?;
                seen.push(s);
                if !orders.contains(s, id, o)? {
                    return Err(GraphError::Corrupt("the orders hold different triples"));
                }
            }
            seen.sort_unstable();
            seen.dedup();
            if (seen.len() as u32, distinct) != (subjects, objects) {
                return Err(GraphError::Corrupt("the counts of a predicate are wrong"));
            }
        }
        if end == orders.len() { Ok(()) } else { Err(GraphError::Corrupt("offsets leave triples out")) }
    }

    fn verify_quads(&self) -> Result<(), GraphError> {
        let named = &self.named;
        for order in 0..4 {
            let mut last = None;
            for at in 0..named.len() {
                let quad = named.quad(order, at)?;
                let key: [Id; 4] = [0, 1, 2, 3].map(|column| named.columns[order * 4 + column].get(at).unwrap_or(0));
                ascending(&mut last, key)?;
                let (_, found) = named.candidates(quad.map(Some))?;
                let sound = self.terms.kind(quad[0])? <= super::dictionary::BLANK
                    && self.terms.kind(quad[1])? == IRI
                    && self.terms.kind(quad[2]).is_ok()
                    && self.terms.kind(quad[3])? <= super::dictionary::BLANK;
                if found.is_empty() || !sound {
                    return Err(GraphError::Corrupt("the orders hold different quads"));
                }
            }
        }
        Ok(())
    }

    fn verify_components(&self) -> Result<(), GraphError> {
        let mut count = 0;
        for id in 1..=self.terms.len() as Id {
            count += usize::from(self.terms.kind(id)? == TRIPLE);
        }
        if count != self.components.len() {
            return Err(GraphError::Corrupt("triple terms are missing from their index"));
        }
        for place in 0..3 {
            let mut last = None;
            for at in 0..count {
                let columns = &self.components.columns;
                let (part, whole) = (columns[place * 2].get(at)?, columns[place * 2 + 1].get(at)?);
                ascending(&mut last, (part, whole))?;
                if self.terms.components(whole)?.map(|parts| parts[place]) != Some(part) {
                    return Err(GraphError::Corrupt("the index of triple terms is wrong"));
                }
            }
        }
        Ok(())
    }
}
