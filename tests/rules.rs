//! Rules compared with a naive evaluator: inferences, recorded derivations, and all derivations.
//!
//! `FACTLOOM_RULE_SEEDS=N` runs N seeds.

mod naive;
mod replay;

use crate::random_queries::Random;
use crate::scratch;
use factloom::BuildError;
use factloom::dataset::DatasetRoot;
use factloom::model::Derivation;
use factloom::rules::Explainer;
use factloom::store::Store;
use naive::{Program, Triple};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Builds a dataset with entities `n0` …, predicates `p0` …, facts and rules. Errors are joined to a string.
fn build(facts: &BTreeSet<Triple>, vocabulary: &str, rules: &[(String, String)]) -> Result<Store, String> {
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
               "evidence": [{{ "source": "known", "note": "It is known." }}] }}"#
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
    let directory = scratch::temp_dir(&files);
    match factloom::build(DatasetRoot::Directory(directory.path().to_owned())) {
        Ok((_, store)) => Ok(store),
        Err(BuildError::Dataset(errors)) => {
            let texts = errors.iter().map(|error| format!("{}\n{}\n", error.message, error.notes.join("\n")));
            Err(texts.collect::<Vec<_>>().concat())
        }
        Err(e) => panic!("{e}"),
    }
}

/// The recorded derivation of each inference, by the N-Triples of the inference.
fn inferences(store: &Store) -> BTreeMap<String, Derivation> {
    let statements = store.statements().map(|statement| statement.expect("a valid store"));
    statements
        .filter_map(|statement| Some((statement.triple.to_string(), statement.kind.derivation()?.clone())))
        .collect()
}

fn compare_with_naive_evaluator(seed: u64, negates: bool) {
    let mut random = Random::new(seed);
    let program = Program::random(&mut random, negates);
    let store = build(&program.facts, &program.vocabulary(), &program.texts());
    let store = store.unwrap_or_else(|e| panic!("seed {seed}: {e}\n{program}"));
    let expected = program.run();
    let found = inferences(&store);
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "seed {seed}: inferences of\n{program}"
    );
    let mut explainer = Explainer::new(&store).expect("valid rules");
    for (triple, derivations) in &expected {
        assert_eq!(found[triple], derivations[0], "seed {seed}: the derivation of {triple} by\n{program}");
        let statements = store.statements().map(|statement| statement.expect("a valid store"));
        let statement = statements.into_iter().find(|s| s.triple.to_string() == *triple).expect("a statement");
        let mut all = explainer.derivations(&statement.triple).expect("a valid store");
        assert_eq!(explainer.count(&statement.triple).expect("a valid store"), all.len());
        let mut expected = derivations.clone();
        let key = |d: &Derivation| format!("{d:?}");
        all.sort_by_key(key);
        expected.sort_by_key(key);
        assert_eq!(all, expected, "seed {seed}: all derivations of {triple} by\n{program}");
    }
}

fn seeds(default: u64) -> u64 {
    std::env::var("FACTLOOM_RULE_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[test]
fn random_rules_have_the_derivations_of_a_naive_evaluator() {
    (0..seeds(150)).for_each(|seed| compare_with_naive_evaluator(seed, false));
}

#[test]
fn random_rules_with_negation_have_the_derivations_of_a_naive_evaluator() {
    (0..seeds(150)).for_each(|seed| compare_with_naive_evaluator(seed, true));
}

#[test]
fn a_cycle_through_a_negation_is_reported() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let rules = [
        ("alone", "CONSTRUCT { ?a v:p1 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?b v:p2 ?a } }"),
        ("between", "CONSTRUCT { ?a v:p3 ?b } WHERE { ?a v:p1 ?b }"),
        ("last", "CONSTRUCT { ?a v:p2 ?b } WHERE { ?a v:p3 ?b }"),
    ];
    let rules = rules.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let error = build(&facts, "", &rules).unwrap_err();
    assert!(error.contains("the rule `alone` negates `v:p2`"), "{error}");
    assert!(error.contains("`alone` → `between` → `last` → `alone`"), "{error}");
    let itself = [("odd".to_owned(), rules[0].1.replace("v:p2", "v:p1"))];
    assert!(build(&facts, "", &itself).unwrap_err().contains("`odd` → `odd`"));
}

#[test]
fn a_rule_that_creates_terms_without_end_is_reported_with_its_limit() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let endless = [
        (
            "CONSTRUCT { ?a v:text ?n } WHERE { { ?a v:p0 ?b BIND(0 AS ?n) } UNION { ?a v:text ?m BIND(?m + 1 AS ?n) } }",
            "1000 rounds",
        ),
        // The length doubles in each round.
        (
            "CONSTRUCT { ?a v:text ?n } WHERE { { ?a v:p0 ?b BIND('x' AS ?n) } UNION { ?a v:text ?m BIND(CONCAT(?m, ?m) AS ?n) } }",
            "16 MiB",
        ),
        // Each string is longer than the one before, and all together are too long.
        (
            &format!(
                "CONSTRUCT {{ ?a v:text ?n }}
                 WHERE {{ {{ ?a v:p0 ?b BIND('' AS ?n) }} UNION {{ ?a v:text ?m BIND(CONCAT(?m, '{}') AS ?n) }} }}",
                "x".repeat(500_000)
            ),
            "64 MiB",
        ),
    ];
    for (text, limit) in endless {
        let error = build(&facts, "", &[("endless".to_owned(), text.to_owned())]).unwrap_err();
        assert!(error.contains("the rule `endless`") && error.contains(limit), "{error}");
    }
}

#[test]
fn the_alternative_with_the_first_premises_is_recorded() {
    let facts = BTreeSet::from([[0, 1, 1], [1, 1, 2], [0, 0, 3], [3, 0, 2]]);
    let (one, other) = ("{ ?x v:p1 ?m . ?m v:p1 ?y }", "{ ?x v:p0 ?m . ?m v:p0 ?y }");
    for (first, second) in [(one, other), (other, one)] {
        let rule = format!("CONSTRUCT {{ ?x v:p4 ?y }} WHERE {{ {first} UNION {second} }}");
        let store = build(&facts, "", &[("both".to_owned(), rule)]).expect("no error");
        let (_, derivation) = inferences(&store).pop_first().expect("one inference");
        let premises = format!("{:?}", derivation.premises);
        assert!(premises.contains("f-0-0-3") && premises.contains("f-3-0-2"), "{premises}");
    }
}

#[test]
fn unsupported_features_are_reported() {
    let facts = BTreeSet::from([[0, 0, 1]]);
    let unsupported = [
        ("?a v:p0 ?b LIMIT 1", "LIMIT"),
        ("?a v:p0+ ?b", "the paths `*`, `+` and `?`"),
        ("{ SELECT ?a (MAX(?x) AS ?b) { ?a v:p0 ?x } GROUP BY ?a }", "aggregates"),
        ("GRAPH ?g { ?a v:p0 ?b }", "GRAPH"),
        ("?a v:p0 ?b FILTER(NOW() > ?x)", "NOW"),
        ("?a v:p0 ?b FILTER(EXISTS { ?a v:p1 ?b } || ?a = ?b)", "EXISTS within an expression"),
        ("?a v:p0 ?b MINUS { ?q v:p1 ?r BIND(1/0 AS ?b) }", "variables of BIND"),
        ("?a v:p0 ?b . << ?a v:p0 ?b >> v:p1 ?c", "triple terms"),
    ];
    for (pattern, feature) in unsupported {
        let (pattern, suffix) = pattern.split_once(" LIMIT").map_or((pattern, ""), |(before, _)| (before, " LIMIT 1"));
        let text = format!("CONSTRUCT {{ ?a v:p4 ?b }} WHERE {{ {pattern} }}{suffix}");
        let error = build(&facts, "", &[("odd".to_owned(), text.clone())]).unwrap_err();
        assert!(error.contains(feature), "{text}: {error}");
    }
    // A rule negates a predicate that another of its alternatives derives.
    let own = "CONSTRUCT { ?a v:p4 ?b . ?a v:p3 ?c } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c FILTER NOT EXISTS { ?a v:p4 ?b } } }";
    assert!(build(&facts, "", &[("own".to_owned(), own.to_owned())]).unwrap_err().contains("`own` → `own`"));
}

#[test]
fn too_many_alternatives_are_reported_before_they_are_created() {
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
        let error = build(&facts, "", &[("many".to_owned(), text.clone())]).unwrap_err();
        assert!(error.contains("more than 256 combinations"), "{text}: {error}");
    }
    let few = format!("CONSTRUCT {{ ?a v:p4 ?b }} WHERE {{ ?a v:p0 ?b {} }}", nested(3));
    assert!(build(&facts, "", &[("few".to_owned(), few)]).is_ok());
}

#[test]
fn the_transitive_closure_of_a_chain_is_complete() {
    let facts: BTreeSet<Triple> = (0..200).map(|n| [n, 0, n + 1]).collect();
    let step = "CONSTRUCT { ?a v:p1 ?c } WHERE { { ?a v:p0 ?c } UNION { ?a v:p0 ?b . ?b v:p1 ?c } }";
    let store = build(&facts, "", &[("step".to_owned(), step.to_owned())]).expect("no error");
    assert_eq!(inferences(&store).len(), 200 * 201 / 2);
    let doubling = "CONSTRUCT { ?a v:p0 ?c } WHERE { ?a v:p0 ?b . ?b v:p0 ?c }";
    let store = build(&facts, "", &[("doubling".to_owned(), doubling.to_owned())]).expect("no error");
    assert_eq!(inferences(&store).len(), 200 * 199 / 2);
}
