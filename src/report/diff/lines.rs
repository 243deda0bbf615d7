//! The lines of a statement or a resource, and how they differ between two versions.

use super::matching::match_by;
use super::words::{Word, word_diff};
use super::{ChangeKind, ComparedGraph};
use crate::model::{Kind, Statement};
use crate::output::{evidence_position, premise_id};
use crate::store::StoreError;

/// A line of one version.
pub(super) struct VersionLine {
    /// Lines with the same group are versions of each other.
    pub(super) group: String,
    /// Equal only if the lines are equal. Shown if different lines have the same text.
    pub(super) exact: String,
    pub(super) text: String,
    pub(super) link: Option<String>,
}

/// A line of a report.
pub(super) struct DiffLine {
    /// `None` if the whole item was added or removed.
    pub(super) kind: Option<ChangeKind>,
    pub(super) words: Vec<Word>,
    pub(super) link: Option<String>,
}

impl DiffLine {
    pub(super) fn unmarked(text: impl Into<String>) -> Self {
        Self { kind: None, words: vec![Word::Same(text.into())], link: None }
    }
}

impl VersionLine {
    pub(super) fn new(group: impl Into<String>, exact: impl Into<String>, text: impl Into<String>) -> Self {
        Self { group: group.into(), exact: exact.into(), text: text.into(), link: None }
    }

    pub(super) fn into_line(self, kind: Option<ChangeKind>) -> DiffLine {
        DiffLine { kind, words: vec![Word::Same(self.text)], link: self.link }
    }
}

/// The lines that differ between two versions.
pub(super) fn changed_lines(before: Vec<VersionLine>, after: Vec<VersionLine>) -> Vec<DiffLine> {
    let equal = match_by(before, after, |line| Some((line.group.clone(), line.exact.clone())));
    let same_text = match_by(equal.before, equal.after, |line| Some((line.group.clone(), line.text.clone())));
    let same_group = match_by(same_text.before, same_text.after, |line| Some(line.group.clone()));
    let changed = same_text.pairs.into_iter().chain(same_group.pairs).map(|(before, after)| {
        let words = match before.text == after.text {
            true => word_diff(&before.exact, &after.exact),
            false => word_diff(&before.text, &after.text),
        };
        DiffLine { kind: Some(ChangeKind::Changed), words, link: after.link }
    });
    let removed = same_group.before.into_iter().map(|line| line.into_line(Some(ChangeKind::Removed)));
    let added = same_group.after.into_iter().map(|line| line.into_line(Some(ChangeKind::Added)));
    changed.chain(removed).chain(added).collect()
}

/// The id, the sentence and the kind of a statement.
pub(super) fn main_lines(statement: &Statement, graph: &ComparedGraph<'_>) -> Result<Vec<VersionLine>, StoreError> {
    let kind = match &statement.kind {
        Kind::Fact => "fact".to_owned(),
        Kind::Claim(claim) => {
            let by = claim.by.as_ref().map(|by| format!(" by {}", graph.exact(by))).unwrap_or_default();
            format!("claim, {}{by}", claim.status.as_str())
        }
        Kind::Inference(derivation) | Kind::Entailment(derivation) => {
            format!("{}, rule {}", statement.kind.as_str(), derivation.rule)
        }
    };
    let id = statement.id.as_str();
    Ok(vec![
        VersionLine::new("id", id, format!("id: {id}")),
        VersionLine::new("sentence", graph.exact(&statement.triple), graph.text.sentence(&statement.triple)?),
        VersionLine::new("kind", kind, graph.text.kind(statement)?),
    ])
}

/// The qualifiers, premises and evidence of a statement.
pub(super) fn detail_lines(statement: &Statement, graph: &ComparedGraph<'_>) -> Result<Vec<VersionLine>, StoreError> {
    let mut lines = Vec::new();
    for (qualifier, detail) in statement.qualifiers.iter().zip(graph.text.qualifiers(statement)?) {
        let exact = format!("{}{}", detail.prefix, graph.exact(&qualifier.value));
        lines.push(VersionLine::new(qualifier.predicate.as_str(), exact, detail.to_string()));
    }
    if let Some(derivation) = statement.kind.derivation() {
        for (premise, detail) in derivation.premises.iter().zip(graph.text.premises(statement)?) {
            let exact = format!("{}{}", detail.prefix, premise_id(premise));
            lines.push(VersionLine::new(detail.text.clone(), exact, detail.to_string()));
        }
    }
    for evidence in &statement.evidence {
        for detail in graph.text.evidence(evidence)? {
            let group = format!("{} {}", evidence.source, detail.location.is_empty());
            let exact = format!("{detail}{}", evidence_position(evidence));
            lines.push(VersionLine { link: detail.link.clone(), ..VersionLine::new(group, exact, detail.to_string()) });
        }
    }
    Ok(lines)
}
