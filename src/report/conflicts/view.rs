//! A conflict as text for tables, independent of their format.

use super::SourceConflictKind::{Contradiction, Disputed};
use super::{SourceConflict, SourceConflictKind, SourceConflictSide};
use crate::check::ConflictKind;
use crate::model::{Publisher, Statement};
use crate::output::StatementText;
use crate::store::StoreError;
use oxigraph::model::Term;

/// The maximum number of inferences that are shown for a side.
const MAX_INFERENCES: usize = 5;

/// A conflict as text.
pub(super) struct View {
    pub(super) heading: String,
    pub(super) reason: String,
    pub(super) sides: Vec<SideView>,
}

/// The cells of a side.
pub(super) struct SideView {
    /// The value, or which side it is.
    pub(super) label: String,
    /// The statements, their support, and the inferences from them.
    pub(super) cells: [Vec<CellLine>; 3],
}

/// A line of a cell.
pub(super) struct CellLine {
    pub(super) text: String,
    pub(super) link: Option<String>,
}

impl CellLine {
    fn new(text: String) -> Self {
        Self { text, link: None }
    }
}

impl View {
    pub(super) fn new(conflict: &SourceConflict, text: &StatementText<'_>) -> Result<Self, StoreError> {
        let kind = conflict.kind;
        let heading = heading(conflict, text)?;
        let predicate = conflict.predicate.as_ref().map(|predicate| text.labels().name(predicate)).transpose()?;
        let reason = match kind {
            Contradiction(ConflictKind::Values) => "conflict: only one value can be true".to_owned(),
            Contradiction(ConflictKind::Qualifiers) => {
                format!("conflict: only one {} can be true", predicate.unwrap_or_default())
            }
            Contradiction(ConflictKind::Predicates) => {
                "conflict: only one of the two predicates can be true".to_owned()
            }
            Contradiction(ConflictKind::Denial) => "conflict: stated as a fact, and denied".to_owned(),
            Disputed => "disputed by evidence".to_owned(),
        };
        let sides = conflict.sides.iter().enumerate();
        let sides = sides.map(|(number, side)| side_view(kind, number, side, text)).collect::<Result<_, _>>()?;
        Ok(Self { heading, reason, sides })
    }
}

/// A heading that names the subject of the conflict.
pub(super) fn heading(conflict: &SourceConflict, text: &StatementText<'_>) -> Result<String, StoreError> {
    let first = &conflict.sides[0].statements[0];
    let subject = || text.labels().term(&first.triple.subject.clone().into());
    Ok(match conflict.kind {
        Contradiction(ConflictKind::Values) => {
            let predicate = conflict.predicate.as_ref().unwrap_or(&first.triple.predicate);
            format!("{} {} …", subject()?, text.labels().name(predicate)?)
        }
        Contradiction(ConflictKind::Predicates) => {
            format!("{} … {}", subject()?, text.labels().term(&first.triple.object)?)
        }
        // The claim may deny a triple that follows from the fact.
        Contradiction(ConflictKind::Denial) => text.sentence(&conflict.sides[1].statements[0].triple)?,
        Contradiction(ConflictKind::Qualifiers) | Disputed => text.sentence(&first.triple)?,
    })
}

/// The value of a side, or which side it is.
pub(super) fn label(
    kind: SourceConflictKind,
    number: usize,
    side: &SourceConflictSide,
    text: &StatementText<'_>,
) -> Result<String, StoreError> {
    Ok(match (&side.value, kind, number) {
        (Some(Term::Literal(literal)), ..) if literal.language().is_some() => {
            format!("{} ({})", literal.value(), literal.language().unwrap_or_default())
        }
        (Some(term), ..) => text.labels().term(term)?,
        (None, Disputed, 0) => "supported".to_owned(),
        (None, Disputed, _) => "disputed".to_owned(),
        (None, _, 0) => "stated".to_owned(),
        (None, ..) => "denied".to_owned(),
    })
}

fn side_view(
    kind: SourceConflictKind,
    number: usize,
    side: &SourceConflictSide,
    text: &StatementText<'_>,
) -> Result<SideView, StoreError> {
    let mut statements = Vec::new();
    for statement in &side.statements {
        if !statements.is_empty() {
            statements.push(CellLine::new(String::new()));
        }
        if matches!(kind, Contradiction(ConflictKind::Values | ConflictKind::Predicates)) {
            statements.push(CellLine::new(text.sentence(&statement.triple)?));
        }
        add_lines(statement, text, &mut statements)?;
    }
    let has_evidence = side.statements.iter().any(|statement| !statement.evidence.is_empty());
    let support = match side.sources {
        0 if has_evidence => "supported only by background".to_owned(),
        0 => "no evidence".to_owned(),
        1 => "supported by 1 independent source".to_owned(),
        sources => format!("supported by {sources} independent sources"),
    };
    let mut inferences = Vec::new();
    for inference in side.inferred.iter().take(MAX_INFERENCES) {
        inferences.push(CellLine::new(text.sentence(&inference.triple)?));
    }
    if !inferences.is_empty() {
        inferences.insert(0, CellLine::new("inferred from it:".to_owned()));
    }
    if side.inferred.len() > MAX_INFERENCES {
        inferences.push(CellLine::new(format!("and {} more", side.inferred.len() - MAX_INFERENCES)));
    }
    let label = label(kind, number, side, text)?;
    Ok(SideView { label, cells: [statements, vec![CellLine::new(support)], inferences] })
}

/// Adds the kind, the qualifiers and the evidence of a statement. Locations are on separate lines, with the publisher.
fn add_lines(statement: &Statement, text: &StatementText<'_>, lines: &mut Vec<CellLine>) -> Result<(), StoreError> {
    lines.push(CellLine::new(format!("{} · {}", text.kind(statement)?, statement.id)));
    lines.extend(text.qualifiers(statement)?.iter().map(|qualifier| CellLine::new(qualifier.to_string())));
    for evidence in &statement.evidence {
        let publisher = match text.corroboration().publisher(&evidence.source)? {
            Publisher::Known(name) => format!(", {name}"),
            Publisher::Unknown | Publisher::Background => String::new(),
        };
        for mut detail in text.evidence(evidence)? {
            let location = std::mem::take(&mut detail.location);
            lines.push(CellLine::new(detail.to_string()));
            if !location.is_empty() {
                lines.push(CellLine { text: location + &publisher, link: detail.link });
            }
        }
    }
    Ok(())
}
