//! DOT, Graphviz's language. <https://graphviz.org/doc/info/lang.html>
//!
//! Invariant: any text of a diagram comes out of Graphviz as it went in, but for line breaks in long ones.

mod below;
mod escape;
mod html;

use super::{Attributes, Cluster, Diagram, DiagramEdge, DiagramNode};
use escape::{literal, text, wrapped};
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

/// Writes a diagram in DOT. Legend, footnotes and notes are the label of the graph, which Graphviz prints below.
///
/// Boxes have the id `entity:` and their name, frames `cluster:` and theirs, so that none is that of a line.
///
/// Linear in the diagram.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use factloom::output::{Diagram, dot};
///
/// let mut out = Vec::new();
/// dot::write(&Diagram { title: "\"A\"".into(), ..Diagram::default() }, &mut out)?;
/// assert_eq!(String::from_utf8(out)?, "digraph \"\\\"A\\\"\" {\n}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(diagram: &Diagram, out: &mut impl Write) -> io::Result<()> {
    let mut looks = Lists::default();
    writeln!(out, "digraph \"{}\" {{", text(&diagram.title))?;
    let below = below::label(diagram);
    for (name, value) in diagram.graph.iter().filter(|(name, _)| below.is_none() || !below::IS_OURS.contains(&&***name))
    {
        writeln!(out, "  {};", attribute(name, value))?;
    }
    if let Some(below) = below {
        writeln!(out, "  label={below};\n  labeljust=\"l\";\n  labelloc=\"b\";")?;
    }
    for node in &diagram.nodes {
        write_node(node, &mut looks, out)?;
    }
    let mut inside: Vec<Vec<&DiagramNode>> = vec![Vec::new(); diagram.clusters.len()];
    for node in &diagram.nodes {
        if let Some(nodes) = node.cluster.and_then(|cluster| inside.get_mut(cluster)) {
            nodes.push(node);
        }
    }
    for (cluster, nodes) in diagram.clusters.iter().zip(inside) {
        write_cluster(cluster, &nodes, out)?;
    }
    for edge in &diagram.edges {
        write_edge(edge, diagram, &mut looks, out)?;
    }
    writeln!(out, "}}")
}

fn write_node(node: &DiagramNode, looks: &mut Lists, out: &mut impl Write) -> io::Result<()> {
    let name = text(&node.name);
    write!(out, "  \"{}\" [label=", literal(&node.name))?;
    match node.rows.is_empty() {
        true => write!(out, "\"{}\"", text(&wrapped(&node.label)))?,
        false => write!(out, "<{}>", html::record(node))?,
    }
    write!(out, ", tooltip=\"{}\", id=\"entity:{name}\"", text(&node.tooltip))?;
    write_link(node.link.as_deref(), out)?;
    writeln!(out, "{}];", looks.of(&node.attributes))
}

fn write_edge(edge: &DiagramEdge, diagram: &Diagram, looks: &mut Lists, out: &mut impl Write) -> io::Result<()> {
    let (from, to) = (&diagram.nodes[edge.from].name, &diagram.nodes[edge.to].name);
    write!(out, "  \"{}\" -> \"{}\" [label=\"{}\"", literal(from), literal(to), text(&wrapped(&edge.label)))?;
    let tooltip = text(&edge.tooltip);
    // A label has a tooltip of its own, which would else be the label.
    write!(out, ", tooltip=\"{tooltip}\"")?;
    if !edge.id.is_empty() {
        // An id is an escString too, in which `\N` and `&amp;` would be replaced.
        write!(out, ", id=\"{}\"", text(&edge.id))?;
    }
    write_link(edge.link.as_deref(), out)?;
    writeln!(out, "{}];", looks.of(&edge.attributes))
}

fn write_link(link: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    match link {
        Some(link) => write!(out, ", URL=\"{}\"", text(link)),
        None => Ok(()),
    }
}

fn write_cluster(cluster: &Cluster, nodes: &[&DiagramNode], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "  subgraph \"cluster_{}\" {{", literal(&cluster.name))?;
    writeln!(out, "    id=\"cluster:{}\";", text(&cluster.name))?;
    writeln!(out, "    label=\"{}\";", text(&wrapped(&cluster.label)))?;
    for (name, value) in cluster.attributes.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        writeln!(out, "    {};", attribute(name, value))?;
    }
    for node in nodes {
        writeln!(out, "    \"{}\";", literal(&node.name))?;
    }
    writeln!(out, "  }}")
}

/// What a diagram itself says of its parts, whatever their attributes say.
const OWN: [&str; 2] = ["label", "tooltip"];

/// Lists of attributes as they are written: nodes and edges of one look share theirs, which is written out once.
#[derive(Default)]
struct Lists(HashMap<*const Attributes, String>);

impl Lists {
    fn of(&mut self, attributes: &Arc<Attributes>) -> &str {
        self.0.entry(Arc::as_ptr(attributes)).or_insert_with(|| {
            let others = attributes.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
            others.map(|(name, value)| [", ", &attribute(name, value)].concat()).collect()
        })
    }
}

/// An attribute with a value that Graphviz takes as it is, such as a colour: only its quotation marks are escaped.
fn attribute(name: &str, value: &str) -> String {
    // An id is an escString, in which `\N` and `&amp;` would be replaced.
    let value = if name == "id" { text(value) } else { literal(value) };
    format!("\"{}\"=\"{value}\"", literal(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_diagram_is_a_graph() {
        let mut out = Vec::new();
        write(&Diagram::default(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "digraph \"\" {\n}\n");
    }
}
