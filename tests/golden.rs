//! Golden tests of stored queries, and their reports.

use crate::program::{RunOutput, command, factloom, run, run_external};
use crate::scratch::{FACTS, dataset, temp_dir, write};
use factloom::dataset::DatasetRoot;
use factloom::report::{GoldenReport, GoldenTest, Outcome, golden_github, golden_junit, golden_tap};
use factloom::testing;
use quick_xml::events::Event;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const WHO: &str = "SELECT ?who ?what { ?who v:built ?what }";
const E: &str = "https://example.org/mill/entity/";

/// The small dataset with a query `q` and its golden file.
fn with(query: &str, extension: &str, golden: &str) -> TempDir {
    dataset(&[("queries/q.rq", query), (&format!("tests/queries/q.{extension}"), golden)])
}

fn tested(directory: &Path) -> RunOutput {
    factloom(directory, &["test"])
}

/// Results without rows, in XML.
const EMPTY_SRX: &str = r#"<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="v"/></head>
    <results></results></sparql>"#;

/// A query with an invalid default of its parameter.
const INVALID_DEFAULT: &str = "#+ defaults:\n#+   - n: perhaps\nASK { FILTER(?_n_integer > 0) }";

#[track_caller]
fn passes(query: &str, extension: &str, golden: &str) {
    let directory = with(query, extension, golden);
    let output = tested(directory.path());
    assert_eq!(
        (output.status, output.stdout.as_str(), output.stderr.as_str()),
        (Some(0), "1 passed\n", ""),
        "{golden}"
    );
}

/// The test fails, and the report contains these phrases.
#[track_caller]
fn fails(query: &str, extension: &str, golden: &str, words: &[&str]) {
    let directory = with(query, extension, golden);
    let output = tested(directory.path());
    assert_eq!(output.status, Some(1), "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.ends_with("0 passed, 1 failed\n"), "{}", output.stdout);
    for words in words {
        assert!(output.stdout.contains(words), "{words:?} is not in {}", output.stdout);
    }
}

#[test]
fn golden_files_of_every_format_are_read() {
    let srj = format!(
        r#"{{ "head": {{ "vars": ["who", "what"] }}, "results": {{ "bindings": [ {{
            "who": {{ "type": "uri", "value": "{E}guild" }}, "what": {{ "type": "uri", "value": "{E}old-mill" }} }} ] }} }}"#
    );
    let srx = format!(
        r#"<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="who"/><variable name="what"/></head>
        <results><result><binding name="who"><uri>{E}guild</uri></binding>
        <binding name="what"><uri>{E}old-mill</uri></binding></result></results></sparql>"#
    );
    passes(WHO, "csv", &format!("who,what\n{E}guild,{E}old-mill\n"));
    passes(WHO, "csv", &format!("who,what\r\n\"{E}guild\",{E}old-mill\r\n"));
    passes(WHO, "tsv", &format!("?who\t?what\n<{E}guild>\t<{E}old-mill>\n"));
    passes(WHO, "srj", &srj);
    passes(WHO, "srx", &srx);
    let triple = format!("<{E}guild> <https://example.org/mill/vocabulary/built> <{E}old-mill> .\n");
    passes("CONSTRUCT WHERE { ?who v:built ?what }", "nt", &triple);
    passes("CONSTRUCT WHERE { ?who v:built ?what }", "ttl", &triple);
    passes("ASK { e:guild v:built ?what }", "bool", "true\n");
    passes("ASK { e:guild v:built ?what }", "csv", "true\n");
    for (extension, malformed) in
        [("srj", "{"), ("srx", "<"), ("tsv", "?a ?b"), ("ttl", "<a"), ("bool", "yes"), ("csv", "")]
    {
        let query = if extension == "ttl" { "CONSTRUCT WHERE { ?who v:built ?what }" } else { WHO };
        fails(query, extension, malformed, &["invalid golden file: "]);
    }
}

#[test]
fn rows_without_order_by_are_a_multiset() {
    let query = "SELECT ?n { VALUES ?n { 2 1 1 } }";
    passes(query, "csv", "n\n1\n2\n1\n");
    fails(query, "csv", "n\n1\n2\n", &["1 row added", "\n    + 1\n"]);
    fails(query, "csv", "n\n1\n2\n1\n1\n", &["1 row removed", "\n    - 1\n"]);
    fails(query, "csv", "m\n1\n2\n1\n", &["columns ?n instead of ?m"]);
}

#[test]
fn rows_with_order_by_are_ordered_except_ties() {
    let query = "SELECT ?x { VALUES (?x ?key) { (\"a\" 1) (\"b\" 1) (\"c\" 2) } } ORDER BY ?key";
    passes(query, "csv", "x\na\nb\nc\n");
    passes(query, "csv", "x\nb\na\nc\n");
    fails(query, "csv", "x\na\nc\nb\n", &["the same rows in a different order"]);
}

#[test]
fn numbers_are_compared_by_value_and_strings_exactly() {
    passes("SELECT ?n { VALUES ?n { 1.50 } }", "csv", "n\n1.5\n");
    passes("SELECT ?n { VALUES ?n { 1e3 } }", "csv", "n\n1000\n");
    passes("SELECT ?n { VALUES ?n { 1 } }", "tsv", "?n\n1.0\n");
    passes("SELECT ?n { VALUES ?n { \"007\" } }", "csv", "n\n007\n");
    fails("SELECT ?n { VALUES ?n { \"7\" } }", "csv", "n\n007\n", &["- 007", "+ 7"]);
    fails("SELECT ?n { VALUES ?n { 1 } }", "tsv", "?n\n\"1\"\n", &["- \"1\"", "xsd:integer"]);
}

#[test]
fn csv_cells_may_be_empty_or_contain_line_breaks() {
    let query = "SELECT ?x { VALUES ?x { \"a\\nb\" UNDEF UNDEF } }";
    passes(query, "csv", "x\n\n\"a\nb\"\n\n");
    passes(query, "csv", "x\r\n\"a\r\nb\"\r\n\r\n\r\n");
    fails(query, "csv", "x\n\"a\nb\"\n\n", &["1 row added"]);
}

#[test]
fn blank_nodes_are_compared_by_their_rows() {
    let query = "SELECT ?x ?y { VALUES ?n { 1 2 } BIND(BNODE() AS ?x) BIND(?n AS ?y) }";
    passes(query, "csv", "x,y\n_:p,2\n_:q,1\n");
    fails(query, "csv", "x,y\n_:p,2\n_:p,1\n", &["2 rows removed, 2 added"]);
    let graph = "CONSTRUCT { ?x v:has [ v:is ?y ] } { ?x v:built ?y }";
    let turtle = "@prefix v: <https://example.org/mill/vocabulary/> . @prefix e: <https://example.org/mill/entity/> .";
    passes(graph, "ttl", &format!("{turtle} _:b v:is e:old-mill . e:guild v:has _:b ."));
    fails(graph, "ttl", &format!("{turtle} _:b v:is e:old-mill . e:guild v:has _:c ."), &["triple"]);
}

#[test]
fn an_expectation_makes_a_query_a_constraint() {
    let run_with = |expect: &str, query: &str| {
        let directory = dataset(&[("queries/q.rq", &format!("#+ expect: {expect}\n{query}"))]);
        tested(directory.path())
    };
    for (expect, query) in [
        ("none", "SELECT ?x { ?x v:built ?x }"),
        ("some", WHO),
        ("\"1\"", WHO),
        ("\"..1\"", WHO),
        ("true", "ASK { e:guild v:built ?x }"),
        ("false", "ASK { ?x v:built ?x }"),
        ("\"1..\"", "CONSTRUCT WHERE { ?who v:built ?what }"),
    ] {
        let output = run_with(expect, query);
        assert_eq!((output.status, output.stdout.as_str()), (Some(0), "1 passed\n"), "{expect}");
    }
    for (expect, query, words) in [
        (
            "none",
            WHO,
            "expected none, found 1 row\n    + e:guild | e:old-mill\n        Guild built Old mill (fact, f)\n",
        ),
        ("\"2..\"", WHO, "expected 2.., found 1 row\n0 passed"),
        ("false", "ASK { e:guild v:built ?x }", "expected false, found true\n    + true\n        Guild built"),
    ] {
        let output = run_with(expect, query);
        assert_eq!(output.status, Some(1), "{expect}");
        assert!(output.stdout.contains(words), "{}", output.stdout);
    }
}

#[test]
fn an_added_row_has_its_citation() {
    let expected = "who,what\n";
    let words = [
        "q (tests/queries/q.csv): results differ: 1 row added\n    + e:guild | e:old-mill\n",
        "        Guild built Old mill (fact, f)\n            “The guild built the old mill”  chronicle 1:1\n",
    ];
    fails(WHO, "csv", expected, &words);
    fails("CONSTRUCT WHERE { ?who v:built ?what }", "nt", "", &["1 triple added", "Guild built Old mill (fact, f)"]);
    fails("ASK { e:guild v:built ?x }", "bool", "false", &["true instead of false", "Guild built Old mill"]);
    fails(WHO, "ttl", "", &["rows instead of a graph"]);
}

#[test]
fn missing_and_unused_golden_files_are_reported() {
    let directory = dataset(&[
        ("queries/q.rq", WHO),
        ("tests/queries/old.csv", "x\n"),
        ("tests/queries/q.nobody.csv", "x\n"),
        ("tests/queries/notes.md", ""),
        ("tests/queries/.hidden", ""),
    ]);
    let output = tested(directory.path());
    assert_eq!(output.status, Some(1));
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "q (tests/queries/q.csv): no golden file, and the query has no `expect`",
            "tests/queries/notes.md: not used by any test of a stored query",
            "tests/queries/old.csv: not used by any test of a stored query",
            "tests/queries/q.nobody.csv: not used by any test of a stored query",
            "0 passed, 1 missing, 3 unused",
        ]
    );
    assert!(output.stderr.contains("--bless"), "{}", output.stderr);
}

#[test]
fn each_case_of_a_query_has_a_golden_file() {
    let query = format!("#+ cases:\n#+   - one\n#+   - two\n{WHO}");
    let rows = format!("who,what\n{E}guild,{E}old-mill\n");
    let files = [("tests/queries/q.csv", &*rows), ("tests/queries/q.one.csv", &rows), ("queries/q.rq", &query)];
    let directory = dataset(&files);
    let output = tested(directory.path());
    assert_eq!(output.status, Some(1));
    assert!(output.stdout.starts_with("q.two (tests/queries/q.two.csv): no golden file"), "{}", output.stdout);
    assert!(output.stdout.ends_with("2 passed, 1 missing\n"), "{}", output.stdout);
}

#[test]
fn a_query_that_cannot_be_read_fails() {
    let directory = with("#+ expect: perhaps\nASK {}", "bool", "true");
    let output = tested(directory.path());
    assert_eq!((output.status, output.stdout.as_str()), (Some(1), ""), "the dataset has an error");
    assert!(output.stderr.contains("invalid expectation `perhaps`"), "{}", output.stderr);
    let output = factloom(directory.path(), &["test", "--keep-going"]);
    assert!(
        output.stdout.contains("the query cannot be read: ") && output.stdout.ends_with("0 passed, 1 failed\n"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_query_that_cannot_run_fails() {
    fails(INVALID_DEFAULT, "bool", "true", &["invalid value `perhaps` for the parameter `n`"]);
    fails("SELECT ?x { ?x v:built ?_thing_iri }", "csv", "x\n", &["a parameter has no default", "`#+ cases:`"]);
}

#[test]
fn only_named_queries_run() {
    let directory = dataset(&[
        ("queries/bad.rq", INVALID_DEFAULT),
        ("queries/good.rq", "#+ expect: true\nASK {}"),
        ("tests/queries/old.csv", "x\n"),
        ("tests/queries/good.old.csv", "x\n"),
    ]);
    let output = factloom(directory.path(), &["test", "good"]);
    assert_eq!(
        output.stdout,
        "tests/queries/good.old.csv: not used by any test of a stored query\n1 passed, 1 unused\n"
    );
    let output = factloom(directory.path(), &["test", "god"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.contains("did you mean `good`?"), "{}", output.stderr);
}

#[test]
fn bless_updates_only_golden_files_that_differ() {
    let rows = format!("who,what\n{E}guild,{E}old-mill\n");
    let directory = dataset(&[
        ("queries/same.rq", WHO),
        ("tests/queries/same.csv", &format!("\"who\",what\r\n{E}guild,{E}old-mill")),
        ("queries/differs.rq", WHO),
        ("tests/queries/differs.csv", &format!("who,what\n{E}guild,{E}guild\n")),
        ("queries/typed.rq", WHO),
        ("tests/queries/typed.srj", r#"{ "head": { "vars": ["who", "what"] }, "results": { "bindings": [] } }"#),
        ("queries/rows.rq", WHO),
        ("queries/graph.rq", "CONSTRUCT WHERE { ?who v:built ?what }"),
        ("queries/answer.rq", "ASK {}"),
        ("tests/queries/old.csv", "x\n"),
    ]);
    let before = fs::read(directory.path().join("tests/queries/same.csv")).expect("it is there");
    let output = factloom(directory.path(), &["test", "--bless"]);
    assert_eq!(output.status, Some(1), "a file that is not used remains\n{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "blessed tests/queries/answer.bool: new, true",
            "blessed tests/queries/differs.csv: 1 row removed, 1 added",
            "blessed tests/queries/graph.ttl: new, 1 triple",
            "blessed tests/queries/rows.csv: new, 1 row",
            "blessed tests/queries/typed.srj: 1 row added",
            "unused tests/queries/old.csv: delete it, or add a query of that name",
        ]
    );
    let read = |name: &str| fs::read(directory.path().join("tests/queries").join(name)).expect("it is there");
    assert_eq!(read("same.csv"), before);
    assert_eq!(read("differs.csv"), rows.as_bytes());
    assert_eq!(read("answer.bool"), b"true\n");
    fs::remove_file(directory.path().join("tests/queries/old.csv")).expect("it can be deleted");
    let again = factloom(directory.path(), &["test", "--bless"]);
    assert_eq!((again.status, again.stdout.as_str()), (Some(0), "nothing to bless: 6 passed\n"));
    assert_eq!(tested(directory.path()).stdout, "6 passed\n");
}

#[test]
fn bless_creates_the_directory_and_reports_other_failures() {
    let directory = dataset(&[
        ("queries/a.rq", WHO),
        ("queries/b.rq", &format!("#+ expect: none\n{WHO}")),
        ("queries/c.rq", INVALID_DEFAULT),
    ]);
    let output = factloom(directory.path(), &["test", "--bless"]);
    assert_eq!(output.status, Some(1));
    assert!(
        output.stdout.starts_with("blessed tests/queries/a.csv: new, 1 row\nnot blessed b: expected none, found 1 row"),
        "{}",
        output.stdout
    );
    assert!(directory.path().join("tests/queries/a.csv").is_file());
    let output = factloom(Path::new("/"), &["test", "--bless"]);
    assert_eq!(output.status, Some(2), "the bundled dataset cannot be blessed");
}

#[test]
fn blessed_golden_files_pass_with_any_values() {
    let cells = r#"SELECT ?v { VALUES ?v { <http://e.org/a,b> <http://e.org/c> "a\"b,\nc" "" 007 } }"#;
    let directory =
        dataset(&[("queries/q.rq", cells), ("queries/typed.rq", cells), ("tests/queries/typed.srx", EMPTY_SRX)]);
    let output = factloom(directory.path(), &["test", "--bless"]);
    assert_eq!(output.status, Some(0), "{}{}", output.stdout, output.stderr);
    assert_eq!(tested(directory.path()).stdout, "2 passed\n");
}

#[test]
fn a_new_golden_file_must_match_the_patterns_of_the_manifest() {
    let manifest = |tests: &str| crate::scratch::MANIFEST.replacen('{', &format!("{{ \"tests\": {tests},"), 1);
    let directory = dataset(&[("queries/q.rq", WHO), ("factloom.json", &manifest("[\"golden/**/*.csv\"]"))]);
    let output = factloom(directory.path(), &["test", "--bless"]);
    assert_eq!(output.stdout, "blessed golden/q.csv: new, 1 row\n", "{}", output.stderr);
    assert_eq!(tested(directory.path()).stdout, "1 passed\n");
    write(directory.path(), "queries/q.rq", "ASK {}");
    fs::remove_file(directory.path().join("golden/q.csv")).expect("it can be deleted");
    let output = factloom(directory.path(), &["test", "--bless"]);
    assert!(output.status == Some(1) && output.stdout.contains("does not match its path"), "{}", output.stdout);
    assert!(!directory.path().join("golden/q.bool").exists());
}

#[test]
fn the_bundled_golden_files_are_compiled_in() {
    let output = factloom(Path::new("/"), &["test", "--example"]);
    assert_eq!(output.status, Some(0), "{}", output.stdout);
    assert!(output.stdout.ends_with(" passed\n"), "{}", output.stdout);
}

/// Failures of all kinds, with characters that are special in some format.
fn failures() -> (TempDir, GoldenReport) {
    let directory = dataset(&[
        ("queries/extra.rq", "SELECT ?x { VALUES ?x { \"<a> & b\" \"100%, x:y\" \" # ok\" } }"),
        ("tests/queries/extra.csv", "x\n]]>\n"),
        ("queries/passed.rq", "#+ expect: true\nASK {}"),
        ("queries/missing.rq", WHO),
        ("queries/broken.rq", INVALID_DEFAULT),
        ("tests/queries/a,b.csv", "x\n"),
    ]);
    let report = testing::run(&DatasetRoot::Directory(directory.path().to_owned()), &[]).expect("the dataset is valid");
    let mut report = report;
    for test in &mut report.tests {
        test.file = test.file.replace(&format!("{}/", directory.path().display()), "");
    }
    for file in &mut report.unused {
        *file = file.replace(&format!("{}/", directory.path().display()), "");
    }
    (directory, report)
}

#[test]
fn junit_xml_counts_failures() {
    let (_folder, report) = failures();
    let mut out = Vec::new();
    golden_junit(&report, &mut out).expect("a vector accepts all output");
    let text = String::from_utf8(out).expect("it is UTF-8");
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut cases, mut failed, mut rows) = (Vec::new(), Vec::new(), String::new());
    loop {
        match reader.read_event().expect("it is XML") {
            Event::Start(tag) | Event::Empty(tag) => {
                let attribute = |name: &str| {
                    let found = tag.try_get_attribute(name).expect("it is an attribute");
                    found.map(|a| a.unescape_value().expect("it is escaped").into_owned()).unwrap_or_default()
                };
                match tag.name().as_ref() {
                    b"testsuite" => {
                        let counts = ["tests", "failures", "errors"].map(attribute);
                        assert_eq!(counts, ["5", "3", "1"]);
                    }
                    b"testcase" => cases.push(attribute("name")),
                    kind => failed.push((String::from_utf8_lossy(kind).into_owned(), attribute("message"))),
                }
            }
            Event::Text(text) => rows.push_str(&text.decode().expect("it is UTF-8")),
            Event::GeneralRef(name) => rows.extend(["&", &name.decode().expect("it is UTF-8"), ";"]),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases, ["broken", "extra", "missing", "passed", "tests/queries/a,b.csv"]);
    assert_eq!(
        failed.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["error", "failure", "failure", "failure"]
    );
    assert!(rows.contains("+ &lt;a&gt; &amp; b\n"), "{rows}");
}

#[test]
fn tap_has_a_line_for_each_case() {
    let (_folder, report) = failures();
    let mut out = Vec::new();
    golden_tap(&report, &mut out).expect("a vector accepts all output");
    let text = String::from_utf8(out).expect("it is UTF-8");
    let tests: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        tests,
        [
            "TAP version 14",
            "1..5",
            "not ok 1 - broken",
            "not ok 2 - extra",
            "not ok 3 - missing",
            "ok 4 - passed",
            "not ok 5 - tests/queries/a,b.csv",
        ]
    );
    let blocks: Vec<&str> =
        text.split("  ---\n").skip(1).map(|rest| rest.split("  ...\n").next().unwrap_or_default()).collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let read: std::collections::BTreeMap<String, String> =
            serde_saphyr::from_str(block).unwrap_or_else(|e| panic!("{e}\n{block}"));
        assert!(!read["message"].is_empty());
        assert!(!block.contains("extra.csv") || read["rows"].contains("- ]]>\n+ "), "{block}");
    }
}

#[test]
fn github_gets_a_command_for_each_failure() {
    let (_folder, report) = failures();
    let mut out = Vec::new();
    golden_github(&report, &mut out).expect("a vector accepts all output");
    let text = String::from_utf8(out).expect("it is UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[1].starts_with(
        "::error file=tests/queries/extra.csv,title=extra::results differ: 1 row removed, 3 added%0A- ]]>%0A+ "
    ));
    assert!(lines[1].contains("100%25, x:y"), "{text}");
    assert_eq!(
        lines[3],
        "::error file=tests/queries/a%2Cb.csv,title=unused golden file::not used by any test of a stored query"
    );
    assert_eq!(lines[4], "1 passed, 2 failed, 1 missing, 1 unused");
}

#[test]
fn the_number_of_threads_does_not_change_the_report() {
    let (directory, _) = failures();
    let with_threads = |threads: &str| {
        let mut command = command(directory.path());
        run(command.args(["test", "--format", "tap"]).env("RAYON_NUM_THREADS", threads))
    };
    let one = with_threads("1");
    assert_eq!(one.status, Some(1));
    for _ in 0..3 {
        assert_eq!(with_threads("8").stdout, one.stdout);
    }
}

#[test]
fn paths_of_golden_files_are_relative_to_the_current_directory() {
    let manifest =
        r#"{ "base": "https://example.org/mill/", "queries": "../../queries/*.rq", "tests": "../../golden/*" }"#;
    let files = [
        ("data/mill/factloom.json", manifest),
        ("data/mill/vocabulary.ttl", ""),
        ("queries/q.rq", "ASK {}"),
        ("golden/old.csv", "x\n"),
    ];
    let directory = temp_dir(&files);
    crate::scratch::make_work_tree(directory.path());
    let output = tested(directory.path());
    assert!(output.stdout.starts_with("q (golden/q.bool): no golden file"), "{}", output.stdout);
    assert!(output.stdout.contains("\ngolden/old.csv: not used"), "{}", output.stdout);
    factloom(directory.path(), &["test", "--bless"]);
    assert!(directory.path().join("golden/q.bool").is_file());
}

#[test]
fn rows_beyond_twenty_are_counted() {
    let query = "SELECT ?n { VALUES ?n { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 } }";
    fails(query, "csv", "n\n", &["23 rows added", "    + 20\n    + and 3 more\n"]);
}

#[test]
fn a_failure_shows_the_statements_that_changed_since_the_golden_file_was_made() {
    let directory = with("SELECT ?what { e:guild v:built ?what }", "csv", &format!("what\n{E}old-mill\n"));
    let entity = |id: &str| format!(r#"{{ "id": "{id}", "type": "Thing", "label": "{id}" }}"#);
    let entities = ["guild", "old-mill", "town", "gate"].map(entity).join(",");
    write(directory.path(), "entities.json", format!("[{entities}]"));
    // The statement with the first id is unrelated to the row.
    let other = FACTS.replace("\"f\"", "\"a\"").replace("guild\"", "town\"").replace("old-mill", "gate");
    let facts =
        |of_guild: &str| format!("{},{}", other.trim_end().trim_end_matches(']'), of_guild.trim_start_matches('['));
    write(directory.path(), "facts.json", facts(FACTS));
    let git = |args: &[&str]| {
        let path = directory.path().to_string_lossy().into_owned();
        let options =
            ["-C", &path, "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let output = run_external("git", &[&options[..], args].concat(), b"");
        assert_eq!(output.status, Some(0), "{}", output.stderr);
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "a mill"]);
    let changed = facts(&FACTS.replace("\"object\": \"old-mill\"", "\"object\": \"guild\""));
    write(directory.path(), "facts.json", changed.replace("\"gate\"", "\"town\""));
    let output = tested(directory.path());
    assert_eq!((output.status, output.stderr.lines().count()), (Some(1), 1), "{}", output.stderr);
    let since = output.stdout.split("since the golden file was committed (").nth(1).expect("git has the history");
    let (commit, changed) = since.split_once("):\n").expect("there are changes");
    assert_eq!(commit.len(), 7);
    assert!(changed.starts_with("        ~ guild built guild\n            fact · f\n"), "{changed}");
    assert!(changed.contains("\n        ~ town built town\n            fact · a\n"), "{changed}");
    git(&["commit", "-qam", "another builder"]);
    let (cut, from) =
        (tempfile::tempdir().expect("a temporary directory"), format!("file://{}", directory.path().display()));
    git(&["clone", "-q", "--depth", "1", &from, &cut.path().join("mill").to_string_lossy()]);
    let output = tested(&cut.path().join("mill"));
    assert!(output.status == Some(1) && !output.stdout.contains("since the golden file"), "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "only the help: {}", output.stderr);
    write(directory.path(), "tests/queries/q.csv", "what\n");
    let output = tested(directory.path());
    assert!(output.status == Some(1) && !output.stdout.contains("since the golden file"), "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "only the help: {}", output.stderr);
}

#[test]
fn assert_golden_panics_with_the_report() {
    let directory = with(WHO, "csv", "who,what\n");
    let panic = std::panic::catch_unwind(|| testing::assert_golden(directory.path())).expect_err("results differ");
    let message = panic.downcast_ref::<String>().expect("it has a message");
    assert!(message.contains("1 row added") && message.contains("Guild built Old mill"), "{message}");
    write(directory.path(), "facts.json", "[{}]");
    let panic = std::panic::catch_unwind(|| testing::assert_golden(directory.path())).expect_err("a fact is invalid");
    let message = panic.downcast_ref::<String>().expect("it has a message");
    assert!(message.contains("the dataset has ") && message.contains("facts.json:1:"), "{message}");
}

#[test]
fn outcomes_are_available_in_rust() {
    let directory = with(WHO, "csv", "who,what\n");
    let report =
        testing::run(&DatasetRoot::Directory(directory.path().to_owned()), &["q".to_owned()]).expect("it can run");
    let [GoldenTest { outcome: Outcome::Differs(mismatch), .. }] = &report.tests[..] else { panic!("{report:?}") };
    assert_eq!(mismatch.unexpected[0].row, "e:guild | e:old-mill");
    assert!(testing::run(&DatasetRoot::Directory(directory.path().to_owned()), &["p".to_owned()]).is_err());
}
