//! GEXF 1.3, for Gephi. <https://gexf.net/>

use super::property_graph::{Column, ColumnType, EDGE_COLUMNS, PropertyGraph, Row};
use super::xml::{Xml, element};
use crate::output::OutputError;
use std::io::Write;

/// Writes GEXF. If statements have dates, their edges have a start and an end, and the graph is dynamic. The label of an edge
/// is also its `kind`, since Gephi merges edges of one kind between two nodes.
///
/// # Errors
///
/// Returns an error if the store cannot be read, the output cannot be written, or a string contains a character that XML
/// cannot represent.
pub fn gexf(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let (nodes, edges) = (graph.view.graph().node_count(), graph.view.graph().edge_count());
    let mut xml = Xml::new(out)?;
    xml.open(element("gexf", &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")])?)?;
    xml.open(element("meta", &[])?)?;
    xml.text(&element("creator", &[])?, "factloom")?;
    xml.text(&element("description", &[])?, graph.title)?;
    xml.close("meta")?;
    let mut attributes = vec![("defaultedgetype", "directed"), ("idtype", "string")];
    if graph.view.graph().edge_weights().any(|edge| edge.period.is_some()) {
        attributes.extend([("mode", "dynamic"), ("timeformat", "date"), ("timerepresentation", "interval")]);
    } else {
        attributes.push(("mode", "static"));
    }
    xml.open(element("graph", &attributes)?)?;
    let node_ids = write_attributes(&mut xml, "node", &graph.node_columns)?;
    let edge_ids = write_attributes(&mut xml, "edge", &EDGE_COLUMNS)?;
    xml.open(element("nodes", &[("count", &nodes.to_string())])?)?;
    graph.for_each_node(|node, row| {
        xml.open(element("node", &[("id", &node.id), ("label", &node.label)])?)?;
        write_values(&mut xml, &node_ids, &row)?;
        xml.close("node")
    })?;
    xml.close("nodes")?;
    xml.open(element("edges", &[("count", &edges.to_string())])?)?;
    graph.for_each_edge(|[from, to], edge, row| {
        let label = edge.predicate.label.as_str();
        let [start, end] = edge.period.map_or([None, None], |period| [period.first, period.last]);
        let [start, end] = [start, end].map(|day| day.map(|day| day.to_string()));
        let mut attributes = vec![("id", edge.statement.as_str()), ("source", &from.id), ("target", &to.id)];
        attributes.extend([("label", label), ("kind", label)]);
        attributes.extend(start.as_deref().map(|day| ("start", day)));
        attributes.extend(end.as_deref().map(|day| ("end", day)));
        xml.open(element("edge", &attributes)?)?;
        write_values(&mut xml, &edge_ids, &row)?;
        xml.close("edge")
    })?;
    for name in ["edges", "graph", "gexf"] {
        xml.close(name)?;
    }
    Ok(xml.end()?)
}

/// Declares columns. Returns their ids.
fn write_attributes<W: Write>(xml: &mut Xml<W>, class: &str, columns: &[Column]) -> Result<Vec<String>, OutputError> {
    let ids: Vec<String> = (0..columns.len()).map(|number| number.to_string()).collect();
    xml.open(element("attributes", &[("class", class)])?)?;
    for (column, id) in columns.iter().zip(&ids) {
        let kind = match column.kind {
            ColumnType::String | ColumnType::Date => "string",
            ColumnType::Integer | ColumnType::Long => "long",
            ColumnType::Double => "double",
            ColumnType::Boolean => "boolean",
            ColumnType::StringList => "liststring",
        };
        xml.empty(element("attribute", &[("id", id), ("title", &column.name), ("type", kind)])?)?;
    }
    xml.close("attributes")?;
    Ok(ids)
}

fn write_values<W: Write>(xml: &mut Xml<W>, ids: &[String], row: &Row<'_>) -> Result<(), OutputError> {
    xml.open(element("attvalues", &[])?)?;
    for (id, value) in ids.iter().zip(row) {
        if let Some(value) = value {
            xml.empty(element("attvalue", &[("for", id), ("value", &value.text())])?)?;
        }
    }
    xml.close("attvalues")
}
