//! The compiled graph of a dataset, kept from one command to the next.
//!
//! Two files lie in a folder of their own: `graph.factloom`, the compiled graph, and `inputs.json`, what it was made from.
//! Each is written beside and renamed, and the second names the first by its length and the hash of its checksums. So
//! whatever processes write at once, or are killed at, what is read is a graph with its own inputs, or it is taken for none.
//!
//! Invariant: what is kept can be lost at any time. Nothing that happens here keeps a command from its work.

use super::compiled::{Seal, UNFINISHED, sibling_temp_file};
use super::{CompiledGraph, GraphError, Store};
use crate::check::EvidenceCounts;
use crate::dataset::{DatasetRoot, Inputs};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The folder in a dataset that its compiled graph is kept in.
const FOLDER: &str = ".factloom";
const GRAPH: &str = "graph.factloom";
const INPUTS: &str = "inputs.json";
/// Keeps all that lies there from being committed.
const IGNORE: &[u8] = b"*\n";

/// Files up to this size, in bytes, are held against their checksums as a whole before they are used, which takes some three
/// milliseconds at most. In larger ones damage is found when it is met; then the file is forgotten, and the command fails.
const CHECKED_AT_ONCE: u64 = 1 << 24;

/// What an interrupted process left behind is removed after so long.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Where the compiled graph of a dataset is kept.
///
/// ```
/// use factloom::dataset::DatasetRoot;
/// use factloom::store::{Cache, CachedGraph, Store};
///
/// let (dataset, store) = factloom::build(DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let dir = tempfile::tempdir()?;
/// let cache = Cache::new(&dataset.files.folder(), Some(dir.path())).unwrap();
/// let inputs = dataset.files.inputs();
/// cache.store(&store, &inputs, Default::default())?;
/// let CachedGraph { store: again, .. } = cache.open(dataset.files.folder(), None).unwrap();
/// assert_eq!(again.len()?, store.len()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cache {
    place: PathBuf,
    program: Program,
}

/// A graph that was kept.
#[derive(Debug)]
pub struct CachedGraph {
    /// The graph.
    pub store: Store,
    /// How well its evidence held when it was made.
    pub evidence: EvidenceCounts,
}

/// What a graph was made from, and by which program.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    program: Program,
    graph: Seal,
    evidence: EvidenceCounts,
    inputs: Inputs,
}

/// The program that is running: two of one version may yet differ, so the file that it is counts too.
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
    /// The place for a dataset: `.factloom` in its folder, or a folder in `dir` that is named after the dataset's path.
    ///
    /// `None` where there is no place: the bundled dataset has none of its own, and a program that does not know which file
    /// it is cannot tell what it made itself.
    pub fn new(folder: &DatasetRoot, dir: Option<&Path>) -> Option<Self> {
        let place = match (folder, dir) {
            (DatasetRoot::Directory(root), None) => root.join(FOLDER),
            (DatasetRoot::Directory(root), Some(dir)) => {
                let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
                dir.join(named(root.canonicalize().ok()?.as_os_str().as_encoded_bytes()))
            }
            (DatasetRoot::Bundled(_), Some(dir)) => dir.join("bundled"),
            (DatasetRoot::Bundled(_), None) => return None,
        };
        Some(Self { place, program: Program::running()? })
    }

    /// The graph that is kept, where it is whole and still that of the dataset.
    ///
    /// Takes a look at each file of the dataset, and reads those that may have changed; see [`Inputs::changed`].
    pub fn open(&self, folder: &DatasetRoot, source_dir: Option<&Path>) -> Option<CachedGraph> {
        let record = fs::read(self.place.join(INPUTS)).ok()?;
        let Record { program, graph: seal, evidence, inputs } = serde_json::from_slice(&record).ok()?;
        if program != self.program || inputs.changed(folder, source_dir).is_some() {
            return None;
        }
        let graph = CompiledGraph::open(&self.place.join(GRAPH)).ok()?;
        if graph.seal() != Some(seal) || (seal.length <= CHECKED_AT_ONCE && graph.check_sums().is_err()) {
            return None;
        }
        Some(CachedGraph { store: Store::compiled(graph).ok()?, evidence })
    }

    /// Keeps a graph, and what it was made from.
    ///
    /// # Errors
    ///
    /// Where that cannot be written; what was kept before then stays, or is taken for none.
    pub fn store(&self, store: &Store, inputs: &Inputs, evidence: EvidenceCounts) -> Result<(), GraphError> {
        let Some(graph) = store.graph() else { return Ok(()) };
        fs::create_dir_all(&self.place).map_err(GraphError::Write)?;
        self.tidy();
        let ignore = self.place.join(".gitignore");
        // A disk that was full may have left the file without its content.
        if fs::read(&ignore).map_or(true, |text| text != IGNORE) {
            fs::write(ignore, IGNORE).map_err(GraphError::Write)?;
        }
        let seal = graph.save_sealed(&self.place.join(GRAPH))?;
        let record = Record { program: self.program.clone(), graph: seal, evidence, inputs: inputs.clone() };
        self.write(&record).map_err(GraphError::Write)
    }

    fn write(&self, record: &Record) -> io::Result<()> {
        let mut file = sibling_temp_file(&self.place)?;
        let mut out = BufWriter::new(&mut file);
        serde_json::to_writer(&mut out, record)?;
        out.flush()?;
        drop(out);
        file.as_file().sync_all()?;
        file.persist(self.place.join(INPUTS))?;
        Ok(())
    }

    /// Takes what is kept for none from now on: it was found to be damaged.
    pub fn invalidate(&self) {
        // Where it cannot be removed, it cannot have been written by this program either.
        let _ = fs::remove_file(self.place.join(INPUTS));
    }

    /// Removes what interrupted processes left behind.
    fn tidy(&self) {
        let Ok(entries) = fs::read_dir(&self.place) else { return };
        for entry in entries.filter_map(Result::ok) {
            let begun = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
            if begun && age.is_some_and(|age| age > ABANDONED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// The name of a folder for a path.
fn named(path: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(path)[..8].iter().fold(String::with_capacity(16), |mut name, byte| {
        let written = write!(name, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        name
    })
}
