//! The arguments that say how a diagram looks.

use crate::cli::failure::Failure;
use crate::dataset::{AttributeTarget, check_attribute};
use crate::model::{ClusterBy, RankDir};
use crate::output::Overrides;
use crate::query::DiagramSettings;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// How a diagram looks; what is left out is for the named diagram to say, or for the style.
#[derive(Args, Debug)]
#[command(next_help_heading = "Look")]
pub(super) struct StyleArgs {
    /// What the drawing shows, in one line
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Put a frame around entities of one class, of which one source speaks, or that lie in one place
    #[arg(long, value_name = "BY", value_parser = PossibleValuesParser::new(ClusterBy::NAMES).try_map(|by| by.parse::<ClusterBy>()))]
    cluster: Option<ClusterBy>,
    /// Say what colours and lines mean: those that occur
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    legend: Option<bool>,
    /// Number the statements, and say below what they rest on
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    footnotes: Option<bool>,
    /// Show in its box what is said of an entity in words and numbers
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    attributes: Option<bool>,
    /// Draw statements of one predicate about the same two entities as one
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    merge: Option<bool>,
    /// The direction in which lines run [default: that of the style, else LR]
    #[arg(long, value_name = "DIR", value_parser = PossibleValuesParser::new(RankDir::NAMES).try_map(|dir| dir.parse::<RankDir>()))]
    rankdir: Option<RankDir>,
    /// The language of labels, as ur: where a thing has none in it, that of the dataset
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Set an attribute of the drawing, as nodesep=0.5
    #[arg(short = 'G', value_name = "NAME=VALUE", value_parser = |text: &str| attribute(text, AttributeTarget::Graph))]
    graph: Vec<(String, String)>,
    /// Set an attribute of all nodes
    #[arg(short = 'N', value_name = "NAME=VALUE", value_parser = |text: &str| attribute(text, AttributeTarget::Node))]
    node: Vec<(String, String)>,
    /// Set an attribute of all edges
    #[arg(short = 'E', value_name = "NAME=VALUE", value_parser = |text: &str| attribute(text, AttributeTarget::Edge))]
    edge: Vec<(String, String)>,
}

impl StyleArgs {
    /// What the options say.
    pub(super) fn settings(&self) -> Result<DiagramSettings, Failure> {
        let lang = self.lang.clone();
        if let Some(tag) =
            lang.as_ref().filter(|tag| oxigraph::model::Literal::new_language_tagged_literal("", *tag).is_err())
        {
            return Err(Failure::new(format!("`{tag}` is no language tag")).help("write it as `ur` or `zh-Hans`"));
        }
        Ok(DiagramSettings {
            title: self.title.clone(),
            cluster: self.cluster,
            legend: self.legend,
            footnotes: self.footnotes,
            attributes: self.attributes,
            merge: self.merge,
            rankdir: self.rankdir,
            lang,
            max_nodes: None,
        })
    }

    /// The attributes that win over those of the style.
    pub(super) fn overrides(&self) -> Overrides {
        Overrides { graph: self.graph.clone(), node: self.node.clone(), edge: self.edge.clone() }
    }
}

fn attribute(text: &str, of: AttributeTarget) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    check_attribute(name, of)?;
    if of != AttributeTarget::Graph && ["id", "label", "tooltip"].contains(&name) {
        return Err(format!("each node and edge has a `{name}` of its own, which cannot be set for all"));
    }
    Ok((name.to_owned(), value.to_owned()))
}
