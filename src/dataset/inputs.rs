//! What a dataset was read from, and whether that is still the same.

use super::root::{DatasetRoot, PathScope};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a dataset was read from: every file that was looked for and every pattern of names, with what was there.
///
/// What is built from a dataset stays true as long as [`Inputs::changed`] finds nothing. Names are relative to the
/// dataset's folder or to the folder of sources, so that a value says nothing of the machine that it was made on, but
/// for the times of the files. A dataset that is compiled into the program has no inputs.
///
/// ```
/// use factloom::check::{CheckOptions, check};
/// use factloom::dataset::{Dataset, DatasetRoot};
/// use std::fs;
///
/// let dir = tempfile::tempdir()?;
/// fs::write(dir.path().join("factloom.json"), r#"{ "base": "https://example.org/" }"#)?;
/// fs::write(dir.path().join("vocabulary.ttl"), "")?;
/// let folder = DatasetRoot::Directory(dir.path().to_owned());
/// let opened = Dataset::open(folder.clone(), None);
/// check(&mut opened.dataset.unwrap(), &CheckOptions::default(), &mut Vec::new());
///
/// let inputs = opened.files.inputs();
/// assert_eq!(inputs.changed(&folder, None), None);
/// fs::write(dir.path().join("style.json"), "{}")?;
/// assert_eq!(inputs.changed(&folder, None).as_deref(), Some("`style.json` matches other files"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Files of the dataset; `None` where there was none that could be read.
    files: BTreeMap<String, Option<Fingerprint>>,
    /// Files in the folder of sources.
    texts: BTreeMap<String, Option<Fingerprint>>,
    /// What patterns of names matched, sorted; `None` where they could not be followed.
    patterns: BTreeMap<String, (PathScope, Option<Vec<String>>)>,
    /// A hash of the path of the folder of sources, where there is one.
    source_dir: Option<String>,
}

/// What a file was like when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fingerprint {
    stamp: Stamp,
    sha256: String,
}

/// What a file system says of a file's content without its being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stamp {
    /// In bytes.
    size: u64,
    /// When it was last changed, in nanoseconds since 1970; `None` where that is too near to tell a later change apart.
    modified: Option<u64>,
}

/// Some file systems keep times no finer than this.
const COARSEST_TIME: Duration = Duration::from_secs(2);

impl Stamp {
    /// The stamp of a file that is about to be read.
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().filter(|modified| {
            let age = SystemTime::now().duration_since(*modified);
            age.is_ok_and(|age| age >= COARSEST_TIME)
        });
        Self { size: metadata.len(), modified: modified.and_then(nanoseconds) }
    }

    /// The bytes to make room for.
    pub(super) fn size(&self) -> usize {
        usize::try_from(self.size).unwrap_or(0)
    }
}

fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

impl Fingerprint {
    /// Of a file that was stamped before it was read.
    pub(super) fn new(stamp: Stamp, content: Sha256) -> Self {
        Self { stamp, sha256: hexadecimal(&content.finalize()) }
    }

    /// Whether a file is still as it was. Its content is read only where size and time do not tell.
    fn holds(&self, path: &Path, metadata: &Metadata) -> bool {
        let modified = metadata.modified().ok().and_then(nanoseconds);
        let same_time = modified.is_some() && modified == self.stamp.modified;
        let same_content = || {
            let mut content = Sha256::new();
            let read = File::open(path).and_then(|mut file| io::copy(&mut file, &mut content));
            read.is_ok() && hexadecimal(&content.finalize()) == self.sha256
        };
        metadata.len() == self.stamp.size && (same_time || same_content())
    }
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut hex, byte| {
        let written = write!(hex, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        hex
    })
}

impl Inputs {
    /// No inputs yet, of a dataset whose texts may be in a folder of sources.
    pub(super) fn new(source_dir: Option<&Path>) -> Self {
        Self { source_dir: source_dir.map(named), ..Self::default() }
    }

    /// Keeps what a file of the dataset was like. Of a file that is read again the first reading counts.
    pub(super) fn file(&mut self, name: &str, was: Option<Fingerprint>) {
        self.files.entry(name.to_owned()).or_insert(was);
    }

    /// Keeps what a file in the folder of sources was like.
    pub(super) fn text(&mut self, name: &str, was: Option<Fingerprint>) {
        self.texts.entry(name.to_owned()).or_insert(was);
    }

    /// Keeps what a pattern matched.
    pub(super) fn pattern(&mut self, pattern: &str, reach: PathScope, names: Option<Vec<String>>) {
        self.patterns.entry(pattern.to_owned()).or_insert((reach, names));
    }

    /// What differs now, as one sentence without a full stop; `None` where a new reading would find all as it was.
    ///
    /// A file is the same where its size and its time are. Where the time differs, or the file had changed less than two
    /// seconds before it was read, its SHA-256 decides. Where in doubt, something differs.
    ///
    /// Takes a look at each file and folder, some microseconds each, and reads only files in doubt.
    pub fn changed(&self, folder: &DatasetRoot, source_dir: Option<&Path>) -> Option<String> {
        if self.source_dir != source_dir.map(named) {
            return Some("the texts of the sources are looked for in another folder".to_owned());
        }
        if let DatasetRoot::Directory(root) = folder {
            let changed = self.files.iter().find_map(|(name, was)| difference(&root.join(name), name, was.as_ref()));
            if changed.is_some() {
                return changed;
            }
        }
        let text = source_dir
            .and_then(|dir| self.texts.iter().find_map(|(name, was)| difference(&dir.join(name), name, was.as_ref())));
        let pattern = || {
            self.patterns.iter().find_map(|(pattern, (reach, names))| {
                let same = names.is_some() && folder.matching(pattern, *reach).ok() == *names;
                (!same).then(|| format!("`{pattern}` matches other files"))
            })
        };
        text.or_else(pattern)
    }
}

/// How a file differs from what it was.
fn difference(path: &Path, name: &str, was: Option<&Fingerprint>) -> Option<String> {
    match (was, fs::metadata(path)) {
        (None, Err(e)) if e.kind() == io::ErrorKind::NotFound => None,
        (None, _) => Some(format!("`{name}` was not there")),
        (Some(_), Err(_)) => Some(format!("`{name}` is gone")),
        (Some(was), Ok(metadata)) => (!was.holds(path, &metadata)).then(|| format!("`{name}` has changed")),
    }
}

/// A name of a folder that is the same from every working folder, and does not tell its path.
fn named(dir: &Path) -> String {
    let path = dir.canonicalize();
    let path = path.as_deref().unwrap_or(dir);
    hexadecimal(&Sha256::digest(path.as_os_str().as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use tempfile::TempDir;

    const LONG_AGO: Duration = Duration::from_secs(1_000_000_000);

    /// A dataset with a source whose text is a file, all files changed long ago.
    fn dataset() -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("factloom.json", r#"{ "base": "https://e.org/", "sources": [{ "id": "s", "text": "sources/s.txt" }] }"#),
            ("vocabulary.ttl", ""),
            ("sources/s.txt", "A mill."),
            ("rules/a.rq", "CONSTRUCT {} {}"),
        ] {
            write(&dir, name, text);
        }
        dir
    }

    fn write(dir: &TempDir, name: &str, text: &str) {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        set_time(dir, name, UNIX_EPOCH + LONG_AGO);
    }

    fn set_time(dir: &TempDir, name: &str, time: SystemTime) {
        File::options().write(true).open(dir.path().join(name)).unwrap().set_modified(time).unwrap();
    }

    /// Opens a dataset and reads its texts, and gives its inputs as they read back from JSON.
    fn inputs(dir: &TempDir, source_dir: Option<&TempDir>) -> Inputs {
        let opened = Dataset::open(folder(dir), source_dir.map(|dir| dir.path().to_owned()));
        let dataset = opened.dataset.unwrap();
        for source in &dataset.sources {
            dataset.text(source).unwrap();
        }
        let inputs = opened.files.inputs();
        let json = serde_json::to_string(&inputs).unwrap();
        assert!(!json.contains(dir.path().to_str().unwrap()), "{json}");
        let read = serde_json::from_str(&json).unwrap();
        assert_eq!(inputs, read);
        read
    }

    fn folder(dir: &TempDir) -> DatasetRoot {
        DatasetRoot::Directory(dir.path().to_owned())
    }

    fn changed(inputs: &Inputs, dir: &TempDir) -> Option<String> {
        inputs.changed(&folder(dir), None)
    }

    #[test]
    fn files_that_are_as_they_were_are_not_read_again() {
        let dir = dataset();
        let inputs = inputs(&dir, None);
        assert_eq!(changed(&inputs, &dir), None);
        // Size and time are believed where the time is not near.
        write(&dir, "sources/s.txt", "a mill.");
        assert_eq!(changed(&inputs, &dir), None);
        assert_eq!(Inputs::default().changed(&DatasetRoot::Bundled(&[]), None), None);
    }

    #[test]
    fn a_change_that_leaves_size_and_time_is_seen_where_the_time_was_near() {
        let dir = dataset();
        let now = SystemTime::now();
        set_time(&dir, "sources/s.txt", now);
        let inputs = inputs(&dir, None);
        assert_eq!(changed(&inputs, &dir), None);
        write(&dir, "sources/s.txt", "a mill.");
        set_time(&dir, "sources/s.txt", now);
        assert_eq!(changed(&inputs, &dir).as_deref(), Some("`sources/s.txt` has changed"));
    }

    #[test]
    fn a_file_that_was_only_touched_is_the_same() {
        let dir = dataset();
        let inputs = inputs(&dir, None);
        set_time(&dir, "vocabulary.ttl", UNIX_EPOCH + 2 * LONG_AGO);
        set_time(&dir, "sources/s.txt", SystemTime::now());
        assert_eq!(changed(&inputs, &dir), None);
        write(&dir, "sources/s.txt", "A mint.");
        set_time(&dir, "sources/s.txt", SystemTime::now());
        assert_eq!(changed(&inputs, &dir).as_deref(), Some("`sources/s.txt` has changed"));
    }

    #[test]
    fn files_come_and_go() {
        let dir = dataset();
        let before = inputs(&dir, None);
        for (name, difference) in [
            ("factloom.lock", None),
            ("style.json", Some("`style.json` matches other files")),
            ("rules/b.rq", Some("`rules/*.rq` matches other files")),
        ] {
            write(&dir, name, "{}");
            // A lock is looked for where the dataset is checked.
            assert_eq!(changed(&before, &dir).as_deref(), difference, "{name}");
            fs::remove_file(dir.path().join(name)).unwrap();
        }
        fs::remove_file(dir.path().join("sources/s.txt")).unwrap();
        assert_eq!(changed(&before, &dir).as_deref(), Some("`sources/s.txt` is gone"));
        let without = inputs(&dir, None);
        assert_eq!(changed(&without, &dir), None);
        write(&dir, "sources/s.txt", "");
        assert_eq!(changed(&without, &dir).as_deref(), Some("`sources/s.txt` was not there"));
    }

    #[test]
    fn a_lock_that_appears_is_seen_once_the_dataset_was_checked() {
        let dir = dataset();
        let opened = Dataset::open(folder(&dir), None);
        let dataset = opened.dataset.unwrap();
        assert!(dataset.files.read(dataset.lock_file).is_err());
        let inputs = opened.files.inputs();
        assert_eq!(changed(&inputs, &dir), None);
        write(&dir, "factloom.lock", "{\"version\":1}\n");
        assert_eq!(changed(&inputs, &dir).as_deref(), Some("`factloom.lock` was not there"));
    }

    #[test]
    fn texts_in_the_folder_of_sources_count_and_so_does_the_folder() {
        let (dir, texts, others) = (dataset(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(&texts, "s.txt", "Another mill.");
        write(&others, "s.txt", "Another mill.");
        let there = inputs(&dir, Some(&texts));
        let differs = |inputs: &Inputs, from: Option<&TempDir>| inputs.changed(&folder(&dir), from.map(TempDir::path));
        assert_eq!(differs(&there, Some(&texts)), None);
        let elsewhere = "the texts of the sources are looked for in another folder";
        assert_eq!(differs(&there, Some(&others)).as_deref(), Some(elsewhere));
        assert_eq!(differs(&there, None).as_deref(), Some(elsewhere));
        assert_eq!(differs(&inputs(&dir, None), Some(&texts)).as_deref(), Some(elsewhere));
        // The text in the dataset was not looked at, the other one was.
        fs::remove_file(dir.path().join("sources/s.txt")).unwrap();
        assert_eq!(differs(&there, Some(&texts)), None);
        write(&texts, "s.txt", "No mill.");
        assert_eq!(differs(&there, Some(&texts)).as_deref(), Some("`s.txt` has changed"));
    }
}
