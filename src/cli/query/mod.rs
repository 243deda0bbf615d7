//! `factloom query`

mod answer;
mod citing;
mod shell;
mod stored;
mod syntax;

use super::data::GraphFrom;
use super::failure::Failure;
use super::opening::width;
use super::writing;
use crate::output::Reading;
use crate::query;
use crate::store::{Context, Labels, Store};
use citing::Cite;
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Ask the graph in SPARQL
///
/// Without a query, on a terminal, queries are read one after another, with history and completion.
///
/// The prefixes e: (entities), v: (the vocabulary), st: (statements), ev: (evidence), src: (sources), fl: and those of the
/// usual vocabularies may be used undeclared.
#[derive(Args, Debug)]
#[group(id = "which", multiple = false, args = ["name", "query", "query_file", "list"])]
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
}

pub(super) fn run(args: &QueryArgs) -> Result<(), Failure> {
    let asks_one = args.explain || args.results_file.is_some();
    if args.asks_nothing() && (asks_one || !shell::at_hand()) {
        let help = "name a stored query, or give one with -q or --query-file; `--query-file -` reads it from stdin, and \
            `--list` names those that are stored";
        return Err(Failure::new("a query is needed").help(help));
    }
    args.from.with_graph(|built| match args.asks_nothing() {
        true => shell::run(args, &built.store),
        false => work(args, &built.store),
    })
}

impl QueryArgs {
    /// Whether there is neither a query nor a list to give.
    fn asks_nothing(&self) -> bool {
        self.name.is_none() && self.query.is_none() && self.query_file.is_none() && !self.list
    }
}

fn work(args: &QueryArgs, store: &Store) -> Result<(), Failure> {
    if args.list {
        return stored::list(store.context());
    }
    let text = text(args, store.context())?;
    let parsed =
        query::parse(&text, store.names()).map_err(|e| syntax::refused(&text, &syntax::name_of(args), &e, store))?;
    if args.explain {
        let mut explanation = store.explain(&parsed)?;
        for step in &mut explanation.steps {
            step.label = store.names().shorten(&step.label);
        }
        return writing::to(None, |out| Ok(write!(out, "{explanation}")?));
    }
    let file = args.results_file.as_deref();
    let width = width().filter(|_| file.is_none()).and_then(|w| u16::try_from(w).ok());
    let labels = Labels::new(store, &store.context().language);
    let reading = Reading { labels: &labels, names: store.names(), width };
    match args.cite {
        Some(style) => citing::write(args, style, &parsed, store, &reading)?,
        None => answer::write(args, &parsed, store, &reading)?,
    }
    if args.why_empty { citing::why_empty(&parsed, store) } else { Ok(()) }
}

fn text(args: &QueryArgs, context: &Context) -> Result<String, Failure> {
    if let Some(text) = &args.query {
        return Ok(text.clone());
    }
    if let Some(path) = &args.query_file {
        let mut text = String::new();
        let read = match path == Path::new("-") {
            true => std::io::stdin().lock().read_to_string(&mut text).map(|_| text),
            false => std::fs::read_to_string(path),
        };
        return read.map_err(|e| Failure::file("read", path, &e));
    }
    stored::text(args.name.as_deref().unwrap_or_default(), context)
}
