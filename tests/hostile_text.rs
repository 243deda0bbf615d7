//! Texts of a dataset, names of files and arguments that a terminal or a build server would interpret.

use crate::program::{RunOutput, command, factloom, run};
use crate::scratch::{dataset, temp_dir};
#[cfg(unix)]
use crate::shell::run_in_terminal;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// What a dataset may contain: U+009B begins a control sequence in some terminals, and U+202E reverses the rest of a line. The lines are
/// commands of build servers.
const HOSTILE: &str = "x\u{9b}31m\u{202e}\n::error::owned\n \t::set-output name=a::b\n##vso[task.complete]x ##[group]";

/// The same with the control characters that JSON and Turtle files may not contain: a window title with BEL, and a colour.
const CONTROLS: &str =
    "x\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}31m\u{202e}\n::error::owned\n##vso[task.complete]x\r##[group]";

/// [`CONTROLS`] as a string of YAML.
const YAML: &str = r#""x\e]0;owned\a\e[31m\x9b31m\u202e\n::error::owned\n##vso[task.complete]x\r##[group]""#;

fn with(text: &str) -> String {
    format!("{text}{HOSTILE}")
}

/// A dataset with [`HOSTILE`] in all its texts, and two sides of a conflict.
fn hostile_dataset(year: &str) -> TempDir {
    // With a blank line, other line ends do not end a paragraph.
    let content = format!("The guild{HOSTILE} built the mill. In 1970. In 1980. In 1990.\n\nNo.");
    let manifest = json!({
        "title": with("::error::A mill"), "base": "https://example.org/mill/", "queries": "*.rq", "tests": "tests/*",
        "sources": [{
            "id": "chronicle", "title": with("C"), "publisher": with("P"), "url": "https://example.org/c", "content": content,
        }],
    });
    let quoted = |text: &str| serde_json::to_string(&with(text)).expect("a string");
    let vocabulary = format!(
        "{}v:built rdfs:comment {} .
        <https://factloom.example/ns#pointInTime> a owl:FunctionalProperty .\n",
        crate::scratch::VOCABULARY.replace("\"built\"", &quoted("::error::built")),
        quoted("comment"),
    );
    let entities = json!([
        { "id": "guild", "type": "Thing", "label": with("::error::Guild"), "aliases": [with("G")], "note": with("N"),
          "sameAs": ["https://example.com/guild"] },
        { "id": "old-mill", "type": "Thing", "label": "Old mill", "labels": { "de": with("Mühle") } },
    ]);
    let fact = |id: &str, more: Value, quote: &str| {
        let mut fact = json!({
            "id": id, "subject": "guild", "predicate": "built", "object": "old-mill",
            "evidence": [{ "source": "chronicle", "quote": quote, "note": with("N") }],
        });
        fact.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        fact
    };
    let facts = json!([
        fact("f", json!({ "qualifiers": { "pointInTime": "1970" } }), &format!("The guild{HOSTILE} built … In 1970")),
        fact("g", json!({ "qualifiers": { "pointInTime": year } }), &format!("In {year}")),
        fact("n", json!({ "claim": { "status": "denied" } }), "No"),
    ]);
    let query = format!(
        "#+ summary: {YAML}\n#+ description: {YAML}\n#+ tags: [{YAML}]\n#+ diagram:\n#+   title: {YAML}\n\
         SELECT ?s ?label {{ ?s rdfs:label ?label . ?st rdf:reifies <<( ?s v:built ?o )>> }}"
    );
    let parameters = format!(
        "#+ summary: {YAML}\n#+ params:\n#+   label: {{ default: {YAML} }}\n\
         SELECT ?s {{ ?s rdfs:label ?_label }}"
    );
    let style = json!({ "node": { "xlabel": with("L"), "comment": HOSTILE } });
    let golden = format!("s,label\r\nx,\"{}\"\r\n", with("G"));
    dataset(&[
        ("factloom.json", &manifest.to_string()),
        ("vocabulary.ttl", &vocabulary),
        ("entities.json", &entities.to_string()),
        ("facts.json", &facts.to_string()),
        ("labels.rq", &query),
        ("parameters.rq", &parameters),
        ("style.json", &style.to_string()),
        ("tests/labels.csv", &golden),
    ])
}

/// Whether a format consists of commands for a build server, or of data in which a command can be within a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Data,
    Commands,
}

/// The number of characters that were replaced. Fails if a text could be interpreted.
#[track_caller]
fn replaced_characters(text: &str, kind: Kind, what: &str) -> usize {
    let interpreted = |c: &char| {
        c.is_control() && !"\n\t".contains(*c) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(text.chars().find(interpreted), None, "{what}\n{text:?}");
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let start = line.trim_start();
        let is_own =
            kind == Kind::Commands && ["::error file=", "::warning file="].iter().any(|own| line.starts_with(own));
        assert!(is_own || !start.starts_with("::error") && !start.starts_with("::set"), "{what}\n{line:?}");
        assert!(!start.starts_with("##vso[") && !start.starts_with("##["), "{what}\n{line:?}");
        assert!(kind != Kind::Text || !line.contains("##vso[") && !line.contains("##["), "{what}\n{line:?}");
    }
    text.matches([char::REPLACEMENT_CHARACTER, '␛']).count()
}

#[track_caller]
fn replaced_in(output: &RunOutput, kind: Kind, args: &[&str]) -> usize {
    let what = format!("factloom {args:?}");
    replaced_characters(&output.stdout, kind, &what) + replaced_characters(&output.stderr, Kind::Text, &what)
}

/// The commands with which facts are entered.
const AUTHORING: [(&[&str], Kind); 12] = [
    (&["quote", "gild built the mill"], Kind::Text),
    (&["quote", "gild built the mill", "--format", "json"], Kind::Data),
    (&["quote", "no such words"], Kind::Text),
    (&["quote", CONTROLS, "--source", CONTROLS], Kind::Text),
    (&["coverage"], Kind::Text),
    (&["coverage", "--format", "json"], Kind::Data),
    (&["coverage", "--format", "html"], Kind::Data),
    (&["coverage", CONTROLS], Kind::Text),
    (&["schema", "--prompt"], Kind::Text),
    (&["import", "facts.json"], Kind::Text),
    (&["import", "facts.json", "--format", "json"], Kind::Data),
    (&["import", "facts.json", "--format", "jsonl"], Kind::Data),
];

#[test]
fn no_text_of_a_dataset_is_interpreted_by_a_terminal_or_a_build_server() {
    let (one, other) = (hostile_dataset("1980"), hostile_dataset("1990"));
    let other = other.path().to_string_lossy().into_owned();
    let select = format!("SELECT * {{ ?s ?p \"{}\" }}", HOSTILE.replace('\n', "\\n"));
    let check = factloom(one.path(), &["check"]);
    assert_eq!(check.status, Some(0), "the dataset can be shown: {}", check.stderr);
    let mut replaced = 0;
    for (args, kind) in [
        (&["check", "--format", "text"][..], Kind::Text),
        (&["check", "--format", "json"], Kind::Data),
        (&["check", "--format", "jsonl"], Kind::Data),
        (&["check", "--format", "github"], Kind::Commands),
        (&["facts"], Kind::Text),
        (&["facts", "--format", "json"], Kind::Data),
        (&["facts", "--entity", HOSTILE], Kind::Text),
        (&["facts", "--source", HOSTILE], Kind::Text),
        (&["why", "f"], Kind::Text),
        (&["why", "f", "--format", "markdown"], Kind::Text),
        (&["why", "f", "--format", "json"], Kind::Data),
        (&["why", "f", "--format", "dot"], Kind::Data),
        (&["why", "--not", HOSTILE], Kind::Text),
        (&["why", "--uses", "f"], Kind::Text),
        (&["why", "--subject", "old-mill", "--predicate", "built", "--object", "guild", "--not"], Kind::Text),
        (&["conflicts"], Kind::Text),
        (&["conflicts", "--format", "markdown"], Kind::Text),
        (&["conflicts", "--format", "json"], Kind::Data),
        (&["path", "guild", "old-mill"], Kind::Text),
        (&["path", "guild", "old-mill", "--format", "mermaid"], Kind::Data),
        (&["path", "old-mill", "guild", "--direction", "out"], Kind::Text),
        (&["rank"], Kind::Text),
        (&["components"], Kind::Text),
        (&["components", "--bridges"], Kind::Text),
        (&["components", "--articulation-points"], Kind::Text),
        (&["query", "--list"], Kind::Text),
        (&["query", "labels", "--format", "table"], Kind::Text),
        (&["query", "labels", "--format", "table", "--cite"], Kind::Text),
        (&["query", "labels", "--cite=footnotes"], Kind::Text),
        (&["query", "labels", "--format", "markdown", "--cite"], Kind::Text),
        (&["query", "labels", "--format", "markdown", "--cite=footnotes"], Kind::Text),
        (&["query", "labels", "--format", "json", "--cite"], Kind::Data),
        (&["query", "labels", "--format", "jsonl"], Kind::Data),
        (&["query", "labels", "--format", "html"], Kind::Data),
        (&["query", "labels", "--format", "html", "--cite"], Kind::Data),
        (&["query", "labels", "--explain"], Kind::Text),
        (&["query", "labels", "--help"], Kind::Text),
        (&["query", "parameters", "--help"], Kind::Text),
        (&["query", "parameters", "--why-empty", "--format", "table", "--label", CONTROLS], Kind::Text),
        (&["query", "-e", &format!("{select} x")], Kind::Text),
        (&["query", "-e", &format!("SELECT * {{ ?s ?p {CONTROLS} }}")], Kind::Text),
        (&["query", "-e", &select, "--why-empty", "--format", "table"], Kind::Text),
        (&["query", CONTROLS], Kind::Text),
        (&["query", "x", "--param", CONTROLS], Kind::Text),
        (&["query", "labels", "-o", CONTROLS], Kind::Text),
        (&["query", "--query-file", CONTROLS], Kind::Text),
        (&["query", "--data", CONTROLS, "-e", "ASK {}"], Kind::Text),
        (&["draw", "--list"], Kind::Text),
        (&["draw", CONTROLS], Kind::Text),
        (&["draw", "-f", CONTROLS], Kind::Text),
        (&["draw", "-N", CONTROLS], Kind::Text),
        (&["draw", "-o", &format!("{CONTROLS}/x.svg")], Kind::Text),
        (&["draw", "labels"], Kind::Data),
        (&["draw", "labels", "-f", "dot"], Kind::Data),
        (&["draw", "labels", "-f", "mermaid"], Kind::Data),
        (&["draw", "--check", "."], Kind::Text),
        (&["test"], Kind::Text),
        (&["test", "--format", "tap"], Kind::Text),
        (&["test", "--format", "junit"], Kind::Data),
        (&["test", "--format", "json"], Kind::Data),
        (&["test", "--format", "github"], Kind::Commands),
        (&["test", CONTROLS], Kind::Text),
        (&["diff", ".", &other], Kind::Text),
        (&["diff", ".", &other, "--format", "markdown"], Kind::Text),
        (&["diff", ".", &other, "--format", "json"], Kind::Data),
        (&["diff", ".", CONTROLS], Kind::Text),
        (&["export", "-T", "graphml"], Kind::Data),
        (&["export", "-T", "gexf"], Kind::Data),
        (&["export", "-T", "cytoscape"], Kind::Data),
        (&["export", "-T", "annotations"], Kind::Data),
        (&["export", "--lang", CONTROLS, "-T", "graphml"], Kind::Data),
        (&["build", "-o", "out"], Kind::Text),
        (&["build", "-o", &format!("{CONTROLS}/out")], Kind::Text),
        (&["lock"], Kind::Text),
        (&["verify", CONTROLS], Kind::Text),
        (&["check", "--dataset", CONTROLS], Kind::Text),
        (&["check", "--allow", CONTROLS], Kind::Text),
        (&["check", "--source-dir", CONTROLS], Kind::Text),
        (&["init", CONTROLS], Kind::Text),
        (&[CONTROLS], Kind::Text),
        (&[&format!("--{CONTROLS}")], Kind::Text),
        (&["completions", CONTROLS], Kind::Text),
        (&["facts", "--dataset", ".", "--kind", CONTROLS], Kind::Text),
    ]
    .into_iter()
    .chain(AUTHORING)
    {
        replaced += replaced_in(&factloom(one.path(), args), kind, args);
    }
    assert!(replaced > 300, "only {replaced} characters are replaced, so the texts are not those of the dataset");
}

#[test]
fn no_line_of_xml_begins_with_data() {
    let directory = hostile_dataset("1980");
    for args in [
        &["query", "labels", "-f", "xml"][..],
        &["query", "labels", "-f", "xml", "--cite"],
        &["query", "-e", "CONSTRUCT WHERE { ?s rdfs:label ?label }", "-f", "rdfxml"],
        &["export", "-f", "rdfxml", "--rdf", "1.1"],
        &["export", "-f", "graphml"],
        &["export", "-f", "gexf"],
        &["test", "--format", "junit"],
    ] {
        let output = factloom(directory.path(), args).stdout;
        assert!(output.contains("error") && output.contains("vso["), "{args:?} {output}");
        for line in output.lines() {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##"), "{args:?} {line:?}");
        }
    }
}

/// With colours, the program's own control sequences are the only ones.
#[test]
fn only_colours_of_the_program_reach_a_terminal() {
    let directory = hostile_dataset("1980");
    let colour = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    for args in
        [&["check"][..], &["query", "labels", "--help"], &["query", "-e", CONTROLS], &[CONTROLS], &["draw", "--list"]]
    {
        let output = run(command(directory.path()).args(["--color", "always"]).args(args));
        for text in [&output.stdout, &output.stderr] {
            let hostile = ["\u{1b}]0;owned", "\u{1b}[31mx", "\u{9b}"].iter().any(|sequence| text.contains(sequence));
            assert!(!hostile, "{args:?} {text:?}");
            replaced_characters(&colour.replace_all(text, ""), Kind::Text, &format!("{args:?}"));
        }
    }
}

/// A data format keeps every text, except at a terminal.
#[cfg(unix)]
fn data_at_a_terminal_is_text() {
    let directory = hostile_dataset("1980");
    for format in ["csv", "tsv", "xml", "json"] {
        let output = run_in_terminal(directory.path(), &["labels", "--format", format, "--quiet"], &[]);
        assert_eq!(output.status, Some(0), "{output:?}");
        assert!(output.stdout.contains("Guild"), "{output:?}");
        let shown = output.stdout.replace("\r\n", "\n");
        replaced_characters(&shown, Kind::Data, format);
    }
}
#[cfg(unix)]
external!(Need::Program("python3"), data_at_a_terminal_is_text);

#[test]
fn names_of_files_are_not_interpreted() {
    let bad = "[ { \"id\": 1 ] \u{1b}]0;x\u{7}";
    let name = format!("facts-{}", CONTROLS.replace('/', ""));
    let manifest = crate::scratch::MANIFEST.replacen("\"title\"", "\"facts\": \"facts*\", \"title\"", 1);
    let directory = dataset(&[("factloom.json", &manifest), (&name, bad)]);
    for (args, kind) in [
        (&["check"][..], Kind::Text),
        (&["check", "-f", "github"], Kind::Commands),
        (&["check", "-f", "json"], Kind::Data),
        (&["build"], Kind::Text),
        (&["facts"], Kind::Text),
    ] {
        let output = factloom(directory.path(), args);
        assert_ne!(output.status, Some(0), "{args:?}");
        assert!(replaced_in(&output, kind, args) > 0 || kind != Kind::Text, "{args:?} {output:?}");
    }
    let directory = temp_dir(&[]);
    crate::scratch::copy(dataset(&[]).path(), &directory.path().join(&name));
    for args in [&["check", &name][..], &["lock", "--dataset", &name], &["diff", &name, &name]] {
        replaced_in(&factloom(directory.path(), args), Kind::Text, args);
    }
}

/// A page, a file, a script and a data URL, in the places that become links, and what must be text.
#[test]
fn only_links_of_four_schemes_are_written() {
    for (url, is_link) in [
        ("https://example.org/c", true),
        ("mailto:clerk@example.org", true),
        ("doi:10.1000/182", true),
        ("javascript:alert(1)", false),
        ("file:///etc/passwd", false),
        ("data:text/html,x", false),
        ("vbscript:x", false),
    ] {
        let manifest = crate::scratch::MANIFEST.replacen(
            "\"id\": \"chronicle\"",
            &format!("\"id\": \"chronicle\", \"url\": \"{url}\""),
            1,
        );
        let entities = crate::scratch::ENTITIES.replace("\"Guild\"", &format!("\"Guild\", \"sameAs\": [\"{url}\"]"));
        let directory = dataset(&[("factloom.json", &manifest), ("entities.json", &entities)]);
        let check = factloom(directory.path(), &["check"]);
        assert_eq!(check.status, Some(0), "{url}: {}", check.stderr);
        assert_eq!(
            check.stderr.matches("warning[unsupported-link]").count(),
            if is_link { 0 } else { 2 },
            "{}",
            check.stderr
        );
        for (args, link) in [
            (&["draw"][..], format!("href=\"{url}")),
            (&["draw", "-f", "dot"], format!("URL=\"{url}")),
            (&["draw", "-f", "mermaid"], format!("href \"{url}")),
            (&["why", "f", "--format", "markdown"], format!("](<{url}")),
            (&["facts"], url.to_owned()),
            (&["facts", "--format", "json"], format!("\"link\":\"{url}")),
        ] {
            let output = factloom(directory.path(), args);
            assert_eq!(output.status, Some(0), "{url} {args:?}: {}", output.stderr);
            assert_eq!(output.stdout.contains(&link), is_link, "{url} {args:?}\n{}", output.stdout);
        }
    }
}

#[test]
fn with_csv_safe_no_cell_is_a_formula_and_numbers_do_not_change() {
    let formula = "=HYPERLINK(\"https://example.org/?\"&A1,\"x\")";
    let entities = json!([
        { "id": "guild", "type": "Thing", "label": formula, "aliases": ["@SUM(1)", "-1+1", "\t=1"] },
        { "id": "old-mill", "type": "Thing", "label": "+cmd|' /C calc'!A0" },
    ]);
    let directory = dataset(&[("entities.json", &entities.to_string())]);
    let query = "SELECT ?label ?n { ?s rdfs:label ?label VALUES ?n { -5 1.5 } } ORDER BY ?label ?n";
    let run = |args: &[&str]| {
        let output = factloom(directory.path(), args);
        assert_eq!(output.status, Some(0), "{args:?} {}", output.stderr);
        output.stdout
    };
    for (format, separator) in [("csv", b','), ("tsv", b'\t')] {
        let plain = run(&["query", "-e", query, "-f", format]);
        let safe = run(&["query", "-e", query, "-f", format, "--csv-safe"]);
        assert!(plain.contains("=HYPERLINK") && !plain.contains("'=HYPERLINK"), "{plain}");
        assert_eq!(safe.matches("'=HYPERLINK").count(), 2, "{safe}");
        assert_eq!(safe.matches("'+cmd").count(), 2, "{safe}");
        assert!(safe.contains(&format!("{}-5", char::from(separator))), "{safe}");
    }
    let cited = run(&["query", "-e", "SELECT ?label { ?s rdfs:label ?label }", "-f", "csv", "--cite", "--csv-safe"]);
    assert!(cited.contains("\"'=HYPERLINK"), "{cited}");
    for format in ["csv", "neo4j"] {
        run(&["export", "-T", format, "-o", format, "--csv-safe"]);
        let nodes = std::fs::read_to_string(directory.path().join(format).join("nodes.csv")).expect("it was written");
        assert!(nodes.contains(",\"'=HYPERLINK") && nodes.contains(",'+cmd"), "{nodes}");
    }
    for args in [&["query", "-e", query, "-f", "json", "--csv-safe"][..], &["export", "-T", "turtle", "--csv-safe"]] {
        let output = factloom(directory.path(), args);
        assert_eq!(output.status, Some(2), "{args:?}");
        assert!(output.stderr.starts_with("error: --csv-safe requires the format csv or "), "{}", output.stderr);
    }
}

/// Attributes of Graphviz that read or fetch a file never reach DOT, not even from a compiled graph or with errors.
#[test]
fn attributes_that_read_files_are_refused_and_not_written() {
    let style = json!({
        "graph": { "_background": "c 7 -#ff0000", "stylesheet": "https://example.org/x.css", "imagepath": "/", "fontpath": "/", "charset": "latin1" },
        "node": { "image": "/etc/passwd", "shapefile": "../x.ps", "URL": "javascript:a", "fontname": "/etc/passwd" },
        "edge": { "edgeURL": "file:///x", "headhref": "javascript:b", "labelURL": "data:x", "tailURL": "x" },
        "cluster": { "href": "vbscript:c" },
    });
    let directory = dataset(&[("style.json", &style.to_string())]);
    let check = factloom(directory.path(), &["check"]);
    assert_eq!(check.status, Some(1));
    assert_eq!(check.stderr.matches("error[unsafe-attribute]").count(), 14, "{}", check.stderr);
    let dot = factloom(directory.path(), &["draw", "-f", "dot", "--cluster", "class", "--keep-going"]).stdout;
    assert!(dot.starts_with("digraph"), "{dot}");
    for attribute in
        ["_background", "stylesheet", "path", "charset", "image", "shapefile", "URL", "href", "/etc/passwd"]
    {
        assert!(!dot.contains(attribute), "{attribute}: {dot}");
    }
}

/// The beginning of a PNG image, which has its size in pixels.
fn png(size: u8) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0", &[size][..], b"\0\0\0", &[size], b"\x08\x02\0\0\0"].concat()
}

/// A file of the dataset may be shown, and a link to one that leads out of it may not.
#[test]
fn an_image_of_the_dataset_is_allowed() {
    let check = |directory: &Path| factloom(directory, &["check"]);
    let style = r#"{ "node": { "image": "images/mill.png" } }"#;
    let directory = dataset(&[("style.json", style)]);
    assert_eq!(check(directory.path()).status, Some(1), "it is missing");
    crate::scratch::write(directory.path(), "images/mill.png", png(16));
    let output = check(directory.path());
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    // `dot` reads the image of the dataset, not the one in the working directory, except for one that the user names.
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    for name in ["images/mill.png", "images/other.png"] {
        crate::scratch::write(elsewhere.path(), name, png(48));
    }
    let dataset = directory.path().to_str().expect("a temporary path is UTF-8");
    let draw = |more: &[&str]| {
        let args = ["draw", "--dataset", dataset, "--keep-going", "--engine", "graphviz"];
        factloom(elsewhere.path(), &[&args, more].concat())
    };
    let has_graphviz = std::process::Command::new("dot").arg("-V").output().is_ok();
    if has_graphviz {
        for (more, size) in [(&[][..], "width=\"16px\""), (&["-N", "image=images/other.png"], "width=\"48px\"")] {
            let output = draw(more);
            assert!(output.status == Some(0) && output.stderr.is_empty(), "{}", output.stderr);
            assert!(output.stdout.contains(size), "{}", output.stdout);
        }
    }
    #[cfg(unix)]
    {
        let image = directory.path().join("images/mill.png");
        std::fs::remove_file(&image).expect("it can be removed");
        std::os::unix::fs::symlink(elsewhere.path().join("images/mill.png"), &image).expect("a link can be made");
        assert_eq!(check(directory.path()).status, Some(1));
        let output = draw(&[]);
        assert_eq!(output.status, Some(2), "{}", output.stdout);
        let message = "error: Graphviz cannot read `images/mill.png`, the `image` of the style: ";
        assert!(output.stderr.contains(message), "{}", output.stderr);
    }
}
