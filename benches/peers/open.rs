//! Measures opening a graph on disk and running a point query: with factloom, and with Oxigraph's program if installed.

use crate::processes::{RUNS, process, table};
use crate::report::{count, mebibytes, seconds};
use crate::workload::Graph;
use crate::{Failure, Options, PROGRAM, children, files};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A query for a single triple.
const POINT: &str = "SELECT ?o { <http://www.Department0.University0.example/FullProfessor0> <https://bench.example/university#worksFor> ?o }";

/// Measures building such a graph and then querying it.
pub fn run(options: &Options) -> Result<(), Failure> {
    for &triples in &options.sizes {
        println!("## Open: a graph of {} triples on disk, and a point query\n", count(triples));
        let file = files::graph(options, Graph::University, triples)?;
        let (compiled, store) = (file.with_extension("factloom"), file.with_extension("oxigraph"));
        let mut own = Command::new(PROGRAM);
        own.args(["export", "-T", "factloom", "--data"]).arg(&file).arg("-o").arg(&compiled);
        println!(
            "`factloom export` builds it from N-Triples in {}: {}.",
            seconds(process(&mut own)?),
            size(&compiled)?
        );
        let mut processes = vec![
            ("an empty process".to_owned(), children::command(&["nothing"])?),
            ("open and query, with the library".to_owned(), open_and_query(&compiled)?),
            ("`factloom query --data FILE -e …`".to_owned(), query(&compiled)),
        ];
        let is_installed = is_installed();
        if is_installed {
            let mut load = Command::new("oxigraph");
            load.arg("load").arg("--location").arg(&store).arg("--file").arg(&file);
            println!("`oxigraph load` takes {}: {}.", seconds(process(&mut load)?), size(&store)?);
            if output_of(&mut query(&compiled))? != output_of(&mut query_store(&store))? {
                return Err("factloom and oxigraph return different results".into());
            }
            processes.push(("`oxigraph query --location DIR --query …`".to_owned(), query_store(&store)));
        }
        files::clean_up(options, &file)?;
        println!("\nA new process for each run, {RUNS} runs in turn, with a warm page cache.\n");
        table(&mut processes)?;
        files::clean_up(options, &compiled)?;
        if is_installed {
            files::clean_up(options, &store)?;
        }
    }
    Ok(())
}

fn is_installed() -> bool {
    let mut command = Command::new("oxigraph");
    process(command.arg("--version")).is_ok()
}

fn open_and_query(compiled: &Path) -> Result<Command, Failure> {
    let mut command = children::command(&["open"])?;
    command.arg(compiled).arg(POINT);
    Ok(command)
}

fn query(compiled: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["query", "--results-format", "csv", "-e", POINT, "--data"]).arg(compiled);
    command
}

fn query_store(store: &Path) -> Command {
    let mut command = Command::new("oxigraph");
    command.args(["query", "--results-format", "csv", "--query", POINT, "--location"]).arg(store);
    command
}

/// The output of a process, which must have at least one row.
fn output_of(command: &mut Command) -> Result<String, Failure> {
    let output = command.stdin(Stdio::null()).output()?;
    let text = String::from_utf8(output.stdout)?.replace('\r', "");
    match output.status.success() && text.lines().count() > 1 {
        true => Ok(text),
        false => Err(format!("{command:?} found nothing").into()),
    }
}

/// The size of a file or of all files in a directory.
fn size(path: &Path) -> Result<String, Failure> {
    let files: Vec<PathBuf> = match path.is_dir() {
        true => fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?,
        false => vec![path.to_owned()],
    };
    let lengths = files.iter().map(|file| fs::metadata(file).map(|metadata| metadata.len()));
    Ok(mebibytes(lengths.sum::<Result<u64, _>>()?))
}
