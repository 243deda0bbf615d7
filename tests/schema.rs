//! `factloom schema`

use crate::program::{factloom, stdout_of};
use crate::repository;
use crate::scratch::temp_dir;
use std::fs;

#[test]
fn each_schema_is_listed_and_printed_as_in_the_repository() {
    let here = temp_dir(&[]);
    let list = stdout_of(here.path(), &["schema"]);
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let mut files = crate::files_below(&repository().join("data/schema"));
    files.sort();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    let expected: Vec<String> = sorted.iter().map(|name| format!("{name}.schema.json")).collect();
    assert_eq!(files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(), expected);
    for name in names {
        let file = fs::read_to_string(repository().join(format!("data/schema/{name}.schema.json"))).expect("a schema");
        assert_eq!(stdout_of(here.path(), &["schema", name]), file);
    }
}

#[test]
fn the_instructions_for_a_new_dataset_contain_the_text_of_a_source() {
    let here = temp_dir(&[]);
    stdout_of(here.path(), &["init"]);
    let prompt = factloom(here.path(), &["schema", "--prompt", "--source", "pump-house"]);
    assert_eq!((prompt.status, prompt.stderr.as_str()), (Some(0), ""));
    let text = fs::read_to_string(here.path().join("sources/pump-house.txt")).expect("the text");
    for part in ["# Propose facts\n", "\"predicate\":\"built\"", "\"id\":\"pump-house-society\"", text.trim_end()] {
        assert!(prompt.stdout.contains(part), "{part}\n{}", prompt.stdout);
    }
    assert_eq!(stdout_of(here.path(), &["schema", "--prompt", "--source", "pump-house"]), prompt.stdout);
}

#[test]
fn a_text_that_is_unavailable_is_noted() {
    let here = temp_dir(&[]);
    let prompt = factloom(here.path(), &["schema", "--prompt", "--example", "--source", "psm-revival"]);
    assert_eq!(prompt.status, Some(0));
    assert!(prompt.stderr.contains("the text of `psm-revival` is unavailable"), "{}", prompt.stderr);
}

#[test]
fn misuse_names_the_next_step() {
    let here = temp_dir(&[]);
    for (args, message) in [
        (&["schema", "fact"][..], "facts"),
        (&["schema", "--prompt"], "factloom init"),
        (&["schema", "--source", "s"], "--prompt"),
        (&["schema", "--prompt", "--example", "--source", "psm-reviva"], "did you mean `psm-revival`?"),
    ] {
        let output = factloom(here.path(), args);
        assert_eq!(output.status, Some(2), "{args:?}");
        assert!(output.stderr.contains(message), "{args:?}: {}", output.stderr);
    }
}
