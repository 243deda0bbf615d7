//! Rules with all supported SPARQL features compared with Oxigraph: the inferences are the same, and each derivation is
//! reproduced from its premises alone.

use super::{build, inferences, naive};
use crate::random_queries::Random;
use factloom::model::{Premise, StatementId};
use oxigraph::model::{GraphNameRef, Triple};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store as Oxigraph;
use std::collections::BTreeSet;

/// Sets of rules in which no rule negates a predicate that another derives.
const RULES: &[&[&str]] = &[
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { { ?a v:p0 ?b } UNION { ?b v:p1 ?a } UNION { ?a v:p2 ?c . ?c v:p3 ?b } }"],
    &["CONSTRUCT { ?a v:p4 ?b . ?a v:p3 ?c } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c } FILTER(!BOUND(?c)) }"],
    &["CONSTRUCT { ?a v:p4 ?d } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c OPTIONAL { ?c v:p2 ?d } } }"],
    &["CONSTRUCT { ?a v:p4 ?c } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c FILTER(?c != ?a) } }"],
    &["CONSTRUCT { ?a v:text ?t } WHERE { ?a v:p0 ?b BIND(CONCAT(STR(?a), ' and ', STR(?b)) AS ?t) }"],
    &["CONSTRUCT { ?a v:text ?t } WHERE { ?a v:p0 ?b OPTIONAL { ?b v:p1 ?c } BIND(COALESCE(STR(?c), 'none') AS ?t) }"],
    &["CONSTRUCT { ?a v:p4 ?x } WHERE { ?a v:p0 ?b VALUES (?b ?x) { (e:n0 e:n1) (UNDEF e:n0) } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0/^v:p1/(v:p2|v:p3) ?b }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a !(v:p0|v:p1|rdfs:label|a) ?b FILTER(ISIRI(?b) && ?b != v:T) ?b v:p0 ?c }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b MINUS { ?b v:p1 ?x . ?x v:p2 ?a } MINUS { ?q v:p3 ?r } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?b v:p1 ?x FILTER(?x != ?a) } }"],
    &[
        "CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER EXISTS { ?b v:p1 ?x } FILTER(EXISTS { ?a v:p2 ?y } && ?a != ?b) }",
    ],
    &["CONSTRUCT { ?a v:p4 ?c } WHERE { { SELECT DISTINCT ?a ?c { ?a v:p0 ?b . ?b v:p1 ?c } } ?a v:p2 ?b }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b . [] v:p1 ?a . _:x v:p2 ?b }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b { ?c v:p1 ?d FILTER(!BOUND(?a)) } }"],
    &[
        "CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?a v:p1 ?b OPTIONAL { ?b v:p2 ?c } FILTER(BOUND(?c)) } }",
    ],
    // Outer variables are visible in nested negations.
    &[
        "CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?a v:p1 ?x FILTER NOT EXISTS { ?x v:p2 ?b } } }",
    ],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER EXISTS { ?a v:p1 ?x FILTER NOT EXISTS { ?x v:p2 ?b } } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER EXISTS { ?a v:p1 ?x FILTER EXISTS { ?x v:p0 ?b } } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?b v:p1 ?x MINUS { ?x v:p2 ?a } } }"],
    &[
        "CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b FILTER NOT EXISTS { ?b v:p1 ?x OPTIONAL { ?x v:p2 ?a } FILTER(BOUND(?a)) } }",
    ],
    // Variables that OPTIONAL may leave unbound are used afterwards.
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b OPTIONAL { ?a v:p1 ?c } MINUS { ?c v:p0 ?d } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b OPTIONAL { ?a v:p1 ?c } MINUS { ?x v:p1 ?c } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { { ?a v:p0 ?b } UNION { ?a v:p1 ?c } OPTIONAL { ?c v:p2 ?b } }"],
    &[
        "CONSTRUCT { ?a v:p4 ?c } WHERE { ?a v:p0 ?b OPTIONAL { { ?b v:p1 ?c } UNION { ?b v:p2 ?d } } OPTIONAL { ?d v:p3 ?c } }",
    ],
    // A variable that is unbound in a row is not shared with MINUS.
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b MINUS { VALUES ?b { e:n1 UNDEF } } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { ?a v:p0 ?b MINUS { VALUES (?b ?q) { (UNDEF 1) } } }"],
    &["CONSTRUCT { ?a v:p4 ?b } WHERE { VALUES (?a ?c) { (e:n0 UNDEF) (e:n1 e:n2) } ?a v:p0 ?b MINUS { ?c v:p0 ?d } }"],
    &[
        "CONSTRUCT { ?a v:p4 ?b . ?b v:p3 ?a } WHERE { ?a v:p0 ?b }",
        "CONSTRUCT { ?a v:p0 ?c } WHERE { ?a v:p3 ?b . ?b v:p4 ?c OPTIONAL { ?c v:p1 ?d } }",
        "CONSTRUCT { ?a v:p1 ?c } WHERE { ?a v:p1 ?b . ?b v:p1 ?c FILTER(?a != ?c) }",
    ],
];

const PREFIXES: &str = "PREFIX v: <https://example.org/vocabulary/> PREFIX e: <https://example.org/entity/> \
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> ";

fn constructed(rule: &str, store: &Oxigraph) -> BTreeSet<String> {
    let query = SparqlEvaluator::new().parse_query(&format!("{PREFIXES}{rule}")).expect("valid SPARQL");
    let Ok(QueryResults::Graph(triples)) = query.on_store(store).execute() else { panic!("{rule}") };
    triples.map(|triple| triple.expect("no error").to_string()).collect()
}

fn add(store: &Oxigraph, triple: &Triple) {
    store.insert(triple.as_ref().in_graph(GraphNameRef::DefaultGraph)).expect("a valid store");
}

#[test]
fn rules_derive_the_same_triples_as_oxigraph() {
    let mut derived = vec![0; RULES.len()];
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let facts: BTreeSet<naive::Triple> = (0..14)
            .map(|_| [random.below(naive::NODES), random.below(4), random.below(naive::NODES)])
            .chain([[0, 0, 1], [1, 0, 0]])
            .collect();
        for (number, rules) in RULES.iter().enumerate() {
            let named: Vec<(String, String)> =
                rules.iter().enumerate().map(|(n, text)| (format!("r{n}"), (*text).to_owned())).collect();
            let store = build(&facts, "", &named).unwrap_or_else(|e| panic!("{rules:?}: {e}"));
            let reference = Oxigraph::new().expect("a store");
            let names = store.namespaces().clone();
            let is_about_statements = |triple: &Triple| match &triple.subject {
                oxigraph::model::NamedOrBlankNode::NamedNode(node) => names.is_about_statements(node.as_ref()),
                oxigraph::model::NamedOrBlankNode::BlankNode(_) => false,
            };
            let found = inferences(&store);
            for triple in store.triples().expect("a valid store") {
                if !is_about_statements(&triple) && !found.contains_key(&triple.to_string()) {
                    add(&reference, &triple);
                }
            }
            loop {
                let before = reference.len().expect("a valid store");
                for rule in *rules {
                    for line in constructed(rule, &reference) {
                        let quads = oxigraph::io::RdfParser::from_format(oxigraph::io::RdfFormat::NTriples);
                        for quad in quads.for_slice(&format!("{line} .")) {
                            reference.insert(quad.expect("N-Triples").as_ref()).expect("a valid store");
                        }
                    }
                }
                if reference.len().expect("a valid store") == before {
                    break;
                }
            }
            let actual: BTreeSet<String> = store
                .triples()
                .expect("a valid store")
                .iter()
                .filter(|t| !is_about_statements(t))
                .map(ToString::to_string)
                .collect();
            let expected: BTreeSet<String> =
                reference.iter().map(|q| Triple::from(q.expect("a quad")).to_string()).collect();
            let (missing, surplus): (Vec<_>, Vec<_>) =
                (expected.difference(&actual).collect(), actual.difference(&expected).collect());
            assert!(
                missing.is_empty() && surplus.is_empty(),
                "seed {seed}: {rules:#?}\nmissing {missing:#?}\nsurplus {surplus:#?}"
            );
            derived[number] += found.len();

            for (triple, derivation) in &found {
                let alone = Oxigraph::new().expect("a store");
                for premise in &derivation.premises {
                    match premise {
                        Premise::Declared(triple) => add(&alone, triple),
                        Premise::Statement(id) => {
                            let id: &StatementId = id;
                            let statement = store.statement(id).expect("a valid store").expect("a statement");
                            add(&alone, &statement.triple);
                        }
                    }
                }
                let number: usize = derivation.rule[1..].parse().expect("a number");
                let reproduced = constructed(rules[number], &alone);
                assert!(
                    reproduced.contains(triple),
                    "seed {seed}: {triple} from {:?} by {}",
                    derivation.premises,
                    rules[number]
                );
            }
        }
    }
    let unused: Vec<usize> = (0..RULES.len()).filter(|number| derived[*number] == 0).collect();
    assert!(unused.is_empty(), "these rules never derived anything: {unused:?}");
}
