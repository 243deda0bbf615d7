//! A diagram: what is to be drawn, in Graphviz's own terms, before anybody decides where it goes.
//!
//! The formats ([`dot`](super::dot), [`svg`](super::svg)) read nothing else. Nodes and edges stand in the
//! order in which they are written, so that the same diagram gives the same bytes.

use std::collections::BTreeMap;

/// Graphviz attributes by name (`shape`, `fillcolor`, `style`, …), in the order of their names.
///
/// <https://graphviz.org/doc/info/attrs.html>
pub type Attributes = BTreeMap<String, String>;

/// The direction in which a diagram's edges run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RankDir {
    /// From left to right: edges read as sentences.
    #[default]
    LeftRight,
    /// From top to bottom.
    TopBottom,
}

/// A selected and styled view, ready to be written in a drawing format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// What the diagram shows, in plain text; the drawing's title for assistive technology.
    pub title: String,
    /// The direction in which the edges run.
    pub rankdir: RankDir,
    /// Attributes of the whole drawing.
    pub graph: Attributes,
    /// The boxes.
    pub nodes: Vec<DiagramNode>,
    /// The lines between them.
    pub edges: Vec<DiagramEdge>,
}

/// A box of a [`Diagram`].
#[derive(Clone, Debug, PartialEq)]
pub struct DiagramNode {
    /// The name that DOT's edges refer to; unique in the diagram.
    pub name: String,
    /// The text in the box, unescaped; may hold line breaks.
    pub label: String,
    /// A longer text, unescaped, shown when the pointer rests on the box.
    pub tooltip: String,
    /// Attributes of this box, defaults included.
    pub attributes: Attributes,
}

/// A line of a [`Diagram`], with an arrow head at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct DiagramEdge {
    /// Index of the box where the line begins, in [`Diagram::nodes`].
    pub from: usize,
    /// Index of the box where the line ends.
    pub to: usize,
    /// The text on the line, unescaped; may hold line breaks.
    pub label: String,
    /// A longer text, unescaped, shown when the pointer rests on the line.
    pub tooltip: String,
    /// Attributes of this line, defaults included.
    pub attributes: Attributes,
}
