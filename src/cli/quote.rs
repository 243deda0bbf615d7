//! `factloom quote`

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Session, SourceArgs, with_progress};
use super::messages::{error, help, note};
use super::selection::positive;
use super::{output_file, resolve, stdin};
use crate::authoring::{QuoteSearch, QuoteSearchOptions, nearest_text, quotes_json, quotes_text, search_quotes};
use crate::check::quote_parts;
use crate::model::SourceId;
use crate::output::JsonLayout;
use clap::Args;

/// Find a passage by its words, and print the evidence to paste
///
/// Words may be misspelt, missing, or in another letter case, with other punctuation and line breaks; `…` stands for omitted words. The
/// words of the printed quote are those of the source, and `check` finds it at this position only. The best passages come first. The
/// exit status is 1 if no source has similar words.
#[derive(Args, Debug)]
pub(super) struct QuoteArgs {
    /// Words of the passage, or `-` to read them from stdin
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<String>,
    /// Only search this source; repeat to search several
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Maximum number of passages
    #[arg(long, value_name = "N", value_parser = positive, default_value = "5")]
    limit: usize,
    #[command(flatten)]
    output: OutputArgs<ReportFormat>,
    #[command(flatten)]
    sources: SourceArgs,
}

/// How many bytes of words are searched for. More are not one passage.
const MAX_WORDS: usize = 100_000;

pub(super) fn run(args: &QuoteArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let words = match &args.words[..] {
        [only] if only == "-" => stdin::read()?,
        words => words.join(" "),
    };
    if quote_parts(&words).is_empty() {
        return Err(Failure::new("no words to search for").help("name a few words of the passage"));
    }
    if words.len() > MAX_WORDS {
        let message = format!("{} bytes are too many for a quote", words.len());
        return Err(Failure::new(message).help("name the first words of the passage"));
    }
    let root = session.user_dataset(None)?;
    let dataset = args.sources.dataset(&root, session)?;
    let options = QuoteSearchOptions { sources: resolve::sources_of(&args.source, &dataset)?, limit: args.limit };
    let search = with_progress(|_| search_quotes(&dataset, &words, &options));
    output_file::write_with_status(args.output.output.as_deref(), format.content(), |mut out| match format {
        ReportFormat::Text => Ok(quotes_text(&search.candidates, &mut out)?),
        ReportFormat::Json(layout) => Ok(quotes_json(&search, layout, &mut out)?),
    })?;
    if !matches!(format, ReportFormat::Json(JsonLayout::Document)) {
        note_unsearched(&search);
    }
    if search.more > 0 {
        note(format!("{} more; --limit shows them", search.more));
    }
    if search.candidates.is_empty() {
        return Err(report_nothing(&search, dataset.sources.is_empty()));
    }
    Ok(())
}

/// Reports that no passage was found.
fn report_nothing(search: &QuoteSearch, is_without_sources: bool) -> Failure {
    if is_without_sources {
        return Failure::new("the dataset has no sources").help("add a source to `sources` in the manifest");
    }
    error("no source has these words, or similar ones");
    match &search.nearest {
        Some(nearest) => {
            note(format!("nearest passage at {}", nearest_text(nearest)));
            help("use words of this passage, or other words of the one that you mean");
        }
        None if search.unavailable.is_empty() => help("use fewer or other words, or add the text to the sources"),
        None => help("use fewer or other words, or name the directory of the missing texts with --source-dir"),
    }
    Failure::Findings
}

/// How many sources a note names.
const MAX_NAMED: usize = 5;

/// Names the sources whose texts were not searched.
fn note_unsearched(search: &QuoteSearch) {
    let named = |sources: &[SourceId]| {
        let names: Vec<String> = sources.iter().take(MAX_NAMED).map(|source| format!("`{source}`")).collect();
        match sources.len().saturating_sub(MAX_NAMED) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    };
    let QuoteSearch { unavailable, without_text, candidates, .. } = search;
    if !unavailable.is_empty() {
        note(format!("only the locked quotes of {} were searched: the text is unavailable", named(unavailable)));
    }
    if !without_text.is_empty() && candidates.is_empty() {
        note(format!("not searched, as the dataset has no text: {}", named(without_text)));
    }
}
