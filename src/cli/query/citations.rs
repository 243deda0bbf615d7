//! `factloom query --cite` and `--why-empty`

use super::QueryArgs;
use super::results::{content, default_results_format, note_empty, results_format, write_triples};
use crate::cli::context::note_missing;
use crate::cli::failure::Failure;
use crate::cli::load::Graph;
use crate::cli::messages::{note, print};
use crate::output::{CitationStyle, ResultsFormat, StatementText, TermDisplay, cited_triples, write_cited};
use crate::query::{self, CitedQueryResults, cite};
use crate::store::Store;
use clap::ValueEnum;
use spargebra::Query;

/// How citations are added to a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Cite {
    /// As two additional columns, or the equivalent in the format
    Columns,
    /// As numbers in the rows of a table, with notes below
    Footnotes,
}

/// Runs a query and writes its result with the statements behind each row. Returns the result of an ASK query.
pub(super) fn write(
    args: &QueryArgs,
    style: Cite,
    query: &Query,
    graph: &Graph,
    display: &TermDisplay<'_>,
) -> Result<Option<bool>, Failure> {
    let Graph { store, .. } = graph;
    let mut report = cite(store, query)?;
    report.truncate(args.limit.unwrap_or(usize::MAX));
    if let CitedQueryResults::Graph(_) = report.results {
        if style == Cite::Footnotes {
            return Err(only_tables());
        }
        write_triples(args, cited_triples(&report, store.namespaces()), None, store)?;
    } else {
        let is_table = style == Cite::Footnotes && args.output.output.is_none();
        let format = results_format(args, if is_table { ResultsFormat::Table } else { default_results_format(args) })?;
        let style = match (style, format) {
            (Cite::Columns, _) => CitationStyle::Columns,
            (Cite::Footnotes, ResultsFormat::Table | ResultsFormat::Markdown) => CitationStyle::Footnotes,
            (Cite::Footnotes, _) => return Err(only_tables()),
        };
        let texts = args.context.map(|context| context.texts(graph));
        let text = StatementText::new(store, display.labels).with_context(texts.as_ref());
        let content = content(args, format)?;
        args.output.write(content, |mut out| Ok(write_cited(&report, format, style, display, &text, &mut out)?))?;
        note_missing(texts.as_ref());
    }
    report.gaps.iter().for_each(note);
    note_empty(args, matches!(&report.results, CitedQueryResults::Solutions { rows, .. } if rows.is_empty()));
    Ok(match report.results {
        CitedQueryResults::Boolean(boolean, _) => Some(boolean),
        CitedQueryResults::Solutions { .. } | CitedQueryResults::Graph(_) => None,
    })
}

/// Explains on stderr why a query has no solutions.
pub(super) fn explain_empty(query: &Query, store: &Store) -> Result<(), Failure> {
    let empty_steps = query::why_empty(store, query)?;
    if empty_steps.is_empty() {
        note("the result is not empty");
    }
    empty_steps.iter().for_each(print);
    Ok(())
}

fn only_tables() -> Failure {
    Failure::new("footnotes require a table").help("use --format table or markdown, or --cite=columns")
}
