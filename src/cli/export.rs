//! `factloom export`

use super::data::DataArgs;
use super::failure::Failure;
use super::format::{Format, OutputArgs};
use super::load::Session;
use super::messages::note;
use super::output_file::{self, Content, Files, create_directory};
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
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::io::Write;
use std::path::Path;

/// Write the graph in a format for other tools
///
/// The formats are RDF, property graphs, Web Annotations, nanopublications, and the compiled graph. csv and neo4j write
/// several files to the --output directory. A selection includes the evidence, sources and entities of its statements.
/// Without a selection, RDF formats contain the whole graph, entailments included.
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    output: OutputArgs<ExportFormat>,
    /// Version of RDF: 1.2 reifies triple terms, 1.1 uses rdf:Statement [default: 1.2; 1.1 for jsonld]
    #[arg(long, value_parser = rdf_version(), value_name = "VERSION", help_heading = "Output")]
    rdf: Option<RdfVersion>,
    /// Language of labels in formats other than RDF [default: the dataset's]
    #[arg(long, value_name = "TAG", help_heading = "Output")]
    lang: Option<String>,
    /// Write no cell of csv or neo4j as a formula: an apostrophe precedes text that begins with =, +, - or @
    #[arg(long, help_heading = "Output")]
    csv_safe: bool,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    data: DataArgs,
}

/// The formats of `export`.
#[derive(Clone, Copy, Debug)]
enum ExportFormat {
    Compiled,
    Rdf(GraphFormat),
    Exchange(ExchangeFormat),
}

impl Format for ExportFormat {
    fn all() -> Vec<(Self, &'static [&'static str])> {
        let rdf = GraphFormat::NAMES.iter().map(|(format, names)| (Self::Rdf(*format), *names));
        let exchange = ExchangeFormat::NAMES.iter().map(|(format, names)| (Self::Exchange(*format), *names));
        let compiled: (Self, &[&str]) = (Self::Compiled, &["factloom"]);
        rdf.chain(exchange).chain([compiled]).collect()
    }

    fn has_extension(self) -> bool {
        match self {
            Self::Compiled | Self::Rdf(_) => true,
            Self::Exchange(format) => match format {
                ExchangeFormat::GraphMl | ExchangeFormat::Gexf | ExchangeFormat::Cytoscape => true,
                // Several files, or the extensions of RDF.
                ExchangeFormat::Csv
                | ExchangeFormat::Neo4j
                | ExchangeFormat::Annotations
                | ExchangeFormat::Nanopublications => false,
            },
        }
    }
}

fn rdf_version() -> impl TypedValueParser<Value = RdfVersion> {
    PossibleValuesParser::new(["1.1", "1.2"])
        .map(|version| if version == "1.1" { RdfVersion::V11 } else { RdfVersion::V12 })
}

pub(super) fn run(args: &ExportArgs, session: &Session) -> Result<(), Failure> {
    let format = format(args)?;
    let store = &args.data.open(session)?.store;
    match format {
        ExportFormat::Compiled => compiled(args, store),
        ExportFormat::Rdf(format) => rdf(args, format, store),
        ExportFormat::Exchange(format) => exchange(args, format, store),
    }
}

fn format(args: &ExportArgs) -> Result<ExportFormat, Failure> {
    match args.output.format()? {
        ExportFormat::Compiled | ExportFormat::Exchange(_) if args.rdf.is_some() => {
            Err(Failure::new("--rdf requires an RDF format").help("omit --rdf"))
        }
        ExportFormat::Exchange(ExchangeFormat::Csv | ExchangeFormat::Neo4j) => args.output.format(),
        _ if args.csv_safe => {
            let help = "omit --csv-safe, or add --format csv";
            Err(Failure::new("--csv-safe requires the format csv or neo4j").help(help))
        }
        ExportFormat::Compiled if args.selection.is_set() => {
            Err(Failure::new("a compiled graph cannot be limited to a selection")
                .help("export the selection as Turtle, and read that with --data"))
        }
        format => Ok(format),
    }
}

fn compiled(args: &ExportArgs, store: &Store) -> Result<(), Failure> {
    match store.graph() {
        Some(graph) => output_file::write(args.output.output.as_deref(), |mut out| Ok(graph.write(&mut out)?)),
        None => Err(Failure::new("the graph is not compiled")),
    }
}

/// The version of RDF to write.
fn version(args: &ExportArgs, format: GraphFormat, store: &Store) -> Result<RdfVersion, Failure> {
    match (args.rdf, format.supports_triple_terms()) {
        (Some(RdfVersion::V12), false) => {
            let message = "JSON-LD does not support the triple terms of RDF 1.2";
            Err(Failure::new(message).help("omit --rdf, or use --format turtle, trig, ntriples, nquads or rdfxml"))
        }
        (None, false) => {
            if store.count(vocab::rdf::REIFIES, None)? > 0 {
                note("JSON-LD does not support triple terms; statements are written as rdf:Statement (--rdf 1.1)");
            }
            Ok(RdfVersion::V11)
        }
        (version, _) => Ok(version.unwrap_or_default()),
    }
}

fn rdf(args: &ExportArgs, format: GraphFormat, store: &Store) -> Result<(), Failure> {
    if args.lang.is_some() {
        return Err(
            Failure::new("--lang has no effect on RDF, which contains the labels in all languages").help("omit --lang")
        );
    }
    if store.has_named_graphs() {
        return quads(args, format, store);
    }
    let (version, namespaces, file) =
        (version(args, format, store)?, store.namespaces(), args.output.output.as_deref());
    let selected = match args.selection.is_set() {
        true => Some(selected_triples(args, store)?),
        false => None,
    };
    match version {
        RdfVersion::V12 => {
            let triples = store.sorted_triples()?;
            output_file::write(file, |mut out| {
                Ok(write_sorted(&triples, selected.as_ref(), format, namespaces, &mut out)?)
            })
        }
        RdfVersion::V11 => {
            let mut triples = Vec::new();
            store.sorted_triples()?.for_each(|triple| {
                if selected.as_ref().map_or(Ok(true), |selected| selected.contains(triple))? {
                    triples.push(triple.into_owned());
                }
                Ok::<_, StoreError>(())
            })?;
            output_file::write(file, |mut out| Ok(write_graph(triples, format, version, namespaces, &mut out)?))
        }
    }
}

/// The triples of the selected statements.
fn selected_triples<'a>(args: &ExportArgs, store: &'a Store) -> Result<ViewTriples<'a>, Failure> {
    require_statements(args, store, "a selection")?;
    let labels = Labels::new(store, &store.metadata().language);
    let selected = args.selection.select(&labels, KindFilter::SHOWN)?;
    selected.print_notes();
    Ok(ViewTriples::new(store, &selected.view)?)
}

fn quads(args: &ExportArgs, format: GraphFormat, store: &Store) -> Result<(), Failure> {
    let loses_triple_terms = !format.supports_triple_terms() && store.count(vocab::rdf::REIFIES, None)? > 0;
    if !format.0.supports_datasets() || args.rdf == Some(RdfVersion::V11) || loses_triple_terms {
        let message = "the format does not support named graphs, which the data contain";
        return Err(Failure::new(message).help("use --format trig, nquads or factloom, without --rdf 1.1"));
    }
    if args.selection.is_set() {
        return Err(Failure::new("a selection of data with named graphs is not supported"));
    }
    let quads = store.quads()?;
    output_file::write(args.output.output.as_deref(), |mut out| {
        Ok(write_quads(&quads, format, store.namespaces(), &mut out)?)
    })
}

/// Returns an error if the graph is plain RDF.
fn require_statements(args: &ExportArgs, store: &Store, what: &str) -> Result<(), Failure> {
    if !args.data.is_files() || store.metadata().entities > 0 || store.metadata().statements > 0 {
        return Ok(());
    }
    let message = format!("{what} requires statements and entities, and the data are plain RDF");
    Err(Failure::new(message).help(
        "name a dataset with --dataset, or the compiled graph of one with --data; turtle, ntriples, trig, nquads, \
         rdfxml and jsonld hold any RDF",
    ))
}

fn exchange(args: &ExportArgs, format: ExchangeFormat, store: &Store) -> Result<(), Failure> {
    require_statements(args, store, "the format")?;
    let labels = Labels::new(store, args.lang.as_deref().unwrap_or(&store.metadata().language));
    let selected = args.selection.select(&labels, KindFilter::SHOWN)?;
    selected.print_notes();
    let text = StatementText::new(store, &labels);
    let (title, view, file) = (&selected.title, &selected.view, args.output.output.as_deref());
    let graph = || PropertyGraph::new(title, view, &text);
    let content = if args.csv_safe { Content::WithoutFormulas(b',') } else { Content::Data };
    let write_file =
        |write: &dyn Fn(&mut dyn Write) -> Result<(), OutputError>| output_file::write(file, |out| Ok(write(out)?));
    let write_xml = |write: &dyn Fn(&mut dyn Write) -> Result<(), OutputError>| {
        output_file::write(file, |out| Content::Xml.write(out, |out| Ok(write(out)?)))
    };
    match format {
        ExchangeFormat::GraphMl => write_xml(&|mut out| graphml(&graph(), &mut out)),
        ExchangeFormat::Gexf => write_xml(&|mut out| gexf(&graph(), &mut out)),
        ExchangeFormat::Cytoscape => write_file(&|mut out| cytoscape(&graph(), &mut out)),
        ExchangeFormat::Annotations => write_file(&|mut out| annotations(title, view, &text, &mut out)),
        ExchangeFormat::Nanopublications => write_file(&|mut out| nanopublications(view, &text, &mut out)),
        ExchangeFormat::Csv => {
            let graph = graph();
            let files: [NamedFile<'_>; 2] = [
                ("nodes.csv", &|mut out| node_table(&graph, &mut out)),
                ("edges.csv", &|mut out| edge_table(&graph, &mut out)),
            ];
            write_directory(file, content, &files)
        }
        ExchangeFormat::Neo4j => {
            let (graph, [nodes, relationships]) = (graph(), NEO4J_FILES);
            let files: [NamedFile<'_>; 3] = [
                (nodes, &|mut out| neo4j_nodes(&graph, &mut out)),
                (relationships, &|mut out| neo4j_relationships(&graph, &mut out)),
                ("import.sh", &|out| Ok(out.write_all(neo4j_import_script().as_bytes())?)),
            ];
            write_directory(file, content, &files)
        }
    }
}

/// The name of a file, and what writes it.
type NamedFile<'a> = (&'static str, &'a dyn Fn(&mut dyn Write) -> Result<(), OutputError>);

/// Writes several files to a directory.
fn write_directory(path: Option<&Path>, content: Content, named_files: &[NamedFile<'_>]) -> Result<(), Failure> {
    let Some(directory) = path.filter(|path| *path != Path::new("-")) else {
        return Err(Failure::new("the format consists of several files").help("name a directory, such as -o graph"));
    };
    if directory.extension().is_some_and(|extension| extension == "csv") || directory.is_file() {
        let message = format!("the format consists of several files, and `{}` names one", directory.display());
        return Err(Failure::new(message).help("name a directory, such as -o graph"));
    }
    create_directory(directory)?;
    let mut files = Files::default();
    for (name, write) in named_files {
        let is_table = Path::new(name).extension().is_some_and(|extension| extension == "csv");
        let content = if is_table { content } else { Content::Data };
        files.add_in(directory, name, |out| content.write(out, |out| Ok(write(out)?)))?;
    }
    files.finish()
}
