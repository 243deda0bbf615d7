//! What became of a statement, in words.

use super::super::words::{Word, marked, replaced};
use super::super::{ChangedStatement, ComparedGraph, Comparison, FieldChange, StatementChange};
use super::{Detail, Item, Mark};
use crate::model::{Evidence, Kind, Premise, Qualifier, Selector, Span, Stance, Statement};
use crate::output::evidence_location;
use crate::store::StoreError;

pub(super) fn mark(change: &StatementChange) -> Mark {
    match change {
        StatementChange::Added(_) => Mark::Added,
        StatementChange::Removed(_) => Mark::Removed,
        StatementChange::Changed(_) => Mark::Changed,
    }
}

pub(in crate::report::diff) fn statement(change: &StatementChange, sides: &Comparison<'_>) -> Result<Item, StoreError> {
    let (side, statement) = match change {
        StatementChange::Removed(statement) => (&sides.before, statement),
        StatementChange::Added(statement) => (&sides.after, statement),
        StatementChange::Changed(changed) => (&sides.after, &changed.after),
    };
    let details = match change {
        StatementChange::Added(_) | StatementChange::Removed(_) => whole(statement, side, sides)?,
        StatementChange::Changed(changed) => aspects(changed, sides)?,
    };
    let about = format!("{} · {}", side.text.kind(statement)?, statement.id);
    Ok(Item { mark: mark(change), title: side.text.sentence(statement)?, about, details, rows: None })
}

/// All that a statement says and rests on.
fn whole(statement: &Statement, side: &ComparedGraph<'_>, sides: &Comparison<'_>) -> Result<Vec<Detail>, StoreError> {
    let mut details = Vec::new();
    for qualifier in &statement.qualifiers {
        let (name, value) = side.text.qualifier(qualifier)?;
        details.push(Detail::plain(None, name, value));
    }
    if let Kind::Inference(derivation) = &statement.kind {
        for premise in &derivation.premises {
            details.push(Detail::plain(None, "since", says(premise, side, sides)?));
        }
    }
    for evidence in &statement.evidence {
        details.push(evidence_detail(None, evidence, side)?);
    }
    Ok(details)
}

/// In what a statement differs from what it was.
fn aspects(changed: &ChangedStatement, sides: &Comparison<'_>) -> Result<Vec<Detail>, StoreError> {
    let ChangedStatement { before, after, aspects } = changed;
    let (was, is) = (&sides.before, &sides.after);
    let differs = |any: &[FieldChange]| aspects.iter().any(|aspect| any.contains(aspect));
    let mut details = Vec::new();
    if differs(&[FieldChange::Id]) {
        details.push(Detail::new(Some(Mark::Changed), "id", replaced(before.id.as_str(), after.id.as_str())));
    }
    if differs(&[FieldChange::Subject, FieldChange::Predicate, FieldChange::Object]) {
        let mut sentences = (was.text.sentence(before)?, is.text.sentence(after)?);
        if sentences.0 == sentences.1 {
            // Other things may be called the same.
            let exact = |side: &ComparedGraph<'_>, statement: &Statement| {
                side.store.names().shorten(&statement.triple.to_string())
            };
            sentences = (exact(was, before), exact(is, after));
        }
        details.push(Detail::new(Some(Mark::Changed), "", marked(&sentences.0, &sentences.1)));
    }
    if differs(&[FieldChange::Kind, FieldChange::Status, FieldChange::By, FieldChange::Rule]) {
        let mut kinds = (was.text.kind(before)?, is.text.kind(after)?);
        if let (true, Kind::Claim(before), Kind::Claim(after)) = (kinds.0 == kinds.1, &before.kind, &after.kind) {
            // Other entities may be called the same.
            let by = |claim: &crate::model::Claim| claim.by.as_ref().map(ToString::to_string).unwrap_or_default();
            kinds = (by(before), by(after));
        }
        details.push(Detail::new(Some(Mark::Changed), "", replaced(&kinds.0, &kinds.1)));
    }
    for aspect in aspects {
        match aspect {
            FieldChange::Qualifier(before, after) => details.push(qualifier(before.as_ref(), after.as_ref(), sides)?),
            FieldChange::Evidence(Some(before), Some(after)) => changed_evidence(before, after, is, &mut details)?,
            FieldChange::Evidence(before, after) => {
                let one = [(Mark::Removed, before, was), (Mark::Added, after, is)];
                for (mark, evidence, side) in one {
                    if let Some(evidence) = evidence {
                        details.push(evidence_detail(Some(mark), evidence, side)?);
                    }
                }
            }
            FieldChange::Premise(before, after) => {
                let before = before.as_ref().map(|premise| says(premise, was, sides)).transpose()?;
                let after = after.as_ref().map(|premise| says(premise, is, sides)).transpose()?;
                details.push(Detail::of("since", before, after, replaced));
            }
            FieldChange::Id
            | FieldChange::Subject
            | FieldChange::Predicate
            | FieldChange::Object
            | FieldChange::Kind
            | FieldChange::Status
            | FieldChange::By
            | FieldChange::Rule => {}
        }
    }
    Ok(details)
}

fn qualifier(
    before: Option<&Qualifier>,
    after: Option<&Qualifier>,
    sides: &Comparison<'_>,
) -> Result<Detail, StoreError> {
    let read =
        |side: &ComparedGraph<'_>, qualifier: Option<&Qualifier>| qualifier.map(|q| side.text.qualifier(q)).transpose();
    let (was, is) = (read(&sides.before, before)?, read(&sides.after, after)?);
    let name = is.as_ref().or(was.as_ref()).map(|(name, _)| name.clone()).unwrap_or_default();
    let (mut was, mut is) = (was.map(|(_, value)| value), is.map(|(_, value)| value));
    if was == is {
        (was, is) = (before.map(|q| q.value.to_string()), after.map(|q| q.value.to_string()));
    }
    Ok(Detail::of(&name, was, is, replaced))
}

/// What an inference rests on. The side that no longer has the statement may know it under another id.
fn says(premise: &Premise, side: &ComparedGraph<'_>, sides: &Comparison<'_>) -> Result<String, StoreError> {
    let id = match premise {
        Premise::Statement(id) => id,
        Premise::Declared(triple) => return Ok(format!("{} (given)", side.text.triple(triple)?)),
    };
    for side in [side, &sides.before, &sides.after] {
        if let Some(statement) = side.store.statement(id)? {
            return side.text.sentence(&statement);
        }
    }
    Ok(id.to_string())
}

fn evidence_detail(mark: Option<Mark>, evidence: &Evidence, side: &ComparedGraph<'_>) -> Result<Detail, StoreError> {
    let mut text = match &evidence.quote {
        Some(quote) => format!("“{quote}”  {}", evidence_location(evidence)),
        None => evidence_location(evidence),
    };
    if let Some(note) = &evidence.note {
        text = format!("{text}, note: {note}");
    }
    let label = if evidence.stance == Stance::Disputes { "disputed" } else { "" };
    Ok(Detail { link: side.text.link(evidence)?, ..Detail::plain(mark, label, text) })
}

/// Evidence in which something differs: the quote with its place, and then what else.
fn changed_evidence(
    before: &Evidence,
    after: &Evidence,
    side: &ComparedGraph<'_>,
    details: &mut Vec<Detail>,
) -> Result<(), StoreError> {
    // Destructured, so that a field that is not shown has to be left out on purpose.
    let Evidence { source: _, stance, quote, note, selector, span } = after;
    let mut words = Vec::new();
    if let (Some(was), Some(is)) = (&before.quote, quote) {
        words.push(Word::Same("“".to_owned()));
        words.extend(marked(was, is));
        words.push(Word::Same("”  ".to_owned()));
    } else {
        let quoted = |quote: &Option<String>| quote.as_ref().map(|q| format!("“{q}”  ")).unwrap_or_default();
        words.extend(replaced(&quoted(&before.quote), &quoted(quote)));
    }
    let mut places = (evidence_location(before), evidence_location(after));
    if places.0 == places.1 && before.span != *span {
        let parts = |span: &Option<Span>| {
            let parts = span.iter().flat_map(Span::parts).map(|part| format!("{}–{}", part.start, part.end));
            format!(" characters {}", parts.collect::<Vec<_>>().join(", "))
        };
        places = (places.0 + &parts(&before.span), places.1 + &parts(span));
    }
    words.extend(replaced(&places.0, &places.1));
    details.push(Detail { link: side.text.link(after)?, ..Detail::new(Some(Mark::Changed), "", words) });
    let mut differ = |label: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            details.push(Detail::of(label, before, after, marked));
        }
    };
    differ("note", before.note.clone(), note.clone());
    let stance_of = |stance: Stance| Some(if stance == Stance::Disputes { "disputes" } else { "supports" }.to_owned());
    differ("stance", stance_of(before.stance), stance_of(*stance));
    let Selector { nth, prefix, suffix } = selector;
    differ("nth", before.selector.nth.map(|nth| nth.to_string()), nth.map(|nth| nth.to_string()));
    differ("prefix", before.selector.prefix.clone(), prefix.clone());
    differ("suffix", before.selector.suffix.clone(), suffix.clone());
    Ok(())
}
