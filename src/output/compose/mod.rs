//! From a view and a style to a diagram.
//!
//! Invariant: the order of boxes, lines, frames and notes, and the names of all of them, depend on the content alone.

mod cluster;
mod legend;
mod parallel;
mod places;
mod style;
mod words;

use super::{Attributes, Diagram, DiagramEdge, DiagramNode, Footnote, LegendEntry, RankDir, Row, StatementText};
use crate::model::ClusterBy;
use crate::query::DiagramSettings;
use crate::store::StoreError;
use crate::view::{EdgeKind, Node, View};
use parallel::Line;
use petgraph::graph::{EdgeIndex, NodeIndex};
use std::collections::{BTreeSet, HashMap};
use style::Looks;
use words::Words;

/// How a view is made a diagram.
#[derive(Clone, Debug, Default)]
pub struct DiagramOptions {
    /// Attributes that win over those of the style.
    pub overrides: Overrides,
    /// Colours that say something of single nodes and edges, which win over all others.
    pub highlights: Highlights,
    /// The direction in which edges run; `None` for that of the style.
    pub rankdir: Option<RankDir>,
    /// What nodes in one frame have in common; `None` for no frames.
    pub cluster: Option<ClusterBy>,
    /// Whether edges of one predicate between the same nodes are drawn as one.
    pub parallel: ParallelEdges,
    /// Whether the diagram says what its looks mean.
    pub legend: bool,
    /// Whether edges are numbered, and what they rest on stands below.
    pub footnotes: bool,
    /// Whether what is said of an entity in literals stands in its box.
    pub attributes: bool,
}

impl DiagramOptions {
    /// The options that settings ask for.
    pub fn from_settings(settings: &DiagramSettings) -> Self {
        Self {
            rankdir: settings.rankdir,
            cluster: settings.cluster,
            parallel: if settings.merge == Some(true) { ParallelEdges::Merged } else { ParallelEdges::Separate },
            legend: settings.legend == Some(true),
            footnotes: settings.footnotes == Some(true),
            attributes: settings.attributes == Some(true),
            ..Self::default()
        }
    }
}

/// What becomes of edges of one predicate between the same nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParallelEdges {
    /// Each is drawn.
    #[default]
    Separate,
    /// One is drawn for all, as the most trusted of them, with how many sources they have. Denials stay apart from the rest.
    Merged,
}

/// Attributes of single nodes and edges of a view, as an analysis gives them, and what they mean.
#[derive(Clone, Debug, Default)]
pub struct Highlights {
    /// Of nodes.
    pub nodes: HashMap<NodeIndex, Attributes>,
    /// Of edges.
    pub edges: HashMap<EdgeIndex, Attributes>,
    /// What the legend says of them.
    pub legend: Vec<LegendEntry>,
}

/// Attributes from the command line, which win over those of the style.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Of the drawing.
    pub graph: Vec<(String, String)>,
    /// Of all nodes.
    pub node: Vec<(String, String)>,
    /// Of all edges.
    pub edge: Vec<(String, String)>,
}

/// Makes a diagram of a view.
///
/// Nodes are in the order of their IRIs, edges in that of their statements; edges read as sentences from left to right.
/// A claim's status stands in its label. In a diagram of more than 3,000 edges, which nobody reads as a picture, tooltips tell
/// no quotes, and nothing has a link.
///
/// Linear in the nodes and edges, but for lookups in the store and sorting.
///
/// # Errors
///
/// Where the store fails.
///
/// ```
/// use factloom::output::{DiagramOptions, StatementText, diagram, dot};
/// use factloom::{store::Labels, view::View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let (view, text) = (View::new(&store, &labels)?, StatementText::new(&store, &labels));
/// let options = DiagramOptions { footnotes: true, ..DiagramOptions::default() };
/// let drawn = diagram("All", &view, &text, &options)?;
/// assert_eq!(drawn.footnotes.len(), view.graph().edge_count());
/// let mut out = Vec::new();
/// dot::write(&drawn, &mut out)?;
/// assert!(String::from_utf8(out)?.starts_with("digraph \"All\" {"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diagram(
    title: &str,
    view: &View,
    text: &StatementText<'_>,
    options: &DiagramOptions,
) -> Result<Diagram, StoreError> {
    let context = text.store().metadata();
    let vocabulary = context.vocabulary()?;
    let mut looks = Looks::new(&context.style, &vocabulary, &context.names, &options.overrides);
    let mut composing = Composing { view, options, words: Words::new(text, view), footnotes: Vec::new() };
    let (rankdir, graph) = looks.graph(options.rankdir);
    let frames = cluster::frames(options.cluster, view, text, &vocabulary, &looks)?;
    let mut nodes = Vec::with_capacity(view.graph().node_count());
    for index in view.graph().node_indices() {
        nodes.push(composing.node(index, frames.of(index), &mut looks)?);
    }
    let mut edges = Vec::with_capacity(view.graph().edge_count());
    let lines = parallel::lines(view, options.parallel);
    for line in &lines {
        edges.push(composing.edge(line, &mut looks)?);
    }
    let mut legend = match options.legend {
        true => legend::legend(view, &lines, text.labels(), &mut looks)?,
        false => Vec::new(),
    };
    legend.extend(options.highlights.legend.iter().cloned());
    let (clusters, footnotes) = (frames.clusters, composing.footnotes);
    Ok(Diagram {
        title: title.to_owned(),
        rankdir,
        graph,
        clusters,
        nodes,
        edges,
        legend,
        footnotes,
        notes: Vec::new(),
    })
}

/// A diagram that is being made.
struct Composing<'a> {
    view: &'a View,
    options: &'a DiagramOptions,
    words: Words<'a>,
    footnotes: Vec<Footnote>,
}

impl Composing<'_> {
    fn node(&self, index: NodeIndex, cluster: Option<usize>, looks: &mut Looks<'_>) -> Result<DiagramNode, StoreError> {
        let node = &self.view.graph()[index];
        let attributes = style::painted(looks.node(node.class.as_ref()), self.options.highlights.nodes.get(&index));
        Ok(DiagramNode {
            name: node.id.clone(),
            label: node.label.clone(),
            rows: if self.options.attributes { rows(node) } else { Vec::new() },
            tooltip: words::node_tooltip(node),
            link: self.words.node_link(node)?,
            cluster,
            attributes,
        })
    }

    fn edge(&mut self, line: &Line, looks: &mut Looks<'_>) -> Result<DiagramEdge, StoreError> {
        let graph = self.view.graph();
        let edge = &graph[line.shown];
        let mut label = words::label(line, self.view);
        let ends = [&graph[line.from], &graph[line.to]];
        let told = self.words.tell(line, self.view, ends, self.options.footnotes)?;
        if let Some(footnote) = told.footnote {
            self.footnotes.push(footnote);
            label = format!("{label} [{}]", self.footnotes.len());
        }
        let look = looks.edge(&edge.predicate.iri, edge.kind);
        Ok(DiagramEdge {
            id: edge.statement.to_string(),
            from: line.from.index(),
            to: line.to.index(),
            label,
            tooltip: told.tooltip,
            link: told.link,
            attributes: style::painted(look, self.options.highlights.edges.get(&line.shown)),
        })
    }
}

/// What is said of an entity in literals, each thing once.
fn rows(node: &Node) -> Vec<Row> {
    let row = |attribute: &crate::view::Attribute| {
        let value = match attribute.edge.kind {
            EdgeKind::Claim(status) => format!("{} ({})", attribute.text, status.as_str()),
            EdgeKind::Fact | EdgeKind::Inference => attribute.text.clone(),
        };
        (attribute.edge.predicate.label.clone(), value)
    };
    let distinct: BTreeSet<(String, String)> = node.attributes.iter().map(row).collect();
    distinct.into_iter().map(|(name, value)| Row { name, value }).collect()
}

#[cfg(test)]
mod tests;
