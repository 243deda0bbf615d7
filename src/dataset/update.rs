//! Re-reading facts, texts of sources and the lock while the rest of a dataset stays as it was read.

use super::{Dataset, DatasetRoot, FileRole, Layout, OpenOutcome, SizeLimit, Source, SourceText};
use crate::diagnostic::FileId;
use crate::files::PathScope;

impl OpenOutcome {
    /// Reads files of the dataset again after they have changed. `root` is where they are read from now on, such as edited
    /// buffers laid over a directory; `changed` are the names of all files that have another content there, relative to the
    /// manifest.
    ///
    /// If only facts, texts of sources or the lock have changed, this takes constant time per file: the next check reads them.
    /// Otherwise, the definitions are read again: everything but the facts, the texts and the lock.
    ///
    /// ```
    /// use factloom::check::{CheckOptions, Checker};
    /// use factloom::dataset::{Dataset, DatasetRoot};
    ///
    /// let files = [("factloom.json", r#"{ "base": "https://example.org/" }"#), ("vocabulary.ttl", ""), ("facts.json", "[]")];
    /// let root = DatasetRoot::memory(files);
    /// let mut opened = Dataset::open(root.clone(), None);
    /// opened.update(root.with_buffers([("facts.json", "[{}")]), &["facts.json"]);
    /// let mut findings = opened.findings.clone();
    /// Checker::default().check(&opened.dataset.unwrap(), &CheckOptions::default(), &mut findings);
    /// assert_eq!(findings[0].message, "invalid JSON: expected `]`");
    /// ```
    pub fn update(&mut self, root: DatasetRoot, changed: &[&str]) {
        let is_definition = |dataset: &Dataset, name: &str| {
            let files = &dataset.files;
            let mut others = dataset.fact_files.iter().chain([&dataset.lock_file]).map(|file| files.name(*file));
            let is_text = |source: &Source| matches!(&source.text, SourceText::File(path) if path == name);
            // A text may be listed as something else, too.
            let is_used_twice = dataset.definition_files.iter().any(|(file, _)| files.name(*file) == name);
            is_used_twice || !(others.any(|other| other == name) || dataset.sources.iter().any(is_text))
        };
        match &mut self.dataset {
            Some(dataset) if !changed.iter().any(|name| is_definition(dataset, name)) => {
                for name in changed {
                    dataset.files.invalidate(root.clone(), name);
                }
                self.files = dataset.files.clone();
            }
            _ => *self = Dataset::open_with(root, self.files.options().clone()),
        }
    }

    /// Adds a file of facts in JSON Lines that the manifest does not list, such as proposals that are to be checked. `root` has the file.
    /// `None` if the manifest is not usable.
    pub(crate) fn add_facts(&mut self, root: DatasetRoot, name: &str) -> Option<FileId> {
        let dataset = self.dataset.as_mut()?;
        let file = dataset.files.add(name, Layout::Lines, PathScope::Inside, SizeLimit::DATA);
        dataset.files.invalidate(root, name);
        dataset.fact_files.push(file);
        self.files = dataset.files.clone();
        Some(file)
    }
}

impl Dataset {
    /// The files that define the namespaces, classes, predicates, entities and sources: their names and the SHA-256 of each.
    pub(crate) fn definitions_content(&self) -> Vec<(String, String)> {
        let content = |(file, _): &(FileId, FileRole)| {
            (self.files.name(*file).to_owned(), self.files.sha256(*file).unwrap_or_default())
        };
        self.definition_files.iter().map(content).collect()
    }
}
