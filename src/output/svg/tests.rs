//! SVG files read back with an XML parser.

use quick_xml::Reader;
use quick_xml::escape::unescape;

use super::*;
use crate::output::diagram::{
    Attributes, Cluster, DiagramEdge, DiagramNode, Footnote, FootnoteQuote, LegendEntry, LegendSymbol, RankDir, Row,
};

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn node(label: &str, pairs: &[(&str, &str)]) -> DiagramNode {
    DiagramNode {
        name: label.to_owned(),
        label: label.to_owned(),
        attributes: attributes(pairs).into(),
        ..DiagramNode::default()
    }
}

fn edge(from: usize, to: usize, label: &str, pairs: &[(&str, &str)]) -> DiagramEdge {
    DiagramEdge { from, to, label: label.to_owned(), attributes: attributes(pairs).into(), ..DiagramEdge::default() }
}

fn draw(nodes: Vec<DiagramNode>, edges: Vec<DiagramEdge>) -> String {
    let mut svg = Vec::new();
    write(&Diagram { nodes, edges, ..Diagram::default() }, &mut svg).expect("a vector accepts all bytes");
    String::from_utf8(svg).expect("SVG is UTF-8")
}

/// The names of all elements, and the text of those named `wanted`.
fn read(svg: &str, wanted: &str) -> (Vec<String>, String) {
    let mut reader = Reader::from_str(svg);
    let (mut names, mut open, mut text) = (Vec::new(), Vec::<String>::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                names.push(name.clone());
                open.push(name);
            }
            Event::Empty(start) => names.push(String::from_utf8_lossy(start.name().as_ref()).into_owned()),
            Event::End(_) => drop(open.pop()),
            Event::Text(part) if open.last().is_some_and(|name| name == wanted) => {
                text.push_str(&part.decode().expect("UTF-8"));
            }
            Event::GeneralRef(entity) if open.last().is_some_and(|name| name == wanted) => {
                let entity = format!("&{};", entity.decode().expect("UTF-8"));
                text.push_str(&unescape(&entity).expect("a predefined entity"));
            }
            Event::Eof => return (names, text),
            _ => {}
        }
    }
}

#[test]
fn hostile_texts_are_escaped() {
    let hostile = "</text><script>alert(1)</script>]]>&amp;\"'<!--";
    let url = "url(http://example.com)";
    let values = [("color", hostile), ("fontname", hostile), ("fillcolor", url), ("style", "filled"), ("id", hostile)];
    let svg = draw(vec![node(hostile, &values)], vec![edge(0, 0, hostile, &values)]);
    let (names, text) = read(&svg, "text");
    let expected = ["svg", "title", "rect", "g", "path", "polygon", "text"];
    assert!(names.iter().all(|name| expected.contains(&name.as_str())));
    assert_eq!(text, hostile.repeat(2));
    assert!(!svg.contains("url("));
}

#[test]
fn labels_are_complete_in_any_script() {
    let long = "巴基斯坦钢铁厂".repeat(9);
    let labels = ["روسيا 1991", "מפעלי הפלדה", &long, "Z̸a̷l̵g̶o̴", "👩‍👩‍👧‍👦 🇵🇰", "one\ntwo\r\nthree"];
    let nodes = labels.iter().map(|label| node(label, &[])).collect();
    let (_, text) = read(&draw(nodes, Vec::new()), "text");
    let without_spaces = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(without_spaces(&text), without_spaces(&labels.concat()));
}

#[test]
fn characters_that_xml_excludes_are_replaced() {
    let (_, text) = read(&draw(vec![node("a\u{0}b\u{ffff}", &[])], Vec::new()), "text");
    assert_eq!(text, "a\u{fffd}b\u{fffd}");
}

#[test]
fn line_styles_differ_in_their_strokes() {
    let nodes = || vec![node("a", &[]), node("b", &[])];
    let with_style = |style: &str| draw(nodes(), vec![edge(0, 1, "x", &[("style", style)])]);
    assert!(!with_style("solid").contains("stroke-dasharray"));
    assert!(with_style("dashed").contains("stroke-dasharray=\"6.00 3.50\""));
    assert!(with_style("dotted").contains("stroke-dasharray=\"1.50 2.50\""));
    assert!(with_style("bold").contains("stroke-width=\"2.00\""));
    assert!(!with_style("invis").contains("class=\"edge\""));
}

#[test]
fn attributes_of_nodes_are_drawn() {
    let pairs = [("shape", "ellipse"), ("style", "rounded, filled"), ("fillcolor", "#336699cc"), ("penwidth", "3")];
    let svg = draw(vec![node("a", &pairs)], Vec::new());
    assert!(svg.contains("<ellipse"));
    assert!(svg.contains("fill=\"#336699\" fill-opacity=\"0.80\""));
    assert!(svg.contains("stroke-width=\"3.00\""));
    let pairs = [("shape", "plaintext"), ("fontname", "Times-Bold"), ("fontsize", "20")];
    let svg = draw(vec![node("a", &pairs)], Vec::new());
    assert!(!svg.contains("stroke"));
    assert!(svg.contains("font-weight=\"bold\" font-family=\"&apos;Times&apos;, Helvetica"));
    assert!(svg.contains("font-size=\"20.00\""));
}

#[test]
fn invalid_numbers_are_replaced_by_defaults() {
    let pairs = [("fontsize", "NaN"), ("penwidth", "inf")];
    let svg = draw(vec![node("a", &pairs)], vec![edge(0, 0, "", &pairs)]);
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn groups_have_titles_and_stable_ids() {
    let mut nodes = vec![node("a", &[]), node("b", &[])];
    nodes[1].tooltip = "more about b".to_owned();
    nodes[0].attributes = attributes(&[("id", "st-17"), ("fontname", "Helvetica")]).into();
    let svg = draw(nodes, vec![edge(0, 9, "nowhere", &[]), edge(0, 1, "x", &[])]);
    assert!(svg.contains("<g id=\"st-17\" class=\"node\">"));
    assert!(svg.contains("<g id=\"entity-b\" class=\"node\">\n  <title>more about b</title>"));
    assert!(svg.contains("<g id=\"edge2\" class=\"edge\">\n  <title>x</title>"));
    assert!(!svg.contains("edge1"));
}

#[test]
fn the_background_is_white_unless_it_is_set() {
    let empty = draw(Vec::new(), Vec::new());
    assert!(empty.contains("fill=\"white\""));
    let diagram =
        Diagram { graph: attributes(&[("bgcolor", "transparent")]), rankdir: RankDir::TopBottom, ..Diagram::default() };
    let mut svg = Vec::new();
    write(&diagram, &mut svg).expect("a vector accepts all bytes");
    assert!(!String::from_utf8_lossy(&svg).contains("<rect"));
}

/// A diagram with every feature.
fn full_diagram() -> Diagram {
    let mut a = node("Steel mill", &[("style", "filled,rounded"), ("fillcolor", "#f5d5a8")]);
    let row = |name: &str, value: &str| Row { name: name.into(), value: value.into() };
    a.rows =
        vec![row("begun", "1973"), row("نام", "پاکستان اسٹیل"), row("capacity", "1.1 million tonnes of steel a year")];
    a.cluster = Some(0);
    a.link = Some("https://example.org/mill".into());
    let mut b = node("Soviet Union", &[("shape", "ellipse")]);
    b.link = Some("javascript:alert(1)".into());
    let mut line = edge(1, 0, "helped build [1]", &[("style", "bold")]);
    line.id = "a".into();
    line.link = Some("http://example.org/#:~:text=a&b".into());
    let quote = |words: &str, link: Option<&str>| FootnoteQuote {
        quote: words.into(),
        source: "The source, 1:20".into(),
        link: link.map(str::to_owned),
    };
    let footnote = |text: &str| Footnote {
        text: text.into(),
        quotes: vec![quote("“built … with <help>”", Some("https://example.org/a")), quote(&"word ".repeat(60), None)],
    };
    Diagram {
        title: "Who built it".into(),
        clusters: vec![Cluster { name: "c".into(), label: "Pakistan".into(), ..Cluster::default() }],
        nodes: vec![a, b, node("Loop", &[("id", "a")])],
        edges: vec![
            line,
            edge(2, 2, "is near (possible)", &[("style", "dotted")]),
            edge(0, 2, "has", &[("style", "dashed")]),
        ],
        legend: vec![
            LegendEntry {
                label: "State".into(),
                symbol: LegendSymbol::Node,
                attributes: attributes(&[("shape", "ellipse")]).into(),
            },
            LegendEntry {
                label: "Claim".into(),
                symbol: LegendSymbol::Edge,
                attributes: attributes(&[("style", "dotted")]).into(),
            },
        ],
        footnotes: vec![
            footnote("Soviet Union helped build Steel mill"),
            footnote("سوویت یونین 1973"),
            footnote("Third"),
        ],
        notes: vec!["3 entities are omitted".into()],
        ..Diagram::default()
    }
}

fn written(diagram: &Diagram) -> String {
    let mut svg = Vec::new();
    write(diagram, &mut svg).expect("a vector accepts all bytes");
    String::from_utf8(svg).expect("SVG is UTF-8")
}

#[test]
fn all_texts_of_a_diagram_are_drawn() {
    let diagram = full_diagram();
    let svg = written(&diagram);
    let (_, text) = read(&svg, "text");
    let text: String = text.split_whitespace().collect();
    let quotes = diagram.footnotes.iter().flat_map(|f| &f.quotes).flat_map(|q| [&q.quote, &q.source]);
    let rows = diagram.nodes.iter().flat_map(|node| &node.rows).flat_map(|row| [&row.name, &row.value]);
    let labels = diagram.clusters.iter().map(|c| &c.label).chain(diagram.legend.iter().map(|l| &l.label));
    let notes = diagram.footnotes.iter().map(|f| &f.text).chain(&diagram.notes).chain([&diagram.title]);
    for wanted in quotes.chain(rows).chain(labels).chain(notes) {
        assert!(text.contains(&wanted.split_whitespace().collect::<String>()), "{wanted}");
    }
}

#[test]
fn only_addresses_of_four_schemes_become_links() {
    let svg = written(&full_diagram());
    assert!(svg.contains("<a href=\"https://example.org/mill\">"));
    assert!(svg.contains("<a href=\"http://example.org/#:~:text=a&amp;b\">"));
    assert_eq!(svg.matches("<a href=\"https://example.org/a\">").count(), 3);
    assert!(!svg.contains("javascript"));
}

#[test]
fn an_edge_and_a_node_with_the_same_id_get_different_ids() {
    let svg = written(&full_diagram());
    assert!(svg.contains("<g id=\"a\" class=\"edge\">") && svg.contains("<g id=\"node-a\" class=\"node\">"));
}

#[test]
fn lines_in_right_to_left_scripts_start_at_the_right() {
    let svg = written(&full_diagram());
    let line = svg.lines().find(|line| line.contains("سوویت")).expect("a line of Urdu");
    let x = line.split("x=\"").nth(1).and_then(|x| x.split('"').next()).and_then(|x| x.parse::<f64>().ok());
    assert!(line.contains("direction=\"rtl\"") && x.expect("a number") > 200.0, "{line}");
}

#[test]
fn a_page_with_footnotes_has_a_minimum_width() {
    let width = |diagram: &Diagram| {
        let svg = written(diagram);
        svg.split("width=\"")
            .nth(1)
            .and_then(|w| w.split('"').next())
            .and_then(|w| w.parse::<f64>().ok())
            .expect("a width")
    };
    let plain = Diagram { nodes: vec![node("a", &[])], ..Diagram::default() };
    assert!(width(&plain) < 100.0);
    let footnotes = full_diagram().footnotes;
    assert!(width(&Diagram { footnotes, ..plain }) > 500.0);
}
