//! The view: the graph of entities and statements, for selection, paths and diagrams, on petgraph.
//!
//! Invariant: nothing here knows RDF syntax or DOT.

mod components;
mod merged;
mod part;
mod path;
mod rank;
mod select;

pub use crate::store::EdgeKind;
pub use components::{Bridge, articulation_points, bridges, strong_components, weak_components};
pub use merged::{Direction, Step};
pub use part::ViewTriples;
pub use path::{Path, PathSearch, Paths, paths};
pub use rank::{Degree, GraphTooLarge, Measure, Ranked, Ranking, betweenness, closeness, degrees, pagerank};
pub use select::{Filter, KindFilter, Neighbourhood, PathsBetween, Selection, Subgraph};

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
    /// Its id in the dataset, or else its IRI.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its class, where it has one.
    pub class: Option<NamedNode>,
    /// What statements say of it in literals, and of things that are no entities, in the order of the statements' ids.
    pub attributes: Vec<Attribute>,
}

/// What a statement says of an entity in a literal: an edge that ends in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The statement.
    pub edge: Edge,
    /// The value.
    pub value: Term,
    /// The value as people read it.
    pub text: String,
}

/// A predicate of the view, shared by its edges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// Its IRI.
    pub iri: NamedNode,
    /// What it is called.
    pub label: String,
}

/// A statement between two entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The statement.
    pub statement: StatementId,
    /// The predicate.
    pub predicate: Arc<Predicate>,
    /// Whether the statement is a fact, a claim or an inference.
    pub kind: EdgeKind,
    /// How many independent sources state it; see [`Corroboration::sources`](crate::store::Corroboration::sources).
    pub source_count: usize,
    /// The sources that its own evidence is from, sorted.
    pub cited: Arc<[SourceId]>,
    /// When it holds, as far as its qualifiers say.
    pub period: Option<Period>,
}

/// The graph of entities and statements. Nodes are in the order of their IRIs, edges in the order of their statements' ids.
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
    graph: DiGraph<Node, Edge>,
    nodes: FxHashMap<NamedNode, NodeIndex>,
}

impl View {
    /// The view of a store: a node for each entity, an edge for each statement between two.
    ///
    /// Linear in the statements and entities, but for sorting. An edge takes 88 bytes, and the id of its statement 16 and its
    /// text; what many edges share is kept once.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn new(store: &Store, labels: &Labels<'_>) -> Result<Self, StoreError> {
        let names = store.names();
        let mut iris = store.entities()?;
        iris.extend(store.mentioned_entities()?);
        iris.sort();
        iris.dedup();
        let edges = store.metadata().statements as usize;
        let mut view = Self {
            graph: DiGraph::with_capacity(iris.len(), edges),
            nodes: FxHashMap::with_capacity_and_hasher(iris.len(), FxBuildHasher),
        };
        for iri in iris {
            let node = Node {
                id: names.entity_id(iri.as_ref()).map_or_else(|| iri.as_str().to_owned(), |id| id.to_string()),
                label: labels.name(&iri)?.to_string(),
                class: class(store, &iri)?,
                attributes: Vec::new(),
                iri: iri.clone(),
            };
            view.nodes.insert(iri, view.graph.add_node(node));
        }
        let mut predicates = Predicates { labels, known: FxHashMap::default() };
        store.for_each_summary(|outline| view.add(outline, &mut predicates))?;
        view.graph.shrink_to_fit();
        Ok(view)
    }

    fn add(&mut self, outline: StatementSummary<'_>, predicates: &mut Predicates<'_>) -> Result<(), StoreError> {
        // A class that was inferred is no attribute; the node has the one that the dataset gives.
        if *outline.predicate == vocab::rdf::TYPE {
            return Ok(());
        }
        let Some(from) = self.node(outline.subject) else { return Ok(()) };
        let edge = Edge {
            statement: outline.id,
            predicate: predicates.get(outline.predicate)?,
            kind: outline.kind,
            source_count: outline.sources,
            cited: outline.cited,
            period: outline.period,
        };
        let (object, names) = (outline.object, predicates.labels.names());
        let entity = match object {
            Term::NamedNode(object) if names.entity_id(object.as_ref()).is_some() => self.node(object),
            _ => None,
        };
        match entity {
            Some(to) => {
                self.graph.add_edge(from, to, edge);
            }
            None => {
                let text = predicates.labels.term(object)?;
                self.graph[from].attributes.push(Attribute { edge, value: object.clone(), text });
            }
        }
        Ok(())
    }

    /// The graph itself.
    pub fn graph(&self) -> &DiGraph<Node, Edge> {
        &self.graph
    }

    /// All statements: those between entities, then those that end in values, each in the order of its node or edge.
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

    /// The part of the view that a selection leaves; see [`subgraph`](Self::subgraph).
    #[must_use]
    pub fn select(&self, selection: &Selection) -> Self {
        self.subgraph(selection).view
    }

    /// The part of the view that a selection leaves, and what there is to say of it.
    ///
    /// Linear in the edges for each condition and each pair of entities that paths lead between, and O(n log n) in the n nodes;
    /// the search for paths of a given length stops after a fixed number of steps.
    #[must_use]
    pub fn subgraph(&self, selection: &Selection) -> Subgraph {
        selection.apply(self)
    }
}

/// The predicates of the edges so far.
struct Predicates<'a> {
    labels: &'a Labels<'a>,
    known: FxHashMap<NamedNode, Arc<Predicate>>,
}

impl Predicates<'_> {
    fn get(&mut self, iri: &NamedNode) -> Result<Arc<Predicate>, StoreError> {
        if let Some(known) = self.known.get(iri) {
            return Ok(Arc::clone(known));
        }
        let predicate = Arc::new(Predicate { iri: iri.clone(), label: self.labels.name(iri)?.to_string() });
        self.known.insert(iri.clone(), Arc::clone(&predicate));
        Ok(predicate)
    }
}

/// The class of an entity: of several the first by IRI that is not inferred.
fn class(store: &Store, entity: &NamedNode) -> Result<Option<NamedNode>, StoreError> {
    let classes = store.objects(entity.as_ref(), vocab::rdf::TYPE)?.into_iter().filter_map(|class| match class {
        Term::NamedNode(class) => Some(class),
        _ => None,
    });
    let mut classes: Vec<NamedNode> = classes.collect();
    classes.sort();
    if classes.len() > 1 {
        for class in &classes {
            let triple = Triple::new(entity.clone(), vocab::rdf::TYPE, class.clone());
            let inferred = store.find_assertion(&triple)?.is_some();
            if !inferred {
                return Ok(Some(class.clone()));
            }
        }
    }
    Ok(classes.into_iter().next())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{Claim, ClaimStatus, Derivation, Kind, Namespaces, Statement};
    use crate::store::{Corroboration, FindError};
    use oxigraph::model::Literal;

    /// A view of entities with statements `s0`, `s1`, … between them: facts `f`, claims `c`, inferences `i`.
    pub(crate) fn view(edges: &[(&str, &str, char)]) -> View {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        let entity = |id: &str| names.entity(&crate::model::EntityId::new(id).unwrap());
        let statements = edges.iter().enumerate().map(|(number, (from, to, kind))| Statement {
            id: StatementId::new(&format!("s{number}")).unwrap(),
            triple: Triple::new(entity(from), names.rule("p"), entity(to)),
            kind: match kind {
                'f' => Kind::Fact,
                'i' => Kind::Inference(Derivation { rule: "r".into(), premises: Vec::new() }),
                _ => Kind::Claim(Claim { status: ClaimStatus::Planned, by: None }),
            },
            qualifiers: Vec::new(),
            evidence: Vec::new(),
        });
        let mut store = Store::in_memory(names.clone()).unwrap();
        for statement in statements {
            load(&mut store, &statement);
        }
        View::new(&store, &Labels::new(&store, "en")).unwrap()
    }

    fn load(store: &mut Store, statement: &Statement) {
        let mut triples = Vec::new();
        crate::triples::write_statement(statement, &store.names().clone(), &mut |triple| {
            triples.push(triple.into_owned())
        });
        store.load(triples).unwrap();
    }

    #[test]
    fn literals_are_attributes_and_entities_are_nodes() {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        let mill = names.entity(&crate::model::EntityId::new("mill").unwrap());
        let label = Triple::new(mill.clone(), vocab::rdfs::LABEL, Literal::new_simple_literal("The Mill"));
        let mut store = Store::in_memory(names.clone()).unwrap();
        store.load([label, Triple::new(mill.clone(), vocab::rdf::TYPE, names.rule("Plant"))]).unwrap();
        let size = Statement {
            id: StatementId::new("s").unwrap(),
            triple: Triple::new(mill.clone(), names.rule("size"), Literal::from(3)),
            kind: Kind::Fact,
            qualifiers: Vec::new(),
            evidence: Vec::new(),
        };
        load(&mut store, &size);
        let labels = Labels::new(&store, "en");
        let view = View::new(&store, &labels).unwrap();
        let node = &view.graph()[view.node(&labels.find("the mill").unwrap()).unwrap()];
        assert_eq!((node.id.as_str(), node.class.as_ref()), ("mill", Some(&names.rule("Plant"))));
        let size = &node.attributes[0];
        assert_eq!((size.edge.predicate.label.as_str(), size.text.as_str()), ("size", "3"));
        assert_eq!(view.graph().edge_count(), 0);
        assert!(matches!(labels.find("milk"), Err(FindError::Unknown(Some(near))) if near == "mill"));
    }

    #[test]
    fn an_edge_takes_as_many_bytes_as_is_said() {
        assert_eq!(size_of::<petgraph::graph::Edge<Edge>>(), 88);
    }

    #[test]
    fn each_statement_has_an_edge_and_each_edge_of_a_triple_counts_the_sources_of_all() {
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let view = View::new(&store, &Labels::new(&store, "en")).unwrap();
        let corroboration = Corroboration::new(&store);
        let mut several = 0;
        for edge in view.graph().edge_weights() {
            let statement = store.statement(&edge.statement).unwrap().unwrap();
            assert_eq!(edge.source_count, corroboration.sources(&statement).unwrap(), "{}", edge.statement);
            several += usize::from(edge.source_count > 2);
        }
        assert_eq!(several, 4);
    }
}
