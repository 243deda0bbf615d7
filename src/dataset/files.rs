//! The files of a dataset.

use super::entailment;
use super::json::{self, Layout, Record, RecordFormat};
use super::jsonl;
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::files::{Content, DatasetRoot, Fingerprint, Inputs, PathScope, ReadError, ReadOptions, read_text};
use rayon::prelude::*;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The files of a dataset, numbered in the order in which they were found.
#[derive(Clone, Debug)]
pub struct Files {
    root: DatasetRoot,
    options: ReadOptions,
    entries: Vec<FileEntry>,
    /// The files read so far. Shared by all clones, because source texts are read later and in parallel.
    inputs: Arc<Mutex<Inputs>>,
}

#[derive(Clone, Debug)]
struct FileEntry {
    name: String,
    layout: Layout,
    /// `None` for a rule of standard entailment, which is part of the program.
    scope: Option<PathScope>,
}

impl Files {
    /// No files yet.
    pub(crate) fn new(root: DatasetRoot, options: ReadOptions) -> Self {
        let inputs = Arc::new(Mutex::new(Inputs::new(options.source_dir.as_deref())));
        Self { root, options, entries: Vec::new(), inputs }
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, name: &str, layout: Layout, scope: PathScope) -> FileId {
        self.push(FileEntry { name: name.to_owned(), layout, scope: Some(scope) })
    }

    /// Adds a rule of standard entailment.
    pub(super) fn add_built_in(&mut self, name: &str) -> FileId {
        self.push(FileEntry { name: name.to_owned(), layout: Layout::Document, scope: None })
    }

    fn push(&mut self, entry: FileEntry) -> FileId {
        self.entries.push(entry);
        FileId(u32::try_from(self.entries.len() - 1).expect("a dataset has fewer than four billion files"))
    }

    /// Reads a file.
    pub(crate) fn read(&self, file: FileId) -> Result<String, ReadError> {
        let FileEntry { name, scope, .. } = &self.entries[file.0 as usize];
        match scope {
            Some(scope) => self.read_named(name, *scope),
            None => entailment::text_of(name).map(str::to_owned).ok_or_else(|| ReadError::Missing(name.to_owned())),
        }
    }

    /// Reads the records of a file: calls `map` for several records at a time, in parallel, and `collect` with the results in
    /// the order of the file. Only a few megabytes of a JSON Lines file on disk are in memory at a time.
    ///
    /// If it fails, the collected results must be discarded.
    pub(crate) fn read_records<T: RecordFormat, M: Send>(
        &self,
        file: FileId,
        findings: &mut Vec<Finding>,
        map: impl Fn(Vec<Record<T>>) -> M + Sync,
        collect: impl FnMut(M),
    ) -> Result<(), ReadError> {
        let FileEntry { name, layout, scope } = &self.entries[file.0 as usize];
        let scope = scope.unwrap_or(PathScope::Inside);
        let content = self.root.open(name, scope, self.options.max_file_size);
        match (content, layout) {
            (Ok(Content::File(from)), Layout::Lines) => {
                let mut found = Vec::new();
                let stat = from.stat().clone();
                let read = jsonl::read(file, name, from, &mut found, map, collect);
                self.record(name, read.map(|content| ((), Some(Fingerprint::new(stat, content)))))?;
                findings.append(&mut found);
            }
            (content, _) => {
                let text = self.record(name, content.and_then(|content| content.text(name)))?;
                let records = json::read(file, *layout, &text, findings);
                drop(text);
                let mapped: Vec<M> = records.into_par_iter().chunks(CHUNK_SIZE).map(&map).collect();
                mapped.into_iter().for_each(collect);
            }
        }
        Ok(())
    }

    fn read_named(&self, name: &str, scope: PathScope) -> Result<String, ReadError> {
        let content = self.root.open(name, scope, self.options.max_file_size);
        self.record(name, content.and_then(|content| content.text(name)))
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

    /// The text of a source's file: from the directory of sources, else from the dataset; `None` if the file is missing.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, ReadError> {
        if let (Some(dir), Some(name)) = (&self.options.source_dir, Path::new(path).file_name()) {
            let name = name.to_string_lossy();
            let (text, fingerprint) = match read_text(&dir.join(&*name), path, self.options.max_file_size) {
                Ok((text, fingerprint)) => (Ok(text), Some(fingerprint)),
                Err(e) => (Err(e), None),
            };
            self.inputs_mut().add_text(&name, fingerprint);
            match text {
                Err(ReadError::Missing(_)) => {}
                text => return text.map(Some),
            }
        }
        match self.read_named(path, PathScope::Inside) {
            Err(ReadError::Missing(_)) => Ok(None),
            text => text.map(Some),
        }
    }

    /// The files that a pattern matches; see [`DatasetRoot::matching`].
    pub(super) fn matching(&self, pattern: &str, scope: PathScope) -> Result<Vec<String>, ReadError> {
        let names = self.root.matching(pattern, scope);
        if self.root.directory().is_some() {
            self.inputs_mut().add_pattern(pattern, scope, names.as_ref().ok().cloned());
        }
        names
    }

    /// The names of all files, relative to the manifest.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// A file's name, relative to the manifest.
    pub fn name(&self, file: FileId) -> &str {
        &self.entries[file.0 as usize].name
    }

    /// The layout of a file's records.
    pub(crate) fn layout(&self, file: FileId) -> Layout {
        self.entries[file.0 as usize].layout
    }

    /// A file's path relative to the current directory.
    pub fn display_path(&self, file: FileId) -> String {
        self.root.display_path(self.name(file))
    }

    /// The dataset's root.
    pub fn root(&self) -> &DatasetRoot {
        &self.root
    }

    /// The files read so far; complete once the dataset has been checked, which reads the source texts.
    pub fn inputs(&self) -> Inputs {
        self.inputs_mut().clone()
    }

    fn inputs_mut(&self) -> MutexGuard<'_, Inputs> {
        // A thread that panics leaves only complete entries.
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of an array's records that are mapped at a time.
const CHUNK_SIZE: usize = 1024;

/// The finding about a file that cannot be read.
pub(crate) fn unreadable(file: FileId, error: &ReadError) -> Finding {
    Finding::new(Code::UnreadableFile, file, Location::File, error.to_string()).help(error.help())
}
