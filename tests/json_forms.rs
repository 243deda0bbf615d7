//! The examples in `docs/reference/json.md` match what the commands write.

use crate::program::factloom;
use crate::scratch::{FACTS, dataset, temp_dir};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The datasets of the examples.
fn datasets() -> TempDir {
    let query = "SELECT ?who { ?who v:built ?what }";
    let entities = crate::scratch::ENTITIES.replace("\"Guild\"", "\"The guild\"");
    let claim = FACTS.replace("\"old-mill\",", "\"old-mill\", \"claim\": { \"status\": \"planned\" },");
    let golden = "who\nhttps://example.org/mill/entity/guild\n";
    let directory = temp_dir(&[]);
    for (name, files) in [
        ("before", vec![("queries/builders.rq", query)]),
        (
            "after",
            vec![
                ("queries/builders.rq", query),
                ("entities.json", &*entities),
                ("facts.json", &*claim),
                ("tests/queries/builders.csv", golden),
                ("tests/queries/old.csv", "who\n"),
            ],
        ),
        ("draft", vec![("facts.json", &*FACTS.replace("\"built\"", "\"biult\""))]),
    ] {
        crate::scratch::copy(dataset(&files).path(), &directory.path().join(name));
    }
    let fact: Value = serde_json::from_str(FACTS).expect("the facts are JSON");
    let known = fact[0].to_string().replace("\"guild\"", "\"Guild\"").replace("\"id\":\"f\",", "");
    let unknown =
        known.replace("\"Guild\"", "\"guild\"").replace("\"built\"", "\"wasBuilt\"").replacen('{', "{\"page\":1,", 1);
    crate::scratch::write(directory.path(), "answer.jsonl", format!("{known}\n{unknown}\n"));
    directory
}

#[test]
fn documented_json_forms_match_the_output() {
    let document = fs::read_to_string(crate::repository().join("docs/reference/json.md")).expect("the document exists");
    let example =
        regex::Regex::new(r"(?s)```sh\nfactloom ([^\n]*)\n```\n\n```json\n(.*?)\n```").expect("a valid pattern");
    let directory = datasets();
    let mut count = 0;
    for example in example.captures_iter(&document) {
        let args = shlex::split(&example[1]).expect("the command can be split");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let documented: Value = serde_json::from_str(&example[2]).expect("the example is JSON");
        let written = run(directory.path(), &args);
        let written: Value = serde_json::from_str(&written).unwrap_or_else(|e| panic!("{args:?}: {e}\n{written}"));
        assert!(matches(&documented, &written), "{args:?} writes\n{written:#}\ninstead of\n{documented:#}");
        count += 1;
        let records = match &written {
            Value::Array(records) => records,
            Value::Object(members) => {
                let bindings = members.get("results").map(|results| &results["bindings"]);
                let records = ["changes", "tests", "proposals"].iter().find_map(|name| members.get(*name));
                match records.or(bindings) {
                    Some(Value::Array(records)) => records,
                    _ => continue,
                }
            }
            _ => continue,
        };
        let lines: Vec<&str> = args.iter().map(|arg| if *arg == "json" { "jsonl" } else { arg }).collect();
        let lines = run(directory.path(), &lines);
        let lines: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        assert_eq!(&lines, records, "{args:?}");
    }
    assert_eq!(count, 19);
}

fn run(directory: &Path, args: &[&str]) -> String {
    let output = factloom(directory, args);
    assert!(matches!(output.status, Some(0 | 1)), "{args:?}: {}", output.stderr);
    output.stdout
}

/// Whether a value matches an example: `"…"` matches any value, and a member `…` allows further members. An example of an array
/// contains some of its elements.
fn matches(example: &Value, value: &Value) -> bool {
    match (example, value) {
        (Value::String(text), _) if text == "…" => true,
        (Value::Array(examples), Value::Array(values)) => {
            examples.iter().all(|example| values.iter().any(|value| matches(example, value)))
        }
        (Value::Object(examples), Value::Object(values)) => {
            let is_open = examples.contains_key("…");
            (is_open || examples.len() == values.len())
                && examples
                    .iter()
                    .filter(|(name, _)| *name != "…")
                    .all(|(name, example)| values.get(name).is_some_and(|value| matches(example, value)))
        }
        _ => example == value,
    }
}
