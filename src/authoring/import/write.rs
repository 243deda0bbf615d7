//! From verdicts to edited files of facts.

use super::judge::Target;
use super::object::{RawObject, json_string, parse_list};
use super::prepare::Prepared;
use super::{Import, ImportError, Verdict};
use crate::authoring::edit::{
    ChangedFile, ItemStyle, TextEdit, append_items, append_lines, line_end, list_of_records, one_line, several_lines,
};
use crate::dataset::{Dataset, Layout, Record, elements, read_records, value_range, without_comments};
use crate::diagnostic::{Code, FileId, Findings, PathSegment};
use crate::model::StatementId;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The file of facts if the dataset has none.
const DEFAULT_FILE: &str = "facts.jsonl";

/// The longest id that is made of the names in a statement.
const MAX_ID: usize = 80;

/// What an import changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WritePlan {
    /// The file that the accepted proposals are added to.
    pub destination: String,
    /// The files that change.
    pub files: Vec<ChangedFile>,
}

impl Import {
    /// The name of the file that accepted proposals are added to, unless the user names another: the first file of facts in JSON Lines, or
    /// else the first.
    pub fn default_destination(&self) -> String {
        let Some(dataset) = &self.opened.dataset else { return DEFAULT_FILE.to_owned() };
        let mut files = listed_files(dataset);
        let lines = files.iter().find(|file| dataset.files.layout(**file) == Layout::Lines).copied();
        let file = lines.or_else(|| (!files.is_empty()).then(|| files.swap_remove(0)));
        file.map_or_else(|| DEFAULT_FILE.to_owned(), |file| dataset.files.name(file).to_owned())
    }

    /// The new content of the files: the accepted proposals are added to `destination`, and evidence to the statements that have it. Everything
    /// else stays, byte for byte. Each new text is read again, and compared with what it should state.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination is not a file of facts of the dataset, or if it cannot be edited.
    pub fn plan(&self, destination: &str) -> Result<WritePlan, ImportError> {
        let dataset = self.opened.dataset.as_ref().ok_or(ImportError::NoDataset)?;
        let records = self.records();
        let mut additions = self.additions();
        let mut names: Vec<(Option<FileId>, String)> = listed_files(dataset)
            .into_iter()
            .map(|file| (Some(file), dataset.files.name(file).to_owned()))
            .filter(|(file, name)| name == destination || file.is_some_and(|file| additions.contains_key(&file)))
            .collect();
        if !names.iter().any(|(_, name)| name == destination) && !records.is_empty() {
            if !self.would_read_facts(destination) {
                let help = format!("add `{destination}` to `facts` in factloom.json, or name another file with --to");
                return Err(failed(destination, "it is not a file of facts of the dataset", &help));
            }
            names.push((None, destination.to_owned()));
        }
        let mut files = Vec::new();
        for (file, name) in names {
            let text = match file {
                Some(file) => {
                    let read = dataset.files.read(file);
                    read.map_err(|error| failed(&name, error.to_string(), error.help()))?.to_string()
                }
                None => String::new(),
            };
            let added = file.and_then(|file| additions.remove(&file)).unwrap_or_default();
            let appended = match name == destination {
                true if Layout::of(&name) == Layout::Lines => records.clone(),
                true => with_ids(records.clone(), dataset, self),
                false => Vec::new(),
            };
            let change = FileChange { name, text, added, appended };
            if !change.is_empty() {
                files.push(change.edited().ok_or_else(|| unreadable(&change.name))?);
            }
        }
        Ok(WritePlan { destination: destination.to_owned(), files })
    }

    /// Whether the dataset reads a file of this name, or would if it existed.
    pub fn would_read(&self, name: &str) -> bool {
        let root = self.root.clone().overlaid([(name, "")]);
        let opened = Dataset::open_with(root, self.opened.files.options().clone());
        opened.files.names().any(|known| known == name)
    }

    /// Whether the dataset would read a new file of this name as facts.
    fn would_read_facts(&self, name: &str) -> bool {
        let root = self.root.clone().overlaid([(name, "")]);
        let opened = Dataset::open_with(root, self.opened.files.options().clone());
        let is_listed = |dataset: &Dataset| dataset.fact_files.iter().any(|file| dataset.files.name(*file) == name);
        opened.dataset.as_ref().is_some_and(is_listed)
    }

    /// The accepted proposals as members of facts, with the evidence that later proposals add to them.
    fn records(&self) -> Vec<Prepared> {
        let mut added: HashMap<usize, Vec<String>> = HashMap::new();
        for (decision, prepared) in self.decisions.iter().zip(&self.prepared) {
            if let (Verdict::AddsEvidence, Some(Target::Proposal(earlier)), Some(prepared)) =
                (decision.verdict, &decision.target, prepared)
            {
                let pieces = decision.new_evidence.iter().filter_map(|piece| prepared.evidence.get(*piece)).cloned();
                added.entry(*earlier).or_default().extend(pieces);
            }
        }
        let accepted = self.decisions.iter().zip(&self.prepared).enumerate();
        let accepted = accepted.filter(|(_, (decision, _))| decision.verdict == Verdict::Accepted);
        let with_evidence = |(number, (_, prepared)): (usize, (_, &Option<Prepared>))| {
            let mut prepared = prepared.clone()?;
            prepared.evidence.extend(added.remove(&number).unwrap_or_default());
            Some(prepared)
        };
        accepted.filter_map(with_evidence).collect()
    }

    /// The evidence that proposals add to the statements of the dataset, by their files and their records.
    fn additions(&self) -> HashMap<FileId, BTreeMap<usize, Vec<String>>> {
        let mut additions: HashMap<FileId, BTreeMap<usize, Vec<String>>> = HashMap::new();
        for (decision, prepared) in self.decisions.iter().zip(&self.prepared) {
            if let (Verdict::AddsEvidence, Some(Target::Dataset(file, record, _)), Some(prepared)) =
                (decision.verdict, &decision.target, prepared)
            {
                let pieces = decision.new_evidence.iter().filter_map(|piece| prepared.evidence.get(*piece)).cloned();
                additions.entry(*file).or_default().entry(*record).or_default().extend(pieces);
            }
        }
        additions
    }
}

fn failed(name: &str, problem: impl Into<String>, help: &str) -> ImportError {
    ImportError::Destination { name: name.to_owned(), problem: problem.into(), help: help.to_owned() }
}

fn unreadable(name: &str) -> ImportError {
    failed(name, "it has errors", "run `factloom check`, and correct the file, or name another one with --to")
}

/// The files of facts that the manifest lists.
fn listed_files(dataset: &Dataset) -> Vec<FileId> {
    let is_listed = |file: &FileId| dataset.files.name(*file) != super::judge::FILE;
    dataset.fact_files.iter().copied().filter(is_listed).collect()
}

/// What changes in a file of facts.
struct FileChange {
    name: String,
    text: String,
    /// The evidence that is added to records.
    added: BTreeMap<usize, Vec<String>>,
    /// The records that are added at the end.
    appended: Vec<Prepared>,
}

impl FileChange {
    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.appended.is_empty()
    }

    /// The edited file. `None` if it cannot be edited.
    fn edited(&self) -> Option<ChangedFile> {
        let Self { name, text, added, appended } = self;
        let layout = Layout::of(name);
        let mut edits = evidence_edits(text, layout, added)?;
        if !appended.is_empty() {
            edits.extend(match layout {
                Layout::Lines => vec![append_lines(text, appended.iter().map(Prepared::line))],
                _ => appended_records(text, appended)?,
            });
        }
        let edited = ChangedFile::new(name, text, &edits);
        self.is_read_as_intended(&edited.text).then_some(edited)
    }

    /// Whether the new text is read as the records of the old one, with the evidence and the records that are added, and nothing else.
    fn is_read_as_intended(&self, text: &str) -> bool {
        let (before, after) = (records_of(&self.name, &self.text), records_of(&self.name, text));
        let (Some(before), Some(after)) = (before, after) else { return false };
        let known = before.iter().zip(&after).all(|((record, before), (_, after))| match self.added.get(record) {
            None => before.to_json() == after.to_json(),
            Some(pieces) => has_added(before, after, pieces),
        });
        let new = after.get(before.len()..).unwrap_or_default();
        let is_record =
            |(expected, (_, found)): (&Prepared, &(usize, RawObject))| one_line(&found.to_json()) == expected.line();
        known && new.len() == self.appended.len() && self.appended.iter().zip(new).all(is_record)
    }
}

/// The records of a file of facts with their numbers; `None` if it has errors. An empty file has none.
fn records_of(name: &str, text: &str) -> Option<Vec<(usize, RawObject)>> {
    if without_comments(text).trim().is_empty() {
        return Some(Vec::new());
    }
    let mut findings = Findings::new();
    let records: Vec<Record<RawObject>> = read_records(FileId(0), Layout::of(name), text, &mut findings);
    let is_broken = findings.iter().any(|finding| finding.code == Code::SyntaxError);
    (!is_broken).then(|| records.into_iter().map(|record| (record.index, record.value)).collect())
}

/// Whether a record has the members of another, and further pieces of evidence.
fn has_added(before: &RawObject, after: &RawObject, pieces: &[String]) -> bool {
    let without_evidence = |object: &RawObject| {
        let mut object = object.clone();
        object.remove("evidence");
        object.to_json()
    };
    let evidence = |object: &RawObject| -> Option<Vec<String>> {
        let json = without_comments(object.get("evidence")?);
        Some(parse_list(&json)?.iter().map(|piece| one_line(piece.get())).collect())
    };
    let expected = evidence(before).map(|mut all| {
        all.extend(pieces.iter().cloned());
        all
    });
    without_evidence(before) == without_evidence(after) && expected == evidence(after)
}

/// The edits that add evidence to records; `None` if a record is not as it was checked.
fn evidence_edits(text: &str, layout: Layout, additions: &BTreeMap<usize, Vec<String>>) -> Option<Vec<TextEdit>> {
    if additions.is_empty() {
        return Some(Vec::new());
    }
    let known = if layout == Layout::Lines { Vec::new() } else { elements(text) };
    let mut edits = Vec::new();
    for (record, pieces) in additions {
        let bytes = match layout {
            Layout::Lines => *record..*record + text.get(*record..)?.split('\n').next()?.len(),
            _ => known.get(*record)?.clone(),
        };
        let list = value_range(text, bytes, &[PathSegment::from("evidence")])?;
        if !text[list.clone()].starts_with('[') {
            return None;
        }
        edits.extend(append_items(text, list, pieces.len(), |number, _, _| pieces[number].clone()));
    }
    Some(edits)
}

/// The edits that add records to a list; `None` if the file has no list. An empty file becomes one.
fn appended_records(text: &str, records: &[Prepared]) -> Option<Vec<TextEdit>> {
    let line_end = line_end(text);
    let item = |number: usize, style: ItemStyle, indent: &str| {
        several_lines(&records[number].fields(), style, indent, line_end)
    };
    let json = without_comments(text);
    if json.trim().is_empty() {
        let items: Vec<String> =
            (0..records.len()).map(|number| format!("  {}", item(number, ItemStyle::Compact, "  "))).collect();
        return Some(vec![TextEdit::insert(text.len(), format!("[\n{}\n]\n", items.join(",\n")))]);
    }
    Some(append_items(text, list_of_records(&json)?, records.len(), item))
}

/// Gives each record without an id one that is made of its subject, predicate and object.
fn with_ids(mut records: Vec<Prepared>, dataset: &Dataset, import: &Import) -> Vec<Prepared> {
    let own: HashSet<String> = records.iter().filter_map(|record| record.string("id")).collect();
    let mut used: HashSet<Cow<'_, str>> = import.known_ids.iter().map(|id| Cow::Borrowed(id.as_str())).collect();
    used.extend(own.iter().map(|id| Cow::Borrowed(id.as_str())));
    let mut next: HashMap<String, usize> = HashMap::new();
    for record in records.iter_mut().filter(|record| record.string("id").is_none()) {
        let base = id_base(record, dataset);
        let number = next.entry(base.clone()).or_insert(1);
        let id = loop {
            let id = if *number == 1 { base.clone() } else { format!("{base}-{number}") };
            *number += 1;
            if !used.contains(id.as_str()) {
                break id;
            }
        };
        record.set("id", json_string(&id));
        used.insert(Cow::Owned(id));
    }
    records
}

/// An id of the names in a record.
fn id_base(record: &Prepared, dataset: &Dataset) -> String {
    let mut words = String::new();
    let predicate = record.string("predicate").unwrap_or_default();
    let predicate = predicate.rsplit([':', '/', '#']).next().unwrap_or_default().to_owned();
    for (number, c) in predicate.char_indices() {
        if c.is_uppercase() && number > 0 {
            words.push('-');
        }
        words.extend(c.to_lowercase());
    }
    let object = record.string("object").filter(|id| dataset.entity(id).is_some());
    let parts = [record.string("subject").unwrap_or_default(), words, object.unwrap_or_default()];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let id: String = parts.join("-").chars().take(MAX_ID).collect();
    let id = id.trim_end_matches('-');
    match StatementId::curated(id) {
        Ok(id) => id.as_str().to_owned(),
        Err(_) => "statement".to_owned(),
    }
}
