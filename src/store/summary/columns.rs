//! Statement summaries from the columns of a compiled graph.

use super::{EdgeKind, StatementSummary};
use crate::model::{ClaimStatus, Period, Publisher, Qualifier, SourceId, vocab};
use crate::store::{CompiledGraph, Corroboration, GraphError, Id, Store, StoreError};
use fixedbitset::FixedBitSet;
use oxigraph::model::{NamedNode, NamedNodeRef, Term, TermRef};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The ids of the terms that the mapping of statements writes; 0 if the graph does not have the term.
struct KnownIds {
    reifies: Id,
    class: Id,
    fact: Id,
    inference: Id,
    entailment: Id,
    claim: Id,
    status: Id,
    evidence: Id,
    source: Id,
    stance: Id,
    disputes: Id,
    times: [Id; 3],
}

/// The time qualifiers.
const TIMES: [NamedNodeRef<'static>; 3] = [vocab::fl::POINT_IN_TIME, vocab::fl::START_TIME, vocab::fl::END_TIME];

impl KnownIds {
    fn new(graph: &CompiledGraph) -> Result<Self, GraphError> {
        let id = |term: NamedNodeRef<'_>| Ok::<_, GraphError>(graph.id_of(TermRef::from(term))?.unwrap_or(0));
        Ok(Self {
            reifies: id(vocab::rdf::REIFIES)?,
            class: id(vocab::rdf::TYPE)?,
            fact: id(vocab::fl::FACT)?,
            inference: id(vocab::fl::INFERENCE)?,
            entailment: id(vocab::fl::ENTAILMENT)?,
            claim: id(vocab::fl::CLAIM)?,
            status: id(vocab::fl::STATUS)?,
            evidence: id(vocab::fl::EVIDENCE)?,
            source: id(vocab::oa::HAS_SOURCE)?,
            stance: id(vocab::fl::STANCE)?,
            disputes: id(vocab::fl::DISPUTES)?,
            times: [id(TIMES[0])?, id(TIMES[1])?, id(TIMES[2])?],
        })
    }
}

/// A cited source, and whether its evidence supports the statement.
type Citation = (Id, bool);

/// The triples of a statement's node, by ids.
#[derive(Default)]
struct Row {
    triple_term: Option<Id>,
    class: Option<Id>,
    status: Option<Id>,
    citations: Vec<Citation>,
    /// The index in [`TIMES`], and the value.
    times: Vec<(usize, Id)>,
}

/// Reads summaries, and caches the terms and lists that many statements share.
pub(super) struct ColumnReader<'a> {
    store: &'a Store,
    graph: &'a CompiledGraph,
    corroboration: &'a Corroboration<'a>,
    known: KnownIds,
    statements: RangeInclusive<Id>,
    iris: FxHashMap<Id, Term>,
    sources: FxHashMap<Id, SourceId>,
    /// A number for the publisher of each source; `None` for background.
    publisher_numbers: FxHashMap<Id, Option<usize>>,
    publishers: FxHashMap<String, usize>,
    statuses: FxHashMap<Id, ClaimStatus>,
    source_lists: FxHashMap<Vec<Id>, Arc<[SourceId]>>,
    /// The number of independent sources of each triple with several statements.
    sources_of_triples: FxHashMap<Id, usize>,
}

impl<'a> ColumnReader<'a> {
    pub(super) fn new(
        store: &'a Store,
        graph: &'a CompiledGraph,
        corroboration: &'a Corroboration<'a>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            graph,
            corroboration,
            known: KnownIds::new(graph)?,
            statements: store.statement_nodes(),
            iris: FxHashMap::default(),
            sources: FxHashMap::default(),
            publisher_numbers: FxHashMap::default(),
            publishers: FxHashMap::default(),
            statuses: FxHashMap::default(),
            source_lists: FxHashMap::default(),
            sources_of_triples: FxHashMap::default(),
        })
    }

    /// The summary of a statement; `None` if the mapping does not write such a node. Reading the whole statement then gives the
    /// error.
    pub(super) fn summary(&mut self, node: Id) -> Result<Option<StatementSummary<'_>>, StoreError> {
        let graph = self.graph;
        let Some(row) = self.row(node)? else { return Ok(None) };
        let (Some(kind), Some(triple_term)) = (self.kind(&row)?, row.triple_term) else { return Ok(None) };
        let Some([subject, predicate, object]) = graph.components_of(triple_term)? else { return Ok(None) };
        let Some(id) = self.store.namespaces().statement_id(graph.named_node(node)?.as_ref()) else { return Ok(None) };
        let period = self.period(&row.times)?;
        let Some(cited) = self.cited(&row.citations)? else { return Ok(None) };
        let sources = match kind {
            EdgeKind::Fact => self.sources_of_fact(triple_term, &row.citations)?,
            EdgeKind::Inference | EdgeKind::Entailment | EdgeKind::Claim(_) => {
                self.independent_sources(&row.citations)?
            }
        };
        for id in [subject, predicate, object] {
            if !self.iris.contains_key(&id)
                && let iri @ Term::NamedNode(_) = graph.term(id)?
            {
                self.iris.insert(id, iri);
            }
        }
        let iri = |id| match self.iris.get(id) {
            Some(Term::NamedNode(iri)) => Some(iri),
            _ => None,
        };
        let (Some(subject), Some(predicate)) = (iri(&subject), iri(&predicate)) else { return Ok(None) };
        // Literals are not cached, because most occur in one statement only.
        let object = match self.iris.get(&object) {
            Some(iri) => Cow::Borrowed(iri),
            None => Cow::Owned(graph.term(object)?),
        };
        Ok(Some(StatementSummary { id, subject, predicate, object, kind, sources, cited, period }))
    }

    /// Reads the triples of a statement's node; `None` if a predicate has more than one value.
    fn row(&self, node: Id) -> Result<Option<Row>, StoreError> {
        let (orders, known) = (self.graph.orders(), &self.known);
        let mut row = Row::default();
        let range = orders.of_subject(node)?;
        for (p, o) in orders.spo_p.slice(range.clone())?.iter().zip(orders.spo_o.slice(range)?) {
            let (p, o) = (p.get(), o.get());
            let value = match p {
                p if p == known.reifies => Some(&mut row.triple_term),
                p if p == known.class => Some(&mut row.class),
                p if p == known.status => Some(&mut row.status),
                _ => None,
            };
            if let Some(value) = value {
                if value.replace(o).is_some() {
                    return Ok(None);
                }
            } else if p == known.evidence {
                let Some(citation) = self.citation(o)? else { return Ok(None) };
                row.citations.push(citation);
            } else if let Some(which) = known.times.iter().position(|time| *time == p) {
                row.times.push((which, o));
            }
        }
        Ok(Some(row))
    }

    fn citation(&self, evidence: Id) -> Result<Option<Citation>, GraphError> {
        let (sources, stances) =
            (self.graph.object_ids(evidence, self.known.source)?, self.graph.object_ids(evidence, self.known.stance)?);
        let ([source], [] | [_]) = (sources, stances) else { return Ok(None) };
        Ok(Some((source.get(), stances.first().is_none_or(|stance| stance.get() != self.known.disputes))))
    }

    fn kind(&mut self, row: &Row) -> Result<Option<EdgeKind>, GraphError> {
        Ok(match (row.class, row.status) {
            (Some(class), _) if class == self.known.fact => Some(EdgeKind::Fact),
            (Some(class), _) if class == self.known.inference => Some(EdgeKind::Inference),
            (Some(class), _) if class == self.known.entailment => Some(EdgeKind::Entailment),
            (Some(class), Some(status)) if class == self.known.claim => self.status(status)?.map(EdgeKind::Claim),
            _ => None,
        })
    }

    fn status(&mut self, id: Id) -> Result<Option<ClaimStatus>, GraphError> {
        if let Some(cached) = self.statuses.get(&id) {
            return Ok(Some(cached.clone()));
        }
        let Term::NamedNode(iri) = self.graph.term(id)? else { return Ok(None) };
        let status = ClaimStatus::from_iri(iri.as_ref(), self.store.namespaces());
        if let Some(status) = &status {
            self.statuses.insert(id, status.clone());
        }
        Ok(status)
    }

    fn period(&self, times: &[(usize, Id)]) -> Result<Option<Period>, StoreError> {
        if times.is_empty() {
            return Ok(None);
        }
        let qualifier = |(which, value): &(usize, Id)| {
            Ok(Qualifier { predicate: TIMES[*which].into_owned(), value: self.graph.term(*value)? })
        };
        let qualifiers = times.iter().map(qualifier).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Period::of(&qualifiers))
    }

    /// The cited sources, sorted; `None` if one of them is not in the namespace of sources.
    fn cited(&mut self, citations: &[Citation]) -> Result<Option<Arc<[SourceId]>>, StoreError> {
        let mut ids: Vec<Id> = citations.iter().map(|(source, _)| *source).collect();
        ids.sort_unstable();
        ids.dedup();
        if let Some(cached) = self.source_lists.get(&ids) {
            return Ok(Some(Arc::clone(cached)));
        }
        let mut sources = Vec::with_capacity(ids.len());
        for id in &ids {
            let Some(source) = self.source(*id)? else { return Ok(None) };
            sources.push(source);
        }
        sources.sort_unstable();
        let sources: Arc<[SourceId]> = sources.into();
        self.source_lists.insert(ids, Arc::clone(&sources));
        Ok(Some(sources))
    }

    fn source(&mut self, id: Id) -> Result<Option<SourceId>, StoreError> {
        if let Some(cached) = self.sources.get(&id) {
            return Ok(Some(cached.clone()));
        }
        let Term::NamedNode(node) = self.graph.term(id)? else { return Ok(None) };
        let source = self.store.namespaces().source_id(node.as_ref());
        if let Some(source) = &source {
            self.sources.insert(id, source.clone());
        }
        Ok(source)
    }

    /// The number of independent sources of the facts with a triple. `own` are the citations of one of them.
    fn sources_of_fact(&mut self, triple_term: Id, own: &[Citation]) -> Result<usize, StoreError> {
        let graph = self.graph;
        if graph.orders().of_object(triple_term)?.len() < 2 {
            return self.independent_sources(own);
        }
        if let Some(cached) = self.sources_of_triples.get(&triple_term) {
            return Ok(*cached);
        }
        let mut all = Vec::new();
        for node in graph.subject_ids(self.known.reifies, triple_term)?.iter().map(|node| node.get()) {
            if self.statements.contains(&node)
                && let Some(mut row) = self.row(node)?
                && row.class == Some(self.known.fact)
            {
                all.append(&mut row.citations);
            }
        }
        let count = self.independent_sources(&all)?;
        self.sources_of_triples.insert(triple_term, count);
        Ok(count)
    }

    /// The number of independent sources of the evidence that supports.
    fn independent_sources(&mut self, citations: &[Citation]) -> Result<usize, StoreError> {
        let mut publishers = Vec::with_capacity(citations.len());
        for (source, _) in citations.iter().filter(|(_, supports)| *supports) {
            publishers.extend(self.publisher_number(*source)?);
        }
        publishers.sort_unstable();
        publishers.dedup();
        Ok(publishers.len())
    }

    fn publisher_number(&mut self, id: Id) -> Result<Option<usize>, StoreError> {
        if let Some(cached) = self.publisher_numbers.get(&id) {
            return Ok(*cached);
        }
        let new = self.publishers.len() + self.publisher_numbers.len();
        let number = match self.source(id)?.map(|source| self.corroboration.publisher(&source)).transpose()? {
            Some(Publisher::Known(name)) => Some(*self.publishers.entry(name).or_insert(new)),
            Some(Publisher::Unknown) => Some(new),
            Some(Publisher::Background) | None => None,
        };
        self.publisher_numbers.insert(id, number);
        Ok(number)
    }
}

/// The subjects of statements, and the objects of statements that are entities, sorted.
pub(super) fn mentioned_entities(store: &Store, graph: &CompiledGraph) -> Result<Vec<NamedNode>, StoreError> {
    let Some(reifies) = graph.id_of(vocab::rdf::REIFIES.into())? else { return Ok(Vec::new()) };
    let bound = graph.id_bound();
    let (mut subjects, mut objects) = (FixedBitSet::with_capacity(bound), FixedBitSet::with_capacity(bound));
    for node in store.statement_nodes() {
        for triple_term in graph.object_ids(node, reifies)? {
            if let Some([subject, _, object]) = graph.components_of(triple_term.get())? {
                subjects.insert(subject as usize);
                objects.insert(object as usize);
            }
        }
    }
    objects.difference_with(&subjects);
    let mut found = Vec::new();
    for id in subjects.ones().map(|id| id as Id) {
        if let Term::NamedNode(subject) = graph.term(id)? {
            found.push(subject);
        }
    }
    for id in objects.ones().map(|id| id as Id) {
        if graph.is_iri(id)?
            && let object = graph.named_node(id)?
            && store.namespaces().entity_id(object.as_ref()).is_some()
        {
            found.push(object);
        }
    }
    found.sort_unstable();
    Ok(found)
}
