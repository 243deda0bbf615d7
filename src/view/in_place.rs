//! The entities of a compiled graph as a graph of petgraph's, where they lie.

use crate::store::{CompiledGraph, EntityColumns, GraphError};
use petgraph::Directed;
use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};
use std::ops::Range;
use zerocopy::little_endian::U32;

/// Entities and the triples between them, read from the columns of a compiled graph: nothing is copied.
///
/// Node `n` is the entity with id `n + 1`. An edge for each triple of the graph between two entities: facts and inferences, those
/// that several statements state once; its weight is the id of the predicate, as it stands in the column.
///
/// petgraph's algorithms that only walk a graph run on it as they do on a `DiGraph`. Making one is linear in the part of the columns
/// that is about entities, since what petgraph's iterators read must be known to be whole before.
///
/// ```
/// use factloom::store::GraphBuilder;
/// use factloom::view::EntityGraph;
/// use oxigraph::io::RdfFormat;
/// use petgraph::visit::Bfs;
///
/// let mut builder = GraphBuilder::new();
/// let text = "<http://e/a> <http://e/p> <http://e/b> . <http://e/b> <http://e/p> <http://e/c>, \"text\" .";
/// for name in ["a", "b", "c"] {
///     builder.name(oxigraph::model::NamedNode::new(format!("http://e/{name}"))?.as_ref().into())?;
/// }
/// builder.read(RdfFormat::Turtle, None, text.as_bytes())?;
/// let graph = builder.finish()?;
/// let entities = EntityGraph::new(&graph, 3)?;
/// let mut walk = Bfs::new(entities, 0);
/// let reached: Vec<u32> = std::iter::from_fn(|| walk.next(entities)).collect();
/// assert_eq!(reached, [0, 1, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct EntityGraph<'a> {
    entities: u32,
    columns: EntityColumns<'a>,
}

impl<'a> EntityGraph<'a> {
    /// The graph of the first `entities` terms.
    ///
    /// # Errors
    ///
    /// Where the graph is damaged, or has fewer terms.
    pub fn new(graph: &'a CompiledGraph, entities: u32) -> Result<Self, GraphError> {
        Ok(Self { entities, columns: graph.entity_columns(entities)? })
    }

    /// The edges of a node, by the other node.
    fn edges_of(self, node: u32, direction: Direction) -> Edges<'a> {
        let (starts, predicates, others) = match direction {
            Outgoing => (self.columns.subjects, self.columns.spo_p, self.columns.spo_o),
            Incoming => (self.columns.objects, self.columns.osp_p, self.columns.osp_s),
        };
        let id = node as usize + 1;
        let range = starts[id].get() as usize..starts[id + 1].get() as usize;
        Edges { node, direction, entities: self.entities, pairs: predicates[range.clone()].iter().zip(&others[range]) }
    }
}

/// The edges of a node.
#[derive(Clone)]
pub struct Edges<'a> {
    node: u32,
    direction: Direction,
    entities: u32,
    pairs: std::iter::Zip<std::slice::Iter<'a, U32>, std::slice::Iter<'a, U32>>,
}

/// An edge: a triple between two entities.
#[derive(Clone, Copy, Debug)]
pub struct EntityEdge<'a> {
    source: u32,
    predicate: &'a U32,
    target: u32,
}

impl<'a> Iterator for Edges<'a> {
    type Item = EntityEdge<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        // Literals, classes and all else have ids behind those of the entities.
        let (predicate, other) = self.pairs.find(|(_, other)| (1..=self.entities).contains(&other.get()))?;
        let other = other.get() - 1;
        Some(match self.direction {
            Outgoing => EntityEdge { source: self.node, predicate, target: other },
            Incoming => EntityEdge { source: other, predicate, target: self.node },
        })
    }
}

impl<'a> EdgeRef for EntityEdge<'a> {
    type NodeId = u32;
    type EdgeId = [u32; 3];
    type Weight = U32;

    fn source(&self) -> u32 {
        self.source
    }

    fn target(&self) -> u32 {
        self.target
    }

    fn weight(&self) -> &'a U32 {
        self.predicate
    }

    fn id(&self) -> [u32; 3] {
        [self.source, self.predicate.get(), self.target]
    }
}

/// The nodes that edges lead to, or from.
#[derive(Clone)]
pub struct Neighbors<'a>(Edges<'a>);

impl Iterator for Neighbors<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let edge = self.0.next()?;
        Some(if self.0.direction == Outgoing { edge.target } else { edge.source })
    }
}

/// All edges, by their sources.
#[derive(Clone)]
pub struct AllEdges<'a> {
    graph: EntityGraph<'a>,
    left: Range<u32>,
    now: Option<Edges<'a>>,
}

impl<'a> Iterator for AllEdges<'a> {
    type Item = EntityEdge<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(edge) = self.now.as_mut().and_then(Iterator::next) {
                return Some(edge);
            }
            self.now = Some(self.graph.edges_of(self.left.next()?, Outgoing));
        }
    }
}

impl GraphBase for EntityGraph<'_> {
    type NodeId = u32;
    type EdgeId = [u32; 3];
}

impl GraphRef for EntityGraph<'_> {}

impl GraphProp for EntityGraph<'_> {
    type EdgeType = Directed;
}

impl Data for EntityGraph<'_> {
    type NodeWeight = ();
    type EdgeWeight = U32;
}

impl NodeCount for EntityGraph<'_> {
    fn node_count(&self) -> usize {
        self.entities as usize
    }
}

impl NodeIndexable for EntityGraph<'_> {
    fn node_bound(&self) -> usize {
        self.entities as usize
    }

    fn to_index(&self, node: u32) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl NodeCompactIndexable for EntityGraph<'_> {}

impl IntoNodeIdentifiers for EntityGraph<'_> {
    type NodeIdentifiers = Range<u32>;

    fn node_identifiers(self) -> Range<u32> {
        0..self.entities
    }
}

impl<'a> IntoNeighbors for EntityGraph<'a> {
    type Neighbors = Neighbors<'a>;

    fn neighbors(self, node: u32) -> Neighbors<'a> {
        Neighbors(self.edges_of(node, Outgoing))
    }
}

impl<'a> IntoNeighborsDirected for EntityGraph<'a> {
    type NeighborsDirected = Neighbors<'a>;

    fn neighbors_directed(self, node: u32, direction: Direction) -> Neighbors<'a> {
        Neighbors(self.edges_of(node, direction))
    }
}

impl<'a> IntoEdgeReferences for EntityGraph<'a> {
    type EdgeRef = EntityEdge<'a>;
    type EdgeReferences = AllEdges<'a>;

    fn edge_references(self) -> AllEdges<'a> {
        AllEdges { graph: self, left: 0..self.entities, now: None }
    }
}

impl<'a> IntoEdges for EntityGraph<'a> {
    type Edges = Edges<'a>;

    fn edges(self, node: u32) -> Edges<'a> {
        self.edges_of(node, Outgoing)
    }
}

impl<'a> IntoEdgesDirected for EntityGraph<'a> {
    type EdgesDirected = Edges<'a>;

    fn edges_directed(self, node: u32, direction: Direction) -> Edges<'a> {
        self.edges_of(node, direction)
    }
}

impl Visitable for EntityGraph<'_> {
    type Map = fixedbitset::FixedBitSet;

    fn visit_map(&self) -> Self::Map {
        fixedbitset::FixedBitSet::with_capacity(self.entities as usize)
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
        map.grow(self.entities as usize);
    }
}
