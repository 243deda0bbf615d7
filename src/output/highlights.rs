//! The result of an analysis as colours in a diagram.

use super::diagram::attributes;
use super::{Attributes, Connectivity, LegendEntry, LegendSymbol};
use crate::model::StatementId;
use crate::view::{Measure, Ranking, View};
use petgraph::graph::{EdgeIndex, NodeIndex};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Fill and font colours from the least to the most central: ColorBrewer's YlGnBu, which is safe for colour-blind readers and in
/// print. <https://colorbrewer2.org/#type=sequential&scheme=YlGnBu&n=5>
const SEQUENTIAL: [(&str, &str); 5] = [
    ("#ffffcc", "#1b1f23"),
    ("#a1dab4", "#1b1f23"),
    ("#41b6c4", "#1b1f23"),
    ("#2c7fb8", "#ffffff"),
    ("#253494", "#ffffff"),
];

/// Fill colours of the largest components: Paul Tol's light scheme, made for dark labels and for colour-blind readers.
/// <https://sronpersonalpages.nl/~pault/#sec:qualitative>
const QUALITATIVE: [&str; 8] = ["#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00"];
/// The fill colour of all other components, of the same scheme.
const OTHER: &str = "#dddddd";

/// The style of single nodes and edges that stand out, in vermilion of Okabe and Ito's palette for colour-blind readers.
/// <https://jfly.uni-koeln.de/color/>
const ACCENT: [(&str, &str); 2] = [("color", "#d55e00"), ("penwidth", "3")];

/// Attributes of single nodes and edges of a view, which override those of the style, with their legend.
#[derive(Clone, Debug, Default)]
pub struct Highlights {
    /// Attributes of nodes.
    pub nodes: HashMap<NodeIndex, Attributes>,
    /// Attributes of edges.
    pub edges: HashMap<EdgeIndex, Attributes>,
    /// What they mean.
    pub legend: Vec<LegendEntry>,
}

impl Highlights {
    /// Colours entities from light to dark, in five equal intervals from the lowest to the highest score.
    pub fn from_ranking(ranking: &Ranking) -> Self {
        let mut highlights = Self::default();
        let (Some(first), Some(last)) = (ranking.rows.first(), ranking.rows.last()) else { return highlights };
        let interval = (first.score - last.score) / SEQUENTIAL.len() as f64;
        let step = |score: f64| match interval > 0.0 {
            true => (((score - last.score) / interval) as usize).min(SEQUENTIAL.len() - 1),
            false => 0,
        };
        // Rows are sorted by their score.
        for rows in ranking.rows.chunk_by(|a, b| step(a.score) == step(b.score)) {
            let (fill, font) = SEQUENTIAL[step(rows[0].score)];
            let [highest, lowest] = [rows[0].score, rows[rows.len() - 1].score].map(|score| match ranking.by {
                Measure::Degree => score.to_string(),
                Measure::PageRank | Measure::Betweenness | Measure::Closeness => format!("{score:.4}"),
            });
            let range = if lowest == highest { lowest } else { format!("{lowest} to {highest}") };
            let nodes: Vec<NodeIndex> = rows.iter().map(|row| row.node).collect();
            let label = format!("{} {range}", ranking.by.as_str());
            highlights.add_nodes(&nodes, &[("fillcolor", fill), ("fontcolor", font)], label);
        }
        highlights
    }

    /// Colours each of the largest components, and bridges and articulation points with an accent.
    pub fn from_connectivity(connectivity: &Connectivity) -> Self {
        let mut highlights = Self::default();
        match connectivity {
            Connectivity::Components(components) => {
                let (largest, others) = components.split_at(components.len().min(QUALITATIVE.len()));
                for (index, (nodes, fill)) in largest.iter().zip(QUALITATIVE).enumerate() {
                    let label = format!("component {}: {}", index + 1, nodes.len());
                    highlights.add_nodes(nodes, &[("fillcolor", fill)], label);
                }
                let nodes = others.concat();
                let label = format!("{} other components: {}", others.len(), nodes.len());
                highlights.add_nodes(&nodes, &[("fillcolor", OTHER)], label);
            }
            Connectivity::Bridges(bridges) => {
                let edges: Vec<EdgeIndex> = bridges.iter().flat_map(|bridge| bridge.edges.iter().copied()).collect();
                highlights.add_edges(&edges, "bridge");
            }
            Connectivity::ArticulationPoints(points) => {
                highlights.add_nodes(points, &ACCENT, "articulation point".to_owned());
            }
        }
        highlights
    }

    /// Gives an accent to the ends of paths, and to the statements of the path with the most facts if there are others.
    pub fn from_path(view: &View, ends: impl Iterator<Item = NodeIndex>, path: &HashSet<StatementId>) -> Self {
        let graph = view.graph();
        let edges: Vec<_> = graph.edge_indices().filter(|edge| path.contains(&graph[*edge].statement)).collect();
        let mut highlights = Self::default();
        highlights.nodes.extend(ends.map(|end| (end, attributes(&ACCENT))));
        if edges.len() < graph.edge_count() {
            highlights.add_edges(&edges, "path with the most facts");
        }
        highlights
    }

    fn add_nodes(&mut self, nodes: &[NodeIndex], style: &[(&str, &str)], label: String) {
        if nodes.is_empty() {
            return;
        }
        self.nodes.extend(nodes.iter().map(|node| (*node, attributes(style))));
        let mut all = attributes(&[
            ("color", "#5f6b76"),
            ("fillcolor", "#f4f4f4"),
            ("fontcolor", "#1b1f23"),
            ("shape", "box"),
            ("style", "rounded,filled"),
        ]);
        all.extend(attributes(style));
        self.legend.push(LegendEntry { label, symbol: LegendSymbol::Node, attributes: Arc::new(all) });
    }

    fn add_edges(&mut self, edges: &[EdgeIndex], label: &str) {
        if edges.is_empty() {
            return;
        }
        self.edges.extend(edges.iter().map(|edge| (*edge, attributes(&ACCENT))));
        let all = attributes(&[ACCENT[0], ACCENT[1], ("style", "solid")]);
        self.legend.push(LegendEntry {
            label: label.to_owned(),
            symbol: LegendSymbol::Edge,
            attributes: Arc::new(all),
        });
    }
}
