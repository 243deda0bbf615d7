//! The files that say what the stored queries must answer, read without the rest of a dataset.

use super::files::Files;
use super::json::{self, Layout};
use super::manifest::{MANIFEST, Manifest};
use super::root::{DatasetRoot, PathScope, ReadError};
use std::collections::BTreeSet;

/// Where these files are where the manifest does not say.
pub(super) const TESTS: &str = "tests/queries/*";

/// The golden files of a dataset: what its stored queries must answer.
#[derive(Clone, Debug)]
pub struct GoldenFiles {
    /// The folder that the dataset is in.
    pub folder: DatasetRoot,
    /// Where new ones are put: a folder, relative to the manifest.
    pub directory: String,
    /// The files, sorted by name.
    pub files: Vec<GoldenFile>,
    /// What the manifest says of their names.
    patterns: Vec<String>,
}

/// A golden file.
#[derive(Clone, Debug)]
pub struct GoldenFile {
    /// Its name, relative to the manifest.
    pub name: String,
    /// What is in it, or why it cannot be read.
    pub text: Result<String, String>,
}

impl GoldenFiles {
    /// Reads the golden files of a folder's dataset: those that the manifest names, and no other file but the manifest.
    /// Folders and files with a dot in front of their names are none.
    ///
    /// # Errors
    ///
    /// Where the manifest cannot be read or its patterns cannot be followed.
    ///
    /// ```
    /// use factloom::dataset::{DatasetRoot, GoldenFiles};
    ///
    /// let files = &[("factloom.json", "{}"), ("tests/queries/who.csv", "who\n")];
    /// let golden = GoldenFiles::read(&DatasetRoot::Bundled(files))?;
    /// assert_eq!((golden.files[0].name.as_str(), golden.directory.as_str()), ("tests/queries/who.csv", "tests/queries"));
    /// # Ok::<(), factloom::dataset::ReadError>(())
    /// ```
    pub fn read(folder: &DatasetRoot) -> Result<Self, ReadError> {
        let mut files = Files::new(folder.clone(), None);
        let manifest = files.add(MANIFEST, Layout::Document, PathScope::Inside);
        let text = files.read(manifest)?;
        let read = json::read::<Manifest>(manifest, Layout::Document, &text, &mut Vec::new()).pop();
        let patterns = read.and_then(|record| record.value.tests).map(|patterns| patterns.0);
        let patterns = patterns.unwrap_or_else(|| vec![TESTS.to_owned()]);
        let mut names = BTreeSet::new();
        for pattern in &patterns {
            names.extend(folder.matching(pattern, PathScope::Anywhere)?);
        }
        let first = patterns.first().map_or("", String::as_str);
        let plain = &first[..first.find(['*', '?', '[']).unwrap_or(first.len())];
        let directory = plain.rsplit_once('/').map_or("", |(folder, _)| folder);
        let hidden = |name: &String| name.rsplit('/').next().is_some_and(|file| file.starts_with('.'));
        let mut golden = Vec::new();
        for name in names.into_iter().filter(|name| !hidden(name)) {
            let file = files.add(&name, Layout::Document, PathScope::Anywhere);
            let text = match files.read(file) {
                Err(ReadError::IsFolder(_)) => continue,
                Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
                Err(error) => Err(error.to_string()),
            };
            golden.push(GoldenFile { name, text });
        }
        Ok(Self { folder: folder.clone(), directory: directory.to_owned(), files: golden, patterns })
    }

    /// Whether a file of a name would be one of them.
    pub fn covers(&self, name: &str) -> bool {
        let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
        let fits = |pattern: &String| glob::Pattern::new(pattern).is_ok_and(|p| p.matches_with(name, options));
        self.patterns.iter().any(fits)
    }

    /// A file's name as the user would write it from the working folder.
    pub fn display_path(&self, name: &str) -> String {
        self.folder.display_path(name)
    }
}
