//! DOT, the language of Graphviz. <https://graphviz.org/doc/info/lang.html>
//!
//! Invariant: Graphviz reads back every text of a diagram unchanged, apart from line breaks in long ones.

mod footer;
mod html;
mod lines;

use super::{Attributes, Cluster, Diagram, DiagramEdge, DiagramNode};
use crate::escape::dot::{literal, text};
use crate::escape::url;
use lines::wrapped;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

/// Writes a diagram in DOT. Legend, notes and footnotes become the label of the graph, which Graphviz prints below it.
///
/// The id of a node is `entity:` and its name, that of a cluster `cluster:` and its name, so that they differ from those of edges.
///
/// Linear in the size of the diagram.
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
    let mut lists = AttributeLists::default();
    writeln!(out, "digraph \"{}\" {{", text(&diagram.title))?;
    for (name, value) in &diagram.graph {
        if !(diagram.has_footer() && footer::ATTRIBUTES.contains(&name.as_str())) {
            writeln!(out, "  {};", attribute(name, value))?;
        }
    }
    if diagram.has_footer() {
        writeln!(out, "  label={};\n  labeljust=\"l\";\n  labelloc=\"b\";", footer::label(diagram))?;
    }
    for node in &diagram.nodes {
        write_node(node, &mut lists, out)?;
    }
    for (cluster, members) in diagram.clusters.iter().zip(diagram.members()) {
        write_cluster(cluster, &members, out)?;
    }
    for edge in &diagram.edges {
        write_edge(edge, diagram, &mut lists, out)?;
    }
    writeln!(out, "}}")
}

fn write_node(node: &DiagramNode, lists: &mut AttributeLists, out: &mut impl Write) -> io::Result<()> {
    let name = text(&node.name);
    write!(out, "  \"{}\" [label=", literal(&node.name))?;
    match node.rows.is_empty() {
        true => write!(out, "\"{}\"", text(&wrapped(&node.label)))?,
        false => write!(out, "<{}>", html::record(node))?,
    }
    write!(out, ", tooltip=\"{}\", id=\"entity:{name}\"", text(&node.tooltip))?;
    write_link(node.link.as_deref(), out)?;
    writeln!(out, "{}];", lists.get(&node.attributes))
}

fn write_edge(
    edge: &DiagramEdge,
    diagram: &Diagram,
    lists: &mut AttributeLists,
    out: &mut impl Write,
) -> io::Result<()> {
    let (from, to) = (&diagram.nodes[edge.from].name, &diagram.nodes[edge.to].name);
    write!(out, "  \"{}\" -> \"{}\" [label=\"{}\"", literal(from), literal(to), text(&wrapped(&edge.label)))?;
    write!(out, ", tooltip=\"{}\"", text(&edge.tooltip))?;
    if !edge.id.is_empty() {
        write!(out, ", id=\"{}\"", text(&edge.id))?;
    }
    write_link(edge.link.as_deref(), out)?;
    writeln!(out, "{}];", lists.get(&edge.attributes))
}

fn write_link(link: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    match link.and_then(url::link) {
        Some(link) => write!(out, ", URL=\"{}\"", text(link)),
        None => Ok(()),
    }
}

fn write_cluster(cluster: &Cluster, members: &[(usize, &DiagramNode)], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "  subgraph \"cluster_{}\" {{", literal(&cluster.name))?;
    writeln!(out, "    id=\"cluster:{}\";", text(&cluster.name))?;
    writeln!(out, "    label=\"{}\";", text(&wrapped(&cluster.label)))?;
    for (name, value) in cluster.attributes.iter().filter(|(name, _)| !SET_BY_DIAGRAM.contains(&name.as_str())) {
        writeln!(out, "    {};", attribute(name, value))?;
    }
    for (_, node) in members {
        writeln!(out, "    \"{}\";", literal(&node.name))?;
    }
    writeln!(out, "  }}")
}

/// Attributes that the diagram sets, regardless of the style.
const SET_BY_DIAGRAM: [&str; 2] = ["label", "tooltip"];

/// Attribute lists in DOT. Nodes and edges of one style share their attributes, which are formatted once.
#[derive(Default)]
struct AttributeLists(HashMap<*const Attributes, String>);

impl AttributeLists {
    fn get(&mut self, attributes: &Arc<Attributes>) -> &str {
        self.0.entry(Arc::as_ptr(attributes)).or_insert_with(|| {
            let others = attributes.iter().filter(|(name, _)| !SET_BY_DIAGRAM.contains(&name.as_str()));
            others.map(|(name, value)| [", ", &attribute(name, value)].concat()).collect()
        })
    }
}

/// An attribute of the style, such as a colour. An id is an escString, in which Graphviz replaces `\N` and `&amp;`.
fn attribute(name: &str, value: &str) -> String {
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
