//! A dataset with its cache: what the command line, servers and editors open.
//!
//! A [`Project`] reads the dataset only when it must: [`Project::graph`] returns the cached graph as long as no file has changed.
//! After an edit, [`Project::update`] reads one file again, and the next [check](Project::check) repeats only what depends on it.
//!
//! Invariant: only the cache directory is written to, and the cache never changes what a project returns.

mod cache;
mod compile;
mod metadata;

pub use cache::{Cache, CachedGraph};
pub use compile::{BuildError, build, compile};

use crate::check::{CheckOptions, Checked, Checker, EvidenceCounts};
use crate::dataset::{Dataset, Files, OpenOutcome};
use crate::diagnostic::Findings;
use crate::files::{Comparison, DatasetRoot, Inputs, ReadOptions};
use crate::rules::RuleOptions;
use crate::store::{Store, StoreError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a project is opened.
#[derive(Clone, Debug, Default)]
pub struct ProjectOptions {
    /// How files are read.
    pub read: ReadOptions,
    /// Where the graph is cached.
    pub cache: CacheLocation,
    /// How files are compared with those that the cached graph was built from.
    pub comparison: Comparison,
    /// What happens if the dataset has errors.
    pub on_errors: OnErrors,
    /// How the rules are run.
    pub rules: RuleOptions,
}

/// Where the graph of a project is cached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CacheLocation {
    /// In `.factloom` in the dataset's directory. A dataset that is not on disk is not cached.
    #[default]
    Dataset,
    /// In a subdirectory of this directory, with a name derived from the dataset's path.
    In(PathBuf),
    /// Nowhere.
    None,
}

/// What happens if a dataset has errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnErrors {
    /// The graph is not built.
    #[default]
    Refuse,
    /// The graph is built without the statements that have errors. It is not cached.
    Omit,
}

/// A stage of the work, for reports on progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read.
    Reading,
    /// Facts are checked, and their quotes searched for in the sources.
    Checking {
        /// The number of sources.
        sources: usize,
    },
    /// The quotes of a source have been searched for. This may be reported by any thread.
    CheckedSource,
    /// The graph is built.
    Building,
}

/// A function that is called at the start of each stage.
pub type OnStage<'a> = &'a (dyn Fn(Stage) + Sync);

/// A dataset with its cache.
///
/// ```
/// use factloom::check::CheckOptions;
/// use factloom::files::DatasetRoot;
/// use factloom::project::{Project, ProjectOptions};
///
/// let directory = tempfile::tempdir()?;
/// factloom::authoring::init(directory.path())?;
/// let mut project = Project::open(DatasetRoot::Directory(directory.path().to_owned()), ProjectOptions::default());
/// let graph = project.graph(&|_| {})?;
/// assert!(!graph.is_cached && graph.store.len()? > 100);
///
/// // The text of an editor, which is not saved yet.
/// project.update("facts.json", Some("[{}]"));
/// let check = project.check(&CheckOptions::default(), &|_| {});
/// assert_eq!(check.findings[0].message, "missing field `id`");
///
/// project.update("facts.json", None);
/// assert!(project.graph(&|_| {})?.is_cached);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Project {
    options: ProjectOptions,
    /// The dataset without edited buffers.
    root: DatasetRoot,
    /// Edited buffers: names relative to the manifest, and texts.
    buffers: Vec<(String, Arc<str>)>,
    cache: Option<Cache>,
    /// The dataset, once it has been read.
    opened: Option<OpenOutcome>,
    checker: Checker,
}

/// The result of [`Project::check`].
pub struct ProjectCheck<'a> {
    /// The dataset and its statements; `None` if the manifest is not usable.
    pub dataset: Option<(&'a Dataset, Checked)>,
    /// The files that were read, to locate findings in.
    pub files: &'a Files,
    /// The problems.
    pub findings: Findings,
}

/// The result of [`Project::graph`].
pub struct ProjectGraph {
    /// The graph.
    pub store: Store,
    /// How well the evidence of its statements holds.
    pub evidence: EvidenceCounts,
    /// How many statements were omitted because of errors.
    pub omitted: usize,
    /// Whether the dataset has errors; then the graph is incomplete.
    pub has_errors: bool,
    /// Whether the graph was read from the cache.
    pub is_cached: bool,
    /// The files that it was built from.
    pub inputs: Inputs,
}

/// Why the graph of a project cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The dataset has errors.
    #[error("the dataset has errors: {}", .errors.len())]
    Dataset {
        /// The errors.
        errors: Findings,
        /// The files to locate them in.
        files: Box<Files>,
    },
    /// The store returned an error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the cached graph of a project can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// No file has changed since the graph was cached.
    UpToDate,
    /// A file has changed, as described.
    Changed(String),
    /// This program has not cached a graph.
    NotCached,
}

impl Project {
    /// A project of a dataset. Reads nothing yet.
    pub fn open(root: DatasetRoot, options: ProjectOptions) -> Self {
        let cache = match &options.cache {
            _ if options.on_errors == OnErrors::Omit => None,
            CacheLocation::None => None,
            CacheLocation::Dataset => Cache::new(&root, None),
            CacheLocation::In(parent) => Cache::new(&root, Some(parent)),
        };
        let cache = cache.map(|cache| cache.with_entailment(options.read.entailment));
        Self { options, root, buffers: Vec::new(), cache, opened: None, checker: Checker::default() }
    }

    /// Where the files are.
    pub fn root(&self) -> &DatasetRoot {
        &self.root
    }

    /// The cache, if the project has one.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Whether the cached graph can be used. Takes some microseconds per file.
    pub fn freshness(&self) -> Freshness {
        let cache = self.cache.as_ref().filter(|_| self.buffers.is_empty());
        cache.map_or(Freshness::NotCached, |cache| cache.freshness(&self.root, self.source_dir()))
    }

    /// The graph: the cached one if it is up to date, else a new one, which is cached unless a file has an edited buffer.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset has errors, unless they are to be omitted, or if the store fails.
    pub fn graph(&mut self, on_stage: OnStage<'_>) -> Result<ProjectGraph, ProjectError> {
        let cache = self.cache.as_ref().filter(|_| self.buffers.is_empty());
        if let Some(CachedGraph { store, evidence, inputs }) =
            cache.and_then(|cache| cache.open(&self.root, self.source_dir(), self.options.comparison))
        {
            return Ok(ProjectGraph { store, evidence, omitted: 0, has_errors: false, is_cached: true, inputs });
        }
        self.build(on_stage)
    }

    /// Builds the graph, even if there is a cached one, from the files as they are now.
    ///
    /// # Errors
    ///
    /// Those of [`graph`](Self::graph).
    pub fn build(&mut self, on_stage: OnStage<'_>) -> Result<ProjectGraph, ProjectError> {
        self.refresh();
        let (rules, refuses) = (self.options.rules.clone(), self.options.on_errors == OnErrors::Refuse);
        let ProjectCheck { dataset, files, mut findings } = self.check(&CheckOptions::default(), on_stage);
        let Some((dataset, checked)) = dataset else { return Err(refused(findings, files)) };
        if refuses && findings.has_errors() {
            return Err(refused(findings, files));
        }
        on_stage(Stage::Building);
        let store = compile(dataset, &checked, &rules, &mut findings)?;
        if refuses && findings.has_errors() {
            return Err(refused(findings, files));
        }
        let (evidence, omitted, inputs) = (checked.evidence, checked.omitted, files.inputs());
        let has_errors = findings.has_errors();
        if let Some(cache) = self.cache.as_ref().filter(|_| self.buffers.is_empty()) {
            // If the graph cannot be cached, it is built again the next time.
            let _ = cache.store(&store, &inputs, evidence);
        }
        Ok(ProjectGraph { store, evidence, omitted, has_errors, is_cached: false, inputs })
    }

    /// Reads the dataset, unless that has been done, and checks it. A later check repeats only what has changed.
    pub fn check(&mut self, options: &CheckOptions<'_>, on_stage: OnStage<'_>) -> ProjectCheck<'_> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => {
                on_stage(Stage::Reading);
                Dataset::open_with(self.root_with_buffers(), self.options.read.clone())
            }
        };
        let opened = self.opened.insert(opened);
        let mut findings = opened.findings.clone();
        let on_source = || on_stage(Stage::CheckedSource);
        let options = CheckOptions { on_source: Some(&on_source), ..*options };
        let dataset = opened.dataset.as_ref().map(|dataset| {
            on_stage(Stage::Checking { sources: dataset.sources.len() });
            (dataset, self.checker.check(dataset, &options, &mut findings))
        });
        ProjectCheck { dataset, files: &opened.files, findings }
    }

    /// Reads a file again after an edit. `buffer` is its text in an editor; without one, the saved file counts.
    ///
    /// An edit of facts, of a source's text or of the lock takes constant time. After other edits, the whole dataset is read again,
    /// and the next check reuses what it can.
    pub fn update(&mut self, name: &str, buffer: Option<&str>) {
        self.buffers.retain(|(edited, _)| edited != name);
        self.buffers.extend(buffer.map(|text| (name.to_owned(), text.into())));
        let root = self.root_with_buffers();
        if let Some(opened) = &mut self.opened {
            opened.update(root, &[name]);
        }
    }

    /// Forgets the dataset if a file on disk has changed since it was read, so that it is read again. The next check reuses what
    /// it can. Takes some microseconds per file.
    pub fn refresh(&mut self) {
        let root = self.root_with_buffers();
        let comparison = self.options.comparison;
        let is_changed =
            |opened: &OpenOutcome| opened.files.inputs().compare(&root, self.source_dir(), comparison).is_err();
        if self.opened.as_ref().is_some_and(is_changed) {
            self.opened = None;
        }
    }

    fn root_with_buffers(&self) -> DatasetRoot {
        match &self.buffers[..] {
            [] => self.root.clone(),
            buffers => self.root.clone().with_buffers(buffers.iter().cloned()),
        }
    }

    fn source_dir(&self) -> Option<&Path> {
        self.options.read.source_dir.as_deref()
    }
}

fn refused(findings: Findings, files: &Files) -> ProjectError {
    ProjectError::Dataset { errors: findings.errors(), files: Box::new(files.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACT: &str = r#"{ "id": "f", "subject": "a", "predicate": "made", "object": "b",
        "evidence": [{ "source": "s", "quote": "A made B" }] }"#;

    fn project() -> (tempfile::TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("factloom.json", r#"{ "base": "https://e.org/", "sources": [{ "id": "s", "content": "A made B." }] }"#),
            (
                "vocabulary.ttl",
                "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
                v:Thing a owl:Class . v:made a owl:ObjectProperty .",
            ),
            (
                "entities.json",
                r#"[{ "id": "a", "type": "Thing", "label": "A" }, { "id": "b", "type": "Thing", "label": "B" }]"#,
            ),
            ("facts.json", &format!("[{FACT}]")),
        ] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let project = Project::open(DatasetRoot::Directory(dir.path().to_owned()), ProjectOptions::default());
        (dir, project)
    }

    fn messages(project: &mut Project) -> Vec<String> {
        let check = project.check(&CheckOptions::default(), &|_| {});
        check.findings.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_graph_is_cached_until_a_file_changes() {
        let (dir, mut project) = project();
        assert_eq!(project.freshness(), Freshness::NotCached);
        assert!(!project.graph(&|_| {}).unwrap().is_cached);
        assert_eq!(project.freshness(), Freshness::UpToDate);
        assert!(project.graph(&|_| {}).unwrap().is_cached);
        std::fs::write(dir.path().join("style.json"), "{}").unwrap();
        assert_eq!(project.freshness(), Freshness::Changed("the files matching `style.json` have changed".to_owned()));
        assert!(!project.graph(&|_| {}).unwrap().is_cached);
        assert_eq!(project.freshness(), Freshness::UpToDate);
    }

    #[test]
    fn an_edited_buffer_counts_but_is_not_cached() {
        let (_dir, mut project) = project();
        assert_eq!(messages(&mut project), [""; 0]);
        project.update("facts.json", Some(&format!("[{}]", FACT.replace("\"a\"", "\"c\""))));
        assert_eq!(messages(&mut project)[0], "unknown entity `c`");
        assert!(matches!(project.graph(&|_| {}), Err(ProjectError::Dataset { errors, .. }) if errors.len() == 1));
        project.update("facts.json", Some("[]"));
        assert_eq!(project.graph(&|_| {}).unwrap().store.metadata().statements, 0);
        assert_eq!(project.freshness(), Freshness::NotCached);
        project.update("facts.json", None);
        assert_eq!(project.graph(&|_| {}).unwrap().store.metadata().statements, 1);
        assert_eq!(project.freshness(), Freshness::UpToDate);
    }

    #[test]
    fn a_saved_edit_is_read_again_after_an_update() {
        let (dir, mut project) = project();
        assert_eq!(messages(&mut project), [""; 0]);
        std::fs::write(dir.path().join("facts.json"), "[{}]").unwrap();
        assert_eq!(messages(&mut project), [""; 0]);
        project.update("facts.json", None);
        assert_eq!(messages(&mut project)[0], "missing field `id`");
    }

    #[test]
    fn a_graph_is_built_from_the_files_as_they_are() {
        let (dir, mut project) = project();
        assert_eq!(messages(&mut project), [""; 0]);
        std::fs::write(dir.path().join("facts.json"), "[]").unwrap();
        assert_eq!(project.graph(&|_| {}).unwrap().store.metadata().statements, 0);
        std::fs::remove_file(dir.path().join("facts.json")).unwrap();
        std::fs::write(dir.path().join("facts.jsonl"), FACT.replace('\n', "")).unwrap();
        project.refresh();
        assert_eq!(messages(&mut project), [""; 0]);
        assert_eq!(project.graph(&|_| {}).unwrap().store.metadata().statements, 1);
    }

    #[test]
    fn the_stages_are_reported_in_order() {
        let (_dir, mut project) = project();
        let stages = std::sync::Mutex::new(Vec::new());
        project.graph(&|stage| stages.lock().unwrap().push(stage)).unwrap();
        let expected = [Stage::Reading, Stage::Checking { sources: 1 }, Stage::CheckedSource, Stage::Building];
        assert_eq!(stages.into_inner().unwrap(), expected);
    }
}
