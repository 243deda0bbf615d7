//! CSV tables of nodes and edges, with the columns that Gephi expects. <https://www.rfc-editor.org/rfc/rfc4180>

use super::property_graph::{Column, EDGE_COLUMNS, PropertyGraph, Row, Value};
use crate::output::OutputError;
use csv::{QuoteStyle, Writer, WriterBuilder};
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
    graph.for_each_node(|node, row| table.write_row(&[&node.id, &node.label], &row, json_array))?;
    table.finish()
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
    })?;
    table.finish()
}

fn names(columns: &[Column]) -> impl Iterator<Item = String> + '_ {
    columns.iter().map(|column| column.name.to_string())
}

fn json_array(items: &[Cow<'_, str>]) -> Result<String, OutputError> {
    Ok(serde_json::to_string(items).map_err(io::Error::from)?)
}

/// A CSV table. An empty string is quoted, a missing value is not.
pub(super) struct Table<W: Write>(Writer<W>);

impl<W: Write> Table<W> {
    pub(super) fn new(out: W) -> Self {
        Self(WriterBuilder::new().quote_style(QuoteStyle::Never).from_writer(out))
    }

    pub(super) fn write_header(
        &mut self,
        first: &[&str],
        columns: impl Iterator<Item = String>,
    ) -> Result<(), OutputError> {
        first.iter().try_for_each(|name| self.write_field(name))?;
        for name in columns {
            self.write_field(&name)?;
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
        first.iter().try_for_each(|text| self.write_field(text))?;
        for value in row {
            match value {
                Some(Value::Single(text)) => self.write_field(text)?,
                Some(Value::List(items)) => self.write_field(&join(items)?)?,
                None => self.0.write_field("").map_err(io::Error::from)?,
            }
        }
        self.end_row()
    }

    pub(super) fn finish(mut self) -> Result<(), OutputError> {
        Ok(self.0.flush()?)
    }

    fn write_field(&mut self, text: &str) -> Result<(), OutputError> {
        let quoted = text.is_empty() || text.contains([',', '"', '\n', '\r']);
        let text = if quoted { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { Cow::Borrowed(text) };
        Ok(self.0.write_field(text.as_bytes()).map_err(io::Error::from)?)
    }

    fn end_row(&mut self) -> Result<(), OutputError> {
        Ok(self.0.write_record(None::<&[u8]>).map_err(io::Error::from)?)
    }
}
