//! What a dataset defines and nothing uses, and what it says twice.

use super::types::Draft;
use super::value::short;
use crate::dataset::{Dataset, FactFields, JsonValue, Predicate, QueryFile, UnparsedValue};
use crate::diagnostic::{Code, FileId, Finding, Location, PathSegment};
use crate::model::{Namespaces, Statement, StatementId, statement_hash};
use oxigraph::model::NamedNode;
use rayon::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

/// Statements, each with an id of its own.
pub(super) struct Identified {
    pub statements: Vec<Statement>,
    /// Where each of them is written.
    pub places: Vec<Place>,
    /// How many without an id were one with another.
    pub merged: usize,
}

/// The file and the record in it.
pub(super) type Place = (FileId, usize);

/// Makes statements of the drafts that are complete: gives those without an id the hash of what they say, drops those whose
/// id is taken, and reports those that say the same on the same evidence. Those that are not sound are dropped as well.
pub(super) fn identify(mut drafts: Vec<Draft>, names: &Namespaces, findings: &mut Vec<Finding>) -> Identified {
    drafts.par_iter_mut().with_min_len(256).for_each(|draft| {
        if let Some(statement) = &mut draft.statement {
            statement.evidence =
                std::mem::take(&mut draft.evidence).into_iter().map(|(_, evidence)| evidence).collect();
            statement.normalize();
            if !draft.named {
                statement.id = statement_hash(statement, names);
            }
        }
    });
    let contents: Vec<u64> =
        drafts.par_iter().with_min_len(256).map(|d| d.statement.as_ref().map_or(0, content)).collect();
    let place = |index: usize, field: Option<&str>| {
        let (file, record) = drafts[index].place;
        (file, Location::Value { record, path: field.map(PathSegment::from).into_iter().collect(), key: false })
    };
    let mut ids: HashMap<&StatementId, usize> = HashMap::with_capacity(drafts.len());
    let mut said: HashMap<u64, usize> = HashMap::with_capacity(drafts.len());
    let mut kept = vec![true; drafts.len()];
    let mut merged = 0;
    for (index, Draft { statement, named, sound, .. }) in drafts.iter().enumerate() {
        let Some(statement) = statement else { continue };
        kept[index] = *sound;
        // Where another content has the same hash, the next number is tried.
        let mut hash = contents[index];
        let mut twin = *said.entry(hash).or_insert(index);
        while twin != index && !says_the_same(&drafts[twin], statement) {
            hash = hash.wrapping_add(1);
            twin = *said.entry(hash).or_insert(index);
        }
        if twin != index {
            let ((file, at), (first_file, first_at)) = (place(index, None), place(twin, None));
            findings.push(
                Finding::new(
                    Code::DuplicateStatement,
                    file,
                    at,
                    "this says the same as another statement, on the same evidence",
                )
                .label("a statement that says something new")
                .help("remove one of the two; a second source is a second piece of evidence")
                .related("the first one", first_file, first_at),
            );
        }
        let first = *ids.entry(&statement.id).or_insert(index);
        if first != index {
            kept[index] = false;
            if *named {
                let ((file, at), (first_file, first_at)) = (place(index, Some("id")), place(first, Some("id")));
                let message = format!("another statement has the id `{}`", statement.id);
                findings.push(
                    Finding::new(Code::DuplicateId, file, at, message)
                        .label("an id of its own")
                        .help("choose another id, or remove one of the two")
                        .related("the first one", first_file, first_at),
                );
            } else {
                merged += 1;
            }
        }
    }
    // In place: there is no room for all statements twice.
    let mut kept = kept.into_iter();
    let mut places = Vec::with_capacity(drafts.len());
    let statements = drafts.into_iter().filter_map(|draft| {
        let kept = kept.next() == Some(true);
        let statement = draft.statement.filter(|_| kept)?;
        places.push(draft.place);
        Some(statement)
    });
    Identified { statements: statements.collect(), places, merged }
}

fn content(statement: &Statement) -> u64 {
    let mut hasher = DefaultHasher::new();
    statement.triple.hash(&mut hasher);
    statement.qualifiers.hash(&mut hasher);
    statement.evidence.hash(&mut hasher);
    hasher.finish()
}

fn says_the_same(a: &Draft, b: &Statement) -> bool {
    let Some(a) = &a.statement else { return false };
    (&a.triple, &a.kind, &a.qualifiers, &a.evidence) == (&b.triple, &b.kind, &b.qualifiers, &b.evidence)
}

/// The names that facts use, whatever else is wrong with them.
pub(super) struct UsedNames {
    /// For each entity whether it is used.
    entities: Vec<AtomicBool>,
    pub predicates: HashSet<String>,
}

impl UsedNames {
    pub(super) fn new(dataset: &Dataset) -> Self {
        Self { entities: dataset.entities.iter().map(|_| AtomicBool::new(false)).collect(), predicates: HashSet::new() }
    }

    /// Marks the entities that a fact uses, and collects its predicates.
    pub(super) fn mark(&self, fact: &FactFields, dataset: &Dataset, predicates: &mut HashSet<String>) {
        let entity = |id: &str| {
            if let Some(number) = dataset.entity_number(id) {
                self.entities[number].store(true, Ordering::Relaxed);
            }
        };
        let mut predicate = |name: &str| {
            if !predicates.contains(name) {
                predicates.insert(name.to_owned());
            }
        };
        let value = |value: &UnparsedValue| {
            if let JsonValue::Text(text) = value.parse() {
                entity(&text);
            }
        };
        fact.subject.iter().for_each(|id| entity(id));
        fact.claim.iter().filter_map(|claim| claim.by.as_deref()).for_each(entity);
        fact.predicate.iter().for_each(|name| predicate(name));
        for (name, values) in &fact.qualifiers.0 {
            predicate(name);
            values.0.iter().for_each(value);
        }
        fact.object.iter().for_each(value);
    }

    fn entity(&self, number: usize) -> bool {
        self.entities[number].load(Ordering::Relaxed)
    }
}

/// Reports entities and predicates that nothing uses, not even a statement with another problem.
///
/// Where a name is not known, it may be the one that seems unused, and nothing is said.
pub(super) fn unused(dataset: &Dataset, used: &UsedNames, findings: &mut Vec<Finding>) {
    let reported = |code| findings.iter().any(|f: &Finding| f.code == code);
    let (unknown_entity, unknown_predicate) = (reported(Code::UnknownEntity), reported(Code::UnknownPredicate));
    let entities = dataset.entities.iter().enumerate();
    for (_, entity) in entities.filter(|(number, _)| !unknown_entity && !used.entity(*number)) {
        let (file, at) = entity.location.clone();
        let message = format!("no statement speaks of `{}`", entity.id);
        let finding = Finding::new(Code::UnusedEntity, file, at, message).label("an entity that is spoken of");
        findings.push(finding.help("add a statement, or remove the entity"));
    }
    if unknown_predicate {
        return;
    }
    let vocabulary = &dataset.vocabulary;
    let stated = used.predicates.iter().filter_map(|name| vocabulary.predicate(name, &dataset.names).ok());
    let rules: Vec<String> = dataset.rules.iter().map(|rule| spelt_out(rule, &dataset.names)).collect();
    let in_rules = vocabulary.predicates().filter(|p| rules.iter().any(|rule| rule.contains(&p.iri.to_string())));
    // A predicate is used too where one that it follows from is.
    let mut found: HashSet<&NamedNode> = HashSet::new();
    let mut open: Vec<&Predicate> = stated.chain(in_rules).collect();
    while let Some(predicate) = open.pop() {
        if found.insert(&predicate.iri) {
            open.extend(predicate.parents.iter().filter_map(|p| vocabulary.predicate_by_iri(p)));
        }
    }
    for predicate in vocabulary.predicates().filter(|p| !found.contains(&p.iri)) {
        let (file, at) = predicate.location.clone();
        let message = format!("no statement or rule uses `{}`", short(predicate.iri.as_ref(), dataset));
        let finding = Finding::new(Code::UnusedPredicate, file, at, message).label("a predicate that is used");
        findings.push(finding.help("use the predicate, or remove it"));
    }
}

/// A rule with all its IRIs written out.
fn spelt_out(rule: &QueryFile, names: &Namespaces) -> String {
    match names.parse_query(&rule.text) {
        Ok(query) => query.to_string(),
        Err(_) => String::new(),
    }
}
