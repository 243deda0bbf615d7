//! Judges proposals with the ordinary check: of the dataset with the proposals as one more file of facts.
//!
//! The check is repeated without the proposals that it rejects, as long as these may concern others or its findings are incomplete.

use super::conflicts::ConflictGroups;
use super::known::{KnownStatements, Match};
use super::prepare::Prepared;
use super::verdict::{Reason, Verdict};
use super::{ImportError, ImportOptions};
use crate::check::{CheckOptions, CheckedFact, Checker};
use crate::dataset::{Dataset, OpenOutcome};
use crate::diagnostic::{Code, FileId, Finding, Findings, Location};
use crate::files::DatasetRoot;
use crate::model::Statement;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file of proposals in the check, which is only in memory.
pub(super) const FILE: &str = ".factloom-proposals.jsonl";

/// The codes of findings that depend on other facts.
const RELATIONAL: [Code; 3] = [Code::Conflict, Code::DuplicateStatement, Code::DuplicateId];

/// The verdict about a proposal, and what becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    /// The statement that it repeats or adds evidence to.
    pub target: Option<Target>,
    /// The pieces of its evidence that are new, by their numbers.
    pub new_evidence: Vec<usize>,
}

/// A statement that a proposal repeats or adds evidence to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// One of the dataset: its file and its record, and its id.
    Dataset(FileId, usize, String),
    /// An earlier proposal, by its number.
    Proposal(usize),
}

impl Decision {
    fn new(verdict: Verdict, reasons: Vec<Reason>) -> Self {
        Self { verdict, reasons, target: None, new_evidence: Vec::new() }
    }
}

/// Judges proposals against a dataset.
pub(super) struct Judge<'a> {
    pub opened: OpenOutcome,
    pub checker: Checker,
    root: DatasetRoot,
    file: FileId,
    options: &'a ImportOptions,
    prepared: &'a [Option<Prepared>],
    pub decisions: Vec<Option<Decision>>,
    /// How many errors the dataset itself has.
    pub dataset_errors: usize,
    /// The ids of the facts of the dataset.
    pub known_ids: Vec<String>,
}

/// The findings of a check about each proposal.
struct Pass {
    findings: BTreeMap<usize, Vec<Finding>>,
    conflicts: Vec<Finding>,
    /// The codes whose findings were only counted in part.
    incomplete: Vec<Code>,
}

impl<'a> Judge<'a> {
    /// Prepares to judge proposals; those that could not be read are `None`.
    pub(super) fn new(
        mut opened: OpenOutcome,
        root: DatasetRoot,
        prepared: &'a [Option<Prepared>],
        options: &'a ImportOptions,
    ) -> Result<Self, ImportError> {
        let with_file = root.clone().overlaid([(FILE, "")]);
        let file = opened.add_facts(with_file, FILE).ok_or(ImportError::NoDataset)?;
        let decisions = vec![None; prepared.len()];
        Ok(Self {
            opened,
            checker: Checker::default(),
            root,
            file,
            options,
            prepared,
            decisions,
            dataset_errors: 0,
            known_ids: Vec::new(),
        })
    }

    /// The dataset.
    pub(super) fn dataset(&self) -> Result<&Dataset, ImportError> {
        self.opened.dataset.as_ref().ok_or(ImportError::NoDataset)
    }

    /// Judges all proposals.
    pub(super) fn run(&mut self) -> Result<(), ImportError> {
        self.judge()?;
        let own = self.checker.facts(self.dataset()?).filter(|fact| fact.file != self.file);
        self.known_ids = own.map(|fact| fact.statement.id.as_str().to_owned()).collect();
        Ok(())
    }

    fn judge(&mut self) -> Result<(), ImportError> {
        loop {
            let undecided: Vec<usize> = (0..self.prepared.len())
                .filter(|n| self.decisions[*n].is_none() && self.prepared[*n].is_some())
                .collect();
            if undecided.is_empty() {
                return Ok(());
            }
            let starts = self.lay_out(&undecided);
            let pass = self.check(&undecided, &starts)?;
            let rejected = self.reject(&undecided, &starts, &pass)?;
            let is_incomplete = !pass.incomplete.is_empty();
            let has_relations = !pass.conflicts.is_empty()
                || pass.findings.values().flatten().any(|finding| RELATIONAL.contains(&finding.code));
            if rejected > 0 && (has_relations || is_incomplete) {
                continue;
            }
            let decided = self.relate(&undecided, &starts, &pass)?;
            if !is_incomplete {
                return Ok(());
            }
            if decided == 0 {
                self.give_up(&undecided, &pass.incomplete);
                return Ok(());
            }
            // What was accepted is judged again together with the rest.
            for number in undecided {
                let is_open = self.decisions[number].as_ref().is_some_and(|one| one.verdict == Verdict::Accepted);
                if is_open {
                    self.decisions[number] = None;
                }
            }
        }
    }

    /// Writes the proposals as a file of facts. Returns the byte at which each starts.
    fn lay_out(&mut self, undecided: &[usize]) -> Vec<usize> {
        let (mut text, mut starts) = (String::new(), Vec::with_capacity(undecided.len()));
        for number in undecided {
            starts.push(text.len());
            if let Some(prepared) = &self.prepared[*number] {
                text.push_str(&prepared.line());
            }
            text.push('\n');
        }
        self.opened.update(self.root.clone().overlaid([(FILE, text)]), &[FILE]);
        starts
    }

    fn check(&mut self, undecided: &[usize], starts: &[usize]) -> Result<Pass, ImportError> {
        let opt_in: Vec<Code> = self.options.warn.iter().copied().filter(|code| code.is_opt_in()).collect();
        let options = CheckOptions { opt_in: &opt_in, ..CheckOptions::default() };
        // Those about the dataset itself could be so many that none about proposals were stored.
        let mut findings = Findings::about(self.file);
        findings.extend_from(&self.opened.findings);
        let dataset = self.opened.dataset.as_ref().ok_or(ImportError::NoDataset)?;
        self.checker.check(dataset, &options, &mut findings);
        let mut pass = Pass {
            findings: BTreeMap::new(),
            conflicts: Vec::new(),
            incomplete: findings.unstored().map(|finding| finding.code).filter(|code| self.rejects(*code)).collect(),
        };
        self.dataset_errors = findings.errors_elsewhere();
        for finding in findings {
            if finding.code == Code::Conflict {
                pass.conflicts.push(finding);
            } else if let Some(number) = start_of(&finding.location).and_then(|byte| number_at(starts, byte)) {
                pass.findings.entry(undecided[number]).or_default().push(finding);
            }
        }
        Ok(pass)
    }

    /// Whether a proposal with a finding of this code is rejected.
    fn rejects(&self, code: Code) -> bool {
        !self.options.allow.contains(&code) && (!code.is_opt_in() || self.options.warn.contains(&code))
    }

    /// Rejects the proposals that have findings by themselves. Returns their number.
    fn reject(&mut self, undecided: &[usize], starts: &[usize], pass: &Pass) -> Result<usize, ImportError> {
        let mut rejections: Vec<(usize, Decision)> = Vec::new();
        for (number, findings) in &pass.findings {
            let own = |finding: &&Finding| !RELATIONAL.contains(&finding.code) && self.rejects(finding.code);
            if let Some(verdict) = findings.iter().filter(own).map(|finding| Verdict::of(finding.code)).min() {
                rejections.push((*number, Decision::new(verdict, self.reasons(findings, *number)?)));
            }
        }
        let known: BTreeSet<usize> = rejections.iter().map(|(number, _)| *number).collect();
        let dataset = self.dataset()?;
        let mut seen = vec![false; undecided.len()];
        for fact in self.checker.facts(dataset).filter(|fact| fact.file == self.file) {
            let Ok(index) = starts.binary_search(&fact.record) else { continue };
            seen[index] = true;
            let number = undecided[index];
            // Too many findings of a code: they come in the next pass.
            if !fact.is_valid() && !known.contains(&number) && pass.incomplete.is_empty() {
                let reason = self.unverifiable(&fact)?;
                rejections.push((number, Decision::new(Verdict::Unverifiable, vec![reason])));
            }
        }
        // A number may be out of range, so that the line is not a fact at all.
        for (index, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
            let number = undecided[index];
            if !known.contains(&number) && pass.incomplete.is_empty() {
                let reason = Reason::new("the proposal has an invalid value", "correct the proposal");
                rejections.push((number, Decision::new(Verdict::Invalid, vec![reason])));
            }
        }
        let count = rejections.len();
        for (number, decision) in rejections {
            self.decisions[number] = Some(decision);
        }
        Ok(count)
    }

    /// Why a proposal without findings is invalid: the cause is elsewhere.
    fn unverifiable(&self, fact: &CheckedFact<'_>) -> Result<Reason, ImportError> {
        let dataset = self.dataset()?;
        let sources = fact.statement.evidence.iter().filter(|evidence| evidence.span.is_none());
        let sources = sources.filter_map(|evidence| dataset.source(evidence.source.as_str()));
        for source in sources {
            if !matches!(dataset.text(source), Ok(Some(text)) if !text.trim().is_empty()) {
                let message = format!("the quote cannot be verified: the text of `{}` is unavailable", source.id);
                return Ok(Reason::new(message, "name the directory of the text with --source-dir"));
            }
        }
        let message = "the proposal depends on a part of the dataset that has errors";
        Ok(Reason::new(message, "run `factloom check`, and correct the dataset"))
    }

    /// Compares the proposals without findings with the dataset and with each other, in their order. Returns how many were not accepted.
    fn relate(&mut self, undecided: &[usize], starts: &[usize], pass: &Pass) -> Result<usize, ImportError> {
        let dataset = self.opened.dataset.as_ref().ok_or(ImportError::NoDataset)?;
        let facts: Vec<CheckedFact<'_>> = self.checker.facts(dataset).collect();
        let (own, proposed): (Vec<&CheckedFact<'_>>, Vec<&CheckedFact<'_>>) =
            facts.iter().partition(|fact| fact.file != self.file);
        let mut known = KnownStatements::new(dataset.namespaces.clone());
        for fact in &own {
            let id = fact.statement.id.as_str().to_owned();
            known.add(fact, Target::Dataset(fact.file, fact.record, id));
        }
        let mut groups = ConflictGroups::new(dataset, &pass.conflicts, &own, &proposed);
        let (mut decided, mut not_accepted) = (Vec::new(), 0);
        for fact in proposed {
            let Ok(index) = starts.binary_search(&fact.record) else { continue };
            let number = undecided[index];
            if self.decisions[number].is_some() {
                continue;
            }
            let findings = pass.findings.get(&number).map_or(&[][..], Vec::as_slice);
            let accepted = |verdict| -> Result<Decision, ImportError> {
                let allowed: Vec<Finding> =
                    findings.iter().filter(|one| !RELATIONAL.contains(&one.code)).cloned().collect();
                let mut reasons = self.reasons(&allowed, number)?;
                reasons.extend(unverified(fact.statement));
                Ok(Decision::new(verdict, reasons))
            };
            let decision = match known.find(fact) {
                Some(Match { target, new_evidence }) if new_evidence.is_empty() => {
                    Decision { target: Some(target), ..Decision::new(Verdict::Duplicate, Vec::new()) }
                }
                Some(Match { target, new_evidence }) => {
                    Decision { target: Some(target), new_evidence, ..accepted(Verdict::AddsEvidence)? }
                }
                None if fact.has_id() && known.has_id(&fact.statement.id) => {
                    Decision::new(Verdict::Invalid, vec![self.duplicate_id(findings, number, fact.statement)?])
                }
                None => {
                    let conflicts = match self.rejects(Code::Conflict) {
                        true => groups.conflicts(fact.statement),
                        false => Vec::new(),
                    };
                    match conflicts.is_empty() {
                        true => {
                            known.add(fact, Target::Proposal(number));
                            groups.accept(fact.statement, number);
                            accepted(Verdict::Accepted)?
                        }
                        false => {
                            let findings: Vec<Finding> = conflicts.into_iter().cloned().collect();
                            Decision::new(Verdict::Conflict, self.reasons(&findings, number)?)
                        }
                    }
                }
            };
            not_accepted += usize::from(decision.verdict != Verdict::Accepted);
            decided.push((number, decision));
        }
        let contradicted = groups.contradicted();
        for (number, decision) in decided {
            self.decisions[number] = Some(decision);
        }
        for (number, other) in contradicted {
            if let Some(decision) = self.decisions[number].as_mut().filter(|one| one.verdict == Verdict::Accepted) {
                let message = format!("a later proposal contradicts this one: {other}");
                decision.reasons.push(Reason::new(message, "compare both with their sources"));
            }
        }
        Ok(not_accepted)
    }

    fn duplicate_id(&self, findings: &[Finding], number: usize, statement: &Statement) -> Result<Reason, ImportError> {
        let found: Vec<Finding> = findings.iter().filter(|one| one.code == Code::DuplicateId).cloned().collect();
        let reason = self.reasons(&found, number)?.into_iter().next();
        Ok(reason.unwrap_or_else(|| {
            let message = format!("duplicate statement id `{}`", statement.id);
            Reason { code: Some(Code::DuplicateId), ..Reason::new(message, "choose another id") }
        }))
    }

    /// Rejects the rest if the findings about them cannot be seen, because the dataset has too many.
    fn give_up(&mut self, undecided: &[usize], codes: &[Code]) {
        let codes = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        for number in undecided {
            let message = format!("the dataset has too many findings to judge the proposal: {codes}");
            let reason = Reason::new(message, "run `factloom check`, and correct the dataset");
            self.decisions[*number] = Some(Decision::new(Verdict::Unverifiable, vec![reason]));
        }
    }

    /// Findings as reasons. The file of proposals is not shown, because it does not exist.
    fn reasons(&self, findings: &[Finding], number: usize) -> Result<Vec<Reason>, ImportError> {
        let dataset = self.dataset()?;
        let related = |finding: &Finding| {
            let shown = finding.related.iter().filter(|one| one.file != self.file).map(|one| {
                let position = match &one.location {
                    Location::Text(range) => format!(":{}:{}", range.start().line, range.start().column),
                    Location::File | Location::Bytes(_) | Location::Value { .. } => String::new(),
                };
                format!("{}: {}{position}", one.message, dataset.files.display_path(one.file))
            });
            shown.collect::<Vec<String>>()
        };
        let candidates = self.prepared[number].iter().flat_map(|prepared| &prepared.candidates);
        let reason = |finding: &Finding| {
            let mut notes: Vec<String> = finding.notes.iter().cloned().chain(related(finding)).collect();
            if Verdict::of(finding.code) == Verdict::UnknownName {
                let is_about = |(name, _): &&(String, String)| finding.message.contains(&format!("`{name}`"));
                notes.extend(candidates.clone().filter(is_about).map(|(_, sentence)| sentence.clone()));
            }
            if Verdict::of(finding.code) == Verdict::Mismatch && self.would_fit_swapped(number, dataset) {
                notes.push("subject and object would fit if they were swapped".to_owned());
            }
            let Finding { code, message, label, help, .. } = finding;
            Reason { code: Some(*code), message: message.clone(), label: label.clone(), help: help.clone(), notes }
        };
        Ok(findings.iter().map(reason).collect())
    }

    /// Whether the object of a proposal belongs to the domain of its predicate, and the subject to the range.
    fn would_fit_swapped(&self, number: usize, dataset: &Dataset) -> bool {
        let Some(prepared) = &self.prepared[number] else { return false };
        let entity = |member| prepared.string(member).and_then(|id| dataset.entity(&id));
        let predicate = prepared.string("predicate");
        let predicate =
            predicate.and_then(|name| dataset.vocabulary.find_predicate(&name, &dataset.namespaces).cloned());
        let (Some(subject), Some(object), Some(predicate)) = (entity("subject"), entity("object"), predicate) else {
            return false;
        };
        let fits = |entity: &crate::dataset::Entity, classes: &[oxigraph::model::NamedNode]| {
            classes.iter().all(|class| dataset.vocabulary.is_subclass(&entity.class, class))
        };
        fits(object, &predicate.domains) && fits(subject, &predicate.ranges)
    }
}

/// What a reader should know about evidence that no text verifies. The check accepts it from a curator, too.
fn unverified(statement: &Statement) -> Option<Reason> {
    let evidence = statement.evidence.iter().find(|evidence| evidence.span.is_none())?;
    let (message, help) = match &evidence.quote {
        Some(_) => ("is not verified: the source has no text", "compare the quote with the source"),
        None => ("is a note without a quote", "check the note"),
    };
    Some(Reason::new(format!("the evidence from `{}` {message}", evidence.source), help))
}

/// The first byte of a location in a text.
fn start_of(location: &Location) -> Option<usize> {
    match location {
        Location::Text(range) => Some(range.bytes().start),
        Location::Bytes(bytes) => Some(bytes.start),
        Location::Value { record, .. } => Some(*record),
        Location::File => None,
    }
}

/// The index of the proposal with a byte.
fn number_at(starts: &[usize], byte: usize) -> Option<usize> {
    starts.partition_point(|start| *start <= byte).checked_sub(1)
}
