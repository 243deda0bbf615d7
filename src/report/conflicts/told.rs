//! A disagreement in words, whatever they are written as.

use super::{Disagreement, DisagreementKind, DisagreementSide};
use crate::check::ConflictKind;
use crate::model::{Evidence, Publisher, Qualifier, Stance, Statement};
use crate::output::{StatementText, evidence_location};
use crate::store::StoreError;
use oxigraph::model::{Literal, NamedOrBlankNode, Term};

/// How many inferences of a side are named.
const NAMED: usize = 5;

/// A disagreement in words.
pub(super) struct Told {
    pub heading: String,
    pub reason: String,
    pub sides: Vec<ToldSide>,
}

/// One side of it in words.
pub(super) struct ToldSide {
    pub says: String,
    pub statements: Vec<ToldStatement>,
    pub rests_on: String,
    pub inferred: Vec<String>,
}

/// A statement of a side in words.
pub(super) struct ToldStatement {
    /// The sentence, its kind and id, its qualifiers: a line each.
    pub lines: Vec<String>,
    pub evidence: Vec<ToldEvidence>,
}

/// Evidence in words.
pub(super) struct ToldEvidence {
    pub quote: Option<String>,
    /// The source, with line and column and who published it.
    pub place: String,
    pub link: Option<String>,
    pub note: Option<String>,
}

impl Told {
    pub(super) fn new(disagreement: &Disagreement, text: &StatementText<'_>) -> Result<Self, StoreError> {
        let first = &disagreement.sides[0].statements[0];
        let single = match &disagreement.predicate {
            Some(predicate) => {
                let value = Literal::new_simple_literal("").into();
                text.qualifier(&Qualifier { predicate: predicate.clone(), value })?.0
            }
            None => String::new(),
        };
        let subject = match &first.triple.subject {
            NamedOrBlankNode::NamedNode(iri) => text.labels().name(iri)?.to_string(),
            NamedOrBlankNode::BlankNode(blank) => blank.to_string(),
        };
        let (heading, reason) = match disagreement.kind {
            DisagreementKind::Conflict(ConflictKind::Values) => {
                (format!("{subject} {single} …"), "conflict: one value can hold".to_owned())
            }
            DisagreementKind::Conflict(ConflictKind::Qualifiers) => {
                (text.sentence(first)?, format!("conflict: one {single} can hold"))
            }
            DisagreementKind::Conflict(ConflictKind::Predicates) => {
                let object = text.labels().term(&first.triple.object)?;
                (format!("{subject} … {object}"), "conflict: one of the two predicates can hold".to_owned())
            }
            DisagreementKind::Conflict(ConflictKind::Denial) => {
                // What facts entail may be denied; the claim says what.
                (text.sentence(&disagreement.sides[1].statements[0])?, "conflict: a fact, and denied".to_owned())
            }
            DisagreementKind::Disputed => (text.sentence(first)?, "disputed: evidence speaks against it".to_owned()),
        };
        let sides = disagreement.sides.iter().enumerate();
        let sides = sides.map(|(number, side)| told_side(disagreement.kind, number, side, text));
        Ok(Self { heading, reason, sides: sides.collect::<Result<_, _>>()? })
    }
}

fn told_side(
    kind: DisagreementKind,
    number: usize,
    side: &DisagreementSide,
    text: &StatementText<'_>,
) -> Result<ToldSide, StoreError> {
    let says = match (&side.says, kind, number) {
        (Some(Term::Literal(literal)), ..) if literal.language().is_some() => {
            format!("{} ({})", literal.value(), literal.language().unwrap_or_default())
        }
        (Some(term), ..) => text.labels().term(term)?,
        (None, DisagreementKind::Disputed, 0) => "supported".to_owned(),
        (None, DisagreementKind::Disputed, _) => "disputed".to_owned(),
        (None, _, 0) => "stated".to_owned(),
        (None, ..) => "denied".to_owned(),
    };
    let statements = side.statements.iter().map(|statement| told_statement(kind, statement, text));
    let sentences = side.inferred.iter().take(NAMED).map(|inference| text.sentence(inference));
    let mut inferred = sentences.collect::<Result<Vec<_>, _>>()?;
    if side.inferred.len() > NAMED {
        inferred.push(format!("and {} more", side.inferred.len() - NAMED));
    }
    let rests_on = match (side.sources, side.statements.iter().all(|statement| statement.evidence.is_empty())) {
        (0, true) => "no evidence".to_owned(),
        (0, false) => "background alone".to_owned(),
        (1, _) => "1 independent source".to_owned(),
        (sources, _) => format!("{sources} independent sources"),
    };
    Ok(ToldSide { says, statements: statements.collect::<Result<_, _>>()?, rests_on, inferred })
}

fn told_statement(
    kind: DisagreementKind,
    statement: &Statement,
    text: &StatementText<'_>,
) -> Result<ToldStatement, StoreError> {
    let mut lines = Vec::new();
    if matches!(kind, DisagreementKind::Conflict(ConflictKind::Values | ConflictKind::Predicates)) {
        lines.push(text.sentence(statement)?);
    }
    lines.push(format!("{} · {}", text.kind(statement)?, statement.id));
    for qualifier in &statement.qualifiers {
        let (name, value) = text.qualifier(qualifier)?;
        lines.push(format!("{name}: {value}"));
    }
    let evidence = statement.evidence.iter().map(|evidence| told_evidence(kind, evidence, text));
    Ok(ToldStatement { lines, evidence: evidence.collect::<Result<_, _>>()? })
}

fn told_evidence(
    kind: DisagreementKind,
    evidence: &Evidence,
    text: &StatementText<'_>,
) -> Result<ToldEvidence, StoreError> {
    let disputes = evidence.stance == Stance::Disputes && kind != DisagreementKind::Disputed;
    let disputes = if disputes { "disputed: " } else { "" };
    let place = evidence_location(evidence);
    let place = match text.corroboration().publisher(&evidence.source)? {
        Publisher::Known(name) => format!("{place}, {name}"),
        Publisher::Unknown | Publisher::Background => place,
    };
    Ok(ToldEvidence {
        quote: evidence.quote.as_ref().map(|quote| format!("{disputes}“{quote}”")),
        place,
        link: text.link(evidence)?,
        note: evidence.note.clone(),
    })
}
