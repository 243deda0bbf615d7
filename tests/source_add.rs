//! `factloom source add`.

use crate::program::{RunOutput, command, factloom, run, stdout_of};
use crate::scratch::{dataset, write};
use std::fs;
use std::path::Path;
use std::process::Stdio;

const TEXT: &str = "The flood\r\n\r\nThe flood of 1890 took the bridge. Nobody was hurt.";

fn add(directory: &Path, args: &[&str]) -> RunOutput {
    factloom(directory, &[&["source", "add"], args].concat())
}

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).expect("the file exists")
}

#[test]
fn a_text_is_shown_first_and_then_copied_and_listed() {
    let (directory, outside) = (dataset(&[]), tempfile::tempdir().expect("a directory"));
    let manifest = read(directory.path(), "factloom.json");
    write(outside.path(), "The flood.txt", TEXT);
    let file = outside.path().join("The flood.txt").display().to_string();
    let shown = add(directory.path(), &[&file, "--url", "https://example.org/flood", "--date", "1890-05"]);
    assert_eq!(shown.status, Some(0), "{}", shown.stderr);
    assert!(
        shown.stdout.starts_with("source `the-flood` (“The flood”): 3 sentences, 63 characters\n"),
        "{}",
        shown.stdout
    );
    assert!(shown.stdout.contains("normalised: line ends as on Unix, a line end at the end"), "{}", shown.stdout);
    assert!(shown.stderr.contains("nothing was written"), "{}", shown.stderr);
    assert_eq!(read(directory.path(), "factloom.json"), manifest);
    assert!(!directory.path().join("sources").exists());

    let written = add(directory.path(), &[&file, "--url", "https://example.org/flood", "--date", "1890-05", "--write"]);
    assert_eq!(written.status, Some(0), "{}", written.stderr);
    assert_eq!(read(directory.path(), "sources/the-flood.txt"), format!("{}\n", TEXT.replace('\r', "")));
    let edited = read(directory.path(), "factloom.json");
    // Everything that was there is still there.
    let added = edited.replacen(&manifest[manifest.rfind('}').expect("an object") - 3..], "", 1);
    assert!(edited.starts_with(&manifest[..manifest.rfind(']').expect("a list") - 2]), "{added}");
    assert_eq!(factloom(directory.path(), &["check"]).status, Some(0));
    let quote = stdout_of(directory.path(), &["quote", "flood", "took", "the", "bridge"]);
    assert!(quote.contains("\"source\": \"the-flood\""), "{quote}");
    assert!(stdout_of(directory.path(), &["coverage", "the-flood"]).contains("open"));
    let facts = stdout_of(directory.path(), &["query", "SELECT ?t { src:the-flood ?p ?t }"]);
    assert!(facts.contains("The flood"), "{facts}");
}

#[test]
fn a_source_is_not_added_twice() {
    let directory = dataset(&[("flood.txt", TEXT)]);
    assert_eq!(add(directory.path(), &["flood.txt", "--url", "https://example.org/f", "--write"]).status, Some(0));
    // A file of the dataset is listed as it is.
    assert!(read(directory.path(), "factloom.json").contains("\"text\": \"flood.txt\""));
    assert!(!directory.path().join("sources").exists());
    for (args, message) in [
        (&["flood.txt"][..], "the dataset has a source `flood`"),
        (&["flood.txt", "--id", "other"], "the source `flood` has the same text"),
        (&["second.txt", "--url", "https://example.org/f"], "the source `flood` has the same URL"),
    ] {
        write(directory.path(), "second.txt", "Another text.\n");
        let output = add(directory.path(), args);
        assert_eq!(output.status, Some(2), "{args:?}");
        assert!(output.stderr.contains(message), "{}", output.stderr);
        assert!(output.stderr.contains("help: "), "{}", output.stderr);
    }
}

#[test]
fn a_text_that_may_not_be_redistributed_stays_outside() {
    let (directory, outside) = (dataset(&[]), tempfile::tempdir().expect("a directory"));
    write(outside.path(), "press/flood.txt", TEXT);
    let file = outside.path().join("press/flood.txt").display().to_string();
    let output = add(directory.path(), &[&file, "--no-copy", "--write"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let manifest = read(directory.path(), "factloom.json");
    assert!(manifest.contains(r#""text": "flood.txt", "redistributable": false"#), "{manifest}");
    assert!(!directory.path().join("flood.txt").exists() && !manifest.contains("press"), "{manifest}");
    let sources = outside.path().join("press").display().to_string();
    let quote = stdout_of(directory.path(), &["quote", "flood of 1890", "--source-dir", &sources]);
    assert!(quote.contains("flood"), "{quote}");
}

#[test]
fn the_main_text_of_a_page_is_copied() {
    let directory = dataset(&[]);
    let page = "<html lang=en><head><title>Mill reopens</title></head><body><nav><a href=/>Home</a></nav><article>\
        <p>The old mill reopened on Friday, twenty years after it had closed, in the presence of its former workers.</p>\
        <p>It employs 120&nbsp;people, and will produce twice as much flour as before, the director said.</p></article></body></html>";
    write(directory.path(), "page.html", page);
    let output = add(directory.path(), &["page.html", "--id", "reopening", "--write"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let text = read(directory.path(), "sources/reopening.txt");
    assert!(text.starts_with("The old mill reopened") && !text.contains("Home"), "{text}");
    let manifest = read(directory.path(), "factloom.json");
    assert!(manifest.contains(r#""title": "Mill reopens", "language": "en""#), "{manifest}");
    assert!(output.stdout.contains("normalised: only the main text of the page"), "{}", output.stdout);
    let outside = add(directory.path(), &["page.html", "--id", "again", "--no-copy"]);
    assert!(outside.stderr.contains("cannot stay outside the dataset"), "{}", outside.stderr);
}

#[test]
fn sources_are_added_to_the_list_that_the_manifest_has() {
    let jsonl = "{\"id\": \"chronicle\", \"content\": \"The guild built the old mill.\"}";
    let manifest =
        |sources: &str| format!("{{ // A comment.\r\n  \"base\": \"https://example.org/mill/\",{sources}\r\n}}\r\n");
    for (sources, file, expected) in [
        (
            "",
            "factloom.json",
            "\"base\": \"https://example.org/mill/\",\r\n  \"sources\": [\r\n    {\r\n      \"id\": \"flood\"",
        ),
        ("\r\n  \"sources\": [],", "factloom.json", "\"sources\": [\r\n"),
        (
            "\r\n  \"sources\": \"s.jsonl\",",
            "s.jsonl",
            "\n{ \"id\": \"flood\", \"title\": \"The flood\", \"text\": \"sources/flood.txt\" }\n",
        ),
        ("\r\n  \"sources\": [\"s.jsonl\"],", "factloom.json", "\"sources\": [\"s.jsonl\", {"),
    ] {
        let directory = dataset(&[("factloom.json", &manifest(sources)), ("facts.json", "[]")]);
        if sources.contains("s.jsonl") {
            write(directory.path(), "s.jsonl", jsonl);
        }
        let mut process = command(directory.path());
        process.args(["source", "add", "-", "--id", "flood", "--write"]).stdin(Stdio::from(piped(TEXT)));
        let output = run(&mut process);
        assert_eq!(output.status, Some(0), "{sources}\n{}", output.stderr);
        let text = read(directory.path(), file);
        assert!(text.contains(expected), "{text}");
        assert!(read(directory.path(), "factloom.json").contains("// A comment.\r\n"));
        let check = factloom(directory.path(), &["check"]);
        assert_eq!(check.status, Some(0), "{text}\n{}", check.stderr);
    }
}

fn piped(text: &str) -> fs::File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    std::io::Write::write_all(&mut file, text.as_bytes()).expect("it can be written");
    std::io::Seek::rewind(&mut file).expect("it can be read again");
    file
}

#[test]
fn what_cannot_be_added_changes_nothing() {
    let directory = dataset(&[("flood.txt", TEXT), ("empty.txt", " \n"), ("sources/mill.txt", "Something else.")]);
    fs::write(directory.path().join("latin.txt"), b"caf\xE9").expect("it can be written");
    fs::write(directory.path().join("paper.pdf"), b"%PDF-1.7\n\xFF").expect("it can be written");
    let outside = tempfile::tempdir().expect("a directory");
    write(outside.path(), "mill.txt", "The mill.");
    let mill = outside.path().join("mill.txt").display().to_string();
    let before = read(directory.path(), "factloom.json");
    for (args, status, message) in [
        (&["missing.txt"][..], 2, "cannot read `missing.txt`"),
        (&["empty.txt"], 2, "it has no text"),
        (&["latin.txt"], 2, "iconv"),
        (&["paper.pdf"], 2, "pdftotext"),
        (&["flood.txt", "--id", "a b"], 2, "invalid id"),
        (&["flood.txt", "--published", "soon"], 1, "invalid date `soon`"),
        (&["flood.txt", "--kind", "rumour"], 2, "invalid value 'rumour'"),
        (&["-", "--no-copy"], 2, "a text from stdin"),
        (&[&mill], 2, "`sources/mill.txt` exists"),
    ] {
        let output = add(directory.path(), &[args, &["--write"]].concat());
        assert_eq!(output.status, Some(status), "{args:?}\n{}", output.stderr);
        assert!(output.stderr.contains(message), "{args:?}\n{}", output.stderr);
        assert_eq!(read(directory.path(), "factloom.json"), before, "{args:?}");
    }
    let example = factloom(Path::new("/"), &["source", "add", "x.txt", "--example", "--write"]);
    assert!(example.stderr.contains("the bundled example cannot be changed"), "{}", example.stderr);
}

#[test]
fn ids_are_made_of_words_in_any_script() {
    let directory = dataset(&[]);
    for (name, id) in [("Flood of 1890 (final).txt", "flood-of-1890-final"), ("فيضان ١٨٩٠.txt", "فيضان-١٨٩٠")]
    {
        write(directory.path(), name, format!("A text about {name}.\n"));
        let output = add(directory.path(), &[name]);
        assert!(output.stdout.starts_with(&format!("source `{id}`")), "{}{}", output.stdout, output.stderr);
    }
}
