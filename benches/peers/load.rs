//! Measures loading N-Triples, and the memory of the loaded graph.

use crate::engines::Loader;
use crate::measure::Samples;
use crate::python::LIBRARIES;
use crate::report::{Table, count, mebibytes, ratio, spread};
use crate::workload::Graph;
use crate::{Failure, Options, children, files};
use std::path::Path;

/// The measurements of one loader.
struct Measured {
    name: String,
    samples: Samples,
    resident: u64,
    peak: u64,
    triples: u64,
}

/// Runs all loaders in turn. Fails if they load different numbers of triples.
pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Load: from N-Triples to a graph in memory\n");
    println!(
        "Each in a separate process, in turn. Resident is the smallest growth of VmRSS in additional runs, in which the \
         allocator returns freed memory at once (Python's libraries use their own allocators and run once); the peak is \
         VmHWM of the timed runs.\n"
    );
    let mut table = Table::new(&[
        "graph",
        "triples:",
        "engine",
        "time:",
        "resident:",
        "peak:",
        "bytes per triple:",
        "time ÷:",
        "memory ÷:",
    ]);
    for &triples in &options.sizes {
        for graph in Graph::ALL {
            eprintln!("load: {} with {} triples", graph.name(), count(triples));
            let file = files::graph(options, graph, triples)?;
            let all = measure(&file, graph, triples, options.runs_for(triples))?;
            files::clean_up(options, &file)?;
            rows(&mut table, graph, triples, &all)?;
        }
    }
    table.print();
    Ok(())
}

fn measure(file: &Path, graph: Graph, triples: u64, runs: usize) -> Result<Vec<Measured>, Failure> {
    let mut all: Vec<Measured> = Vec::new();
    for _ in 0..runs {
        for loader in Loader::ALL {
            add(&mut all, loader.name(), children::load(loader, file)?);
        }
    }
    for (measured, loader) in all.iter_mut().zip(Loader::ALL) {
        for run in 0..runs.min(3) {
            let resident = children::load_returning_memory(loader, file)?.memory.resident;
            measured.resident = if run == 0 { resident } else { measured.resident.min(resident) };
        }
    }
    for library in LIBRARIES.into_iter().filter(|l| l.supports(graph, triples) && l.is_installed()) {
        add(&mut all, library.name, library.load(file)?);
    }
    Ok(all)
}

fn add(all: &mut Vec<Measured>, name: &str, loaded: children::Measurement) {
    let index = all.iter().position(|m| m.name == name).unwrap_or_else(|| {
        let samples = Samples::default();
        let (resident, triples) = (loaded.memory.resident, loaded.triples);
        all.push(Measured { name: name.to_owned(), samples, resident, peak: 0, triples });
        all.len() - 1
    });
    let measured = &mut all[index];
    measured.samples.add(loaded.seconds);
    measured.peak = measured.peak.max(loaded.memory.peak);
}

fn rows(table: &mut Table, graph: Graph, triples: u64, all: &[Measured]) -> Result<(), Failure> {
    let [own, ..] = all else { return Ok(()) };
    for measured in all {
        if measured.triples != own.triples {
            let (a, b) = (&own.name, &measured.name);
            return Err(format!("{a} has {} triples, but {b} has {}", own.triples, measured.triples).into());
        }
        table.row(&[
            graph.name().to_owned(),
            count(triples),
            measured.name.clone(),
            spread(&measured.samples),
            mebibytes(measured.resident),
            mebibytes(measured.peak),
            format!("{:.0}", measured.resident as f64 / measured.triples as f64),
            ratio(measured.samples.median() / own.samples.median()),
            ratio(measured.resident as f64 / own.resident as f64),
        ]);
    }
    Ok(())
}
