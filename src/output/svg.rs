//! A [`Diagram`] as SVG, drawn without Graphviz.
//!
//! The drawing needs no script, style sheet or font of its own, fetches nothing, and is the same, byte for
//! byte, wherever it is written. Its boxes and lines are groups with titles, which browsers show as tooltips
//! and read aloud, and with ids (`ids`). Legend, notes and footnotes stand below (`notes`).
//!
//! Invariant: only quick-xml writes markup, so every text and value is escaped.

mod ids;
mod notes;
mod style;
#[cfg(test)]
mod tests;
mod text;

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use self::ids::Ids;
use self::notes::Notes;
use self::style::{FONT_FAMILY, paint, stroke, xml};
use self::text::{Align, draw_text, title};
use super::colour::Colour;
use super::diagram::Diagram;
use super::layout::{Layout, Outline, Path, PlacedCluster, PlacedEdge, PlacedNode, Point, Rect, Size, Step};
use super::render_style::{RenderStyle, web_address};
use super::xml::printable;

/// What a drawing is written on.
type Sheet<W> = Writer<W>;

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
    let notes = Notes::new(diagram, layout.size.width);
    let page = Size { width: layout.size.width.max(notes.size.width), height: layout.size.height + notes.size.height };
    let background = diagram.graph.get("bgcolor").map_or_else(|| Colour::opaque("white"), |value| Colour::parse(value));
    let size = [("width", number(page.width)), ("height", number(page.height))];
    let view_box = format!("0 0 {} {}", size[0].1, size[1].1);

    let mut writer = Writer::new_with_indent(&mut *out, b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("svg")
        .with_attributes([("xmlns", "http://www.w3.org/2000/svg"), ("role", "img"), ("viewBox", view_box.as_str())])
        .with_attributes(xml(&size))
        .with_attributes([("font-family", FONT_FAMILY), ("text-anchor", "middle")])
        .write_inner_content(|sheet| {
            title(sheet, &[&diagram.title])?;
            let fill = paint("fill", "fill-opacity", &background);
            if background != Colour::none() {
                sheet.create_element("rect").with_attributes(xml(&size)).with_attributes(xml(&fill)).write_empty()?;
            }
            let mut ids = Ids::default();
            for cluster in &layout.clusters {
                draw_cluster(sheet, diagram, cluster, &mut ids)?;
            }
            for edge in &layout.edges {
                draw_edge(sheet, diagram, edge, &mut ids)?;
            }
            for (index, node) in layout.nodes.iter().enumerate() {
                draw_node(sheet, diagram, (index, node), &background, &mut ids)?;
            }
            notes.draw(sheet, layout.size.height)
        })?;
    writeln!(out)
}

/// Writes a group with an id, in which all leads to `link`, if that is an address of the web.
fn group<W: Write>(
    sheet: &mut Sheet<W>,
    (id, class): (&str, &str),
    link: Option<&str>,
    content: impl FnOnce(&mut Sheet<W>) -> io::Result<()>,
) -> io::Result<()> {
    sheet
        .create_element("g")
        .with_attributes([("id", id), ("class", class)])
        .write_inner_content(|sheet| linked(sheet, link, content))?;
    Ok(())
}

/// Writes a link around something, if it leads to the web.
fn linked<W: Write>(
    sheet: &mut Sheet<W>,
    link: Option<&str>,
    content: impl FnOnce(&mut Sheet<W>) -> io::Result<()>,
) -> io::Result<()> {
    match web_address(link) {
        Some(link) => {
            sheet.create_element("a").with_attribute(("href", &*printable(link))).write_inner_content(content).map(drop)
        }
        None => content(sheet),
    }
}

fn draw_cluster(
    sheet: &mut Sheet<impl Write>,
    diagram: &Diagram,
    placed: &PlacedCluster,
    ids: &mut Ids,
) -> io::Result<()> {
    let cluster = &diagram.clusters[placed.index];
    let look = RenderStyle::new(&cluster.attributes);
    if !look.visible {
        return Ok(());
    }
    let id = ids.take(["cluster-", &cluster.name], &cluster.attributes, "cluster", placed.index);
    group(sheet, (&id, "cluster"), None, |sheet| {
        let mut attributes = rect(placed.frame, look.rounded);
        let background = cluster.attributes.get("bgcolor").map(|value| Colour::parse(value));
        let fill = look.fill.clone().or(background).unwrap_or_else(Colour::none);
        attributes.extend(paint("fill", "fill-opacity", &fill));
        attributes.extend(stroke(&look));
        sheet.create_element("rect").with_attributes(xml(&attributes)).write_empty()?;
        draw_text(sheet, &placed.text, (placed.title, Align::Start), &cluster.attributes, &look.text)
    })
}

fn draw_node(
    sheet: &mut Sheet<impl Write>,
    diagram: &Diagram,
    (index, placed): (usize, &PlacedNode),
    background: &Colour,
    ids: &mut Ids,
) -> io::Result<()> {
    let node = &diagram.nodes[index];
    let look = RenderStyle::new(&node.attributes);
    if !look.visible {
        return Ok(());
    }
    let id = ids.take(["entity-", &node.name], &node.attributes, "node", index);
    group(sheet, (&id, "node"), node.link.as_deref(), |sheet| {
        title(sheet, &[&node.tooltip, &node.label, &node.name])?;
        draw_outline(sheet, placed.frame, placed.outline, &look, background)?;
        draw_text(sheet, &placed.text, (placed.label_frame(), Align::Middle), &node.attributes, &look.text)?;
        if let Some(rule) = placed.rule() {
            let mut attributes = vec![("d", format!("M{}L{}", point(rule[0]), point(rule[1])))];
            attributes.extend(paint("stroke", "stroke-opacity", &look.line));
            attributes.push(("stroke-width", number(0.5)));
            sheet.create_element("path").with_attributes(xml(&attributes)).write_empty()?;
        }
        for (text, frame) in placed.cells() {
            draw_text(sheet, text, (frame, Align::Start), &node.attributes, &look.text)?;
        }
        Ok(())
    })
}

/// Draws the border and the inside of a box, where it has such.
fn draw_outline(
    sheet: &mut Sheet<impl Write>,
    frame: Rect,
    outline: Outline,
    look: &RenderStyle,
    background: &Colour,
) -> io::Result<()> {
    if !look.bordered && look.fill.is_none() {
        return Ok(());
    }
    let (element, mut attributes) = match outline {
        Outline::Box => ("rect", rect(frame, look.rounded)),
        Outline::Ellipse => ("ellipse", ellipse(frame)),
    };
    attributes.extend(paint("fill", "fill-opacity", look.fill.as_ref().unwrap_or(background)));
    if look.bordered {
        attributes.extend(stroke(look));
    }
    sheet.create_element(element).with_attributes(xml(&attributes)).write_empty()?;
    Ok(())
}

fn rect(Rect { corner, size }: Rect, rounded: bool) -> Vec<(&'static str, String)> {
    let mut attributes = vec![
        ("x", number(corner.x)),
        ("y", number(corner.y)),
        ("width", number(size.width)),
        ("height", number(size.height)),
    ];
    if rounded {
        attributes.push(("rx", number(CORNER_RADIUS.min(size.height / 2.0))));
    }
    attributes
}

fn ellipse(frame: Rect) -> Vec<(&'static str, String)> {
    let centre = frame.centre();
    vec![
        ("cx", number(centre.x)),
        ("cy", number(centre.y)),
        ("rx", number(frame.size.width / 2.0)),
        ("ry", number(frame.size.height / 2.0)),
    ]
}

fn draw_edge(sheet: &mut Sheet<impl Write>, diagram: &Diagram, placed: &PlacedEdge, ids: &mut Ids) -> io::Result<()> {
    let edge = &diagram.edges[placed.index];
    let look = RenderStyle::new(&edge.attributes);
    if !look.visible {
        return Ok(());
    }
    let id = ids.take(["", &edge.id], &edge.attributes, "edge", placed.index);
    group(sheet, (&id, "edge"), edge.link.as_deref(), |sheet| {
        title(sheet, &[&edge.tooltip, &edge.label])?;
        draw_line(sheet, &placed.path, placed.arrow, &look)?;
        match placed.frame {
            Some(frame) => draw_text(sheet, &placed.text, (frame, Align::Middle), &edge.attributes, &look.text),
            None => Ok(()),
        }
    })
}

/// Draws a line with its arrow head.
fn draw_line(sheet: &mut Sheet<impl Write>, path: &Path, arrow: [Point; 3], look: &RenderStyle) -> io::Result<()> {
    sheet
        .create_element("path")
        .with_attributes([("d", path_data(path).as_str()), ("fill", "none")])
        .with_attributes(xml(&stroke(look)))
        .write_empty()?;
    sheet
        .create_element("polygon")
        .with_attribute(("points", arrow.map(point).join(" ").as_str()))
        .with_attributes(xml(&paint("fill", "fill-opacity", &look.line)))
        .write_empty()?;
    Ok(())
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
