use super::*;
use crate::model::Namespaces;
use crate::store::{GraphBuilder, GraphMetadata};
use oxigraph::io::RdfFormat;
use proptest::prelude::*;
use std::str::FromStr;

fn term(text: &str) -> Option<Term> {
    (!text.is_empty()).then(|| Term::from_str(text).unwrap())
}

fn results(rows: Vec<Row>) -> ResultSet {
    ResultSet { kind: ResultKind::Rows, columns: Vec::new(), rows, ranks: None }
}

fn table(rows: &[&[&str]]) -> ResultSet {
    let columns = (0..rows.first().map_or(0, |row| row.len())).map(|n| format!("v{n}")).collect();
    ResultSet { columns, ..results(rows.iter().map(|row| row.iter().map(|t| term(t)).collect()).collect()) }
}

fn run(turtle: &str, query: &str) -> ResultSet {
    let mut builder = GraphBuilder::new();
    builder.read(RdfFormat::Turtle, None, turtle.as_bytes()).unwrap();
    let store = Store::build(builder, GraphMetadata::new(Namespaces::standard())).unwrap();
    ResultSet::collect(&store, &crate::query::parse(query, store.namespaces()).unwrap()).unwrap()
}

fn int(lexical: &str, datatype: &str) -> String {
    format!("\"{lexical}\"^^<http://www.w3.org/2001/XMLSchema#{datatype}>")
}

#[test]
fn numbers_are_compared_by_value() {
    let same = |a: (&str, &str), b: (&str, &str)| {
        let (a, b) = (int(a.0, a.1), int(b.0, b.1));
        difference(&table(&[&[&a]]), &table(&[&[&b]])).is_none()
    };
    for other in [("1.0", "decimal"), ("01", "int"), ("1e0", "double"), ("+10.00E-1", "float"), ("0.1e1", "double")] {
        assert!(same(("1", "integer"), other), "{other:?}");
    }
    assert!(same(("0", "integer"), ("-0.0e7", "double")));
    assert!(same(("INF", "double"), ("+INF", "float")) && same(("NaN", "double"), ("NaN", "float")));
    assert!(!same(("INF", "double"), ("-INF", "double")));
    // Digits beyond double precision count.
    assert!(!same(("9007199254740993", "integer"), ("9007199254740992", "integer")));
    assert!(!same(("1", "integer"), ("-1", "integer")));
    // These are not numbers.
    for other in [("1", "string"), ("1", "boolean")] {
        assert!(!same(("1", "integer"), other), "{other:?}");
    }
    assert!(!same(("1.0", "integer"), ("1", "integer")) && !same(("1e0", "decimal"), ("1", "integer")));
    assert!([".", "", "1e", "--1"].iter().all(|text| canonical_number(text).is_none()));
}

#[test]
fn repeated_rows_count() {
    let two = table(&[&["<a:a>"], &["<a:b>"], &["<a:a>"]]);
    assert_eq!(difference(&two, &table(&[&["<a:b>"], &["<a:a>"], &["<a:a>"]])), None);
    let once = table(&[&["<a:b>"], &["<a:c>"], &["<a:a>"]]);
    assert_eq!(difference(&two, &once), Some(Difference::Rows { missing: vec![2], extra: vec![1] }));
}

#[test]
fn results_of_another_kind_or_with_other_columns_differ() {
    let one = table(&[&["<a:a>"]]);
    assert_eq!(difference(&one, &ResultSet::boolean(true)), Some(Difference::Kind));
    let two = table(&[&["<a:a>", ""]]);
    assert!(matches!(difference(&one, &two), Some(Difference::Columns)));
    let unbound = table(&[&["", "<a:a>"]]);
    assert!(matches!(difference(&two, &unbound), Some(Difference::Rows { .. })));
}

#[test]
fn only_rows_with_equal_sort_keys_may_change_places() {
    let turtle = "<a:x> <a:p> 1 . <a:y> <a:p> 1.0 . <a:z> <a:p> 2 .";
    let strict = |query: &str| {
        let results = run(turtle, query);
        assert_eq!(results.columns.len(), 1, "{query}");
        results.ranks
    };
    assert_eq!(strict("SELECT ?s { ?s <a:p> ?o }"), None);
    assert_eq!(strict("SELECT ?s { ?s <a:p> ?o } ORDER BY ?o"), Some(vec![0, 0, 1]));
    assert_eq!(strict("SELECT ?s { ?s <a:p> ?o } ORDER BY DESC(?o * 2) ?s"), Some(vec![0, 1, 2]));
    assert_eq!(strict("SELECT ?s { ?s <a:p> ?o } ORDER BY ?o LIMIT 2"), Some(vec![0, 0]));
    assert_eq!(strict("SELECT (MAX(?o) AS ?m) { ?s <a:p> ?o } GROUP BY ?s ORDER BY COUNT(?s)"), Some(vec![0, 0, 0]));
    assert_eq!(strict("SELECT DISTINCT ?o { ?s <a:p> ?o } ORDER BY ?o"), Some(vec![0, 0, 1]));
    // Additional columns would give more rows.
    assert_eq!(strict("SELECT DISTINCT ?s { ?s <a:p> ?o } ORDER BY ?o"), Some(vec![0, 1, 2]));
    // The order of a subquery does not matter.
    assert_eq!(strict("SELECT ?s { SELECT ?s { ?s <a:p> ?o } ORDER BY ?o }"), None);
    let actual = run(turtle, "SELECT ?s { ?s <a:p> ?o } ORDER BY ?o");
    assert_eq!(difference(&table(&[&["<a:y>"], &["<a:x>"], &["<a:z>"]]).named("s"), &actual), None);
    assert_eq!(difference(&table(&[&["<a:x>"], &["<a:y>"], &["<a:z>"]]).named("s"), &actual), None);
    let wrong = table(&[&["<a:x>"], &["<a:z>"], &["<a:y>"]]).named("s");
    assert!(matches!(difference(&wrong, &actual), Some(Difference::Order(_))));
}

impl ResultSet {
    /// The results with another name for their only column.
    fn named(self, name: &str) -> Self {
        Self { columns: vec![name.to_owned()], ..self }
    }
}

#[test]
fn blank_nodes_are_compared_by_their_rows() {
    let ring = |labels: [&str; 6]| {
        let rows: Vec<[String; 2]> =
            (0..6).map(|n| [format!("_:{}", labels[n]), format!("_:{}", labels[(n + 1) % 6])]).collect();
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        table(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    let one = ring(["a", "b", "c", "d", "e", "f"]);
    assert_eq!(difference(&one, &ring(["x", "c", "a", "y", "b", "z"])), None);
    let two_rings =
        table(&[&["_:a", "_:b"], &["_:b", "_:c"], &["_:c", "_:a"], &["_:d", "_:e"], &["_:e", "_:f"], &["_:f", "_:d"]]);
    assert!(matches!(difference(&one, &two_rings), Some(Difference::Rows { missing, .. }) if missing.len() == 6));
    // Blank nodes in triple terms.
    let within = |label: &str| table(&[&[&format!("<<( _:{label} <a:p> _:o )>>"), &format!("_:{label}")]]);
    assert_eq!(difference(&within("a"), &within("b")), None);
    assert!(difference(&within("a"), &table(&[&["<<( _:a <a:p> _:o )>>", "_:o"]])).is_some());
}

#[test]
fn many_similar_blank_nodes_are_compared_quickly() {
    let list = |prefix: &str, number: usize| {
        let rows = (0..number).map(|n| vec![term("_:hub"), term(&format!("_:{prefix}{n}"))]).collect();
        results(rows)
    };
    assert_eq!(difference(&list("a", 2000), &list("b", 2000)), None);
    assert!(difference(&list("a", 2000), &list("b", 1999)).is_some());
}

#[test]
fn graphs_are_compared_as_sets_of_triples() {
    let graph = |turtle: &str| run(turtle, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }");
    let (a, b) = (graph("<a:s> <a:p> [ <a:q> 1 ] ."), graph("_:x <a:q> 1.0 . <a:s> <a:p> _:x ."));
    assert_eq!(difference(&a, &b), None);
    let more = graph("<a:s> <a:p> [ <a:q> 1 ] ; <a:r> 2 .");
    assert_eq!(difference(&more, &a), Some(Difference::Rows { missing: vec![1], extra: vec![] }));
}

/// The naive algorithm: tries all renamings of the blank nodes.
fn equal_under_a_renaming(a: &[[u8; 2]], b: &[[u8; 2]]) -> bool {
    let sorted = |mut rows: Vec<[u8; 2]>| {
        rows.sort_unstable();
        rows
    };
    let b = sorted(b.to_vec());
    permutations(&[0, 1, 2, 3]).iter().any(|to| {
        let rename = |cell: u8| if cell < 4 { to[usize::from(cell)] } else { cell };
        sorted(a.iter().map(|row| row.map(rename)).collect()) == b
    })
}

fn permutations(of: &[u8]) -> Vec<Vec<u8>> {
    let Some((&first, rest)) = of.split_first() else { return vec![Vec::new()] };
    let longer = |list: Vec<u8>| {
        (0..=list.len()).map(move |at| {
            let mut list = list.clone();
            list.insert(at, first);
            list
        })
    };
    permutations(rest).into_iter().flat_map(longer).collect()
}

/// Cells below 4 are blank nodes, the others are IRIs.
fn of_cells(cells: &[[u8; 2]]) -> ResultSet {
    let cell = |n: &u8| term(&if *n < 4 { format!("_:b{n}") } else { format!("<a:{n}>") });
    let rows = cells.iter().map(|row| row.iter().map(cell).collect()).collect();
    results(rows)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn results_are_equal_if_and_only_if_a_renaming_of_blank_nodes_makes_them_equal(
        a in prop::collection::vec([0_u8..6, 0_u8..6], 0..6),
        swaps in prop::collection::vec((0_usize..6, 0_usize..2, 0_u8..6), 0..3),
        renaming in 0_usize..24,
    ) {
        // Equal results, or almost.
        let to = &permutations(&[0, 1, 2, 3])[renaming];
        let rename = |cell: u8| if cell < 4 { to[usize::from(cell)] } else { cell };
        let mut b: Vec<[u8; 2]> = a.iter().rev().map(|row| row.map(rename)).collect();
        for (row, column, cell) in swaps {
            if let Some(row) = b.get_mut(row) {
                row[column] = cell;
            }
        }
        let same = difference(&of_cells(&a), &of_cells(&b)).is_none();
        prop_assert_eq!(same, equal_under_a_renaming(&a, &b));
    }

    #[test]
    fn missing_and_extra_rows_account_for_the_difference(
        a in prop::collection::vec([4_u8..7, 4_u8..7], 0..12),
        b in prop::collection::vec([4_u8..7, 4_u8..7], 0..12),
    ) {
        let Some(Difference::Rows { missing, extra }) = difference(&of_cells(&a), &of_cells(&b)) else {
            let (mut a, mut b) = (a, b);
            a.sort_unstable();
            b.sort_unstable();
            prop_assert_eq!(a, b);
            return Ok(());
        };
        let without = |rows: &[[u8; 2]], left: &[usize]| {
            let kept = rows.iter().enumerate().filter(|(n, _)| !left.contains(n)).map(|(_, row)| *row);
            let mut kept: Vec<[u8; 2]> = kept.collect();
            kept.sort_unstable();
            kept
        };
        prop_assert_eq!(without(&a, &missing), without(&b, &extra));
        prop_assert!(missing.iter().all(|&m| extra.iter().all(|&e| a[m] != b[e])));
    }
}
