//! Python libraries as peers. Those that are not installed are skipped.

use crate::children::{self, Measurement};
use crate::workload::Graph;
use std::path::Path;
use std::process::{Command, Stdio};

/// A Python library that loads RDF.
#[derive(Debug, Clone, Copy)]
pub struct Library {
    /// The name of its module.
    pub name: &'static str,
    /// The most triples that it loads: more would take minutes.
    max_triples: u64,
    /// Whether it supports triple terms.
    rdf_12: bool,
    script: &'static str,
}

pub const LIBRARIES: [Library; 2] = [
    Library {
        name: "pyoxigraph",
        max_triples: 5_000_000,
        rdf_12: true,
        script: "\
import pyoxigraph
def load(path):
    store = pyoxigraph.Store()
    store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return store
",
    },
    Library {
        name: "rdflib",
        max_triples: 1_000_000,
        rdf_12: false,
        script: "\
import rdflib
def load(path):
    graph = rdflib.Graph()
    graph.parse(path, format='nt')
    return graph
",
    },
];

const MEASURE_LOAD: &str = "\
import sys, time
def memory():
    status = dict(line.split(':', 1) for line in open('/proc/self/status'))
    return [int(status[name].split()[0]) * 1024 for name in ('VmRSS', 'VmHWM')]
before = memory()[0]
start = time.perf_counter()
loaded = load(sys.argv[1])
seconds = time.perf_counter() - start
resident, peak = memory()
print(seconds, resident - before, peak, len(loaded))
";

impl Library {
    pub fn is_installed(self) -> bool {
        is_installed(self.name)
    }

    /// Whether it can load a graph in reasonable time.
    pub fn supports(self, graph: Graph, triples: u64) -> bool {
        triples <= self.max_triples && (self.rdf_12 || graph == Graph::University)
    }

    /// Loads an N-Triples file in a separate process.
    pub fn load(self, path: &Path) -> Result<Measurement, crate::Failure> {
        run(self.script, path)
    }
}

/// A Python library that derives OWL 2 RL.
#[derive(Debug, Clone, Copy)]
pub struct Reasoner {
    /// The name of its module.
    pub name: &'static str,
    /// The most edges that it gets: more would take hours.
    pub max_edges: usize,
    script: &'static str,
}

pub const REASONERS: [Reasoner; 2] = [
    Reasoner {
        name: "reasonable",
        max_edges: 10_000,
        script: "\
import reasonable
def load(path):
    reasoner = reasonable.PyReasoner()
    reasoner.load_file(path)
    return reasoner.reason()
",
    },
    Reasoner {
        name: "owlrl",
        max_edges: 100,
        script: "\
import rdflib, owlrl
def load(path):
    graph = rdflib.Graph()
    graph.parse(path)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph
",
    },
];

impl Reasoner {
    pub fn is_installed(self) -> bool {
        is_installed(self.name)
    }

    /// Loads a Turtle file and derives its consequences in a separate process.
    pub fn reason(self, path: &Path) -> Result<Measurement, crate::Failure> {
        run(self.script, path)
    }
}

/// A Python library that writes graphs.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// Its name in tables.
    pub name: &'static str,
    /// The format that it writes.
    pub format: &'static str,
    /// The modules that it needs.
    import: &'static str,
    /// The most edges that it gets: more would take minutes.
    max_edges: usize,
    script: &'static str,
}

pub const WRITERS: [Writer; 2] = [
    Writer {
        name: "networkx with lxml: write_graphml",
        format: "graphml",
        import: "networkx, lxml",
        max_edges: usize::MAX,
        script: "networkx.write_graphml(graph, sys.argv[2])",
    },
    Writer {
        name: "networkx with pydot: write_dot",
        format: "dot",
        import: "networkx, pydot",
        max_edges: 20_000,
        script: "\
# factloom's DOT has a label, a tooltip, an id and style attributes.
for *_, data in graph.edges(data=True):
    attributes = {name: data[name] for name in ('label', 'kind', 'id')}
    data.clear()
    data.update(attributes)
networkx.drawing.nx_pydot.write_dot(graph, sys.argv[2])",
    },
];

/// Builds the graph from tables of nodes and edges, with all their attributes.
const GRAPH: &str = "\
import csv, itertools, networkx, sys, time
csv.field_size_limit(1 << 30)
def rows(name, most):
    with open(f'{sys.argv[1]}/{name}.csv', newline='', encoding='utf-8') as file:
        yield from itertools.islice(csv.DictReader(file), most)
graph = networkx.MultiDiGraph(title='Benchmark')
most = int(sys.argv[3])
for row in rows('nodes', None):
    graph.add_node(row.pop('Id'), label=row.pop('Label'), **{k: v for k, v in row.items() if v})
for row in rows('edges', most):
    ends, key = (row.pop('Source'), row.pop('Target')), row.pop('Id')
    del row['Type']
    row['label'] = row.pop('Label')
    row['sources'] = int(row['sources'])
    graph.add_edge(*ends, key=key, id=key, **{k: v for k, v in row.items() if v})
start = time.perf_counter()
";

const MEASURE_WRITE: &str = "
seconds = time.perf_counter() - start
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
print(seconds, 0, int(status['VmHWM'].split()[0]) * 1024, graph.number_of_edges())
";

impl Writer {
    pub fn is_installed(self) -> bool {
        is_installed(self.import)
    }

    /// Builds a graph from tables in a separate process, and measures writing it.
    pub fn write(self, tables: &Path, to: &Path) -> Result<Measurement, crate::Failure> {
        let mut command = python();
        command.args(["-c", &format!("{GRAPH}{}{MEASURE_WRITE}", self.script)]).arg(tables).arg(to);
        children::measure(command.arg(self.max_edges.min(1 << 40).to_string()))
    }
}

/// The Python of `FACTLOOM_PYTHON`, or `python3`.
pub fn python() -> Command {
    Command::new(std::env::var_os("FACTLOOM_PYTHON").unwrap_or_else(|| "python3".into()))
}

pub fn is_installed(name: &str) -> bool {
    let import = format!("import {name}");
    let mut command = python();
    command.args(["-c", &import]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn run(script: &str, path: &Path) -> Result<Measurement, crate::Failure> {
    let mut command = python();
    command.args(["-c", &format!("{script}{MEASURE_LOAD}")]).arg(path);
    children::measure(&mut command)
}
