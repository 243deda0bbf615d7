//! The state of a file, to find out whether it has changed.

use super::open::open;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The state of a file when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fingerprint {
    stat: FileStat,
    sha256: String,
}

/// A file's size and time of modification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileStat {
    /// In bytes.
    size: u64,
    /// The time of the last change, in nanoseconds since 1970; `None` if it is too recent to detect a later change.
    modified: Option<u64>,
}

/// The coarsest resolution of a file system's times.
const TIME_RESOLUTION: Duration = Duration::from_secs(2);

impl FileStat {
    /// The state of a file that is about to be read.
    pub(super) fn new(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().filter(|modified| {
            let age = SystemTime::now().duration_since(*modified);
            age.is_ok_and(|age| age >= TIME_RESOLUTION)
        });
        Self { size: metadata.len(), modified: modified.and_then(nanoseconds) }
    }

    /// The size in bytes.
    pub(super) fn size(&self) -> usize {
        usize::try_from(self.size).unwrap_or(0)
    }
}

fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
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

    /// Whether a file is unchanged. Reads its content only if its size is the same and its time differs or is unknown.
    pub(super) fn matches(&self, path: &Path, metadata: &Metadata) -> bool {
        let modified = metadata.modified().ok().and_then(nanoseconds);
        let same_time = modified.is_some() && modified == self.stat.modified;
        let same_content = || {
            let mut content = Sha256::new();
            let read = open(path, "", self.stat.size).ok().map(|mut file| io::copy(&mut file, &mut content));
            read.is_some_and(|read| read.is_ok()) && format!("{:x}", content.finalize()) == self.sha256
        };
        metadata.is_file() && metadata.len() == self.stat.size && (same_time || same_content())
    }
}
