//! The compiled graph answers random queries about random graphs as Oxigraph's own store does.
//!
//! `FACTLOOM_SEEDS=N` tries N seeds, `FACTLOOM_SEED=n` one of them alone. What is not the same by right, and is compared
//! with that in mind:
//!
//! - the order of rows without ORDER BY, and of rows whose keys are equal: the store hands out quads by their age, the graph
//!   by their ids;
//! - which rows LIMIT and OFFSET keep where the order leaves it open: as many, of those there are without them;
//! - how often REDUCED keeps a row;
//! - ORDER BY, MIN, MAX and sums over terms for which Oxigraph's comparison is no total order, or its sum depends on the
//!   order of its parts: such queries are asked about graphs without such terms (see `words::Terms`);
//! - where the order of joins decides what Oxigraph answers, because one hands its terms on to another: whether it refuses a
//!   triple term with a literal for its subject, which no triple matches, and whether MINUS inside OPTIONAL sees terms from
//!   outside. Without its optimizer it answers as the standard says, and that answer counts, too.

mod expressions;
mod queries;
mod random;
mod words;

use crate::answers::{Answer, Freedom, Token};
use factloom::store::{CompiledGraph, GraphBuilder};
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
use words::Terms;

const SEEDS: u64 = 5_000;

/// How long Oxigraph may take before a query is given up.
const PATIENCE: Duration = Duration::from_millis(100);

/// A query, and the graph that it is asked about.
#[derive(Clone)]
struct Case {
    terms: Terms,
    query: Text,
    quads: Vec<String>,
}

/// How a case went, where no two answers differed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Rows,
    NoRows,
    Boolean,
    /// Both refuse to answer.
    Refused,
    /// The store answers otherwise without its optimizer, and the compiled graph as it does then.
    Disputed,
    NotParsed,
    TooLong,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let terms = [Terms::Wild, Terms::Exact, Terms::Ordered][random.below(3)];
        let size = if random.once_in(40) { LARGE + random.below(3_000) } else { 5 + random.below(56) };
        let quads = terms.graph(&mut random, size);
        let query = Queries::new(random, terms, parsed(&quads)).query();
        Self { terms, query, quads }
    }

    fn store(&self) -> Store {
        let store = Store::new().expect("a store in memory");
        store.extend(parsed(&self.quads)).expect("a store in memory takes quads");
        store
    }

    fn graph(&self) -> Result<CompiledGraph, String> {
        let text = self.quads.join("\n");
        let named = RdfParser::from_format(RdfFormat::NTriples).for_slice(&text).any(|triple| triple.is_err());
        let format = if named { RdfFormat::NQuads } else { RdfFormat::NTriples };
        let mut builder = GraphBuilder::new();
        builder.read(format, None, text.as_bytes()).map_err(|e| e.to_string())?;
        builder.finish().map_err(|e| e.to_string())
    }

    /// Asks all, and says how the answers differ.
    fn run(&self) -> Result<Outcome, String> {
        let Ok(query) = SparqlParser::new().parse_query(&self.query.to_string()) else { return Ok(Outcome::NotParsed) };
        let store = self.store();
        let freedom = Freedom::of(&query);
        let judge = Judge { store: &store, freedom, ordered: self.terms == Terms::Ordered };
        let expected = Answer::of_store(&store, &query, PATIENCE);
        if expected.as_ref().is_err_and(|e| *e == QueryEvaluationError::Cancelled.to_string()) {
            return Ok(Outcome::TooLong);
        }
        let graph = self.graph()?;
        let mut bytes = Vec::new();
        graph.write(&mut bytes).map_err(|e| e.to_string())?;
        let opened = CompiledGraph::from_bytes(bytes).map_err(|e| e.to_string())?;
        for (who, graph) in [("the compiled graph", graph), ("the graph written and opened", opened)] {
            let found = Answer::of(graph.query(&query));
            if let Err(difference) = judge.compare(who, &expected, &found) {
                let as_written = Answer::of_store_as_written(&store, &query, PATIENCE);
                judge.compare(who, &as_written, &found).map_err(|_| difference)?;
                return Ok(Outcome::Disputed);
            }
        }
        Ok(match expected {
            Err(_) => Outcome::Refused,
            Ok(Answer::Boolean(_)) => Outcome::Boolean,
            Ok(answer) if answer.rows().is_empty() => Outcome::NoRows,
            Ok(_) => Outcome::Rows,
        })
    }

    /// As `run`, where a panic is a difference, too.
    fn try_run(&self) -> Result<Outcome, String> {
        catch_unwind(AssertUnwindSafe(|| self.run())).unwrap_or_else(|_| Err("it panicked".to_owned()))
    }

    /// The smallest case found, by leaving out quads and parts of the query, where the answers still differ.
    fn shrunk(mut self) -> Self {
        loop {
            let without = |size: usize| {
                let case = &self;
                (0..case.quads.len()).step_by(size).map(move |at| {
                    let mut quads = case.quads.clone();
                    quads.drain(at..(at + size).min(quads.len()));
                    Self { quads, ..case.clone() }
                })
            };
            // Large parts first: halves of the graph, then what of the query can go, then single quads.
            let halves =
                iter::successors(Some(self.quads.len() / 2), |size| Some(size / 2)).take_while(|size| *size > 1);
            let queries = self.query.cuts().into_iter().map(|query| Self { query, ..self.clone() });
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

struct Judge<'a> {
    store: &'a Store,
    freedom: Freedom,
    /// Whether terms have a total order, so that the keys of the rows must come in the same one.
    ordered: bool,
}

impl Judge<'_> {
    fn compare(
        &self,
        who: &str,
        expected: &Result<Answer, String>,
        found: &Result<Answer, String>,
    ) -> Result<(), String> {
        let (expected, found) = match (expected, found) {
            (Ok(expected), Ok(found)) => (expected, found),
            (Err(_), Err(_)) => return Ok(()),
            _ => return Err(differ(who, "one is refused", expected, found)),
        };
        let same = match &self.freedom.unsliced {
            Some(query) => {
                // An error may lie in the rows that a limit leaves out.
                let Ok(all) = Answer::of_store(self.store, query, PATIENCE) else { return Ok(()) };
                let many = found.rows().len() == expected.rows().len() && found.is_contained_in(&all);
                // Of rows that may come less often, it is open how many a limit reaches.
                many || (self.freedom.reduced && found.has_no_row_but_those_of(&all))
            }
            None if self.freedom.reduced => found.equals_as_set(expected),
            // A template may make blank nodes, whose labels are random.
            None => found.equals(expected) || (is_graph(found) && found.is_isomorphic_to(expected)),
        };
        if !same {
            return Err(differ(who, "the rows differ", expected, found));
        }
        let keys = |answer: &Answer| answer.keys(&self.freedom.order);
        if self.ordered && !self.freedom.reduced && keys(found) != keys(expected) {
            return Err(differ(who, "the order differs", expected, found));
        }
        Ok(())
    }
}

fn is_graph(answer: &Answer) -> bool {
    matches!(answer, Answer::Triples(_))
}

fn differ(who: &str, how: &str, expected: impl std::fmt::Debug, found: impl std::fmt::Debug) -> String {
    format!("{how}\nOxigraph's store: {expected:?}\n{who}: {found:?}")
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

#[test]
fn random_queries_are_answered_as_oxigraphs_store_answers_them() {
    let seeds = match number("FACTLOOM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("FACTLOOM_SEEDS").unwrap_or(SEEDS),
    };
    let count = seeds.end - seeds.start;
    let mut outcomes = BTreeMap::<Outcome, u64>::new();
    let mut said = String::new();
    let mut failed = 0;
    for seed in seeds {
        let case = Case::new(seed);
        if count == 1 {
            println!("{}\n{}", case.query, case.quads.join("\n"));
        }
        match case.try_run() {
            Ok(outcome) => *outcomes.entry(outcome).or_default() += 1,
            Err(_) => {
                failed += 1;
                let small = case.shrunk();
                let why = small.try_run().expect_err("it is cut down only while it fails");
                let quads = small.quads.join("\n");
                let _ = writeln!(said, "\nFACTLOOM_SEED={seed}: {why}\n{}\n{quads}", small.query);
            }
        }
        if failed == 5 {
            break;
        }
    }
    println!("{count} random queries: {outcomes:?}");
    assert!(failed == 0, "{said}");
    // Queries that cannot be read, or find nothing, test little.
    if count >= SEEDS {
        let of = |outcome| outcomes.get(&outcome).copied().unwrap_or_default();
        assert!(of(Outcome::NotParsed) * 50 < count, "{outcomes:?}");
        assert!(of(Outcome::Disputed) * 500 < count, "{outcomes:?}");
        assert!(of(Outcome::Rows) * 3 > count, "{outcomes:?}");
    }
}

/// What random queries found once, and their like.
const CORNERS: [&str; 27] = [
    // The terms of the solution stand in EXISTS wherever their variables do.
    "SELECT * { ?s <http://e/p> ?o FILTER NOT EXISTS { OPTIONAL { ?s <http://e/q> ?o } } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { ?t <http://e/q> ?n FILTER(?n = ?o) } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { ?t <http://e/q> ?n OPTIONAL { ?t <http://e/p> ?m FILTER(?m != ?o) } FILTER(BOUND(?m)) } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { BIND(?o AS ?n) ?t <http://e/q> ?n } }",
    "SELECT * { ?s <http://e/p> ?o FILTER EXISTS { { ?t <http://e/q> ?n FILTER(?n != ?o) } UNION { ?o <http://e/p> ?n } } }",
    "SELECT * { ?s <http://e/p> ?o OPTIONAL { ?s <http://e/q> ?n FILTER(?n = ?o) } }",
    // A group without variables is one row, and stays one.
    "SELECT * { ?s <http://e/p> ?o . { MINUS { ?t <http://e/q> ?o } } }",
    "SELECT * { ?s <http://e/p> ?o . { SELECT (1 AS ?one) { FILTER(true) } } }",
    // What a text with a direction is joined to keeps both.
    "SELECT (GROUP_CONCAT(?x; SEPARATOR='|') AS ?all) { VALUES ?x { 'a'@ar--rtl 'a'@ar--rtl } }",
    // These compare in a circle (numbers by value, numbers and texts by text): the order is open, but each comes once.
    "SELECT ?x { VALUES ?x { 10 9 '95' 100 'a' 1e1 '9' 20 '1' 3 '15' 8 '80' 7 '2' 6 } } ORDER BY ?x",
    // Nothing holds in a graph that is not there, not even what asks for no triple.
    "SELECT * { GRAPH <http://e/none> { OPTIONAL { ?s ?p ?o } } }",
    "SELECT * { GRAPH <http://e/none> { FILTER NOT EXISTS { ?s ?p ?o } } }",
    "SELECT * { GRAPH <http://e/none> { BIND(1 AS ?x) } }",
    "SELECT * { GRAPH <http://e/none> { VALUES ?x { 1 2 } } }",
    "SELECT * { GRAPH <http://e/none> { SELECT (COUNT(*) AS ?n) { } } }",
    "SELECT * { GRAPH ?g { OPTIONAL { ?s ?p ?o } } }",
    // A row without a variable is a row.
    "SELECT * { <http://e/a> <http://e/p> <http://e/b> } ORDER BY (1)",
    "SELECT (COUNT(*) AS ?n) { { SELECT * { <http://e/a> <http://e/p> <http://e/b> } ORDER BY (1) LIMIT 1 } }",
    "SELECT * { ?s <http://e/p> ?o } ORDER BY ?s LIMIT 9223372036854775808",
    // Paths whose ends are known, or one variable.
    "SELECT * { ?s <http://e/p> ?o . ?s (<http://e/p>|<http://e/q>) ?o }",
    "SELECT * { ?s <http://e/p> ?o . ?s (<http://e/p>|!<http://e/p>)/(<http://e/q>|^<http://e/q>)? ?o }",
    "SELECT * { ?s ?p ?o . ?s ^(<http://e/q>/<http://e/p>?) ?o . ?s (<http://e/p>|<http://e/q>)* ?o }",
    "SELECT * { ?s (<http://e/p>|<http://e/q>)+ ?s }",
    "SELECT * { ?s (<http://e/p>/<http://e/q>)? ?o }",
    "SELECT (REPLACE(STR(?s), '[a-c]$', '<$0>') AS ?u) (REPLACE('Ab'@en, 'B', '-', 'i') AS ?v) (REPLACE('ab', 'b', 'x'@en) AS ?w) (REPLACE(?s, 'a', 'b') AS ?x) (REPLACE('a.b', '.', '$1', 'q') AS ?y) (REPLACE('ab', '(a)', '$1$1', 'z') AS ?z) { ?s <http://e/p> ?o }",
    // Many listed rows, some of them incomplete, and tables joined with each other.
    "SELECT * { ?s <http://e/p> ?o OPTIONAL { ?o <http://e/q> ?n } VALUES (?s ?n) { (<http://e/a> UNDEF) (<http://e/a> UNDEF) (<http://e/b> <http://e/a>) (<http://e/b> <http://e/b>) (1 1) (2 2) (3 3) (4 4) (5 5) (6 6) } }",
    "SELECT * { { SELECT ?s (COUNT(?o) AS ?n) { ?s <http://e/p> ?o } GROUP BY ?s } { SELECT ?s (COUNT(?o) AS ?m) { ?s <http://e/q> ?o } GROUP BY ?s } }",
];

#[test]
fn corners_are_answered_as_oxigraphs_store_answers_them() {
    let quads = [
        "a> <http://e/p> <http://e/b",
        "a> <http://e/q> <http://e/b",
        "b> <http://e/p> <http://e/c",
        "c> <http://e/q> <http://e/a",
    ];
    let quads: Vec<String> = quads.iter().map(|quad| format!("<http://e/{quad}> .")).collect();
    let differ = CORNERS.iter().filter_map(|query| {
        let case = Case { terms: Terms::Wild, query: Text::leaf(*query), quads: quads.clone() };
        let said = case.try_run();
        (!matches!(said, Ok(Outcome::Rows | Outcome::NoRows))).then(|| format!("{query}\n{said:?}"))
    });
    let differ: Vec<String> = differ.collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn more_rows_than_can_be_counted_are_not_none() {
    let quads = ["<http://e/a> <http://e/p> <http://e/b> .", "<http://e/b> <http://e/p> <http://e/c> ."];
    let case = |query: String| Case {
        terms: Terms::Wild,
        query: Text::leaf(query),
        quads: quads.iter().map(|quad| (*quad).to_owned()).collect(),
    };
    let all = (0..64).map(|at| format!("?s{at} ?p{at} ?o{at}")).collect::<Vec<_>>().join(" . ");
    assert_eq!(case(format!("ASK {{ {all} }}")).try_run(), Ok(Outcome::Boolean));
    let graph = case(String::new()).graph().unwrap();
    let query = SparqlParser::new().parse_query(&format!("SELECT (COUNT(*) AS ?n) {{ {all} }}")).unwrap();
    // 2⁶⁴ is no number that a count can have.
    assert_eq!(Answer::of(graph.query(&query)).unwrap().rows(), [[Token::Unbound]]);
}
