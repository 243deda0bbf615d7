//! Views of small stores and of the bundled dataset.

use super::*;
use crate::model::{BuiltInStatus, Claim, Derivation, Kind, Namespaces, Statement};
use crate::store::{Corroboration, FindError};
use oxigraph::model::Literal;

/// A view of entities with statements `s0`, `s1`, … between them: facts `f`, claims `c`, inferences `i`.
pub(crate) fn view(edges: &[(&str, &str, char)]) -> View {
    let names = Namespaces::new("https://e.org/", &[]).unwrap();
    let entity = |id: &str| names.entity(&crate::model::EntityId::new(id).unwrap());
    let statements = edges.iter().enumerate().map(|(number, (from, to, kind))| Statement {
        id: StatementId::new(&format!("s{number}")).unwrap(),
        triple: Triple::new(entity(from), names.rule("p"), entity(to)),
        kind: match kind {
            'f' => Kind::Fact,
            'i' => Kind::Inference(Derivation { rule: "r".into(), premises: Vec::new() }),
            _ => Kind::Claim(Claim { status: BuiltInStatus::Planned.into(), by: None }),
        },
        qualifiers: Vec::new(),
        evidence: Vec::new(),
        proposed_by: None,
    });
    let mut store = Store::in_memory(names.clone()).unwrap();
    for statement in statements {
        load(&mut store, &statement);
    }
    View::new(&store, &Labels::new(&store, "en")).unwrap()
}

fn load(store: &mut Store, statement: &Statement) {
    let mut triples = Vec::new();
    crate::triples::write_statement(statement, &store.namespaces().clone(), &mut |triple| {
        triples.push(triple.into_owned());
    });
    store.load(triples).unwrap();
}

#[test]
fn literals_are_attributes_and_entities_are_nodes() {
    let names = Namespaces::new("https://e.org/", &[]).unwrap();
    let mill = names.entity(&crate::model::EntityId::new("mill").unwrap());
    let label = Triple::new(mill.clone(), vocab::rdfs::LABEL, Literal::new_simple_literal("The Mill"));
    let mut store = Store::in_memory(names.clone()).unwrap();
    store.load([label, Triple::new(mill.clone(), vocab::rdf::TYPE, names.rule("Plant"))]).unwrap();
    let size = Statement {
        id: StatementId::new("s").unwrap(),
        triple: Triple::new(mill.clone(), names.rule("size"), Literal::from(3)),
        kind: Kind::Fact,
        qualifiers: Vec::new(),
        evidence: Vec::new(),
        proposed_by: None,
    };
    load(&mut store, &size);
    let labels = Labels::new(&store, "en");
    let view = View::new(&store, &labels).unwrap();
    let node = &view.graph()[view.node(&labels.find("the mill").unwrap()).unwrap()];
    assert_eq!((node.id.as_str(), node.class.as_ref()), ("mill", Some(&names.rule("Plant"))));
    let size = &node.attributes[0];
    assert_eq!((size.edge.predicate.label.as_str(), size.text.as_str()), ("size", "3"));
    assert_eq!(view.graph().edge_count(), 0);
    assert!(matches!(labels.find("milk"), Err(FindError::Unknown(Some(suggestion))) if suggestion == "mill"));
}

#[test]
fn an_edge_takes_as_many_bytes_as_documented() {
    assert_eq!(size_of::<petgraph::graph::Edge<Edge>>(), 104);
}

#[test]
fn an_edge_counts_the_sources_of_all_statements_with_its_triple() {
    let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
    let view = View::new(&store, &Labels::new(&store, "en")).unwrap();
    let corroboration = Corroboration::new(&store);
    let mut several = 0;
    for edge in view.graph().edge_weights() {
        let statement = store.statement(&edge.statement).unwrap().unwrap();
        assert_eq!(edge.source_count, corroboration.sources(&statement).unwrap(), "{}", edge.statement);
        several += usize::from(edge.source_count > 2);
    }
    assert_eq!(several, 4);
}
