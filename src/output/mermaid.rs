//! Mermaid flowcharts, which many Markdown viewers render. <https://mermaid.js.org/syntax/flowchart.html>
//!
//! Mermaid has no tables, and no tooltips and links on edges. Rows become lines of a node's label, legend and footnotes become nodes
//! in subgraphs, and everything else that Mermaid cannot express is omitted.
//!
//! Invariant: Mermaid reads back every text unchanged, since `escape` writes them all.

use super::colour::Colour;
use super::diagram::{Attributes, Diagram, DiagramNode, LegendSymbol, RankDir};
use super::render_style::{RenderStyle, Stroke};
use crate::escape::mermaid as escape;
use crate::escape::url;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The style of nodes and subgraphs that only show text.
const PLAIN: &str = "fill:none,stroke:none";

/// A label that is present but invisible. Mermaid would replace an empty one by the name of the node.
const INVISIBLE: &str = "#8203;";

/// Writes a diagram as a flowchart. Linear in the size of the result.
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
        writeln!(out, "---\ntitle: {}\n---", escape::title(&diagram.title))?;
    }
    let direction = match diagram.rankdir {
        RankDir::LeftRight => "LR",
        RankDir::RightLeft => "RL",
        RankDir::TopBottom => "TB",
        RankDir::BottomTop => "BT",
    };
    writeln!(out, "flowchart {direction}")?;
    let mut flowchart = Flowchart { out, nodes: Vec::new(), subgraphs: Vec::new(), edges: Vec::new() };
    for (index, node) in diagram.nodes.iter().enumerate() {
        if node.cluster.is_none_or(|cluster| cluster >= diagram.clusters.len()) {
            flowchart.node("  ", index, node)?;
        }
    }
    for (index, (cluster, members)) in diagram.clusters.iter().zip(diagram.members()).enumerate() {
        let name = format!("c{}", index + 1);
        writeln!(flowchart.out, "  subgraph {name}[\"{}\"]", escape::text(&cluster.label))?;
        for (member, node) in members {
            flowchart.node("    ", member, node)?;
        }
        writeln!(flowchart.out, "  end")?;
        flowchart.subgraphs.push((name, node_style(&cluster.attributes)));
    }
    for edge in diagram.edges.iter().filter(|edge| edge.from.max(edge.to) < diagram.nodes.len()) {
        let (from, to) = (format!("n{}", edge.from + 1), format!("n{}", edge.to + 1));
        flowchart.edge("  ", [&from, &to], &edge.label, &edge.attributes)?;
    }
    flowchart.legend(diagram)?;
    flowchart.notes(diagram)?;
    flowchart.styles()
}

/// A flowchart being written, with the styles of its parts by their names.
struct Flowchart<'a, W> {
    out: &'a mut W,
    nodes: Vec<(String, String)>,
    subgraphs: Vec<(String, String)>,
    edges: Vec<String>,
}

impl<W: Write> Flowchart<'_, W> {
    fn node(&mut self, indent: &str, index: usize, node: &DiagramNode) -> io::Result<()> {
        let name = format!("n{}", index + 1);
        if !RenderStyle::new(&node.attributes).visible {
            return self.plain_node(indent, name, INVISIBLE);
        }
        let mut label = escape::text(&node.label);
        for row in &node.rows {
            let _ = write!(label, "<br/>{}#58; {}", escape::text(&row.name), escape::text(&row.value));
        }
        self.shape(indent, &name, &label, &node.attributes)?;
        if let Some(link) = node.link.as_deref().and_then(url::link) {
            let tooltip = escape::text(&node.tooltip);
            let tooltip = if tooltip.is_empty() { tooltip } else { format!(" \"{tooltip}\"") };
            writeln!(self.out, "{indent}click {name} href \"{}\"{tooltip}", escape::address(link))?;
        }
        Ok(())
    }

    /// Writes a node with an escaped label and no border.
    fn plain_node(&mut self, indent: &str, name: String, label: &str) -> io::Result<()> {
        writeln!(self.out, "{indent}{name}[\"{label}\"]")?;
        self.nodes.push((name, PLAIN.to_owned()));
        Ok(())
    }

    /// Writes a node with an escaped label in the shape of its attributes.
    fn shape(&mut self, indent: &str, name: &str, label: &str, attributes: &Attributes) -> io::Result<()> {
        let (open, close) = match attributes.get("shape").map(String::as_str) {
            Some("ellipse" | "oval") => ("([", "])"),
            Some("circle" | "doublecircle") => ("((", "))"),
            Some("diamond") => ("{", "}"),
            Some("hexagon") => ("{{", "}}"),
            Some("cylinder") => ("[(", ")]"),
            _ if RenderStyle::new(attributes).rounded => ("(", ")"),
            _ => ("[", "]"),
        };
        let label = if label.is_empty() { INVISIBLE } else { label };
        writeln!(self.out, "{indent}{name}{open}\"{label}\"{close}")?;
        self.nodes.push((name.to_owned(), node_style(attributes)));
        Ok(())
    }

    fn edge(&mut self, indent: &str, [from, to]: [&str; 2], label: &str, attributes: &Attributes) -> io::Result<()> {
        let style = RenderStyle::new(attributes);
        let arrow = match style.stroke {
            _ if !style.visible => "~~~",
            Stroke::Dashed | Stroke::Dotted => "-.->",
            Stroke::Solid if style.line_width >= 2.0 => "==>",
            Stroke::Solid => "-->",
        };
        let label = escape::text(label);
        let label = if label.is_empty() || !style.visible { String::new() } else { format!("|\"{label}\"|") };
        writeln!(self.out, "{indent}{from} {arrow}{label} {to}")?;
        self.edges.push(line_style(&style, &style.line.with_alpha()));
        Ok(())
    }

    /// A subgraph with a node or an edge in each style.
    fn legend(&mut self, diagram: &Diagram) -> io::Result<()> {
        if diagram.legend.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "  subgraph legend[\"Legend\"]\n    direction LR")?;
        for (index, entry) in diagram.legend.iter().enumerate() {
            let name = format!("l{}", index + 1);
            match entry.symbol {
                LegendSymbol::Node => self.shape("    ", &name, &escape::text(&entry.label), &entry.attributes)?,
                LegendSymbol::Edge => {
                    let ends = [format!("{name}a"), format!("{name}b")];
                    for end in &ends {
                        writeln!(self.out, "    {end}((\"{INVISIBLE}\"))")?;
                    }
                    self.edge("    ", [&ends[0], &ends[1]], &entry.label, &entry.attributes)?;
                }
            }
        }
        writeln!(self.out, "  end")
    }

    /// A subgraph with a node for each footnote and each note.
    fn notes(&mut self, diagram: &Diagram) -> io::Result<()> {
        if diagram.footnotes.is_empty() && diagram.notes.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "  subgraph notes[\"{INVISIBLE}\"]\n    direction LR")?;
        for (index, footnote) in diagram.footnotes.iter().enumerate() {
            let name = format!("f{}", index + 1);
            let mut label = format!("{} {}", index + 1, escape::text(&footnote.text));
            for quote in &footnote.quotes {
                let _ = write!(label, "<br/>{}", escape::text(&quote.to_string()));
            }
            self.plain_node("    ", name.clone(), &label)?;
            if let Some(link) = footnote.quotes.iter().find_map(|quote| url::link(quote.link.as_deref()?)) {
                writeln!(self.out, "    click {name} href \"{}\"", escape::address(link))?;
            }
        }
        for (index, note) in diagram.notes.iter().enumerate() {
            self.plain_node("    ", format!("r{}", index + 1), &escape::text(note))?;
        }
        self.subgraphs.push(("notes".to_owned(), PLAIN.to_owned()));
        writeln!(self.out, "  end")
    }

    /// Writes each style once, with the names of the nodes, subgraphs or edges that have it.
    fn styles(self) -> io::Result<()> {
        let styles = by_style(self.nodes.into_iter().chain(self.subgraphs));
        for (number, (style, names)) in (1..).zip(styles) {
            writeln!(self.out, "  classDef k{number} {style}\n  class {} k{number}", names.join(","))?;
        }
        for (style, indices) in by_style((0..).map(|index: usize| index.to_string()).zip(self.edges)) {
            writeln!(self.out, "  linkStyle {} {style}", indices.join(","))?;
        }
        Ok(())
    }
}

/// Names by their styles, in the order in which styles first occur.
fn by_style(styles: impl Iterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (name, style) in styles {
        match groups.iter_mut().find(|(known, _)| *known == style) {
            Some((_, names)) => names.push(name),
            None => groups.push((style, vec![name])),
        }
    }
    groups
}

fn node_style(attributes: &Attributes) -> String {
    let style = RenderStyle::new(attributes);
    let fill = style.fill.as_ref().map_or_else(|| "none".to_owned(), Colour::with_alpha);
    let border = if style.bordered { style.line.with_alpha() } else { "none".to_owned() };
    format!("fill:{fill},{}", line_style(&style, &border))
}

fn line_style(style: &RenderStyle, colour: &str) -> String {
    let dashes = style.dashes().map_or_else(String::new, |[dash, gap]| format!(",stroke-dasharray:{dash} {gap}"));
    format!("stroke:{colour},stroke-width:{}px,color:{}{dashes}", style.line_width, style.text.with_alpha())
}
