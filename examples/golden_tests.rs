//! Runs the golden tests of a dataset, and prints a report of your own.
//!
//! ```sh
//! cargo run --example golden_tests [DIR]
//! ```
//!
//! In a Rust test, one line is enough: `factloom::testing::assert_golden("data/mill")`.

use factloom::dataset::DatasetRoot;
use factloom::report::Outcome;
use factloom::testing;
use std::error::Error;
use std::process::ExitCode;

const DATASET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/tutorial/pump-house");

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).unwrap_or_else(|| DATASET.into());
    // An empty list of names selects all stored queries.
    let report = testing::run(&DatasetRoot::Directory(directory.into()), &[])?;
    for test in &report.tests {
        match &test.outcome {
            Outcome::Passed => println!("passed   {}", test.name()),
            _ => println!("FAILED   {}: {}", test.name(), test.problem().unwrap_or_default()),
        }
    }
    println!("{report}");
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
