//! CSV tables of nodes and edges, with the columns that Gephi expects. <https://www.rfc-editor.org/rfc/rfc4180>

use super::property_graph::{Column, EDGE_COLUMNS, PropertyGraph, Row, Value};
use crate::escape::csv;
use crate::output::OutputError;
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes the nodes: `Id`, `Label` and their properties. Lists are JSON arrays.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn node_table(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut table = Table::new(out);
    table.write_header(&["Id", "Label"], names(&graph.node_columns))?;
    graph.for_each_node(|node, row| table.write_row(&[&node.id, &node.label], &row, json_array))
}

/// Writes the edges: `Source`, `Target`, `Type`, `Id`, `Label` and their properties. Lists are JSON arrays.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn edge_table(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut table = Table::new(out);
    table.write_header(&["Source", "Target", "Type", "Id", "Label"], names(&EDGE_COLUMNS))?;
    graph.for_each_edge(|[from, to], edge, row| {
        let first = [&from.id, &to.id, "Directed", edge.statement.as_str(), &edge.predicate.label];
        table.write_row(&first, &row, json_array)
    })
}

fn names(columns: &[Column]) -> impl Iterator<Item = String> + '_ {
    columns.iter().map(|column| column.name.to_string())
}

fn json_array(items: &[Cow<'_, str>]) -> Result<String, OutputError> {
    Ok(serde_json::to_string(items).map_err(io::Error::from)?)
}

/// A CSV table. An empty string is quoted, a missing value is not.
pub(super) struct Table<W> {
    out: W,
    is_start_of_row: bool,
}

impl<W: Write> Table<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, is_start_of_row: true }
    }

    pub(super) fn write_header(
        &mut self,
        first: &[&str],
        columns: impl Iterator<Item = String>,
    ) -> Result<(), OutputError> {
        first.iter().try_for_each(|name| self.write_field(&csv::field(name)))?;
        for name in columns {
            self.write_field(&csv::field(&name))?;
        }
        self.end_row()
    }

    /// Writes the first fields of a row and its properties.
    pub(super) fn write_row(
        &mut self,
        first: &[&str],
        row: &Row<'_>,
        join: impl Fn(&[Cow<'_, str>]) -> Result<String, OutputError>,
    ) -> Result<(), OutputError> {
        first.iter().try_for_each(|text| self.write_field(&csv::field(text)))?;
        for value in row {
            match value {
                Some(Value::Single(text)) => self.write_field(&csv::field(text))?,
                Some(Value::List(items)) => self.write_field(&csv::field(&join(items)?))?,
                None => self.write_field("")?,
            }
        }
        self.end_row()
    }

    fn write_field(&mut self, escaped: &str) -> Result<(), OutputError> {
        if !std::mem::replace(&mut self.is_start_of_row, false) {
            self.out.write_all(b",")?;
        }
        Ok(self.out.write_all(escaped.as_bytes())?)
    }

    fn end_row(&mut self) -> Result<(), OutputError> {
        self.is_start_of_row = true;
        Ok(self.out.write_all(b"\n")?)
    }
}
