//! From expanded JSON-LD to quads ([JSON-LD 1.1 API, section 8](https://www.w3.org/TR/json-ld11-api/#rdf-serialization-deserialization-algorithms)).

use super::Dropped;
use super::json::{Json, Object};
use crate::store::compiled::GraphError;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BaseDirection, BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};

/// Emits the quads of expanded objects.
pub(super) struct Emitter<'a, E> {
    pub emit: E,
    pub dropped: &'a mut Dropped,
}

impl<E: FnMut(Quad) -> Result<(), GraphError>> Emitter<'_, E> {
    /// Emits the quads of nodes.
    pub(super) fn nodes(&mut self, nodes: &[Json], graph: &GraphName) -> Result<(), GraphError> {
        for node in nodes {
            if let Json::Object(node) = node {
                self.node(node, graph)?;
            }
        }
        Ok(())
    }

    /// Emits the quads of a node. Returns the node; `None` if its id is not an IRI.
    fn node(&mut self, node: &Object, graph: &GraphName) -> Result<Option<NamedOrBlankNode>, GraphError> {
        let subject = match node.get("@id") {
            Some(id) => self.id(id.as_str()),
            None => Some(BlankNode::default().into()),
        };
        for (key, value) in node {
            match (&**key, value) {
                ("@type", types) => {
                    for class in types.items() {
                        let class = self.id(class.as_str());
                        self.triple(subject.as_ref(), Some(&rdf::TYPE.into_owned()), class.map(Term::from), graph)?;
                    }
                }
                ("@graph", nodes) => match &subject {
                    Some(name) => self.nodes(nodes.items(), &name.clone().into())?,
                    None => self.dropped.quads += 1,
                },
                ("@included", nodes) => self.nodes(nodes.items(), graph)?,
                ("@reverse", Json::Object(properties)) => {
                    for (property, nodes) in properties {
                        let property = self.predicate(property);
                        for node in nodes.items() {
                            let Json::Object(node) = node else { continue };
                            let node = self.node(node, graph)?;
                            let object = subject.clone().map(Term::from);
                            self.triple(node.as_ref(), property.as_ref(), object, graph)?;
                        }
                    }
                }
                (keyword, _) if keyword.starts_with('@') => {}
                (property, values) => {
                    let property = self.predicate(property);
                    for value in values.items() {
                        let object = self.object(value, graph)?;
                        self.triple(subject.as_ref(), property.as_ref(), object, graph)?;
                    }
                }
            }
        }
        Ok(subject)
    }

    fn triple(
        &mut self,
        subject: Option<&NamedOrBlankNode>,
        predicate: Option<&NamedNode>,
        object: Option<Term>,
        graph: &GraphName,
    ) -> Result<(), GraphError> {
        match (subject, predicate, object) {
            (Some(subject), Some(predicate), Some(object)) => {
                (self.emit)(Quad::new(subject.clone(), predicate.clone(), object, graph.clone()))
            }
            _ => {
                self.dropped.quads += 1;
                Ok(())
            }
        }
    }

    /// The node with an id; `None` if it is not an IRI.
    fn id(&mut self, id: Option<&str>) -> Option<NamedOrBlankNode> {
        let id = id?;
        let node = match id.strip_prefix("_:") {
            Some(label) => BlankNode::new(label).ok().map(NamedOrBlankNode::from),
            None => NamedNode::new(id).ok().map(NamedOrBlankNode::from),
        };
        if node.is_none() {
            self.dropped.note_iri(id);
        }
        node
    }

    /// The predicate with an IRI. RDF has no blank nodes as predicates.
    fn predicate(&mut self, iri: &str) -> Option<NamedNode> {
        let predicate = NamedNode::new(iri).ok();
        if predicate.is_none() {
            self.dropped.note_iri(iri);
        }
        predicate
    }

    /// The term of a value, and its quads; `None` if it has no term.
    fn object(&mut self, value: &Json, graph: &GraphName) -> Result<Option<Term>, GraphError> {
        let Json::Object(entries) = value else { return Ok(None) };
        if let Some(literal) = entries.get("@value") {
            return Ok(self.literal(literal, entries).map(Term::from));
        }
        match entries.get("@list") {
            Some(items) => Ok(Some(self.list(items.items(), graph)?)),
            None => Ok(self.node(entries, graph)?.map(Term::from)),
        }
    }

    fn list(&mut self, items: &[Json], graph: &GraphName) -> Result<Term, GraphError> {
        let nodes: Vec<BlankNode> = items.iter().map(|_| BlankNode::default()).collect();
        let node =
            |index: usize| nodes.get(index).map_or(Term::from(rdf::NIL.into_owned()), |node| node.clone().into());
        for (index, item) in items.iter().enumerate() {
            let object = self.object(item, graph)?;
            self.triple(Some(&nodes[index].clone().into()), Some(&rdf::FIRST.into_owned()), object, graph)?;
            (self.emit)(Quad::new(nodes[index].clone(), rdf::REST, node(index + 1), graph.clone()))?;
        }
        Ok(node(0))
    }

    /// The literal of a value object; `None` if its datatype is not an IRI, or its language not a tag.
    fn literal(&mut self, value: &Json, entries: &Object) -> Option<Literal> {
        let datatype = entries.get("@type").and_then(|datatype| datatype.items().first()).and_then(Json::as_str);
        if datatype == Some("@json") {
            let mut text = String::new();
            value.write_canonical(&mut text);
            return Some(Literal::new_typed_literal(text, rdf::JSON));
        }
        let datatype = match datatype {
            Some(iri) => Some(self.predicate(iri)?),
            None => None,
        };
        let typed =
            |text: String, default: NamedNode| Literal::new_typed_literal(text, datatype.clone().unwrap_or(default));
        match value {
            Json::Boolean(boolean) => Some(typed(boolean.to_string(), xsd::BOOLEAN.into_owned())),
            Json::Number(number) => {
                Some(match integer(number).filter(|_| datatype.as_ref() != Some(&xsd::DOUBLE.into_owned())) {
                    Some(integer) => typed(integer, xsd::INTEGER.into_owned()),
                    None => typed(double(number), xsd::DOUBLE.into_owned()),
                })
            }
            Json::String(string) => match (&datatype, entries.get("@language").and_then(Json::as_str)) {
                (None, Some(language)) => {
                    self.tagged(string, language, entries.get("@direction").and_then(Json::as_str))
                }
                (None, None) => Some(Literal::new_simple_literal(string)),
                (Some(datatype), _) => Some(Literal::new_typed_literal(string, datatype.clone())),
            },
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    fn tagged(&mut self, string: &str, language: &str, direction: Option<&str>) -> Option<Literal> {
        let direction = match direction {
            Some("ltr") => Some(BaseDirection::Ltr),
            Some("rtl") => Some(BaseDirection::Rtl),
            _ => None,
        };
        let literal = match direction {
            Some(direction) => Literal::new_directional_language_tagged_literal(string, language, direction),
            None => Literal::new_language_tagged_literal(string, language),
        };
        let literal = literal.ok();
        if literal.is_none() {
            self.dropped.note_iri(language);
        }
        literal
    }
}

/// A number as an integer; `None` if it has a fraction, or 22 digits.
fn integer(number: &str) -> Option<String> {
    let digits = number.strip_prefix('-').unwrap_or(number);
    if digits == "0" {
        return Some("0".to_owned());
    }
    if digits.len() <= 21 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(number.to_owned());
    }
    let value: f64 = number.parse().ok()?;
    (value.fract() == 0.0 && value.abs() < 1e21).then(|| format!("{}", value + 0.0))
}

/// A number as the canonical form of a double.
fn double(number: &str) -> String {
    let Ok(value) = number.parse::<f64>() else { return number.to_owned() };
    if value.is_infinite() {
        return if value > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    let written = format!("{value:E}");
    match written.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => written,
    }
}
