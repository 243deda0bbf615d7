//! How long it takes to build a dataset, from its files to a graph that can be asked.

use crate::measure::Samples;
use crate::report::{Table, count, mebibytes, spread};
use crate::{Failure, Options, children, files};

/// Statements from each source: 5,000 sources for a million.
const A_SOURCE: usize = 200;

/// Measures datasets of all sizes.
///
/// # Errors
///
/// Where one cannot be built.
pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Build: a dataset, checked, grounded, mapped and indexed\n");
    println!("{A_SOURCE} statements from each source, each with a quote; in a process of its own.\n");
    let mut table = Table::new(&["statements:", "sources:", "triples:", "time:", "resident:", "peak:"]);
    for &statements in &options.statements {
        eprintln!("build: {statements} statements");
        let folder = files::dataset(options, statements, A_SOURCE)?;
        let mut samples = Samples::default();
        let (mut resident, mut peak, mut triples) = (0, 0, 0);
        for _ in 0..options.runs_for(statements as u64 * 9) {
            let loaded = children::build(&folder)?;
            samples.add(loaded.seconds);
            resident = resident.max(loaded.memory.resident);
            peak = peak.max(loaded.memory.peak);
            triples = loaded.triples;
        }
        files::done_with(options, &folder)?;
        table.row(&[
            count(statements as u64),
            (statements / A_SOURCE).to_string(),
            triples.to_string(),
            spread(&samples),
            mebibytes(resident),
            mebibytes(peak),
        ]);
    }
    table.print();
    Ok(())
}
