//! The names in the dataset in use, as candidates.

use crate::BUNDLED;
use crate::cli::load::{cache_directory, dataset_in, nearest_dataset};
use crate::dataset::DatasetRoot;
use crate::escape::terminal;
use crate::model::{StatementId, local_name, vocab};
use crate::project::{Cache, CacheLocation, OnErrors, Project, ProjectOptions};
use crate::query::{Parameter, ParameterKind, QueryTemplate, vocabulary_of};
use crate::report::named_diagrams;
use crate::store::{Labels, Store, StoreError};
use clap_complete::CompletionCandidate;
use oxigraph::model::{NamedNode, NamedOrBlankNode};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CandidateKind {
    Entity,
    Predicate,
    Class,
    Source,
    Statement,
    Query,
    Diagram,
}

/// How long someone waits for a graph that is not cached.
const MAX_BUILD: Duration = Duration::from_millis(400);

/// In a larger graph, entities and statements are not completed, since all of them are read.
const MAX_LISTED: u32 = 200_000;

/// In a larger graph, entities are completed by id only.
const MAX_LABELLED: u32 = 20_000;

/// More candidates are of no use, and incomplete ones would make a shell insert what only these have in common.
const MAX_CANDIDATES: usize = 1000;

/// A name and what describes it.
type Described = (String, Option<String>);

/// The names in the dataset that a command line selects. Its graph is opened when a name is needed.
#[derive(Debug)]
pub(super) struct DatasetNames {
    words: Vec<OsString>,
    /// Whether the shell inserts candidates as they are, so that spaces need a backslash.
    escapes_spaces: bool,
    store: OnceLock<Option<Store>>,
}

impl DatasetNames {
    pub(super) fn new(words: Vec<OsString>, escapes_spaces: bool) -> Self {
        Self { words, escapes_spaces, store: OnceLock::new() }
    }

    fn store(&self) -> Option<&Store> {
        self.store.get_or_init(|| open(&self.words)).as_ref()
    }

    /// The names of a kind that begin with a word. Linear in the names of the kind.
    pub(super) fn candidates(&self, kind: CandidateKind, word: &str) -> Vec<CompletionCandidate> {
        let word = word.replace('\\', "");
        let names = self.store().and_then(|store| names(store, kind, &word).ok());
        self.candidates_of(names.unwrap_or_default())
    }

    /// The values of a parameter that begin with a word.
    pub(super) fn values(
        &self,
        template: &QueryTemplate,
        parameter: &Parameter,
        word: &str,
    ) -> Vec<CompletionCandidate> {
        let Some(store) = self.store() else { return Vec::new() };
        let word = word.replace('\\', "");
        let labels = Labels::new(store, &store.metadata().language);
        match template.choices(parameter, &labels) {
            Ok(Some(choices)) => {
                let named: Vec<Described> = choices.into_iter().map(|choice| (choice.name, choice.label)).collect();
                let begin = |name: &String| name.starts_with(&word);
                let by_name: Vec<Described> = named.iter().filter(|(name, _)| begin(name)).cloned().collect();
                let by_label = || named.into_iter().filter_map(|(name, label)| Some((label?, Some(name))));
                self.candidates_of(match by_name.is_empty() {
                    true => by_label().filter(|(label, _)| begin(label)).collect(),
                    false => by_name,
                })
            }
            Ok(None) if matches!(parameter.kind, ParameterKind::Iri) => self.candidates(CandidateKind::Entity, &word),
            Ok(None) | Err(_) => Vec::new(),
        }
    }

    /// The stored query with a name.
    pub(super) fn stored_query(&self, name: &str) -> Option<QueryTemplate> {
        let store = self.store()?;
        let query = store.metadata().queries.iter().find(|query| query.name == name)?;
        QueryTemplate::parse(&query.name, &query.text, store.namespaces()).ok()
    }

    fn candidates_of(&self, names: Vec<Described>) -> Vec<CompletionCandidate> {
        if names.len() > MAX_CANDIDATES {
            return Vec::new();
        }
        let harmless = names.into_iter().filter(|(name, _)| name.chars().all(is_harmless));
        let candidate = |(name, description): Described| {
            let name = if self.escapes_spaces { name.replace(' ', "\\ ") } else { name };
            CompletionCandidate::new(name).help(description.map(|text| terminal::line(&text).into()))
        };
        harmless.map(candidate).collect()
    }
}

/// Whether a character means itself in every shell, except that a space needs a backslash in Bash.
fn is_harmless(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | ':' | '/')
}

/// The graph of the dataset that some words select: the cached one, even if it is out of date, or else a new one if that does not take long.
fn open(words: &[OsString]) -> Option<Store> {
    let option = |name: &str| {
        let value = words.iter().position(|word| word == name).and_then(|index| words.get(index + 1)).cloned();
        let joined = |word: &OsString| Some(OsString::from(word.to_str()?.strip_prefix(name)?.strip_prefix('=')?));
        value.or_else(|| words.iter().find_map(joined)).map(PathBuf::from)
    };
    let root = match option("--dataset") {
        _ if words.iter().any(|word| word == "--example") => DatasetRoot::Bundled(BUNDLED),
        Some(directory) => dataset_in(&directory).ok()?,
        None => nearest_dataset().ok()?.unwrap_or(DatasetRoot::Bundled(BUNDLED)),
    };
    let cache = Cache::new(&root, option("--cache-dir").or_else(cache_directory).as_deref());
    cache.and_then(|cache| cache.latest()).or_else(|| {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let options =
                ProjectOptions { cache: CacheLocation::None, on_errors: OnErrors::Omit, ..ProjectOptions::default() };
            let built = Project::open(root, options).graph(&|_| {});
            let _ = sender.send(built.ok().map(|graph| graph.store));
        });
        receiver.recv_timeout(MAX_BUILD).ok().flatten()
    })
}

/// The names of a kind that begin with a word, sorted.
fn names(store: &Store, kind: CandidateKind, word: &str) -> Result<Vec<Described>, StoreError> {
    let labels = Labels::new(store, &store.metadata().language);
    let label = |iri: &NamedNode| labels.get(iri).ok().flatten().map(|label| label.to_string());
    let local = |iri: &NamedNode| (local_name(iri.as_str()).to_owned(), label(iri));
    let mut names: Vec<Described> = match kind {
        CandidateKind::Entity => return entities(store, &labels, word),
        CandidateKind::Statement if store.metadata().statements > MAX_LISTED => Vec::new(),
        CandidateKind::Statement => {
            let ids = store.statement_ids()?.into_iter();
            let begin = ids.filter(|id| id.as_str().starts_with(word)).take(MAX_CANDIDATES + 1);
            let sentence = |id: &StatementId| labels.sentence(&store.statement(id).ok()??.triple).ok();
            begin.map(|id| (id.to_string(), sentence(&id))).collect()
        }
        CandidateKind::Predicate => {
            vocabulary_of(store.metadata())?.predicates().map(|predicate| local(&predicate.iri)).collect()
        }
        CandidateKind::Class => vocabulary_of(store.metadata())?.classes().map(local).collect(),
        CandidateKind::Source => {
            let described = store.triples_with_predicate(vocab::fl::KIND)?.into_iter();
            let source = |node| match node {
                NamedOrBlankNode::NamedNode(node) => {
                    Some((store.namespaces().source_id(node.as_ref())?.to_string(), label(&node)))
                }
                NamedOrBlankNode::BlankNode(_) => None,
            };
            described.filter_map(|triple| source(triple.subject)).collect()
        }
        CandidateKind::Query => {
            let parse = |text: &str| crate::query::Decorators::parse(text).ok()?.summary;
            store.metadata().queries.iter().map(|query| (query.name.clone(), parse(&query.text))).collect()
        }
        CandidateKind::Diagram => {
            let named = named_diagrams(store);
            named.iter().map(|diagram| (diagram.name().to_owned(), Some(diagram.title().to_owned()))).collect()
        }
    };
    names.retain(|(name, _)| name.starts_with(word));
    names.sort();
    names.dedup();
    Ok(names)
}

/// The entities with an id that begins with a word, or else the labels that do.
fn entities(store: &Store, labels: &Labels<'_>, word: &str) -> Result<Vec<Described>, StoreError> {
    if store.metadata().entities > MAX_LISTED {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for iri in store.entities_in_id_order()? {
        if let Some(id) = store.namespaces().entity_id(iri.as_ref()).filter(|id| id.as_str().starts_with(word)) {
            names.push((id.to_string(), iri));
        }
    }
    if names.len() > MAX_CANDIDATES {
        return Ok(Vec::new());
    }
    let mut described = Vec::new();
    for (id, iri) in &names {
        described.push((id.clone(), labels.get(iri)?.map(|label| label.to_string())));
    }
    if described.is_empty() && !word.is_empty() && store.metadata().entities <= MAX_LABELLED {
        for predicate in [vocab::rdfs::LABEL, vocab::skos::ALT_LABEL] {
            for (iri, name) in labels.names_by(predicate)? {
                if let Some(id) = store.namespaces().entity_id(iri.as_ref()).filter(|_| name.value().starts_with(word))
                {
                    described.push((name.value().to_owned(), Some(id.to_string())));
                }
            }
        }
    }
    described.sort();
    described.dedup_by(|a, b| a.0 == b.0);
    Ok(described)
}
