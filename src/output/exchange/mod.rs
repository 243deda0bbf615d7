//! The graph for other tools: as a graph with properties, and its evidence as annotations and nanopublications.
//!
//! One file a format. Each is written as it is read: nodes and edges come from the view, and what a statement says beside
//! its triple is looked up in the store when its turn comes, so that memory does not grow with the edges.
//!
//! Invariant: formats that are no RDF say the same of a node and of an edge: the columns of [`PropertyGraph`].

mod annotations;
mod columns;
mod cytoscape;
mod gexf;
mod graphml;
mod nanopublications;
mod neo4j;
mod tables;
mod xml;

pub use annotations::annotations;
pub use columns::PropertyGraph;
pub use cytoscape::cytoscape;
pub use gexf::gexf;
pub use graphml::graphml;
pub use nanopublications::nanopublications;
pub use neo4j::{NEO4J_FILES, neo4j_import_script, neo4j_nodes, neo4j_relationships};
pub use tables::{edge_table, node_table};
