//! Paths, ranks and components, with networkx as judge, and what the commands say of what they are asked.

use crate::peers::python;
use crate::program::{factloom, stdout_of};
use crate::scratch::dataset;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn asked(at: &Path, args: &[&str]) -> Vec<Value> {
    lines(&stdout_of(at, &[args, &["-T", "json"]].concat()))
}

/// The ids of the entities that a statement joins, where both of its ends are entities.
fn ends(statement: &Value) -> Option<[String; 2]> {
    let id = |name: &str| {
        let (_, id) = statement[name].as_str()?.trim_end_matches('>').split_once("/entity/")?;
        Some(id.to_owned())
    };
    Some([id("subject")?, id("object")?])
}

/// All paths that are found between two entities, as the ids of the entities they visit.
fn paths(at: &Path, from: &str, to: &str, direction: &str, max_length: Option<&str>) -> Value {
    let mut args = vec!["path", from, to, "--all", "--limit", "1000000", "-T", "json", "--direction", direction];
    args.extend(max_length.into_iter().flat_map(|most| ["--max-length", most]));
    let said = factloom(at, &args);
    assert!(matches!(said.status, Some(0 | 1)), "{}", said.stderr);
    let found: Vec<Value> = lines(&said.stdout).into_iter().map(|path| path["entities"].clone()).collect();
    let max_length = max_length.map(|most| most.parse::<usize>().expect("a number"));
    json!({ "from": from, "to": to, "direction": direction, "max_length": max_length, "found": found })
}

/// Has networkx compare what is said of the graph in a folder; false where it is not at hand.
fn judge(at: &Path, pairs: &[(&str, &str)]) -> bool {
    let statements = lines(&stdout_of(at, &["facts", "--kind", "fact,inference", "--format", "json"]));
    let weak = asked(at, &["components"]);
    let nodes: Vec<&Value> = weak.iter().flat_map(|c| c["entities"].as_array().expect("a list")).collect();
    let rank = |by: &str| asked(at, &["rank", "--by", by]);
    let paths: Vec<Value> = pairs
        .iter()
        .flat_map(|(from, to)| {
            let lengths = [None, Some("1"), Some("3"), Some("4")];
            let of = move |direction| lengths.map(|most| paths(at, from, to, direction, most));
            [of("out"), of("both")].concat()
        })
        .collect();
    let told = json!({
        "nodes": nodes,
        "edges": statements.iter().filter_map(ends).collect::<Vec<_>>(),
        "ranks": {
            "degree": rank("degree"), "pagerank": rank("pagerank"),
            "betweenness": rank("betweenness"), "closeness": rank("closeness"),
        },
        "weak": weak,
        "strong": asked(at, &["components", "--strong"]),
        "bridges": asked(at, &["components", "--bridges"]),
        "points": asked(at, &["components", "--articulation-points"]),
        "paths": paths,
    });
    let script = include_str!("analysis/judge.py");
    let Some(said) = python("networkx", script, &[], told.to_string().as_bytes()) else { return false };
    assert!(said.stdout.starts_with("ok "), "{}{}", said.stdout, said.stderr);
    true
}

#[test]
fn networkx_finds_the_same_in_the_bundled_graph() {
    let here = tempfile::tempdir().expect("a temporary folder");
    judge(here.path(), &[("karachi", "russia"), ("pakistan", "cold-war"), ("sindh-request", "karachi")]);
}

/// A dataset of so many facts between so many entities, which follow from a seed.
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

#[test]
fn networkx_finds_the_same_in_random_graphs() {
    for (seed, (entities, facts)) in [(4, 9), (8, 10), (10, 30), (14, 20), (25, 40)].into_iter().enumerate() {
        let at = random_graph(seed as u64, entities, facts);
        let listed = asked(at.path(), &["rank"]);
        let id = |at: usize| listed[at % listed.len()]["id"].as_str().expect("an id");
        if !judge(at.path(), &[(id(0), id(1)), (id(2), id(0))]) {
            return;
        }
    }
}

/// Three builders of a mill, one of them by a plan, and a town that praised it in some year.
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

/// The ids of the statements that a drawing of a selection shows.
fn drawn(at: &Path, args: &[&str]) -> Vec<String> {
    let dot = stdout_of(at, &[&["draw", "-T", "dot"], args].concat());
    let ids = dot.lines().filter_map(|line| line.split_once(" id=\"")?.1.split('"').next());
    let mut ids: Vec<String> = ids.filter(|id| id.as_bytes().get(1) == Some(&b'-')).map(str::to_owned).collect();
    ids.sort();
    ids
}

#[test]
fn each_option_selects_and_its_negation_leaves_out() {
    let at = mill();
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
        assert_eq!(drawn(at.path(), args), expected, "{args:?}");
    }
}

#[test]
fn what_was_kept_without_a_time_and_what_no_statement_states_is_said() {
    let at = mill();
    let said = factloom(at.path(), &["rank", "--at", "1873"]);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), "note: 2 statements without a date are included\n"));
    let said = factloom(at.path(), &["rank", "--select", "of-the-smith"]);
    // The triples of its class and its label are given.
    assert_eq!(said.stderr, "note: 2 results of `of-the-smith` are not statements\n");
    let said = factloom(at.path(), &["rank", "--max-nodes", "2"]);
    let expected =
        "note: showing 2 of 5 entities, those with the most statements, and 0 of 4 statements between them\n";
    assert_eq!(said.stderr, expected);
    let said = factloom(at.path(), &["rank", "--exclude-source", "chronicle"]);
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (
            Some(0),
            "note: nothing is left of the graph by what was selected\nhelp: claims are left out unless asked for: --kind fact,inference,claim\n"
        )
    );
}

#[test]
fn what_no_option_can_mean_is_refused_with_the_next_step() {
    let at = mill();
    for (args, message) in [
        (
            &["draw", "--class", "Persn"][..],
            "error: the vocabulary defines no class `Persn`\nhelp: did you mean `Person`?\n",
        ),
        (
            &["rank", "--predicate", "buit"],
            "error: the vocabulary defines no predicate `buit`\nhelp: did you mean `built`?\n",
        ),
        (
            &["components", "--source", "chronicel"],
            "error: no source has the id `chronicel`\nhelp: did you mean `chronicle`?\n",
        ),
        (&["path", "gild", "mill"], "error: no entity is called `gild`\nhelp: did you mean `guild`?\n"),
        (
            &["draw", "--select", "of-the-smit"],
            "error: there is no stored query `of-the-smit`\nhelp: did you mean `of-the-smith`?\n",
        ),
        (
            &["draw", "--select", "ASK {}"],
            "error: `query` answers yes or no, and gives no statement\nhelp: select by a CONSTRUCT or a SELECT query\n",
        ),
        (
            &["draw", "--max-length", "3"],
            "error: --max-length is about paths, and none are asked for\nhelp: add --between A B\n",
        ),
        (
            &["draw", "--direction", "in"],
            "error: --direction says which way statements are followed, and none are\n\
             help: add --focus ENTITY or --between A B\n",
        ),
        (
            &["draw", "--from", "1900", "--to", "1890"],
            "error: no time is from 1900-01-01 to 1890-12-31\nhelp: name the earlier one first\n",
        ),
    ] {
        let said = factloom(at.path(), args);
        assert_eq!((said.status, said.stdout.as_str(), said.stderr.as_str()), (Some(2), "", message), "{args:?}");
    }
    let said = factloom(at.path(), &["draw", "--status", "plannd"]);
    assert!(said.status == Some(2) && said.stderr.contains("'planned'"), "{}", said.stderr);
    let said = factloom(at.path(), &["rank", "-T", "jpg"]);
    assert!(said.status == Some(2) && said.stderr.contains("the formats are text, json, dot, svg"), "{}", said.stderr);
}

#[test]
fn paths_come_the_most_trusted_first_and_more_of_them_are_announced() {
    let at = mill();
    let all = ["path", "town", "smith", "--all", "--kind", "fact,claim"];
    let statements = |path: &Value| -> Vec<String> {
        let statements = path["statements"].as_array().expect("a list");
        statements.iter().map(|s| s["id"].as_str().expect("an id").to_owned()).collect()
    };
    let found: Vec<_> = asked(at.path(), &all).iter().map(statements).collect();
    assert_eq!(found, [["c-town", "e-smith"], ["d-plan", "b-smith"]]);
    let said = factloom(at.path(), &[&all[..], &["--limit", "1"]].concat());
    assert_eq!(said.stderr, "note: there are more paths than these 1; --limit N shows more\n");
    let said = factloom(at.path(), &["path", "guild", "bridge", "--direction", "out"]);
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (
            Some(1),
            "no path leads from guild to bridge\nhelp: claims are left out unless asked for: --kind fact,inference,claim\n"
        )
    );
    assert!(stdout_of(at.path(), &all).starts_with("path 1: 2 statements\n\ntown built bridge\n"));
}

#[test]
fn diagrams_show_what_was_found_in_colours() {
    let at = mill();
    for (args, painted) in [
        (&["rank", "-T", "dot"][..], 5),
        (&["components", "-T", "dot"], 5),
        (&["components", "--bridges", "-T", "dot"], 4),
        (&["components", "--articulation-points", "-T", "dot"], 3),
        (&["path", "town", "smith", "--all", "--kind", "fact,claim", "-T", "dot"], 4),
    ] {
        let dot = stdout_of(at.path(), args);
        let colours = ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494", "#77aadd", "#d55e00"];
        // The legend repeats them in lines that begin otherwise.
        let own = dot.lines().filter(|line| {
            ["guild", "town", "smith", "mill", "bridge"].iter().any(|n| line.starts_with(&format!("  \"{n}\"")))
        });
        let count = own.filter(|line| colours.iter().any(|colour| line.contains(colour))).count();
        assert_eq!(count, painted, "{args:?}\n{dot}");
    }
}
