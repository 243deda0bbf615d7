//! Compares selections from random graphs with a naive evaluation of their definition.

use super::*;
use crate::model::{BuiltInStatus, StatusId, TimeValue};
use crate::view::{Node, Predicate};
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn iri(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("https://e.org/{name}"))
}

fn period(text: &str) -> Period {
    let time = TimeValue::parse(text).unwrap();
    time.period()
}

fn node(number: usize) -> Node {
    let class = Some(iri(["Mill", "Guild"][number % 2]));
    let id = format!("n{number}");
    Node { iri: iri(&format!("{number:09}")), label: id.clone(), id, class, attributes: Vec::new() }
}

const PLANNED: ClaimStatus = ClaimStatus::BuiltIn(BuiltInStatus::Planned);

/// A status that a dataset declares.
fn rumoured() -> ClaimStatus {
    ClaimStatus::Declared(StatusId::new("rumoured").unwrap())
}

fn kinds(derived: EdgeKind) -> [EdgeKind; 4] {
    [EdgeKind::Fact, derived, EdgeKind::Claim(PLANNED), EdgeKind::Claim(rumoured())]
}

const YEARS: [&str; 3] = ["1970", "1971", "197X"];

/// An edge with properties that are derived from the bits of a number.
fn edge(number: usize, bits: usize) -> Edge {
    let derived = [EdgeKind::Inference, EdgeKind::Entailment][bits / 64 % 2].clone();
    let predicate = Predicate { iri: iri(["made", "saw"][bits % 2]), label: String::new() };
    Edge {
        statement: StatementId::new(&format!("s{number:09}")).unwrap(),
        predicate: Arc::new(predicate),
        kind: kinds(derived)[bits / 2 % 4].clone(),
        source_count: 1,
        cited: [SourceId::new(["one", "other"][bits / 8 % 2]).unwrap()].into(),
        period: YEARS.get(bits / 16 % 4).map(|year| period(year)),
    }
}

fn view(nodes: usize, edges: &[(usize, usize, usize)]) -> View {
    let mut graph = DiGraph::new();
    let indices: Vec<NodeIndex> = (0..nodes).map(|number| graph.add_node(node(number))).collect();
    for (number, (from, to, bits)) in edges.iter().enumerate() {
        graph.add_edge(indices[*from], indices[*to], edge(number, *bits));
    }
    let nodes = indices.iter().map(|index| (graph[*index].iri.clone(), *index)).collect();
    View::of(graph, nodes)
}

/// A view of facts between numbered entities.
pub(in crate::view) fn view_of_pairs(pairs: &[(usize, usize)]) -> View {
    let nodes = pairs.iter().map(|(from, to)| from.max(to) + 1).max().unwrap_or(0);
    view(nodes, &pairs.iter().map(|(from, to)| (*from, *to, 0)).collect::<Vec<_>>())
}

/// The numbers of the entities and of the statements in a view.
fn content(view: &View) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let number = |name: &str| name[1..].parse().unwrap();
    let nodes = view.graph.node_weights().map(|node| number(&node.id)).collect();
    (nodes, view.graph.edge_weights().map(|edge| number(edge.statement.as_str())).collect())
}

/// All paths of at most `max_length` edges from a node, as their edges and their last node.
fn all_paths(
    view: &View,
    edges: &BTreeSet<usize>,
    from: usize,
    max_length: usize,
    direction: Direction,
) -> Vec<(Vec<usize>, usize)> {
    let mut all = vec![(Vec::new(), vec![from])];
    let mut next_path = 0;
    while next_path < all.len() {
        let (path, visited) = all[next_path].clone();
        next_path += 1;
        let last = visited[visited.len() - 1];
        for edge in view.graph.edge_references().filter(|edge| edges.contains(&edge.id().index())) {
            let (source, target) = (edge.source().index(), edge.target().index());
            let forward = (direction != Direction::In && source == last).then_some(target);
            let backward = (direction != Direction::Out && target == last).then_some(source);
            for next in [forward, backward].into_iter().flatten() {
                if path.len() < max_length && !visited.contains(&next) {
                    let path = [path.clone(), vec![edge.id().index()]].concat();
                    all.push((path, [visited.clone(), vec![next]].concat()));
                }
            }
        }
    }
    all.into_iter().map(|(path, visited)| (path, visited[visited.len() - 1])).collect()
}

fn near(
    view: &View,
    edges: &BTreeSet<usize>,
    neighbourhoods: &[Neighbourhood],
    direction: Direction,
) -> BTreeSet<usize> {
    let reached = |centre: &Neighbourhood| all_paths(view, edges, centre.entity.index(), centre.radius, direction);
    neighbourhoods.iter().flat_map(reached).map(|(_, end)| end).collect()
}

fn between(view: &View, edges: &BTreeSet<usize>, pairs: &[PathsBetween], direction: Direction) -> BTreeSet<usize> {
    let mut on_paths = BTreeSet::new();
    for PathsBetween { from, to, max_length } in pairs {
        let all = all_paths(view, edges, from.index(), max_length.unwrap_or(usize::MAX), direction);
        let all: Vec<_> = all.into_iter().filter(|(_, end)| *end == to.index()).map(|(path, _)| path).collect();
        let shortest = all.iter().map(Vec::len).min().unwrap_or(0);
        on_paths.extend(all.into_iter().filter(|path| max_length.is_some() || path.len() == shortest).flatten());
    }
    on_paths
}

/// The nodes and edges that a selection without limits keeps, by its definition.
fn expected(view: &View, selection: &Selection) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let ends = |edge: usize| {
        let (from, to) = view.graph.edge_endpoints(petgraph::graph::EdgeIndex::new(edge)).unwrap();
        [from.index(), to.index()]
    };
    let named: BTreeSet<usize> = selection.named().map(NodeIndex::index).collect();
    let accepted = view.graph.edge_references().filter(|edge| selection.accepts(edge.weight()));
    let mut edges: BTreeSet<usize> = accepted.map(|edge| edge.id().index()).collect();
    let excluded = near(view, &edges, &selection.focus.exclude, selection.direction);
    let mut nodes: BTreeSet<usize> = (0..view.graph.node_count()).collect();
    nodes.retain(|node| {
        let class = view.graph[NodeIndex::new(*node)].class.as_ref();
        !excluded.contains(node)
            && (named.contains(node) || selection.classes.accepts(|accepted| class == Some(accepted)))
    });
    edges.retain(|edge| ends(*edge).iter().all(|end| nodes.contains(end)));
    // A path cannot start at an excluded entity.
    let has_ends = |paths: &&PathsBetween| [paths.from, paths.to].iter().all(|end| nodes.contains(&end.index()));
    let [included, excluded] = [&selection.between.include, &selection.between.exclude].map(|pairs| {
        between(view, &edges, &pairs.iter().filter(has_ends).copied().collect::<Vec<_>>(), selection.direction)
    });
    if !selection.focus.include.is_empty() {
        let centres = selection.focus.include.iter().filter(|centre| nodes.contains(&centre.entity.index()));
        let near = near(view, &edges, &centres.copied().collect::<Vec<_>>(), selection.direction);
        nodes.retain(|node| near.contains(node));
    }
    let requires_paths = !selection.between.include.is_empty();
    edges.retain(|edge| (!requires_paths || included.contains(edge)) && !excluded.contains(edge));
    if requires_paths {
        let on_paths: BTreeSet<usize> = included.iter().flat_map(|edge| ends(*edge)).collect();
        nodes.retain(|node| on_paths.contains(node) || named.contains(node));
    }
    edges.retain(|edge| ends(*edge).iter().all(|end| nodes.contains(end)));
    if selection.filters_statements() {
        let with_statements: BTreeSet<usize> = edges.iter().flat_map(|edge| ends(*edge)).collect();
        nodes.retain(|node| with_statements.contains(node) || named.contains(node));
    }
    (nodes, edges)
}

const NODES: usize = 6;

fn graphs() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0..NODES, 0..NODES, 0..128_usize), 0..10)
}

/// A filter with some of these alternatives, usually none.
fn filters<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Filter<T>> + use<T> {
    let some = || {
        let all = all.to_vec();
        prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(prop::sample::select(all), 1..3)]
    };
    (some(), some()).prop_map(|(include, exclude)| Filter { include, exclude })
}

fn selections() -> impl Strategy<Value = Selection> {
    let entities = || (0..NODES).map(NodeIndex::new);
    let neighbourhoods: Vec<Neighbourhood> =
        entities().flat_map(|entity| (0..3).map(move |radius| Neighbourhood { entity, radius })).collect();
    let lengths = || [None, Some(1), Some(2), Some(3), Some(5)];
    let pairs = entities().flat_map(|from| entities().map(move |to| (from, to)));
    let paths: Vec<PathsBetween> =
        pairs.flat_map(|(from, to)| lengths().map(|max_length| PathsBetween { from, to, max_length })).collect();
    let kind = prop::sample::select(vec![KindFilter::ALL, KindFilter::SHOWN, KindFilter::ASSERTED]);
    let sets = (0..4_usize).map(|n| (n..n + 4).map(|s| StatementId::new(&format!("s{s:09}")).unwrap()).collect());
    let direction = prop::sample::select(vec![Direction::Out, Direction::In, Direction::Both]);
    let on_statements = (
        kind,
        filters(&[PLANNED, rumoured()]),
        filters(&[iri("made"), iri("saw")]),
        filters(&["one", "other"].map(|source| SourceId::new(source).unwrap())),
        filters(&YEARS.map(period)),
        filters(&sets.collect::<Vec<HashSet<StatementId>>>()),
    );
    let on_entities = (filters(&[iri("Mill"), iri("Guild")]), filters(&neighbourhoods), filters(&paths), direction);
    (on_statements, on_entities).prop_map(|(on_statements, on_entities)| {
        let (kinds, statuses, predicates, sources, times, statements) = on_statements;
        let (classes, focus, between, direction) = on_entities;
        Selection {
            kinds,
            statuses,
            predicates,
            sources,
            times,
            statements,
            classes,
            focus,
            between,
            direction,
            ..Selection::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_selection_keeps_what_its_definition_says(edges in graphs(), selection in selections()) {
        let view = view(NODES, &edges);
        let subgraph = view.subgraph(&selection);
        prop_assert_eq!(content(&subgraph.view), expected(&view, &selection));
        prop_assert!(!subgraph.incomplete);
        let undated = subgraph.view.graph.edge_weights().filter(|edge| edge.period.is_none()).count();
        prop_assert_eq!(subgraph.undated, if selection.times.is_empty() { 0 } else { undated });
    }

    #[test]
    fn statements_on_longer_paths_are_found(edges in prop::collection::vec((0..NODES, 0..NODES, Just(0_usize)), 0..12),
        max_length in 1..7_usize, direction in prop::sample::select(vec![Direction::Out, Direction::Both])) {
        let view = view(NODES, &edges);
        let between = PathsBetween { from: NodeIndex::new(0), to: NodeIndex::new(1), max_length: Some(max_length) };
        let between = Filter { include: vec![between], ..Filter::default() };
        let selection = Selection { between, direction, ..Selection::default() };
        prop_assert_eq!(content(&view.subgraph(&selection).view), expected(&view, &selection));
    }
}

#[test]
fn a_limit_keeps_named_entities_and_those_with_the_most_edges() {
    let view = view_of_pairs(&[(0, 1), (1, 2), (1, 3), (2, 3)]);
    let limited = Selection { max_nodes: Some(3), ..Selection::default() };
    let subgraph = view.subgraph(&limited);
    assert_eq!(content(&subgraph.view), ([1, 2, 3].into(), [1, 2, 3].into()));
    assert_eq!(subgraph.size_before_limits, (4, 4));
    let focus = Filter { include: vec![Neighbourhood { entity: NodeIndex::new(0), radius: 9 }], ..Filter::default() };
    assert_eq!(content(&view.subgraph(&Selection { focus, ..limited }).view).0, [0, 1, 2].into());
    let include = [0, 3].map(|entity| Neighbourhood { entity: NodeIndex::new(entity), radius: 9 }).to_vec();
    let focus = Filter { include, ..Filter::default() };
    let one = Selection { focus, max_nodes: Some(1), ..Selection::default() };
    assert_eq!(content(&view.subgraph(&one).view).0, [0, 3].into());
    let first = view.subgraph(&Selection { max_edges: Some(1), ..Selection::default() }).view;
    assert_eq!(content(&first), ([0, 1, 2, 3].into(), [0].into()));
}

#[test]
fn attributes_pass_the_same_conditions_and_keep_their_entity() {
    let mut all = view_of_pairs(&[(0, 1)]);
    let attribute = |number, bits| crate::view::Attribute {
        edge: edge(number, bits),
        value: oxigraph::model::Literal::from(3).into(),
        text: "3".to_owned(),
    };
    Arc::make_mut(&mut all.graph)[NodeIndex::new(1)].attributes =
        vec![attribute(1, 0), attribute(2, 2), attribute(3, 16 * 3 + 2)];
    let kinds = KindFilter { facts: false, claims: false, inferences: true, entailments: false };
    let subgraph = all.subgraph(&Selection { kinds, ..Selection::default() });
    let [node] = &subgraph.view.graph.node_weights().collect::<Vec<_>>()[..] else { panic!("one is left") };
    assert_eq!(
        node.attributes.iter().map(|a| a.edge.statement.as_str()).collect::<Vec<_>>(),
        ["s000000002", "s000000003"]
    );
    let times = Filter { include: vec![period("1999")], ..Filter::default() };
    let subgraph = all.subgraph(&Selection { times, ..Selection::default() });
    assert_eq!((subgraph.undated, content(&subgraph.view)), (1, ([1].into(), [].into())));
}

#[test]
fn a_search_for_paths_stops_at_its_step_limit() {
    // The paths enter and leave this clique at the same node.
    let mut pairs: Vec<(usize, usize)> =
        (1..24).flat_map(|a| (1..24).filter(move |b| *b != a).map(move |b| (a, b))).collect();
    pairs.extend([(0, 1), (1, 24), (24, 25)]);
    let view = view_of_pairs(&pairs);
    let between = PathsBetween { from: NodeIndex::new(0), to: NodeIndex::new(25), max_length: Some(30) };
    let between = Filter { include: vec![between], ..Filter::default() };
    let subgraph = view.subgraph(&Selection { between, direction: Direction::Out, ..Selection::default() });
    assert!(subgraph.incomplete);
    assert!(content(&subgraph.view).1.len() >= 3);
}
