//! The view: the graph of entities and statements as a petgraph graph, for selection, paths, analysis and diagrams.
//!
//! Invariant: nothing here depends on an RDF syntax or a diagram format.

mod components;
mod merged;
mod path;
mod rank;
mod select;
#[cfg(test)]
pub(crate) mod tests;
mod triples;

pub use crate::store::EdgeKind;
pub use components::{Bridge, articulation_points, bridges, strong_components, weak_components};
pub use merged::Direction;
pub use path::{Path, PathSearch, Paths, paths};
pub use rank::{Degree, GraphTooLarge, Measure, Ranked, Ranking, betweenness, closeness, degrees, pagerank};
pub use select::{Filter, KindFilter, Neighbourhood, PathsBetween, Selection, Subgraph};
pub use triples::ViewTriples;

use crate::model::{Period, SourceId, StatementId, vocab};
use crate::store::{Labels, StatementSummary, Store, StoreError};
use oxigraph::model::{NamedNode, Term, Triple};
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::Arc;

/// An entity in the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its IRI.
    pub iri: NamedNode,
    /// Its id in the dataset, or its IRI if it has none.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its class, if it has one.
    pub class: Option<NamedNode>,
    /// The statements about it with an object that is not an entity, in the order of their ids.
    pub attributes: Vec<Attribute>,
}

/// A statement about an entity with a literal as its object, or an IRI that is not an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The statement.
    pub edge: Edge,
    /// The object.
    pub value: Term,
    /// The object as text for readers.
    pub text: String,
}

/// A predicate of the view, shared by its edges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// Its IRI.
    pub iri: NamedNode,
    /// Its label.
    pub label: String,
}

/// A statement between two entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The statement.
    pub statement: StatementId,
    /// The predicate.
    pub predicate: Arc<Predicate>,
    /// Whether the statement is a fact, a claim, an inference or an entailment.
    pub kind: EdgeKind,
    /// The number of independent sources that state it; see [`Corroboration::sources`](crate::store::Corroboration::sources).
    pub source_count: usize,
    /// The sources that its own evidence cites, sorted.
    pub cited: Arc<[SourceId]>,
    /// The period in which it holds, if its qualifiers give one.
    pub period: Option<Period>,
}

/// The graph of entities and statements, for any number of threads: a clone shares it. Nodes are in the order of their IRIs, edges in the order of their statements' ids.
///
/// ```
/// use factloom::{store::Labels, view::View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let russia = view.node_with_id("russia").unwrap();
/// assert!(view.graph().edges(russia).any(|edge| edge.weight().predicate.label == "helped build"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct View {
    graph: Arc<DiGraph<Node, Edge>>,
    nodes: Arc<FxHashMap<NamedNode, NodeIndex>>,
}

impl View {
    /// The view of a store: a node for each entity, an edge for each statement between two entities.
    ///
    /// O(n log n) in the entities and linear in the statements. An edge takes 104 bytes, and the id of its statement 16 and its
    /// characters; predicates and sources are shared between edges.
    pub fn new(store: &Store, labels: &Labels<'_>) -> Result<Self, StoreError> {
        let namespaces = store.namespaces();
        let mut iris = store.entities()?;
        iris.extend(store.mentioned_entities()?);
        iris.sort();
        iris.dedup();
        let edges = store.metadata().statements as usize;
        let mut builder = Builder {
            graph: DiGraph::with_capacity(iris.len(), edges),
            nodes: FxHashMap::with_capacity_and_hasher(iris.len(), FxBuildHasher),
            predicates: FxHashMap::default(),
        };
        for iri in iris {
            let node = Node {
                id: namespaces.entity_id(iri.as_ref()).map_or_else(|| iri.as_str().to_owned(), |id| id.to_string()),
                label: labels.name(&iri)?.to_string(),
                class: declared_class(store, &iri)?,
                attributes: Vec::new(),
                iri: iri.clone(),
            };
            builder.nodes.insert(iri, builder.graph.add_node(node));
        }
        store.for_each_summary(|statement| builder.add(statement, labels))?;
        builder.graph.shrink_to_fit();
        Ok(Self::of(builder.graph, builder.nodes))
    }

    fn of(graph: DiGraph<Node, Edge>, nodes: FxHashMap<NamedNode, NodeIndex>) -> Self {
        Self { graph: Arc::new(graph), nodes: Arc::new(nodes) }
    }

    /// The petgraph graph.
    pub fn graph(&self) -> &DiGraph<Node, Edge> {
        &self.graph
    }

    /// All statements: first those between entities, then attributes, each in the order of their edges or nodes.
    pub fn statements(&self) -> impl Iterator<Item = &Edge> {
        let attributes = self.graph.node_weights().flat_map(|node| &node.attributes);
        self.graph.edge_weights().chain(attributes.map(|attribute| &attribute.edge))
    }

    /// The node of an entity.
    pub fn node(&self, iri: &NamedNode) -> Option<NodeIndex> {
        self.nodes.get(iri).copied()
    }

    /// The node of the entity with an id.
    pub fn node_with_id(&self, id: &str) -> Option<NodeIndex> {
        self.graph.node_indices().find(|index| self.graph[*index].id == id)
    }

    /// The subgraph that a selection keeps, with what its limits removed.
    ///
    /// Linear in the edges for each condition and each entity or pair of entities in it, and O(n log n) in the n nodes. The
    /// search for paths of a given length stops after a fixed number of steps.
    #[must_use]
    pub fn subgraph(&self, selection: &Selection) -> Subgraph {
        selection.apply(self)
    }
}

/// A view that is being built.
struct Builder {
    graph: DiGraph<Node, Edge>,
    nodes: FxHashMap<NamedNode, NodeIndex>,
    predicates: FxHashMap<NamedNode, Arc<Predicate>>,
}

impl Builder {
    fn add(&mut self, statement: StatementSummary<'_>, labels: &Labels<'_>) -> Result<(), StoreError> {
        // An inferred class is not an attribute: the node has its declared class.
        if *statement.predicate == vocab::rdf::TYPE {
            return Ok(());
        }
        let Some(subject) = self.nodes.get(statement.subject).copied() else { return Ok(()) };
        let predicate = match self.predicates.get(statement.predicate) {
            Some(known) => Arc::clone(known),
            None => {
                let (iri, label) = (statement.predicate.clone(), labels.name(statement.predicate)?.to_string());
                let new = Arc::new(Predicate { iri: iri.clone(), label });
                self.predicates.insert(iri, Arc::clone(&new));
                new
            }
        };
        let edge = Edge {
            statement: statement.id,
            predicate,
            kind: statement.kind,
            source_count: statement.sources,
            cited: statement.cited,
            period: statement.period,
        };
        let entity = match &*statement.object {
            Term::NamedNode(iri) if labels.namespaces().entity_id(iri.as_ref()).is_some() => {
                self.nodes.get(iri).copied()
            }
            _ => None,
        };
        if let Some(object) = entity {
            self.graph.add_edge(subject, object, edge);
        } else {
            let text = labels.term(&statement.object)?;
            self.graph[subject].attributes.push(Attribute { edge, value: statement.object.into_owned(), text });
        }
        Ok(())
    }
}

/// The class of an entity. If it has several, the first by IRI that is not inferred.
fn declared_class(store: &Store, entity: &NamedNode) -> Result<Option<NamedNode>, StoreError> {
    let classes = store.objects(entity.as_ref(), vocab::rdf::TYPE)?.into_iter().filter_map(|class| match class {
        Term::NamedNode(class) => Some(class),
        _ => None,
    });
    let mut classes: Vec<NamedNode> = classes.collect();
    classes.sort();
    if classes.len() > 1 {
        for class in &classes {
            let triple = Triple::new(entity.clone(), vocab::rdf::TYPE, class.clone());
            if store.find_assertion(&triple)?.is_none() {
                return Ok(Some(class.clone()));
            }
        }
    }
    Ok(classes.into_iter().next())
}
