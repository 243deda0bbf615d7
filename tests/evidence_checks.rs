//! Evidence checks: what is reported about true quotes that do not support their statements, and how findings are acknowledged.

use crate::program::{factloom, stdout_of};
use crate::scratch::{dataset, write};
use factloom::check::{CheckOptions, Checker, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::diagnostic::{Code, Findings};
use std::path::Path;

const MANIFEST: &str = r#"{ "base": "https://example.org/mill/", "sources": [
    { "id": "paper", "content": "The Guild did not build the mill.\nIt opened in 1873. In 1874 it burned." },
    { "id": "letter", "content": "The mill opened in 1871, says Guild." },
    { "id": "web", "url": "https://example.org/web" }
] }"#;

fn open(directory: &Path) -> Dataset {
    Dataset::open(DatasetRoot::Directory(directory.to_owned()), None).dataset.expect("the manifest is valid")
}

fn codes(directory: &Path) -> Vec<Code> {
    let mut findings = Findings::new();
    check(&open(directory), &CheckOptions::default(), &mut findings);
    let unused = [Code::UnusedEntity, Code::UnusedPredicate];
    findings.iter().map(|finding| finding.code).filter(|code| !unused.contains(code)).collect()
}

/// A dataset with one fact about the mill's opening.
fn opening(year: u32, evidence: &str, more: &str) -> tempfile::TempDir {
    let vocabulary =
        "@prefix v: <https://example.org/mill/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        v:Thing a owl:Class . v:built a owl:ObjectProperty . v:opened a owl:DatatypeProperty ; rdfs:range xsd:gYear .";
    let entities =
        r#"[{ "id": "guild", "type": "Thing", "label": "Guild" }, { "id": "mill", "type": "Thing", "label": "Mill" }]"#;
    let fact = format!(
        r#"[{{ "id": "opening", "subject": "mill", "predicate": "opened", "object": "{year}", {more} "evidence": [{evidence}] }}]"#
    );
    dataset(&[
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", vocabulary),
        ("entities.json", entities),
        ("facts.json", &fact),
    ])
}

const PAPER: &str = r#"{ "source": "paper", "quote": "It opened" }"#;
const LETTER: &str = r#"{ "source": "letter", "quote": "The mill opened" }"#;
const WEB: &str = r#"{ "source": "web", "quote": "The mill opened" }"#;

#[test]
fn a_value_must_be_in_one_of_the_quotes_or_their_sentences() {
    for (year, evidence, expected) in [
        (1873, PAPER.to_owned(), vec![]),
        (1874, PAPER.to_owned(), vec![Code::ValueNotInQuote]),
        (1871, PAPER.to_owned(), vec![Code::ValueNotInQuote]),
        (1871, format!("{PAPER}, {LETTER}"), vec![]),
        (1872, format!("{PAPER}, {LETTER}"), vec![Code::ValueNotInQuote]),
        // A text that is unavailable may have the value.
        (1872, format!("{PAPER}, {WEB}"), vec![]),
        (1872, WEB.to_owned(), vec![]),
        // A quote with an error has no other findings.
        (1872, r#"{ "source": "paper", "quote": "It opnd" }"#.to_owned(), vec![Code::QuoteNotFound]),
    ] {
        let directory = opening(year, &evidence, "");
        assert_eq!(codes(directory.path()), expected, "{year}: {evidence}");
    }
}

/// The codes of the findings about the opening, with another source that is called `paper`.
fn codes_with(paper: &str, year: u32, evidence: &str) -> Vec<Code> {
    let directory = opening(year, evidence, "");
    let sources = format!(
        r#"{{ "base": "https://example.org/mill/", "sources": [{paper}, {{ "id": "known", "kind": "background" }}] }}"#
    );
    write(directory.path(), "factloom.json", sources);
    codes(directory.path())
}

#[test]
fn the_time_of_publication_counts_only_if_the_sentences_have_no_year() {
    let evidence = r#"{ "source": "paper", "quote": "mill opened" }"#;
    for (text, year, expected) in [
        ("The mill opened yesterday.", 2025, vec![]),
        ("The mill opened yesterday. It burned in 1999.", 2025, vec![]),
        ("The mill opened in 1999.", 2025, vec![Code::ValueNotInQuote]),
        ("The mill opened in 1999.", 1999, vec![]),
        ("The mill opened in the 1990s.", 2025, vec![Code::ValueNotInQuote]),
    ] {
        let paper = format!(r#"{{ "id": "paper", "published": "2025", "content": "{text}" }}"#);
        assert_eq!(codes_with(&paper, year, evidence), expected, "{year}: {text}");
    }
}

#[test]
fn sentences_that_an_ellipsis_omits_are_not_searched() {
    let paper = r#"{ "id": "paper", "content": "The mill opened quietly in May 1870. The bakery opened in 1873. It was not big. The river was near, in 1871." }"#;
    let evidence = r#"{ "source": "paper", "quote": "mill opened … The river was near" }"#;
    for (year, expected) in [(1873, vec![Code::ValueNotInQuote]), (1870, vec![]), (1871, vec![])] {
        assert_eq!(codes_with(paper, year, evidence), expected, "{year}");
    }
}

#[test]
fn evidence_without_a_quote_does_not_end_the_checks() {
    let paper = r#"{ "id": "paper", "content": "The mill opened in 1873." }"#;
    let evidence =
        r#"{ "source": "paper", "quote": "The mill opened" }, { "source": "known", "note": "This is known." }"#;
    assert_eq!(codes_with(paper, 1873, evidence), []);
    assert_eq!(codes_with(paper, 1874, evidence), [Code::ValueNotInQuote]);
}

#[test]
fn a_figure_of_a_note_is_reported_at_its_note() {
    let paper = r#"{ "id": "paper", "content": "15 men opened the mill in 1873. The mill was big in 1873." }"#;
    let evidence = r#"{ "source": "paper", "quote": "15 men opened", "note": "See page 3: 15 men." },
        { "source": "paper", "quote": "The mill was big", "note": "5 men." }"#;
    let directory = opening(1873, evidence, "");
    let sources = format!(r#"{{ "base": "https://example.org/mill/", "sources": [{paper}] }}"#);
    write(directory.path(), "factloom.json", sources);
    let output = factloom(directory.path(), &["check"]);
    assert!(output.stderr.contains("neither the quotes nor their sentences have `5` in the note"), "{}", output.stderr);
    assert!(output.stderr.contains("facts.json:2:"), "{}", output.stderr);
}

#[test]
fn an_object_without_a_name_need_not_be_named() {
    let paper = r#"{ "id": "paper", "content": "It works again, they say." }"#;
    let evidence = r#"{ "source": "paper", "quote": "works again" }"#;
    for (object, expected) in [("true", vec![]), (r#"{ "value": "closed", "lang": "en" }"#, vec![Code::QuoteOffTopic])]
    {
        let directory = opening(1873, evidence, "");
        let sources = format!(r#"{{ "base": "https://example.org/mill/", "sources": [{paper}] }}"#);
        write(directory.path(), "factloom.json", sources);
        let vocabulary = std::fs::read_to_string(directory.path().join("vocabulary.ttl")).expect("it exists");
        write(directory.path(), "vocabulary.ttl", vocabulary.replace(" ; rdfs:range xsd:gYear", ""));
        let facts = std::fs::read_to_string(directory.path().join("facts.json")).expect("it exists");
        write(directory.path(), "facts.json", facts.replace(r#""1873""#, object));
        assert_eq!(codes(directory.path()), expected, "{object}");
    }
}

#[test]
fn acknowledged_findings_are_counted_and_shown_with_their_reasons() {
    let allow = r#""allow": [{ "code": "value-not-in-quote", "reason": "The year follows from a letter." }],"#;
    let directory = opening(1872, PAPER, allow);
    let output = factloom(
        directory.path(),
        &["check", "--deny", "warnings", "--allow", "unused-entity", "--allow", "unused-predicate"],
    );
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(
        output.stdout.contains("0 errors, 0 warnings, 1 allowed (see it with --show-allowed)"),
        "{}",
        output.stdout
    );
    let shown = factloom(directory.path(), &["check", "--show-allowed"]);
    assert!(
        shown.stderr.contains("allowed[value-not-in-quote]")
            && shown.stderr.contains("reason: The year follows from a letter.")
    );
    let json = stdout_of(directory.path(), &["check", "--show-allowed", "-f", "json"]);
    assert!(json.contains(r#""severity": "allowed""#), "{json}");
    let github = stdout_of(directory.path(), &["check", "--show-allowed", "-f", "github"]);
    assert!(github.contains("::notice "), "{github}");
}

#[test]
fn an_acknowledgement_without_finding_is_reported_if_the_check_could_run() {
    let allow = |code| format!(r#""allow": [{{ "code": "{code}", "reason": "Yes." }}],"#);
    for (year, evidence, code, expected) in [
        (1873, PAPER, "value-not-in-quote", vec![Code::UnusedAllow]),
        (1872, PAPER, "negated-context", vec![Code::ValueNotInQuote, Code::UnusedAllow]),
        (1872, WEB, "value-not-in-quote", vec![]),
        (1873, PAPER, "hedged-quote", vec![]),
    ] {
        let directory = opening(year, evidence, &allow(code));
        assert_eq!(codes(directory.path()), expected, "{year} {code} {evidence}");
    }
}

#[test]
fn a_manifest_adds_cues() {
    let directory = opening(1873, r#"{ "source": "paper", "quote": "opened in 1873" }"#, "");
    assert_eq!(codes(directory.path()), []);
    let cues = r#"{ "cues": { "en": { "negation": ["It"] } },"#;
    write(directory.path(), "factloom.json", MANIFEST.replacen('{', cues, 1));
    assert_eq!(codes(directory.path()), [Code::NegatedContext]);
}

#[test]
fn invalid_cues_are_reported_where_they_are() {
    let many = format!("[{}]", vec![r#""very""#; 1_001].join(","));
    for (cues, message) in [
        (r#"{ "english": {}, "en_US": {} }"#, "invalid language tag `en_US`"),
        (r#"{ "en": { "months": [["May"]] } }"#, "names of 1 months"),
        (r#"{ "en": { "seasons": [["spring"]] } }"#, "names of 1 seasons"),
        (r#"{ "en": { "numbers": { "gross": "twelve dozen" } } }"#, "invalid number `twelve dozen`"),
        (r#"{ "en": { "ordinals": { "last": "-1" } } }"#, "invalid number `-1`"),
        (r#"{ "en": { "negation": ["*"] } }"#, "invalid cue `*`"),
        (r#"{ "en": { "hedges": ["may", "a**b"] } }"#, "invalid cue `a**b`"),
        (r#"{ "en": { "fillers": ["a|"] } }"#, "invalid cue `a|`"),
        (&*format!(r#"{{ "en": {{ "negation": {many} }} }}"#), "a list of more than 1000 cues"),
    ] {
        let directory = opening(1873, PAPER, "");
        write(directory.path(), "factloom.json", MANIFEST.replacen('{', &format!("{{ \"cues\": {cues},"), 1));
        let output = factloom(directory.path(), &["check", "--allow", "unused-entity"]);
        let first = output.stderr.lines().next().unwrap_or_default();
        assert!(output.status == Some(1) && first.ends_with(message), "{}", output.stderr);
        assert!(output.stderr.contains("factloom.json:1:"), "{}", output.stderr);
    }
}

#[test]
fn a_finding_beyond_the_limit_is_counted() {
    let directory = opening(1873, PAPER, "");
    let number = Findings::MAX_PER_CODE + 3;
    let fact = |id: usize| {
        format!(
            r#"{{ "id": "f{id}", "subject": "mill", "predicate": "opened", "object": "1875", "evidence": [{PAPER}] }}"#
        )
    };
    write(directory.path(), "facts.json", format!("[{}]", (0..number).map(fact).collect::<Vec<_>>().join(",\n")));
    let output = factloom(
        directory.path(),
        &["check", "--allow", "unused-entity", "--allow", "unused-predicate", "--allow", "duplicate-statement"],
    );
    assert!(output.stdout.ends_with(&format!("0 errors, {number} warnings\n")), "{}", output.stdout);
    assert!(output.stderr.contains("3 more findings of `value-not-in-quote` are not shown"));
}

#[test]
fn a_repeated_check_notices_new_names_values_and_cues() {
    let directory = opening(1873, r#"{ "source": "paper", "quote": "it burned" }"#, "");
    let mut checker = Checker::default();
    let mut repeat = || {
        let dataset = open(directory.path());
        let (mut repeated, mut single) = (Findings::new(), Findings::new());
        checker.check(&dataset, &CheckOptions::default(), &mut repeated);
        check(&dataset, &CheckOptions::default(), &mut single);
        assert_eq!(repeated, single);
        repeated.iter().any(|finding| finding.code == Code::ValueNotInQuote)
    };
    assert!(repeat());
    let facts = std::fs::read_to_string(directory.path().join("facts.json")).expect("it exists");
    write(directory.path(), "facts.json", facts.replace("1873", "1874"));
    assert!(!repeat());
    write(directory.path(), "factloom.json", MANIFEST.replace("1874", "1884"));
    assert!(repeat());
}

/// A dataset with a functional predicate, whose facts have these ids and years, and an acknowledgement of their conflict by ids.
fn conflict(facts: &[(&str, u32)], ids: &[&str]) -> tempfile::TempDir {
    let fact = |(id, year): &(&str, u32)| {
        format!(
            r#"{{ "id": "{id}", "subject": "mill", "predicate": "opened", "object": "{year}",
                "evidence": [{{ "source": "web", "quote": "in {year}, {id}" }}] }}"#
        )
    };
    let directory = opening(1873, PAPER, "");
    let vocabulary = std::fs::read_to_string(directory.path().join("vocabulary.ttl")).expect("it exists");
    write(directory.path(), "vocabulary.ttl", vocabulary + " v:opened a owl:FunctionalProperty .");
    write(directory.path(), "facts.json", format!("[{}]", facts.iter().map(fact).collect::<Vec<_>>().join(", ")));
    let allow = format!(r#"{{ "allow": [{{ "code": "conflict", "ids": {ids:?}, "reason": "The papers differ." }}],"#);
    write(directory.path(), "factloom.json", MANIFEST.replacen('{', &allow, 1));
    directory
}

#[test]
fn a_conflict_is_acknowledged_by_a_statement_of_each_value() {
    let facts = [("a", 1871), ("b", 1873), ("c", 1871)];
    for (ids, expected) in
        [(vec!["a", "b"], vec![]), (vec!["b", "c"], vec![]), (vec!["a", "c"], vec![Code::Conflict, Code::UnusedAllow])]
    {
        assert_eq!(codes(conflict(&facts, &ids).path()), expected, "{ids:?}");
    }
    let directory = conflict(&[facts[0], facts[1], ("d", 1875)], &["a", "b"]);
    assert_eq!(codes(directory.path()), [Code::Conflict, Code::UnusedAllow]);
    let help = factloom(directory.path(), &["check"]).stderr;
    assert!(help.contains("= help: add `d` to the `ids`"), "{help}");
}

#[test]
fn an_acknowledged_conflict_covers_no_further_value_however_many_are_shown() {
    let ids: Vec<String> = (0..12).map(|number| format!("f{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let facts: Vec<(&str, u32)> = ids.iter().copied().zip(1870..).collect();
    assert_eq!(codes(conflict(&facts, &ids).path()), []);
    assert_eq!(codes(conflict(&facts, &ids[..11]).path()), [Code::Conflict, Code::UnusedAllow]);
}

#[test]
fn an_acknowledgement_by_an_id_is_about_all_that_has_the_id() {
    let directory = opening(1873, PAPER, "");
    let facts = std::fs::read_to_string(directory.path().join("facts.json")).expect("it exists");
    let entities = std::fs::read_to_string(directory.path().join("entities.json")).expect("it exists");
    write(directory.path(), "facts.json", facts.replacen(r#""id": "opening""#, r#""id": "café""#, 1));
    let spare = r#"[{ "id": "café", "type": "Thing", "label": "Café" },"#;
    write(directory.path(), "entities.json", entities.replacen('[', spare, 1));
    let allow =
        "{ \"allow\": [{ \"code\": \"unused-entity\", \"ids\": [\"cafe\u{301}\"], \"reason\": \"It follows.\" }],";
    write(directory.path(), "factloom.json", MANIFEST.replacen('{', allow, 1));
    let output = factloom(directory.path(), &["check"]);
    assert!(
        !output.stderr.contains("café") && output.stdout.contains("1 allowed"),
        "{}{}",
        output.stderr,
        output.stdout
    );
}

#[test]
fn two_acknowledgements_of_one_finding_are_duplicates() {
    let allow = r#""allow": [{ "code": "value-not-in-quote", "reason": "A." }, { "code": "value-not-in-quote", "reason": "B." }],"#;
    let directory = opening(1872, PAPER, allow);
    assert_eq!(codes(directory.path()), [Code::UnusedAllow]);
    let output = factloom(directory.path(), &["check"]).stderr;
    assert!(output.contains("acknowledges what another object does"), "{output}");
}

#[test]
fn an_acknowledged_missing_text_need_not_be_missing_everywhere() {
    let allow = r#"{ "allow": [{ "code": "missing-text", "ids": ["paper"], "reason": "It is not redistributable." }],"#;
    let directory = opening(1873, PAPER, "");
    write(directory.path(), "factloom.json", MANIFEST.replacen('{', allow, 1));
    assert_eq!(codes(directory.path()), []);
}
