//! The files of a dataset.

use super::entailment;
use super::json::{self, Layout, Record, RecordFormat};
use super::jsonl;
use super::size_limit::SizeLimit;
use crate::diagnostic::{Code, FileId, Finding, Findings, IndexedText, Location, MAX_SHARED_TEXT};
use crate::files::{
    Content, DatasetRoot, Fingerprint, Inputs, PathScope, ReadError, ReadOptions, is_wildcard, read_text_in,
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The files of a dataset, numbered in the order in which they were found.
#[derive(Clone, Debug)]
pub struct Files {
    root: DatasetRoot,
    options: ReadOptions,
    entries: Vec<FileEntry>,
    /// The files read so far. Shared by all clones, because source texts are read later and in parallel.
    inputs: Arc<Mutex<Inputs>>,
    /// The file names that the texts of several sources have, in different directories.
    shared_text_names: HashSet<String>,
    /// What was read from the files, to locate findings in it.
    checked: Arc<Mutex<HashMap<FileId, CheckedContent>>>,
    /// The revision of the files that have not changed since the dataset was opened.
    opened: u64,
    /// The revisions of the other files, by name.
    changed: HashMap<String, u64>,
}

/// What was read from a file.
#[derive(Clone, Debug)]
struct CheckedContent {
    /// The SHA-256, in hexadecimal.
    sha256: String,
    /// The text, unless it is long.
    text: Option<Arc<IndexedText>>,
}

#[derive(Clone, Debug)]
struct FileEntry {
    name: String,
    layout: Layout,
    /// `None` for a rule of standard entailment, which is part of the program.
    scope: Option<PathScope>,
    limit: SizeLimit,
}

impl Files {
    /// No files yet.
    pub(crate) fn new(root: DatasetRoot, options: ReadOptions) -> Self {
        let inputs = Arc::new(Mutex::new(Inputs::new(options.source_dir.as_deref())));
        let (opened, changed) = (next_revision(), HashMap::new());
        let (entries, shared_text_names, checked) = (Vec::new(), HashSet::new(), Arc::default());
        Self { root, options, entries, inputs, shared_text_names, checked, opened, changed }
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, name: &str, layout: Layout, scope: PathScope, limit: SizeLimit) -> FileId {
        self.push(FileEntry { name: name.to_owned(), layout, scope: Some(scope), limit })
    }

    /// Adds a rule of standard entailment.
    pub(super) fn add_built_in(&mut self, name: &str) -> FileId {
        self.push(FileEntry { name: name.to_owned(), layout: Layout::Document, scope: None, limit: SizeLimit::QUERY })
    }

    fn push(&mut self, entry: FileEntry) -> FileId {
        self.entries.push(entry);
        FileId(u32::try_from(self.entries.len() - 1).expect("a dataset has fewer than four billion files"))
    }

    /// The text of a file. If it is short, it is read only once.
    pub(crate) fn read(&self, file: FileId) -> Result<Arc<IndexedText>, ReadError> {
        if let Some(text) = self.checked_mut().get(&file).and_then(|checked| checked.text.clone()) {
            return Ok(text);
        }
        let (text, sha256) = self.read_again(file)?;
        let text = Arc::new(IndexedText::new(text));
        let kept = (text.len() <= MAX_SHARED_TEXT).then(|| Arc::clone(&text));
        self.checked_mut().insert(file, CheckedContent { sha256, text: kept });
        Ok(text)
    }

    /// The text of a file as it was checked; `None` if it cannot be read or has changed since.
    pub(super) fn checked_text(&self, file: FileId) -> Option<Arc<IndexedText>> {
        let checked = self.checked_mut().get(&file).cloned();
        let Some(CheckedContent { sha256, text }) = checked else { return self.read(file).ok() };
        if text.is_some() {
            return text;
        }
        let (text, sha256_now) = self.read_again(file).ok()?;
        (sha256_now == sha256).then(|| Arc::new(IndexedText::new(text)))
    }

    /// The text of a file as it is now, and its SHA-256.
    fn read_again(&self, file: FileId) -> Result<(String, String), ReadError> {
        let FileEntry { name, scope, limit, .. } = &self.entries[file.0 as usize];
        match scope {
            Some(scope) => self.read_named(name, *scope, *limit),
            None => {
                let text = entailment::text_of(name).ok_or_else(|| ReadError::Missing(name.to_owned()))?;
                Ok((text.to_owned(), sha256(text)))
            }
        }
    }

    /// The SHA-256 of a file as it was checked; `None` if it cannot be read.
    pub(crate) fn sha256(&self, file: FileId) -> Option<String> {
        if !self.checked_mut().contains_key(&file) {
            self.read(file).ok()?;
        }
        self.checked_mut().get(&file).map(|checked| checked.sha256.clone())
    }

    /// A number that stands for the content of a file or of a source's text: if it is the same, so is what was read. The reverse
    /// does not hold.
    pub(crate) fn revision(&self, name: &str) -> u64 {
        self.changed.get(name).copied().unwrap_or(self.opened)
    }

    /// The [revision](Self::revision) of what was read when the dataset was opened.
    pub(crate) fn revision_when_opened(&self) -> u64 {
        self.opened
    }

    /// Forgets what was read from a file, which has changed. `root` is where files are read from now on.
    pub(super) fn invalidate(&mut self, root: DatasetRoot, name: &str) {
        self.root = root;
        self.changed.insert(name.to_owned(), next_revision());
        let numbers = (0..).map(FileId).zip(&self.entries).filter(|(_, entry)| entry.name == name);
        let numbers: Vec<FileId> = numbers.map(|(file, _)| file).collect();
        for file in numbers {
            self.checked_mut().remove(&file);
        }
        self.inputs_mut().invalidate(name);
    }

    /// Reads the records of a file: calls `map` for several records at a time, in parallel, and `collect` with the results in
    /// the order of the file. Only a few megabytes of a JSON Lines file on disk are in memory at a time.
    ///
    /// If it fails, the collected results must be discarded.
    pub(crate) fn read_records<T: RecordFormat, M: Send>(
        &self,
        file: FileId,
        findings: &mut Findings,
        map: impl Fn(Vec<Record<T>>) -> M + Sync,
        collect: impl FnMut(M),
    ) -> Result<(), ReadError> {
        let FileEntry { name, layout, scope, limit } = &self.entries[file.0 as usize];
        let scope = scope.unwrap_or(PathScope::Inside);
        let content = self.root.open(name, scope, limit.at_most(self.options.max_file_size));
        match (content, layout) {
            (Ok(Content::File(from)), Layout::Lines) => {
                let mut found = Findings::new();
                let stat = from.stat().clone();
                let read = jsonl::read(file, name, from, &mut found, map, collect);
                let sha256 = self.record(name, read.map(|content| with_sha256((), Fingerprint::new(stat, content))))?.1;
                self.checked_mut().insert(file, CheckedContent { sha256, text: None });
                findings.append(&mut found);
            }
            _ => {
                let text = self.read(file)?;
                let records = json::read(file, *layout, &text, findings);
                drop(text);
                let mapped: Vec<M> = records.into_par_iter().chunks(CHUNK_SIZE).map(&map).collect();
                mapped.into_iter().for_each(collect);
            }
        }
        Ok(())
    }

    /// The text of a file and its SHA-256.
    fn read_named(&self, name: &str, scope: PathScope, limit: SizeLimit) -> Result<(String, String), ReadError> {
        let content = self.root.open(name, scope, limit.at_most(self.options.max_file_size));
        let text = content.and_then(|content| content.text(name)).map_err(|e| limit.error(e));
        let read = text.map(|(text, fingerprint)| match fingerprint {
            Some(fingerprint) => with_sha256(text, fingerprint),
            None => {
                let sha256 = sha256(&text);
                ((text, sha256), None)
            }
        });
        self.record(name, read)
    }

    /// Adds a file that was read to the inputs. A file in memory, which has no fingerprint, is not an input.
    fn record<T>(&self, name: &str, read: Result<(T, Option<Fingerprint>), ReadError>) -> Result<T, ReadError> {
        match read {
            Ok((read, fingerprint)) => {
                if fingerprint.is_some() {
                    self.inputs_mut().add_file(name, fingerprint);
                }
                Ok(read)
            }
            Err(error) => {
                if self.root.directory().is_some() {
                    self.inputs_mut().add_file(name, None);
                }
                Err(error)
            }
        }
    }

    /// The text of a source's file: from the directory of sources, or else from the dataset; `None` if the file is missing.
    /// Returns its SHA-256, too.
    pub(super) fn text(&self, path: &str) -> Result<Option<(String, String)>, ReadError> {
        if let Some(dir) = &self.options.source_dir {
            for name in self.names_in_source_dir(path) {
                let (text, fingerprint) = match read_text_in(dir, &name, path, self.options.max_file_size) {
                    Ok((text, fingerprint)) => (Ok((text, fingerprint.sha256().to_owned())), Some(fingerprint)),
                    Err(e) => (Err(e), None),
                };
                self.inputs_mut().add_text(&name, fingerprint);
                match text {
                    // A manager of large files, such as git-annex, has a link in place of each text that is missing.
                    Err(ReadError::Missing(_) | ReadError::DanglingLink(_)) => {}
                    text => return text.map_err(|e| SizeLimit::TEXT.error(e)).map(Some),
                }
            }
        }
        match self.read_named(path, PathScope::Inside, SizeLimit::TEXT) {
            Err(ReadError::Missing(_) | ReadError::DanglingLink(_)) => Ok(None),
            text => text.map(Some),
        }
    }

    /// The names that the text of a source's file may have in the directory of sources, in the order in which they are tried: its
    /// path, and its file name unless the text of another source has the same.
    fn names_in_source_dir(&self, path: &str) -> Vec<String> {
        let path = Path::new(path);
        let is_below = path.components().all(|component| matches!(component, Component::Normal(_)));
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let file_name = file_name.filter(|name| !self.shared_text_names.contains(name));
        let mut names: Vec<String> = is_below.then(|| path.to_string_lossy().into_owned()).into_iter().collect();
        names.extend(file_name.filter(|name| !names.contains(name)));
        names
    }

    /// Sets the paths of all sources' texts, so that texts with the same file name are not confused.
    pub(super) fn set_text_paths<'p>(&mut self, paths: impl Iterator<Item = &'p str>) {
        let mut by_name: HashMap<String, &str> = HashMap::new();
        for path in paths {
            let Some(name) = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()) else {
                continue;
            };
            if *by_name.entry(name.clone()).or_insert(path) != path {
                self.shared_text_names.insert(name);
            }
        }
    }

    /// The paths at which the text of a source's file is searched for, in this order.
    pub(super) fn text_paths(&self, path: &str) -> Vec<String> {
        let in_source_dir = self.options.source_dir.iter().flat_map(|dir| {
            let names = self.names_in_source_dir(path).into_iter();
            names.map(|name| dir.join(name).display().to_string())
        });
        in_source_dir.chain([self.root.display_path(path)]).collect()
    }

    /// The text of a source's file in the dataset itself; `None` if it has no such text.
    pub(super) fn own_text(&self, path: &str) -> Option<String> {
        self.read_named(path, PathScope::Inside, SizeLimit::TEXT).ok().map(|(text, _)| text)
    }

    /// The files that a pattern matches; see [`DatasetRoot::matching`].
    pub(super) fn matching(&self, pattern: &str, scope: PathScope) -> Result<Vec<String>, ReadError> {
        let names = self.root.matching(pattern, scope);
        if self.root.directory().is_some() {
            self.inputs_mut().add_pattern(pattern, scope, names.as_ref().ok().cloned());
        }
        names
    }

    /// Whether a file is itself a link, wherever that leads.
    pub(crate) fn is_link(&self, file: FileId) -> bool {
        self.root.directory().is_some_and(|directory| directory.join(self.name(file)).is_symlink())
    }

    /// Why a file cannot be opened, which is found out without reading it; `None` if it can be.
    pub(crate) fn open_error(&self, file: FileId) -> Option<ReadError> {
        let FileEntry { name, scope, limit, .. } = &self.entries[file.0 as usize];
        let opened = self.root.open(name, (*scope)?, limit.at_most(self.options.max_file_size));
        opened.err().map(|error| limit.error(error))
    }

    /// Whether a path is that of a file in the dataset. Like the matches of a pattern, this is a dependency of what was read.
    pub(super) fn contain(&self, path: &str) -> bool {
        let is_regular = || self.root.open(path, PathScope::Inside, u64::MAX).is_ok();
        !is_wildcard(path)
            && self.matching(path, PathScope::Inside).is_ok_and(|found| !found.is_empty())
            && (self.root.directory().is_none() || is_regular())
    }

    /// The names of all files, relative to the manifest.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// A file's name, relative to the manifest.
    pub fn name(&self, file: FileId) -> &str {
        &self.entries[file.0 as usize].name
    }

    /// Whether a file is a rule of standard entailment, which is part of the program.
    pub(crate) fn is_built_in(&self, file: FileId) -> bool {
        self.entries[file.0 as usize].scope.is_none()
    }

    /// The layout of a file's records.
    pub(crate) fn layout(&self, file: FileId) -> Layout {
        self.entries[file.0 as usize].layout
    }

    /// A file's path relative to the current directory.
    pub fn display_path(&self, file: FileId) -> String {
        self.root.display_path(self.name(file))
    }

    /// How the files are read.
    pub(crate) fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// The dataset's root.
    pub fn root(&self) -> &DatasetRoot {
        &self.root
    }

    /// The files read so far; complete once the dataset has been checked, which reads the source texts.
    pub fn inputs(&self) -> Inputs {
        self.inputs_mut().clone()
    }

    fn checked_mut(&self) -> MutexGuard<'_, HashMap<FileId, CheckedContent>> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inputs_mut(&self) -> MutexGuard<'_, Inputs> {
        // A thread that panics leaves only complete entries.
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number that was not returned before.
fn next_revision() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// What was read from a file on disk, with its SHA-256.
fn with_sha256<T>(read: T, fingerprint: Fingerprint) -> ((T, String), Option<Fingerprint>) {
    ((read, fingerprint.sha256().to_owned()), Some(fingerprint))
}

/// The number of an array's records that are mapped at a time.
const CHUNK_SIZE: usize = 1024;

/// The finding about a file that cannot be read.
pub(crate) fn unreadable(file: FileId, error: &ReadError) -> Finding {
    Finding::new(Code::UnreadableFile, file, Location::File, error.to_string()).help(error.help())
}
