//! `path`, `rank`, `components` and the options for selection. networkx checks the results.

use crate::program::{factloom, python, stdout_of};
use crate::scratch::dataset;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn records(dataset: &Path, args: &[&str]) -> Vec<Value> {
    lines(&stdout_of(dataset, &[args, &["-f", "jsonl"]].concat()))
}

/// The ids of the subject and the object of a statement, if both are entities.
fn ends(statement: &Value) -> Option<[String; 2]> {
    let id = |name: &str| {
        let (_, id) = statement[name].as_str()?.trim_end_matches('>').split_once("/entity/")?;
        Some(id.to_owned())
    };
    Some([id("subject")?, id("object")?])
}

/// All paths between two entities, as the ids of their entities.
fn paths(dataset: &Path, from: &str, to: &str, direction: &str, max_length: Option<&str>) -> Value {
    let mut args = vec!["path", from, to, "--all", "--limit", "1000000", "-f", "jsonl", "--direction", direction];
    args.extend(max_length.into_iter().flat_map(|length| ["--max-length", length]));
    let output = factloom(dataset, &args);
    assert!(matches!(output.status, Some(0 | 1)), "{}", output.stderr);
    let found: Vec<Value> = lines(&output.stdout).into_iter().map(|path| path["entities"].clone()).collect();
    let max_length = max_length.map(|length| length.parse::<usize>().expect("a number"));
    json!({ "from": from, "to": to, "direction": direction, "max_length": max_length, "found": found })
}

/// Compares the analyses of a dataset with those of networkx.
fn assert_matches_networkx(dataset: &Path, pairs: &[(&str, &str)]) {
    let statements = lines(&stdout_of(dataset, &["facts", "--kind", "fact,inference", "--format", "jsonl"]));
    let weak = records(dataset, &["components"]);
    let nodes: Vec<&Value> = weak.iter().flat_map(|c| c["entities"].as_array().expect("a list")).collect();
    let rank = |by: &str| records(dataset, &["rank", "--by", by]);
    let paths: Vec<Value> = pairs
        .iter()
        .flat_map(|(from, to)| {
            let lengths = [None, Some("1"), Some("3"), Some("4")];
            let paths = move |direction| lengths.map(|length| paths(dataset, from, to, direction, length));
            [paths("out"), paths("both")].concat()
        })
        .collect();
    let report = json!({
        "nodes": nodes,
        "edges": statements.iter().filter_map(ends).collect::<Vec<_>>(),
        "ranks": {
            "degree": rank("degree"), "pagerank": rank("pagerank"),
            "betweenness": rank("betweenness"), "closeness": rank("closeness"),
        },
        "weak": weak,
        "strong": records(dataset, &["components", "--strong"]),
        "bridges": records(dataset, &["components", "--bridges"]),
        "points": records(dataset, &["components", "--articulation-points"]),
        "paths": paths,
    });
    let script = include_str!("analysis/compare.py");
    let output = python(script, &[], report.to_string().as_bytes());
    assert!(output.stdout.starts_with("ok "), "{}{}", output.stdout, output.stderr);
}

fn networkx_finds_the_same_in_the_bundled_graph() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    assert_matches_networkx(
        directory.path(),
        &[("karachi", "russia"), ("pakistan", "cold-war"), ("sindh-request", "karachi")],
    );
}
external!(Need::Python("networkx"), networkx_finds_the_same_in_the_bundled_graph);

/// A dataset with pseudorandom facts.
fn random_graph(seed: u64, entities: u64, facts: u64) -> TempDir {
    let mut state = seed;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let things: Vec<Value> = (0..entities)
        .map(|n| json!({ "id": format!("n{n}"), "type": "Thing", "label": format!("thing {n}") }))
        .collect();
    let evidence = json!([{ "source": "chronicle", "quote": "The town praised it" }]);
    let fact = |n: u64| {
        let (subject, object) = (format!("n{}", next(entities)), format!("n{}", next(entities)));
        let predicate = ["built", "saw"][next(2) as usize];
        json!({ "id": format!("f{n}"), "subject": subject, "predicate": predicate, "object": object, "evidence": evidence })
    };
    let facts: Vec<Value> = (0..facts).map(fact).collect();
    let vocabulary = format!("{}v:saw a owl:ObjectProperty .\n", crate::scratch::VOCABULARY);
    dataset(&[
        ("entities.json", &Value::from(things).to_string()),
        ("facts.json", &Value::from(facts).to_string()),
        ("vocabulary.ttl", &vocabulary),
    ])
}

fn networkx_finds_the_same_in_random_graphs() {
    for (seed, (entities, facts)) in [(4, 9), (8, 10), (10, 30), (14, 20), (25, 40)].into_iter().enumerate() {
        let dataset = random_graph(seed as u64, entities, facts);
        let listed = records(dataset.path(), &["rank"]);
        let id = |at: usize| listed[at % listed.len()]["id"].as_str().expect("an id");
        assert_matches_networkx(dataset.path(), &[(id(0), id(1)), (id(2), id(0))]);
    }
}
external!(Need::Python("networkx"), networkx_finds_the_same_in_random_graphs);

/// A dataset about three agents that worked on a mill and a bridge, with a claim.
fn mill() -> TempDir {
    let fact = |id: &str, subject: &str, predicate: &str, object: &str, more: Value| {
        let evidence = json!([{ "source": "chronicle", "quote": "The town praised it" }]);
        let mut fact =
            json!({ "id": id, "subject": subject, "predicate": predicate, "object": object, "evidence": evidence });
        fact.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        fact
    };
    let time = |time: &str| json!({ "qualifiers": { "pointInTime": time } });
    let facts = json!([
        fact("a-guild", "guild", "built", "mill", time("1873")),
        fact("b-smith", "smith", "repaired", "mill", time("189X")),
        fact("c-town", "town", "built", "bridge", json!({})),
        fact("d-plan", "town", "built", "mill", json!({ "claim": { "status": "planned" } })),
        fact("e-smith", "smith", "built", "bridge", json!({})),
    ]);
    let entity = |id: &str, class: &str| json!({ "id": id, "type": class, "label": id });
    let entities = json!([
        entity("guild", "Group"),
        entity("town", "Group"),
        entity("smith", "Person"),
        entity("mill", "Thing"),
        entity("bridge", "Thing"),
    ]);
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> .\n\
        @prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
        v:Thing a owl:Class .\nv:Agent a owl:Class .\nv:Group rdfs:subClassOf v:Agent .\nv:Person rdfs:subClassOf v:Agent .\n\
        v:workedOn a owl:ObjectProperty .\nv:built a owl:ObjectProperty ; rdfs:subPropertyOf v:workedOn .\n\
        v:repaired a owl:ObjectProperty ; rdfs:subPropertyOf v:workedOn .\n";
    dataset(&[
        ("entities.json", &entities.to_string()),
        ("facts.json", &facts.to_string()),
        ("vocabulary.ttl", vocabulary),
        (
            "queries/of-the-smith.rq",
            "#+ summary: what the smith did\nCONSTRUCT { e:smith ?p ?o } WHERE { e:smith ?p ?o }",
        ),
    ])
}

/// The ids of the statements in a diagram of a selection.
fn drawn(dataset: &Path, args: &[&str]) -> Vec<String> {
    let dot = stdout_of(dataset, &[&["draw", "-f", "dot"], args].concat());
    let ids = dot.lines().filter_map(|line| line.split_once(" id=\"")?.1.split('"').next());
    let mut ids: Vec<String> = ids.filter(|id| id.as_bytes().get(1) == Some(&b'-')).map(str::to_owned).collect();
    ids.sort();
    ids
}

#[test]
fn each_option_selects_and_its_opposite_excludes() {
    let dataset = mill();
    for (args, expected) in [
        (&["--focus", "guild"][..], &["a-guild"][..]),
        (&["--focus", "guild", "--radius", "2", "--direction", "out"], &["a-guild"]),
        (&["--focus", "mill", "--exclude-focus", "smith"], &["a-guild", "d-plan"]),
        (&["--between", "guild", "smith"], &["a-guild", "b-smith"]),
        (&["--between", "guild", "smith", "--max-length", "4"], &["a-guild", "b-smith", "c-town", "d-plan", "e-smith"]),
        (&["--exclude-between", "guild", "smith"], &["c-town", "d-plan", "e-smith"]),
        (&["--class", "Thing", "--class", "Person"], &["b-smith", "e-smith"]),
        (&["--exclude-class", "Agent"], &[]),
        (&["--predicate", "workedOn", "--exclude-predicate", "repaired"], &["a-guild", "c-town", "d-plan", "e-smith"]),
        (&["--kind", "claim"], &["d-plan"]),
        (&["--exclude-kind", "claim,inference"], &["a-guild", "b-smith", "c-town", "e-smith"]),
        (&["--status", "planned"], &["d-plan"]),
        (&["--exclude-status", "planned,denied"], &["a-guild", "b-smith", "c-town", "e-smith"]),
        (&["--source", "chronicle", "--kind", "claim"], &["d-plan"]),
        (&["--exclude-source", "chronicle"], &[]),
        (&["--at", "1895", "--kind", "fact"], &["b-smith", "c-town", "e-smith"]),
        (&["--from", "1870", "--to", "1880-05", "--kind", "fact"], &["a-guild", "c-town", "e-smith"]),
        (&["--exclude-at", "1873", "--kind", "fact"], &["b-smith", "c-town", "e-smith"]),
        (&["--exclude-from", "1890", "--kind", "fact"], &["a-guild", "c-town", "e-smith"]),
        (&["--select", "of-the-smith"], &["b-smith", "e-smith"]),
        (&["--exclude-select", "of-the-smith", "--kind", "fact"], &["a-guild", "c-town"]),
        (&["--select", "SELECT ?s { ?s a fl:Claim }"], &["d-plan"]),
    ] {
        assert_eq!(drawn(dataset.path(), args), expected, "{args:?}");
    }
}

#[test]
fn undated_statements_and_omitted_results_are_counted_in_notes() {
    let dataset = mill();
    let output = factloom(dataset.path(), &["rank", "--at", "1873"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), "note: 2 undated statements are included\n"));
    let output = factloom(dataset.path(), &["rank", "--select", "of-the-smith"]);
    // The triples of its class and its label are declared.
    assert_eq!(output.stderr, "note: 2 results of `of-the-smith` are not statements\n");
    let output = factloom(dataset.path(), &["rank", "--max-nodes", "2"]);
    let expected =
        "note: showing 2 of 5 entities, those with the most statements, and 0 of 4 statements between them\n";
    assert_eq!(output.stderr, expected);
    let output = factloom(dataset.path(), &["rank", "--exclude-source", "chronicle"]);
    assert_eq!(
        (output.status, output.stderr.as_str()),
        (
            Some(0),
            "note: the selection is empty\nhelp: claims are excluded by default; include them with --kind fact,inference,claim\n"
        )
    );
}

#[test]
fn invalid_options_are_refused_with_help() {
    let dataset = mill();
    for (args, message) in [
        (&["draw", "--class", "Persn"][..], "error: unknown class `Persn`\nhelp: did you mean `Person`?\n"),
        (&["rank", "--predicate", "buit"], "error: unknown predicate `buit`\nhelp: did you mean `built`?\n"),
        (
            &["components", "--source", "chronicel"],
            "error: unknown source `chronicel`\nhelp: did you mean `chronicle`?\n",
        ),
        (&["path", "gild", "mill"], "error: unknown entity `gild`\nhelp: did you mean `guild`?\n"),
        (
            &["draw", "--select", "of-the-smit"],
            "error: unknown stored query `of-the-smit`\nhelp: did you mean `of-the-smith`?\n",
        ),
        (
            &["draw", "--select", "ASK {}"],
            "error: `query` is an ASK query, which selects no statements\nhelp: use a CONSTRUCT or SELECT query\n",
        ),
        (
            &["draw", "--max-length", "3"],
            "error: --max-length has no effect without --between\nhelp: add --between A B\n",
        ),
        (
            &["draw", "--direction", "in"],
            "error: --direction has no effect without --focus or --between\nhelp: add --focus ENTITY or --between A B\n",
        ),
        (
            &["draw", "--from", "1900", "--to", "1890"],
            "error: the period from 1900-01-01 to 1890-12-31 is empty\nhelp: swap the two dates\n",
        ),
    ] {
        let output = factloom(dataset.path(), args);
        assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (Some(2), "", message), "{args:?}");
    }
    let output = factloom(dataset.path(), &["draw", "--status", "plannd"]);
    assert!(output.status == Some(2) && output.stderr.contains("did you mean `planned`?"), "{}", output.stderr);
    let output = factloom(dataset.path(), &["rank", "-f", "jpg"]);
    assert!(output.status == Some(2) && output.stderr.contains("text, json, jsonl, dot, svg"), "{}", output.stderr);
}

#[test]
fn the_most_trusted_paths_come_first_and_a_note_reports_more() {
    let dataset = mill();
    let all = ["path", "town", "smith", "--all", "--kind", "fact,claim"];
    let statements = |path: &Value| -> Vec<String> {
        let statements = path["statements"].as_array().expect("a list");
        statements.iter().map(|s| s["id"].as_str().expect("an id").to_owned()).collect()
    };
    let found: Vec<_> = records(dataset.path(), &all).iter().map(statements).collect();
    assert_eq!(found, [["c-town", "e-smith"], ["d-plan", "b-smith"]]);
    let output = factloom(dataset.path(), &[&all[..], &["--limit", "1"]].concat());
    assert_eq!(output.stderr, "note: showing 1 path; raise --limit to see more\n");
    let output = factloom(dataset.path(), &["path", "guild", "bridge", "--direction", "out"]);
    assert_eq!(
        (output.status, output.stderr.as_str()),
        (
            Some(1),
            "error: no path from guild to bridge\nhelp: claims are excluded by default; include them with --kind fact,inference,claim\n"
        )
    );
    assert!(stdout_of(dataset.path(), &all).starts_with("path 1: 2 statements\n\ntown built bridge\n"));
}

#[test]
fn diagrams_highlight_the_result_of_an_analysis() {
    let dataset = mill();
    for (args, highlighted) in [
        (&["rank", "-f", "dot"][..], 5),
        (&["components", "-f", "dot"], 5),
        (&["components", "--bridges", "-f", "dot"], 4),
        (&["components", "--articulation-points", "-f", "dot"], 3),
        (&["path", "town", "smith", "--all", "--kind", "fact,claim", "-f", "dot"], 4),
    ] {
        let dot = stdout_of(dataset.path(), args);
        let colours = ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494", "#77aadd", "#d55e00"];
        // The legend has the same colours, in lines that start differently.
        let own = dot.lines().filter(|line| {
            ["guild", "town", "smith", "mill", "bridge"].iter().any(|n| line.starts_with(&format!("  \"{n}\"")))
        });
        let count = own.filter(|line| colours.iter().any(|colour| line.contains(colour))).count();
        assert_eq!(count, highlighted, "{args:?}\n{dot}");
    }
}
