//! `factloom query`

mod answer;
mod citing;
pub(super) mod parameters;
mod stored;
mod syntax;

use super::data::GraphFrom;
use super::failure::Failure;
use super::opening::width;
use super::writing;
use crate::output::Reading;
use crate::store::{Labels, Store};
use citing::Cite;
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// Ask the graph in SPARQL
///
/// The prefixes e: (entities), v: (the vocabulary), st: (statements), ev: (evidence), src: (sources), fl: and those of the
/// usual vocabularies may be used undeclared. The parameters of a stored query are options of their own, which
/// `factloom query NAME --help` lists.
#[derive(Args, Debug)]
#[group(id = "which", multiple = false, args = ["name", "query", "query_file", "list"], required = true)]
pub(super) struct QueryArgs {
    /// A stored query, by its name
    name: Option<String>,
    /// A query itself
    #[arg(short, long, value_name = "SPARQL")]
    query: Option<String>,
    /// A file with a query; `-` for stdin
    #[arg(long, value_name = "FILE")]
    query_file: Option<PathBuf>,
    /// List the stored queries
    #[arg(long)]
    list: bool,
    /// Give a parameter of the query a value; of a stored query `--NAME VALUE` does so, too
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "list")]
    param: Vec<String>,
    /// Say how the query is answered instead: the steps, with the rows that were expected and those there are
    #[arg(long, conflicts_with_all = ["list", "results_format", "results_file"])]
    explain: bool,
    /// Add to each row the statements behind it and their quotes
    #[arg(long, value_name = "STYLE", num_args = 0..=1, require_equals = true, default_missing_value = "columns",
        conflicts_with_all = ["list", "explain"])]
    cite: Option<Cite>,
    /// Where no row is left, say at which pattern or filter they ran out, and what is nearly right there
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    why_empty: bool,
    /// table, markdown, csv, tsv, json or xml; for graphs turtle, ntriples, trig, nquads or rdfxml [default: table on a
    /// terminal, else csv; turtle for graphs]
    #[arg(long, value_name = "FORMAT")]
    results_format: Option<String>,
    /// File to write to; its ending chooses the format
    #[arg(short = 'o', long, value_name = "FILE", conflicts_with = "list")]
    results_file: Option<PathBuf>,
    #[command(flatten)]
    from: GraphFrom,
    /// Options that the stored query may have: their names and values.
    #[arg(skip)]
    options: Vec<(String, String)>,
    /// How help on a stored query was asked for, if it was.
    #[arg(skip)]
    help: Option<OsString>,
}

pub(super) fn run(args: &QueryArgs) -> Result<(), Failure> {
    args.from.with_graph(|built| work(args, &built.store))
}

fn work(args: &QueryArgs, store: &Store) -> Result<(), Failure> {
    if args.list {
        return stored::list(store.context());
    }
    let labels = Labels::new(store, &store.context().language);
    if let Some(how) = &args.help {
        return parameters::show_help(&stored::read(args, store)?, &labels, how);
    }
    let parsed = stored::asked(args, &labels)?;
    if args.explain {
        let mut explanation = store.explain(&parsed)?;
        for step in &mut explanation.steps {
            step.label = store.names().shorten(&step.label);
        }
        return writing::to(None, |out| Ok(write!(out, "{explanation}")?));
    }
    let file = args.results_file.as_deref();
    let width = width().filter(|_| file.is_none()).and_then(|w| u16::try_from(w).ok());
    let reading = Reading { labels: &labels, names: store.names(), width };
    match args.cite {
        Some(style) => citing::write(args, style, &parsed, store, &reading)?,
        None => answer::write(args, &parsed, store, &reading)?,
    }
    if args.why_empty { citing::why_empty(&parsed, store) } else { Ok(()) }
}
