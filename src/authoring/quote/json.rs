//! Found passages as JSON.

use super::{QuoteCandidate, QuoteSearch, WordDifference};
use crate::authoring::fact_json::EvidenceJson;
use crate::model::{Evidence, SourceId};
use crate::output::{JsonLayout, OutputError, write_document, write_records};
use serde_json::{Value, json};
use std::io::Write;

/// Writes found passages as a JSON document, or the candidates as JSON Lines.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn quotes_json(search: &QuoteSearch, layout: JsonLayout, out: &mut impl Write) -> Result<(), OutputError> {
    let QuoteSearch { candidates, more, nearest, unavailable, without_text } = search;
    let ids = |sources: &[SourceId]| sources.iter().map(SourceId::as_str).collect::<Value>();
    match layout {
        JsonLayout::Lines => {
            write_records(candidates.iter().map(|one| Ok::<_, OutputError>(candidate(one))), layout, out)
        }
        JsonLayout::Document => {
            let mut document =
                json!({ "candidates": candidates.iter().map(candidate).collect::<Vec<_>>(), "more": more });
            if let Some(nearest) = nearest {
                document["nearest"] = candidate(nearest);
            }
            document["unavailable"] = ids(unavailable);
            document["withoutText"] = ids(without_text);
            Ok(write_document(&document, out)?)
        }
    }
}

fn candidate(candidate: &QuoteCandidate) -> Value {
    let QuoteCandidate { span, is_locked, omits_cue, similarity, differences, is_partial, context, .. } = candidate;
    let differences: Vec<&str> =
        differences.iter().map(|WordDifference { description, .. }| description.as_str()).collect();
    let mut json = json!({
        "evidence": evidence(candidate),
        "similarity": f64::from(*similarity) / 1000.0,
        "start": span.start(),
        "end": span.end(),
        "parts": span.parts().iter().map(|part| (part.start, part.end)).collect::<Vec<_>>(),
        "line": span.line(),
        "column": span.column(),
        "differences": differences,
        "basis": if *is_locked { "lock" } else { "text" },
    });
    if let Some(context) = context {
        json["context"] = context.json();
    }
    for (name, is_set) in [("omitsCue", *omits_cue), ("isPartial", *is_partial)] {
        if is_set {
            json[name] = true.into();
        }
    }
    json
}

/// The piece of evidence for a file of facts.
pub(super) fn evidence(candidate: &QuoteCandidate) -> EvidenceJson {
    let QuoteCandidate { source, quote, selector, .. } = candidate;
    let (quote, selector) = (Some(quote.clone()), selector.clone());
    EvidenceJson::new(&Evidence { quote, selector, ..Evidence::new(source.clone()) })
}
