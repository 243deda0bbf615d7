//! `factloom draw`

use super::drawing::DrawingArgs;
use super::failure::Failure;
use super::opening::{BuildFrom, Built};
use super::selection::SelectionArgs;
use crate::output::{Diagram, DiagramOptions, Overrides, StatementText, diagram};
use crate::store::Labels;
use crate::view::KindFilter;
use clap::Args;

/// Draw the graph
///
/// Edges read as sentences, from left to right: facts solid, inferences dashed, claims dotted with their status.
#[derive(Args, Debug)]
pub(super) struct DrawArgs {
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Set an attribute of the drawing, as rankdir=TB
    #[arg(short = 'G', value_name = "NAME=VALUE", value_parser = attribute)]
    graph: Vec<(String, String)>,
    /// Set an attribute of all nodes
    #[arg(short = 'N', value_name = "NAME=VALUE", value_parser = attribute)]
    node: Vec<(String, String)>,
    /// Set an attribute of all edges
    #[arg(short = 'E', value_name = "NAME=VALUE", value_parser = attribute)]
    edge: Vec<(String, String)>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    from: BuildFrom,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let known = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if known { Ok((name.to_owned(), value.to_owned())) } else { Err(format!("`{name}` is no name of an attribute")) }
}

pub(super) fn run(args: &DrawArgs) -> Result<(), Failure> {
    args.from.with_graph(|built| work(args, built))
}

fn work(args: &DrawArgs, Built { store, .. }: &Built) -> Result<(), Failure> {
    let labels = Labels::new(store, &store.context().language);
    let selected = args.selection.select(&labels, KindFilter::ALL)?;
    let overrides = Overrides { graph: args.graph.clone(), node: args.node.clone(), edge: args.edge.clone() };
    let options = DiagramOptions { overrides, ..DiagramOptions::default() };
    let diagram = diagram(&selected.title, &selected.view, &StatementText::new(store, &labels), &options)?;
    args.drawing.write(&Diagram { remarks: selected.remarks, ..diagram })
}
