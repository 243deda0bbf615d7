//! The part of a view that some statements make.

use super::View;
use crate::model::StatementId;
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;
use std::collections::{BTreeSet, HashMap};

impl View {
    /// The part of the view that some statements make: they, and the entities that they speak of.
    ///
    /// Linear in the view.
    ///
    /// ```
    /// use factloom::{model::StatementId, store::Labels, view::View};
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
    /// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
    /// let one = view.of_statements(&[StatementId::new("soviet-union-helped-build-psm")?].into());
    /// assert_eq!((one.graph().node_count(), one.graph().edge_count()), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_statements(&self, statements: &BTreeSet<StatementId>) -> Self {
        let edges: Vec<_> =
            self.graph.edge_references().filter(|edge| statements.contains(&edge.weight().statement)).collect();
        let ends: BTreeSet<_> = edges.iter().flat_map(|edge| [edge.source(), edge.target()]).collect();
        let mut part = Self { graph: DiGraph::new(), nodes: HashMap::new() };
        let mut moved = HashMap::new();
        for index in self.graph.node_indices() {
            let mut node = self.graph[index].clone();
            node.attributes.retain(|attribute| statements.contains(&attribute.edge.statement));
            if ends.contains(&index) || !node.attributes.is_empty() {
                let iri = node.iri.clone();
                let new = part.graph.add_node(node);
                part.nodes.insert(iri, new);
                moved.insert(index, new);
            }
        }
        for edge in edges {
            part.graph.add_edge(moved[&edge.source()], moved[&edge.target()], edge.weight().clone());
        }
        part
    }
}
