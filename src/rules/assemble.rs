//! From statements and rules to a store: the one place in which a graph is put together.

use super::{Inferences, Rule, RuleError, infer};
use crate::dataset::Vocabulary;
use crate::model::{Namespaces, Statement, StatementId};
use crate::store::{GraphBuilder, GraphError, GraphMetadata, Store, StoreError};
use crate::triples;
use oxigraph::model::{NamedNode, TripleRef};
use std::borrow::Cow;

/// Hands out triples.
pub type TripleSink<'a> = dyn FnMut(TripleRef<'_>) + 'a;

/// What a graph is made of.
pub struct Assembly<'a> {
    /// Hands out the triples of the vocabulary and of the entities, which rules see.
    pub declared: &'a dyn Fn(&mut TripleSink<'_>),
    /// Hands out what is said of sources.
    pub sources: &'a dyn Fn(&mut TripleSink<'_>),
    /// The entities, which get the first ids.
    pub entities: &'a [NamedNode],
    /// Facts and claims, in any order.
    pub statements: Vec<Statement>,
    /// The rules, sorted by name.
    pub rules: &'a [Rule],
    /// The classes and predicates.
    pub vocabulary: &'a Vocabulary,
    /// How things are named.
    pub names: &'a Namespaces,
}

impl Assembly<'_> {
    /// Runs the rules and sorts all triples into a store. Terms are numbered so that entities come first, then statements in
    /// the order of their ids. Where the rules cannot be run to their end, the store lacks what they would still derive.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn store(
        mut self,
        context: impl FnOnce(u32, u32) -> GraphMetadata,
    ) -> Result<(Store, Option<RuleError>), StoreError> {
        let names = self.names;
        self.statements.sort_by(|a, b| a.id.cmp(&b.id));
        let mut seen = GraphFiller::default();
        if !self.rules.is_empty() {
            seen.with(|emit| {
                (self.declared)(emit);
                self.statements.iter().filter_map(triples::asserted_triple).for_each(emit);
            });
        }
        let seen = seen.finish()?.finish()?;
        let (inferences, error) = infer(self.rules, self.vocabulary, names, &self.statements, &seen);
        let error = match error {
            Some(RuleError::Store(e)) => return Err(e),
            error => error,
        };

        let mut filling = GraphFiller::default();
        for entity in self.entities {
            filling.builder.name(entity.into())?;
        }
        for statement in by_id(&self.statements, &inferences) {
            filling.builder.name((&names.statement(&statement.id())).into())?;
        }
        filling.with(|emit| {
            (self.declared)(emit);
            (self.sources)(emit);
            for rule in self.rules {
                triples::write_rule(&rule.name, rule.summary.as_deref(), names, emit);
            }
        });
        for statement in by_id(&self.statements, &inferences) {
            let statement = statement.get()?;
            filling.with(|emit| triples::write_statement(&statement, names, emit));
        }
        let count = |number: usize| u32::try_from(number).map_err(|_| GraphError::TooLarge("entities and statements"));
        let context = context(count(self.entities.len())?, count(self.statements.len() + inferences.len())?);
        Ok((Store::build(filling.finish()?, context)?, error))
    }
}

/// A statement of the graph: one that was checked, or an inference that is made when it is needed.
enum Stated<'a> {
    Checked(&'a Statement),
    Inferred(&'a Inferences<'a>, usize),
}

impl<'a> Stated<'a> {
    fn id(&self) -> StatementId {
        match self {
            Self::Checked(statement) => statement.id.clone(),
            Self::Inferred(inferences, place) => inferences.id(*place),
        }
    }

    fn get(self) -> Result<Cow<'a, Statement>, GraphError> {
        match self {
            Self::Checked(statement) => Ok(Cow::Borrowed(statement)),
            Self::Inferred(inferences, place) => inferences.statement(place).map(Cow::Owned),
        }
    }
}

/// All statements in the order of their ids, of two lists that are each in it.
fn by_id<'a>(statements: &'a [Statement], inferences: &'a Inferences<'a>) -> impl Iterator<Item = Stated<'a>> {
    let mut checked = statements.iter().peekable();
    let mut inferred = (0..inferences.len()).peekable();
    std::iter::from_fn(move || {
        let inference_first = match (checked.peek(), inferred.peek()) {
            (Some(statement), Some(place)) => inferences.id(*place) < statement.id,
            (checked, _) => checked.is_none(),
        };
        match inference_first {
            true => inferred.next().map(|place| Stated::Inferred(inferences, place)),
            false => checked.next().map(Stated::Checked),
        }
    })
}

/// A builder that triples are handed to, and the first error that it met.
#[derive(Default)]
struct GraphFiller {
    builder: GraphBuilder,
    failed: Option<GraphError>,
}

impl GraphFiller {
    fn with(&mut self, produce: impl FnOnce(&mut TripleSink<'_>)) {
        produce(&mut |triple| {
            if self.failed.is_none() {
                self.failed = self.builder.insert_triple(triple).err();
            }
        });
    }

    fn finish(self) -> Result<GraphBuilder, GraphError> {
        self.failed.map_or(Ok(self.builder), Err)
    }
}
