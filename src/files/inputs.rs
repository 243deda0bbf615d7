//! The files that a dataset was read from, to find out whether they have changed.

use super::fingerprint::{Comparison, Fingerprint, Match};
use super::root::DatasetRoot;
use super::scope::PathScope;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files and file name patterns that a dataset was read from, with fingerprints and matches.
///
/// A cached graph is valid as long as [`Inputs::changed`] returns `None`. Names are relative to the dataset's directory or
/// to the directory of sources; no absolute paths are stored. Only files on disk are inputs: not those of a bundled dataset, nor
/// those in memory or at a revision.
///
/// ```
/// use factloom::check::{CheckOptions, check};
/// use factloom::dataset::{Dataset, DatasetRoot};
/// use factloom::diagnostic::Findings;
/// use std::fs;
///
/// let dir = tempfile::tempdir()?;
/// fs::write(dir.path().join("factloom.json"), r#"{ "base": "https://example.org/" }"#)?;
/// fs::write(dir.path().join("vocabulary.ttl"), "")?;
/// let root = DatasetRoot::Directory(dir.path().to_owned());
/// let opened = Dataset::open(root.clone(), None);
/// check(&opened.dataset.unwrap(), &CheckOptions::default(), &mut Findings::new());
///
/// let inputs = opened.files.inputs();
/// assert_eq!(inputs.changed(&root, None), None);
/// fs::write(dir.path().join("style.json"), "{}")?;
/// assert_eq!(inputs.changed(&root, None).as_deref(), Some("the files matching `style.json` have changed"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Files of the dataset; `None` if a file could not be read.
    files: BTreeMap<String, Option<Fingerprint>>,
    /// Files in the directory of sources.
    texts: BTreeMap<String, Option<Fingerprint>>,
    /// The sorted matches of patterns; `None` if a pattern was invalid.
    patterns: BTreeMap<String, (PathScope, Option<Vec<String>>)>,
    /// A hash of the path of the directory of sources, if there is one.
    source_dir: Option<String>,
}

impl Inputs {
    /// No inputs yet.
    pub(crate) fn new(source_dir: Option<&Path>) -> Self {
        Self { source_dir: source_dir.map(path_hash), ..Self::default() }
    }

    /// Adds a file of the dataset; without a fingerprint if it could not be read.
    pub(crate) fn add_file(&mut self, name: &str, fingerprint: Option<Fingerprint>) {
        self.files.entry(name.to_owned()).or_insert(fingerprint);
    }

    /// Adds a file in the directory of sources; without a fingerprint if it could not be read.
    pub(crate) fn add_text(&mut self, name: &str, fingerprint: Option<Fingerprint>) {
        self.texts.entry(name.to_owned()).or_insert(fingerprint);
    }

    /// Adds a pattern and its matches; `None` if it is invalid.
    pub(crate) fn add_pattern(&mut self, pattern: &str, scope: PathScope, names: Option<Vec<String>>) {
        self.patterns.entry(pattern.to_owned()).or_insert((scope, names));
    }

    /// Removes a file that has changed, which is added again when it is read.
    pub(crate) fn invalidate(&mut self, name: &str) {
        self.files.remove(name);
        self.texts.remove(name);
        let file_name = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned());
        if let Some(file_name) = file_name {
            self.texts.remove(&file_name);
        }
    }

    /// The paths of all files that could be read.
    pub fn paths(&self, root: &DatasetRoot, source_dir: Option<&Path>) -> Vec<PathBuf> {
        let in_directory = |directory: Option<&Path>, files: &NamedFingerprints| {
            let names = files.iter().filter(|(_, fingerprint)| fingerprint.is_some()).map(|(name, _)| name);
            directory.map_or(Vec::new(), |directory| names.map(|name| directory.join(name)).collect())
        };
        let mut paths = in_directory(root.directory(), &self.files);
        paths.append(&mut in_directory(source_dir, &self.texts));
        paths
    }

    /// Describes the first change since the inputs were read; `None` if there is none.
    ///
    /// A file is unchanged if its size, its times of modification and of the last change, its inode and its device are the same.
    /// If one of them differs, or if the file had changed less than two seconds before it was read, its SHA-256 decides. Systems
    /// other than Unix do not have all of these attributes, so there the SHA-256 always decides.
    ///
    /// Takes some microseconds per file and pattern, and reads the files that may have changed.
    pub fn changed(&self, root: &DatasetRoot, source_dir: Option<&Path>) -> Option<String> {
        self.compare(root, source_dir, Comparison::Attributes).err()
    }

    /// The same, with a choice of what is compared. If files had to be read to find out that they are unchanged, returns inputs
    /// for which that need not be repeated.
    ///
    /// # Errors
    ///
    /// Returns a description of the first change.
    pub(crate) fn compare(
        &self,
        root: &DatasetRoot,
        source_dir: Option<&Path>,
        comparison: Comparison,
    ) -> Result<Option<Self>, String> {
        if self.source_dir != source_dir.map(path_hash) {
            return Err("the directory of source texts is another one".to_owned());
        }
        let files = compare_files(root.directory(), &self.files, comparison)?;
        let texts = compare_files(source_dir, &self.texts, comparison)?;
        for (pattern, (scope, names)) in &self.patterns {
            if names.is_none() || root.matching(pattern, *scope).ok() != *names {
                return Err(format!("the files matching `{pattern}` have changed"));
            }
        }
        if files.is_empty() && texts.is_empty() {
            return Ok(None);
        }
        let mut renewed = self.clone();
        renewed.files.extend(files);
        renewed.texts.extend(texts);
        Ok(Some(renewed))
    }
}

type NamedFingerprints = BTreeMap<String, Option<Fingerprint>>;

/// Compares files with their fingerprints, and returns the fingerprints that have become more certain, or the first change.
fn compare_files(
    directory: Option<&Path>,
    files: &NamedFingerprints,
    comparison: Comparison,
) -> Result<NamedFingerprints, String> {
    let Some(directory) = directory else { return Ok(NamedFingerprints::new()) };
    let mut renewed = NamedFingerprints::new();
    for (name, was) in files {
        let path = directory.join(name);
        match (was, fs::metadata(&path)) {
            (None, Err(e)) if is_missing(&e) => {}
            (None, _) => return Err(format!("`{name}` is new")),
            (Some(_), Err(_)) => return Err(format!("`{name}` was removed")),
            (Some(was), Ok(metadata)) => match was.compare(&path, &metadata, comparison) {
                Match::SameContent(now) if now.is_better_than(was) => drop(renewed.insert(name.clone(), Some(now))),
                Match::SameAttributes | Match::SameContent(_) => {}
                Match::Different => return Err(format!("`{name}` has changed")),
            },
        }
    }
    Ok(renewed)
}

/// Whether a file is missing, or a file is in place of a directory on the way to it.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// A hash of the path of a directory, independent of the current directory.
fn path_hash(dir: &Path) -> String {
    let path = dir.canonicalize();
    let path = path.as_deref().unwrap_or(dir);
    format!("{:x}", Sha256::digest(path.as_os_str().as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use std::fs::File;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    use tempfile::TempDir;

    const LONG_AGO: Duration = Duration::from_secs(1_000_000_000);

    /// A dataset with a source text in a file. All files changed long ago.
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

    /// The inputs of a dataset after reading its texts, serialized and deserialized.
    fn inputs(dir: &TempDir, source_dir: Option<&TempDir>) -> Inputs {
        let opened = Dataset::open(root(dir), source_dir.map(|dir| dir.path().to_owned()));
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

    fn root(dir: &TempDir) -> DatasetRoot {
        DatasetRoot::Directory(dir.path().to_owned())
    }

    fn changed(inputs: &Inputs, dir: &TempDir) -> Option<String> {
        inputs.changed(&root(dir), None)
    }

    #[test]
    fn a_change_that_keeps_size_and_time_is_detected() {
        let dir = dataset();
        let inputs = inputs(&dir, None);
        assert_eq!(changed(&inputs, &dir), None);
        write(&dir, "sources/s.txt", "a mill.");
        assert_eq!(changed(&inputs, &dir).as_deref(), Some("`sources/s.txt` has changed"));
        assert_eq!(Inputs::default().changed(&DatasetRoot::Bundled(&[]), None), None);
    }

    #[test]
    fn a_file_with_a_new_time_and_the_same_content_is_unchanged() {
        let dir = dataset();
        let inputs = inputs(&dir, None);
        set_time(&dir, "vocabulary.ttl", UNIX_EPOCH + 2 * LONG_AGO);
        set_time(&dir, "sources/s.txt", SystemTime::now());
        assert_eq!(changed(&inputs, &dir), None);
    }

    #[test]
    fn a_replaced_file_of_the_same_size_and_time_is_detected() {
        let dir = dataset();
        let inputs = inputs(&dir, None);
        write(&dir, "other", "a mill.");
        fs::rename(dir.path().join("other"), dir.path().join("sources/s.txt")).unwrap();
        assert_eq!(changed(&inputs, &dir).as_deref(), Some("`sources/s.txt` has changed"));
    }

    /// On systems that have the attributes, files are read again only until their last change is long ago.
    #[cfg(unix)]
    #[test]
    fn inputs_become_certain_once_their_files_have_settled() {
        let dir = dataset();
        let recent = inputs(&dir, None);
        let compare = |inputs: &Inputs| inputs.compare(&root(&dir), None, Comparison::Attributes).unwrap();
        assert_eq!(compare(&recent), None);
        std::thread::sleep(Duration::from_millis(2100));
        let certain = compare(&recent).unwrap();
        assert_eq!(compare(&certain), None);
        assert_eq!(certain.compare(&root(&dir), None, Comparison::Content), Ok(None));
        write(&dir, "sources/s.txt", "a mill.");
        assert_eq!(changed(&certain, &dir).as_deref(), Some("`sources/s.txt` has changed"));
    }

    #[test]
    fn new_and_removed_files_are_detected() {
        let dir = dataset();
        let before = inputs(&dir, None);
        for (name, difference) in [
            ("factloom.lock", None),
            ("style.json", Some("the files matching `style.json` have changed")),
            ("rules/b.rq", Some("the files matching `rules/*.rq` have changed")),
        ] {
            write(&dir, name, "{}");
            // Opening a dataset does not read its lock.
            assert_eq!(changed(&before, &dir).as_deref(), difference, "{name}");
            fs::remove_file(dir.path().join(name)).unwrap();
        }
        fs::remove_file(dir.path().join("sources/s.txt")).unwrap();
        assert_eq!(changed(&before, &dir).as_deref(), Some("`sources/s.txt` was removed"));
        let without = inputs(&dir, None);
        assert_eq!(changed(&without, &dir), None);
        write(&dir, "sources/s.txt", "");
        assert_eq!(changed(&without, &dir).as_deref(), Some("`sources/s.txt` is new"));
    }

    #[test]
    fn a_new_lock_is_detected_after_a_check() {
        let dir = dataset();
        let opened = Dataset::open(root(&dir), None);
        let dataset = opened.dataset.unwrap();
        assert!(dataset.files.read(dataset.lock_file).is_err());
        let inputs = opened.files.inputs();
        assert_eq!(changed(&inputs, &dir), None);
        write(&dir, "factloom.lock", "{\"version\":1}\n");
        assert_eq!(changed(&inputs, &dir).as_deref(), Some("`factloom.lock` is new"));
    }

    #[test]
    fn the_directory_of_sources_and_its_texts_are_inputs() {
        let (dir, texts, others) = (dataset(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(&texts, "s.txt", "Another mill.");
        write(&others, "s.txt", "Another mill.");
        let there = inputs(&dir, Some(&texts));
        let differs = |inputs: &Inputs, from: Option<&TempDir>| inputs.changed(&root(&dir), from.map(TempDir::path));
        assert_eq!(differs(&there, Some(&texts)), None);
        let paths = there.paths(&root(&dir), Some(texts.path()));
        assert!(paths.contains(&texts.path().join("s.txt")) && paths.contains(&dir.path().join("vocabulary.ttl")));
        assert!(paths.iter().all(|path| path.is_file()), "{paths:?}");
        let elsewhere = "the directory of source texts is another one";
        assert_eq!(differs(&there, Some(&others)).as_deref(), Some(elsewhere));
        assert_eq!(differs(&there, None).as_deref(), Some(elsewhere));
        assert_eq!(differs(&inputs(&dir, None), Some(&texts)).as_deref(), Some(elsewhere));
        // Only the text in the directory of sources was read.
        fs::remove_file(dir.path().join("sources/s.txt")).unwrap();
        assert_eq!(differs(&there, Some(&texts)), None);
        write(&texts, "s.txt", "No mill.");
        assert_eq!(differs(&there, Some(&texts)).as_deref(), Some("`s.txt` has changed"));
    }
}
