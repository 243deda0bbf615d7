//! What nodes and edges carry, as columns of stated types.

use crate::model::{Evidence, Kind, Namespaces, Premise, Stance, Statement, StatementId, vocab::xsd};
use crate::output::{ResultsError, StatementText, evidence_location};
use crate::store::StoreError;
use crate::view::{Attribute, Edge, Node, Predicate, View};
use oxigraph::model::{NamedNode, Term};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::sync_channel;
use std::thread;

/// How many statements are read at a time, and how many times that may be read ahead.
const CHUNK: usize = 256;
const AHEAD: usize = 4;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    /// Whole, and as it is in double precision, which is all that JavaScript knows.
    Integer,
    /// Whole, in 64 bits.
    Long,
    /// As it is in double precision.
    Number,
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// Several texts.
    Texts,
}

impl Type {
    /// The types that the values of a predicate may have, each before those that it is a part of.
    const OF_LITERALS: [Self; 5] = [Self::Integer, Self::Long, Self::Number, Self::Boolean, Self::Date];

    /// Whether a value stays what it is as one of this type.
    fn holds(self, value: &Term) -> bool {
        let Term::Literal(literal) = value else { return false };
        let (text, datatype) = (literal.value(), literal.datatype());
        match self {
            Self::Text => true,
            Self::Integer => Self::Long.holds(value) && is_exact(text),
            Self::Long => datatype == xsd::INTEGER && text.parse::<i64>().is_ok(),
            Self::Number => match datatype {
                xsd::DECIMAL | xsd::INTEGER => is_exact(text),
                xsd::DOUBLE | xsd::FLOAT => text.parse::<f64>().is_ok_and(f64::is_finite),
                _ => false,
            },
            Self::Boolean => datatype == xsd::BOOLEAN && ["true", "false"].contains(&text),
            Self::Date => datatype == xsd::DATE && text.len() == "2025-07-11".len(),
            Self::Texts => false,
        }
    }
}

/// Whether double precision gives a decimal number back as it was.
fn is_exact(decimal: &str) -> bool {
    decimal.parse::<f64>().is_ok_and(|number| significant(&number.to_string()) == significant(decimal))
}

/// A decimal number without the plus and the zeros that it may do without.
fn significant(decimal: &str) -> (bool, &str, &str) {
    let digits = decimal.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    (decimal.starts_with('-'), whole.trim_start_matches('0'), fraction.trim_end_matches('0'))
}

/// Something that nodes or edges carry.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Cow<'static, str>,
    pub(super) kind: Type,
}

/// The value of a column: one text, in the form of the column's type, or several.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    One(Cow<'a, str>),
    Several(Vec<Cow<'a, str>>),
}

impl Value<'_> {
    /// The value as one text: several are a JSON array.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::One(text) => Cow::Borrowed(text),
            Self::Several(texts) => Cow::Owned(serde_json::to_string(texts).expect("texts can be written as JSON")),
        }
    }
}

/// The values of a row, in the order of the columns; `None` where it has none.
pub(super) type Row<'a> = Vec<Option<Value<'a>>>;

const fn column(name: &'static str, kind: Type) -> Column {
    Column { name: Cow::Borrowed(name), kind }
}

const EDGE_COLUMNS: usize = 15;

/// What edges carry beside their ends, their id and their label, in the order of [`PropertyGraph::edge`].
pub(super) const EDGE: [Column; EDGE_COLUMNS] = [
    column("predicate", Type::Text),
    column("kind", Type::Text),
    column("status", Type::Text),
    column("by", Type::Text),
    column("rule", Type::Text),
    column("premises", Type::Texts),
    column("sources", Type::Integer),
    column("cited", Type::Texts),
    column("from", Type::Date),
    column("until", Type::Date),
    column("qualifiers", Type::Texts),
    column("quotes", Type::Texts),
    column("places", Type::Texts),
    column("stances", Type::Texts),
    column("notes", Type::Texts),
];

/// What nodes carry before and behind what statements say of them in literals.
const NODE_FIRST: [Column; 3] =
    [column("iri", Type::Text), column("class", Type::Text), column("class_iri", Type::Text)];
const NODE_LAST: [Column; 4] = [
    column("claimed", Type::Texts),
    column("statements", Type::Texts),
    column("statement_kinds", Type::Texts),
    column("statement_quotes", Type::Texts),
];

/// A view as a graph with properties, as most tools for graphs know it.
///
/// What facts and inferences say of an entity in literals are properties of its node, one for each predicate, with a type
/// where all its values have one. What is only claimed stands apart, in `claimed`.
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
    pub(super) nodes: Vec<Column>,
    text: &'a StatementText<'a>,
    /// The predicates of literals, by IRI, with the places of their columns.
    literals: BTreeMap<&'a NamedNode, usize>,
}

impl<'a> PropertyGraph<'a> {
    /// The graph of a view of a store.
    pub fn new(title: &'a str, view: &'a View, text: &'a StatementText<'a>) -> Self {
        let mut found: BTreeMap<&NamedNode, (&Predicate, Vec<Type>)> = BTreeMap::new();
        for node in view.graph().node_weights() {
            let mut own = BTreeSet::new();
            for attribute in asserted(node) {
                let predicate = &*attribute.edge.predicate;
                let (_, kinds) = found.entry(&predicate.iri).or_insert((predicate, Type::OF_LITERALS.to_vec()));
                match own.insert(&predicate.iri) {
                    true => kinds.retain(|kind| *kind == Type::Texts || kind.holds(&attribute.value)),
                    false => *kinds = vec![Type::Texts],
                }
            }
        }
        let mut nodes = NODE_FIRST.to_vec();
        let mut literals = BTreeMap::new();
        for (iri, (predicate, kinds)) in found {
            let taken = |name: &str| nodes.iter().chain(&NODE_LAST).any(|column| column.name == name);
            // Tools know columns by name, and have names of their own for what a node is.
            let label = &predicate.label;
            let free = !taken(label) && !["id", "label", "name", "value"].contains(&label.to_lowercase().as_str());
            let name = if free { label.clone() } else { iri.as_str().to_owned() };
            let kind = kinds.first().copied().unwrap_or(Type::Text);
            literals.insert(iri, nodes.len());
            nodes.push(Column { name: name.into(), kind });
        }
        nodes.extend(NODE_LAST);
        Self { title, view, nodes, text, literals }
    }

    pub(super) fn names(&self) -> &'a Namespaces {
        self.text.labels().names()
    }

    /// Hands out nodes with what they carry.
    pub(super) fn each_node(
        &self,
        mut take: impl FnMut(&'a Node, Row<'_>) -> Result<(), ResultsError>,
    ) -> Result<(), ResultsError> {
        self.view.graph().node_weights().try_for_each(|node| take(node, self.node(node)?))
    }

    /// Hands out edges between nodes with what they carry. Another thread reads the statements, a little ahead.
    pub(super) fn each_edge(
        &self,
        mut take: impl FnMut([&'a Node; 2], &'a Edge, Row<'_>) -> Result<(), ResultsError>,
    ) -> Result<(), ResultsError> {
        let (graph, store) = (self.view.graph(), self.text.store());
        let chunks = || graph.raw_edges().chunks(CHUNK);
        thread::scope(|scope| {
            let (send, receive) = sync_channel(AHEAD);
            scope.spawn(move || {
                let read = |edges: &[petgraph::graph::Edge<Edge>]| {
                    edges
                        .iter()
                        .map(|edge| store.require_statement(&edge.weight.statement))
                        .collect::<Result<Vec<_>, _>>()
                };
                // Whoever needs no more has closed the channel.
                let _ = chunks().map(read).try_for_each(|statements| send.send(statements));
            });
            for (edges, statements) in chunks().zip(receive) {
                for (edge, statement) in edges.iter().zip(statements?) {
                    let ends = [&graph[edge.source()], &graph[edge.target()]];
                    take(ends, &edge.weight, self.edge(&edge.weight, statement)?)?;
                }
            }
            Ok(())
        })
    }

    fn node(&self, node: &'a Node) -> Result<Row<'a>, StoreError> {
        let mut row: Row<'_> = vec![None; self.nodes.len()];
        row[0] = Some(one(node.iri.as_str()));
        if let Some(class) = &node.class {
            row[1] = Some(one(self.text.labels().name(class)?.to_string()));
            row[2] = Some(one(class.as_str()));
        }
        for attribute in asserted(node) {
            let at = self.literals[&attribute.edge.predicate.iri];
            let text = lexical(attribute);
            match (&mut row[at], self.nodes[at].kind) {
                (Some(Value::Several(texts)), _) => texts.push(text),
                (cell, Type::Texts) => *cell = Some(Value::Several(vec![text])),
                (cell, _) => *cell = Some(Value::One(text)),
            }
        }
        let claimed = node.attributes.iter().filter_map(|Attribute { edge, text, .. }| {
            Some(format!("{}: {text} ({})", edge.predicate.label, edge.kind.status()?.as_str()))
        });
        let last = self.nodes.len() - NODE_LAST.len();
        row[last] = several(claimed);
        let edges = || node.attributes.iter().map(|attribute| &attribute.edge);
        row[last + 1] = several(edges().map(|edge| edge.statement.as_str()));
        row[last + 2] = several(edges().map(|edge| edge.kind.as_str()));
        row[last + 3] = several(self.quotes(edges().map(|edge| &edge.statement))?);
        Ok(row)
    }

    /// The quotes of statements, each behind its statement's id.
    fn quotes<'s>(&self, statements: impl Iterator<Item = &'s StatementId>) -> Result<Vec<String>, StoreError> {
        let mut quotes = Vec::new();
        for id in statements {
            let evidence = self.text.store().require_statement(id)?.evidence;
            quotes.extend(evidence.into_iter().filter_map(|evidence| Some(format!("{id}: {}", evidence.quote?))));
        }
        Ok(quotes)
    }

    fn edge(&self, edge: &'a Edge, statement: Statement) -> Result<Row<'a>, StoreError> {
        let day = |day: Option<crate::model::Day>| Some(one(day?.to_string()));
        let status = edge.kind.status().map(|status| one(status.as_str()));
        let Statement { kind, qualifiers, evidence, id: _, triple: _ } = statement;
        let (by, rule, premises) = match kind {
            Kind::Fact => (None, None, None),
            Kind::Claim(claim) => (claim.by.map(|by| one(self.id_of(&by))), None, None),
            Kind::Inference(derivation) => {
                let premise = |premise: &Premise| match premise {
                    Premise::Statement(id) => id.to_string(),
                    Premise::Declared(triple) => triple.to_string(),
                };
                let premises = several(derivation.premises.iter().map(premise));
                (None, Some(one(derivation.rule)), premises)
            }
        };
        let mut said = Vec::with_capacity(qualifiers.len());
        for qualifier in &qualifiers {
            let (name, value) = self.text.qualifier(qualifier)?;
            said.push(format!("{name}: {value}"));
        }
        let places = several(evidence.iter().map(evidence_location));
        let stances = evidence.iter().any(|evidence| evidence.stance == Stance::Disputes).then(|| {
            let stance = |evidence: &Evidence| match evidence.stance {
                Stance::Supports => "supports",
                Stance::Disputes => "disputes",
            };
            several(evidence.iter().map(stance))
        });
        let (mut quotes, mut notes) = (Vec::with_capacity(evidence.len()), Vec::new());
        for evidence in evidence {
            quotes.push(evidence.quote.unwrap_or_default());
            notes.push(evidence.note.unwrap_or_default());
        }
        let row: [_; EDGE_COLUMNS] = [
            Some(one(edge.predicate.iri.as_str())),
            Some(one(edge.kind.as_str())),
            status,
            by,
            rule,
            premises,
            Some(one(edge.source_count.to_string())),
            several(edge.cited.iter().map(crate::model::SourceId::as_str)),
            day(edge.period.and_then(|period| period.first)),
            day(edge.period.and_then(|period| period.last)),
            several(said),
            filled(quotes),
            places,
            stances.flatten(),
            filled(notes),
        ];
        Ok(row.into())
    }

    fn id_of(&self, iri: &NamedNode) -> String {
        self.names().entity_id(iri.as_ref()).map_or_else(|| iri.as_str().to_owned(), |id| id.to_string())
    }
}

fn one<'a>(text: impl Into<Cow<'a, str>>) -> Value<'a> {
    Value::One(text.into())
}

fn several<'a, T: Into<Cow<'a, str>>>(texts: impl IntoIterator<Item = T>) -> Option<Value<'a>> {
    let texts: Vec<Cow<'a, str>> = texts.into_iter().map(Into::into).collect();
    (!texts.is_empty()).then_some(Value::Several(texts))
}

/// The texts of all evidence, in its order, where any has one.
fn filled<'a>(texts: Vec<String>) -> Option<Value<'a>> {
    let any = texts.iter().any(|text| !text.is_empty());
    several(texts).filter(|_| any)
}

/// What is said of a node and is so.
fn asserted(node: &Node) -> impl Iterator<Item = &Attribute> {
    node.attributes.iter().filter(|attribute| attribute.edge.kind.status().is_none())
}

/// A value as a program reads it.
fn lexical(attribute: &Attribute) -> Cow<'_, str> {
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
    fn a_number_has_a_type_only_where_that_gives_it_back() {
        for (text, datatype, kind) in [
            ("12", xsd::INTEGER, Type::Integer),
            ("-9007199254740992", xsd::INTEGER, Type::Integer),
            ("9007199254740993", xsd::INTEGER, Type::Long),
            ("12345678901234567890", xsd::INTEGER, Type::Text),
            ("+007.50", xsd::DECIMAL, Type::Number),
            ("0.1", xsd::DECIMAL, Type::Number),
            ("12345678901234567890.5", xsd::DECIMAL, Type::Text),
            ("0.12345678901234567890", xsd::DECIMAL, Type::Text),
            ("1e-7", xsd::DOUBLE, Type::Number),
            ("INF", xsd::DOUBLE, Type::Text),
            ("true", xsd::BOOLEAN, Type::Boolean),
            ("1", xsd::BOOLEAN, Type::Text),
        ] {
            let value = Literal::new_typed_literal(text, datatype).into();
            let found = Type::OF_LITERALS.into_iter().find(|kind| kind.holds(&value)).unwrap_or(Type::Text);
            assert_eq!(found, kind, "{text}");
        }
    }
}
