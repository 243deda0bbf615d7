//! The literals of a graph as Oxigraph's store holds them, so that the engines can be compared on the same terms.
//!
//! Oxigraph's store holds the values of literals, not their forms: `"01"^^xsd:int` becomes `"1"^^xsd:integer`. A query that joins, groups
//! or counts them has other results there. On a graph that contains only literals that Oxigraph does not change, it has the same.

use super::compiled::{CompiledGraph, GraphBuilder};
use super::{Backend, Store, StoreError};
use crate::model::literal::exact_number;
use oxigraph::model::{Literal, Quad, Term};
use spareval::ExpressionTerm;

/// How the literals of a graph or a query differ from what Oxigraph computes with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OxigraphLiterals {
    /// Whether Oxigraph's store would change one.
    pub changes: bool,
    /// Whether one is an integer or decimal that is too long for Oxigraph to compute with.
    pub has_long_numbers: bool,
}

impl OxigraphLiterals {
    /// Takes a literal into account.
    pub fn add(&mut self, literal: &Literal) {
        // Strings and strings with a language stay as they are.
        if literal.language().is_some() {
            return;
        }
        match ExpressionTerm::from(Term::from(literal.clone())) {
            ExpressionTerm::OtherTypedLiteral { .. } => {
                self.has_long_numbers |= exact_number(literal.as_ref().into()).is_some();
            }
            value => self.changes |= Term::from(value) != Term::from(literal.clone()),
        }
    }
}

/// A term as Oxigraph's store holds it.
fn held(term: Term) -> Term {
    Term::from(ExpressionTerm::from(term))
}

impl Store {
    /// How the literals of the graph differ from what Oxigraph computes with.
    ///
    /// Takes time linear in the number of terms.
    ///
    /// # Errors
    ///
    /// Returns an error if the graph is corrupt.
    pub fn oxigraph_literals(&self) -> Result<OxigraphLiterals, StoreError> {
        let mut found = OxigraphLiterals::default();
        if let Backend::Compiled(graph) = &self.backend {
            // The literals in triple terms have ids, too.
            for id in 1..graph.id_bound() as u32 {
                if let Term::Literal(literal) = graph.term(id)? {
                    found.add(&literal);
                }
            }
        }
        Ok(found)
    }

    /// The same quads with each literal as Oxigraph's store holds it.
    ///
    /// # Errors
    ///
    /// Returns an error if the graph is corrupt.
    pub fn with_oxigraph_literals(&self) -> Result<Self, StoreError> {
        let backend = match &self.backend {
            Backend::Memory(memory) => Backend::Memory(memory.clone()),
            Backend::Compiled(graph) => Backend::Compiled(changed(graph)?),
        };
        Ok(Self { backend, ..self.clone() })
    }
}

fn changed(graph: &CompiledGraph) -> Result<CompiledGraph, StoreError> {
    let mut builder = GraphBuilder::new();
    for quad in graph.quads() {
        let Quad { subject, predicate, object, graph_name } = quad?;
        builder.insert(Quad { subject, predicate, object: held(object), graph_name }.as_ref())?;
    }
    builder.set_metadata(graph.metadata()?.to_vec());
    Ok(builder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;
    use oxigraph::io::RdfFormat;

    fn store(turtle: &str) -> Store {
        let mut builder = GraphBuilder::new();
        let text = format!("@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . {turtle}");
        builder.read(RdfFormat::Turtle, None, text.as_bytes()).unwrap();
        let backend = Backend::Compiled(builder.finish().unwrap());
        Store { backend, ..Store::in_memory(Namespaces::standard()).unwrap() }
    }

    #[test]
    fn literals_that_oxigraph_changes_are_found_and_changed() {
        for (object, changes, has_long_numbers) in [
            ("1, 'a', 'a'@en, 1.5, true, 'x'^^<urn:type>, '2020-01-01'^^xsd:date", false, false),
            ("01", true, false),
            ("'1'^^xsd:int", true, false),
            ("<<( <urn:a> <urn:p> 1.0 )>>", true, false),
            ("12345678901234567890", false, true),
            ("'x'^^xsd:integer", false, false),
        ] {
            let store = store(&format!("<urn:a> <urn:p> {object} ."));
            let expected = OxigraphLiterals { changes, has_long_numbers };
            assert_eq!(store.oxigraph_literals().unwrap(), expected, "{object}");
            let changed = store.with_oxigraph_literals().unwrap();
            let expected = OxigraphLiterals { changes: false, has_long_numbers };
            assert_eq!(changed.oxigraph_literals().unwrap(), expected, "{object}");
        }
    }
}
