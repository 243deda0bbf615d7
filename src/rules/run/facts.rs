//! The triples that rules match: those of a graph, and the derived triples of each round.

use crate::model::Namespaces;
use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::Term;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::Range;

/// Which triples a pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Generation {
    /// Triples from before the last round.
    Old,
    /// Triples of the last round.
    New,
    /// Both.
    All,
}

/// The ids for a key, in the order of the rounds.
#[derive(Default)]
struct Row {
    ids: Vec<Id>,
    /// The last round that added ids, and the index of its first id.
    round: u32,
    new: u32,
}

impl Row {
    fn push(&mut self, id: Id, round: u32) {
        if self.round != round {
            (self.round, self.new) = (round, self.ids.len() as u32);
        }
        self.ids.push(id);
    }

    fn range(&self, generation: Generation, round: u32) -> Range<usize> {
        let new = if self.round == round { self.new as usize } else { self.ids.len() };
        match generation {
            Generation::Old => 0..new,
            Generation::New => new..self.ids.len(),
            Generation::All => 0..self.ids.len(),
        }
    }

    fn ids(&self, generation: Generation, round: u32) -> &[Id] {
        &self.ids[self.range(generation, round)]
    }
}

/// Derived triples.
#[derive(Default)]
pub(in crate::rules) struct Derived {
    round: u32,
    /// Objects by predicate and subject.
    objects: FxHashMap<(Id, Id), Row>,
    /// Subjects by predicate and object.
    subjects: FxHashMap<(Id, Id), Row>,
    /// Subjects and objects by predicate, as two parallel rows.
    pairs: FxHashMap<Id, (Row, Row)>,
    predicates: BTreeSet<Id>,
}

impl Derived {
    /// Adds the triples of a round.
    pub(in crate::rules) fn add(&mut self, round: u32, triples: impl IntoIterator<Item = [Id; 3]>) {
        self.round = round;
        for [s, p, o] in triples {
            self.objects.entry((p, s)).or_default().push(o, round);
            self.subjects.entry((p, o)).or_default().push(s, round);
            let (subjects, objects) = self.pairs.entry(p).or_default();
            subjects.push(s, round);
            objects.push(o, round);
            self.predicates.insert(p);
        }
    }

    /// The objects of a predicate and a subject.
    pub(in crate::rules) fn objects(&self, predicate: Id, subject: Id, generation: Generation) -> &[Id] {
        self.objects.get(&(predicate, subject)).map_or(&[], |row| row.ids(generation, self.round))
    }

    /// The subjects of a predicate and an object.
    pub(in crate::rules) fn subjects(&self, predicate: Id, object: Id, generation: Generation) -> &[Id] {
        self.subjects.get(&(predicate, object)).map_or(&[], |row| row.ids(generation, self.round))
    }

    /// The subjects and objects of a predicate.
    pub(in crate::rules) fn pairs(&self, predicate: Id, generation: Generation) -> impl Iterator<Item = (Id, Id)> + '_ {
        let rows = self.pairs.get(&predicate);
        rows.into_iter().flat_map(move |(subjects, objects)| {
            let range = subjects.range(generation, self.round);
            subjects.ids[range.clone()].iter().copied().zip(objects.ids[range].iter().copied())
        })
    }

    fn each<E>(
        &self,
        [s, p, o]: [Option<Id>; 3],
        generation: Generation,
        each: &mut impl FnMut([Id; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(p) = p else {
            return self.predicates.iter().try_for_each(|p| self.each([s, Some(*p), o], generation, each));
        };
        match (s, o) {
            (Some(s), Some(o)) => {
                // Search the shorter of the two rows.
                let (objects, subjects) = (self.objects(p, s, generation), self.subjects(p, o, generation));
                let is_derived = match objects.len() <= subjects.len() {
                    true => objects.contains(&o),
                    false => subjects.contains(&s),
                };
                if is_derived { each([s, p, o]) } else { Ok(()) }
            }
            (Some(s), None) => self.objects(p, s, generation).iter().try_for_each(|o| each([s, p, *o])),
            (None, Some(o)) => self.subjects(p, o, generation).iter().try_for_each(|s| each([*s, p, o])),
            (None, None) => self.pairs(p, generation).try_for_each(|(s, o)| each([s, p, o])),
        }
    }
}

/// The triples that rules match.
pub(in crate::rules) struct Facts<'a> {
    pub(in crate::rules) graph: &'a CompiledGraph,
    pub(in crate::rules) derived: Derived,
    /// If set, triples about statements, evidence, sources and rules are hidden.
    hidden: Option<&'a Namespaces>,
}

impl<'a> Facts<'a> {
    /// All triples of a graph.
    pub(in crate::rules) fn all(graph: &'a CompiledGraph) -> Self {
        Self { graph, derived: Derived::default(), hidden: None }
    }

    /// The triples of a graph that rules match: not those about statements, evidence, sources and rules.
    pub(in crate::rules) fn visible(graph: &'a CompiledGraph, namespaces: &'a Namespaces) -> Self {
        Self { hidden: Some(namespaces), ..Self::all(graph) }
    }

    fn is_hidden(&self, subject: Id) -> Result<bool, GraphError> {
        let Some(namespaces) = self.hidden else { return Ok(false) };
        Ok(match self.graph.term(subject)? {
            Term::NamedNode(iri) => namespaces.is_about_statements(iri.as_ref()),
            _ => false,
        })
    }

    /// Calls `each` with the triples of a generation that match a pattern. Triples of the graph are old.
    pub(in crate::rules) fn each<E: From<GraphError>>(
        &self,
        pattern: [Option<Id>; 3],
        generation: Generation,
        each: &mut impl FnMut([Id; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        if generation != Generation::New {
            self.graph.for_each_match(pattern, |triple| match self.is_hidden(triple[0])? {
                true => Ok(()),
                false => each(triple),
            })?;
        }
        self.derived.each(pattern, generation, each)
    }

    /// The number of triples of the graph with a predicate, or of all triples.
    pub(in crate::rules) fn count(&self, predicate: Option<Id>) -> Result<usize, GraphError> {
        match predicate {
            Some(predicate) => self.graph.count_with_predicate(predicate),
            None => Ok(usize::try_from(self.graph.len()).unwrap_or(usize::MAX)),
        }
    }
}
