//! Statements to triples and back, over the bundled dataset.

use factloom::BUNDLED;
use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, Folder};
use factloom::model::Statement;
use factloom::store::Store;
use factloom::{compile, triples};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use std::collections::BTreeSet;

fn bundled() -> Store {
    let opened = Dataset::open(Folder::Bundled(BUNDLED), None);
    let mut findings = opened.findings;
    let mut dataset = opened.dataset.expect("the bundled dataset has a manifest");
    let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
    let store = compile(&dataset, checked, &mut findings).expect("the store can be filled");
    assert_eq!(findings, []);
    store
}

fn statements(store: &Store) -> Vec<Statement> {
    store.statements().collect::<Result<_, _>>().expect("the statements can be read")
}

#[test]
fn the_statements_read_back_are_those_that_were_mapped() {
    let store = bundled();
    let all = store.triples().expect("the store can be read");
    let read = triples::statements(all.iter().map(Triple::as_ref), store.names()).expect("the triples are statements");
    assert!(read.len() >= 70, "{}", read.len());
    let mut mapped = Vec::new();
    for statement in &read {
        triples::statement(statement, store.names(), &mut |triple| mapped.push(triple.into_owned()));
        let one = store.statement(&statement.id).expect("the store can be asked");
        assert_eq!(one.as_ref(), Some(statement));
    }
    assert!(mapped.iter().all(|triple| store.contains(triple.as_ref()).expect("the store can be asked")));
    assert_eq!(statements(&store), read);
}

#[test]
fn the_graph_has_no_blank_nodes() {
    fn blank(triple: &Triple) -> bool {
        matches!(triple.subject, NamedOrBlankNode::BlankNode(_))
            || match &triple.object {
                Term::BlankNode(_) => true,
                Term::Triple(inner) => blank(inner),
                _ => false,
            }
    }
    let all = bundled().triples().expect("the store can be read");
    assert!(all.len() > 500);
    assert!(!all.iter().any(blank));
}

#[test]
fn facts_and_inferences_are_asserted_and_claims_are_not() {
    let store = bundled();
    let asserted: BTreeSet<String> =
        statements(&store).iter().filter(|s| s.is_asserted()).map(|s| s.triple.to_string()).collect();
    for statement in statements(&store) {
        let there = store.contains(statement.triple.as_ref()).expect("the store can be asked");
        assert_eq!(there, asserted.contains(&statement.triple.to_string()), "{}", statement.id);
    }
    let kinds: BTreeSet<&str> = statements(&store).iter().map(|s| s.kind.as_str()).collect();
    assert_eq!(kinds.len(), 3);
}
