//! A diagram: what is to be drawn, in Graphviz's own terms, before anybody decides where it goes.
//!
//! The formats ([`dot`](super::dot), [`svg`](super::svg)) read nothing else. Nodes and edges stand in the
//! order in which they are written, so that the same diagram gives the same bytes.

pub use crate::model::RankDir;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Graphviz attributes by name (`shape`, `fillcolor`, `style`, …), in the order of their names.
///
/// <https://graphviz.org/doc/info/attrs.html>
pub type Attributes = BTreeMap<String, String>;

/// A selected and styled view, ready to be written in a drawing format.
///
/// All texts are plain: each format escapes them as it must.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// What the diagram shows; the drawing's title for assistive technology.
    pub title: String,
    /// The direction in which the edges run.
    pub rankdir: RankDir,
    /// Attributes of the whole drawing.
    pub graph: Attributes,
    /// Frames around boxes.
    pub clusters: Vec<Cluster>,
    /// The boxes.
    pub nodes: Vec<DiagramNode>,
    /// The lines between them.
    pub edges: Vec<DiagramEdge>,
    /// What the looks mean that occur; empty for no legend.
    pub legend: Vec<LegendEntry>,
    /// What the numbered lines rest on: the first is number 1.
    pub footnotes: Vec<Footnote>,
    /// What the drawing says of itself, below: what was left out, and what was kept without a date.
    pub notes: Vec<String>,
}

impl Diagram {
    /// What stands below the drawing above all notes: a label that the style gives the drawing, else its title.
    pub(super) fn caption(&self) -> &str {
        self.graph.get("label").unwrap_or(&self.title)
    }
}

/// A frame around boxes of a [`Diagram`]: those that name it in [`DiagramNode::cluster`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// A name that is unique among the clusters of the diagram.
    pub name: String,
    /// The text at the frame's upper edge; may hold line breaks.
    pub label: String,
    /// Attributes of the frame, defaults included.
    pub attributes: Arc<Attributes>,
}

/// A box of a [`Diagram`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiagramNode {
    /// The name that DOT's edges refer to; unique in the diagram.
    pub name: String,
    /// The text in the box; may hold line breaks.
    pub label: String,
    /// Below the label, line by line: what is said of the thing in literals.
    pub rows: Vec<Row>,
    /// A longer text, shown when the pointer rests on the box.
    pub tooltip: String,
    /// Where a click on the box leads.
    pub link: Option<String>,
    /// The frame that it stands in: an index in [`Diagram::clusters`].
    pub cluster: Option<usize>,
    /// Attributes of this box, defaults included.
    pub attributes: Arc<Attributes>,
}

/// A line in a box: a name and a value in two columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The left column.
    pub name: String,
    /// The right column.
    pub value: String,
}

/// A line of a [`Diagram`], with an arrow head at its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiagramEdge {
    /// An id for the line in drawings that have such; empty for none.
    pub id: String,
    /// Index of the box where the line begins, in [`Diagram::nodes`].
    pub from: usize,
    /// Index of the box where the line ends.
    pub to: usize,
    /// The text on the line, the numbers of its footnotes included; may hold line breaks.
    pub label: String,
    /// A longer text, shown when the pointer rests on the line.
    pub tooltip: String,
    /// Where a click on the line leads.
    pub link: Option<String>,
    /// Attributes of this line, defaults included.
    pub attributes: Arc<Attributes>,
}

/// A line of a legend: a sample and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// What it means.
    pub label: String,
    /// What the sample is of.
    pub sample: LegendSymbol,
    /// The look that is explained: attributes of a box or a line, defaults included.
    pub attributes: Arc<Attributes>,
}

/// What a legend explains the look of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegendSymbol {
    /// A box.
    Node,
    /// A line.
    Edge,
}

/// What a numbered line rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Footnote {
    /// The statement as a sentence, and its kind where it is no fact.
    pub text: String,
    /// The words that it rests on.
    pub quotes: Vec<FootnoteQuote>,
}

/// A quote below a drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FootnoteQuote {
    /// The words as the source has them, in quotation marks; or what stands for them where there are none.
    pub quote: String,
    /// Where they are from.
    pub source: String,
    /// A link to the words.
    pub link: Option<String>,
}
