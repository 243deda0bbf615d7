//! GEXF 1.3, for Gephi. <https://gexf.net/>

use super::columns::{Column, EDGE, PropertyGraph, Row, Type};
use super::xml::{Xml, element};
use crate::output::ResultsError;
use crate::view::Edge;
use std::io::Write;

/// Writes GEXF. Where a statement says when it holds, its edge has a beginning and an end, and the graph is a dynamic one,
/// with a timeline. The relation of an edge stands in its `kind`, since Gephi merges edges of one kind between two nodes.
///
/// # Errors
///
/// Those of the writer and of the store, and where a text holds a character that XML cannot.
pub fn gexf(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let (nodes, edges) = (graph.view.graph().node_count(), graph.view.graph().edge_count());
    let mut xml = Xml::new(out)?;
    xml.open(element("gexf", &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")])?)?;
    xml.open(element("meta", &[])?)?;
    xml.text(&element("creator", &[])?, "factloom")?;
    xml.text(&element("description", &[])?, graph.title)?;
    xml.close("meta")?;
    let mut of_graph = vec![("defaultedgetype", "directed"), ("idtype", "string")];
    let is_dynamic = graph.view.graph().edge_weights().any(|edge| edge.period.is_some());
    of_graph.push(("mode", if is_dynamic { "dynamic" } else { "static" }));
    if is_dynamic {
        of_graph.extend([("timeformat", "date"), ("timerepresentation", "interval")]);
    }
    xml.open(element("graph", &of_graph)?)?;
    attributes(&mut xml, "node", &graph.nodes)?;
    attributes(&mut xml, "edge", &EDGE)?;
    xml.open(element("nodes", &[("count", &nodes.to_string())])?)?;
    let ids = numbers(graph.nodes.len());
    graph.each_node(|node, row| {
        xml.open(element("node", &[("id", &node.id), ("label", &node.label)])?)?;
        values(&mut xml, &ids, &row)?;
        xml.close("node")
    })?;
    xml.close("nodes")?;
    xml.open(element("edges", &[("count", &edges.to_string())])?)?;
    let ids = numbers(EDGE.len());
    graph.each_edge(|[from, to], edge, row| {
        let label = edge.predicate.label.as_str();
        let mut own = vec![("id", edge.statement.as_str()), ("source", &from.id), ("target", &to.id)];
        own.extend([("label", label), ("kind", label)]);
        let period = period(edge);
        own.extend(period.iter().map(|(name, day)| (*name, day.as_str())));
        xml.open(element("edge", &own)?)?;
        values(&mut xml, &ids, &row)?;
        xml.close("edge")
    })?;
    for name in ["edges", "graph", "gexf"] {
        xml.close(name)?;
    }
    Ok(xml.end()?)
}

fn period(edge: &Edge) -> Vec<(&'static str, String)> {
    let ends = edge.period.map(|period| [("start", period.first), ("end", period.last)]);
    ends.into_iter().flatten().filter_map(|(name, day)| Some((name, day?.to_string()))).collect()
}

fn numbers(columns: usize) -> Vec<String> {
    (0..columns).map(|number| number.to_string()).collect()
}

fn attributes<W: Write>(xml: &mut Xml<W>, class: &str, columns: &[Column]) -> Result<(), ResultsError> {
    xml.open(element("attributes", &[("class", class)])?)?;
    for (column, id) in columns.iter().zip(numbers(columns.len())) {
        let kind = match column.kind {
            Type::Text | Type::Date => "string",
            Type::Integer | Type::Long => "long",
            Type::Number => "double",
            Type::Boolean => "boolean",
            Type::Texts => "liststring",
        };
        xml.empty(element("attribute", &[("id", &id), ("title", &column.name), ("type", kind)])?)?;
    }
    xml.close("attributes")
}

fn values<W: Write>(xml: &mut Xml<W>, ids: &[String], row: &Row<'_>) -> Result<(), ResultsError> {
    xml.open(element("attvalues", &[])?)?;
    for (id, value) in ids.iter().zip(row) {
        if let Some(value) = value {
            xml.empty(element("attvalue", &[("for", id), ("value", &value.text())])?)?;
        }
    }
    xml.close("attvalues")
}
