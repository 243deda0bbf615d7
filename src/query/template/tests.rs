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

/// A graph of two entities with strings.
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

/// The same graph with a reified triple.
fn with_reified(text: &str) -> Store {
    let mut store = store(text);
    let said = Triple::new(node("other/x"), node("vocabulary/q"), Literal::new_simple_literal(text));
    store.load([Triple::new(node("other/s"), crate::model::vocab::rdf::REIFIES, said)]).unwrap();
    store
}

/// The rows of the results, sorted unless the query orders them.
fn run(store: &Store, query: &Query) -> Vec<String> {
    let mut rows: Vec<String> = match store.query(query).unwrap() {
        QueryResults::Boolean(result) => vec![result.to_string()],
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

fn bound_query(text: &str, values: &[(&str, &str)], store: &Store) -> Result<Query, ParameterError> {
    let stored = QueryTemplate::parse("q", text, &names()).unwrap();
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    stored.bind(&values, &Labels::new(store, "en"))
}

/// Every scope in which a parameter can occur.
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
    /// The expected results are those of the text with the term, escaped by Oxigraph, in place of the variable.
    #[test]
    fn binding_a_parameter_is_the_same_as_writing_its_value(
        value in prop_oneof![any::<String>(), "[\"'{}<>?\\\\ a#\n]{0,8}", Just("other".to_owned())], with in any::<bool>()
    ) {
        let store = with_reified(if with { &value } else { "another" });
        let term = Literal::new_simple_literal(&*value).to_string();
        for text in SCOPES {
            let expected = names().parse_query(&text.replace("?_x", &term)).unwrap();
            let bound = bound_query(text, &[("x", &value)], &store).unwrap();
            prop_assert_eq!(run(&store, &bound), run(&store, &expected), "{} with {}", text, term);
        }
    }

    #[test]
    fn any_string_matches_only_its_own_label(value in any::<String>()) {
        prop_assume!(value != "other");
        let store = store(&value);
        let found = run(&store, &bound_query("SELECT ?s { ?s rdfs:label ?_name }", &[("name", &value)], &store).unwrap());
        prop_assert_eq!(found, ["?s=<https://e.org/entity/a> "]);
        // With a language tag it is another literal.
        let english = bound_query("SELECT ?s { ?s rdfs:label ?_name_en }", &[("name", &value)], &store).unwrap();
        prop_assert!(run(&store, &english).is_empty());
    }
}

#[test]
fn a_parameter_can_be_a_column() {
    let store = store("x");
    let rows = |text: &str| run(&store, &bound_query(text, &[("x", "x")], &store).unwrap());
    assert_eq!(rows("SELECT ?_x ?s { ?s v:p ?_x }"), ["?_x=\"x\" ?s=<https://e.org/entity/a> "]);
    assert_eq!(rows("SELECT * { ?s v:p ?_x }").len(), 1);
    assert_eq!(rows("SELECT DISTINCT ?_x { ?s v:p ?o }"), ["?_x=\"x\" "]);
    assert_eq!(rows("SELECT * { ?s v:p ?_x { SELECT ?_x ?s { ?s v:p ?_x } } }").len(), 1);
    assert_eq!(rows("SELECT ?_x (COUNT(*) AS ?n) { ?s v:p ?o } GROUP BY ?_x").len(), 1);
    assert!(rows("SELECT ?_x (COUNT(*) AS ?n) { ?s v:none ?o } GROUP BY ?_x").is_empty(), "no row makes no group");
    assert_eq!(rows("SELECT (BOUND(?_x) AS ?b) {}").len(), 1);
}

#[test]
fn a_literal_as_predicate_matches_nothing() {
    let store = store("x");
    assert_eq!(run(&store, &bound_query("ASK { ?s ?_x ?o }", &[("x", "x")], &store).unwrap()), ["false"]);
    let both = "SELECT ?s { { ?s ?_x ?o } UNION { ?s v:p ?o } }";
    assert_eq!(run(&store, &bound_query(both, &[("x", "x")], &store).unwrap()).len(), 2);
    let template = "CONSTRUCT { ?s ?_x ?o . ?s v:r ?o } WHERE { ?s v:p ?o }";
    assert_eq!(run(&store, &bound_query(template, &[("x", "x")], &store).unwrap()).len(), 2);
    let predicate = "SELECT ?s { ?s ?_x_iri 1973 }";
    assert_eq!(run(&store, &bound_query(predicate, &[("x", "v:q")], &store).unwrap()).len(), 1);
}

#[test]
fn a_variable_that_the_query_assigns_is_not_a_parameter() {
    for text in ["SELECT (1 AS ?_x) {}", "SELECT ?_x { VALUES ?_x { 1 } }", "SELECT (COUNT(*) AS ?_x) { ?s ?p ?o }"] {
        assert_eq!(QueryTemplate::parse("q", text, &names()).unwrap().parameters, [], "{text}");
    }
    assert_eq!(
        QueryTemplate::parse("q", "ASK { FILTER EXISTS { ?s v:p ?_x_iri } }", &names()).unwrap().parameters.len(),
        1
    );
}

#[test]
fn typed_values_are_canonical() {
    let store = store("x");
    for (variable, value) in
        [("_x_integer", "1973"), ("_x_integer", " 01973 "), ("_x_xsd_int", "1973"), ("_x_number", "+1973")]
    {
        let text = format!("ASK {{ ?s v:q ?{variable} }}");
        assert_eq!(run(&store, &bound_query(&text, &[("x", value)], &store).unwrap()), ["true"], "{variable} {value}");
    }
    for (variable, value) in [("_x_integer", "x"), ("_x_number", "INF"), ("_x_number", ""), ("_x_xsd_gYear", "73")] {
        let error = bound_query(&format!("ASK {{ ?s v:q ?{variable} }}"), &[("x", value)], &store).unwrap_err();
        assert!(matches!(error, ParameterError::Value { .. }), "{variable} {value}: {error}");
    }
}

#[test]
fn an_iri_can_be_a_label_a_prefixed_name_or_an_iri() {
    let store = store("Mill");
    let named = |value: &str| bound_query("ASK { ?s ?_x_iri ?o }", &[("x", value)], &store).map(|q| run(&store, &q));
    for value in ["v:p", "https://e.org/vocabulary/p", "<https://e.org/vocabulary/p>", "rdfs:label"] {
        assert_eq!(named(value).unwrap(), ["true"], "{value}");
    }
    for value in ["urn:x:y", "http://other.org/", "<foo:bar>"] {
        assert_eq!(named(value).unwrap(), ["false"], "{value}");
    }
    assert!(named("foo:bar").unwrap_err().to_string().contains("unknown prefix `foo:`"));
    // The graph has no entities, because nothing in it has a class or a statement.
    assert!(named("e:a").unwrap_err().to_string().contains("unknown entity"));
    assert!(named("Mil").unwrap_err().to_string().contains("unknown entity"));
}

#[test]
fn defaults_apply_and_missing_or_unknown_parameters_are_rejected() {
    let store = store("x");
    let with = "#+ defaults:\n#+   - x: other\nASK { ?s v:p ?_x }";
    assert_eq!(run(&store, &bound_query(with, &[], &store).unwrap()), ["true"]);
    assert_eq!(run(&store, &bound_query(with, &[("x", "none")], &store).unwrap()), ["false"]);
    let error = bound_query("ASK { ?s v:p ?_x }", &[], &store).unwrap_err();
    assert!(matches!(&error, ParameterError::Missing(name) if name == "x"));
    let error = bound_query("ASK { ?s v:p ?_name }", &[("nam", "x")], &store).unwrap_err();
    assert_eq!(error.help().as_deref(), Some("did you mean `name`?"));
    assert_eq!(run(&store, &bound_query("ASK { ?s v:p ?__x }", &[], &store).unwrap()), ["true"], "optional");
}

#[test]
fn allowed_values_are_listed_or_taken_from_the_graph() {
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
    assert_eq!(choices(&of_graph.replace("- x", "- x:")), choices(of_graph), "as in grlc 1.3");
    let error = bound_query(of_graph, &[("x", "othr")], &store).unwrap_err();
    assert_eq!(error.help().as_deref(), Some("did you mean `other`?"));
    assert_eq!(run(&store, &bound_query(of_graph, &[("x", "x")], &store).unwrap()), ["true"]);
    let things = "#+ enumerate:\n#+   - x\nASK { ?_x_iri v:p ?o }";
    assert_eq!(choices(things), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(run(&store, &bound_query(things, &[("x", "B")], &store).unwrap()), ["true"], "by its local name");
}

#[test]
fn invalid_decorators_are_rejected() {
    let rejected = |text: &str| QueryTemplate::parse("q", text, &names()).unwrap_err().to_string();
    assert!(rejected("#+ defaults:\n#+   - y: a\nASK { ?s v:p ?_x }").contains("unknown parameter `y` in `defaults`"));
    assert!(
        rejected("#+ parameters:\n#+   - y: a\nASK { ?s v:p ?_x }").contains("unknown parameter `y` in `parameters`")
    );
    assert!(rejected("#+ enumerate:\n#+   - y\nASK { ?s v:p ?_x }").contains("unknown parameter `y` in `enumerate`"));
    assert!(rejected("#+ cases:\n#+   c: { y: 1 }\nASK { ?s v:p ?_x }").contains("unknown parameter `y` in `cases`"));
    assert!(rejected("#+ cases:\n#+   a.b: { x: 1 }\nASK { ?s v:p ?_x }").contains("invalid name `a.b` of a case"));
    assert!(
        rejected("#+ enumerate:\n#+   - x\nASK { FILTER(?_x = 1) }")
            .contains("no triple pattern binds the parameter `x`")
    );
    assert!(rejected("#+ expect: many\nASK {}").contains("invalid expectation `many`"));
    assert!(rejected("#+ defaults: 1\nASK {}").contains("a list of names, a list of names with values, or a map"));
    let error = Decorators::parse("ASK {}\n#+ summary: a\n# plain\n#+ tags: [\n").unwrap_err();
    assert_eq!(error.line, Some(4), "{error}");
}

#[test]
fn values_in_decorators_are_strings() {
    let text = "#+ defaults:\n#+   - a: 1.0\n#+   - b: 12345678901234567890\n#+   - c: 007\n#+   - d: no\n#+   - e: 1e30\nASK {}";
    let defaults = Decorators::parse(text).unwrap().defaults.0;
    let written: Vec<&str> = defaults.values().map(|value| value.0.as_str()).collect();
    assert_eq!(written, ["1.0", "12345678901234567890", "007", "no", "1e30"]);
    let twice = Decorators::parse("#+ defaults:\n#+   - a: 1\n#+   - a: 2\nASK {}").unwrap_err();
    assert!(twice.to_string().contains("duplicate key `a`"), "{twice}");
}

#[test]
fn test_cases_are_the_defaults_and_the_named_cases() {
    let text = "#+ cases:\n#+   b: { x: 1 }\n#+   a: { x: yes }\nASK { ?s v:p ?_x }";
    let cases = QueryTemplate::parse("q", text, &names()).unwrap().test_cases();
    let shown: Vec<_> = cases.iter().map(|case| (case.name.as_deref(), case.values["x"].as_str())).collect();
    assert_eq!(shown, [(Some("a"), "yes"), (Some("b"), "1")]);
    let alone =
        QueryTemplate::parse("q", "#+ defaults:\n#+   - x: 1\nASK { ?s v:p ?_x }", &names()).unwrap().test_cases();
    assert_eq!(alone, [TestCase { name: None, values: ParameterValues::new() }]);
}
