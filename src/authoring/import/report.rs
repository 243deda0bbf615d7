//! The verdicts as text and as JSON.

use super::{Import, Judgement, Reason, Verdict};
use crate::escape::json::EscapeControls;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A verdict as JSON.
#[derive(Serialize)]
struct JudgementJson<'a> {
    number: usize,
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [Reason],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ImportJson<'a> {
    proposals: Vec<JudgementJson<'a>>,
    counts: BTreeMap<&'static str, usize>,
    set_aside: &'a BTreeMap<String, usize>,
    notes: &'a [String],
}

impl<'a> JudgementJson<'a> {
    fn new((index, judgement): (usize, &'a Judgement)) -> Self {
        let Judgement { origin, verdict, id, reasons, notes } = judgement;
        let line = Some(origin.line).filter(|line| *line > 0);
        let (file, id, verdict) = (origin.file.as_str(), id.as_deref(), verdict.as_str());
        Self { number: index + 1, file, line, verdict, id, reasons, notes }
    }
}

/// Writes the verdicts about all proposals as a JSON document.
pub fn write_json(import: &Import, out: impl Write) -> io::Result<()> {
    let mut out = EscapeControls(out);
    let json = ImportJson {
        proposals: import.judgements.iter().enumerate().map(JudgementJson::new).collect(),
        counts: import.counts().into_iter().map(|(verdict, count)| (verdict.as_str(), count)).collect(),
        set_aside: &import.set_aside,
        notes: &import.notes,
    };
    serde_json::to_writer_pretty(&mut out, &json)?;
    writeln!(out)
}

/// Writes the verdicts about all proposals as JSON Lines.
pub fn write_jsonl(import: &Import, out: impl Write) -> io::Result<()> {
    let mut out = EscapeControls(out);
    for judgement in import.judgements.iter().enumerate() {
        serde_json::to_writer(&mut out, &JudgementJson::new(judgement))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes the verdicts as text: each, unless a proposal was accepted as it is, and the number of each verdict.
pub fn write_text(import: &Import, mut out: impl Write) -> io::Result<()> {
    for Judgement { origin, verdict, id, reasons, notes } in &import.judgements {
        if *verdict == Verdict::Accepted && reasons.is_empty() && notes.is_empty() {
            continue;
        }
        let id = id.as_deref().map(|id| format!(" `{id}`")).unwrap_or_default();
        writeln!(out, "{origin}: {}{id}", verdict.describe())?;
        for reason in reasons {
            write_reason(reason, &mut out)?;
        }
        for note in notes {
            writeln!(out, "    note: {note}")?;
        }
    }
    let counts = import.counts();
    let count = |verdict: Verdict| counts.iter().find(|(one, _)| *one == verdict).map_or(0, |(_, count)| *count);
    let rejected: Vec<String> = counts
        .iter()
        .filter(|(verdict, _)| verdict.is_rejection())
        .map(|(verdict, count)| format!("{count} {}", verdict.describe()))
        .collect();
    let proposals = match import.judgements.len() {
        1 => "1 proposal".to_owned(),
        number => format!("{number} proposals"),
    };
    let mut summary = vec![format!("{proposals}: {} accepted", count(Verdict::Accepted))];
    for (verdict, what) in [(Verdict::AddsEvidence, "with new evidence"), (Verdict::Duplicate, "duplicate")] {
        match (count(verdict), verdict) {
            (0, _) => {}
            (number @ 2.., Verdict::Duplicate) => summary.push(format!("{number} {what}s")),
            (number, _) => summary.push(format!("{number} {what}")),
        }
    }
    if !rejected.is_empty() {
        summary.push(format!("{} rejected ({})", import.rejected(), rejected.join(", ")));
    }
    writeln!(out, "{}", summary.join(", "))
}

/// Writes a reason like a finding, without the excerpt of a file.
fn write_reason(reason: &Reason, out: &mut impl Write) -> io::Result<()> {
    let Reason { code, message, label, help, notes } = reason;
    let code = code.map(|code| format!("[{code}] ")).unwrap_or_default();
    let label = if label.is_empty() { String::new() } else { format!(": {label}") };
    writeln!(out, "    {code}{message}{label}")?;
    for note in notes {
        writeln!(out, "    note: {note}")?;
    }
    match help.as_str() {
        "" => Ok(()),
        help => writeln!(out, "    help: {help}"),
    }
}
