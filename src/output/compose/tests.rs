use super::*;
use crate::store::{Labels, Store};
use crate::view::{Filter, Neighbourhood, Selection};

fn bundled() -> Store {
    crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap().1
}

fn drawn(store: &Store, focus: &str, options: &DiagramOptions) -> Diagram {
    let labels = Labels::new(store, "en");
    let all = View::new(store, &labels).unwrap();
    let focus = Neighbourhood { entity: all.node_with_id(focus).unwrap(), radius: 1 };
    let focus = Filter { include: vec![focus], ..Filter::default() };
    let view = all.select(&Selection { focus, ..Selection::default() });
    diagram("T", &view, &StatementText::new(store, &labels), options).unwrap()
}

#[test]
fn merged_lines_keep_all_statements_and_look_like_the_most_trusted() {
    let store = bundled();
    let apart = drawn(&store, "soviet-union", &DiagramOptions { footnotes: true, ..DiagramOptions::default() });
    let options = DiagramOptions { footnotes: true, parallel: ParallelEdges::Merged, ..DiagramOptions::default() };
    let merged = drawn(&store, "soviet-union", &options);
    assert!(merged.edges.len() < apart.edges.len());
    assert_eq!((merged.footnotes.len(), apart.footnotes.len()), (merged.edges.len(), apart.edges.len()));
    let line = merged.edges.iter().find(|edge| edge.label.contains("sources")).unwrap();
    assert!(line.label.starts_with("helped build (4 sources) ["), "{}", line.label);
    let quotes = |diagram: &Diagram| -> BTreeSet<String> {
        diagram.footnotes.iter().flat_map(|note| &note.quotes).map(|quote| quote.quote.clone()).collect()
    };
    assert_eq!(quotes(&merged), quotes(&apart));
    for edge in &apart.edges {
        assert!(merged.edges.iter().any(|line| line.tooltip.contains(&edge.id)), "{}", edge.id);
    }
}

#[test]
fn numbers_on_lines_are_those_of_the_footnotes() {
    let drawn =
        drawn(&bundled(), "pakistan-steel-mills", &DiagramOptions { footnotes: true, ..DiagramOptions::default() });
    for (number, (edge, note)) in drawn.edges.iter().zip(&drawn.footnotes).enumerate() {
        assert!(edge.label.ends_with(&format!(" [{}]", number + 1)), "{}", edge.label);
        assert!(note.text.starts_with(&drawn.nodes[edge.from].label), "{}", note.text);
        assert!(!note.quotes.is_empty() || note.text.contains("inference, rule"), "{}", note.text);
    }
}

#[test]
fn what_lies_in_one_country_shares_its_frame_and_the_country_stands_in_it() {
    let by = |cluster| DiagramOptions { cluster: Some(cluster), ..DiagramOptions::default() };
    let store = bundled();
    let placed = drawn(&store, "pakistan-steel-mills", &by(ClusterBy::Location));
    let inside = |label: &str| -> Vec<&str> {
        let at = placed.clusters.iter().position(|cluster| cluster.label == label).unwrap();
        placed.nodes.iter().filter(|node| node.cluster == Some(at)).map(|node| node.name.as_str()).collect()
    };
    assert_eq!(inside("Pakistan"), ["karachi", "pakistan", "pakistan-steel-mills", "sindh"]);
    let classes = drawn(&store, "pakistan-steel-mills", &by(ClusterBy::Class));
    assert!(classes.nodes.iter().all(|node| node.cluster.is_some()));
    let names: BTreeSet<&str> = classes.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    assert_eq!(names.len(), classes.clusters.len());
}

#[test]
fn a_frame_of_a_source_holds_what_that_source_alone_speaks_of() {
    let options = DiagramOptions { cluster: Some(ClusterBy::Source), ..DiagramOptions::default() };
    let drawn = drawn(&bundled(), "pakistan-steel-mills", &options);
    let frame = |name: &str| drawn.nodes.iter().find(|node| node.name == name).unwrap().cluster;
    assert_eq!(frame("pakistan-steel-mills"), None);
    let workers = frame("psm-workers").unwrap();
    assert_eq!(drawn.clusters[workers].name, "psm-revival");
}

#[test]
fn a_legend_explains_what_occurs_and_nothing_else() {
    let options = DiagramOptions { legend: true, ..DiagramOptions::default() };
    let store = bundled();
    let drawn = drawn(&store, "karachi", &options);
    let labels: Vec<&str> = drawn.legend.iter().map(|entry| entry.label.as_str()).collect();
    assert!(labels.contains(&"fact: a source states it") && labels.contains(&"steel mill"), "{labels:?}");
    assert!(!labels.iter().any(|label| label.contains("denied") || label.contains("helped build")), "{labels:?}");
    let merged = DiagramOptions { parallel: ParallelEdges::Merged, ..options.clone() };
    for options in [options, merged] {
        let drawn = super::tests::drawn(&store, "soviet-union", &options);
        for entry in &drawn.legend {
            let occurs = match entry.sample {
                super::super::LegendSymbol::Node => drawn.nodes.iter().any(|node| node.attributes == entry.attributes),
                super::super::LegendSymbol::Edge => drawn.edges.iter().any(|edge| edge.attributes == entry.attributes),
            };
            assert!(occurs, "{}", entry.label);
        }
        for edge in &drawn.edges {
            assert!(drawn.legend.iter().any(|entry| entry.attributes == edge.attributes), "{}", edge.label);
        }
    }
}

#[test]
fn looks_are_shared_and_links_lead_to_the_web() {
    let drawn = drawn(&bundled(), "pakistan-steel-mills", &DiagramOptions::default());
    let looks: BTreeSet<_> = drawn.edges.iter().map(|edge| std::sync::Arc::as_ptr(&edge.attributes)).collect();
    assert!(looks.len() < drawn.edges.len());
    let links: Vec<&str> = drawn.edges.iter().filter_map(|edge| edge.link.as_deref()).collect();
    assert!(!links.is_empty() && links.iter().all(|link| link.starts_with("https://") && link.contains(":~:text=")));
    let pakistan = drawn.nodes.iter().find(|node| node.name == "pakistan").unwrap();
    assert_eq!(pakistan.link.as_deref(), Some("http://www.wikidata.org/entity/Q843"));
}

/// Colours as people see them: linear light, and what is left of it to those who lack a kind of cones.
mod colour {
    use super::super::style::{CLUSTER, EDGE, NODE, status_colour};
    use crate::model::ClaimStatus;

    type Light = [f64; 3];

    /// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009:
    /// everybody's sight, then that of people without the cones for red, green and blue.
    const SIGHTS: [[Light; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ];

    fn light(hex: &str) -> Light {
        [1, 3, 5].map(|at| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// The contrast of <https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio>.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |hex| light(hex).iter().zip([0.2126, 0.7152, 0.0722]).map(|(part, weight)| part * weight).sum();
        let (a, b): (f64, f64) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// CIELAB coordinates of what somebody sees.
    fn seen(hex: &str, sight: &[Light; 3]) -> Light {
        let apply =
            |rows: &[Light; 3], light: Light| rows.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>());
        let light = apply(sight, light(hex)).map(|part| part.clamp(0.0, 1.0));
        let rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
        let [x, y, z] = apply(&rows, light);
        let cube = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let (x, y, z) = (cube(x / 0.950_47), cube(y), cube(z / 1.088_83));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn of<'a>(attributes: &[(&str, &'a str)], name: &str) -> &'a str {
        attributes.iter().find(|(known, _)| *known == name).unwrap().1
    }

    #[test]
    fn texts_and_lines_stand_out_from_what_they_are_drawn_on() {
        for status in ClaimStatus::ALL {
            assert!(contrast(status_colour(status), "#ffffff") >= 4.5, "{status:?}");
        }
        for sheet in ["#ffffff", of(CLUSTER, "bgcolor")] {
            assert!(contrast(of(EDGE, "color"), sheet) >= 7.0 && contrast(of(EDGE, "fontcolor"), sheet) >= 7.0);
            assert!(contrast(of(NODE, "color"), sheet) >= 4.5 && contrast(of(CLUSTER, "fontcolor"), sheet) >= 7.0);
        }
        assert!(contrast(of(NODE, "fontcolor"), of(NODE, "fillcolor")) >= 7.0);
        // A class of the bundled style, which tints boxes.
        let style: crate::dataset::Style = serde_json::from_str(include_str!("../../../data/psm/style.json")).unwrap();
        for (class, attributes) in &style.class.0 {
            let fill = attributes.0.iter().find(|(name, _)| name == "fillcolor").map_or("#eeeeee", |(_, fill)| fill);
            assert!(contrast("#1a1a1a", fill) >= 7.0, "{class}");
        }
    }

    #[test]
    fn the_colours_of_claims_differ_to_every_sight() {
        for sight in &SIGHTS {
            for (at, one) in ClaimStatus::ALL.iter().enumerate() {
                for other in &ClaimStatus::ALL[..at] {
                    let (a, b) = (seen(status_colour(*one), sight), seen(status_colour(*other), sight));
                    let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    // Ten times what side by side is told apart at all.
                    assert!(distance >= 20.0, "{one:?} and {other:?}: {distance}");
                }
            }
        }
    }
}
