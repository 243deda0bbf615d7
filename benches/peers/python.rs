//! Peers that are libraries of Python: found where they can be imported, and passed over where they cannot.

use crate::children::{self, Loaded};
use crate::workload::Graph;
use std::path::Path;
use std::process::{Command, Stdio};

/// A library of Python.
#[derive(Debug, Clone, Copy)]
pub struct Library {
    /// As it is imported.
    pub name: &'static str,
    /// The most triples that it is given: it would take minutes for more.
    pub most: u64,
    /// Whether it knows triple terms.
    rdf_12: bool,
    script: &'static str,
}

/// Those that are known.
pub const LIBRARIES: [Library; 2] = [
    Library {
        name: "pyoxigraph",
        most: 5_000_000,
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
        most: 1_000_000,
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

const AROUND: &str = "\
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
    /// Whether it can be imported.
    pub fn is_installed(self) -> bool {
        is_installed(self.name)
    }

    /// Whether it is to be asked for so many triples of such a graph.
    pub fn takes(self, graph: Graph, triples: u64) -> bool {
        triples <= self.most && (self.rdf_12 || graph == Graph::University)
    }

    /// Reads a file of N-Triples in a process of its own.
    ///
    /// # Errors
    ///
    /// Where that process fails.
    pub fn load(self, path: &Path) -> Result<Loaded, crate::Failure> {
        run(self.script, path)
    }
}

/// A reasoner that is a library of Python.
#[derive(Debug, Clone, Copy)]
pub struct Reasoner {
    /// As it is imported.
    pub name: &'static str,
    /// The most edges that it is given: it would take hours for more.
    pub most: usize,
    script: &'static str,
}

/// Those that are known.
pub const REASONERS: [Reasoner; 2] = [
    Reasoner {
        name: "reasonable",
        most: 10_000,
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
        most: 100,
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
    /// Whether it can be imported.
    pub fn is_installed(self) -> bool {
        is_installed(self.name)
    }

    /// Reads a file of Turtle and derives all that follows, in a process of its own.
    ///
    /// # Errors
    ///
    /// Where that process fails.
    pub fn reason(self, path: &Path) -> Result<Loaded, crate::Failure> {
        run(self.script, path)
    }
}

/// A way to write graphs that is a library of Python.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// As it is called in tables.
    pub name: &'static str,
    /// What it writes.
    pub format: &'static str,
    /// As it is imported.
    import: &'static str,
    /// The most edges that it is given: it would take minutes for more.
    most: usize,
    script: &'static str,
}

/// Those that are known.
pub const WRITERS: [Writer; 2] = [
    Writer {
        name: "networkx with lxml: write_graphml",
        format: "graphml",
        import: "networkx, lxml",
        most: usize::MAX,
        script: "networkx.write_graphml(graph, sys.argv[2])",
    },
    Writer {
        name: "networkx with pydot: write_dot",
        format: "dot",
        import: "networkx, pydot",
        most: 20_000,
        script: "\
# DOT of ours has a label, a tooltip and an id, and what it looks like.
for *_, data in graph.edges(data=True):
    shown = {name: data[name] for name in ('label', 'kind', 'id')}
    data.clear()
    data.update(shown)
networkx.drawing.nx_pydot.write_dot(graph, sys.argv[2])",
    },
];

/// Makes the graph of tables of nodes and edges, with all that is in them.
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

const TOLD: &str = "
seconds = time.perf_counter() - start
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
print(seconds, 0, int(status['VmHWM'].split()[0]) * 1024, graph.number_of_edges())
";

impl Writer {
    /// Whether it can be imported.
    pub fn is_installed(self) -> bool {
        is_installed(self.import)
    }

    /// Makes a graph of tables and writes it, in a process of its own; the time is that of writing.
    ///
    /// # Errors
    ///
    /// Where that process fails.
    pub fn write(self, tables: &Path, to: &Path) -> Result<Loaded, crate::Failure> {
        let mut command = python();
        command.args(["-c", &format!("{GRAPH}{}{TOLD}", self.script)]).arg(tables).arg(to);
        children::loaded(command.arg(self.most.min(1 << 40).to_string()))
    }
}

/// Python, of a place of its own where a variable says so, as for the tests.
fn python() -> Command {
    Command::new(std::env::var_os("FACTLOOM_PYTHON").unwrap_or_else(|| "python3".into()))
}

fn is_installed(name: &str) -> bool {
    let import = format!("import {name}");
    let mut command = python();
    command.args(["-c", &import]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn run(script: &str, path: &Path) -> Result<Loaded, crate::Failure> {
    let mut command = python();
    command.args(["-c", &format!("{script}{AROUND}")]).arg(path);
    children::loaded(&mut command)
}
