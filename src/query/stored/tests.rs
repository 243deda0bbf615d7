use super::*;
use crate::model::Namespaces;
use crate::store::Store;
use oxigraph::model::{Literal, NamedNode, Triple};
use oxigraph::sparql::QueryResults;
use proptest::prelude::*;

fn names() -> Namespaces {
    Namespaces::new("https://e.org/", &[]).unwrap()
}

fn node(name: &str) -> NamedNode {
    NamedNode::new(format!("https://e.org/{name}")).unwrap()
}

/// A graph in which two things have a text, one of them another one besides.
fn store(text: &str) -> Store {
    let text: Term = Literal::new_simple_literal(text).into();
    let (p, q) = (node("vocabulary/p"), node("vocabulary/q"));
    let (a, b, other) = (node("entity/a"), node("entity/b"), Literal::new_simple_literal("other"));
    let mut store = Store::in_memory(names()).unwrap();
    let triples = [
        Triple::new(a.clone(), p.clone(), text.clone()),
        Triple::new(a.clone(), q.clone(), other.clone()),
        Triple::new(b.clone(), p, other),
        Triple::new(b.clone(), q.clone(), text.clone()),
        Triple::new(a, crate::model::vocab::rdfs::LABEL, text),
        Triple::new(b, q, Literal::from(1973)),
    ];
    store.load(triples).unwrap();
    store
}

/// The same graph with a triple that is reified.
fn with_reified(text: &str) -> Store {
    let mut store = store(text);
    let said = Triple::new(node("other/x"), node("vocabulary/q"), Literal::new_simple_literal(text));
    store.load([Triple::new(node("other/s"), crate::model::vocab::rdf::REIFIES, said)]).unwrap();
    store
}

/// The rows of an answer as text, in their order where the query gives one.
fn answer(store: &Store, query: &Query) -> Vec<String> {
    let mut rows: Vec<String> = match store.query(query).unwrap() {
        QueryResults::Boolean(answer) => vec![answer.to_string()],
        QueryResults::Graph(triples) => triples.map(|t| t.unwrap().to_string()).collect(),
        QueryResults::Solutions(solutions) => {
            let row = |s: oxigraph::sparql::QuerySolution| {
                s.iter().map(|(v, t)| format!("{v}={t} ")).collect::<Vec<_>>().concat()
            };
            solutions.map(|s| row(s.unwrap())).collect()
        }
    };
    if !query.to_string().contains("ORDER BY") {
        rows.sort();
    }
    rows
}

fn asked(text: &str, values: &[(&str, &str)], store: &Store) -> Result<Query, ParameterError> {
    let stored = QueryTemplate::parse("q", text, &names()).unwrap();
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    stored.bind(&values, &Labels::new(store, "en"))
}

/// Each scope of SPARQL in which a parameter can stand.
const SCOPES: [&str; 20] = [
    "SELECT ?s { ?s v:p ?_x }",
    "SELECT ?s ?o { ?s v:p|v:q ?_x ; v:q ?o }",
    "SELECT ?s { ?s v:p ?o FILTER(?o = ?_x) }",
    "SELECT ?s { ?s v:p ?o FILTER(?o IN (?_x, 1) || STRLEN(?_x) > 3) }",
    "SELECT ?s { ?s v:p ?o FILTER EXISTS { ?s v:q ?_x } }",
    "SELECT ?s { ?s v:p ?o FILTER NOT EXISTS { ?s v:p ?t FILTER(?t = ?_x) } }",
    "SELECT ?s { ?s v:p ?o MINUS { ?s v:q ?_x } }",
    "SELECT ?s ?t { ?s v:p ?o OPTIONAL { ?s v:q ?t FILTER(?t != ?_x) } }",
    "SELECT ?s { { ?s v:p ?_x } UNION { ?s v:q ?_x } }",
    "SELECT ?s { { SELECT ?s { ?s v:p ?_x } } ?s v:q ?o }",
    "SELECT ?s { { SELECT DISTINCT ?s { ?s v:p ?o FILTER(?o = ?_x) } LIMIT 1 } }",
    "SELECT ?s (COUNT(*) AS ?n) { ?s v:p|v:q ?o } GROUP BY ?s HAVING(MAX(STR(?o)) >= ?_x)",
    "SELECT (SUM(IF(STR(?o) = ?_x, 1, 0)) AS ?n) { ?s v:p|v:q ?o }",
    "SELECT ?s ?o { ?s v:p|v:q ?o } ORDER BY (STR(?o) = ?_x) ?s ?o",
    "SELECT ?s ?t { ?s v:p ?o BIND(CONCAT(?_x, STR(?o)) AS ?t) }",
    "SELECT ?s { ?s rdf:reifies <<( ?a v:q ?_x )>> }",
    "SELECT ?a { ?s rdf:reifies <<( ?a ?b ?_x )>> FILTER(COALESCE(?unbound, ?_x) = ?_x) }",
    "ASK { ?s v:q ?_x }",
    "CONSTRUCT { ?s v:said ?_x } WHERE { ?s v:p ?_x }",
    "SELECT ?s { ?s v:p ?o VALUES ?o { \"other\" } FILTER(sameTerm(?o, ?_x) || !(?o < ?_x)) }",
];

proptest! {
    /// The judge is the text with the term, escaped by Oxigraph, in place of the variable.
    #[test]
    fn a_parameter_is_bound_in_every_scope_as_if_its_value_stood_in_the_text(
        value in prop_oneof![any::<String>(), "[\"'{}<>?\\\\ a#\n]{0,8}", Just("other".to_owned())], with in any::<bool>()
    ) {
        let store = with_reified(if with { &value } else { "another" });
        let term = Literal::new_simple_literal(&*value).to_string();
        for text in SCOPES {
            let judge = names().parse_query(&text.replace("?_x", &term)).unwrap();
            let bound = asked(text, &[("x", &value)], &store).unwrap();
            prop_assert_eq!(answer(&store, &bound), answer(&store, &judge), "{} with {}", text, term);
        }
    }

    #[test]
    fn any_text_finds_the_thing_that_is_called_so_and_no_other(value in any::<String>()) {
        prop_assume!(value != "other");
        let store = store(&value);
        let found = answer(&store, &asked("SELECT ?s { ?s rdfs:label ?_name }", &[("name", &value)], &store).unwrap());
        prop_assert_eq!(found, ["?s=<https://e.org/entity/a> "]);
        // In another language it is another text.
        let english = asked("SELECT ?s { ?s rdfs:label ?_name_en }", &[("name", &value)], &store).unwrap();
        prop_assert!(answer(&store, &english).is_empty());
    }
}

#[test]
fn a_parameter_may_be_a_column_and_has_its_value_in_every_row() {
    let store = store("x");
    let rows = |text: &str| answer(&store, &asked(text, &[("x", "x")], &store).unwrap());
    assert_eq!(rows("SELECT ?_x ?s { ?s v:p ?_x }"), ["?_x=\"x\" ?s=<https://e.org/entity/a> "]);
    assert_eq!(rows("SELECT * { ?s v:p ?_x }").len(), 1);
    assert_eq!(rows("SELECT DISTINCT ?_x { ?s v:p ?o }"), ["?_x=\"x\" "]);
    assert_eq!(rows("SELECT * { ?s v:p ?_x { SELECT ?_x ?s { ?s v:p ?_x } } }").len(), 1);
    assert_eq!(rows("SELECT ?_x (COUNT(*) AS ?n) { ?s v:p ?o } GROUP BY ?_x").len(), 1);
    assert!(rows("SELECT ?_x (COUNT(*) AS ?n) { ?s v:none ?o } GROUP BY ?_x").is_empty(), "no row makes no group");
    assert_eq!(rows("SELECT (BOUND(?_x) AS ?b) {}").len(), 1);
}

#[test]
fn a_literal_is_no_predicate_and_matches_nothing_there() {
    let store = store("x");
    assert_eq!(answer(&store, &asked("ASK { ?s ?_x ?o }", &[("x", "x")], &store).unwrap()), ["false"]);
    let both = "SELECT ?s { { ?s ?_x ?o } UNION { ?s v:p ?o } }";
    assert_eq!(answer(&store, &asked(both, &[("x", "x")], &store).unwrap()).len(), 2);
    let template = "CONSTRUCT { ?s ?_x ?o . ?s v:r ?o } WHERE { ?s v:p ?o }";
    assert_eq!(answer(&store, &asked(template, &[("x", "x")], &store).unwrap()).len(), 2);
    let predicate = "SELECT ?s { ?s ?_x_iri 1973 }";
    assert_eq!(answer(&store, &asked(predicate, &[("x", "v:q")], &store).unwrap()).len(), 1);
}

#[test]
fn what_the_query_gives_a_value_itself_is_no_parameter() {
    for text in ["SELECT (1 AS ?_x) {}", "SELECT ?_x { VALUES ?_x { 1 } }", "SELECT (COUNT(*) AS ?_x) { ?s ?p ?o }"] {
        assert_eq!(QueryTemplate::parse("q", text, &names()).unwrap().parameters, [], "{text}");
    }
    assert_eq!(
        QueryTemplate::parse("q", "ASK { FILTER EXISTS { ?s v:p ?_x_iri } }", &names()).unwrap().parameters.len(),
        1
    );
}

#[test]
fn a_value_of_a_datatype_is_kept_as_the_graph_keeps_it() {
    let store = store("x");
    for (variable, value) in
        [("_x_integer", "1973"), ("_x_integer", " 01973 "), ("_x_xsd_int", "1973"), ("_x_number", "+1973")]
    {
        let text = format!("ASK {{ ?s v:q ?{variable} }}");
        assert_eq!(answer(&store, &asked(&text, &[("x", value)], &store).unwrap()), ["true"], "{variable} {value}");
    }
    for (variable, value) in [("_x_integer", "x"), ("_x_number", "INF"), ("_x_number", ""), ("_x_xsd_gYear", "73")] {
        let error = asked(&format!("ASK {{ ?s v:q ?{variable} }}"), &[("x", value)], &store).unwrap_err();
        assert!(matches!(error, ParameterError::Value { .. }), "{variable} {value}: {error}");
    }
}

#[test]
fn a_thing_is_named_by_label_prefix_or_iri() {
    let store = store("Mill");
    let named = |value: &str| asked("ASK { ?s ?_x_iri ?o }", &[("x", value)], &store).map(|q| answer(&store, &q));
    for value in ["v:p", "https://e.org/vocabulary/p", "<https://e.org/vocabulary/p>", "rdfs:label"] {
        assert_eq!(named(value).unwrap(), ["true"], "{value}");
    }
    for value in ["urn:x:y", "http://other.org/", "<foo:bar>"] {
        assert_eq!(named(value).unwrap(), ["false"], "{value}");
    }
    assert!(named("foo:bar").unwrap_err().to_string().contains("`foo:` is no prefix here"));
    // Only what has a class or a statement is an entity, and the graph of this test has none.
    assert!(named("e:a").unwrap_err().to_string().contains("no entity is called so"));
    assert!(named("Mil").unwrap_err().to_string().contains("no entity is called so, and it is no IRI"));
}

#[test]
fn defaults_fill_in_and_what_is_missing_or_too_much_is_refused() {
    let store = store("x");
    let with = "#+ defaults:\n#+   - x: other\nASK { ?s v:p ?_x }";
    assert_eq!(answer(&store, &asked(with, &[], &store).unwrap()), ["true"]);
    assert_eq!(answer(&store, &asked(with, &[("x", "none")], &store).unwrap()), ["false"]);
    let error = asked("ASK { ?s v:p ?_x }", &[], &store).unwrap_err();
    assert!(matches!(&error, ParameterError::Missing(name) if name == "x"));
    let error = asked("ASK { ?s v:p ?_name }", &[("nam", "x")], &store).unwrap_err();
    assert_eq!(error.help().as_deref(), Some("did you mean `name`?"));
    assert_eq!(answer(&store, &asked("ASK { ?s v:p ?__x }", &[], &store).unwrap()), ["true"], "optional");
}

#[test]
fn values_may_be_listed_by_the_query_or_by_the_graph() {
    let store = store("x");
    let labels = Labels::new(&store, "en");
    let choices = |text: &str| {
        let stored = QueryTemplate::parse("q", text, &names()).unwrap();
        let choices = stored.choices(&stored.parameters[0], &labels).unwrap();
        choices.map(|choices| choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>())
    };
    assert_eq!(choices("ASK { ?s v:p ?_x }"), None);
    assert_eq!(choices("#+ enumerate:\n#+   - x: [b, a]\nASK { ?s v:p ?_x }"), Some(vec!["b".into(), "a".into()]));
    let of_graph = "#+ enumerate:\n#+   - x\nASK { ?s v:p ?_x FILTER(STRLEN(?_x) > 0) }";
    assert_eq!(choices(of_graph), Some(vec!["other".to_owned(), "x".to_owned()]));
    assert_eq!(choices(&of_graph.replace("_x", "_x_en")), Some(Vec::new()), "none is in English");
    assert_eq!(choices(&of_graph.replace("- x", "- x:")), choices(of_graph), "as grlc 1.3 takes it");
    let error = asked(of_graph, &[("x", "othr")], &store).unwrap_err();
    assert_eq!(error.help().as_deref(), Some("did you mean `other`?"));
    assert_eq!(answer(&store, &asked(of_graph, &[("x", "x")], &store).unwrap()), ["true"]);
    let things = "#+ enumerate:\n#+   - x\nASK { ?_x_iri v:p ?o }";
    assert_eq!(choices(things), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(answer(&store, &asked(things, &[("x", "B")], &store).unwrap()), ["true"], "by the end of its name");
}

#[test]
fn decorators_that_speak_of_no_parameter_are_refused() {
    let refused = |text: &str| QueryTemplate::parse("q", text, &names()).unwrap_err().to_string();
    assert!(refused("#+ defaults:\n#+   - y: a\nASK { ?s v:p ?_x }").contains("`defaults` speaks of `y`"));
    assert!(refused("#+ enumerate:\n#+   - y\nASK { ?s v:p ?_x }").contains("`enumerate` speaks of `y`"));
    assert!(refused("#+ cases:\n#+   c: { y: 1 }\nASK { ?s v:p ?_x }").contains("`cases` speaks of `y`"));
    assert!(refused("#+ cases:\n#+   a.b: { x: 1 }\nASK { ?s v:p ?_x }").contains("no name of a case"));
    assert!(refused("#+ enumerate:\n#+   - x\nASK { FILTER(?_x = 1) }").contains("no triple pattern has values"));
    assert!(refused("#+ expect: many\nASK {}").contains("`many` is no expectation"));
    assert!(refused("#+ defaults: 1\nASK {}").contains("a list of names, of names with values, or a map"));
    let error = Decorators::parse("ASK {}\n#+ summary: a\n# plain\n#+ tags: [\n").unwrap_err();
    assert_eq!(error.line, Some(4), "{error}");
}

#[test]
fn values_in_decorators_are_taken_as_they_are_written() {
    let text = "#+ defaults:\n#+   - a: 1.0\n#+   - b: 12345678901234567890\n#+   - c: 007\n#+   - d: no\n#+   - e: 1e30\nASK {}";
    let defaults = Decorators::parse(text).unwrap().defaults.0;
    let written: Vec<&str> = defaults.values().map(|value| value.0.as_str()).collect();
    assert_eq!(written, ["1.0", "12345678901234567890", "007", "no", "1e30"]);
    let twice = Decorators::parse("#+ defaults:\n#+   - a: 1\n#+   - a: 2\nASK {}").unwrap_err();
    assert!(twice.to_string().contains("`a` is there twice"), "{twice}");
}

#[test]
fn tests_ask_a_query_with_its_defaults_and_with_each_case() {
    let text = "#+ cases:\n#+   b: { x: 1 }\n#+   a: { x: yes }\nASK { ?s v:p ?_x }";
    let cases = QueryTemplate::parse("q", text, &names()).unwrap().test_cases();
    let shown: Vec<_> = cases.iter().map(|case| (case.name.as_deref(), case.values["x"].as_str())).collect();
    assert_eq!(shown, [(Some("a"), "yes"), (Some("b"), "1")]);
    let alone =
        QueryTemplate::parse("q", "#+ defaults:\n#+   - x: 1\nASK { ?s v:p ?_x }", &names()).unwrap().test_cases();
    assert_eq!(alone, [TestCase { name: None, values: ParameterValues::new() }]);
}
