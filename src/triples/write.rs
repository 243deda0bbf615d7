//! Writing the triples of statements.

use super::evidence::write_evidence;
use crate::model::{Claim, Derivation, Kind, Namespaces, Period, Premise, Qualifier, Statement, evidence_id, vocab};
use oxigraph::model::{LiteralRef, NamedNodeRef, TermRef, TripleRef};

/// Writes all triples of a statement: the triple itself if it is asserted, and those of its node and its evidence.
///
/// Evidence that several statements share is written with each of them.
///
/// ```
/// use factloom::triples;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let mut triples = Vec::new();
/// for statement in store.statements() {
///     triples::write_statement(&statement?, &dataset.namespaces, &mut |triple| triples.push(triple.into_owned()));
/// }
/// assert!(triples.iter().all(|triple| store.contains(triple.as_ref()).unwrap()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_statement(statement: &Statement, namespaces: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    // Destructured, so that a field that is not mapped does not compile.
    let Statement { id, triple, kind, qualifiers, evidence, proposed_by } = statement;
    if let Some(asserted) = asserted_triple(statement) {
        emit(asserted);
    }
    let node = namespaces.statement(id);
    let mut write = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    write(vocab::rdf::REIFIES, TermRef::Triple(triple));
    match kind {
        Kind::Fact => write(vocab::rdf::TYPE, vocab::fl::FACT.into()),
        Kind::Claim(Claim { status, by }) => {
            write(vocab::rdf::TYPE, vocab::fl::CLAIM.into());
            write(vocab::fl::STATUS, (&status.iri(namespaces)).into());
            if let Some(by) = by {
                write(vocab::fl::BY, by.into());
            }
        }
        Kind::Inference(Derivation { rule, premises }) | Kind::Entailment(Derivation { rule, premises }) => {
            let class = if matches!(kind, Kind::Entailment(_)) { vocab::fl::ENTAILMENT } else { vocab::fl::INFERENCE };
            write(vocab::rdf::TYPE, class.into());
            write(vocab::sh::SOURCE_RULE, (&namespaces.rule(rule)).into());
            for premise in premises {
                match premise {
                    Premise::Statement(id) => write(vocab::prov::WAS_DERIVED_FROM, (&namespaces.statement(id)).into()),
                    Premise::Declared(triple) => write(vocab::prov::WAS_DERIVED_FROM, TermRef::Triple(triple)),
                }
            }
        }
    }
    for Qualifier { predicate, value } in qualifiers {
        write(predicate.as_ref(), value.into());
    }
    if let Some(name) = proposed_by {
        write(vocab::fl::PROPOSED_BY, LiteralRef::new_simple_literal(name).into());
    }
    // SPARQL cannot compare a year with a date.
    if let Some(Period { first, last }) = Period::of(qualifiers) {
        for (predicate, day) in [(vocab::fl::EARLIEST, first), (vocab::fl::LATEST, last)] {
            if let Some(day) = day {
                write(predicate, LiteralRef::new_typed_literal(&day.to_string(), vocab::xsd::DATE).into());
            }
        }
    }
    for evidence in evidence {
        let id = namespaces.evidence(&evidence_id(evidence, namespaces));
        emit(TripleRef::new(&node, vocab::fl::EVIDENCE, &id));
        write_evidence(evidence, id.as_ref(), namespaces, emit);
    }
}

/// The triple that a statement asserts; `None` for a claim.
pub fn asserted_triple(statement: &Statement) -> Option<TripleRef<'_>> {
    statement.is_asserted().then(|| statement.triple.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{StatementId, TimeValue};
    use oxigraph::model::{NamedNode, Triple};
    use proptest::prelude::*;

    fn times() -> impl Strategy<Value = TimeValue> {
        "(../|/)?19[78][0-9X](-(0[1-9]|1[0-2]|2[1-4]|XX)(-[0-2][1-9])?)?[?~%]?(/199[0-9]|/..|/)?"
            .prop_filter_map("a time", |t| TimeValue::parse(&t).ok())
    }

    fn qualifiers() -> impl Strategy<Value = Vec<Qualifier>> {
        let qualifier = (0..vocab::TIMES.len(), times()).prop_map(|(which, time)| Qualifier {
            predicate: vocab::TIMES[which].1.into(),
            value: time.literal().into(),
        });
        prop::collection::vec(qualifier, 0..4)
    }

    /// The value of `fl:earliest` or `fl:latest`.
    fn day(triples: &[Triple], predicate: NamedNodeRef<'_>) -> Option<String> {
        let mut days = triples.iter().filter(|triple| triple.predicate == predicate);
        let day = days.next().map(|triple| match triple.object.as_ref() {
            TermRef::Literal(literal) => literal.value().to_owned(),
            other => panic!("{other} is not a day"),
        });
        assert!(days.next().is_none(), "several days");
        day
    }

    fn statement(qualifiers: Vec<Qualifier>) -> Vec<Triple> {
        let node = |name: &str| NamedNode::new(format!("https://e.org/{name}")).unwrap();
        let triple = Triple::new(node("a"), node("b"), node("c"));
        let statement = Statement { qualifiers, ..Statement::new(StatementId::new("s").unwrap(), triple, Kind::Fact) };
        let mut triples = Vec::new();
        write_statement(&statement, &Namespaces::new("https://e.org/", &[]).unwrap(), &mut |t| {
            triples.push(t.into_owned());
        });
        triples
    }

    #[test]
    fn a_statement_without_an_end_has_no_latest_day() {
        let time = |predicate: NamedNodeRef<'_>| {
            vec![Qualifier { predicate: predicate.into(), value: TimeValue::parse("1973").unwrap().literal().into() }]
        };
        let days = |predicate| {
            let triples = statement(time(predicate));
            [vocab::fl::EARLIEST, vocab::fl::LATEST].map(|predicate| day(&triples, predicate))
        };
        let (first, last) = (|| Some("1973-01-01".to_owned()), || Some("1973-12-31".to_owned()));
        assert_eq!(days(vocab::fl::START_TIME), [first(), None]);
        assert_eq!(days(vocab::fl::END_TIME), [None, last()]);
        assert_eq!(days(vocab::fl::POINT_IN_TIME), [first(), last()]);
    }

    proptest! {
        #[test]
        fn the_days_in_the_graph_select_what_periods_select(
            qualifiers in qualifiers(), from in prop::option::of(times()), until in prop::option::of(times()),
        ) {
            let (from, until) = (from.as_ref().and_then(TimeValue::earliest), until.as_ref().and_then(TimeValue::latest));
            let period = Period::of(&qualifiers);
            let triples = statement(qualifiers);
            let [earliest, latest] = [vocab::fl::EARLIEST, vocab::fl::LATEST].map(|predicate| day(&triples, predicate));
            // The condition of docs/reference/rdf.md. Strings of this form are in the order of their days.
            let ends_before = matches!((&latest, from), (Some(latest), Some(from)) if *latest < from.to_string());
            let starts_after = matches!((&earliest, until), (Some(earliest), Some(until)) if *earliest > until.to_string());
            let is_dated = earliest.is_some() || latest.is_some();
            prop_assert_eq!(is_dated, period.is_some());
            if let Some(period) = period {
                prop_assert_eq!(!ends_before && !starts_after, period.overlaps(from, until));
            }
        }
    }
}
