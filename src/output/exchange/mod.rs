//! The graph in the formats of other tools: as a property graph, as annotations, and as nanopublications.
//!
//! Nodes and edges come from the view. Statements are read from the store when they are written, so that memory does not grow
//! with the number of edges.
//!
//! Invariant: all property-graph formats write the same columns, those of [`PropertyGraph`].

mod annotations;
mod csv_tables;
mod cytoscape;
mod gexf;
mod graphml;
mod nanopublications;
mod neo4j;
mod property_graph;
mod xml;

pub use annotations::annotations;
pub use csv_tables::{edge_table, node_table};
pub use cytoscape::cytoscape;
pub use gexf::gexf;
pub use graphml::graphml;
pub use nanopublications::nanopublications;
pub use neo4j::{NEO4J_FILES, neo4j_import_script, neo4j_nodes, neo4j_relationships};
pub use property_graph::PropertyGraph;
