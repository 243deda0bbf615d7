//! Tables of nodes and edges as CSV, with the columns that Gephi looks for. <https://www.rfc-editor.org/rfc/rfc4180>

use super::columns::{Column, EDGE, PropertyGraph, Row};
use crate::output::ResultsError;
use csv::Writer;
use std::io::{self, Write};

/// Writes the nodes: `Id`, `Label`, and a column for each property. Several texts in one cell are a JSON array.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn node_table(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let mut table = Writer::from_writer(out);
    header(&mut table, &["Id", "Label"], &graph.nodes)?;
    graph.each_node(|node, row| record(&mut table, &[&node.id, &node.label], &row))?;
    Ok(table.flush()?)
}

/// Writes the edges: `Source`, `Target`, `Type`, `Id`, `Label`, and a column for each property.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn edge_table(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let mut table = Writer::from_writer(out);
    header(&mut table, &["Source", "Target", "Type", "Id", "Label"], &EDGE)?;
    graph.each_edge(|[from, to], edge, row| {
        let own = [&from.id, &to.id, "Directed", edge.statement.as_str(), &edge.predicate.label];
        record(&mut table, &own, &row)
    })?;
    Ok(table.flush()?)
}

fn header<W: Write>(table: &mut Writer<W>, own: &[&str], columns: &[Column]) -> Result<(), ResultsError> {
    let names = own.iter().copied().chain(columns.iter().map(|column| &*column.name));
    Ok(table.write_record(names).map_err(io::Error::from)?)
}

fn record<W: Write>(table: &mut Writer<W>, own: &[&str], row: &Row<'_>) -> Result<(), ResultsError> {
    let write = |text: &str, table: &mut Writer<W>| table.write_field(text).map_err(io::Error::from);
    for text in own {
        write(text, table)?;
    }
    for value in row {
        match value {
            Some(value) => write(&value.text(), table)?,
            None => write("", table)?,
        }
    }
    Ok(table.write_record(None::<&[u8]>).map_err(io::Error::from)?)
}
