//! `factloom query --cite` and `--why-empty`

use super::results::{
    content, default_results_format, note_empty, note_false, note_limit, results_format, write_triples,
};
use super::{Interface, QueryArgs};
use crate::cli::context::note_missing;
use crate::cli::failure::Failure;
use crate::cli::load::Graph;
use crate::cli::messages::{note, print};
use crate::output::{CitationStyle, ResultsFormat, StatementText, TermDisplay, cited_triples, write_cited};
use crate::query::{self, CitedQueryResults, cite};
use crate::store::Store;
use clap::ValueEnum;
use oxigraph::sparql::QueryResults;
use spargebra::Query;

/// Which settings of the shell permit footnotes.
pub(super) const TABLES_OF_SHELL: &str =
    "use `.format table`, `.format markdown` or `.format html`, or `.cite columns`";

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
    // A row that is not shown must not take the citation of an equal one.
    let limited = args.limit.map(|limit| query::with_limit(query.clone(), limit));
    let mut report = cite(store, limited.as_ref().unwrap_or(query))?;
    let mut count = report.results.citations().len();
    report.truncate(args.limit.unwrap_or(usize::MAX));
    if let CitedQueryResults::Graph(_) = report.results {
        if style == Cite::Footnotes {
            return Err(no_footnotes(args.interface.advice("use --cite=columns", "use `.cite columns`")));
        }
        write_triples(args, cited_triples(&report, store.namespaces()), None, store)?;
    } else {
        let is_table = style == Cite::Footnotes && args.output.output.is_none();
        let format = results_format(args, if is_table { ResultsFormat::Table } else { default_results_format(args) })?;
        let style = match (style, format) {
            (Cite::Columns, _) => CitationStyle::Columns,
            (Cite::Footnotes, ResultsFormat::Table | ResultsFormat::Markdown | ResultsFormat::Html) => {
                CitationStyle::Footnotes
            }
            (Cite::Footnotes, _) => {
                return Err(no_footnotes(
                    args.interface.advice("use --format table, markdown or html, or --cite=columns", TABLES_OF_SHELL),
                ));
            }
        };
        let texts = args.context.map(|context| context.texts(graph));
        let text = StatementText::new(store, display.labels).with_context(texts.as_ref());
        let content = content(args, format)?;
        args.output.write(content, |mut out| Ok(write_cited(&report, format, style, display, &text, &mut out)?))?;
        note_missing(texts.as_ref());
    }
    report.gaps.iter().for_each(note);
    if let CitedQueryResults::Solutions { rows, .. } = &report.results {
        note_empty(args, rows.is_empty());
        if args.interface == Interface::Shell
            && Some(count) == args.limit
            && let QueryResults::Solutions(all) = store.query(query)?
        {
            count = all.count();
        }
    }
    if matches!(report.results, CitedQueryResults::Boolean(false, _)) {
        note_false(args);
    }
    note_limit(args, count);
    Ok(match report.results {
        CitedQueryResults::Boolean(boolean, _) => Some(boolean),
        CitedQueryResults::Solutions { .. } | CitedQueryResults::Graph(_) => None,
    })
}

/// Explains on stderr why a query has no solutions.
pub(super) fn explain_empty(query: &Query, text: &str, store: &Store) -> Result<(), Failure> {
    let empty_steps = query::why_empty(store, query, text)?;
    if empty_steps.is_empty() {
        note("the result is not empty");
    }
    empty_steps.iter().for_each(print);
    Ok(())
}

/// The failure of footnotes outside of tables.
pub(super) fn no_footnotes(help: &str) -> Failure {
    Failure::new("footnotes require a table").help(help)
}
