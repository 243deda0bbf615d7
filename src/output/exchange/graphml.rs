//! GraphML. <http://graphml.graphdrawing.org/specification.html>

use super::columns::{Column, EDGE, PropertyGraph, Row, Type};
use super::xml::{Xml, element};
use crate::output::ResultsError;
use quick_xml::events::BytesStart;
use std::io::Write;

/// Writes GraphML: directed, with a typed key for each property, and with statements' ids as ids of edges, so that parallel
/// edges stay apart. Several texts in one property are a JSON array.
///
/// # Errors
///
/// Those of the writer and of the store, and where a text holds a character that XML cannot.
pub fn graphml(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
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
    key(&mut xml, "title", "graph", "title", Type::Text)?;
    let nodes = keys(&mut xml, "node", 'n', &graph.nodes)?;
    let edges = keys(&mut xml, "edge", 'e', &EDGE)?;
    xml.open(element("graph", &[("id", "factloom"), ("edgedefault", "directed")])?)?;
    xml.text(&element("data", &[("key", "title")])?, graph.title)?;
    graph.each_node(|node, row| {
        xml.open(element("node", &[("id", &node.id)])?)?;
        data(&mut xml, &nodes, &node.label, &row)?;
        xml.close("node")
    })?;
    graph.each_edge(|[from, to], edge, row| {
        let id = edge.statement.as_str();
        xml.open(element("edge", &[("id", id), ("source", &from.id), ("target", &to.id)])?)?;
        data(&mut xml, &edges, &edge.predicate.label, &row)?;
        xml.close("edge")
    })?;
    xml.close("graph")?;
    xml.close("graphml")?;
    Ok(xml.end()?)
}

/// Declares the label and the columns, and gives the elements that hold their values.
fn keys<W: Write>(
    xml: &mut Xml<W>,
    of: &str,
    letter: char,
    columns: &[Column],
) -> Result<Vec<BytesStart<'static>>, ResultsError> {
    let label = Column { name: "label".into(), kind: Type::Text };
    let mut elements = Vec::with_capacity(columns.len() + 1);
    for (number, column) in [&label].into_iter().chain(columns).enumerate() {
        let id = format!("{letter}{number}");
        key(xml, &id, of, &column.name, column.kind)?;
        elements.push(element("data", &[("key", &id)])?.into_owned());
    }
    Ok(elements)
}

fn key<W: Write>(xml: &mut Xml<W>, id: &str, of: &str, name: &str, kind: Type) -> Result<(), ResultsError> {
    let kind = match kind {
        Type::Text | Type::Date | Type::Texts => "string",
        Type::Integer | Type::Long => "long",
        Type::Number => "double",
        Type::Boolean => "boolean",
    };
    xml.empty(element("key", &[("id", id), ("for", of), ("attr.name", name), ("attr.type", kind)])?)
}

fn data<W: Write>(
    xml: &mut Xml<W>,
    elements: &[BytesStart<'_>],
    label: &str,
    row: &Row<'_>,
) -> Result<(), ResultsError> {
    xml.text(&elements[0], label)?;
    for (element, value) in elements[1..].iter().zip(row) {
        if let Some(value) = value {
            xml.text(element, &value.text())?;
        }
    }
    Ok(())
}
