//! How long it takes to close a transitive relation, each pair with what it was derived from.

use crate::children::Loaded;
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

    /// As many edges as twice the nodes, by chance: most nodes reach most others, by few steps.
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

    /// How many pairs the closure has.
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

    /// Writes it as a dataset whose manifest names the rules of OWL, with the same triples in `graph.ttl`.
    fn write(&self, options: &Options) -> Result<PathBuf, Failure> {
        let folder = options.folder.join(format!("{}-{}", self.name, self.nodes));
        fs::create_dir_all(&folder)?;
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
            fs::write(folder.join(name), text)?;
        }
        Ok(folder)
    }
}

/// What an engine took.
#[derive(Default)]
struct Measured {
    samples: Samples,
    peak: u64,
}

impl Measured {
    fn add(&mut self, loaded: Loaded) {
        self.samples.add(loaded.seconds);
        self.peak = self.peak.max(loaded.memory.peak);
    }
}

/// Measures closures beside reasoners of Python's.
///
/// # Errors
///
/// Where factloom fails.
pub fn run(options: &Options) -> Result<(), Failure> {
    println!("## Rules: the closure of a transitive relation\n");
    println!(
        "factloom builds the whole graph from a dataset's files, each pair a statement with its rule and premises. The others \
         read the same triples and derive OWL 2 RL, without saying from what. Each in a process of its own; the peak is VmHWM.\n"
    );
    let mut table = Table::new(&["relation", "nodes:", "edges:", "pairs:", "engine", "time:", "peak:", "time ÷:"]);
    for relation in [Relation::chain(100), Relation::chain(2_000), Relation::random(1_750)] {
        eprintln!("closure: {} of {} nodes", relation.name, relation.nodes);
        let folder = relation.write(options)?;
        let (edges, pairs) = (relation.edges.len(), relation.pairs());
        let able: Vec<Reasoner> =
            REASONERS.into_iter().filter(|reasoner| edges <= reasoner.most && reasoner.is_installed()).collect();
        let runs = if pairs > 100_000 { 1.max(options.runs / 4) } else { options.runs };
        let mut ours = Measured::default();
        let mut others: Vec<Option<Measured>> = able.iter().map(|_| Some(Measured::default())).collect();
        for _ in 0..runs {
            ours.add(children::build(&folder)?);
            for (reasoner, measured) in able.iter().zip(&mut others) {
                // Who runs out of memory once is not asked again.
                *measured = measured.take().and_then(|mut measured| {
                    measured.add(reasoner.reason(&folder.join("graph.ttl")).ok()?);
                    Some(measured)
                });
            }
        }
        let what = [relation.name.to_owned(), count(relation.nodes as u64), count(edges as u64), count(pairs as u64)];
        let mut row = |name: &str, rest: [String; 3]| {
            table.row(&what.iter().cloned().chain([name.to_owned()]).chain(rest).collect::<Vec<_>>());
        };
        row("factloom", [spread(&ours.samples), mebibytes(ours.peak), String::new()]);
        for (reasoner, measured) in able.iter().zip(&others) {
            let rest = match measured {
                Some(Measured { samples, peak }) => {
                    [spread(samples), mebibytes(*peak), ratio(samples.median() / ours.samples.median())]
                }
                None => ["killed".to_owned(), "all there is".to_owned(), String::new()],
            };
            row(reasoner.name, rest);
        }
        files::done_with(options, &folder)?;
    }
    table.print();
    Ok(())
}
