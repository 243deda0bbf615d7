//! The lock: texts that have changed or are missing, line ends and byte order marks, and the versions of its format.

use crate::program::{command, factloom, run, stdout_of};
use crate::repository;
use crate::scratch::{copy, temp_dir, write};
use factloom::check::{CheckOptions, Checked, LockUse, check, sentences, sha256};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::diagnostic::{Code, Findings};
use factloom::model::Span;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const TEXT: &str = "sources/chronicle.txt";
const LOCK: &str = "factloom.lock";

/// A copy of the valid dataset, whose quotes are locked.
fn valid() -> TempDir {
    let directory = temp_dir(&[]);
    copy(&repository().join("tests/cases/valid"), directory.path());
    directory
}

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).expect("the file is UTF-8")
}

/// Replaces words in a file.
fn edit(directory: &Path, name: &str, from: &str, to: &str) {
    let text = read(directory, name);
    assert!(text.contains(from), "{text}");
    write(directory, name, text.replace(from, to));
}

/// The lines of the lock.
fn locked(directory: &Path) -> Vec<Value> {
    read(directory, LOCK).lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

/// The diagnostic about the missing text of the valid dataset, whose quotes are locked.
fn missing_but_locked(quotes: usize) -> (String, String) {
    ("missing-text".to_owned(), format!("the text of `chronicle` is missing; its {quotes} quotes are locked"))
}

/// The diagnostics of `check`, as pairs of a code and a message.
fn diagnostics(directory: &Path, args: &[&str]) -> Vec<(String, String)> {
    let output = factloom(directory, &[&["check", "--format", "json"], args].concat());
    let all: Vec<Value> = serde_json::from_str(&output.stdout).expect("an array");
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    all.iter().map(|one| (string(&one["code"]), string(&one["message"]))).collect()
}

/// Checks a dataset whose quotes are words of a text.
fn check_text(text: &str, quotes: &[String], lock: Option<&str>, lock_use: LockUse) -> (Checked, Findings) {
    let facts: Vec<Value> = (0..)
        .zip(quotes)
        .map(|(number, quote)| {
            json!({ "id": format!("f{number}"), "subject": "a", "predicate": "tells", "object": "a",
                "qualifiers": { "pointInTime": format!("{}", 1000 + number) }, "evidence": [{ "source": "s", "quote": quote }] })
        })
        .collect();
    let facts = json!(facts).to_string();
    let vocabulary = "@prefix v: <https://l.example/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        v:Thing a owl:Class . v:tells a owl:ObjectProperty .";
    let manifest = r#"{ "base": "https://l.example/", "sources": [{ "id": "s", "text": "s.txt" }] }"#;
    let entities = r#"[{ "id": "a", "type": "Thing", "label": "A" }]"#;
    let files = [
        ("factloom.json", manifest),
        ("vocabulary.ttl", vocabulary),
        ("entities.json", entities),
        ("facts.json", &facts),
        ("s.txt", text),
    ];
    let files = files.into_iter().chain(lock.map(|lock| (LOCK, lock)));
    let opened = Dataset::open(DatasetRoot::memory(files), None);
    let mut findings = opened.findings;
    let options = CheckOptions { lock: lock_use, ..CheckOptions::default() };
    (check(&opened.dataset.expect("the manifest is valid"), &options, &mut findings), findings)
}

/// Whether there are no findings, except that the text lacks the years that distinguish the statements, and their names.
fn is_about_years(findings: &Findings) -> bool {
    findings.iter().all(|finding| [Code::ValueNotInQuote, Code::QuoteOffTopic].contains(&finding.code))
}

fn spans(checked: &Checked) -> Vec<Span> {
    checked.statements.iter().filter_map(|statement| statement.evidence[0].span.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_verifies_whatever_its_line_ends_and_byte_order_mark(
        // Letters that form no word: `if` is the cue of a condition, which is another finding.
        lines in prop::collection::vec("[bcdké “”.\u{FEFF}]{0,12}", 1..12),
        line_ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n", "\r"]), 12),
        marks in 0_usize..3,
    ) {
        // Numbers make each line unique.
        let lines: Vec<String> = lines.iter().enumerate().map(|(number, line)| format!("{line} line{number:02} end")).collect();
        let quotes: Vec<String> = (0..lines.len()).map(|number| format!("line{number:02} … end")).collect();
        let text = lines.join("\n\n") + "\n";
        let (checked, findings) = check_text(&text, &quotes, None, LockUse::Update);
        prop_assert!(is_about_years(&findings), "{findings:?}");
        let mut lock = Vec::new();
        checked.lock.write(&mut lock).expect("a vector accepts everything");
        let lock = String::from_utf8(lock).expect("the lock is UTF-8");

        // A CR before an LF would be the same line end.
        let variant = |line_end: &str| if line_end == "\r" { "\r\r".to_owned() } else { line_end.repeat(2) };
        let mut other = "\u{FEFF}".repeat(marks);
        for (line, line_end) in lines.iter().zip(&line_ends) {
            other.push_str(line);
            other.push_str(&variant(line_end));
        }
        let other = other.trim_end_matches(['\r', '\n']).to_owned() + line_ends[0];
        let (again, findings) = check_text(&other, &quotes, Some(&lock), LockUse::Verify);
        prop_assert!(is_about_years(&findings), "{findings:?}");
        prop_assert_eq!(spans(&again), spans(&checked));
        prop_assert_eq!(again.unlocked, 0);
        prop_assert_eq!(check_text(&other, &quotes, None, LockUse::Update).0.lock, checked.lock);
    }
}

#[test]
fn a_lock_of_version_1_verifies_and_is_replaced_by_version_2() {
    let directory = valid();
    let here = directory.path();
    let old = fs::read_to_string(repository().join("tests/cases/locks/version-1.lock")).expect("the lock is UTF-8");
    write(here, LOCK, &old);
    assert_eq!(diagnostics(here, &["--require-text"]), []);
    assert!(!stdout_of(here, &["check"]).contains(LOCK));
    let text = read(here, TEXT);
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    assert_eq!(diagnostics(here, &[]), [missing_but_locked(6)]);

    // Entries whose text is unavailable remain as they are.
    stdout_of(here, &["lock"]);
    let without_text = locked(here);
    assert_eq!(without_text[0], json!({ "version": 2 }));
    assert_eq!(without_text[1]["redistributable"], false);
    let quotes = |lock: &str| lock.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(quotes(&read(here, LOCK)), quotes(&old));

    write(here, TEXT, &text);
    stdout_of(here, &["lock"]);
    assert_eq!(read(here, LOCK), read(&repository().join("tests/cases/valid"), LOCK));
}

#[test]
fn a_lock_of_version_1_about_a_text_with_other_line_ends_verifies() {
    let directory = valid();
    let here = directory.path();
    let text = read(here, TEXT).replace('\n', "\r\n");
    write(here, TEXT, &text);
    // Version 1 counted each CR.
    let length = text.chars().count();
    write(
        here,
        LOCK,
        format!(
            "{{\"version\":1}}\n{{\"source\":\"chronicle\",\"length\":{length},\"sha256\":\"{}\"}}\n",
            sha256(&text)
        ),
    );
    edit(
        here,
        LOCK,
        "\"}\n",
        &format!(
            "\"}}\n{{\"source\":\"chronicle\",\"line\":5,\"column\":1,\"parts\":[[199,219]],\"sha256\":\"{}\",\"quote\":\"The mill stood empty\"}}\n",
            sha256("The mill stood empty")
        ),
    );
    assert_eq!(diagnostics(here, &[]), []);
    // Another text is a change.
    write(here, TEXT, text.replace("must", "can") + "\r\n");
    assert_eq!(diagnostics(here, &[]).len(), 1);
}

#[test]
fn the_lock_has_the_sentences_of_the_quotes() {
    let directory = valid();
    let here = directory.path();
    stdout_of(here, &["lock"]);
    let text = read(here, TEXT);
    let chars: Vec<char> = text.chars().collect();
    let words =
        |range: std::ops::Range<u32>| chars[range.start as usize..range.end as usize].iter().collect::<String>();
    let known: Vec<String> = sentences(&text).into_iter().map(|sentence| words(sentence.range)).collect();
    let quotes: Vec<Value> = locked(here).split_off(2);
    assert_eq!(quotes.len(), 6);
    for quote in &quotes {
        let [start, end] = ["start", "end"].map(|at| quote["sentence"][at].as_u64().expect("a number") as usize);
        let sentence: String = chars[start..end].iter().collect();
        assert!(known.contains(&sentence), "{sentence}");
        let [first, last] =
            [&quote["parts"][0][0], &quote["parts"].as_array().expect("a list").last().expect("a part")[1]];
        assert!(start as u64 <= first.as_u64().unwrap() && last.as_u64().unwrap() <= end as u64, "{quote}");
    }
}

#[test]
fn a_text_outside_the_dataset_may_not_be_redistributed_unless_the_manifest_says_so() {
    let directory = valid();
    let here = directory.path();
    let redistributable = |source_dir: &[&str]| {
        stdout_of(here, &[&["lock"], source_dir].concat());
        locked(here)[1]["redistributable"].as_bool().expect("a boolean")
    };
    assert!(redistributable(&[]));
    let texts = temp_dir(&[("chronicle.txt", &read(here, TEXT))]);
    let source_dir = ["--source-dir", texts.path().to_str().expect("a UTF-8 path")];
    assert!(redistributable(&source_dir), "the dataset contains the text, too");
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    assert!(redistributable(&[]), "as before, because the text is unavailable");
    assert!(!redistributable(&source_dir));
    let member = |value: &str| format!("\"text\": \"{TEXT}\", \"redistributable\": {value} }}");
    edit(here, "factloom.json", &format!("\"text\": \"{TEXT}\" }}"), &member("true"));
    assert!(redistributable(&source_dir));
    assert!(redistributable(&[]));
    edit(here, "factloom.json", &member("true"), &member("\"yes\""));
    let invalid = diagnostics(here, &["--allow", "missing-text"]);
    assert_eq!(invalid.len(), 1, "{invalid:?}");
    assert_eq!(invalid[0].0, "invalid-value");
}

#[test]
fn moved_quotes_are_one_warning_and_nothing_else_is_affected() {
    let directory = valid();
    let here = directory.path();
    let facts = stdout_of(here, &["facts", "--format", "json"]);
    let original = valid();
    edit(here, TEXT, "It ground", "Then, it stood in the rain. It ground");
    let message = "the text of `chronicle` has changed; all 6 locked quotes were found and 4 have moved";
    assert_eq!(diagnostics(here, &[]), [("source-changed".to_owned(), message.to_owned())]);
    assert_eq!(factloom(here, &["check"]).status, Some(0));
    assert_eq!(factloom(here, &["check", "--deny", "source-changed"]).status, Some(1));
    stdout_of(here, &["build"]);
    let moved = stdout_of(here, &["facts", "--format", "json"]);
    // The new positions are used.
    assert_ne!(moved, facts);
    assert!(stdout_of(here, &["query", "-e", "ASK { ?f a fl:Fact }"]).contains("true"));
    let diff = factloom(here, &["diff", &original.path().to_string_lossy(), "."]);
    assert_eq!(diff.stderr, "");
    assert!(diff.stdout.contains("It ground rye"), "{}", diff.stdout);
    stdout_of(here, &["lock"]);
    assert_eq!(diagnostics(here, &[]), []);
    assert_eq!(stdout_of(here, &["facts", "--format", "json"]), moved);
}

#[test]
fn a_quote_in_a_changed_sentence_is_counted() {
    let directory = valid();
    let here = directory.path();
    edit(here, TEXT, "It ground rye", "As if it were true: It ground rye");
    edit(here, TEXT, "The mill stood empty", "Later, The mill stood empty");
    let output = factloom(here, &["check"]);
    let message = "all 6 locked quotes were found, 4 have moved and the sentences of 2 have changed";
    assert!(output.stderr.contains(message), "{}", output.stderr);
    assert!(output.stderr.contains("the sentence has changed: facts.json:8:52"), "{}", output.stderr);
    assert_eq!(output.stderr.matches("the sentence has changed").count(), 2, "{}", output.stderr);
    stdout_of(here, &["lock"]);
    assert_eq!(diagnostics(here, &[]), []);
}

#[test]
fn each_lost_quote_is_an_error_that_names_its_locked_position() {
    let directory = valid();
    let here = directory.path();
    edit(here, TEXT, "It ground rye", "It milled rye");
    edit(here, TEXT, "The mill stood", "It was dry. The mill was standing");
    let codes: Vec<String> = diagnostics(here, &[]).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["quote-not-found", "quote-not-found"]);
    let text = factloom(here, &["check"]).stderr;
    for position in ["chronicle:2:1", "chronicle:5:1"] {
        assert!(text.contains(&format!("when it was locked, the quote was at {position}\n")), "{text}");
    }
    assert_eq!(factloom(here, &["build"]).status, Some(1));
    stdout_of(here, &["build", "--keep-going"]);
}

#[test]
fn a_missing_text_is_reported_once_with_the_places_searched() {
    let directory = valid();
    let here = directory.path();
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    assert_eq!(diagnostics(here, &[]), [missing_but_locked(6)]);
    let missing =
        |message: &str| vec![("not-locked".to_owned(), format!("the text of `chronicle` is missing, and {message}"))];
    fs::create_dir(here.join("texts")).expect("a directory can be made");
    let parent = here.parent().expect("a parent").to_owned();
    let name = here.file_name().expect("a name").to_string_lossy();
    let args = ["check", "--require-text", "--source-dir"];
    let source_dir = format!("{name}/../{name}/texts");
    let output = run(command(&parent).args(args).args([&source_dir, "--dataset", &name]));
    assert!(output.stderr.contains("the text of `chronicle` is missing\n"), "{}", output.stderr);
    let places = [format!("{source_dir}/{TEXT}"), format!("{source_dir}/chronicle.txt"), format!("{name}/{TEXT}")];
    let places = places.map(|place| format!("  = note: no file `{place}`\n")).concat();
    assert!(output.stderr.replace('\\', "/").contains(&places), "{}", output.stderr);

    let quotes: Vec<String> = read(here, LOCK).lines().map(str::to_owned).collect();
    write(here, LOCK, quotes[..7].join("\n") + "\n");
    assert_eq!(diagnostics(here, &[]), missing("1 of its 6 quotes is not locked"));
    write(here, LOCK, quotes[..5].join("\n") + "\n");
    assert_eq!(diagnostics(here, &["--require-text"]), missing("3 of its 6 quotes are not locked"));
    assert_eq!(factloom(here, &["lock"]).status, Some(1));
    fs::remove_file(here.join(LOCK)).expect("there is a lock");
    assert_eq!(diagnostics(here, &[]), missing("none of its 6 quotes is locked"));
    let built = stdout_of(here, &["build", "--keep-going"]);
    assert!(built.contains("6 statements omitted because of errors"), "{built}");
}

#[test]
fn check_and_lock_count_the_same_quotes() {
    let directory = valid();
    let here = directory.path();
    // Two statements with the same quote, and an excluded one.
    edit(here, "facts.json", "\"quote\": \"The mill stood empty\" }", "\"quote\": \"In 1913 the mill closed\" }");
    edit(
        here,
        "factloom.json",
        "\"language\": \"en\",",
        "\"language\": \"en\", \"excluded\": [{ \"source\": \"chronicle\", \"quote\": \"a dry\", \"reason\": \"weather\" }],",
    );
    edit(here, TEXT, "The mill stood", "In a dry year, the mill stood");
    let locked = stdout_of(here, &["lock"]);
    let counts = "7 quotes: 6 verified (found in the text of the source), 1 cited (the source has no text)";
    assert_eq!(locked, format!("{counts}\n6 quotes in factloom.lock\n"));
    assert_eq!(read(here, LOCK).lines().count(), 1 + 1 + 6);
    let checked = |number: usize| stdout_of(here, &["check"]).lines().nth(number).map(str::to_owned);
    assert_eq!(checked(1).as_deref(), Some(counts));
    assert!(stdout_of(here, &["build"]).contains(&format!("{counts}\n")));
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    let counts = "7 quotes: 6 locked (found when the text was locked; the text is unavailable), 1 cited (the source has no text)";
    assert_eq!(checked(1).as_deref(), Some(counts));
    assert_eq!(stdout_of(here, &["lock"]), format!("{counts}\n6 quotes in factloom.lock\n"));
}

#[test]
fn a_text_that_may_not_be_redistributed_is_expected_to_be_missing_if_its_quotes_are_locked() {
    let directory = valid();
    let here = directory.path();
    let text = format!("\"text\": \"{TEXT}\"");
    edit(here, "factloom.json", &text, &format!("{text}, \"redistributable\": false"));
    stdout_of(here, &["lock"]);
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    assert_eq!(diagnostics(here, &[]), []);
    assert_eq!(diagnostics(here, &["--require-text"]).len(), 1);
    edit(here, "facts.json", "The mill stood empty", "The mill stood");
    assert_eq!(diagnostics(here, &[])[0].0, "not-locked");
}

#[test]
fn a_missing_text_without_quotes_is_reported_too() {
    let directory = valid();
    let here = directory.path();
    let source = "{ \"id\": \"chronicle\"";
    edit(here, "factloom.json", source, &format!("{{ \"id\": \"other\", \"text\": \"no.txt\" }},\n    {source}"));
    let output = factloom(here, &["check"]);
    assert!(output.stderr.contains("warning[missing-text]: the text of `other` is missing\n"), "{}", output.stderr);
    assert!(output.stderr.contains("= note: no file `no.txt`\n"), "{}", output.stderr);
}

#[test]
fn texts_with_the_same_file_name_are_not_confused() {
    let directory = valid();
    let here = directory.path();
    let text = read(here, TEXT);
    fs::create_dir_all(here.join("other")).expect("a directory can be made");
    write(here, "other/chronicle.txt", "Another town had no mill.");
    let source = "{ \"id\": \"chronicle\"";
    let other = "{ \"id\": \"other\", \"text\": \"other/chronicle.txt\" }";
    edit(here, "factloom.json", source, &format!("{other},\n    {source}"));
    let texts = temp_dir(&[("chronicle.txt", "The wrong text.")]);
    let source_dir = ["--source-dir", texts.path().to_str().expect("a UTF-8 path")];
    // The file may be the text of either, so it is not used.
    assert_eq!(diagnostics(here, &source_dir), []);
    fs::create_dir_all(texts.path().join("sources")).expect("a directory can be made");
    write(texts.path(), TEXT, text.replace("rye", "oats"));
    assert_eq!(diagnostics(here, &source_dir)[0].0, "quote-not-found");
    assert_eq!(diagnostics(here, &[]), []);
}

#[test]
fn an_excerpt_in_the_dataset_does_not_make_the_whole_text_redistributable() {
    let directory = valid();
    let here = directory.path();
    let text = read(here, TEXT);
    write(here, TEXT, text.lines().next().expect("a line"));
    let texts = temp_dir(&[("chronicle.txt", &text)]);
    let source_dir = ["--source-dir", texts.path().to_str().expect("a UTF-8 path")];
    stdout_of(here, &[&["lock"], &source_dir[..]].concat());
    assert_eq!(locked(here)[1]["redistributable"], false);
    // The same text with other line ends may be.
    write(here, TEXT, text.replace('\n', "\r\n"));
    stdout_of(here, &[&["lock"], &source_dir[..]].concat());
    assert_eq!(locked(here)[1]["redistributable"], true);
}

#[test]
fn typography_and_line_ends_do_not_change_a_sentence() {
    let directory = valid();
    let here = directory.path();
    edit(here, TEXT, "It ground rye for forty years, and", "It ground rye for forty years,\nand");
    edit(here, TEXT, "“The roof can wait.”", "\"The roof can wait.\"");
    let message = "the text of `chronicle` has changed; all 6 locked quotes were found and 3 have moved";
    assert_eq!(diagnostics(here, &[]), [("source-changed".to_owned(), message.to_owned())]);
}

#[test]
fn warnings_about_quotes_remain_without_the_text() {
    let directory = valid();
    let here = directory.path();
    edit(here, "facts.json", "The mill stood empty", "he mill stood empty");
    assert_eq!(diagnostics(here, &[])[0].0, "quote-cuts-word");
    stdout_of(here, &["lock"]);
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    let expected = ("quote-cuts-word".to_owned(), "the quote cuts a word in `chronicle`".to_owned());
    let found = diagnostics(here, &[]);
    assert!(found.contains(&expected), "{found:?}");
    assert_eq!(factloom(here, &["check", "--deny", "quote-cuts-word"]).status, Some(1));
    // A new lock keeps them.
    stdout_of(here, &["lock"]);
    assert!(diagnostics(here, &[]).contains(&expected));
}

#[test]
fn an_empty_text_is_one_error() {
    let directory = valid();
    let here = directory.path();
    write(here, TEXT, "\n");
    let message = "the text of `chronicle` is empty, but the dataset has 6 quotes from it";
    assert_eq!(diagnostics(here, &[]), [("unreadable-file".to_owned(), message.to_owned())]);
    assert_eq!(factloom(here, &["lock"]).status, Some(1));
}

#[test]
fn a_locked_quote_is_lost_from_its_own_text_even_if_another_has_it() {
    let directory = valid();
    let here = directory.path();
    let source = "{ \"id\": \"chronicle\"";
    let other = "{ \"id\": \"other\", \"content\": \"A copy: It ground rye for forty years.\" }";
    edit(here, "factloom.json", source, &format!("{other},\n    {source}"));
    edit(here, TEXT, "It ground rye", "It never ground rye");
    let output = factloom(here, &["check"]).stderr;
    for words in [
        "error[quote-not-found]",
        "the text of `chronicle` has changed since it was locked\n",
        "when it was locked, the quote was at chronicle:2:1\n",
        "`other` contains the quote at other:1:9\n",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
    // A quote that was not locked is from the wrong source.
    fs::remove_file(here.join(LOCK)).expect("there is a lock");
    assert!(factloom(here, &["check"]).stderr.contains("error[quote-in-other-source]"));
}

#[test]
fn quotes_that_the_manifest_excludes_or_that_have_a_selector_or_a_difference_are_found_in_other_sources() {
    let directory = valid();
    let here = directory.path();
    let source = "{ \"id\": \"chronicle\"";
    let other = "{ \"id\": \"other\", \"content\": \"the guild left it later. Nobody came, he said.\" }";
    edit(here, "factloom.json", source, &format!("{other},\n    {source}"));
    let excluded = "\"excluded\": [{ \"source\": \"chronicle\", \"quote\": \"Nobody came\", \"reason\": \"r\" }],";
    edit(here, "factloom.json", "\"language\": \"en\",", &format!("\"language\": \"en\", {excluded}"));
    edit(here, "facts.json", "\"The mill stood empty\"", "\"The guild left it.\"");
    edit(here, "facts.json", "\"It ground rye for forty years\"", "\"it later\", \"nth\": 2");
    fs::remove_file(here.join(LOCK)).expect("there is a lock");
    let found = diagnostics(here, &[]);
    let expected = ("quote-in-other-source".to_owned(), "the quote is in `other`, not in `chronicle`".to_owned());
    assert_eq!(found.iter().filter(|one| **one == expected).count(), 3, "{found:?}");
}

#[test]
fn a_quote_with_an_altered_letter_is_named_with_the_source_that_has_it() {
    let directory = valid();
    let here = directory.path();
    let source = "{ \"id\": \"chronicle\"";
    let other = "{ \"id\": \"other\", \"content\": \"Pelicans nested near seven lighthouses every spring.\" }";
    edit(here, "factloom.json", source, &format!("{other},\n    {source}"));
    edit(here, "facts.json", "\"The mill stood empty\"", "\"Pelicans nested near seven lighthouse every spring\"");
    edit(here, "facts.json", "\"It ground rye for forty years\"", "\"Pelicans perched\"");
    fs::remove_file(here.join(LOCK)).expect("there is a lock");
    let output = factloom(here, &["check"]).stderr;
    for words in [
        "error[quote-in-other-source]: a similar passage is in `other`, and none in `chronicle`\n",
        "at other:1:1, the quote has `lighthouse`, the source has `lighthouses`\n",
        "= help: name the source `other`, and quote “Pelicans nested near seven lighthouses every spring”\n",
        "error[quote-not-found]: quote not found in `chronicle`: nothing similar is in the source\n",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
}

#[test]
fn the_numbers_of_a_check_add_up() {
    let directory = valid();
    let here = directory.path();
    let summary = || factloom(here, &["check"]).stdout;
    let complete = summary();
    let lines: Vec<&str> = complete.lines().collect();
    assert!(lines[0].starts_with("6 statements about "), "{complete}");
    assert!(lines[1].starts_with("7 quotes: 6 verified"), "{complete}");
    edit(here, "facts.json", "The mill stood empty", "The mill stood full");
    let with_error = summary();
    let lines: Vec<&str> = with_error.lines().collect();
    assert!(
        lines[0].starts_with("5 statements about ")
            && lines[0].ends_with("; 1 more statement is excluded because of errors"),
        "{with_error}"
    );
    assert!(
        lines[1].starts_with("6 quotes: 5 verified")
            && lines[1].ends_with("; 1 more quote is excluded because of errors"),
        "{with_error}"
    );
    // The lock has the quote without the mistake.
    assert_eq!(lines[2], "1 error, 0 warnings", "{with_error}");
    edit(here, "facts.json", "The mill stood full", "The mill stood");
    let changed = summary();
    let entries = "1 quote is not in factloom.lock, and 1 in it is no longer used: run `factloom lock`";
    assert_eq!(changed.lines().nth(2), Some(entries), "{changed}");
}

#[test]
fn a_new_quote_of_a_statement_with_errors_is_not_to_be_locked() {
    let directory = valid();
    let here = directory.path();
    let quote = "{ \"source\": \"chronicle\", \"quote\": \"The mill stood empty\" }";
    let others = "{ \"source\": \"chronicle\", \"quote\": \"The mill stood\" }, { \"source\": \"chronicle\", \"quote\": \"no such words\" }";
    edit(here, "facts.json", quote, &format!("{quote}, {others}"));
    let output = factloom(here, &["check"]).stdout;
    assert!(!output.contains("not in factloom.lock"), "{output}");
    assert!(output.contains("; 3 more quotes are excluded because of errors"), "{output}");
}

#[test]
fn a_lock_that_contradicts_the_manifest_or_an_unchanged_text_is_outdated() {
    let directory = valid();
    let here = directory.path();
    stdout_of(here, &["lock"]);
    let text = format!("\"text\": \"{TEXT}\"");
    edit(here, "factloom.json", &text, &format!("{text}, \"redistributable\": false"));
    let message = "factloom.lock has `redistributable` as true for `chronicle`";
    assert_eq!(diagnostics(here, &[]), [("outdated-lock".to_owned(), message.to_owned())]);
    assert_eq!(factloom(here, &["check", "--deny", "warnings"]).status, Some(1));
    stdout_of(here, &["lock"]);
    assert_eq!(diagnostics(here, &[]), []);
    let length = locked(here)[1]["length"].as_u64().expect("a number");
    edit(here, LOCK, &format!("\"length\":{length}"), &format!("\"length\":{}", length + 1));
    let message = "factloom.lock has another length of the text of `chronicle`";
    assert_eq!(diagnostics(here, &[]), [("outdated-lock".to_owned(), message.to_owned())]);
}

#[test]
fn a_damaged_lock_does_not_verify_quotes() {
    let directory = valid();
    let here = directory.path();
    stdout_of(here, &["lock"]);
    fs::remove_file(here.join(TEXT)).expect("there is a text");
    let parts = locked(here)[3]["parts"][0].clone();
    let [start, end] = [0, 1].map(|at| parts[at].as_u64().expect("a number"));
    edit(here, LOCK, &format!("[[{start},{end}]]"), &format!("[[{},{}]]", start + 9000, end + 9000));
    let codes: Vec<String> = diagnostics(here, &[]).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["not-locked", "syntax-error"]);
}

#[test]
fn the_directory_of_a_dataset_to_lock_may_be_an_argument() {
    let directory = valid();
    let name = directory.path().file_name().expect("a name").to_string_lossy().into_owned();
    let parent = directory.path().parent().expect("a parent");
    let output = stdout_of(parent, &["lock", &name]);
    assert!(output.contains("6 quotes in factloom.lock"), "{output}");
    assert_eq!(stdout_of(directory.path(), &["lock", "."]), output);
}
