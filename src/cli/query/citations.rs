//! `factloom query --cite` and `--why-empty`

use super::QueryArgs;
use super::results::{default_results, format_of};
use crate::cli::failure::{Failure, say};
use crate::cli::output_file;
use crate::output::{
    CitationStyle, GraphFormat, RdfVersion, ResultsFormat, StatementText, TermDisplay, cited_triples, write_cited,
    write_graph,
};
use crate::query::{self, CitedQueryResults, cite};
use crate::store::Store;
use clap::ValueEnum;
use oxigraph::io::RdfFormat;
use spargebra::Query;

/// How citations stand in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Cite {
    /// Two more columns, or the like of the format
    Columns,
    /// Numbers behind each row, and the notes below: tables only
    Footnotes,
}

/// Answers a query with the statements behind each row, and says what the answer of an ASK query is.
pub(super) fn write(
    args: &QueryArgs,
    style: Cite,
    query: &Query,
    store: &Store,
    reading: &TermDisplay<'_>,
) -> Result<Option<bool>, Failure> {
    let mut results = cite(store, query)?;
    results.truncate(args.limit.unwrap_or(usize::MAX));
    let file = args.results_file.as_deref();
    if let CitedQueryResults::Graph(_) = results.results {
        let format = format_of(args, GraphFormat(RdfFormat::Turtle), "a graph")?;
        if style == Cite::Footnotes {
            return Err(only_tables());
        }
        let mut triples = cited_triples(&results, store.names());
        triples.sort_by_cached_key(ToString::to_string);
        triples.dedup();
        output_file::to(file, |mut out| Ok(write_graph(triples, format, RdfVersion::V12, store.names(), &mut out)?))?;
    } else {
        let table = style == Cite::Footnotes && file.is_none();
        let default = if table { ResultsFormat::Table } else { default_results(file) };
        let format = format_of(args, default, "rows")?;
        let style = match (style, format) {
            (Cite::Columns, _) => CitationStyle::Columns,
            (Cite::Footnotes, ResultsFormat::Table | ResultsFormat::Markdown) => CitationStyle::Footnotes,
            (Cite::Footnotes, ResultsFormat::Standard(_)) => return Err(only_tables()),
        };
        let text = StatementText::new(store, reading.labels);
        output_file::to(file, |mut out| Ok(write_cited(&results, format, style, reading, &text, &mut out)?))?;
    }
    for uncited in &results.gaps {
        say(format_args!("note: {uncited}"));
    }
    Ok(match results.results {
        CitedQueryResults::Boolean(answer, _) => Some(answer),
        CitedQueryResults::Solutions { .. } | CitedQueryResults::Graph(_) => None,
    })
}

/// Says why a query has no solution.
pub(super) fn why_empty(query: &Query, store: &Store) -> Result<(), Failure> {
    let steps = query::why_empty(store, query)?;
    if steps.is_empty() {
        say("note: the answer is not empty");
    }
    for step in &steps {
        say(format_args!("{step}"));
    }
    Ok(())
}

fn only_tables() -> Failure {
    Failure::new("footnotes stand below tables only").help("take --results-format table or markdown, or --cite=columns")
}
