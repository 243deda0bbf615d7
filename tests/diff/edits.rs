//! Random edits to a dataset: a diff reports exactly these, and exchanging the versions mirrors it.

use super::{RULE, VOCABULARY, store};
use crate::scratch::dataset;
use factloom::report::{ChangeCounts, ChangeKind, Diff, QueryChangeKind, ResourceChange, RowSet, StatementChange};
use factloom::store::Store;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The number of distinct words in the source. A quote is one of them.
const WORDS: usize = 12;
/// The number of entities that can be the object of a fact.
const OBJECTS: usize = 3;

/// A fact or claim. Each has another subject, so that no two are equal.
#[derive(Clone, Debug, PartialEq)]
struct Fact {
    id: String,
    object: usize,
    year: Option<u16>,
    status: Option<usize>,
    quotes: BTreeSet<usize>,
}

/// Facts, with the numbers of their subjects.
type Numbered = Vec<(usize, Fact)>;

/// An edit of a fact.
#[derive(Clone, Debug)]
enum Edit {
    Keep,
    Add,
    Remove,
    Rename,
    Object,
    Year(Option<u16>),
    Status(Option<usize>),
    Quote(Index),
}

const STATUSES: [&str; 3] = ["planned", "possible", "denied"];

fn fact() -> impl Strategy<Value = Fact> {
    let quotes = proptest::collection::btree_set(0..WORDS, 1..4);
    let parts = (0..OBJECTS, proptest::option::of(1900_u16..1904), proptest::option::of(0..STATUSES.len()), quotes);
    parts.prop_map(|(object, year, status, quotes)| Fact { id: String::new(), object, year, status, quotes })
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Keep),
        Just(Edit::Add),
        Just(Edit::Remove),
        Just(Edit::Rename),
        Just(Edit::Object),
        proptest::option::of(1900_u16..1904).prop_map(Edit::Year),
        proptest::option::of(0..STATUSES.len()).prop_map(Edit::Status),
        any::<Index>().prop_map(Edit::Quote),
    ]
}

/// The facts before and after some edits, and the expected changes by their new ids.
fn edited(edits: Vec<(Fact, Edit)>) -> (Numbered, Numbered, BTreeMap<String, String>) {
    let (mut before, mut after, mut expected) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (number, (fact, edit)) in edits.into_iter().enumerate() {
        let old = Fact { id: format!("f{number}"), ..fact };
        let mut new = old.clone();
        let change = match edit {
            Edit::Keep => None,
            Edit::Add => {
                expected.insert(new.id.clone(), "added".to_owned());
                after.push((number, new));
                continue;
            }
            Edit::Remove => {
                expected.insert(old.id.clone(), "removed".to_owned());
                before.push((number, old));
                continue;
            }
            Edit::Rename => {
                new.id = format!("r{number}");
                Some("id")
            }
            Edit::Object => {
                new.object = (old.object + 1) % OBJECTS;
                Some("object")
            }
            Edit::Year(year) => {
                new.year = year;
                Some("qualifiers")
            }
            Edit::Status(status) => {
                new.status = status;
                Some(if status.is_some() == old.status.is_some() { "status" } else { "kind" })
            }
            Edit::Quote(index) => {
                let word = index.index(WORDS);
                // A fact needs at least one quote.
                if new.quotes.len() == 1 || !new.quotes.remove(&word) {
                    new.quotes.insert(word);
                }
                Some("evidence")
            }
        };
        if let Some(change) = change.filter(|_| old != new) {
            expected.insert(new.id.clone(), change.to_owned());
        }
        before.push((number, old));
        after.push((number, new));
    }
    (before, after, expected)
}

fn built(facts: &[(usize, Fact)]) -> Store {
    let words: Vec<String> = (0..WORDS).map(|n| format!("word{n}x")).collect();
    let manifest = json!({ "title": "A mill", "base": "https://example.org/mill/", "language": "en",
        "sources": [{ "id": "chronicle", "content": words.join(" ") }] });
    let entity = |id: String| json!({ "id": id, "type": "Thing", "label": id });
    let entities: Vec<Value> =
        (0..20).map(|n| entity(format!("s{n}"))).chain((0..OBJECTS).map(|n| entity(format!("o{n}")))).collect();
    let facts: Vec<Value> = facts
        .iter()
        .map(|(number, fact)| {
            let Fact { id, object, year, status, quotes } = fact;
            let evidence = |word: &usize| json!({ "source": "chronicle", "quote": words[*word] });
            let mut value = json!({ "id": id, "subject": format!("s{number}"), "predicate": "built",
                "object": format!("o{object}"), "evidence": quotes.iter().map(evidence).collect::<Vec<_>>() });
            if let Some(year) = year {
                value["qualifiers"] = json!({ "pointInTime": year.to_string() });
            }
            if let Some(status) = status {
                value["claim"] = json!({ "status": STATUSES[*status] });
            }
            value
        })
        .collect();
    store(&dataset(&[
        ("factloom.json", &manifest.to_string()),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", &Value::from(entities).to_string()),
        ("facts.json", &Value::from(facts).to_string()),
        ("rules/owners.rq", RULE),
        ("queries/owners.rq", "SELECT ?who ?what { ?who v:owned ?what }"),
        ("queries/years.rq", "SELECT ?when { ?s fl:pointInTime ?when } ORDER BY ?when"),
        ("queries/any.rq", "ASK { ?who v:owned ?what }"),
    ]))
}

/// The pairs of owner and property that the rule derives from facts.
fn owners(facts: &[(usize, Fact)]) -> BTreeSet<(usize, usize)> {
    facts.iter().filter(|(_, fact)| fact.status.is_none()).map(|(subject, fact)| (*subject, fact.object)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_the_edits_are_reported(edits in proptest::collection::vec((fact(), edit()), 0..12)) {
        let (before, after, expected) = edited(edits);
        let (old, new) = (built(&before), built(&after));
        let diff = Diff::new(&old, &new).expect("the stores can be read");
        let found: BTreeMap<String, String> = diff.statements.curated.iter().map(|change| {
            let what = match change.kind() {
                ChangeKind::Added => "added".to_owned(),
                ChangeKind::Removed => "removed".to_owned(),
                ChangeKind::Changed => {
                    let fields: BTreeSet<String> = change.fields.iter().map(|field| format!("{field:?}").to_lowercase()).collect();
                    fields.into_iter().collect::<Vec<_>>().join(" ")
                }
            };
            (id(change), what)
        }).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert!(diff.statements.curated.is_sorted_by_key(|change| change.id()));
        let (owners_before, owners_after) = (owners(&before), owners(&after));
        let count = |kind| diff.statements.inferences.iter().filter(|change| change.kind() == kind).count();
        prop_assert_eq!(count(ChangeKind::Added), owners_after.difference(&owners_before).count());
        prop_assert_eq!(count(ChangeKind::Removed), owners_before.difference(&owners_after).count());
        prop_assert_eq!(count(ChangeKind::Changed), 0);
        let is_changed = |name: &str| diff.queries.iter().any(|query| query.name == name);
        prop_assert_eq!(is_changed("owners"), owners_before != owners_after);
        prop_assert_eq!(is_changed("any"), owners_before.is_empty() != owners_after.is_empty());
        prop_assert!(diff.resources.is_empty() && diff.rules.is_empty() && diff.skipped_queries.is_empty());
        prop_assert_eq!(diff.is_empty(), expected.is_empty());
        prop_assert!(Diff::new(&new, &new).expect("the store can be read").is_empty());
        let mirrored = Diff::new(&new, &old).expect("the stores can be read");
        prop_assert_eq!(in_order(mirrored), in_order(mirror(diff)));
    }
}

fn id(change: &StatementChange) -> String {
    change.id().expect("a change has a version").to_string()
}

fn mirror(diff: Diff) -> Diff {
    let mut diff = diff;
    for change in diff.statements.curated.iter_mut().chain(&mut diff.statements.inferences) {
        std::mem::swap(&mut change.before, &mut change.after);
    }
    for ResourceChange { change, removed, added, .. } in &mut diff.resources {
        *change = match change {
            ChangeKind::Added => ChangeKind::Removed,
            ChangeKind::Removed => ChangeKind::Added,
            ChangeKind::Changed => ChangeKind::Changed,
        };
        std::mem::swap(removed, added);
    }
    for query in &mut diff.queries {
        query.kind = match query.kind.clone() {
            QueryChangeKind::Added => QueryChangeKind::Removed,
            QueryChangeKind::Removed => QueryChangeKind::Added,
            QueryChangeKind::Results(mut results) => {
                std::mem::swap(&mut results.removed, &mut results.added);
                QueryChangeKind::Results(results)
            }
            other => other,
        };
    }
    for diagram in &mut diff.diagrams {
        for ChangeCounts { removed, added, .. } in [&mut diagram.nodes, &mut diagram.edges] {
            std::mem::swap(removed, added);
        }
    }
    diff
}

/// A diff in a canonical order, without the summaries of results.
fn in_order(mut diff: Diff) -> Diff {
    // The id of a renamed statement depends on the direction.
    diff.statements.curated.sort_by_key(|change| {
        let statement = change.after.as_ref().or(change.before.as_ref());
        format!("{:?}", statement.map(|statement| &statement.triple.subject))
    });
    for query in &mut diff.queries {
        if let QueryChangeKind::Results(results) = &mut query.kind {
            results.summary.clear();
            for RowSet { rows, .. } in [&mut results.removed, &mut results.added] {
                rows.sort_by_key(|row| format!("{row:?}"));
            }
        }
    }
    diff
}
