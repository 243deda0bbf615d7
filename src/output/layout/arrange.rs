//! The layered layout of a connected component, by the method of Sugiyama, Tagawa and Toda (1981).

use super::clusters::PADDING;
use super::geometry::{Point, Size};
use super::graph::{LayoutGraph, Placement, Route};
use super::layered::Layered;
use super::route::Router;
use super::{coordinates, loops, order, ports};

/// Lays out a connected component: layers, order within them, coordinates, routes.
///
/// The modules of the steps give their literature and complexity. Routing is linear in the number of layers that edges cross.
pub(super) fn arrange(graph: &LayoutGraph) -> Placement {
    let mut layered = Layered::new(graph);
    order::order(&mut layered);
    let ports = ports::ports(graph, &layered);
    let coordinates = coordinates::coordinates(&layered, &ports);
    let router = Router::new(graph, &layered, &ports, &coordinates);
    let nodes: Vec<_> = (0..graph.nodes.len()).map(|node| router.node(node)).collect();
    let mut routes: Vec<Route> = (0..graph.edges.len()).map(|edge| router.route(edge)).collect();

    let mut loops_of = vec![Vec::new(); nodes.len()];
    for (index, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| edge.is_loop()) {
        loops_of[edge.from].push(index);
    }
    for (node, edges) in loops_of.into_iter().enumerate() {
        let labels: Vec<Size> = edges.iter().map(|&edge| graph.edges[edge].label).collect();
        let loops = loops::routes(nodes[node], graph.nodes[node].outline, &labels);
        for (edge, route) in edges.into_iter().zip(loops) {
            routes[edge] = route;
        }
    }
    let clusters: Vec<_> = (0..graph.cluster_labels.len()).map(|cluster| router.cluster(cluster)).collect();
    let mut placement = Placement { size: router.size(), nodes, routes, clusters };
    if !placement.clusters.is_empty() {
        // A cluster extends beyond its layers.
        placement.translate(Point::new(PADDING, 0.0));
        placement.size.width += 2.0 * PADDING;
    }
    placement
}
