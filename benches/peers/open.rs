//! Opening a graph that is on the disk, and looking something up: by factloom, and by Oxigraph's program where it is installed.

use crate::processes::{RUNS, process, table};
use crate::report::{count, mebibytes, seconds};
use crate::workload::Graph;
use crate::{Failure, Options, PROGRAM, children, files};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A query of a single triple.
const POINT: &str = "SELECT ?o { <http://www.Department0.University0.example/FullProfessor0> <https://bench.example/university#worksFor> ?o }";

/// Measures how long it takes to make such a graph, and then to ask it.
///
/// # Errors
///
/// Where a process fails, or two of them give different answers.
pub fn run(options: &Options) -> Result<(), Failure> {
    for &triples in &options.sizes {
        println!("## Open: a graph of {} triples on the disk, and a point query\n", count(triples));
        let file = files::graph(options, Graph::University, triples)?;
        let (compiled, store) = (file.with_extension("factloom"), file.with_extension("oxigraph"));
        let mut own = Command::new(PROGRAM);
        own.args(["export", "-T", "factloom", "--data"]).arg(&file).arg("-o").arg(&compiled);
        println!(
            "`factloom export` makes one from N-Triples in {}: {}.",
            seconds(process(&mut own)?),
            size(&compiled)?
        );
        let mut processes = vec![
            ("a process that does nothing".to_owned(), children::command(&["nothing"])?),
            ("open and ask, by the library".to_owned(), open_and_ask(&compiled)?),
            ("`factloom query --data FILE -q …`".to_owned(), query(&compiled)),
        ];
        let is_installed = is_installed();
        if is_installed {
            let mut load = Command::new("oxigraph");
            load.arg("load").arg("--location").arg(&store).arg("--file").arg(&file);
            println!("`oxigraph load` does in {}: {}.", seconds(process(&mut load)?), size(&store)?);
            if said(&mut query(&compiled))? != said(&mut query_store(&store))? {
                return Err("factloom and oxigraph give different answers".into());
            }
            processes.push(("`oxigraph query --location FOLDER --query …`".to_owned(), query_store(&store)));
        }
        files::done_with(options, &file)?;
        println!("\nA fresh process each time, {RUNS} times in turn; what they read is in the page cache.\n");
        table(&mut processes)?;
        files::done_with(options, &compiled)?;
        if is_installed {
            files::done_with(options, &store)?;
        }
    }
    Ok(())
}

fn is_installed() -> bool {
    let mut command = Command::new("oxigraph");
    process(command.arg("--version")).is_ok()
}

fn open_and_ask(compiled: &Path) -> Result<Command, Failure> {
    let mut command = children::command(&["open"])?;
    command.arg(compiled).arg(POINT);
    Ok(command)
}

fn query(compiled: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["query", "--results-format", "csv", "-q", POINT, "--data"]).arg(compiled);
    command
}

fn query_store(store: &Path) -> Command {
    let mut command = Command::new("oxigraph");
    command.args(["query", "--results-format", "csv", "--query", POINT, "--location"]).arg(store);
    command
}

/// What a process says, which must be something.
fn said(command: &mut Command) -> Result<String, Failure> {
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8(output.stdout)?.replace('\r', "");
    match output.status.success() && said.lines().count() > 1 {
        true => Ok(said),
        false => Err(format!("{command:?} found nothing").into()),
    }
}

/// The size of a file, or of all files in a folder.
fn size(path: &Path) -> Result<String, Failure> {
    let files: Vec<PathBuf> = match path.is_dir() {
        true => fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?,
        false => vec![path.to_owned()],
    };
    let lengths = files.iter().map(|file| fs::metadata(file).map(|metadata| metadata.len()));
    Ok(mebibytes(lengths.sum::<Result<u64, _>>()?))
}
