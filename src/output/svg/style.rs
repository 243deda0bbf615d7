//! Graphviz attributes as SVG attributes.
//!
//! Invariant: no text of a diagram's attributes reaches the drawing but a font's name, and of that only
//! letters, digits and what separates them; so a value can neither break out nor fetch anything.

use quick_xml::events::attributes::Attribute;

use super::colour::Colour;
use super::number;
use crate::output::diagram::Attributes;

/// The fonts that texts are measured for ([`metrics`](crate::output::metrics)).
pub(super) const FONT_FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/// The colours of borders and lines, and of texts, that a diagram does not set.
const LINE_COLOUR: &str = "#333333";
const TEXT_COLOUR: &str = "black";

/// How the ink of a line runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// How a box or a line is drawn.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// Whether it is drawn at all; otherwise its room stays empty.
    pub(super) visible: bool,
    pub(super) rounded: bool,
    /// Whether a box has a border.
    pub(super) bordered: bool,
    /// The colour of the inside, if it has one of its own.
    pub(super) fill: Option<Colour>,
    pub(super) line: Colour,
    pub(super) text: Colour,
    stroke: Stroke,
    line_width: f64,
}

impl Style {
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

    /// The attributes of a line or a border in this style.
    pub(super) fn stroke_attributes(&self) -> Vec<(&'static str, String)> {
        let mut attributes = paint("stroke", "stroke-opacity", &self.line);
        attributes.push(("stroke-width", number(self.line_width)));
        // Thicker lines have longer dashes, as otherwise they would look like solid ones.
        let scale = self.line_width.max(1.0);
        let pattern = match self.stroke {
            Stroke::Solid => return attributes,
            Stroke::Dashed => [6.0, 3.5],
            Stroke::Dotted => [1.5, 2.5],
        };
        attributes.push(("stroke-dasharray", pattern.map(|length| number(length * scale)).join(" ")));
        attributes
    }
}

/// The attributes that paint with a colour, under the two names that SVG has for it and for its opacity.
pub(super) fn paint(name: &'static str, opacity: &'static str, colour: &Colour) -> Vec<(&'static str, String)> {
    let mut attributes = vec![(name, colour.name.clone())];
    if let Some(alpha) = colour.alpha {
        attributes.push((opacity, number(f64::from(alpha) / 255.0)));
    }
    attributes
}

/// The attributes of a text in the font that Graphviz's `fontname` asks for.
pub(super) fn font_attributes(attributes: &Attributes) -> Vec<(&'static str, String)> {
    let Some(name) = attributes.get("fontname") else { return Vec::new() };
    let is_harmless = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | ',');
    let name: String = name.chars().filter(is_harmless).collect();
    let lower = name.to_ascii_lowercase();
    let mut font = Vec::new();
    if lower.contains("bold") {
        font.push(("font-weight", "bold".to_owned()));
    }
    if lower.contains("italic") || lower.contains("oblique") {
        font.push(("font-style", "italic".to_owned()));
    }
    // `Helvetica-Bold` and `Helvetica Bold` are both in use for a face of the family Helvetica.
    let is_family = |word: &&str| !matches!(word.to_ascii_lowercase().as_str(), "" | "bold" | "italic" | "oblique");
    let family = |name: &str| name.split([' ', '-']).filter(is_family).collect::<Vec<_>>().join(" ");
    let families: Vec<String> = name.split(',').map(family).filter(|family| !family.is_empty()).collect();
    if families.first().is_some_and(|family| !FONT_FAMILY.starts_with(family)) {
        font.push(("font-family", format!("'{}', {FONT_FAMILY}", families.join("', '"))));
    }
    font
}

/// Attributes as quick-xml takes them; it escapes their values.
pub(super) fn xml<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = Attribute<'a>> {
    attributes.iter().map(|(name, value)| Attribute::from((*name, value.as_str())))
}
