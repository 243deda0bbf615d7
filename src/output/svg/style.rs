//! Graphviz attributes as SVG attributes.
//!
//! Invariant: no text of a diagram's attributes reaches the drawing but a font's name, and of that only
//! letters, digits and what separates them; so a value can neither break out nor fetch anything.

use quick_xml::events::attributes::Attribute;

use super::number;
use crate::output::colour::Colour;
use crate::output::diagram::Attributes;
use crate::output::render_style::RenderStyle;

/// The fonts that texts are measured for ([`metrics`](crate::output::metrics)).
pub(super) const FONT_FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/// The attributes of a line or a border.
pub(super) fn stroke(look: &RenderStyle) -> Vec<(&'static str, String)> {
    let mut attributes = paint("stroke", "stroke-opacity", &look.line);
    attributes.push(("stroke-width", number(look.line_width)));
    attributes.extend(look.dashes().map(|dashes| ("stroke-dasharray", dashes.map(number).join(" "))));
    attributes
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
