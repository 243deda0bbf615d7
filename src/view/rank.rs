//! Centrality of entities.
//!
//! Parallel statements are merged, so that repeating a statement makes no entity more central. The measures are those of networkx
//! on a `DiGraph`.

use super::View;
use super::merged::directed;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use rustworkx_core::centrality::{betweenness_centrality, closeness_centrality};

/// The number of neighbours of an entity. An entity that is its own neighbour counts in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Degree {
    /// The number of subjects of statements about it.
    pub incoming: usize,
    /// The number of objects of its statements.
    pub outgoing: usize,
}

/// The degrees of all nodes, in their order. O(e log e) for e edges.
///
/// ```
/// use factloom::{store::Labels, view::{View, degrees}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let mill = view.node_with_id("pakistan-steel-mills").unwrap();
/// assert!(degrees(&view)[mill.index()].incoming > 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn degrees(view: &View) -> Vec<Degree> {
    let graph = directed(view);
    let count = |node, direction| graph.neighbors_directed(node, direction).count();
    let degree = |node| Degree { incoming: count(node, Incoming), outgoing: count(node, Outgoing) };
    graph.node_indices().map(degree).collect()
}

/// A centrality measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// See [`degrees`].
    Degree,
    /// See [`pagerank`].
    PageRank,
    /// See [`betweenness`].
    Betweenness,
    /// See [`closeness`].
    Closeness,
}

impl Measure {
    /// `degree`, `pagerank`, `betweenness` or `closeness`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Degree => "degree",
            Self::PageRank => "pagerank",
            Self::Betweenness => "betweenness",
            Self::Closeness => "closeness",
        }
    }
}

/// Entities in the order of their centrality.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The measure.
    pub by: Measure,
    /// The entities, the most central first; ties in the order of the nodes.
    pub rows: Vec<Ranked>,
}

/// An entity with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// The entity.
    pub node: NodeIndex,
    /// The number of its neighbours.
    pub degree: Degree,
    /// Its score by the measure of the ranking.
    pub score: f64,
}

impl Ranking {
    /// Ranks the entities of a view.
    ///
    /// # Errors
    ///
    /// Returns an error if betweenness or closeness would take much longer than half a minute.
    ///
    /// ```
    /// use factloom::{store::Labels, view::{Measure, Ranking, View}};
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
    /// let ranking = Ranking::new(&view, Measure::Degree)?;
    /// assert!(ranking.rows[0].score >= ranking.rows[1].score);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(view: &View, by: Measure) -> Result<Self, GraphTooLarge> {
        let degrees = degrees(view);
        let scores = match by {
            Measure::Degree => degrees.iter().map(|degree| (degree.incoming + degree.outgoing) as f64).collect(),
            Measure::PageRank => pagerank(view),
            Measure::Betweenness => betweenness(view)?,
            Measure::Closeness => closeness(view)?,
        };
        let row = |(node, (degree, score))| Ranked { node: NodeIndex::new(node), degree, score };
        let mut rows: Vec<Ranked> = degrees.into_iter().zip(scores).enumerate().map(row).collect();
        rows.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(Self { by, rows })
    }
}

/// The probability that a random walk follows a statement instead of restarting.
const DAMPING: f64 = 0.85;
/// With a smaller sum of changes, another iteration changes no digit that is shown.
const TOLERANCE: f64 = 1e-12;
/// Each iteration multiplies the changes by at most `DAMPING`, so fewer are enough.
const MAX_ITERATIONS: usize = 200;

/// PageRank (Brin, Page, “The anatomy of a large-scale hypertextual Web search engine”, Computer Networks 30, 1998): the
/// probability that a random walk is at each entity. The walk follows statements from subject to object; with a probability of
/// 0.15, and at entities without outgoing statements, it restarts at a random entity. The sum is 1.
///
/// By power iteration with at most 200 iterations, each O(e) for e edges.
///
/// ```
/// use factloom::{store::Labels, view::{View, pagerank}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!((pagerank(&view).iter().sum::<f64>() - 1.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pagerank(view: &View) -> Vec<f64> {
    let graph = directed(view);
    let nodes = graph.node_count() as f64;
    let out_degrees: Vec<usize> = graph.node_indices().map(|node| graph.neighbors(node).count()).collect();
    let mut ranks = vec![1.0 / nodes; graph.node_count()];
    for _ in 0..MAX_ITERATIONS {
        // Sums are taken in the order of the nodes, so that they are the same on each machine.
        let dangling = ranks.iter().zip(&out_degrees).filter(|(_, degree)| **degree == 0).map(|(rank, _)| rank);
        let mut next = vec![(DAMPING * dangling.sum::<f64>() + 1.0 - DAMPING) / nodes; ranks.len()];
        for node in graph.node_indices() {
            let share = DAMPING * ranks[node.index()] / out_degrees[node.index()] as f64;
            graph.neighbors(node).for_each(|to| next[to.index()] += share);
        }
        let change: f64 = next.iter().zip(&ranks).map(|(new, old)| (new - old).abs()).sum();
        ranks = next;
        if change < TOLERANCE {
            break;
        }
    }
    ranks
}

/// The graph is too large for a measure that needs the shortest paths between all entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the graph is too large for this measure: {entities} entities with {links} links")]
pub struct GraphTooLarge {
    /// The number of entities.
    pub entities: usize,
    /// The number of pairs of entities with a statement between them.
    pub links: usize,
}

/// About twenty seconds of work.
const MAX_STEPS: usize = 2_000_000_000;

fn check_size(graph: &DiGraph<(), ()>) -> Result<(), GraphTooLarge> {
    let (entities, links) = (graph.node_count(), graph.edge_count());
    match entities.saturating_mul(entities + links) > MAX_STEPS {
        true => Err(GraphTooLarge { entities, links }),
        false => Ok(()),
    }
}

/// Betweenness: the fraction of the shortest paths between all pairs of other entities that pass through each entity. If a pair has
/// several shortest paths, each counts in part. Paths lead from subject to object.
///
/// Uses rustworkx-core's implementation of Brandes, “A faster algorithm for betweenness centrality”, Journal of Mathematical
/// Sociology 25, 2001: O(n e) for n nodes and e edges.
///
/// # Errors
///
/// Returns an error if that would take much longer than half a minute.
///
/// ```
/// use factloom::{store::Labels, view::{View, betweenness}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!(betweenness(&view)?.iter().all(|score| (0.0..=1.0).contains(score)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn betweenness(view: &View) -> Result<Vec<f64>, GraphTooLarge> {
    let graph = directed(view);
    check_size(&graph)?;
    // With several threads the order of the sums, and so their rounding, would change from run to run.
    let parallel_threshold = usize::MAX;
    Ok(betweenness_centrality(&graph, false, true, parallel_threshold)
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect())
}

/// Closeness: the reciprocal of the mean length of the shortest paths to an entity from those that reach it, times the fraction of
/// all others that do (Wasserman, Faust, “Social network analysis”, 1994, 5.2.2).
///
/// Uses rustworkx-core: a search from each entity, O(n e) for n nodes and e edges.
///
/// # Errors
///
/// Returns an error if that would take much longer than half a minute.
///
/// ```
/// use factloom::{store::Labels, view::{View, closeness}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!(closeness(&view)?.iter().all(|score| (0.0..=1.0).contains(score)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn closeness(view: &View) -> Result<Vec<f64>, GraphTooLarge> {
    let graph = directed(view);
    check_size(&graph)?;
    // Each sum is computed by one thread.
    let parallel_threshold = 50;
    Ok(closeness_centrality(&graph, true, parallel_threshold).into_iter().map(Option::unwrap_or_default).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::view;

    #[test]
    fn parallel_statements_count_once_and_loops_in_both_directions() {
        let view = view(&[("a", "b", 'f'), ("a", "b", 'f'), ("b", "b", 'f')]);
        let [a, b] = [(0, 1), (2, 1)].map(|(incoming, outgoing)| Degree { incoming, outgoing });
        assert_eq!(degrees(&view), [a, b]);
    }

    #[test]
    fn an_empty_view_has_no_scores() {
        assert!(pagerank(&view(&[])).is_empty());
        assert_eq!(betweenness(&view(&[])), Ok(Vec::new()));
        assert_eq!(closeness(&view(&[])), Ok(Vec::new()));
    }

    #[test]
    fn an_entity_without_outgoing_statements_passes_its_rank_to_all() {
        let ranks = pagerank(&view(&[("a", "b", 'f')]));
        assert!((ranks[0] - 0.350_877).abs() < 1e-6 && (ranks[1] - 0.649_123).abs() < 1e-6, "{ranks:?}");
    }
}
