//! A rule: a CONSTRUCT query, made ready to tell what each of its solutions rests on.

mod body;
mod expression;
mod normal;

pub(super) use body::{Atom, Body, Node, Table};
pub(super) use expression::{Slot, slots_of, variable};

use crate::dataset::{Dataset, QueryFile, Vocabulary, is_standard_rule};
use crate::diagnostic::{Code, Finding, Location};
use crate::model::{Namespaces, SparqlError};
use crate::query::{self, Decorators};
use crate::store::Store;
use normal::{Normal, normalize};
use oxigraph::model::NamedNode;
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
    /// Makes a rule of a file; `None` where it is no SPARQL, and, with a finding, where it can be no rule.
    pub fn new(file: &QueryFile, dataset: &Dataset, findings: &mut Vec<Finding>) -> Option<Self> {
        match Self::of_text(&file.name, &file.text, &dataset.vocabulary, &dataset.names) {
            Ok(rule) => Some(rule),
            // All texts that are no SPARQL are reported together.
            Err(UnsupportedRule::Syntax(_)) => None,
            Err(e) => {
                let finding = Finding::new(Code::UnsupportedRule, file.file, Location::File, e.to_string());
                let help = "see docs/rules.md for what a rule may have";
                findings.push(finding.label("a CONSTRUCT query that can be a rule").help(help));
                None
            }
        }
    }

    /// The rules that a store carries, sorted by name. One that was none when the graph was built has derived nothing.
    pub(super) fn of_store(store: &Store, vocabulary: &Vocabulary) -> Vec<Self> {
        let rules = store.metadata().rules.iter();
        rules.filter_map(|rule| Self::of_text(&rule.name, &rule.text, vocabulary, store.names()).ok()).collect()
    }

    /// Makes a rule of a text.
    ///
    /// # Errors
    ///
    /// Why the text cannot be a rule.
    ///
    /// ```
    /// use factloom::{model::Namespaces, dataset::Vocabulary, rules::Rule};
    ///
    /// let names = Namespaces::new("https://example.org/", &[])?;
    /// let text = "CONSTRUCT { ?a v:near ?b } WHERE { ?b v:near ?a } LIMIT 1";
    /// let refused = Rule::of_text("near", text, &Vocabulary::default(), &names).unwrap_err();
    /// assert!(refused.to_string().contains("vocabulary"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_text(
        name: &str,
        text: &str,
        vocabulary: &Vocabulary,
        names: &Namespaces,
    ) -> Result<Self, UnsupportedRule> {
        let Query::Construct { template, dataset, pattern, .. } = query::parse(text, names)? else {
            return Err(UnsupportedRule::NotConstruct);
        };
        if dataset.is_some() {
            return Err(UnsupportedRule::Pattern("FROM: rules see the default graph"));
        }
        let entails = is_standard_rule(name, text);
        for triple in &template {
            let blank = |term: &TermPattern| matches!(term, TermPattern::BlankNode(_));
            if blank(&triple.subject) || blank(&triple.object) {
                return Err(UnsupportedRule::BlankNode);
            }
            if let NamedNodePattern::NamedNode(predicate) = &triple.predicate
                && !entails
                && vocabulary.predicate_by_iri(predicate).is_none()
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
            summary: Decorators::parse(text).ok().and_then(|decorators| decorators.summary),
            makes_terms: bodies.iter().any(|(body, _)| !body.binds.is_empty()),
            bodies,
            names,
            entails,
        })
    }
}
