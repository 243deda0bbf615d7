//! What differs between two datasets: each kind of change, in each format.

mod edits;

use crate::program::{factloom, run, stdout_of};
use crate::scratch::{copy, dataset, write};
use factloom::dataset::DatasetRoot;
use factloom::report::{Diff, FieldChange, StatementChange, StatementChanges, statement_changes};
use factloom::store::Store;
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

const RULE: &str = "#+ summary: \"Whoever built it owned it\"
PREFIX v: <https://example.org/mill/vocabulary/>
CONSTRUCT { ?who v:owned ?what } WHERE { ?who v:built ?what }
";

/// The graph of a dataset.
fn store(folder: &TempDir) -> Store {
    factloom::build(DatasetRoot::Directory(folder.path().to_owned())).expect("the dataset is sound").1
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

/// The only change of a curated statement: `+id`, `-id`, or `id` with the names of what differs.
fn only(changes: &StatementChanges) -> String {
    let [change] = &changes.curated[..] else { panic!("{:#?}", changes.curated) };
    match change {
        StatementChange::Added(statement) => format!("+{}", statement.id),
        StatementChange::Removed(statement) => format!("-{}", statement.id),
        StatementChange::Changed(changed) => {
            let aspect = |aspect: &FieldChange| match aspect {
                FieldChange::Qualifier(before, after) => pair("qualifier", before.is_some(), after.is_some()),
                FieldChange::Evidence(before, after) => pair("evidence", before.is_some(), after.is_some()),
                FieldChange::Premise(before, after) => pair("premise", before.is_some(), after.is_some()),
                other => format!("{other:?}").to_lowercase(),
            };
            let aspects: Vec<String> = changed.aspects.iter().map(aspect).collect();
            format!("{} {}", changed.after.id, aspects.join(" "))
        }
    }
}

fn pair(name: &str, before: bool, after: bool) -> String {
    format!("{}{name}{}", if before { "-" } else { "" }, if after { "+" } else { "" })
}

#[test]
fn each_kind_of_change_is_told_by_what_differs() {
    let quote = "The guild built the old mill";
    let plain = format!("[{}]", built("f", "", quote));
    let with = |more: &str, quote: &str| format!("[{}]", built("f", more, quote));
    let two = format!("[{}, {}]", built("f", "", quote), built("g", "", "The town praised it"));
    let more_evidence = plain.replace("}] }", r#"}, { "source": "chronicle", "quote": "The town praised it" }] }"#);
    for (before, after, expected) in [
        (&plain, &two, "+g"),
        (&two, &plain, "-g"),
        (&plain, &plain.replace("\"f\"", "\"renamed\""), "renamed id"),
        (&plain, &with(r#" "claim": { "status": "planned" },"#, quote), "f kind"),
        (
            &with(r#" "claim": { "status": "planned" },"#, quote),
            &with(r#" "claim": { "status": "reported", "by": "guild" },"#, quote),
            "f status by",
        ),
        (&plain, &with(r#" "qualifiers": { "pointInTime": "1900" },"#, quote), "f qualifier+"),
        (
            &with(r#" "qualifiers": { "pointInTime": "1900" },"#, quote),
            &with(r#" "qualifiers": { "pointInTime": "1901" },"#, quote),
            "f -qualifier+",
        ),
        (&with(r#" "qualifiers": { "pointInTime": "1900" },"#, quote), &plain, "f -qualifier"),
        (&plain, &with("", "The guild built"), "f -evidence+"),
        (&plain, &more_evidence, "f evidence+"),
        (&more_evidence, &plain, "f -evidence"),
        (&plain, &plain.replace("\"quote\"", "\"stance\": \"disputes\", \"quote\""), "f -evidence+"),
        (&plain, &plain.replace("\"quote\"", "\"note\": \"sure\", \"quote\""), "f -evidence+"),
        (&plain, &plain.replace("\"old-mill\"", "\"guild\""), "f object"),
        (&plain, &plain.replace("\"guild\"", "\"old-mill\""), "f subject"),
        (&plain, &plain.replace("\"built\"", "\"owned\""), "f predicate"),
    ] {
        let changes = statement_changes(&facts(before), &facts(after)).expect("both can be read");
        assert_eq!(only(&changes), expected, "{before}\n{after}");
    }
}

#[test]
fn inferences_come_go_and_rest_on_something_else() {
    let quote = "The guild built the old mill";
    let inferences = |before: &str, after: &str| {
        let changes = statement_changes(&facts(before), &facts(after)).expect("both can be read");
        changes.inferences.into_iter().map(|change| match change {
            StatementChange::Added(_) => "+".to_owned(),
            StatementChange::Removed(_) => "-".to_owned(),
            StatementChange::Changed(changed) => format!("{:?}", changed.aspects),
        })
    };
    let inferences = |before: &str, after: &str| inferences(before, after).collect::<Vec<_>>();
    let one = format!("[{}]", built("f", "", quote));
    assert_eq!(inferences("[]", &one), ["+"]);
    assert_eq!(inferences(&one, "[]"), ["-"]);
    assert_eq!(inferences(&one, &format!("[{}]", built("f", r#" "claim": { "status": "planned" },"#, quote))), ["-"]);
    // A fact of the same triple takes the place of the premise.
    let other = format!("[{}]", built("g", "", "The guild built"));
    let rests = inferences(&one, &other);
    assert!(rests.len() == 1 && rests[0].contains("Premise") && rests[0].contains("\"g\""), "{rests:?}");
    // Another id of the premise is no difference.
    assert_eq!(inferences(&one, &one.replace("\"f\"", "\"renamed\"")), Vec::<String>::new());
}

#[test]
fn a_statement_without_an_id_is_told_by_its_triple() {
    let line = |year: &str| {
        built("", &format!(r#" "qualifiers": {{ "pointInTime": "{year}" }},"#), "The guild built")
            .replace("\"id\": \"\", ", "")
    };
    let of =
        |lines: &str| store(&dataset(&[("vocabulary.ttl", VOCABULARY), ("facts.jsonl", lines), ("facts.json", "[]")]));
    let (before, after) = (line("1900").replace('\n', " "), line("1901").replace('\n', " "));
    let changes = statement_changes(&of(&before), &of(&after)).expect("both can be read");
    let told = only(&changes);
    assert!(told.ends_with(" -qualifier+"), "{told}");
}

#[test]
fn a_quote_that_lies_elsewhere_in_its_source_is_a_change() {
    let moved = crate::scratch::MANIFEST.replace("The guild", "Once upon a time. The guild");
    let (before, after) = (dataset(&[]), dataset(&[("factloom.json", &moved)]));
    let changes = statement_changes(&store(&before), &store(&after)).expect("both can be read");
    let StatementChange::Changed(changed) = &changes.curated[0] else { panic!("{changes:?}") };
    let [FieldChange::Evidence(Some(was), Some(is))] = &changed.aspects[..] else { panic!("{changed:?}") };
    assert_eq!(was.quote, is.quote);
    assert_ne!(was.span, is.span);
    let said = compared(before.path(), after.path(), &[]);
    assert!(said.contains("”  [-chronicle 1:1-] → {+chronicle 1:19+}"), "{said}");
}

/// What `factloom diff` writes of two folders that differ.
fn compared(before: &Path, after: &Path, args: &[&str]) -> String {
    let sides = [before, after].map(|path| path.to_str().expect("a path"));
    let said = factloom(Path::new("/"), &[&["diff"], &sides[..], args].concat());
    assert_eq!((said.status, said.stderr.as_str()), (Some(1), ""), "{}", said.stdout);
    said.stdout
}

#[test]
fn texts_at_hand_are_no_difference() {
    let (with, without) = (dataset(&[]), tempfile::tempdir().expect("a temporary folder"));
    let manifest = r#"{ "title": "A mill", "base": "https://example.org/mill/", "language": "en",
      "sources": [{ "id": "chronicle", "text": "sources/chronicle.txt" }] }"#;
    write(with.path(), "factloom.json", manifest);
    write(with.path(), "sources/chronicle.txt", "The guild built the old mill.\n");
    stdout_of(with.path(), &["lock"]);
    copy(with.path(), without.path());
    fs::remove_dir_all(without.path().join("sources")).expect("the text can be removed");
    let said = factloom(with.path(), &["diff", ".", &without.path().to_string_lossy()]);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.ends_with("nothing differs\n"), "{}", said.stdout);
}

/// The bundled dataset, as the repository holds it, in a folder of its own; and again, edited.
fn edited() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for side in ["before", "after"] {
        for part in ["data/psm", "queries"] {
            let from = crate::repository().join(part);
            for file in crate::files_below(&from).iter().filter(|file| !file.starts_with(".factloom")) {
                let content = fs::read(from.join(file)).expect("the file can be read");
                write(folder.path(), &format!("{side}/{part}/{}", file.display()), content);
            }
        }
    }
    let edit = |file: &str, from: &str, to: &str| {
        let path = folder.path().join("after").join(file);
        let text = fs::read_to_string(&path).expect("the file can be read");
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).expect("the file can be written");
    };
    let facts = "data/psm/facts.json";
    edit(facts, r#""pointInTime": "1973""#, r#""pointInTime": "1971""#);
    edit(facts, r#""quote": "machinery gathering rust""#, r#""quote": "Pakistan Steel Mills … machinery""#);
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
        folder.path().join("after/queries/is-the-mill-in-pakistan.rq"),
        folder.path().join("after/queries/where-is-the-mill.rq"),
    )
    .expect("the query can be renamed");
    folder
}

#[test]
fn an_edited_copy_of_the_bundled_dataset_reads_as_reviewed() {
    let folder = edited();
    for format in ["text", "markdown"] {
        let said = factloom(folder.path(), &["diff", "before/data/psm", "after/data/psm", "--format", format]);
        assert_eq!((said.status, said.stderr.as_str()), (Some(1), ""));
        insta::assert_snapshot!(format!("difference-as-{format}"), said.stdout);
    }
}

#[test]
fn json_has_all_that_differs() {
    let folder = edited();
    let text =
        compared(&folder.path().join("before/data/psm"), &folder.path().join("after/data/psm"), &["--format", "json"]);
    let diff: Value = serde_json::from_str(&text).expect("one object");
    assert_eq!(diff["differs"], true);
    let of = |list: &str, change: &str| -> Vec<Value> {
        let all = diff[list].as_array().expect("a list").iter();
        all.filter(|item| item["change"] == change).cloned().collect()
    };
    let year = of("statements", "changed").into_iter().find(|s| s["after"]["id"] == "soviet-union-helped-build-psm");
    let year = year.expect("the year changed");
    assert_eq!(year["differing"], serde_json::json!(["qualifiers"]));
    assert!(year["before"]["qualifiers"][0]["value"].as_str().is_some_and(|value| value.starts_with("\"1973\"")));
    assert!(
        of("inferences", "removed")
            .iter()
            .any(|s| s["before"]["sentence"] == "Russia helped build Pakistan Steel Mills")
    );
    let answers = of("queries", "answer");
    let who = answers.iter().find(|query| query["name"] == "who-helped-build-psm").expect("it answers otherwise");
    assert_eq!(who["lost"]["columns"], serde_json::json!(["who", "basis", "year"]));
    assert!(
        who["lost"]["rows"]
            .as_array()
            .is_some_and(|rows| rows.iter().any(|row| row[0] == "\"Russia\"@en" && row[2].is_null()))
    );
    let names = |list: &str, change: &str| of(list, change).iter().map(|q| q["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names("queries", "text"), ["has-production-restarted"]);
    assert_eq!(names("queries", "removed"), ["is-the-mill-in-pakistan"]);
    assert_eq!(names("queries", "added"), ["where-is-the-mill"]);
    let entities = of("entities", "changed");
    assert_eq!(entities.len(), 1);
    assert_eq!(entities[0]["gained"].as_array().map(Vec::len), Some(2));
    assert_eq!(diff["diagrams"][0]["edges"]["lost"], 2);
}

#[test]
fn the_same_twice_is_no_difference() {
    let folder = edited();
    for format in ["text", "markdown", "json"] {
        let said = stdout_of(folder.path(), &["diff", "after/data/psm", "after/data/psm", "--format", format]);
        match format {
            "json" => assert_eq!(serde_json::from_str::<Value>(&said).expect("one object")["differs"], false),
            _ => assert!(said.contains("nothing differs"), "{said}"),
        }
    }
    let (_, bundled) = factloom::build(DatasetRoot::Bundled(factloom::BUNDLED)).expect("the bundled dataset is sound");
    assert!(Diff::new(&bundled, &bundled).expect("it can be asked").is_empty());
}

#[test]
fn names_of_any_kind_are_text_in_markdown() {
    let entities = r#"[
      { "id": "guild", "type": "Thing", "label": "Guild" }, { "id": "old-mill", "type": "Thing", "label": "Old mill" },
      { "id": "a", "type": "Thing", "label": "مصنع الصلب" },
      { "id": "b", "type": "Thing", "label": "a | b <b>bold</b>\n- *c* ~~d~~ &amp; [e](f)" } ]"#;
    let fact = r#"[{ "id": "ab", "subject": "a", "predicate": "built", "object": "b",
      "evidence": [{ "source": "chronicle", "quote": "The guild built" }] }]"#;
    let query = "SELECT ?who ?what { ?who v:built ?what }";
    let files = [("entities.json", entities), ("facts.json", fact), ("queries/who.rq", query)];
    let (before, after) = (dataset(&[("queries/who.rq", query)]), dataset(&files));
    let said = compared(before.path(), after.path(), &["--format", "markdown"]);
    let name = r"a \| b \<b\>bold\</b\> - \*c\* \~\~d\~\~ &amp;amp; \[e\](f)";
    assert!(said.contains(&format!("- ➕ **مصنع الصلب built {name}** — fact · ab\n")), "{said}");
    assert!(said.contains(r"  | ➕ | مصنع الصلب | a \| b \<b\>bold\</b\><br>- \*c\*"), "{said}");
    assert!(said.contains("  | ➖ | Guild | Old mill |\n"), "{said}");
    let said = compared(before.path(), after.path(), &[]);
    assert!(said.contains("+ مصنع الصلب built a | b <b>bold</b> - *c* ~~d~~ &amp; [e](f)\n"), "{said}");
}

#[test]
fn terms_that_read_the_same_are_told_apart() {
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
    let said = compared(of("one").path(), of("two").path(), &[]);
    assert!(said.contains("~ e:guild v:built [-e:one-]{+e:two+}"), "{said}");
    assert!(said.contains("    - e:one\n    + e:two\n"), "{said}");
}

#[test]
fn of_many_rows_some_are_shown_and_json_has_all() {
    let values: Vec<String> = (0..50).map(|n| format!("\"row {n}\"")).collect();
    let query = |values: &[String]| format!("SELECT ?row {{ VALUES ?row {{ {} }} }}", values.join(" "));
    let (before, after) =
        (dataset(&[("queries/many.rq", &query(&values[..1]))]), dataset(&[("queries/many.rq", &query(&values))]));
    let said = compared(before.path(), after.path(), &[]);
    assert!(said.contains("49 rows gained") && said.contains("and 29 more"), "{said}");
    let said = compared(before.path(), after.path(), &["--format", "markdown"]);
    assert!(said.contains("\n  and 29 more\n") && said.matches("| ➕ |").count() == 20, "{said}");
    let said = compared(before.path(), after.path(), &["--format", "json"]);
    assert_eq!(said.matches("\\\"row ").count(), 49);
}

#[test]
fn a_query_that_cannot_be_asked_is_named() {
    let wrong = "#+ defaults:\n#+   - n: few\nASK { FILTER(?_n_integer > 0) }";
    let (bad, good) = (dataset(&[("queries/q.rq", wrong)]), dataset(&[("queries/q.rq", "ASK { ?s ?p ?o }")]));
    let said = compared(good.path(), bad.path(), &[]);
    assert!(said.contains("cannot be asked any more: "), "{said}");
    let said = compared(bad.path(), good.path(), &[]);
    assert!(said.contains("could not be asked before: "), "{said}");
    let said = factloom(bad.path(), &["diff", ".", "."]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains("nothing differs\n  note: q cannot be asked: "), "{}", said.stdout);
}

#[test]
fn a_compiled_graph_is_compared_as_the_dataset_that_it_was_made_of() {
    let (before, after) = (dataset(&[]), dataset(&[("facts.json", "[]")]));
    stdout_of(before.path(), &["build"]);
    let graph = before.path().join("factloom-out/graph.factloom");
    // Without a second argument it is the dataset that every command finds.
    let said = factloom(before.path(), &["diff", "factloom-out/graph.factloom"]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(0), "factloom-out/graph.factloom → .: nothing differs\n"));
    let said = compared(&graph, after.path(), &[]);
    assert!(said.contains("  statements  1 removed\n"), "{said}");
    let refused = factloom(before.path(), &["diff", "factloom-out/graph.nt"]);
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("is neither the folder of a dataset nor a compiled graph"), "{}", refused.stderr);
}

#[test]
fn a_dataset_with_errors_is_named_and_is_no_difference() {
    let (good, bad) = (dataset(&[]), dataset(&[("facts.json", r#"[{ "id": "f" }]"#)]));
    let sides = [good.path(), bad.path()].map(|path| path.to_string_lossy().into_owned());
    let said = factloom(Path::new("/"), &["diff", &sides[0], &sides[1]]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""));
    assert!(said.stderr.contains("the fact has no `object`"), "{}", said.stderr);
    assert!(said.stderr.contains(&format!("error: {} cannot be compared: it has errors", sides[1])), "{}", said.stderr);
    let said = factloom(Path::new("/"), &["diff", &sides[0], &sides[1], "--keep-going"]);
    assert_eq!(said.status, Some(1), "{}", said.stderr);
    assert!(said.stdout.contains("- Guild built Old mill"), "{}", said.stdout);
}

#[test]
fn the_difference_is_written_to_a_file() {
    let (before, after) = (dataset(&[]), dataset(&[("facts.json", "[]")]));
    let path = after.path().to_string_lossy().into_owned();
    let said = run(crate::program::command(before.path()).args([
        "diff",
        ".",
        &path,
        "-o",
        "change.md",
        "--format",
        "markdown",
    ]));
    assert_eq!((said.status, said.stdout.as_str(), said.stderr.as_str()), (Some(1), "", ""));
    let written = fs::read_to_string(before.path().join("change.md")).expect("it was written");
    assert!(written.starts_with("**. → "), "{written}");
}
