//! Diagrams of the bundled dataset.

use super::*;
use crate::store::{Labels, Store};
use crate::view::{Filter, Neighbourhood, Selection};
use std::collections::BTreeSet;

fn bundled() -> Store {
    crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap().1
}

fn draw(store: &Store, focus: &str, options: &DiagramOptions) -> Diagram {
    let labels = Labels::new(store, "en");
    let all = View::new(store, &labels).unwrap();
    let focus = Neighbourhood { entity: all.node_with_id(focus).unwrap(), radius: 1 };
    let focus = Filter { include: vec![focus], ..Filter::default() };
    let view = all.subgraph(&Selection { focus, ..Selection::default() }).view;
    diagram("T", &view, &StatementText::new(store, &labels), options).unwrap()
}

#[test]
fn a_merged_edge_has_all_statements_and_the_style_of_its_facts() {
    let store = bundled();
    let options = DiagramOptions { footnotes: true, ..DiagramOptions::default() };
    let separate = draw(&store, "soviet-union", &options);
    let merged = draw(&store, "soviet-union", &DiagramOptions { merge: true, ..options });
    assert!(merged.edges.len() < separate.edges.len());
    assert_eq!((merged.footnotes.len(), separate.footnotes.len()), (merged.edges.len(), separate.edges.len()));
    let edge = merged.edges.iter().find(|edge| edge.label.contains("sources")).unwrap();
    assert!(edge.label.starts_with("helped build (4 sources) ["), "{}", edge.label);
    let quotes = |diagram: &Diagram| -> BTreeSet<String> {
        diagram.footnotes.iter().flat_map(|note| &note.quotes).map(|quote| quote.quote.clone()).collect()
    };
    assert_eq!(quotes(&merged), quotes(&separate));
    for edge in &separate.edges {
        assert!(merged.edges.iter().any(|merged| merged.tooltip.contains(&edge.id)), "{}", edge.id);
    }
}

#[test]
fn the_numbers_of_edges_are_those_of_their_footnotes() {
    let options = DiagramOptions { footnotes: true, ..DiagramOptions::default() };
    let drawn = draw(&bundled(), "pakistan-steel-mills", &options);
    for (number, (edge, note)) in drawn.edges.iter().zip(&drawn.footnotes).enumerate() {
        assert!(edge.label.ends_with(&format!(" [{}]", number + 1)), "{}", edge.label);
        assert!(note.text.starts_with(&drawn.nodes[edge.from].label), "{}", note.text);
        assert!(!note.quotes.is_empty() || note.text.contains("inference, rule"), "{}", note.text);
    }
}

#[test]
fn a_cluster_of_a_location_contains_the_location() {
    let by = |cluster| DiagramOptions { cluster: Some(cluster), ..DiagramOptions::default() };
    let store = bundled();
    let locations = draw(&store, "pakistan-steel-mills", &by(ClusterBy::Location));
    let inside = |label: &str| -> Vec<&str> {
        let index = locations.clusters.iter().position(|cluster| cluster.label == label).unwrap();
        locations.nodes.iter().filter(|node| node.cluster == Some(index)).map(|node| node.name.as_str()).collect()
    };
    assert_eq!(inside("Pakistan"), ["karachi", "pakistan", "pakistan-steel-mills", "sindh"]);
    let classes = draw(&store, "pakistan-steel-mills", &by(ClusterBy::Class));
    assert!(classes.nodes.iter().all(|node| node.cluster.is_some()));
    let names: BTreeSet<&str> = classes.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    assert_eq!(names.len(), classes.clusters.len());
}

#[test]
fn a_cluster_of_a_source_has_the_entities_that_only_this_source_mentions() {
    let options = DiagramOptions { cluster: Some(ClusterBy::Source), ..DiagramOptions::default() };
    let drawn = draw(&bundled(), "pakistan-steel-mills", &options);
    let cluster = |name: &str| drawn.nodes.iter().find(|node| node.name == name).unwrap().cluster;
    assert_eq!(cluster("pakistan-steel-mills"), None);
    let workers = cluster("psm-workers").unwrap();
    assert_eq!(drawn.clusters[workers].name, "psm-revival");
}

#[test]
fn a_legend_explains_only_styles_that_occur() {
    let options = DiagramOptions { legend: true, ..DiagramOptions::default() };
    let store = bundled();
    let drawn = draw(&store, "karachi", &options);
    let labels: Vec<&str> = drawn.legend.iter().map(|entry| entry.label.as_str()).collect();
    assert!(labels.contains(&"fact: a source states it") && labels.contains(&"steel mill"), "{labels:?}");
    assert!(!labels.iter().any(|label| label.contains("denied") || label.contains("helped build")), "{labels:?}");
    let merged = DiagramOptions { merge: true, ..options.clone() };
    for options in [options, merged] {
        let drawn = draw(&store, "soviet-union", &options);
        for entry in &drawn.legend {
            let occurs = match entry.symbol {
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
fn styles_are_shared_and_links_are_web_addresses() {
    let drawn = draw(&bundled(), "pakistan-steel-mills", &DiagramOptions::default());
    let styles: BTreeSet<_> = drawn.edges.iter().map(|edge| std::sync::Arc::as_ptr(&edge.attributes)).collect();
    assert!(styles.len() < drawn.edges.len());
    let links: Vec<&str> = drawn.edges.iter().filter_map(|edge| edge.link.as_deref()).collect();
    assert!(!links.is_empty() && links.iter().all(|link| link.starts_with("https://") && link.contains(":~:text=")));
    let pakistan = drawn.nodes.iter().find(|node| node.name == "pakistan").unwrap();
    assert_eq!(pakistan.link.as_deref(), Some("http://www.wikidata.org/entity/Q843"));
}

/// Contrasts of colours, also for colour-blind readers.
mod colour {
    use super::super::style_sheet::{CLUSTER, DECLARED_COLOUR, EDGE, NODE, status_colour};
    use crate::model::BuiltInStatus;

    type Light = [f64; 3];

    /// Normal vision, then that without the cones for red, green and blue. Machado, Oliveira and Fernandes, "A Physiologically-based
    /// Model for Simulation of Color Vision Deficiency", 2009.
    const VISIONS: [[Light; 3]; 4] = [
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

    /// The perceived colour in CIELAB coordinates.
    fn perceived(hex: &str, vision: &[Light; 3]) -> Light {
        let apply =
            |rows: &[Light; 3], light: Light| rows.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>());
        let light = apply(vision, light(hex)).map(|part| part.clamp(0.0, 1.0));
        let rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
        let [x, y, z] = apply(&rows, light);
        let cube = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let (x, y, z) = (cube(x / 0.950_47), cube(y), cube(z / 1.088_83));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn value<'a>(attributes: &[(&str, &'a str)], name: &str) -> &'a str {
        attributes.iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// The colours of the built-in statuses, and that of declared ones.
    fn status_colours() -> Vec<&'static str> {
        BuiltInStatus::ALL.map(status_colour).into_iter().chain([DECLARED_COLOUR]).collect()
    }

    #[test]
    fn texts_and_lines_contrast_with_their_background() {
        for colour in status_colours() {
            assert!(contrast(colour, "#ffffff") >= 4.5, "{colour}");
        }
        for background in ["#ffffff", value(CLUSTER, "bgcolor")] {
            assert!(
                contrast(value(EDGE, "color"), background) >= 7.0
                    && contrast(value(EDGE, "fontcolor"), background) >= 7.0
            );
            assert!(
                contrast(value(NODE, "color"), background) >= 4.5
                    && contrast(value(CLUSTER, "fontcolor"), background) >= 7.0
            );
        }
        assert!(contrast(value(NODE, "fontcolor"), value(NODE, "fillcolor")) >= 7.0);
        let style: crate::dataset::Style = serde_json::from_str(include_str!("../../../data/psm/style.json")).unwrap();
        for (class, attributes) in &style.class.0 {
            let fill = attributes.0.iter().find(|(name, _)| name == "fillcolor").map_or("#eeeeee", |(_, fill)| fill);
            assert!(contrast("#1a1a1a", fill) >= 7.0, "{class}");
        }
    }

    #[test]
    fn the_colours_of_claims_differ_in_every_vision() {
        for vision in &VISIONS {
            let colours = status_colours();
            for (at, one) in colours.iter().enumerate() {
                for other in &colours[..at] {
                    let (a, b) = (perceived(one, vision), perceived(other, vision));
                    let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    // Ten times the smallest difference that is visible side by side.
                    assert!(distance >= 20.0, "{one} and {other}: {distance}");
                }
            }
        }
    }
}

#[test]
fn settings_that_are_not_set_have_the_defaults_of_options() {
    let empty = DiagramOptions::from(&DiagramSettings::default());
    assert_eq!(format!("{empty:?}"), format!("{:?}", DiagramOptions::default()));
    let settings = DiagramSettings { legend: Some(true), merge: Some(false), ..DiagramSettings::default() };
    let options = DiagramOptions::from(&settings);
    assert_eq!((options.legend, options.merge, options.footnotes), (true, false, false));
}
