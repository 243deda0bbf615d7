//! Random edits to a dataset: the difference names exactly those, and mirrors when the sides change places.

use super::{RULE, VOCABULARY, store};
use crate::scratch::dataset;
use factloom::report::{
    AnswerPart, ChangeCounts, ChangedStatement, Diff, FieldChange, QueryChangeKind, ResourceChange, StatementChange,
};
use factloom::store::Store;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many words the source has, each once; a quote is one of them.
const WORDS: usize = 12;
/// How many entities can be the object of a fact.
const OBJECTS: usize = 3;

/// A fact or claim about an entity of its own, so that no two say the same.
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

/// What happens to a fact. Each edit changes one thing.
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

/// A dataset's facts before and after some edits, and the changes that these are, by the id that the fact has in the end.
fn edited(drawn: Vec<(Fact, Edit)>) -> (Numbered, Numbered, BTreeMap<String, String>) {
    let (mut before, mut after, mut expected) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (number, (fact, edit)) in drawn.into_iter().enumerate() {
        let was = Fact { id: format!("f{number}"), ..fact };
        let mut is = was.clone();
        let change = match edit {
            Edit::Keep => None,
            Edit::Add => {
                expected.insert(is.id.clone(), "added".to_owned());
                after.push((number, is));
                continue;
            }
            Edit::Remove => {
                expected.insert(was.id.clone(), "removed".to_owned());
                before.push((number, was));
                continue;
            }
            Edit::Rename => {
                is.id = format!("r{number}");
                Some("id")
            }
            Edit::Object => {
                is.object = (was.object + 1) % OBJECTS;
                Some("object")
            }
            Edit::Year(year) => {
                is.year = year;
                Some("qualifier")
            }
            Edit::Status(status) => {
                is.status = status;
                Some(if status.is_some() == was.status.is_some() { "status" } else { "kind" })
            }
            Edit::Quote(index) => {
                let word = index.index(WORDS);
                // The last quote stays: a fact has one at least.
                if is.quotes.len() == 1 || !is.quotes.remove(&word) {
                    is.quotes.insert(word);
                }
                Some("evidence")
            }
        };
        if let Some(change) = change.filter(|_| was != is) {
            expected.insert(is.id.clone(), change.to_owned());
        }
        before.push((number, was));
        after.push((number, is));
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

fn aspect_name(aspect: &FieldChange) -> &'static str {
    match aspect {
        FieldChange::Id => "id",
        FieldChange::Object => "object",
        FieldChange::Kind => "kind",
        FieldChange::Status => "status",
        FieldChange::Qualifier(..) => "qualifier",
        FieldChange::Evidence(..) => "evidence",
        other => panic!("nothing changes {other:?}"),
    }
}

/// What owns what, by the rule: who built it, where that is a fact.
fn owners(facts: &[(usize, Fact)]) -> BTreeSet<(usize, usize)> {
    facts.iter().filter(|(_, fact)| fact.status.is_none()).map(|(subject, fact)| (*subject, fact.object)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_the_edits_are_reported(drawn in proptest::collection::vec((fact(), edit()), 0..12)) {
        let (before, after, expected) = edited(drawn);
        let (was, is) = (built(&before), built(&after));
        let diff = Diff::new(&was, &is).expect("both can be asked");
        let found: BTreeMap<String, String> = diff.statements.curated.iter().map(|change| {
            let what = match change {
                StatementChange::Added(_) => "added".to_owned(),
                StatementChange::Removed(_) => "removed".to_owned(),
                StatementChange::Changed(changed) => {
                    let names: BTreeSet<&str> = changed.aspects.iter().map(aspect_name).collect();
                    names.into_iter().collect::<Vec<_>>().join(" ")
                }
            };
            (change.statement().id.to_string(), what)
        }).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert!(diff.statements.curated.is_sorted_by_key(|change| &change.statement().id));
        let (owned, owns) = (owners(&before), owners(&after));
        let count = |wanted: fn(&StatementChange) -> bool| diff.statements.inferences.iter().filter(|c| wanted(c)).count();
        prop_assert_eq!(count(|c| matches!(c, StatementChange::Added(_))), owns.difference(&owned).count());
        prop_assert_eq!(count(|c| matches!(c, StatementChange::Removed(_))), owned.difference(&owns).count());
        prop_assert_eq!(count(|c| matches!(c, StatementChange::Changed(_))), 0);
        let answers = |name: &str| diff.queries.iter().any(|query| query.name == name);
        prop_assert_eq!(answers("owners"), owned != owns);
        prop_assert_eq!(answers("any"), owned.is_empty() != owns.is_empty());
        prop_assert!(diff.things.is_empty() && diff.rules.is_empty() && diff.unasked.is_empty());
        prop_assert_eq!(diff.is_empty(), expected.is_empty());
        prop_assert!(Diff::new(&is, &is).expect("it can be asked").is_empty());
        let mirrored = Diff::new(&is, &was).expect("both can be asked");
        prop_assert_eq!(in_order(mirrored), in_order(mirror(diff)));
    }
}

fn mirror(diff: Diff) -> Diff {
    let mut diff = diff;
    for change in diff.statements.curated.iter_mut().chain(&mut diff.statements.inferences) {
        *change = match change.clone() {
            StatementChange::Added(statement) => StatementChange::Removed(statement),
            StatementChange::Removed(statement) => StatementChange::Added(statement),
            StatementChange::Changed(changed) => {
                let ChangedStatement { before, after, aspects } = *changed;
                let aspects = aspects.into_iter().map(|aspect| match aspect {
                    FieldChange::Qualifier(before, after) => FieldChange::Qualifier(after, before),
                    FieldChange::Evidence(before, after) => FieldChange::Evidence(after, before),
                    FieldChange::Premise(before, after) => FieldChange::Premise(after, before),
                    other => other,
                });
                let aspects = aspects.collect();
                StatementChange::Changed(Box::new(ChangedStatement { before: after, after: before, aspects }))
            }
        };
    }
    for ResourceChange { there, lost, gained, .. } in &mut diff.things {
        *there = (there.1, there.0);
        std::mem::swap(lost, gained);
    }
    for query in &mut diff.queries {
        query.kind = match query.kind.clone() {
            QueryChangeKind::Added => QueryChangeKind::Removed,
            QueryChangeKind::Removed => QueryChangeKind::Added,
            QueryChangeKind::Answer(mut answer) => {
                std::mem::swap(&mut answer.lost, &mut answer.gained);
                QueryChangeKind::Answer(answer)
            }
            other => other,
        };
    }
    for diagram in &mut diff.diagrams {
        for ChangeCounts { lost, gained, .. } in [&mut diagram.nodes, &mut diagram.edges] {
            std::mem::swap(lost, gained);
        }
    }
    diff
}

/// A difference with what has no order of its own put in one.
fn in_order(mut diff: Diff) -> Diff {
    for change in &mut diff.statements.curated {
        if let StatementChange::Changed(changed) = change {
            changed.aspects.sort_by_key(|aspect| format!("{aspect:?}"));
        }
    }
    // Of a renamed statement it is the new id that counts.
    diff.statements.curated.sort_by_key(|change| format!("{:?}", change.statement().triple));
    for query in &mut diff.queries {
        if let QueryChangeKind::Answer(answer) = &mut query.kind {
            for AnswerPart { rows, .. } in [&mut answer.lost, &mut answer.gained] {
                rows.sort_by_key(|row| format!("{row:?}"));
            }
        }
    }
    diff
}
