//! A file in one of the RDF formats with arbitrary content. The graph of a file that can be read must have the triples that its
//! own N-Triples have.
#![no_main]

use factloom::model::Namespaces;
use factloom::output::{GraphFormat, write_sorted};
use factloom::store::{GraphBuilder, Store};
use libfuzzer_sys::fuzz_target;
use oxigraph::io::{JsonLdProfileSet, RdfFormat};

const FORMATS: [RdfFormat; 7] = [
    RdfFormat::RdfXml,
    RdfFormat::Turtle,
    RdfFormat::TriG,
    RdfFormat::NTriples,
    RdfFormat::NQuads,
    RdfFormat::N3,
    RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
];

fn read(format: RdfFormat, bytes: &[u8]) -> Option<Store> {
    let mut builder = GraphBuilder::new();
    builder.read(format, Some("http://f.example/"), bytes).ok()?;
    Store::compiled(builder.finish().ok()?).ok()
}

fn ntriples(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    let triples = store.sorted_triples().expect("a valid graph");
    write_sorted(&triples, None, GraphFormat(RdfFormat::NTriples), &Namespaces::standard(), &mut out)
        .expect("it is written");
    out
}

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let Some(store) = read(FORMATS[usize::from(*first) % FORMATS.len()], bytes) else { return };
    let written = ntriples(&store);
    let again = read(RdfFormat::NTriples, &written).expect("N-Triples are read back");
    assert_eq!(store.len().expect("a valid graph"), again.len().expect("a valid graph"));
});
