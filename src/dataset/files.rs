//! The files of a dataset.

use super::entailment;
use super::inputs::{Fingerprint, Inputs};
use super::json::{self, Layout, Record, RecordFormat};
use super::jsonl;
use super::root::{DatasetRoot, PathScope, ReadError, check_scope, open, read_text};
use crate::diagnostic::{Code, FileId, Finding, Location};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The files of a dataset, numbered in the order in which they were found.
#[derive(Clone, Debug)]
pub struct Files {
    root: DatasetRoot,
    source_dir: Option<PathBuf>,
    entries: Vec<FileEntry>,
    /// The files read so far. Shared by all clones, because source texts are read later and in parallel.
    inputs: Arc<Mutex<Inputs>>,
}

/// A file of a dataset.
#[derive(Clone, Debug)]
struct FileEntry {
    /// Its name, relative to the manifest.
    name: String,
    layout: Layout,
    scope: PathScope,
}

impl Files {
    /// No files yet. `source_dir` is a directory with the texts of sources.
    pub(crate) fn new(root: DatasetRoot, source_dir: Option<PathBuf>) -> Self {
        let inputs = Arc::new(Mutex::new(Inputs::new(source_dir.as_deref())));
        Self { root, source_dir, entries: Vec::new(), inputs }
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, name: &str, layout: Layout, scope: PathScope) -> FileId {
        self.entries.push(FileEntry { name: name.to_owned(), layout, scope });
        FileId(u32::try_from(self.entries.len() - 1).expect("a dataset has fewer than four billion files"))
    }

    /// Reads a file.
    pub(crate) fn read(&self, file: FileId) -> Result<String, ReadError> {
        let FileEntry { name, scope, .. } = &self.entries[file.0 as usize];
        self.read_named(name, *scope)
    }

    /// Reads the records of a file: calls `map` for several records at a time, in parallel, and `collect` with the results in
    /// the order of the file. Only a few megabytes of a JSON Lines file are in memory at a time.
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
        let (DatasetRoot::Directory(root), Layout::Lines) = (&self.root, layout) else {
            let text = self.read(file)?;
            let records = json::read(file, *layout, &text, findings);
            drop(text);
            let mapped: Vec<M> = records.into_par_iter().chunks(CHUNK_SIZE).map(&map).collect();
            mapped.into_iter().for_each(collect);
            return Ok(());
        };
        let mut found = Vec::new();
        let opened = check_scope(root, name, *scope).and_then(|()| open(&root.join(name), name));
        let (result, fingerprint) = unzip_fingerprint(opened.and_then(|(from, stat)| {
            let content = jsonl::read(file, name, from, &mut found, map, collect)?;
            Ok(((), Fingerprint::new(stat, content)))
        }));
        self.inputs_mut().files.entry(name.to_owned()).or_insert(fingerprint);
        result.map(|()| findings.append(&mut found))
    }

    fn read_named(&self, name: &str, scope: PathScope) -> Result<String, ReadError> {
        if scope == PathScope::BuiltIn {
            let text = entailment::text_of(name).map(str::to_owned);
            return text.ok_or_else(|| ReadError::Missing(name.to_owned()));
        }
        let root = match &self.root {
            DatasetRoot::Bundled(files) => {
                let bundled = files.iter().find(|(n, _)| *n == name);
                return bundled.map(|(_, text)| (*text).to_owned()).ok_or_else(|| ReadError::Missing(name.to_owned()));
            }
            DatasetRoot::Directory(root) => root,
        };
        let read = check_scope(root, name, scope).and_then(|()| read_text(&root.join(name), name));
        let (text, fingerprint) = unzip_fingerprint(read);
        self.inputs_mut().files.entry(name.to_owned()).or_insert(fingerprint);
        text
    }

    /// The text of a source's file: from the directory of sources, else from the dataset; `None` if the file is missing.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, ReadError> {
        if let (Some(dir), Some(name)) = (&self.source_dir, Path::new(path).file_name()) {
            let name = name.to_string_lossy();
            let (text, fingerprint) = unzip_fingerprint(read_text(&dir.join(&*name), path));
            self.inputs_mut().texts.entry(name.into_owned()).or_insert(fingerprint);
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
        if matches!(self.root, DatasetRoot::Directory(_)) {
            let matched = names.as_ref().ok().cloned();
            self.inputs_mut().patterns.entry(pattern.to_owned()).or_insert((scope, matched));
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

/// The result of reading a file, and its fingerprint if it was read.
fn unzip_fingerprint<T>(result: Result<(T, Fingerprint), ReadError>) -> (Result<T, ReadError>, Option<Fingerprint>) {
    match result {
        Ok((value, fingerprint)) => (Ok(value), Some(fingerprint)),
        Err(e) => (Err(e), None),
    }
}
