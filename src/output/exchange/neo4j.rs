//! The tables of Neo4j's bulk import. <https://neo4j.com/docs/operations-manual/current/import/>

use super::csv_tables::Table;
use super::property_graph::{Column, ColumnType, EDGE_COLUMNS, PropertyGraph};
use crate::model::Namespaces;
use crate::output::OutputError;
use oxigraph::model::NamedNode;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;

/// Separates the items of a list: a character that datasets cannot contain.
const LIST_SEPARATOR: char = '\u{1F}';

/// The file names of nodes and relationships in the import script.
pub const NEO4J_FILES: [&str; 2] = ["nodes.csv", "relationships.csv"];

/// Writes the nodes. `:ID` is the id of the entity; `:LABEL` is `Entity` and its class.
///
/// # Errors
///
/// Returns an error if the store cannot be read, the output cannot be written, or an item of a list contains the separator.
pub fn neo4j_nodes(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut table = Table::new(out);
    let first = ["id:ID", "label", ":LABEL"];
    table.write_header(&first, typed_names(&first, &graph.node_columns))?;
    graph.for_each_node(|node, row| {
        let class = node.class.as_ref().map(|class| short_name(class, graph.namespaces()));
        let labels = class.map_or("Entity".to_owned(), |class| format!("Entity{LIST_SEPARATOR}{class}"));
        table.write_row(&[&node.id, &node.label, &labels], &row, joined)
    })
}

/// Writes the relationships. `:TYPE` is the name of the predicate in the vocabulary.
///
/// # Errors
///
/// Returns an error if the store cannot be read, the output cannot be written, or an item of a list contains the separator.
pub fn neo4j_relationships(graph: &PropertyGraph<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let mut table = Table::new(out);
    let first = [":START_ID", ":END_ID", ":TYPE", "id", "label"];
    table.write_header(&first, typed_names(&first, &EDGE_COLUMNS))?;
    graph.for_each_edge(|[from, to], edge, row| {
        let (kind, label) = (short_name(&edge.predicate.iri, graph.namespaces()), &edge.predicate.label);
        table.write_row(&[&from.id, &to.id, &kind, edge.statement.as_str(), label], &row, joined)
    })
}

/// A shell script that imports the files from its directory.
pub fn neo4j_import_script() -> String {
    let [nodes, relationships] = NEO4J_FILES;
    format!(
        "#!/bin/sh\n\
         # Imports the graph into a new Neo4j 5 database. The argument is its name; the default is `neo4j`.\n\
         neo4j-admin database import full --id-type=string --multiline-fields=true --array-delimiter=U+001F \\\n  \
         --nodes={nodes} --relationships={relationships} \"${{1:-neo4j}}\"\n"
    )
}

fn joined(items: &[Cow<'_, str>]) -> Result<String, OutputError> {
    match items.iter().any(|item| item.contains(LIST_SEPARATOR)) {
        true => Err(OutputError::ListSeparator(LIST_SEPARATOR)),
        false => Ok(items.join(LIST_SEPARATOR.encode_utf8(&mut [0; 4]))),
    }
}

/// The name of a class or predicate in the dataset's vocabulary, a prefixed name, or an IRI.
fn short_name(iri: &NamedNode, namespaces: &Namespaces) -> String {
    let name = namespaces.compact(iri.as_ref()).unwrap_or_else(|| iri.as_str().to_owned());
    name.strip_prefix("v:").map_or(name.clone(), str::to_owned)
}

/// The names of columns with their types, such as `sources:long`. A name that `first` contains gets an underscore.
fn typed_names(first: &[&str], columns: &[Column]) -> impl Iterator<Item = String> {
    let mut used: BTreeSet<String> = first.iter().filter_map(|name| Some(name.split(':').next()?.to_owned())).collect();
    columns.iter().map(move |column| {
        let kind = match column.kind {
            ColumnType::String => "string",
            ColumnType::Integer | ColumnType::Long => "long",
            ColumnType::Double => "double",
            ColumnType::Boolean => "boolean",
            ColumnType::Date => "date",
            ColumnType::StringList => "string[]",
        };
        // The type follows the first colon.
        let mut name = column.name.replace(':', "_");
        while !used.insert(name.clone()) {
            name.push('_');
        }
        format!("{name}:{kind}")
    })
}
