//! `factloom build`

use super::diagram_file::is_too_large;
use super::failure::Failure;
use super::load::{Graph, GraphArgs, Session, evidence_line};
use super::messages::pluralize;
use super::output_file::{self, Files, create_directory};
use crate::escape::terminal;
use crate::files::Comparison;
use crate::output::{
    Diagram, DiagramOptions, GraphFormat, StatementText, diagram, dot, subgraph_notes, svg, write_document,
    write_sorted,
};
use crate::report::Summary;
use crate::store::Labels;
use crate::view::{Selection, View};
use clap::Args;
use oxigraph::io::RdfFormat;
use std::path::{Path, PathBuf};

/// Write the graph, a diagram and a summary to a directory
///
/// Checks the dataset first. Writes graph.factloom, graph.ttl, graph.nt, graph.dot, graph.svg and summary.json; the same dataset
/// gives the same bytes. If there are more than 1,000 entities or 3,000 statements, graph.svg shows the 100 entities with the
/// most statements.
#[derive(Args, Debug)]
pub(super) struct BuildArgs {
    /// Directory of the dataset [default: that of --dataset]
    #[arg(value_name = "DIR", conflicts_with_all = ["dataset", "example"])]
    directory: Option<PathBuf>,
    /// Directory to write to, created if it is missing [default: factloom-out]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    graph: GraphArgs,
}

/// The number of entities, and of statements between them, in the diagram of a graph that is too large for a full diagram.
const LARGE_GRAPH: (usize, usize) = (100, 400);

/// The default of `--output`.
const DEFAULT_OUTPUT: &str = "factloom-out";

impl BuildArgs {
    /// The directory to write to.
    fn output(&self) -> Result<PathBuf, Failure> {
        match &self.output {
            Some(directory) => Ok(directory.clone()),
            // The working directory may be a dataset of anyone, and the user has not named this directory.
            None if Path::new(DEFAULT_OUTPUT).is_symlink() => {
                let help = format!("remove the link, or name a directory with -o, such as `-o {DEFAULT_OUTPUT}`");
                Err(Failure::new(format!("`{DEFAULT_OUTPUT}` is a link")).help(help))
            }
            None => Ok(PathBuf::from(DEFAULT_OUTPUT)),
        }
    }
}

pub(super) fn run(args: &BuildArgs, session: &Session) -> Result<(), Failure> {
    let root = session.user_dataset(args.directory.as_deref())?;
    let directory = &args.output()?;
    let Graph { store, evidence, omitted, dataset: _ } = &args.graph.open_with(root, session, Comparison::Content)?;
    let metadata = store.metadata();
    let labels = Labels::new(store, &metadata.language);
    let (view, text) = (View::new(store, &labels)?, StatementText::new(store, &labels));
    let summary = Summary::new(store)?;
    let draw = |view: &View| diagram(&metadata.title, view, &text, &DiagramOptions::default());
    let shown = view.subgraph(&Selection::default()).view;
    let full = draw(&shown)?;
    let image = if is_too_large(&full) {
        let (max_nodes, max_edges) = (Some(LARGE_GRAPH.0), Some(LARGE_GRAPH.1));
        let subgraph = shown.subgraph(&Selection { max_nodes, max_edges, ..Selection::default() });
        &Diagram { notes: subgraph_notes(&subgraph), ..draw(&subgraph.view)? }
    } else {
        &full
    };
    let triples = store.sorted_triples()?;

    create_directory(directory)?;
    let mut files = Files::default();
    for (name, format) in [("graph.ttl", RdfFormat::Turtle), ("graph.nt", RdfFormat::NTriples)] {
        files.add_in(directory, name, |mut out| {
            Ok(write_sorted(&triples, None, GraphFormat(format), store.namespaces(), &mut out)?)
        })?;
    }
    if let Some(graph) = store.graph() {
        files.add_in(directory, "graph.factloom", |mut out| Ok(graph.write(&mut out)?))?;
    }
    files.add_in(directory, "graph.dot", |mut out| Ok(dot::write(&full, &mut out)?))?;
    files.add_in(directory, "graph.svg", |mut out| Ok(svg::write(image, &mut out)?))?;
    files.add_in(directory, "summary.json", |mut out| Ok(write_document(&summary, &mut out)?))?;
    files.finish()?;

    output_file::write_text(|out| {
        writeln!(out, "{}", terminal::line(&metadata.title))?;
        writeln!(out, "{}, {}", pluralize(summary.sources, "source"), pluralize(summary.entities, "entity"))?;
        let kinds = [(summary.facts, "fact"), (summary.claims, "claim"), (summary.inferences, "inference")];
        let entailments = (summary.entailments > 0).then_some((summary.entailments, "entailment"));
        let kinds = kinds.into_iter().chain(entailments).map(|(number, kind)| pluralize(number, kind));
        writeln!(out, "{}", kinds.collect::<Vec<_>>().join(", "))?;
        writeln!(out, "{}", pluralize(summary.triples, "triple"))?;
        writeln!(out, "{}", evidence_line(*evidence))?;
        if *omitted > 0 {
            writeln!(out, "{} omitted because of errors", pluralize(*omitted, "statement"))?;
        }
        Ok(())
    })
}
