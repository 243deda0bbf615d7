//! How long whole processes take: opening a compiled graph, and commands on the bundled dataset.

use crate::engines::Loader;
use crate::measure::{Samples, timed};
use crate::report::{Table, count, mebibytes, seconds};
use crate::workload::Graph;
use crate::{Failure, Options, PROGRAM, children, files};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// How often each process is run.
const RUNS: usize = 30;

/// A query of a single triple.
const POINT: &str = "SELECT ?o { <http://www.Department0.University0.example/FullProfessor0> <https://bench.example/university#worksFor> ?o }";

/// Measures commands on the bundled dataset.
///
/// # Errors
///
/// Where a command fails.
pub fn commands(options: &Options) -> Result<(), Failure> {
    println!("## Commands: processes on the bundled dataset\n");
    println!("From start to exit, output to nowhere, {RUNS} times in turn.\n");
    let empty = options.folder.join("empty");
    fs::create_dir_all(&empty)?;
    let arguments: [&[&str]; 7] = [
        &["--version"],
        &["query", "who-helped-build-psm"],
        &["query", "-q", "SELECT ?s { ?s v:helpedBuild ?o }"],
        &["facts"],
        &["draw", "-T", "dot"],
        &["draw", "-T", "svg"],
        &["check"],
    ];
    let mut processes = vec![("a process that does nothing".to_owned(), children::command(&["nothing"])?)];
    for arguments in arguments {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(&empty).env_remove("FACTLOOM_SOURCES");
        processes.push((format!("`factloom {}`", arguments.join(" ")), command));
    }
    table(&mut processes)?;
    files::done_with(options, &empty)
}

/// Measures how long it takes to open a compiled graph and look something up.
///
/// # Errors
///
/// Where it cannot be written, or opened.
pub fn open(options: &Options) -> Result<(), Failure> {
    for &triples in &options.sizes {
        println!("## Open: a compiled graph of {} triples, and a point query\n", count(triples));
        let file = files::graph(options, Graph::University, triples)?;
        let compiled = file.with_extension("graph");
        Loader::Factloom.load(&file)?.write(&compiled)?;
        files::done_with(options, &file)?;
        println!(
            "A fresh process each time, {RUNS} times; the file has {} and is in the page cache.\n",
            mebibytes(fs::metadata(&compiled)?.len())
        );
        let mut processes = vec![
            ("a process that does nothing".to_owned(), children::command(&["nothing"])?),
            ("open and ask, by the library".to_owned(), open_and_ask(&compiled)?),
        ];
        let mut by_the_program = Command::new(PROGRAM);
        by_the_program.args(["query", "--data"]).arg(&compiled).args(["-q", POINT]);
        processes.push(("`factloom query --data FILE -q …`".to_owned(), by_the_program));
        table(&mut processes)?;
        files::done_with(options, &compiled)?;
    }
    Ok(())
}

fn open_and_ask(compiled: &Path) -> Result<Command, Failure> {
    let mut command = children::command(&["open"])?;
    command.arg(compiled).arg(POINT);
    Ok(command)
}

/// Runs all processes in turn, and prints what they took.
fn table(processes: &mut [(String, Command)]) -> Result<(), Failure> {
    let mut samples = vec![Samples::default(); processes.len()];
    for _ in 0..RUNS {
        for ((_, command), samples) in processes.iter_mut().zip(&mut samples) {
            samples.add(process(command)?);
        }
    }
    let mut table = Table::new(&["process", "median:", "least:", "most:"]);
    for ((name, _), samples) in processes.iter().zip(&samples) {
        table.row(&[name.clone(), seconds(samples.median()), seconds(samples.least()), seconds(samples.most())]);
    }
    table.print();
    Ok(())
}

/// Runs a process to its end, which must be a good one, and says how long it took.
fn process(command: &mut Command) -> Result<f64, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (seconds, status) = timed(|| command.status());
    match status?.success() {
        true => Ok(seconds),
        false => Err(format!("{command:?} failed").into()),
    }
}
