//! Errors outside of the program: malformed files, full disks, closed pipes.

use crate::program::{RunOutput, command, factloom, run, stdout_of};
use crate::scratch::{dataset, temp_dir, write};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, ReaderQueryResultsParserOutput};
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

/// The code, file and message of each finding of `check`, which must not fail in another way.
#[track_caller]
fn findings(directory: &Path) -> Vec<(String, String, String)> {
    let output = factloom(directory, &["check", "--format", "json"]);
    assert!(matches!(output.status, Some(0 | 1)), "{:?} {}", output.status, output.stderr);
    assert_eq!(output.stderr, "");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let found: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).expect("an array");
    found.iter().map(|d| (text(&d["code"]), text(&d["file"]), text(&d["message"]))).collect()
}

/// Asserts that a dataset has exactly one finding, with this code, in this file, and with these words in its message.
#[track_caller]
fn one_finding(directory: &Path, code: &str, file: &str, words: &str) {
    let found = findings(directory);
    let is_expected = matches!(&found[..], [(c, f, m)] if c == code && f == file && m.contains(words));
    assert!(is_expected, "expected {code} in {file}: {words}\n{found:#?}");
}

#[test]
fn an_empty_file_is_not_a_list_or_a_manifest() {
    for name in ["factloom.json", "entities.json", "facts.json", "style.json"] {
        let directory = dataset(&[(name, "")]);
        let found = findings(directory.path());
        assert!(found.iter().any(|(code, file, _)| code == "syntax-error" && file == name), "{name}: {found:#?}");
    }
    for name in ["entities.jsonl", "facts.jsonl", "factloom.lock", "rules/none.txt"] {
        let directory = dataset(&[(name, "")]);
        assert_eq!(findings(directory.path()), [], "{name}");
    }
    let directory = dataset(&[("vocabulary.ttl", "")]);
    assert!(findings(directory.path()).iter().all(|(code, ..)| code.starts_with("unknown-")));
}

#[test]
fn an_empty_dataset_can_be_built_and_exported() {
    let directory = temp_dir(&[
        ("factloom.json", r#"{ "base": "https://example.org/" }"#),
        ("vocabulary.ttl", ""),
        ("entities.json", "[]"),
        ("facts.json", "[]"),
    ]);
    one_finding(directory.path(), "empty-dataset", "factloom.json", "no facts");
    let output = factloom(directory.path(), &["build"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(stdout_of(directory.path(), &["draw"]).contains("<svg"));
    for format in ["turtle", "jsonld", "graphml", "gexf", "cytoscape", "annotations", "nanopublications"] {
        let output = factloom(directory.path(), &["export", "-T", format]);
        assert_eq!(output.status, Some(0), "{format}: {}", output.stderr);
    }
}

#[test]
fn an_invalid_output_is_named_with_a_correction() {
    let directory = temp_dir(&[("old.graphml", "")]);
    for (args, message) in [
        (&["export", "-o", "x.bogus"][..], "error: unknown file extension `.bogus`\nhelp: use one of .ttl, "),
        (&["draw", "-o", "nowhere/a.svg"], "error: cannot write `nowhere/a.svg`: no directory `nowhere`\nhelp: "),
        (
            &["export", "-T", "neo4j", "-o", "old.graphml"],
            "error: the format consists of several files, and `old.graphml` names one\n",
        ),
        (
            &["export", "-T", "csv", "-o", "new.csv"],
            "error: the format consists of several files, and `new.csv` names one\n",
        ),
        (&["export", "-T", "csv"], "error: the format consists of several files\nhelp: name a directory"),
    ] {
        let output = factloom(directory.path(), args);
        assert_eq!(output.status, Some(2), "{args:?}");
        assert!(output.stderr.starts_with(message), "{args:?}: {}", output.stderr);
    }
}

#[test]
fn a_directory_in_place_of_a_file_is_named() {
    for (name, place) in
        [("facts.json", "facts.json"), ("entities.json", "entities.json"), ("vocabulary.ttl", "vocabulary.ttl")]
    {
        let directory = dataset(&[]);
        fs::remove_file(directory.path().join(name)).expect("it is there");
        fs::create_dir(directory.path().join(name)).expect("a directory can be made");
        let found = findings(directory.path());
        let is_reported = found
            .iter()
            .any(|(code, file, message)| code == "unreadable-file" && file == place && message.contains("directory"));
        assert!(is_reported, "{name}: {found:#?}");
    }
    let directory = dataset(&[("factloom.lock/x", "")]);
    one_finding(directory.path(), "unreadable-file", "factloom.lock", "directory");
    let directory = dataset(&[]);
    fs::remove_file(directory.path().join("factloom.json")).expect("it is there");
    fs::create_dir(directory.path().join("factloom.json")).expect("a directory can be made");
    let output = factloom(directory.path(), &["check", "--dataset", "."]);
    assert!(matches!(output.status, Some(1 | 2)) && output.stderr.contains("factloom.json"), "{output:?}");
}

#[test]
fn a_text_that_is_a_directory_and_a_missing_text_have_different_messages() {
    let manifest = crate::scratch::MANIFEST
        .replace(r#""content": "The guild built the old mill.\nThe town praised it.\n""#, r#""text": "texts/a.txt""#);
    let directory = dataset(&[("factloom.json", &manifest), ("texts/a.txt/b", "")]);
    one_finding(directory.path(), "unreadable-file", "factloom.json", "directory");
    let directory = dataset(&[("factloom.json", &manifest)]);
    one_finding(directory.path(), "not-locked", "factloom.json", "is missing");
    let directory = dataset(&[("factloom.json", &manifest.replace("texts/a.txt", "../a.txt"))]);
    one_finding(directory.path(), "unreadable-file", "factloom.json", "outside");
}

#[test]
fn a_file_that_is_not_utf8_is_named_with_its_line() {
    for name in
        ["facts.json", "entities.json", "vocabulary.ttl", "factloom.json", "factloom.lock", "rules/a.rq", "style.json"]
    {
        let directory = dataset(&[]);
        write(directory.path(), name, b"\n\n[ \"\xff\xfe\" ]");
        let found = findings(directory.path());
        let is_reported = found.iter().any(|(c, f, m)| {
            c == "unreadable-file" && f == name && m.contains("not valid UTF-8") && m.contains("line 3")
        });
        assert!(is_reported, "{name}: {found:#?}");
    }
    let manifest = crate::scratch::MANIFEST
        .replace(r#""content": "The guild built the old mill.\nThe town praised it.\n""#, r#""text": "a.txt""#);
    let directory = dataset(&[("factloom.json", &manifest)]);
    write(directory.path(), "a.txt", b"The guild built the old mill. \xC3");
    one_finding(directory.path(), "unreadable-file", "factloom.json", "not valid UTF-8");
}

#[test]
fn byte_order_marks_and_windows_line_ends_change_nothing() {
    let windows = |text: &str| format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
    let directory = dataset(&[
        ("factloom.json", &windows(crate::scratch::MANIFEST)),
        ("entities.json", &windows(crate::scratch::ENTITIES)),
        ("facts.json", &windows(crate::scratch::FACTS)),
        ("vocabulary.ttl", &crate::scratch::VOCABULARY.replace('\n', "\r\n")),
    ]);
    assert_eq!(findings(directory.path()), []);
}

#[cfg(unix)]
fn a_file_without_read_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let directory = dataset(&[]);
    let path = directory.path().join("facts.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("permissions can be set");
    one_finding(directory.path(), "unreadable-file", "facts.json", "cannot read");
}
#[cfg(unix)]
external!(Need::NoRoot, a_file_without_read_permission_is_named);

#[test]
fn deep_nesting_is_rejected_in_every_format() {
    let deep = 200_000;
    let array = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
    let object = format!("[{}1{}]", "{\"a\":".repeat(deep), "}".repeat(deep));
    for text in [&array, &object] {
        for name in ["facts.json", "facts.jsonl", "entities.json", "factloom.json", "style.json", "factloom.lock"] {
            let directory = dataset(&[(name, text)]);
            let found = findings(directory.path());
            assert!(found.iter().any(|(code, file, _)| code == "syntax-error" && file == name), "{name}");
        }
    }
    let comments = "/*".repeat(deep);
    let directory = dataset(&[("facts.json", &comments)]);
    assert!(findings(directory.path()).iter().any(|(code, file, _)| code == "syntax-error" && file == "facts.json"));
    let turtle = format!("{} v:a v:b {} .", crate::scratch::VOCABULARY, "(".repeat(deep));
    let directory = dataset(&[("vocabulary.ttl", &turtle)]);
    assert!(
        findings(directory.path()).iter().any(|(code, file, _)| code == "syntax-error" && file == "vocabulary.ttl")
    );
}

/// SPARQL that is nested so deeply that a recursive parser would overflow its stack.
fn nested(depth: usize) -> String {
    format!("ASK {{ FILTER({}1{}) }}", "(".repeat(depth), ")".repeat(depth))
}

#[test]
fn a_deeply_nested_query_is_rejected() {
    let directory = dataset(&[("deep.rq", &nested(20_000)), ("queries/deep.rq", "ASK {}")]);
    let output = factloom(directory.path(), &["query", "--query-file", "deep.rq"]);
    assert_eq!(output.status, Some(2));
    assert!(
        output.stderr.contains("the brackets of the query are nested more than 256 levels deep"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_deeply_nested_rule_is_reported() {
    let directory = dataset(&[("rules/deep.rq", &nested(20_000))]);
    let output = factloom(directory.path(), &["check"]);
    assert_eq!(output.status, Some(1), "{}", &output.stderr[..output.stderr.len().min(500)]);
    assert!(output.stderr.contains("rules/deep.rq") && output.stderr.contains("nested more than 256 levels deep"));
}

#[test]
fn a_line_of_20_megabytes_is_read_and_reported() {
    let long = "x ".repeat(10_000_000);
    let evidence = |quote: &str| format!(r#"[{{"source":"chronicle","quote":"{quote}"}}]"#);
    let fact = |subject: &str, quote: &str| {
        format!(
            r#"{{"id":"long","subject":"{subject}","predicate":"built","object":"old-mill","evidence":{}}}"#,
            evidence(quote)
        )
    };
    let cut = format!(r#"{{"id":"long","subject":"{long}"#);
    for (line, code) in
        [(fact("gild", &long), "unknown-entity"), (fact("guild", &long), "quote-not-found"), (cut, "syntax-error")]
    {
        let directory = dataset(&[("facts.jsonl", &line)]);
        let output = factloom(directory.path(), &["check"]);
        assert_eq!(output.status, Some(1), "{code}");
        assert!(
            output.stderr.contains(&format!("error[{code}]")),
            "{}",
            output.stderr.chars().take(2000).collect::<String>()
        );
        assert!(output.stderr.contains("facts.jsonl:1:"), "{code}");
        assert!(output.stderr.len() < 20_000, "{code}: {} bytes of message", output.stderr.len());
    }
}

#[test]
fn ten_thousand_bad_facts_are_all_reported() {
    let mut facts = String::from("[\n");
    for n in 0..10_000 {
        let end = if n == 9_999 { "" } else { "," };
        let _ = writeln!(
            facts,
            r#"  {{ "id": "bad-{n}", "subject": "giuld-{n}", "predicate": "built", "object": "old-mill",
    "evidence": [{{ "source": "chronicle", "quote": "no such words {n}" }}] }}{end}"#
        );
    }
    facts.push_str("]\n");
    let directory = dataset(&[("facts.json", &facts)]);
    let found = findings(directory.path());
    let count = |expected: &str| found.iter().filter(|(code, ..)| code == expected).count();
    assert_eq!((count("unknown-entity"), count("quote-not-found")), (10_000, 10_000));
    let human = factloom(directory.path(), &["check"]);
    assert_eq!(human.stderr.matches("error[unknown-entity]").count(), 10_000);
    let github = factloom(directory.path(), &["check", "--format", "github"]);
    assert_eq!(github.stdout.lines().count(), found.len());
}

#[test]
fn ten_thousand_malformed_lines_are_all_reported() {
    let directory = dataset(&[("facts.jsonl", &"{ \"id\": oops }\n".repeat(10_000))]);
    assert_eq!(findings(directory.path()).len(), 10_000);
}

#[test]
fn usage_errors_have_exit_status_2() {
    for args in [
        &["--no-such-flag"][..],
        &["no-such-command"],
        &["check", "--no-such-flag"],
        &["check", "--format", "yaml"],
        &["query"],
        &["draw", "-G", "rankdir"],
        &["draw", "-T", "pdf"],
        &["draw", "--radius", "2"],
        &["draw", "--focus", "no-such-entity"],
        &["facts", "--predicate", "noSuchPredicate"],
        &["facts", "--source", "no-such-source"],
        &["export", "-T", "csv"],
        &["export", "--rdf", "1.3"],
        &["path", "russia"],
        &["path", "russia", "no-such-entity"],
        &["completions", "tcl"],
        &["lock"],
        &["check", "--dataset", "no-such-directory"],
    ] {
        let output = factloom(Path::new("/"), args);
        assert_eq!(output.status, Some(2), "{args:?} {}", output.stderr);
        assert_eq!(output.stdout, "", "{args:?}");
        assert!(output.stderr.starts_with("error: "), "{args:?}: {}", output.stderr);
    }
}

/// Commands that write to stdout.
const COMMANDS_WITH_OUTPUT: [&[&str]; 16] = [
    &["query", "statements-with-evidence"],
    &["query", "--list"],
    &["query", "is-the-mill-in-pakistan"],
    &["query", "neighbourhood-of-psm"],
    &["facts"],
    &["facts", "--format", "json"],
    &["draw"],
    &["draw", "-T", "dot"],
    &["export"],
    &["export", "-T", "factloom"],
    &["path", "russia", "karachi"],
    &["completions", "bash"],
    &["conflicts"],
    &["conflicts", "--format", "json"],
    &["conflicts", "--format", "markdown"],
    &["check", "--example"],
];

#[test]
fn a_closed_pipe_is_not_an_error() {
    for args in COMMANDS_WITH_OUTPUT.into_iter().chain([&["build", "--example"][..], &["--help"], &["--version"]]) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut child = command(directory.path())
            .args(["--example", "--quiet"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
        let status = child.wait().expect("it ends").code();
        assert_eq!((status, stderr.as_str()), (Some(0), ""), "{args:?}");
    }
    let cut = crate::diagnostics::case_directory("misspelt-subject");
    for args in [&["check", "--format", "json"][..], &["check", "--format", "github"], &["check"]] {
        let mut child =
            command(cut.path()).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        drop(child.stdout.take());
        drop(child.stderr.take());
        let status = child.wait().expect("it ends").code();
        assert!(matches!(status, Some(0 | 1)), "{args:?} {status:?}");
    }
}

#[test]
fn a_closed_pipe_stops_lock_without_a_message() {
    let directory = dataset(&[]);
    let mut child = command(directory.path())
        .args(["lock", "--quiet"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
    assert_eq!((child.wait().expect("it ends").code(), stderr.as_str()), (Some(0), ""));
}

/// A device that is always full.
fn full_device() -> fs::File {
    fs::OpenOptions::new().write(true).open("/dev/full").expect("it can be opened")
}

/// Asserts that the program failed with a message, not with a panic.
#[track_caller]
fn assert_failed(output: &RunOutput, words: &str) {
    assert_eq!(output.status, Some(2), "{}", output.stderr);
    assert!(output.stderr.starts_with("error: ") && output.stderr.contains(words), "{}", output.stderr);
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
}

fn a_full_disk_is_reported_by_every_command() {
    for args in COMMANDS_WITH_OUTPUT.into_iter().chain([&["build", "--example"][..]]) {
        let full = full_device();
        let directory = tempfile::tempdir().expect("a temporary directory");
        assert_failed(&run(command(directory.path()).args(["--quiet"]).args(args).stdout(full)), "cannot write");
    }
    let device = full_device();
    let directory = dataset(&[]);
    assert_failed(&run(command(directory.path()).args(["lock", "--quiet"]).stdout(device)), "cannot write");
}
external!(Need::FullDevice, a_full_disk_is_reported_by_every_command);

#[cfg(unix)]
#[test]
fn a_file_that_exceeds_the_size_limit_is_named_and_removed() {
    for (args, file) in [
        ("export -T ntriples -o all.nt", "all.nt"),
        ("export -T factloom -o all.factloom", "all.factloom"),
        ("draw -o all.svg", "all.svg"),
    ] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let limited = format!("ulimit -f 10; exec \"$0\" {args}");
        let mut bash = std::process::Command::new("bash");
        bash.current_dir(directory.path()).arg("-c").arg(limited).arg(command(directory.path()).get_program());
        let output = run(&mut bash);
        let message = output.stderr.strip_prefix(&format!("error: cannot write `{file}`: ")).unwrap_or_default();
        assert!(output.status == Some(2) && message.starts_with("File too large\n"), "{}", output.stderr);
        let (message, help) = message.split_once('\n').expect("a help follows");
        assert!(!message.contains(['/', ':']) && help.starts_with("help: raise the limit"), "{message} {help}");
        assert_eq!(fs::read_dir(directory.path()).expect("it is there").count(), 0, "{args}");
    }
}

/// The pipe stands for a device, which only root can create.
#[cfg(unix)]
#[test]
fn a_named_pipe_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let pipe = directory.path().join("pipe");
    let status = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(status.is_ok_and(|status| status.success()), "a pipe can be made");
    let from = pipe.clone();
    let reader = std::thread::spawn(move || fs::read_to_string(from).expect("the pipe can be read"));
    stdout_of(directory.path(), &["query", "-e", "ASK {}", "-o", "pipe"]);
    assert_eq!(reader.join().expect("the reader does not panic").trim(), "true");
    assert!(fs::metadata(&pipe).expect("it is still there").file_type().is_fifo());
}

fn messages_that_cannot_be_written_do_not_change_the_exit_status() {
    let cases =
        [(&["check"][..], 1), (&["build"], 1), (&["lock"], 1), (&["query", "no-such-query", "--keep-going"], 2)];
    for (args, status) in cases {
        let full = full_device();
        let case = crate::diagnostics::case_directory("misspelt-subject");
        let output = command(case.path()).args(args).stderr(full).output().expect("it runs");
        assert_eq!(output.status.code(), Some(status), "{args:?}");
    }
}
external!(Need::FullDevice, messages_that_cannot_be_written_do_not_change_the_exit_status);

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let directory = temp_dir(&[("file", "x")]);
    for (args, words) in [
        (&["draw", "-o", "none/graph.svg"][..], "none/graph.svg"),
        (&["export", "-o", "none/graph.ttl"], "none/graph.ttl"),
        (&["query", "who-helped-build-psm", "-o", "none/rows.csv"], "none/rows.csv"),
        (&["draw", "-o", "."], "`.`"),
        (&["build", "--example", "-o", "file"], "file"),
        (&["build", "--example", "-o", "file/graph"], "file/graph"),
        (&["build", "--example", "-o", "/proc/factloom-out"], "/proc/factloom-out"),
    ] {
        assert_failed(&factloom(directory.path(), args), words);
        assert_eq!(
            fs::read_dir(directory.path()).expect("it can be listed").count(),
            1,
            "{args:?} left something behind"
        );
    }
    assert_eq!(fs::read_to_string(directory.path().join("file")).expect("it is there"), "x");
}

#[test]
fn a_directory_in_place_of_one_output_leaves_the_others_unchanged() {
    let directory = temp_dir(&[("out/graph.svg/x", "")]);
    assert_failed(&factloom(directory.path(), &["build", "--example", "-o", "out"]), "graph.svg");
    assert_eq!(crate::files_below(directory.path()).len(), 1);
}

const HOSTILE: &str = "</text><script>alert(1)</script> \"quoted\" \\N \\l &amp; <b>bold</b>\\\nnext {a|b} ]]> 𝕏 سلام";

#[test]
fn hostile_labels_are_escaped_in_every_output() {
    let label = |id: &str| serde_json::json!({ "id": id, "type": "Thing", "label": HOSTILE, "aliases": [HOSTILE, id] });
    let entities = serde_json::json!([label("guild"), label("old-mill")]).to_string();
    let directory = dataset(&[("entities.json", &entities)]);
    assert_eq!(findings(directory.path()), []);
    let svg = stdout_of(directory.path(), &["draw"]);
    let mut reader = quick_xml::Reader::from_str(&svg);
    let mut text = String::new();
    loop {
        use quick_xml::events::Event;
        match reader.read_event().expect("the drawing is well-formed") {
            Event::Start(tag) | Event::Empty(tag) => {
                assert!(!matches!(tag.local_name().as_ref(), b"script" | b"b"), "{svg}");
            }
            Event::Text(part) => text.push_str(&part.decode().expect("UTF-8")),
            Event::Eof => break,
            _ => {}
        }
    }
    for (name, format) in [
        ("turtle", oxigraph::io::RdfFormat::Turtle),
        ("rdfxml", oxigraph::io::RdfFormat::RdfXml),
        ("ntriples", oxigraph::io::RdfFormat::NTriples),
    ] {
        let graph = stdout_of(directory.path(), &["export", "-T", name]);
        let parser = oxigraph::io::RdfParser::from_format(format);
        let labels = parser.for_slice(graph.as_bytes()).map(|t| t.unwrap_or_else(|e| panic!("{name}: {e}")));
        let hostile =
            |t: &oxigraph::model::Quad| matches!(&t.object, oxigraph::model::Term::Literal(l) if l.value() == HOSTILE);
        assert_eq!(labels.filter(hostile).count(), 4, "{name}");
    }
    let query = "SELECT ?label { e:guild rdfs:label ?label }";
    let csv = stdout_of(directory.path(), &["query", "-e", query, "--results-format", "csv"]);
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(&rows.records().next().expect("a row").expect("well-formed")[0], HOSTILE);
    let json = stdout_of(directory.path(), &["facts", "--format", "jsonl"]);
    let fact: serde_json::Value = serde_json::from_str(json.lines().next().expect("a line")).expect("JSON");
    assert_eq!(fact["sentence"], format!("{HOSTILE} built {HOSTILE}"));
    let markdown = stdout_of(directory.path(), &["query", "-e", query, "--results-format", "markdown"]);
    assert_eq!(markdown.trim_end().lines().count(), 3, "{markdown}");
    let table = stdout_of(directory.path(), &["query", "-e", query, "--results-format", "table"]);
    assert!(table.contains("</text><script>"), "{table}");
    let tsv = stdout_of(directory.path(), &["query", "-e", query, "--results-format", "tsv"]);
    let parser = QueryResultsParser::from_format(QueryResultsFormat::Tsv);
    let Ok(ReaderQueryResultsParserOutput::Solutions(rows)) = parser.for_reader(tsv.as_bytes()) else {
        panic!("{tsv}")
    };
    let rows: Vec<_> = rows.map(|row| row.expect("a row").values().to_vec()).collect();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert!(matches!(&row[0], Some(oxigraph::model::Term::Literal(label)) if label.value() == HOSTILE), "{row:?}");
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let directory = dataset(&[("entities.json", &crate::scratch::ENTITIES.replace("Guild", "Gu\\u001b[31mild"))]);
    one_finding(directory.path(), "invalid-character", "entities.json", "U+001B");
    // Control characters in an excerpt of a file are shown as text.
    let directory = dataset(&[("facts.json", "[ { \"id\": \"\u{1b}[31m\u{202e}\" } ]")]);
    let output = factloom(directory.path(), &["check"]);
    assert_eq!(output.status, Some(1));
    assert!(!output.stderr.contains('\u{1b}'), "{:?}", output.stderr);
}

#[test]
fn a_dataset_reads_nothing_outside_its_directory() {
    let outside = temp_dir(&[("secret.json", crate::scratch::FACTS)]);
    for pattern in ["../secret.json", "/etc/hostname", "x/../../secret.json"] {
        let manifest =
            crate::scratch::MANIFEST.replacen("\"title\"", &format!("\"facts\": \"{pattern}\", \"title\""), 1);
        crate::scratch::copy(dataset(&[("factloom.json", &manifest)]).path(), &outside.path().join("set"));
        let found = findings(&outside.path().join("set"));
        assert!(
            found
                .iter()
                .any(|(code, file, m)| code == "unreadable-file" && file == "factloom.json" && m.contains("outside")),
            "{found:?}"
        );
    }
}

#[test]
fn an_empty_variable_is_ignored() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = run(command(directory.path()).env("FACTLOOM_SOURCES", "").args(["check", "--example"]));
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_missing_directory_of_sources_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    assert_failed(
        &factloom(directory.path(), &["check", "--example", "--source-dir", "no/such/directory"]),
        "no/such/directory",
    );
}

#[test]
fn a_duplicate_statement_is_not_an_error() {
    let fact = FACT_WITHOUT_ID;
    let directory = dataset(&[("facts.jsonl", &format!("{fact}\n{fact}\n"))]);
    let found = findings(directory.path());
    assert!(
        matches!(&found[..], [(code, file, _)] if code == "duplicate-statement" && file == "facts.jsonl"),
        "{found:#?}"
    );
    let output = factloom(directory.path(), &["query", "-e", "SELECT (COUNT(?f) AS ?n) { ?f a fl:Fact }"]);
    assert_eq!(output.status, Some(0));
    assert_eq!(output.stdout.lines().nth(1).map(str::trim), Some("2"));
    assert!(!output.stderr.contains("because of errors"), "{}", output.stderr);
}

const FACT_WITHOUT_ID: &str = r#"{"subject":"guild","predicate":"built","object":"old-mill","evidence":[{"source":"chronicle","quote":"built the old mill"}]}"#;

#[test]
fn a_rule_that_derives_without_end_is_stopped() {
    let rule = "CONSTRUCT { ?who v:said ?new } WHERE { ?who v:said ?old BIND(CONCAT(STR(?old), \"a\") AS ?new) }";
    let vocabulary = format!("{}v:said a owl:DatatypeProperty .\n", crate::scratch::VOCABULARY);
    let fact = r#"{"subject":"guild","predicate":"said","object":"yes","evidence":[{"source":"chronicle","quote":"The town praised it"}]}"#;
    let directory = dataset(&[("vocabulary.ttl", &vocabulary), ("rules/on.rq", rule), ("facts.jsonl", fact)]);
    one_finding(directory.path(), "rule-limit", "rules/on.rq", "after 1000 rounds");
}
