//! `docs/reference/conformance.md` has the numbers of the suites, and every deviation.

use super::{Outcome, rdf, sparql};
use crate::repository;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

/// The table of the suites: how many tests each has, and how many pass.
fn numbers(outcomes: &[Outcome]) -> String {
    let mut suites: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for outcome in outcomes {
        let (tests, passed) = suites.entry(&outcome.suite).or_default();
        *tests += 1;
        *passed += usize::from(outcome.failure.is_none());
    }
    let mut table = "| suite | tests | passed |\n| --- | --- | --- |\n".to_owned();
    let total = suites.values().fold((0, 0), |(tests, passed), suite| (tests + suite.0, passed + suite.1));
    for (suite, (tests, passed)) in suites.into_iter().chain([("all", total)]) {
        writeln!(table, "| {suite} | {tests} | {passed} |").expect("a string accepts everything");
    }
    table
}

/// The table of the deviations: those with the same reason in one row.
fn deviations() -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, reason) in sparql::DEVIATIONS.iter().chain(&rdf::DEVIATIONS) {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, names)) => names.push(name),
            None => reasons.push((reason, vec![name])),
        }
    }
    let mut table = "| tests | reason |\n| --- | --- |\n".to_owned();
    for (reason, names) in reasons {
        let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        writeln!(table, "| {names} | {reason} |").expect("a string accepts everything");
    }
    table
}

fn the_page_on_conformance_lists_the_numbers_and_every_deviation() {
    let page = fs::read_to_string(repository().join("docs/reference/conformance.md")).expect("the page can be read");
    let outcomes: Vec<Outcome> = sparql::outcomes().into_iter().chain(rdf::outcomes()).collect();
    let mut failed: Vec<&str> = outcomes.iter().filter(|o| o.failure.is_some()).map(|o| o.name.as_str()).collect();
    failed.sort_unstable();
    let mut expected: Vec<&str> = sparql::DEVIATIONS.iter().chain(&rdf::DEVIATIONS).map(|(name, _)| *name).collect();
    expected.sort_unstable();
    assert_eq!(failed, expected, "the tests that fail, and the known deviations");
    for table in [numbers(&outcomes), deviations()] {
        assert!(page.contains(&table), "the page lacks this table:\n{table}");
    }
}
external!(Need::Suites, the_page_on_conformance_lists_the_numbers_and_every_deviation);
