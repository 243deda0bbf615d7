//! Measures queries on the same graph in two engines in this process, and in maplib if it is installed.

use crate::engines::{self, Engine, Loader};
use crate::maplib::Maplib;
use crate::measure::{Samples, timed};
use crate::report::{Table, count, digits, ratio, seconds};
use crate::workload::queries::{self, Benchmark};
use crate::workload::{Graph, fingerprint::fingerprint};
use crate::{Failure, Options, files};
use factloom::query::for_oxigraph;
use oxigraph::sparql::SparqlSyntaxError;
use spargebra::{Query, SparqlParser};

/// A sample of a short query repeats it for this many seconds.
const SAMPLE_SECONDS: f64 = 2e-3;

/// A query gets no more samples after this many seconds.
const MAX_SECONDS: f64 = 10.0;

/// The measurements of a query.
struct Measured {
    rows: u64,
    own: Samples,
    peer: Samples,
    /// The peer's time divided by factloom's, for each pair of samples.
    ratios: Samples,
    /// The same ratio for the first run, before the plan is cached.
    first_ratio: f64,
    /// The times of maplib; none if it is not installed, does not support the query, or returns another number of rows.
    maplib: Samples,
}

/// Runs all queries in both engines in turn. Fails at the end if some results differ.
pub fn run(options: &Options) -> Result<(), Failure> {
    let mut different = Vec::new();
    for &triples in &options.query_sizes {
        println!("## Queries: {} triples of each graph\n", count(triples));
        println!(
            "All rows are read and all terms decoded; maplib returns a data frame. The ratio is the median of the ratios of \
             neighbouring samples.\n"
        );
        let mut table =
            Table::new(&["query", "rows:", "factloom:", "oxigraph:", "ratio:", "min–max:", "maplib:", "ratio:"]);
        let (mut ratios, mut firsts, mut of_maplib) = (Vec::new(), Vec::new(), Vec::new());
        for graph in Graph::ALL {
            let selected: Vec<Benchmark> =
                queries::all().filter(|q| q.graph == graph && options.selects(q.name)).collect();
            if selected.is_empty() {
                continue;
            }
            eprintln!("queries: loading {} with {} triples", graph.name(), count(triples));
            let file = files::graph(options, graph, triples)?;
            let (own, peer) = (Loader::Factloom.load(&file)?, Loader::OxigraphParallel.load(&file)?);
            // It has no triple terms.
            let mut maplib = if graph == Graph::University { Maplib::load(&file)? } else { None };
            files::clean_up(options, &file)?;
            for query in selected {
                let Some(measured) = measure(&query, [&own, &peer], maplib.as_mut(), options.runs)? else {
                    different.push(query.name);
                    continue;
                };
                row(&mut table, &query, &measured);
                ratios.push((measured.ratios.median(), query.name));
                firsts.push(measured.first_ratio);
                of_maplib.extend(measured.maplib_ratio().map(|ratio| (ratio, query.name)));
            }
        }
        table.print();
        summary(ratios, &firsts);
        summary_of_maplib(of_maplib);
    }
    if different.is_empty() {
        Ok(())
    } else {
        Err(format!("the engines return different results: {different:?}").into())
    }
}

fn row(table: &mut Table, query: &Benchmark, measured: &Measured) {
    let Measured { rows, own, peer, ratios, first_ratio: _, maplib } = measured;
    table.row(&[
        query.name.to_owned(),
        rows.to_string(),
        seconds(own.median()),
        seconds(peer.median()),
        ratio(ratios.median()),
        format!("{}–{}", digits(ratios.min()), digits(ratios.max())),
        measured.maplib_ratio().map_or_else(|| "–".to_owned(), |_| seconds(maplib.median())),
        measured.maplib_ratio().map_or_else(|| "–".to_owned(), ratio),
    ]);
}

fn summary(mut ratios: Vec<(f64, &str)>, firsts: &[f64]) {
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let values: Vec<f64> = ratios.iter().map(|&(ratio, _)| ratio).collect();
    println!("{} queries: geometric mean {};", ratios.len(), ratio(geometric_mean(&values)));
    println!("for the first run of each, {}.", ratio(geometric_mean(firsts)));
    let slower = ratios.iter().filter(|&&(ratio, _)| ratio < 1.0).count();
    println!("Slower than Oxigraph: {slower}. The lowest ratios:\n");
    for (value, name) in ratios.iter().take(5) {
        println!("- {name}: {}", ratio(*value));
    }
    println!();
}

/// The queries that maplib supports, and those in which it is faster.
fn summary_of_maplib(mut ratios: Vec<(f64, &str)>) {
    if ratios.is_empty() {
        return;
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let values: Vec<f64> = ratios.iter().map(|&(ratio, _)| ratio).collect();
    println!("{} queries in maplib: geometric mean {}.", ratios.len(), ratio(geometric_mean(&values)));
    let slower: Vec<String> = ratios
        .iter()
        .filter(|&&(ratio, _)| ratio < 1.0)
        .map(|(value, name)| format!("{name} ({})", digits(*value)))
        .collect();
    println!("Slower than maplib: {}. {}\n", slower.len(), slower.join("; "));
}

fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}

fn parse(query: &Benchmark) -> Result<Query, SparqlSyntaxError> {
    SparqlParser::new().parse_query(&query.sparql())
}

impl Measured {
    /// The time of maplib divided by factloom's.
    fn maplib_ratio(&self) -> Option<f64> {
        (self.maplib.len() > 0).then(|| self.maplib.median() / self.own.median())
    }
}

/// Measures a query in factloom and Oxigraph, and in maplib; `None` if the results of the first two differ.
fn measure(
    query: &Benchmark,
    [own, peer]: [&Engine; 2],
    mut maplib: Option<&mut Maplib>,
    runs: usize,
) -> Result<Option<Measured>, Failure> {
    eprintln!("queries: {}", query.name);
    let parsed = parse(query)?;
    let first_own = sample(own, &parsed, 1)?;
    let first_peer = sample(peer, &parsed, 1)?;
    let found = fingerprint(own.query(parsed.clone())?, query.comparison)?;
    // Alternative paths keep duplicates in the standard, but not in Oxigraph.
    let expected = fingerprint(peer.query(for_oxigraph(&parsed))?, query.comparison)?;
    if found != expected {
        eprintln!("queries: {}: factloom returns {found:?}, oxigraph {expected:?}", query.name);
        return Ok(None);
    }
    let mut measured = Measured {
        rows: found.rows,
        own: Samples::default(),
        peer: Samples::default(),
        ratios: Samples::default(),
        first_ratio: first_peer / first_own,
        maplib: Samples::default(),
    };
    let times = |first: f64| ((SAMPLE_SECONDS / first) as usize).clamp(1, 1000);
    let mut spent = 0.0;
    for run in 0..runs {
        if run >= 3 && spent > MAX_SECONDS {
            break;
        }
        let own = sample(own, &parsed, times(first_own))?;
        let peer = sample(peer, &parsed, times(first_peer))?;
        spent += own + peer;
        measured.own.add(own);
        measured.peer.add(peer);
        measured.ratios.add(peer / own);
        let Some(process) = &mut maplib else { continue };
        match process.query(&query.sparql(), times(first_own).min(20))? {
            Some(reply) if reply.rows == measured.rows => {
                spent += reply.seconds;
                measured.maplib.add(reply.seconds);
            }
            _ => maplib = None,
        }
    }
    Ok(Some(measured))
}

/// The mean time of `times` runs of a query.
fn sample(engine: &Engine, query: &Query, times: usize) -> Result<f64, Failure> {
    let copies = vec![query.clone(); times];
    let (seconds, result) = timed(|| copies.into_iter().try_for_each(|copy| engines::drain(engine.query(copy)?)));
    result?;
    Ok(seconds / times as f64)
}
