//! Selections: which statements and entities of a view are kept.

mod mask;
mod reach;
#[cfg(test)]
pub(in crate::view) mod tests;

use super::{Direction, Edge, EdgeKind, View};
use crate::model::{ClaimStatus, Period, SourceId, StatementId};
use oxigraph::model::NamedNode;
use petgraph::graph::NodeIndex;
use std::collections::HashSet;

/// The kinds of statements to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a set of kinds")]
pub struct KindFilter {
    /// Facts.
    pub facts: bool,
    /// Claims.
    pub claims: bool,
    /// Inferences.
    pub inferences: bool,
    /// Entailments.
    pub entailments: bool,
}

impl KindFilter {
    /// All kinds.
    pub const ALL: Self = Self { facts: true, claims: true, inferences: true, entailments: true };
    /// The kinds that a diagram shows by default: all except entailments, which repeat what the vocabulary says.
    pub const SHOWN: Self = Self { entailments: false, ..Self::ALL };
    /// The kinds that paths, centrality and components use by default: facts and inferences. Of [`KindFilter::SHOWN`], the graph
    /// asserts these.
    pub const ASSERTED: Self = Self { claims: false, ..Self::SHOWN };

    /// Whether statements of this kind are kept.
    pub fn accepts(self, kind: &EdgeKind) -> bool {
        match kind {
            EdgeKind::Fact => self.facts,
            EdgeKind::Claim(_) => self.claims,
            EdgeKind::Inference => self.inferences,
            EdgeKind::Entailment => self.entailments,
        }
    }
}

impl Default for KindFilter {
    fn default() -> Self {
        Self::SHOWN
    }
}

/// A condition with alternatives: at least one of `include` must hold, unless it is empty, and none of `exclude`.
///
/// ```
/// use factloom::view::Filter;
///
/// let filter = Filter { include: vec![1, 2], exclude: vec![2] };
/// let accepted: Vec<i32> = (0..4).filter(|n| filter.accepts(|m| m == n)).collect();
/// assert_eq!(accepted, [1]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<T> {
    /// At least one of these must hold; empty for no condition.
    pub include: Vec<T>,
    /// None of these may hold.
    pub exclude: Vec<T>,
}

impl<T> Default for Filter<T> {
    fn default() -> Self {
        Self { include: Vec::new(), exclude: Vec::new() }
    }
}

impl<T> Filter<T> {
    /// Whether a thing for which `holds` is true passes the filter.
    pub fn accepts(&self, holds: impl Fn(&T) -> bool) -> bool {
        (self.include.is_empty() || self.include.iter().any(&holds)) && !self.exclude.iter().any(holds)
    }

    /// Whether it accepts everything.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

/// An entity and the entities near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbourhood {
    /// The entity in the centre.
    pub entity: NodeIndex,
    /// The greatest number of statements between the centre and another entity.
    pub radius: usize,
}

/// The statements on the paths between two entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathsBetween {
    /// The entity at which the paths start.
    pub from: NodeIndex,
    /// The entity at which they end.
    pub to: NodeIndex,
    /// The greatest number of statements in a path that visits no entity twice; `None` for the shortest paths only.
    pub max_length: Option<usize>,
}

/// The subgraph of a view to keep. All conditions apply; the alternatives within a filter are combined with "or":
///
/// 1. Statements must pass `kinds`, `statuses`, `predicates`, `sources`, `times` and `statements`. Their subject and object must have
///    an accepted class, and must not be in a neighbourhood of `focus.exclude`.
/// 2. Of these, `focus` keeps the neighbourhoods that it includes, with all statements within them; `between` keeps or excludes
///    the statements on paths.
/// 3. `max_nodes` and `max_edges` limit the size.
///
/// Attributes must pass the same conditions on statements, and are kept with their entity. Entities that `focus.include` and
/// `between.include` name are always kept. Other entities are kept with a statement about them; without any condition on statements,
/// all are kept.
///
/// ```
/// use factloom::store::Labels;
/// use factloom::view::{Filter, Neighbourhood, Selection, View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let karachi = Neighbourhood { entity: view.node_with_id("karachi").unwrap(), radius: 1 };
/// let focus = Filter { include: vec![karachi], ..Filter::default() };
/// let near = view.subgraph(&Selection { focus, ..Selection::default() });
/// assert!(near.view.graph().node_count() < view.graph().node_count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The kinds of statements.
    pub kinds: KindFilter,
    /// The statuses of claims. Statements of other kinds have none.
    pub statuses: Filter<ClaimStatus>,
    /// The predicates of statements, without their subproperties.
    pub predicates: Filter<NamedNode>,
    /// The sources that a statement's own evidence cites. An inference or an entailment has none.
    pub sources: Filter<SourceId>,
    /// The period of a statement must have a day in common with one of these. Statements without a time are kept.
    pub times: Filter<Period>,
    /// Sets of statements.
    pub statements: Filter<HashSet<StatementId>>,
    /// The classes of entities, without their subclasses.
    pub classes: Filter<NamedNode>,
    /// Neighbourhoods of entities.
    pub focus: Filter<Neighbourhood>,
    /// Paths between two entities.
    pub between: Filter<PathsBetween>,
    /// The direction in which `focus` and `between` follow statements.
    pub direction: Direction,
    /// The greatest number of nodes. Named entities are kept first, then those with the most edges.
    pub max_nodes: Option<usize>,
    /// The greatest number of edges, in the order of their statements' ids.
    pub max_edges: Option<usize>,
}

/// The subgraph that a selection keeps.
#[derive(Clone, Debug)]
pub struct Subgraph {
    /// The subgraph as a view.
    pub view: View,
    /// The number of entities and of statements between them before `max_nodes` and `max_edges`.
    pub size_before_limits: (usize, usize),
    /// With a condition on times, the number of statements kept without a time.
    pub undated: usize,
    /// Whether the search for the paths of `between` reached its step limit, so that statements on some of them may be missing.
    pub incomplete: bool,
}

impl Selection {
    /// Whether a statement passes all conditions on statements themselves.
    fn accepts(&self, edge: &Edge) -> bool {
        self.kinds.accepts(&edge.kind)
            && self.statuses.accepts(|status| edge.kind.status() == Some(status))
            && self.predicates.accepts(|predicate| edge.predicate.iri == *predicate)
            && self.sources.accepts(|source| edge.cited.contains(source))
            && edge.period.is_none_or(|period| self.times.accepts(|time| period.overlaps(time.first, time.last)))
            && self.statements.accepts(|set| set.contains(&edge.statement))
    }

    /// Whether there is any condition on statements.
    fn filters_statements(&self) -> bool {
        let Self { kinds, statuses, predicates, sources, times, statements, between, .. } = self;
        ![KindFilter::ALL, KindFilter::SHOWN].contains(kinds)
            || !statuses.is_empty()
            || !predicates.is_empty()
            || !sources.is_empty()
            || !times.is_empty()
            || !statements.is_empty()
            || !between.is_empty()
    }

    /// The entities that the selection names, which are always kept.
    fn named(&self) -> impl Iterator<Item = NodeIndex> {
        let ends = self.between.include.iter().flat_map(|paths| [paths.from, paths.to]);
        self.focus.include.iter().map(|neighbourhood| neighbourhood.entity).chain(ends)
    }
}
