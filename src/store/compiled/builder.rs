//! From quads to a compiled graph.

use super::blocks::Bytes;
use super::components::Components;
use super::dictionary::Id;
use super::interner::Interner;
use super::named::Named;
use super::nesting::Shallow;
use super::ntriples;
use super::orders::Triples;
use super::{CompiledGraph, GraphError, Parts, orders};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{BlankNode, GraphName, NamedOrBlankNode, Quad, QuadRef, Term, TermRef, Triple, TripleRef};
use std::io::Read;

/// Collects quads as ids of 32 bits, and sorts them into a [`CompiledGraph`].
///
/// Takes 12 bytes a triple and the text of each term once while it collects; [`finish`](Self::finish) takes twice as much for
/// a moment. Terms are numbered in the order in which they come, so equal quads in equal order give an equal graph, byte for
/// byte, on any number of threads. Documents do as long as all their blank nodes have labels: Turtle's `[]` and collections
/// get random ones.
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
pub struct GraphBuilder {
    pub(super) terms: Interner,
    pub(super) triples: Triples,
    pub(super) quads: Vec<[Id; 4]>,
    /// How many documents have been read, to tell their blank nodes apart.
    documents: usize,
    context: Vec<u8>,
    /// The subject of the last triple, and its id.
    last: Option<(NamedOrBlankNode, Id)>,
}

impl Default for GraphBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl GraphBuilder {
    /// A builder without quads.
    pub fn new() -> Self {
        Self {
            terms: Interner::new(),
            triples: Triples::default(),
            quads: Vec::new(),
            documents: 0,
            context: Vec::new(),
            last: None,
        }
    }

    /// A builder with the quads and terms of a graph, to add to them.
    ///
    /// # Errors
    ///
    /// Where the graph is damaged.
    pub fn resume(graph: &CompiledGraph) -> Result<Self, GraphError> {
        let (triples, quads) = graph.checked_ids()?;
        Ok(Self { terms: Interner::resume(&graph.parts().terms)?, triples, quads, ..Self::new() })
    }

    /// Gives a term its id before triples do, so that the first ids are those of the terms that are named first.
    ///
    /// # Errors
    ///
    /// Where there are more terms than ids of 32 bits.
    pub fn name(&mut self, term: TermRef<'_>) -> Result<(), GraphError> {
        self.terms.intern(term).map(drop)
    }

    /// Adds a triple to the default graph. Literals are kept in the form in which Oxigraph's store keeps them.
    ///
    /// # Errors
    ///
    /// Where there are more terms than ids of 32 bits, or triple terms are nested more than 128 deep.
    pub fn insert_triple(&mut self, triple: TripleRef<'_>) -> Result<(), GraphError> {
        // What is said of one thing mostly comes together.
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

    /// Adds a quad. Literals are kept in the form in which Oxigraph's store keeps them.
    ///
    /// # Errors
    ///
    /// Where there are more terms than ids of 32 bits, or triple terms are nested more than 128 deep.
    pub fn insert(&mut self, quad: QuadRef<'_>) -> Result<(), GraphError> {
        let name: TermRef<'_> = match quad.graph_name {
            oxigraph::model::GraphNameRef::DefaultGraph => return self.insert_triple(quad.into()),
            oxigraph::model::GraphNameRef::NamedNode(name) => name.into(),
            oxigraph::model::GraphNameRef::BlankNode(name) => name.into(),
        };
        let subject = self.terms.intern(quad.subject.into())?;
        let predicate = self.terms.intern(quad.predicate.into())?;
        let object = self.terms.intern(quad.object)?;
        let name = self.terms.intern(name)?;
        self.quads.push([subject, predicate, object, name]);
        Ok(())
    }

    /// Reads a document of RDF and adds its quads. Blank nodes of the first document keep their labels; those of others get
    /// `f2.`, `f3.` … before theirs, so that documents share none.
    ///
    /// N-Triples are read in parallel, other formats as a stream; either takes memory for what is new in the document and
    /// a few blocks of its text.
    ///
    /// # Errors
    ///
    /// Where the document cannot be read or is not in its format; the quads before the error stay.
    pub fn read(&mut self, format: RdfFormat, base: Option<&str>, from: impl Read) -> Result<(), GraphError> {
        self.documents += 1;
        let labels = Labels(self.documents);
        if format == RdfFormat::NTriples {
            return ntriples::read(self, labels, from);
        }
        let mut parser = RdfParser::from_format(format);
        if let Some(base) = base {
            parser = parser.with_base_iri(base).map_err(|e| GraphError::Base(base.to_owned(), e.to_string()))?;
        }
        let from: Box<dyn Read> = match format {
            RdfFormat::NQuads | RdfFormat::Turtle | RdfFormat::TriG | RdfFormat::N3 => Box::new(Shallow::new(from)),
            _ => Box::new(from),
        };
        for quad in parser.for_reader(from) {
            let mut quad = quad.map_err(GraphError::of_parser)?;
            labels.rename(&mut quad);
            self.insert(quad.as_ref())?;
        }
        Ok(())
    }

    /// Sets what the graph carries besides its quads: any bytes.
    pub fn set_metadata(&mut self, context: Vec<u8>) {
        self.context = context;
    }

    /// Sorts the quads into a graph. Equal quads are kept once.
    ///
    /// Linear in quads and terms, but for sorting the triples of each subject, and those of named graphs.
    ///
    /// # Errors
    ///
    /// Where there are more triples than 32 bits can count.
    pub fn finish(self) -> Result<CompiledGraph, GraphError> {
        let Self { terms, triples, quads, documents: _, context, last: _ } = self;
        let orders = orders::build(terms.len(), triples)?;
        let named = Named::build(quads)?;
        let components = Components::build(terms.triple_terms())?;
        Ok(CompiledGraph::new(Parts {
            terms: terms.finish(),
            orders,
            named,
            components,
            context: Bytes::Owned(context),
        }))
    }
}

/// How the blank nodes of a document are labelled.
#[derive(Clone, Copy)]
pub(super) struct Labels(usize);

impl Labels {
    /// The label of a blank node of the document; `None` where it stays as it is.
    pub(super) fn of(self, label: &str) -> Option<String> {
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
        if let Some(label) = self.of(node.as_str()) {
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
