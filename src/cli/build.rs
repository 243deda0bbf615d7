//! `factloom build`

use super::diagram_file::is_too_large;
use super::failure::Failure;
use super::load::{Graph, GraphArgs, Session, evidence_line, pluralize};
use super::output_file::Files;
use crate::output::{
    Diagram, DiagramOptions, GraphFormat, StatementText, diagram, dot, subgraph_notes, svg, write_sorted,
};
use crate::report::Summary;
use crate::store::Labels;
use crate::view::{Selection, View};
use clap::Args;
use oxigraph::io::RdfFormat;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Check a dataset, then write its graph, its diagram and a summary to a folder
///
/// Writes graph.factloom, graph.ttl, graph.nt, graph.dot, graph.svg and summary.json. The same dataset gives the same bytes.
/// Of more than 1,000 entities or 3,000 statements, graph.svg draws the 100 entities with the most statements.
#[derive(Args, Debug)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    from: GraphArgs,
    /// Directory to write to; made where there is none
    #[arg(short, long, value_name = "DIR", default_value = "factloom-out")]
    output: PathBuf,
}

/// How many entities, and statements between them, are drawn of a graph that is too large for one drawing.
const DRAWN: (usize, usize) = (100, 400);

pub(super) fn run(args: &BuildArgs, session: &Session) -> Result<(), Failure> {
    let Graph { store, evidence, dropped } = &args.from.open(session)?;
    let context = store.metadata();
    let labels = Labels::new(store, &context.language);
    let (view, text) = (View::new(store, &labels)?, StatementText::new(store, &labels));
    let summary = Summary::new(store)?;
    let draw = |view: &View| diagram(&context.title, view, &text, &DiagramOptions::default());
    let whole = draw(&view)?;
    let part = match is_too_large(&whole) {
        true => {
            let selection = Selection { max_nodes: Some(DRAWN.0), max_edges: Some(DRAWN.1), ..Selection::default() };
            let part = view.subgraph(&selection);
            Some(Diagram { notes: subgraph_notes(&part), ..draw(&part.view)? })
        }
        false => None,
    };
    let triples = store.sorted_triples()?;

    fs::create_dir_all(&args.output).map_err(|e| Failure::file("make the folder", &args.output, &e))?;
    let mut files = Files::default();
    let place = |name: &str| args.output.join(name);
    for (name, format) in [("graph.ttl", RdfFormat::Turtle), ("graph.nt", RdfFormat::NTriples)] {
        files.add(&place(name), |mut out| {
            Ok(write_sorted(&triples, None, GraphFormat(format), store.names(), &mut out)?)
        })?;
    }
    files.add(&place("graph.factloom"), |mut out| match store.graph() {
        Some(graph) => Ok(graph.write(&mut out)?),
        None => Ok(()),
    })?;
    files.add(&place("graph.dot"), |mut out| Ok(dot::write(&whole, &mut out)?))?;
    files.add(&place("graph.svg"), |mut out| Ok(svg::write(part.as_ref().unwrap_or(&whole), &mut out)?))?;
    files.add(&place("summary.json"), |mut out| {
        serde_json::to_writer_pretty(&mut out, &summary).map_err(io::Error::from)?;
        Ok(writeln!(out)?)
    })?;
    files.finish()?;

    let mut out = io::stdout().lock();
    writeln!(out, "{}", context.title)?;
    writeln!(out, "{}, {}", pluralize(summary.sources, "source"), pluralize(summary.entities, "entity"))?;
    let kinds = [(summary.facts, "fact"), (summary.claims, "claim"), (summary.inferences, "inference")];
    writeln!(out, "{}", kinds.map(|(number, what)| pluralize(number, what)).join(", "))?;
    writeln!(out, "{}", pluralize(summary.triples, "triple"))?;
    writeln!(out, "{}", evidence_line(*evidence))?;
    if *dropped > 0 {
        writeln!(out, "{} left out because of errors", pluralize(*dropped, "statement"))?;
    }
    let names = "graph.factloom, graph.ttl, graph.nt, graph.dot, graph.svg, summary.json";
    writeln!(out, "written to {}: {names}", args.output.display())?;
    Ok(())
}
