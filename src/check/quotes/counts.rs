//! Counts quotes: for the summary of a check, and for the findings about the texts of sources.

use super::super::duplicates::FactNumber;
use super::super::evidence::{Basis, EvidenceCounts, LockStatus, QuoteResult, SourceState};
use super::super::ground::ANY;
use super::super::lock::Lock;
use super::super::text_findings::{QuoteStatus, QuoteTally};
use super::{CheckedFile, QuoteResults, Texts, pieces, quote_hash};
use crate::dataset::{Dataset, ExcludedQuote};
use crate::model::{Evidence, SourceId};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// The numbers of quotes. Quotes from a source with the same words and the same selector count once.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct QuoteCounts {
    pub evidence: EvidenceCounts,
    /// Those with a status that were found in a text but are not in the lock.
    pub unlocked: usize,
    /// Those in the lock that the dataset does not have.
    pub unused: usize,
}

impl Texts {
    /// What was found out about the quotes from each source whose text has changed, or is not available.
    pub(super) fn tallies(&self, dataset: &Dataset, files: &[CheckedFile]) -> Vec<Option<QuoteTally>> {
        let state = |source: usize| self.states.get(&dataset.sources[source].id);
        let mut tallies: Vec<Option<QuoteTally>> = Vec::new();
        tallies.resize_with(dataset.sources.len(), || None);
        let is_doubtful = |state: &SourceState| state.has_changed || state.problem.is_some();
        let doubtful = (0..tallies.len()).filter(|source| state(*source).is_some_and(is_doubtful));
        let different = files.iter().flat_map(|file| file.facts.quotes.differences.values());
        let different = different.filter(|(_, status)| matches!(status, LockStatus::Changed { .. }));
        let excluded = self.excluded(dataset).filter(|(_, result)| {
            matches!(result, QuoteResult::Lost(_) | QuoteResult::Found { lock: LockStatus::Changed { .. }, .. })
        });
        let excluded = excluded.filter_map(|(excluded, _)| dataset.source_number(excluded.source.as_str()));
        for source in doubtful.chain(different.map(|(source, _)| *source as usize)).chain(excluded) {
            tallies[source].get_or_insert_default();
        }
        if tallies.iter().all(Option::is_none) {
            return tallies;
        }
        for file in files {
            for (fact, piece, evidence) in pieces(&file.facts) {
                let Some(quote) = &evidence.quote else { continue };
                let Some(source) = dataset.source_number(evidence.source.as_str()) else { continue };
                let Some(tally) = &mut tallies[source] else { continue };
                let hash = quote_hash(&evidence.source, quote, &evidence.selector);
                let QuoteResults { lost, differences, .. } = &file.facts.quotes;
                let status = match lost.get(&(fact, piece.index)) {
                    Some((_, loss)) => QuoteStatus::Lost { is_locked: loss.is_locked },
                    None => QuoteStatus::Found(differences.get(&hash).map(|(_, status)| *status).unwrap_or_default()),
                };
                tally.add(hash, status, || (file.file, file.quote_location(fact, piece)));
            }
        }
        for (excluded, result) in self.excluded(dataset) {
            let tally = dataset.source_number(excluded.source.as_str()).and_then(|source| tallies[source].as_mut());
            let Some(tally) = tally else { continue };
            let status = match result {
                QuoteResult::Found { lock, .. } => QuoteStatus::Found(*lock),
                QuoteResult::Lost(loss) => QuoteStatus::Lost { is_locked: loss.is_locked },
                QuoteResult::Cited => continue,
            };
            tally.add(excluded_hash(excluded), status, || excluded.location.clone());
        }
        tallies
    }

    /// Counts the quotes of the dataset.
    pub(in super::super) fn count(
        &self,
        dataset: &Dataset,
        lock: &Lock,
        files: &[CheckedFile],
        valid: &[FactNumber],
    ) -> QuoteCounts {
        let states = dataset.sources.iter().map(|source| self.states.get(&source.id));
        let bases: Vec<Basis> = states.map(|state| state.map_or(Basis::None, |state| state.basis)).collect();
        let basis =
            |source: &SourceId| dataset.source_number(source.as_str()).map_or(Basis::None, |number| bases[number]);
        let in_fact = |fact: &FactNumber| {
            let evidence = fact.statement(files).evidence.iter();
            evidence.filter_map(|evidence| Some((hash_of(evidence)?, basis(&evidence.source))))
        };
        let in_facts: Vec<(u64, Basis)> = valid.par_iter().flat_map_iter(in_fact).collect();
        let found = self.excluded(dataset).filter(|(_, result)| !matches!(result, QuoteResult::Lost(_)));
        let excluded = found.map(|(excluded, _)| (excluded_hash(excluded), basis(&excluded.source)));
        let mut counts = QuoteCounts::default();
        let evidence = &mut counts.evidence;
        let mut counted = FxHashSet::default();
        for (_, basis) in in_facts.into_iter().chain(excluded).filter(|(hash, _)| counted.insert(*hash)) {
            match basis {
                Basis::Text => evidence.verified += 1,
                Basis::Lock => evidence.locked += 1,
                Basis::None => evidence.cited += 1,
            }
        }
        let background =
            |fact: &FactNumber| fact.statement(files).evidence.iter().filter(|one| one.quote.is_none()).count();
        evidence.background = valid.iter().map(background).sum();
        let is_counted = |hash: &u64| counted.contains(hash);
        counts.unlocked = self.unlocked(dataset, files).iter().filter(|hash| is_counted(hash)).count();

        let facts: usize = files.iter().map(|file| file.facts.facts.len()).sum();
        let all = match facts == valid.len() && lock.count_quotes() == 0 {
            true => FxHashSet::default(),
            false => {
                let in_file =
                    |file: &CheckedFile| pieces(&file.facts).filter_map(|(.., evidence)| hash_of(evidence)).collect();
                files.par_iter().flat_map_iter::<_, Vec<u64>>(in_file).collect()
            }
        };
        let excluded: FxHashSet<u64> = self.excluded(dataset).map(|(excluded, _)| excluded_hash(excluded)).collect();
        let uncounted = all.iter().chain(excluded.difference(&all)).filter(|hash| !is_counted(hash));
        counts.evidence.omitted = uncounted.count();
        let locked = lock.quotes().map(|(source, key)| quote_hash(source, &key.quote, &key.selector));
        counts.unused = locked.filter(|hash| !all.contains(hash) && !excluded.contains(hash)).count();
        counts
    }

    /// The hashes of the quotes that were found in a text but are not in the lock.
    fn unlocked(&self, dataset: &Dataset, files: &[CheckedFile]) -> FxHashSet<u64> {
        let differences = files.iter().flat_map(|file| &file.facts.quotes.differences);
        let in_facts = differences.filter(|(_, (_, status))| *status == LockStatus::NotLocked).map(|(hash, _)| *hash);
        let excluded = self
            .excluded(dataset)
            .filter(|(_, result)| matches!(result, QuoteResult::Found { lock: LockStatus::NotLocked, .. }));
        in_facts.chain(excluded.map(|(excluded, _)| excluded_hash(excluded))).collect()
    }
}

/// The hash of a quote; `None` for evidence without one.
fn hash_of(evidence: &Evidence) -> Option<u64> {
    Some(quote_hash(&evidence.source, evidence.quote.as_ref()?, &evidence.selector))
}

fn excluded_hash(excluded: &ExcludedQuote) -> u64 {
    quote_hash(&excluded.source, &excluded.quote, &ANY)
}
