//! Parsing the values of parameters into terms.

use super::{Parameter, ParameterKind};
use crate::diagnostic::{closest, did_you_mean};
use crate::model::literal::{canonical, is_valid, literal_help};
use crate::model::vocab::xsd;
use crate::model::{InvalidIri, local_name, subpatterns};
use crate::query::algebra::{ask, in_scope, select};
use crate::store::{FindError, Labels, Store, StoreError, fold_name};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::collections::{BTreeMap, BTreeSet};

/// Why values cannot be bound to the parameters of a query.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    /// The query has no such parameter: its name, and the known ones.
    #[error("unknown parameter `{0}`")]
    Unknown(String, Vec<String>),
    /// A required parameter has no value.
    #[error("missing value for the parameter `{0}`")]
    Missing(String),
    /// A value is not one of the parameter's values.
    #[error("invalid value `{value}` for the parameter `{name}`: {reason}")]
    Value {
        /// The parameter.
        name: String,
        /// The value as written.
        value: String,
        /// The reason why it is invalid.
        reason: String,
        /// The next step.
        help: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ParameterError {
    /// The next step.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unknown(name, known) if known.is_empty() => {
                Some(format!("remove `{name}`: the query has no parameters"))
            }
            Self::Unknown(name, known) => {
                let fallback = format!("use one of {}", known.join(", "));
                Some(did_you_mean(name, known.iter().map(String::as_str), fallback))
            }
            Self::Missing(name) => Some(format!("set it with --param {name}=VALUE")),
            Self::Value { help, .. } => Some(help.clone()),
            Self::Store(_) => None,
        }
    }
}

/// The values that a parameter can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AllowedValues {
    /// All of its kind.
    Any,
    /// A list.
    Listed(Vec<Term>),
    /// The values of its variable in the solutions of this pattern.
    FromGraph(GraphPattern),
}

/// Parses the values of one parameter.
pub(super) struct ValueParser<'a> {
    pub(super) parameter: &'a Parameter,
    pub(super) query: &'a Query,
    pub(super) labels: &'a Labels<'a>,
}

impl ValueParser<'_> {
    /// The term of a value, if it is allowed.
    pub(super) fn parse(&self, value: &str, allowed: &AllowedValues) -> Result<Term, ParameterError> {
        let term = self.parse_term(value);
        match &term {
            Ok(term) if !self.allows(term, allowed)? => {}
            Err(ParameterError::Value { .. }) if *allowed != AllowedValues::Any => {}
            _ => return term,
        }
        // An allowed IRI can also be named by its label or local name, even if it is not an entity.
        let mut named: BTreeMap<String, BTreeSet<NamedNode>> = BTreeMap::new();
        let terms = self.allowed_terms(allowed)?;
        for term in &terms {
            for name in self.names(term)? {
                let iris = named.entry(fold_name(&name)).or_default();
                iris.extend(if let Term::NamedNode(iri) = term { Some(iri.clone()) } else { None });
            }
        }
        let folded = fold_name(value);
        let iris: Vec<&NamedNode> = named.get(&folded).into_iter().flatten().collect();
        match iris.as_slice() {
            [] => {}
            [only] => return Ok((*only).clone().into()),
            several => {
                let list = several.iter().map(|iri| self.shown(iri)).collect::<Vec<_>>().join(", ");
                return Err(self.invalid(value, "ambiguous name", format!("use one of {list}")));
            }
        }
        let help = match closest(&folded, named.keys().map(String::as_str)) {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => {
                let mut shown = Vec::new();
                for term in terms.iter().take(20) {
                    shown.extend(self.names(term)?.into_iter().next());
                }
                let more = if terms.len() > shown.len() { ", …" } else { "" };
                format!("use one of {}{more}", shown.join(", "))
            }
        };
        Err(self.invalid(value, "not one of the allowed values", help))
    }

    /// The allowed terms, sorted if they are taken from the graph; empty if all are allowed.
    pub(super) fn allowed_terms(&self, allowed: &AllowedValues) -> Result<Vec<Term>, StoreError> {
        let pattern = match allowed {
            AllowedValues::Any => return Ok(Vec::new()),
            AllowedValues::Listed(terms) => return Ok(terms.clone()),
            AllowedValues::FromGraph(pattern) => pattern,
        };
        let variable = &self.parameter.variable;
        let mut query = select(pattern.clone(), vec![variable.clone()], self.query);
        if let Query::Select { pattern, .. } = &mut query {
            *pattern = GraphPattern::Distinct { inner: Box::new(std::mem::take(pattern)) };
        }
        let mut terms = BTreeMap::new();
        if let QueryResults::Solutions(solutions) = self.store().query(&query)? {
            for solution in solutions {
                let solution = solution.map_err(StoreError::Evaluation)?;
                let term = solution.get(variable).filter(|term| self.is_of_kind(term));
                terms.extend(term.map(|term| (term.to_string(), term.clone())));
            }
        }
        Ok(terms.into_values().collect())
    }

    /// The names of a value, the shortest first.
    pub(super) fn names(&self, term: &Term) -> Result<Vec<String>, StoreError> {
        let iri = match term {
            Term::NamedNode(iri) => iri,
            Term::Literal(literal) => return Ok(vec![literal.value().to_owned()]),
            Term::BlankNode(_) | Term::Triple(_) => return Ok(Vec::new()),
        };
        let mut names = vec![self.shown(iri)];
        names.extend(self.labels.get(iri)?.map(|label| label.to_string()));
        names.push(local_name(iri.as_str()).to_owned());
        Ok(names)
    }

    fn shown(&self, iri: &NamedNode) -> String {
        let namespaces = self.store().namespaces();
        match namespaces.entity_id(iri.as_ref()) {
            Some(id) => id.to_string(),
            None => namespaces.compact(iri.as_ref()).unwrap_or_else(|| iri.as_str().to_owned()),
        }
    }

    fn store(&self) -> &Store {
        self.labels.store()
    }

    fn is_of_kind(&self, term: &Term) -> bool {
        match (&self.parameter.kind, term) {
            (ParameterKind::Iri, Term::NamedNode(_)) => true,
            (ParameterKind::Iri, _) | (_, Term::NamedNode(_) | Term::BlankNode(_) | Term::Triple(_)) => false,
            (ParameterKind::String, Term::Literal(literal)) => literal.datatype() == xsd::STRING,
            (ParameterKind::Language(tag), Term::Literal(literal)) => literal.language() == Some(tag),
            (ParameterKind::Datatype(datatype), Term::Literal(literal)) => {
                literal.datatype() == datatype.as_ref() && is_valid(literal.value(), literal.datatype())
            }
            (ParameterKind::Number, Term::Literal(literal)) => number(literal.value()).as_ref() == Some(literal),
        }
    }

    fn allows(&self, term: &Term, allowed: &AllowedValues) -> Result<bool, StoreError> {
        match allowed {
            AllowedValues::Any => Ok(true),
            AllowedValues::Listed(terms) => Ok(terms.contains(term)),
            AllowedValues::FromGraph(pattern) => {
                let terms = BTreeMap::from([(self.parameter.variable.clone(), term.clone())]);
                let query = super::binding::bind(&ask(pattern.clone(), self.query), &terms);
                Ok(matches!(self.store().query(&query)?, QueryResults::Boolean(true)))
            }
        }
    }

    /// The term of a value, by the kind of the parameter.
    fn parse_term(&self, value: &str) -> Result<Term, ParameterError> {
        let kind = &self.parameter.kind;
        match kind {
            ParameterKind::String => Ok(Literal::new_simple_literal(value).into()),
            ParameterKind::Language(tag) => match Literal::new_language_tagged_literal(value, tag) {
                Ok(literal) => Ok(literal.into()),
                Err(_) => {
                    let help = "rename the parameter with a language tag of BCP 47".to_owned();
                    Err(self.invalid(value, &format!("`{tag}` is not a valid language tag"), help))
                }
            },
            ParameterKind::Number => number(value.trim()).map(Term::from).ok_or_else(|| {
                self.invalid(value, &format!("expected {kind}"), "write it as 42, 4.2 or 4.2e1".to_owned())
            }),
            ParameterKind::Datatype(datatype) => self.parse_typed(value, datatype.as_ref()),
            ParameterKind::Iri => self.parse_iri(value).map(Term::from),
        }
    }

    fn parse_typed(&self, value: &str, datatype: NamedNodeRef<'_>) -> Result<Term, ParameterError> {
        let text = if datatype == xsd::STRING { value } else { value.trim() };
        canonical(text, datatype).map(Term::from).ok_or_else(|| {
            self.invalid(value, &format!("expected {}", self.parameter.kind), literal_help(text, datatype))
        })
    }

    /// The IRI of an entity by its id, label or alias, of a prefixed name, or of an IRI as written.
    fn parse_iri(&self, value: &str) -> Result<NamedNode, ParameterError> {
        let written = value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).unwrap_or(value);
        let similar = match self.labels.find(written) {
            Ok(iri) => return Ok(iri),
            Err(FindError::Store(e)) => return Err(e.into()),
            Err(FindError::Several(ids)) => {
                let help = format!("use an id: {}", ids.join(", "));
                return Err(self.invalid(value, "several entities have this name", help));
            }
            Err(FindError::Unknown(similar)) => similar,
        };
        let namespaces = self.store().namespaces();
        let iri = match namespaces.resolve(written) {
            // An IRI in angle brackets may have any scheme.
            Err(InvalidIri::UnknownPrefix { .. }) if written != value => NamedNode::new(written).ok(),
            Err(error @ InvalidIri::UnknownPrefix { .. }) => {
                let help = "write a full IRI in angle brackets".to_owned();
                return Err(self.invalid(value, &error.to_string(), help));
            }
            resolved => resolved.ok(),
        };
        let unknown = |similar: Option<String>| {
            let help = match similar {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => "use the id or a label of an entity, or an IRI".to_owned(),
            };
            self.invalid(value, "unknown entity", help)
        };
        let iri = iri.ok_or_else(|| unknown(similar))?;
        // An IRI in the entity namespace must be that of an entity.
        match namespaces.entity_id(iri.as_ref()) {
            None => Ok(iri),
            Some(id) => self.labels.find(id.as_str()).map_err(|e| match e {
                FindError::Store(e) => e.into(),
                FindError::Unknown(similar) => unknown(similar),
                FindError::Several(_) => unknown(None),
            }),
        }
    }

    fn invalid(&self, value: &str, reason: &str, help: String) -> ParameterError {
        let name = self.parameter.name.clone();
        ParameterError::Value { name, value: value.to_owned(), reason: reason.to_owned(), help }
    }
}

/// A number as a literal of SPARQL.
fn number(text: &str) -> Option<Literal> {
    let digits = text.trim_start_matches(['+', '-']);
    let datatype = match (digits.contains(['e', 'E']), digits.contains('.')) {
        (true, _) => xsd::DOUBLE,
        (false, true) => xsd::DECIMAL,
        (false, false) => xsd::INTEGER,
    };
    // INF and NaN are values of xsd:double that SPARQL does not accept as numbers.
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.').then(|| canonical(text, datatype)).flatten()
}

/// The first part of a pattern that binds a parameter and consists of triple patterns and paths only.
pub(super) fn pattern_binding<'a>(pattern: &'a GraphPattern, parameter: &Parameter) -> Option<&'a GraphPattern> {
    if matches_graph(pattern) {
        let mut bound = BTreeSet::new();
        in_scope(pattern, &mut bound);
        return bound.contains(&parameter.variable).then_some(pattern);
    }
    subpatterns(pattern).into_iter().find_map(|child| pattern_binding(child, parameter))
}

fn matches_graph(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => true,
        GraphPattern::Join { .. } | GraphPattern::Graph { .. } => subpatterns(pattern).into_iter().all(matches_graph),
        _ => false,
    }
}
