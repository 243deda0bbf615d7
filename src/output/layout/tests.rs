//! Invariants of layouts of random graphs, checked on the result alone.

use proptest::prelude::*;

use super::*;
use crate::output::diagram::{Attributes, Cluster, DiagramNode, Row};

/// The greatest overlap of an edge with a node or a label, less than its own width.
const TOLERANCE: f64 = 0.05;

fn node(label: &str, shape: &str) -> DiagramNode {
    DiagramNode {
        name: label.to_owned(),
        label: label.to_owned(),
        attributes: Attributes::from([("shape".to_owned(), shape.to_owned())]).into(),
        ..DiagramNode::default()
    }
}

fn edge(from: usize, to: usize, label: &str) -> DiagramEdge {
    DiagramEdge { from, to, label: label.to_owned(), ..DiagramEdge::default() }
}

fn diagrams() -> impl Strategy<Value = Diagram> {
    let label = || {
        prop_oneof![
            3 => "[a-zA-Z]{1,9}( [a-z]{1,9}){0,6}",
            1 => Just(String::new()),
            1 => "[ -~]{0,80}",
            1 => "\\PC{0,30}",
        ]
    };
    let shape = prop_oneof![Just("box"), Just("ellipse"), Just("plaintext")];
    let row = (label(), label()).prop_map(|(name, value)| Row { name, value });
    let rows = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(row, 1..4)];
    let cluster = prop_oneof![1 => Just(None), 2 => (0..4_usize).prop_map(Some)];
    let nodes = prop::collection::vec((label(), shape, rows, cluster), 1..14);
    nodes.prop_flat_map(move |nodes| {
        let count = nodes.len();
        let edges = prop::collection::vec((0..count, 0..count, label()), 0..3 * count);
        let rankdir = prop_oneof![
            Just(RankDir::LeftRight),
            Just(RankDir::TopBottom),
            Just(RankDir::RightLeft),
            Just(RankDir::BottomTop)
        ];
        // Half of the diagrams have no clusters; some of the four clusters are empty.
        let clusters = prop_oneof![Just(Vec::new()), prop::collection::vec(label(), 4)];
        (Just(nodes), edges, rankdir, clusters).prop_map(|(nodes, edges, rankdir, clusters)| Diagram {
            rankdir,
            clusters: clusters.into_iter().map(|label| Cluster { label, ..Cluster::default() }).collect(),
            nodes: nodes
                .iter()
                .map(|(label, shape, rows, cluster)| DiagramNode {
                    rows: rows.clone(),
                    cluster: *cluster,
                    ..node(label, shape)
                })
                .collect(),
            edges: edges.iter().map(|(from, to, label)| edge(*from, *to, label)).collect(),
            ..Diagram::default()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_overlaps_and_every_edge_reaches_its_nodes(diagram in diagrams()) {
        check(&diagram);
    }
}

#[test]
fn a_hub_with_sixty_spokes_is_laid_out_cleanly() {
    let nodes = (0..=60).map(|index| node(&format!("Spoke number {index}"), "box")).collect();
    let spoke = |index| if index % 3 == 0 { edge(index, 0, "owns") } else { edge(0, index, "is part of") };
    check(&Diagram { nodes, edges: (1..=60).map(spoke).collect(), ..Diagram::default() });
}

#[test]
fn a_very_long_label_and_a_very_long_path_are_laid_out() {
    let mut nodes: Vec<_> = (0..300).map(|index| node(&index.to_string(), "ellipse")).collect();
    nodes[7].label = "word ".repeat(2000);
    let edges = (1..300).map(|index| edge(index - 1, index, "next")).collect();
    check(&Diagram { nodes, edges, ..Diagram::default() });
}

#[test]
fn an_empty_diagram_is_an_empty_page() {
    let layout = Layout::new(&Diagram::default());
    assert_eq!(layout.size, Size { width: 2.0 * PAGE_MARGIN, height: 2.0 * PAGE_MARGIN });
}

#[test]
fn an_edge_to_a_missing_node_is_omitted() {
    let (nodes, edges) = (vec![node("a", "box")], vec![edge(0, 1, "x"), edge(0, 0, "y")]);
    let layout = Layout::new(&Diagram { nodes, edges, ..Diagram::default() });
    assert_eq!(layout.edges.iter().map(|edge| edge.index).collect::<Vec<_>>(), [1]);
}

fn check(diagram: &Diagram) {
    let layout = Layout::new(diagram);
    assert_eq!(layout, Layout::new(diagram), "the layout differs from run to run");

    let bounds: Vec<Rect> = layout.nodes.iter().map(|node| node.bounds).collect();
    let labels: Vec<Rect> = layout.edges.iter().filter_map(|edge| edge.label_bounds).collect();
    let cluster_labels: Vec<Rect> = layout.clusters.iter().map(|cluster| cluster.label_bounds).collect();
    let all: Vec<Rect> = bounds.iter().chain(&labels).chain(&cluster_labels).copied().collect();
    let page = Rect { size: layout.size, ..Rect::default() };
    for (index, a) in all.iter().enumerate() {
        assert!(contains(&page, a), "{a:?} is cut");
        for b in &all[..index] {
            assert!(are_apart(a, b), "{a:?} overlaps {b:?}");
        }
    }
    for node in &layout.nodes {
        assert!(node.text.width <= node.bounds.size.width && node.text.height <= node.bounds.size.height);
        let mut texts = vec![node.label_bounds()];
        for (text, cell) in node.cells() {
            assert!(text.width <= cell.size.width + TOLERANCE && contains(&node.bounds, &cell), "{cell:?} is cut");
            assert!(texts.iter().all(|other| are_apart(&cell, other)), "{cell:?} overlaps another text");
            texts.push(cell);
        }
    }
    check_clusters(diagram, &layout);
    let labels: Vec<Rect> = labels.into_iter().chain(cluster_labels).collect();
    for edge in &layout.edges {
        check_edge(diagram, &layout, edge, &labels);
    }
}

fn check_clusters(diagram: &Diagram, layout: &Layout) {
    for (index, cluster) in layout.clusters.iter().enumerate() {
        let bounds = &cluster.bounds;
        assert!(contains(&Rect { size: layout.size, ..Rect::default() }, bounds), "{bounds:?} is cut");
        assert!(contains(bounds, &cluster.label_bounds), "{:?} is not in {bounds:?}", cluster.label_bounds);
        assert!(
            layout.clusters[..index].iter().all(|other| are_apart(bounds, &other.bounds)),
            "{bounds:?} overlaps another cluster"
        );
        for (diagram_node, placed) in diagram.nodes.iter().zip(&layout.nodes) {
            let node = &placed.bounds;
            match diagram_node.cluster == Some(cluster.index) {
                true => assert!(contains(bounds, node), "{node:?} is not in its cluster {bounds:?}"),
                false => assert!(are_apart(bounds, node), "{node:?} is in the cluster {bounds:?}"),
            }
        }
        for edge in &layout.edges {
            let DiagramEdge { from, to, .. } = diagram.edges[edge.index];
            let is_inside = [from, to].iter().all(|&end| diagram.nodes[end].cluster == Some(cluster.index));
            if let Some(label) = edge.label_bounds {
                assert!(
                    if is_inside { contains(bounds, &label) } else { are_apart(bounds, &label) },
                    "{label:?} {bounds:?}"
                );
            }
        }
    }
}

fn contains(outer: &Rect, inner: &Rect) -> bool {
    let horizontally = inner.corner.x >= outer.corner.x - TOLERANCE && inner.right() <= outer.right() + TOLERANCE;
    horizontally && inner.corner.y >= outer.corner.y - TOLERANCE && inner.bottom() <= outer.bottom() + TOLERANCE
}

fn are_apart(a: &Rect, b: &Rect) -> bool {
    let horizontally = a.right() <= b.corner.x || b.right() <= a.corner.x;
    horizontally || a.bottom() <= b.corner.y || b.bottom() <= a.corner.y
}

fn check_edge(diagram: &Diagram, layout: &Layout, edge: &PlacedEdge, labels: &[Rect]) {
    let points = sample(&edge.path);
    let drawn = points.iter().chain(&edge.arrow);
    for point in drawn {
        assert!((0.0..=layout.size.width).contains(&point.x) && (0.0..=layout.size.height).contains(&point.y));
        for node in &layout.nodes {
            // The corners of an arrow head may overlap the oblique side of its ellipse.
            let is_oblique_end = node.outline == Outline::Ellipse && edge.arrow.contains(point);
            assert!(is_oblique_end || depth(node, *point) <= TOLERANCE, "{point:?} is in {:?}", node.bounds);
        }
        for label in labels {
            assert!(depth_in_rect(label, *point) <= TOLERANCE, "{point:?} is in the label {label:?}");
        }
    }
    let DiagramEdge { from, to, .. } = diagram.edges[edge.index];
    assert!(depth(&layout.nodes[from], points[0]).abs() <= TOLERANCE, "the edge does not start at its node");
    assert!(depth(&layout.nodes[to], edge.arrow[1]).abs() <= TOLERANCE, "the edge does not end at its node");
    if let Some(label) = edge.label_bounds {
        let touching = points.iter().filter(|point| depth_in_rect(&label, **point).abs() <= TOLERANCE);
        assert!(touching.count() >= 2, "{label:?} is not on its edge");
        assert!(edge.text.width <= label.size.width && edge.text.height <= label.size.height);
    }
}

/// Closely spaced points on a path.
fn sample(path: &Path) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for step in &path.steps {
        let from = points.last().copied().unwrap_or_default();
        let steps = (0..=40).map(|step| f64::from(step) / 40.0);
        match *step {
            Step::Move(to) => points.push(to),
            Step::Line(to) => points.extend(steps.map(|t| bezier([from, from, to, to], t))),
            Step::Curve(a, b, to) => points.extend(steps.map(|t| bezier([from, a, b, to], t))),
        }
    }
    points
}

fn bezier(points: [Point; 4], t: f64) -> Point {
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    let weighted = points.iter().zip(weights);
    let sum = |coordinate: fn(&Point) -> f64| weighted.clone().map(|(point, weight)| coordinate(point) * weight).sum();
    Point { x: sum(|point| point.x), y: sum(|point| point.y) }
}

/// The depth of a point inside a node; negative outside.
fn depth(node: &PlacedNode, point: Point) -> f64 {
    match node.outline {
        Outline::Box => depth_in_rect(&node.bounds, point),
        Outline::Ellipse => {
            let centre = node.bounds.centre();
            let (a, b) = (node.bounds.size.width / 2.0, node.bounds.size.height / 2.0);
            let radius = ((point.x - centre.x) / a).hypot((point.y - centre.y) / b);
            (1.0 - radius) * a.min(b)
        }
    }
}

fn depth_in_rect(rect: &Rect, point: Point) -> f64 {
    let horizontal = (point.x - rect.corner.x).min(rect.right() - point.x);
    let vertical = (point.y - rect.corner.y).min(rect.bottom() - point.y);
    horizontal.min(vertical)
}

/// A connected graph with pseudorandom edges, the same in each run.
fn pseudorandom(node_count: usize, edge_count: usize, cluster_count: usize) -> Diagram {
    let mut state = 1_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let words = ["is in", "helped build", "is a natural ally of (reported)", "works for"];
    let nodes = (0..node_count).map(|index| DiagramNode {
        cluster: (cluster_count > 0).then(|| index * cluster_count / node_count),
        ..node(&format!("Entity number {index}"), ["box", "ellipse"][index % 2])
    });
    let edges = (0..edge_count).map(|index| match index {
        index if index + 1 < node_count => edge(below(index + 1), index + 1, words[index % 4]),
        _ => edge(below(node_count), below(node_count), words[index % 4]),
    });
    let (nodes, edges) = (nodes.collect(), edges.collect());
    let clusters = (0..cluster_count).map(|index| Cluster { label: format!("Cluster {index}"), ..Cluster::default() });
    Diagram { nodes, edges, clusters: clusters.collect(), ..Diagram::default() }
}

#[test]
fn two_hundred_nodes_with_four_hundred_edges_are_laid_out_cleanly() {
    for cluster_count in [0, 8] {
        check(&pseudorandom(200, 400, cluster_count));
    }
}
