//! A connected part of a diagram laid out in layers, by the method of Sugiyama, Tagawa and Toda (1981).

use super::clusters::PADDING;
use super::geometry::Size;
use super::geometry::{Placed, Point};
use super::layered::Layered;
use super::route::Router;
use super::sketch::{Island, Route, Sketch};
use super::{coordinates, loops, order, ports};

/// Lays out a connected sketch: layers, order within them, coordinates, lines.
///
/// The modules of the steps name their literature and complexity. The rest, drawing the lines, takes time
/// linear in their length in layers.
pub(super) fn arrange(sketch: &Sketch) -> Island {
    let mut graph = Layered::new(sketch);
    order::order(&mut graph);
    let ports = ports::ports(sketch, &graph);
    let places = coordinates::coordinates(&graph, &ports);
    let drawing = Router::new(sketch, &graph, &ports, &places);
    let nodes: Vec<_> = (0..sketch.nodes.len()).map(|node| drawing.node(node)).collect();
    let mut routes: Vec<Route> = (0..sketch.edges.len()).map(|edge| drawing.route(edge)).collect();

    let mut loops_of = vec![Vec::new(); nodes.len()];
    for (index, edge) in sketch.edges.iter().enumerate().filter(|(_, edge)| edge.is_loop()) {
        loops_of[edge.from].push(index);
    }
    for (node, edges) in loops_of.into_iter().enumerate() {
        let labels: Vec<Size> = edges.iter().map(|&edge| sketch.edges[edge].label).collect();
        let drawn = loops::routes(nodes[node], sketch.nodes[node].outline, &labels);
        for (edge, route) in edges.into_iter().zip(drawn) {
            routes[edge] = route;
        }
    }
    let frames: Vec<_> = (0..sketch.titles.len()).map(|cluster| drawing.frame(cluster)).collect();
    let mut island = Island { size: drawing.size(), nodes, routes, frames };
    if !island.frames.is_empty() {
        // A frame reaches beyond its layers.
        island.translate(Point::new(PADDING, 0.0));
        island.size.width += 2.0 * PADDING;
    }
    island
}
