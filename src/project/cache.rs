//! The cached graph of a dataset, which saves commands from building it again.
//!
//! The cache directory of a dataset has two files: `graph.factloom`, the compiled graph, and `inputs.json`, the files that it was
//! built from, and the version and the fingerprint of `graph.factloom`. A graph with an entailment that an option chooses has two
//! further files, such as `graph-rdfs.factloom`. Each is replaced by renaming. So if several processes write
//! at once, or one is killed, a reader finds a graph with its own inputs, or rejects the pair.
//!
//! The version of a file has its inode and the time of its last change, which nobody can choose. So a cache that comes with a
//! dataset, in an archive or a repository, is rejected: only the graph that this machine wrote is used.
//!
//! Invariant: the cache can be deleted at any time, and no error of it makes a command fail. It is part of a dataset that may come
//! from anyone, so it reads only regular files, and replaces files without following links.

use super::Freshness;
use crate::atomic_file::{self, AtomicFile, remove_abandoned};
use crate::check::EvidenceCounts;
use crate::files::{Comparison, DatasetRoot, FileVersion, Inputs, read_text};
use crate::model::Entailment;
use crate::store::{CompiledGraph, FileFingerprint, GraphError, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The cache directory within a dataset.
const DIRECTORY: &str = ".factloom";
/// The `.gitignore` of the cache directory: nothing in it is committed.
const GITIGNORE: &str = "*\n";

/// Graphs of up to this many bytes are checked against their checksums when they are opened, which takes about three
/// milliseconds. In larger ones corruption is found on first use. Then the cached graph is invalidated, and the command fails.
const MAX_CHECKED_ON_OPEN: u64 = 1 << 24;

/// The maximum size of `inputs.json` in bytes, enough for 200,000 files.
const MAX_INPUTS_SIZE: u64 = 1 << 26;

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
/// let CachedGraph { store: cached, .. } = cache.open(dataset.files.root(), None, Default::default()).unwrap();
/// assert_eq!(cached.len()?, store.len()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
    graph_file: String,
    inputs_file: String,
    program: Program,
}

/// A graph from the cache.
#[derive(Debug)]
pub struct CachedGraph {
    /// The graph.
    pub store: Store,
    /// The evidence statuses that the build counted.
    pub evidence: EvidenceCounts,
    /// The files that it was built from.
    pub inputs: Inputs,
}

/// The content of `inputs.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CacheRecord {
    program: Program,
    /// The time at which this was written, since 1970. If the clock is before it, times prove nothing.
    written: Duration,
    graph: FileFingerprint,
    graph_version: Option<FileVersion>,
    evidence: EvidenceCounts,
    inputs: Inputs,
}

/// The running program. Two programs of one version may differ, so the executable counts as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    version: String,
    size: u64,
    modified: Option<Duration>,
    file: Option<FileVersion>,
}

impl Program {
    fn running() -> Option<Self> {
        let file = fs::metadata(std::env::current_exe().ok()?).ok()?;
        let modified = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Some(Self {
            version,
            size: file.len(),
            modified,
            file: FileVersion::new(&file).map(FileVersion::without_device),
        })
    }
}

impl Cache {
    /// The cache of a dataset: `.factloom` in its root, or a directory in `parent` with a name derived from the dataset's path.
    ///
    /// `None` if there is nowhere to write (the bundled dataset without a `parent`), or if the program cannot find its own
    /// executable and so cannot recognize graphs that it built.
    pub fn new(root: &DatasetRoot, parent: Option<&Path>) -> Option<Self> {
        let directory = match (root, parent) {
            (DatasetRoot::Directory(root), None) => root.join(DIRECTORY),
            (DatasetRoot::Directory(root), Some(parent)) => {
                let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
                let digest = Sha256::digest(root.canonicalize().ok()?.as_os_str().as_encoded_bytes());
                parent.join(&format!("{digest:x}")[..16])
            }
            (DatasetRoot::Bundled(_), Some(parent)) => parent.join("bundled"),
            (DatasetRoot::Bundled(_), None)
            | (DatasetRoot::Memory(_) | DatasetRoot::Edited(_) | DatasetRoot::Revision(_), _) => return None,
        };
        // A link may lead to the files of the user, which the cache would replace.
        let program = (!directory.is_symlink()).then(Program::running).flatten()?;
        let (graph_file, inputs_file) = file_names(None);
        Some(Self { directory, graph_file, inputs_file, program })
    }

    /// The cache of the same dataset's graph with an entailment that takes precedence over that of the manifest.
    #[must_use]
    pub fn with_entailment(self, entailment: Option<Entailment>) -> Self {
        let (graph_file, inputs_file) = file_names(entailment);
        Self { graph_file, inputs_file, ..self }
    }

    /// The cached graph, if it is intact and no input has changed since.
    ///
    /// Compares the attributes of each file, and reads the files that may have changed; see [`Inputs::changed`]. With
    /// [`Comparison::Content`], reads all files.
    pub fn open(&self, root: &DatasetRoot, source_dir: Option<&Path>, comparison: Comparison) -> Option<CachedGraph> {
        let mut record = self.record()?;
        let renewed = record.inputs.compare(root, source_dir, record.comparison(comparison)).ok()?;
        let store = self.graph(&record)?;
        remove_abandoned(&self.directory);
        if let Some(inputs) = renewed {
            record.inputs = inputs;
            // Without it, the next command reads the same files again.
            let _ = self.write_record(&record);
        }
        Some(CachedGraph { store, evidence: record.evidence, inputs: record.inputs })
    }

    /// The graph that was cached last, if it is intact, even if an input has changed since.
    pub fn latest(&self) -> Option<Store> {
        self.graph(&self.record()?)
    }

    /// The graph of a record.
    fn graph(&self, record: &CacheRecord) -> Option<Store> {
        let path = self.directory.join(&self.graph_file);
        if version_of(&path)? != record.graph_version {
            return None;
        }
        let graph = CompiledGraph::open(&path).ok()?;
        let is_small = record.graph.length <= MAX_CHECKED_ON_OPEN;
        if graph.fingerprint() != Some(record.graph) || (is_small && graph.verify_checksums().is_err()) {
            return None;
        }
        Store::compiled(graph).ok()
    }

    /// Whether any input has changed since the graph was cached.
    pub fn freshness(&self, root: &DatasetRoot, source_dir: Option<&Path>) -> Freshness {
        let compare = |record: CacheRecord| {
            record.inputs.compare(root, source_dir, record.comparison(Comparison::Attributes)).err()
        };
        match self.record().map(compare) {
            None => Freshness::NotCached,
            Some(None) => Freshness::UpToDate,
            Some(Some(change)) => Freshness::Changed(change),
        }
    }

    /// The record of a graph that this program has cached.
    fn record(&self) -> Option<CacheRecord> {
        let path = self.directory.join(&self.inputs_file);
        version_of(&path)?;
        let (record, _) = read_text(&path, &self.inputs_file, MAX_INPUTS_SIZE).ok()?;
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
        remove_abandoned(&self.directory);
        let ignore = self.directory.join(".gitignore");
        // A full disk may have left the file empty.
        let is_written =
            version_of(&ignore).is_some() && read_text(&ignore, GITIGNORE, 16).is_ok_and(|(text, _)| text == GITIGNORE);
        if !is_written {
            atomic_file::write(&ignore, GITIGNORE.as_bytes()).map_err(GraphError::Write)?;
        }
        let path = self.directory.join(&self.graph_file);
        let fingerprint = graph.save_with_fingerprint(&path)?;
        self.write_record(&CacheRecord {
            program: self.program.clone(),
            written: now(),
            graph: fingerprint,
            graph_version: version_of(&path).flatten(),
            evidence,
            inputs: inputs.clone(),
        })
    }

    fn write_record(&self, record: &CacheRecord) -> Result<(), GraphError> {
        let file = AtomicFile::create(&self.directory.join(&self.inputs_file)).map_err(GraphError::Write)?;
        let mut writer = file.writer();
        serde_json::to_writer(&mut writer, record).map_err(|e| GraphError::Write(e.into()))?;
        file.complete(writer).and_then(|()| file.commit()).map_err(GraphError::Write)
    }

    /// Makes later commands reject the cached graph, because it was found to be corrupt.
    pub fn invalidate(&self) {
        // If the file cannot be removed, this program cannot have written it.
        let _ = fs::remove_file(self.directory.join(&self.inputs_file));
    }
}

impl CacheRecord {
    /// How the inputs are compared at least.
    fn comparison(&self, wanted: Comparison) -> Comparison {
        if now() < self.written { Comparison::Content } else { wanted }
    }
}

/// The names of the files with a graph and its inputs.
fn file_names(entailment: Option<Entailment>) -> (String, String) {
    let suffix = entailment.map(|entailment| format!("-{entailment}")).unwrap_or_default();
    (format!("graph{suffix}.factloom"), format!("inputs{suffix}.json"))
}

/// The version of a regular file of the cache, if the system has versions; `None` if the file is missing or a link.
#[expect(clippy::option_option, reason = "the file and its version may be missing")]
fn version_of(path: &Path) -> Option<Option<FileVersion>> {
    let metadata = path.symlink_metadata().ok().filter(fs::Metadata::is_file)?;
    Some(FileVersion::new(&metadata).map(FileVersion::without_device))
}

/// The time since 1970.
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
