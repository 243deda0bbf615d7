//! The state of a file, to find out whether it has changed.
//!
//! A file whose size, times, inode and device are the same is unchanged. The time of modification alone would not do: programs
//! set it, for example when they extract an archive. The time of the last change of the file, of its content or of its attributes,
//! is set by the operating system only. If anything differs, or the system does not have this time, the hash of the content decides.

use super::open::open;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How files are compared with their fingerprints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// By their attributes. The content of a file counts only if an attribute differs.
    #[default]
    Attributes,
    /// By their contents.
    Content,
}

/// The state of a file when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fingerprint {
    stat: FileStat,
    sha256: String,
}

/// A file's size and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileStat {
    /// In bytes.
    size: u64,
    /// `None` if the file had changed so recently that a later change may give the same version.
    version: Option<FileVersion>,
}

/// What tells apart two versions of a file without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileVersion {
    /// The time of modification, in seconds since 1970 and nanoseconds.
    modified: (i64, i64),
    /// The time of the last change of content or attributes.
    changed: (i64, i64),
    inode: u64,
    device: u64,
}

/// How a file relates to its fingerprint.
pub(super) enum Match {
    /// The attributes are the same.
    SameAttributes,
    /// The content is the same. This is its new fingerprint.
    SameContent(Fingerprint),
    Different,
}

/// The coarsest resolution of a file system's times.
const TIME_RESOLUTION: Duration = Duration::from_secs(2);

impl FileVersion {
    /// The version of a file; `None` on systems that do not have all attributes.
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "other systems do not have all attributes")]
    pub(crate) fn new(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self {
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            device: metadata.dev(),
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn new(_metadata: &Metadata) -> Option<Self> {
        None
    }

    /// The version without the device, whose number may change when the system starts.
    pub(crate) fn without_device(self) -> Self {
        Self { device: 0, ..self }
    }

    /// Whether any later change gives another version, as long as the clock is not set back.
    fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let settled = now.saturating_sub(TIME_RESOLUTION);
        self.changed < (settled.as_secs() as i64, i64::from(settled.subsec_nanos()))
    }
}

impl FileStat {
    /// The state of a file that is about to be read.
    pub(super) fn new(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), version: FileVersion::new(metadata).filter(FileVersion::is_settled) }
    }

    /// The size in bytes.
    pub(super) fn size(&self) -> usize {
        usize::try_from(self.size).unwrap_or(0)
    }
}

impl Fingerprint {
    /// The fingerprint of a file. `stat` is from before the file was read.
    pub(crate) fn new(stat: FileStat, content: Sha256) -> Self {
        Self { stat, sha256: format!("{:x}", content.finalize()) }
    }

    /// The SHA-256 of the content, in hexadecimal.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether this gives more certainty than another fingerprint of the same file.
    pub(super) fn is_better_than(&self, other: &Self) -> bool {
        self.stat.version.is_some() && self.stat != other.stat
    }

    /// Compares a file with its fingerprint.
    pub(super) fn compare(&self, path: &Path, metadata: &Metadata, comparison: Comparison) -> Match {
        if !metadata.is_file() || metadata.len() != self.stat.size {
            return Match::Different;
        }
        let is_same = self.stat.version.is_some() && FileVersion::new(metadata) == self.stat.version;
        if is_same && comparison == Comparison::Attributes {
            return Match::SameAttributes;
        }
        match hash(path, self.stat.size) {
            Some(now) if now.sha256 == self.sha256 => Match::SameContent(now),
            _ => Match::Different,
        }
    }
}

/// The fingerprint of a file as it is now; `None` if it cannot be read or is larger than `max_size` bytes.
fn hash(path: &Path, max_size: u64) -> Option<Fingerprint> {
    let mut file = open(path, "", max_size).ok()?;
    let (stat, mut content) = (file.stat().clone(), Sha256::new());
    io::copy(&mut file, &mut content).ok()?;
    Some(Fingerprint::new(stat, content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[cfg(unix)]
    #[test]
    fn the_attributes_or_the_content_decide() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "12345").unwrap();
        let metadata = fs::metadata(&path).unwrap();
        let version = FileVersion::new(&metadata);
        let of = |version, text: &str| Fingerprint::new(FileStat { size: 5, version }, Sha256::new_with_prefix(text));
        let compare = |fingerprint: &Fingerprint, comparison| match fingerprint.compare(&path, &metadata, comparison) {
            Match::SameAttributes => "attributes",
            Match::SameContent(_) => "content",
            Match::Different => "different",
        };
        let other = version.map(|version| FileVersion { inode: version.inode + 1, ..version });
        for (fingerprint, by_attributes, by_content) in [
            (of(version, "12345"), "attributes", "content"),
            // The file is not read.
            (of(version, "54321"), "attributes", "different"),
            (of(other, "12345"), "content", "content"),
            (of(other, "54321"), "different", "different"),
            (of(None, "12345"), "content", "content"),
        ] {
            assert_eq!(compare(&fingerprint, Comparison::Attributes), by_attributes);
            assert_eq!(compare(&fingerprint, Comparison::Content), by_content);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_version_is_settled_after_two_seconds() {
        let dir = tempfile::tempdir().unwrap();
        let recent = FileVersion::new(&fs::metadata(dir.path()).unwrap()).unwrap();
        let before = FileVersion { changed: (recent.changed.0 - 3, 0), ..recent };
        let in_the_future = FileVersion { changed: (recent.changed.0 + 3600, 0), ..recent };
        assert_eq!([recent, before, in_the_future].map(|version| version.is_settled()), [false, true, false]);
    }
}
