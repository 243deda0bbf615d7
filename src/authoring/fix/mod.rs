//! Applying the corrections of findings that have exactly one.
//!
//! Each pass applies the corrections of all findings, checks the dataset again, and goes on until there are no more. Which finding has a
//! correction is decided where it is reported: see [`Fix`].
//!
//! Invariant: a dataset without such findings does not change, and what a statement states never does.

use super::edit::{ChangedFile, TextEdit, apply};
use crate::check::{CheckOptions, LockUse};
use crate::dataset::{DatasetRoot, Files, LOCK, locate, record_ranges, sibling_range};
use crate::diagnostic::{Code, Diagnostic, FileId, Finding, Findings, Fix, IndexedText, Location, Policy};
use crate::files::{PathScope, ReadOptions};
use crate::project::{CacheLocation, OnStage, Project, ProjectCheck, ProjectOptions, compile};
use crate::query::check_queries;
use crate::rules::RuleOptions;
use crate::store::StoreError;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The most passes: a correction may reveal a finding that has one, such as an unknown name that of a quote.
const MAX_PASSES: usize = 20;

/// The most checks of a pass that find out which corrections contradict the vocabulary or each other.
const MAX_CHECKS: usize = 400;

/// Findings that show that a correction was not the right one.
const CONTRADICTIONS: [Code; 6] = [
    Code::DomainMismatch,
    Code::RangeMismatch,
    Code::Conflict,
    Code::DuplicateId,
    Code::DuplicateStatement,
    Code::SyntaxError,
];

/// Which findings are corrected, and how the dataset is read.
#[derive(Clone, Debug, Default)]
pub struct FixOptions {
    /// Only these; all if there are none.
    pub codes: Vec<Code>,
    /// How files are read.
    pub read: ReadOptions,
    /// How the rules are run.
    pub rules: RuleOptions,
}

/// A finding that was corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFinding {
    /// The finding, with its position before the correction.
    pub diagnostic: Diagnostic,
    /// What was done, in the imperative.
    pub action: String,
}

/// The corrections of a dataset, before they are written.
#[derive(Clone, Debug)]
pub struct Fixes {
    /// The files that change, sorted by name.
    pub files: Vec<ChangedFile>,
    /// What was corrected, in the order of the passes.
    pub fixed: Vec<FixedFinding>,
    /// The findings that are left, of the chosen codes.
    pub left: Findings,
    /// The corrected files, to locate them in.
    pub left_files: Files,
}

/// Why nothing is corrected.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// A file has changed while it was read.
    #[error("`{0}` has changed while it was read")]
    Changed(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Corrects the findings that have exactly one right correction. Nothing is written.
///
/// Takes a check for each pass, at most twenty. Each check repeats only what depends on the corrections before it.
///
/// # Errors
///
/// Returns an error if a file changes meanwhile, or if the store fails.
///
/// ```
/// use factloom::authoring::{FixOptions, fix};
/// use factloom::files::DatasetRoot;
///
/// let manifest = r#"{ "base": "https://example.org/", "title": "A mill" }"#;
/// let entities = r#"[{ "id": "mill", "type": "Buildingg", "label": "Mill" }]"#;
/// let vocabulary = "<vocabulary/Building> a <http://www.w3.org/2002/07/owl#Class> .";
/// let files = [("factloom.json", manifest), ("entities.json", entities), ("vocabulary.ttl", vocabulary)];
/// let fixes = fix(&DatasetRoot::memory(files), &FixOptions::default(), &|_| {})?;
/// assert_eq!(fixes.files[0].text, r#"[{ "id": "mill", "type": "Building", "label": "Mill" }]"#);
/// # Ok::<(), factloom::authoring::FixError>(())
/// ```
pub fn fix(root: &DatasetRoot, options: &FixOptions, on_stage: OnStage<'_>) -> Result<Fixes, FixError> {
    let project_options =
        ProjectOptions { read: options.read.clone(), cache: CacheLocation::None, ..ProjectOptions::default() };
    let project = Project::open(root.clone(), project_options);
    let mut fixer =
        Fixer { project, options, on_stage, texts: BTreeMap::new(), refused: BTreeSet::new(), fixed: Vec::new() };
    for _ in 0..MAX_PASSES {
        if !fixer.pass()? && !fixer.lock() {
            break;
        }
    }
    fixer.finish()
}

/// A correction of a pass.
struct Correction {
    file: String,
    edit: TextEdit,
    fixed: FixedFinding,
}

impl Correction {
    /// What makes it the same as one of another pass.
    fn key(&self) -> (String, String, String) {
        (self.file.clone(), self.fixed.diagnostic.message.clone(), self.edit.text.clone())
    }
}

struct Fixer<'a> {
    project: Project,
    options: &'a FixOptions,
    on_stage: OnStage<'a>,
    /// The text of each corrected file, before and now.
    texts: BTreeMap<String, (String, String)>,
    /// Corrections that contradict something.
    refused: BTreeSet<(String, String, String)>,
    fixed: Vec<FixedFinding>,
}

impl Fixer<'_> {
    fn is_chosen(&self, code: Code) -> bool {
        self.options.codes.is_empty() || self.options.codes.contains(&code)
    }

    /// Checks the dataset as it is now. Returns the findings, and how many of them are contradictions.
    fn check(&mut self) -> (Findings, Files, usize) {
        let ProjectCheck { files, findings, .. } = self.project.check(&CheckOptions::default(), self.on_stage);
        let (files, count) = (files.clone(), contradictions(&findings));
        (findings, files, count)
    }

    /// Applies the corrections of all findings that have one; those that overlap wait for the next pass. Returns whether there were any.
    fn pass(&mut self) -> Result<bool, FixError> {
        let (findings, files, before) = self.check();
        let corrections = self.corrections(&findings, &files)?;
        if corrections.is_empty() {
            return Ok(false);
        }
        let known = self.fixed.len();
        self.apply_right(corrections, before, &mut { MAX_CHECKS });
        self.fixed[known..].reverse();
        Ok(self.fixed.len() > known)
    }

    /// Applies the corrections that contradict nothing, from the last one to the first, so that the positions of the others stay. If
    /// some do, each half is tried alone. `checks` is how many further checks that may take.
    fn apply_right(&mut self, mut corrections: Vec<Correction>, before: usize, checks: &mut usize) {
        let texts = self.texts.clone();
        if *checks > 0 {
            *checks -= 1;
            self.apply(&corrections);
            if self.check().2 <= before {
                self.fixed.extend(corrections.into_iter().rev().map(|correction| correction.fixed));
                return;
            }
            self.restore(texts);
        }
        if corrections.len() == 1 || *checks == 0 {
            self.refused.extend(corrections.iter().map(Correction::key));
            return;
        }
        let last = corrections.split_off(corrections.len() / 2);
        self.apply_right(last, before, checks);
        self.apply_right(corrections, before, checks);
    }

    /// The corrections of findings, sorted by file and position, without those that overlap an earlier one.
    fn corrections(&self, findings: &[Finding], files: &Files) -> Result<Vec<Correction>, FixError> {
        let mut corrections: Vec<Correction> = Vec::new();
        let mut texts: BTreeMap<FileId, Arc<IndexedText>> = BTreeMap::new();
        let mut records: BTreeMap<FileId, Vec<std::ops::Range<usize>>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| self.is_chosen(finding.code)) {
            let (Some(fix), Location::Text(range)) = (&finding.fix, &finding.location) else { continue };
            // A long text is not kept by the dataset.
            if let Entry::Vacant(entry) = texts.entry(finding.file) {
                let Ok(text) = files.read(finding.file) else { continue };
                entry.insert(text);
            }
            let Some(text) = texts.get(&finding.file) else { continue };
            let name = files.name(finding.file);
            let bytes = range.bytes();
            let Some(written) = text.get(bytes.clone()) else { return Err(FixError::Changed(name.to_owned())) };
            let string = serde_json::from_str::<String>(written).ok();
            let (range, json) = match fix {
                Fix::Text { from, to } => match string {
                    Some(string) if from.as_ref().is_none_or(|from| *from == string) && string != *to => {
                        (bytes, serde_json::to_string(to).unwrap_or_default())
                    }
                    _ => continue,
                },
                Fix::Json(json) => (bytes, json.clone()),
                Fix::Nth(number) => {
                    let records =
                        records.entry(finding.file).or_insert_with(|| record_ranges(text, files.layout(finding.file)));
                    let record = records.partition_point(|record| record.start <= bytes.start).checked_sub(1);
                    let record = record.and_then(|record| records.get(record).cloned());
                    let nth = record.and_then(|record| sibling_range(text, record, &bytes, "nth"));
                    let Some(nth) = nth else { continue };
                    (nth, number.to_string())
                }
                Fix::Lock => continue,
            };
            let action = format!("write {json}");
            let diagnostic = locate(Findings::from_iter([finding.clone()]), files, &policy()).pop();
            let Some(diagnostic) = diagnostic else { continue };
            let edit = TextEdit { range, text: json };
            let correction = Correction { file: name.to_owned(), edit, fixed: FixedFinding { diagnostic, action } };
            if !self.refused.contains(&correction.key()) {
                corrections.push(correction);
            }
        }
        corrections.sort_by(|a, b| (&a.file, a.edit.range.start).cmp(&(&b.file, b.edit.range.start)));
        let mut end: Option<(String, usize)> = None;
        corrections.retain(|correction| {
            let overlaps =
                end.as_ref().is_some_and(|(file, end)| *file == correction.file && correction.edit.range.start < *end);
            if !overlaps {
                end = Some((correction.file.clone(), correction.edit.range.end));
            }
            !overlaps
        });
        Ok(corrections)
    }

    /// Applies corrections to the texts, and updates the project.
    fn apply(&mut self, corrections: &[Correction]) {
        let mut by_file: BTreeMap<&str, Vec<TextEdit>> = BTreeMap::new();
        for correction in corrections {
            by_file.entry(&correction.file).or_default().push(correction.edit.clone());
        }
        for (file, edits) in by_file {
            let text = match self.texts.get(file) {
                Some((_, now)) => now.clone(),
                None => match self.read(file) {
                    Some(text) => text,
                    None => continue,
                },
            };
            let now = apply(&text, &edits);
            self.project.update(file, Some(&now));
            self.texts.entry(file.to_owned()).or_insert_with(|| (text, String::new())).1 = now;
        }
    }

    /// Goes back to earlier texts.
    fn restore(&mut self, texts: BTreeMap<String, (String, String)>) {
        for (file, (_, now)) in std::mem::replace(&mut self.texts, texts) {
            match self.texts.get(&file) {
                Some((_, before)) if *before == now => {}
                Some((_, before)) => self.project.update(&file, Some(before)),
                None => self.project.update(&file, None),
            }
        }
    }

    /// The text of a file as it is in the dataset.
    fn read(&self, file: &str) -> Option<String> {
        let limit = self.options.read.max_file_size;
        let content = self.project.root().open(file, PathScope::Inside, limit).ok()?;
        content.text(file).ok().map(|(text, _)| text)
    }

    /// Writes a new lock if a finding asks for it and the dataset has no errors. Returns whether it did.
    fn lock(&mut self) -> bool {
        let (findings, files, _) = self.check();
        let wanted: Vec<Finding> = findings
            .iter()
            .filter(|finding| finding.fix == Some(Fix::Lock) && self.is_chosen(finding.code))
            .cloned()
            .collect();
        if wanted.is_empty() || findings.has_errors() || findings.iter().any(needs_review) {
            return false;
        }
        let options = CheckOptions { lock: LockUse::Update, ..CheckOptions::default() };
        let ProjectCheck { dataset, .. } = self.project.check(&options, self.on_stage);
        let mut lock = Vec::new();
        let Some((_, checked)) = dataset else { return false };
        if checked.lock.write(&mut lock).is_err() {
            return false;
        }
        let now = String::from_utf8_lossy(&lock).into_owned();
        let known = self.texts.get(LOCK).map(|(before, _)| before.clone());
        let before = known.or_else(|| self.read(LOCK)).unwrap_or_default();
        self.project.update(LOCK, Some(&now));
        self.texts.insert(LOCK.to_owned(), (before, now));
        let action = format!("write the new positions to {LOCK}");
        let located = locate(wanted.into_iter().collect(), &files, &policy());
        self.fixed.extend(located.into_iter().map(|diagnostic| FixedFinding { diagnostic, action: action.clone() }));
        true
    }

    fn finish(mut self) -> Result<Fixes, FixError> {
        let ProjectCheck { dataset, files, mut findings } = self.project.check(&CheckOptions::default(), self.on_stage);
        if let Some((dataset, checked)) = dataset {
            match dataset.rules.is_empty() {
                true => findings.append(&mut check_queries(dataset, None)),
                false => drop(compile(dataset, &checked, &self.options.rules, &mut findings)?),
            }
        }
        let left_files = files.clone();
        let codes = &self.options.codes;
        findings.retain_codes(|code| codes.is_empty() || codes.contains(&code));
        let changed = self.texts.into_iter().filter(|(_, (before, now))| before != now);
        let files = changed.map(|(name, (before, now))| ChangedFile::new(&name, &before, &line_edits(&before, &now)));
        Ok(Fixes { files: files.collect(), fixed: self.fixed, left: findings, left_files })
    }
}

/// The policy under which each finding is shown with its own level.
fn policy() -> Policy {
    Policy::default()
}

/// Whether a finding is about a lock that a person has to review first.
fn needs_review(finding: &Finding) -> bool {
    matches!(finding.code, Code::SourceChanged | Code::OutdatedLock) && finding.fix.is_none()
}

fn contradictions(findings: &Findings) -> usize {
    let all = findings.iter().map(|finding| finding.code).chain(findings.unstored().map(|finding| finding.code));
    all.filter(|code| CONTRADICTIONS.contains(code)).count()
}

/// The edits between two texts, line by line. Corrections never add or remove a line, except in a lock.
fn line_edits(before: &str, now: &str) -> Vec<TextEdit> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), now.split_inclusive('\n').collect());
    if old.len() != new.len() {
        return vec![TextEdit { range: 0..before.len(), text: now.to_owned() }];
    }
    let mut end = 0;
    let mut edits = Vec::new();
    for (old, new) in old.into_iter().zip(new) {
        let range = end..end + old.len();
        end = range.end;
        if old != new {
            edits.push(TextEdit { range, text: new.to_owned() });
        }
    }
    edits
}
