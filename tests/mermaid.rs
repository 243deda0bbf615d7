//! Diagrams in Mermaid, read by Mermaid's own parser.

use crate::program::{report_missing, run_external, stdout_of};
use crate::repository;
use factloom::output::{
    Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Footnote, LegendEntry, LegendSymbol, RankDir, Row, mermaid,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What Mermaid makes of a diagram.
#[derive(Debug, Deserialize, PartialEq)]
struct Parsed {
    title: String,
    /// Id and label.
    vertices: Vec<(String, String)>,
    /// The ids of the ends, label, and `normal`, `dotted`, `thick` or `invisible`.
    edges: Vec<(String, String, String, String)>,
    /// Id, label and the ids of those inside.
    frames: Vec<(String, String, Vec<String>)>,
}

/// The folder with Mermaid, as npm installs it; `None`, and a message, where it is not at hand. In CI it must be.
fn modules() -> Option<PathBuf> {
    let folder = std::env::var_os("FACTLOOM_NODE_MODULES").map(PathBuf::from);
    if folder.is_none() {
        report_missing("mermaid", "FACTLOOM_NODE_MODULES names the folder of npm's packages mermaid and jsdom");
    }
    folder
}

fn parse(diagrams: &[String]) -> Option<Vec<Parsed>> {
    let folder = modules()?;
    let script = repository().join("tests/mermaid/parse.mjs");
    let texts = serde_json::to_vec(diagrams).expect("texts are JSON");
    let said = run_external("node", &[&script.to_string_lossy(), &folder.to_string_lossy()], &texts)?;
    assert_eq!(said.status, Some(0), "{}", said.stderr);
    Some(serde_json::from_str(&said.stdout).expect("the script writes JSON"))
}

fn written(diagram: &Diagram) -> String {
    let mut out = Vec::new();
    mermaid::write(diagram, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("the diagram is UTF-8")
}

fn node(label: &str) -> DiagramNode {
    DiagramNode { name: label.to_owned(), label: label.to_owned(), ..DiagramNode::default() }
}

fn styled(pairs: &[(&str, &str)]) -> Attributes {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A text as a browser shows it: HTML puts a mark in place of what it cannot hold, and joins line ends.
fn shown(label: &str) -> String {
    let label = label.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    label.chars().map(kept).collect()
}

#[test]
fn a_label_is_read_as_it_was_written_whatever_it_holds() {
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
    let Some(parsed) = parse(&diagrams.iter().map(written).collect::<Vec<_>>()) else { return };
    assert_eq!(parsed.len(), labels.len());
    for (label, parsed) in labels.iter().zip(parsed) {
        let label = shown(label);
        let vertex = parsed.vertices.iter().find(|(id, _)| id == "n1").expect("the first box");
        let read = [&vertex.1, &parsed.edges[0].2, &parsed.frames[0].1];
        for read in read {
            // Mermaid trims labels, whose ends no reader sees.
            assert_eq!(read.trim().replace('\u{200b}', ""), label.trim().replace('\u{200b}', ""), "{label:?}");
        }
    }
}

#[test]
fn frames_rows_legend_and_footnotes_are_read() {
    let dashed = styled(&[("style", "dashed"), ("color", "#0b5394"), ("penwidth", "2")]);
    let bold = styled(&[("style", "bold")]);
    let boxes = styled(&[("shape", "ellipse"), ("style", "filled"), ("fillcolor", "#fbe3ef80")]);
    let line = |from, to, label: &str, attributes: &Attributes| DiagramEdge {
        from,
        to,
        label: label.into(),
        attributes: attributes.clone().into(),
        ..DiagramEdge::default()
    };
    let mut a = DiagramNode { cluster: Some(0), attributes: boxes.clone().into(), ..node("a") };
    a.rows = vec![Row { name: "built".into(), value: "1973".into() }];
    a.link = Some("https://example.org/?q=\"x\"&y#:~:text=a,b;".into());
    let diagram = Diagram {
        title: "One: \"two\"".into(),
        rankdir: RankDir::BottomTop,
        clusters: vec![Cluster { name: "c".into(), label: "Frame".into(), ..Cluster::default() }],
        nodes: vec![a, node("b"), node("")],
        edges: vec![
            line(0, 1, "x", &dashed),
            line(1, 1, "loop", &bold),
            line(0, 9, "nowhere", &bold),
            line(1, 2, "", &bold),
        ],
        legend: vec![
            LegendEntry { label: "a box".into(), symbol: LegendSymbol::Node, attributes: boxes.into() },
            LegendEntry { label: "a line".into(), symbol: LegendSymbol::Edge, attributes: dashed.into() },
        ],
        footnotes: vec![Footnote { text: "a x b".into(), ..Footnote::default() }],
        notes: vec!["3 entities were left out".into()],
        ..Diagram::default()
    };
    let Some(parsed) = parse(&[written(&diagram)]) else { return };
    let parsed = &parsed[0];
    assert_eq!(parsed.title, "One: \"two\"");
    let vertices: Vec<(&str, &str)> = parsed.vertices.iter().map(|(id, label)| (id.as_str(), label.as_str())).collect();
    for expected in
        [("n1", "a\nbuilt: 1973"), ("n2", "b"), ("l1", "a box"), ("f1", "1 a x b"), ("r1", "3 entities were left out")]
    {
        assert!(vertices.contains(&expected), "{expected:?} is not in {vertices:?}");
    }
    assert_eq!(vertices.len(), 3 + 3 + 2);
    let edge = |from: &str, to: &str, label: &str, stroke: &str| (from.into(), to.into(), label.into(), stroke.into());
    let expected = [
        edge("n1", "n2", "x", "dotted"),
        edge("n2", "n2", "loop", "thick"),
        edge("n2", "n3", "", "thick"),
        edge("l2a", "l2b", "a line", "dotted"),
    ];
    assert_eq!(parsed.edges, expected);
    let ids: Vec<&str> = parsed.frames.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, ["c1", "legend", "notes"]);
    assert_eq!((parsed.frames[0].1.as_str(), &parsed.frames[0].2), ("Frame", &vec!["n1".to_owned()]));
}

#[test]
fn the_bundled_graph_has_as_many_boxes_and_lines_in_mermaid_as_in_dot() {
    let drawn = |format: &str| stdout_of(Path::new("/"), &["draw", "-T", format]);
    let dot = drawn("dot");
    let lines = dot.lines().filter(|line| line.contains(" -> ")).count();
    let boxes =
        dot.lines().filter(|line| line.starts_with("  \"") && line.contains(" [") && !line.contains(" -> ")).count();
    assert!(boxes > 20 && lines > 40, "{boxes} {lines}");
    let Some(parsed) = parse(&[drawn("mermaid")]) else { return };
    assert_eq!((parsed[0].vertices.len(), parsed[0].edges.len()), (boxes, lines));
}
