//! Which part of a view is wanted.

mod apply;
mod region;
#[cfg(test)]
pub(in crate::view) mod tests;

use super::{Direction, Edge, EdgeKind, View};
use crate::model::{ClaimStatus, Period, SourceId, StatementId};
use oxigraph::model::NamedNode;
use petgraph::graph::NodeIndex;
use std::collections::HashSet;

/// Which kinds of statements are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindFilter {
    /// Facts.
    pub facts: bool,
    /// Claims.
    pub claims: bool,
    /// Inferences.
    pub inferences: bool,
}

impl KindFilter {
    /// All kinds.
    pub const ALL: Self = Self { facts: true, claims: true, inferences: true };
    /// What is in the graph: facts and inferences.
    pub const ASSERTED: Self = Self { facts: true, claims: false, inferences: true };

    /// Whether an edge is wanted.
    pub fn accepts(self, kind: EdgeKind) -> bool {
        match kind {
            EdgeKind::Fact => self.facts,
            EdgeKind::Claim(_) => self.claims,
            EdgeKind::Inference => self.inferences,
        }
    }
}

/// A condition: one of some things must be so, and none of others. Where none must be so, anything may.
///
/// ```
/// use factloom::view::Filter;
///
/// let filter = Filter { include: vec![1, 2], exclude: vec![2] };
/// let admitted: Vec<i32> = (0..4).filter(|n| filter.accepts(|m| m == n)).collect();
/// assert_eq!(admitted, [1]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<T> {
    /// One of these must be so; none for no condition.
    pub include: Vec<T>,
    /// None of these may be so.
    pub exclude: Vec<T>,
}

impl<T> Default for Filter<T> {
    fn default() -> Self {
        Self { include: Vec::new(), exclude: Vec::new() }
    }
}

impl<T> Filter<T> {
    /// Whether what fits these things is wanted.
    pub fn accepts(&self, fits: impl Fn(&T) -> bool) -> bool {
        (self.include.is_empty() || self.include.iter().any(&fits)) && !self.exclude.iter().any(fits)
    }

    /// Whether it accepts everything.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

/// The entities near one: those that so many statements lead to, and itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbourhood {
    /// The entity.
    pub entity: NodeIndex,
    /// How many statements away an entity may be.
    pub radius: usize,
}

/// The statements by which two entities hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathsBetween {
    /// The entity at which the paths begin.
    pub from: NodeIndex,
    /// The entity at which they end.
    pub to: NodeIndex,
    /// How many statements a path may have that visits no entity twice; `None` for the shortest paths alone.
    pub max_length: Option<usize>,
}

/// Which part of a view is wanted. The things of one condition are alternatives; all conditions apply:
///
/// 1. Statements are taken that fit `kinds`, `statuses`, `predicates`, `sources`, `times` and `statements`; those whose subject or
///    object is near one of `focus.exclude`, or of no wanted class, are not.
/// 2. In what they leave, `focus` takes the entities that are near, and the statements among them; `between` takes the statements
///    on paths, or leaves them out.
/// 3. `max_nodes` and `max_edges` keep what ranks highest.
///
/// Literals that statements give an entity are taken by the same conditions, where the entity is. Entities that are named in
/// `focus.include` and `between.include` stay, whatever their class and even if no statement about them does. Other entities stay where one of
/// their statements does; without a condition on statements, all do.
///
/// ```
/// use factloom::store::Labels;
/// use factloom::view::{Neighbourhood, Filter, Selection, View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let karachi = Neighbourhood { entity: view.node_with_id("karachi").unwrap(), radius: 1 };
/// let focus = Filter { include: vec![karachi], ..Filter::default() };
/// let near = view.select(&Selection { focus, ..Selection::default() });
/// assert!(near.graph().node_count() < view.graph().node_count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Selection {
    /// The kinds of statements.
    pub kinds: KindFilter,
    /// The statuses of claims: a statement that is no claim has none.
    pub statuses: Filter<ClaimStatus>,
    /// The predicates of statements, as they are: what is narrower is to be named, too.
    pub predicates: Filter<NamedNode>,
    /// The sources that a statement's own evidence is from: an inference has none.
    pub sources: Filter<SourceId>,
    /// When statements hold: those whose period has a day in common with one of these. Statements without a time are taken.
    pub times: Filter<Period>,
    /// The statements themselves, in sets of which each is an alternative.
    pub statements: Filter<HashSet<StatementId>>,
    /// The classes of entities, as they are: what is narrower is to be named, too.
    pub classes: Filter<NamedNode>,
    /// The entities near which statements are wanted, and those near which none is.
    pub focus: Filter<Neighbourhood>,
    /// The entities between which statements are wanted, and those between which none is.
    pub between: Filter<PathsBetween>,
    /// Which way statements lead, for `focus` and `between`.
    pub direction: Direction,
    /// How many nodes there may be: those that are named, then those with the most edges; `None` for no limit.
    pub max_nodes: Option<usize>,
    /// How many edges there may be, the first by their statements' ids; `None` for no limit.
    pub max_edges: Option<usize>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            kinds: KindFilter::ALL,
            statuses: Filter::default(),
            predicates: Filter::default(),
            sources: Filter::default(),
            times: Filter::default(),
            statements: Filter::default(),
            classes: Filter::default(),
            focus: Filter::default(),
            between: Filter::default(),
            direction: Direction::Both,
            max_nodes: None,
            max_edges: None,
        }
    }
}

/// The part of a view that a selection leaves, and what there is to say of it.
#[derive(Clone, Debug)]
pub struct Subgraph {
    /// The part.
    pub view: View,
    /// How many entities and statements between them there were before `max_nodes` and `max_edges`.
    pub size_before_limits: (usize, usize),
    /// Where times were asked for, how many statements were kept that have none.
    pub undated: usize,
    /// Whether the search for paths of `between` was given up, so that statements on some may be missing.
    pub incomplete: bool,
}

impl Selection {
    /// Whether a statement fits all conditions on statements themselves.
    fn accepts(&self, edge: &Edge) -> bool {
        self.kinds.accepts(edge.kind)
            && self.statuses.accepts(|status| edge.kind == EdgeKind::Claim(*status))
            && self.predicates.accepts(|predicate| edge.predicate.iri == *predicate)
            && self.sources.accepts(|source| edge.cited.contains(source))
            && edge.period.is_none_or(|period| self.times.accepts(|time| period.overlaps(time.first, time.last)))
            && self.statements.accepts(|set| set.contains(&edge.statement))
    }

    /// Whether there is a condition on statements, by which entities can lose all of theirs.
    fn concerns_statements(&self) -> bool {
        let Self { kinds, statuses, predicates, sources, times, statements, between, .. } = self;
        *kinds != KindFilter::ALL
            || !statuses.is_empty()
            || !predicates.is_empty()
            || !sources.is_empty()
            || !times.is_empty()
            || !statements.is_empty()
            || !between.is_empty()
    }

    /// The entities that the selection names.
    fn named(&self) -> impl Iterator<Item = NodeIndex> {
        let ends = self.between.include.iter().flat_map(|between| [between.from, between.to]);
        self.focus.include.iter().map(|around| around.entity).chain(ends)
    }
}
