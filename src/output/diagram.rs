//! A diagram in Graphviz's terms, before layout.
//!
//! Invariant: the writers ([`dot`](super::dot), [`svg`](super::svg), [`png`](super::png), [`mermaid`](super::mermaid)) read nothing
//! else, and keep the order of nodes and edges, so that the same diagram gives the same bytes.

pub use crate::model::RankDir;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Graphviz attributes by name (`shape`, `fillcolor`, `style`, …).
///
/// <https://graphviz.org/doc/info/attrs.html>
pub type Attributes = BTreeMap<String, String>;

/// Attributes from their names and values.
pub(super) fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A selected and styled view, ready to be written in a diagram format.
///
/// All strings are plain text; each format escapes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// The title, also for assistive technology.
    pub title: String,
    /// The direction of the edges.
    pub rankdir: RankDir,
    /// Attributes of the graph.
    pub graph: Attributes,
    /// Clusters of nodes.
    pub clusters: Vec<Cluster>,
    /// The nodes.
    pub nodes: Vec<DiagramNode>,
    /// The edges.
    pub edges: Vec<DiagramEdge>,
    /// The meaning of the styles that occur; empty for no legend.
    pub legend: Vec<LegendEntry>,
    /// The evidence for the numbered edges; the first footnote is number 1.
    pub footnotes: Vec<Footnote>,
    /// Notes on what the diagram omits, shown below it.
    pub notes: Vec<String>,
}

impl Diagram {
    /// The caption above legend, notes and footnotes: the label that the style gives the graph, or the title.
    pub(super) fn caption(&self) -> &str {
        self.graph.get("label").unwrap_or(&self.title)
    }

    /// Whether there is a legend, a note or a footnote.
    pub(super) fn has_footer(&self) -> bool {
        !self.legend.is_empty() || !self.footnotes.is_empty() || !self.notes.is_empty()
    }

    /// The nodes of each cluster, with their indices.
    pub(super) fn members(&self) -> Vec<Vec<(usize, &DiagramNode)>> {
        let mut members = vec![Vec::new(); self.clusters.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            if let Some(cluster) = node.cluster.and_then(|cluster| members.get_mut(cluster)) {
                cluster.push((index, node));
            }
        }
        members
    }
}

/// A cluster of nodes: those that name it in [`DiagramNode::cluster`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// A name that is unique among the clusters of the diagram.
    pub name: String,
    /// The label at the upper edge; may contain line breaks.
    pub label: String,
    /// Attributes of the cluster, defaults included.
    pub attributes: Arc<Attributes>,
}

/// A node of a [`Diagram`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiagramNode {
    /// A name that is unique among the nodes of the diagram.
    pub name: String,
    /// The label; may contain line breaks.
    pub label: String,
    /// Statements about the entity with literals, below the label.
    pub rows: Vec<Row>,
    /// A longer text for the tooltip.
    pub tooltip: String,
    /// A URL to open on a click.
    pub link: Option<String>,
    /// The index of its cluster in [`Diagram::clusters`].
    pub cluster: Option<usize>,
    /// Attributes of the node, defaults included.
    pub attributes: Arc<Attributes>,
}

/// A row of two columns in a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The left column.
    pub name: String,
    /// The right column.
    pub value: String,
}

/// An edge of a [`Diagram`], with an arrow head at its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiagramEdge {
    /// An id for formats that have one; empty for none.
    pub id: String,
    /// The index of the node at which the edge starts, in [`Diagram::nodes`].
    pub from: usize,
    /// The index of the node at which it ends.
    pub to: usize,
    /// The label with the numbers of its footnotes; may contain line breaks.
    pub label: String,
    /// A longer text for the tooltip.
    pub tooltip: String,
    /// A URL to open on a click.
    pub link: Option<String>,
    /// Attributes of the edge, defaults included.
    pub attributes: Arc<Attributes>,
}

/// A style in the legend with its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// The meaning.
    pub label: String,
    /// Whether the style is that of a node or of an edge.
    pub symbol: LegendSymbol,
    /// The attributes of the node or edge, defaults included.
    pub attributes: Arc<Attributes>,
}

/// The shape in which a legend shows a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegendSymbol {
    /// A node.
    Node,
    /// An edge.
    Edge,
}

/// The evidence for a numbered edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Footnote {
    /// The statement as a sentence, with its kind if it is not a fact.
    pub text: String,
    /// The quotes that support it.
    pub quotes: Vec<FootnoteQuote>,
}

/// A quote in a [`Footnote`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FootnoteQuote {
    /// The quote in quotation marks, or the note that takes its place.
    pub quote: String,
    /// The source with the position of the quote.
    pub source: String,
    /// A URL of the quoted words.
    pub link: Option<String>,
}

impl fmt::Display for FootnoteQuote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { quote, source, link: _ } = self;
        let gap = if quote.is_empty() || source.is_empty() { "" } else { "  " };
        write!(f, "{quote}{gap}{source}")
    }
}
