//! Assembles a graph from statements and rules.

use super::{Inferences, Rule, RuleError, RuleOptions, infer};
use crate::dataset::Vocabulary;
use crate::model::{Namespaces, Statement, StatementId};
use crate::store::{GraphBuilder, GraphError, GraphMetadata, Store, StoreError};
use crate::triples;
use itertools::Itertools;
use oxigraph::model::{NamedNode, TripleRef};
use std::borrow::Cow;

/// A callback that receives triples.
pub type TripleSink<'a> = dyn FnMut(TripleRef<'_>) + 'a;

/// The contents of a graph.
pub struct Assembly<'a> {
    /// Writes the triples of the vocabulary and the entities, which rules match.
    pub declared: &'a dyn Fn(&mut TripleSink<'_>),
    /// Writes the triples about sources and declared statuses, which rules do not match.
    pub described: &'a dyn Fn(&mut TripleSink<'_>),
    /// The entities. They get the first term ids.
    pub entities: &'a [NamedNode],
    /// Facts and claims, in any order.
    pub statements: Vec<&'a Statement>,
    /// The rules, sorted by name.
    pub rules: &'a [Rule],
    /// The vocabulary.
    pub vocabulary: &'a Vocabulary,
    /// The namespaces.
    pub namespaces: &'a Namespaces,
    /// How the rules are run.
    pub rule_options: &'a RuleOptions,
}

impl Assembly<'_> {
    /// Runs the rules and builds the store. Term ids start with the entities, followed by the statements in the order of
    /// their ids. If the rules cannot be run to completion, the store lacks the remaining inferences.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn store(
        mut self,
        metadata: impl FnOnce(u32, u32) -> GraphMetadata,
    ) -> Result<(Store, Option<RuleError>), StoreError> {
        let namespaces = self.namespaces;
        self.statements.sort_by(|a, b| a.id.cmp(&b.id));
        let mut visible = GraphFiller::default();
        if !self.rules.is_empty() {
            visible.fill(|sink| {
                (self.declared)(sink);
                self.statements.iter().copied().filter_map(triples::asserted_triple).for_each(sink);
            });
        }
        let visible = visible.finish()?.finish()?;
        let (inferences, error) =
            infer(self.rules, self.vocabulary, namespaces, &self.statements, &visible, self.rule_options);
        let error = match error {
            Some(RuleError::Store(e)) => return Err(e),
            error => error,
        };

        let mut filler = GraphFiller::default();
        for entity in self.entities {
            filler.builder.assign_id(entity.into())?;
        }
        for statement in by_id(&self.statements, &inferences) {
            filler.builder.assign_id((&namespaces.statement(&statement.id())).into())?;
        }
        filler.fill(|sink| {
            (self.declared)(sink);
            (self.described)(sink);
            triples::write_own_terms(sink);
            for rule in self.rules {
                triples::write_rule(&rule.name, rule.summary.as_deref(), namespaces, sink);
            }
        });
        for statement in by_id(&self.statements, &inferences) {
            let statement = statement.get()?;
            filler.fill(|sink| triples::write_statement(&statement, namespaces, sink));
        }
        let count = |number: usize| u32::try_from(number).map_err(|_| GraphError::TooLarge("entities and statements"));
        let metadata = metadata(count(self.entities.len())?, count(self.statements.len() + inferences.len())?);
        Ok((Store::build(filler.finish()?, metadata)?, error))
    }
}

/// A statement of the graph. Inferences are materialized on demand.
enum GraphStatement<'a> {
    Checked(&'a Statement),
    Inferred(&'a Inferences<'a>, usize),
}

impl<'a> GraphStatement<'a> {
    fn id(&self) -> Cow<'a, StatementId> {
        match self {
            Self::Checked(statement) => Cow::Borrowed(&statement.id),
            Self::Inferred(inferences, index) => Cow::Owned(inferences.id(*index)),
        }
    }

    fn get(self) -> Result<Cow<'a, Statement>, GraphError> {
        match self {
            Self::Checked(statement) => Ok(Cow::Borrowed(statement)),
            Self::Inferred(inferences, index) => inferences.statement(index).map(Cow::Owned),
        }
    }
}

/// All statements and inferences in the order of their ids.
fn by_id<'a>(
    statements: &'a [&'a Statement],
    inferences: &'a Inferences<'a>,
) -> impl Iterator<Item = GraphStatement<'a>> {
    let inferred = (0..inferences.len()).map(|index| GraphStatement::Inferred(inferences, index));
    statements.iter().copied().map(GraphStatement::Checked).merge_by(inferred, |a, b| a.id() <= b.id())
}

/// Fills a graph builder, and keeps the first error.
#[derive(Default)]
struct GraphFiller {
    builder: GraphBuilder,
    error: Option<GraphError>,
}

impl GraphFiller {
    fn fill(&mut self, write: impl FnOnce(&mut TripleSink<'_>)) {
        write(&mut |triple| {
            if self.error.is_none() {
                self.error = self.builder.insert_triple(triple).err();
            }
        });
    }

    fn finish(self) -> Result<GraphBuilder, GraphError> {
        self.error.map_or(Ok(self.builder), Err)
    }
}
