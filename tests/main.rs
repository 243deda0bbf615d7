//! All integration tests in one binary: one module per topic, and cases in files below `cases/`.

mod analysis;
mod benchmark;
mod bulk;
mod bundled;
mod cache;
mod cancellation;
mod checker;
mod cite;
mod cli;
mod compiled;
mod conflicts;
mod data;
mod diagnostics;
mod diagrams;
mod diff;
mod docs;
mod drawing;
mod engines;
mod entailment;
mod exchange;
mod foreign;
mod golden;
mod grlc;
mod grounding;
mod hostile_trees;
mod init;
mod json_forms;
mod layering;
mod mapping;
mod mermaid;
mod mutations;
mod parameters;
mod peers;
mod program;
mod queries;
mod random_queries;
mod result_sets;
mod results;
mod revisions;
mod robustness;
mod rules;
mod scratch;
mod shell;
mod suites;
mod syntax;
mod tables;
mod why;
mod why_empty;
mod wording;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directory with the text of the article; prints a message if it is missing. CI requires it.
fn texts() -> Option<PathBuf> {
    let named = std::env::var_os("FACTLOOM_SOURCES").map(PathBuf::from);
    let directory = named.unwrap_or_else(|| repository().join("../shared/sources"));
    if directory.join("psm-revival.txt").is_file() {
        return Some(directory);
    }
    println!("skipped: set FACTLOOM_SOURCES to the directory with the text of the article");
    None
}

/// The files below a directory: relative paths, sorted.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("the directory can be listed").map(|e| e.expect("an entry")) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path.strip_prefix(directory).expect("it is below").to_owned());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_test_file_is_a_module() {
    let main = include_str!("main.rs");
    let files = fs::read_dir(repository().join("tests")).expect("tests/ can be listed");
    let modules = files.map(|e| e.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "rs"));
    for path in modules {
        let name = path.file_stem().and_then(|s| s.to_str()).expect("a name");
        assert!(name == "main" || main.contains(&format!("\nmod {name};")), "tests/{name}.rs is not in tests/main.rs");
    }
}
