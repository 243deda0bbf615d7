//! `factloom export`

use super::data::DataArgs;
use super::failure::{Failure, say};
use super::load::Session;
use super::output_file::{self, Files};
use super::selection::SelectionArgs;
use crate::model::vocab;
use crate::output::exchange::{
    NEO4J_FILES, PropertyGraph, annotations, cytoscape, edge_table, gexf, graphml, nanopublications,
    neo4j_import_script, neo4j_nodes, neo4j_relationships, node_table,
};
use crate::output::{
    ExchangeFormat, GraphFormat, NamedFormat, OutputError, RdfVersion, StatementText, write_graph, write_quads,
    write_sorted,
};
use crate::store::{Labels, Store, StoreError};
use crate::view::{KindFilter, ViewTriples};
use clap::{Args, ValueEnum};
use oxigraph::io::RdfFormat;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write the graph for other tools: in a format of RDF, as a graph with properties, or as a compiled graph
///
/// csv and neo4j write several files, to the folder that -o names. A selection takes the statements with their evidence,
/// sources and entities; without one everything is written.
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// turtle, ntriples, trig, nquads, rdfxml or jsonld; graphml, gexf, cytoscape, csv, neo4j, annotations or
    /// nanopublications; factloom (a compiled graph) [default: the ending of -o, else turtle]
    #[arg(short = 'T', long = "format", value_name = "FORMAT")]
    format: Option<String>,
    /// File to write to; for csv and neo4j a folder, made where there is none
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 1.2 reifies triple terms; 1.1 writes rdf:Statement, for tools that know no triple terms [default: 1.2; for jsonld,
    /// which has none, 1.1]
    #[arg(long, value_enum, value_name = "VERSION")]
    rdf: Option<Rdf>,
    /// Language of labels in formats that are no RDF [default: the dataset's]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    from: DataArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rdf {
    #[value(name = "1.1")]
    V11,
    #[value(name = "1.2")]
    V12,
}

/// What a graph is written as.
enum Target {
    Compiled,
    Rdf(GraphFormat),
    Exchange(ExchangeFormat),
}

/// The name of the format of compiled graphs, and the ending of their files.
const COMPILED: &str = "factloom";

pub(super) fn run(args: &ExportArgs, session: &Session) -> Result<(), Failure> {
    let target = target(args)?;
    let store = &args.from.open(session)?.store;
    match target {
        Target::Compiled => compiled(args, store),
        Target::Rdf(format) => rdf(args, format, store),
        Target::Exchange(format) => exchange(args, format, store),
    }
}

fn target(args: &ExportArgs) -> Result<Target, Failure> {
    let ending = args.output.as_deref().and_then(|file| file.extension()?.to_str());
    let known = |name: &str| match name.eq_ignore_ascii_case(COMPILED) {
        true => Some(Target::Compiled),
        false => GraphFormat::from_name(name)
            .map(Target::Rdf)
            .or_else(|| ExchangeFormat::from_name(name).map(Target::Exchange)),
    };
    let target = match args.format.as_deref().or(ending) {
        Some(name) => known(name).ok_or_else(|| {
            let formats = format!("{}, {}, {COMPILED}", GraphFormat::list(), ExchangeFormat::list());
            Failure::new(format!("`{name}` is no format for graphs")).help(format!("name one with -T: {formats}"))
        })?,
        None => Target::Rdf(GraphFormat(RdfFormat::Turtle)),
    };
    match target {
        Target::Compiled | Target::Exchange(_) if args.rdf.is_some() => {
            Err(Failure::new("--rdf is about formats of RDF, which this is not").help("leave it out"))
        }
        Target::Compiled if args.selection.is_given() => Err(Failure::new("a compiled graph is written as a whole")
            .help("write the selection as Turtle, and build from it")),
        target => Ok(target),
    }
}

fn compiled(args: &ExportArgs, store: &Store) -> Result<(), Failure> {
    match store.graph() {
        Some(graph) => output_file::to(args.output.as_deref(), |mut out| Ok(graph.write(&mut out)?)),
        None => Err(Failure::new("the graph is not compiled")),
    }
}

/// Which version of RDF is written in a format.
fn version(args: &ExportArgs, format: GraphFormat, store: &Store) -> Result<RdfVersion, Failure> {
    match (args.rdf, format.supports_triple_terms()) {
        (Some(Rdf::V12), false) => {
            let message = "JSON-LD has no form for the triple terms of RDF 1.2";
            Err(Failure::new(message).help("leave --rdf 1.2 out, or write -T turtle, trig, ntriples, nquads or rdfxml"))
        }
        (None, false) => {
            if store.count(vocab::rdf::REIFIES, None)? > 0 {
                say("note: JSON-LD has no triple terms; statements are written as rdf:Statement (--rdf 1.1)");
            }
            Ok(RdfVersion::V11)
        }
        (Some(Rdf::V11), _) => Ok(RdfVersion::V11),
        (Some(Rdf::V12) | None, true) => Ok(RdfVersion::V12),
    }
}

fn rdf(args: &ExportArgs, format: GraphFormat, store: &Store) -> Result<(), Failure> {
    if args.lang.is_some() {
        return Err(Failure::new("formats of RDF hold the labels of all languages").help("leave --lang out"));
    }
    if store.has_named_graphs() {
        return quads(args, format, store);
    }
    let (version, names, file) = (version(args, format, store)?, store.names(), args.output.as_deref());
    let part = match args.selection.is_given() {
        true => Some(part(args, store)?),
        false => None,
    };
    match (version, &part) {
        (RdfVersion::V12, part) => {
            let triples = store.sorted_triples()?;
            output_file::to(file, |mut out| Ok(write_sorted(&triples, part.as_ref(), format, names, &mut out)?))
        }
        (RdfVersion::V11, part) => {
            let mut triples = Vec::new();
            store.sorted_triples()?.for_each(|triple| {
                if part.as_ref().map_or(Ok(true), |part| part.contains(triple))? {
                    triples.push(triple.into_owned());
                }
                Ok::<_, StoreError>(())
            })?;
            output_file::to(file, |mut out| Ok(write_graph(triples, format, version, names, &mut out)?))
        }
    }
}

/// The triples of the statements that are selected.
fn part<'a>(args: &ExportArgs, store: &'a Store) -> Result<ViewTriples<'a>, Failure> {
    has_statements(args, store, "a selection")?;
    let labels = Labels::new(store, &store.metadata().language);
    let selected = args.selection.select(&labels, KindFilter::ALL)?;
    selected.print_notes();
    Ok(ViewTriples::new(store, &selected.view)?)
}

fn quads(args: &ExportArgs, format: GraphFormat, store: &Store) -> Result<(), Failure> {
    let plain = !format.supports_triple_terms() && store.count(vocab::rdf::REIFIES, None)? > 0;
    if !format.0.supports_datasets() || args.rdf == Some(Rdf::V11) || plain {
        let message = "some of the data is in named graphs, which the format cannot hold";
        return Err(Failure::new(message).help("write -T trig, nquads or factloom, without --rdf 1.1"));
    }
    if args.selection.is_given() {
        return Err(Failure::new("some of the data is in named graphs, of which no part can be selected"));
    }
    let quads = store.quads()?;
    output_file::to(args.output.as_deref(), |mut out| Ok(write_quads(&quads, format, store.names(), &mut out)?))
}

/// Says what is missing where a graph is of plain RDF.
fn has_statements(args: &ExportArgs, store: &Store, what: &str) -> Result<(), Failure> {
    if !args.from.is_files() || store.metadata().entities > 0 || store.metadata().statements > 0 {
        return Ok(());
    }
    let message = format!("{what} is made of statements and entities, and the data is plain RDF, which has none");
    Err(Failure::new(message).help(
        "name a dataset with --dataset, or the compiled graph of one with --data; turtle, ntriples, trig, nquads, \
         rdfxml and jsonld hold any RDF",
    ))
}

fn exchange(args: &ExportArgs, format: ExchangeFormat, store: &Store) -> Result<(), Failure> {
    let name = args.format.as_deref().unwrap_or("the format");
    has_statements(args, store, name)?;
    let labels = Labels::new(store, args.lang.as_deref().unwrap_or(&store.metadata().language));
    let selected = args.selection.select(&labels, KindFilter::ALL)?;
    selected.print_notes();
    let text = StatementText::new(store, &labels);
    let (title, view, file) = (&selected.title, &selected.view, args.output.as_deref());
    let graph = || PropertyGraph::new(title, view, &text);
    let one = |write: &dyn Fn(&mut dyn Write) -> Result<(), OutputError>| output_file::to(file, |out| Ok(write(out)?));
    match format {
        ExchangeFormat::GraphMl => one(&|mut out| graphml(&graph(), &mut out)),
        ExchangeFormat::Gexf => one(&|mut out| gexf(&graph(), &mut out)),
        ExchangeFormat::Cytoscape => one(&|mut out| cytoscape(&graph(), &mut out)),
        ExchangeFormat::Annotations => one(&|mut out| annotations(title, view, &text, &mut out)),
        ExchangeFormat::Nanopublications => one(&|mut out| nanopublications(view, &text, &mut out)),
        ExchangeFormat::Csv => {
            let graph = graph();
            folder(file, |files, folder| {
                files.add(&folder.join("nodes.csv"), |mut out| Ok(node_table(&graph, &mut out)?))?;
                files.add(&folder.join("edges.csv"), |mut out| Ok(edge_table(&graph, &mut out)?))
            })
        }
        ExchangeFormat::Neo4j => {
            let (graph, [nodes, relationships]) = (graph(), NEO4J_FILES);
            folder(file, |files, folder| {
                files.add(&folder.join(nodes), |mut out| Ok(neo4j_nodes(&graph, &mut out)?))?;
                files.add(&folder.join(relationships), |mut out| Ok(neo4j_relationships(&graph, &mut out)?))?;
                files.add(&folder.join("import.sh"), |out| Ok(out.write_all(neo4j_import_script().as_bytes())?))
            })
        }
    }
}

/// Writes several files to a folder.
fn folder(path: Option<&Path>, write: impl FnOnce(&mut Files, &Path) -> Result<(), Failure>) -> Result<(), Failure> {
    let Some(folder) = path.filter(|path| *path != Path::new("-")) else {
        return Err(Failure::new("the format has several files").help("name a folder for them, as -o graph"));
    };
    if folder.extension().is_some_and(|ending| ending == "csv") || folder.is_file() {
        let message = format!("the format has several files, and `{}` names one", folder.display());
        return Err(Failure::new(message).help("name a folder for them, as -o graph"));
    }
    fs::create_dir_all(folder).map_err(|e| Failure::file("make the folder", folder, &e))?;
    let mut files = Files::default();
    write(&mut files, folder)?;
    files.finish()
}
