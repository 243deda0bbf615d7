//! Writing the result of a query.

use super::{QueryArgs, QueryFormat};
use crate::cli::failure::Failure;
use crate::cli::messages::note;
use crate::cli::output_file::Content;
use crate::output::{
    GraphFormat, NamedFormat, RdfVersion, ResultsFormat, TermDisplay, write_boolean, write_graph, write_results,
};
use crate::store::Store;
use oxigraph::io::RdfFormat;
use oxigraph::model::Triple;
use oxigraph::sparql::results::QueryResultsFormat;
use oxigraph::sparql::{QueryResults, QuerySolutionIter};
use spargebra::Query;
use std::cell::Cell;
use std::io::{IsTerminal, Write};

/// Runs a query and writes its result. Returns the result of an ASK query.
pub(super) fn write(
    args: &QueryArgs,
    query: &Query,
    store: &Store,
    display: &TermDisplay<'_>,
) -> Result<Option<bool>, Failure> {
    match store.query(query)? {
        QueryResults::Solutions(solutions) => {
            let format = results_format(args, default_results_format(args))?;
            let (variables, is_empty) = (solutions.variables().into(), Cell::new(true));
            let solutions = QuerySolutionIter::new(variables, solutions.inspect(|_| is_empty.set(false)));
            args.output
                .write(content(args, format)?, |mut out| Ok(write_results(solutions, format, display, &mut out)?))?;
            note_empty(args, is_empty.get());
            Ok(None)
        }
        QueryResults::Boolean(boolean) => {
            let default = match args.output.output {
                None => ResultsFormat::Table,
                Some(_) => default_results_format(args),
            };
            let format = results_format(args, default)?;
            args.output.write(content(args, format)?, |mut out| Ok(write_boolean(boolean, format, &mut out)?))?;
            Ok(Some(boolean))
        }
        QueryResults::Graph(triples) => {
            write_triples(args, triples.collect::<Result<_, _>>()?, args.limit, store)?;
            Ok(None)
        }
    }
}

/// Tells where a reason for a result without rows can be found, unless `--why-empty` gives it anyway.
pub(super) fn note_empty(args: &QueryArgs, is_empty: bool) {
    if is_empty && !args.why_empty {
        note("no rows; --why-empty explains why");
    }
}

/// Writes the triples of a graph, sorted, by default as Turtle.
pub(super) fn write_triples(
    args: &QueryArgs,
    mut triples: Vec<Triple>,
    limit: Option<usize>,
    store: &Store,
) -> Result<(), Failure> {
    triples.sort_by_cached_key(ToString::to_string);
    triples.dedup();
    triples.truncate(limit.unwrap_or(usize::MAX));
    let format = match args.output.named_format()? {
        None => GraphFormat(RdfFormat::Turtle),
        Some(QueryFormat::Graph(format)) => format,
        Some(QueryFormat::Results(_)) => return Err(wrong_format::<GraphFormat>("the result is a graph")),
    };
    if args.csv_safe {
        return Err(only_cells());
    }
    let write =
        |mut out: &mut dyn Write| Ok(write_graph(triples, format, RdfVersion::V12, store.namespaces(), &mut out)?);
    args.output.write(Content::Data, write)
}

/// The content of results in a format.
pub(super) fn content(args: &QueryArgs, format: ResultsFormat) -> Result<Content, Failure> {
    match format {
        ResultsFormat::Standard(QueryResultsFormat::Csv) if args.csv_safe => Ok(Content::WithoutFormulas(b',')),
        ResultsFormat::Standard(QueryResultsFormat::Tsv) if args.csv_safe => Ok(Content::WithoutFormulas(b'\t')),
        _ if args.csv_safe => Err(only_cells()),
        ResultsFormat::Table | ResultsFormat::Markdown => Ok(Content::Text),
        ResultsFormat::Standard(_) | ResultsFormat::JsonLines => Ok(Content::Data),
    }
}

fn only_cells() -> Failure {
    Failure::new("--csv-safe requires the format csv or tsv").help("omit --csv-safe, or add --format csv")
}

/// The default format of rows: a table on a terminal, CSV elsewhere.
pub(super) fn default_results_format(args: &QueryArgs) -> ResultsFormat {
    match args.output.output.is_none() && std::io::stdout().is_terminal() {
        true => ResultsFormat::Table,
        false => ResultsFormat::Standard(QueryResultsFormat::Csv),
    }
}

/// The format that the arguments name for rows or a boolean.
pub(super) fn results_format(args: &QueryArgs, default: ResultsFormat) -> Result<ResultsFormat, Failure> {
    match args.output.named_format()? {
        None => Ok(default),
        Some(QueryFormat::Results(format)) => Ok(format),
        Some(QueryFormat::Graph(_)) => Err(wrong_format::<ResultsFormat>("the result is not a graph")),
    }
}

fn wrong_format<F: NamedFormat>(why: &str) -> Failure {
    Failure::new(format!("the format does not fit: {why}")).help(format!("use --format with one of {}", F::list()))
}
