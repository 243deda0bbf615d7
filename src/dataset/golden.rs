//! Golden files: the expected results of stored queries. They are read without the rest of a dataset.

use super::files::Files;
use super::json::{self, Layout};
use super::manifest::{MANIFEST, Manifest};
use super::members::OneOrMany;
use super::size_limit::SizeLimit;
use crate::diagnostic::Findings;
use crate::files::{DatasetRoot, NamePattern, PathScope, ReadError, ReadOptions};
use crate::model::nfc;
use std::collections::BTreeSet;

/// The default pattern of golden files.
pub(super) const DEFAULT_PATTERN: &str = "tests/queries/*";

/// The default pattern of stored queries.
pub(super) const DEFAULT_QUERIES: &str = "queries/*.rq";

/// The golden files of a dataset.
#[derive(Clone, Debug)]
pub struct GoldenFiles {
    /// The dataset's root.
    pub root: DatasetRoot,
    /// The directory of new golden files, relative to the manifest.
    pub directory: String,
    /// The files, sorted by name.
    pub files: Vec<GoldenFile>,
    /// The patterns in the manifest.
    patterns: Vec<String>,
    /// The names of the stored queries' files.
    queries: Vec<String>,
}

/// A golden file.
#[derive(Clone, Debug)]
pub struct GoldenFile {
    /// Its name, relative to the manifest.
    pub name: String,
    /// Its text, or the reason for which it cannot be read.
    pub text: Result<String, String>,
}

impl GoldenFiles {
    /// Reads the manifest and the golden files that it lists, except directories and hidden files.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read or one of its patterns is invalid.
    ///
    /// ```
    /// use factloom::dataset::{DatasetRoot, GoldenFiles};
    /// use factloom::files::ReadOptions;
    ///
    /// let files = &[("factloom.json", "{}"), ("tests/queries/who.csv", "who\n")];
    /// let golden = GoldenFiles::read(&DatasetRoot::Bundled(files), &ReadOptions::default())?;
    /// assert_eq!((golden.files[0].name.as_str(), golden.directory.as_str()), ("tests/queries/who.csv", "tests/queries"));
    /// # Ok::<(), factloom::dataset::ReadError>(())
    /// ```
    pub fn read(root: &DatasetRoot, options: &ReadOptions) -> Result<Self, ReadError> {
        let mut files = Files::new(root.clone(), options.clone());
        let manifest = files.add(MANIFEST, Layout::Document, PathScope::Inside, SizeLimit::MANIFEST);
        let text = files.read(manifest)?;
        let read = json::read::<Manifest>(manifest, Layout::Document, &text, &mut Findings::new()).pop();
        let (tests, queries) = read.map_or((None, None), |record| (record.value.tests, record.value.queries));
        let listed = |patterns: Option<OneOrMany<String>>, default: &str| {
            patterns.map_or_else(|| vec![default.to_owned()], |patterns| patterns.0)
        };
        let patterns = listed(tests, DEFAULT_PATTERN);
        // Reading the dataset reports invalid patterns of queries.
        let queries = listed(queries, DEFAULT_QUERIES).into_iter();
        let queries = queries.flat_map(|pattern| root.matching(&pattern, PathScope::Queries).unwrap_or_default());
        let mut names = BTreeSet::new();
        for pattern in &patterns {
            names.extend(root.matching(pattern, PathScope::GoldenFiles)?);
        }
        let first = patterns.first().map(|pattern| NamePattern::new(pattern)).transpose()?;
        let directory = first.map(|pattern| pattern.directory()).unwrap_or_default();
        let is_hidden = |name: &String| name.rsplit('/').next().is_some_and(|file| file.starts_with('.'));
        let mut golden = Vec::new();
        for name in names.into_iter().filter(|name| !is_hidden(name)) {
            let file = files.add(&name, Layout::Document, PathScope::GoldenFiles, SizeLimit::GOLDEN_FILE);
            let text = match files.read(file) {
                Err(ReadError::IsDirectory(_)) => continue,
                Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()),
                Err(error) => Err(error.to_string()),
            };
            golden.push(GoldenFile { name, text });
        }
        Ok(Self { root: root.clone(), directory, files: golden, patterns, queries: queries.collect() })
    }

    /// The name of the file of a stored query, relative to the manifest.
    pub(crate) fn query_file(&self, query: &str) -> String {
        let file_name = format!("{query}.rq");
        let found = self.queries.iter().find(|path| path.rsplit('/').next().map(nfc).as_deref() == Some(&file_name));
        found.cloned().unwrap_or_else(|| format!("queries/{file_name}"))
    }

    /// Whether the patterns match a file name.
    pub fn covers(&self, name: &str) -> bool {
        let matches = |pattern: &String| NamePattern::new(pattern).is_ok_and(|p| p.matches(name));
        self.patterns.iter().any(matches)
    }
}
