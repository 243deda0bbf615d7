//! Other programs read what factloom writes: Graphviz, Raptor, rdflib and pyoxigraph.

use crate::program::{python, run_external, stdout_of};
use crate::repository;
use crate::scratch::{dataset, temp_dir};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Datasets with different content.
fn datasets() -> Vec<(&'static str, tempfile::TempDir)> {
    let bundled = tempfile::tempdir().expect("a temporary directory");
    let valid = tempfile::tempdir().expect("a temporary directory");
    crate::scratch::copy(&repository().join("tests/cases/valid"), valid.path());
    let hostile = r#"[{ "id": "guild", "type": "Thing", "label": "<a href=\"x\">&amp; \\N\\l\\\n“سلام” 👩🏽‍🏭</a>" },
        { "id": "old-mill", "type": "Thing", "label": "ends in \\" }]"#;
    vec![
        ("the bundled dataset", bundled),
        ("the valid dataset", valid),
        ("hostile labels", dataset(&[("entities.json", hostile)])),
    ]
}

/// A node or an edge in Graphviz's SVG.
#[derive(Debug, Default)]
struct Drawn {
    id: String,
    /// The lines of its label.
    lines: Vec<String>,
    dashes: Option<String>,
}

/// The nodes and the edges in Graphviz's SVG: class, title, and the rest.
fn drawn(svg: &str) -> Vec<(String, String, Drawn)> {
    let mut reader = quick_xml::Reader::from_str(svg);
    let mut all: Vec<(String, String, Drawn)> = Vec::new();
    let mut inside = String::new();
    loop {
        let event = reader.read_event().expect("Graphviz writes XML");
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                inside = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
                let attribute = |name: &str| {
                    let found = tag.try_get_attribute(name).expect("attributes are well-formed");
                    found.map(|a| a.unescape_value().expect("a value").into_owned())
                };
                if let ("g", Some(class @ ("node" | "edge"))) = (inside.as_str(), attribute("class").as_deref()) {
                    let id = attribute("id").expect("Graphviz gives an id");
                    all.push((class.to_owned(), String::new(), Drawn { id, ..Drawn::default() }));
                }
                if let (Some((.., drawn)), Some(dashes)) = (all.last_mut(), attribute("stroke-dasharray")) {
                    drawn.dashes = Some(dashes);
                }
                if inside == "text" {
                    all.iter_mut().next_back().expect("a text is of something").2.lines.push(String::new());
                }
            }
            Event::Text(text) => add(&mut all, &inside, &text.decode().expect("UTF-8")),
            Event::GeneralRef(reference) => {
                let name = reference.decode().expect("UTF-8");
                let c = match reference.resolve_char_ref().expect("a character") {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name).expect("a known entity").to_owned(),
                };
                add(&mut all, &inside, &c);
            }
            Event::End(_) => inside.clear(),
            Event::Eof => return all,
            _ => {}
        }
    }
}

fn add(all: &mut [(String, String, Drawn)], inside: &str, text: &str) {
    let Some((_, title, drawn)) = all.last_mut() else { return };
    match inside {
        "title" => title.push_str(text),
        "text" => drawn.lines.last_mut().expect("the text has begun").push_str(text),
        _ => {}
    }
}

fn graphviz(dot: &str) -> String {
    let output = run_external("dot", &["-Tsvg"], dot.as_bytes());
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "Graphviz rejects\n{dot}");
    output.stdout
}

fn graphviz_draws_the_dot_file_with_a_line_style_for_each_kind() {
    for (name, dataset) in datasets() {
        let dot = stdout_of(dataset.path(), &["draw", "-T", "dot"]);
        let svg = graphviz(&dot);
        let drawn = drawn(&svg);
        let list = stdout_of(dataset.path(), &["facts", "--format", "jsonl"]);
        let kinds: BTreeMap<String, String> = list
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .map(|s| (s["id"].as_str().expect("an id").to_owned(), s["kind"].as_str().expect("a kind").to_owned()))
            .collect();
        let edges: Vec<&Drawn> = drawn.iter().filter(|(class, ..)| class == "edge").map(|(.., edge)| edge).collect();
        assert!(!edges.is_empty(), "{name}");
        for Drawn { id, dashes, lines } in edges {
            // The id of an edge is the id of its statement.
            let kind = kinds.get(id).unwrap_or_else(|| panic!("{name}: no statement has the id {id}"));
            let expected = match kind.as_str() {
                "fact" => None,
                "inference" => Some("5,2"),
                _ => Some("1,5"),
            };
            assert_eq!(dashes.as_deref(), expected, "{name}: {id}");
            let status = ["(reported)", "(planned)", "(possible)", "(denied)"];
            let has_status = lines.last().is_some_and(|line| status.iter().any(|s| line.ends_with(s)));
            assert_eq!(has_status, kind == "claim", "{name}: {id} {lines:?}");
        }
    }
}
external!(Need::Program("dot"), graphviz_draws_the_dot_file_with_a_line_style_for_each_kind);

fn the_inferred_edge_from_russia_is_dashed_and_reads_as_a_sentence() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    stdout_of(directory.path(), &["build", "--example"]);
    let dot = fs::read_to_string(directory.path().join("factloom-out/graph.dot")).expect("it was written");
    let edge = |from: &str| {
        let start = format!("  \"{from}\" -> \"pakistan-steel-mills\"");
        dot.lines()
            .find(|l| l.starts_with(&start) && l.contains("helped build"))
            .unwrap_or_else(|| panic!("{from}\n{dot}"))
    };
    assert!(edge("russia").contains("\"style\"=\"dashed\""), "{}", edge("russia"));
    assert!(edge("soviet-union").contains("\"style\"=\"solid\""), "{}", edge("soviet-union"));
    let svg = graphviz(&dot);
    let drawn = drawn(&svg);
    let dashes = |from: &str| {
        let of = |(class, title, d): &&(String, String, Drawn)| {
            class == "edge" && title == &format!("{from}->pakistan-steel-mills") && d.lines == ["helped build"]
        };
        drawn.iter().find(of).expect("the edge is drawn").2.dashes.clone()
    };
    assert_eq!(dashes("russia").as_deref(), Some("5,2"));
    assert_eq!(dashes("soviet-union"), None);
}
external!(Need::Program("dot"), the_inferred_edge_from_russia_is_dashed_and_reads_as_a_sentence);

fn the_graphviz_engine_runs_graphviz() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let svg = stdout_of(directory.path(), &["draw", "--engine", "graphviz"]);
    assert!(svg.contains("Generated by graphviz"), "{}", &svg[..300]);
    assert!(stdout_of(directory.path(), &["draw", "--engine", "graphviz", "-T", "plain"]).starts_with("graph "));
    stdout_of(directory.path(), &["draw", "--engine", "graphviz", "-K", "neato", "-o", "graph.png"]);
    assert!(fs::read(directory.path().join("graph.png")).expect("it was written").starts_with(b"\x89PNG"));
    let output = crate::program::factloom(directory.path(), &["draw", "--engine", "graphviz", "-T", "no-such-format"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.starts_with("error: Graphviz failed: "), "{}", output.stderr);
}
external!(Need::Program("dot"), the_graphviz_engine_runs_graphviz);

#[test]
fn a_missing_graphviz_is_reported_with_what_to_install() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut program = crate::program::command(directory.path());
    let output = crate::program::run(program.env("PATH", directory.path()).args(["draw", "--engine", "graphviz"]));
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("install Graphviz"), "{}", output.stderr);
}

/// Labels with the special characters of Graphviz, XML and DOT.
fn label() -> impl Strategy<Value = String> {
    let special = [
        "&amp;",
        "&",
        "&#38;",
        "&lt;",
        "\\N",
        "\\G",
        "\\l",
        "\\r",
        "\\n",
        "\\\\",
        "\\",
        "\"",
        "\\\"",
        "<b>",
        "</b>",
        "<",
        ">",
        "{",
        "|",
        "}",
        "\n",
        "\r\n",
        "\t",
        "'",
        "%",
        "--",
        "]]>",
        "<!--",
        "👩🏽‍🏭",
        "🇵🇰",
        "سٹیل",
        "שלום",
        "製鉄",
        "कारख़ाना",
        "é",
        "\u{301}",
        "\u{AD}",
        "\u{200D}",
        "\u{202E}",
        "a",
        "mill",
        " ",
        "  ",
        "\u{A0}",
        "0",
        "\\T",
        "\\E",
        "\\L",
        "\\H",
        "//",
        "#",
        ";",
        "=",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(special.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("XML allows it", |c| {
            !c.is_control() && !matches!(u32::from(*c), 0xFFFE | 0xFFFF)
        }).prop_map(String::from),
    ];
    let text = prop::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat());
    text.prop_filter("a label is not blank", |t| t.contains(|c: char| c.is_alphanumeric() || c.is_ascii_graphic()))
}

/// The lines of a label without the differences that a diagram does not show: kinds of spaces, and blank lines.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let plain = |line: &str| line.chars().map(|c| if c == '\u{A0}' || c == '\t' { ' ' } else { c }).collect::<String>();
    let all = text.split('\n').map(plain);
    all.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn any_label_survives_into_dot_and_out_of_graphviz() {
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    let labels = prop::collection::vec(label(), 2..24);
    let result = TestRunner::new(config).run(&labels, |labels| {
        let entity = |(n, label): (usize, &String)| serde_json::json!({ "id": format!("n{n}"), "type": "Thing", "label": label });
        let entities: Vec<serde_json::Value> = labels.iter().enumerate().map(entity).collect();
        let fact = |n: usize| {
            serde_json::json!({ "id": format!("f{n}"), "subject": "n0", "predicate": "built", "object": format!("n{n}"),
                "evidence": [{ "source": "chronicle", "quote": "The guild built the old mill" }] })
        };
        let facts: Vec<serde_json::Value> = (1..labels.len()).map(fact).collect();
        let directory = dataset(&[
            ("entities.json", &serde_json::json!(entities).to_string()),
            ("facts.json", &serde_json::json!(facts).to_string()),
        ]);
        let dot = stdout_of(directory.path(), &["draw", "-T", "dot"]);
        let svg = graphviz(&dot);
        let nodes: BTreeMap<String, Vec<String>> = drawn(&svg)
            .into_iter()
            .filter(|(class, ..)| class == "node")
            .map(|(_, title, drawn)| (title, lines(&drawn.lines.join("\n"))))
            .collect();
        for (n, label) in labels.iter().enumerate() {
            prop_assert_eq!(&nodes[&format!("n{n}")], &lines(label), "{:?}\n{}", label, dot);
        }
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.unwrap_err());
}
external!(Need::Program("dot"), any_label_survives_into_dot_and_out_of_graphviz);

/// The number of triples of a graph, by its N-Triples.
fn count(directory: &Path, version: &str) -> usize {
    stdout_of(directory, &["export", "-T", "ntriples", "--rdf", version]).lines().count()
}

fn raptor_counts_the_same_triples() {
    for (name, dataset) in datasets() {
        let expected = count(dataset.path(), "1.1");
        for (format, theirs) in [("ntriples", "ntriples"), ("turtle", "turtle"), ("rdfxml", "rdfxml")] {
            let text = stdout_of(dataset.path(), &["export", "-T", format, "--rdf", "1.1"]);
            let args = ["-c", "-i", theirs, "-", "https://example.org/"];
            let output = run_external("rapper", &args, text.as_bytes());
            assert_eq!(output.status, Some(0), "{name} in {format}: {}", output.stderr);
            let expected = format!("Parsing returned {expected} triples");
            assert!(output.stderr.contains(&expected), "{name} in {format}: {expected}: {}", output.stderr);
            assert!(!output.stderr.contains("Warning"), "{name} in {format}: {}", output.stderr);
        }
    }
}
external!(Need::Program("rapper"), raptor_counts_the_same_triples);

fn rdflib_counts_the_same_triples() {
    let script = "import sys, rdflib\n\
        g = rdflib.Graph()\n\
        g.parse(data=sys.stdin.buffer.read(), format=sys.argv[1])\n\
        print(len(g))";
    for (name, dataset) in datasets() {
        let expected = count(dataset.path(), "1.1");
        for (format, theirs) in [("ntriples", "nt"), ("turtle", "turtle"), ("rdfxml", "xml")] {
            let text = stdout_of(dataset.path(), &["export", "-T", format, "--rdf", "1.1"]);
            let output = python(script, &[theirs], text.as_bytes());
            assert_eq!(output.stdout.trim(), expected.to_string(), "{name} in {format}: {}", output.stderr);
        }
    }
}
external!(Need::Python("rdflib"), rdflib_counts_the_same_triples);

fn pyoxigraph_reads_rdf_1_2_and_has_the_same_results() {
    let script = "import sys, json, pathlib\n\
        from pyoxigraph import Store, RdfFormat, QueryResultsFormat, QuerySolutions\n\
        turtle, ntriples = Store(), Store()\n\
        turtle.load(path=sys.argv[1] + '/graph.ttl', format=RdfFormat.TURTLE)\n\
        ntriples.load(path=sys.argv[1] + '/graph.nt', format=RdfFormat.N_TRIPLES)\n\
        rows = {}\n\
        for path in sorted(pathlib.Path(sys.argv[2]).glob('*.rq')):\n    \
            text = path.read_text(encoding='utf-8')\n    \
            results = turtle.query(text)\n    \
            if isinstance(results, QuerySolutions) and '?_' not in text:\n        \
                rows[path.stem] = results.serialize(format=QueryResultsFormat.CSV).decode()\n\
        same = set(turtle) == set(ntriples)\n\
        print(json.dumps({'counts': [len(turtle), len(ntriples)], 'same': same, 'rows': rows}))";
    let directory = tempfile::tempdir().expect("a temporary directory");
    stdout_of(directory.path(), &["build", "--example", "-o", "out"]);
    let out = directory.path().join("out");
    let queries = repository().join("queries");
    let args = [out.to_string_lossy(), queries.to_string_lossy()];
    let output = python(script, &[&*args[0], &*args[1]], b"");
    let found: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let summary = fs::read_to_string(out.join("summary.json")).expect("it was written");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(found["counts"], serde_json::json!([summary["triples"], summary["triples"]]));
    assert_eq!(found["same"], true);
    let rows = found["rows"].as_object().expect("an object");
    assert!(rows.len() >= 12);
    for (name, theirs) in rows {
        let ours = stdout_of(directory.path(), &["query", name]);
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(|l| l.trim_end().to_owned()).collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(sorted(theirs.as_str().expect("text")), sorted(&ours), "{name}");
    }
}
external!(Need::Python("pyoxigraph"), pyoxigraph_reads_rdf_1_2_and_has_the_same_results);

fn a_renderer_reads_the_built_in_svg() {
    for (name, dataset) in datasets() {
        let svg = stdout_of(dataset.path(), &["draw"]);
        let directory = temp_dir(&[("graph.svg", &svg)]);
        let png = directory.path().join("graph.png");
        let args =
            ["-o", &*png.to_string_lossy(), &*directory.path().join("graph.svg").to_string_lossy()].map(str::to_owned);
        let output = run_external("rsvg-convert", &[&args[0], &args[1], &args[2]], b"");
        assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(fs::read(&png).expect("it was written").starts_with(b"\x89PNG"), "{name}");
    }
}
external!(Need::Program("rsvg-convert"), a_renderer_reads_the_built_in_svg);

fn rdflib_reads_results_with_citations() {
    let script = "import sys, rdflib.query\n\
        rows = rdflib.query.Result.parse(source=sys.stdin.buffer, format=sys.argv[1])\n\
        print(rows.type, len(rows.bindings or []), rows.askAnswer)";
    let directory = tempfile::tempdir().expect("a temporary directory");
    for name in ["who-helped-build-psm", "is-the-mill-in-pakistan"] {
        for format in ["json", "xml"] {
            let read = |args: &[&str]| {
                let text = stdout_of(directory.path(), &[&["query", name, "--results-format", format], args].concat());
                python(script, &[format], text.as_bytes()).stdout
            };
            assert_eq!(read(&["--cite"]), read(&[]), "{name} in {format}");
        }
    }
}
external!(Need::Python("rdflib"), rdflib_reads_results_with_citations);
