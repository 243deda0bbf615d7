//! The colours that show in a diagram what an analysis found.

use super::{Attributes, Connectivity, Highlights, LegendEntry, LegendSymbol};
use crate::model::StatementId;
use crate::view::{Measure, Ranking, View};
use petgraph::graph::NodeIndex;
use std::collections::HashSet;
use std::sync::Arc;

/// Fill and text from the least to the most central: ColorBrewer's YlGnBu, which colour-blind people tell apart and which prints
/// well. <https://colorbrewer2.org/#type=sequential&scheme=YlGnBu&n=5>
const SEQUENTIAL: [(&str, &str); 5] = [
    ("#ffffcc", "#1b1f23"),
    ("#a1dab4", "#1b1f23"),
    ("#41b6c4", "#1b1f23"),
    ("#2c7fb8", "#ffffff"),
    ("#253494", "#ffffff"),
];

/// Fills of the largest components: Paul Tol's light scheme, made for dark labels on coloured ground and for colour-blind people.
/// <https://sronpersonalpages.nl/~pault/#sec:qualitative>
const QUALITATIVE: [&str; 8] = ["#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00"];
/// The fill of all other components, of the same scheme.
const OTHERS: &str = "#dddddd";

/// What stands out: vermilion of the palette by Okabe and Ito, which colour-blind people tell from black.
/// <https://jfly.uni-koeln.de/color/>
const STRIKING: &str = "#d55e00";

impl Highlights {
    /// Entities from light to dark, in five steps of equal height from the lowest to the highest score.
    pub fn from_ranking(ranking: &Ranking) -> Self {
        let scores = || ranking.rows.iter().map(|row| row.score);
        let (lowest, highest) = (scores().fold(f64::INFINITY, f64::min), scores().fold(0.0, f64::max));
        let height = (highest - lowest) / SEQUENTIAL.len() as f64;
        let step = |score: f64| match height > 0.0 {
            true => (((score - lowest) / height) as usize).min(SEQUENTIAL.len() - 1),
            false => 0,
        };
        let mut highlights = Self::default();
        let mut ranges = [None; SEQUENTIAL.len()];
        for row in &ranking.rows {
            let step = step(row.score);
            let (fill, font) = SEQUENTIAL[step];
            highlights.nodes.insert(row.node, attributes(&[("fillcolor", fill), ("fontcolor", font)]));
            // The rows are in the order of their scores, from the highest.
            ranges[step] = Some((row.score, ranges[step].map_or(row.score, |(_, most)| most)));
        }
        for ((fill, font), range) in SEQUENTIAL.iter().zip(ranges).rev() {
            if let Some((least, most)) = range {
                let label = format!("{} {}", ranking.by.as_str(), shown_range(ranking.by, least, most));
                highlights.legend.push(node_sample(label, &[("fillcolor", fill), ("fontcolor", font)]));
            }
        }
        highlights
    }

    /// Components each in a colour, the largest first and all beyond the eighth in grey; bridges and articulation points in one that
    /// stands out.
    pub fn from_connectivity(parts: &Connectivity) -> Self {
        let mut highlights = Self::default();
        match parts {
            Connectivity::Components(components) => {
                for (at, nodes) in components.iter().enumerate() {
                    let fill = QUALITATIVE.get(at).copied().unwrap_or(OTHERS);
                    let look = attributes(&[("fillcolor", fill)]);
                    highlights.nodes.extend(nodes.iter().map(|node| (*node, look.clone())));
                    if let Some(fill) = QUALITATIVE.get(at) {
                        let label = format!("component {}: {}", at + 1, nodes.len());
                        highlights.legend.push(node_sample(label, &[("fillcolor", fill)]));
                    }
                }
                let others = components.iter().skip(QUALITATIVE.len());
                match others.clone().count() {
                    0 => {}
                    number => {
                        let entities = others.map(Vec::len).sum::<usize>();
                        let label = format!("{number} other components: {entities}");
                        highlights.legend.push(node_sample(label, &[("fillcolor", OTHERS)]));
                    }
                }
            }
            Connectivity::Bridges(bridges) => {
                let look = attributes(&STRIKING_LINE);
                let edges = bridges.iter().flat_map(|bridge| &bridge.edges);
                highlights.edges.extend(edges.map(|edge| (*edge, look.clone())));
                if !bridges.is_empty() {
                    highlights.legend.push(line_sample("bridge"));
                }
            }
            Connectivity::ArticulationPoints(points) => {
                highlights.nodes.extend(points.iter().map(|point| (*point, attributes(&STRIKING_BOX))));
                if !points.is_empty() {
                    highlights.legend.push(node_sample("articulation point".to_owned(), &STRIKING_BOX));
                }
            }
        }
        highlights
    }

    /// The ends of paths, and the statements of the first, in a colour that stands out.
    pub fn from_path(view: &View, ends: impl Iterator<Item = NodeIndex>, first: &HashSet<StatementId>) -> Self {
        let graph = view.graph();
        let edges: Vec<_> = graph.edge_indices().filter(|edge| first.contains(&graph[*edge].statement)).collect();
        let mut highlights = Self::default();
        highlights.nodes.extend(ends.map(|end| (end, attributes(&STRIKING_BOX))));
        if edges.len() < graph.edge_count() {
            highlights.edges.extend(edges.into_iter().map(|edge| (edge, attributes(&STRIKING_LINE))));
            highlights.legend.push(line_sample("the path that is most to be trusted"));
        }
        highlights
    }
}

const STRIKING_BOX: [(&str, &str); 2] = [("color", STRIKING), ("penwidth", "3")];
const STRIKING_LINE: [(&str, &str); 2] = [("color", STRIKING), ("penwidth", "3")];

fn shown_range(by: Measure, least: f64, most: f64) -> String {
    let shown = |score: f64| match by {
        Measure::Degree => score.to_string(),
        Measure::PageRank | Measure::Betweenness | Measure::Closeness => format!("{score:.4}"),
    };
    let (least, most) = (shown(least), shown(most));
    if least == most { least } else { format!("{least} to {most}") }
}

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn node_sample(label: String, look: &[(&str, &str)]) -> LegendEntry {
    let mut all = attributes(&[
        ("color", "#5f6b76"),
        ("fillcolor", "#f4f4f4"),
        ("fontcolor", "#1b1f23"),
        ("shape", "box"),
        ("style", "rounded,filled"),
    ]);
    all.extend(attributes(look));
    LegendEntry { label, sample: LegendSymbol::Node, attributes: Arc::new(all) }
}

fn line_sample(label: &str) -> LegendEntry {
    let mut all = attributes(&[("style", "solid")]);
    all.extend(attributes(&STRIKING_LINE));
    LegendEntry { label: label.to_owned(), sample: LegendSymbol::Edge, attributes: Arc::new(all) }
}
