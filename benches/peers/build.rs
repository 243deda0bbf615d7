//! Measures building a dataset, from its files to a graph.

use crate::measure::Samples;
use crate::report::{Table, count, mebibytes, spread};
use crate::{Failure, Options, PROGRAM, children, files};
use std::path::Path;
use std::process::Command;

const STATEMENTS_PER_SOURCE: usize = 200;

/// The measurements of one way to build.
#[derive(Default)]
struct Measured {
    samples: Samples,
    peak: u64,
}

impl Measured {
    fn add(&mut self, (seconds, peak): (f64, u64)) {
        self.samples.add(seconds);
        self.peak = self.peak.max(peak);
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Build: checking, grounding, mapping and indexing a dataset\n");
    println!(
        "{STATEMENTS_PER_SOURCE} statements from each source, each with a quote. Each in a separate process; the peak is VmHWM.\n"
    );
    let mut table = Table::new(&["statements:", "triples:", "what", "time:", "peak:"]);
    for &statements in &options.statements {
        eprintln!("build: {statements} statements");
        let directory = files::dataset(options, statements, STATEMENTS_PER_SOURCE)?;
        let mut triples = 0;
        let names =
            ["`factloom::build`", "`factloom build`", "`factloom query`, first run", "`factloom query`, second run"];
        let mut all: [Measured; 4] = Default::default();
        for _ in 0..options.runs_for(statements as u64 * 9) {
            let loaded = children::build(&directory)?;
            triples = loaded.triples;
            all[0].add((loaded.seconds, loaded.memory.peak));
            let commands = [program(&directory, &["build", "-o", "out"]), query(&directory), query(&directory)];
            for (mut command, measured) in commands.into_iter().zip(&mut all[1..]) {
                measured.add(children::watch(&mut command)?);
            }
            files::remove_build(&directory)?;
        }
        files::clean_up(options, &directory)?;
        for (name, Measured { samples, peak }) in names.into_iter().zip(&all) {
            let statements = count(statements as u64);
            table.row(&[statements, triples.to_string(), name.to_owned(), spread(samples), mebibytes(*peak)]);
        }
    }
    table.print();
    Ok(())
}

fn query(directory: &Path) -> Command {
    program(
        directory,
        &["query", "-e", "SELECT ?f ?quote { ?f rdf:reifies <<( e:e0 ?p ?o )>> ; fl:evidence/oa:exact ?quote }"],
    )
}

/// The program in the directory of a dataset.
fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(directory).env_remove("FACTLOOM_SOURCES");
    command
}
