//! The arguments that set the style of a diagram.

use crate::cli::failure::Failure;
use crate::dataset::{AttributeTarget, check_attribute};
use crate::model::{ClusterBy, RankDir};
use crate::output::Overrides;
use crate::query::DiagramSettings;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// The style of a diagram; a named diagram or the dataset's style sets the rest.
#[derive(Args, Debug)]
#[command(next_help_heading = "Style")]
pub(super) struct StyleArgs {
    /// Title of the diagram
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Draw a cluster around entities of one class, source or location
    #[arg(long, value_name = "BY", value_parser = PossibleValuesParser::new(ClusterBy::NAMES).try_map(|by| by.parse::<ClusterBy>()))]
    cluster: Option<ClusterBy>,
    /// Add a legend of the colours and lines that occur
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    legend: Option<bool>,
    /// Number the statements, and list their evidence below
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    footnotes: Option<bool>,
    /// Show the literals of an entity, such as numbers and strings, in its node
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    attributes: Option<bool>,
    /// Draw statements with the same subject, predicate and object as one edge
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    merge: Option<bool>,
    /// Direction of the edges [default: that of the style, else LR]
    #[arg(long, value_name = "DIR", value_parser = PossibleValuesParser::new(RankDir::NAMES).try_map(|dir| dir.parse::<RankDir>()))]
    rankdir: Option<RankDir>,
    /// Language of labels, such as `ur`; falls back to the dataset's language
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Set a Graphviz attribute of the graph, such as nodesep=0.5
    #[arg(short = 'G', value_name = "NAME=VALUE", value_parser = |text: &str| attribute(text, AttributeTarget::Graph))]
    graph: Vec<(String, String)>,
    /// Set a Graphviz attribute of all nodes
    #[arg(short = 'N', value_name = "NAME=VALUE", value_parser = |text: &str| attribute(text, AttributeTarget::Node))]
    node: Vec<(String, String)>,
    /// Set a Graphviz attribute of all edges
    #[arg(short = 'E', value_name = "NAME=VALUE", value_parser = |text: &str| attribute(text, AttributeTarget::Edge))]
    edge: Vec<(String, String)>,
}

impl StyleArgs {
    /// The settings that the options override.
    pub(super) fn settings(&self) -> Result<DiagramSettings, Failure> {
        let Self { title, cluster, legend, footnotes, attributes, merge, rankdir, lang, graph: _, node: _, edge: _ } =
            self;
        if let Some(tag) =
            lang.as_ref().filter(|tag| oxigraph::model::Literal::new_language_tagged_literal("", *tag).is_err())
        {
            return Err(
                Failure::new(format!("invalid language tag `{tag}`")).help("write a tag such as `ur` or `zh-Hans`")
            );
        }
        Ok(DiagramSettings {
            title: title.clone(),
            cluster: *cluster,
            legend: *legend,
            footnotes: *footnotes,
            attributes: *attributes,
            merge: *merge,
            rankdir: *rankdir,
            lang: lang.clone(),
            max_nodes: None,
        })
    }

    /// The attributes that override those of the style.
    pub(super) fn overrides(&self) -> Overrides {
        Overrides { graph: self.graph.clone(), node: self.node.clone(), edge: self.edge.clone() }
    }
}

fn attribute(text: &str, target: AttributeTarget) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    check_attribute(name, target)?;
    if target != AttributeTarget::Graph && ["id", "label", "tooltip"].contains(&name) {
        return Err(format!("`{name}` differs for each node and edge, and cannot be set for all"));
    }
    Ok((name.to_owned(), value.to_owned()))
}
