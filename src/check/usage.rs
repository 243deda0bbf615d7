//! What a dataset defines and nothing uses, and what it says twice.

use super::types::Draft;
use super::value::short;
use crate::dataset::{Dataset, Predicate, QueryFile};
use crate::diagnostic::{At, Code, Finding, Step};
use crate::model::{Kind, Names, Statement, StatementId, statement_hash};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use rayon::prelude::*;
use spargebra::SparqlParser;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

/// Gives statements without an id the hash of what they say, drops those whose id is taken, and reports statements that
/// say the same on the same evidence.
pub(super) fn identify(drafts: &mut Vec<Draft>, names: &Names, findings: &mut Vec<Finding>) {
    drafts.par_iter_mut().with_min_len(256).for_each(|draft| {
        draft.statement.normalize();
        if !draft.named {
            draft.statement.id = statement_hash(&draft.statement, names);
        }
    });
    let contents: Vec<u64> = drafts.par_iter().with_min_len(256).map(|d| content(&d.statement)).collect();
    let place = |draft: &Draft, field: Option<&str>| {
        let path = field.map(Step::from).into_iter().collect();
        (draft.place.0, At::Value { record: draft.place.1, path, key: false })
    };
    let mut ids: HashMap<&StatementId, usize> = HashMap::with_capacity(drafts.len());
    let mut said: HashMap<u64, Vec<usize>> = HashMap::with_capacity(drafts.len());
    let mut dropped = HashSet::new();
    for (index, draft) in drafts.iter().enumerate() {
        let same = said.entry(contents[index]).or_default();
        let twin = same.iter().copied().find(|other| says_the_same(&drafts[*other].statement, &draft.statement));
        same.push(index);
        if let Some(twin) = twin {
            let ((file, at), (first_file, first_at)) = (place(draft, None), place(&drafts[twin], None));
            findings.push(
                Finding::new(Code::DuplicateFact, file, at, "this says the same as another statement, on the same evidence")
                    .help("remove one of the two; a second source is a second piece of evidence")
                    .related("the first one", first_file, first_at),
            );
        }
        if let Some(first) = ids.insert(&draft.statement.id, index) {
            ids.insert(&draft.statement.id, first);
            dropped.insert(index);
            if draft.named {
                let ((file, at), (first_file, first_at)) = (place(draft, Some("id")), place(&drafts[first], Some("id")));
                let message = format!("another statement has the id `{}`", draft.statement.id);
                findings.push(
                    Finding::new(Code::DuplicateId, file, at, message)
                        .expected("an id of its own")
                        .help("choose another id, or remove one of the two")
                        .related("the first one", first_file, first_at),
                );
            }
        }
    }
    let mut index = 0;
    drafts.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
}

fn content(statement: &Statement) -> u64 {
    let mut hasher = DefaultHasher::new();
    statement.triple.hash(&mut hasher);
    statement.qualifiers.hash(&mut hasher);
    statement.evidence.hash(&mut hasher);
    hasher.finish()
}

fn says_the_same(a: &Statement, b: &Statement) -> bool {
    (&a.triple, &a.kind, &a.qualifiers, &a.evidence) == (&b.triple, &b.kind, &b.qualifiers, &b.evidence)
}

/// Reports entities and predicates that nothing uses.
pub(super) fn unused(dataset: &Dataset, drafts: &[Draft], findings: &mut Vec<Finding>) {
    let mut entities: HashSet<&NamedNode> = HashSet::new();
    let mut predicates: HashSet<&NamedNode> = HashSet::new();
    for Draft { statement, .. } in drafts {
        if let NamedOrBlankNode::NamedNode(subject) = &statement.triple.subject {
            entities.insert(subject);
        }
        predicates.insert(&statement.triple.predicate);
        let values = statement.qualifiers.iter().map(|q| &q.value).chain([&statement.triple.object]);
        entities.extend(values.filter_map(|v| if let Term::NamedNode(iri) = v { Some(iri) } else { None }));
        predicates.extend(statement.qualifiers.iter().map(|q| &q.predicate));
        if let Kind::Claim(claim) = &statement.kind {
            entities.extend(&claim.by);
        }
    }
    for entity in &dataset.entities {
        if !entities.contains(&dataset.names.entity(&entity.id)) {
            let (file, at) = entity.place.clone();
            let message = format!("no statement speaks of `{}`", entity.id);
            findings.push(Finding::new(Code::UnusedEntity, file, at, message).help("add a statement, or remove the entity"));
        }
    }
    let in_rules: Vec<String> = dataset.rules.iter().map(|rule| spelt_out(rule, &dataset.names)).collect();
    let used = |predicate: &Predicate| {
        predicates.contains(&predicate.iri) || in_rules.iter().any(|rule| rule.contains(&predicate.iri.to_string()))
    };
    // A predicate is used too where one that it follows from is.
    let mut found: HashSet<&NamedNode> = HashSet::new();
    let mut open: Vec<&Predicate> = dataset.vocabulary.predicates().filter(|p| used(p)).collect();
    while let Some(predicate) = open.pop() {
        if found.insert(&predicate.iri) {
            open.extend(predicate.parents.iter().filter_map(|p| dataset.vocabulary.predicate_of(p)));
        }
    }
    for predicate in dataset.vocabulary.predicates().filter(|p| !found.contains(&p.iri)) {
        let (file, at) = predicate.place.clone();
        let message = format!("no statement or rule uses `{}`", short(predicate.iri.as_ref(), dataset));
        findings.push(Finding::new(Code::UnusedPredicate, file, at, message).help("use the predicate, or remove it"));
    }
}

/// A rule with all its IRIs written out.
fn spelt_out(rule: &QueryFile, names: &Names) -> String {
    match parser(names).parse_query(&rule.text) {
        Ok(query) => query.to_string(),
        Err(_) => String::new(),
    }
}

/// A parser that knows the prefixes of a dataset.
pub(super) fn parser(names: &Names) -> SparqlParser {
    names.prefixes().iter().fold(SparqlParser::new(), |parser, (prefix, iri)| {
        parser.with_prefix(prefix, iri).expect("the names of a dataset hold valid IRIs only")
    })
}
