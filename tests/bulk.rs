//! Large datasets, which are read in blocks and in parallel, always with the same result.

use crate::scratch;
use factloom::check::{CheckOptions, Checked, check};
use factloom::dataset::{Dataset, DatasetRoot, Files};
use factloom::diagnostic::{Code, Finding, Findings, Location, Policy, Severity};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const FACTS: usize = 40_000;

/// A dataset with several blocks of facts. Three in a thousand have an error.
fn dataset() -> TempDir {
    let note = "x".repeat(60);
    let facts = (0..FACTS).map(|i| {
        let (id, object) = match i % 1000 {
            // Two facts with the same id, and an unknown entity.
            998 | 999 => (i / 1000, "b"),
            997 => (i, "c"),
            _ => (i, "b"),
        };
        let evidence = json!([{ "source": format!("s{}", i % 7), "quote": format!("word {i} of"), "note": note }]);
        json!({ "id": format!("f{id}"), "subject": "a", "predicate": "tells", "object": object, "evidence": evidence })
    });
    let sources = (0..7).map(|source| {
        let words: Vec<String> = (source..FACTS).step_by(7).map(|i| format!("word {i} of many in A.")).collect();
        json!({ "id": format!("s{source}"), "content": words.join(" ") })
    });
    let [facts, sources] = [lines(facts), lines(sources)];
    scratch::temp_dir(&[
        ("factloom.json", r#"{ "base": "https://bulk.example/", "sources": "sources.jsonl" }"#),
        (
            "vocabulary.ttl",
            "@prefix v: <https://bulk.example/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
            v:Thing a owl:Class . v:tells a owl:ObjectProperty .",
        ),
        (
            "entities.json",
            r#"[{ "id": "a", "type": "Thing", "label": "A" }, { "id": "b", "type": "Thing", "label": "B" }]"#,
        ),
        ("sources.jsonl", &sources),
        ("facts.jsonl", &facts),
    ])
}

fn lines(values: impl Iterator<Item = Value>) -> String {
    let lines: Vec<String> = values.map(|value| value.to_string() + "\n").collect();
    lines.concat()
}

fn checked(directory: &Path) -> (Checked, Findings, Files) {
    let opened = Dataset::open(DatasetRoot::Directory(directory.to_owned()), None);
    let mut findings = opened.findings;
    let dataset = opened.dataset.expect("the manifest is well formed");
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    (checked, findings, opened.files)
}

#[test]
fn findings_do_not_depend_on_the_number_of_threads() {
    let directory = dataset();
    let results = [1, 2, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        let (checked, findings, _) = pool.install(|| checked(directory.path()));
        (checked.statements, checked.omitted, checked.evidence, findings)
    });
    let (statements, omitted, evidence, findings) = &results[0];
    assert_eq!((statements.len(), *omitted, evidence.verified), (FACTS - 3 * 40, 3 * 40, FACTS - 3 * 40));
    let unknown = findings.iter().filter(|f| f.code == Code::UnknownEntity).count();
    assert_eq!((unknown, findings.len()), (40, 120));
    assert!(results.iter().all(|result| *result == results[0]));
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_yields_no_statements() {
    let directory = dataset();
    let path = directory.path().join("facts.jsonl");
    let mut bytes = fs::read(&path).expect("it was written");
    let bad = bytes.len() - 10;
    bytes[bad] = 0xFF;
    fs::write(&path, bytes).expect("it can be written");
    let (checked, findings, _) = checked(directory.path());
    assert_eq!((checked.statements.len(), checked.omitted), (0, 0));
    let unreadable: Vec<&Finding> = findings.iter().filter(|f| f.code == Code::UnreadableFile).collect();
    assert_eq!(unreadable.len(), 1, "{findings:?}");
    let message = format!("`facts.jsonl` is not valid UTF-8 (line {FACTS}, byte {} of the file)", bad + 1);
    assert_eq!(unreadable[0].message, message);
    assert!(
        findings.iter().all(|f| [Code::UnreadableFile, Code::UnusedEntity, Code::UnusedPredicate].contains(&f.code))
    );
}

#[test]
fn the_inputs_of_a_dataset_report_changed_facts_and_a_new_lock() {
    let directory = dataset();
    let (.., files) = checked(directory.path());
    let inputs = files.inputs();
    assert_eq!(inputs.changed(files.root(), None), None);
    fs::write(directory.path().join("factloom.lock"), "{\"version\":1}\n").expect("it can be written");
    assert_eq!(inputs.changed(files.root(), None).as_deref(), Some("`factloom.lock` is new"));
    fs::remove_file(directory.path().join("factloom.lock")).expect("it was written");
    fs::write(directory.path().join("facts.jsonl"), "").expect("it can be written");
    assert_eq!(inputs.changed(files.root(), None).as_deref(), Some("`facts.jsonl` has changed"));
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let directory = dataset();
    let bad = "{}\n{\"id\": \"x\", \"subject\": \"nobody\"}\n?\n".repeat(Findings::MAX_PER_CODE + 1);
    fs::write(directory.path().join("facts.jsonl"), bad).expect("the file can be written");
    let results = [1, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        let (checked, findings, _) = pool.install(|| checked(directory.path()));
        (checked.omitted, findings)
    });
    let (omitted, findings) = &results[0];
    assert_eq!(*omitted, 2 * (Findings::MAX_PER_CODE + 1));
    let total = findings.total(Severity::Error, &Policy::default());
    assert!(total > 3 * Findings::MAX_PER_CODE, "{total}");
    let syntax_errors = findings.iter().filter(|finding| finding.code == Code::SyntaxError).count();
    assert_eq!(syntax_errors, Findings::MAX_PER_CODE);
    assert!(findings.unstored().any(|finding| finding.message == "1 more finding of `syntax-error` is not shown"));
    assert_eq!(results[0], results[1]);
}

#[test]
fn a_check_can_be_repeated_and_its_findings_have_ranges() {
    let directory = dataset();
    let opened = Dataset::open(DatasetRoot::Directory(directory.path().to_owned()), None);
    let dataset = opened.dataset.expect("the manifest is well formed");
    let [(first, findings), (second, same)] = [(); 2].map(|()| {
        let mut findings = Findings::new();
        let checked = check(&dataset, &CheckOptions::default(), &mut findings);
        (checked, findings)
    });
    assert_eq!(first.statements, second.statements);
    assert_eq!((first.evidence, findings.len()), (second.evidence, 120));
    assert_eq!(findings, same);
    // The file is too long to be kept, so each finding has an excerpt of it.
    let Location::Text(range) = &findings[0].location else { panic!("{:?}", findings[0].location) };
    let (start, end) = (range.start(), range.end());
    let facts = fs::read_to_string(directory.path().join("facts.jsonl")).expect("the facts are UTF-8");
    let object = facts.lines().nth(997).and_then(|line| line.find(r#""c""#)).expect("the fact has an unknown object");
    assert_eq!((start.line, start.column, end.line, end.column - start.column), (998, object + 1, 998, 3));
    assert!(range.excerpt().text.contains(r#""id":"f997""#));
}
