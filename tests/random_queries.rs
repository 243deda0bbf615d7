//! Random queries on random graphs have the same results in the compiled graph and in Oxigraph's own store, which runs them with the
//! paths of the standard. Queries in which Oxigraph deviates from the standard only run.
//!
//! `FACTLOOM_SEEDS=N` tries N seeds, `FACTLOOM_SEED=n` only one. The comparison allows for differences that the standard, or
//! Oxigraph, leaves open:
//!
//! - the order of rows without ORDER BY, and of rows with equal keys;
//! - which rows LIMIT and OFFSET select if the order leaves it open: the same number, from the same rows;
//! - how often REDUCED returns a row;
//! - ORDER BY, MIN, MAX and sums over terms for which Oxigraph's order is not total, or its sum depends on the order of
//!   addition: such queries only run on graphs without such terms (see `terms::Terms`);
//! - numbers that are too long for Oxigraph: if a graph or a query has large ones, queries that compute with them may differ;
//! - results that depend on Oxigraph's order of joins: whether it rejects a triple term with a literal as its subject, and
//!   whether MINUS inside OPTIONAL sees values from outside. Its results without the optimizer, which follow the standard, are
//!   also accepted.
//!
//! Oxigraph's store does not hold the forms of literals, so there are two kinds of runs (see `literals::Literals`): with the literals that
//! it would hold, and for queries that only compare terms, with any literals.

mod expressions;
pub mod literals;
mod queries;
mod random;
mod terms;

use crate::result_sets::{PermittedDifferences, ResultSet, Token};
use factloom::query::{for_oxigraph, oxigraph_deviations};
use factloom::store::{CompiledGraph, GraphBuilder};
use literals::{Literals, compares_only_terms};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::Quad;
use oxigraph::sparql::QueryEvaluationError;
use oxigraph::store::Store;
use queries::{LARGE, Queries};
pub use random::Random;
use random::Text;
use spargebra::SparqlParser;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use terms::Terms;

const DEFAULT_SEEDS: u64 = 5_000;

/// The timeout for Oxigraph, after which a query is skipped.
const TIMEOUT: Duration = Duration::from_millis(100);

/// Parts of the numbers in `terms` with which an operation may exceed the limits of Oxigraph.
const LARGE_NUMBERS: [&str; 3] = ["922337203685477580", "9007199254740993", "0.000000000000000001"];

/// A query and a graph.
#[derive(Clone)]
struct Case {
    terms: Terms,
    literals: Literals,
    query: Text,
    quads: Vec<String>,
}

/// The outcome of a case without a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Rows,
    NoRows,
    Boolean,
    /// Both return an error.
    Error,
    /// Oxigraph deviates from the standard.
    Deviation,
    /// The query depends on the values of literals, and does not run on literals as written.
    DependsOnValues,
    /// Oxigraph's results depend on its optimizer, and the compiled graph agrees with those without it.
    OptimizerDependent,
    SyntaxError,
    TimedOut,
}

impl Case {
    fn new(seed: u64, literals: Literals) -> Self {
        let mut random = Random::new(seed);
        let terms = [Terms::Any, Terms::ExactSums, Terms::TotallyOrdered][random.below(3)];
        let size = if random.one_in(40) { LARGE + random.below(3_000) } else { 5 + random.below(56) };
        let quads = terms.graph(&mut random, size);
        let query = Queries::new(random, terms, parsed(&quads)).query();
        Self { terms, literals, query, quads }
    }

    fn store(&self) -> Store {
        let store = Store::new().expect("a store in memory");
        let quads: Vec<String> = self.quads.iter().map(|quad| self.literals.for_oxigraph(quad)).collect();
        store.extend(parsed(&quads)).expect("a store in memory accepts quads");
        store
    }

    fn graph(&self) -> Result<CompiledGraph, String> {
        let text = self.literals.for_factloom(&self.quads.join("\n"));
        let named = RdfParser::from_format(RdfFormat::NTriples).for_slice(&text).any(|triple| triple.is_err());
        let format = if named { RdfFormat::NQuads } else { RdfFormat::NTriples };
        let mut builder = GraphBuilder::new();
        builder.read(format, None, text.as_bytes()).map_err(|e| e.to_string())?;
        builder.finish().map_err(|e| e.to_string())
    }

    /// Runs the query in all engines, in Oxigraph within a time limit. Returns a report if the results differ.
    fn run(&self, timeout: Duration) -> Result<Outcome, String> {
        let text = self.query.to_string();
        let parse = |text: String| SparqlParser::new().parse_query(&text);
        let (Ok(original), Ok(query)) =
            (parse(self.literals.for_factloom(&text)), parse(self.literals.for_oxigraph(&text)))
        else {
            return Ok(Outcome::SyntaxError);
        };
        let of_terms = compares_only_terms(&original);
        if self.literals == Literals::AsWritten && !of_terms {
            return Ok(Outcome::DependsOnValues);
        }
        let store = self.store();
        let query = for_oxigraph(&query);
        let permitted = PermittedDifferences::of(&query);
        let deviates = oxigraph_deviations(&original).into_iter().any(|heading| heading != "Order of values");
        let is_ordered = self.terms == Terms::TotallyOrdered && self.literals == Literals::AsHeld;
        let comparison = Comparison { store: &store, literals: self.literals, permitted, is_ordered };
        let expected = self.literals.restored(ResultSet::of_store(&store, &query, timeout));
        if expected.as_ref().is_err_and(|e| *e == QueryEvaluationError::Cancelled.to_string()) {
            return Ok(Outcome::TimedOut);
        }
        let graph = self.graph()?;
        let mut bytes = Vec::new();
        graph.write(&mut bytes).map_err(|e| e.to_string())?;
        let opened = CompiledGraph::from_bytes(bytes).map_err(|e| e.to_string())?;
        for (name, graph) in [("the compiled graph", graph), ("the compiled graph from a file", opened)] {
            let found = ResultSet::of(graph.query(&original));
            if deviates {
                continue;
            }
            if let Err(difference) = comparison.check(name, &expected, &found) {
                let unoptimized = self.literals.restored(ResultSet::of_store_as_written(&store, &query, timeout));
                return match comparison.check(name, &unoptimized, &found) {
                    Ok(()) => Ok(Outcome::OptimizerDependent),
                    Err(_) if !of_terms && self.has_large_numbers() => Ok(Outcome::Deviation),
                    Err(_) => Err(difference),
                };
            }
        }
        Ok(match expected {
            _ if deviates => Outcome::Deviation,
            Err(_) => Outcome::Error,
            Ok(ResultSet::Boolean(_)) => Outcome::Boolean,
            Ok(results) if results.rows().is_empty() => Outcome::NoRows,
            Ok(_) => Outcome::Rows,
        })
    }

    /// Whether the graph or the query has a number with which an operation may exceed the limits of Oxigraph.
    fn has_large_numbers(&self) -> bool {
        let is_large = |text: &str| LARGE_NUMBERS.iter().any(|number| text.contains(number));
        is_large(&self.query.to_string()) || self.quads.iter().any(|quad| is_large(quad))
    }

    /// Runs the case; a panic is also a difference.
    fn try_run(&self) -> Result<Outcome, String> {
        catch_unwind(AssertUnwindSafe(|| self.run(TIMEOUT))).unwrap_or_else(|_| Err("an engine panics".to_owned()))
    }

    /// Removes quads and parts of the query as long as the results still differ.
    fn reduced(mut self) -> Self {
        loop {
            let without = |size: usize| {
                let case = &self;
                (0..case.quads.len()).step_by(size).map(move |at| {
                    let mut quads = case.quads.clone();
                    quads.drain(at..(at + size).min(quads.len()));
                    Self { quads, ..case.clone() }
                })
            };
            // Large reductions first: halves of the graph, then parts of the query, then single quads.
            let halves =
                iter::successors(Some(self.quads.len() / 2), |size| Some(size / 2)).take_while(|size| *size > 1);
            let queries = self.query.reductions().into_iter().map(|query| Self { query, ..self.clone() });
            let mut cases = halves.flat_map(without).chain(queries).chain(without(1));
            let Some(smaller) = cases.find(|case| case.try_run().is_err()) else { return self };
            self = smaller;
        }
    }
}

fn parsed(lines: &[String]) -> Vec<Quad> {
    let quads = RdfParser::from_format(RdfFormat::NQuads).for_slice(&lines.join("\n")).collect::<Result<_, _>>();
    quads.expect("the lines are N-Quads")
}

struct Comparison<'a> {
    store: &'a Store,
    literals: Literals,
    permitted: PermittedDifferences,
    /// Whether terms have a total order, so that sorted rows must have the same order.
    is_ordered: bool,
}

impl Comparison<'_> {
    fn check(
        &self,
        name: &str,
        expected: &Result<ResultSet, String>,
        found: &Result<ResultSet, String>,
    ) -> Result<(), String> {
        let (expected, found) = match (expected, found) {
            (Ok(expected), Ok(found)) => (expected, found),
            (Err(_), Err(_)) => return Ok(()),
            _ => return Err(difference(name, "only one is an error", expected, found)),
        };
        let same = match &self.permitted.unsliced {
            Some(query) => {
                // An error may be in rows behind the limit.
                let Ok(all) = self.literals.restored(ResultSet::of_store(self.store, query, TIMEOUT)) else {
                    return Ok(());
                };
                let selects_rows = found.rows().len() == expected.rows().len() && found.is_contained_in(&all);
                // With REDUCED it is open how many rows are before the limit.
                selects_rows || (self.permitted.reduced && found.is_subset_of(&all))
            }
            None if self.permitted.reduced => found.equals_as_set(expected),
            // The blank nodes of a template have random labels.
            None => found.equals(expected) || (is_graph(found) && found.is_isomorphic_to(expected)),
        };
        if !same {
            return Err(difference(name, "the rows differ", expected, found));
        }
        let keys = |results: &ResultSet| results.keys(&self.permitted.order);
        if self.is_ordered && !self.permitted.reduced && keys(found) != keys(expected) {
            return Err(difference(name, "the order differs", expected, found));
        }
        Ok(())
    }
}

fn is_graph(results: &ResultSet) -> bool {
    matches!(results, ResultSet::Triples(_))
}

fn difference(name: &str, kind: &str, expected: impl std::fmt::Debug, found: impl std::fmt::Debug) -> String {
    format!("{kind}\nOxigraph's store: {expected:?}\n{name}: {found:?}")
}

fn number_from_env(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

#[test]
fn random_queries_have_the_results_of_oxigraphs_store() {
    let (outcomes, count) = run_seeds(Literals::AsHeld);
    // Queries with syntax errors, or without results, test little.
    if count >= DEFAULT_SEEDS {
        let count_of = |outcome| outcomes.get(&outcome).copied().unwrap_or_default();
        assert!(count_of(Outcome::SyntaxError) * 50 < count, "{outcomes:?}");
        assert!(count_of(Outcome::Deviation) * 5 < count, "{outcomes:?}");
        assert!(count_of(Outcome::OptimizerDependent) * 500 < count, "{outcomes:?}");
        assert!(count_of(Outcome::Rows) * 3 > count, "{outcomes:?}");
    }
}

#[test]
fn random_queries_compare_literals_as_they_are_written() {
    let (outcomes, count) = run_seeds(Literals::AsWritten);
    if count >= DEFAULT_SEEDS {
        assert!(outcomes.get(&Outcome::Rows).is_some_and(|rows| rows * 8 > count), "{outcomes:?}");
    }
}

/// Runs all seeds, and returns the numbers of outcomes and that of the seeds.
fn run_seeds(literals: Literals) -> (BTreeMap<Outcome, u64>, u64) {
    let seeds = match number_from_env("FACTLOOM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number_from_env("FACTLOOM_SEEDS").unwrap_or(DEFAULT_SEEDS),
    };
    let count = seeds.end - seeds.start;
    let mut outcomes = BTreeMap::<Outcome, u64>::new();
    let mut report = String::new();
    let mut failed = 0;
    for seed in seeds {
        let case = Case::new(seed, literals);
        if count == 1 {
            println!("{}\n{}", case.query, case.quads.join("\n"));
        }
        match case.try_run() {
            Ok(outcome) => *outcomes.entry(outcome).or_default() += 1,
            Err(_) => {
                failed += 1;
                let small = case.reduced();
                let difference = small.try_run().expect_err("a reduced case still fails");
                let quads = small.quads.join("\n");
                let _ = writeln!(report, "\nFACTLOOM_SEED={seed}: {difference}\n{}\n{quads}", small.query);
            }
        }
        if failed == 5 {
            break;
        }
    }
    println!("{count} random queries: {outcomes:?}");
    assert!(failed == 0, "{report}");
    (outcomes, count)
}

/// Cases that random queries found once, and similar ones.
const CORNER_CASES: [&str; 27] = [
    // In EXISTS the values of the row replace the variables everywhere.
    "SELECT * { ?s <http://e/p> ?o FILTER NOT EXISTS { OPTIONAL { ?s <http://e/q> ?o } } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { ?t <http://e/q> ?n FILTER(?n = ?o) } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { ?t <http://e/q> ?n OPTIONAL { ?t <http://e/p> ?m FILTER(?m != ?o) } FILTER(BOUND(?m)) } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { BIND(?o AS ?n) ?t <http://e/q> ?n } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { { ?t <http://e/q> ?n FILTER(?n != ?o) } UNION { ?o <http://e/p> ?n } } }",
    "SELECT * { ?s <http://e/p> ?o OPTIONAL { ?s <http://e/q> ?n FILTER(?n = ?o) } }",
    // A pattern without variables has one solution.
    "SELECT * { ?s <http://e/p> ?o . { MINUS { ?t <http://e/q> ?o } } }",
    "SELECT * { ?s <http://e/p> ?o . { SELECT (1 AS ?one) { FILTER(true) } } }",
    // A concatenation of strings with one language and direction keeps both.
    "SELECT (GROUP_CONCAT(?x; SEPARATOR='|') AS ?all) { VALUES ?x { 'a'@ar--rtl 'a'@ar--rtl } }",
    // These have no total order (numbers compare by value, numbers and strings as strings), but each must be returned once.
    "SELECT ?x { VALUES ?x { 10 9 '95' 100 'a' '10'^^<http://www.w3.org/2001/XMLSchema#double> '9' 20 '1' 3 '15' 8 '80' 7 '2' 6 } } ORDER BY ?x",
    // No pattern has a solution in a missing graph, not even one without triples.
    "SELECT * { GRAPH <http://e/none> { OPTIONAL { ?s ?p ?o } } }",
    "SELECT * { GRAPH <http://e/none> { FILTER NOT EXISTS { ?s ?p ?o } } }",
    "SELECT * { GRAPH <http://e/none> { BIND(1 AS ?x) } }",
    "SELECT * { GRAPH <http://e/none> { VALUES ?x { 1 2 } } }",
    "SELECT * { GRAPH <http://e/none> { SELECT (COUNT(*) AS ?n) { } } }",
    "SELECT * { GRAPH ?g { OPTIONAL { ?s ?p ?o } } }",
    // A row without variables is a row.
    "SELECT * { <http://e/a> <http://e/p> <http://e/b> } ORDER BY (1)",
    "SELECT (COUNT(*) AS ?n) { { SELECT * { <http://e/a> <http://e/p> <http://e/b> } ORDER BY (1) LIMIT 1 } }",
    "SELECT * { ?s <http://e/p> ?o } ORDER BY ?s LIMIT 9223372036854775808",
    // Paths with bound ends, or with the same variable at both ends.
    "SELECT * { ?s <http://e/p> ?o . ?s (<http://e/p>|<http://e/q>) ?o }",
    "SELECT * { ?s <http://e/p> ?o . ?s (<http://e/p>|!<http://e/p>)/(<http://e/q>|^<http://e/q>)? ?o }",
    "SELECT * { ?s ?p ?o . ?s ^(<http://e/q>/<http://e/p>?) ?o . ?s (<http://e/p>|<http://e/q>)* ?o }",
    "SELECT * { ?s (<http://e/p>|<http://e/q>)+ ?s }",
    "SELECT * { ?s (<http://e/p>/<http://e/q>)? ?o }",
    "SELECT (REPLACE(STR(?s), '[a-c]$', '<$0>') AS ?u) (REPLACE('Ab'@en, 'B', '-', 'i') AS ?v) (REPLACE('ab', 'b', 'x'@en) AS ?w) (REPLACE(?s, 'a', 'b') AS ?x) (REPLACE('a.b', '.', '$1', 'q') AS ?y) (REPLACE('ab', '(a)', '$1$1', 'z') AS ?z) { ?s <http://e/p> ?o }",
    // Many rows of VALUES, some with UNDEF, and joins of subqueries.
    "SELECT * { ?s <http://e/p> ?o OPTIONAL { ?o <http://e/q> ?n } VALUES (?s ?n) { (<http://e/a> UNDEF) (<http://e/a> UNDEF) (<http://e/b> <http://e/a>) (<http://e/b> <http://e/b>) (1 1) (2 2) (3 3) (4 4) (5 5) (6 6) } }",
    "SELECT * { { SELECT ?s (COUNT(?o) AS ?n) { ?s <http://e/p> ?o } GROUP BY ?s } { SELECT ?s (COUNT(?o) AS ?m) { ?s <http://e/q> ?o } GROUP BY ?s } }",
];

#[test]
fn corner_cases_have_the_results_of_oxigraphs_store() {
    let quads = [
        "a> <http://e/p> <http://e/b",
        "a> <http://e/q> <http://e/b",
        "b> <http://e/p> <http://e/c",
        "c> <http://e/q> <http://e/a",
    ];
    let quads: Vec<String> = quads.iter().map(|quad| format!("<http://e/{quad}> .")).collect();
    let failures = CORNER_CASES.iter().filter_map(|query| {
        let (terms, literals) = (Terms::Any, Literals::AsHeld);
        let case = Case { terms, literals, query: Text::leaf(*query), quads: quads.clone() };
        let outcome = case.try_run();
        (!matches!(outcome, Ok(Outcome::Rows | Outcome::NoRows | Outcome::Deviation)))
            .then(|| format!("{query}\n{outcome:?}"))
    });
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_number_of_rows_beyond_64_bits_is_not_zero() {
    let quads = ["<http://e/a> <http://e/p> <http://e/b> .", "<http://e/b> <http://e/p> <http://e/c> ."];
    let case = |query: String| Case {
        terms: Terms::Any,
        literals: Literals::AsHeld,
        query: Text::leaf(query),
        quads: quads.iter().map(|quad| (*quad).to_owned()).collect(),
    };
    let all = (0..64).map(|at| format!("?s{at} ?p{at} ?o{at}")).collect::<Vec<_>>().join(" . ");
    assert_eq!(case(format!("ASK {{ {all} }}")).run(Duration::from_secs(60)), Ok(Outcome::Boolean));
    let graph = case(String::new()).graph().unwrap();
    let query = SparqlParser::new().parse_query(&format!("SELECT (COUNT(*) AS ?n) {{ {all} }}")).unwrap();
    // COUNT cannot return 2⁶⁴.
    assert_eq!(ResultSet::of(graph.query(&query)).unwrap().rows(), [[Token::Unbound]]);
}
