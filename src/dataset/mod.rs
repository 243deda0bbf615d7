//! Reading a folder into a [`Dataset`], with all that is wrong with it.
//!
//! This stage knows the formats of the files. What the statements in them mean, and whether their quotes hold, is for
//! [`check`](crate::check).
//!
//! Invariant: reading never fails as a whole; it returns what could be read, and findings.

mod entailment;
mod entity;
mod fact;
mod files;
mod golden;
mod graphviz;
mod inputs;
mod json;
mod lines;
mod locate;
mod manifest;
mod members;
mod mend;
mod places;
mod queries;
mod root;
#[cfg(test)]
mod schema;
mod source;
mod style;
mod vocabulary;

pub use entity::Entity;
pub use files::Files;
pub use golden::{GoldenFile, GoldenFiles};
pub use graphviz::{AttributeTarget, check_attribute};
pub use inputs::Inputs;
pub use locate::{locate, locate_in};
pub use manifest::{LOCK, MANIFEST};
pub use places::EntityLocations;
pub use queries::QueryFile;
pub use root::{BundledFiles, DatasetRoot, PathScope, ReadError};
pub use source::{Source, SourceKind, SourceText};
pub use style::{KindStyle, StatusStyle, Style, StyleAttributes};
pub use vocabulary::{Predicate, PropertyKind, Vocabulary, VocabularyTriple};

pub(crate) use entailment::is_standard_rule;
pub(crate) use fact::{ClaimFields, EvidenceFields, FactFields, JsonValue, TypedValue, UnparsedValue};
pub(crate) use files::unreadable;
pub(crate) use json::{Layout, Record, RecordFormat};
pub(crate) use vocabulary::{local_name, resolve_iri};

use crate::diagnostic::{Code, FileId, Finding, Location, PathSegment};
use crate::model::{EntityId, NamespaceError, Namespaces, SourceId};
use entity::EntityFields;
use manifest::{Manifest, SourceItem};
use members::OneOrMany;
use queries::RULES;
use source::SourceFields;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// A sentence that yields no statement.
#[derive(Clone, Debug)]
pub struct ExcludedQuote {
    /// The source.
    pub source: SourceId,
    /// Words of the sentence.
    pub quote: String,
    /// Why it is left out.
    pub reason: String,
    /// Where the manifest says so.
    pub location: (FileId, Location),
}

/// A dataset as it was read.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its files.
    pub files: Files,
    /// What it is about.
    pub title: String,
    /// The language of labels that name none.
    pub language: String,
    /// How its things are named.
    pub names: Namespaces,
    /// Its classes and predicates.
    pub vocabulary: Vocabulary,
    /// Its sources, in the order of the files.
    pub sources: Vec<Source>,
    /// Its entities, in the order of the files.
    pub entities: Vec<Entity>,
    /// The files of its facts and claims, which the check reads.
    pub fact_files: Vec<FileId>,
    /// The sentences that yield no statement.
    pub excluded: Vec<ExcludedQuote>,
    /// Its rules, sorted by name.
    pub rules: Vec<QueryFile>,
    /// Its stored queries, sorted by name.
    pub queries: Vec<QueryFile>,
    /// The files that say what its stored queries must answer.
    pub tests: Vec<FileId>,
    /// How its diagrams look.
    pub style: Style,
    /// The file that the lock is in, or would be.
    pub lock_file: FileId,
    source_index: HashMap<SourceId, usize>,
    entity_index: HashMap<EntityId, usize>,
}

/// What reading a folder gave.
#[derive(Debug)]
pub struct Opened {
    /// The dataset; `None` where the manifest could not be used.
    pub dataset: Option<Dataset>,
    /// The files that were read, to show findings in.
    pub files: Files,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Dataset {
    /// Reads the dataset of a folder. `source_dir` is another folder to look for the sources' texts in, by file name.
    ///
    /// ```
    /// use factloom::dataset::{Dataset, DatasetRoot};
    ///
    /// let files = &[(
    ///     "factloom.json",
    ///     r#"{ "title": "A mill", "base": "https://example.org/mill/", "language": "en" }"#,
    /// )];
    /// let opened = Dataset::open(DatasetRoot::Bundled(files), None);
    /// assert_eq!(opened.dataset.unwrap().title, "A mill");
    /// ```
    pub fn open(folder: DatasetRoot, source_dir: Option<PathBuf>) -> Opened {
        let mut reader = Reader { files: Files::new(folder, source_dir), findings: Vec::new() };
        let dataset = reader.dataset();
        Opened { dataset, files: reader.files, findings: reader.findings }
    }

    /// The source with an id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.source_number(id).map(|i| &self.sources[i])
    }

    /// Which of the sources has an id.
    pub(crate) fn source_number(&self, id: &str) -> Option<usize> {
        self.source_index.get(id).copied()
    }

    /// The entity with an id.
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        self.entity_number(id).map(|i| &self.entities[i])
    }

    /// Which of the entities has an id.
    pub(crate) fn entity_number(&self, id: &str) -> Option<usize> {
        self.entity_index.get(id).copied()
    }

    /// The text of a source; `None` where it names none, or the file that it names is not at hand.
    ///
    /// # Errors
    ///
    /// Where the file is there and cannot be read, or lies outside the dataset.
    pub fn text<'a>(&self, source: &'a Source) -> Result<Option<Cow<'a, str>>, ReadError> {
        match &source.text {
            SourceText::None => Ok(None),
            SourceText::Inline(text) => Ok(Some(Cow::Borrowed(text))),
            SourceText::File(path) => self.files.text(path).map(|text| text.map(Cow::Owned)),
        }
    }
}

struct Reader {
    files: Files,
    findings: Vec<Finding>,
}

impl Reader {
    fn dataset(&mut self) -> Option<Dataset> {
        let manifest_file = self.files.add(MANIFEST, Layout::Document, PathScope::Inside);
        let text = self.read(manifest_file)?;
        let record = json::read::<Manifest>(manifest_file, Layout::Document, &text, &mut self.findings).pop()?;
        let manifest = &record.value;
        let names = self.names(&record)?;
        let language = manifest.language.clone().unwrap_or_else(|| "en".to_owned());
        source::language_tag(&record, ["language".into()], &language, &mut self.findings);

        let listed = |field: &'static str, names: &Option<OneOrMany<String>>, defaults: &[&str]| match names {
            Some(names) => (Some(field), names.0.clone()),
            None => (None, defaults.iter().map(|d| (*d).to_owned()).collect()),
        };
        let mut triples = Vec::new();
        let (field, patterns) = listed("vocabulary", &manifest.vocabulary, &["vocabulary.ttl"]);
        let files = self.matching(&record, field.or(Some("vocabulary")), &patterns, PathScope::Inside);
        for file in files {
            if let Some(text) = self.read(file) {
                triples.extend(vocabulary::read(file, &text, &mut self.findings));
            }
        }
        let vocabulary = Vocabulary::new(triples, &names);

        let mut sources = Vec::new();
        for (index, item) in manifest.sources.0.iter().enumerate() {
            let path = [PathSegment::from("sources"), index.into()];
            match item {
                SourceItem::Described(fields) => {
                    let described = Record { value: (**fields).clone(), file: manifest_file, index: 0, is_valid: true };
                    sources.extend(source::source(&described, &path, &mut self.findings));
                }
                SourceItem::Files(pattern) => {
                    for file in
                        self.matching(&record, Some("sources"), std::slice::from_ref(pattern), PathScope::Inside)
                    {
                        let make = |described: &Record<SourceFields>, findings: &mut Vec<Finding>| {
                            source::source(described, &[], findings)
                        };
                        sources.append(&mut self.made(file, make));
                    }
                }
            }
        }
        let source_index = self.index(&mut sources, |s| (&s.id, &s.location), "source");

        let (field, patterns) = listed("entities", &manifest.entities, &["entities.json", "entities.jsonl"]);
        let mut entities = Vec::new();
        for file in self.matching(&record, field, &patterns, PathScope::Inside) {
            let make = |fields: &Record<EntityFields>, findings: &mut Vec<Finding>| {
                entity::entity(fields, &names, &vocabulary, findings)
            };
            entities.append(&mut self.made(file, make));
        }
        let entity_index = self.index(&mut entities, |e| (&e.id, &e.location), "entity");

        let (field, patterns) = listed("facts", &manifest.facts, &["facts.json", "facts.jsonl"]);
        let fact_files = self.matching(&record, field, &patterns, PathScope::Inside);
        let excluded = self.excluded(&record, &source_index);

        let (field, patterns) = listed(RULES, &manifest.rules, &["rules/*.rq"]);
        let rules = self.rules(&record, field, &patterns);
        let (field, patterns) = listed("queries", &manifest.queries, &["queries/*.rq"]);
        let queries = self.queries(&record, field, &patterns, PathScope::Anywhere);
        let (field, patterns) = listed("tests", &manifest.tests, &[golden::TESTS]);
        let tests = self.matching(&record, field, &patterns, PathScope::Anywhere);
        let (field, patterns) = listed("style", &manifest.style, &["style.json"]);
        let mut style = Style::default();
        for file in self.matching(&record, field, &patterns, PathScope::Inside) {
            self.files.is_document(file);
            let text = self.read(file).unwrap_or_default();
            let read = json::read::<Style>(file, Layout::Document, &text, &mut self.findings).pop();
            if let Some(read) = read {
                style::check(&read, &vocabulary, &names, &mut self.findings);
                style = read.value;
            }
        }
        let lock_file = self.files.add(LOCK, Layout::Lines, PathScope::Inside);
        Some(Dataset {
            files: self.files.clone(),
            title: manifest.title.clone().unwrap_or_default(),
            language,
            names,
            vocabulary,
            sources,
            entities,
            fact_files,
            excluded,
            rules,
            queries,
            tests,
            style,
            lock_file,
            source_index,
            entity_index,
        })
    }

    fn names(&mut self, record: &Record<Manifest>) -> Option<Namespaces> {
        let manifest = &record.value;
        let Some(base) = &manifest.base else {
            let finding = record.finding(Code::MissingField, [], "the manifest has no `base`");
            let help = "give the IRI that names begin with, as \"https://example.org/mill/\"";
            self.findings.push(finding.label("a `base`").help(help));
            return None;
        };
        match Namespaces::new(base, &manifest.prefixes.0) {
            Ok(names) => Some(names),
            Err(e) => {
                let said = e.to_string();
                let in_prefix = manifest.prefixes.0.iter().find(|(prefix, iri)| {
                    matches!(&e, NamespaceError::Prefix(name) if name == prefix) || said.contains(&format!("`{iri}`"))
                });
                let (path, expected): (Vec<PathSegment>, _) = match (&e, in_prefix) {
                    (NamespaceError::Prefix(name), _) => {
                        (vec!["prefixes".into(), name.as_str().into()], "a letter, then letters, digits, `-` and `_`")
                    }
                    (_, Some((prefix, _))) => (vec!["prefixes".into(), prefix.as_str().into()], "an absolute IRI"),
                    (_, None) => (vec!["base".into()], "an absolute IRI"),
                };
                let key = matches!(e, NamespaceError::Prefix(_));
                let at = Location::Value { record: 0, path, key };
                let help = if key { "choose another name" } else { "write it as https://example.org/mill/" };
                self.findings
                    .push(Finding::new(Code::InvalidLiteral, record.file, at, said).label(expected).help(help));
                None
            }
        }
    }

    /// Reads a file, or reports why it cannot be read.
    fn read(&mut self, file: FileId) -> Option<String> {
        match self.files.read(file) {
            Ok(text) => Some(text),
            Err(e) => {
                self.findings.push(unreadable(file, &e));
                None
            }
        }
    }

    /// What is made of the records of a file.
    fn made<T: RecordFormat, U: Send>(
        &mut self,
        file: FileId,
        make: impl Fn(&Record<T>, &mut Vec<Finding>) -> Option<U> + Sync,
    ) -> Vec<U> {
        let (mut all, mut findings) = (Vec::new(), Vec::new());
        let some = |records: Vec<Record<T>>| {
            let mut findings = Vec::new();
            let made: Vec<U> = records.iter().filter_map(|record| make(record, &mut findings)).collect();
            (made, findings)
        };
        let keep = |(mut made, mut found): (Vec<U>, Vec<Finding>)| {
            all.append(&mut made);
            findings.append(&mut found);
        };
        match self.files.records(file, &mut self.findings, some, keep) {
            Ok(()) => {
                self.findings.append(&mut findings);
                all
            }
            Err(e) => {
                self.findings.push(unreadable(file, &e));
                Vec::new()
            }
        }
    }

    /// The files that patterns match. A file that the manifest names in `field` must be there; a pattern with `*` may match
    /// nothing.
    fn matching(
        &mut self,
        manifest: &Record<Manifest>,
        field: Option<&str>,
        patterns: &[String],
        reach: PathScope,
    ) -> Vec<FileId> {
        let mut files = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            if field == Some(RULES) && entailment::rules_of(pattern).is_some() {
                continue;
            }
            let problem = match self.files.matching(pattern, reach) {
                Ok(names) if names.is_empty() && field.is_some() && !pattern.contains(['*', '?', '[']) => {
                    format!("there is no file `{pattern}`")
                }
                Ok(names) => {
                    // Two patterns may match one file.
                    let known: HashSet<String> = self.files.names().map(str::to_owned).collect();
                    let new = names.iter().filter(|name| !known.contains(*name));
                    files.extend(new.map(|name| self.files.add(name, Layout::of(name), reach)));
                    continue;
                }
                Err(e) => e.to_string(),
            };
            let field = field.unwrap_or_default();
            let path = match patterns.len() {
                1 => vec![field.into()],
                _ => vec![field.into(), index.into()],
            };
            let finding = manifest.finding(Code::UnreadableFile, path, problem);
            self.findings.push(finding.label("a file of the dataset").help("add the file, or correct its name"));
        }
        files
    }

    /// Numbers things by id, and drops and reports those whose id is taken.
    fn index<T, I: Clone + Eq + std::hash::Hash + std::fmt::Display>(
        &mut self,
        things: &mut Vec<T>,
        key: impl Fn(&T) -> (&I, &(FileId, Location)),
        what: &str,
    ) -> HashMap<I, usize> {
        let mut index: HashMap<I, usize> = HashMap::with_capacity(things.len());
        let mut kept: Vec<T> = Vec::with_capacity(things.len());
        for thing in things.drain(..) {
            let (id, (file, at)) = key(&thing);
            if let Some(first) = index.get(id) {
                let (_, (first_file, first_at)) = key(&kept[*first]);
                self.findings.push(
                    Finding::new(Code::DuplicateId, *file, id_of(at), format!("another {what} has the id `{id}`"))
                        .label("an id of its own")
                        .help("choose another id, or remove one of the two")
                        .related("the first one", *first_file, id_of(first_at)),
                );
                continue;
            }
            index.insert(id.clone(), kept.len());
            kept.push(thing);
        }
        *things = kept;
        index
    }

    fn excluded(&mut self, manifest: &Record<Manifest>, sources: &HashMap<SourceId, usize>) -> Vec<ExcludedQuote> {
        let mut quotes = Vec::new();
        for (index, item) in manifest.value.excluded.iter().enumerate() {
            let path = |field: &str| [PathSegment::from("excluded"), index.into(), field.into()];
            let (Some(source), Some(quote), Some(reason)) = (&item.source, &item.quote, &item.reason) else {
                let finding =
                    manifest.finding(Code::MissingField, path("").into_iter().take(2), "something is missing here");
                let help = "say which sentence of which source is left out, and why";
                self.findings.push(finding.label("a `source`, a `quote` and a `reason`").help(help));
                continue;
            };
            match sources.get_key_value(source.as_str()) {
                Some((source, _)) => quotes.push(ExcludedQuote {
                    source: source.clone(),
                    quote: quote.clone(),
                    reason: reason.clone(),
                    location: (manifest.file, manifest.at(path("quote"))),
                }),
                None => {
                    let message = format!("no source has the id `{source}`");
                    let finding = manifest.finding(Code::UnknownSource, path("source"), message);
                    self.findings.push(finding.label("the id of a source").help("add it to the manifest's sources"));
                }
            }
        }
        quotes
    }
}

/// The location of the id in a description.
fn id_of(at: &Location) -> Location {
    match at {
        Location::Value { record, path, key } => {
            let path = path.iter().cloned().chain([PathSegment::from("id")]).collect();
            Location::Value { record: *record, path, key: *key }
        }
        other => other.clone(),
    }
}
