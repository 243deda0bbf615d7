//! Graphviz attributes as SVG attributes.
//!
//! Invariant: the only text of a diagram's attributes that reaches the file is the name of a font, reduced to letters, digits and
//! separators, so that no value can break out of its attribute or load anything.

use super::number;
use crate::escape::xml::attribute_lossy;
use crate::output::colour::Colour;
use crate::output::diagram::Attributes;
use crate::output::render_style::RenderStyle;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::QName;
use std::borrow::Cow;

/// The attributes of an element.
pub(super) type XmlAttributes = Vec<(&'static str, String)>;

/// The fonts for which texts are measured ([`text_metrics`](crate::output::text_metrics)).
pub(super) const FONT_FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/// The attributes of a line or a border.
pub(super) fn stroke(style: &RenderStyle) -> XmlAttributes {
    let mut attributes = colour_attributes("stroke", "stroke-opacity", &style.line);
    attributes.push(("stroke-width", number(style.line_width)));
    attributes.extend(style.dashes().map(|dashes| ("stroke-dasharray", dashes.map(number).join(" "))));
    attributes
}

/// The attributes for a colour and for its opacity.
pub(super) fn colour_attributes(name: &'static str, opacity: &'static str, colour: &Colour) -> XmlAttributes {
    let alpha = colour.alpha.map(|alpha| (opacity, number(f64::from(alpha) / 255.0)));
    std::iter::once((name, colour.name.clone())).chain(alpha).collect()
}

/// The attributes of text in the font of Graphviz's `fontname`.
pub(super) fn font_attributes(attributes: &Attributes) -> XmlAttributes {
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
    // Both `Helvetica-Bold` and `Helvetica Bold` name a face of the family Helvetica.
    let is_family = |word: &&str| !matches!(word.to_ascii_lowercase().as_str(), "" | "bold" | "italic" | "oblique");
    let family = |name: &str| name.split([' ', '-']).filter(is_family).collect::<Vec<_>>().join(" ");
    let families: Vec<String> = name.split(',').map(family).filter(|family| !family.is_empty()).collect();
    if families.first().is_some_and(|family| !FONT_FAMILY.starts_with(family)) {
        font.push(("font-family", format!("'{}', {FONT_FAMILY}", families.join("', '"))));
    }
    font
}

/// Attributes for quick-xml.
pub(super) fn xml_attributes<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = Attribute<'a>> {
    attributes.iter().map(|(name, value)| attribute(name, value))
}

/// An attribute with any value.
pub(super) fn attribute<'a>(name: &'a str, value: &'a str) -> Attribute<'a> {
    Attribute { key: QName(name.as_bytes()), value: bytes(attribute_lossy(value)) }
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
