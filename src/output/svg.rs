//! A [`Diagram`] as SVG, drawn without Graphviz.
//!
//! The drawing needs no script, style sheet or font of its own, fetches nothing, and is the same, byte for
//! byte, wherever it is written. Its boxes and lines are groups with titles, which browsers show as tooltips
//! and read aloud, and with ids: Graphviz's attribute `id`, or `node1`, `edge1`, … in the order of the diagram.
//!
//! Invariant: only quick-xml writes markup, so every text and value is escaped.

mod style;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use self::style::{FONT_FAMILY, font_attributes, paint, stroke, xml};
use super::colour::Colour;
use super::diagram::{Attributes, Diagram};
use super::layout::{Layout, Outline, Path, PlacedEdge, PlacedNode, Point, Rect, Step};
use super::look::Look;
use super::metrics::TextBlock;

/// The radius of a box's corners, where its style is `rounded`.
const CORNER_RADIUS: f64 = 6.0;

/// Draws `diagram` and writes it to `out`.
///
/// Complexity: that of the layout; writing takes time linear in the size of the result.
///
/// # Errors
///
/// Returns what `out` returns; the drawing itself cannot fail.
///
/// # Examples
///
/// ```
/// use factloom::output::{Diagram, svg};
///
/// let mut drawing = Vec::new();
/// svg::write(&Diagram::default(), &mut drawing)?;
/// assert!(drawing.starts_with(b"<?xml"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write(diagram: &Diagram, out: &mut impl Write) -> io::Result<()> {
    let layout = Layout::new(diagram);
    let background = diagram.graph.get("bgcolor").map_or_else(|| Colour::opaque("white"), |value| Colour::parse(value));
    let size = [("width", number(layout.size.width)), ("height", number(layout.size.height))];
    let view_box = format!("0 0 {} {}", size[0].1, size[1].1);

    let mut writer = Writer::new_with_indent(&mut *out, b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("svg")
        .with_attributes([("xmlns", "http://www.w3.org/2000/svg"), ("role", "img"), ("viewBox", view_box.as_str())])
        .with_attributes(xml(&size))
        .with_attributes([("font-family", FONT_FAMILY), ("text-anchor", "middle")])
        .write_inner_content(|writer| {
            title(writer, &[&diagram.title])?;
            let fill = paint("fill", "fill-opacity", &background);
            if background != Colour::none() {
                writer.create_element("rect").with_attributes(xml(&size)).with_attributes(xml(&fill)).write_empty()?;
            }
            for edge in &layout.edges {
                draw_edge(writer, diagram, edge)?;
            }
            for (index, node) in layout.nodes.iter().enumerate() {
                draw_node(writer, diagram, index, node, &background)?;
            }
            Ok(())
        })?;
    writeln!(out)
}

fn draw_node(
    writer: &mut Writer<impl Write>,
    diagram: &Diagram,
    index: usize,
    placed: &PlacedNode,
    background: &Colour,
) -> io::Result<()> {
    let node = &diagram.nodes[index];
    let look = Look::new(&node.attributes);
    if !look.visible {
        return Ok(());
    }
    let id = id("", &node.attributes, "node", index);
    writer.create_element("g").with_attributes([("id", id.as_str()), ("class", "node")]).write_inner_content(
        |writer| {
            title(writer, &[&node.tooltip, &node.label, &node.name])?;
            if look.bordered || look.fill.is_some() {
                let (element, mut attributes) = shape(placed, look.rounded);
                attributes.extend(paint("fill", "fill-opacity", look.fill.as_ref().unwrap_or(background)));
                if look.bordered {
                    attributes.extend(stroke(&look));
                }
                writer.create_element(element).with_attributes(xml(&attributes)).write_empty()?;
            }
            draw_text(writer, &placed.text, placed.frame, &node.attributes, &look.text)
        },
    )?;
    Ok(())
}

/// The element that a box's outline is drawn with, and its geometry.
fn shape(placed: &PlacedNode, rounded: bool) -> (&'static str, Vec<(&'static str, String)>) {
    let Rect { corner, size } = placed.frame;
    match placed.outline {
        Outline::Box => {
            let mut attributes = vec![
                ("x", number(corner.x)),
                ("y", number(corner.y)),
                ("width", number(size.width)),
                ("height", number(size.height)),
            ];
            if rounded {
                attributes.push(("rx", number(CORNER_RADIUS)));
            }
            ("rect", attributes)
        }
        Outline::Ellipse => {
            let centre = placed.frame.centre();
            let attributes = vec![
                ("cx", number(centre.x)),
                ("cy", number(centre.y)),
                ("rx", number(size.width / 2.0)),
                ("ry", number(size.height / 2.0)),
            ];
            ("ellipse", attributes)
        }
    }
}

fn draw_edge(writer: &mut Writer<impl Write>, diagram: &Diagram, placed: &PlacedEdge) -> io::Result<()> {
    let edge = &diagram.edges[placed.index];
    let look = Look::new(&edge.attributes);
    if !look.visible {
        return Ok(());
    }
    let id = id(&edge.id, &edge.attributes, "edge", placed.index);
    writer.create_element("g").with_attributes([("id", id.as_str()), ("class", "edge")]).write_inner_content(
        |writer| {
            title(writer, &[&edge.tooltip, &edge.label])?;
            writer
                .create_element("path")
                .with_attributes([("d", path_data(&placed.path).as_str()), ("fill", "none")])
                .with_attributes(xml(&stroke(&look)))
                .write_empty()?;
            let arrow = placed.arrow.map(point).join(" ");
            writer
                .create_element("polygon")
                .with_attribute(("points", arrow.as_str()))
                .with_attributes(xml(&paint("fill", "fill-opacity", &look.line)))
                .write_empty()?;
            match placed.frame {
                Some(frame) => draw_text(writer, &placed.text, frame, &edge.attributes, &look.text),
                None => Ok(()),
            }
        },
    )?;
    Ok(())
}

/// Draws a text in the middle of a frame, each line as an element of its own: not every browser keeps to
/// `textLength` on parts of a text.
fn draw_text(
    writer: &mut Writer<impl Write>,
    text: &TextBlock,
    frame: Rect,
    attributes: &Attributes,
    colour: &Colour,
) -> io::Result<()> {
    let centre = frame.centre();
    let top = centre.y - text.height / 2.0;
    for (index, line) in text.lines.iter().enumerate() {
        let mut line_attributes = vec![
            ("x", number(centre.x)),
            ("y", number(top + text.baseline(index))),
            ("font-size", number(text.font.size)),
        ];
        line_attributes.extend(font_attributes(attributes));
        line_attributes.extend(paint("fill", "fill-opacity", colour));
        if line.width > 0.0 {
            line_attributes.push(("textLength", number(line.width)));
            line_attributes.push(("lengthAdjust", "spacingAndGlyphs".to_owned()));
        }
        if is_right_to_left(&line.text) {
            line_attributes.push(("direction", "rtl".to_owned()));
        }
        writer
            .create_element("text")
            .with_attributes(xml(&line_attributes))
            .write_text_content(BytesText::new(&printable(&line.text)))?;
    }
    Ok(())
}

/// Writes the first of `texts` that says something as the title of the element around it.
fn title(writer: &mut Writer<impl Write>, texts: &[&str]) -> io::Result<()> {
    if let Some(text) = texts.iter().find(|text| !text.trim().is_empty()) {
        writer.create_element("title").write_text_content(BytesText::new(&printable(text)))?;
    }
    Ok(())
}

/// The id of a box or a line: the one it was given, if XML and links can do with it.
fn id(own: &str, attributes: &Attributes, kind: &str, index: usize) -> String {
    let is_name = |id: &&String| !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    let given = attributes.get("id").cloned().into_iter().chain([own.to_owned()]);
    given.into_iter().find(|id| is_name(&id)).unwrap_or_else(|| format!("{kind}{}", index + 1))
}

fn path_data(path: &Path) -> String {
    let mut data = String::new();
    for step in &path.steps {
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Move(to) => write!(data, "M{}", point(*to)),
            Step::Line(to) => write!(data, "L{}", point(*to)),
            Step::Curve(a, b, to) => write!(data, "C{} {} {}", point(*a), point(*b), point(*to)),
        };
    }
    data
}

fn point(point: Point) -> String {
    format!("{},{}", number(point.x), number(point.y))
}

/// A number with two decimals: a printer shows no more, and the bytes stay the same everywhere.
fn number(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}

/// The text with U+FFFD for what XML 1.0 cannot hold (<https://www.w3.org/TR/xml/#charsets>).
fn printable(text: &str) -> Cow<'_, str> {
    let is_allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect()
}

/// Whether the first letter of a text belongs to a script written from right to left: the paragraph
/// direction of <https://www.unicode.org/reports/tr9/>, rules P2 and P3.
fn is_right_to_left(text: &str) -> bool {
    let is_rtl = |c: char| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    text.chars().find(|c| c.is_alphabetic()).is_some_and(is_rtl)
}
