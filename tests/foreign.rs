//! A dataset that shares no word with the bundled one, from its check to its export: the program must not depend on names.

use crate::program::{factloom, stdout_of};
use crate::scratch::temp_dir;
use oxigraph::io::{RdfFormat as F, RdfParser};
use std::path::Path;
use tempfile::TempDir;

const MANIFEST: &str = r#"{
  // Comments and trailing commas are accepted.
  "title": "古い水車",
  "base": "https://水車.example/データ#",
  "language": "ja",
  "prefixes": { "ex": "https://elsewhere.example/terms/" },
  "vocabulary": "語彙.ttl",
  "entities": ["もの.json", "もの.jsonl"],
  "facts": "事実/*.jsonl",
  "rules": "規則/*.rq",
  "queries": "質問/*.rq",
  "sources": "出典.jsonl",
}"#;

const VOCABULARY: &str = r#"@prefix : <https://水車.example/データ#vocabulary/> .
@prefix ex: <https://elsewhere.example/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:人 a owl:Class ; rdfs:label "人"@ja .
:建物 a owl:Class ; rdfs:label "建物"@ja .
:建てた a owl:ObjectProperty ; rdfs:domain :人 ; rdfs:range :建物 ; rdfs:label "建てた"@ja .
:弟子 a owl:ObjectProperty ; rdfs:domain :人 ; rdfs:range :人 ; rdfs:label "弟子は"@ja .
:功 a owl:ObjectProperty ; rdfs:label "功がある"@ja .
ex:alter a owl:DatatypeProperty ; rdfs:range xsd:integer ; rdfs:label "の年齢は"@ja .
"#;

const SOURCES: &str = concat!(
    r#"{"id":"記録","title":"村の記録","language":"ja","content":"太郎は一八七三年に水車を建てた。\n花子は太郎の弟子である。\n太郎は「百歳」という噂がある。"}"#,
    "\n"
);

const FACTS: &str = concat!(
    r#"{"subject":"太郎","predicate":"建てた","object":"水車","qualifiers":{"pointInTime":"1873"},"evidence":[{"source":"記録","quote":"太郎は…水車を建てた"}]}"#,
    "\n\n",
    r#"{"id":"弟子の事","subject":"太郎","predicate":"弟子","object":"花子","evidence":[{"source":"記録","quote":"花子は太郎の弟子である"}]}"#,
    "\n",
    r#"{"subject":"太郎","predicate":"ex:alter","object":100,"claim":{"status":"reported","by":"花子"},"evidence":[{"source":"記録","quote":"太郎は\"百歳\"という噂"}]}"#,
    "\n"
);

fn dataset() -> TempDir {
    temp_dir(&[
        ("factloom.json", MANIFEST),
        ("語彙.ttl", VOCABULARY),
        ("出典.jsonl", SOURCES),
        (
            "もの.json",
            r#"[{ "id": "太郎", "type": "人", "label": "太郎" }, { "id": "花子", "type": "人", "label": "花子" },]"#,
        ),
        ("もの.jsonl", "{ \"id\": \"水車\", \"type\": \"建物\", \"label\": \"水車\" }\n"),
        ("事実/一.jsonl", FACTS),
        (
            "規則/功績.rq",
            "#+ summary: \"弟子にも功がある\"\nCONSTRUCT { ?弟子 v:功 ?物 } WHERE { ?人 v:建てた ?物 ; v:弟子 ?弟子 }\n",
        ),
        ("質問/だれ.rq", "#+ summary: \"だれに功があるか\"\nSELECT ?だれ { ?だれ v:功 e:水車 }\n"),
    ])
}

#[test]
fn check_has_no_findings() {
    let directory = dataset();
    let output = factloom(directory.path(), &["check", "--require-text"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
    assert!(output.stdout.starts_with("3 statements about 3 entities\n3 quotes: 3 verified"), "{}", output.stdout);
    // The dataset is also found from a directory within it.
    assert_eq!(factloom(&directory.path().join("規則"), &["check"]).stdout, output.stdout);
}

#[test]
fn build_runs_its_rule() {
    let directory = dataset();
    let output = factloom(directory.path(), &["build", "-o", "結果"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(output.stderr.starts_with("wrote 結果/graph.ttl, "), "{}", output.stderr);
    assert!(output.stdout.contains("2 facts, 1 claim, 1 inference"), "{}", output.stdout);
    for name in ["graph.ttl", "graph.nt", "graph.dot", "graph.svg", "summary.json"] {
        let text = std::fs::read_to_string(directory.path().join("結果").join(name)).expect("it was written");
        assert!(name == "summary.json" || text.contains("太郎"), "{name}");
        for foreign in ["psm", "akistan", "ussia", "helpedBuild"] {
            assert!(!text.contains(foreign), "{name} mentions {foreign}");
        }
    }
}

#[test]
fn queries_use_its_prefixes() {
    let directory = dataset();
    let iri = |name: &str| format!("https://水車.example/データ#entity/{name}");
    let rows = stdout_of(directory.path(), &["query", "だれ"]);
    assert_eq!(rows.lines().map(str::trim_end).collect::<Vec<_>>(), ["だれ", &iri("花子")]);
    let qualified = "SELECT ?年 { ?f rdf:reifies <<( e:太郎 v:建てた e:水車 )>> ; fl:pointInTime ?年 }";
    let rows = stdout_of(directory.path(), &["query", "-e", qualified]);
    assert_eq!(rows.lines().map(str::trim_end).collect::<Vec<_>>(), ["年", "1873"]);
    // The claim is not asserted.
    assert_eq!(stdout_of(directory.path(), &["query", "-e", "ASK { e:太郎 ex:alter ?n }"]).trim(), "false");
    assert!(stdout_of(directory.path(), &["query", "--list"]).starts_with("だれ  だれに功があるか"));
}

#[test]
fn statements_are_listed_and_drawn_and_are_on_a_path() {
    let directory = dataset();
    let facts = stdout_of(directory.path(), &["facts"]);
    assert!(facts.contains("太郎 建てた 水車\n    fact"), "{facts}");
    assert!(facts.contains("claim, reported by 花子"), "{facts}");
    assert!(facts.contains("花子 功がある 水車\n    inference, rule 功績"), "{facts}");
    let path = stdout_of(directory.path(), &["path", "花子", "水車", "--kind", "fact"]);
    assert!(path.contains("太郎 弟子は 花子") && path.contains("太郎 建てた 水車"), "{path}");
    let dot = stdout_of(directory.path(), &["draw", "-T", "dot"]);
    let drawn = |label: &str, line: &str| {
        let edge = dot.lines().find(|l| l.contains("->") && l.contains(label));
        assert!(edge.is_some_and(|e| e.contains(line)), "{label} is not {line}:\n{dot}");
    };
    drawn("功がある", "dashed");
    drawn("建てた", "solid");
    assert!(stdout_of(directory.path(), &["draw"]).contains("<svg"));
}

#[test]
fn export_writes_every_format() {
    let directory = dataset();
    let count = |format: F, name: &str, version: &str| {
        let text = stdout_of(directory.path(), &["export", "-T", name, "--rdf", version]);
        let parser = RdfParser::from_format(format);
        let triples: Result<Vec<_>, _> = parser.for_slice(text.as_bytes()).collect();
        triples.expect("it is well-formed").len()
    };
    for version in ["1.1", "1.2"] {
        let expected = count(F::NTriples, "ntriples", version);
        assert!(expected > 40);
        for (format, name) in [(F::Turtle, "turtle"), (F::TriG, "trig"), (F::NQuads, "nquads"), (F::RdfXml, "rdfxml")] {
            assert_eq!(count(format, name, version), expected, "{name}, RDF {version}");
        }
    }
}

#[test]
fn a_dataset_is_found_in_parent_directories_and_below_data() {
    let directory = temp_dir(&[("work/deep/er/x", "")]);
    let inner = directory.path().join("work");
    crate::scratch::copy(dataset().path(), &inner.join("data/one"));
    let title = |at: &Path| stdout_of(at, &["query", "--list"]);
    assert!(title(&inner).starts_with("だれ"));
    assert!(title(&inner.join("data/one/事実")).starts_with("だれ"));
    // Only below the working directory; elsewhere the bundled dataset is used.
    assert!(title(&inner.join("deep/er")).contains("who-helped-build-psm"));
    crate::scratch::copy(dataset().path(), &inner.join("data/two"));
    let output = factloom(&inner, &["query", "--list"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    for words in ["data/one", "data/two", "--dataset"] {
        assert!(output.stderr.contains(words), "{}", output.stderr);
    }
    assert!(stdout_of(&inner, &["query", "--list", "--dataset", "data/two"]).starts_with("だれ"));
    assert!(stdout_of(&inner, &["query", "--list", "--dataset", "data/two/factloom.json"]).starts_with("だれ"));
    let output = factloom(&inner, &["check", "--dataset", "data/three"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("no factloom.json in `data/three`"), "{}", output.stderr);
}
