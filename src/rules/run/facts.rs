//! The triples that rules see: those of a graph, and round for round those that were derived.

use crate::model::Namespaces;
use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::Term;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::Range;

/// Which triples a pattern is matched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Generation {
    /// Those that were there before the last round.
    Old,
    /// Those that the last round added.
    New,
    /// Both.
    All,
}

/// The ids that one key leads to, in the order in which rounds added them.
#[derive(Default)]
struct Row {
    ids: Vec<Id>,
    /// The round that last added to them, and where its share begins.
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

    fn range(&self, extent: Generation, round: u32) -> Range<usize> {
        let new = if self.round == round { self.new as usize } else { self.ids.len() };
        match extent {
            Generation::Old => 0..new,
            Generation::New => new..self.ids.len(),
            Generation::All => 0..self.ids.len(),
        }
    }

    fn ids(&self, extent: Generation, round: u32) -> &[Id] {
        &self.ids[self.range(extent, round)]
    }
}

/// Triples that were derived, sorted into rows as each round adds its own.
#[derive(Default)]
pub(in crate::rules) struct Derived {
    round: u32,
    /// By predicate and subject, the objects.
    objects: FxHashMap<(Id, Id), Row>,
    /// By predicate and object, the subjects.
    subjects: FxHashMap<(Id, Id), Row>,
    /// By predicate, subjects and objects, each pair as two ids.
    pairs: FxHashMap<Id, (Row, Row)>,
    predicates: BTreeSet<Id>,
}

impl Derived {
    /// Adds what a round derived.
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
    pub(in crate::rules) fn objects(&self, predicate: Id, subject: Id, extent: Generation) -> &[Id] {
        self.objects.get(&(predicate, subject)).map_or(&[], |row| row.ids(extent, self.round))
    }

    /// The subjects of a predicate and an object.
    pub(in crate::rules) fn subjects(&self, predicate: Id, object: Id, extent: Generation) -> &[Id] {
        self.subjects.get(&(predicate, object)).map_or(&[], |row| row.ids(extent, self.round))
    }

    /// The subjects and objects of a predicate.
    pub(in crate::rules) fn pairs(&self, predicate: Id, extent: Generation) -> impl Iterator<Item = (Id, Id)> + '_ {
        let rows = self.pairs.get(&predicate);
        rows.into_iter().flat_map(move |(subjects, objects)| {
            let range = subjects.range(extent, self.round);
            subjects.ids[range.clone()].iter().copied().zip(objects.ids[range].iter().copied())
        })
    }

    fn each<E>(
        &self,
        [s, p, o]: [Option<Id>; 3],
        extent: Generation,
        each: &mut impl FnMut([Id; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(p) = p else {
            return self.predicates.iter().try_for_each(|p| self.each([s, Some(*p), o], extent, each));
        };
        match (s, o) {
            (Some(s), Some(o)) => {
                // The shorter of the two rows that it must stand in.
                let (objects, subjects) = (self.objects(p, s, extent), self.subjects(p, o, extent));
                let stands = match objects.len() <= subjects.len() {
                    true => objects.contains(&o),
                    false => subjects.contains(&s),
                };
                if stands { each([s, p, o]) } else { Ok(()) }
            }
            (Some(s), None) => self.objects(p, s, extent).iter().try_for_each(|o| each([s, p, *o])),
            (None, Some(o)) => self.subjects(p, o, extent).iter().try_for_each(|s| each([*s, p, o])),
            (None, None) => self.pairs(p, extent).try_for_each(|(s, o)| each([s, p, o])),
        }
    }
}

/// The triples that rules see.
pub(in crate::rules) struct Facts<'a> {
    pub(in crate::rules) graph: &'a CompiledGraph,
    pub(in crate::rules) derived: Derived,
    /// Where the graph holds more than rules see: how what they do not see is named.
    hides: Option<&'a Namespaces>,
}

impl<'a> Facts<'a> {
    /// All triples of a graph.
    pub(in crate::rules) fn all(graph: &'a CompiledGraph) -> Self {
        Self { graph, derived: Derived::default(), hides: None }
    }

    /// Those triples of a whole graph that rules see: not what is said of statements, evidence, sources and rules.
    pub(in crate::rules) fn visible(graph: &'a CompiledGraph, names: &'a Namespaces) -> Self {
        Self { hides: Some(names), ..Self::all(graph) }
    }

    fn is_hidden(&self, subject: Id) -> Result<bool, GraphError> {
        let Some(names) = self.hides else { return Ok(false) };
        Ok(match self.graph.term(subject)? {
            Term::NamedNode(iri) => names.is_about_statements(iri.as_ref()),
            _ => false,
        })
    }

    /// Hands out the triples of an extent with the components that are given. What the graph itself holds is old.
    pub(in crate::rules) fn each<E: From<GraphError>>(
        &self,
        pattern: [Option<Id>; 3],
        extent: Generation,
        each: &mut impl FnMut([Id; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        if extent != Generation::New {
            self.graph.for_each_match(pattern, |triple| match self.is_hidden(triple[0])? {
                true => Ok(()),
                false => each(triple),
            })?;
        }
        self.derived.each(pattern, extent, each)
    }

    /// How many triples of the graph have a predicate; all of them where none is given.
    pub(in crate::rules) fn count(&self, predicate: Option<Id>) -> Result<usize, GraphError> {
        match predicate {
            Some(predicate) => self.graph.count_with_predicate(predicate),
            None => Ok(usize::try_from(self.graph.len()).unwrap_or(usize::MAX)),
        }
    }
}
