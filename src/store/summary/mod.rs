//! Statements in brief: what the view needs of each, and none of its words.

mod columns;

use super::{Backend, Corroboration, Store, StoreError};
use crate::model::{ClaimStatus, Kind, Period, SourceId, Statement, StatementId};
use columns::Columns;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A statement in brief.
///
/// ```
/// use factloom::store::{EdgeKind, StoreError};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let mut facts = 0;
/// store.for_each_summary(|outline| {
///     facts += usize::from(outline.kind == EdgeKind::Fact);
///     Ok::<_, StoreError>(())
/// })?;
/// assert!(facts > 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementSummary<'a> {
    /// The statement.
    pub id: StatementId,
    /// What it is about.
    pub subject: &'a NamedNode,
    /// Its predicate.
    pub predicate: &'a NamedNode,
    /// Its object.
    pub object: &'a Term,
    /// Whether it is a fact, an inference or a claim.
    pub kind: EdgeKind,
    /// How many independent sources state it; see [`Corroboration::sources`].
    pub sources: usize,
    /// The sources that its own evidence is from, sorted.
    pub cited: Arc<[SourceId]>,
    /// When it holds, as far as its qualifiers say.
    pub period: Option<Period>,
}

/// The kind of a statement, from the most to the least trusted: [`Kind`] without what an inference rests on and who claims a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// A source states it.
    Fact,
    /// A rule derived it.
    Inference,
    /// It is only claimed.
    Claim(ClaimStatus),
}

impl EdgeKind {
    /// `fact`, `inference` or `claim`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Inference => "inference",
            Self::Claim(_) => "claim",
        }
    }

    /// How certain a claim is; `None` of what is asserted.
    pub fn status(self) -> Option<ClaimStatus> {
        match self {
            Self::Claim(status) => Some(status),
            Self::Fact | Self::Inference => None,
        }
    }
}

impl From<&Kind> for EdgeKind {
    fn from(kind: &Kind) -> Self {
        match kind {
            Kind::Fact => Self::Fact,
            Kind::Inference(_) => Self::Inference,
            Kind::Claim(claim) => Self::Claim(claim.status),
        }
    }
}

impl Store {
    /// Hands out the statements about things that have a name, in brief, in the order of their ids.
    ///
    /// Linear in the statements. A compiled graph reads them off its columns, without making a [`Statement`] of each.
    ///
    /// # Errors
    ///
    /// Where the backend fails, or what claims to be a statement is none; and what `take` fails with, which ends it.
    pub fn for_each_summary<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(StatementSummary<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let corroboration = Corroboration::new(self);
        match &self.backend {
            Backend::Compiled(graph) => {
                let mut columns = Columns::new(self, graph, &corroboration)?;
                for node in self.statement_ids() {
                    if !columns.outline(node, &mut take)? {
                        let iri = graph.named_node(node).map_err(StoreError::from)?;
                        outline(&self.existing(iri.as_ref())?, &corroboration, &mut take)?;
                    }
                }
                Ok(())
            }
            Backend::Memory(_) => {
                self.statements().try_for_each(|statement| outline(&statement?, &corroboration, &mut take))
            }
        }
    }

    /// The entities that are subjects or objects of statements, and what else statements are about: sorted by IRI.
    ///
    /// # Errors
    ///
    /// As [`statements`](Self::statements).
    pub fn mentioned_entities(&self) -> Result<Vec<NamedNode>, StoreError> {
        match &self.backend {
            Backend::Compiled(graph) => columns::mentioned_entities(self, graph),
            Backend::Memory(_) => {
                let mut found = BTreeSet::new();
                for statement in self.statements() {
                    let triple = statement?.triple;
                    if let NamedOrBlankNode::NamedNode(subject) = triple.subject {
                        found.insert(subject);
                    }
                    if let Term::NamedNode(object) = triple.object
                        && self.names().entity_id(object.as_ref()).is_some()
                    {
                        found.insert(object);
                    }
                }
                Ok(found.into_iter().collect())
            }
        }
    }
}

/// Hands out a statement in brief, where it is about a thing that has a name.
fn outline<E: From<StoreError>>(
    statement: &Statement,
    corroboration: &Corroboration<'_>,
    take: &mut impl FnMut(StatementSummary<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let NamedOrBlankNode::NamedNode(subject) = &statement.triple.subject else { return Ok(()) };
    // Evidence is sorted by source.
    let mut cited: Vec<SourceId> = statement.evidence.iter().map(|evidence| evidence.source.clone()).collect();
    cited.dedup();
    take(StatementSummary {
        id: statement.id.clone(),
        subject,
        predicate: &statement.triple.predicate,
        object: &statement.triple.object,
        kind: EdgeKind::from(&statement.kind),
        sources: corroboration.sources(statement)?,
        cited: cited.into(),
        period: Period::of(&statement.qualifiers),
    })
}

#[cfg(test)]
mod tests;
