//! The tables that Neo4j imports in bulk.
//! <https://neo4j.com/docs/operations-manual/current/import/>

use super::columns::{Column, EDGE, PropertyGraph, Row, Type, Value};
use crate::model::Namespaces;
use crate::output::ResultsError;
use csv::{QuoteStyle, Writer, WriterBuilder};
use oxigraph::model::NamedNode;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// What stands between the texts of a list: a character that no text of a dataset can hold.
const BETWEEN: char = '\u{1F}';

/// The names of the files with nodes and relationships, as the command takes them.
pub const NEO4J_FILES: [&str; 2] = ["nodes.csv", "relationships.csv"];

/// Writes the nodes: `:ID` is the entity's id, `:LABEL` says that it is an entity and of which class.
///
/// # Errors
///
/// Those of the writer and of the store, and where a text of a list holds what separates them.
pub fn neo4j_nodes(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let mut table = writer(out);
    header(&mut table, &["id:ID", "label", ":LABEL"], &graph.nodes)?;
    graph.each_node(|node, row| {
        let class = node.class.as_ref().map(|class| short(class, graph.names()));
        let labels = class.map_or("Entity".to_owned(), |class| format!("Entity{BETWEEN}{class}"));
        record(&mut table, &[&node.id, &node.label, &labels], &row)
    })?;
    Ok(table.flush()?)
}

/// Writes the relationships: `:TYPE` is the predicate's name in the vocabulary.
///
/// # Errors
///
/// Those of the writer and of the store, and where a text of a list holds what separates them.
pub fn neo4j_relationships(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let mut table = writer(out);
    header(&mut table, &[":START_ID", ":END_ID", ":TYPE", "id", "label"], &EDGE)?;
    graph.each_edge(|[from, to], edge, row| {
        let (kind, label) = (short(&edge.predicate.iri, graph.names()), &edge.predicate.label);
        record(&mut table, &[&from.id, &to.id, &kind, edge.statement.as_str(), label], &row)
    })?;
    Ok(table.flush()?)
}

/// The command that imports the files, to be run in their folder: a script for a shell.
pub fn neo4j_import_script() -> String {
    let [nodes, relationships] = NEO4J_FILES;
    format!(
        "#!/bin/sh\n\
         # Imports the graph into a new database of Neo4j 5. The first argument names it; without one it is `neo4j`.\n\
         neo4j-admin database import full --id-type=string --multiline-fields=true --array-delimiter=U+001F \\\n  \
         --nodes={nodes} --relationships={relationships} \"${{1:-neo4j}}\"\n"
    )
}

fn writer<W: Write>(out: W) -> Writer<W> {
    // The writer has no quotation marks for an empty text; see `field`.
    WriterBuilder::new().quote_style(QuoteStyle::Never).from_writer(out)
}

/// Writes a text, in quotation marks where it needs them: nothing between two commas is no text, not an empty one.
fn field<W: Write>(table: &mut Writer<W>, text: &str) -> io::Result<()> {
    let quoted = text.is_empty() || text.contains([',', '"', '\n', '\r']);
    let text = if quoted { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { Cow::Borrowed(text) };
    Ok(table.write_field(text.as_bytes())?)
}

/// The texts of a list as one.
fn joined(texts: &[Cow<'_, str>]) -> Result<String, ResultsError> {
    match texts.iter().any(|text| text.contains(BETWEEN)) {
        true => Err(ResultsError::NoList(BETWEEN)),
        false => Ok(texts.join(BETWEEN.encode_utf8(&mut [0; 4]))),
    }
}

/// A name in the dataset's vocabulary, or else a name with a prefix, or else the IRI.
fn short(iri: &NamedNode, names: &Namespaces) -> String {
    let name = names.compact(iri.as_ref()).unwrap_or_else(|| iri.as_str().to_owned());
    name.strip_prefix("v:").map_or(name.clone(), str::to_owned)
}

fn header<W: Write>(table: &mut Writer<W>, own: &[&str], columns: &[Column]) -> Result<(), ResultsError> {
    let mut taken: BTreeSet<String> = own.iter().filter_map(|name| Some(name.split(':').next()?.to_owned())).collect();
    for name in own {
        field(table, name)?;
    }
    for column in columns {
        let kind = match column.kind {
            Type::Text => "string",
            Type::Integer | Type::Long => "long",
            Type::Number => "double",
            Type::Boolean => "boolean",
            Type::Date => "date",
            Type::Texts => "string[]",
        };
        // A colon begins the type.
        let mut name = column.name.replace(':', "_");
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        field(table, &format!("{name}:{kind}"))?;
    }
    end(table)
}

fn record<W: Write>(table: &mut Writer<W>, own: &[&str], row: &Row<'_>) -> Result<(), ResultsError> {
    for text in own {
        field(table, text)?;
    }
    for value in row {
        match value {
            Some(Value::One(text)) => field(table, text)?,
            Some(Value::Several(texts)) => field(table, &joined(texts)?)?,
            None => table.write_field("").map_err(io::Error::from)?,
        }
    }
    end(table)
}

fn end<W: Write>(table: &mut Writer<W>) -> Result<(), ResultsError> {
    Ok(table.write_record(None::<&[u8]>).map_err(io::Error::from)?)
}
