//! `factloom export`

use super::failure::Failure;
use super::opening::BuildFrom;
use super::writing;
use crate::output::{GraphFormat, NamedFormat, RdfVersion, write_graph};
use clap::{Args, ValueEnum};
use oxigraph::io::RdfFormat;
use std::path::PathBuf;

/// Write the graph in a format of RDF
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// turtle, ntriples, trig, nquads or rdfxml [default: the ending of -o, else turtle]
    #[arg(short = 'T', long = "format", value_name = "FORMAT")]
    format: Option<String>,
    /// File to write to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 1.2 reifies triple terms; 1.1 writes rdf:Statement, for tools that know no triple terms
    #[arg(long, value_enum, default_value_t = Rdf::V12)]
    rdf: Rdf,
    #[command(flatten)]
    from: BuildFrom,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rdf {
    #[value(name = "1.1")]
    V11,
    #[value(name = "1.2")]
    V12,
}

pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let file = args.output.as_deref();
    let format = match &args.format {
        Some(name) => GraphFormat::of_name(name).ok_or_else(|| {
            Failure::new(format!("`{name}` is no format for graphs"))
                .help(format!("the formats are {}", GraphFormat::shown()))
        })?,
        None => file.and_then(GraphFormat::of_path).unwrap_or(GraphFormat(RdfFormat::Turtle)),
    };
    let version = match args.rdf {
        Rdf::V11 => RdfVersion::V11,
        Rdf::V12 => RdfVersion::V12,
    };
    let built = args.from.build()?;
    let triples = built.store.triples()?;
    writing::to(file, |mut out| Ok(write_graph(triples, format, version, built.store.names(), &mut out)?))
}
