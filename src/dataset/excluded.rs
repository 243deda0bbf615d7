//! Sentences that intentionally yield no statement.

use super::json::Record;
use super::manifest::Manifest;
use crate::diagnostic::{Code, FileId, Findings, Location, PathSegment, Suggestions};
use crate::model::{SourceId, nfc};
use std::collections::HashMap;

/// A sentence that intentionally yields no statement.
#[derive(Clone, Debug)]
pub struct ExcludedQuote {
    /// The source.
    pub source: SourceId,
    /// Words of the sentence.
    pub quote: String,
    /// Why it yields no statement.
    pub reason: String,
    /// The location of the quote in the manifest.
    pub location: (FileId, Location),
}

/// Reads the sentences that a manifest excludes. `sources` has the ids of the sources.
pub(super) fn excluded_quotes(
    manifest: &Record<Manifest>,
    sources: &HashMap<SourceId, usize>,
    findings: &mut Findings,
) -> Vec<ExcludedQuote> {
    let mut quotes = Vec::new();
    let mut suggestions = Suggestions::new(sources.keys().map(SourceId::as_str));
    for (index, item) in manifest.value.excluded.iter().enumerate() {
        let path = |member: &str| [PathSegment::from("excluded"), index.into(), member.into()];
        let (Some(source), Some(quote), Some(reason)) = (&item.source, &item.quote, &item.reason) else {
            if manifest.is_valid {
                let members = [("source", &item.source), ("quote", &item.quote), ("reason", &item.reason)];
                let missing = members.iter().find(|(_, value)| value.is_none()).map_or("", |(member, _)| member);
                let path = path(missing).into_iter().take(2);
                let finding = manifest.finding(Code::MissingField, path, format!("missing field `{missing}`"));
                let label = format!("this object has no `{missing}`");
                findings.push(finding.label(label).help(format!("add `\"{missing}\": \"…\"`")));
            }
            continue;
        };
        match sources.get_key_value(&*nfc(source)) {
            Some((source, _)) => quotes.push(ExcludedQuote {
                source: source.clone(),
                quote: quote.clone(),
                reason: reason.clone(),
                location: (manifest.file, manifest.location(path("quote"))),
            }),
            None => {
                let message = format!("unknown source `{source}`");
                let finding = manifest.finding(Code::UnknownSource, path("source"), message);
                let suggestion = suggestions.suggest(source, "add the source to `sources`");
                findings.push(finding.label("not the id of a source").suggestion(suggestion));
            }
        }
    }
    quotes
}
