//! Whether the golden tests of the bundled dataset notice when its facts are changed.
//!
//! Each fact is changed in each way that it can be, one change at a time: it is removed, its evidence is that of another one, a
//! claim has another status, a date is another date. The golden tests must fail for each of them.

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

/// The bundled dataset in a folder of its own, with its queries and golden files.
fn copied() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for part in ["data/psm", "queries", "tests/queries"] {
        copy(&repository().join(part), &folder.path().join(part));
    }
    folder
}

/// How many golden tests fail with these facts.
fn failing(folder: &Path, facts: &Facts) -> usize {
    for (file, facts) in facts {
        write(folder, &format!("data/psm/{file}"), serde_json::to_string(facts).expect("JSON can be written"));
    }
    match testing::run(&DatasetRoot::Directory(folder.join("data/psm")), &[]) {
        Ok(report) => report.failures().count(),
        Err(error) => panic!("the changed dataset must still be one\n{error}"),
    }
}

/// All ways to change one fact, for all facts.
fn mutations() -> Vec<Mutation> {
    let sound = facts();
    let all: Vec<&Value> = sound.values().flatten().collect();
    let mut mutations = Vec::new();
    for file in FILES {
        for at in 0..sound[file].len() {
            let fact = &sound[file][at];
            let mut add = |kind: &'static str, change: &dyn Fn(&mut Vec<Value>)| {
                let mut facts = sound.clone();
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
            for place in ["subject", "object"] {
                if let Some(thing) = other_thing(fact, place, &all) {
                    add(place, &|facts| facts[at][place] = thing.clone());
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

/// The evidence of another fact from the same source, whose quote the lock has.
fn other_evidence(fact: &Value, all: &[&Value]) -> Option<Value> {
    let own = &fact["evidence"][0];
    let others = all.iter().flat_map(|fact| fact["evidence"].as_array().expect("a list"));
    let mut others = others.filter(|other| other["source"] == own["source"] && other["quote"] != own["quote"]);
    others.find(|other| other["quote"].is_string()).cloned()
}

/// What stands in this place of another fact with the same predicate, which is of the same class then.
fn other_thing(fact: &Value, place: &str, all: &[&Value]) -> Option<Value> {
    let same = all.iter().filter(|other| other["predicate"] == fact["predicate"]);
    same.map(|other| &other[place]).find(|thing| **thing != fact[place]).cloned()
}

/// Of the changes that are not removals, each third of a kind is tried. All of them, 726 with the removals, were tried when
/// this was written, and each was caught.
const EACH: usize = 3;

#[test]
fn the_golden_tests_catch_every_change_to_a_fact() {
    let folder = copied();
    assert_eq!(failing(folder.path(), &facts()), 0, "the facts as they are pass");
    let (mut seen, mut tried, mut missed) =
        (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new(), Vec::new());
    for Mutation { kind, fact, facts } in mutations() {
        let number = seen.entry(kind).or_default();
        *number += 1;
        if kind == "removed" || *number % EACH == 1 % EACH {
            *tried.entry(kind).or_default() += 1;
            if failing(folder.path(), &facts) == 0 {
                missed.push((kind, fact));
            }
        }
    }
    assert_eq!(missed, [], "of {tried:?}");
    assert!(tried["removed"] > 100 && tried.values().sum::<usize>() > 250 && tried.len() == 13, "{tried:?}");
}

/// What no golden test notices, and none should: it changes how the facts are written, and not what the graph says. Where the
/// text is not at hand, the lock says where a quote lies, and a quote that it does not have is an error of the dataset.
#[test]
fn what_says_the_same_passes() {
    let folder = copied();
    let mut reordered = facts();
    for facts in reordered.values_mut() {
        facts.reverse();
    }
    assert_eq!(failing(folder.path(), &reordered), 0, "the order of facts says nothing");
    let mut in_one_file = facts();
    let press = in_one_file.insert("press.json", Vec::new()).expect("it was there");
    in_one_file.get_mut("facts.json").expect("it is there").extend(press);
    assert_eq!(failing(folder.path(), &in_one_file), 0, "nor does the file that a fact is in");
    let mut turned = facts();
    for fact in turned.values_mut().flatten() {
        fact["evidence"].as_array_mut().expect("a list").reverse();
    }
    assert_eq!(failing(folder.path(), &turned), 0, "nor the order of evidence");
}
