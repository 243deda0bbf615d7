//! What differs between two datasets: each kind of change, in each format.

mod edits;

use crate::program::{factloom, run, stdout_of};
use crate::scratch::{copy, dataset, write};
use factloom::dataset::DatasetRoot;
use factloom::output::StatementText;
use factloom::report::{
    ChangeKind, ComparedGraph, Comparison, Diff, Field, StatementChange, change_text, statement_changes,
};
use factloom::store::{Labels, Store};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const VOCABULARY: &str = r#"@prefix v: <https://example.org/mill/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
v:Thing a owl:Class ; rdfs:label "thing" .
v:built a owl:ObjectProperty ; rdfs:label "built" .
v:owned a owl:ObjectProperty ; rdfs:label "owned" .
v:named a owl:DatatypeProperty ; rdfs:label "is named" .
"#;

const RULE: &str = "#+ summary: \"Builders own what they built\"
PREFIX v: <https://example.org/mill/vocabulary/>
CONSTRUCT { ?who v:owned ?what } WHERE { ?who v:built ?what }
";

/// The graph of a dataset.
fn store(directory: &TempDir) -> Store {
    factloom::build(DatasetRoot::Directory(directory.path().to_owned())).expect("the dataset is valid").1
}

/// The graph of a dataset with some facts, and a rule by which builders own what they built.
fn facts(facts: &str) -> Store {
    store(&dataset(&[("vocabulary.ttl", VOCABULARY), ("rules/owners.rq", RULE), ("facts.json", facts)]))
}

/// A fact that the guild built the mill, with further members.
fn built(id: &str, more: &str, quote: &str) -> String {
    format!(
        r#"{{ "id": "{id}", "subject": "guild", "predicate": "built", "object": "old-mill",{more}
        "evidence": [{{ "source": "chronicle", "quote": "{quote}" }}] }}"#
    )
}

/// The only change of a fact or claim, with the lines of the text report.
fn only_change(before: &Store, after: &Store) -> String {
    let changes = statement_changes(before, after).expect("the stores can be read");
    let [change] = &changes.curated[..] else { panic!("{:#?}", changes.curated) };
    let labels = [before, after].map(|store| Labels::new(store, "en"));
    let texts = [StatementText::new(before, &labels[0]), StatementText::new(after, &labels[1])];
    let comparison = Comparison {
        before: ComparedGraph { name: "before", text: &texts[0] },
        after: ComparedGraph { name: "after", text: &texts[1] },
    };
    let mut out = Vec::new();
    change_text(change, &comparison, &mut out).expect("a vector accepts all output");
    format!("{:?}\n{}", change.fields, String::from_utf8(out).expect("the text is UTF-8"))
}

#[test]
fn each_kind_of_change_shows_what_differs() {
    let quote = "The guild built the old mill";
    let plain = format!("[{}]", built("f", "", quote));
    let with = |more: &str, quote: &str| format!("[{}]", built("f", more, quote));
    let two = format!("[{}, {}]", built("f", "", quote), built("g", "", "The town praised it"));
    let more_evidence = plain.replace("}] }", r#"}, { "source": "chronicle", "quote": "The town praised it" }] }"#);
    let mut report = String::new();
    for (before, after) in [
        (&plain, &two),
        (&two, &plain),
        (&plain, &plain.replace("\"f\"", "\"renamed\"")),
        (&plain, &with(r#" "claim": { "status": "planned" },"#, quote)),
        (
            &with(r#" "claim": { "status": "planned" },"#, quote),
            &with(r#" "claim": { "status": "reported", "by": "guild" },"#, quote),
        ),
        (&plain, &with(r#" "qualifiers": { "pointInTime": "1900" },"#, quote)),
        (
            &with(r#" "qualifiers": { "pointInTime": "1900" },"#, quote),
            &with(r#" "qualifiers": { "pointInTime": "1901" },"#, quote),
        ),
        (&with(r#" "qualifiers": { "pointInTime": "1900" },"#, quote), &plain),
        (&plain, &with("", "The guild built")),
        (&plain, &more_evidence),
        (&more_evidence, &plain),
        (&plain, &plain.replace("\"quote\"", "\"stance\": \"disputes\", \"quote\"")),
        (&plain, &plain.replace("\"quote\"", "\"note\": \"sure\", \"quote\"")),
        (&plain, &plain.replace("\"old-mill\"", "\"guild\"")),
        (&plain, &plain.replace("\"guild\"", "\"old-mill\"")),
        (&plain, &plain.replace("\"built\"", "\"owned\"")),
    ] {
        report.push_str(&only_change(&facts(before), &facts(after)));
        report.push('\n');
    }
    insta::assert_snapshot!("changes", report);
}

#[test]
fn inferences_are_added_removed_and_rederived() {
    let quote = "The guild built the old mill";
    let inferences = |before: &str, after: &str| {
        let changes = statement_changes(&facts(before), &facts(after)).expect("the stores can be read");
        changes.inferences.into_iter().map(|change| (change.kind(), change.fields))
    };
    let inferences = |before: &str, after: &str| inferences(before, after).collect::<Vec<_>>();
    let one = format!("[{}]", built("f", "", quote));
    assert_eq!(inferences("[]", &one), [(ChangeKind::Added, vec![])]);
    assert_eq!(inferences(&one, "[]"), [(ChangeKind::Removed, vec![])]);
    let claim = format!("[{}]", built("f", r#" "claim": { "status": "planned" },"#, quote));
    assert_eq!(inferences(&one, &claim), [(ChangeKind::Removed, vec![])]);
    // A fact with the same triple replaces the premise.
    let other = format!("[{}]", built("g", "", "The guild built"));
    assert_eq!(inferences(&one, &other), [(ChangeKind::Changed, vec![Field::Premises])]);
    // A new id of the premise is not a difference.
    assert_eq!(inferences(&one, &one.replace("\"f\"", "\"renamed\"")), []);
}

#[test]
fn versions_of_a_statement_without_an_id_are_matched_by_their_triple() {
    let line = |year: &str| {
        built("", &format!(r#" "qualifiers": {{ "pointInTime": "{year}" }},"#), "The guild built")
            .replace("\"id\": \"\", ", "")
    };
    let of =
        |lines: &str| store(&dataset(&[("vocabulary.ttl", VOCABULARY), ("facts.jsonl", lines), ("facts.json", "[]")]));
    let (before, after) = (line("1900").replace('\n', " "), line("1901").replace('\n', " "));
    let change = only_change(&of(&before), &of(&after));
    assert!(change.starts_with("[Qualifiers]\n") && change.contains("[-1900-]{+1901+}"), "{change}");
}

#[test]
fn a_quote_at_another_position_is_a_change() {
    let moved = crate::scratch::MANIFEST.replace("The guild", "Once upon a time. The guild");
    let (before, after) = (dataset(&[]), dataset(&[("factloom.json", &moved)]));
    let changes = statement_changes(&store(&before), &store(&after)).expect("both can be read");
    let [StatementChange { before: Some(old), after: Some(new), fields }] = &changes.curated[..] else {
        panic!("{changes:?}")
    };
    assert_eq!(fields, &[Field::Evidence]);
    assert_eq!(old.evidence[0].quote, new.evidence[0].quote);
    assert_ne!(old.evidence[0].span, new.evidence[0].span);
    let report = compared(before.path(), after.path(), &[]);
    assert!(report.contains("”  chronicle 1:[-1-]{+19+}"), "{report}");
}

/// The output of `factloom diff` on two directories that differ.
fn compared(before: &Path, after: &Path, args: &[&str]) -> String {
    let sides = [before, after].map(|path| path.to_str().expect("a path"));
    let output = factloom(Path::new("/"), &[&["diff"], &sides[..], args].concat());
    assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""), "{}", output.stdout);
    output.stdout
}

#[test]
fn missing_source_texts_are_not_a_difference() {
    let (with, without) = (dataset(&[]), tempfile::tempdir().expect("a temporary directory"));
    let manifest = r#"{ "title": "A mill", "base": "https://example.org/mill/", "language": "en",
      "sources": [{ "id": "chronicle", "text": "sources/chronicle.txt" }] }"#;
    write(with.path(), "factloom.json", manifest);
    write(with.path(), "sources/chronicle.txt", "The guild built the old mill.\n");
    stdout_of(with.path(), &["lock"]);
    copy(with.path(), without.path());
    fs::remove_dir_all(without.path().join("sources")).expect("the text can be removed");
    let output = factloom(with.path(), &["diff", ".", &without.path().to_string_lossy()]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    assert!(output.stdout.ends_with("no differences\n"), "{}", output.stdout);
}

/// The bundled dataset, as the repository holds it, in two directories, one of them edited.
fn edited() -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    crate::scratch::make_work_tree(directory.path());
    for side in ["before", "after"] {
        for part in ["data/psm", "queries"] {
            let from = crate::repository().join(part);
            for file in crate::files_below(&from).iter().filter(|file| !file.starts_with(".factloom")) {
                let content = fs::read(from.join(file)).expect("the file can be read");
                write(directory.path(), &format!("{side}/{part}/{}", file.display()), content);
            }
        }
    }
    let edit = |file: &str, from: &str, to: &str| {
        let path = directory.path().join("after").join(file);
        let text = fs::read_to_string(&path).expect("the file can be read");
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).expect("the file can be written");
    };
    let facts = "data/psm/facts.json";
    edit(facts, r#""pointInTime": "1973""#, r#""pointInTime": "1971""#);
    edit(
        facts,
        r#""quote": "For years … machinery gathering rust""#,
        r#""quote": "Pakistan Steel Mills … its … machinery""#,
    );
    edit(facts, r#""id": "workshops-stood-empty""#, r#""id": "workshops-were-empty""#);
    edit(facts, r#""object": { "value": "idle", "lang": "en" }"#, r#""object": { "value": "silent", "lang": "en" }"#);
    edit(
        facts,
        r#""predicate": "continues", "object": "soviet-union","#,
        r#""predicate": "continues", "object": "soviet-union",
      "claim": { "status": "possible" },"#,
    );
    edit(
        "data/psm/entities.json",
        r#""label": "PSM workshops""#,
        r#""label": "Workshops of PSM", "aliases": ["the | <shops>"]"#,
    );
    edit("data/psm/style.json", "#eeeeee", "#ffffff");
    edit("queries/has-production-restarted.rq", "#+ summary: \"", "#+ summary: \"To this day: ");
    fs::rename(
        directory.path().join("after/queries/is-the-mill-in-pakistan.rq"),
        directory.path().join("after/queries/where-is-the-mill.rq"),
    )
    .expect("the query can be renamed");
    directory
}

#[test]
fn the_diff_of_an_edited_dataset_matches_its_snapshot() {
    let directory = edited();
    for format in ["text", "markdown"] {
        let output = factloom(directory.path(), &["diff", "before/data/psm", "after/data/psm", "--format", format]);
        assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""));
        insta::assert_snapshot!(format!("difference-as-{format}"), output.stdout);
    }
}

#[test]
fn json_contains_all_differences() {
    let directory = edited();
    let text = compared(
        &directory.path().join("before/data/psm"),
        &directory.path().join("after/data/psm"),
        &["--format", "json"],
    );
    let diff: Value = serde_json::from_str(&text).expect("one object");
    assert_eq!(diff["differs"], true);
    let of = |kind: &str, change: &str| -> Vec<&Value> {
        let all = diff["changes"].as_array().expect("an array").iter();
        all.filter(|item| item["type"] == kind && item["change"] == change).collect()
    };
    let year = of("statement", "changed").into_iter().find(|s| s["after"]["id"] == "soviet-union-helped-build-psm");
    let year = year.expect("the year changed");
    assert_eq!(year["fields"], serde_json::json!(["qualifiers"]));
    assert!(year["before"]["qualifiers"][0]["value"].as_str().is_some_and(|value| value.starts_with("\"1973\"")));
    let removed = of("inference", "removed");
    assert!(removed.iter().any(|s| s["before"]["sentence"] == "Russia helped build Pakistan Steel Mills"));
    let queries = of("query", "changed");
    let who = queries.iter().find(|query| query["name"] == "who-helped-build-psm").expect("its results changed");
    assert_eq!(who["removed"]["columns"], serde_json::json!(["who", "basis", "when"]));
    let rows = who["removed"]["rows"].as_array().expect("an array");
    assert!(rows.iter().any(|row| row[0] == "\"Russia\"@en" && row[2] == "\"not stated\""));
    let names = |change: &str| of("query", change).iter().map(|query| query["name"].clone()).collect::<Vec<_>>();
    let text = queries.iter().filter(|query| query.get("summary").is_none()).map(|query| &query["name"]);
    assert_eq!(text.collect::<Vec<_>>(), ["has-production-restarted"]);
    assert_eq!(names("removed"), ["is-the-mill-in-pakistan"]);
    assert_eq!(names("added"), ["where-is-the-mill"]);
    let entities = of("entity", "changed");
    assert_eq!(entities.len(), 1);
    assert_eq!(entities[0]["added"].as_array().map(Vec::len), Some(2));
    let diagrams = of("diagram", "changed");
    assert_eq!(diagrams[0]["edges"]["removed"], 2);
}

#[test]
fn a_dataset_does_not_differ_from_itself() {
    let directory = edited();
    for format in ["text", "markdown", "json"] {
        let output = stdout_of(directory.path(), &["diff", "after/data/psm", "after/data/psm", "--format", format]);
        match format {
            "json" => assert_eq!(serde_json::from_str::<Value>(&output).expect("one object")["differs"], false),
            _ => assert!(output.contains("no differences"), "{output}"),
        }
    }
    let (_, bundled) = factloom::build(DatasetRoot::Bundled(factloom::BUNDLED)).expect("the bundled dataset is valid");
    assert!(Diff::new(&bundled, &bundled).expect("the store can be read").is_empty());
}

#[test]
fn markdown_renders_labels_literally() {
    let entities = r#"[
      { "id": "guild", "type": "Thing", "label": "Guild" }, { "id": "old-mill", "type": "Thing", "label": "Old mill" },
      { "id": "a", "type": "Thing", "label": "مصنع الصلب" },
      { "id": "b", "type": "Thing", "label": "a | b <b>bold</b>\n- *c* ~~d~~ &amp; [e](f)" } ]"#;
    let fact = r#"[{ "id": "ab", "subject": "a", "predicate": "built", "object": "b",
      "evidence": [{ "source": "chronicle", "quote": "The guild built" }] }]"#;
    let query = "SELECT ?who ?what { ?who v:built ?what }";
    let files = [("entities.json", entities), ("facts.json", fact), ("queries/who.rq", query)];
    let (before, after) = (dataset(&[("queries/who.rq", query)]), dataset(&files));
    let output = compared(before.path(), after.path(), &["--format", "markdown"]);
    let name = r"a \| b \<b\>bold\</b\> - \*c\* \~\~d\~\~ &amp;amp; \[e\](f)";
    assert!(output.contains(&format!("- ➕ **مصنع الصلب built {name}** — fact · ab\n")), "{output}");
    assert!(output.contains(r"  | ➕ | مصنع الصلب | a \| b \<b\>bold\</b\><br>- \*c\*"), "{output}");
    assert!(output.contains("  | ➖ | Guild | Old mill |\n"), "{output}");
    let output = compared(before.path(), after.path(), &[]);
    assert!(output.contains("+ مصنع الصلب built a | b <b>bold</b> - *c* ~~d~~ &amp; [e](f)\n"), "{output}");
}

#[test]
fn different_terms_with_equal_labels_are_shown_as_ids() {
    let entities = |other: &str| {
        format!(
            r#"[{{ "id": "guild", "type": "Thing", "label": "Guild" }}, {{ "id": "{other}", "type": "Thing", "label": "Mill" }}]"#
        )
    };
    let of = |mill: &str| {
        let facts = crate::scratch::FACTS.replace("old-mill", mill);
        let query = "SELECT ?what { ?who v:built ?what }";
        dataset(&[("entities.json", &entities(mill)), ("facts.json", &facts), ("queries/what.rq", query)])
    };
    let output = compared(of("one").path(), of("two").path(), &[]);
    assert!(output.contains("~ e:guild v:built [-e:one-]{+e:two+}"), "{output}");
    assert!(output.contains("    - e:one\n    + e:two\n"), "{output}");
}

#[test]
fn text_shows_some_of_many_rows_and_json_all() {
    let values: Vec<String> = (0..50).map(|n| format!("\"row {n}\"")).collect();
    let query = |values: &[String]| format!("SELECT ?row {{ VALUES ?row {{ {} }} }}", values.join(" "));
    let (before, after) =
        (dataset(&[("queries/many.rq", &query(&values[..1]))]), dataset(&[("queries/many.rq", &query(&values))]));
    let output = compared(before.path(), after.path(), &[]);
    assert!(output.contains("49 rows added") && output.contains("and 29 more"), "{output}");
    let output = compared(before.path(), after.path(), &["--format", "markdown"]);
    assert!(output.contains("\n  and 29 more\n") && output.matches("| ➕ |").count() == 20, "{output}");
    let output = compared(before.path(), after.path(), &["--format", "json"]);
    assert_eq!(output.matches("\\\"row ").count(), 49);
}

#[test]
fn failing_queries_are_reported() {
    let wrong = "#+ defaults:\n#+   - n: few\nASK { FILTER(?_n_integer > 0) }";
    let (bad, good) = (dataset(&[("queries/q.rq", wrong)]), dataset(&[("queries/q.rq", "ASK { ?s ?p ?o }")]));
    let output = compared(good.path(), bad.path(), &[]);
    assert!(output.contains("now fails: "), "{output}");
    let output = compared(bad.path(), good.path(), &[]);
    assert!(output.contains("failed before: "), "{output}");
    let output = factloom(bad.path(), &["diff", ".", "."]);
    assert_eq!(output.status, Some(0), "{output:?}");
    assert!(output.stdout.contains("no differences\n  note: q cannot be run: "), "{}", output.stdout);
}

#[test]
fn a_compiled_graph_is_compared_like_its_dataset() {
    let (before, after) = (dataset(&[]), dataset(&[("facts.json", "[]")]));
    stdout_of(before.path(), &["build"]);
    let graph = before.path().join("factloom-out/graph.factloom");
    // Without a second argument it is the dataset that every command finds.
    let output = factloom(before.path(), &["diff", "factloom-out/graph.factloom"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(0), "factloom-out/graph.factloom → .: no differences\n"));
    let output = compared(&graph, after.path(), &[]);
    assert!(output.contains("  statements  1 removed\n"), "{output}");
    let refused = factloom(before.path(), &["diff", "factloom-out/graph.nt"]);
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("is neither a dataset directory nor a compiled graph"), "{}", refused.stderr);
}

#[test]
fn a_dataset_with_errors_cannot_be_compared() {
    let (good, bad) = (dataset(&[]), dataset(&[("facts.json", r#"[{ "id": "f" }]"#)]));
    let sides = [good.path(), bad.path()].map(|path| path.to_string_lossy().into_owned());
    let output = factloom(Path::new("/"), &["diff", &sides[0], &sides[1]]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.contains("missing field `object`"), "{}", output.stderr);
    assert!(
        output.stderr.contains(&format!("error: `{}` cannot be compared: it has errors", sides[1])),
        "{}",
        output.stderr
    );
    let output = factloom(Path::new("/"), &["diff", &sides[0], &sides[1], "--keep-going"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert!(output.stdout.contains("- Guild built Old mill"), "{}", output.stdout);
}

#[test]
fn a_diff_is_written_to_a_file() {
    let (before, after) = (dataset(&[]), dataset(&[("facts.json", "[]")]));
    let path = after.path().to_string_lossy().into_owned();
    let output = run(crate::program::command(before.path()).args([
        "diff",
        ".",
        &path,
        "-o",
        "change.md",
        "--format",
        "markdown",
    ]));
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (Some(1), "", "wrote change.md\n"));
    let written = fs::read_to_string(before.path().join("change.md")).expect("it was written");
    assert!(written.starts_with("**. → "), "{written}");
}
