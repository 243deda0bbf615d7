//! Entities, predicates and statuses that are not used.

use super::quotes::CheckedFile;
use super::value::compact;
use crate::dataset::{Dataset, QueryFile};
use crate::diagnostic::{Code, Finding, Findings};
use crate::model::{ClaimStatus, Namespaces, on_stack_for};
use fixedbitset::FixedBitSet;
use std::collections::HashSet;

/// Reports entities, predicates and statuses that are not used, not even by a statement with errors.
///
/// `rules` are the rules with all prefixed names expanded; `None` stands for one that cannot be parsed. If a fact uses an unknown name, nothing is reported: the name may be a misspelling of one that seems unused.
pub(super) fn report_unused(
    dataset: &Dataset,
    files: &[CheckedFile],
    rules: &[Option<String>],
    findings: &mut Findings,
) {
    let is_reported = |code| findings.iter().any(|finding: &Finding| finding.code == code);
    let (unknown_entity, unknown_predicate) = (is_reported(Code::UnknownEntity), is_reported(Code::UnknownPredicate));
    if !unknown_entity {
        let mut used = FixedBitSet::with_capacity(dataset.entities.len());
        used.extend(files.iter().flat_map(|file| &file.facts.entities).map(|number| *number as usize));
        for (number, entity) in dataset.entities.iter().enumerate() {
            if entity.is_valid && !used.contains(number) {
                let (file, location) = entity.location.clone();
                let message = format!("unused entity `{}`", entity.id);
                let finding = Finding::new(Code::UnusedEntity, file, location, message);
                let help = "remove the entity, or state a fact about it";
                findings.push(finding.label("no statement mentions this entity").help(help));
            }
        }
    }
    report_unused_statuses(dataset, files, findings);
    // A rule that cannot be parsed may use any predicate.
    if unknown_predicate || rules.contains(&None) {
        return;
    }
    let vocabulary = &dataset.vocabulary;
    let names: HashSet<&str> = files.iter().flat_map(|file| &file.facts.predicates).map(String::as_str).collect();
    let in_facts = names.into_iter().filter_map(|name| vocabulary.find_predicate(name, &dataset.namespaces));
    let in_rules: HashSet<&str> = rules.iter().flatten().flat_map(|rule| iris(rule)).collect();
    let in_rules = vocabulary.predicates().filter(|predicate| in_rules.contains(predicate.iri.as_str()));
    // A predicate is used if one of its subproperties is.
    let used = vocabulary.superpredicates(in_facts.chain(in_rules).map(|predicate| &predicate.iri));
    for predicate in vocabulary.predicates().filter(|p| !used.contains(&p.iri)) {
        let (file, location) = predicate.location.clone();
        let message = format!("unused predicate `{}`", compact(predicate.iri.as_ref(), dataset));
        let finding = Finding::new(Code::UnusedPredicate, file, location, message);
        let help = "remove the predicate, or use it";
        findings.push(finding.label("no statement or rule uses this predicate").help(help));
    }
}

/// A claim with errors may have any status.
fn report_unused_statuses(dataset: &Dataset, files: &[CheckedFile], findings: &mut Findings) {
    let declared = dataset.statuses.declared();
    if declared.is_empty() || findings.has_errors() {
        return;
    }
    let statements = files.iter().flat_map(|file| file.facts.statements.iter());
    let used: HashSet<&ClaimStatus> = statements.filter_map(|statement| statement.kind.status()).collect();
    for status in declared.iter().filter(|status| !used.contains(&ClaimStatus::Declared(status.id.clone()))) {
        let (file, location) = status.location.clone();
        let finding = Finding::new(Code::UnusedStatus, file, location, format!("unused status `{}`", status.id));
        findings.push(finding.label("no claim has this status").help("remove the status, or use it"));
    }
}

/// What is in angle brackets, such as the IRIs of a rule.
fn iris(rule: &str) -> impl Iterator<Item = &str> {
    rule.split('>').filter_map(|before| Some(before.rsplit_once('<')?.1))
}

/// A rule with all prefixed names expanded to IRIs; `None` if it cannot be parsed.
pub(super) fn expanded(rule: &QueryFile, namespaces: &Namespaces) -> Option<String> {
    let query = namespaces.parse_query(&rule.text).ok()?;
    Some(on_stack_for(&query, || query.to_string()))
}
