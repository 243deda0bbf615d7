//! Parses rules: CONSTRUCT queries with a set of premises for each solution.

mod body;
mod expression;
mod normal;

pub(super) use body::{Atom, Body, Node, Table};
pub(super) use expression::{Slot, slots_of, variable};

use crate::dataset::{Dataset, QueryFile, Vocabulary, is_standard_rule};
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::model::{MAX_DEPTH, Namespaces, SparqlError, join_depth, on_stack_for, tokenize};
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
    /// The name of the file without its extension.
    pub name: String,
    /// The summary, in one line.
    pub summary: Option<String>,
    /// The alternatives of the pattern, each with the template triples that it derives.
    pub(super) bodies: Vec<(Body, Vec<Atom>)>,
    /// The names of the variables.
    pub(super) names: Vec<String>,
    /// Whether the rule may create terms that are not in the graph.
    pub(super) creates_terms: bool,
    /// Whether it is one of the standard entailment rules, which may derive classes.
    pub(super) is_entailment: bool,
}

/// Why a query is not a valid rule.
#[derive(Debug, thiserror::Error)]
pub enum UnsupportedRule {
    /// The query is not valid SPARQL.
    #[error(transparent)]
    Syntax(#[from] SparqlError),
    /// It is a SELECT, ASK or DESCRIBE query.
    #[error("the rule is not a CONSTRUCT query")]
    NotConstruct,
    /// It uses a feature whose solutions have no definite premises.
    #[error("rules do not support {name}")]
    Feature {
        /// The name of the feature.
        name: &'static str,
        /// Keywords of the feature. The query has at least one of them.
        keywords: &'static [&'static str],
        /// An alternative.
        help: &'static str,
    },
    /// It calls a function with a different result in each build.
    #[error("rules do not support the function {0}")]
    Volatile(&'static str),
    /// It constructs blank nodes.
    #[error("rules cannot construct blank nodes")]
    BlankNode,
    /// It uses triple terms.
    #[error("rules do not support triple terms")]
    TripleTerm,
    /// It derives a predicate that is not in the vocabulary.
    #[error("unknown predicate {0}")]
    Predicate(NamedNode),
}

impl UnsupportedRule {
    pub(super) fn feature(name: &'static str, keywords: &'static [&'static str], help: &'static str) -> Self {
        Self::Feature { name, keywords, help }
    }

    fn finding(&self, file: &QueryFile, namespaces: &Namespaces) -> Finding {
        let (label, help): (_, &str) = match self {
            Self::Syntax(_) | Self::NotConstruct => ("expected CONSTRUCT", "write CONSTRUCT { … } WHERE { … }"),
            Self::Feature { help, .. } => ("not supported in a rule", help),
            Self::Volatile(_) => ("differs between builds", "use a constant or a value from the graph"),
            Self::BlankNode => ("has no stable id", "use a variable or an IRI"),
            Self::TripleTerm => ("not supported in a rule", "match the triple itself"),
            Self::Predicate(_) => ("not a predicate of the vocabulary", "define the predicate in the vocabulary"),
        };
        let location = find_token(&file.text, |token| match self {
            Self::Feature { keywords, .. } => is_keyword(token, keywords),
            Self::Volatile(name) => is_keyword(token, &[name]),
            Self::BlankNode => token == "[" || token.starts_with("_:"),
            Self::TripleTerm => token.starts_with("<<"),
            Self::Predicate(iri) => matches_iri(token, iri, namespaces),
            Self::Syntax(_) | Self::NotConstruct => is_keyword(token, &["SELECT", "ASK", "DESCRIBE"]),
        });
        let (code, message) = match self {
            Self::Predicate(iri) => {
                (Code::UnknownPredicate, format!("unknown predicate `{}`", namespaces.display(iri)))
            }
            _ => (Code::UnsupportedRule, self.to_string()),
        };
        Finding::new(code, file.file, location, message).label(label).help(help)
    }
}

/// The location of the first matching token of a query, or of the keyword CONSTRUCT.
pub(super) fn find_token(text: &str, matches: impl Fn(&str) -> bool) -> Location {
    let tokens = tokenize(text);
    let find = |matches: &dyn Fn(&str) -> bool| tokens.iter().find(|token| matches(&text[token.span.clone()]));
    let token = find(&matches).or_else(|| find(&|token| is_keyword(token, &["CONSTRUCT"])));
    token.map_or(Location::File, |token| Location::Bytes(token.span.clone()))
}

/// Whether a token is one of some keywords, in any letter case.
pub(super) fn is_keyword(token: &str, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(token))
}

/// Whether a token is an IRI, in full or with its prefix.
pub(super) fn matches_iri(token: &str, iri: &NamedNode, namespaces: &Namespaces) -> bool {
    token.strip_prefix('<').and_then(|token| token.strip_suffix('>')) == Some(iri.as_str())
        || namespaces.compact(iri.as_ref()).is_some_and(|name| name == token)
}

impl Rule {
    /// Parses the rule in a file, or reports why it is invalid. [`check_queries`](crate::query::check_queries) reports syntax errors.
    pub fn new(file: &QueryFile, dataset: &Dataset, findings: &mut Findings) -> Option<Self> {
        match Self::parse(&file.name, &file.text, &dataset.vocabulary, &dataset.namespaces) {
            Ok(rule) => Some(rule),
            Err(UnsupportedRule::Syntax(_)) => None,
            Err(e) => {
                findings.push(e.finding(file, &dataset.namespaces));
                None
            }
        }
    }

    /// The rules of a graph, sorted by name. Rules that were invalid when the graph was built are omitted.
    pub(super) fn of_store(store: &Store, vocabulary: &Vocabulary) -> Vec<Self> {
        let rules = store.metadata().rules.iter();
        rules.filter_map(|rule| Self::parse(&rule.name, &rule.text, vocabulary, store.namespaces()).ok()).collect()
    }

    /// Parses a rule.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a valid rule.
    ///
    /// ```
    /// use factloom::{model::Namespaces, dataset::Vocabulary, rules::Rule};
    ///
    /// let names = Namespaces::new("https://example.org/", &[])?;
    /// let text = "CONSTRUCT { ?a v:near ?b } WHERE { ?b v:near ?a }";
    /// let error = Rule::parse("near", text, &Vocabulary::default(), &names).unwrap_err();
    /// assert!(error.to_string().starts_with("unknown predicate"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(
        name: &str,
        text: &str,
        vocabulary: &Vocabulary,
        namespaces: &Namespaces,
    ) -> Result<Self, UnsupportedRule> {
        let query = query::parse(text, namespaces)?;
        on_stack_for(&query, || Self::from_query(name, text, &query, vocabulary))
    }

    fn from_query(name: &str, text: &str, query: &Query, vocabulary: &Vocabulary) -> Result<Self, UnsupportedRule> {
        let Query::Construct { template, dataset, pattern, .. } = query else {
            return Err(UnsupportedRule::NotConstruct);
        };
        if join_depth(query) > MAX_DEPTH {
            let help = "split the rule into smaller ones";
            return Err(UnsupportedRule::feature("more than 500 patterns", &["WHERE"], help));
        }
        if dataset.is_some() {
            return Err(UnsupportedRule::feature("FROM", &["FROM"], "remove FROM: rules match the default graph"));
        }
        let is_entailment = is_standard_rule(name, text);
        for triple in template {
            let blank = |term: &TermPattern| matches!(term, TermPattern::BlankNode(_));
            if blank(&triple.subject) || blank(&triple.object) {
                return Err(UnsupportedRule::BlankNode);
            }
            if let NamedNodePattern::NamedNode(predicate) = &triple.predicate
                && !is_entailment
                && vocabulary.predicate_by_iri(predicate).is_none()
            {
                return Err(UnsupportedRule::Predicate(predicate.clone()));
            }
        }
        // The parser wraps the pattern of a CONSTRUCT query in a projection.
        let pattern = match pattern {
            GraphPattern::Project { inner, .. } => inner,
            other => other,
        };
        let Normal { bodies, names } = normalize(pattern, template)?;
        Ok(Self {
            name: name.to_owned(),
            summary: Decorators::parse(text).ok().and_then(|decorators| decorators.summary),
            creates_terms: bodies.iter().any(|(body, _)| !body.binds.is_empty()),
            bodies,
            names,
            is_entailment,
        })
    }
}
