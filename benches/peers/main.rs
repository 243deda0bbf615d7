//! factloom beside the engines that it is compared with: Oxigraph's store in this process, and of Oxigraph's program and the
//! libraries of Python those that are installed. Each part prints tables in Markdown.
//!
//! `cargo bench --bench peers -- load queries --triples 1000000`; all parts at a modest size without arguments, and
//! `--full` for 1, 5 and 20 million triples, which takes an hour or more, and 16 GiB.

mod ask;
mod build;
mod children;
mod closure;
mod engines;
mod exchange;
mod files;
mod load;
mod measure;
mod open;
mod processes;
mod python;
mod report;
#[path = "../workload/mod.rs"]
mod workload;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program, built as it is shipped.
const PROGRAM: &str = env!("CARGO_BIN_EXE_factloom");

/// Whatever went wrong: the benchmark ends.
type Failure = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// N-Triples to a graph in memory
    Load,
    /// Queries on the same graph
    Queries,
    /// Opening a compiled graph
    Open,
    /// A dataset to a graph
    Build,
    /// The closure of a transitive relation
    Closure,
    /// A view, written for other tools
    Exchange,
    /// Commands on the bundled dataset
    Commands,
}

/// Compare factloom with its peers
#[derive(Debug, Parser)]
#[command(name = "peers", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    child: Option<Sub>,
    /// The parts to run; all without
    parts: Vec<Part>,
    /// How many triples; may be given several times
    #[arg(long)]
    triples: Vec<u64>,
    /// How many statements a dataset has; may be given several times
    #[arg(long)]
    statements: Vec<usize>,
    /// All the sizes of the published figures
    #[arg(long)]
    full: bool,
    /// How often each thing is measured
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Only queries whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// Keep the generated files, for the next time
    #[arg(long)]
    keep: bool,
    /// Cargo gives this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    /// Do the work of one measurement
    #[command(subcommand, hide = true)]
    Child(children::Child),
}

/// What is measured, and how.
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
    /// Where files are generated.
    folder: PathBuf,
}

impl Options {
    fn new(arguments: Arguments) -> Self {
        let Arguments { child: _, parts, triples, statements, full, runs, only, keep, bench: _ } = arguments;
        let or = |given: Vec<u64>, modest: &[u64], all: &[u64]| match (given.is_empty(), full) {
            (false, _) => given,
            (true, true) => all.to_vec(),
            (true, false) => modest.to_vec(),
        };
        let statements = or(statements.into_iter().map(|s| s as u64).collect(), &[100_000], &[100_000, 1_000_000]);
        Self {
            parts,
            query_sizes: or(triples.clone(), &[1_000_000], &[1_000_000, 5_000_000]),
            sizes: or(triples, &[1_000_000], &[1_000_000, 5_000_000, 20_000_000]),
            statements: statements.into_iter().map(|s| s as usize).collect(),
            runs,
            only,
            keep,
            folder: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peers"),
        }
    }

    fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// Whether a query is asked.
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// How often something of so many triples is done: less often where it takes long.
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
    println!("{threads} threads. Noise before: the same work takes {}.\n", noise());
    if options.has(Part::Load) {
        load::run(options)?;
    }
    if options.has(Part::Queries) {
        ask::run(options)?;
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
    if options.has(Part::Commands) {
        processes::commands(options)?;
    }
    println!("Noise after: the same work takes {}.", noise());
    Ok(())
}

/// How far equal durations lie apart on this machine, now.
fn noise() -> String {
    let samples = measure::noise();
    format!("{}, {} times", report::spread(&samples), samples.len())
}
