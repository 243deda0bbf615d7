//! Files in memory.

use super::root::DatasetRoot;
use super::scope::key;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A dataset that is compiled into the program: the names of its files, relative to the manifest, and their texts.
pub type BundledFiles = &'static [(&'static str, &'static str)];

/// The texts of files by their names. Clones share the texts.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(Arc<BTreeMap<String, Arc<str>>>);

impl MemoryFiles {
    /// The text of a file.
    pub(super) fn get(&self, name: &str) -> Option<&Arc<str>> {
        self.0.get(&key(name)?)
    }

    /// The names, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<N: AsRef<str>, T: Into<Arc<str>>> FromIterator<(N, T)> for MemoryFiles {
    /// Files with these names, relative to the manifest, and texts. Absolute names are ignored: they cannot be read.
    fn from_iter<I: IntoIterator<Item = (N, T)>>(files: I) -> Self {
        let files = files.into_iter().filter_map(|(name, text)| Some((key(name.as_ref())?, text.into())));
        Self(Arc::new(files.collect()))
    }
}

/// Buffers of an editor laid over a dataset: each replaces a file or adds one. Clones share everything.
#[derive(Clone, Debug)]
pub struct EditedFiles {
    pub(super) base: Arc<DatasetRoot>,
    pub(super) buffers: MemoryFiles,
}
