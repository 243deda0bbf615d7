//! The files of a dataset, and what was found in them.

use super::entailment;
use super::inputs::{Fingerprint, Inputs};
use super::json::{self, Layout, Record, RecordFormat};
use super::lines;
use super::root::{DatasetRoot, PathScope, ReadError, open, read_text};
use crate::diagnostic::{Code, FileId, Finding, Location};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The files of a dataset, numbered in the order in which they were found.
#[derive(Clone, Debug)]
pub struct Files {
    folder: DatasetRoot,
    source_dir: Option<PathBuf>,
    names: Vec<(String, Layout, PathScope)>,
    /// What was looked at so far. Shared by all clones, since texts are read in parallel and long after the manifest.
    inputs: Arc<Mutex<Inputs>>,
}

impl Files {
    /// No files yet, of a folder and of another one for the sources' texts.
    pub(crate) fn new(folder: DatasetRoot, source_dir: Option<PathBuf>) -> Self {
        let inputs = Arc::new(Mutex::new(Inputs::new(source_dir.as_deref())));
        Self { folder, source_dir, names: Vec::new(), inputs }
    }

    /// Numbers a file.
    pub(crate) fn add(&mut self, name: &str, layout: Layout, reach: PathScope) -> FileId {
        self.names.push((name.to_owned(), layout, reach));
        FileId(u32::try_from(self.names.len() - 1).expect("a dataset has fewer than four billion files"))
    }

    /// Reads a file.
    pub(crate) fn read(&self, file: FileId) -> Result<String, ReadError> {
        let (name, _, reach) = &self.names[file.0 as usize];
        self.read_named(name, *reach)
    }

    /// Reads the records of a file: `make` makes something of some of them at a time, in parallel, and `keep` takes that in
    /// the order of the file. Of a file of lines only some megabytes are in memory at a time.
    ///
    /// What was kept of a file that cannot be read to its end is to be thrown away.
    pub(crate) fn records<T: RecordFormat, M: Send>(
        &self,
        file: FileId,
        findings: &mut Vec<Finding>,
        make: impl Fn(Vec<Record<T>>) -> M + Sync,
        keep: impl FnMut(M),
    ) -> Result<(), ReadError> {
        let (name, layout, reach) = &self.names[file.0 as usize];
        let (DatasetRoot::Directory(root), Layout::Lines) = (&self.folder, layout) else {
            let text = self.read(file)?;
            let records = json::read(file, *layout, &text, findings);
            drop(text);
            let made: Vec<M> = records.into_par_iter().chunks(AT_ONCE).map(&make).collect();
            made.into_iter().for_each(keep);
            return Ok(());
        };
        let mut found = Vec::new();
        let read = self.folder.allows(name, *reach).and_then(|()| open(&root.join(name), name));
        let read = read.and_then(|(from, stamp)| {
            let content = lines::read(file, name, from, &mut found, make, keep)?;
            Ok(((), Fingerprint::new(stamp, content)))
        });
        let (read, was) = apart(read);
        self.log().file(name, was);
        read.map(|()| findings.append(&mut found))
    }

    fn read_named(&self, name: &str, reach: PathScope) -> Result<String, ReadError> {
        if reach == PathScope::BuiltIn {
            let text = entailment::text_of(name).map(str::to_owned);
            return text.ok_or_else(|| ReadError::Missing(name.to_owned()));
        }
        let root = match &self.folder {
            DatasetRoot::Bundled(files) => {
                let bundled = files.iter().find(|(n, _)| *n == name);
                return bundled.map(|(_, text)| (*text).to_owned()).ok_or_else(|| ReadError::Missing(name.to_owned()));
            }
            DatasetRoot::Directory(root) => root,
        };
        let read = self.folder.allows(name, reach).and_then(|()| read_text(&root.join(name), name));
        let (text, was) = apart(read);
        self.log().file(name, was);
        text
    }

    /// The text of a source that names a file: from the folder of sources, else from the dataset; `None` where neither
    /// has it.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, ReadError> {
        if let (Some(dir), Some(name)) = (&self.source_dir, Path::new(path).file_name()) {
            let name = name.to_string_lossy();
            let (text, was) = apart(read_text(&dir.join(&*name), path));
            self.log().text(&name, was);
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

    /// The files that a pattern matches, as [`DatasetRoot::matching`] gives them.
    pub(super) fn matching(&self, pattern: &str, reach: PathScope) -> Result<Vec<String>, ReadError> {
        let names = self.folder.matching(pattern, reach);
        if matches!(self.folder, DatasetRoot::Directory(_)) {
            self.log().pattern(pattern, reach, names.as_ref().ok().cloned());
        }
        names
    }

    /// The names of all files, relative to the manifest.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, ..)| name.as_str())
    }

    /// A file's name, relative to the manifest.
    pub fn name(&self, file: FileId) -> &str {
        &self.names[file.0 as usize].0
    }

    /// How records lie in a file.
    pub(crate) fn layout(&self, file: FileId) -> Layout {
        self.names[file.0 as usize].1
    }

    /// Says that a file is one record, whatever its name ends in.
    pub(super) fn is_document(&mut self, file: FileId) {
        self.names[file.0 as usize].1 = Layout::Document;
    }

    /// A file's name as the user would write it from the working folder.
    pub fn display_path(&self, file: FileId) -> String {
        self.folder.display_path(self.name(file))
    }

    /// The folder that they are in.
    pub fn folder(&self) -> &DatasetRoot {
        &self.folder
    }

    /// All that was looked at so far; complete once the dataset has been checked, since its texts are read then.
    pub fn inputs(&self) -> Inputs {
        self.log().clone()
    }

    fn log(&self) -> MutexGuard<'_, Inputs> {
        // Each entry is complete in itself, whatever became of the thread that would have made the next one.
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records of an array that something is made of at a time.
const AT_ONCE: usize = 1024;

/// The finding about a file that cannot be read.
pub(crate) fn unreadable(file: FileId, error: &ReadError) -> Finding {
    let finding = Finding::new(Code::UnreadableFile, file, Location::File, error.to_string());
    finding.help("name a text file in UTF-8 that may be read")
}

fn apart<T>(read: Result<(T, Fingerprint), ReadError>) -> (Result<T, ReadError>, Option<Fingerprint>) {
    match read {
        Ok((read, was)) => (Ok(read), Some(was)),
        Err(e) => (Err(e), None),
    }
}
