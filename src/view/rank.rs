//! How central entities are.
//!
//! All measures see the graph with parallel statements merged: how often something is said makes nobody more central. They are as
//! networkx defines them on a `DiGraph`.

use super::View;
use super::merged::directed;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use rustworkx_core::centrality::{betweenness_centrality, closeness_centrality};

/// How many neighbours an entity has; its own neighbour it is both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Degree {
    /// How many entities statements lead to it from.
    pub incoming: usize,
    /// How many entities statements lead to from it.
    pub outgoing: usize,
}

impl Degree {
    /// Both together.
    pub fn total(self) -> usize {
        self.incoming + self.outgoing
    }
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

/// What entities are ranked by.
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
    /// Its name in tables and documents: `degree`, `pagerank`, `betweenness` or `closeness`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Degree => "degree",
            Self::PageRank => "pagerank",
            Self::Betweenness => "betweenness",
            Self::Closeness => "closeness",
        }
    }
}

/// Entities by how central they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The measure.
    pub by: Measure,
    /// The entities, the most central first; those with the same score in the order of the nodes.
    pub rows: Vec<Ranked>,
}

/// An entity and how central it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// The entity.
    pub node: NodeIndex,
    /// How many neighbours it has.
    pub degree: Degree,
    /// How central it is.
    pub score: f64,
}

impl Ranking {
    /// Ranks the entities of a view.
    ///
    /// # Errors
    ///
    /// Where that would take much longer than half a minute.
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
            Measure::Degree => degrees.iter().map(|degree| degree.total() as f64).collect(),
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

/// How likely it is that somebody goes on by a statement, and does not begin anew at any entity.
const DAMPING: f64 = 0.85;
/// Below this sum of changes a further round changes no digit that is shown.
const TOLERANCE: f64 = 1e-12;
/// Every round leaves at most `DAMPING` of the changes, so that fewer are enough.
const MOST_ROUNDS: usize = 200;

/// PageRank (Brin, Page, “The anatomy of a large-scale hypertextual Web search engine”, Computer Networks 30, 1998): how likely
/// somebody is to be found at each entity who keeps going from subject to object, or with a probability of 0.15, and where nothing
/// leads on, begins anew at any entity. The sum is 1.
///
/// By power iteration, O(e) for e edges a round, of which there are at most 200.
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
    let share = |node: NodeIndex| graph.neighbors(node).count();
    let shares: Vec<usize> = graph.node_indices().map(share).collect();
    let mut ranks = vec![1.0 / nodes; graph.node_count()];
    for _ in 0..MOST_ROUNDS {
        let (next, change) = round(&graph, &shares, &ranks);
        ranks = next;
        if change < TOLERANCE {
            break;
        }
    }
    ranks
}

/// One round, and the sum of the changes. Sums are taken in the order of the nodes, so that they are the same on each machine.
fn round(graph: &DiGraph<(), ()>, shares: &[usize], ranks: &[f64]) -> (Vec<f64>, f64) {
    let nodes = ranks.len() as f64;
    let stuck: f64 = ranks.iter().zip(shares).filter(|(_, share)| **share == 0).map(|(rank, _)| rank).sum();
    let mut next = vec![(DAMPING * stuck + 1.0 - DAMPING) / nodes; ranks.len()];
    for node in graph.node_indices() {
        let passed = DAMPING * ranks[node.index()] / shares[node.index()] as f64;
        graph.neighbors(node).for_each(|to| next[to.index()] += passed);
    }
    let change = next.iter().zip(ranks).map(|(new, old)| (new - old).abs()).sum();
    (next, change)
}

/// A graph is too large for a measure that goes from each entity to all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entities} entities with {links} links are too many to go from each to all others")]
pub struct GraphTooLarge {
    /// How many entities there are.
    pub entities: usize,
    /// How many pairs of entities are joined by statements.
    pub links: usize,
}

/// So many steps take some twenty seconds; a hundred times as many are hardly what anybody means to wait for.
const MOST_STEPS: usize = 2_000_000_000;

fn not_too_large(graph: &DiGraph<(), ()>) -> Result<(), GraphTooLarge> {
    let (entities, links) = (graph.node_count(), graph.edge_count());
    match entities.saturating_mul(entities + links) > MOST_STEPS {
        true => Err(GraphTooLarge { entities, links }),
        false => Ok(()),
    }
}

/// Betweenness: of all pairs of other entities, the part whose shortest paths from subject to object lead through each entity;
/// where a pair has several such paths, the part of them.
///
/// By the algorithm of Brandes (“A faster algorithm for betweenness centrality”, Journal of Mathematical Sociology 25, 2001), O(n e)
/// for n nodes and e edges, as rustworkx-core has it.
///
/// # Errors
///
/// Where that would take much longer than half a minute.
///
/// ```
/// use factloom::{store::Labels, view::{View, betweenness}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!(betweenness(&view)?.iter().all(|part| (0.0..=1.0).contains(part)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn betweenness(view: &View) -> Result<Vec<f64>, GraphTooLarge> {
    let graph = directed(view);
    not_too_large(&graph)?;
    // By several threads at once the sums would be taken in another order each time.
    let one_thread = usize::MAX;
    Ok(betweenness_centrality(&graph, false, true, one_thread).into_iter().map(Option::unwrap_or_default).collect())
}

/// Closeness: the reciprocal of the mean length of the shortest paths to an entity from those that reach it, times the part of all
/// others that do (Wasserman, Faust, “Social network analysis”, 1994, 5.2.2).
///
/// A search from each entity, O(n e) for n nodes and e edges, as rustworkx-core has it.
///
/// # Errors
///
/// Where that would take much longer than half a minute.
///
/// ```
/// use factloom::{store::Labels, view::{View, closeness}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!(closeness(&view)?.iter().all(|part| (0.0..=1.0).contains(part)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn closeness(view: &View) -> Result<Vec<f64>, GraphTooLarge> {
    let graph = directed(view);
    not_too_large(&graph)?;
    // The threads share no sum.
    let some_threads = 50;
    Ok(closeness_centrality(&graph, true, some_threads).into_iter().map(Option::unwrap_or_default).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::view;

    #[test]
    fn parallel_statements_count_once_and_one_about_itself_both_ways() {
        let view = view(&[("a", "b", 'f'), ("a", "b", 'f'), ("b", "b", 'f')]);
        let [a, b] = [(0, 1), (2, 1)].map(|(incoming, outgoing)| Degree { incoming, outgoing });
        assert_eq!(degrees(&view), [a, b]);
    }

    #[test]
    fn nothing_has_no_rank() {
        assert!(pagerank(&view(&[])).is_empty());
        assert_eq!(betweenness(&view(&[])), Ok(Vec::new()));
        assert_eq!(closeness(&view(&[])), Ok(Vec::new()));
    }

    #[test]
    fn what_leads_nowhere_passes_its_rank_on_to_all() {
        let ranks = pagerank(&view(&[("a", "b", 'f')]));
        assert!((ranks[0] - 0.350_877).abs() < 1e-6 && (ranks[1] - 0.649_123).abs() < 1e-6, "{ranks:?}");
    }
}
