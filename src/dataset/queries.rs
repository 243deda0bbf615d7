//! SPARQL files: rules and stored queries.

use super::json::Record;
use super::manifest::{Manifest, RULES};
use super::{Reader, entailment};
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::files::PathScope;
use crate::model::{EntityId, nfc};

/// A file with a SPARQL query.
#[derive(Clone, Debug)]
pub struct QueryFile {
    /// The file's name without its extension, in normalization form C.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// The query with its decorators.
    pub text: String,
}

impl Reader {
    /// The queries in files, sorted by name.
    pub(super) fn queries(&mut self, files: Vec<FileId>) -> Vec<QueryFile> {
        let mut queries = Vec::new();
        for file in files {
            let path = self.files.name(file).to_owned();
            let file_name = path.rsplit('/').next().unwrap_or(&path);
            // Some file systems decompose names.
            let name = nfc(file_name.strip_suffix(".rq").unwrap_or(file_name)).into_owned();
            if EntityId::new(&name).is_err() {
                let message = format!("invalid query name `{name}`");
                let finding = Finding::new(Code::InvalidId, file, Location::File, message);
                self.findings.push(finding.help("rename the file with only letters, digits, `-` and `_`"));
            } else if let Some(text) = self.read(file) {
                // Spaces instead of a byte order mark keep the offsets.
                let text = text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), |rest| format!("   {rest}"));
                queries.push(QueryFile { name, file, text });
            }
        }
        queries.sort_by(|a, b| a.name.cmp(&b.name));
        queries
    }

    /// The rules of the dataset, including the enabled rules of standard entailment, sorted by name.
    pub(super) fn rules(&mut self, manifest: &Record<Manifest>) -> Vec<QueryFile> {
        let listed = manifest.value.rules.as_ref();
        let files = self.listed_files(manifest, RULES, listed, &["rules/*.rq"], PathScope::Inside);
        let mut rules = self.queries(files);
        let patterns = listed.map_or(&[][..], |patterns| &patterns.0);
        for (name, text) in patterns.iter().filter_map(|pattern| entailment::rules_of(pattern)).flatten() {
            let file = self.files.add_built_in(name);
            rules.push(QueryFile { name: (*name).to_owned(), file, text: (*text).to_owned() });
        }
        rules.sort_by(|a, b| a.name.cmp(&b.name));
        rules.dedup_by(|later, first| {
            let is_duplicate = later.name == first.name;
            if is_duplicate {
                // The sort is stable, so that the first one is a file of the dataset.
                let message = format!("duplicate rule name `{}`", later.name);
                let finding = Finding::new(Code::DuplicateId, first.file, Location::File, message);
                self.findings.push(finding.help("rename the file"));
            }
            is_duplicate
        });
        rules
    }
}
