//! SPARQL files: rules and stored queries.

use super::json::Record;
use super::manifest::{Manifest, RULES};
use super::{Reader, entailment};
use crate::diagnostic::{Code, FileId, Finding, Location, did_you_mean, one_of};
use crate::files::PathScope;
use crate::model::{Entailment, EntityId, nfc};

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

    /// The entailment that the manifest chooses.
    fn entailment(&mut self, manifest: &Record<Manifest>) -> Entailment {
        let Some(written) = manifest.value.entailment.as_deref() else { return Entailment::default() };
        written.parse().unwrap_or_else(|_| {
            let message = format!("unknown entailment `{written}`");
            let finding = manifest.finding(Code::InvalidValue, ["entailment".into()], message);
            let help = did_you_mean(written, Entailment::NAMES.iter().copied(), "choose one of these");
            self.findings.push(finding.label(format!("expected {}", one_of(Entailment::NAMES))).help(help));
            Entailment::default()
        })
    }

    /// The rules of the dataset, then those of standard entailment, each sorted by name.
    pub(super) fn rules(&mut self, manifest: &Record<Manifest>) -> Vec<QueryFile> {
        let listed = manifest.value.rules.as_ref();
        let files = self.listed_files(manifest, RULES, listed, &["rules/*.rq"], PathScope::Inside);
        let mut rules = self.queries(files);
        let entailment = self.entailment(manifest);
        for (name, text) in entailment::rules_of(self.files.options().entailment.unwrap_or(entailment)) {
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
        // Of two derivations of a triple, that of the first rule is recorded.
        rules.sort_by_key(|rule| entailment::is_standard_rule(&rule.name, &rule.text));
        rules
    }
}
