//! The W3C formats, as Oxigraph writes them, with corrections where other readers would not read the same terms.

use crate::escape::csv::needs_quotes;
use crate::escape::json::EscapeControls;
use crate::escape::xml::{UnsupportedCharacter, WithoutCommands, require_supported};
use crate::output::OutputError;
use oxigraph::model::{Literal, Term, TermRef};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::borrow::Cow;
use std::io::Write;

/// Writes rows in a W3C format.
pub(crate) fn write_standard(
    solutions: QuerySolutionIter<'_>,
    format: QueryResultsFormat,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    match format {
        QueryResultsFormat::Xml => {
            let mut out = WithoutCommands::new(out);
            serialize(solutions, format, &mut out)?;
            Ok(out.flush()?)
        }
        QueryResultsFormat::Json => serialize(solutions, format, &mut EscapeControls(out)),
        _ => serialize(solutions, format, out),
    }
}

fn serialize(
    solutions: QuerySolutionIter<'_>,
    format: QueryResultsFormat,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let serializer = QueryResultsSerializer::from_format(format);
    let mut writer = serializer.serialize_solutions_to_writer(&mut *out, solutions.variables().to_vec())?;
    for solution in solutions {
        let solution: QuerySolution = solution?;
        let quoted = |term| if format == QueryResultsFormat::Csv { quoted_for_csv(term) } else { Cow::Borrowed(term) };
        let terms: Vec<_> = solution.iter().map(|(variable, term)| (variable, quoted(term))).collect();
        if format == QueryResultsFormat::Xml {
            terms.iter().try_for_each(|(_, term)| require_supported_term((&**term).into()))?;
        }
        writer.serialize(terms.iter().map(|(variable, term)| (*variable, &**term)))?;
    }
    writer.finish()?;
    Ok(())
}

/// A term as a string if CSV must quote it: the serializer quotes only literals, but an IRI may contain a comma, and a
/// triple term anything.
fn quoted_for_csv(term: &Term) -> Cow<'_, Term> {
    if let Term::NamedNode(_) | Term::Triple(_) = term {
        let text = csv_text(term.as_ref());
        if needs_quotes(&text) {
            return Cow::Owned(Literal::new_simple_literal(text).into());
        }
    }
    Cow::Borrowed(term)
}

/// A term in a CSV cell, before quoting.
pub(crate) fn csv_text(term: TermRef<'_>) -> Cow<'_, str> {
    match term {
        TermRef::NamedNode(iri) => iri.as_str().into(),
        TermRef::BlankNode(blank) => blank.to_string().into(),
        TermRef::Literal(literal) => literal.value().into(),
        TermRef::Triple(triple) => {
            let subject = csv_text(triple.subject.as_ref().into()).into_owned();
            format!("{subject} {} {}", triple.predicate.as_str(), csv_text(triple.object.as_ref())).into()
        }
    }
}

/// Returns an error if a literal contains a character that XML 1.0 cannot represent.
fn require_supported_term(term: TermRef<'_>) -> Result<(), UnsupportedCharacter> {
    match term {
        TermRef::Literal(literal) => require_supported(literal.value()),
        TermRef::Triple(triple) => require_supported_term(triple.object.as_ref()),
        TermRef::NamedNode(_) | TermRef::BlankNode(_) => Ok(()),
    }
}
