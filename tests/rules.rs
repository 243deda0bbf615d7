//! Rules against a naive evaluator: what they derive, which derivation is kept, and all the others.
//!
//! `FACTLOOM_RULE_SEEDS=N` tries N seeds.

mod naive;
mod replay;

use crate::random_queries::Random;
use crate::scratch;
use factloom::BuildError;
use factloom::dataset::DatasetRoot;
use factloom::model::{Derivation, Kind};
use factloom::rules::Explainer;
use factloom::store::Store;
use naive::{Program, Triple};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A dataset of entities `n0` … and predicates `p0` …, with facts between them, and rules.
fn built(facts: &BTreeSet<Triple>, vocabulary: &str, rules: &[(String, String)]) -> Result<Store, String> {
    let manifest = r#"{ "base": "https://example.org/", "rules": "rules/*.rq", "facts": "facts.jsonl",
        "sources": [{ "id": "known", "kind": "background" }] }"#;
    let mut turtle = "@prefix v: <https://example.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . v:T a owl:Class .\n"
        .to_owned();
    for predicate in 0..naive::PREDICATES {
        let _ = writeln!(turtle, "v:p{predicate} a owl:ObjectProperty .");
    }
    turtle.push_str("v:text a owl:DatatypeProperty .\n");
    turtle.push_str(vocabulary);
    let entity = |n: &usize| format!(r#"{{ "id": "n{n}", "type": "T", "label": "n{n}" }}"#);
    let nodes: BTreeSet<usize> = facts.iter().flat_map(|[s, _, o]| [*s, *o]).collect();
    let entities = format!("[{}]", nodes.iter().map(entity).collect::<Vec<_>>().join(","));
    let mut lines = String::new();
    for [s, p, o] in facts {
        let _ = writeln!(
            lines,
            r#"{{ "id": "f-{s}-{p}-{o}", "subject": "n{s}", "predicate": "p{p}", "object": "n{o}",
               "evidence": [{{ "source": "known", "note": "so it is" }}] }}"#
        );
    }
    let lines = lines.replace("\n               ", " ");
    let mut files = vec![
        ("factloom.json", manifest),
        ("vocabulary.ttl", &turtle),
        ("entities.json", &entities),
        ("facts.jsonl", &lines),
    ];
    let named: Vec<(String, &String)> = rules.iter().map(|(name, text)| (format!("rules/{name}.rq"), text)).collect();
    files.extend(named.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let folder = scratch::temp_dir(&files);
    match factloom::build(DatasetRoot::Directory(folder.path().to_owned())) {
        Ok((_, store)) => Ok(store),
        Err(BuildError::Dataset(errors)) => Err(errors.iter().map(|e| e.message.clone()).collect()),
        Err(e) => panic!("{e}"),
    }
}

/// The inferences of a store: what each says, and how it came about.
fn inferences(store: &Store) -> BTreeMap<String, Derivation> {
    let statements = store.statements().map(|statement| statement.expect("it can be read"));
    statements
        .filter_map(|statement| match statement.kind {
            Kind::Inference(derivation) => Some((statement.triple.to_string(), derivation)),
            _ => None,
        })
        .collect()
}

fn agree(seed: u64, negates: bool) {
    let mut random = Random::new(seed);
    let program = Program::random(&mut random, negates);
    let store = built(&program.facts, &program.vocabulary(), &program.texts());
    let store = store.unwrap_or_else(|e| panic!("seed {seed}: {e}\n{program}"));
    let expected = program.run();
    let found = inferences(&store);
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "seed {seed}: the closure of\n{program}"
    );
    let mut explainer = Explainer::new(&store).expect("the rules can be read");
    for (triple, derivations) in &expected {
        assert_eq!(found[triple], derivations[0], "seed {seed}: the derivation of {triple} by\n{program}");
        let statements = store.statements().map(|statement| statement.expect("it can be read"));
        let statement = statements.into_iter().find(|s| s.triple.to_string() == *triple).expect("it is there");
        let mut all = explainer.derivations(&statement.triple).expect("the store holds");
        assert_eq!(explainer.count(&statement.triple).expect("the store holds"), all.len());
        let mut wanted = derivations.clone();
        let key = |d: &Derivation| format!("{d:?}");
        all.sort_by_key(key);
        wanted.sort_by_key(key);
        assert_eq!(all, wanted, "seed {seed}: all derivations of {triple} by\n{program}");
    }
}

fn seeds(default: u64) -> u64 {
    std::env::var("FACTLOOM_RULE_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[test]
fn random_rules_derive_what_a_naive_evaluator_derives_and_for_the_same_reasons() {
    (0..seeds(150)).for_each(|seed| agree(seed, false));
}

#[test]
fn random_rules_that_negate_do_so_too() {
    (0..seeds(150)).for_each(|seed| agree(seed, true));
}

#[test]
fn a_circle_through_a_negation_is_named() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let rules = [
        ("alone", "CONSTRUCT { ?a v:p1 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?b v:p2 ?a } }"),
        ("between", "CONSTRUCT { ?a v:p3 ?b } WHERE { ?a v:p1 ?b }"),
        ("last", "CONSTRUCT { ?a v:p2 ?b } WHERE { ?a v:p3 ?b }"),
    ];
    let rules = rules.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let error = built(&facts, "", &rules).unwrap_err();
    let circle = "which `last` derives from what `alone` derives: `alone` → `between` → `last` → `alone`";
    assert!(error.contains(circle), "{error}");
    let itself = [("odd".to_owned(), rules[0].1.replace("v:p2", "v:p1"))];
    assert!(built(&facts, "", &itself).unwrap_err().contains("and derives it itself"));
}

#[test]
fn a_rule_that_makes_terms_without_end_is_stopped_and_named() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let endless = [
        // One more in each round.
        "CONSTRUCT { ?a v:text ?n } WHERE { { ?a v:p0 ?b BIND(0 AS ?n) } UNION { ?a v:text ?m BIND(?m + 1 AS ?n) } }",
        // Twice as long in each round.
        "CONSTRUCT { ?a v:text ?n } WHERE { { ?a v:p0 ?b BIND('x' AS ?n) } UNION { ?a v:text ?m BIND(CONCAT(?m, ?m) AS ?n) } }",
    ];
    for text in endless {
        let error = built(&facts, "", &[("endless".to_owned(), text.to_owned())]).unwrap_err();
        assert!(error.contains("the rule `endless`"), "{error}");
    }
}

#[test]
fn of_several_alternatives_the_first_by_its_premises_is_kept() {
    let facts = BTreeSet::from([[0, 1, 1], [1, 1, 2], [0, 0, 3], [3, 0, 2]]);
    let (one, other) = ("{ ?x v:p1 ?m . ?m v:p1 ?y }", "{ ?x v:p0 ?m . ?m v:p0 ?y }");
    for (first, second) in [(one, other), (other, one)] {
        let rule = format!("CONSTRUCT {{ ?x v:p4 ?y }} WHERE {{ {first} UNION {second} }}");
        let store = built(&facts, "", &[("both".to_owned(), rule)]).expect("no error");
        let (_, derivation) = inferences(&store).pop_first().expect("one inference");
        let premises = format!("{:?}", derivation.premises);
        assert!(premises.contains("f-0-0-3") && premises.contains("f-3-0-2"), "{premises}");
    }
}

#[test]
fn what_a_rule_cannot_have_is_refused_with_the_reason() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let refused = [
        ("?a v:p0 ?b LIMIT 1", "LIMIT"),
        ("?a v:p0+ ?b", "the paths *, + and ?"),
        ("{ SELECT ?a (MAX(?x) AS ?b) { ?a v:p0 ?x } GROUP BY ?a }", "aggregates"),
        ("GRAPH ?g { ?a v:p0 ?b }", "GRAPH"),
        ("?a v:p0 ?b FILTER(NOW() > ?x)", "NOW"),
        ("?a v:p0 ?b FILTER(EXISTS { ?a v:p1 ?b } || ?a = ?b)", "EXISTS among alternatives"),
        ("?a v:p0 ?b MINUS { ?q v:p1 ?r BIND(1/0 AS ?b) }", "left open by BIND"),
        ("?a v:p0 ?b . << ?a v:p0 ?b >> v:p1 ?c", "triple terms"),
    ];
    for (pattern, reason) in refused {
        let (pattern, behind) = pattern.split_once(" LIMIT").map_or((pattern, ""), |(before, _)| (before, " LIMIT 1"));
        let text = format!("CONSTRUCT {{ ?a v:p4 ?b }} WHERE {{ {pattern} }}{behind}");
        let error = built(&facts, "", &[("odd".to_owned(), text.clone())]).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
    // One rule asks that something does not hold which it derives itself, by another of its alternatives.
    let own = "CONSTRUCT { ?a v:p4 ?b . ?a v:p3 ?c } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c FILTER NOT EXISTS { ?a v:p4 ?b } } }";
    assert!(built(&facts, "", &[("own".to_owned(), own.to_owned())]).unwrap_err().contains("derives it itself"));
}

#[test]
fn a_rule_that_stands_for_ever_more_alternatives_is_refused_before_they_are_made() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let either = "EXISTS { { ?a v:p1 ?x } UNION { ?a v:p2 ?x } }";
    let times = |part: &str, between: &str| vec![part; 30].join(between);
    let nested = |depth: usize| {
        (0..depth).fold(String::new(), |inner, n| {
            format!("FILTER NOT EXISTS {{ ?b v:p1 ?y{n} OPTIONAL {{ ?a v:p2 ?x{n} }} {inner} }}")
        })
    };
    let multiplied = [
        format!("?a v:p0 ?b FILTER({})", times(either, " && ")),
        times(&format!("?a v:p0 ?b FILTER {either}"), " "),
        format!("?a v:p0 ?b OPTIONAL {{ ?b v:p3 ?c FILTER({}) }}", times(either, " && ")),
        format!("?a {} ?b", times("(v:p0|v:p1)", "/")),
        format!("?a v:p0 ?b {}", nested(30)),
        format!("?a v:p0 ?b {}", times("OPTIONAL { ?b v:p1 ?c }", " ")),
    ];
    for pattern in multiplied {
        let text = format!("CONSTRUCT {{ ?a v:p4 ?b }} WHERE {{ {pattern} }}");
        let error = built(&facts, "", &[("many".to_owned(), text.clone())]).unwrap_err();
        assert!(error.contains("more than 256 alternatives"), "{text}: {error}");
    }
    let few = format!("CONSTRUCT {{ ?a v:p4 ?b }} WHERE {{ ?a v:p0 ?b {} }}", nested(3));
    assert!(built(&facts, "", &[("few".to_owned(), few)]).is_ok());
}

#[test]
fn a_chain_is_closed_in_as_many_rounds_as_it_needs() {
    let facts: BTreeSet<Triple> = (0..200).map(|n| [n, 0, n + 1]).collect();
    let step = "CONSTRUCT { ?a v:p1 ?c } WHERE { { ?a v:p0 ?c } UNION { ?a v:p0 ?b . ?b v:p1 ?c } }";
    let store = built(&facts, "", &[("step".to_owned(), step.to_owned())]).expect("no error");
    assert_eq!(inferences(&store).len(), 200 * 201 / 2);
    let doubling = "CONSTRUCT { ?a v:p0 ?c } WHERE { ?a v:p0 ?b . ?b v:p0 ?c }";
    let store = built(&facts, "", &[("doubling".to_owned(), doubling.to_owned())]).expect("no error");
    assert_eq!(inferences(&store).len(), 200 * 199 / 2);
}
