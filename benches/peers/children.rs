//! Runs measurements in child processes, so that their memory use is separate: this program with other arguments.

use crate::Failure;
use crate::engines::{self, Engine, Loader};
use crate::exchange::{self, Target};
use crate::measure::{Memory, timed};
use clap::ValueEnum;
use factloom::dataset::DatasetRoot;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The work of a child process.
#[derive(Debug, clap::Subcommand)]
pub enum Child {
    /// Read a file of N-Triples.
    Load {
        /// The name of the loader.
        loader: String,
        /// The file.
        file: PathBuf,
    },
    /// Build a dataset.
    Build {
        /// The directory of the dataset.
        directory: PathBuf,
    },
    /// Open a compiled graph and run a query.
    Open {
        /// The file.
        file: PathBuf,
        /// The query.
        query: String,
    },
    /// Build the view of a compiled graph and write it.
    Exchange {
        /// The graph.
        graph: PathBuf,
        /// The format.
        target: Target,
        /// The file to write to.
        to: PathBuf,
    },
    /// Do nothing, to measure the cost of a process.
    Nothing,
}

/// What a child process measured.
#[derive(Debug, Clone, Copy)]
pub struct Measurement {
    /// The duration of the work.
    pub seconds: f64,
    /// The growth of resident memory, and the peak of the process.
    pub memory: Memory,
    /// The number of triples or edges.
    pub triples: u64,
}

impl Child {
    /// Does the work and prints the measurements to stdout.
    pub fn run(self) -> Result<(), Failure> {
        let before = Memory::now()?.resident;
        let (seconds, value, triples) = match self {
            Self::Load { loader, file } => {
                let loader = Loader::by_name(&loader).ok_or("unknown loader")?;
                let (seconds, engine) = timed(|| loader.load(&file));
                let engine = engine?;
                let triples = engine.len()?;
                (seconds, InMemory::Engine(engine), triples)
            }
            Self::Build { directory } => {
                let (seconds, built) = timed(|| factloom::build(DatasetRoot::Directory(directory)));
                let (dataset, store) = built?;
                let triples = store.len()? as u64;
                (seconds, InMemory::Build(Box::new((dataset, store))), triples)
            }
            Self::Open { file, query } => {
                let query = spargebra::SparqlParser::new().parse_query(&query)?;
                return engines::drain(Engine::open(&file)?.query(query)?);
            }
            Self::Exchange { graph, target, to } => {
                let (seconds, edges) = exchange::write(&graph, target, &to)?;
                (seconds, InMemory::Nothing, edges)
            }
            Self::Nothing => return Ok(()),
        };
        let Memory { resident, peak } = Memory::now()?;
        println!("{seconds} {} {peak} {triples}", resident.saturating_sub(before));
        // The process ends here, so memory need not be freed piece by piece.
        std::mem::forget(value);
        Ok(())
    }
}

/// A value that stays in memory while memory is measured.
#[expect(dead_code, reason = "the values only occupy memory")]
enum InMemory {
    Engine(Engine),
    Nothing,
    Build(Box<(factloom::dataset::Dataset, factloom::store::Store)>),
}

/// This program as a child process.
pub fn command(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("child").args(arguments);
    Ok(command)
}

/// Reads a file of N-Triples by a loader.
pub fn load(loader: Loader, file: &Path) -> Result<Measurement, Failure> {
    measure(command(&["load", loader.name()])?.arg(file))
}

/// Loads with an allocator that returns freed memory at once. That is slower, and shows the memory of the graph itself
/// without that of the loader.
pub fn load_returning_memory(loader: Loader, file: &Path) -> Result<Measurement, Failure> {
    measure(command(&["load", loader.name()])?.arg(file).env("MIMALLOC_PURGE_DELAY", "0"))
}

/// Builds a dataset.
pub fn build(directory: &Path) -> Result<Measurement, Failure> {
    measure(command(&["build"])?.arg(directory))
}

/// Builds the view of a compiled graph and writes it.
pub fn exchange(graph: &Path, target: Target, to: &Path) -> Result<Measurement, Failure> {
    let target = target.to_possible_value().ok_or("unknown format")?;
    measure(command(&["exchange"])?.arg(graph).arg(target.get_name()).arg(to))
}

/// Runs a process and polls its memory. Returns its seconds and the highest peak.
pub fn watch(command: &mut Command) -> Result<(f64, u64), Failure> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // A process that has just ended has no memory information.
        peak = Memory::of(&child.id().to_string()).map_or(peak, |memory| memory.peak);
        thread::sleep(Duration::from_millis(1));
    };
    let seconds = start.elapsed().as_secs_f64();
    if status.success() { Ok((seconds, peak)) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// Runs a child and reads its measurements.
pub fn measure(command: &mut Command) -> Result<Measurement, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    match text.split_whitespace().collect::<Vec<_>>()[..] {
        [seconds, resident, peak, triples] if output.status.success() => Ok(Measurement {
            seconds: seconds.parse()?,
            memory: Memory { resident: resident.parse()?, peak: peak.parse()? },
            triples: triples.parse()?,
        }),
        _ => Err(format!("{command:?} ended with {}, and printed {text:?}", output.status).into()),
    }
}
