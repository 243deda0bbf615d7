//! Diagrams in Mermaid, read back with Mermaid's own parser.

use crate::program::{run_external, stdout_of};
use crate::repository;
use factloom::output::{
    Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Footnote, LegendEntry, LegendSymbol, RankDir, Row, mermaid,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use std::path::Path;

/// A diagram as Mermaid parses it.
#[derive(Debug, Deserialize, PartialEq)]
struct Parsed {
    title: String,
    /// Ids and labels.
    vertices: Vec<(String, String)>,
    /// The ids of the ends, label, and `normal`, `dotted`, `thick` or `invisible`.
    edges: Vec<(String, String, String, String)>,
    /// Ids, labels and the ids of the vertices inside.
    subgraphs: Vec<(String, String, Vec<String>)>,
}

fn parse(diagrams: &[String]) -> Vec<Parsed> {
    let directory = std::env::var("FACTLOOM_NODE_MODULES").expect("the directory of npm's packages");
    let script = repository().join("tests/mermaid/parse.mjs");
    let texts = serde_json::to_vec(diagrams).expect("texts are JSON");
    let output = run_external("node", &[&script.to_string_lossy(), &directory], &texts);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    serde_json::from_str(&output.stdout).expect("the script writes JSON")
}

fn written(diagram: &Diagram) -> String {
    let mut out = Vec::new();
    mermaid::write(diagram, &mut out).expect("a vector accepts all bytes");
    String::from_utf8(out).expect("the diagram is UTF-8")
}

fn node(label: &str) -> DiagramNode {
    DiagramNode { name: label.to_owned(), label: label.to_owned(), ..DiagramNode::default() }
}

fn styled(pairs: &[(&str, &str)]) -> Attributes {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A text as a browser shows it: HTML replaces control characters and normalises line ends.
fn shown(label: &str) -> String {
    let label = label.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    label.chars().map(kept).collect()
}

fn any_label_is_read_back_unchanged() {
    let long = "ab \u{1f3ed} ".repeat(2000);
    let hostile = [
        "\"quoted\" 'too'",
        "back\\slash \\N \\n \\",
        "two\nlines\r\nthree",
        "<b>bold</b> <script>alert(1)</script> <br/>",
        "&amp; &lt; #35; #quot; ]]> --> %% comment",
        "end",
        "`code` **bold** _it_ $$x$$ 1. list",
        "- item",
        "style a fill:#fff; classDef x:y#z;",
        "ﬂ°°35¶ß ﬂ°quot¶ß",
        "العربية اردو עברית 巴基斯坦 👩‍👩‍👧‍👦",
        "|pipe| [x] (y) {z} fa:fa-home @{ shape: rect }",
        "  two  spaces ",
        "%%{init: {}}%%",
        "---",
        &long,
    ];
    let mut labels: Vec<String> = hostile.iter().map(|label| (*label).to_owned()).collect();
    let mut runner = TestRunner::deterministic();
    let arbitrary = prop_oneof!["[ -~]{1,30}", "\\PC{1,30}", "[\"#;:&<>`\\\\|%$~=.x-]{1,12}"];
    labels.extend((0..200).map(|_| arbitrary.new_tree(&mut runner).expect("a label").current()));
    let diagrams: Vec<Diagram> = labels
        .iter()
        .map(|label| Diagram {
            title: label.clone(),
            clusters: vec![Cluster { label: label.clone(), ..Cluster::default() }],
            nodes: vec![DiagramNode { cluster: Some(0), ..node(label) }, node("b")],
            edges: vec![DiagramEdge { from: 0, to: 1, label: label.clone(), ..DiagramEdge::default() }],
            ..Diagram::default()
        })
        .collect();
    let parsed = parse(&diagrams.iter().map(written).collect::<Vec<_>>());
    assert_eq!(parsed.len(), labels.len());
    for (label, parsed) in labels.iter().zip(parsed) {
        let label = shown(label);
        let vertex = parsed.vertices.iter().find(|(id, _)| id == "n1").expect("the first node");
        for read in [&vertex.1, &parsed.edges[0].2, &parsed.subgraphs[0].1] {
            // Mermaid trims labels.
            assert_eq!(read.trim().replace('\u{200b}', ""), label.trim().replace('\u{200b}', ""), "{label:?}");
        }
    }
}
external!(Need::Mermaid, any_label_is_read_back_unchanged);

fn clusters_rows_legend_and_footnotes_are_read() {
    let dashed = styled(&[("style", "dashed"), ("color", "#0b5394"), ("penwidth", "2")]);
    let bold = styled(&[("style", "bold")]);
    let node_style = styled(&[("shape", "ellipse"), ("style", "filled"), ("fillcolor", "#fbe3ef80")]);
    let edge = |from, to, label: &str, attributes: &Attributes| DiagramEdge {
        from,
        to,
        label: label.into(),
        attributes: attributes.clone().into(),
        ..DiagramEdge::default()
    };
    let mut a = DiagramNode { cluster: Some(0), attributes: node_style.clone().into(), ..node("a") };
    a.rows = vec![Row { name: "built".into(), value: "1973".into() }];
    a.link = Some("https://example.org/?q=\"x\"&y#:~:text=a,b;".into());
    let diagram = Diagram {
        title: "One: \"two\"".into(),
        rankdir: RankDir::BottomTop,
        clusters: vec![Cluster { name: "c".into(), label: "Cluster".into(), ..Cluster::default() }],
        nodes: vec![a, node("b"), node("")],
        edges: vec![
            edge(0, 1, "x", &dashed),
            edge(1, 1, "loop", &bold),
            edge(0, 9, "nowhere", &bold),
            edge(1, 2, "", &bold),
        ],
        legend: vec![
            LegendEntry { label: "a node".into(), symbol: LegendSymbol::Node, attributes: node_style.into() },
            LegendEntry { label: "an edge".into(), symbol: LegendSymbol::Edge, attributes: dashed.into() },
        ],
        footnotes: vec![Footnote { text: "a x b".into(), ..Footnote::default() }],
        notes: vec!["3 entities are omitted".into()],
        ..Diagram::default()
    };
    let parsed = parse(&[written(&diagram)]);
    let parsed = &parsed[0];
    assert_eq!(parsed.title, "One: \"two\"");
    let vertices: Vec<(&str, &str)> = parsed.vertices.iter().map(|(id, label)| (id.as_str(), label.as_str())).collect();
    for expected in
        [("n1", "a\nbuilt: 1973"), ("n2", "b"), ("l1", "a node"), ("f1", "1 a x b"), ("r1", "3 entities are omitted")]
    {
        assert!(vertices.contains(&expected), "{expected:?} is not in {vertices:?}");
    }
    assert_eq!(vertices.len(), 3 + 3 + 2);
    let parsed_edge =
        |from: &str, to: &str, label: &str, stroke: &str| (from.into(), to.into(), label.into(), stroke.into());
    let expected = [
        parsed_edge("n1", "n2", "x", "dotted"),
        parsed_edge("n2", "n2", "loop", "thick"),
        parsed_edge("n2", "n3", "", "thick"),
        parsed_edge("l2a", "l2b", "an edge", "dotted"),
    ];
    assert_eq!(parsed.edges, expected);
    let ids: Vec<&str> = parsed.subgraphs.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, ["c1", "legend", "notes"]);
    assert_eq!((parsed.subgraphs[0].1.as_str(), &parsed.subgraphs[0].2), ("Cluster", &vec!["n1".to_owned()]));
}
external!(Need::Mermaid, clusters_rows_legend_and_footnotes_are_read);

fn the_bundled_graph_has_the_same_nodes_and_edges_in_mermaid_and_dot() {
    let drawn = |format: &str| stdout_of(Path::new("/"), &["draw", "-f", format]);
    let dot = drawn("dot");
    let edges = dot.lines().filter(|line| line.contains(" -> ")).count();
    let nodes =
        dot.lines().filter(|line| line.starts_with("  \"") && line.contains(" [") && !line.contains(" -> ")).count();
    assert!(nodes > 20 && edges > 40, "{nodes} {edges}");
    let parsed = parse(&[drawn("mermaid")]);
    assert_eq!((parsed[0].vertices.len(), parsed[0].edges.len()), (nodes, edges));
}
external!(Need::Mermaid, the_bundled_graph_has_the_same_nodes_and_edges_in_mermaid_and_dot);
