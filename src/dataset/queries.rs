//! Files with a SPARQL query: rules and stored queries.

use super::entailment;
use super::json::{Layout, Record};
use super::manifest::Manifest;
use super::{PathScope, Reader};
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::EntityId;

/// The field of the manifest that names rules.
pub(super) const RULES: &str = "rules";

/// A file with a SPARQL query.
#[derive(Clone, Debug)]
pub struct QueryFile {
    /// The file's name without its ending.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// The query with its decorators.
    pub text: String,
}

impl Reader {
    /// The queries in the files that patterns match.
    pub(super) fn queries(
        &mut self,
        manifest: &Record<Manifest>,
        field: Option<&str>,
        patterns: &[String],
        reach: PathScope,
    ) -> Vec<QueryFile> {
        let mut queries: Vec<QueryFile> = Vec::new();
        for file in self.matching(manifest, field, patterns, reach) {
            let path = self.files.name(file).to_owned();
            let stem = path.rsplit('/').next().unwrap_or(&path);
            let name = stem.strip_suffix(".rq").unwrap_or(stem).to_owned();
            if let Err(e) = EntityId::new(&name) {
                let finding =
                    Finding::new(Code::InvalidId, file, Location::File, format!("the file's name is no id: {e}"));
                self.findings.push(finding.help("name the file with letters, digits, `-` and `_`"));
            } else if let Some(text) = self.read(file) {
                // As long as the mark that editors put in front, so that places stay.
                let text = text.strip_prefix('\u{feff}').map(|rest| format!("   {rest}")).unwrap_or(text);
                queries.push(QueryFile { name, file, text });
            }
        }
        queries.sort_by(|a, b| a.name.cmp(&b.name));
        queries
    }

    /// The rules of the files that patterns match, and of the sets of standard entailment that they name.
    pub(super) fn rules(
        &mut self,
        manifest: &Record<Manifest>,
        field: Option<&str>,
        patterns: &[String],
    ) -> Vec<QueryFile> {
        let mut rules = self.queries(manifest, field, patterns, PathScope::Inside);
        for (name, text) in patterns.iter().filter_map(|pattern| entailment::rules_of(pattern)).flatten() {
            let file = self.files.add(name, Layout::Document, PathScope::BuiltIn);
            rules.push(QueryFile { name: (*name).to_owned(), file, text: (*text).to_owned() });
        }
        rules.sort_by(|a, b| a.name.cmp(&b.name));
        rules.dedup_by(|later, first| {
            let same = later.name == first.name;
            if same {
                // Of two the file of the dataset is the one that can be given another name.
                let message = format!("another rule is called `{}`", later.name);
                let finding = Finding::new(Code::DuplicateId, first.file, Location::File, message);
                self.findings.push(finding.label("a name of its own").help("give the file another name"));
            }
            same
        });
        rules
    }
}
