//! Renaming an entity, a predicate, a class, a source or a statement everywhere in a dataset.
//!
//! Each kind of file has its own places for references: members of JSON records ([`json`]), terms in Turtle and SPARQL ([`terms`]), values
//! of parameters ([`decorators`]), and cells of golden files ([`golden`]). Then the renamed dataset is checked, built and tested in memory.
//!
//! Invariant: the results change only by the name, or nothing is returned to be written.

mod csv;
mod decorators;
mod golden;
mod json;
mod names;
mod rows;
mod terms;
#[cfg(test)]
mod tests;
mod verify;

use super::edit::{ChangedFile, TextEdit, apply};
use crate::dataset::{
    Dataset, DatasetRoot, FileRole, Files, Layout, OpenOutcome, ReadError, SizeLimit, SourceText, record_ranges,
    without_comments,
};
use crate::diagnostic::{FileId, Findings};
use crate::files::{PathScope, ReadOptions};
use crate::model::{InvalidId, choices};
use crate::project::{OnStage, Stage};
use crate::report::{GoldenError, GoldenReport};
use crate::rules::RuleOptions;
use crate::store::{Store, StoreError};
use golden::GoldenTexts;
use json::RecordKind;
use names::{KnownStatements, Names};
use std::collections::BTreeMap;
use std::path::Path;
use terms::Syntax;
use verify::Verification;

choices!(
    /// The kind of a thing with a name.
    NameKind {
        /// An entity.
        Entity "entity",
        /// A predicate.
        Predicate "predicate",
        /// A class.
        Class "class",
        /// A source.
        Source "source",
        /// A statement.
        Statement "statement",
    }
);

/// The file of sign-offs, if there is one.
const REVIEWS: &str = "reviews.jsonl";

/// How a dataset is renamed and verified.
#[derive(Clone, Default)]
pub struct RenameOptions<'a> {
    /// What is renamed, if the name does not tell.
    pub kind: Option<NameKind>,
    /// How files are read.
    pub read: ReadOptions,
    /// How the rules are run.
    pub rules: RuleOptions,
    /// Sets limits for the stored queries.
    pub limited: Option<&'a dyn Fn(&Store) -> Store>,
}

/// A rename, before it is written.
#[derive(Clone, Debug)]
pub struct Rename {
    /// What is renamed.
    pub kind: NameKind,
    /// The old id, or the old local name of a class or a predicate.
    pub old: String,
    /// The new one.
    pub new: String,
    /// The files that change, sorted by name.
    pub files: Vec<ChangedFile>,
    /// What a person should look at: strings of queries that contain the name, a file that is named after a source, and what could not
    /// be verified.
    pub notes: Vec<String>,
}

/// Why nothing is renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// The manifest is not usable.
    #[error("the manifest is not usable")]
    Manifest {
        /// The problems.
        findings: Findings,
        /// The files to locate them in.
        files: Box<Files>,
    },
    /// No name of the dataset.
    #[error("unknown {} `{name}`", names::kinds_in_words(.kinds))]
    Unknown {
        /// The name.
        name: String,
        /// The kinds that were searched.
        kinds: Vec<NameKind>,
        /// A similar name and its kind.
        similar: Option<(String, NameKind)>,
    },
    /// A name below another base.
    #[error("`{0}` is not a name of this dataset")]
    Foreign(String),
    /// The name of several things.
    #[error("`{name}` is the name of several things: {}", kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// What has this name.
        kinds: Vec<NameKind>,
    },
    /// The new name has the prefix of another kind.
    #[error("`{name}` has the prefix of the kind `{other}`, not `{kind}`")]
    OtherKind {
        /// The new name.
        name: String,
        /// What is renamed.
        kind: NameKind,
        /// What the prefix stands for.
        other: NameKind,
    },
    /// The new name is not a valid id.
    #[error("`{name}` is not a valid id: {error}")]
    InvalidId {
        /// The name.
        name: String,
        /// What is wrong.
        error: InvalidId,
    },
    /// Both names are the same.
    #[error("the name is `{0}` already")]
    Same(String),
    /// The new name is used.
    #[error("the {kind} `{name}` exists already")]
    Exists {
        /// The name.
        name: String,
        /// What has it.
        kind: NameKind,
    },
    /// The new local name stands for another term.
    #[error("`{name}` stands for `{iri}` already")]
    Shadows {
        /// The name.
        name: String,
        /// The term.
        iri: String,
    },
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The renamed dataset has findings that it did not have before.
    #[error("the renamed dataset has other findings")]
    Findings {
        /// The findings of these codes.
        findings: Findings,
        /// The files to locate them in.
        files: Box<Files>,
    },
    /// Stored queries have other results.
    #[error("stored queries have other results")]
    Results(Box<GoldenReport>),
    /// The rules derive another number of triples.
    #[error("the graph has {after} triples instead of {before}")]
    Graph {
        /// The number of triples before.
        before: usize,
        /// The number of triples of the renamed dataset.
        after: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored queries could not be run.
    #[error(transparent)]
    Golden(#[from] GoldenError),
}

impl RenameError {
    /// The next step.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Unknown { similar: Some((name, kind)), .. } => format!("did you mean the {kind} `{name}`?"),
            Self::Unknown { similar: None, .. } => "`factloom search` finds entities and statements".to_owned(),
            Self::Foreign(_) => "only ids, and names below the `base` of the manifest, can be renamed".to_owned(),
            Self::Ambiguous { kinds, .. } => format!("choose with --kind {}", names::kinds_in_words(kinds)),
            Self::OtherKind { .. } => "write the new id without a prefix".to_owned(),
            Self::InvalidId { error: InvalidId::NotNormalized(normalized), .. } => format!("write `{normalized}`"),
            Self::InvalidId { error: InvalidId::Reserved, .. } => {
                "choose an id other than `i-` and 16 hexadecimal digits".to_owned()
            }
            Self::InvalidId { .. } => "use only letters, digits, `-` and `_`, such as `old-mill`".to_owned(),
            Self::Same(_) | Self::Exists { .. } | Self::Shadows { .. } => "choose another name".to_owned(),
            Self::Read(error) => error.help().to_owned(),
            Self::Findings { .. } => {
                "nothing was renamed; choose another name, or correct what depends on it".to_owned()
            }
            Self::Results(_) => {
                "nothing was renamed; correct the queries that depend on the name as a string or on its order"
                    .to_owned()
            }
            Self::Graph { .. } => {
                "nothing was renamed; correct the rules that depend on the name as a string".to_owned()
            }
            Self::Manifest { .. } | Self::Store(_) | Self::Golden(_) => return None,
        })
    }
}

/// Renames an entity, a predicate, a class, a source or a statement in all files of a dataset.
///
/// `old` is an id, a local name, a prefixed name or an IRI. The renamed dataset is checked in memory, and its stored queries are run: their
/// golden files change only by the name. Nothing is written.
///
/// Takes about as long as checking and building the dataset, and longer if that finds problems or if results differ.
///
/// # Errors
///
/// Returns an error if the old name is unknown or ambiguous, if the new one is invalid or used, or if the renamed dataset has findings or
/// results that are not those of before apart from the name.
///
/// ```
/// use factloom::authoring::{RenameOptions, rename};
/// use factloom::files::DatasetRoot;
///
/// let root = DatasetRoot::Bundled(factloom::BUNDLED);
/// let renamed = rename(&root, "karachi", "city-of-karachi", &RenameOptions::default(), &|_| {})?;
/// assert!(renamed.files.iter().any(|file| file.name == "entities.json"));
/// # Ok::<(), factloom::authoring::RenameError>(())
/// ```
pub fn rename(
    root: &DatasetRoot,
    old: &str,
    new: &str,
    options: &RenameOptions<'_>,
    on_stage: OnStage<'_>,
) -> Result<Rename, RenameError> {
    on_stage(Stage::Reading);
    let OpenOutcome { dataset, files, findings } = Dataset::open_with(root.clone(), options.read.clone());
    let Some(dataset) = dataset else { return Err(RenameError::Manifest { findings, files: Box::new(files) }) };
    let facts = fact_texts(&dataset)?;
    let known = |old: &str, new: &str| known_statements(&facts, old, new);
    let names = Names::resolve(&dataset, (old, new), options.kind, known).map_err(|error| match error {
        RenameError::Unknown { name, kinds, .. } => {
            let ids = if kinds.contains(&NameKind::Statement) { all_statement_ids(&facts) } else { Vec::new() };
            let local = names::parse(&name, &dataset.namespaces).map_or_else(|_| name.clone(), |(local, _)| local);
            let similar = names::similar(&dataset, &local, &kinds, &ids);
            RenameError::Unknown { name, kinds, similar }
        }
        other => other,
    })?;
    let mut plan = Plan::default();
    plan.add_definitions(root, &dataset, &facts, &names)?;
    plan.add_queries(&dataset, &names);
    let golden = GoldenTexts::read(root, &options.read)?;
    Verification::new(root, options, &names, on_stage).complete(&mut plan, &golden)?;
    let Names { kind, old, new, .. } = names;
    let files = plan.files.iter().filter_map(|(name, file)| file.changed(name)).collect();
    Ok(Rename { kind, old, new, files, notes: plan.notes })
}

/// The edits of all files.
#[derive(Default)]
struct Plan {
    files: BTreeMap<String, PlannedFile>,
    notes: Vec<String>,
}

/// The edits of a file.
struct PlannedFile {
    scope: PathScope,
    text: String,
    edits: Vec<TextEdit>,
}

impl PlannedFile {
    fn new_text(&self) -> String {
        apply(&self.text, &self.edits)
    }

    fn changed(&self, name: &str) -> Option<ChangedFile> {
        if self.edits.is_empty() {
            return None;
        }
        Some(ChangedFile { scope: self.scope, ..ChangedFile::new(name, &self.text, &self.edits) })
    }
}

impl Plan {
    fn set(&mut self, name: &str, scope: PathScope, text: &str, edits: Vec<TextEdit>) {
        if edits.is_empty() {
            self.files.remove(name);
        } else {
            self.files.insert(name.to_owned(), PlannedFile { scope, text: text.to_owned(), edits });
        }
    }

    /// The new texts, to be laid over the dataset.
    fn overlay(&self, root: &DatasetRoot) -> DatasetRoot {
        root.clone().overlaid(self.files.iter().map(|(name, file)| (name.as_str(), file.new_text())))
    }

    /// The references in JSON files and in the vocabulary.
    fn add_definitions(
        &mut self,
        root: &DatasetRoot,
        dataset: &Dataset,
        facts: &[FactText],
        names: &Names<'_>,
    ) -> Result<(), RenameError> {
        let files = &dataset.files;
        for (file, role) in dataset.files_with_roles() {
            let text = files.read(file)?;
            let layout = files.layout(file);
            let edits = match role {
                FileRole::Manifest => json::edits(&text, layout, RecordKind::Manifest, names),
                FileRole::Sources => json::edits(&text, layout, RecordKind::Source, names),
                FileRole::Entities => json::edits(&text, layout, RecordKind::Entity, names),
                FileRole::Style => json::edits(&text, layout, RecordKind::Style, names),
                FileRole::Vocabulary => terms::edits(&text, Syntax::Turtle, names),
            };
            self.set(files.name(file), PathScope::Inside, &text, edits);
        }
        for FactText { name, layout, text } in facts {
            self.set(name, PathScope::Inside, text, json::edits(text, *layout, RecordKind::Fact, names));
        }
        if names.kind == NameKind::Source
            && let Ok(text) = files.read(dataset.lock_file)
        {
            self.set(files.name(dataset.lock_file), PathScope::Inside, &text, json::lock_edits(&text, names));
        }
        if let Some(text) = read(root, REVIEWS, PathScope::Inside, files.options())? {
            let edits = json::edits(&text, Layout::Lines, RecordKind::Review, names);
            self.set(REVIEWS, PathScope::Inside, &text, edits);
        }
        if names.kind == NameKind::Source
            && let Some(SourceText::File(path)) = dataset.source(&names.old).map(|source| &source.text)
            && Path::new(path).file_stem().is_some_and(|stem| stem == names.old.as_str())
        {
            self.notes.push(format!("the text keeps its file `{path}`, which is named after the old id"));
        }
        Ok(())
    }

    /// The references in rules and stored queries, and notes about their strings.
    fn add_queries(&mut self, dataset: &Dataset, names: &Names<'_>) {
        let files = &dataset.files;
        let own_rules = dataset.rules.iter().filter(|rule| !files.is_built_in(rule.file));
        let rules = own_rules.map(|rule| (rule, PathScope::Inside));
        for (query, scope) in rules.chain(dataset.queries.iter().map(|query| (query, PathScope::Queries))) {
            // With its byte order mark, which the query lacks.
            let Ok(text) = files.read(query.file) else { continue };
            let mut edits = terms::edits(&text, Syntax::Sparql, names);
            edits.extend(decorators::edits(&text, names));
            let name = files.name(query.file);
            for range in terms::strings_with_name(&text, names) {
                let line = text[..range.start].matches('\n').count() + 1;
                self.notes.push(format!(
                    "{}:{line} has `{}` in a string, which stays as it is",
                    files.display_path(query.file),
                    names.old
                ));
            }
            self.set(name, scope, &text, edits);
        }
    }
}

/// The text of a file; `None` if it is missing.
fn read(
    root: &DatasetRoot,
    name: &str,
    scope: PathScope,
    options: &ReadOptions,
) -> Result<Option<String>, RenameError> {
    let limit = SizeLimit::DATA.at_most(options.max_file_size);
    match root.open(name, scope, limit).and_then(|content| content.text(name)) {
        Ok((text, _)) => Ok(Some(text)),
        Err(ReadError::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A file of facts.
struct FactText {
    name: String,
    layout: Layout,
    text: String,
}

fn fact_texts(dataset: &Dataset) -> Result<Vec<FactText>, RenameError> {
    let text = |file: &FileId| {
        let files = &dataset.files;
        let text = files.read(*file)?.to_string();
        Ok(FactText { name: files.name(*file).to_owned(), layout: files.layout(*file), text })
    };
    dataset.fact_files.iter().map(text).collect()
}

/// Which of two ids the statements have. Only records in which one may occur are parsed.
fn known_statements(facts: &[FactText], old: &str, new: &str) -> KnownStatements {
    let mut known = KnownStatements::default();
    let may_occur = |text: &str| text.contains(old) || text.contains(new) || text.contains("\\u");
    for FactText { layout, text, .. } in facts.iter().filter(|file| may_occur(&file.text)) {
        for id in statement_ids(text, *layout, &may_occur) {
            known.old |= id == old;
            known.new |= id == new;
        }
    }
    known
}

fn all_statement_ids(facts: &[FactText]) -> Vec<String> {
    facts.iter().flat_map(|file| statement_ids(&file.text, file.layout, &|_| true)).collect()
}

fn statement_ids(text: &str, layout: Layout, is_candidate: &dyn Fn(&str) -> bool) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct WithId {
        id: Option<String>,
    }
    let records = record_ranges(text, layout).into_iter().map(|range| &text[range]);
    let id = |record: &str| {
        let json = without_comments(record);
        serde_json::from_str::<WithId>(&json).ok()?.id
    };
    records.filter(|record| is_candidate(record)).filter_map(id).collect()
}
