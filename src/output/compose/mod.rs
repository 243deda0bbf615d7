//! Composes a diagram from a view and a style.

mod clusters;
mod legend;
mod locations;
mod merged;
mod style_sheet;
#[cfg(test)]
mod tests;
mod texts;

use super::{Diagram, DiagramEdge, DiagramNode, Footnote, Highlights, Row, StatementText};
use crate::model::{ClusterBy, RankDir};
use crate::query::{DiagramSettings, style_of, vocabulary_of};
use crate::store::StoreError;
use crate::view::{Node, View};
use merged::MergedEdge;
use petgraph::graph::NodeIndex;
use style_sheet::{StyleSheet, highlighted};
use texts::Texts;

/// Options of a diagram: what a stored query, a command or a program chooses, with the defaults for the rest.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct DiagramOptions {
    /// What the entities of a cluster have in common.
    pub cluster: Option<ClusterBy>,
    /// The direction of edges; `None` for that of the style.
    pub rankdir: Option<RankDir>,
    /// Whether a legend explains the styles.
    pub legend: bool,
    /// Whether statements are numbered and their evidence is listed below.
    pub footnotes: bool,
    /// Whether nodes list the literals of their entities.
    pub attributes: bool,
    /// Whether statements with the same predicate and entities are one edge.
    pub merge: bool,
    /// Attributes that override those of the style.
    pub overrides: Overrides,
    /// Attributes of single nodes and edges, which override all others.
    pub highlights: Highlights,
}

impl From<&DiagramSettings> for DiagramOptions {
    /// The options with these settings. Title, language and number of nodes concern the text and the view.
    fn from(settings: &DiagramSettings) -> Self {
        let DiagramSettings { title: _, cluster, legend, footnotes, attributes, merge, rankdir, lang: _, max_nodes: _ } =
            settings;
        Self {
            cluster: *cluster,
            rankdir: *rankdir,
            legend: legend.unwrap_or_default(),
            footnotes: footnotes.unwrap_or_default(),
            attributes: attributes.unwrap_or_default(),
            merge: merge.unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// Attributes from the command line, which override those of the style.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Attributes of the graph.
    pub graph: Vec<(String, String)>,
    /// Attributes of all nodes.
    pub node: Vec<(String, String)>,
    /// Attributes of all edges.
    pub edge: Vec<(String, String)>,
}

/// Composes a diagram of a view.
///
/// Nodes are in the order of their IRIs, edges in that of their statements. An edge reads as a sentence; the label of a claim has its
/// status. A diagram of more than 3,000 edges has no links, and no quotes in its tooltips.
///
/// Linear in the nodes and edges, plus sorting and lookups in the store.
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
    let DiagramOptions { cluster, rankdir, legend, footnotes: _, attributes: _, merge, overrides, highlights } =
        options;
    let metadata = text.store().metadata();
    let vocabulary = vocabulary_of(metadata)?;
    let style = style_of(metadata)?;
    let styles = StyleSheet::new(&style, &vocabulary, metadata, overrides);
    let (rankdir, graph) = styles.graph(*rankdir);
    let (clusters, cluster_of) = match cluster {
        Some(by) => clusters::clusters(*by, view, text, &vocabulary, &styles)?,
        None => Default::default(),
    };
    let mut composer = Composer { view, options, styles, texts: Texts::new(text, view), footnotes: Vec::new() };
    let mut nodes = Vec::with_capacity(view.graph().node_count());
    for index in view.graph().node_indices() {
        nodes.push(composer.node(index, cluster_of.get(&index).copied())?);
    }
    let merged = merged::merged_edges(view, *merge);
    let edges = merged.iter().map(|edge| composer.edge(edge)).collect::<Result<Vec<_>, _>>()?;
    let mut legend = match legend {
        true => legend::legend(view, &merged, text.labels(), &mut composer.styles)?,
        false => Vec::new(),
    };
    legend.extend(highlights.legend.iter().cloned());
    let (title, footnotes) = (title.to_owned(), composer.footnotes);
    Ok(Diagram { title, rankdir, graph, clusters, nodes, edges, legend, footnotes, notes: Vec::new() })
}

struct Composer<'a> {
    view: &'a View,
    options: &'a DiagramOptions,
    styles: StyleSheet<'a>,
    texts: Texts<'a>,
    footnotes: Vec<Footnote>,
}

impl Composer<'_> {
    fn node(&mut self, index: NodeIndex, cluster: Option<usize>) -> Result<DiagramNode, StoreError> {
        let node = &self.view.graph()[index];
        let style = self.styles.node(node.class.as_ref());
        Ok(DiagramNode {
            name: node.id.clone(),
            label: node.label.clone(),
            rows: if self.options.attributes { self.rows(node)? } else { Vec::new() },
            tooltip: self.texts.node_tooltip(node)?,
            link: self.texts.node_link(node)?,
            cluster,
            attributes: highlighted(style, self.options.highlights.nodes.get(&index)),
        })
    }

    /// The distinct attributes of an entity.
    fn rows(&self, node: &Node) -> Result<Vec<Row>, StoreError> {
        Ok(self.texts.rows(node)?.into_iter().map(|(name, value)| Row { name, value }).collect())
    }

    fn edge(&mut self, merged: &MergedEdge) -> Result<DiagramEdge, StoreError> {
        let edge = &self.view.graph()[merged.shown];
        let mut label = self.texts.edge_label(merged)?;
        let texts = self.texts.edge(merged, self.options.footnotes)?;
        if let Some(footnote) = texts.footnote {
            self.footnotes.push(footnote);
            label = format!("{label} [{}]", self.footnotes.len());
        }
        let style = self.styles.edge(&edge.predicate.iri, &edge.kind);
        Ok(DiagramEdge {
            id: edge.statement.to_string(),
            from: merged.from.index(),
            to: merged.to.index(),
            label,
            tooltip: texts.tooltip,
            link: texts.link,
            attributes: highlighted(style, self.options.highlights.edges.get(&merged.shown)),
        })
    }
}
