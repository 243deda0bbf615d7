//! The W3C's formats, as Oxigraph writes them, save where other readers would not read the same again.

use super::{ResultsError, xml};
use oxigraph::model::{Literal, Term, TermRef};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::borrow::Cow;
use std::io::Write;

/// Writes rows in a format of the W3C's.
pub(crate) fn standard(
    solutions: QuerySolutionIter<'_>,
    format: QueryResultsFormat,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    match format {
        QueryResultsFormat::Xml => serialize(solutions, format, xml::writable, &mut xml::CarriageReturns(out)),
        QueryResultsFormat::Csv => serialize(solutions, format, |term| Ok(in_csv(term)), out),
        _ => serialize(solutions, format, |term| Ok(Cow::Borrowed(term)), out),
    }
}

/// Writes rows, each term as it is to be handed to Oxigraph's serializer.
fn serialize(
    solutions: QuerySolutionIter<'_>,
    format: QueryResultsFormat,
    written: impl Fn(&Term) -> Result<Cow<'_, Term>, ResultsError>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let serializer = QueryResultsSerializer::from_format(format);
    let mut writer = serializer.serialize_solutions_to_writer(&mut *out, solutions.variables().to_vec())?;
    for solution in solutions {
        let solution: QuerySolution = solution?;
        let terms = solution.iter().map(|(variable, term)| Ok((variable, written(term)?)));
        let terms = terms.collect::<Result<Vec<_>, ResultsError>>()?;
        writer.serialize(terms.iter().map(|(variable, term)| (*variable, &**term)))?;
    }
    writer.finish()?;
    Ok(())
}

/// A term that is quoted in CSV where it must be. The serializer sees to literals alone, but a comma may stand in an IRI, and
/// anything in the literal of a triple term.
fn in_csv(term: &Term) -> Cow<'_, Term> {
    if let Term::NamedNode(_) | Term::Triple(_) = term {
        let text = plain(term.as_ref());
        if text.contains(['"', ',', '\n', '\r']) {
            return Cow::Owned(Literal::new_simple_literal(text).into());
        }
    }
    Cow::Borrowed(term)
}

/// A term as CSV has it, before quoting.
fn plain(term: TermRef<'_>) -> Cow<'_, str> {
    match term {
        TermRef::NamedNode(iri) => iri.as_str().into(),
        TermRef::BlankNode(blank) => blank.to_string().into(),
        TermRef::Literal(literal) => literal.value().into(),
        TermRef::Triple(triple) => {
            let subject = plain(triple.subject.as_ref().into()).into_owned();
            format!("{subject} {} {}", triple.predicate.as_str(), plain(triple.object.as_ref())).into()
        }
    }
}
