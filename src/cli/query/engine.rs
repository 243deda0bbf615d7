//! `factloom query --engine`

use crate::cli::failure::Failure;
use crate::cli::messages::{error, help, note};
use crate::model::Namespaces;
use crate::query;
use crate::report::{Difference, ResultKind, ResultSet, difference};
use crate::store::{OxigraphLiterals, Store, StoreError};
use clap::ValueEnum;
use oxigraph::model::Term;
use oxigraph::sparql::QueryEvaluationError;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most rows of each engine that a report shows.
const MAX_ROWS: usize = 10;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// factloom's engine on the compiled graph
    #[default]
    Factloom,
    /// Oxigraph's in-memory store with the same triples
    Oxigraph,
    /// Both engines; prints the results of factloom's engine
    Both,
}

/// Runs a function on Oxigraph's store. Its sort panics if numbers and strings have no total order.
pub(super) fn catch_panic<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Failure::new("Oxigraph panics on this query").help("run the query with --engine factloom"))
    })
}

/// Compares the results of a query in a store and in Oxigraph's store with the same quads.
///
/// If Oxigraph changes the form of literals, the comparison is on the changed quads, which are the same terms in both.
pub(super) fn compare_with_oxigraph(query: &Query, store: &Store) -> Result<(), Failure> {
    if !store.oxigraph_literals()?.changes {
        return compare(query, store, &store.to_oxigraph()?);
    }
    note(
        "Oxigraph's store changes the form of literals, so the engines are compared on the changed literals: \
         see `Terms as written` in docs/reference/conformance.md",
    );
    let changed = store.with_oxigraph_literals()?;
    compare(query, &changed, &changed.to_oxigraph()?)
}

/// Compares the results of a query in two stores. Prints a report and fails if they differ.
///
/// The comparison ignores LIMIT, OFFSET and REDUCED of the query itself, which leave open what an engine returns. Where Oxigraph deviates
/// from the standard, a difference is not a failure; the ORDER BY of the query itself only excuses another order of the same rows.
fn compare(query: &Query, factloom: &Store, oxigraph: &Store) -> Result<(), Failure> {
    let query = without_choices(query.clone());
    let results = ResultSet::collect(factloom, &query)?;
    let of_literals = deviations_of_literals(&query, &results, factloom)?;
    let of_order = [query::oxigraph_deviations(&query), of_literals.clone()].concat();
    let of_rows = [query::oxigraph_deviations(&without_order(query.clone())), of_literals].concat();
    let of_oxigraph = || ResultSet::collect(oxigraph, &query::for_oxigraph(&query));
    let report = match catch_unwind(AssertUnwindSafe(of_oxigraph)) {
        Ok(Ok(expected)) => difference(&expected, &results).map(|difference| {
            let is_order = matches!(difference, Difference::Order(_));
            (is_order, report(&difference, &expected, &results, factloom.namespaces()))
        }),
        Ok(Err(StoreError::Evaluation(QueryEvaluationError::Cancelled))) => return Err(Failure::Cancelled),
        Ok(Err(error)) => Some((false, format!("only Oxigraph fails: {error}"))),
        // Its sort panics if it has no total order.
        Err(_) => Some((true, "only Oxigraph fails: it panics".to_owned())),
    };
    let Some((is_order, report)) = report else { return Ok(()) };
    match if is_order { of_order } else { of_rows } {
        deviations if !deviations.is_empty() => {
            let headings: Vec<String> = deviations.iter().map(|heading| format!("`{heading}`")).collect();
            note(format_args!(
                "the engines return different results, as Oxigraph deviates from the standard: see {} in docs/reference/conformance.md\n{}",
                headings.join(", "),
                report.trim_end()
            ));
            Ok(())
        }
        _ => {
            error(format_args!("the engines return different results\n{}", report.trim_end()));
            help("run the query with --engine factloom and --engine oxigraph to see all of them");
            Err(Failure::Findings)
        }
    }
}

/// The deviations of Oxigraph that literals of the query, of its results or of the graph cause.
fn deviations_of_literals(query: &Query, results: &ResultSet, store: &Store) -> Result<Vec<&'static str>, Failure> {
    let mut literals = query::literals_of(query);
    let mut of_results = OxigraphLiterals::default();
    for term in results.rows.iter().flatten().flatten() {
        if let Term::Literal(literal) = term {
            of_results.add(literal);
        }
    }
    literals.has_long_numbers |= of_results.has_long_numbers || store.oxigraph_literals()?.has_long_numbers;
    Ok(query::deviations_of_literals(literals))
}

/// The query without the modifiers that leave open which rows are returned, or how often.
fn without_choices(mut query: Query) -> Query {
    if let Query::Select { pattern, .. } = &mut query {
        while let GraphPattern::Slice { inner, .. } | GraphPattern::Reduced { inner } = pattern {
            *pattern = std::mem::take(&mut **inner);
        }
    }
    query
}

/// The query without its ORDER BY, which does not change which rows there are.
fn without_order(mut query: Query) -> Query {
    if let Query::Select { pattern, .. } = &mut query {
        let mut inner = pattern;
        while let GraphPattern::Project { inner: next, .. } | GraphPattern::Distinct { inner: next } = inner {
            inner = next;
        }
        if let GraphPattern::OrderBy { inner: unordered, .. } = inner {
            *inner = std::mem::take(&mut **unordered);
        }
    }
    query
}

/// How the results of the engines differ.
fn report(difference: &Difference, oxigraph: &ResultSet, factloom: &ResultSet, namespaces: &Namespaces) -> String {
    let mut report = String::new();
    let both = [("factloom", factloom), ("oxigraph", oxigraph)];
    match difference {
        Difference::Rows { missing, extra } if factloom.kind != ResultKind::Boolean => {
            for (name, results, rows) in [("factloom", factloom, extra), ("oxigraph", oxigraph, missing)] {
                for &row in rows.iter().take(MAX_ROWS) {
                    let _ = writeln!(report, "only in {name}: {}", row_text(results, row, namespaces));
                }
                if rows.len() > MAX_ROWS {
                    let _ = writeln!(report, "only in {name}: {} more", rows.len() - MAX_ROWS);
                }
            }
        }
        &Difference::Order(row) => {
            for (name, results) in both {
                let _ = writeln!(report, "row {} in {name}: {}", row + 1, row_text(results, row, namespaces));
            }
        }
        Difference::Kind | Difference::Columns | Difference::Rows { .. } => {
            for (name, results) in both {
                let _ = writeln!(report, "{name}: {}", summary(results));
            }
        }
    }
    report
}

fn summary(results: &ResultSet) -> String {
    match results.kind {
        ResultKind::Boolean | ResultKind::Graph => results.summary(),
        ResultKind::Rows => format!("{} with the columns ?{}", results.summary(), results.columns.join(" ?")),
    }
}

/// A row as `?a = e:x, ?b = 5`, or a triple.
fn row_text(results: &ResultSet, index: usize, namespaces: &Namespaces) -> String {
    let terms = results.columns.iter().zip(results.rows.get(index).into_iter().flatten());
    let cells = terms.map(|(column, term)| match (results.kind, term) {
        (ResultKind::Rows, Some(term)) => format!("?{column} = {term}"),
        (ResultKind::Rows, None) => format!("?{column} unbound"),
        (ResultKind::Boolean | ResultKind::Graph, term) => term.as_ref().map(ToString::to_string).unwrap_or_default(),
    });
    let separator = if results.kind == ResultKind::Rows { ", " } else { " " };
    namespaces.shorten(&cells.collect::<Vec<_>>().join(separator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;
    use oxigraph::model::{NamedNode, Triple};

    fn stores() -> (Store, Store) {
        let (_, store) = crate::build(DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let oxigraph = store.to_oxigraph().unwrap();
        (store, oxigraph)
    }

    /// The report on a query after one triple is added to Oxigraph's store only.
    fn report_with_extra_triple(query: &str) -> Option<String> {
        let (store, mut oxigraph) = stores();
        let namespaces = store.namespaces();
        let node = |prefix, name| NamedNode::new(format!("{}{name}", namespaces.namespace(prefix).unwrap())).unwrap();
        let extra = Triple::new(node("e", "pakistan-steel-mills"), node("v", "helpedBuild"), node("e", "russia"));
        oxigraph.load([extra]).unwrap();
        let query = without_choices(query::parse(query, namespaces).unwrap());
        let results = [&oxigraph, &store].map(|store| ResultSet::collect(store, &query).unwrap());
        let difference = difference(&results[0], &results[1])?;
        Some(report(&difference, &results[0], &results[1], namespaces))
    }

    #[test]
    fn an_extra_row_in_one_engine_is_reported() {
        let report = report_with_extra_triple("SELECT ?o { e:pakistan-steel-mills v:helpedBuild ?o } LIMIT 1");
        assert_eq!(report.as_deref(), Some("only in oxigraph: ?o = e:russia\n"));
    }

    #[test]
    fn a_different_boolean_is_reported() {
        let report = report_with_extra_triple("ASK { e:pakistan-steel-mills v:helpedBuild ?o }");
        assert_eq!(report.as_deref(), Some("factloom: false\noxigraph: true\n"));
    }

    #[test]
    fn an_extra_triple_in_one_engine_is_reported() {
        let report = report_with_extra_triple("CONSTRUCT WHERE { e:pakistan-steel-mills v:helpedBuild ?o }");
        assert_eq!(report.as_deref(), Some("only in oxigraph: e:pakistan-steel-mills v:helpedBuild e:russia\n"));
    }

    #[test]
    fn a_different_order_is_reported() {
        let rows = |numbers: [i32; 2]| {
            let rows = numbers.map(|number| vec![Some(oxigraph::model::Literal::from(number).into())]).to_vec();
            ResultSet { kind: ResultKind::Rows, columns: vec!["n".to_owned()], rows, ranks: Some(vec![0, 1]) }
        };
        let (of_oxigraph, of_factloom) = (rows([1, 2]), rows([2, 1]));
        let difference = difference(&of_oxigraph, &of_factloom).unwrap();
        let report = report(&difference, &of_oxigraph, &of_factloom, &Namespaces::standard());
        assert!(report.starts_with("row 1 in factloom: ?n = \"2\""), "{report}");
        assert!(report.contains("\nrow 1 in oxigraph: ?n = \"1\""), "{report}");
    }

    #[test]
    fn engines_with_the_same_triples_agree() {
        let (store, oxigraph) = stores();
        let query = query::parse("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 7 OFFSET 3", store.namespaces()).unwrap();
        assert!(compare(&query, &store, &oxigraph).is_ok());
    }

    #[test]
    fn paths_are_compared_with_the_results_of_the_standard() {
        let (store, oxigraph) = stores();
        for text in [
            "SELECT * { ?s (v:helpedBuild|v:helpedBuild|!a) ?o }",
            "SELECT * { <urn:absent> v:helpedBuild*/(v:helpedBuild|^v:helpedBuild)? ?o }",
            "SELECT * { ?s (v:helpedBuild?|a)+ 'absent' . ?s !v:helpedBuild? ?s }",
            "ASK { <urn:absent> v:helpedBuild* <urn:absent> }",
            "SELECT * { ?s v:helpedBuild ?o FILTER EXISTS { <urn:absent> v:helpedBuild* ?x } }",
        ] {
            let query = query::parse(text, store.namespaces()).unwrap();
            assert!(query::oxigraph_deviations(&query).is_empty());
            assert!(compare(&query, &store, &oxigraph).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_difference_where_oxigraph_deviates_is_not_a_failure() {
        let (store, oxigraph) = stores();
        for text in [
            "SELECT (MAX(?x) AS ?y) { VALUES ?x { 10 9 '95' } }",
            "SELECT (REPLACE('abc', '', '-') AS ?x) { }",
            "SELECT (REGEX('a', '[a-z-[aeiou]]') AS ?x) { }",
            "SELECT (xsd:integer(' 1 ') AS ?x) { }",
            "SELECT (BNODE('x') AS ?a) (BNODE('x') AS ?b) { VALUES ?x { 1 2 } }",
            "SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { 'a'@en } }",
            "SELECT (true > false AS ?x) { }",
            "SELECT (9223372036854775807 + 1 AS ?x) { }",
            "SELECT (12345678901234567890 < 1.5 AS ?x) { }",
            "SELECT (COUNT(DISTINCT ?x) AS ?n) { VALUES ?x { 1 01 } }",
        ] {
            let query = query::parse(text, store.namespaces()).unwrap();
            assert!(compare(&query, &store, &oxigraph).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_difference_is_a_failure() {
        let (store, _) = stores();
        let empty = Store::in_memory(store.namespaces().clone()).unwrap();
        for text in [
            "SELECT * { ?s ?p ?o }",
            "SELECT * { ?s ?p ?o } ORDER BY ?o",
            "SELECT DISTINCT ?o { ?s ?p ?o } ORDER BY REGEX(?o, '[a-z-[aeiou]]') LIMIT 5",
        ] {
            let query = query::parse(text, store.namespaces()).unwrap();
            assert!(matches!(compare(&query, &store, &empty), Err(Failure::Findings)), "{text}");
        }
    }
}
