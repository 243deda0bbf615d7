//! Cytoscape JSON. <https://manual.cytoscape.org/en/stable/Supported_Network_File_Formats.html#cytoscape-js-json>

use super::property_graph::{Column, ColumnType, EDGE_COLUMNS, PropertyGraph, Row, Value};
use crate::escape::json::EscapeControls;
use crate::output::OutputError;
use serde_json::{Map, Number, Value as Json};
use std::io::{self, Write};

/// Writes the JSON that Cytoscape, Cytoscape.js and networkx read, with one node or edge per line. Lists are arrays; numbers
/// are JSON numbers if JavaScript can represent them.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn cytoscape(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let out = &mut EscapeControls(out);
    let title = Json::from(graph.title);
    writeln!(
        out,
        "{{\"data\":{{\"name\":{title}}},\"directed\":true,\"multigraph\":true,\"elements\":{{\n\"nodes\":["
    )?;
    let mut separator = "";
    graph.for_each_node(|node, row| {
        // Cytoscape identifies a node by `id` and shows `name`; networkx uses `value`.
        let first = [("id", &*node.id), ("value", &*node.id), ("name", &*node.label), ("label", &*node.label)];
        write_element(&mut separator, &first, &graph.node_columns, &row, out)
    })?;
    write!(out, "\n],\n\"edges\":[\n")?;
    separator = "";
    graph.for_each_edge(|[from, to], edge, row| {
        let (id, label) = (edge.statement.as_str(), edge.predicate.label.as_str());
        let (source, target) = (("source", &*from.id), ("target", &*to.id));
        let first = [("id", id), ("key", id), source, target, ("label", label), ("interaction", label)];
        write_element(&mut separator, &first, &EDGE_COLUMNS, &row, out)
    })?;
    Ok(writeln!(out, "\n]}}}}")?)
}

fn write_element(
    separator: &mut &'static str,
    first: &[(&str, &str)],
    columns: &[Column],
    row: &Row<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let mut data: Map<String, Json> = first.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect();
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

fn json(value: &Value<'_>, kind: ColumnType) -> Json {
    let number = |text: &str| match kind {
        ColumnType::Integer => text.parse::<i64>().ok().map(Number::from),
        ColumnType::Double => text.parse::<f64>().ok().and_then(Number::from_f64),
        _ => None,
    };
    match value {
        Value::List(items) => items.iter().map(|item| Json::from(&**item)).collect(),
        Value::Single(text) if kind == ColumnType::Boolean => Json::from(text == "true"),
        Value::Single(text) => number(text).map_or_else(|| Json::from(&**text), Json::from),
    }
}
