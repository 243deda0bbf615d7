//! Statement summaries: the data of a statement that the view needs, without its quotes.

mod columns;

use super::{Backend, Corroboration, Store, StoreError};
use crate::model::{ClaimStatus, Kind, Period, SourceId, Statement, StatementId};
use columns::ColumnReader;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The summary of a statement.
///
/// ```
/// use factloom::store::{EdgeKind, StoreError};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let mut facts = 0;
/// store.for_each_summary(|summary| {
///     facts += usize::from(summary.kind == EdgeKind::Fact);
///     Ok::<_, StoreError>(())
/// })?;
/// assert!(facts > 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementSummary<'a> {
    /// The id of the statement.
    pub id: StatementId,
    /// Its subject.
    pub subject: &'a NamedNode,
    /// Its predicate.
    pub predicate: &'a NamedNode,
    /// Its object.
    pub object: Cow<'a, Term>,
    /// Whether it is a fact, an inference, an entailment or a claim.
    pub kind: EdgeKind,
    /// The number of independent sources that support it; see [`Corroboration::sources`].
    pub sources: usize,
    /// The sources of its evidence, sorted.
    pub cited: Arc<[SourceId]>,
    /// When it holds, according to its qualifiers.
    pub period: Option<Period>,
}

/// The kind of a statement, facts first: [`Kind`] without premises and speakers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// A source states it.
    Fact,
    /// A rule of the dataset derived it.
    Inference,
    /// It follows from the vocabulary by RDF Schema or OWL.
    Entailment,
    /// It is a claim.
    Claim(ClaimStatus),
}

impl EdgeKind {
    /// `fact`, `inference`, `entailment` or `claim`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Inference => "inference",
            Self::Entailment => "entailment",
            Self::Claim(_) => "claim",
        }
    }

    /// The status of a claim; `None` for other kinds.
    pub fn status(&self) -> Option<&ClaimStatus> {
        match self {
            Self::Claim(status) => Some(status),
            Self::Fact | Self::Inference | Self::Entailment => None,
        }
    }
}

impl From<&Kind> for EdgeKind {
    fn from(kind: &Kind) -> Self {
        match kind {
            Kind::Fact => Self::Fact,
            Kind::Inference(_) => Self::Inference,
            Kind::Entailment(_) => Self::Entailment,
            Kind::Claim(claim) => Self::Claim(claim.status.clone()),
        }
    }
}

impl Store {
    /// Calls `each` for every statement with an IRI as subject, in the order of the ids.
    ///
    /// Linear in the statements. Summaries of a compiled graph are read from its columns, without building a [`Statement`] each.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, if the triples of a statement are inconsistent, or if `each` returns one.
    pub fn for_each_summary<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(StatementSummary<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let corroboration = Corroboration::new(self);
        let Backend::Compiled(graph) = &self.backend else {
            return self
                .statements()
                .try_for_each(|statement| summary(&statement?, &corroboration)?.map_or(Ok(()), &mut each));
        };
        let mut columns = ColumnReader::new(self, graph, &corroboration)?;
        for node in self.statement_nodes() {
            self.check_cancelled()?;
            match columns.summary(node)? {
                Some(summary) => each(summary)?,
                None => {
                    let iri = graph.named_node(node).map_err(StoreError::from)?;
                    let statement = self.require_statement_of(iri.as_ref())?;
                    summary(&statement, &corroboration)?.map_or(Ok(()), &mut each)?;
                }
            }
        }
        Ok(())
    }

    /// The subjects of statements, and the objects of statements that are entities, sorted by IRI.
    ///
    /// # Errors
    ///
    /// See [`statements`](Self::statements).
    pub fn mentioned_entities(&self) -> Result<Vec<NamedNode>, StoreError> {
        if let Backend::Compiled(graph) = &self.backend {
            return columns::mentioned_entities(self, graph);
        }
        let mut found = BTreeSet::new();
        self.for_each_summary(|summary| {
            found.insert(summary.subject.clone());
            if let Term::NamedNode(object) = &*summary.object
                && self.namespaces().entity_id(object.as_ref()).is_some()
            {
                found.insert(object.clone());
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(found.into_iter().collect())
    }
}

/// The summary of a statement with an IRI as subject.
fn summary<'a>(
    statement: &'a Statement,
    corroboration: &Corroboration<'_>,
) -> Result<Option<StatementSummary<'a>>, StoreError> {
    let NamedOrBlankNode::NamedNode(subject) = &statement.triple.subject else { return Ok(None) };
    // Evidence is sorted by source.
    let mut cited: Vec<SourceId> = statement.evidence.iter().map(|evidence| evidence.source.clone()).collect();
    cited.dedup();
    Ok(Some(StatementSummary {
        id: statement.id.clone(),
        subject,
        predicate: &statement.triple.predicate,
        object: Cow::Borrowed(&statement.triple.object),
        kind: EdgeKind::from(&statement.kind),
        sources: corroboration.sources(statement)?,
        cited: cited.into(),
        period: Period::of(&statement.qualifiers),
    }))
}

#[cfg(test)]
mod tests;
