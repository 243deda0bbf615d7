//! `factloom search`

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{GraphArgs, Session};
use super::messages::note;
use super::selection::positive;
use crate::output::StatementText;
use crate::report::{SearchResults, search, search_json, search_text};
use crate::store::Labels;
use clap::Args;

/// Find entities, predicates, sources and quotes by words
///
/// Searches labels in all languages, aliases, titles, quotes and notes. Words match in any letter case and without accents, also as
/// the beginnings of longer words; a word that occurs nowhere is taken as a misspelling. The best matches come first.
#[derive(Args, Debug)]
pub(super) struct SearchArgs {
    /// Words to search for
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,
    /// Maximum number of results
    #[arg(long, value_name = "N", value_parser = positive, default_value = "20")]
    limit: usize,
    #[command(flatten)]
    output: OutputArgs<ReportFormat>,
    #[command(flatten)]
    graph: GraphArgs,
}

pub(super) fn run(args: &SearchArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let store = &args.graph.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let SearchResults { hits, more } = search(store, &args.words.join(" "), args.limit)?;
    if hits.is_empty() {
        note("nothing has these words");
    }
    args.output.write(format.content(), |mut out| match format {
        ReportFormat::Text => Ok(search_text(&hits, &StatementText::new(store, &labels), &mut out)?),
        ReportFormat::Json(layout) => Ok(search_json(&hits, store, layout, &mut out)?),
    })?;
    if more > 0 {
        note(format!("{more} more; --limit shows them"));
    }
    Ok(())
}
