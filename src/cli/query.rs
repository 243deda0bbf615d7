//! `factloom query`

use super::citing::{self, Cite};
use super::data::GraphFrom;
use super::failure::Failure;
use super::opening::width;
use super::writing;
use crate::diagnostic::closest;
use crate::output::{
    GraphFormat, NamedFormat, RdfVersion, Reading, ResultsFormat, write_answer, write_graph, write_results,
};
use crate::query::{self, Decorators};
use crate::store::{Context, Labels, Store};
use clap::Args;
use oxigraph::io::RdfFormat;
use oxigraph::model::Triple;
use oxigraph::sparql::QueryResults;
use oxigraph::sparql::results::QueryResultsFormat;
use spargebra::Query;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Ask the graph in SPARQL
///
/// The prefixes e: (entities), v: (the vocabulary), st: (statements), ev: (evidence), src: (sources), fl: and those of the
/// usual vocabularies may be used undeclared.
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
    pub(super) results_format: Option<String>,
    /// File to write to; its ending chooses the format
    #[arg(short = 'o', long, value_name = "FILE", conflicts_with = "list")]
    pub(super) results_file: Option<PathBuf>,
    #[command(flatten)]
    from: GraphFrom,
}

pub(super) fn run(args: &QueryArgs) -> Result<(), Failure> {
    args.from.with_graph(|built| work(args, &built.store))
}

fn work(args: &QueryArgs, store: &Store) -> Result<(), Failure> {
    if args.list {
        return list(store.context());
    }
    let text = text(args, store.context())?;
    let parsed = query::parse(&text, store.names()).map_err(|e| {
        Failure::new(format!("this is no SPARQL: {e}")).help("see https://www.w3.org/TR/sparql12-query/")
    })?;
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
        Some(style) => citing::answer(args, style, &parsed, store, &reading)?,
        None => answer(args, &parsed, store, &reading)?,
    }
    if args.why_empty { citing::why_empty(&parsed, store) } else { Ok(()) }
}

fn answer(args: &QueryArgs, query: &Query, store: &Store, reading: &Reading<'_>) -> Result<(), Failure> {
    let file = args.results_file.as_deref();
    match store.query(query)? {
        QueryResults::Solutions(solutions) => {
            let format = format_of(args, default_results(file), "rows")?;
            writing::to(file, |mut out| Ok(write_results(solutions, format, reading, &mut out)?))
        }
        QueryResults::Boolean(answer) => {
            let format = match (args.results_format.as_deref(), file) {
                (None, None) => ResultsFormat::Table,
                _ => format_of(args, default_results(file), "true or false")?,
            };
            writing::to(file, |mut out| Ok(write_answer(answer, format, &mut out)?))
        }
        QueryResults::Graph(triples) => {
            let format = format_of(args, GraphFormat(RdfFormat::Turtle), "a graph")?;
            let mut triples = triples.collect::<Result<Vec<Triple>, _>>()?;
            triples.sort_by_cached_key(ToString::to_string);
            triples.dedup();
            writing::to(file, |mut out| Ok(write_graph(triples, format, RdfVersion::V12, store.names(), &mut out)?))
        }
    }
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
    let name = args.name.as_deref().unwrap_or_default();
    match context.queries.iter().find(|q| q.name == name) {
        Some(query) => Ok(query.text.clone()),
        None => {
            let near = closest(name, context.queries.iter().map(|q| q.name.as_str()));
            let help = near
                .map_or_else(|| "`factloom query --list` names them all".into(), |n| format!("did you mean `{n}`?"));
            Err(Failure::new(format!("there is no stored query `{name}`")).help(help))
        }
    }
}

pub(super) fn default_results(file: Option<&Path>) -> ResultsFormat {
    match file.is_none() && std::io::stdout().is_terminal() {
        true => ResultsFormat::Table,
        false => ResultsFormat::Standard(QueryResultsFormat::Csv),
    }
}

/// The format that the arguments name, or the file's ending, or else the default.
pub(super) fn format_of<F: NamedFormat>(args: &QueryArgs, default: F, what: &str) -> Result<F, Failure> {
    if let Some(name) = &args.results_format {
        return F::of_name(name).ok_or_else(|| {
            Failure::new(format!("`{name}` is no format for {what}")).help(format!("the formats are {}", F::shown()))
        });
    }
    Ok(args.results_file.as_deref().and_then(F::of_path).unwrap_or(default))
}

fn list(context: &Context) -> Result<(), Failure> {
    let width = context.queries.iter().map(|q| q.name.chars().count()).max().unwrap_or(0);
    writing::to(None, |out| {
        for query in &context.queries {
            let summary = Decorators::of(&query.text).ok().and_then(|d| d.summary).unwrap_or_default();
            writeln!(out, "{}", format!("{:width$}  {summary}", query.name).trim_end())?;
        }
        Ok(())
    })
}
