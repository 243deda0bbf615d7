//! The IRIs of a dataset, made from its base, and the prefixes that stand for them.

use super::{EntityId, EvidenceId, SourceId, StatementId, vocab};
use oxigraph::model::{NamedNode, NamedNodeRef};
use serde::{Deserialize, Serialize};
use spargebra::SparqlParser;

/// Why a base or a prefix cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamespaceError {
    /// The base is no absolute IRI.
    #[error("`{0}` is not an absolute IRI: {1}")]
    NotAnIri(String, String),
    /// A prefix has a name that Turtle, SPARQL or XML does not take.
    #[error("`{0}` is no name of a prefix")]
    Prefix(String),
    /// The base does not end so that names can be put behind it.
    #[error("the base `{0}` does not end in `/` or `#`")]
    OpenBase(String),
}

/// How a dataset's things are named: IRIs below its base, and prefixes to write them briefly.
///
/// ```
/// use factloom::model::{EntityId, Namespaces};
///
/// let names = Namespaces::new("https://example.org/mill/", &[])?;
/// let mill = names.entity(&EntityId::new("mill")?);
/// assert_eq!(mill.as_str(), "https://example.org/mill/entity/mill");
/// assert_eq!(names.compact(mill.as_ref()).as_deref(), Some("e:mill"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Namespaces {
    base: String,
    prefixes: Vec<(String, String)>,
}

/// Namespaces that have been written down and are not trusted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    base: String,
    prefixes: Vec<(String, String)>,
}

impl TryFrom<Written> for Namespaces {
    type Error = NamespaceError;

    fn try_from(written: Written) -> Result<Self, NamespaceError> {
        Self::new(&written.base, &written.prefixes)
    }
}

/// The namespaces below the base, with the prefix of each.
const BELOW_BASE: [(&str, &str); 5] =
    [("e", "entity/"), ("v", "vocabulary/"), ("st", "statement/"), ("ev", "evidence/"), ("src", "source/")];

impl Namespaces {
    /// Namespaces below `base`, with the standard prefixes and those given, which win where they share a name.
    ///
    /// # Errors
    ///
    /// Where the base is no absolute IRI that ends in `/` or `#`, a prefix has no usable name, or stands for no IRI.
    pub fn new(base: &str, prefixes: &[(String, String)]) -> Result<Self, NamespaceError> {
        let valid = |iri: &str| match NamedNode::new(iri) {
            Ok(_) => Ok(()),
            Err(e) => Err(NamespaceError::NotAnIri(iri.to_owned(), e.to_string())),
        };
        valid(base)?;
        if !base.ends_with(['/', '#']) {
            return Err(NamespaceError::OpenBase(base.to_owned()));
        }
        let mut all: Vec<(String, String)> = Vec::new();
        for (prefix, iri) in prefixes {
            let name = EntityId::new(prefix).is_ok() && prefix.starts_with(char::is_alphabetic);
            if !name || prefix.to_ascii_lowercase().starts_with("xml") {
                return Err(NamespaceError::Prefix(prefix.clone()));
            }
            valid(iri)?;
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

    /// The standard prefixes alone, for graphs that are no dataset's: nothing is named below a base.
    pub fn standard() -> Self {
        let mut prefixes: Vec<_> =
            vocab::PREFIXES.iter().map(|(p, iri)| ((*p).to_owned(), (*iri).to_owned())).collect();
        prefixes.sort();
        // No IRI begins with a space, so that none is taken for a name below it.
        Self { base: " ".to_owned(), prefixes }
    }

    /// The IRI below which everything of the dataset is named.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The prefixes and the namespaces they stand for, sorted by prefix.
    pub fn prefixes(&self) -> &[(String, String)] {
        &self.prefixes
    }

    /// A SPARQL parser that knows the prefixes.
    pub(super) fn sparql_parser(&self) -> SparqlParser {
        self.prefixes.iter().fold(SparqlParser::new(), |parser, (prefix, iri)| {
            parser.with_prefix(prefix, iri).expect("the constructor takes valid IRIs only")
        })
    }

    /// The namespace that a prefix stands for.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        let at = self.prefixes.binary_search_by(|(p, _)| p.as_str().cmp(prefix)).ok()?;
        Some(&self.prefixes[at].1)
    }

    /// The IRI of an entity.
    pub fn entity(&self, id: &EntityId) -> NamedNode {
        self.below("entity/", id.as_str())
    }

    /// The IRI of a statement.
    pub fn statement(&self, id: &StatementId) -> NamedNode {
        self.below("statement/", id.as_str())
    }

    /// The IRI of a piece of evidence.
    pub fn evidence(&self, id: &EvidenceId) -> NamedNode {
        self.below("evidence/", id.as_str())
    }

    /// The IRI of a source.
    pub fn source(&self, id: &SourceId) -> NamedNode {
        self.below("source/", id.as_str())
    }

    /// The IRI of a rule, by the name of its file.
    pub fn rule(&self, name: &str) -> NamedNode {
        self.below("rule/", name)
    }

    /// The IRI that stands for a triple where a triple term cannot, by the hash of the triple.
    pub fn triple(&self, hash: &str) -> NamedNode {
        self.below("triple/", hash)
    }

    /// The namespace of the dataset's own classes and predicates.
    pub fn vocabulary(&self) -> String {
        format!("{}vocabulary/", self.base)
    }

    /// The id behind the IRI of a statement of this dataset.
    pub fn statement_id(&self, iri: NamedNodeRef<'_>) -> Option<StatementId> {
        StatementId::new(self.rest("statement/", iri)?).ok()
    }

    /// The id behind the IRI of a source of this dataset.
    pub fn source_id(&self, iri: NamedNodeRef<'_>) -> Option<SourceId> {
        SourceId::new(self.rest("source/", iri)?).ok()
    }

    /// The id behind the IRI of an entity of this dataset.
    pub fn entity_id(&self, iri: NamedNodeRef<'_>) -> Option<EntityId> {
        EntityId::new(self.rest("entity/", iri)?).ok()
    }

    /// The name behind the IRI of a rule of this dataset.
    pub fn rule_name<'a>(&self, iri: NamedNodeRef<'a>) -> Option<&'a str> {
        self.rest("rule/", iri)
    }

    /// Whether an IRI names a statement, evidence, a source or a rule: what the graph says of its own statements.
    pub fn is_about_statements(&self, iri: NamedNodeRef<'_>) -> bool {
        let spaces = ["statement/", "evidence/", "source/", "rule/"];
        spaces.iter().any(|space| self.rest(space, iri).is_some())
    }

    /// The IRI written with the prefix of the longest namespace that fits, where the rest is a plain local name.
    pub fn compact(&self, iri: NamedNodeRef<'_>) -> Option<String> {
        let fits = self.prefixes.iter().filter_map(|(prefix, namespace)| {
            let rest = iri.as_str().strip_prefix(namespace.as_str())?;
            EntityId::new(rest).ok()?;
            Some((namespace.len(), prefix, rest))
        });
        let (_, prefix, rest) = fits.max_by_key(|(length, ..)| *length)?;
        Some(format!("{prefix}:{rest}"))
    }

    /// A text in which IRIs in angle brackets stand as prefixed names, where there are prefixes for them.
    ///
    /// ```
    /// let names = factloom::model::Namespaces::standard();
    /// let text = "?s <http://www.w3.org/2000/01/rdf-schema#label> ?o";
    /// assert_eq!(names.shorten(text), "?s rdfs:label ?o");
    /// ```
    pub fn shorten(&self, text: &str) -> String {
        let mut short = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('<') {
            short.push_str(before);
            rest = behind;
            let iri = behind.split_once('>').and_then(|(iri, rest)| Some((NamedNode::new(iri).ok()?, rest)));
            match iri.and_then(|(iri, rest)| Some((self.compact(iri.as_ref())?, rest))) {
                Some((name, behind)) => {
                    short.push_str(&name);
                    rest = behind;
                }
                None => short.push('<'),
            }
        }
        short + rest
    }

    fn below(&self, path: &str, id: &str) -> NamedNode {
        let mut iri = String::with_capacity(self.base.len() + path.len() + id.len());
        iri.push_str(&self.base);
        iri.push_str(path);
        iri.push_str(id);
        // The base is a valid IRI, and an id holds only characters that an IRI's path may hold.
        NamedNode::new_unchecked(iri)
    }

    fn rest<'a>(&self, path: &str, iri: NamedNodeRef<'a>) -> Option<&'a str> {
        iri.as_str().strip_prefix(self.base.as_str())?.strip_prefix(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_that_names_cannot_follow_is_refused() {
        assert!(matches!(Namespaces::new("https://e.org/x", &[]), Err(NamespaceError::OpenBase(_))));
        assert!(matches!(Namespaces::new("nowhere/", &[]), Err(NamespaceError::NotAnIri(..))));
    }

    #[test]
    fn a_name_goes_to_its_iri_and_back() {
        let names = Namespaces::new("https://e.org/#", &[]).unwrap();
        let id = StatementId::new("سٹیل-1").unwrap();
        let iri = names.statement(&id);
        assert!(NamedNode::new(iri.as_str()).is_ok());
        assert_eq!(names.statement_id(iri.as_ref()), Some(id));
        assert_eq!(names.source_id(iri.as_ref()), None);
    }

    #[test]
    fn names_come_back_as_they_were_written_down() {
        let names = Namespaces::new("https://e.org/", &[("x".to_owned(), "https://x.org/".to_owned())]).unwrap();
        let json = serde_json::to_string(&names).unwrap();
        assert_eq!(serde_json::from_str::<Namespaces>(&json).unwrap(), names);
        assert!(serde_json::from_str::<Namespaces>(&json.replace("https://e.org/", "nowhere")).is_err());
        assert_eq!(Namespaces::standard().entity_id(names.entity(&EntityId::new("a").unwrap()).as_ref()), None);
    }

    #[test]
    fn a_prefix_of_the_dataset_wins_over_a_standard_one() {
        let own = [("schema".to_owned(), "http://schema.org/".to_owned())];
        let names = Namespaces::new("https://e.org/", &own).unwrap();
        assert_eq!(names.namespace("schema"), Some("http://schema.org/"));
        assert_eq!(names.namespace("e"), Some("https://e.org/entity/"));
    }
}
