//! Building a compiled graph from quads.

use super::blocks::Bytes;
use super::components::Components;
use super::dictionary::Id;
use super::document::{self, DocumentOptions};
use super::interner::Interner;
use super::named::NamedQuads;
use super::orders::Triples;
use super::{CompiledGraph, GraphError, Parts, orders};
use oxigraph::io::RdfFormat;
use oxigraph::model::{GraphNameRef, NamedOrBlankNode, QuadRef, TermRef, TripleRef};
use std::io::Read;

/// Collects quads as 32-bit ids, and sorts them into a [`CompiledGraph`].
///
/// Takes 12 bytes a triple, and the string of each term once; [`finish`](Self::finish) takes up to twice as much. Terms are
/// numbered in the order in which they are first inserted, so the same quads in the same order give the same graph, byte for
/// byte, on any number of threads. The same holds for documents.
///
/// ```
/// use factloom::store::GraphBuilder;
/// use oxigraph::io::RdfFormat;
///
/// let mut builder = GraphBuilder::new();
/// builder.read(RdfFormat::NTriples, None, "<http://e/a> <http://e/b> \"c\" .".as_bytes())?;
/// assert_eq!(builder.finish()?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct GraphBuilder {
    pub(super) terms: Interner,
    pub(super) triples: Triples,
    pub(super) quads: Vec<[Id; 4]>,
    /// The number of documents read, which distinguishes their blank nodes.
    documents: usize,
    metadata: Vec<u8>,
    /// The subject of the last triple, and its id.
    last: Option<(NamedOrBlankNode, Id)>,
}

impl GraphBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// A builder with the terms and quads of a graph, but not its metadata.
    ///
    /// # Errors
    ///
    /// Returns an error if the graph is corrupt.
    pub fn resume(graph: &CompiledGraph) -> Result<Self, GraphError> {
        let (triples, quads) = graph.checked_ids()?;
        Ok(Self { terms: Interner::resume(&graph.parts().terms)?, triples, quads, ..Self::new() })
    }

    /// Gives a term the next id if it has none, so that a caller can decide which terms have the first ids.
    ///
    /// # Errors
    ///
    /// Returns an error if the ids are used up.
    pub fn assign_id(&mut self, term: TermRef<'_>) -> Result<(), GraphError> {
        self.terms.intern(term).map(drop)
    }

    /// Adds a triple to the default graph. Literals stay as they are written.
    ///
    /// # Errors
    ///
    /// Returns an error if the ids are used up, or if triple terms are nested too deeply.
    pub fn insert_triple(&mut self, triple: TripleRef<'_>) -> Result<(), GraphError> {
        // Triples with the same subject mostly follow each other.
        let subject = match &self.last {
            Some((subject, id)) if subject.as_ref() == triple.subject => *id,
            _ => {
                let id = self.terms.intern(triple.subject.into())?;
                self.last = Some((triple.subject.into_owned(), id));
                id
            }
        };
        let predicate = self.terms.intern(triple.predicate.into())?;
        let object = self.terms.intern(triple.object)?;
        self.triples.push([subject, predicate, object]);
        Ok(())
    }

    /// Adds a quad. Literals stay as they are written.
    ///
    /// # Errors
    ///
    /// Returns an error if the ids are used up, or if triple terms are nested too deeply.
    pub fn insert(&mut self, quad: QuadRef<'_>) -> Result<(), GraphError> {
        let name: TermRef<'_> = match quad.graph_name {
            GraphNameRef::DefaultGraph => return self.insert_triple(quad.into()),
            GraphNameRef::NamedNode(name) => name.into(),
            GraphNameRef::BlankNode(name) => name.into(),
        };
        let mut ids = [0; 4];
        for (id, term) in ids.iter_mut().zip([quad.subject.into(), quad.predicate.into(), quad.object, name]) {
            *id = self.terms.intern(term)?;
        }
        self.quads.push(ids);
        Ok(())
    }

    /// The number of quads that were added, counting repeated ones.
    pub fn quad_count(&self) -> usize {
        self.triples.len() + self.quads.len()
    }

    /// Reads an RDF document and adds its quads. It may be compressed with gzip, and begin with a byte order mark.
    ///
    /// Relative IRIs are resolved against `base`, unless the document declares another base. Blank nodes of the first document keep their
    /// labels. Those of later documents get the prefixes `f2.`, `f3.` and so on, with higher numbers if there are such labels, so that
    /// documents do not share blank nodes. Blank nodes without labels get `f1-1`, `f1-2` and so on, in the order in which they appear.
    ///
    /// N-Triples are parsed in parallel, other formats as a stream. Both hold only a few blocks of the text in memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the document cannot be read or is malformed, if it has a relative IRI and no base, or if its terms are much longer
    /// than the document. The quads before the error stay.
    pub fn read(&mut self, format: RdfFormat, base: Option<&str>, from: impl Read) -> Result<(), GraphError> {
        self.read_with(format, &DocumentOptions { base, contexts: None }, from).map(drop)
    }

    /// Reads an RDF document as [`read`](Self::read) does. Returns notes on what the rules of its format drop: in JSON-LD, keys without an
    /// IRI, and triples with invalid IRIs, or with relative ones if the document removes the base.
    ///
    /// # Errors
    ///
    /// See [`read`](Self::read). A context of JSON-LD in another document is an error if it cannot be read.
    pub fn read_with(
        &mut self,
        format: RdfFormat,
        options: &DocumentOptions<'_>,
        from: impl Read,
    ) -> Result<Vec<String>, GraphError> {
        self.documents += 1;
        document::read(self, self.documents, format, options, from)
    }

    /// Sets the metadata that the graph contains in addition to its quads: any bytes.
    pub fn set_metadata(&mut self, metadata: Vec<u8>) {
        self.metadata = metadata;
    }

    /// Sorts the quads into a graph, and drops duplicates.
    ///
    /// Linear in quads and terms, except for sorting the triples of each subject, and the quads of named graphs.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more triples than 32 bits can count.
    pub fn finish(self) -> Result<CompiledGraph, GraphError> {
        let Self { terms, triples, quads, documents: _, metadata, last: _ } = self;
        let orders = orders::build(terms.len(), triples)?;
        let named = NamedQuads::build(quads)?;
        let components = Components::build(terms.triple_terms())?;
        Ok(CompiledGraph::new(Parts {
            terms: terms.finish(),
            orders,
            named,
            components,
            metadata: Bytes::Owned(metadata),
        }))
    }
}
