//! `factloom export`

use super::data::GraphFrom;
use super::failure::Failure;
use super::writing;
use crate::output::{GraphFormat, NamedFormat, RdfVersion, write_graph, write_quads, write_sorted};
use crate::store::Store;
use clap::{Args, ValueEnum};
use oxigraph::io::RdfFormat;
use std::path::PathBuf;

/// Write the graph in a format of RDF, or as a compiled graph
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// turtle, ntriples, trig, nquads, rdfxml or factloom (a compiled graph) [default: the ending of -o, else turtle]
    #[arg(short = 'T', long = "format", value_name = "FORMAT")]
    format: Option<String>,
    /// File to write to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 1.2 reifies triple terms; 1.1 writes rdf:Statement, for tools that know no triple terms
    #[arg(long, value_enum, default_value_t = Rdf::V12)]
    rdf: Rdf,
    #[command(flatten)]
    from: GraphFrom,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
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
}

/// The name of the format of compiled graphs, and the ending of their files.
const COMPILED: &str = "factloom";

pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let target = target(args)?;
    args.from.with_graph(|built| work(args, &target, &built.store))
}

fn target(args: &ExportArgs) -> Result<Target, Failure> {
    let ending = args.output.as_deref().and_then(|file| file.extension()?.to_str());
    match (args.format.as_deref(), ending) {
        (Some(name), _) | (None, Some(name)) if name.eq_ignore_ascii_case(COMPILED) => Ok(Target::Compiled),
        (Some(name), _) => GraphFormat::of_name(name).map(Target::Rdf).ok_or_else(|| {
            Failure::new(format!("`{name}` is no format for graphs"))
                .help(format!("the formats are {}, {COMPILED}", GraphFormat::shown()))
        }),
        (None, ending) => {
            let format = ending.and_then(GraphFormat::of_name);
            Ok(Target::Rdf(format.unwrap_or(GraphFormat(RdfFormat::Turtle))))
        }
    }
}

fn work(args: &ExportArgs, target: &Target, store: &Store) -> Result<(), Failure> {
    let file = args.output.as_deref();
    let version = match args.rdf {
        Rdf::V11 => RdfVersion::V11,
        Rdf::V12 => RdfVersion::V12,
    };
    match target {
        Target::Compiled => match store.graph() {
            Some(graph) => writing::to(file, |mut out| Ok(graph.write(&mut out)?)),
            None => Err(Failure::new("the graph is not compiled")),
        },
        Target::Rdf(format) if store.has_named_graphs() => {
            if !format.0.supports_datasets() || version == RdfVersion::V11 {
                let message = "some of the data is in named graphs, which the format cannot hold";
                return Err(Failure::new(message).help("write -T trig, nquads or factloom, without --rdf 1.1"));
            }
            let quads = store.quads()?;
            writing::to(file, |mut out| Ok(write_quads(&quads, *format, store.names(), &mut out)?))
        }
        Target::Rdf(format) if version == RdfVersion::V12 => {
            let triples = store.sorted()?;
            writing::to(file, |mut out| Ok(write_sorted(&triples, *format, store.names(), &mut out)?))
        }
        Target::Rdf(format) => {
            let triples = store.triples()?;
            writing::to(file, |mut out| Ok(write_graph(triples, *format, version, store.names(), &mut out)?))
        }
    }
}
