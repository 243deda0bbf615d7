//! How long queries take, in this process, on the same graph in two engines.

use crate::engines::{self, Engine, Loader};
use crate::measure::{Samples, timed};
use crate::report::{Table, count, figures, ratio, seconds};
use crate::workload::queries::{self, Benchmark};
use crate::workload::{Graph, answers};
use crate::{Failure, Options, files};
use oxigraph::sparql::SparqlSyntaxError;
use spargebra::{Query, SparqlParser};

/// A sample of a short query is of as many runs as take so many seconds.
const SAMPLE: f64 = 2e-3;

/// No more samples are taken of a query when they took so many seconds.
const ENOUGH: f64 = 10.0;

/// The time of a query in both engines.
struct Measured {
    rows: u64,
    own: Samples,
    peer: Samples,
    /// How many times longer the peer took, sample by sample.
    ratios: Samples,
    /// The same for the very first time that the query was asked, before a plan could be kept.
    first: f64,
}

/// Asks all queries of both engines in turn.
///
/// # Errors
///
/// Where an engine fails, or two of them answer differently; the latter only after all have been asked.
pub fn run(options: &Options) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    for &triples in &options.query_sizes {
        println!("## Queries: {} triples of each graph\n", count(triples));
        println!(
            "All rows are taken and all their terms decoded. The ratio is the median of those of single samples, taken in turn.\n"
        );
        let mut table = Table::new(&["query", "rows:", "factloom:", "oxigraph:", "ratio:", "least–most:"]);
        let (mut ratios, mut firsts) = (Vec::new(), Vec::new());
        for graph in Graph::ALL {
            let chosen: Vec<Benchmark> = queries::all().filter(|q| q.graph == graph && options.wants(q.name)).collect();
            if chosen.is_empty() {
                continue;
            }
            eprintln!("queries: loading {} with {} triples", graph.name(), count(triples));
            let file = files::graph(options, graph, triples)?;
            let (own, peer) = (Loader::Factloom.load(&file)?, Loader::OxigraphParallel.load(&file)?);
            files::done_with(options, &file)?;
            for query in chosen {
                let Some(measured) = measure(&query, &own, &peer, options.runs)? else {
                    wrong.push(query.name);
                    continue;
                };
                row(&mut table, &query, &measured);
                ratios.push((measured.ratios.median(), query.name));
                firsts.push(measured.first);
            }
        }
        table.print();
        summary(ratios, &firsts);
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("the engines answer differently: {wrong:?}").into()) }
}

fn row(table: &mut Table, query: &Benchmark, measured: &Measured) {
    let Measured { rows, own, peer, ratios, first: _ } = measured;
    table.row(&[
        query.name.to_owned(),
        rows.to_string(),
        seconds(own.median()),
        seconds(peer.median()),
        ratio(ratios.median()),
        format!("{}–{}", figures(ratios.least()), figures(ratios.most())),
    ]);
}

fn summary(mut ratios: Vec<(f64, &str)>, firsts: &[f64]) {
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let values: Vec<f64> = ratios.iter().map(|&(ratio, _)| ratio).collect();
    println!("{} queries: geometric mean {};", ratios.len(), ratio(geometric_mean(&values)));
    println!("of the first time that each was asked, {}.", ratio(geometric_mean(firsts)));
    let slower = ratios.iter().filter(|&&(ratio, _)| ratio < 1.0).count();
    println!("Slower than Oxigraph: {slower}. The least:\n");
    for (value, name) in ratios.iter().take(5) {
        println!("- {name}: {}", ratio(*value));
    }
    println!();
}

fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}

fn parse(query: &Benchmark) -> Result<Query, SparqlSyntaxError> {
    SparqlParser::new().parse_query(&query.sparql())
}

/// Asks a query of both engines; `None` where they disagree.
fn measure(query: &Benchmark, own: &Engine, peer: &Engine, runs: usize) -> Result<Option<Measured>, Failure> {
    eprintln!("queries: {}", query.name);
    let parsed = parse(query)?;
    let first_own = sample(own, &parsed, 1)?;
    let first_peer = sample(peer, &parsed, 1)?;
    let answer = answers::answer(own.ask(parsed.clone())?, query.compared)?;
    let expected = answers::answer(peer.ask(parsed.clone())?, query.compared)?;
    if answer != expected {
        eprintln!("queries: {}: factloom answers {answer:?}, and oxigraph {expected:?}", query.name);
        return Ok(None);
    }
    let mut measured = Measured {
        rows: answer.rows,
        own: Samples::default(),
        peer: Samples::default(),
        ratios: Samples::default(),
        first: first_peer / first_own,
    };
    let times = |first: f64| ((SAMPLE / first) as usize).clamp(1, 1000);
    let mut spent = 0.0;
    for run in 0..runs {
        if run >= 3 && spent > ENOUGH {
            break;
        }
        let own = sample(own, &parsed, times(first_own))?;
        let peer = sample(peer, &parsed, times(first_peer))?;
        spent += own + peer;
        measured.own.add(own);
        measured.peer.add(peer);
        measured.ratios.add(peer / own);
    }
    Ok(Some(measured))
}

/// The mean time of a query that is asked so many times.
fn sample(engine: &Engine, query: &Query, times: usize) -> Result<f64, Failure> {
    let copies = vec![query.clone(); times];
    let (seconds, result) = timed(|| copies.into_iter().try_for_each(|copy| engines::drain(engine.ask(copy)?)));
    result?;
    Ok(seconds / times as f64)
}
