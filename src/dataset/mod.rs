//! Reading a dataset's files into a [`Dataset`], with a finding for every problem.
//!
//! This stage knows the file formats. The meaning of statements and their quotes are the concern of
//! [`check`](crate::check).
//!
//! Invariant: reading never fails as a whole; it returns everything that is readable, and findings.

mod allow;
mod cues;
mod entailment;
mod entity;
mod entity_locations;
mod excluded;
mod fact;
mod files;
mod golden;
mod graphviz;
mod hierarchy;
mod iri;
mod json;
mod jsonl;
mod labels;
mod locate;
mod lookalike;
mod manifest;
mod members;
mod names;
mod queries;
mod recover;
mod roles;
#[cfg(test)]
#[path = "tests/schema.rs"]
mod schema;
mod size_limit;
mod source;
mod status;
mod strings;
mod style;
mod text;
mod update;
mod vocabulary;

pub use crate::files::{BundledFiles, DatasetRoot, ReadError};
pub use crate::model::SourceKind;
pub(crate) use allow::of_record as acknowledgements_of_record;
pub use allow::{Acknowledgement, AllowScope};
pub use cues::CueFields;
pub(crate) use entailment::{is_standard_rule, rules_of};
pub use entity::Entity;
pub use excluded::ExcludedQuote;
pub(crate) use fact::{
    ClaimFields, EvidenceFields, FactFields, InvalidMatchNumber, JsonValue, TypedValue, UnparsedValue,
};
pub use files::Files;
pub(crate) use files::unreadable;
pub use golden::{GoldenFile, GoldenFiles};
pub(crate) use graphviz::is_safe_attribute;
pub use graphviz::{AttributeTarget, check_attribute};
#[cfg(feature = "cli")]
pub(crate) use graphviz::{FILE_ATTRIBUTES, is_relative_path};
pub(crate) use hierarchy::Hierarchy;
pub(crate) use iri::{iri_help, prefix_help};
pub(crate) use json::{Layout, Record, RecordFormat, read as read_records, without_comments};
pub(crate) use locate::{elements, value_range};
pub use locate::{locate, locate_allowed, locate_in};
pub use manifest::{LOCK, MANIFEST};
pub use queries::QueryFile;
pub(crate) use roles::FileRole;
pub(crate) use size_limit::SizeLimit;
pub(crate) use source::valid_id;
pub use source::{Source, SourceText};
pub use status::{Status, Statuses};
pub(crate) use strings::{JsonString, for_each_string, record_ranges, sibling_range};
pub use style::{KindStyle, Style, StyleAttributes};
pub(crate) use text::HashedText;
pub use vocabulary::{Predicate, PropertyKind, Vocabulary, VocabularyTriple};

use crate::diagnostic::{Code, FileId, Finding, Findings, IndexedText, Location, PathSegment};
use crate::files::{Outside, PathScope, ReadOptions, is_wildcard};
use crate::model::{Entailment, EntityId, NamespaceError, Namespaces, SourceId, nfc};
use manifest::{FORMAT_VERSION, Manifest, RULES, SourceItem};
use members::OneOrMany;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// A dataset as read from its files.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its files.
    pub files: Files,
    /// Its title.
    pub title: String,
    /// The language of labels without a language.
    pub language: String,
    /// Its namespaces.
    pub namespaces: Namespaces,
    /// Its classes and predicates.
    pub vocabulary: Vocabulary,
    /// The statuses of its claims.
    pub statuses: Statuses,
    /// Its sources, in the order of the files.
    pub sources: Vec<Source>,
    /// Its entities, in the order of the files.
    pub entities: Vec<Entity>,
    /// The files of its facts and claims, which [`check`](crate::check) reads.
    pub fact_files: Vec<FileId>,
    /// Words that the evidence checks search for, in addition to those of the program, with language tags.
    pub cues: Vec<(String, CueFields)>,
    /// The findings that the manifest acknowledges.
    pub acknowledged: Vec<Acknowledgement>,
    /// The sentences that intentionally yield no statement.
    pub excluded: Vec<ExcludedQuote>,
    /// Its rules, sorted by name.
    pub rules: Vec<QueryFile>,
    /// Its stored queries, sorted by name.
    pub queries: Vec<QueryFile>,
    /// The style of its diagrams.
    pub style: Style,
    /// The file of the manifest.
    pub manifest_file: FileId,
    /// The file of the lock, whether or not it exists.
    pub lock_file: FileId,
    /// The files of the manifest, the vocabulary, the sources and the entities.
    definition_files: Vec<(FileId, FileRole)>,
    /// The files of the style.
    style_files: Vec<FileId>,
    source_index: HashMap<SourceId, usize>,
    entity_index: HashMap<EntityId, usize>,
}

/// The result of [`Dataset::open`].
#[derive(Debug)]
pub struct OpenOutcome {
    /// The dataset; `None` if the manifest is not usable.
    pub dataset: Option<Dataset>,
    /// The files that were read, to locate findings in.
    pub files: Files,
    /// The problems.
    pub findings: Findings,
}

impl Dataset {
    /// Reads a dataset. `source_dir` is a directory to search first for source texts, by path and by file name.
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
    pub fn open(root: DatasetRoot, source_dir: Option<PathBuf>) -> OpenOutcome {
        Self::open_with(root, ReadOptions { source_dir, ..ReadOptions::default() })
    }

    /// Reads a dataset with options.
    pub fn open_with(root: DatasetRoot, options: ReadOptions) -> OpenOutcome {
        let files = Files::new(root, options);
        let mut reader =
            Reader { files, definition_files: Vec::new(), style_files: Vec::new(), findings: Findings::new() };
        let dataset = reader.dataset();
        reader.files.resolve_locations(reader.findings.stored_mut());
        OpenOutcome { dataset, files: reader.files, findings: reader.findings }
    }

    /// The source with an id, in any Unicode normalization form.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.source_number(id).map(|i| &self.sources[i])
    }

    /// The index of the source with an id.
    pub(crate) fn source_number(&self, id: &str) -> Option<usize> {
        self.source_index.get(&*nfc(id)).copied()
    }

    /// The entity with an id, in any Unicode normalization form.
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        self.entity_number(id).map(|i| &self.entities[i])
    }

    /// The index of the entity with an id.
    pub(crate) fn entity_number(&self, id: &str) -> Option<usize> {
        self.entity_index.get(&*nfc(id)).copied()
    }
}

struct Reader {
    files: Files,
    definition_files: Vec<(FileId, FileRole)>,
    style_files: Vec<FileId>,
    findings: Findings,
}

impl Reader {
    fn dataset(&mut self) -> Option<Dataset> {
        let manifest_file = self.files.add(MANIFEST, Layout::Document, PathScope::Inside, SizeLimit::MANIFEST);
        self.definition_files.push((manifest_file, FileRole::Manifest));
        let text = self.read(manifest_file)?;
        let record = json::read::<Manifest>(manifest_file, Layout::Document, &text, &mut self.findings).pop()?;
        let manifest = &record.value;
        if let Some(version) = manifest.version.filter(|version| *version != FORMAT_VERSION) {
            // Other members may have another meaning in this version, so nothing else is reported.
            let message = format!("unsupported version {version} of the dataset format");
            let finding = record.finding(Code::InvalidValue, ["factloom".into()], message);
            let label = format!("this program reads version {FORMAT_VERSION}");
            let finding = finding.label(label).help("use the version of factloom that the dataset was written for");
            self.findings = Findings::from_iter([finding]);
            return None;
        }
        let namespaces = self.namespaces(&record)?;
        let language = manifest.language.clone().unwrap_or_else(|| "en".to_owned());
        source::check_language_tag(&record, ["language".into()], false, &language, &mut self.findings);

        let vocabulary = self.vocabulary(&record, &namespaces);
        let statuses = self.statuses(&record, &language);
        let (sources, source_index) = self.sources(&record, &namespaces);
        let (entities, entity_index) = self.entities(&record, &language, &namespaces, &vocabulary);
        names::check(&vocabulary, &entities, &language, &namespaces, &mut self.findings);
        let excluded = excluded::excluded_quotes(&record, &source_index, &mut self.findings);
        let facts = manifest.facts.as_ref();
        let fact_files = self.listed_files(&record, "facts", facts, &["facts.json", "facts.jsonl"], PathScope::Inside);
        let rules = self.rules(&record);
        let queries = manifest.queries.as_ref();
        let queries = self.listed_files(&record, "queries", queries, &[golden::DEFAULT_QUERIES], PathScope::Queries);
        let queries = self.queries(queries);
        // Only reports missing files: golden files are read by `GoldenFiles`.
        self.listed_files(
            &record,
            "tests",
            manifest.tests.as_ref(),
            &[golden::DEFAULT_PATTERN],
            PathScope::GoldenFiles,
        );
        cues::check(&record, &mut self.findings);
        let style = self.style(&record, &namespaces, &vocabulary, &statuses);
        let lock_file = self.files.add(LOCK, Layout::Lines, PathScope::Inside, SizeLimit::LOCK);
        Some(Dataset {
            files: self.files.clone(),
            title: manifest.title.clone().unwrap_or_default(),
            language,
            namespaces,
            vocabulary,
            statuses,
            sources,
            entities,
            fact_files,
            acknowledged: allow::of_manifest(&record, &manifest.allow, &mut self.findings),
            cues: manifest.cues.0.clone(),
            excluded,
            rules,
            queries,
            style,
            manifest_file,
            lock_file,
            definition_files: std::mem::take(&mut self.definition_files),
            style_files: std::mem::take(&mut self.style_files),
            source_index,
            entity_index,
        })
    }

    fn namespaces(&mut self, record: &Record<Manifest>) -> Option<Namespaces> {
        let Manifest { base, prefixes, .. } = &record.value;
        let hint = ", such as `\"base\": \"https://example.org/mill/\"`";
        let base = record.required(&[], "base", base.as_ref(), hint, &mut self.findings)?;
        let error = match Namespaces::new(base, &prefixes.0) {
            Ok(namespaces) => return Some(namespaces),
            Err(error) => error,
        };
        let (prefix, key, label, help) = match &error {
            NamespaceError::InvalidPrefix(prefix) => {
                let label = "expected a letter, followed by letters, digits, `-` and `_`";
                (Some(prefix), true, label, "choose another prefix")
            }
            NamespaceError::UnterminatedBase(_) => (None, false, "expected `/` or `#` at the end", "add a `/`"),
            NamespaceError::InvalidIri { prefix, .. } => {
                let label = "expected an absolute IRI such as https://example.org/mill/";
                (prefix.as_ref(), false, label, "correct the IRI")
            }
            NamespaceError::TooLong { prefix } => (prefix.as_ref(), false, "too long", "choose a shorter IRI"),
        };
        let path = match prefix {
            Some(prefix) => vec!["prefixes".into(), prefix.as_str().into()],
            None => vec!["base".into()],
        };
        let location = Location::Value { record: 0, path, key };
        let is_unterminated = matches!(error, NamespaceError::UnterminatedBase(_));
        let code = if is_unterminated { Code::InvalidValue } else { Code::InvalidLiteral };
        let finding = Finding::new(code, record.file, location, error.to_string());
        self.findings.push(finding.label(label).help(help));
        None
    }

    fn vocabulary(&mut self, manifest: &Record<Manifest>, namespaces: &Namespaces) -> Vocabulary {
        let listed = manifest.value.vocabulary.as_ref();
        let mut triples = Vec::new();
        for file in self.listed_files(manifest, "vocabulary", listed, &["vocabulary.ttl"], PathScope::Inside) {
            self.definition_files.push((file, FileRole::Vocabulary));
            if let Some(text) = self.read(file) {
                triples.extend(vocabulary::read(file, &text, namespaces.base(), &mut self.findings));
            }
        }
        Vocabulary::new(triples, namespaces)
    }

    fn sources(
        &mut self,
        manifest: &Record<Manifest>,
        namespaces: &Namespaces,
    ) -> (Vec<Source>, HashMap<SourceId, usize>) {
        let mut sources = Vec::new();
        for (index, item) in manifest.value.sources.0.iter().enumerate() {
            match item {
                SourceItem::Inline(fields) => {
                    let path = [PathSegment::from("sources"), index.into()];
                    let Record { file, index, is_valid, .. } = *manifest;
                    let record = Record { value: (**fields).clone(), file, index, is_valid };
                    sources.extend(source::source(&record, &path, namespaces, &mut self.findings));
                }
                SourceItem::Files(pattern) => {
                    let pattern = OneOrMany(vec![pattern.clone()]);
                    for file in self.listed_files(manifest, "sources", Some(&pattern), &[], PathScope::Inside) {
                        self.definition_files.push((file, FileRole::Sources));
                        let map = |record: &_, findings: &mut _| source::source(record, &[], namespaces, findings);
                        sources.append(&mut self.read_records(file, map));
                    }
                }
            }
        }
        let index = self.index(&mut sources, |source| (&source.id, &source.location), "source");
        self.files.set_text_paths(sources.iter().filter_map(|source| match &source.text {
            SourceText::File(path) => Some(path.as_str()),
            SourceText::None | SourceText::Inline(_) => None,
        }));
        (sources, index)
    }

    fn entities(
        &mut self,
        manifest: &Record<Manifest>,
        language: &str,
        namespaces: &Namespaces,
        vocabulary: &Vocabulary,
    ) -> (Vec<Entity>, HashMap<EntityId, usize>) {
        let listed = manifest.value.entities.as_ref();
        let defaults = ["entities.json", "entities.jsonl"];
        let files = self.listed_files(manifest, "entities", listed, &defaults, PathScope::Inside);
        let mut entities = Vec::new();
        for file in files {
            self.definition_files.push((file, FileRole::Entities));
            let map = |record: &_, findings: &mut _| entity::entity(record, language, namespaces, vocabulary, findings);
            entities.append(&mut self.read_records(file, map));
        }
        let index = self.index(&mut entities, |entity| (&entity.id, &entity.location), "entity");
        lookalike::check(&entities, &mut self.findings);
        (entities, index)
    }

    /// Reads a file, or reports why it cannot be read.
    fn read(&mut self, file: FileId) -> Option<Arc<IndexedText>> {
        match self.files.read(file) {
            Ok(text) => Some(text),
            Err(error) => {
                self.findings.push(unreadable(file, &error));
                None
            }
        }
    }

    /// Reads the records of a file and maps each to a value.
    fn read_records<T: RecordFormat, U: Send>(
        &mut self,
        file: FileId,
        map: impl Fn(&Record<T>, &mut Findings) -> Option<U> + Sync,
    ) -> Vec<U> {
        let (mut values, mut findings) = (Vec::new(), Findings::new());
        let map_all = |records: Vec<Record<T>>| {
            let mut findings = Findings::new();
            let mapped: Vec<U> = records.iter().filter_map(|record| map(record, &mut findings)).collect();
            (mapped, findings)
        };
        let collect = |(mut mapped, mut found): (Vec<U>, Findings)| {
            values.append(&mut mapped);
            findings.append(&mut found);
        };
        match self.files.read_records(file, &mut self.findings, map_all, collect) {
            Ok(()) => {
                self.findings.append(&mut findings);
                values
            }
            Err(error) => {
                self.findings.push(unreadable(file, &error));
                Vec::new()
            }
        }
    }

    /// The files that a member of the manifest lists, or the default ones.
    ///
    /// A listed file must exist. A pattern with wildcards that matches nothing gives a warning, but a default may match nothing.
    fn listed_files(
        &mut self,
        manifest: &Record<Manifest>,
        member: &str,
        listed: Option<&OneOrMany<String>>,
        defaults: &[&str],
        scope: PathScope,
    ) -> Vec<FileId> {
        let is_required = listed.is_some() || member == "vocabulary";
        let patterns: Vec<&str> = match listed {
            Some(listed) => listed.0.iter().map(String::as_str).collect(),
            None => defaults.to_vec(),
        };
        let is_list = patterns.len() > 1;
        let path_of = |index: usize| [member.into()].into_iter().chain(is_list.then(|| index.into()));
        let mut files = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let error = match self.files.matching(pattern, scope) {
                Ok(names) if names.is_empty() && is_required && !is_wildcard(pattern) => {
                    ReadError::Missing((*pattern).to_owned())
                }
                Ok(names) if names.is_empty() && listed.is_some() => {
                    let message = format!("no file matches the pattern `{pattern}`");
                    let finding = manifest.finding(Code::NoMatchingFile, path_of(index), message);
                    self.findings.push(finding.label("listed here").help("correct the pattern, or remove it"));
                    continue;
                }
                Ok(names) => {
                    // Several patterns may match the same file.
                    let known: HashSet<String> = self.files.names().map(str::to_owned).collect();
                    for name in names.iter().filter(|name| !known.contains(*name)) {
                        let layout = if member == STYLE { Layout::Document } else { Layout::of(name) };
                        files.push(self.files.add(name, layout, scope, SizeLimit::of(member)));
                    }
                    continue;
                }
                Err(error) => error,
            };
            let finding = manifest.finding(Code::UnreadableFile, path_of(index), error.to_string());
            if let (RULES, Ok(entailment)) = (member, pattern.parse::<Entailment>()) {
                let help = format!("remove `\"{pattern}\"` here, and set `\"entailment\": \"{entailment}\"`");
                self.findings.push(finding.label("not the name of a file").help(help));
                continue;
            }
            let label = match (listed, &error) {
                (Some(_), ReadError::Outside { reason: Outside::Directory, .. }) => "outside the dataset".to_owned(),
                (Some(_), _) => "listed here".to_owned(),
                (None, _) => format!("the default, because the manifest has no `{member}`"),
            };
            self.findings.push(finding.label(label).help(error.help()));
        }
        files
    }

    /// Indexes values by id. Removes and reports those with a duplicate id.
    fn index<T, I: Clone + Eq + std::hash::Hash + std::fmt::Display>(
        &mut self,
        values: &mut Vec<T>,
        key: impl Fn(&T) -> (&I, &(FileId, Location)),
        what: &str,
    ) -> HashMap<I, usize> {
        let mut index: HashMap<I, usize> = HashMap::with_capacity(values.len());
        let mut unique: Vec<T> = Vec::with_capacity(values.len());
        for value in values.drain(..) {
            let (id, (file, location)) = key(&value);
            if let Some(first) = index.get(id) {
                let (_, (first_file, first_location)) = key(&unique[*first]);
                let message = format!("duplicate {what} id `{id}`");
                let finding = Finding::new(Code::DuplicateId, *file, location.member("id"), message);
                let finding = finding.label("already used").help("choose another id, or remove one of the two");
                self.findings.push(finding.related("first used", *first_file, first_location.member("id")));
                continue;
            }
            index.insert(id.clone(), unique.len());
            unique.push(value);
        }
        *values = unique;
        index
    }
}

/// The member of the manifest that lists style files.
const STYLE: &str = "style";
