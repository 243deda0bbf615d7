//! Writing the answer of a query in the format that was asked for.

use super::QueryArgs;
use crate::cli::failure::Failure;
use crate::cli::output_file;
use crate::output::{
    GraphFormat, NamedFormat, RdfVersion, ResultsFormat, TermDisplay, write_boolean, write_graph, write_results,
};
use crate::store::Store;
use oxigraph::io::RdfFormat;
use oxigraph::model::Triple;
use oxigraph::sparql::QueryResults;
use oxigraph::sparql::results::QueryResultsFormat;
use spargebra::Query;
use std::io::IsTerminal;
use std::path::Path;

/// Answers a query, and says what the answer of an ASK query is.
pub(super) fn write(
    args: &QueryArgs,
    query: &Query,
    store: &Store,
    reading: &TermDisplay<'_>,
) -> Result<Option<bool>, Failure> {
    let file = args.results_file.as_deref();
    match store.query(query)? {
        QueryResults::Solutions(solutions) => {
            let format = format_of(args, default_results(file), "rows")?;
            output_file::to(file, |mut out| Ok(write_results(solutions, format, reading, &mut out)?))?;
            Ok(None)
        }
        QueryResults::Boolean(answer) => {
            let format = match (args.results_format.as_deref(), file) {
                (None, None) => ResultsFormat::Table,
                _ => format_of(args, default_results(file), "true or false")?,
            };
            output_file::to(file, |mut out| Ok(write_boolean(answer, format, &mut out)?))?;
            Ok(Some(answer))
        }
        QueryResults::Graph(triples) => {
            let format = format_of(args, GraphFormat(RdfFormat::Turtle), "a graph")?;
            let mut triples = triples.collect::<Result<Vec<Triple>, _>>()?;
            triples.sort_by_cached_key(ToString::to_string);
            triples.dedup();
            triples.truncate(args.limit.unwrap_or(usize::MAX));
            output_file::to(file, |mut out| {
                Ok(write_graph(triples, format, RdfVersion::V12, store.names(), &mut out)?)
            })?;
            Ok(None)
        }
    }
}

/// What rows are written as where nobody says: a table on a terminal, else CSV.
pub(super) fn default_results(file: Option<&Path>) -> ResultsFormat {
    match file.is_none() && std::io::stdout().is_terminal() {
        true => ResultsFormat::Table,
        false => ResultsFormat::Standard(QueryResultsFormat::Csv),
    }
}

/// The format that the arguments name, or the file's ending, or else the default.
pub(super) fn format_of<F: NamedFormat>(args: &QueryArgs, default: F, what: &str) -> Result<F, Failure> {
    if let Some(name) = &args.results_format {
        return F::from_name(name).ok_or_else(|| {
            Failure::new(format!("`{name}` is no format for {what}")).help(format!("the formats are {}", F::list()))
        });
    }
    let Some(file) = args.results_file.as_deref() else { return Ok(default) };
    match F::from_path(file) {
        Some(format) => Ok(format),
        None if ResultsFormat::from_path(file).is_some() || GraphFormat::from_path(file).is_some() => {
            let message = format!("the ending of `{}` names no format for {what}", file.display());
            Err(Failure::new(message).help(format!("the formats are {}; --results-format names one", F::list())))
        }
        None => Ok(default),
    }
}
