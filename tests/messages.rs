//! What the program says about frequent mistakes: one error for each fault, with a next step that fits.

use crate::program::{factloom, stdout_of};
use crate::scratch::{FACTS, MANIFEST, VOCABULARY, dataset, temp_dir, write};
use factloom::check::{CheckOptions, check};
use factloom::compile;
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::diagnostic::{Code, Finding};
use factloom::rules::RuleOptions;
use std::fs;
use std::path::Path;

/// The findings about a dataset, including those about its rules.
fn findings(directory: &Path) -> Vec<Finding> {
    let opened = Dataset::open(DatasetRoot::Directory(directory.to_owned()), None);
    let (dataset, mut findings) = (opened.dataset.expect("the manifest is valid"), opened.findings);
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    compile(&dataset, &checked, &RuleOptions::default(), &mut findings).expect("the store works");
    findings.into_iter().collect()
}

fn codes(directory: &Path) -> Vec<Code> {
    findings(directory).iter().map(|finding| finding.code).collect()
}

#[track_caller]
fn fails(directory: &Path, args: &[&str], messages: &str) {
    let output = factloom(directory, args);
    assert_eq!((output.status, output.stderr.as_str()), (Some(2), messages), "{args:?}");
}

#[test]
fn a_rule_that_cannot_be_parsed_or_read_hides_which_predicates_are_unused() {
    let vocabulary = format!("{VOCABULARY}v:owns a owl:ObjectProperty .\n");
    let unused = dataset(&[("vocabulary.ttl", &vocabulary)]);
    assert_eq!(codes(unused.path()), [Code::UnusedPredicate]);
    for rule in ["CONSTRUCT { ?a v:owns ?b } WHERE { ?a v:built ?b", ""] {
        let directory = dataset(&[("vocabulary.ttl", &vocabulary), ("rules/r.rq", rule)]);
        assert_eq!(codes(directory.path()), [Code::SyntaxError], "{rule}");
    }
    let directory = dataset(&[("vocabulary.ttl", &vocabulary)]);
    write(directory.path(), "rules/r.rq", b"\xff");
    assert_eq!(codes(directory.path()), [Code::UnreadableFile]);
}

#[test]
fn a_cut_number_is_named_as_a_whole() {
    for (text, quote, message) in [
        ("It fell by 0.5 percent of all.", "5 percent.", "quote not found in `s`: the number there is `0.5`"),
        ("It fell by –5 percent of all.", "5 percent", "quote not found in `s`: the number there is `–5`"),
        ("It fell .5 percent in all.", "5 percent", "quote not found in `s`: the number there is `.5`"),
        ("It cost 3’000 Franken.", "it cost 3", "quote not found in `s`: the number there is `3’000`"),
        ("About 1 200 people came.", "200 people", "the quote cuts the word `1 200` in `s`"),
        ("About 1\u{202F}200 people came.", "About 1", "the quote cuts the word `1\u{202F}200` in `s`"),
        ("It was unlawful then.", "lawful then", "the quote cuts the word `unlawful` in `s`"),
        ("It was unlawful then.", "It was unlaw", "the quote cuts the word `unlawful` in `s`"),
    ] {
        let sources = r#""sources": [{ "id": "s", "text": "s.txt" }, "#;
        let manifest = MANIFEST.replace("\"sources\": [", sources);
        let facts = FACTS.replace("chronicle", "s").replace("The guild built the old mill", quote);
        let directory = dataset(&[("factloom.json", &manifest), ("facts.json", &facts), ("s.txt", text)]);
        let found = findings(directory.path());
        // The texts do not name the entities.
        let about_quotes = found.iter().filter(|finding| finding.code != Code::QuoteOffTopic);
        let messages: Vec<&str> = about_quotes.map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, [message], "{text}: {quote}");
    }
}

#[test]
fn the_predicates_of_rules_are_not_checked_against_a_missing_vocabulary() {
    let rule = ("rules/r.rq", "CONSTRUCT { ?a v:owns ?b } WHERE { ?a v:built ?b }");
    let directory = dataset(&[rule]);
    assert_eq!(codes(directory.path()), [Code::UnknownPredicate]);
    fs::remove_file(directory.path().join("vocabulary.ttl")).expect("it is there");
    assert_eq!(codes(directory.path()), [Code::UnreadableFile]);
    write(directory.path(), "vocabulary.ttl", "# \n".repeat(6 << 20));
    let found = findings(directory.path());
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert!(finding.message.ends_with("is larger than 16 MiB, the limit for a vocabulary"), "{finding:?}");
    assert_eq!(finding.help, "split the file");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_gives_one_error() {
    use std::os::unix::fs::symlink;
    for name in ["style.json", "rules/r.rq", "queries/q.rq", "vocabulary.ttl", "facts.json"] {
        let directory =
            dataset(&[("rules/other.rq", "CONSTRUCT { ?a v:built ?b } WHERE { ?a v:built ?b }"), ("queries/a", "")]);
        let path = directory.path().join(name);
        let _ = fs::remove_file(&path);
        symlink("nope", path).expect("a link can be made");
        let found = findings(directory.path());
        let [finding] = &found[..] else { panic!("{name}: {found:?}") };
        assert_eq!(
            (finding.message.clone(), finding.help.as_str()),
            (format!("`{name}` is a link to a file that does not exist"), "replace the link with a file, or remove it")
        );
    }
}

#[cfg(unix)]
#[test]
fn a_text_that_is_a_link_to_nowhere_is_missing() {
    let manifest =
        MANIFEST.replace(r#""content": "The guild built the old mill.\nThe town praised it.\n""#, r#""text": "a.txt""#);
    let directory = dataset(&[("factloom.json", &manifest)]);
    let missing = codes(directory.path());
    std::os::unix::fs::symlink("../annex/a", directory.path().join("a.txt")).expect("a link can be made");
    assert!(!missing.contains(&Code::UnreadableFile), "{missing:?}");
    assert_eq!(codes(directory.path()), missing);
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_is_not_accepted() {
    use std::os::unix::fs::symlink;
    let outside = temp_dir(&[("factloom.lock", "{\"version\":2}\n")]);
    let elsewhere = outside.path().join("factloom.lock");
    for target in [Path::new("inside"), &elsewhere, Path::new("nope")] {
        let directory = dataset(&[("inside", "{\"version\":2}\n")]);
        symlink(target, directory.path().join("factloom.lock")).expect("a link can be made");
        let found = findings(directory.path());
        let [finding] = &found[..] else { panic!("{target:?}: {found:?}") };
        assert_eq!((finding.code, finding.message.as_str()), (Code::UnreadableFile, "`factloom.lock` is a link"));
        assert_eq!(finding.help, "replace the link with a copy of the file, or remove it and run `factloom lock`");
        let message =
            "error: cannot write `factloom.lock`: `factloom.lock` is a link, and factloom does not write through links
help: replace the link with a regular file or directory\n";
        fails(directory.path(), &["lock"], message);
        fs::remove_file(directory.path().join("factloom.lock")).expect("it is there");
        stdout_of(directory.path(), &["lock"]);
        assert_eq!(codes(directory.path()), []);
    }
}

#[test]
fn the_help_on_a_large_file_fits_its_use() {
    let directory = dataset(&[("facts.json", &format!("{FACTS}{}", " ".repeat(4096)))]);
    let help = |args: &[&str]| {
        let output = factloom(directory.path(), &[args, &["--max-file-size", "1K"]].concat());
        output.stderr.lines().find_map(|line| line.trim().strip_prefix("= help: ")).unwrap_or_default().to_owned()
    };
    assert_eq!(help(&["check"]), "split the file, or raise the limit with --max-file-size");
    write(directory.path(), "facts.json", FACTS);
    write(directory.path(), "factloom.lock", "{\"version\":2}\n".repeat(100));
    assert_eq!(help(&["check"]), "raise the limit with --max-file-size");
    write(directory.path(), "factloom.lock", "{\"version\":2}\n");
    write(directory.path(), "factloom.json", format!("{MANIFEST}{}", " ".repeat(4096)));
    assert_eq!(help(&["check"]), "raise the limit with --max-file-size");
}

#[test]
fn a_directory_in_place_of_a_file_and_a_file_in_place_of_a_directory_are_named() {
    let directory = dataset(&[("other/a", "")]);
    let root = directory.path();
    let graph = "help: name the graph.factloom that `factloom build` wrote\n";
    fails(root, &["verify", "other"], &format!("error: cannot open `other`: is a directory\n{graph}"));
    fails(root, &["verify", "nope"], &format!("error: cannot open `nope`: No such file or directory\n{graph}"));
    fails(
        root,
        &["query", "--data", "other", "ASK {}"],
        "error: `other` is a directory, not a file\nhelp: name an RDF file or a compiled graph\n",
    );
    fails(
        root,
        &["query", "--data", ".", "ASK {}"],
        "error: `.` is a directory, not a file\nhelp: use the dataset with `--dataset .` instead of --data\n",
    );
    fails(
        root,
        &["init", "facts.json"],
        "error: `facts.json` is a file, not a directory\nhelp: name the new directory of the dataset: `factloom init DIR`\n",
    );
    for args in [&["check", "facts.json"][..], &["--dataset", "facts.json", "facts"]] {
        fails(
            root,
            args,
            "error: `facts.json` is a file, not the directory of a dataset\nhelp: name the directory of the dataset: `.`\n",
        );
    }
    fails(
        root,
        &["check", "other/a"],
        "error: `other/a` is a file, not the directory of a dataset\nhelp: name a directory that contains factloom.json\n",
    );
}

#[test]
fn json_without_triples_is_noted_and_may_be_a_file_of_a_dataset() {
    let directory = dataset(&[("other/empty.jsonld", "{}"), ("factloom-2.json", "")]);
    let query = ["query", "-e", "SELECT * { ?s ?p ?o }", "--data"];
    for args in [&query[..], &["export", "--data"]] {
        let messages = |file: &str| {
            let output = factloom(directory.path(), &[args, &[file]].concat());
            assert_eq!(output.status, Some(0), "{}", output.stderr);
            output.stderr.replace("note: no rows; --why-empty explains why\n", "")
        };
        assert_eq!(
            messages("facts.json"),
            "note: `facts.json`: ignored keys without an IRI: `evidence`, `id`, `object`, `predicate`, `subject`\n\
             note: `facts.json` has no triples; if it is a file of a dataset, use `--dataset .` instead of --data\n"
        );
        assert_eq!(messages("other/empty.jsonld"), "note: `other/empty.jsonld` has no triples\n");
    }
    write(directory.path(), "facts.json", format!("// Comments are not JSON.\n{FACTS}"));
    let output = factloom(directory.path(), &[&query[..], &["facts.json"]].concat());
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.ends_with("use `--dataset .` instead of --data\n"), "{}", output.stderr);
}

#[test]
fn an_unknown_code_is_reported_with_the_list_of_codes() {
    let message = factloom(Path::new("/"), &["check", "--deny", "nosuch"]).stderr;
    assert!(message.contains("docs/reference/diagnostics.md in the source repository lists them"), "{message}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let directory = dataset(&[]);
    for command in ["draw", "export"] {
        fails(
            directory.path(),
            &[command, "-o", "/dev/full"],
            "error: cannot write `/dev/full`: No space left on device\nhelp: free space, or write to another disk\n",
        );
    }
}

#[test]
fn a_dataset_with_errors_has_a_test_report() {
    let directory =
        dataset(&[("queries/q.rq", "#+ expect: some\nASK {}"), ("facts.json", &FACTS.replace("built\"", "bilt\""))]);
    let consequence = "error: 1 error; no test was run
help: correct the dataset, or use --keep-going to omit statements with errors\n";
    let run = |args: &[&str]| {
        let output = factloom(directory.path(), &[&["test"], args].concat());
        assert_eq!(output.status, Some(1), "{args:?}");
        assert!(output.stderr.contains(consequence), "{args:?}: {}", output.stderr);
        output.stdout
    };
    let message = "unknown predicate `bilt` (unknown-predicate)";
    assert_eq!(run(&[]), "");
    assert_eq!(run(&["--bless"]), "");
    assert!(
        run(&["-f", "github"]).starts_with("::error file=facts.json,line=2,col=49,title=unknown-predicate::unknown")
    );
    let json: serde_json::Value = serde_json::from_str(&run(&["-f", "json"])).expect("it is JSON");
    assert_eq!(
        json["tests"],
        serde_json::json!([{ "name": "facts.json:2:49", "query": null, "file": "facts.json", "outcome": "error", "message": message }])
    );
    assert_eq!((&json["passed"], &json["failed"]), (&0.into(), &1.into()));
    assert!(run(&["-f", "tap"]).starts_with("TAP version 14\n1..1\nnot ok 1 - facts.json:2:49\n"));
    run(&["-o", "report.xml"]);
    let report = fs::read_to_string(directory.path().join("report.xml")).expect("a report");
    assert!(report.contains(r#"tests="1" failures="0" errors="1""#), "{report}");
    assert!(report.contains(&format!(r#"<error message="{message}">"#)), "{report}");
    run(&["-o", "report.txt"]);
    let report = fs::read_to_string(directory.path().join("report.txt")).expect("a report");
    assert_eq!(report, format!("facts.json:2:49: {message}\nno test was run, because the dataset has errors\n"));
}

#[test]
fn a_test_without_golden_file_names_its_query() {
    let manifest = MANIFEST.replacen('{', r#"{ "queries": ["more/*.rq"],"#, 1);
    let directory = dataset(&[("factloom.json", &manifest), ("more/q.rq", "#+ expect: false\nASK {}")]);
    let output = factloom(directory.path(), &["test"]);
    assert!(output.stdout.starts_with("q (more/q.rq): expected false, found true\n"), "{}", output.stdout);
}
