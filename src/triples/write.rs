//! Writing the triples of statements.

use crate::model::{
    Claim, Derivation, Evidence, Kind, Namespaces, Premise, Qualifier, Selector, Stance, Statement, TimeValue,
    evidence_id, vocab,
};
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
    let Statement { id, triple, kind, qualifiers, evidence } = statement;
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
            write(vocab::fl::STATUS, status.term().into());
            if let Some(by) = by {
                write(vocab::fl::BY, by.into());
            }
        }
        Kind::Inference(Derivation { rule, premises }) => {
            write(vocab::rdf::TYPE, vocab::fl::INFERENCE.into());
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
    if let Some((earliest, latest)) = day_range(qualifiers) {
        write(vocab::fl::EARLIEST, LiteralRef::new_typed_literal(&earliest, vocab::xsd::DATE).into());
        write(vocab::fl::LATEST, LiteralRef::new_typed_literal(&latest, vocab::xsd::DATE).into());
    }
    for evidence in evidence {
        let id = namespaces.evidence(&evidence_id(evidence, namespaces));
        emit(TripleRef::new(&node, vocab::fl::EVIDENCE, &id));
        self::evidence(evidence, id.as_ref(), namespaces, emit);
    }
}

/// The triple that a fact or an inference asserts.
pub fn asserted_triple(statement: &Statement) -> Option<TripleRef<'_>> {
    statement.is_asserted().then(|| statement.triple.as_ref())
}

/// The earliest and the latest day of the time qualifiers. SPARQL cannot compare a year with a date.
fn day_range(qualifiers: &[Qualifier]) -> Option<(String, String)> {
    let timed = qualifiers.iter().filter(|q| vocab::TIMES.iter().any(|(_, predicate)| q.predicate == *predicate));
    let times: Vec<TimeValue> = timed.filter_map(Qualifier::time).collect();
    let earliest = times.iter().map(TimeValue::earliest).min()?;
    let latest = times.iter().map(TimeValue::latest).max()?;
    Some((earliest.to_owned(), latest.to_owned()))
}

fn evidence(evidence: &Evidence, node: NamedNodeRef<'_>, namespaces: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let Evidence { source, stance, quote, note, selector, span } = evidence;
    let Selector { nth, prefix, suffix } = selector;
    let mut write = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(node, predicate, object));
    write(vocab::oa::HAS_SOURCE, (&namespaces.source(source)).into());
    let texts =
        [(vocab::oa::EXACT, quote), (vocab::fl::NOTE, note), (vocab::oa::PREFIX, prefix), (vocab::oa::SUFFIX, suffix)];
    for (predicate, text) in texts {
        if let Some(text) = text {
            write(predicate, LiteralRef::new_simple_literal(text).into());
        }
    }
    if *stance == Stance::Disputes {
        write(vocab::fl::STANCE, vocab::fl::DISPUTES.into());
    }
    let mut number = |predicate, value: u32| {
        write(predicate, LiteralRef::new_typed_literal(&value.to_string(), vocab::xsd::INTEGER).into());
    };
    if let Some(nth) = nth {
        number(vocab::fl::NTH, *nth);
    }
    if let Some(span) = span {
        number(vocab::oa::START, span.start());
        number(vocab::oa::END, span.end());
        number(vocab::fl::LINE, span.line());
        number(vocab::fl::COLUMN, span.column());
        if span.parts().len() > 1 {
            for part in span.parts() {
                // A fragment identifier for plain text, as in RFC 5147.
                let part = format!("char={},{}", part.start, part.end);
                write(vocab::fl::PART, LiteralRef::new_simple_literal(&part).into());
            }
        }
    }
}
