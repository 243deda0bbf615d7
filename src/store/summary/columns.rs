//! Outlines off the columns of a compiled graph.

use super::{EdgeKind, StatementSummary};
use crate::model::{ClaimStatus, Period, Publisher, Qualifier, SourceId, vocab};
use crate::store::{CompiledGraph, Corroboration, GraphError, Id, Store, StoreError};
use fixedbitset::FixedBitSet;
use oxigraph::model::{NamedNode, NamedNodeRef, Term, TermRef};
use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The ids of the terms that the mapping of statements writes. 0 is the id of no term, and stands for those that the graph
/// does not hold.
struct Known {
    reifies: Id,
    class: Id,
    fact: Id,
    inference: Id,
    claim: Id,
    status: Id,
    statuses: [Id; ClaimStatus::ALL.len()],
    evidence: Id,
    source: Id,
    stance: Id,
    disputes: Id,
    times: [Id; 3],
}

/// The predicates that say when a statement holds.
const TIMES: [NamedNodeRef<'static>; 3] = [vocab::fl::POINT_IN_TIME, vocab::fl::START_TIME, vocab::fl::END_TIME];

impl Known {
    fn new(graph: &CompiledGraph) -> Result<Self, GraphError> {
        let id = |term: NamedNodeRef<'_>| Ok::<_, GraphError>(graph.id_of(TermRef::from(term))?.unwrap_or(0));
        let mut statuses = [0; ClaimStatus::ALL.len()];
        for (known, status) in statuses.iter_mut().zip(ClaimStatus::ALL) {
            *known = id(status.term())?;
        }
        let mut times = [0; TIMES.len()];
        for (known, predicate) in times.iter_mut().zip(TIMES) {
            *known = id(predicate)?;
        }
        Ok(Self {
            reifies: id(vocab::rdf::REIFIES)?,
            class: id(vocab::rdf::TYPE)?,
            fact: id(vocab::fl::FACT)?,
            inference: id(vocab::fl::INFERENCE)?,
            claim: id(vocab::fl::CLAIM)?,
            status: id(vocab::fl::STATUS)?,
            statuses,
            evidence: id(vocab::fl::EVIDENCE)?,
            source: id(vocab::oa::HAS_SOURCE)?,
            stance: id(vocab::fl::STANCE)?,
            disputes: id(vocab::fl::DISPUTES)?,
            times,
        })
    }
}

/// A source by its id, and whether it supports the statement.
type Cited = (Id, bool);

/// What one statement says of itself, by ids.
#[derive(Default)]
struct Row {
    term: Option<Id>,
    class: Option<Id>,
    status: Option<Id>,
    /// The sources of its evidence.
    cited: Vec<Cited>,
    times: Vec<(usize, Id)>,
}

/// What is read off the columns of a graph, and what was looked up before. Terms and lists that many statements share are
/// made once.
pub(super) struct Columns<'a> {
    store: &'a Store,
    graph: &'a CompiledGraph,
    corroboration: &'a Corroboration<'a>,
    known: Known,
    statements: RangeInclusive<Id>,
    names: FxHashMap<Id, Term>,
    sources: FxHashMap<Id, SourceId>,
    /// For each source who answers for it: a number, the same for sources of one publisher; none for background.
    voices: FxHashMap<Id, Option<usize>>,
    publishers: FxHashMap<String, usize>,
    lists: FxHashMap<Vec<Id>, Arc<[SourceId]>>,
    /// How many independent sources state a triple that several statements are about.
    stated: FxHashMap<Id, usize>,
    row: Row,
}

impl<'a> Columns<'a> {
    pub(super) fn new(
        store: &'a Store,
        graph: &'a CompiledGraph,
        corroboration: &'a Corroboration<'a>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            graph,
            corroboration,
            known: Known::new(graph)?,
            statements: store.statement_ids(),
            names: FxHashMap::default(),
            sources: FxHashMap::default(),
            voices: FxHashMap::default(),
            publishers: FxHashMap::default(),
            lists: FxHashMap::default(),
            stated: FxHashMap::default(),
            row: Row::default(),
        })
    }

    /// Hands out a statement. `false` where it is not as the mapping writes statements: whoever reads it whole finds out why.
    pub(super) fn outline<E: From<StoreError>>(
        &mut self,
        node: Id,
        take: &mut impl FnMut(StatementSummary<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut row = std::mem::take(&mut self.row);
        let done = self.outline_of(node, &mut row, take);
        self.row = row;
        done
    }

    fn outline_of<E: From<StoreError>>(
        &mut self,
        node: Id,
        row: &mut Row,
        take: &mut impl FnMut(StatementSummary<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        let graph = self.graph;
        if !self.read(node, row)? {
            return Ok(false);
        }
        let (Some(kind), Some(term)) = (self.kind(row), row.term) else { return Ok(false) };
        let Some([subject, predicate, object]) = graph.components_of(term).map_err(StoreError::from)? else {
            return Ok(false);
        };
        let Some(id) = self.store.names().statement_id(graph.named_node(node).map_err(StoreError::from)?.as_ref())
        else {
            return Ok(false);
        };
        let period = self.period(&row.times)?;
        let Some(cited) = self.cited(&row.cited)? else { return Ok(false) };
        let sources = match kind {
            EdgeKind::Fact => self.stated(term, &row.cited)?,
            EdgeKind::Inference | EdgeKind::Claim(_) => self.independent(&row.cited)?,
        };
        let literal = self.learn(object)?;
        self.learn(subject)?;
        self.learn(predicate)?;
        let name = |id| match self.names.get(id) {
            Some(Term::NamedNode(name)) => Some(name),
            _ => None,
        };
        let (Some(subject), Some(predicate)) = (name(&subject), name(&predicate)) else { return Ok(false) };
        let Some(object) = literal.as_ref().or_else(|| self.names.get(&object)) else { return Ok(false) };
        take(StatementSummary { id, subject, predicate, object, kind, sources, cited, period })?;
        Ok(true)
    }

    /// Reads what a statement says of itself.
    fn read(&self, node: Id, row: &mut Row) -> Result<bool, StoreError> {
        let (orders, known) = (self.graph.orders(), &self.known);
        (row.term, row.class, row.status) = (None, None, None);
        row.cited.clear();
        row.times.clear();
        let range = orders.of_subject(node)?;
        for (p, o) in orders.spo_p.slice(range.clone())?.iter().zip(orders.spo_o.slice(range)?) {
            let (p, o) = (p.get(), o.get());
            // Of several objects the first counts.
            if p == known.reifies {
                row.term.get_or_insert(o);
            } else if p == known.class {
                row.class.get_or_insert(o);
            } else if p == known.status {
                row.status.get_or_insert(o);
            } else if p == known.evidence {
                let Some(cited) = self.evidence(o)? else { return Ok(false) };
                row.cited.push(cited);
            } else if let Some(which) = known.times.iter().position(|time| *time == p) {
                row.times.push((which, o));
            }
        }
        Ok(true)
    }

    fn evidence(&self, node: Id) -> Result<Option<Cited>, GraphError> {
        let orders = self.graph.orders();
        let (mut source, mut stance) = (None, None);
        let range = orders.of_subject(node)?;
        for (p, o) in orders.spo_p.slice(range.clone())?.iter().zip(orders.spo_o.slice(range)?) {
            if p.get() == self.known.source {
                source.get_or_insert(o.get());
            } else if p.get() == self.known.stance {
                stance.get_or_insert(o.get());
            }
        }
        let supports = stance.is_none_or(|stance| stance != self.known.disputes);
        Ok(source.map(|source| (source, supports)))
    }

    fn kind(&self, row: &Row) -> Option<EdgeKind> {
        let known = &self.known;
        match row.class? {
            class if class == known.fact => Some(EdgeKind::Fact),
            class if class == known.inference => Some(EdgeKind::Inference),
            class if class == known.claim => {
                let status = row.status?;
                let at = known.statuses.iter().position(|known| *known == status)?;
                Some(EdgeKind::Claim(ClaimStatus::ALL[at]))
            }
            _ => None,
        }
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

    /// The sources of evidence, sorted; `None` where one is no source.
    fn cited(&mut self, evidence: &[Cited]) -> Result<Option<Arc<[SourceId]>>, StoreError> {
        let mut ids: Vec<Id> = evidence.iter().map(|(source, _)| *source).collect();
        ids.sort_unstable();
        ids.dedup();
        if let Some(known) = self.lists.get(&ids) {
            return Ok(Some(Arc::clone(known)));
        }
        let mut sources = Vec::with_capacity(ids.len());
        for id in &ids {
            let Some(source) = self.source(*id)? else { return Ok(None) };
            sources.push(source);
        }
        sources.sort_unstable();
        let sources: Arc<[SourceId]> = sources.into();
        self.lists.insert(ids, Arc::clone(&sources));
        Ok(Some(sources))
    }

    fn source(&mut self, id: Id) -> Result<Option<SourceId>, StoreError> {
        if let Some(known) = self.sources.get(&id) {
            return Ok(Some(known.clone()));
        }
        let Term::NamedNode(node) = self.graph.term(id)? else { return Ok(None) };
        let source = self.store.names().source_id(node.as_ref());
        if let Some(source) = &source {
            self.sources.insert(id, source.clone());
        }
        Ok(source)
    }

    /// How many independent sources state the triple of a fact, which itself has some evidence.
    fn stated(&mut self, term: Id, own: &[Cited]) -> Result<usize, StoreError> {
        let orders = self.graph.orders();
        if orders.of_object(term)?.len() < 2 {
            return self.independent(own);
        }
        if let Some(known) = self.stated.get(&term) {
            return Ok(*known);
        }
        let (mut all, mut row) = (Vec::new(), Row::default());
        for at in orders.subjects_of(self.known.reifies, term)? {
            let node = orders.pos_s.get(at)?;
            if self.statements.contains(&node) && self.read(node, &mut row)? && row.class == Some(self.known.fact) {
                all.append(&mut row.cited);
            }
        }
        let count = self.independent(&all)?;
        self.stated.insert(term, count);
        Ok(count)
    }

    /// How many independent sources the supporting part of evidence comes from.
    fn independent(&mut self, evidence: &[Cited]) -> Result<usize, StoreError> {
        let mut voices = Vec::with_capacity(evidence.len());
        for (source, _) in evidence.iter().filter(|(_, supports)| *supports) {
            voices.extend(self.voice(*source)?);
        }
        voices.sort_unstable();
        voices.dedup();
        Ok(voices.len())
    }

    fn voice(&mut self, id: Id) -> Result<Option<usize>, StoreError> {
        if let Some(known) = self.voices.get(&id) {
            return Ok(*known);
        }
        let new = self.publishers.len() + self.voices.len();
        let voice = match self.source(id)?.map(|source| self.corroboration.publisher(&source)).transpose()? {
            Some(Publisher::Known(name)) => Some(*self.publishers.entry(name).or_insert(new)),
            Some(Publisher::Unknown) => Some(new),
            Some(Publisher::Background) | None => None,
        };
        self.voices.insert(id, voice);
        Ok(voice)
    }

    /// Keeps a term that is a name; a literal is given back instead, since most stand in one statement only.
    fn learn(&mut self, id: Id) -> Result<Option<Term>, StoreError> {
        if self.names.contains_key(&id) {
            return Ok(None);
        }
        match self.graph.term(id)? {
            term @ Term::NamedNode(_) => {
                self.names.insert(id, term);
                Ok(None)
            }
            other => Ok(Some(other)),
        }
    }
}

/// The entities that statements speak of as subjects or objects, and what else they are about, sorted.
pub(super) fn mentioned_entities(store: &Store, graph: &CompiledGraph) -> Result<Vec<NamedNode>, StoreError> {
    let Some(reifies) = graph.id_of(vocab::rdf::REIFIES.into())? else { return Ok(Vec::new()) };
    let (orders, bound) = (graph.orders(), graph.id_bound());
    let (mut subjects, mut objects) = (FixedBitSet::with_capacity(bound), FixedBitSet::with_capacity(bound));
    for node in store.statement_ids() {
        for at in orders.objects_of(node, reifies)? {
            if let Some([subject, _, object]) = graph.components_of(orders.spo_o.get(at)?)? {
                subjects.insert(subject as usize);
                objects.insert(object as usize);
            }
        }
    }
    objects.difference_with(&subjects);
    let mut found = Vec::new();
    for id in subjects.ones() {
        found.extend(named(graph.term(id as Id)?));
    }
    for id in objects.ones().map(|id| id as Id) {
        if graph.is_node(id)?
            && let Some(object) = named(graph.term(id)?)
            && store.names().entity_id(object.as_ref()).is_some()
        {
            found.push(object);
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn named(term: Term) -> Option<NamedNode> {
    match term {
        Term::NamedNode(node) => Some(node),
        _ => None,
    }
}
