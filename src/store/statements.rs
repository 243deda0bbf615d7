//! Reading statements from their triples.

use super::{Backend, Store, StoreError};
use crate::model::{Statement, StatementId, vocab};
use crate::triples;
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef, Triple, TripleRef};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

impl Store {
    /// The statements, sorted by id. Each is read when the iterator reaches it.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, or if the triples of a statement are inconsistent.
    pub fn statements(&self) -> impl Iterator<Item = Result<Statement, StoreError>> + '_ {
        let nodes: Box<dyn Iterator<Item = Result<NamedNode, StoreError>> + '_> = match &self.backend {
            Backend::Compiled(graph) => Box::new(self.statement_nodes().map(|id| Ok(graph.named_node(id)?))),
            Backend::Memory(_) => match self.triples_with_predicate(vocab::rdf::REIFIES) {
                Ok(triples) => {
                    let id = |node: &NamedNode| self.namespaces().statement_id(node.as_ref());
                    let nodes = triples.into_iter().filter_map(|triple| iri(triple.subject));
                    let sorted: BTreeMap<_, _> = nodes.map(|node| (id(&node), node)).collect();
                    Box::new(sorted.into_values().map(Ok))
                }
                Err(e) => Box::new(std::iter::once(Err(e))),
            },
        };
        nodes.map(|node| self.require_statement_of(node?.as_ref()))
    }

    /// The ids of the statements, sorted. Reads much less than [`statements`](Self::statements) if the graph is compiled.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, or, for a graph in memory, if the triples of a statement are inconsistent.
    ///
    /// ```
    /// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let ids = store.statement_ids()?;
    /// assert!(ids.is_sorted() && ids.len() == store.metadata().statements as usize);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statement_ids(&self) -> Result<Vec<StatementId>, StoreError> {
        let Backend::Compiled(graph) = &self.backend else {
            return self.statements().map(|statement| Ok(statement?.id)).collect();
        };
        let mut ids = Vec::new();
        for id in self.statement_nodes() {
            ids.extend(self.namespaces().statement_id(graph.named_node(id)?.as_ref()));
        }
        ids.sort();
        Ok(ids)
    }

    /// The statement with an id.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, or if the triples of a statement are inconsistent.
    pub fn statement(&self, id: &StatementId) -> Result<Option<Statement>, StoreError> {
        self.statement_of(self.namespaces().statement(id).as_ref())
    }

    /// The statement with an id that must exist.
    ///
    /// # Errors
    ///
    /// See [`statement`](Self::statement). Also returns an error if there is no such statement.
    pub fn require_statement(&self, id: &StatementId) -> Result<Statement, StoreError> {
        self.require_statement_of(self.namespaces().statement(id).as_ref())
    }

    /// The statement that asserts a triple: a fact, an inference or an entailment; the first by id if there are several.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn find_assertion(&self, triple: &Triple) -> Result<Option<StatementId>, StoreError> {
        Ok(self.assertions(triple)?.into_iter().next())
    }

    /// The statements that assert a triple: facts, inferences and entailments, sorted by id.
    pub(crate) fn assertions(&self, triple: &Triple) -> Result<Vec<StatementId>, StoreError> {
        let mut asserting = Vec::new();
        for (id, node) in self.nodes_of_triple(triple)? {
            match self.has_class(&node, vocab::fl::CLAIM)? {
                false => asserting.push(id),
                // A claim that is also of another kind is an error.
                true => drop(self.require_statement_of(node.as_ref())?),
            }
        }
        Ok(asserting)
    }

    fn has_class(&self, node: &NamedNode, class: NamedNodeRef<'_>) -> Result<bool, StoreError> {
        self.contains(TripleRef::new(node, vocab::rdf::TYPE, class))
    }

    /// Whether there is a statement with an id. Reads much less than [`statement`](Self::statement).
    pub(crate) fn has_statement(&self, id: &StatementId) -> Result<bool, StoreError> {
        let node = self.namespaces().statement(id);
        match &self.backend {
            Backend::Compiled(graph) => {
                Ok(graph.count([Some(node.as_ref().into()), Some(vocab::rdf::REIFIES.into()), None])? > 0)
            }
            Backend::Memory(_) => Ok(self.statement_of(node.as_ref())?.is_some()),
        }
    }

    /// Whether a statement is an inference or an entailment.
    pub(crate) fn is_derived(&self, id: &StatementId) -> Result<bool, StoreError> {
        let node = self.namespaces().statement(id);
        Ok(self.has_class(&node, vocab::fl::INFERENCE)? || self.has_class(&node, vocab::fl::ENTAILMENT)?)
    }

    /// Whether a statement is a claim, which does not assert its triple.
    pub(crate) fn is_claim(&self, id: &StatementId) -> Result<bool, StoreError> {
        self.has_class(&self.namespaces().statement(id), vocab::fl::CLAIM)
    }

    /// The nodes of the statements of a triple, sorted by id.
    fn nodes_of_triple(&self, triple: &Triple) -> Result<BTreeMap<StatementId, NamedNode>, StoreError> {
        let nodes = self.subjects(vocab::rdf::REIFIES, TermRef::Triple(triple))?.into_iter().filter_map(iri);
        Ok(nodes.filter_map(|node| Some((self.namespaces().statement_id(node.as_ref())?, node))).collect())
    }

    /// The statements that [mention](Statement::mentions) an entity, sorted by id.
    ///
    /// Linear in their number if the graph is compiled.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, or if the triples of a statement are inconsistent.
    pub fn statements_of(&self, entity: &NamedNode) -> Result<Vec<Statement>, StoreError> {
        let mut found = Vec::new();
        match &self.backend {
            Backend::Compiled(graph) => {
                for id in graph.nodes_that_mention(entity.as_ref(), &self.statement_nodes())? {
                    found.extend(self.statement_of(graph.named_node(id)?.as_ref())?);
                }
            }
            Backend::Memory(_) => found = self.statements().collect::<Result<_, _>>()?,
        }
        found.retain(|statement| statement.mentions(entity));
        Ok(found)
    }

    /// The statements of a triple, of any kind, sorted by id.
    ///
    /// Linear in their number if the graph is compiled.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, or if the triples of a statement are inconsistent.
    ///
    /// ```
    /// use factloom::model::StatementId;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let statement = store.statement(&StatementId::new("soviet-union-helped-build-psm")?)?.unwrap();
    /// assert!(store.statements_of_triple(&statement.triple)?.contains(&statement));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statements_of_triple(&self, triple: &Triple) -> Result<Vec<Statement>, StoreError> {
        self.nodes_of_triple(triple)?.values().map(|node| self.require_statement_of(node.as_ref())).collect()
    }

    /// The ids of the statements of a triple, of any kind, sorted.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn statement_ids_of_triple(&self, triple: &Triple) -> Result<Vec<StatementId>, StoreError> {
        Ok(self.nodes_of_triple(triple)?.into_keys().collect())
    }

    /// The inferences and entailments with a statement as premise, sorted by id.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails, or if the triples of a statement are inconsistent.
    pub fn inferences_from(&self, statement: &StatementId) -> Result<Vec<Statement>, StoreError> {
        let premise = self.namespaces().statement(statement);
        let nodes = self.subjects(vocab::prov::WAS_DERIVED_FROM, premise.as_ref().into())?.into_iter().filter_map(iri);
        let statements = nodes.filter_map(|node| self.statement_of(node.as_ref()).transpose());
        let mut found = statements.collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    /// The entities, sorted by IRI.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn entities(&self) -> Result<Vec<NamedNode>, StoreError> {
        let mut entities = self.entities_in_id_order()?;
        entities.sort();
        entities.dedup();
        Ok(entities)
    }

    /// The entities in the order of the dataset's files, or in no particular order if the graph is in memory.
    pub(crate) fn entities_in_id_order(&self) -> Result<Vec<NamedNode>, StoreError> {
        if let Backend::Compiled(graph) = &self.backend {
            return Ok((1..=self.metadata().entities).map(|id| graph.named_node(id)).collect::<Result<_, _>>()?);
        }
        let typed = self.triples_with_predicate(vocab::rdf::TYPE)?.into_iter();
        let nodes = typed.filter_map(|triple| iri(triple.subject));
        Ok(nodes.filter(|node| self.namespaces().entity_id(node.as_ref()).is_some()).collect())
    }

    /// The file, relative to the manifest, and the line, counted from 1, that declare a triple of the vocabulary or of an entity.
    /// `None` if the triple is not declared, or if the graph has no locations.
    ///
    /// Linear in the triples of the vocabulary.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    ///
    /// ```
    /// use factloom::model::vocab::rdf::TYPE;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let mill = dataset.namespaces.entity(&dataset.entities[0].id);
    /// let class = store.triples_with_subject(mill.as_ref())?.into_iter().find(|triple| triple.predicate == TYPE).unwrap();
    /// assert_eq!(store.location_of_declared(&class)?, Some(("entities.json".to_owned(), 2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location_of_declared(&self, triple: &Triple) -> Result<Option<(String, u32)>, StoreError> {
        if !self.contains(triple.as_ref())? {
            return Ok(None);
        }
        let metadata = self.metadata();
        let line = format!("{triple} .");
        if let Some(declared) = metadata.vocabulary.iter().find(|declared| declared.triple == line) {
            return Ok(Some((declared.file.clone(), declared.line)));
        }
        let (Backend::Compiled(graph), NamedOrBlankNode::NamedNode(subject)) = (&self.backend, &triple.subject) else {
            return Ok(None);
        };
        // The entities have the first ids, counted from 1.
        let id = graph.id_of(subject.as_ref().into())?.filter(|id| (1..=metadata.entities).contains(id));
        let location = id.and_then(|id| metadata.entity_locations.get(id - 1));
        Ok(location.map(|(file, line)| (file.to_owned(), line)))
    }

    /// The ids of the statements in a compiled graph, which follow those of the entities.
    pub(super) fn statement_nodes(&self) -> RangeInclusive<u32> {
        let entities = self.metadata().entities;
        entities.saturating_add(1)..=entities.saturating_add(self.metadata().statements)
    }

    /// The statement of a node that must be one.
    pub(super) fn require_statement_of(&self, node: NamedNodeRef<'_>) -> Result<Statement, StoreError> {
        self.statement_of(node)?.ok_or_else(|| triples::MappingError::missing(node).into())
    }

    fn statement_of(&self, node: NamedNodeRef<'_>) -> Result<Option<Statement>, StoreError> {
        self.check_cancelled()?;
        if let Backend::Compiled(graph) = &self.backend {
            return match graph.id_of(node.into())? {
                Some(node) => graph.statement(node, self.namespaces()),
                None => Ok(None),
            };
        }
        let mut triples = self.triples_with_subject(node)?;
        let evidence = |triple: &Triple| match &triple.object {
            Term::NamedNode(evidence) if triple.predicate == vocab::fl::EVIDENCE => Some(evidence.clone()),
            _ => None,
        };
        let evidence: Vec<NamedNode> = triples.iter().filter_map(evidence).collect();
        for evidence in evidence {
            triples.extend(self.triples_with_subject(evidence.as_ref())?);
        }
        Ok(triples::read_statements(triples.iter().map(Triple::as_ref), self.namespaces())?.pop())
    }
}

fn iri(node: NamedOrBlankNode) -> Option<NamedNode> {
    match node {
        NamedOrBlankNode::NamedNode(node) => Some(node),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}
