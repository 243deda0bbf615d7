//! The facts of one file: read, resolved and typed, independent of other files of facts.
//!
//! Invariant: the result depends only on the content of the file, the definitions of the dataset, and how much of the budget for
//! suggestions is left.

use super::quotes::QuoteResults;
use super::types::Resolver;
use crate::dataset::{Acknowledgement, Dataset, FactFields, JsonValue, Record, UnparsedValue, unreadable};
use crate::diagnostic::{Code, FileId, Findings, SUGGESTION_BUDGET};
use crate::model::{Evidence, Namespaces, Statement, statement_hash};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The facts of a file.
#[derive(Debug, Default)]
pub(super) struct FileFacts {
    /// A number that no other facts have. It changes with the results for quotes.
    pub serial: u64,
    /// The statement of each fact, including invalid ones, in the order of the file.
    pub statements: Arc<Vec<Statement>>,
    /// The state of each fact.
    pub facts: Vec<Fact>,
    /// The findings about the facts that these acknowledge.
    pub acknowledged: Vec<Acknowledgement>,
    /// The findings about the file and its facts, except those about quotes.
    pub findings: Findings,
    /// The numbers of the entities that the facts use, ascending, including those of facts with errors.
    pub entities: Vec<u32>,
    /// The predicates that the facts use, as written.
    pub predicates: HashSet<String>,
    /// The statements that share what facts in conflict have in common, as pairs of a hash and the index of a statement.
    pub conflict_groups: Vec<(u64, u32)>,
    /// What is known about the quotes.
    pub quotes: QuoteResults,
    suggestions: SuggestionUse,
}

/// The state of a fact.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// Its record in the file.
    pub record: usize,
    /// A hash of its content; `None` if its triple or its kind is invalid.
    pub content: Option<u64>,
    /// A hash of its id.
    pub id: u64,
    /// Whether the file gives an id.
    pub has_id: bool,
    /// Whether it has no error, except about quotes.
    pub is_resolved: bool,
    /// Whether all its quotes were found.
    pub is_grounded: bool,
    /// Its pieces of evidence as written; empty if the only one is the first.
    pub pieces: Box<[Piece]>,
}

/// A piece of evidence as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Its index in the file.
    pub index: u32,
    /// Its index in the statement.
    pub position: u32,
}

impl Fact {
    pub(super) fn new(record: usize, is_resolved: bool, has_id: bool) -> Self {
        Self { record, content: None, id: 0, has_id, is_resolved, is_grounded: true, pieces: Box::default() }
    }

    /// Sorts the parts of the statement, and gives it the hash of its content as id if it has none.
    ///
    /// The content does not depend on the positions of quotes: they follow from the quotes.
    pub(super) fn complete(&mut self, statement: &mut Statement, namespaces: &Namespaces) {
        self.normalize(statement);
        if !self.has_id {
            statement.id = statement_hash(statement, namespaces);
        }
        self.id = hash_of(&statement.id);
        self.content = Some(hash_of(&(&statement.triple, &statement.qualifiers, &statement.evidence)));
    }

    /// Sorts the parts of the statement. Its evidence may have new positions.
    pub(super) fn normalize(&mut self, statement: &mut Statement) {
        if self.pieces.is_empty() {
            statement.normalize();
            return;
        }
        let before = statement.evidence.clone();
        statement.normalize();
        let positions: HashMap<&Evidence, u32> = statement.evidence.iter().zip(0..).collect();
        for piece in &mut self.pieces {
            piece.position = positions[&before[piece.position as usize]];
        }
    }

    /// Whether the statement has no errors.
    pub(super) fn is_valid(&self) -> bool {
        self.is_resolved && self.is_grounded && self.content.is_some()
    }

    /// The pieces of evidence as written. `count` is their number in the statement.
    pub(super) fn pieces(&self, count: usize) -> impl Iterator<Item = Piece> + '_ {
        let only = (self.pieces.is_empty() && count > 0).then_some(Piece { index: 0, position: 0 });
        self.pieces.iter().copied().chain(only)
    }
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl FileFacts {
    /// Reads the facts of a file in parallel. Those with findings are resolved again one by one, to report the findings with
    /// suggestions.
    pub(super) fn read<'a>(file: FileId, dataset: &'a Dataset, suggestions: &mut SuggestionState<'a>) -> Self {
        let mut read = Self::default();
        let (mut statements, mut doubtful, mut unexplained) = (Vec::new(), Vec::new(), Findings::new());
        let map = |records| Batch::new(records, dataset);
        let collect = |mut batch: Batch| {
            statements.append(&mut batch.statements);
            read.facts.append(&mut batch.facts);
            unexplained.append(&mut batch.unexplained);
            read.acknowledged.append(&mut batch.acknowledged);
            for (record, codes) in batch.doubtful {
                match doubtful.len() < Findings::MAX_PER_CODE {
                    true => doubtful.push(record),
                    false => codes.into_iter().for_each(|code| unexplained.count(code, file, 1)),
                }
            }
            read.entities.extend(batch.entities);
            read.predicates.extend(batch.predicates);
        };
        if let Err(error) = dataset.files.read_records(file, &mut read.findings, map, collect) {
            return Self { findings: Findings::from_iter([unreadable(file, &error)]), ..Self::default() };
        }
        read.findings.append(&mut unexplained);
        read.statements = Arc::new(statements);
        read.entities.sort_unstable();
        read.entities.dedup();
        read.suggestions.before = suggestions.left;
        if !doubtful.is_empty() {
            let resolver = suggestions.resolver(dataset);
            for record in &doubtful {
                resolver.resolve(record);
            }
            read.findings.append(&mut resolver.findings);
            read.suggestions.requested = suggestions.take_requested();
        }
        read.suggestions.after = suggestions.left;
        dataset.files.resolve_locations(read.findings.stored_mut());
        read
    }

    /// The piece of evidence of a fact with an index in the file.
    pub(super) fn evidence(&self, fact: u32, index: u32) -> Option<&Evidence> {
        let evidence = &self.statements[fact as usize].evidence;
        let piece = self.facts[fact as usize].pieces(evidence.len()).find(|piece| piece.index == index)?;
        evidence.get(piece.position as usize)
    }

    /// Whether reading the file again would give the same suggestions. If so, takes their cost from the budget.
    pub(super) fn reuse_suggestions(&self, state: &mut SuggestionState<'_>) -> bool {
        let SuggestionUse { before, requested, after } = self.suggestions;
        let covers = |budget: [usize; 3]| budget.iter().zip(requested).all(|(left, requested)| *left >= requested);
        if state.left == before {
            state.left = after;
        } else if covers(state.left) && covers(before) {
            state.left.iter_mut().zip(requested).for_each(|(left, requested)| *left -= requested);
        } else {
            return false;
        }
        true
    }
}

/// How many comparisons the suggestions for a file's findings took, for each kind of name.
#[derive(Clone, Copy, Debug, Default)]
struct SuggestionUse {
    /// The budget before and after the file.
    before: [usize; 3],
    after: [usize; 3],
    /// How many were requested.
    requested: [usize; 3],
}

/// The suggestions for the files of facts, which share a budget in the order of the files.
pub(super) struct SuggestionState<'a> {
    left: [usize; 3],
    resolver: Option<Resolver<'a>>,
}

impl<'a> SuggestionState<'a> {
    pub(super) fn new() -> Self {
        Self { left: [SUGGESTION_BUDGET; 3], resolver: None }
    }

    fn resolver(&mut self, dataset: &'a Dataset) -> &mut Resolver<'a> {
        let resolver = self.resolver.get_or_insert_with(|| Resolver::with_suggestions(dataset));
        for (suggestions, left) in resolver.suggestions().into_iter().zip(self.left) {
            (suggestions.budget, suggestions.requested) = (left, 0);
        }
        resolver
    }

    /// How many comparisons were requested since the last call of `resolver`.
    fn take_requested(&mut self) -> [usize; 3] {
        let Some(resolver) = &mut self.resolver else { return [0; 3] };
        let suggestions = resolver.suggestions();
        self.left = std::array::from_fn(|kind| suggestions[kind].budget);
        std::array::from_fn(|kind| suggestions[kind].requested)
    }
}

/// Consecutive facts.
struct Batch {
    statements: Vec<Statement>,
    facts: Vec<Fact>,
    /// The records of facts with findings, and the codes of these.
    doubtful: Vec<(Record<FactFields>, Vec<Code>)>,
    /// The numbers of the findings about further facts.
    unexplained: Findings,
    acknowledged: Vec<Acknowledgement>,
    entities: HashSet<u32>,
    predicates: HashSet<String>,
}

impl Batch {
    fn new(records: Vec<Record<FactFields>>, dataset: &Dataset) -> Self {
        let mut batch = Self {
            statements: Vec::with_capacity(records.len()),
            facts: Vec::with_capacity(records.len()),
            doubtful: Vec::new(),
            unexplained: Findings::new(),
            acknowledged: Vec::new(),
            entities: HashSet::new(),
            predicates: HashSet::new(),
        };
        let mut resolver = Resolver::new(dataset);
        for record in records {
            batch.mark_used(&record.value, dataset);
            let (statement, fact) = resolver.resolve(&record);
            batch.statements.push(statement);
            batch.facts.push(fact);
            if !resolver.findings.is_empty() {
                let codes = resolver.findings.iter().map(|finding| finding.code);
                if batch.doubtful.len() < Findings::MAX_PER_CODE {
                    batch.doubtful.push((record, codes.collect()));
                } else {
                    codes.for_each(|code| batch.unexplained.count(code, record.file, 1));
                }
                resolver.findings.clear();
            }
        }
        batch.acknowledged = resolver.acknowledged;
        batch
    }

    /// Marks the entities and predicates that a fact uses.
    fn mark_used(&mut self, fact: &FactFields, dataset: &Dataset) {
        let Self { entities, predicates, .. } = self;
        let mut mark_entity = |id: &str| entities.extend(dataset.entity_number(id).map(|number| number as u32));
        let mut mark_predicate = |name: &str| {
            if !predicates.contains(name) {
                predicates.insert(name.to_owned());
            }
        };
        let value_id = |value: &UnparsedValue| match value.parse() {
            JsonValue::String(text) => Some(text),
            _ => None,
        };
        fact.subject.iter().for_each(|id| mark_entity(id));
        fact.claim.iter().filter_map(|claim| claim.by.as_deref()).for_each(&mut mark_entity);
        fact.predicate.iter().for_each(|name| mark_predicate(name));
        for (name, values) in &fact.qualifiers.0 {
            mark_predicate(name);
            values.0.iter().filter_map(value_id).for_each(|id| mark_entity(&id));
        }
        fact.object.iter().filter_map(value_id).for_each(|id| mark_entity(&id));
    }
}
