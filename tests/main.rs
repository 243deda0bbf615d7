//! All integration tests in one binary: a module for each theme, and cases in files below `cases/`.

mod analysis;
mod answers;
mod benchmark;
mod bulk;
mod bundled;
mod cache;
mod cancellation;
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
mod layering;
mod mapping;
mod mermaid;
mod mutations;
mod parameters;
mod peers;
mod program;
mod queries;
mod random_queries;

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

/// The folder with the sources' texts; `None`, and a message, where it is not at hand. In CI it must be.
fn texts() -> Option<PathBuf> {
    let named = std::env::var_os("FACTLOOM_SOURCES").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| repository().join("../shared/sources"));
    if folder.join("psm-revival.txt").is_file() {
        return Some(folder);
    }
    println!("skipped: the article's text is not at hand; FACTLOOM_SOURCES names the folder that it is in");
    None
}

/// The text files below a folder, by their paths from it, sorted.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("the folder can be listed").map(|e| e.expect("an entry")) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path.strip_prefix(folder).expect("it is below").to_owned());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn no_file_of_tests_is_forgotten() {
    let main = include_str!("main.rs");
    let files = fs::read_dir(repository().join("tests")).expect("tests/ can be listed");
    let modules = files.map(|e| e.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "rs"));
    for path in modules {
        let name = path.file_stem().and_then(|s| s.to_str()).expect("a name");
        assert!(name == "main" || main.contains(&format!("\nmod {name};")), "tests/{name}.rs is not in tests/main.rs");
    }
}
