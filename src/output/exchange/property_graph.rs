//! Nodes and edges with typed properties.

use crate::model::{Day, Kind, Namespaces, Qualifier, SourceId, Stance, Statement, vocab::xsd};
use crate::output::evidence::EvidenceColumns;
use crate::output::statements::premise_id;
use crate::output::{OutputError, StatementText};
use crate::store::StoreError;
use crate::view::{Attribute, Edge, Node, Predicate, View};
use oxigraph::model::{NamedNode, Term};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::sync_channel;
use std::thread;

/// The number of statements that are read at once.
const CHUNK: usize = 256;
/// The number of chunks that are read ahead.
const CHUNKS_AHEAD: usize = 4;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    String,
    /// An integer that double precision represents exactly, as JavaScript requires.
    Integer,
    /// A 64-bit integer.
    Long,
    Double,
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    StringList,
}

impl ColumnType {
    /// The types for the literals of a predicate. The first type that preserves all of them is used.
    const OF_LITERALS: [Self; 5] = [Self::Integer, Self::Long, Self::Double, Self::Boolean, Self::Date];

    /// Whether a value of this type can be converted back to the term.
    fn preserves(self, value: &Term) -> bool {
        let Term::Literal(literal) = value else { return false };
        let (text, datatype) = (literal.value(), literal.datatype());
        match self {
            Self::String => true,
            Self::Integer => Self::Long.preserves(value) && is_exact(text),
            Self::Long => datatype == xsd::INTEGER && text.parse::<i64>().is_ok(),
            Self::Double => match datatype {
                xsd::DECIMAL | xsd::INTEGER => is_exact(text),
                xsd::DOUBLE | xsd::FLOAT => text.parse::<f64>().is_ok_and(f64::is_finite),
                _ => false,
            },
            Self::Boolean => datatype == xsd::BOOLEAN && ["true", "false"].contains(&text),
            Self::Date => datatype == xsd::DATE && text.len() == "2025-07-11".len(),
            Self::StringList => false,
        }
    }
}

/// Whether double precision represents a decimal number exactly.
fn is_exact(decimal: &str) -> bool {
    decimal.parse::<f64>().is_ok_and(|number| significant(&number.to_string()) == significant(decimal))
}

/// The sign of a decimal number, and its digits without leading and trailing zeros.
fn significant(decimal: &str) -> (bool, &str, &str) {
    let digits = decimal.trim_start_matches(['+', '-']);
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    (decimal.starts_with('-'), integer.trim_start_matches('0'), fraction.trim_end_matches('0'))
}

/// A property of nodes or edges.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Cow<'static, str>,
    pub(super) kind: ColumnType,
}

/// The value of a property: a string in the form that the type of the column requires, or a list.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Single(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

impl Value<'_> {
    /// The value as one string: a list is a JSON array.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Single(text) => Cow::Borrowed(text),
            Self::List(items) => Cow::Owned(serde_json::to_string(items).expect("strings can be written as JSON")),
        }
    }
}

/// The values of a node or an edge, in the order of the columns.
pub(super) type Row<'a> = Vec<Option<Value<'a>>>;

const fn column(name: &'static str, kind: ColumnType) -> Column {
    Column { name: Cow::Borrowed(name), kind }
}

const EDGE_WIDTH: usize = 15;

/// The properties of edges in addition to their ends, id and label, in the order of [`PropertyGraph::edge`].
pub(super) const EDGE_COLUMNS: [Column; EDGE_WIDTH] = [
    column("predicate", ColumnType::String),
    column("kind", ColumnType::String),
    column("status", ColumnType::String),
    column("by", ColumnType::String),
    column("rule", ColumnType::String),
    column("premises", ColumnType::StringList),
    column("sources", ColumnType::Integer),
    column("cited", ColumnType::StringList),
    column("from", ColumnType::Date),
    column("until", ColumnType::Date),
    column("qualifiers", ColumnType::StringList),
    column("quotes", ColumnType::StringList),
    column("locations", ColumnType::StringList),
    column("stances", ColumnType::StringList),
    column("notes", ColumnType::StringList),
];

/// The properties of nodes before those from literals.
const FIRST_NODE_COLUMNS: [Column; 3] =
    [column("iri", ColumnType::String), column("class", ColumnType::String), column("class_iri", ColumnType::String)];
/// The properties of nodes after those from literals.
const LAST_NODE_COLUMNS: [Column; 4] = [
    column("claimed", ColumnType::StringList),
    column("statements", ColumnType::StringList),
    column("statement_kinds", ColumnType::StringList),
    column("statement_quotes", ColumnType::StringList),
];
/// Names that graph tools reserve.
const RESERVED_NAMES: [&str; 4] = ["id", "label", "name", "value"];

/// A view as a property graph.
///
/// Facts, inferences and entailments with literals become properties of nodes, one per predicate, which have a type if all values of the
/// predicate have that type. Claims are only in the property `claimed`.
///
/// ```
/// use factloom::output::exchange::{PropertyGraph, graphml};
/// use factloom::output::StatementText;
/// use factloom::{store::Labels, view::View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let (view, text) = (View::new(&store, &labels)?, StatementText::new(&store, &labels));
/// let mut out = Vec::new();
/// graphml(&PropertyGraph::new("All", &view, &text), &mut out)?;
/// assert!(String::from_utf8(out)?.contains("<node id=\"karachi\">"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PropertyGraph<'a> {
    pub(super) title: &'a str,
    pub(super) view: &'a View,
    pub(super) node_columns: Vec<Column>,
    text: &'a StatementText<'a>,
    /// The predicates of literals, with the indexes of their columns.
    literal_columns: BTreeMap<&'a NamedNode, usize>,
}

impl<'a> PropertyGraph<'a> {
    /// The property graph of a view.
    pub fn new(title: &'a str, view: &'a View, text: &'a StatementText<'a>) -> Self {
        let mut found: BTreeMap<&NamedNode, (&Predicate, Vec<ColumnType>)> = BTreeMap::new();
        for node in view.graph().node_weights() {
            let mut seen = BTreeSet::new();
            for attribute in asserted(node) {
                let predicate = &*attribute.edge.predicate;
                let (_, kinds) = found.entry(&predicate.iri).or_insert((predicate, ColumnType::OF_LITERALS.to_vec()));
                match seen.insert(&predicate.iri) {
                    true => kinds.retain(|kind| *kind == ColumnType::StringList || kind.preserves(&attribute.value)),
                    false => *kinds = vec![ColumnType::StringList],
                }
            }
        }
        let mut node_columns = FIRST_NODE_COLUMNS.to_vec();
        let mut literal_columns = BTreeMap::new();
        for (iri, (predicate, kinds)) in found {
            let label = &predicate.label;
            let is_used = node_columns.iter().chain(&LAST_NODE_COLUMNS).any(|column| column.name == *label);
            let is_reserved = RESERVED_NAMES.contains(&label.to_lowercase().as_str());
            let name = if is_used || is_reserved { iri.as_str().to_owned() } else { label.clone() };
            let kind = kinds.first().copied().unwrap_or(ColumnType::String);
            literal_columns.insert(iri, node_columns.len());
            node_columns.push(Column { name: name.into(), kind });
        }
        node_columns.extend(LAST_NODE_COLUMNS);
        Self { title, view, node_columns, text, literal_columns }
    }

    pub(super) fn namespaces(&self) -> &'a Namespaces {
        self.text.labels().namespaces()
    }

    /// Calls a function with each node and its properties.
    pub(super) fn for_each_node(
        &self,
        mut write: impl FnMut(&'a Node, Row<'_>) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        self.view.graph().node_weights().try_for_each(|node| write(node, self.node(node)?))
    }

    /// Calls a function with each edge, its ends and its properties. Another thread reads the statements ahead.
    pub(super) fn for_each_edge(
        &self,
        mut write: impl FnMut([&'a Node; 2], &'a Edge, Row<'_>) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        let (graph, store) = (self.view.graph(), self.text.store());
        let chunks = || graph.raw_edges().chunks(CHUNK);
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(CHUNKS_AHEAD);
            scope.spawn(move || {
                let read = |edges: &[petgraph::graph::Edge<Edge>]| {
                    edges
                        .iter()
                        .map(|edge| store.require_statement(&edge.weight.statement))
                        .collect::<Result<Vec<_>, _>>()
                };
                // Fails if the receiver is dropped after an error.
                let _ = chunks().map(read).try_for_each(|statements| sender.send(statements));
            });
            for (edges, statements) in chunks().zip(receiver) {
                for (edge, statement) in edges.iter().zip(statements?) {
                    let ends = [&graph[edge.source()], &graph[edge.target()]];
                    write(ends, &edge.weight, self.edge(&edge.weight, statement)?)?;
                }
            }
            Ok(())
        })
    }

    fn node(&self, node: &'a Node) -> Result<Row<'a>, StoreError> {
        let mut row: Row<'_> = vec![None; self.node_columns.len()];
        row[0] = Some(single(node.iri.as_str()));
        if let Some(class) = &node.class {
            row[1] = Some(single(self.text.labels().name(class)?.to_string()));
            row[2] = Some(single(class.as_str()));
        }
        for attribute in asserted(node) {
            let column = self.literal_columns[&attribute.edge.predicate.iri];
            let text = lexical_form(attribute);
            match (&mut row[column], self.node_columns[column].kind) {
                (Some(Value::List(items)), _) => items.push(text),
                (cell, ColumnType::StringList) => *cell = Some(Value::List(vec![text])),
                (cell, _) => *cell = Some(Value::Single(text)),
            }
        }
        let claimed = node.attributes.iter().filter_map(|attribute| {
            let Attribute { edge, .. } = attribute;
            let value = lexical_form(attribute);
            Some(format!("{}: {value} ({})", edge.predicate.label, edge.kind.status()?.as_str()))
        });
        let edges = || node.attributes.iter().map(|attribute| &attribute.edge);
        let mut quotes = Vec::new();
        for id in edges().map(|edge| &edge.statement) {
            let evidence = self.text.store().require_statement(id)?.evidence;
            let quoted = EvidenceColumns::new(evidence).quotes.into_iter().filter(|quote| !quote.is_empty());
            quotes.extend(quoted.map(|quote| format!("{id}: {quote}")));
        }
        let last = self.node_columns.len() - LAST_NODE_COLUMNS.len();
        row[last] = list(claimed);
        row[last + 1] = list(edges().map(|edge| edge.statement.as_str()));
        row[last + 2] = list(edges().map(|edge| edge.kind.as_str()));
        row[last + 3] = list(quotes);
        Ok(row)
    }

    fn edge(&self, edge: &'a Edge, statement: Statement) -> Result<Row<'a>, StoreError> {
        let qualifiers = self.qualifiers(&statement)?;
        let (by, rule, premises) = match statement.kind {
            Kind::Fact => (None, None, None),
            Kind::Claim(claim) => (claim.by.map(|by| single(self.entity_id(&by))), None, None),
            Kind::Inference(derivation) | Kind::Entailment(derivation) => {
                (None, Some(single(derivation.rule)), list(derivation.premises.iter().map(premise_id)))
            }
        };
        let is_disputed = statement.evidence.iter().any(|evidence| evidence.stance == Stance::Disputes);
        let EvidenceColumns { quotes, locations, stances, notes } = EvidenceColumns::new(statement.evidence);
        let date = |day: Option<Day>| Some(single(day?.to_string()));
        let row: [_; EDGE_WIDTH] = [
            Some(single(edge.predicate.iri.as_str())),
            Some(single(edge.kind.as_str())),
            edge.kind.status().map(|status| single(status.as_str())),
            by,
            rule,
            premises,
            Some(single(edge.source_count.to_string())),
            list(edge.cited.iter().map(SourceId::as_str)),
            date(edge.period.and_then(|period| period.first)),
            date(edge.period.and_then(|period| period.last)),
            list(qualifiers),
            non_empty_list(quotes),
            list(locations),
            list(stances).filter(|_| is_disputed),
            non_empty_list(notes),
        ];
        Ok(row.into())
    }

    /// The label and the value of each qualifier. Times are in EDTF, so that programs can read them.
    fn qualifiers(&self, statement: &Statement) -> Result<Vec<String>, StoreError> {
        let qualifier = |Qualifier { predicate, value }: &Qualifier| {
            let value = match value {
                Term::Literal(literal) => literal.value().to_owned(),
                _ => self.text.labels().term(value)?,
            };
            Ok(format!("{}: {value}", self.text.labels().name(predicate)?))
        };
        statement.qualifiers.iter().map(qualifier).collect()
    }

    fn entity_id(&self, iri: &NamedNode) -> String {
        self.namespaces().entity_id(iri.as_ref()).map_or_else(|| iri.as_str().to_owned(), |id| id.to_string())
    }
}

fn single<'a>(text: impl Into<Cow<'a, str>>) -> Value<'a> {
    Value::Single(text.into())
}

fn list<'a, T: Into<Cow<'a, str>>>(items: impl IntoIterator<Item = T>) -> Option<Value<'a>> {
    let items: Vec<Cow<'a, str>> = items.into_iter().map(Into::into).collect();
    (!items.is_empty()).then_some(Value::List(items))
}

/// A list with an item for each piece of evidence; `None` if all are empty.
fn non_empty_list<'a>(items: Vec<String>) -> Option<Value<'a>> {
    let is_empty = items.iter().all(String::is_empty);
    list(items).filter(|_| !is_empty)
}

/// The attributes from facts, inferences and entailments.
fn asserted(node: &Node) -> impl Iterator<Item = &Attribute> {
    node.attributes.iter().filter(|attribute| attribute.edge.kind.status().is_none())
}

fn lexical_form(attribute: &Attribute) -> Cow<'_, str> {
    match &attribute.value {
        Term::Literal(literal) => Cow::Borrowed(literal.value()),
        Term::NamedNode(node) => Cow::Borrowed(node.as_str()),
        Term::BlankNode(_) | Term::Triple(_) => Cow::Borrowed(&attribute.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::Literal;

    #[test]
    fn a_value_has_a_type_only_if_the_type_preserves_it() {
        for (text, datatype, kind) in [
            ("12", xsd::INTEGER, ColumnType::Integer),
            ("-9007199254740992", xsd::INTEGER, ColumnType::Integer),
            ("9007199254740993", xsd::INTEGER, ColumnType::Long),
            ("12345678901234567890", xsd::INTEGER, ColumnType::String),
            ("+007.50", xsd::DECIMAL, ColumnType::Double),
            ("0.1", xsd::DECIMAL, ColumnType::Double),
            ("12345678901234567890.5", xsd::DECIMAL, ColumnType::String),
            ("0.12345678901234567890", xsd::DECIMAL, ColumnType::String),
            ("1e-7", xsd::DOUBLE, ColumnType::Double),
            ("INF", xsd::DOUBLE, ColumnType::String),
            ("true", xsd::BOOLEAN, ColumnType::Boolean),
            ("1", xsd::BOOLEAN, ColumnType::String),
        ] {
            let value = Literal::new_typed_literal(text, datatype).into();
            let found =
                ColumnType::OF_LITERALS.into_iter().find(|kind| kind.preserves(&value)).unwrap_or(ColumnType::String);
            assert_eq!(found, kind, "{text}");
        }
    }
}
