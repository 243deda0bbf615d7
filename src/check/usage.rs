//! Duplicate statements, and entities and predicates that are not used.

use super::types::Draft;
use super::value::compact;
use crate::dataset::{Dataset, FactFields, JsonValue, QueryFile, UnparsedValue};
use crate::diagnostic::{Code, FileId, Finding, Location, PathSegment};
use crate::model::{Namespaces, Statement, StatementId, statement_hash};
use oxigraph::model::NamedNode;
use rayon::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

/// Statements with unique ids.
pub(super) struct UniqueStatements {
    pub statements: Vec<Statement>,
    /// The record of each statement.
    pub records: Vec<RecordId>,
    /// How many statements without an id were merged with an identical one.
    pub merged: usize,
}

/// A file, and a record in it.
pub(super) type RecordId = (FileId, usize);

/// Turns valid drafts into statements. A statement without an id gets the hash of its content. Statements with an id that is
/// in use are dropped; those and duplicates are reported.
pub(super) fn unique_statements(
    mut drafts: Vec<Draft>,
    namespaces: &Namespaces,
    findings: &mut Vec<Finding>,
) -> UniqueStatements {
    drafts.par_iter_mut().with_min_len(256).for_each(|draft| {
        if let Some(statement) = &mut draft.statement {
            statement.evidence =
                std::mem::take(&mut draft.evidence).into_iter().map(|(_, evidence)| evidence).collect();
            statement.normalize();
            if !draft.has_id {
                statement.id = statement_hash(statement, namespaces);
            }
        }
    });
    let hashes: Vec<u64> =
        drafts.par_iter().with_min_len(256).map(|d| d.statement.as_ref().map_or(0, content_hash)).collect();
    let location = |index: usize, field: Option<&str>| {
        let (file, record) = drafts[index].record;
        (file, Location::Value { record, path: field.map(PathSegment::from).into_iter().collect(), key: false })
    };
    let mut ids: HashMap<&StatementId, usize> = HashMap::with_capacity(drafts.len());
    let mut contents: HashMap<u64, usize> = HashMap::with_capacity(drafts.len());
    let mut is_included = vec![true; drafts.len()];
    let mut merged = 0;
    for (index, Draft { statement, has_id, is_valid, .. }) in drafts.iter().enumerate() {
        let Some(statement) = statement else { continue };
        is_included[index] = *is_valid;
        // On a hash collision, the next number is tried.
        let mut hash = hashes[index];
        let mut first_equal = *contents.entry(hash).or_insert(index);
        while first_equal != index && !has_same_content(&drafts[first_equal], statement) {
            hash = hash.wrapping_add(1);
            first_equal = *contents.entry(hash).or_insert(index);
        }
        if first_equal != index {
            let ((file, duplicate), (first_file, first)) = (location(index, None), location(first_equal, None));
            findings.push(
                Finding::new(Code::DuplicateStatement, file, duplicate, "duplicate statement")
                    .label("same triple, qualifiers and evidence as another statement")
                    .help("remove one of the two statements")
                    .related("first stated", first_file, first),
            );
        }
        let first = *ids.entry(&statement.id).or_insert(index);
        if first != index {
            is_included[index] = false;
            if *has_id {
                let ((file, id), (first_file, first)) = (location(index, Some("id")), location(first, Some("id")));
                findings.push(
                    Finding::new(Code::DuplicateId, file, id, format!("duplicate statement id `{}`", statement.id))
                        .label("already used")
                        .help("choose another id, or remove one of the two")
                        .related("first used", first_file, first),
                );
            } else {
                merged += 1;
            }
        }
    }
    // In place, since memory may not suffice for all statements twice.
    let mut is_included = is_included.into_iter();
    let mut records = Vec::with_capacity(drafts.len());
    let statements = drafts.into_iter().filter_map(|draft| {
        let is_included = is_included.next() == Some(true);
        let statement = draft.statement.filter(|_| is_included)?;
        records.push(draft.record);
        Some(statement)
    });
    UniqueStatements { statements: statements.collect(), records, merged }
}

fn content_hash(statement: &Statement) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&statement.triple, &statement.qualifiers, &statement.evidence).hash(&mut hasher);
    hasher.finish()
}

fn has_same_content(a: &Draft, b: &Statement) -> bool {
    let Some(a) = &a.statement else { return false };
    (&a.triple, &a.kind, &a.qualifiers, &a.evidence) == (&b.triple, &b.kind, &b.qualifiers, &b.evidence)
}

/// The entities and predicates that facts use, including facts with errors.
pub(super) struct UsedNames {
    /// Whether each entity is used.
    entities: Vec<AtomicBool>,
    pub predicates: HashSet<String>,
}

impl UsedNames {
    pub(super) fn new(dataset: &Dataset) -> Self {
        Self { entities: dataset.entities.iter().map(|_| AtomicBool::new(false)).collect(), predicates: HashSet::new() }
    }

    /// Marks the entities that a fact uses, and adds its predicates to `predicates`.
    pub(super) fn mark(&self, fact: &FactFields, dataset: &Dataset, predicates: &mut HashSet<String>) {
        let mark_entity = |id: &str| {
            if let Some(number) = dataset.entity_number(id) {
                self.entities[number].store(true, Ordering::Relaxed);
            }
        };
        let mut add_predicate = |name: &str| {
            if !predicates.contains(name) {
                predicates.insert(name.to_owned());
            }
        };
        let mark_value = |value: &UnparsedValue| {
            if let JsonValue::String(text) = value.parse() {
                mark_entity(&text);
            }
        };
        fact.subject.iter().for_each(|id| mark_entity(id));
        fact.claim.iter().filter_map(|claim| claim.by.as_deref()).for_each(mark_entity);
        fact.predicate.iter().for_each(|name| add_predicate(name));
        for (name, values) in &fact.qualifiers.0 {
            add_predicate(name);
            values.0.iter().for_each(mark_value);
        }
        fact.object.iter().for_each(mark_value);
    }
}

/// Reports entities and predicates that are not used, not even by a statement with errors.
///
/// If a fact uses an unknown name, nothing is reported: the name may be a misspelling of one that seems unused.
pub(super) fn report_unused(dataset: &Dataset, used: &UsedNames, findings: &mut Vec<Finding>) {
    let is_reported = |code| findings.iter().any(|finding: &Finding| finding.code == code);
    let (unknown_entity, unknown_predicate) = (is_reported(Code::UnknownEntity), is_reported(Code::UnknownPredicate));
    if !unknown_entity {
        for (entity, used) in dataset.entities.iter().zip(&used.entities) {
            if entity.is_valid && !used.load(Ordering::Relaxed) {
                let (file, location) = entity.location.clone();
                let message = format!("unused entity `{}`", entity.id);
                let finding = Finding::new(Code::UnusedEntity, file, location, message);
                let help = "remove the entity, or state a fact about it";
                findings.push(finding.label("no statement mentions this entity").help(help));
            }
        }
    }
    if unknown_predicate {
        return;
    }
    let vocabulary = &dataset.vocabulary;
    let in_facts = used.predicates.iter().filter_map(|name| vocabulary.find_predicate(name, &dataset.namespaces));
    let rules: Vec<String> = dataset.rules.iter().map(|rule| expanded(rule, &dataset.namespaces)).collect();
    let in_rules = vocabulary.predicates().filter(|p| rules.iter().any(|rule| rule.contains(&p.iri.to_string())));
    // A predicate is used if one of its subproperties is.
    let used = in_facts.chain(in_rules).flat_map(|predicate| vocabulary.superpredicates(&predicate.iri));
    let used: HashSet<&NamedNode> = used.collect();
    for predicate in vocabulary.predicates().filter(|p| !used.contains(&p.iri)) {
        let (file, location) = predicate.location.clone();
        let message = format!("unused predicate `{}`", compact(predicate.iri.as_ref(), dataset));
        let finding = Finding::new(Code::UnusedPredicate, file, location, message);
        let help = "remove the predicate, or use it";
        findings.push(finding.label("no statement or rule uses this predicate").help(help));
    }
}

/// A rule with all prefixed names expanded to IRIs.
fn expanded(rule: &QueryFile, namespaces: &Namespaces) -> String {
    namespaces.parse_query(&rule.text).map_or_else(|_| String::new(), |query| query.to_string())
}
