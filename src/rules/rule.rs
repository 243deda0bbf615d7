//! A rule: a CONSTRUCT query, made ready to tell what each of its solutions rests on.

use super::normal::{Atom, Body, Normal, normalize};
use super::terms::Terms;
use crate::dataset::{Dataset, Leads, QueryFile, Vocabulary, is_standard};
use crate::diagnostic::{At, Code, Finding};
use crate::model::{Names, SparqlError, vocab};
use crate::query::{self, Decorators};
use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::{NamedNode, NamedNodeRef, Term};
use rustc_hash::FxHashMap;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern};

/// A rule that can be run.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The name of its file, without the ending.
    pub name: String,
    /// What it derives, in one line.
    pub summary: Option<String>,
    /// The alternatives of its pattern, each with the triples that it gives.
    pub(super) bodies: Vec<(Body, Vec<Atom>)>,
    /// What its variables are called.
    pub(super) names: Vec<String>,
    /// Whether it may make terms that are not in the graph.
    pub(super) makes_terms: bool,
    /// Whether it is one of the standard entailment rules, which may derive classes.
    pub(super) entails: bool,
}

/// Why a query cannot be a rule.
#[derive(Debug, thiserror::Error)]
pub enum UnsupportedRule {
    /// It is no SPARQL.
    #[error("this is no SPARQL: {0}")]
    Syntax(#[from] SparqlError),
    /// It is a SELECT, ASK or DESCRIBE query.
    #[error("a rule is a CONSTRUCT query")]
    NotConstruct,
    /// It has a part whose solutions cannot say what they rest on.
    #[error("a rule cannot have {0}")]
    Pattern(&'static str),
    /// It calls a function whose value is another at each run.
    #[error("a rule cannot call {0}, since its inferences would differ from build to build")]
    Volatile(&'static str),
    /// It makes nodes without a name.
    #[error("a rule cannot construct blank nodes, since they have no name that depends on content alone")]
    BlankNode,
    /// It constructs triple terms.
    #[error("a rule cannot construct or match triple terms; it sees triples, and not the statements behind them")]
    TripleTerm,
    /// It derives with a predicate that is not in the vocabulary.
    #[error("a rule derives predicates of the vocabulary only, and {0} is none")]
    Predicate(NamedNode),
}

impl Rule {
    /// Makes a rule of a file that has been found to be SPARQL; `None`, and a finding, where it cannot be one.
    pub fn new(file: &QueryFile, dataset: &Dataset, findings: &mut Vec<Finding>) -> Option<Self> {
        if let Err(e) = Decorators::of(&file.text) {
            let message = format!("the decorators are no YAML: {e}");
            findings.push(Finding::new(Code::Syntax, file.file, At::File, message).help("see https://grlc.io"));
        }
        match Self::of_text(&file.name, &file.text, &dataset.vocabulary, &dataset.names) {
            Ok(rule) => Some(rule),
            // It has been reported by the check.
            Err(UnsupportedRule::Syntax(_)) => None,
            Err(e) => {
                let finding = Finding::new(Code::Syntax, file.file, At::File, e.to_string());
                let help = "see docs/rules.md for what a rule may have";
                findings.push(finding.expected("a CONSTRUCT query that can be a rule").help(help));
                None
            }
        }
    }

    /// Makes a rule of a text.
    ///
    /// # Errors
    ///
    /// Why the text cannot be a rule.
    ///
    /// ```
    /// use factloom::{model::Names, dataset::Vocabulary, rules::Rule};
    ///
    /// let names = Names::new("https://example.org/", &[])?;
    /// let text = "CONSTRUCT { ?a v:near ?b } WHERE { ?b v:near ?a } LIMIT 1";
    /// let refused = Rule::of_text("near", text, &Vocabulary::default(), &names).unwrap_err();
    /// assert!(refused.to_string().contains("vocabulary"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_text(name: &str, text: &str, vocabulary: &Vocabulary, names: &Names) -> Result<Self, UnsupportedRule> {
        let Query::Construct { template, dataset, pattern, .. } = query::parse(text, names)? else {
            return Err(UnsupportedRule::NotConstruct);
        };
        if dataset.is_some() {
            return Err(UnsupportedRule::Pattern("FROM: rules see the default graph"));
        }
        let entails = is_standard(name, text);
        for triple in &template {
            let blank = |term: &TermPattern| matches!(term, TermPattern::BlankNode(_));
            if blank(&triple.subject) || blank(&triple.object) {
                return Err(UnsupportedRule::BlankNode);
            }
            if let NamedNodePattern::NamedNode(predicate) = &triple.predicate
                && !entails
                && vocabulary.predicate_of(predicate).is_none()
            {
                return Err(UnsupportedRule::Predicate(predicate.clone()));
            }
        }
        // The parser puts a projection around the whole of a CONSTRUCT query's pattern.
        let pattern = match pattern {
            GraphPattern::Project { inner, .. } => *inner,
            other => other,
        };
        let Normal { bodies, names } = normalize(&pattern, &template)?;
        Ok(Self {
            name: name.to_owned(),
            summary: Decorators::of(text).ok().and_then(|decorators| decorators.summary),
            makes_terms: bodies.iter().any(|(body, _)| !body.binds.is_empty()),
            bodies,
            names,
            entails,
        })
    }
}

/// Which triples rules may derive: about anything but the vocabulary itself, with a predicate of the vocabulary that leads
/// to what the object is. Standard entailment may derive classes and predicates of other vocabularies, too.
pub(super) struct Derives<'a> {
    vocabulary: &'a Vocabulary,
    names: &'a Names,
    graph: &'a CompiledGraph,
    a: Option<Id>,
    /// What each predicate leads to; `None` for those that the vocabulary does not define.
    predicates: FxHashMap<Id, Option<Leads>>,
    /// Whether each object is an entity.
    entities: FxHashMap<Id, bool>,
    /// Whether each subject is a class, or a predicate of the vocabulary or of a triple.
    defined: FxHashMap<Id, bool>,
}

impl<'a> Derives<'a> {
    pub(super) fn new(
        vocabulary: &'a Vocabulary,
        names: &'a Names,
        graph: &'a CompiledGraph,
    ) -> Result<Self, GraphError> {
        let a = graph.id_of(vocab::rdf::TYPE.into())?;
        let empty = FxHashMap::default();
        Ok(Self {
            vocabulary,
            names,
            graph,
            a,
            predicates: empty,
            entities: FxHashMap::default(),
            defined: FxHashMap::default(),
        })
    }

    /// Whether a rule may derive a triple.
    pub(super) fn allow(&mut self, [s, p, o]: [Id; 3], entails: bool, terms: &Terms<'_>) -> Result<bool, GraphError> {
        if self.is_defined(s, terms)? {
            return Ok(false);
        }
        if entails {
            return Ok(true);
        }
        let leads = match self.predicates.get(&p) {
            Some(leads) => *leads,
            None => {
                let leads = match terms.term(p)? {
                    Term::NamedNode(iri) => self.vocabulary.predicate_of(&iri).map(|predicate| predicate.leads),
                    _ => None,
                };
                *self.predicates.entry(p).or_insert(leads)
            }
        };
        match leads {
            Some(Leads::ToEntity) => self.is_entity(o, terms),
            Some(Leads::ToLiteral) => Ok(matches!(terms.term(o)?, Term::Literal(_))),
            None => Ok(false),
        }
    }

    fn is_entity(&mut self, id: Id, terms: &Terms<'_>) -> Result<bool, GraphError> {
        if let Some(known) = self.entities.get(&id) {
            return Ok(*known);
        }
        let has_class = match self.a {
            Some(a) => !self.graph.objects_between(id, a)?.is_empty(),
            None => false,
        };
        let named = |iri: NamedNodeRef<'_>| self.names.entity_id(iri).is_some();
        let is = has_class && matches!(terms.term(id)?, Term::NamedNode(iri) if named(iri.as_ref()));
        self.entities.insert(id, is);
        Ok(is)
    }

    fn is_defined(&mut self, id: Id, terms: &Terms<'_>) -> Result<bool, GraphError> {
        if let Some(known) = self.defined.get(&id) {
            return Ok(*known);
        }
        let is = self.graph.count_of(id)? > 0
            || matches!(terms.term(id)?, Term::NamedNode(iri) if self.vocabulary.defines(&iri));
        self.defined.insert(id, is);
        Ok(is)
    }
}
