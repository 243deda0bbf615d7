//! Compares factloom with its peers: Oxigraph's store in this process, and Oxigraph's program and Python libraries if they
//! are installed. Each part prints tables in Markdown.
//!
//! `cargo bench --bench peers -- load queries --triples 1000000` runs two parts. Without arguments, all parts run at a
//! modest size; `--full` runs 1, 5 and 20 million triples, which takes over an hour and 16 GiB.

mod build;
mod children;
mod citations;
mod closure;
mod engines;
mod exchange;
mod files;
mod load;
mod maplib;
mod measure;
mod open;
mod processes;
mod python;
mod queries;
mod report;
#[path = "../workload/mod.rs"]
mod workload;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program in its release build.
const PROGRAM: &str = env!("CARGO_BIN_EXE_factloom");

type Failure = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Load N-Triples into memory
    Load,
    /// Run queries
    Queries,
    /// Open a compiled graph
    Open,
    /// Build a dataset
    Build,
    /// Derive the closure of a transitive relation
    Closure,
    /// Write a view in formats of other tools
    Exchange,
    /// Run queries with citations
    Citations,
    /// Run commands on the bundled dataset
    Commands,
}

/// Compare factloom with its peers
#[derive(Debug, Parser)]
#[command(name = "peers", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    child: Option<Sub>,
    /// The parts to run [default: all]
    parts: Vec<Part>,
    /// The number of triples; may be repeated
    #[arg(long)]
    triples: Vec<u64>,
    /// The number of statements in a dataset; may be repeated
    #[arg(long)]
    statements: Vec<usize>,
    /// Run all sizes of the published figures
    #[arg(long)]
    full: bool,
    /// How often each measurement is repeated
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Run only queries with this text in their names
    #[arg(long)]
    only: Option<String>,
    /// Keep the generated files for the next run
    #[arg(long)]
    keep: bool,
    /// Passed by Cargo to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    /// Do the work of one measurement
    #[command(subcommand, hide = true)]
    Child(children::Child),
}

/// The parts to run and their sizes.
#[derive(Debug)]
struct Options {
    parts: Vec<Part>,
    /// In triples.
    sizes: Vec<u64>,
    /// In triples, of each graph.
    query_sizes: Vec<u64>,
    /// In statements.
    statements: Vec<usize>,
    runs: usize,
    only: Option<String>,
    keep: bool,
    /// The directory for generated files.
    directory: PathBuf,
}

impl Options {
    fn new(arguments: Arguments) -> Self {
        let Arguments { child: _, parts, triples, statements, full, runs, only, keep, bench: _ } = arguments;
        let sizes_or = |sizes: Vec<u64>, modest: &[u64], all: &[u64]| match (sizes.is_empty(), full) {
            (false, _) => sizes,
            (true, true) => all.to_vec(),
            (true, false) => modest.to_vec(),
        };
        let statements =
            sizes_or(statements.into_iter().map(|s| s as u64).collect(), &[100_000], &[100_000, 1_000_000]);
        Self {
            parts,
            query_sizes: sizes_or(triples.clone(), &[1_000_000], &[1_000_000, 5_000_000]),
            sizes: sizes_or(triples, &[1_000_000], &[1_000_000, 5_000_000, 20_000_000]),
            statements: statements.into_iter().map(|s| s as usize).collect(),
            runs,
            only,
            keep,
            directory: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peers"),
        }
    }

    fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// Whether a query is selected.
    fn selects(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// How often a measurement with this many triples is repeated: large ones are repeated less often.
    fn runs_for(&self, triples: u64) -> usize {
        match triples {
            0..2_000_000 => self.runs,
            2_000_000..10_000_000 => self.runs.min(3),
            _ => 1,
        }
    }
}

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    let result = match arguments.child.take() {
        Some(Sub::Child(child)) => child.run(),
        None => run(&Options::new(arguments)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("peers: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let threads = std::thread::available_parallelism()?;
    println!("{threads} threads. Noise before: equal work takes {}.\n", noise());
    if options.has(Part::Load) {
        load::run(options)?;
    }
    if options.has(Part::Queries) {
        queries::run(options)?;
    }
    if options.has(Part::Open) {
        open::run(options)?;
    }
    if options.has(Part::Build) {
        build::run(options)?;
    }
    if options.has(Part::Closure) {
        closure::run(options)?;
    }
    if options.has(Part::Exchange) {
        exchange::run(options)?;
    }
    if options.has(Part::Citations) {
        citations::run(options)?;
    }
    if options.has(Part::Commands) {
        processes::commands(options)?;
    }
    println!("Noise after: equal work takes {}.", noise());
    Ok(())
}

/// The spread of equal work on this machine now.
fn noise() -> String {
    let samples = measure::noise();
    format!("{}, {} times", report::spread(&samples), samples.len())
}
