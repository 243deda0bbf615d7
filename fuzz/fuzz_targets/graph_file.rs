//! A compiled graph file with arbitrary content: opening, verifying, querying, sorting and resuming it must not panic.
//!
//! Half of the inputs are the file itself. The others are changes to a valid file, with recomputed checksums, as an attacker
//! would make them.
#![no_main]

use factloom::store::{CompiledGraph, GraphBuilder, Store, StoreError, with_valid_checksums};
use libfuzzer_sys::fuzz_target;
use oxigraph::io::RdfFormat;
use oxigraph::sparql::QueryResults;
use spargebra::{Query, SparqlParser};
use std::sync::LazyLock;

const SAMPLE: &str = r#"
@prefix e: <http://e/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
e:a e:p e:b, "text", "texte"@fr, 7, 7.5, true, "2025-07-11"^^<http://www.w3.org/2001/XMLSchema#date> ; e:q e:c, e:a .
e:b e:p e:c ; e:q _:x . _:x e:p e:a .
e:r rdf:reifies <<( e:a e:p e:b )>> . e:s rdf:reifies <<( e:a e:p <<( e:b e:q "x" )>> )>> .
e:g { e:a e:p e:b . e:b e:p 1 } e:h { e:a e:p e:b }
"#;

static VALID_FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut builder = GraphBuilder::new();
    builder.read(RdfFormat::TriG, None, SAMPLE.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    builder.finish().unwrap().write(&mut bytes).unwrap();
    bytes
});

static QUERIES: LazyLock<Vec<Query>> = LazyLock::new(|| {
    let prefixes = "PREFIX e: <http://e/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ";
    [
        "SELECT * { ?s ?p ?o } LIMIT 200",
        "SELECT * { ?s e:p ?o . ?o e:q ?x OPTIONAL { ?x e:p ?y } FILTER(?o != ?x) } LIMIT 200",
        "SELECT ?p (COUNT(*) AS ?n) (MAX(?o) AS ?m) { ?s ?p ?o } GROUP BY ?p ORDER BY ?n LIMIT 200",
        "SELECT DISTINCT ?o { ?s e:p ?o } LIMIT 200",
        "SELECT * { ?r rdf:reifies <<( ?s e:p ?o )>> } LIMIT 200",
        "SELECT * { ?x (e:p|e:q)+ ?y } LIMIT 200",
        "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 200",
        "SELECT * FROM e:g { ?s ?p ?o } LIMIT 200",
        "CONSTRUCT { ?o e:q ?s } { ?s e:p ?o } LIMIT 200",
        "ASK { e:a e:p e:b }",
    ]
    .iter()
    .map(|text| SparqlParser::new().parse_query(&format!("{prefixes}{text}")).unwrap())
    .collect()
});

fuzz_target!(|data: &[u8]| {
    let bytes = match data.split_first() {
        Some((0, rest)) => rest.to_vec(),
        Some((_, rest)) => {
            let mut bytes = VALID_FILE.clone();
            for change in rest.chunks_exact(5).take(64) {
                let index = u32::from_le_bytes([change[0], change[1], change[2], 0]) as usize % bytes.len();
                bytes[index] = change[3];
                // Many changes of a number need a second byte.
                let next = (index + 1).min(bytes.len() - 1);
                bytes[next] = bytes[next].wrapping_add(change[4]);
            }
            with_valid_checksums(bytes)
        }
        None => return,
    };
    let Ok(graph) = CompiledGraph::from_bytes(bytes) else { return };
    let _ = graph.verify();
    let _ = GraphBuilder::resume(&graph).and_then(GraphBuilder::finish);
    if let Ok(store) = Store::compiled(graph.clone()) {
        let _ = store.sorted_triples().and_then(|triples| triples.for_each(|_| Ok::<_, StoreError>(())));
    }
    for query in QUERIES.iter() {
        match graph.query(query) {
            Ok(QueryResults::Solutions(solutions)) => solutions.take(300).for_each(drop),
            Ok(QueryResults::Graph(triples)) => triples.take(300).for_each(drop),
            Ok(QueryResults::Boolean(_)) | Err(_) => {}
        }
    }
});
