//! Writing the result of a query.

use super::{Interface, QueryArgs, QueryFormat};
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
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolutionIter};
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
        QueryResults::Solutions(mut solutions) => {
            let format = results_format(args, default_results_format(args))?;
            let content = content(args, format)?;
            // A query that fails at once writes no header.
            let first = solutions.next().transpose()?;
            let is_empty = first.is_none();
            let variables = solutions.variables().into();
            let (limit, count) = (args.limit.unwrap_or(usize::MAX), Cell::new(0));
            // The engine does not check the token once the rows are sorted.
            let unless_cancelled = |solution| match store.cancellation().is_cancelled() {
                true => Err(QueryEvaluationError::Cancelled),
                false => solution,
            };
            let is_within_limit = |_: &_| {
                count.set(count.get() + 1);
                count.get() <= limit
            };
            let all = first.into_iter().map(Ok).chain(solutions).take_while(is_within_limit).map(unless_cancelled);
            let solutions = QuerySolutionIter::new(variables, all);
            args.output.write(content, |mut out| Ok(write_results(solutions, format, display, &mut out)?))?;
            note_empty(args, is_empty);
            note_limit(args, count.get());
            Ok(None)
        }
        QueryResults::Boolean(boolean) => {
            let default = match args.output.output {
                None => ResultsFormat::Table,
                Some(_) => default_results_format(args),
            };
            let format = results_format(args, default)?;
            args.output
                .write(content(args, format)?, |mut out| Ok(write_boolean(boolean, format, display, &mut out)?))?;
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
        note(
            args.interface
                .advice("no rows; --why-empty explains why", "no rows; `.why-empty on` explains empty results"),
        );
    }
}

/// Tells where a reason for a false result can be found, unless `--why-empty` gives it anyway.
pub(super) fn note_false(args: &QueryArgs) {
    if !args.why_empty {
        note(args.interface.advice("--why-empty explains why it is false", "`.why-empty on` explains false results"));
    }
}

/// How many rows to read: in the shell one more than its limit, which may have been set long before, to tell whether it cuts the result.
pub(super) fn max_rows(args: &QueryArgs) -> Option<usize> {
    let more = usize::from(args.interface == Interface::Shell);
    args.limit.map(|limit| limit.saturating_add(more))
}

/// Tells in the shell that its limit has cut a result, which has at least this number of rows or triples.
pub(super) fn note_limit(args: &QueryArgs, count: usize) {
    if let Some(limit) = args.limit.filter(|limit| args.interface == Interface::Shell && count > *limit) {
        note(format_args!("`.limit` is {limit}: further results are not shown"));
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
    let count = triples.len();
    triples.truncate(limit.unwrap_or(usize::MAX));
    let format = match args.output.named_format()? {
        None => GraphFormat(RdfFormat::Turtle),
        Some(QueryFormat::Graph(format)) => format,
        Some(QueryFormat::Results(_)) => return Err(wrong_format::<GraphFormat>(args, "the result is a graph")),
    };
    if args.csv_safe {
        return Err(only_cells());
    }
    let write =
        |mut out: &mut dyn Write| Ok(write_graph(triples, format, RdfVersion::V12, store.namespaces(), &mut out)?);
    args.output.write(Content::Data, write)?;
    if limit.is_some() {
        note_limit(args, count);
    }
    Ok(())
}

/// The content of results in a format.
pub(super) fn content(args: &QueryArgs, format: ResultsFormat) -> Result<Content, Failure> {
    match format {
        ResultsFormat::Standard(QueryResultsFormat::Csv) if args.csv_safe => Ok(Content::WithoutFormulas(b',')),
        ResultsFormat::Standard(QueryResultsFormat::Tsv) if args.csv_safe => Ok(Content::WithoutFormulas(b'\t')),
        _ if args.csv_safe => Err(only_cells()),
        ResultsFormat::Table | ResultsFormat::Markdown => Ok(Content::Text),
        ResultsFormat::Standard(QueryResultsFormat::Xml) => Ok(Content::Xml),
        ResultsFormat::Html | ResultsFormat::Standard(_) | ResultsFormat::JsonLines => Ok(Content::Data),
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
        Some(QueryFormat::Graph(_)) => Err(wrong_format::<ResultsFormat>(args, "the result is not a graph")),
    }
}

fn wrong_format<F: NamedFormat>(args: &QueryArgs, why: &str) -> Failure {
    let format = args.interface.advice("--format", "`.format`");
    Failure::new(format!("the format does not fit: {why}")).help(format!("use {format} with one of {}", F::list()))
}
