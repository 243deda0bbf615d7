//! The statements that are known while proposals are judged, by their content.

use super::judge::Target;
use crate::check::CheckedFact;
use crate::model::{Evidence, Kind, Namespaces, Statement, StatementId};
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

/// The statements of a dataset and of accepted proposals.
pub(super) struct KnownStatements<'a> {
    namespaces: Namespaces,
    /// By a hash of what the statements state.
    by_content: FxHashMap<u64, Vec<Known<'a>>>,
    ids: HashSet<&'a str>,
}

struct Known<'a> {
    statement: &'a Statement,
    target: Target,
    /// The evidence that proposals add.
    added: Vec<&'a Evidence>,
}

/// A known statement that a proposal repeats.
pub(super) struct Match {
    pub target: Target,
    /// The pieces of evidence of the proposal that the statement does not have, by their numbers as written.
    pub new_evidence: Vec<usize>,
}

impl<'a> KnownStatements<'a> {
    pub(super) fn new(namespaces: Namespaces) -> Self {
        Self { namespaces, by_content: FxHashMap::default(), ids: HashSet::new() }
    }

    /// Adds a fact. The id of an invalid one is in use, too.
    pub(super) fn add(&mut self, fact: &CheckedFact<'a>, target: Target) {
        self.ids.insert(fact.statement.id.as_str());
        if fact.is_valid() {
            let hash = self.content_hash(fact.statement);
            let known = Known { statement: fact.statement, target, added: Vec::new() };
            self.by_content.entry(hash).or_default().push(known);
        }
    }

    /// Whether a statement has an id.
    pub(super) fn has_id(&self, id: &StatementId) -> bool {
        self.ids.contains(id.as_str())
    }

    /// The known statement that states the same as a proposal: one with all its evidence, or else the first. Evidence that the proposal adds
    /// is known from then on.
    pub(super) fn find(&mut self, fact: &CheckedFact<'a>) -> Option<Match> {
        let hash = self.content_hash(fact.statement);
        let same = self.by_content.get_mut(&hash)?;
        let new_evidence = |known: &Known<'a>| -> Vec<&'a Evidence> {
            let is_new = |evidence: &&Evidence| {
                let all = known.statement.evidence.iter().chain(known.added.iter().copied());
                !all.into_iter().any(|other| is_same(evidence, other))
            };
            fact.statement.evidence.iter().filter(is_new).collect()
        };
        let mut matching = same.iter_mut().filter(|known| states_the_same(known.statement, fact.statement));
        let first = matching.next()?;
        let added = new_evidence(first);
        let complete = match added.is_empty() {
            true => Some(&mut *first),
            false => matching.find(|known| new_evidence(known).is_empty()),
        };
        if let Some(known) = complete {
            return Some(Match { target: known.target.clone(), new_evidence: Vec::new() });
        }
        let target = same.iter_mut().find(|known| states_the_same(known.statement, fact.statement))?;
        target.added.extend(&added);
        let pieces = fact.pieces().filter(|(_, evidence)| added.iter().any(|new| std::ptr::eq(*new, *evidence)));
        Some(Match { target: target.target.clone(), new_evidence: pieces.map(|(index, _)| index).collect() })
    }

    fn content_hash(&self, statement: &Statement) -> u64 {
        let mut hasher = FxHasher::default();
        (&statement.triple, &statement.qualifiers).hash(&mut hasher);
        if let Kind::Claim(claim) = &statement.kind {
            (claim.status.iri(&self.namespaces).as_str(), &claim.by).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Whether two statements differ at most in their ids and their evidence.
fn states_the_same(one: &Statement, other: &Statement) -> bool {
    (&one.triple, &one.kind, &one.qualifiers) == (&other.triple, &other.kind, &other.qualifiers)
}

/// Whether two pieces of evidence are the same words of a source with the same stance. A note without a quote counts as words.
fn is_same(one: &Evidence, other: &Evidence) -> bool {
    (&one.source, one.stance) == (&other.source, other.stance)
        && match (&one.span, &other.span) {
            (Some(one), Some(other)) => one == other,
            _ => (&one.quote, &one.note) == (&other.quote, &other.note),
        }
}
