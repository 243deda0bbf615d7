//! All integration tests in one binary: one module per topic, and cases in files below `cases/`.

/// A test that needs something that may be missing. It runs in the test target `external`, which reports why it cannot run.
macro_rules! external {
    ($need:expr, $name:ident) => {
        const _: fn() = $name;
    };
}

mod analysis;
mod benchmark;
mod budgets;
mod bulk;
mod bundled;
mod cache;
mod cancellation;
mod checker;
mod cite;
mod cli;
mod compiled;
mod completion;
mod conflicts;
mod coverage;
mod data;
mod depth;
mod diagnostics;
mod diagrams;
mod diff;
mod docs;
mod drawing;
mod engines;
mod entailment;
mod evidence_checks;
mod exchange;
mod files;
mod fix;
mod foreign;
mod golden;
mod grlc;
mod grounding;
mod hostile_repositories;
mod hostile_text;
mod hostile_trees;
mod import;
mod init;
mod json_forms;
mod layering;
mod lock;
mod mapping;
mod mermaid;
mod messages;
mod mutations;
mod names;
mod parameters;
mod peers;
mod program;
mod queries;
mod quote;
mod random_queries;
mod reading;
mod rename;
mod result_sets;
mod results;
mod revisions;
mod robustness;
mod rules;
mod schema;
mod scratch;
mod search;
mod shell;
mod source_add;
mod source_words;
mod statuses;
mod suites;
mod syntax;
mod tables;
mod times;
mod watch;
mod why;
mod why_empty;
mod wording;
mod writing;

use files::{files_below, repository};
use std::fs;

#[test]
fn every_test_file_is_a_module() {
    let main = include_str!("main.rs");
    let files = fs::read_dir(repository().join("tests")).expect("tests/ can be listed");
    let modules = files.map(|e| e.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "rs"));
    for path in modules {
        let name = path.file_stem().and_then(|s| s.to_str()).expect("a name");
        assert!(
            matches!(name, "main" | "external") || main.contains(&format!("\nmod {name};")),
            "tests/{name}.rs is not in tests/main.rs"
        );
    }
}
