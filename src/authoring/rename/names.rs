//! The old and the new name, in each form in which files refer to them.

use super::{NameKind, RenameError};
use crate::dataset::Dataset;
use crate::diagnostic::{closest_name, one_of};
use crate::model::{EntityId, InvalidId, Namespaces, SourceId, StatementId, local_name, nfc, vocab};
use oxigraph::model::{NamedNode, NamedOrBlankNode};

/// What is renamed, and how files refer to it.
#[derive(Clone, Debug)]
pub(super) struct Names<'a> {
    pub dataset: &'a Dataset,
    pub kind: NameKind,
    /// The ids, or the local names of a class or a predicate.
    pub old: String,
    pub new: String,
    pub old_iri: NamedNode,
    pub new_iri: NamedNode,
}

/// The ids of the statements that a rename must know: whether the files have the old and the new one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KnownStatements {
    pub old: bool,
    pub new: bool,
}

/// A name as the user writes it: an id or a local name, and the kind if a prefix or an IRI tells it.
pub(super) fn parse(written: &str, namespaces: &Namespaces) -> Result<(String, Option<NameKind>), RenameError> {
    if !written.contains(':') {
        return Ok((nfc(written).into_owned(), None));
    }
    let bare = written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(written);
    let foreign = || RenameError::Foreign(written.to_owned());
    let iri = namespaces.resolve(bare).map_err(|_| foreign())?;
    let below = iri.as_str().strip_prefix(namespaces.base()).ok_or_else(foreign)?;
    let (path, id) = below.split_once('/').ok_or_else(foreign)?;
    let kind = match path {
        "entity" => NameKind::Entity,
        "vocabulary" => NameKind::Predicate,
        "source" => NameKind::Source,
        "statement" => NameKind::Statement,
        _ => return Err(foreign()),
    };
    Ok((id.to_owned(), Some(kind)))
}

/// Whether two kinds share the namespace of the vocabulary.
fn is_same_namespace(one: NameKind, other: NameKind) -> bool {
    let is_of_vocabulary = |kind| matches!(kind, NameKind::Predicate | NameKind::Class);
    one == other || is_of_vocabulary(one) && is_of_vocabulary(other)
}

/// The IRI of a name.
fn iri_of(kind: NameKind, name: &str, namespaces: &Namespaces) -> NamedNode {
    let path = match kind {
        NameKind::Entity => "entity",
        NameKind::Predicate | NameKind::Class => "vocabulary",
        NameKind::Source => "source",
        NameKind::Statement => "statement",
    };
    // The base is a valid IRI, and a valid id has no character that is not allowed in an IRI.
    NamedNode::new_unchecked(format!("{}{path}/{name}", namespaces.base()))
}

/// Why a name is not a valid id of its kind.
fn validate(kind: NameKind, name: &str) -> Result<(), InvalidId> {
    match kind {
        NameKind::Statement => StatementId::curated(name).map(drop),
        NameKind::Source => SourceId::new(name).map(drop),
        NameKind::Entity | NameKind::Predicate | NameKind::Class => EntityId::new(name).map(drop),
    }
}

impl<'a> Names<'a> {
    /// Resolves what is renamed. `statements` says which of two names the files of facts have as ids of statements.
    pub(super) fn resolve(
        dataset: &'a Dataset,
        (old, new): (&str, &str),
        wanted: Option<NameKind>,
        statements: impl Fn(&str, &str) -> KnownStatements,
    ) -> Result<Self, RenameError> {
        let namespaces = &dataset.namespaces;
        let (old_name, old_kind) = parse(old, namespaces)?;
        let (new_name, new_kind) = parse(new, namespaces)?;
        let known = statements(&old_name, &new_name);
        let exists = |kind: NameKind, name: &str, is_statement: bool| match kind {
            NameKind::Entity => dataset.entity(name).is_some() || is_declared(dataset, &iri_of(kind, name, namespaces)),
            NameKind::Predicate => dataset.vocabulary.predicate_by_iri(&iri_of(kind, name, namespaces)).is_some(),
            NameKind::Class => dataset.vocabulary.classes().any(|class| *class == iri_of(kind, name, namespaces)),
            NameKind::Source => dataset.source(name).is_some(),
            NameKind::Statement => is_statement,
        };
        let is_wanted = |kind: &NameKind| {
            wanted.is_none_or(|wanted| wanted == *kind) && old_kind.is_none_or(|old| is_same_namespace(old, *kind))
        };
        let kinds: Vec<NameKind> = NameKind::ALL.into_iter().filter(is_wanted).collect();
        let found: Vec<NameKind> = kinds.iter().copied().filter(|kind| exists(*kind, &old_name, known.old)).collect();
        let kind = match &found[..] {
            [] => return Err(RenameError::Unknown { name: old.to_owned(), kinds, similar: None }),
            [kind, rest @ ..] if rest.iter().all(|other| is_same_namespace(*kind, *other)) => *kind,
            kinds => return Err(RenameError::Ambiguous { name: old.to_owned(), kinds: kinds.to_vec() }),
        };
        if let Some(other) = new_kind.filter(|other| !is_same_namespace(kind, *other)) {
            return Err(RenameError::OtherKind { name: new.to_owned(), kind, other });
        }
        validate(kind, &new_name).map_err(|error| RenameError::InvalidId { name: new_name.clone(), error })?;
        if old_name == new_name {
            return Err(RenameError::Same(new_name));
        }
        let taken = NameKind::ALL
            .into_iter()
            .filter(|other| is_same_namespace(kind, *other))
            .find(|kind| exists(*kind, &new_name, known.new));
        if let Some(taken) = taken {
            return Err(RenameError::Exists { name: new_name, kind: taken });
        }
        let names = Self {
            dataset,
            kind,
            old_iri: iri_of(kind, &old_name, namespaces),
            new_iri: iri_of(kind, &new_name, namespaces),
            old: old_name,
            new: new_name,
        };
        match names.meaning_of_new() {
            Some(iri) => Err(RenameError::Shadows { name: names.new, iri }),
            None => Ok(names),
        }
    }

    /// What the new name of a class or a predicate already means in files, as a local name of another vocabulary or of factloom's own.
    fn meaning_of_new(&self) -> Option<String> {
        if !self.is_of_vocabulary() {
            return None;
        }
        let Dataset { vocabulary, namespaces, .. } = self.dataset;
        let defined = vocabulary.find_predicate(&self.new, namespaces).map(|predicate| predicate.iri.clone());
        let defined = defined.or_else(|| vocabulary.class(&self.new, namespaces).ok());
        let own = vocab::TIMES.iter().any(|(name, _)| *name == self.new);
        defined.map(|iri| namespaces.display(&iri)).or_else(|| own.then(|| format!("fl:{}", self.new)))
    }

    /// Whether a class or a predicate is renamed.
    pub(super) fn is_of_vocabulary(&self) -> bool {
        matches!(self.kind, NameKind::Predicate | NameKind::Class)
    }

    /// The new form of an id; `None` if it is not the old one.
    pub(super) fn id(&self, kind: NameKind, written: &str) -> Option<String> {
        (self.kind == kind && *nfc(written) == *self.old).then(|| self.new.clone())
    }

    /// The new form of a local name, a prefixed name or an IRI of a class or a predicate.
    pub(super) fn term(&self, written: &str) -> Option<String> {
        if written.contains(':') {
            return self.iri(written);
        }
        (self.is_of_vocabulary() && *nfc(written) == *self.old).then(|| self.new.clone())
    }

    /// The new form of a prefixed name or an IRI.
    pub(super) fn iri(&self, written: &str) -> Option<String> {
        let namespaces = &self.dataset.namespaces;
        if !written.contains(':') || namespaces.resolve(written).ok()? != self.old_iri {
            return None;
        }
        let prefixed = written.split_once(':').and_then(|(prefix, _)| {
            let rest = self.new_iri.as_str().strip_prefix(namespaces.namespace(prefix)?)?;
            Some(format!("{prefix}:{rest}"))
        });
        let is_prefixed = !written.starts_with(namespaces.base());
        Some(prefixed.filter(|_| is_prefixed).unwrap_or_else(|| self.new_iri.as_str().to_owned()))
    }

    /// Whether a text may contain the old name: in a quick test that is never wrong if it says no.
    pub(super) fn may_occur_in(&self, text: &str) -> bool {
        memchr::memmem::find(text.as_bytes(), self.old.as_bytes()).is_some()
            || memchr::memmem::find(text.as_bytes(), b"\\u").is_some()
            || !self.old.is_ascii() && !text.is_ascii()
    }
}

/// Whether the vocabulary assigns a class to an entity.
fn is_declared(dataset: &Dataset, iri: &NamedNode) -> bool {
    dataset.vocabulary.triples().iter().any(|declared| {
        let subject = matches!(&declared.triple.subject, NamedOrBlankNode::NamedNode(subject) if subject == iri);
        subject && declared.triple.predicate == vocab::rdf::TYPE
    })
}

/// The name that is most similar to an unknown one, with its kind.
pub(super) fn similar(
    dataset: &Dataset,
    name: &str,
    kinds: &[NameKind],
    statements: &[String],
) -> Option<(String, NameKind)> {
    let local = |iri: &NamedNode| local_name(iri.as_str()).to_owned();
    let own = dataset.namespaces.vocabulary();
    let mut candidates: Vec<(String, NameKind)> = Vec::new();
    for kind in kinds {
        let names: Vec<String> = match kind {
            NameKind::Entity => dataset.entities.iter().map(|entity| entity.id.to_string()).collect(),
            NameKind::Predicate => {
                let own = dataset.vocabulary.predicates().filter(|predicate| predicate.iri.as_str().starts_with(&own));
                own.map(|predicate| local(&predicate.iri)).collect()
            }
            NameKind::Class => {
                dataset.vocabulary.classes().filter(|class| class.as_str().starts_with(&own)).map(local).collect()
            }
            NameKind::Source => dataset.sources.iter().map(|source| source.id.to_string()).collect(),
            NameKind::Statement => statements.to_vec(),
        };
        candidates.extend(names.into_iter().map(|name| (name, *kind)));
    }
    let found = closest_name(name, candidates.iter().map(|(name, _)| name.as_str()))?.to_owned();
    candidates.into_iter().find(|(name, _)| *name == found)
}

/// The kinds in words.
pub(super) fn kinds_in_words(kinds: &[NameKind]) -> String {
    one_of(&kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())
}
