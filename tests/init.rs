//! `factloom init` and the dataset that it creates.

use crate::program::{factloom, stdout_of};
use crate::scratch::{temp_dir, write};
use crate::{files_below, repository};
use factloom::authoring::TUTORIAL;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_new_dataset_passes_check_test_and_build_at_once() {
    let parent = temp_dir(&[]);
    let output = factloom(parent.path(), &["init", "new/dataset"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let here = parent.path().join("new/dataset");
    let check = factloom(&here, &["check", "--deny", "warnings"]);
    let summary = "11 statements about 8 entities\n\
        11 quotes: 11 verified (found in the text of the source)\n0 errors, 0 warnings\n";
    assert_eq!((check.status, check.stdout.as_str(), check.stderr.as_str()), (Some(0), summary, ""));
    assert_eq!(stdout_of(&here, &["test"]), "2 passed\n");
    assert!(stdout_of(&here, &["build"]).contains("10 facts, 1 claim, 3 inferences"));
    // The inference has a proof, down to the quotes.
    let proof = stdout_of(&here, &["why", "steam engine is located in Ebbingford"]);
    assert!(proof.contains("rule located-in") && proof.contains("The engine is in the engine hall"), "{proof}");
}

#[test]
fn init_reports_its_files_and_the_next_three_commands() {
    let parent = temp_dir(&[]);
    let output = factloom(parent.path(), &["init", "my dataset"]);
    for (name, _) in TUTORIAL {
        assert!(output.stderr.contains(&format!("my dataset/{name}")), "{name}: {}", output.stderr);
    }
    let commands: Vec<&str> = output.stdout.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(commands[0], "cd 'my dataset'");
    let here = parent.path().join("my dataset");
    assert_eq!(commands.len(), 4);
    for line in &commands[1..] {
        let words = shlex::split(line).expect("balanced quotation marks");
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        stdout_of(&here, &args);
    }
    let here = temp_dir(&[]);
    assert!(!stdout_of(here.path(), &["init"]).contains("cd "));
}

#[test]
fn init_refuses_a_directory_with_a_manifest() {
    for name in ["factloom.json", "Factloom.json"] {
        let here = temp_dir(&[(name, "{}")]);
        let output = factloom(here.path(), &["init"]);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
        assert!(output.stderr.contains(&format!("`./{name}` already exists")), "{}", output.stderr);
        assert_eq!(files_below(here.path()).len(), 1);
    }
}

#[test]
fn init_never_overwrites_a_file() {
    let here = temp_dir(&[("notes.txt", "mine"), ("facts.json", "mine")]);
    let output = factloom(here.path(), &["init"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.starts_with("error: `facts.json` already exists\nhelp: "), "{}", output.stderr);
    assert_eq!(files_below(here.path()).len(), 2);
    assert_eq!(fs::read_to_string(here.path().join("facts.json")).expect("it exists"), "mine");
    // Other files do not matter.
    fs::remove_file(here.path().join("facts.json")).expect("it exists");
    stdout_of(here.path(), &["init"]);
}

#[test]
fn every_file_of_the_tutorial_is_compiled_in() {
    let directory = repository().join("data/tutorial/pump-house");
    let is_source = |name: &String| !name.starts_with(".factloom/") && !name.starts_with("factloom-out/");
    let files = files_below(&directory).into_iter().map(|file| file.to_string_lossy().replace('\\', "/"));
    let files: BTreeSet<String> = files.filter(is_source).collect();
    let listed: BTreeSet<String> = TUTORIAL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, files);
}

#[test]
fn the_lock_of_the_tutorial_is_up_to_date() {
    let here = temp_dir(&[]);
    for (name, text) in TUTORIAL {
        write(here.path(), name, text);
    }
    let before = fs::read_to_string(here.path().join("factloom.lock")).expect("it exists");
    stdout_of(here.path(), &["lock"]);
    assert_eq!(fs::read_to_string(here.path().join("factloom.lock")).expect("it exists"), before);
}
