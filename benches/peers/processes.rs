//! Measures whole processes: commands on the bundled dataset.

use crate::measure::{Samples, timed};
use crate::report::{Table, seconds};
use crate::{Failure, Options, PROGRAM, children, files};
use std::fs;
use std::process::{Command, Stdio};

/// How often each process runs.
pub const RUNS: usize = 30;

pub fn commands(options: &Options) -> Result<(), Failure> {
    println!("## Commands: processes on the bundled dataset\n");
    println!("From start to exit, without output, {RUNS} runs in turn.\n");
    let empty = options.directory.join("empty");
    fs::create_dir_all(&empty)?;
    let arguments: [&[&str]; 7] = [
        &["--version"],
        &["query", "who-helped-build-psm"],
        &["query", "-e", "SELECT ?s { ?s v:helpedBuild ?o }"],
        &["facts"],
        &["draw", "-T", "dot"],
        &["draw", "-T", "svg"],
        &["check"],
    ];
    let mut processes = vec![("an empty process".to_owned(), children::command(&["nothing"])?)];
    for arguments in arguments {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(&empty).env_remove("FACTLOOM_SOURCES");
        processes.push((format!("`factloom {}`", arguments.join(" ")), command));
    }
    table(&mut processes)?;
    files::clean_up(options, &empty)
}

/// Runs all processes in turn and prints their times.
pub fn table(processes: &mut [(String, Command)]) -> Result<(), Failure> {
    let mut samples = vec![Samples::default(); processes.len()];
    for _ in 0..RUNS {
        for ((_, command), samples) in processes.iter_mut().zip(&mut samples) {
            samples.add(process(command)?);
        }
    }
    let mut table = Table::new(&["process", "median:", "min:", "max:"]);
    for ((name, _), samples) in processes.iter().zip(&samples) {
        table.row(&[name.clone(), seconds(samples.median()), seconds(samples.min()), seconds(samples.max())]);
    }
    table.print();
    Ok(())
}

/// Runs a process, which must succeed, and returns the seconds that it took.
pub fn process(command: &mut Command) -> Result<f64, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (seconds, status) = timed(|| command.status());
    match status?.success() {
        true => Ok(seconds),
        false => Err(format!("{command:?} failed").into()),
    }
}
