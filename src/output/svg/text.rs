//! Texts of a drawing, line by line.

use super::style::{font_attributes, paint, xml};
use super::{Rect, Sheet, number};
use crate::output::colour::Colour;
use crate::output::diagram::Attributes;
use crate::output::metrics::TextBlock;
use crate::output::xml::printable;
use quick_xml::events::BytesText;
use std::io::{self, Write};

/// Where the lines of a text lie in their frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// In the middle, across and along.
    Middle,
    /// At the top, from the side where the script of each line begins.
    Start,
}

/// Draws a text in a frame, each line as an element of its own: not every browser keeps to `textLength` on parts of a text.
pub(super) fn draw_text(
    sheet: &mut Sheet<impl Write>,
    text: &TextBlock,
    (frame, align): (Rect, Align),
    attributes: &Attributes,
    colour: &Colour,
) -> io::Result<()> {
    let top = match align {
        Align::Middle => frame.centre().y - text.height / 2.0,
        Align::Start => frame.corner.y,
    };
    for (index, line) in text.lines.iter().enumerate() {
        let is_right_to_left = is_right_to_left(&line.text);
        let mut line_attributes = vec![
            ("x", number(anchor(frame, align, is_right_to_left))),
            ("y", number(top + text.baseline(index))),
            ("font-size", number(text.font.size)),
        ];
        let font = font_attributes(attributes);
        if text.font.bold && font.iter().all(|(name, _)| *name != "font-weight") {
            line_attributes.push(("font-weight", "bold".to_owned()));
        }
        line_attributes.extend(font);
        line_attributes.extend(paint("fill", "fill-opacity", colour));
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
        sheet
            .create_element("text")
            .with_attributes(xml(&line_attributes))
            .write_text_content(BytesText::new(&printable(&line.text)))?;
    }
    Ok(())
}

/// The x coordinate that a line hangs on: its middle, or where it begins, so that it begins there whatever font is at hand.
fn anchor(frame: Rect, align: Align, is_right_to_left: bool) -> f64 {
    match align {
        Align::Middle => frame.centre().x,
        Align::Start if is_right_to_left => frame.right(),
        Align::Start => frame.corner.x,
    }
}

/// Writes the first of `texts` that says something as the title of the element around it.
pub(super) fn title(sheet: &mut Sheet<impl Write>, texts: &[&str]) -> io::Result<()> {
    if let Some(text) = texts.iter().find(|text| !text.trim().is_empty()) {
        sheet.create_element("title").write_text_content(BytesText::new(&printable(text)))?;
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
