//! Building a compiled graph from quads.

use super::blocks::Bytes;
use super::checked_reader::CheckedReader;
use super::components::Components;
use super::dictionary::Id;
use super::interner::Interner;
use super::json_limits::JsonDepth;
use super::named::NamedQuads;
use super::ntriples;
use super::orders::Triples;
use super::xml_limits::XmlLexer;
use super::{CompiledGraph, GraphError, Parts, orders};
use crate::model::TermNesting;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{
    BlankNode, GraphName, GraphNameRef, NamedOrBlankNode, Quad, QuadRef, Term, TermRef, Triple, TripleRef,
};
use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

/// The terms of a document may have this many times its bytes, and as many bytes more.
const MAX_EXPANSION: u64 = 64;
const MIN_EXPANDED: u64 = 256 << 20;

/// Collects quads as 32-bit ids, and sorts them into a [`CompiledGraph`].
///
/// Takes 12 bytes a triple, and the string of each term once; [`finish`](Self::finish) takes up to twice as much. Terms are
/// numbered in the order in which they are first inserted, so the same quads in the same order give the same graph, byte for
/// byte, on any number of threads. That holds for documents if all their blank nodes have labels, because Turtle's `[]` and
/// collections get random ones.
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

    /// Adds a triple to the default graph. Literals are stored in canonical form, as in Oxigraph's store.
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

    /// Adds a quad. Literals are stored in canonical form, as in Oxigraph's store.
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

    /// Reads an RDF document and adds its quads. Blank nodes of the first document keep their labels. Those of later documents
    /// get the prefixes `f2.`, `f3.` and so on, so that documents do not share blank nodes.
    ///
    /// N-Triples are parsed in parallel, other formats as a stream. Both hold only a few blocks of the text in memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the document cannot be read or is malformed, or if its terms are much longer than the document. The quads
    /// before the error stay.
    pub fn read(&mut self, format: RdfFormat, base: Option<&str>, from: impl Read) -> Result<(), GraphError> {
        self.documents += 1;
        let labels = BlankNodeLabels(self.documents);
        if format == RdfFormat::NTriples {
            return ntriples::read(self, labels, from);
        }
        let mut parser = RdfParser::from_format(format);
        if let Some(base) = base {
            parser = parser.with_base_iri(base).map_err(|_| GraphError::InvalidBase(base.to_owned()))?;
        }
        let read = Rc::new(Cell::new(0));
        let counter = Rc::clone(&read);
        let from = CheckedReader::new(from, move |bytes| {
            counter.set(counter.get() + bytes.len() as u64);
            Ok(())
        });
        let terms_before = self.terms.byte_len();
        let from: Box<dyn Read> = match format {
            RdfFormat::NQuads | RdfFormat::Turtle | RdfFormat::TriG | RdfFormat::N3 => {
                let mut nesting = TermNesting::default();
                Box::new(CheckedReader::new(from, move |bytes| match nesting.is_too_deep(bytes) {
                    true => Err(GraphError::TooDeep),
                    false => Ok(()),
                }))
            }
            RdfFormat::RdfXml => {
                let mut lexer = XmlLexer::new();
                Box::new(CheckedReader::new(from, move |bytes| lexer.push_all(bytes)))
            }
            RdfFormat::JsonLd { .. } => {
                let mut depth = JsonDepth::default();
                Box::new(CheckedReader::new(from, move |bytes| depth.push_all(bytes)))
            }
            _ => Box::new(from),
        };
        for quad in parser.for_reader(from) {
            let mut quad = quad.map_err(|e| GraphError::of_parser(e, format))?;
            labels.rename(&mut quad);
            self.insert(quad.as_ref())?;
            // A short name may stand for an IRI with a base of several megabytes.
            if self.terms.byte_len() - terms_before > MAX_EXPANSION * read.get() + MIN_EXPANDED {
                return Err(GraphError::DocumentLimit(format!("terms of more than {MAX_EXPANSION} times its length")));
            }
        }
        Ok(())
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

/// Relabels the blank nodes of the document with this number.
#[derive(Clone, Copy)]
pub(super) struct BlankNodeLabels(usize);

impl BlankNodeLabels {
    /// The new label of a blank node; `None` if it keeps its label.
    pub(super) fn new_label(self, label: &str) -> Option<String> {
        let taken = label.strip_prefix('f').and_then(|rest| rest.split_once('.'));
        let taken = taken.is_some_and(|(number, _)| number.parse::<usize>().is_ok());
        (self.0 > 1 || taken).then(|| format!("f{}.{label}", self.0))
    }

    pub(super) fn rename(self, quad: &mut Quad) {
        self.rename_subject(&mut quad.subject);
        self.rename_object(&mut quad.object);
        if let GraphName::BlankNode(node) = &mut quad.graph_name {
            self.rename_node(node);
        }
    }

    fn rename_node(self, node: &mut BlankNode) {
        if let Some(label) = self.new_label(node.as_str()) {
            *node = BlankNode::new_unchecked(label);
        }
    }

    fn rename_subject(self, subject: &mut NamedOrBlankNode) {
        if let NamedOrBlankNode::BlankNode(node) = subject {
            self.rename_node(node);
        }
    }

    fn rename_object(self, object: &mut Term) {
        match object {
            Term::BlankNode(node) => self.rename_node(node),
            Term::Triple(triple) => {
                let Triple { subject, predicate: _, object } = &mut **triple;
                self.rename_subject(subject);
                self.rename_object(object);
            }
            Term::NamedNode(_) | Term::Literal(_) => {}
        }
    }
}
