//! Finds the quotes of all files of facts, as far as the results are not known from an earlier check.
//!
//! A result is known if the text of the source is the same, its entry in the lock is the same, and the file had the same quote.

mod counts;

pub(super) use counts::QuoteCounts;

use super::evidence::{
    Basis, Explanation, LockStatus, Loss, QuoteRequest, QuoteResult, SourceResult, SourceState, find_quotes,
};
use super::evidence_checks::{EvidenceChecks, Expectations, NameHashes, Observation, StatementHashes, SupportingQuote};
use super::facts::{FileFacts, Piece};
use super::ground::ANY;
use super::lock::Lock;
use super::text_findings::{changed_text, outdated_lock, unavailable_text};
use super::{CheckOptions, LockUse};
use crate::dataset::{Dataset, ExcludedQuote, Source};
use crate::diagnostic::{FileId, Finding, Findings, Location};
use crate::model::{Evidence, Namespaces, Selector, SourceId, Span};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};
use xxhash_rust::xxh3::xxh3_64;

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
    /// The findings about quotes that were found but differ from the text, by the same keys.
    pub warnings: BTreeMap<(u32, u32), (u32, Vec<Explanation>)>,
    /// What no other quote of the fact may have either, by the same keys.
    pub observations: BTreeMap<(u32, u32), (u32, Observation)>,
    /// The quotes that were found in a text and are not the same in the lock, by their hashes, with the numbers of their sources.
    pub differences: FxHashMap<u64, (u32, LockStatus)>,
}

/// What is known about the texts of sources, and about the quotes that the manifest excludes.
#[derive(Default)]
pub(super) struct Texts {
    states: HashMap<SourceId, SourceState>,
    excluded: Vec<(SourceId, String, QuoteResult)>,
    /// What the evidence checks depended on.
    definitions: u64,
    names: NameHashes,
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

/// What the quotes of each fact of each file must have. It is computed once for all quotes of a fact.
type AllExpectations = Vec<Vec<OnceLock<Expectations>>>;

impl Owner {
    fn request<'a>(
        self,
        dataset: &'a Dataset,
        files: &'a [CheckedFile],
        expectations: &'a AllExpectations,
    ) -> QuoteRequest<'a> {
        match self {
            Self::Evidence { file, fact, piece } => {
                let statement = &files[file as usize].facts.statements[fact as usize];
                let evidence = &statement.evidence[piece.position as usize];
                let Evidence { quote, selector, .. } = evidence;
                let expectations = &expectations[file as usize][fact as usize];
                let supported = Some(SupportingQuote { statement, evidence, expectations });
                QuoteRequest { quote: quote.as_deref().unwrap_or_default(), selector, supported }
            }
            Self::Excluded(number) => {
                let quote = &dataset.excluded[number as usize].quote;
                QuoteRequest { quote, selector: &ANY, supported: None }
            }
        }
    }
}

/// What quotes are searched for with.
pub(super) struct Search<'a> {
    pub dataset: &'a Dataset,
    pub lock: &'a Lock,
    pub checks: &'a EvidenceChecks<'a>,
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
                || match self.dataset.hashed_text(source) {
                    Ok(Some(text)) => state.sha256.as_ref() == Some(&text.unnormalized_sha256),
                    // Without a text, nothing is searched for.
                    Ok(None) | Err(_) => false,
                }
        };
        // A new lock has all quotes.
        self.options.lock == LockUse::Update || state.lock_use != self.options.lock || !is_same_lock || !is_same_text()
    }

    /// Searches for quotes from a source.
    fn run(
        &self,
        files: &[CheckedFile],
        expectations: &AllExpectations,
        source: usize,
        owners: &[Owner],
    ) -> SourceResult {
        let source = &self.dataset.sources[source];
        let requests: Vec<QuoteRequest<'_>> =
            owners.iter().map(|owner| owner.request(self.dataset, files, expectations)).collect();
        let locked = self.lock.shared(&source.id).cloned();
        let result = find_quotes(self.dataset, source, &requests, locked, self.checks, self.options);
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
        let names_before = std::mem::replace(&mut self.names, search.checks.name_hashes());
        let definitions = search.checks.definitions_hash();
        let has_same_definitions = std::mem::replace(&mut self.definitions, definitions) == definitions;
        let is_stale = |source: &Source| !has_same_definitions || is_stale(source);
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
                file.reuse_results(number as u32, dataset, [&names_before, &self.names], &stale, &mut owners);
            } else if is_any_stale {
                touched[number] = file.invalidate_results(number as u32, dataset, &stale, &mut owners);
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
                touched[number] |= file.invalidate_results(number as u32, dataset, &stale, &mut owners);
            }
            self.reuse_excluded(dataset, &stale, &mut owners);
        }
        self.states.retain(|source, _| dataset.source_number(source.as_str()).is_some());
        for (excluded, (.., result)) in dataset.excluded.iter().zip(&mut self.excluded) {
            for finding in result.findings_mut() {
                (finding.file, finding.location) = excluded.location.clone();
            }
        }
        for (file, _) in files.iter_mut().zip(&touched).filter(|(_, is_touched)| **is_touched) {
            self.changes += 1;
            file.facts.serial = self.changes;
        }
        let touched_files = files.par_iter_mut().zip(&touched).filter(|(_, is_touched)| **is_touched);
        touched_files.for_each(|(file, _)| file.finish(dataset));
        lock
    }

    /// Searches the stale sources and those with requested quotes, and sets the results. Returns which of the other sources turn out
    /// to be stale.
    fn search(
        &mut self,
        search: &Search<'_>,
        files: &mut [CheckedFile],
        stale: &[bool],
        owners: &[Vec<Owner>],
        lock: &mut Lock,
    ) -> Vec<bool> {
        let requested: Vec<usize> =
            (0..stale.len()).filter(|number| stale[*number] || !owners[*number].is_empty()).collect();
        let all = &*files;
        let mut expectations: AllExpectations = all.iter().map(|_| Vec::new()).collect();
        for owner in owners.iter().flatten() {
            if let Owner::Evidence { file, .. } = owner {
                let facts = all[*file as usize].facts.facts.len();
                expectations[*file as usize].resize_with(facts, OnceLock::new);
            }
        }
        let results: Vec<SourceResult> =
            requested.par_iter().map(|number| search.run(all, &expectations, *number, &owners[*number])).collect();
        let mut changed = vec![false; stale.len()];
        for (number, result) in requested.into_iter().zip(results) {
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

    /// The quotes that the manifest excludes, with their results.
    pub(super) fn excluded<'a>(
        &'a self,
        dataset: &'a Dataset,
    ) -> impl Iterator<Item = (&'a ExcludedQuote, &'a QuoteResult)> {
        dataset.excluded.iter().zip(self.excluded.iter().map(|(.., result)| result))
    }

    /// Reports texts that are unreadable, missing, empty or changed, and outdated entries of the lock.
    pub(super) fn report(&self, search: &Search<'_>, files: &[CheckedFile], findings: &mut Findings) {
        let Search { dataset, options, .. } = search;
        let tallies = self.tallies(dataset, files);
        for (source, tally) in dataset.sources.iter().zip(tallies) {
            let Some(state) = self.states.get(&source.id) else { continue };
            if let (LockUse::Verify, Some(locked)) = (options.lock, &state.locked) {
                findings.extend(outdated_lock(source, locked, state.has_other_length));
            }
            findings.extend(match (&state.problem, tally) {
                (Some(problem), tally) => {
                    unavailable_text(source, problem, &tally.unwrap_or_default(), dataset, options.require_text)
                }
                (None, Some(tally)) => changed_text(source, state.has_changed, &tally),
                (None, None) => None,
            });
        }
    }

    /// Whether the text of each source was searched.
    pub(super) fn have_text(&self, dataset: &Dataset) -> Vec<bool> {
        let is_searched = |state: &SourceState| state.basis == Basis::Text && state.problem.is_none();
        dataset.sources.iter().map(|source| self.states.get(&source.id).is_some_and(is_searched)).collect()
    }

    /// The spans of the excluded quotes.
    pub(super) fn excluded_spans(&self) -> Vec<Option<Span>> {
        let span = |result: &QuoteResult| match result {
            QuoteResult::Found { span, .. } => Some(span.clone()),
            QuoteResult::Cited | QuoteResult::Lost(_) => None,
        };
        self.excluded.iter().map(|(.., result)| span(result)).collect()
    }
}

fn quote_hash(source: &SourceId, quote: &str, selector: &Selector) -> u64 {
    let mut hasher = FxHasher::default();
    (xxh3_64(source.as_str().as_bytes()), xxh3_64(quote.as_bytes()), selector).hash(&mut hasher);
    hasher.finish()
}

impl CheckedFile {
    /// Takes the results of an earlier check, and adds the quotes without one to `owners`, by source.
    fn reuse_results(
        &mut self,
        number: u32,
        dataset: &Dataset,
        [names_before, names]: [&NameHashes; 2],
        stale: &[bool],
        owners: &mut [Vec<Owner>],
    ) {
        let previous = self.previous.take();
        let known = previous.as_ref().map(|facts| known_results(facts, names_before, &dataset.namespaces));
        let mut reused = Vec::new();
        let mut hashes = StatementHashes::new(names, &dataset.namespaces);
        for (fact, piece, evidence) in pieces(&self.facts) {
            let Some(quote) = &evidence.quote else { continue };
            let Some(source) = dataset.source_number(evidence.source.as_str()) else { continue };
            let result = known.as_ref().filter(|_| !stale[source]).and_then(|known| {
                let hash = hashes.of_quote((fact, &self.facts.statements[fact as usize]), evidence);
                known.get(&(&evidence.source, quote.as_str(), &evidence.selector, hash))
            });
            match result {
                Some(result) => reused.push((fact, piece, source as u32, result.clone())),
                None => owners[source].push(Owner::Evidence { file: number, fact, piece }),
            }
        }
        for (fact, piece, source, result) in reused {
            self.set_result(fact, piece, source, result);
        }
    }

    /// Removes the results for stale sources, and adds their quotes to `owners`. Returns whether there are any.
    fn invalidate_results(
        &mut self,
        number: u32,
        dataset: &Dataset,
        stale: &[bool],
        owners: &mut [Vec<Owner>],
    ) -> bool {
        let mut is_touched = false;
        for (fact, piece, evidence) in pieces(&self.facts) {
            let source = dataset.source_number(evidence.source.as_str()).filter(|source| stale[*source]);
            if let Some(source) = source.filter(|_| evidence.quote.is_some()) {
                owners[source].push(Owner::Evidence { file: number, fact, piece });
                is_touched = true;
            }
        }
        let QuoteResults { lost, warnings, observations, differences } = &mut self.facts.quotes;
        lost.retain(|_, (source, _)| !stale[*source as usize]);
        warnings.retain(|_, (source, _)| !stale[*source as usize]);
        observations.retain(|_, (source, _)| !stale[*source as usize]);
        differences.retain(|_, (source, _)| !stale[*source as usize]);
        is_touched
    }

    fn set_result(&mut self, fact: u32, piece: Piece, source: u32, mut result: QuoteResult) {
        if result.findings_mut().next().is_some() {
            let (file, location) = (self.file, self.quote_location(fact, piece));
            for finding in result.findings_mut() {
                (finding.file, finding.location) = (file, location.clone());
            }
        }
        let statement = &mut Arc::make_mut(&mut self.facts.statements)[fact as usize];
        let evidence = &mut statement.evidence[piece.position as usize];
        (evidence.span, evidence.source_words) = (None, None);
        let quotes = &mut self.facts.quotes;
        match result {
            QuoteResult::Cited => {}
            QuoteResult::Found { span, words, lock, warnings, observation } => {
                if lock != LockStatus::Same {
                    let quote = evidence.quote.as_deref().unwrap_or_default();
                    let hash = quote_hash(&evidence.source, quote, &evidence.selector);
                    quotes.differences.insert(hash, (source, lock));
                }
                if !warnings.is_empty() {
                    quotes.warnings.insert((fact, piece.index), (source, warnings));
                }
                if observation != Observation::default() {
                    quotes.observations.insert((fact, piece.index), (source, observation));
                }
                (evidence.span, evidence.source_words) = (Some(span), words);
            }
            QuoteResult::Lost(loss) => {
                quotes.lost.insert((fact, piece.index), (source, loss));
            }
        }
    }

    /// The location of a quote.
    fn quote_location(&self, fact: u32, piece: Piece) -> Location {
        let record = self.facts.facts[fact as usize].record;
        let path = vec!["evidence".into(), (piece.index as usize).into(), "quote".into()];
        Location::Value { record, path, key: false }
    }

    /// Updates what follows from the results.
    fn finish(&mut self, dataset: &Dataset) {
        let FileFacts { statements, facts, quotes, .. } = &mut self.facts;
        let statements = Arc::make_mut(statements);
        for fact in facts.iter_mut() {
            fact.is_grounded = true;
        }
        for (fact, _) in quotes.lost.keys() {
            facts[*fact as usize].is_grounded = false;
        }
        for (fact, statement) in facts.iter_mut().zip(statements) {
            if fact.content.is_some() && !fact.pieces.is_empty() {
                fact.normalize(statement);
            }
        }
        let lost = quotes.lost.values_mut().map(|(_, loss)| &mut loss.explanation);
        let warnings = quotes.warnings.values_mut().flat_map(|(_, warnings)| warnings);
        let mut findings: Vec<&mut Finding> = lost.chain(warnings).filter_map(Explanation::finding_mut).collect();
        let mut located: Vec<Finding> = findings.iter().map(|finding| (**finding).clone()).collect();
        dataset.files.resolve_locations(&mut located);
        for (finding, located) in findings.iter_mut().zip(located) {
            **finding = located;
        }
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
fn known_results<'a>(
    facts: &'a FileFacts,
    names: &NameHashes,
    namespaces: &Namespaces,
) -> HashMap<(&'a SourceId, &'a str, &'a Selector, u64), QuoteResult> {
    let result = |fact: u32, piece: Piece, evidence: &Evidence, quote: &str| {
        if let Some((_, loss)) = facts.quotes.lost.get(&(fact, piece.index)) {
            return QuoteResult::Lost(loss.clone());
        }
        let Some(span) = evidence.span.clone() else { return QuoteResult::Cited };
        let difference = facts.quotes.differences.get(&quote_hash(&evidence.source, quote, &evidence.selector));
        let warnings = facts.quotes.warnings.get(&(fact, piece.index)).map(|(_, warnings)| warnings.clone());
        let lock = difference.map(|(_, status)| *status).unwrap_or_default();
        let observation = facts.quotes.observations.get(&(fact, piece.index)).map(|(_, observation)| *observation);
        let (warnings, observation) = (warnings.unwrap_or_default(), observation.unwrap_or_default());
        QuoteResult::Found { span, words: evidence.source_words.clone(), lock, warnings, observation }
    };
    let mut hashes = StatementHashes::new(names, namespaces);
    let quotes = pieces(facts).filter_map(|(fact, piece, evidence)| {
        let quote = evidence.quote.as_deref()?;
        let hash = hashes.of_quote((fact, &facts.statements[fact as usize]), evidence);
        Some(((&evidence.source, quote, &evidence.selector, hash), result(fact, piece, evidence, quote)))
    });
    quotes.collect()
}
