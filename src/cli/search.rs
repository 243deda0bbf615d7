//! `factloom search`

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{GraphArgs, Session};
use super::messages::note;
use super::selection::positive;
use crate::output::StatementText;
use crate::report::{SearchHit, SearchResults, search, search_json, search_text};
use crate::store::Labels;
use clap::Args;

/// Find entities, predicates, sources and quotes by words
///
/// Searches labels in all languages, aliases, titles, quotes and notes. Words match in any letter case and without accents, also as
/// the beginnings of longer words; a word that occurs nowhere is taken as a misspelling, and a note names what is shown in its place. The best matches come first.
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
    let SearchResults { hits, more, unknown } = search(store, &args.words.join(" "), args.limit)?;
    if hits.is_empty() {
        note("nothing has these words");
    }
    args.output.write(format.content(), |mut out| match format {
        ReportFormat::Text => Ok(search_text(&hits, &StatementText::new(store, &labels), &mut out)?),
        ReportFormat::Json(layout) => Ok(search_json(&hits, store, layout, &mut out)?),
    })?;
    note_corrections(&hits);
    unknown.iter().filter(|_| !hits.is_empty()).for_each(|word| note(format!("no text has “{word}”")));
    if more > 0 {
        note(format!("{more} more; --limit shows them"));
    }
    Ok(())
}

/// Names the words that were found in place of misspelt ones.
fn note_corrections(hits: &[SearchHit]) {
    let mut shown: Vec<(&str, Vec<&str>)> = Vec::new();
    for correction in hits.iter().flat_map(|hit| &hit.corrections) {
        let known = shown.iter().position(|(word, _)| *word == correction.word);
        let index = known.unwrap_or_else(|| {
            shown.push((&correction.word, Vec::new()));
            shown.len() - 1
        });
        let replacements = &mut shown[index].1;
        if !replacements.iter().any(|known| known.to_lowercase() == correction.replacement.to_lowercase()) {
            replacements.push(&correction.replacement);
        }
    }
    for (word, replacements) in shown {
        let list: Vec<String> = replacements.iter().map(|word| format!("“{word}”")).collect();
        note(format!("no text has “{word}”; showing {}", list.join(", ")));
    }
}
