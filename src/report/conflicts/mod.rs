//! Conflicts between sources: contradicting and disputed statements, with the support of each side and the inferences
//! from it.

mod json;
mod markdown;
mod text;
mod view;

pub use json::conflicts_json;
pub use markdown::conflicts_markdown;
pub use text::conflicts_text;

use super::dependents::dependents;
use crate::check::{ConflictKind, Denied, Exclusions};
use crate::model::{Kind, Stance, Statement, StatementId, vocab};
use crate::query::vocabulary_of;
use crate::store::{Corroboration, Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeSet, HashSet};

/// The kind of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceConflictKind {
    /// Statements that cannot all be true.
    Contradiction(ConflictKind),
    /// A statement that some evidence disputes.
    Disputed,
}

impl SourceConflictKind {
    /// The kind of the contradiction, or `disputed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contradiction(kind) => kind.as_str(),
            Self::Disputed => "disputed",
        }
    }
}

/// A conflict between sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceConflict {
    /// Its kind.
    pub kind: SourceConflictKind,
    /// The functional predicate or qualifier; `None` for other kinds.
    pub predicate: Option<NamedNode>,
    /// Two or more sides. For a denial and a disputed statement, the first one affirms it.
    pub sides: Vec<SourceConflictSide>,
}

/// A side of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceConflictSide {
    /// The value, or which of two predicates; `None` if the side affirms or denies a whole statement.
    pub value: Option<Term>,
    /// The statements, sorted by id. For a disputed statement, with the evidence of this side only.
    pub statements: Vec<Statement>,
    /// The number of independent sources that support it.
    pub sources: usize,
    /// The inferences from it, sorted by id. They depend on the triple, so facts with the same triple share them.
    pub inferred: Vec<Statement>,
}

impl SourceConflict {
    /// Whether a statement of any side mentions an entity.
    pub fn mentions(&self, entity: &NamedNode) -> bool {
        self.sides.iter().flat_map(|side| &side.statements).any(|statement| statement.mentions(entity))
    }
}

/// Finds the conflicts in a graph: contradictions by their kinds, then disputed statements by their ids.
///
/// Reads all statements once; takes O(n log n) for the n statements that may conflict, and time linear in the number of
/// inferences from them.
///
/// # Errors
///
/// Returns an error if the store cannot be read.
///
/// ```
/// use factloom::report::{SourceConflictKind, source_conflicts};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let found = source_conflicts(&store)?;
/// assert!(found.iter().any(|conflict| conflict.kind == SourceConflictKind::Disputed));
/// assert!(found.iter().all(|conflict| conflict.sides.len() > 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn source_conflicts(store: &Store) -> Result<Vec<SourceConflict>, StoreError> {
    let exclusions = Exclusions::new(&vocabulary_of(store.metadata())?);
    let denied = denied_triples(store)?;
    let denied: Denied<'_> = denied.iter().collect();
    let (mut candidates, mut disputed) = (Vec::new(), Vec::new());
    for statement in store.statements() {
        let statement = statement?;
        if statement.evidence.iter().any(|evidence| evidence.stance == Stance::Disputes) {
            disputed.push(statement.clone());
        }
        if exclusions.may_conflict(&statement) || denied.entailed(&statement.triple, &exclusions).next().is_some() {
            candidates.push(statement);
        }
    }
    let corroboration = Corroboration::new(store);
    let mut found = Vec::new();
    for conflict in exclusions.conflicts(&candidates) {
        let mut sides = Vec::with_capacity(conflict.sides.len());
        for side in conflict.sides {
            let statements: Vec<Statement> = side.statements.iter().map(|n| candidates[*n].clone()).collect();
            let sources = corroboration.supporting_sources(statements.iter().flat_map(|s| &s.evidence))?;
            let inferred = inferences_from(store, &statements)?;
            sides.push(SourceConflictSide { value: side.value, statements, sources, inferred });
        }
        let kind = SourceConflictKind::Contradiction(conflict.kind);
        found.push(SourceConflict { kind, predicate: conflict.predicate, sides });
    }
    for statement in disputed {
        let mut sides = Vec::with_capacity(2);
        for stance in [Stance::Supports, Stance::Disputes] {
            let mut side = statement.clone();
            side.evidence.retain(|evidence| evidence.stance == stance);
            let sources = corroboration.sources_with_stance(&side.evidence, stance)?;
            let statements = vec![side];
            let inferred = match stance {
                Stance::Supports => inferences_from(store, &statements)?,
                Stance::Disputes => Vec::new(),
            };
            sides.push(SourceConflictSide { value: None, statements, sources, inferred });
        }
        found.push(SourceConflict { kind: SourceConflictKind::Disputed, predicate: None, sides });
    }
    Ok(found)
}

fn denied_triples(store: &Store) -> Result<HashSet<Triple>, StoreError> {
    let mut triples = HashSet::new();
    for node in store.subjects(vocab::fl::STATUS, vocab::fl::DENIED.into())? {
        let NamedOrBlankNode::NamedNode(node) = node else { continue };
        let Some(id) = store.namespaces().statement_id(node.as_ref()) else { continue };
        triples.extend(store.statement(&id)?.map(|statement| statement.triple));
    }
    Ok(triples)
}

/// The inferences from facts. A derivation records the first fact of each triple, so all facts with the triple count.
fn inferences_from(store: &Store, statements: &[Statement]) -> Result<Vec<Statement>, StoreError> {
    let mut ids: BTreeSet<StatementId> = BTreeSet::new();
    let facts = statements.iter().filter(|statement| statement.kind == Kind::Fact);
    for triple in facts.map(|fact| &fact.triple).collect::<HashSet<_>>() {
        ids.extend(store.statement_ids_of_triple(triple)?);
    }
    dependents(store, ids.into_iter().collect())
}
