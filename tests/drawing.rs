//! Diagrams in the built-in formats, read by other programs.

use crate::program::{command, factloom, run_external, stdout_of};
use factloom::output::{Attributes, Cluster, Diagram, DiagramEdge, DiagramNode, Row, png, svg};
use std::fs;
use std::path::Path;

const HOSTILE: [&str; 12] = [
    "\"quoted\" 'too'",
    "back\\slash \\N \\",
    "two\nlines\r\nthree",
    "<b>bold</b> <script>alert(1)</script>",
    "&amp; &lt; &#35; ]]> <!-- -->",
    "url(http://example.com) \u{0}\u{ffff}",
    "العربية 1991",
    "پاکستان اسٹیل ملز (PSM) کراچی",
    "מפעלי הפלדה",
    "巴基斯坦钢铁厂巴基斯坦钢铁厂巴基斯坦钢铁厂巴基斯坦钢铁厂",
    "👩‍👩‍👧‍👦 🇵🇰",
    " ",
];

fn hostile() -> Diagram {
    let long = "long ".repeat(2000);
    let labels: Vec<&str> = HOSTILE.into_iter().chain([long.as_str()]).collect();
    let attributes: Attributes = [("style", "filled"), ("fontname", "x\"; y"), ("id", "<&>")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let node = |(index, label): (usize, &&str)| DiagramNode {
        name: (*label).into(),
        label: (*label).into(),
        tooltip: (*label).into(),
        rows: vec![Row { name: (*label).into(), value: (*label).into() }],
        link: Some(format!("https://example.org/{label}")),
        cluster: Some(index % 3),
        attributes: attributes.clone().into(),
    };
    let edge = |(index, label): (usize, &&str)| DiagramEdge {
        id: (*label).into(),
        from: index,
        to: (index * 5 + 2) % HOSTILE.len(),
        label: (*label).into(),
        ..DiagramEdge::default()
    };
    Diagram {
        title: labels.concat(),
        clusters: HOSTILE[..3].iter().map(|label| Cluster { label: (*label).into(), ..Cluster::default() }).collect(),
        nodes: labels.iter().enumerate().map(node).collect(),
        edges: labels.iter().enumerate().map(edge).collect(),
        ..Diagram::default()
    }
}

fn hostile_labels_are_drawn_by_other_renderers() {
    let mut file = Vec::new();
    svg::write(&hostile(), &mut file).expect("a vector accepts all bytes");
    assert!(png::render(&hostile()).expect("it is rendered").bytes.starts_with(b"\x89PNG"));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let image = directory.path().join("image.png").to_string_lossy().into_owned();
    let output = run_external("rsvg-convert", &["--unlimited", "-o", &image], &file);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    assert!(fs::metadata(&image).expect("it was written").len() > 1000);
}
external!(Need::Program("rsvg-convert"), hostile_labels_are_drawn_by_other_renderers);

#[test]
fn the_extension_of_the_file_sets_the_format() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, start) in [("a.png", "\u{fffd}PNG"), ("a.svg", "<?xml"), ("a.mmd", "---\ntitle:"), ("a.gv", "digraph")] {
        stdout_of(directory.path(), &["draw", "--focus", "karachi", "-o", name]);
        let written = fs::read(directory.path().join(name)).expect("it was written");
        assert!(String::from_utf8_lossy(&written).starts_with(start), "{name}");
    }
}

#[test]
fn an_image_that_is_too_large_is_refused_with_help() {
    let output = factloom(Path::new("/"), &["draw", "-fpng", "-Gdpi=20000"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("pixels") && output.stderr.contains("-Gdpi"), "{}", output.stderr);
}

#[test]
fn characters_without_a_glyph_are_listed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = factloom(directory.path(), &["draw", "--example", "--quiet", "--focus", "karachi", "-o", "plain.png"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    crate::scratch::make_work_tree(directory.path());
    crate::scratch::copy(&crate::repository().join("data/psm"), &directory.path().join("data/psm"));
    let entities = directory.path().join("data/psm/entities.json");
    let text = fs::read_to_string(&entities).expect("there are entities");
    fs::write(&entities, text.replace("\"label\": \"Karachi\"", "\"label\": \"Karachi 卡拉奇\""))
        .expect("it is writable");
    let output = factloom(directory.path(), &["draw", "--focus", "karachi", "-o", "missing.png"]);
    assert_eq!(output.status, Some(0));
    assert!(output.stderr.contains("no glyphs for 卡 奇 拉, in `Karachi 卡拉奇`"), "{}", output.stderr);
    assert!(output.stderr.contains("--format svg") && output.stderr.contains("--engine graphviz"), "{}", output.stderr);
}

fn warnings_of_graphviz_are_printed() {
    let mut program = command(Path::new("/"));
    program.args(["draw", "--focus", "karachi", "--engine", "graphviz", "-fdot", "-Nshape=nonesuch"]);
    let output = crate::program::run(&mut program);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(output.stderr.contains("nonesuch"), "{}", output.stderr);
    assert!(output.stdout.contains("pos="), "Graphviz lays it out");
}
external!(Need::Program("dot"), warnings_of_graphviz_are_printed);
