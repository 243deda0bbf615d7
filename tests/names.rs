//! Names in either Unicode normalization form, prefixed names and IRIs.

use crate::program::{factloom, stdout_of};
use crate::scratch::dataset;
use tempfile::TempDir;

/// A dataset with `é` in each kind of name.
fn cafe() -> TempDir {
    dataset(&[
        (
            "factloom.json",
            r#"{ "base": "https://example.org/mill/", "prefixes": { "wd": "http://www.wikidata.org/entity/" },
              "sources": [{ "id": "journée", "content": "The guild built the Café.\n", "url": "wd:Q1" }] }"#,
        ),
        (
            "vocabulary.ttl",
            "@prefix v: <https://example.org/mill/vocabulary/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
             @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\nv:Bâtiment a owl:Class .\n\
             v:érigea a owl:ObjectProperty ; rdfs:label \"érigea\" .\n",
        ),
        (
            "entities.json",
            r#"[{ "id": "guild", "type": "v:Bâtiment", "label": "Guild" },
              { "id": "café", "type": "Bâtiment", "label": "Le Café", "sameAs": ["wd:Q42", "urn:x:1", "doi:10.1000/182"] }]"#,
        ),
        (
            "facts.json",
            r#"[{ "id": "première", "subject": "guild", "predicate": "érigea", "object": "café",
              "evidence": [{ "source": "journée", "quote": "The guild built the Café" }] }]"#,
        ),
        ("queries/thé.rq", "SELECT ?who { ?who v:érigea ?_what_iri }\n"),
    ])
}

/// A name with `é` and `â` as two characters each.
fn decomposed(name: &str) -> String {
    name.replace('é', "e\u{301}").replace('â', "a\u{302}").replace('è', "e\u{300}")
}

#[test]
fn a_name_in_either_normalization_form_finds_its_entity() {
    let dataset = cafe();
    for args in [
        &["path", "guild", "café"][..],
        &["why", "première"],
        &["why", "guild érigea le café"],
        &["why", "--subject", "guild", "--predicate", "érigea", "--object", "café"],
        &["why", "--subject", "e:guild", "--predicate", "v:érigea", "--object", "e:café"],
        &["facts", "--entity", "café", "--predicate", "érigea", "--source", "journée"],
        &["facts", "--entity", "le café"],
        &["facts", "--entity", "e:café"],
        &["draw", "--focus", "café", "--class", "Bâtiment"],
        &["query", "thé", "--what", "café"],
        &["query", "thé", "--what", "e:café"],
    ] {
        let written: Vec<String> = args.iter().map(|arg| decomposed(arg)).collect();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        assert_ne!(written, args);
        let expected = stdout_of(dataset.path(), args);
        assert!(expected.contains("uild"), "{args:?} {expected}");
        assert_eq!(stdout_of(dataset.path(), &written), expected, "{args:?}");
    }
}

#[test]
fn references_in_files_find_their_definitions_in_either_normalization_form() {
    let dataset = cafe();
    let clean = factloom(dataset.path(), &["check"]);
    let graph = stdout_of(dataset.path(), &["export", "--format", "nt"]);
    let facts = std::fs::read_to_string(dataset.path().join("facts.json")).unwrap();
    let references = facts.replace("\"café\"", "\"cafe\u{301}\"").replace("érigea", "e\u{301}rigea");
    let references = references.replace("journée", "journe\u{301}e");
    assert_ne!(references, facts);
    std::fs::write(dataset.path().join("facts.json"), references).unwrap();
    let checked = factloom(dataset.path(), &["check"]);
    assert_eq!((checked.status, checked.stderr), (clean.status, clean.stderr));
    assert_eq!(clean.status, Some(0));
    assert_eq!(stdout_of(dataset.path(), &["export", "--format", "nt"]), graph);
}

#[test]
fn names_of_the_dataset_in_a_stored_query_are_in_normalization_form_c() {
    let dataset = cafe();
    let query = "SELECT ?who { ?who v:e\u{301}rigea <https://example.org/mill/entity/cafe\u{301}> ; <http://x/e\u{301}> 'e\u{301}' }\n";
    std::fs::write(dataset.path().join("queries/who.rq"), query).unwrap();
    let checked = factloom(dataset.path(), &["check"]);
    assert_eq!(checked.status, Some(1));
    assert_eq!(checked.stderr.matches("error[invalid-id]").count(), 2, "{}", checked.stderr);
    for help in ["help: write `v:érigea`", "help: write `<https://example.org/mill/entity/café>`"] {
        assert!(checked.stderr.contains(help), "{}", checked.stderr);
    }
}

#[test]
fn prefixed_names_of_the_manifest_become_iris() {
    let dataset = cafe();
    let query = "SELECT ?iri { { e:café skos:exactMatch ?iri } UNION { ?source schema:url ?iri } } ORDER BY ?iri";
    let iris = stdout_of(dataset.path(), &["query", "-e", query, "--results-format", "tsv"]);
    let expected = "?iri\n<doi:10.1000/182>\n<http://www.wikidata.org/entity/Q1>\n<http://www.wikidata.org/entity/Q42>\n<urn:x:1>\n";
    assert_eq!(iris, expected);
}
