//! Finds the quotes of all files of facts, as far as the results are not known from an earlier check.
//!
//! A result is known if the text of the source is the same, its entry in the lock is the same, and the file had the same quote.

use super::duplicates::FactNumber;
use super::evidence::{Basis, EvidenceCounts, Explanation, Loss, QuoteRequest, QuoteResult, SourceResult, SourceState};
use super::evidence::{changed_text, find_quotes};
use super::facts::{FileFacts, Piece};
use super::lock::Lock;
use super::{CheckOptions, LockUse};
use crate::dataset::{Dataset, Source};
use crate::diagnostic::{FileId, Finding, Findings, Location};
use crate::model::{Evidence, Selector, SourceId, Span};
use rayon::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A file of facts in a check.
pub(super) struct CheckedFile {
    pub file: FileId,
    /// The revision, and the SHA-256 of the content; `None` if the file could not be read.
    pub revision: u64,
    pub sha256: Option<String>,
    pub facts: FileFacts,
    /// What an earlier check read from the file, if it was read again.
    pub previous: Option<FileFacts>,
    /// Whether it was read in this check.
    pub is_new: bool,
}

/// What is known about the quotes of a file.
#[derive(Debug, Default)]
pub(super) struct QuoteResults {
    /// The quotes that were not found, by the fact and the index in the file, with the numbers of their sources.
    pub lost: BTreeMap<(u32, u32), (u32, Loss)>,
    /// The quotes that were found in a text but are not in the lock: the numbers of their sources, and hashes.
    pub unlocked: Vec<(u32, u64)>,
    /// The status of the evidence of valid facts.
    pub counts: EvidenceCounts,
}

/// What is known about the texts of sources, and about the quotes that the manifest excludes.
#[derive(Default)]
pub(super) struct Texts {
    states: HashMap<SourceId, SourceState>,
    excluded: Vec<(SourceId, String, QuoteResult)>,
    /// How often the results for the quotes of a file have changed.
    changes: u64,
}

/// What a quote belongs to.
#[derive(Clone, Copy)]
enum Owner {
    /// A piece of evidence of a fact.
    Evidence { file: u32, fact: u32, piece: Piece },
    /// A quote that the manifest excludes.
    Excluded(u32),
}

/// The selector of quotes that the manifest excludes.
static ANY: Selector = Selector { nth: None, prefix: None, suffix: None };

impl Owner {
    fn request<'a>(self, dataset: &'a Dataset, files: &'a [CheckedFile]) -> QuoteRequest<'a> {
        match self {
            Self::Evidence { file, fact, piece } => {
                let statement = &files[file as usize].facts.statements[fact as usize];
                let Evidence { quote, selector, .. } = &statement.evidence[piece.position as usize];
                QuoteRequest { quote: quote.as_deref().unwrap_or_default(), selector }
            }
            Self::Excluded(number) => QuoteRequest { quote: &dataset.excluded[number as usize].quote, selector: &ANY },
        }
    }
}

/// What quotes are searched for with.
pub(super) struct Search<'a> {
    pub dataset: &'a Dataset,
    pub lock: &'a Lock,
    pub options: &'a CheckOptions<'a>,
}

impl Search<'_> {
    /// Whether nothing is known about the quotes from a source, or it depends on something that has changed.
    fn is_stale(&self, source: &Source, state: Option<&SourceState>) -> bool {
        let Some(state) = state else { return true };
        let is_same_lock = match (self.lock.shared(&source.id), &state.locked) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        };
        let is_same_text = || {
            state.revision == self.dataset.text_revision(source)
                || match self.dataset.text_with_sha256(source) {
                    Ok(Some((_, sha256))) => state.sha256.as_ref() == Some(&sha256),
                    // Without a text, nothing is searched for.
                    Ok(None) | Err(_) => false,
                }
        };
        // A new lock has all quotes.
        self.options.lock == LockUse::Update
            || (state.lock_use, state.require_text) != (self.options.lock, self.options.require_text)
            || !is_same_lock
            || !is_same_text()
    }

    /// Searches for quotes from a source.
    fn run(&self, files: &[CheckedFile], source: usize, owners: &[Owner]) -> SourceResult {
        let source = &self.dataset.sources[source];
        let requests: Vec<QuoteRequest<'_>> = owners.iter().map(|owner| owner.request(self.dataset, files)).collect();
        let locked = self.lock.shared(&source.id).cloned();
        let result = find_quotes(self.dataset, source, &requests, locked, self.options);
        if let Some(on_source) = self.options.on_source {
            on_source();
        }
        result
    }
}

impl Texts {
    /// Finds the quotes whose results are not known, and returns the new lock.
    pub(super) fn find(&mut self, search: &Search<'_>, files: &mut [CheckedFile]) -> Lock {
        let Search { dataset, .. } = search;
        let is_stale = |source: &Source| search.is_stale(source, self.states.get(&source.id));
        let mut stale: Vec<bool> = dataset.sources.par_iter().map(is_stale).collect();
        for (source, _) in dataset.sources.iter().zip(&stale).filter(|(_, is_stale)| !**is_stale) {
            if let Some(state) = self.states.get_mut(&source.id) {
                state.revision = dataset.text_revision(source);
            }
        }
        let mut owners: Vec<Vec<Owner>> = vec![Vec::new(); stale.len()];
        let mut touched = vec![false; files.len()];
        let is_any_stale = stale.contains(&true);
        for (number, file) in files.iter_mut().enumerate() {
            if file.is_new {
                touched[number] = true;
                file.reuse_results(number as u32, dataset, &stale, &mut owners);
            } else if is_any_stale {
                touched[number] = file.forget_results(number as u32, dataset, &stale, &mut owners);
            }
        }
        self.reuse_excluded(dataset, &stale, &mut owners);
        let mut lock = Lock::default();
        loop {
            stale = self.search(search, files, &stale, &owners, &mut lock);
            if !stale.contains(&true) {
                break;
            }
            // A text has changed since other quotes were found in it, so they must be searched for again.
            owners = vec![Vec::new(); stale.len()];
            for (number, file) in files.iter_mut().enumerate() {
                touched[number] |= file.forget_results(number as u32, dataset, &stale, &mut owners);
            }
            self.reuse_excluded(dataset, &stale, &mut owners);
        }
        self.states.retain(|source, _| dataset.source_number(source.as_str()).is_some());
        let bases = self.bases(dataset);
        for (file, _) in files.iter_mut().zip(&touched).filter(|(_, is_touched)| **is_touched) {
            self.changes += 1;
            file.facts.serial = self.changes;
        }
        let touched_files = files.par_iter_mut().zip(&touched).filter(|(_, is_touched)| **is_touched);
        touched_files.for_each(|(file, _)| file.finish(dataset, &bases));
        lock
    }

    /// Searches the stale sources and those with wanted quotes, and sets the results. Returns which of the other sources turn out
    /// to be stale.
    fn search(
        &mut self,
        search: &Search<'_>,
        files: &mut [CheckedFile],
        stale: &[bool],
        owners: &[Vec<Owner>],
        lock: &mut Lock,
    ) -> Vec<bool> {
        let wanted: Vec<usize> =
            (0..stale.len()).filter(|number| stale[*number] || !owners[*number].is_empty()).collect();
        let all = &*files;
        let results: Vec<SourceResult> =
            wanted.par_iter().map(|number| search.run(all, *number, &owners[*number])).collect();
        let mut changed = vec![false; stale.len()];
        for (number, result) in wanted.into_iter().zip(results) {
            let id = &search.dataset.sources[number].id;
            let before = self.states.get(id).filter(|_| !stale[number]);
            changed[number] = before.is_some_and(|before| before.sha256 != result.state.sha256);
            for (owner, quote) in owners[number].iter().zip(result.quotes) {
                match owner {
                    Owner::Excluded(excluded) => self.excluded[*excluded as usize].2 = quote,
                    Owner::Evidence { file, fact, piece } => {
                        files[*file as usize].set_result(*fact, *piece, number as u32, quote);
                    }
                }
            }
            self.states.insert(id.clone(), result.state);
            if let Some(locked) = result.locked {
                lock.insert(id.clone(), locked);
            }
        }
        changed
    }

    /// Takes the known results for the quotes that the manifest excludes, and adds the others to `owners`.
    fn reuse_excluded(&mut self, dataset: &Dataset, stale: &[bool], owners: &mut [Vec<Owner>]) {
        let known = std::mem::take(&mut self.excluded);
        let known: HashMap<(&SourceId, &str), &QuoteResult> =
            known.iter().map(|(source, quote, result)| ((source, quote.as_str()), result)).collect();
        for (excluded, number) in dataset.excluded.iter().zip(0..) {
            let source = dataset.source_number(excluded.source.as_str());
            let result = known.get(&(&excluded.source, excluded.quote.as_str()));
            let result = result.filter(|_| source.is_some_and(|source| !stale[source]));
            if let (None, Some(source)) = (result, source) {
                owners[source].push(Owner::Excluded(number));
            }
            let result = result.map_or(QuoteResult::Cited, |result| (*result).clone());
            self.excluded.push((excluded.source.clone(), excluded.quote.clone(), result));
        }
    }

    /// Reports texts and excluded quotes, and changed texts whose quotes are the same.
    pub(super) fn report(&self, dataset: &Dataset, files: &[CheckedFile], findings: &mut Findings) {
        let mut has_changed_quote = HashSet::new();
        for (_, (source, loss)) in files.iter().flat_map(|file| &file.facts.quotes.lost) {
            if loss.is_change {
                has_changed_quote.insert(*source as usize);
            }
        }
        for (excluded, (source, _, result)) in dataset.excluded.iter().zip(&self.excluded) {
            if let QuoteResult::Lost(loss) = result {
                let (file, location) = excluded.location.clone();
                let explanation = match &loss.explanation {
                    Explanation::Finding(found) => {
                        Explanation::Finding(Box::new(Finding { file, location, ..(**found).clone() }))
                    }
                    other => other.clone(),
                };
                explanation.report(file, findings);
                has_changed_quote.extend(dataset.source_number(source.as_str()).filter(|_| loss.is_change));
            }
        }
        for (number, source) in dataset.sources.iter().enumerate() {
            let Some(state) = self.states.get(&source.id) else { continue };
            findings.extend(state.problem.as_ref().map(|problem| problem.finding(source)));
            if state.differs_from_lock && !has_changed_quote.contains(&number) {
                findings.push(changed_text(source));
            }
        }
    }

    /// The status of the evidence of the statements: of the valid facts that are not omitted.
    pub(super) fn count(&self, dataset: &Dataset, files: &[CheckedFile], omitted: &[FactNumber]) -> EvidenceCounts {
        let bases = self.bases(dataset);
        let mut excess = EvidenceCounts::default();
        for fact in omitted {
            excess.add(&fact.statement(files).evidence, dataset, &bases);
        }
        let total = |count: fn(&EvidenceCounts) -> usize| {
            files.iter().map(|file| count(&file.facts.quotes.counts)).sum::<usize>() - count(&excess)
        };
        EvidenceCounts {
            verified: total(|counts| counts.verified),
            locked: total(|counts| counts.locked),
            cited: total(|counts| counts.cited),
            background: total(|counts| counts.background),
        }
    }

    /// How the quotes from each source were verified.
    fn bases(&self, dataset: &Dataset) -> Vec<Basis> {
        let states = dataset.sources.iter().map(|source| self.states.get(&source.id));
        states.map(|state| state.map_or(Basis::None, |state| state.basis)).collect()
    }

    /// The spans of the excluded quotes.
    pub(super) fn excluded_spans(&self) -> Vec<Option<Span>> {
        let span = |result: &QuoteResult| match result {
            QuoteResult::Found { span, .. } => Some(span.clone()),
            QuoteResult::Cited | QuoteResult::Lost(_) => None,
        };
        self.excluded.iter().map(|(_, _, result)| span(result)).collect()
    }

    /// How many quotes were found in a text but are not in the lock. Equal quotes from a source are one.
    pub(super) fn count_unlocked(&self, dataset: &Dataset, files: &[CheckedFile]) -> usize {
        let in_facts = files.iter().flat_map(|file| &file.facts.quotes.unlocked).map(|(_, hash)| *hash);
        let excluded = dataset.excluded.iter().zip(&self.excluded).filter_map(|(excluded, (.., result))| {
            let is_unlocked = matches!(result, QuoteResult::Found { is_unlocked: true, .. });
            is_unlocked.then(|| quote_hash(&excluded.source, &excluded.quote, &ANY))
        });
        in_facts.chain(excluded).collect::<rustc_hash::FxHashSet<u64>>().len()
    }
}

fn quote_hash(source: &SourceId, quote: &str, selector: &Selector) -> u64 {
    let mut hasher = DefaultHasher::new();
    (source, quote, selector).hash(&mut hasher);
    hasher.finish()
}

impl CheckedFile {
    /// Takes the results of an earlier check, and adds the quotes without one to `owners`, by source.
    fn reuse_results(&mut self, number: u32, dataset: &Dataset, stale: &[bool], owners: &mut [Vec<Owner>]) {
        let previous = self.previous.take();
        let known = previous.as_ref().map(known_results).unwrap_or_default();
        let mut reused = Vec::new();
        for (fact, piece, evidence) in pieces(&self.facts) {
            let Some(quote) = &evidence.quote else { continue };
            let Some(source) = dataset.source_number(evidence.source.as_str()) else { continue };
            let result = known.get(&(&evidence.source, quote.as_str(), &evidence.selector));
            match result.filter(|_| !stale[source]) {
                Some(result) => reused.push((fact, piece, source as u32, result.clone())),
                None => owners[source].push(Owner::Evidence { file: number, fact, piece }),
            }
        }
        for (fact, piece, source, result) in reused {
            self.set_result(fact, piece, source, result);
        }
    }

    /// Removes the results for stale sources, and adds their quotes to `owners`. Returns whether there are any.
    fn forget_results(&mut self, number: u32, dataset: &Dataset, stale: &[bool], owners: &mut [Vec<Owner>]) -> bool {
        let mut is_touched = false;
        for (fact, piece, evidence) in pieces(&self.facts) {
            let source = dataset.source_number(evidence.source.as_str()).filter(|source| stale[*source]);
            if let Some(source) = source.filter(|_| evidence.quote.is_some()) {
                owners[source].push(Owner::Evidence { file: number, fact, piece });
                is_touched = true;
            }
        }
        let QuoteResults { lost, unlocked, .. } = &mut self.facts.quotes;
        lost.retain(|_, (source, _)| !stale[*source as usize]);
        unlocked.retain(|(source, _)| !stale[*source as usize]);
        is_touched
    }

    fn set_result(&mut self, fact: u32, piece: Piece, source: u32, result: QuoteResult) {
        let record = self.facts.facts[fact as usize].record;
        let statement = &mut Arc::make_mut(&mut self.facts.statements)[fact as usize];
        let evidence = &mut statement.evidence[piece.position as usize];
        evidence.span = None;
        match result {
            QuoteResult::Cited => {}
            QuoteResult::Found { span, is_unlocked } => {
                if is_unlocked {
                    let quote = evidence.quote.as_deref().unwrap_or_default();
                    let hash = quote_hash(&evidence.source, quote, &evidence.selector);
                    self.facts.quotes.unlocked.push((source, hash));
                }
                evidence.span = Some(span);
            }
            QuoteResult::Lost(mut loss) => {
                if let Explanation::Finding(finding) = &mut loss.explanation {
                    let path = vec!["evidence".into(), (piece.index as usize).into(), "quote".into()];
                    (finding.file, finding.location) = (self.file, Location::Value { record, path, key: false });
                }
                self.facts.quotes.lost.insert((fact, piece.index), (source, loss));
            }
        }
    }

    /// Updates what follows from the results.
    fn finish(&mut self, dataset: &Dataset, bases: &[Basis]) {
        let FileFacts { statements, facts, quotes, .. } = &mut self.facts;
        let statements = Arc::make_mut(statements);
        for fact in facts.iter_mut() {
            fact.is_grounded = true;
        }
        for (fact, _) in quotes.lost.keys() {
            facts[*fact as usize].is_grounded = false;
        }
        quotes.counts = EvidenceCounts::default();
        for (fact, statement) in facts.iter_mut().zip(statements) {
            if fact.content.is_some() && !fact.pieces.is_empty() {
                fact.normalize(statement);
            }
            if fact.is_valid() {
                quotes.counts.add(&statement.evidence, dataset, bases);
            }
        }
        let findings = |quotes: &mut QuoteResults, visit: &mut dyn FnMut(&mut Finding)| {
            let losses = quotes.lost.values_mut();
            let found = losses.filter_map(|(_, loss)| match &mut loss.explanation {
                Explanation::Finding(finding) => Some(&mut **finding),
                Explanation::Counted(_) | Explanation::Source => None,
            });
            found.for_each(visit);
        };
        let mut all = Vec::new();
        findings(quotes, &mut |finding| all.push(finding.clone()));
        dataset.files.resolve_locations(&mut all);
        let mut located = all.into_iter();
        findings(quotes, &mut |finding| {
            if let Some(located) = located.next() {
                *finding = located;
            }
        });
    }
}

/// The pieces of evidence of all facts, as written.
fn pieces(facts: &FileFacts) -> impl Iterator<Item = (u32, Piece, &Evidence)> {
    (0..).zip(&facts.facts).zip(facts.statements.iter()).flat_map(|((number, fact), statement)| {
        let pieces = fact.pieces(statement.evidence.len());
        pieces.map(move |piece| (number, piece, &statement.evidence[piece.position as usize]))
    })
}

/// The results for the quotes of a file by source, quote and selector.
fn known_results(facts: &FileFacts) -> HashMap<(&SourceId, &str, &Selector), QuoteResult> {
    let unlocked: HashSet<u64> = facts.quotes.unlocked.iter().map(|(_, hash)| *hash).collect();
    let result = |fact: u32, piece: Piece, evidence: &Evidence, quote: &str| {
        if let Some((_, loss)) = facts.quotes.lost.get(&(fact, piece.index)) {
            return QuoteResult::Lost(loss.clone());
        }
        let Some(span) = evidence.span.clone() else { return QuoteResult::Cited };
        let is_unlocked = unlocked.contains(&quote_hash(&evidence.source, quote, &evidence.selector));
        QuoteResult::Found { span, is_unlocked }
    };
    let quotes = pieces(facts).filter_map(|(fact, piece, evidence)| {
        let quote = evidence.quote.as_deref()?;
        Some(((&evidence.source, quote, &evidence.selector), result(fact, piece, evidence, quote)))
    });
    quotes.collect()
}

impl EvidenceCounts {
    /// Counts the evidence of a statement. `bases` tell for each source how its quotes were verified.
    pub(super) fn add(&mut self, evidence: &[Evidence], dataset: &Dataset, bases: &[Basis]) {
        for evidence in evidence {
            let basis = dataset.source_number(evidence.source.as_str()).map_or(Basis::None, |number| bases[number]);
            match (&evidence.quote, basis) {
                (None, _) => self.background += 1,
                (Some(_), Basis::Text) => self.verified += 1,
                (Some(_), Basis::Lock) => self.locked += 1,
                (Some(_), Basis::None) => self.cited += 1,
            }
        }
    }
}
