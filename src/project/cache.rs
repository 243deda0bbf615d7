//! The cached graph of a dataset, which saves commands from building it again.
//!
//! The cache directory of a dataset has two files: `graph.factloom`, the compiled graph, and `inputs.json`, the files that it was
//! built from and the fingerprint of `graph.factloom`. Each is written to a sibling temporary file and renamed. So if several
//! processes write at once, or one is killed, a reader finds a graph with its own inputs, or rejects the pair.
//!
//! Invariant: the cache can be deleted at any time, and no error of it makes a command fail. It is part of a dataset that may come
//! from anyone, so it reads only regular files, and replaces files without following links.

use super::Freshness;
use crate::check::EvidenceCounts;
use crate::files::{DEFAULT_MAX_FILE_SIZE, DatasetRoot, Inputs, read_text};
use crate::store::{CompiledGraph, FileFingerprint, GraphError, Store, TEMP_PREFIX, write_atomically};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The cache directory within a dataset.
const DIRECTORY: &str = ".factloom";
const GRAPH_FILE: &str = "graph.factloom";
const INPUTS_FILE: &str = "inputs.json";
/// The `.gitignore` of the cache directory: nothing in it is committed.
const GITIGNORE: &str = "*\n";

/// Graphs of up to this many bytes are checked against their checksums when they are opened, which takes about three
/// milliseconds. In larger ones corruption is found on first use. Then the cached graph is invalidated, and the command fails.
const MAX_CHECKED_ON_OPEN: u64 = 1 << 24;

/// The age after which the temporary file of an interrupted process is removed.
const ABANDONED_AFTER: Duration = Duration::from_secs(3600);

/// The cache directory of a dataset.
///
/// ```
/// use factloom::dataset::DatasetRoot;
/// use factloom::project::{Cache, CachedGraph};
///
/// let (dataset, store) = factloom::build(DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let dir = tempfile::tempdir()?;
/// let cache = Cache::new(&dataset.files.root(), Some(dir.path())).unwrap();
/// let inputs = dataset.files.inputs();
/// cache.store(&store, &inputs, Default::default())?;
/// let CachedGraph { store: cached, .. } = cache.open(dataset.files.root(), None).unwrap();
/// assert_eq!(cached.len()?, store.len()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
    program: Program,
}

/// A graph from the cache.
#[derive(Debug)]
pub struct CachedGraph {
    /// The graph.
    pub store: Store,
    /// The evidence statuses that the build counted.
    pub evidence: EvidenceCounts,
}

/// The content of `inputs.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CacheRecord {
    program: Program,
    graph: FileFingerprint,
    evidence: EvidenceCounts,
    inputs: Inputs,
}

/// The running program. Two programs of one version may differ, so the size and time of the executable count as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    version: String,
    size: u64,
    modified: Option<Duration>,
}

impl Program {
    fn running() -> Option<Self> {
        let file = fs::metadata(std::env::current_exe().ok()?).ok()?;
        let modified = file.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        Some(Self { version: env!("CARGO_PKG_VERSION").to_owned(), size: file.len(), modified })
    }
}

impl Cache {
    /// The cache of a dataset: `.factloom` in its root, or a directory in `parent` with a name derived from the dataset's path.
    ///
    /// `None` if there is nowhere to write (the bundled dataset without a `parent`), or if the program cannot find its own
    /// executable and so cannot recognize graphs that it built.
    pub fn new(root: &DatasetRoot, parent: Option<&Path>) -> Option<Self> {
        let directory = match (root, parent) {
            (DatasetRoot::Directory(root), None) => {
                let directory = root.join(DIRECTORY);
                // A link may lead to the files of the user, which the cache would replace.
                if directory.is_symlink() {
                    return None;
                }
                directory
            }
            (DatasetRoot::Directory(root), Some(parent)) => {
                let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
                let digest = Sha256::digest(root.canonicalize().ok()?.as_os_str().as_encoded_bytes());
                parent.join(&format!("{digest:x}")[..16])
            }
            (DatasetRoot::Bundled(_), Some(parent)) => parent.join("bundled"),
            (DatasetRoot::Bundled(_), None)
            | (DatasetRoot::Memory(_) | DatasetRoot::Edited(_) | DatasetRoot::Revision(_), _) => return None,
        };
        Some(Self { directory, program: Program::running()? })
    }

    /// The cached graph, if it is intact and no input has changed since.
    ///
    /// Compares the size and time of each file, and reads the files that may have changed; see [`Inputs::changed`].
    pub fn open(&self, root: &DatasetRoot, source_dir: Option<&Path>) -> Option<CachedGraph> {
        let CacheRecord { graph: fingerprint, evidence, inputs, .. } = self.record()?;
        if inputs.changed(root, source_dir).is_some() {
            return None;
        }
        let path = self.directory.join(GRAPH_FILE);
        let is_regular = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let graph = is_regular.then(|| CompiledGraph::open(&path).ok()).flatten()?;
        let is_small = fingerprint.length <= MAX_CHECKED_ON_OPEN;
        if graph.fingerprint() != Some(fingerprint) || (is_small && graph.verify_checksums().is_err()) {
            return None;
        }
        Some(CachedGraph { store: Store::compiled(graph).ok()?, evidence })
    }

    /// Whether any input has changed since the graph was cached.
    pub fn freshness(&self, root: &DatasetRoot, source_dir: Option<&Path>) -> Freshness {
        match self.record().map(|record| record.inputs.changed(root, source_dir)) {
            None => Freshness::NotCached,
            Some(None) => Freshness::UpToDate,
            Some(Some(change)) => Freshness::Changed(change),
        }
    }

    /// The record of a graph that this program has cached.
    fn record(&self) -> Option<CacheRecord> {
        let (record, _) = read_text(&self.directory.join(INPUTS_FILE), INPUTS_FILE, DEFAULT_MAX_FILE_SIZE).ok()?;
        serde_json::from_str(&record).ok().filter(|record: &CacheRecord| record.program == self.program)
    }

    /// Stores a graph and its inputs.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written. The graph that was cached before stays, or is rejected from then on.
    pub fn store(&self, store: &Store, inputs: &Inputs, evidence: EvidenceCounts) -> Result<(), GraphError> {
        let Some(graph) = store.graph() else { return Ok(()) };
        fs::create_dir_all(&self.directory).map_err(GraphError::Write)?;
        self.remove_abandoned();
        let ignore = self.directory.join(".gitignore");
        // A full disk may have left the file empty.
        let is_written = read_text(&ignore, GITIGNORE, 16).is_ok_and(|(text, _)| text == GITIGNORE);
        if !is_written || ignore.is_symlink() {
            write_atomically(&ignore, |out| out.write_all(GITIGNORE.as_bytes()).map_err(GraphError::Write))?;
        }
        let fingerprint = graph.save_with_fingerprint(&self.directory.join(GRAPH_FILE))?;
        let program = self.program.clone();
        let record = CacheRecord { program, graph: fingerprint, evidence, inputs: inputs.clone() };
        write_atomically(&self.directory.join(INPUTS_FILE), |out| {
            serde_json::to_writer(out, &record).map_err(|e| GraphError::Write(e.into()))
        })
    }

    /// Makes later commands reject the cached graph, because it was found to be corrupt.
    pub fn invalidate(&self) {
        // If the file cannot be removed, this program cannot have written it.
        let _ = fs::remove_file(self.directory.join(INPUTS_FILE));
    }

    /// Removes the temporary files of interrupted processes.
    fn remove_abandoned(&self) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        for entry in entries.filter_map(Result::ok) {
            let is_temporary = entry.file_name().to_string_lossy().starts_with(TEMP_PREFIX);
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
            if is_temporary && age.is_some_and(|age| age > ABANDONED_AFTER) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
