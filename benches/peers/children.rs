//! Work that is done in a process of its own, so that its memory is its own: this program again, with other arguments.

use crate::Failure;
use crate::engines::{self, Engine, Loader};
use crate::exchange::{self, Written};
use crate::measure::{Memory, timed};
use clap::ValueEnum;
use factloom::dataset::DatasetRoot;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a child is to do.
#[derive(Debug, clap::Subcommand)]
pub enum Child {
    /// Read a file of N-Triples.
    Load {
        /// The name of a loader.
        loader: String,
        /// The file.
        file: PathBuf,
    },
    /// Build a dataset.
    Build {
        /// Its folder.
        folder: PathBuf,
    },
    /// Open a compiled graph and ask it.
    Open {
        /// The file.
        file: PathBuf,
        /// The query.
        query: String,
    },
    /// Make the view of a compiled graph, and write it.
    Exchange {
        /// The graph.
        graph: PathBuf,
        /// What it is written as.
        written: Written,
        /// The file to write to.
        to: PathBuf,
    },
    /// Do nothing, to see what a process costs.
    Nothing,
}

/// What a child tells of its work.
#[derive(Debug, Clone, Copy)]
pub struct Loaded {
    /// How long it took.
    pub seconds: f64,
    /// What became resident by it, and the most that the process ever took.
    pub memory: Memory,
    /// How many triples there are.
    pub triples: u64,
}

impl Child {
    /// Does the work, and tells of it on stdout.
    ///
    /// # Errors
    ///
    /// Where the work fails.
    pub fn run(self) -> Result<(), Failure> {
        let before = Memory::now()?.resident;
        let (seconds, kept, triples) = match self {
            Self::Load { loader, file } => {
                let loader = Loader::named(&loader).ok_or("there is no such loader")?;
                let (seconds, engine) = timed(|| loader.load(&file));
                let engine = engine?;
                let triples = engine.len()?;
                (seconds, Kept::Engine(engine), triples)
            }
            Self::Build { folder } => {
                let (seconds, built) = timed(|| factloom::build(DatasetRoot::Directory(folder)));
                let (dataset, store) = built?;
                let triples = store.len()? as u64;
                (seconds, Kept::Build(Box::new((dataset, store))), triples)
            }
            Self::Open { file, query } => {
                let query = spargebra::SparqlParser::new().parse_query(&query)?;
                return engines::drain(Engine::open(&file)?.ask(query)?);
            }
            Self::Exchange { graph, written, to } => {
                let (seconds, edges) = exchange::write(&graph, written, &to)?;
                (seconds, Kept::Nothing, edges)
            }
            Self::Nothing => return Ok(()),
        };
        let Memory { resident, peak } = Memory::now()?;
        println!("{seconds} {} {peak} {triples}", resident.saturating_sub(before));
        // The process ends here, and need not give back its memory piece by piece.
        std::mem::forget(kept);
        Ok(())
    }
}

/// What is in memory while that is measured.
#[expect(dead_code, reason = "it is only kept")]
enum Kept {
    Engine(Engine),
    Nothing,
    Build(Box<(factloom::dataset::Dataset, factloom::store::Store)>),
}

/// This program as a child.
///
/// # Errors
///
/// Where it does not know where it is.
pub fn command(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("child").args(arguments);
    Ok(command)
}

/// Reads a file of N-Triples by a loader.
///
/// # Errors
///
/// Where the child fails.
pub fn load(loader: Loader, file: &Path) -> Result<Loaded, Failure> {
    loaded(command(&["load", loader.name()])?.arg(file))
}

/// The same, where the allocator gives back at once what is freed. That takes longer, and shows what the graph itself
/// takes, without what was needed to read it.
///
/// # Errors
///
/// Where the child fails.
pub fn load_frugally(loader: Loader, file: &Path) -> Result<Loaded, Failure> {
    loaded(command(&["load", loader.name()])?.arg(file).env("MIMALLOC_PURGE_DELAY", "0"))
}

/// Builds a dataset.
///
/// # Errors
///
/// Where the child fails.
pub fn build(folder: &Path) -> Result<Loaded, Failure> {
    loaded(command(&["build"])?.arg(folder))
}

/// Makes the view of a compiled graph, and writes it.
///
/// # Errors
///
/// Where the child fails.
pub fn exchange(graph: &Path, written: Written, to: &Path) -> Result<Loaded, Failure> {
    let written = written.to_possible_value().ok_or("there is no such format")?;
    loaded(command(&["exchange"])?.arg(graph).arg(written.get_name()).arg(to))
}

/// Runs a process to its end, and looks at its memory again and again: what it took, and the most memory that was seen.
///
/// # Errors
///
/// Where it cannot be run, or fails.
pub fn watch(command: &mut Command) -> Result<(f64, u64), Failure> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // A process that has just ended has no memory any more.
        peak = Memory::of(&child.id().to_string()).map_or(peak, |memory| memory.peak);
        thread::sleep(Duration::from_millis(1));
    };
    let seconds = start.elapsed().as_secs_f64();
    if status.success() { Ok((seconds, peak)) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// Runs a child that tells of its work.
///
/// # Errors
///
/// Where it fails, or tells something else.
pub fn loaded(command: &mut Command) -> Result<Loaded, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8(output.stdout)?;
    match said.split_whitespace().collect::<Vec<_>>()[..] {
        [seconds, resident, peak, triples] if output.status.success() => Ok(Loaded {
            seconds: seconds.parse()?,
            memory: Memory { resident: resident.parse()?, peak: peak.parse()? },
            triples: triples.parse()?,
        }),
        _ => Err(format!("{command:?} ended with {}, and said {said:?}", output.status).into()),
    }
}
