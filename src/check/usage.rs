//! What a dataset defines and nothing uses, and what it says twice.

use super::types::Draft;
use super::value::short;
use crate::dataset::{Dataset, FactFields, JsonValue, Predicate, QueryFile, Record, WrittenValue};
use crate::diagnostic::{At, Code, Finding, Step};
use crate::model::{EntityId, Names, Statement, StatementId, statement_hash};
use oxigraph::model::NamedNode;
use rayon::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

/// Makes statements of the drafts that are complete: gives those without an id the hash of what they say, drops those whose
/// id is taken, and reports those that say the same on the same evidence. Those that are not sound are dropped as well.
///
/// Returns the statements, and how many without an id were one with another.
pub(super) fn identify(mut drafts: Vec<Draft>, names: &Names, findings: &mut Vec<Finding>) -> (Vec<Statement>, usize) {
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
        (file, At::Value { record, path: field.map(Step::from).into_iter().collect(), key: false })
    };
    let mut ids: HashMap<&StatementId, usize> = HashMap::with_capacity(drafts.len());
    let mut said: HashMap<u64, Vec<usize>> = HashMap::with_capacity(drafts.len());
    let mut kept = vec![true; drafts.len()];
    let mut merged = 0;
    for (index, Draft { statement, named, sound, .. }) in drafts.iter().enumerate() {
        let Some(statement) = statement else { continue };
        kept[index] = *sound;
        let same = said.entry(contents[index]).or_default();
        if let Some(twin) = same.iter().copied().find(|other| says_the_same(&drafts[*other], statement)) {
            let ((file, at), (first_file, first_at)) = (place(index, None), place(twin, None));
            findings.push(
                Finding::new(
                    Code::DuplicateFact,
                    file,
                    at,
                    "this says the same as another statement, on the same evidence",
                )
                .expected("a statement that says something new")
                .help("remove one of the two; a second source is a second piece of evidence")
                .related("the first one", first_file, first_at),
            );
        } else {
            same.push(index);
        }
        let first = *ids.entry(&statement.id).or_insert(index);
        if first != index {
            kept[index] = false;
            if *named {
                let ((file, at), (first_file, first_at)) = (place(index, Some("id")), place(first, Some("id")));
                let message = format!("another statement has the id `{}`", statement.id);
                findings.push(
                    Finding::new(Code::DuplicateId, file, at, message)
                        .expected("an id of its own")
                        .help("choose another id, or remove one of the two")
                        .related("the first one", first_file, first_at),
                );
            } else {
                merged += 1;
            }
        }
    }
    let kept = drafts.into_iter().zip(kept).filter(|(_, kept)| *kept);
    (kept.filter_map(|(draft, _)| draft.statement).collect(), merged)
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
#[derive(Default)]
pub(super) struct Used {
    entities: HashSet<EntityId>,
    predicates: HashSet<String>,
}

impl Used {
    /// Collects the names. Linear in the facts.
    pub(super) fn by(facts: &[Record<FactFields>], dataset: &Dataset) -> Self {
        let mut used = Self::default();
        for Record { value: fact, .. } in facts {
            used.entity(fact.subject.as_deref(), dataset);
            used.entity(fact.claim.as_ref().and_then(|claim| claim.by.as_deref()), dataset);
            used.predicate(fact.predicate.as_deref());
            for (name, values) in &fact.qualifiers.0 {
                used.predicate(Some(name));
                values.0.iter().for_each(|value| used.value(value, dataset));
            }
            fact.object.iter().for_each(|value| used.value(value, dataset));
        }
        used
    }

    fn entity(&mut self, id: Option<&str>, dataset: &Dataset) {
        if let Some(entity) = id.and_then(|id| dataset.entity(id)).filter(|e| !self.entities.contains(&e.id)) {
            self.entities.insert(entity.id.clone());
        }
    }

    fn value(&mut self, value: &WrittenValue, dataset: &Dataset) {
        if let JsonValue::Text(text) = value.parse() {
            self.entity(Some(&text), dataset);
        }
    }

    fn predicate(&mut self, name: Option<&str>) {
        if let Some(name) = name.filter(|name| !self.predicates.contains(*name)) {
            self.predicates.insert(name.to_owned());
        }
    }
}

/// Reports entities and predicates that nothing uses, not even a statement with another problem.
///
/// Where a name is not known, it may be the one that seems unused, and nothing is said.
pub(super) fn unused(dataset: &Dataset, used: &Used, findings: &mut Vec<Finding>) {
    let reported = |code| findings.iter().any(|f: &Finding| f.code == code);
    let (unknown_entity, unknown_predicate) = (reported(Code::UnknownEntity), reported(Code::UnknownPredicate));
    for entity in dataset.entities.iter().filter(|e| !unknown_entity && !used.entities.contains(&e.id)) {
        let (file, at) = entity.place.clone();
        let message = format!("no statement speaks of `{}`", entity.id);
        let finding = Finding::new(Code::UnusedEntity, file, at, message).expected("an entity that is spoken of");
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
            open.extend(predicate.parents.iter().filter_map(|p| vocabulary.predicate_of(p)));
        }
    }
    for predicate in vocabulary.predicates().filter(|p| !found.contains(&p.iri)) {
        let (file, at) = predicate.place.clone();
        let message = format!("no statement or rule uses `{}`", short(predicate.iri.as_ref(), dataset));
        let finding = Finding::new(Code::UnusedPredicate, file, at, message).expected("a predicate that is used");
        findings.push(finding.help("use the predicate, or remove it"));
    }
}

/// A rule with all its IRIs written out.
fn spelt_out(rule: &QueryFile, names: &Names) -> String {
    match names.parse_query(&rule.text) {
        Ok(query) => query.to_string(),
        Err(_) => String::new(),
    }
}
