//! How long it takes to build a dataset, from its files to a graph that can be asked.

use crate::measure::Samples;
use crate::report::{Table, count, mebibytes, spread};
use crate::{Failure, Options, PROGRAM, children, files};
use std::path::Path;
use std::process::Command;

/// Statements from each source: 5,000 sources for a million.
const A_SOURCE: usize = 200;

/// One way to build, and what it took.
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

/// Measures datasets of all sizes.
///
/// # Errors
///
/// Where one cannot be built.
pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Build: a dataset, checked, grounded, mapped and indexed\n");
    println!(
        "{A_SOURCE} statements from each source, each with a quote. Each in a process of its own; the peak is VmHWM.\n"
    );
    let mut table = Table::new(&["statements:", "triples:", "what", "time:", "peak:"]);
    for &statements in &options.statements {
        eprintln!("build: {statements} statements");
        let folder = files::dataset(options, statements, A_SOURCE)?;
        let mut triples = 0;
        let names =
            ["`factloom::build`", "`factloom build`", "`factloom query`, just after", "`factloom query`, again"];
        let mut all: [Measured; 4] = Default::default();
        for _ in 0..options.runs_for(statements as u64 * 9) {
            let loaded = children::build(&folder)?;
            triples = loaded.triples;
            all[0].add((loaded.seconds, loaded.memory.peak));
            let commands = [program(&folder, &["build", "-o", "out"]), ask(&folder), ask(&folder)];
            for (mut command, measured) in commands.into_iter().zip(&mut all[1..]) {
                measured.add(children::watch(&mut command)?);
            }
            files::forget_build(&folder)?;
        }
        files::done_with(options, &folder)?;
        for (name, Measured { samples, peak }) in names.into_iter().zip(&all) {
            let statements = count(statements as u64);
            table.row(&[statements, triples.to_string(), name.to_owned(), spread(samples), mebibytes(*peak)]);
        }
    }
    table.print();
    Ok(())
}

fn ask(folder: &Path) -> Command {
    program(
        folder,
        &["query", "-q", "SELECT ?f ?quote { ?f rdf:reifies <<( e:e0 ?p ?o )>> ; fl:evidence/oa:exact ?quote }"],
    )
}

/// The program in the folder of a dataset.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).env_remove("FACTLOOM_SOURCES");
    command
}
