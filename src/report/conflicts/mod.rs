//! What the sources disagree on: conflicts and disputed statements, with what each side rests on and what was inferred
//! from it.

mod markdown;
mod told;
mod write;

pub use markdown::disagreements_markdown;
pub use write::{disagreements_json, disagreements_text};

use crate::check::{ConflictKind, Exclusions};
use crate::model::{Kind, Stance, Statement, StatementId, vocab};
use crate::store::{Corroboration, Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What kind of disagreement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisagreementKind {
    /// Statements that cannot all hold.
    Conflict(ConflictKind),
    /// A statement that some evidence disputes.
    Disputed,
}

impl DisagreementKind {
    /// The kind's name in documents: that of the conflict, or `disputed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict(kind) => kind.as_str(),
            Self::Disputed => "disputed",
        }
    }
}

/// What sources disagree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// What kind it is.
    pub kind: DisagreementKind,
    /// The functional predicate or qualifier; `None` for the other kinds.
    pub predicate: Option<NamedNode>,
    /// The sides, two or more. Of a denial and of a disputed statement the first one speaks for it.
    pub sides: Vec<DisagreementSide>,
}

/// One side of a disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisagreementSide {
    /// What it says: the value, or which of two predicates; `None` where it speaks for or against a whole statement.
    pub says: Option<Term>,
    /// The statements that say so, sorted by id. Of a disputed statement each side has the evidence that speaks for it.
    pub statements: Vec<Statement>,
    /// How many independent sources it rests on.
    pub sources: usize,
    /// What was inferred from it, directly or by way of other inferences, sorted by id. What one fact of a triple entails,
    /// all facts of the triple entail.
    pub inferred: Vec<Statement>,
}

impl Disagreement {
    /// Whether a statement of either side speaks of an entity.
    pub fn mentions(&self, entity: &NamedNode) -> bool {
        self.sides.iter().flat_map(|side| &side.statements).any(|statement| statement.mentions(entity))
    }
}

/// Finds what the sources of a graph disagree on: conflicts by their kinds, and then disputed statements by their ids.
///
/// Takes one pass over the statements, and O(n log n) for those n that can conflict, which are kept in memory; and then as
/// long as there are inferences that rest on a side.
///
/// # Errors
///
/// Where the store fails.
///
/// ```
/// use factloom::report::{DisagreementKind, disagreements};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let found = disagreements(&store)?;
/// assert!(found.iter().any(|disagreement| disagreement.kind == DisagreementKind::Disputed));
/// assert!(found.iter().all(|disagreement| disagreement.sides.len() > 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn disagreements(store: &Store) -> Result<Vec<Disagreement>, StoreError> {
    let exclusions = Exclusions::new(&store.metadata().vocabulary()?);
    let denied = denied(store)?;
    let (mut concerned, mut disputed) = (Vec::new(), Vec::new());
    for statement in store.statements() {
        let statement = statement?;
        if statement.evidence.iter().any(|evidence| evidence.stance == Stance::Disputes) {
            disputed.push(statement.clone());
        }
        if exclusions.may_conflict(&statement) || is_denied(&statement.triple, &exclusions, &denied) {
            concerned.push(statement);
        }
    }
    let corroboration = Corroboration::new(store);
    let mut found = Vec::new();
    for conflict in exclusions.conflicts(&concerned) {
        let mut sides = Vec::with_capacity(conflict.sides.len());
        for side in conflict.sides {
            let statements: Vec<Statement> = side.statements.iter().map(|n| concerned[*n].clone()).collect();
            sides.push(DisagreementSide {
                says: side.value,
                sources: corroboration
                    .supporting_sources(statements.iter().flat_map(|statement| &statement.evidence))?,
                inferred: inferred(store, &statements)?,
                statements,
            });
        }
        let kind = DisagreementKind::Conflict(conflict.kind);
        found.push(Disagreement { kind, predicate: conflict.predicate, sides });
    }
    for statement in disputed {
        let mut sides = Vec::with_capacity(2);
        for stance in [Stance::Supports, Stance::Disputes] {
            let mut part = statement.clone();
            part.evidence.retain(|evidence| evidence.stance == stance);
            let inferred = if stance == Stance::Supports { inferred(store, &[part.clone()])? } else { Vec::new() };
            let sources = corroboration.sources_with_stance(&part.evidence, stance)?;
            sides.push(DisagreementSide { says: None, statements: vec![part], sources, inferred });
        }
        found.push(Disagreement { kind: DisagreementKind::Disputed, predicate: None, sides });
    }
    Ok(found)
}

/// Whether claims deny a triple, or what follows from it by a super-property.
fn is_denied(triple: &Triple, exclusions: &Exclusions, denied: &HashSet<Triple>) -> bool {
    let Triple { subject, predicate, object } = triple;
    let mut following = exclusions.with_ancestors(predicate).take_while(|_| !denied.is_empty());
    following.any(|predicate| denied.contains(&Triple::new(subject.clone(), predicate.clone(), object.clone())))
}

/// The triples that claims deny.
fn denied(store: &Store) -> Result<HashSet<Triple>, StoreError> {
    let mut triples = HashSet::new();
    for node in store.subjects(vocab::fl::STATUS, vocab::fl::DENIED.into())? {
        let NamedOrBlankNode::NamedNode(node) = node else { continue };
        let Some(id) = store.names().statement_id(node.as_ref()) else { continue };
        triples.extend(store.statement(&id)?.map(|statement| statement.triple));
    }
    Ok(triples)
}

/// What was inferred from statements. A rule matches triples, and names the first statement of each; so the inferences of
/// all statements of a triple are those of each.
fn inferred(store: &Store, statements: &[Statement]) -> Result<Vec<Statement>, StoreError> {
    let mut open: BTreeSet<StatementId> = BTreeSet::new();
    let mut triples: HashSet<&Triple> = HashSet::new();
    for statement in statements.iter().filter(|statement| statement.kind == Kind::Fact) {
        if triples.insert(&statement.triple) {
            open.extend(store.statements_of_triple(&statement.triple)?.into_iter().map(|same| same.id));
        }
    }
    let mut found: BTreeMap<StatementId, Statement> = BTreeMap::new();
    while let Some(id) = open.pop_first() {
        for inference in store.inferences_from(&id)? {
            if !found.contains_key(&inference.id) {
                open.insert(inference.id.clone());
                found.insert(inference.id.clone(), inference);
            }
        }
    }
    Ok(found.into_values().collect())
}
