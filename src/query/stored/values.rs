//! From values as they are written to the terms that they stand for.

use super::{Parameter, ParameterKind};
use crate::diagnostic::closest;
use crate::model::literal::{canonical, example};
use crate::model::vocab::xsd;
use crate::query::algebra::{ask, in_scope, select};
use crate::store::{FindError, Labels, Store, StoreError};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::collections::{BTreeMap, BTreeSet};

/// Why a query cannot be asked with some values.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    /// It has no such parameter: its name, and those that there are.
    #[error("the query has no parameter `{0}`")]
    Unknown(String, Vec<String>),
    /// A parameter has no value.
    #[error("the parameter `{0}` has no value")]
    Missing(String),
    /// A value is none of the parameter's.
    #[error("`{value}` is no value of the parameter `{name}`: {reason}")]
    Value {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// What was expected.
        reason: String,
        /// What can be done.
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
            Self::Unknown(name, known) if known.is_empty() => Some(format!("leave `{name}` out")),
            Self::Unknown(name, known) => Some(match closest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its parameters are {}", known.join(", ")),
            }),
            Self::Missing(name) => Some(format!("give one with --param {name}=VALUE")),
            Self::Value { help, .. } => Some(help.clone()),
            Self::Store(_) => None,
        }
    }
}

/// Which values a parameter may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// All of its kind.
    All,
    /// These alone.
    Listed(Vec<Term>),
    /// Those that this part of the query has for it.
    OfGraph(GraphPattern),
}

/// Reads the values of one parameter.
pub(super) struct Reader<'a> {
    pub(super) parameter: &'a Parameter,
    pub(super) query: &'a Query,
    pub(super) labels: &'a Labels<'a>,
}

impl Reader<'_> {
    /// The term that a value stands for, if it is one of those allowed.
    pub(super) fn read(&self, value: &str, allowed: &Allowed) -> Result<Term, ParameterError> {
        if *allowed == Allowed::All {
            return self.term(value);
        }
        let term = self.term(value);
        match &term {
            Ok(term) if self.allows(term, allowed)? => return Ok(term.clone()),
            Err(ParameterError::Store(_)) => return term,
            _ => {}
        }
        // What is no entity is called by its label, too, or by the last part of its name.
        let mut called: BTreeMap<String, BTreeSet<NamedNode>> = BTreeMap::new();
        let terms = self.listed(allowed)?;
        for term in &terms {
            for name in self.names(term)? {
                let things = called.entry(name.to_lowercase()).or_default();
                things.extend(match term {
                    Term::NamedNode(iri) => Some(iri.clone()),
                    _ => None,
                });
            }
        }
        match called.get(&value.to_lowercase()).map(|things| things.iter().collect::<Vec<_>>()).as_deref() {
            Some([only]) => return Ok(Term::from((*only).clone())),
            Some([]) | None => {}
            Some(several) => {
                let list = several.iter().map(|iri| self.shown(iri)).collect::<Vec<_>>().join(", ");
                return Err(self.wrong(
                    value,
                    "several of its values are called so".into(),
                    format!("name one: {list}"),
                ));
            }
        }
        let help = match closest(&value.to_lowercase(), called.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let mut shown = Vec::new();
                for term in terms.iter().take(20) {
                    shown.extend(self.names(term)?.into_iter().next());
                }
                let more = if terms.len() > shown.len() { ", …" } else { "" };
                format!("its values are {}{more}", shown.join(", "))
            }
        };
        Err(self.wrong(value, "it is not among those it may have".into(), help))
    }

    /// The values a parameter may have, sorted; of the graph's, those that are of its kind.
    pub(super) fn listed(&self, allowed: &Allowed) -> Result<Vec<Term>, StoreError> {
        let pattern = match allowed {
            Allowed::All => return Ok(Vec::new()),
            Allowed::Listed(terms) => return Ok(terms.clone()),
            Allowed::OfGraph(pattern) => pattern,
        };
        let query = select(pattern.clone(), vec![self.parameter.variable.clone()], self.query);
        let mut terms = BTreeMap::new();
        if let QueryResults::Solutions(solutions) = self.store().query(&distinct(query))? {
            for solution in solutions {
                let solution = solution.map_err(StoreError::Evaluation)?;
                let term = solution.get(&self.parameter.variable);
                terms.extend(term.filter(|term| self.fits(term)).map(|term| (term.to_string(), term.clone())));
            }
        }
        Ok(terms.into_values().collect())
    }

    /// What a value can be called by whoever asks: the shortest first.
    pub(super) fn names(&self, term: &Term) -> Result<Vec<String>, StoreError> {
        let iri = match term {
            Term::NamedNode(iri) => iri,
            Term::Literal(literal) => return Ok(vec![literal.value().to_owned()]),
            Term::BlankNode(_) | Term::Triple(_) => return Ok(Vec::new()),
        };
        let mut names = vec![self.shown(iri)];
        names.extend(self.labels.get(iri)?.map(|label| label.to_string()));
        let local = iri.as_str().rsplit(['/', '#']).next().unwrap_or_default();
        if !local.is_empty() {
            names.push(local.to_owned());
        }
        Ok(names)
    }

    fn shown(&self, iri: &NamedNode) -> String {
        let names = self.store().names();
        match names.entity_id(iri.as_ref()) {
            Some(id) => id.to_string(),
            None => names.compact(iri.as_ref()).unwrap_or_else(|| iri.as_str().to_owned()),
        }
    }

    fn store(&self) -> &Store {
        self.labels.store()
    }

    /// Whether a term can be a value at all.
    fn fits(&self, term: &Term) -> bool {
        match (&self.parameter.kind, term) {
            (ParameterKind::Iri, Term::NamedNode(_)) => true,
            (ParameterKind::Iri, _) | (_, Term::NamedNode(_) | Term::BlankNode(_) | Term::Triple(_)) => false,
            (ParameterKind::String, Term::Literal(literal)) => literal.datatype() == xsd::STRING,
            (ParameterKind::Language(tag), Term::Literal(literal)) => literal.language() == Some(tag),
            (ParameterKind::Datatype(datatype), Term::Literal(literal)) => {
                canonical(literal.value(), datatype.as_ref()).as_ref() == Some(literal)
            }
            (ParameterKind::Number, Term::Literal(literal)) => number(literal.value()).as_ref() == Some(literal),
        }
    }

    fn allows(&self, term: &Term, allowed: &Allowed) -> Result<bool, StoreError> {
        match allowed {
            Allowed::All => Ok(true),
            Allowed::Listed(terms) => Ok(terms.contains(term)),
            Allowed::OfGraph(pattern) => {
                let bound = super::bind::bind(
                    &ask(pattern.clone(), self.query),
                    &BTreeMap::from([(self.parameter.variable.clone(), term.clone())]),
                );
                Ok(matches!(self.store().query(&bound)?, QueryResults::Boolean(true)))
            }
        }
    }

    /// The term that a value stands for.
    fn term(&self, value: &str) -> Result<Term, ParameterError> {
        let kind = &self.parameter.kind;
        match kind {
            ParameterKind::String => Ok(Literal::new_simple_literal(value).into()),
            ParameterKind::Language(tag) => match Literal::new_language_tagged_literal(value, tag) {
                Ok(literal) => Ok(literal.into()),
                Err(e) => Err(self.wrong(value, format!("`{tag}` is no language: {e}"), "see BCP 47".to_owned())),
            },
            ParameterKind::Number => match number(value.trim()) {
                Some(literal) => Ok(literal.into()),
                None => {
                    Err(self.wrong(value, format!("{kind} was expected"), "write it as 42, 4.2 or 4.2e1".to_owned()))
                }
            },
            ParameterKind::Datatype(datatype) => self.typed(value, datatype.as_ref()),
            ParameterKind::Iri => self.iri(value).map(Term::from),
        }
    }

    fn typed(&self, value: &str, datatype: NamedNodeRef<'_>) -> Result<Term, ParameterError> {
        let text = if datatype == xsd::STRING { value } else { value.trim() };
        canonical(text, datatype).map(Term::from).ok_or_else(|| {
            let help = example(datatype).map_or_else(
                || "see XML Schema Part 2 for what the datatype takes".to_owned(),
                |example| format!("write it as {example}"),
            );
            self.wrong(value, format!("{} was expected", self.parameter.kind), help)
        })
    }

    /// The IRI of an entity by what it is called, a name with a prefix, or an IRI in full.
    fn iri(&self, value: &str) -> Result<NamedNode, ParameterError> {
        let written = value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).unwrap_or(value);
        let near = match self.labels.find(written) {
            Ok(iri) => return Ok(iri),
            Err(FindError::Store(e)) => return Err(e.into()),
            Err(FindError::Several(ids)) => {
                let help = format!("name one by its id: {}", ids.join(", "));
                return Err(self.wrong(value, "several entities are called so".into(), help));
            }
            Err(FindError::Unknown(near)) => near,
        };
        let names = self.store().names();
        let in_full = match written.split_once(':') {
            Some((prefix, local)) => match names.namespace(prefix) {
                Some(namespace) => NamedNode::new(format!("{namespace}{local}")).ok(),
                // Of what looks like a name with a prefix, none but an IRI in brackets is taken at its word.
                None if !local.starts_with("//") && prefix != "urn" && written == value => {
                    let reason = format!("`{prefix}:` is no prefix here");
                    let help = "give an IRI in full, in angle brackets".to_owned();
                    return Err(self.wrong(value, reason, help));
                }
                None => NamedNode::new(written).ok(),
            },
            None => None,
        };
        let unknown = |near: Option<String>| {
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name an entity by its id or a label, or give an IRI".to_owned(),
            };
            self.wrong(value, "no entity is called so, and it is no IRI".into(), help)
        };
        let iri = in_full.ok_or_else(|| unknown(near))?;
        // An IRI in the dataset's own namespace must be that of an entity.
        match names.entity_id(iri.as_ref()) {
            None => Ok(iri),
            Some(id) => self.labels.find(id.as_str()).map_err(|e| match e {
                FindError::Store(e) => e.into(),
                FindError::Unknown(near) => unknown(near),
                FindError::Several(_) => unknown(None),
            }),
        }
    }

    fn wrong(&self, value: &str, reason: String, help: String) -> ParameterError {
        ParameterError::Value { name: self.parameter.name.clone(), value: value.to_owned(), reason, help }
    }
}

/// The literal that SPARQL reads a number as.
fn number(text: &str) -> Option<Literal> {
    let digits = text.trim_start_matches(['+', '-']);
    let datatype = match (digits.contains(['e', 'E']), digits.contains('.')) {
        (true, _) => xsd::DOUBLE,
        (false, true) => xsd::DECIMAL,
        (false, false) => xsd::INTEGER,
    };
    // INF and NaN are values of doubles, and no numbers in SPARQL.
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.').then(|| canonical(text, datatype)).flatten()
}

fn distinct(query: Query) -> Query {
    match query {
        Query::Select { dataset, pattern, base_iri } => {
            Query::Select { dataset, pattern: GraphPattern::Distinct { inner: Box::new(pattern) }, base_iri }
        }
        other => other,
    }
}

/// The first part of a pattern that has values for a variable and asks the graph only: triple patterns and paths, joined.
pub(super) fn giving<'a>(pattern: &'a GraphPattern, parameter: &Parameter) -> Option<&'a GraphPattern> {
    use GraphPattern as P;
    let mut known = BTreeSet::new();
    in_scope(pattern, &mut known);
    if asks_graph(pattern) {
        return known.contains(&parameter.variable).then_some(pattern);
    }
    match pattern {
        P::Join { left, right }
        | P::Lateral { left, right }
        | P::Union { left, right }
        | P::Minus { left, right }
        | P::LeftJoin { left, right, .. } => giving(left, parameter).or_else(|| giving(right, parameter)),
        P::Filter { inner, .. }
        | P::Graph { inner, .. }
        | P::Service { inner, .. }
        | P::Extend { inner, .. }
        | P::OrderBy { inner, .. }
        | P::Project { inner, .. }
        | P::Distinct { inner }
        | P::Reduced { inner }
        | P::Slice { inner, .. }
        | P::Group { inner, .. } => giving(inner, parameter),
        P::Bgp { .. } | P::Path { .. } | P::Values { .. } => None,
    }
}

fn asks_graph(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => true,
        GraphPattern::Join { left, right } => asks_graph(left) && asks_graph(right),
        GraphPattern::Graph { inner, .. } => asks_graph(inner),
        _ => false,
    }
}
