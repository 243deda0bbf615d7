//! Summaries and statements from the columns, compared with those of the in-memory backend.

use super::*;
use crate::dataset::DatasetRoot;
use crate::model::{
    BuiltInStatus, Claim, Derivation, Evidence, Namespaces, Premise, Qualifier, Selector, Span, Stance, StatusId,
    TimeValue, vocab,
};
use crate::store::{GraphBuilder, GraphMetadata};
use crate::triples;
use oxigraph::model::{Literal, Triple};
use proptest::prelude::*;

/// A summary as a comparable value.
type SummaryRow = (StatementId, Triple, EdgeKind, usize, Vec<SourceId>, Option<Period>);

fn summaries(store: &Store) -> Vec<SummaryRow> {
    let mut all = Vec::new();
    let push = |summary: StatementSummary<'_>| {
        let triple = Triple::new(summary.subject.clone(), summary.predicate.clone(), summary.object.into_owned());
        all.push((summary.id, triple, summary.kind, summary.sources, summary.cited.to_vec(), summary.period));
        Ok::<_, StoreError>(())
    };
    store.for_each_summary(push).unwrap();
    all
}

fn in_memory(store: &Store) -> Store {
    let mut memory = Store::in_memory(store.namespaces().clone()).unwrap();
    memory.load(store.triples().unwrap()).unwrap();
    memory
}

fn assert_backends_agree(store: &Store) {
    let memory = in_memory(store);
    assert_eq!(summaries(store), summaries(&memory));
    let statements = |store: &Store| store.statements().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(statements(store), statements(&memory));
    assert_eq!(store.mentioned_entities().unwrap(), memory.mentioned_entities().unwrap());
}

#[test]
fn backends_agree_on_the_bundled_dataset() {
    let (_, store) = crate::build(DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
    assert!(summaries(&store).iter().any(|row| row.5.is_some() && row.3 > 1));
    assert_backends_agree(&store);
}

fn names() -> Namespaces {
    Namespaces::new("https://e.org/", &[]).unwrap()
}

/// The triples of four sources: two with the same publisher, one without a publisher, and one of background knowledge.
fn sources() -> Vec<Triple> {
    let names = names();
    let source = |n: usize| names.source(&SourceId::new(&format!("s{n}")).unwrap());
    let mut triples = Vec::new();
    for (n, kind) in ["article", "article", "document", "background"].into_iter().enumerate() {
        triples.push(Triple::new(source(n), vocab::fl::KIND, Literal::new_simple_literal(kind)));
    }
    for n in 0..2 {
        triples.push(Triple::new(source(n), vocab::dcterms::PUBLISHER, Literal::new_simple_literal("The Press")));
    }
    triples
}

fn objects() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0..4_u32).prop_map(|n| NamedNode::new(format!("https://e.org/entity/e{n}")).unwrap().into()),
        (0..2_i64).prop_map(|n| Literal::from(n).into()),
        Just(NamedNode::new("https://elsewhere.example/").unwrap().into()),
    ]
}

fn evidence() -> impl Strategy<Value = Evidence> {
    (0..4_usize, any::<bool>(), 0..3_u32, prop::option::of("[a-c]")).prop_map(|(source, disputes, quote, note)| {
        Evidence {
            stance: if disputes { Stance::Disputes } else { Stance::Supports },
            quote: Some(format!("quote {quote}")),
            note,
            selector: Selector { nth: (quote == 1).then_some(1), ..Selector::default() },
            // The span of a quote does not depend on the statement. It has no, one or two parts.
            span: Span::new((0..quote).map(|part| 10 * part..10 * part + 7).collect(), 1, 1),
            ..Evidence::new(SourceId::new(&format!("s{source}")).unwrap())
        }
    })
}

/// The built-in statuses and a declared one.
fn statuses() -> Vec<ClaimStatus> {
    let declared = ClaimStatus::Declared(StatusId::new("rumoured").unwrap());
    BuiltInStatus::ALL.map(ClaimStatus::BuiltIn).into_iter().chain([declared]).collect()
}

fn kinds() -> impl Strategy<Value = Kind> {
    let by = prop::option::of(objects()).prop_map(|by| match by {
        Some(Term::NamedNode(by)) => Some(by),
        _ => None,
    });
    let premises = (any::<bool>(), objects()).prop_map(|(declared, object)| {
        let triple = Triple::new(names().rule("a"), names().rule("b"), object);
        let first = Premise::Statement(StatementId::new("f00").unwrap());
        [first].into_iter().chain(declared.then_some(Premise::Declared(triple))).collect()
    });
    prop_oneof![
        3 => Just(Kind::Fact),
        1 => (prop::sample::select(statuses()), by).prop_map(|(status, by)| Kind::Claim(Claim { status, by })),
        1 => (premises, any::<bool>()).prop_map(|(premises, is_entailment)| {
            let derivation = Derivation { rule: "r".to_owned(), premises };
            if is_entailment { Kind::Entailment(derivation) } else { Kind::Inference(derivation) }
        }),
    ]
}

fn times() -> impl Strategy<Value = Vec<Qualifier>> {
    let predicates = [vocab::fl::POINT_IN_TIME, vocab::fl::START_TIME, vocab::fl::END_TIME];
    let time = (0..3_usize, 0..3_usize).prop_map(move |(which, time)| Qualifier {
        predicate: predicates[which].into_owned(),
        value: TimeValue::parse(["1973", "197X", "2025-07-11"][time]).unwrap().literal().into(),
    });
    prop::collection::vec(time, 0..3)
}

prop_compose! {
    fn statement()(
        subject in 0..4_u32, predicate in 0..2_u32, object in objects(), kind in kinds(), qualifiers in times(),
        evidence in prop::collection::vec(evidence(), 0..4),
    ) -> Statement {
        let names = names();
        let subject = NamedNode::new(format!("https://e.org/entity/e{subject}")).unwrap();
        let triple = Triple::new(subject, names.rule(&format!("p{predicate}")), object);
        let id = StatementId::new("unnumbered").unwrap();
        let mut statement = Statement { id, triple, kind, qualifiers, evidence, proposed_by: None };
        statement.normalize();
        statement
    }
}

/// A compiled graph, in which the statements have the first ids.
fn compiled(statements: &[Statement]) -> Store {
    let (names, mut builder) = (names(), GraphBuilder::new());
    for statement in statements {
        builder.assign_id((&names.statement(&statement.id)).into()).unwrap();
    }
    for triple in sources() {
        builder.insert_triple(triple.as_ref()).unwrap();
    }
    for statement in statements {
        triples::write_statement(statement, &names, &mut |triple| builder.insert_triple(triple).unwrap());
    }
    let metadata = GraphMetadata::new(names).with_counts(0, statements.len() as u32);
    Store::build(builder, metadata).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn backends_agree_on_any_statements(mut statements in prop::collection::vec(statement(), 0..12)) {
        for (number, statement) in statements.iter_mut().enumerate() {
            statement.id = StatementId::new(&format!("f{number:02}")).unwrap();
        }
        assert_backends_agree(&compiled(&statements));
    }
}

#[test]
fn statements_and_summaries_report_an_inconsistent_statement() {
    let names = names();
    let node = names.statement(&StatementId::new("broken").unwrap());
    let triple = Triple::new(names.rule("a"), names.rule("b"), names.rule("c"));
    let mut builder = GraphBuilder::new();
    builder.assign_id((&node).into()).unwrap();
    builder.insert_triple(Triple::new(node, vocab::rdf::REIFIES, Term::from(triple)).as_ref()).unwrap();
    let store = Store::build(builder, GraphMetadata::new(names).with_counts(0, 1)).unwrap();
    let expected = store.statements().next().unwrap().unwrap_err().to_string();
    let found = store.for_each_summary(|_| Ok::<_, StoreError>(())).unwrap_err().to_string();
    assert_eq!(found, expected);
    assert!(found.contains("not a fact, claim, inference or entailment"), "{found}");
}
