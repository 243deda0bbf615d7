//! What Graphviz's attributes say of the look of a box, a line or a frame, for the formats that are drawn without Graphviz.

use super::colour::Colour;
use super::diagram::Attributes;

/// The colours of borders and lines, and of texts, that a diagram does not set.
const LINE_COLOUR: &str = "#333333";
const TEXT_COLOUR: &str = "black";

/// How the ink of a line runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// How a box, a line or a frame is drawn.
#[derive(Clone, Debug)]
pub(super) struct RenderStyle {
    /// Whether it is drawn at all; otherwise its room stays empty.
    pub(super) visible: bool,
    pub(super) rounded: bool,
    /// Whether a box has a border.
    pub(super) bordered: bool,
    /// The colour of the inside, if it has one of its own.
    pub(super) fill: Option<Colour>,
    pub(super) line: Colour,
    pub(super) text: Colour,
    pub(super) stroke: Stroke,
    pub(super) line_width: f64,
}

impl RenderStyle {
    /// Reads the attributes; what is not understood is as if it were not there.
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

    /// The lengths of dashes and gaps, if the line has such.
    pub(super) fn dashes(&self) -> Option<[f64; 2]> {
        // Thicker lines have longer dashes, as otherwise they would look like solid ones.
        let scale = self.line_width.max(1.0);
        let pattern = match self.stroke {
            Stroke::Solid => return None,
            Stroke::Dashed => [6.0, 3.5],
            Stroke::Dotted => [1.5, 2.5],
        };
        Some(pattern.map(|length| length * scale))
    }
}

/// An address that a drawing may lead to: of the web, since a drawing goes where its writer does not.
pub(super) fn web_address(link: Option<&str>) -> Option<&str> {
    link.filter(|link| {
        let scheme = link.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        matches!(scheme.as_deref(), Some("http" | "https"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(web_address(Some("HTTPS://example.com/#a")), Some("HTTPS://example.com/#a"));
        for link in ["javascript:alert(1)", "data:text/html,x", "//example.com", "file:///etc/passwd", ""] {
            assert_eq!(web_address(Some(link)), None, "{link}");
        }
    }
}
