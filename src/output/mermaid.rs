//! Mermaid's flowcharts, which many viewers of Markdown draw. <https://mermaid.js.org/syntax/flowchart.html>
//!
//! Mermaid has no literal attributes, tooltips or links of lines, and no tables: the rows of a box are lines of its label,
//! legend and footnotes are boxes in frames of their own, and what it has no place for is left out.
//!
//! Invariant: any text comes out of Mermaid as it went in; it is written by `text` alone.

use super::colour::Colour;
use super::diagram::{Attributes, Diagram, DiagramNode, Footnote, LegendEntry, LegendSymbol, RankDir};
use super::render_style::{RenderStyle, Stroke, web_address};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The look of boxes that hold nothing but text.
const PLAIN: &str = "fill:none,stroke:none";

/// Writes a diagram as a flowchart.
///
/// Takes time linear in the size of what is written.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use factloom::output::{Diagram, DiagramNode, mermaid};
///
/// let node = DiagramNode { label: "Pig \"iron\"".into(), ..DiagramNode::default() };
/// let mut out = Vec::new();
/// mermaid::write(&Diagram { nodes: vec![node], ..Diagram::default() }, &mut out)?;
/// assert!(String::from_utf8(out)?.starts_with("flowchart LR\n  n1[\"Pig #34;iron#34;\"]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(diagram: &Diagram, out: &mut impl Write) -> io::Result<()> {
    if !diagram.title.trim().is_empty() {
        writeln!(out, "---\ntitle: {}\n---", yaml(&diagram.title))?;
    }
    let direction = match diagram.rankdir {
        RankDir::LeftRight => "LR",
        RankDir::RightLeft => "RL",
        RankDir::TopBottom => "TB",
        RankDir::BottomTop => "BT",
    };
    writeln!(out, "flowchart {direction}")?;
    let mut looks = Looks::default();
    let mut inside: Vec<Vec<(usize, &DiagramNode)>> = vec![Vec::new(); diagram.clusters.len()];
    for (index, node) in diagram.nodes.iter().enumerate() {
        match node.cluster.and_then(|cluster| inside.get_mut(cluster)) {
            Some(nodes) => nodes.push((index, node)),
            None => write_node(out, "  ", index, node, &mut looks)?,
        }
    }
    for (index, (frame, nodes)) in diagram.clusters.iter().zip(inside).enumerate() {
        writeln!(out, "  subgraph c{}[\"{}\"]", index + 1, text(&frame.label))?;
        for (member, node) in nodes {
            write_node(out, "    ", member, node, &mut looks)?;
        }
        writeln!(out, "  end")?;
        looks.frames.push((format!("c{}", index + 1), node_look(&frame.attributes)));
    }
    for edge in diagram.edges.iter().filter(|edge| edge.from.max(edge.to) < diagram.nodes.len()) {
        let (from, to) = (format!("n{}", edge.from + 1), format!("n{}", edge.to + 1));
        write_line(out, "  ", [&from, &to], &edge.label, &edge.attributes, &mut looks)?;
    }
    write_legend(out, &diagram.legend, &mut looks)?;
    write_notes(out, diagram, &mut looks)?;
    looks.write(out)
}

fn write_node(
    out: &mut impl Write,
    indent: &str,
    index: usize,
    node: &DiagramNode,
    looks: &mut Looks,
) -> io::Result<()> {
    let name = format!("n{}", index + 1);
    if !RenderStyle::new(&node.attributes).visible {
        // Its room stays empty, and lines may still lead to it.
        writeln!(out, "{indent}{name}[\"#8203;\"]")?;
        looks.boxes.push((name, PLAIN.to_owned()));
        return Ok(());
    }
    let mut label = text(&node.label);
    for row in &node.rows {
        let _ = write!(label, "<br/>{}#58; {}", text(&row.name), text(&row.value));
    }
    write_box(out, indent, &name, &label, &node.attributes, looks)?;
    if let Some(link) = web_address(node.link.as_deref()) {
        let tooltip = text(&node.tooltip);
        let tooltip = if tooltip.is_empty() { tooltip } else { format!(" \"{tooltip}\"") };
        writeln!(out, "{indent}click {name} href \"{}\"{tooltip}", address(link))?;
    }
    Ok(())
}

/// Writes a box, whose label is escaped already.
fn write_box(
    out: &mut impl Write,
    indent: &str,
    name: &str,
    label: &str,
    attributes: &Attributes,
    looks: &mut Looks,
) -> io::Result<()> {
    let rounded = RenderStyle::new(attributes).rounded;
    let (open, close) = match attributes.get("shape").map(String::as_str) {
        Some("ellipse" | "oval") => ("([", "])"),
        Some("circle" | "doublecircle") => ("((", "))"),
        Some("diamond") => ("{", "}"),
        Some("hexagon") => ("{{", "}}"),
        Some("cylinder") => ("[(", ")]"),
        _ if rounded => ("(", ")"),
        _ => ("[", "]"),
    };
    // An empty label would be replaced by the name.
    let label = if label.is_empty() { "#8203;" } else { label };
    writeln!(out, "{indent}{name}{open}\"{label}\"{close}")?;
    looks.boxes.push((name.to_owned(), node_look(attributes)));
    Ok(())
}

fn write_line(
    out: &mut impl Write,
    indent: &str,
    [from, to]: [&str; 2],
    label: &str,
    attributes: &Attributes,
    looks: &mut Looks,
) -> io::Result<()> {
    let look = RenderStyle::new(attributes);
    let line = match look.stroke {
        _ if !look.visible => "~~~",
        Stroke::Dashed | Stroke::Dotted => "-.->",
        Stroke::Solid if look.line_width >= 2.0 => "==>",
        Stroke::Solid => "-->",
    };
    let label = text(label);
    let label = if label.is_empty() || !look.visible { String::new() } else { format!("|\"{label}\"|") };
    writeln!(out, "{indent}{from} {line}{label} {to}")?;
    looks.lines.push(line_look(&look));
    Ok(())
}

/// A frame with a sample of each look: boxes as such, lines between two dots.
fn write_legend(out: &mut impl Write, legend: &[LegendEntry], looks: &mut Looks) -> io::Result<()> {
    if legend.is_empty() {
        return Ok(());
    }
    writeln!(out, "  subgraph legend[\"Legend\"]\n    direction LR")?;
    for (index, entry) in legend.iter().enumerate() {
        let name = format!("l{}", index + 1);
        match entry.symbol {
            LegendSymbol::Node => write_box(out, "    ", &name, &text(&entry.label), &entry.attributes, looks)?,
            LegendSymbol::Edge => {
                let ends = [format!("{name}a"), format!("{name}b")];
                for end in &ends {
                    writeln!(out, "    {end}((\"#8203;\"))")?;
                }
                write_line(out, "    ", [&ends[0], &ends[1]], &entry.label, &entry.attributes, looks)?;
            }
        }
    }
    writeln!(out, "  end")
}

/// A frame with a box for each footnote and each remark.
fn write_notes(out: &mut impl Write, diagram: &Diagram, looks: &mut Looks) -> io::Result<()> {
    if diagram.footnotes.is_empty() && diagram.notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "  subgraph notes[\"#8203;\"]\n    direction LR")?;
    for (index, Footnote { text: sentence, quotes }) in diagram.footnotes.iter().enumerate() {
        let name = format!("f{}", index + 1);
        let mut label = format!("{} {}", index + 1, text(sentence));
        for quote in quotes {
            let _ = write!(label, "<br/>{} {}", text(&quote.quote), text(&quote.source));
        }
        writeln!(out, "    {name}[\"{label}\"]")?;
        if let Some(link) = quotes.iter().find_map(|quote| web_address(quote.link.as_deref())) {
            writeln!(out, "    click {name} href \"{}\"", address(link))?;
        }
        looks.boxes.push((name, PLAIN.to_owned()));
    }
    for (index, remark) in diagram.notes.iter().enumerate() {
        let name = format!("r{}", index + 1);
        writeln!(out, "    {name}[\"{}\"]", text(remark))?;
        looks.boxes.push((name, PLAIN.to_owned()));
    }
    writeln!(out, "  end")?;
    looks.frames.push(("notes".to_owned(), PLAIN.to_owned()));
    Ok(())
}

/// The looks of what has been written, in its order.
#[derive(Default)]
struct Looks {
    boxes: Vec<(String, String)>,
    frames: Vec<(String, String)>,
    lines: Vec<String>,
}

impl Looks {
    /// Writes each look once, in the order in which they first occur, with the names that have it.
    fn write(self, out: &mut impl Write) -> io::Result<()> {
        for (index, (look, names)) in grouped(self.boxes.into_iter().chain(self.frames)).into_iter().enumerate() {
            writeln!(out, "  classDef k{number} {look}\n  class {} k{number}", names.join(","), number = index + 1)?;
        }
        let lines = self.lines.into_iter().enumerate().map(|(index, look)| (index.to_string(), look));
        for (look, indices) in grouped(lines) {
            writeln!(out, "  linkStyle {} {look}", indices.join(","))?;
        }
        Ok(())
    }
}

/// Namespaces by their looks, in the order in which looks first occur.
fn grouped(looks: impl Iterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (name, look) in looks {
        match groups.iter_mut().find(|(known, _)| *known == look) {
            Some((_, names)) => names.push(name),
            None => groups.push((look, vec![name])),
        }
    }
    groups
}

fn node_look(attributes: &Attributes) -> String {
    let look = RenderStyle::new(attributes);
    let fill = look.fill.as_ref().map_or_else(|| "none".to_owned(), Colour::with_alpha);
    let line = if look.bordered { look.line.with_alpha() } else { "none".to_owned() };
    let mut style =
        format!("fill:{fill},stroke:{line},stroke-width:{}px,color:{}", look.line_width, look.text.with_alpha());
    style.push_str(&dashes(&look));
    style
}

fn line_look(look: &RenderStyle) -> String {
    format!(
        "stroke:{},stroke-width:{}px,color:{}{}",
        look.line.with_alpha(),
        look.line_width,
        look.text.with_alpha(),
        dashes(look)
    )
}

fn dashes(look: &RenderStyle) -> String {
    look.dashes().map_or_else(String::new, |[dash, gap]| format!(",stroke-dasharray:{dash} {gap}"))
}

/// A text between quotation marks: all but letters, digits and a few marks is written as Mermaid's entities, since backticks
/// begin Markdown, `:` and `;` end styles, `<` begins HTML, and `1.` a list.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut after_space = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\n' | '\r' => escaped.push_str("<br/>"),
            ' ' if !after_space => escaped.push(c),
            ',' | '(' | ')' | '/' | '?' | '“' | '”' | '’' | '…' | '·' => escaped.push(c),
            c if c.is_alphanumeric() => escaped.push(c),
            // XML and HTML have no place for it.
            c if c.is_control() && c != '\t' => escaped.push('\u{fffd}'),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
        after_space = matches!(c, ' ' | '\n' | '\r');
    }
    escaped
}

/// An address between quotation marks: what could end it, or be taken for an entity, is percent-encoded.
fn address(link: &str) -> String {
    let mut escaped = String::with_capacity(link.len());
    for c in link.chars() {
        if c.is_whitespace() || c.is_control() || "\"<>\\^`{|};".contains(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(escaped, "%{byte:02X}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A string in YAML's double quotes, of which those of JSON are a part; what Mermaid looks for before it reads YAML is escaped.
fn yaml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            ' ' | ',' | '.' | '(' | ')' | '-' => quoted.push(c),
            c if c.is_alphanumeric() => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
        }
    }
    quoted + "\""
}
