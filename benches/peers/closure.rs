//! Measures the closure of a transitive relation, including the derivation of each pair.

use crate::children::Measurement;
use crate::measure::Samples;
use crate::python::{REASONERS, Reasoner};
use crate::report::{Table, count, mebibytes, ratio, spread};
use crate::workload::random::SplitMix;
use crate::{Failure, Options, children, files};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// A relation: nodes, and edges between them.
struct Relation {
    name: &'static str,
    nodes: usize,
    edges: BTreeSet<(usize, usize)>,
}

impl Relation {
    fn chain(nodes: usize) -> Self {
        Self { name: "chain", nodes, edges: (1..nodes).map(|node| (node - 1, node)).collect() }
    }

    /// A random graph with twice as many edges as nodes: most nodes reach most others in few steps.
    fn random(nodes: usize) -> Self {
        let mut random = SplitMix(1);
        let mut edges = BTreeSet::new();
        while edges.len() < 2 * nodes {
            let (from, to) = (random.below(nodes), random.below(nodes));
            if from != to {
                edges.insert((from, to));
            }
        }
        Self { name: "random", nodes, edges }
    }

    /// The number of pairs in the closure.
    fn pairs(&self) -> usize {
        let mut next = vec![Vec::new(); self.nodes];
        for (from, to) in &self.edges {
            next[*from].push(*to);
        }
        let from_one = |start: usize| {
            let (mut seen, mut open) = (vec![false; self.nodes], vec![start]);
            let mut reached = 0;
            while let Some(node) = open.pop() {
                for to in &next[node] {
                    if !std::mem::replace(&mut seen[*to], true) {
                        reached += 1;
                        open.push(*to);
                    }
                }
            }
            reached
        };
        (0..self.nodes).map(from_one).sum()
    }

    /// Writes the relation as a dataset with the rules of OWL, and the same triples as `graph.ttl`.
    fn write(&self, options: &Options) -> Result<PathBuf, Failure> {
        let directory = options.directory.join(format!("{}-{}", self.name, self.nodes));
        fs::create_dir_all(&directory)?;
        let manifest = r#"{ "base": "https://example.org/", "rules": ["owl"], "facts": "facts.jsonl", "entities": "entities.jsonl",
            "sources": [{ "id": "known", "kind": "background" }] }"#;
        let vocabulary = "@prefix v: <https://example.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
            v:Node a owl:Class . v:leadsTo a owl:ObjectProperty , owl:TransitiveProperty .\n";
        let (mut entities, mut facts, mut turtle) = (String::new(), String::new(), vocabulary.to_owned());
        for node in 0..self.nodes {
            writeln!(entities, r#"{{"id":"n{node}","type":"Node","label":"n{node}"}}"#)?;
        }
        let entity = |node: &usize| format!("<https://example.org/entity/n{node}>");
        for (from, to) in &self.edges {
            writeln!(
                facts,
                r#"{{"subject":"n{from}","predicate":"leadsTo","object":"n{to}","evidence":[{{"source":"known","note":"so"}}]}}"#
            )?;
            writeln!(turtle, "{} v:leadsTo {} .", entity(from), entity(to))?;
        }
        for (name, text) in [
            ("factloom.json", manifest),
            ("vocabulary.ttl", vocabulary),
            ("entities.jsonl", &entities),
            ("facts.jsonl", &facts),
            ("graph.ttl", &turtle),
        ] {
            fs::write(directory.join(name), text)?;
        }
        Ok(directory)
    }
}

/// The measurements of an engine.
#[derive(Default)]
struct Measured {
    samples: Samples,
    peak: u64,
}

impl Measured {
    fn add(&mut self, loaded: Measurement) {
        self.samples.add(loaded.seconds);
        self.peak = self.peak.max(loaded.memory.peak);
    }
}

/// Compares factloom with Python's reasoners.
pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Rules: the closure of a transitive relation\n");
    println!(
        "factloom builds the whole graph from a dataset's files; each pair is a statement with its rule and premises. The others \
         read the same triples and derive OWL 2 RL without derivations. Each in a separate process; the peak is VmHWM.\n"
    );
    let mut table = Table::new(&["relation", "nodes:", "edges:", "pairs:", "engine", "time:", "peak:", "time ÷:"]);
    for relation in [Relation::chain(100), Relation::chain(2_000), Relation::random(1_750)] {
        eprintln!("closure: {} of {} nodes", relation.name, relation.nodes);
        let directory = relation.write(options)?;
        let (edges, pairs) = (relation.edges.len(), relation.pairs());
        let available: Vec<Reasoner> =
            REASONERS.into_iter().filter(|reasoner| edges <= reasoner.max_edges && reasoner.is_installed()).collect();
        let runs = if pairs > 100_000 { 1.max(options.runs / 4) } else { options.runs };
        let mut own = Measured::default();
        let mut others: Vec<Option<Measured>> = available.iter().map(|_| Some(Measured::default())).collect();
        for _ in 0..runs {
            own.add(children::build(&directory)?);
            for (reasoner, measured) in available.iter().zip(&mut others) {
                // A reasoner that runs out of memory is not run again.
                *measured = measured.take().and_then(|mut measured| {
                    measured.add(reasoner.reason(&directory.join("graph.ttl")).ok()?);
                    Some(measured)
                });
            }
        }
        let relation_cells =
            [relation.name.to_owned(), count(relation.nodes as u64), count(edges as u64), count(pairs as u64)];
        let mut row = |name: &str, rest: [String; 3]| {
            table.row(&relation_cells.iter().cloned().chain([name.to_owned()]).chain(rest).collect::<Vec<_>>());
        };
        row("factloom", [spread(&own.samples), mebibytes(own.peak), String::new()]);
        for (reasoner, measured) in available.iter().zip(&others) {
            let rest = match measured {
                Some(Measured { samples, peak }) => {
                    [spread(samples), mebibytes(*peak), ratio(samples.median() / own.samples.median())]
                }
                None => ["killed".to_owned(), "all memory".to_owned(), String::new()],
            };
            row(reasoner.name, rest);
        }
        files::clean_up(options, &directory)?;
    }
    table.print();
    Ok(())
}
