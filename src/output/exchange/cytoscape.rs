//! Cytoscape's JSON. <https://manual.cytoscape.org/en/stable/Supported_Network_File_Formats.html#cytoscape-js-json>

use super::columns::{Column, EDGE, PropertyGraph, Row, Type, Value};
use crate::output::ResultsError;
use serde_json::{Map, Number, Value as Json};
use std::io::{self, Write};

/// Writes the JSON that Cytoscape, Cytoscape.js and networkx read: one node or edge a line. Texts of which there may be
/// several are arrays, and numbers are numbers where JavaScript's can hold them.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn cytoscape(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let title = Json::from(graph.title);
    writeln!(
        out,
        "{{\"data\":{{\"name\":{title}}},\"directed\":true,\"multigraph\":true,\"elements\":{{\n\"nodes\":["
    )?;
    let mut separator = "";
    graph.each_node(|node, row| {
        // Cytoscape knows a node by `id` and shows `name`; networkx takes `value`.
        let own = [("id", &node.id), ("value", &node.id), ("name", &node.label), ("label", &node.label)];
        write(&mut separator, own.map(|(name, text)| (name, text.as_str())), &graph.nodes, &row, out)
    })?;
    write!(out, "\n],\n\"edges\":[\n")?;
    separator = "";
    graph.each_edge(|[from, to], edge, row| {
        let (id, label) = (edge.statement.as_str(), edge.predicate.label.as_str());
        let own = [("id", id), ("key", id), ("source", &from.id), ("target", &to.id), ("label", label)];
        write(&mut separator, own.into_iter().chain([("interaction", label)]), &EDGE, &row, out)
    })?;
    Ok(writeln!(out, "\n]}}}}")?)
}

fn write<'a>(
    separator: &mut &'static str,
    own: impl IntoIterator<Item = (&'a str, &'a str)>,
    columns: &[Column],
    row: &Row<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let mut data: Map<String, Json> = own.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    for (column, value) in columns.iter().zip(row) {
        if let Some(value) = value {
            data.insert(column.name.clone().into_owned(), json(value, column.kind));
        }
    }
    write!(out, "{separator}{{\"data\":")?;
    *separator = ",\n";
    serde_json::to_writer(&mut *out, &data).map_err(io::Error::from)?;
    Ok(write!(out, "}}")?)
}

fn json(value: &Value<'_>, kind: Type) -> Json {
    let number = |text: &str| match kind {
        Type::Integer => text.parse::<i64>().ok().map(Number::from),
        Type::Number => text.parse::<f64>().ok().and_then(Number::from_f64),
        _ => None,
    };
    match value {
        Value::Several(texts) => texts.iter().map(|text| Json::from(&**text)).collect(),
        Value::One(text) if kind == Type::Boolean => Json::from(text == "true"),
        Value::One(text) => number(text).map_or_else(|| Json::from(&**text), Json::from),
    }
}
