//! `factloom fix`

use crate::program::{factloom, stdout_of};
use crate::scratch::temp_dir;
use std::fs;
use tempfile::TempDir;

/// The tutorial dataset with a misspelt predicate and a quote that cuts a word.
fn dataset() -> (TempDir, String) {
    let here = temp_dir(&[]);
    stdout_of(here.path(), &["init"]);
    let right = fs::read_to_string(here.path().join("facts.json")).unwrap();
    let wrong =
        right.replacen("\"locatedIn\"", "\"locatedInn\"", 1).replacen("is in Ebbingford\"", "is in Ebbing\"", 1);
    assert_ne!(right, wrong);
    fs::write(here.path().join("facts.json"), wrong).unwrap();
    (here, right)
}

#[test]
fn corrections_are_shown_and_then_written() {
    let (here, right) = dataset();
    let path = here.path().join("facts.json");
    let wrong = fs::read_to_string(&path).unwrap();
    let shown = factloom(here.path(), &["fix"]);
    assert_eq!(shown.status, Some(1), "{}", shown.stderr);
    for part in [
        "[unknown-predicate] unknown predicate `locatedInn`: write \"locatedIn\"",
        "+++ facts.json",
        "2 findings to correct; 0 errors, 0 warnings left",
    ] {
        assert!(shown.stdout.contains(part), "{part}\n{}", shown.stdout);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
    let written = factloom(here.path(), &["fix", "--write"]);
    assert_eq!(written.status, Some(0), "{}", written.stderr);
    assert!(written.stderr.ends_with("wrote facts.json\n"), "{}", written.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), right);
    let again = factloom(here.path(), &["fix"]);
    assert_eq!((again.status, again.stdout.as_str()), (Some(0), "0 findings to correct; 0 errors, 0 warnings left\n"));
}

#[test]
fn findings_that_are_left_are_shown() {
    let (here, right) = dataset();
    let path = here.path().join("facts.json");
    fs::write(&path, right.replacen("1887", "1889", 2)).unwrap();
    let output = factloom(here.path(), &["fix", "--write"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("quote not found"), "{}", output.stderr);
    let output = factloom(here.path(), &["fix", "--code", "unknown-entity", "quote-cuts-word"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert_eq!(factloom(here.path(), &["fix", "--code", "no-such-code"]).status, Some(2));
    assert_eq!(factloom(here.path(), &["fix", "--example", "--write"]).status, Some(2));
}
