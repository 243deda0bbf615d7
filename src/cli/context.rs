//! `--context`

use super::load::Graph;
use super::messages::note;
use crate::dataset::{Dataset, OpenOutcome};
use crate::model::SourceId;
use crate::output::SourceTexts;
use clap::ValueEnum;
use std::cell::OnceCell;

/// How much of a source is shown around a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ContextArg {
    /// The sentences that contain the quoted words
    Sentence,
}

impl ContextArg {
    /// The texts of the sources of a graph. The dataset is opened when the first text is needed.
    pub(super) fn texts(self, graph: &Graph) -> SourceTexts<'_> {
        let Self::Sentence = self;
        let dataset: OnceCell<Option<Dataset>> = OnceCell::new();
        let open = || {
            let (root, options) = graph.dataset.clone()?;
            let OpenOutcome { dataset, .. } = Dataset::open_with(root, options);
            dataset
        };
        SourceTexts::new(move |source| {
            let dataset = dataset.get_or_init(open).as_ref()?;
            let source = dataset.source(source.as_str())?;
            Some(dataset.text(source).ok()??.into_owned())
        })
    }
}

/// Names the sources whose quotes are shown without a context.
pub(super) fn note_missing(texts: Option<&SourceTexts<'_>>) {
    let missing = texts.map(SourceTexts::missing).unwrap_or_default();
    let shown: Vec<String> = missing.iter().take(MAX_NAMED).map(|source: &SourceId| format!("`{source}`")).collect();
    match (&shown[..], missing.len() - shown.len()) {
        ([], _) => {}
        ([only], 0) => note(format_args!("the text of {only} is unavailable, so its quotes are shown without context")),
        (several, others) => {
            let others = if others > 0 { format!(" and {others} other sources") } else { String::new() };
            let names = several.join(", ");
            note(format_args!(
                "the texts of {names}{others} are unavailable, so their quotes are shown without context"
            ));
        }
    }
}

/// The number of sources that a message names.
const MAX_NAMED: usize = 5;
