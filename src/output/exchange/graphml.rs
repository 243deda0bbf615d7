//! GraphML. <http://graphml.graphdrawing.org/specification.html>

use super::property_graph::{Column, ColumnType, EDGE_COLUMNS, PropertyGraph, Row};
use super::xml::{Xml, element};
use crate::output::OutputError;
use quick_xml::events::BytesStart;
use std::io::Write;

/// Writes GraphML: a directed graph with a typed key for each property. Edges have the ids of statements, so that parallel
/// edges stay separate. Lists are JSON arrays.
///
/// # Errors
///
/// Returns an error if the store cannot be read, the output cannot be written, or a string contains a character that XML
/// cannot represent.
pub fn graphml(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut xml = Xml::new(out)?;
    xml.open(element(
        "graphml",
        &[
            ("xmlns", "http://graphml.graphdrawing.org/xmlns"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            (
                "xsi:schemaLocation",
                "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd",
            ),
        ],
    )?)?;
    write_key(&mut xml, "title", "graph", "title", ColumnType::String)?;
    let node_elements = write_keys(&mut xml, "node", &graph.node_columns)?;
    let edge_elements = write_keys(&mut xml, "edge", &EDGE_COLUMNS)?;
    xml.open(element("graph", &[("id", "factloom"), ("edgedefault", "directed")])?)?;
    xml.text(&element("data", &[("key", "title")])?, graph.title)?;
    graph.for_each_node(|node, row| {
        xml.open(element("node", &[("id", &node.id)])?)?;
        write_data(&mut xml, &node_elements, &node.label, &row)?;
        xml.close("node")
    })?;
    graph.for_each_edge(|[from, to], edge, row| {
        let id = edge.statement.as_str();
        xml.open(element("edge", &[("id", id), ("source", &from.id), ("target", &to.id)])?)?;
        write_data(&mut xml, &edge_elements, &edge.predicate.label, &row)?;
        xml.close("edge")
    })?;
    xml.close("graph")?;
    xml.close("graphml")?;
    Ok(xml.end()?)
}

/// Declares the keys of the label and the columns. Returns the start tags of their values.
fn write_keys<W: Write>(
    xml: &mut Xml<W>,
    target: &str,
    columns: &[Column],
) -> Result<Vec<BytesStart<'static>>, OutputError> {
    let label = Column { name: "label".into(), kind: ColumnType::String };
    let mut elements = Vec::with_capacity(columns.len() + 1);
    for (number, column) in [&label].into_iter().chain(columns).enumerate() {
        let id = format!("{}{number}", &target[..1]);
        write_key(xml, &id, target, &column.name, column.kind)?;
        elements.push(element("data", &[("key", &id)])?.into_owned());
    }
    Ok(elements)
}

fn write_key<W: Write>(
    xml: &mut Xml<W>,
    id: &str,
    target: &str,
    name: &str,
    kind: ColumnType,
) -> Result<(), OutputError> {
    let kind = match kind {
        ColumnType::String | ColumnType::Date | ColumnType::StringList => "string",
        ColumnType::Integer | ColumnType::Long => "long",
        ColumnType::Double => "double",
        ColumnType::Boolean => "boolean",
    };
    xml.empty(element("key", &[("id", id), ("for", target), ("attr.name", name), ("attr.type", kind)])?)
}

fn write_data<W: Write>(
    xml: &mut Xml<W>,
    elements: &[BytesStart<'_>],
    label: &str,
    row: &Row<'_>,
) -> Result<(), OutputError> {
    xml.text(&elements[0], label)?;
    for (element, value) in elements[1..].iter().zip(row) {
        if let Some(value) = value {
            xml.text(element, &value.text())?;
        }
    }
    Ok(())
}
