//! The style that Graphviz attributes give a node, an edge or a cluster, for the formats that are written without Graphviz.

use super::colour::Colour;
use super::diagram::Attributes;

/// Default colours of borders and lines, and of texts.
const LINE_COLOUR: &str = "#333333";
const TEXT_COLOUR: &str = "black";

/// The stroke of a line or border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// The style of a node, an edge or a cluster.
#[derive(Clone, Debug)]
pub(super) struct RenderStyle {
    /// Whether it is drawn. Even if not, it takes up room.
    pub(super) visible: bool,
    pub(super) rounded: bool,
    /// Whether a node has a border.
    pub(super) bordered: bool,
    /// The colour of the inside, if it is filled.
    pub(super) fill: Option<Colour>,
    pub(super) line: Colour,
    pub(super) text: Colour,
    pub(super) stroke: Stroke,
    pub(super) line_width: f64,
}

impl RenderStyle {
    /// Reads the attributes, and ignores what it does not know.
    pub(super) fn new(attributes: &Attributes) -> Self {
        let get = |name: &str| attributes.get(name).map(String::as_str);
        let styles: Vec<&str> = get("style").unwrap_or_default().split(',').map(str::trim).collect();
        let has = |name: &str| styles.contains(&name);
        let colour = get("color").map(Colour::parse);
        let fill = get("fillcolor").map(Colour::parse).or_else(|| colour.clone());
        let stroke = match () {
            () if has("dotted") => Stroke::Dotted,
            () if has("dashed") => Stroke::Dashed,
            () => Stroke::Solid,
        };
        let line_width = get("penwidth").and_then(|width| width.trim().parse::<f64>().ok());
        let line_width = line_width.filter(|width| width.is_finite()).map(|width| width.clamp(0.0, 20.0));
        Self {
            visible: !has("invis"),
            rounded: has("rounded"),
            bordered: !matches!(get("shape"), Some("plaintext" | "plain" | "none")),
            fill: has("filled").then(|| fill.unwrap_or_else(|| Colour::opaque("lightgrey"))),
            line: colour.unwrap_or_else(|| Colour::opaque(LINE_COLOUR)),
            text: get("fontcolor").map_or_else(|| Colour::opaque(TEXT_COLOUR), Colour::parse),
            stroke,
            line_width: line_width.unwrap_or(if has("bold") { 2.0 } else { 1.0 }),
        }
    }

    /// The style of something that is drawn; `None` if it is invisible.
    pub(super) fn of_visible(attributes: &Attributes) -> Option<Self> {
        Some(Self::new(attributes)).filter(|style| style.visible)
    }

    /// The lengths of dashes and gaps of a dashed or dotted line. They grow with its width, so that it does not look solid.
    pub(super) fn dashes(&self) -> Option<[f64; 2]> {
        let pattern = match self.stroke {
            Stroke::Solid => return None,
            Stroke::Dashed => [6.0, 3.5],
            Stroke::Dotted => [1.5, 2.5],
        };
        Some(pattern.map(|length| length * self.line_width.max(1.0)))
    }
}
