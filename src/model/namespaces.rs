//! The IRIs of a dataset, derived from its base, and their prefixes.

use super::iri::is_iri;
use super::{EntityId, EvidenceId, SourceId, StatementId, StatusId, vocab};
use oxigraph::model::{NamedNode, NamedNodeRef};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use spargebra::SparqlParser;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The maximum length of a base, and of the IRI of a prefix, in bytes: each name in a query is as long as its namespace.
pub const MAX_NAMESPACE_BYTES: usize = 1000;

/// Why a base or a prefix is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamespaceError {
    /// The base, or the IRI of a prefix, is not an absolute IRI. That of a prefix needs a known scheme: it cannot be a prefixed name.
    #[error("invalid IRI `{iri}`")]
    InvalidIri {
        /// The invalid IRI.
        iri: String,
        /// Its prefix; `None` if it is the base.
        prefix: Option<String>,
    },
    /// A prefix is not valid in Turtle, SPARQL or XML.
    #[error("invalid prefix `{0}`")]
    InvalidPrefix(String),
    /// The base does not end with `/` or `#`, so that nothing can be appended to it.
    #[error("base `{0}` does not end with `/` or `#`")]
    UnterminatedBase(String),
    /// The base, or the IRI of a prefix, is too long.
    #[error("the IRI has more than {MAX_NAMESPACE_BYTES} bytes")]
    TooLong {
        /// Its prefix; `None` if it is the base.
        prefix: Option<String>,
    },
}

/// The namespaces of a dataset: builds and parses the IRIs below its base, and abbreviates IRIs with prefixes.
///
/// ```
/// use factloom::model::{EntityId, Namespaces};
///
/// let namespaces = Namespaces::new("https://example.org/mill/", &[])?;
/// let mill = namespaces.entity(&EntityId::new("mill")?);
/// assert_eq!(mill.as_str(), "https://example.org/mill/entity/mill");
/// assert_eq!(namespaces.compact(mill.as_ref()).as_deref(), Some("e:mill"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UnvalidatedNamespaces")]
pub struct Namespaces {
    base: String,
    prefixes: Vec<(String, String)>,
}

/// Deserialised namespaces, not yet validated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnvalidatedNamespaces {
    base: String,
    prefixes: Vec<(String, String)>,
}

impl TryFrom<UnvalidatedNamespaces> for Namespaces {
    type Error = NamespaceError;

    fn try_from(unvalidated: UnvalidatedNamespaces) -> Result<Self, NamespaceError> {
        Self::new(&unvalidated.base, &unvalidated.prefixes)
    }
}

/// The prefixes of the namespaces below the base.
const BELOW_BASE: [(&str, &str); 7] = [
    ("e", "entity/"),
    ("v", "vocabulary/"),
    ("st", "statement/"),
    ("ev", "evidence/"),
    ("src", "source/"),
    ("status", "status/"),
    ("rule", "rule/"),
];

/// The base without a dataset. No IRI starts with a space, so none is below it.
const NO_BASE: &str = " ";

impl Namespaces {
    /// The namespaces below `base`, with the standard prefixes. `prefixes` adds to these or overrides them.
    ///
    /// # Errors
    ///
    /// Returns an error if the base is not an absolute IRI that ends with `/` or `#`, if a prefix or its IRI is invalid, or if an IRI has
    /// more than 1,000 bytes.
    pub fn new(base: &str, prefixes: &[(String, String)]) -> Result<Self, NamespaceError> {
        let validate = |iri: &str, prefix: Option<&String>| match NamedNode::new(iri) {
            _ if iri.len() > MAX_NAMESPACE_BYTES => Err(NamespaceError::TooLong { prefix: prefix.cloned() }),
            Ok(_) => Ok(()),
            Err(_) => Err(NamespaceError::InvalidIri { iri: iri.to_owned(), prefix: prefix.cloned() }),
        };
        validate(base, None)?;
        if !base.ends_with(['/', '#']) {
            return Err(NamespaceError::UnterminatedBase(base.to_owned()));
        }
        let mut all: Vec<(String, String)> = Vec::new();
        for (prefix, iri) in prefixes {
            let is_name = EntityId::new(prefix).is_ok() && prefix.starts_with(char::is_alphabetic);
            if !is_name || prefix.to_ascii_lowercase().starts_with("xml") {
                return Err(NamespaceError::InvalidPrefix(prefix.clone()));
            }
            validate(iri, Some(prefix))?;
            if !iri.starts_with(base) && !iri.split_once(':').is_some_and(|(scheme, rest)| is_iri(scheme, rest)) {
                return Err(NamespaceError::InvalidIri { iri: iri.clone(), prefix: Some(prefix.clone()) });
            }
            all.push((prefix.clone(), iri.clone()));
        }
        let below = BELOW_BASE.iter().map(|(p, path)| (*p, format!("{base}{path}")));
        let standard = vocab::PREFIXES.iter().map(|(p, iri)| (*p, (*iri).to_owned()));
        for (prefix, iri) in below.chain(standard) {
            if !all.iter().any(|(p, _)| p == prefix) {
                all.push((prefix.to_owned(), iri));
            }
        }
        all.sort();
        Ok(Self { base: base.to_owned(), prefixes: all })
    }

    /// The namespaces with another prefix, which a query has declared. It may be empty, as in `PREFIX : <…>`.
    ///
    /// # Errors
    ///
    /// Returns an error if the IRI is invalid or too long.
    pub fn with_prefix(mut self, prefix: &str, iri: &str) -> Result<Self, NamespaceError> {
        if iri.len() > MAX_NAMESPACE_BYTES {
            return Err(NamespaceError::TooLong { prefix: Some(prefix.to_owned()) });
        }
        if NamedNode::new(iri).is_err() {
            return Err(NamespaceError::InvalidIri { iri: iri.to_owned(), prefix: Some(prefix.to_owned()) });
        }
        self.prefixes.retain(|(known, _)| known != prefix);
        self.prefixes.push((prefix.to_owned(), iri.to_owned()));
        self.prefixes.sort();
        Ok(self)
    }

    /// The namespaces without some prefixes.
    #[must_use]
    pub(crate) fn without_prefixes(&self, names: &BTreeSet<&str>) -> Self {
        let kept = self.prefixes.iter().filter(|(prefix, _)| !names.contains(prefix.as_str()));
        Self { base: self.base.clone(), prefixes: kept.cloned().collect() }
    }

    /// The standard prefixes alone, for graphs that do not come from a dataset and have no base.
    pub fn standard() -> Self {
        let mut prefixes: Vec<_> =
            vocab::PREFIXES.iter().map(|(p, iri)| ((*p).to_owned(), (*iri).to_owned())).collect();
        prefixes.sort();
        Self { base: NO_BASE.to_owned(), prefixes }
    }

    /// The IRI that all IRIs of the dataset start with.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The prefixes and their namespaces, sorted by prefix.
    pub fn prefixes(&self) -> &[(String, String)] {
        &self.prefixes
    }

    /// A SPARQL parser with the prefixes declared.
    pub(super) fn sparql_parser(&self) -> SparqlParser {
        self.prefixes.iter().fold(SparqlParser::new(), |parser, (prefix, iri)| {
            parser.with_prefix(prefix, iri).expect("the constructor validates IRIs")
        })
    }

    /// The namespace of a prefix.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        let index = self.prefixes.binary_search_by(|(p, _)| p.as_str().cmp(prefix)).ok()?;
        Some(&self.prefixes[index].1)
    }

    /// The IRI of an entity.
    pub fn entity(&self, id: &EntityId) -> NamedNode {
        self.iri_below_base("entity/", id.as_str())
    }

    /// The IRI of a statement.
    pub fn statement(&self, id: &StatementId) -> NamedNode {
        self.iri_below_base("statement/", id.as_str())
    }

    /// The IRI of a piece of evidence.
    pub fn evidence(&self, id: &EvidenceId) -> NamedNode {
        self.iri_below_base("evidence/", id.as_str())
    }

    /// The IRI of a source.
    pub fn source(&self, id: &SourceId) -> NamedNode {
        self.iri_below_base("source/", id.as_str())
    }

    /// The IRI of a status that the dataset declares.
    pub fn status(&self, id: &StatusId) -> NamedNode {
        self.iri_below_base("status/", id.as_str())
    }

    /// The IRI of a rule, by its name.
    pub fn rule(&self, name: &str) -> NamedNode {
        self.iri_below_base("rule/", name)
    }

    /// The IRI of a triple, by its hash, for formats without triple terms; `None` if these are not the namespaces of a dataset.
    pub fn triple(&self, hash: &str) -> Option<NamedNode> {
        (self.base != NO_BASE).then(|| self.iri_below_base("triple/", hash))
    }

    /// The namespace of the dataset's own classes and predicates.
    pub fn vocabulary(&self) -> String {
        format!("{}vocabulary/", self.base)
    }

    /// The id in the IRI of a statement of this dataset.
    pub fn statement_id(&self, iri: NamedNodeRef<'_>) -> Option<StatementId> {
        StatementId::new(self.path_suffix("statement/", iri)?).ok()
    }

    /// The id in the IRI of a source of this dataset.
    pub fn source_id(&self, iri: NamedNodeRef<'_>) -> Option<SourceId> {
        SourceId::new(self.path_suffix("source/", iri)?).ok()
    }

    /// The id in the IRI of a status of this dataset.
    pub fn status_id(&self, iri: NamedNodeRef<'_>) -> Option<StatusId> {
        StatusId::new(self.path_suffix("status/", iri)?).ok()
    }

    /// The id in the IRI of an entity of this dataset.
    pub fn entity_id(&self, iri: NamedNodeRef<'_>) -> Option<EntityId> {
        EntityId::new(self.entity_name(iri)?).ok()
    }

    /// The id in the IRI of a piece of evidence of this dataset.
    pub fn evidence_id(&self, iri: NamedNodeRef<'_>) -> Option<EvidenceId> {
        EvidenceId::new(self.path_suffix("evidence/", iri)?).ok()
    }

    /// The text of the id in the IRI of an entity of this dataset. It may be invalid.
    pub(crate) fn entity_name<'a>(&self, iri: NamedNodeRef<'a>) -> Option<&'a str> {
        self.path_suffix("entity/", iri)
    }

    /// The name in the IRI of a rule of this dataset.
    pub fn rule_name<'a>(&self, iri: NamedNodeRef<'a>) -> Option<&'a str> {
        self.path_suffix("rule/", iri)
    }

    /// Whether an IRI identifies a statement, evidence, a source, a status or a rule: the metadata of statements.
    pub fn is_about_statements(&self, iri: NamedNodeRef<'_>) -> bool {
        ["statement/", "evidence/", "source/", "status/", "rule/"]
            .iter()
            .any(|path| self.path_suffix(path, iri).is_some())
    }

    /// The prefixed name of an IRI, with the longest matching namespace; `None` if the rest is not a plain local name.
    pub fn compact(&self, iri: NamedNodeRef<'_>) -> Option<String> {
        let matching = self.prefixes.iter().filter_map(|(prefix, namespace)| {
            let rest = iri.as_str().strip_prefix(namespace.as_str())?;
            EntityId::new(rest).ok()?;
            Some((namespace.len(), prefix, rest))
        });
        let (_, prefix, rest) = matching.max_by_key(|(length, ..)| *length)?;
        Some(format!("{prefix}:{rest}"))
    }

    /// The [prefixed name](Self::compact) of an IRI, or the IRI in angle brackets.
    pub fn display(&self, iri: &NamedNode) -> String {
        self.compact(iri.as_ref()).unwrap_or_else(|| iri.to_string())
    }

    /// Replaces IRIs in angle brackets by prefixed names if there are prefixes for them.
    ///
    /// ```
    /// let namespaces = factloom::model::Namespaces::standard();
    /// let text = "?s <http://www.w3.org/2000/01/rdf-schema#label> ?o";
    /// assert_eq!(namespaces.shorten(text), "?s rdfs:label ?o");
    /// ```
    pub fn shorten(&self, text: &str) -> String {
        static IRI: LazyLock<Regex> = LazyLock::new(|| Regex::new("<([^<>]*)>").expect("a valid pattern"));
        let abbreviated = IRI.replace_all(text, |found: &Captures<'_>| {
            let iri = NamedNode::new(&found[1]).ok();
            iri.and_then(|iri| self.compact(iri.as_ref())).unwrap_or_else(|| found[0].to_owned())
        });
        abbreviated.into_owned()
    }

    fn iri_below_base(&self, path: &str, id: &str) -> NamedNode {
        let mut iri = String::with_capacity(self.base.len() + path.len() + id.len());
        iri.push_str(&self.base);
        iri.push_str(path);
        iri.push_str(id);
        // The base is a valid IRI, and the characters of an id are valid in an IRI's path.
        NamedNode::new_unchecked(iri)
    }

    fn path_suffix<'a>(&self, path: &str, iri: NamedNodeRef<'a>) -> Option<&'a str> {
        iri.as_str().strip_prefix(self.base.as_str())?.strip_prefix(path)
    }
}

/// The namespace and the local name of an IRI: the parts up to and after the last `/`, `#` or `:`. Either may be empty.
pub(crate) fn split_iri(iri: &str) -> (&str, &str) {
    iri.split_at(iri.rfind(['/', '#', ':']).map_or(0, |separator| separator + 1))
}

/// The name of a resource in its IRI, for readers: its local name, or that of its namespace if the IRI ends with a separator.
pub(crate) fn local_name(iri: &str) -> &str {
    match split_iri(iri.trim_end_matches(['/', '#', ':'])).1 {
        "" => iri,
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_name_is_the_last_part_of_an_iri() {
        for (iri, namespace, local, name) in [
            ("https://e.org/entity/mill", "https://e.org/entity/", "mill", "mill"),
            ("https://e.org/ns#Mill", "https://e.org/ns#", "Mill", "Mill"),
            ("urn:isbn:123", "urn:isbn:", "123", "123"),
            ("v:helpedBuild", "v:", "helpedBuild", "helpedBuild"),
            ("https://e.org/ns#", "https://e.org/ns#", "", "ns"),
            ("plain", "", "plain", "plain"),
            ("#", "#", "", "#"),
        ] {
            assert_eq!((split_iri(iri), local_name(iri)), ((namespace, local), name), "{iri}");
        }
    }

    #[test]
    fn invalid_bases_are_rejected() {
        assert!(matches!(Namespaces::new("https://e.org/x", &[]), Err(NamespaceError::UnterminatedBase(_))));
        assert!(matches!(Namespaces::new("nowhere/", &[]), Err(NamespaceError::InvalidIri { .. })));
        let shortened = [("wdt".to_owned(), "wd:prop/".to_owned())];
        assert!(matches!(Namespaces::new("https://e.org/", &shortened), Err(NamespaceError::InvalidIri { .. })));
        let long = format!("https://e.org/{}/", "a".repeat(MAX_NAMESPACE_BYTES));
        assert_eq!(Namespaces::new(&long, &[]).err(), Some(NamespaceError::TooLong { prefix: None }));
        let prefix = Some("p".to_owned());
        assert_eq!(
            Namespaces::new("https://e.org/", &[("p".into(), long)]).err(),
            Some(NamespaceError::TooLong { prefix })
        );
    }

    #[test]
    fn ids_are_read_back_from_their_iris() {
        let namespaces = Namespaces::new("https://e.org/#", &[]).unwrap();
        let id = StatementId::new("سٹیل-1").unwrap();
        let iri = namespaces.statement(&id);
        assert!(NamedNode::new(iri.as_str()).is_ok());
        assert_eq!(namespaces.statement_id(iri.as_ref()), Some(id));
        assert_eq!(namespaces.source_id(iri.as_ref()), None);
    }

    #[test]
    fn deserialized_namespaces_are_validated() {
        let namespaces = Namespaces::new("https://e.org/", &[("x".to_owned(), "https://x.org/".to_owned())]).unwrap();
        let json = serde_json::to_string(&namespaces).unwrap();
        assert_eq!(serde_json::from_str::<Namespaces>(&json).unwrap(), namespaces);
        assert!(serde_json::from_str::<Namespaces>(&json.replace("https://e.org/", "nowhere")).is_err());
        assert_eq!(Namespaces::standard().entity_id(namespaces.entity(&EntityId::new("a").unwrap()).as_ref()), None);
    }

    #[test]
    fn a_prefix_of_the_dataset_overrides_a_standard_one() {
        let own = [("schema".to_owned(), "http://schema.org/".to_owned())];
        let namespaces = Namespaces::new("https://e.org/", &own).unwrap();
        assert_eq!(namespaces.namespace("schema"), Some("http://schema.org/"));
        assert_eq!(namespaces.namespace("e"), Some("https://e.org/entity/"));
    }
}
