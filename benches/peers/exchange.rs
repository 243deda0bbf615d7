//! Measures building a view and writing it for other tools.

use crate::children::{self, Measurement};
use crate::measure::{Samples, timed};
use crate::python::{self, Writer};
use crate::report::{Table, count, digits, mebibytes, ratio, spread};
use crate::{Failure, Options, PROGRAM, files};
use factloom::output::exchange::{PropertyGraph, graphml};
use factloom::output::{DiagramOptions, StatementText, diagram, dot};
use factloom::store::{CompiledGraph, Labels, Store};
use factloom::view::View;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

/// The most edges for `rapper`: its DOT writer searches all nodes for each edge.
const MAX_RAPPER_EDGES: usize = 20_000;

/// The format to which a view is written, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// None: only the view is built.
    View,
    /// GraphML.
    Graphml,
    /// DOT.
    Dot,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Graphml => "graphml",
            Self::Dot => "dot",
        }
    }
}

/// Opens a compiled graph, builds its view and writes it. Returns the seconds of the last step and the number of edges.
pub fn write(graph: &Path, target: Target, to: &Path) -> Result<(f64, u64), Failure> {
    let store = Store::compiled(CompiledGraph::open(graph)?)?;
    let labels = Labels::new(&store, "en");
    let (seconds, view) = timed(|| View::new(&store, &labels));
    let (view, text) = (view?, StatementText::new(&store, &labels));
    let edges = view.graph().edge_count() as u64;
    if target == Target::View {
        // The memory is measured while the view exists.
        std::mem::forget(view);
        return Ok((seconds, edges));
    }
    let mut out = BufWriter::new(File::create(to)?);
    let (seconds, result) = timed(|| {
        match target {
            Target::Graphml => graphml(&PropertyGraph::new("Benchmark", &view, &text), &mut out)?,
            Target::View | Target::Dot => {
                dot::write(&diagram("Benchmark", &view, &text, &DiagramOptions::default())?, &mut out)?;
            }
        }
        Ok::<_, Failure>(out.flush()?)
    });
    result?;
    Ok((seconds, edges))
}

/// A writer with its measurements.
struct Measured {
    name: String,
    edges: u64,
    samples: Samples,
    peak: u64,
    bytes: u64,
}

impl Measured {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), edges: 0, samples: Samples::default(), peak: 0, bytes: 0 }
    }

    fn add(&mut self, loaded: Measurement, file: &Path) {
        self.edges = loaded.triples;
        self.samples.add(loaded.seconds);
        self.peak = self.peak.max(loaded.memory.peak);
        self.bytes = std::fs::metadata(file).map_or(0, |file| file.len());
    }

    fn microseconds(&self) -> f64 {
        self.samples.median() / self.edges as f64 * 1e6
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Exchange: building a view and writing it\n");
    println!("Each in a separate process; the peak is VmHWM, for networkx including the graph that it writes.\n");
    for &edges in &options.statements {
        eprintln!("exchange: {edges} edges");
        let graph = files::edges(options, edges)?;
        let mut table = Table::new(&["edges:", "format", "writer", "time:", "an edge:", "size:", "peak:", "time ÷:"]);
        for target in [Target::Graphml, Target::Dot] {
            let all = measure(options, &graph, target)?;
            rows(&mut table, target, &all);
        }
        files::clean_up(options, &graph)?;
        table.print();
    }
    Ok(())
}

fn measure(options: &Options, graph: &Path, target: Target) -> Result<Vec<Measured>, Failure> {
    let out = options.directory.join("written");
    let mut view = Measured::new("factloom: only the view");
    let mut own = Measured::new("factloom: writing");
    let mut program = Measured::new("`factloom export`, the whole process");
    for _ in 0..options.runs {
        view.add(children::exchange(graph, Target::View, &out)?, &out);
        own.add(children::exchange(graph, target, &out)?, &out);
        if target == Target::Graphml {
            let mut command = Command::new(PROGRAM);
            command.args(["export", "-T", "graphml", "--data"]).arg(graph).arg("-o").arg(&out);
            let (seconds, peak) = children::watch(&mut command)?;
            let memory = crate::measure::Memory { resident: 0, peak };
            program.add(Measurement { seconds, memory, triples: own.edges }, &out);
        }
    }
    view.bytes = 0;
    let mut all = vec![own, view];
    all.extend((target == Target::Graphml).then_some(program));
    let tables = options.directory.join("tables");
    let mut command = Command::new(PROGRAM);
    command.args(["export", "-T", "csv", "--data"]).arg(graph).arg("-o").arg(&tables);
    children::watch(&mut command)?;
    for writer in python::WRITERS.into_iter().filter(|w| w.format == target.name() && w.is_installed()) {
        all.push(networkx(writer, &tables, &out)?);
    }
    if target == Target::Dot && is_installed("rapper") {
        all.push(rapper(&tables, &out)?);
    }
    std::fs::remove_dir_all(tables)?;
    std::fs::remove_file(out)?;
    Ok(all)
}

fn networkx(writer: Writer, tables: &Path, out: &Path) -> Result<Measured, Failure> {
    let mut measured = Measured::new(writer.name);
    measured.add(writer.write(tables, out)?, out);
    Ok(measured)
}

/// Raptor's time includes reading N-Triples, which cannot be separated from writing DOT.
fn rapper(tables: &Path, out: &Path) -> Result<Measured, Failure> {
    let triples = out.with_extension("nt");
    let mut file = BufWriter::new(File::create(&triples)?);
    let mut edges = 0;
    for line in csv::Reader::from_path(tables.join("edges.csv"))?.records().take(MAX_RAPPER_EDGES) {
        let line = line?;
        let entity = |id: &str| format!("<https://bench.example/entity/{id}>");
        writeln!(file, "{} <{}> {} .", entity(&line[0]), &line[5], entity(&line[1]))?;
        edges += 1;
    }
    file.flush()?;
    let mut command = Command::new("sh");
    command.args(["-c", "exec rapper -q -i ntriples -o dot \"$0\" > \"$1\""]).args([&triples, out]);
    let (seconds, peak) = children::watch(&mut command)?;
    let mut measured = Measured::new("rapper -i ntriples -o dot");
    let memory = crate::measure::Memory { resident: 0, peak };
    measured.add(Measurement { seconds, memory, triples: edges }, out);
    std::fs::remove_file(triples)?;
    Ok(measured)
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

fn rows(table: &mut Table, target: Target, all: &[Measured]) {
    let own = all[0].microseconds();
    for measured in all {
        table.row(&[
            count(measured.edges),
            target.name().to_owned(),
            measured.name.clone(),
            spread(&measured.samples),
            format!("{} µs", digits(measured.microseconds())),
            if measured.bytes > 0 { mebibytes(measured.bytes) } else { String::new() },
            mebibytes(measured.peak),
            ratio(measured.microseconds() / own),
        ]);
    }
}
