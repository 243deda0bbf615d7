//! The golden tests of the bundled dataset notice every change of a fact.
//!
//! Each fact is changed in every possible way, one change at a time: it is removed, gets the evidence of another fact, another
//! status or another date. The golden tests must fail for each change.

use crate::repository;
use crate::scratch::{copy, write};
use factloom::dataset::DatasetRoot;
use factloom::testing;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const FILES: [&str; 2] = ["facts.json", "press.json"];

/// The facts of the files, in their order.
type Facts = BTreeMap<&'static str, Vec<Value>>;

/// A change to one fact.
struct Mutation {
    kind: &'static str,
    fact: String,
    facts: Facts,
}

fn facts() -> Facts {
    let read = |file: &'static str| {
        let text = fs::read_to_string(repository().join("data/psm").join(file)).expect("the facts can be read");
        (file, serde_json::from_str(&text).expect("the bundled facts are plain JSON"))
    };
    FILES.into_iter().map(read).collect()
}

/// A copy of the bundled dataset with its queries and golden files.
fn copied() -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    crate::scratch::make_work_tree(directory.path());
    for part in ["data/psm", "queries", "tests/queries"] {
        copy(&repository().join(part), &directory.path().join(part));
    }
    directory
}

/// The number of golden tests that fail with these facts.
fn failing(directory: &Path, facts: &Facts) -> usize {
    for (file, facts) in facts {
        write(directory, &format!("data/psm/{file}"), serde_json::to_string(facts).expect("JSON can be written"));
    }
    match testing::run(&DatasetRoot::Directory(directory.join("data/psm")), &[]) {
        Ok(report) => report.failures().count(),
        Err(error) => panic!("the changed dataset must still be one\n{error}"),
    }
}

/// All changes of one fact, for all facts.
fn mutations() -> Vec<Mutation> {
    let original = facts();
    let all: Vec<&Value> = original.values().flatten().collect();
    let mut mutations = Vec::new();
    for file in FILES {
        for at in 0..original[file].len() {
            let fact = &original[file][at];
            let mut add = |kind: &'static str, change: &dyn Fn(&mut Vec<Value>)| {
                let mut facts = original.clone();
                change(facts.get_mut(file).expect("it is one of the files"));
                let id = fact["id"].as_str().expect("each fact has an id").to_owned();
                mutations.push(Mutation { kind, fact: id, facts });
            };
            add("removed", &|facts| drop(facts.remove(at)));
            if let Some(evidence) = other_evidence(fact, &all) {
                add("other quote", &|facts| facts[at]["evidence"][0] = evidence.clone());
            }
            if fact["evidence"].as_array().expect("a list").len() > 1 {
                add("less evidence", &|facts| drop(facts[at]["evidence"].as_array_mut().expect("a list").pop()));
            }
            if fact["evidence"][0]["note"].is_string() {
                add("other note", &|facts| facts[at]["evidence"][0]["note"] = json!("Another note."));
            }
            add("disputed", &|facts| facts[at]["evidence"][0]["stance"] = json!("disputes"));
            for position in ["subject", "object"] {
                if let Some(thing) = other_term(fact, position, &all) {
                    add(position, &|facts| facts[at][position] = thing.clone());
                }
            }
            match fact["claim"]["status"].as_str() {
                None => add("fact to claim", &|facts| facts[at]["claim"] = json!({ "status": "planned" })),
                Some(status) => {
                    let other = if status == "planned" { "possible" } else { "planned" };
                    add("other status", &|facts| facts[at]["claim"]["status"] = json!(other));
                    add("claim to fact", &|facts| drop(object(&mut facts[at]).remove("claim")));
                }
            }
            if fact["claim"]["by"].is_string() {
                let other = if fact["claim"]["by"] == "pakistan" { "russia" } else { "pakistan" };
                add("other speaker", &|facts| facts[at]["claim"]["by"] = json!(other));
            }
            for (qualifier, value) in fact["qualifiers"].as_object().into_iter().flatten() {
                add("no qualifier", &|facts| drop(object(&mut facts[at]["qualifiers"]).remove(qualifier)));
                if qualifier.ends_with("Time") && value.as_str().is_some_and(|date| date.starts_with(char::is_numeric))
                {
                    add("other date", &|facts| facts[at]["qualifiers"][qualifier] = json!("1951"));
                }
            }
        }
    }
    mutations
}

fn object(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().expect("an object")
}

/// The evidence of another fact from the same source. Its quote is in the lock.
fn other_evidence(fact: &Value, all: &[&Value]) -> Option<Value> {
    let own = &fact["evidence"][0];
    let others = all.iter().flat_map(|fact| fact["evidence"].as_array().expect("a list"));
    let mut others = others.filter(|other| other["source"] == own["source"] && other["quote"] != own["quote"]);
    others.find(|other| other["quote"].is_string()).cloned()
}

/// The subject or object of another fact with the same predicate, which has the same class.
fn other_term(fact: &Value, position: &str, all: &[&Value]) -> Option<Value> {
    let same = all.iter().filter(|other| other["predicate"] == fact["predicate"]);
    same.map(|other| &other[position]).find(|thing| **thing != fact[position]).cloned()
}

/// Tries all removals, and every third of the other changes of each kind. All 726 changes were caught when this test was
/// written.
const SAMPLE_INTERVAL: usize = 3;

#[test]
fn the_golden_tests_catch_every_change_to_a_fact() {
    let directory = copied();
    assert_eq!(failing(directory.path(), &facts()), 0, "the facts as they are pass");
    let (mut seen, mut tried, mut missed) =
        (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new(), Vec::new());
    for Mutation { kind, fact, facts } in mutations() {
        let number = seen.entry(kind).or_default();
        *number += 1;
        if kind == "removed" || *number % SAMPLE_INTERVAL == 1 % SAMPLE_INTERVAL {
            *tried.entry(kind).or_default() += 1;
            if failing(directory.path(), &facts) == 0 {
                missed.push((kind, fact));
            }
        }
    }
    assert_eq!(missed, [], "of {tried:?}");
    assert!(tried["removed"] > 100 && tried.values().sum::<usize>() > 250 && tried.len() == 13, "{tried:?}");
}

/// Changes of the files that do not change the graph. If the text is unavailable, the lock has the position of a quote.
#[test]
fn golden_tests_ignore_the_order_and_the_files_of_facts() {
    let directory = copied();
    let mut reordered = facts();
    for facts in reordered.values_mut() {
        facts.reverse();
    }
    assert_eq!(failing(directory.path(), &reordered), 0, "the order of facts does not matter");
    let mut in_one_file = facts();
    let press = in_one_file.insert("press.json", Vec::new()).expect("it was there");
    in_one_file.get_mut("facts.json").expect("it is there").extend(press);
    assert_eq!(failing(directory.path(), &in_one_file), 0, "the file of a fact does not matter");
    let mut with_reversed_evidence = facts();
    for fact in with_reversed_evidence.values_mut().flatten() {
        fact["evidence"].as_array_mut().expect("a list").reverse();
    }
    assert_eq!(failing(directory.path(), &with_reversed_evidence), 0, "the order of evidence does not matter");
}
