//! `factloom query`

mod citations;
mod engine;
pub(super) mod parameters;
mod results;
mod shell;
mod syntax;
mod text;
mod timeout;

pub(super) use syntax::refused;
pub(super) use text::stored_text;

use super::data::DataArgs;
use super::failure::Failure;
use super::load::{Session, width};
use super::output_file;
use crate::output::TermDisplay;
use crate::query;
use crate::store::{Labels, Store};
use citations::Cite;
use clap::Args;
use engine::Engine;
use oxigraph::model::NamedNode;
use spargebra::Query;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Ask the graph in SPARQL
///
/// Without a query, on a terminal, queries are read one after another, with history and completion.
///
/// The prefixes e: (entities), v: (the vocabulary), st: (statements), ev: (evidence), src: (sources), fl: and those of the
/// usual vocabularies may be used undeclared. The parameters of a stored query are options of their own, which
/// `factloom query NAME --help` lists.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
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
    /// Write the first N rows, or triples, and no more
    #[arg(long, value_name = "N", conflicts_with = "list")]
    limit: Option<usize>,
    /// Stop the query after so long: 500ms, 30s, 2m [default: never]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, conflicts_with = "list")]
    timeout: Option<Duration>,
    /// The engine that runs the query; `both` compares their results, and fails if they differ
    #[arg(long, value_enum, default_value_t, conflicts_with_all = ["list", "explain", "cite", "why_empty"])]
    engine: Engine,
    /// Exit with status 0 where the answer of an ASK query is true, and 1 where it is false
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    ask_status: bool,
    /// IRI that relative IRIs in the query are relative to
    #[arg(long, value_name = "IRI", value_parser = |iri: &str| NamedNode::new(iri), conflicts_with = "list")]
    query_base: Option<NamedNode>,
    /// In tables, show things by their names, not by their labels
    #[arg(long, conflicts_with = "list")]
    iris: bool,
    /// Let a table be wider than the terminal
    #[arg(long, conflicts_with = "list")]
    wide: bool,
    /// table, markdown, csv, tsv, json or xml; for graphs turtle, ntriples, trig, nquads, rdfxml or jsonld [default: table
    /// on a terminal, else csv; turtle for graphs]
    #[arg(long, value_name = "FORMAT")]
    results_format: Option<String>,
    /// File to write to; its ending chooses the format
    #[arg(short = 'o', long, value_name = "FILE", conflicts_with = "list")]
    results_file: Option<PathBuf>,
    #[command(flatten)]
    from: DataArgs,
    /// The flag that requests help on a stored query.
    #[arg(skip)]
    help: Option<OsString>,
}

pub(super) fn run(args: &QueryArgs, session: &Session) -> Result<(), Failure> {
    let asks_one = args.explain || args.results_file.is_some();
    if args.has_no_query() && (asks_one || !shell::is_interactive()) {
        let help = "name a stored query, or give one with -q or --query-file; `--query-file -` reads it from stdin, and \
            `--list` names those that are stored";
        return Err(Failure::new("a query is needed").help(help));
    }
    let store = &args.from.open(session)?.store;
    if args.has_no_query() { shell::run(args, store) } else { run_with_timeout(args, store) }
}

impl QueryArgs {
    /// Whether there is neither a query nor a list to give.
    fn has_no_query(&self) -> bool {
        self.name.is_none() && self.query.is_none() && self.query_file.is_none() && !self.list
    }
}

/// Does the work, within the time that there is for it.
fn run_with_timeout(args: &QueryArgs, store: &Store) -> Result<(), Failure> {
    match args.timeout {
        None => work(args, store),
        Some(limit) => timeout::within(limit, store, |store| work(args, store)),
    }
}

fn work(args: &QueryArgs, store: &Store) -> Result<(), Failure> {
    if args.list {
        return text::list(store.metadata());
    }
    let labels = Labels::new(store, &store.metadata().language);
    if let Some(how) = &args.help {
        return parameters::show_help(&text::read(args, store)?, &labels, how);
    }
    let parsed = text::asked(args, &labels)?;
    if args.ask_status && !matches!(parsed, Query::Ask { .. }) {
        return Err(Failure::new("--ask-status is for ASK queries, and this is none").help("ask with ASK { … }"));
    }
    let shown = match args.limit {
        Some(most) => query::with_limit(parsed.clone(), most),
        None => parsed.clone(),
    };
    if args.explain {
        let mut explanation = store.explain(&shown)?;
        for step in &mut explanation.steps {
            step.label = store.names().shorten(&step.label);
        }
        return output_file::to(None, |out| Ok(write!(out, "{explanation}")?));
    }
    let file = args.results_file.as_deref();
    let width = width().filter(|_| file.is_none() && !args.wide).and_then(|w| u16::try_from(w).ok());
    let reading = TermDisplay { labels: &labels, iris: args.iris, width };
    let answer = match (args.cite, args.engine) {
        (Some(style), _) => citations::write(args, style, &shown, store, &reading)?,
        (None, Engine::Oxigraph) => {
            let oxigraph = store.to_oxigraph()?;
            engine::catch_panic(|| results::write(args, &shown, &oxigraph, &reading))?
        }
        (None, _) => results::write(args, &shown, store, &reading)?,
    };
    if args.engine == Engine::Both {
        engine::compare(&parsed, store, &store.to_oxigraph()?)?;
    }
    if args.why_empty {
        citations::why_empty(&parsed, store)?;
    }
    if args.ask_status && answer == Some(false) { Err(Failure::Findings) } else { Ok(()) }
}
