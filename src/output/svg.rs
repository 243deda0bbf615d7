//! A [`Diagram`] as SVG, laid out without Graphviz.
//!
//! The file has no script, style sheet or font, loads nothing, and is the same on every machine. Nodes and edges are groups with
//! ids (`ids`) and with titles, which browsers show as tooltips and read aloud. Legend, notes and footnotes are below (`footer`).
//!
//! Invariant: only quick-xml writes markup, so that every text and value is escaped, those of a diagram by `escape::xml`.

mod footer;
mod ids;
mod style;
#[cfg(test)]
mod tests;
mod text;

use self::footer::Footer;
use self::ids::Ids;
use self::style::{FONT_FAMILY, XmlAttributes, attribute, colour_attributes, stroke, xml_attributes};
use self::text::{Align, draw_text, title};
use super::colour::Colour;
use super::diagram::Diagram;
use super::layout::{Layout, Outline, Path, PlacedCluster, PlacedEdge, PlacedNode, Point, Rect, Size, Step};
use super::render_style::RenderStyle;
use crate::escape::url;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The radius of the corners of nodes and clusters with the style `rounded`.
const CORNER_RADIUS: f64 = 6.0;

/// Lays out a diagram and writes it as SVG.
///
/// Takes the time of the layout, and time linear in the size of the file.
///
/// ```
/// use factloom::output::{Diagram, svg};
///
/// let mut file = Vec::new();
/// svg::write(&Diagram::default(), &mut file)?;
/// assert!(file.starts_with(b"<?xml"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write(diagram: &Diagram, out: &mut impl Write) -> io::Result<()> {
    let layout = Layout::new(diagram);
    let footer = Footer::new(diagram, layout.size.width);
    let (width, height) = (layout.size.width.max(footer.size.width), layout.size.height + footer.size.height);
    let background = diagram.graph.get("bgcolor").map_or_else(|| Colour::opaque("white"), |value| Colour::parse(value));
    let size = vec![("width", number(width)), ("height", number(height))];
    let view_box = format!("0 0 {} {}", size[0].1, size[1].1);

    let mut svg = Writer::new_with_indent(&mut *out, b' ', 1);
    svg.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    svg.create_element("svg")
        .with_attributes([("xmlns", "http://www.w3.org/2000/svg"), ("role", "img"), ("viewBox", view_box.as_str())])
        .with_attributes(xml_attributes(&size))
        .with_attributes([("font-family", FONT_FAMILY), ("text-anchor", "middle")])
        .write_inner_content(|svg| {
            title(svg, &[&diagram.title])?;
            if background != Colour::none() {
                element(svg, "rect", &[size, colour_attributes("fill", "fill-opacity", &background)].concat())?;
            }
            let mut ids = Ids::default();
            for cluster in &layout.clusters {
                draw_cluster(svg, diagram, cluster, &mut ids)?;
            }
            for edge in &layout.edges {
                draw_edge(svg, diagram, edge, &mut ids)?;
            }
            for (index, node) in layout.nodes.iter().enumerate() {
                draw_node(svg, diagram, (index, node), &background, &mut ids)?;
            }
            footer.draw(svg, layout.size.height)
        })?;
    writeln!(out)
}

/// Writes an element without content.
fn element(svg: &mut Writer<impl Write>, name: &str, attributes: &[(&'static str, String)]) -> io::Result<()> {
    svg.create_element(name).with_attributes(xml_attributes(attributes)).write_empty().map(drop)
}

/// Writes a group with an id, as a link if `link` has the scheme of one.
fn group<W: Write>(
    svg: &mut Writer<W>,
    (id, class): (&str, &str),
    link: Option<&str>,
    content: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    svg.create_element("g")
        .with_attributes([("id", id), ("class", class)])
        .write_inner_content(|svg| linked(svg, link, content))
        .map(drop)
}

/// Writes content as a link if `link` has the scheme of one.
fn linked<W: Write>(
    svg: &mut Writer<W>,
    link: Option<&str>,
    content: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    match link.and_then(url::link) {
        Some(link) => {
            svg.create_element("a").with_attribute(attribute("href", link)).write_inner_content(content).map(drop)
        }
        None => content(svg),
    }
}

fn draw_cluster(
    svg: &mut Writer<impl Write>,
    diagram: &Diagram,
    placed: &PlacedCluster,
    ids: &mut Ids,
) -> io::Result<()> {
    let cluster = &diagram.clusters[placed.index];
    let Some(style) = RenderStyle::of_visible(&cluster.attributes) else { return Ok(()) };
    let id = ids.take(["cluster-", &cluster.name], &cluster.attributes, "cluster", placed.index);
    group(svg, (&id, "cluster"), None, |svg| {
        let background = cluster.attributes.get("bgcolor").map(|value| Colour::parse(value));
        let fill = style.fill.clone().or(background).unwrap_or_else(Colour::none);
        let attributes =
            [rect(placed.bounds, style.rounded), colour_attributes("fill", "fill-opacity", &fill), stroke(&style)];
        element(svg, "rect", &attributes.concat())?;
        draw_text(svg, &placed.text, (placed.label_bounds, Align::Start), &cluster.attributes, &style.text)
    })
}

fn draw_node(
    svg: &mut Writer<impl Write>,
    diagram: &Diagram,
    (index, placed): (usize, &PlacedNode),
    background: &Colour,
    ids: &mut Ids,
) -> io::Result<()> {
    let node = &diagram.nodes[index];
    let Some(style) = RenderStyle::of_visible(&node.attributes) else { return Ok(()) };
    let id = ids.take(["entity-", &node.name], &node.attributes, "node", index);
    group(svg, (&id, "node"), node.link.as_deref(), |svg| {
        title(svg, &[&node.tooltip, &node.label, &node.name])?;
        draw_outline(svg, placed.bounds, placed.outline, &style, background)?;
        draw_text(svg, &placed.text, (placed.label_bounds(), Align::Middle), &node.attributes, &style.text)?;
        if let Some([from, to]) = placed.rule() {
            let mut attributes = vec![("d", format!("M{}L{}", point(from), point(to)))];
            attributes.extend(colour_attributes("stroke", "stroke-opacity", &style.line));
            attributes.push(("stroke-width", number(0.5)));
            element(svg, "path", &attributes)?;
        }
        for (text, bounds) in placed.cells() {
            draw_text(svg, text, (bounds, Align::Start), &node.attributes, &style.text)?;
        }
        Ok(())
    })
}

/// Draws the border and the fill of a node, if it has any.
fn draw_outline(
    svg: &mut Writer<impl Write>,
    bounds: Rect,
    outline: Outline,
    style: &RenderStyle,
    background: &Colour,
) -> io::Result<()> {
    if !style.bordered && style.fill.is_none() {
        return Ok(());
    }
    let (name, mut attributes) = match outline {
        Outline::Box => ("rect", rect(bounds, style.rounded)),
        Outline::Ellipse => {
            let (centre, Size { width, height }) = (bounds.centre(), bounds.size);
            let numbers = [("cx", centre.x), ("cy", centre.y), ("rx", width / 2.0), ("ry", height / 2.0)];
            ("ellipse", numbers.map(|(name, value)| (name, number(value))).into())
        }
    };
    attributes.extend(colour_attributes("fill", "fill-opacity", style.fill.as_ref().unwrap_or(background)));
    if style.bordered {
        attributes.extend(stroke(style));
    }
    element(svg, name, &attributes)
}

fn rect(Rect { corner, size }: Rect, rounded: bool) -> XmlAttributes {
    let numbers = [("x", corner.x), ("y", corner.y), ("width", size.width), ("height", size.height)];
    let radius = rounded.then(|| ("rx", CORNER_RADIUS.min(size.height / 2.0)));
    numbers.into_iter().chain(radius).map(|(name, value)| (name, number(value))).collect()
}

fn draw_edge(svg: &mut Writer<impl Write>, diagram: &Diagram, placed: &PlacedEdge, ids: &mut Ids) -> io::Result<()> {
    let edge = &diagram.edges[placed.index];
    let Some(style) = RenderStyle::of_visible(&edge.attributes) else { return Ok(()) };
    let id = ids.take(["", &edge.id], &edge.attributes, "edge", placed.index);
    group(svg, (&id, "edge"), edge.link.as_deref(), |svg| {
        title(svg, &[&edge.tooltip, &edge.label])?;
        draw_arrow(svg, &placed.path, placed.arrow, &style)?;
        match placed.label_bounds {
            Some(bounds) => draw_text(svg, &placed.text, (bounds, Align::Middle), &edge.attributes, &style.text),
            None => Ok(()),
        }
    })
}

/// Draws a line with its arrow head.
fn draw_arrow(svg: &mut Writer<impl Write>, path: &Path, head: [Point; 3], style: &RenderStyle) -> io::Result<()> {
    let mut data = String::new();
    for step in &path.steps {
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Move(to) => write!(data, "M{}", point(*to)),
            Step::Line(to) => write!(data, "L{}", point(*to)),
            Step::Curve(a, b, to) => write!(data, "C{} {} {}", point(*a), point(*b), point(*to)),
        };
    }
    let line = vec![("d", data), ("fill", "none".to_owned())];
    element(svg, "path", &[line, stroke(style)].concat())?;
    let points = vec![("points", head.map(point).join(" "))];
    element(svg, "polygon", &[points, colour_attributes("fill", "fill-opacity", &style.line)].concat())
}

fn point(point: Point) -> String {
    format!("{},{}", number(point.x), number(point.y))
}

/// A number with two decimals, which are enough in print and the same on every machine.
fn number(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}
