//! Texts and titles in SVG.

use super::style::{colour_attributes, font_attributes, xml_attributes};
use super::{Rect, number};
use crate::escape::xml::text_lossy;
use crate::output::colour::Colour;
use crate::output::diagram::Attributes;
use crate::output::text_metrics::TextBlock;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::io::{self, Write};

/// The alignment of the lines of a text within its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Centred horizontally and vertically.
    Middle,
    /// At the top, each line from the side at which its script starts.
    Start,
}

/// Draws a text within its bounds. Each line is an element, since not every browser supports `textLength` on `tspan`.
pub(super) fn draw_text(
    svg: &mut Writer<impl Write>,
    text: &TextBlock,
    (bounds, align): (Rect, Align),
    attributes: &Attributes,
    colour: &Colour,
) -> io::Result<()> {
    let top = match align {
        Align::Middle => bounds.centre().y - text.height / 2.0,
        Align::Start => bounds.corner.y,
    };
    for (index, line) in text.lines.iter().enumerate() {
        let is_right_to_left = is_right_to_left(&line.text);
        // With the anchor at the start of a line, it starts there in any font.
        let x = match align {
            Align::Middle => bounds.centre().x,
            Align::Start if is_right_to_left => bounds.right(),
            Align::Start => bounds.corner.x,
        };
        let y = top + text.baseline(index);
        let mut line_attributes = vec![("x", number(x)), ("y", number(y)), ("font-size", number(text.font.size))];
        let font = font_attributes(attributes);
        if text.font.bold && font.iter().all(|(name, _)| *name != "font-weight") {
            line_attributes.push(("font-weight", "bold".to_owned()));
        }
        line_attributes.extend(font);
        line_attributes.extend(colour_attributes("fill", "fill-opacity", colour));
        if line.width > 0.0 {
            line_attributes.push(("textLength", number(line.width)));
            line_attributes.push(("lengthAdjust", "spacingAndGlyphs".to_owned()));
        }
        if align == Align::Start {
            line_attributes.push(("text-anchor", "start".to_owned()));
        }
        if is_right_to_left {
            line_attributes.push(("direction", "rtl".to_owned()));
        }
        svg.create_element("text")
            .with_attributes(xml_attributes(&line_attributes))
            .write_text_content(BytesText::from_escaped(text_lossy(&line.text)))?;
    }
    Ok(())
}

/// Writes the first of `texts` that is not blank as the title of the enclosing element.
pub(super) fn title(svg: &mut Writer<impl Write>, texts: &[&str]) -> io::Result<()> {
    if let Some(text) = texts.iter().find(|text| !text.trim().is_empty()) {
        svg.create_element("title").write_text_content(BytesText::from_escaped(text_lossy(text)))?;
    }
    Ok(())
}

/// Whether the first letter of a text belongs to a script written from right to left: the paragraph
/// direction of <https://www.unicode.org/reports/tr9/>, rules P2 and P3.
pub(super) fn is_right_to_left(text: &str) -> bool {
    let is_rtl = |c: char| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    text.chars().find(|c| c.is_alphabetic()).is_some_and(is_rtl)
}
