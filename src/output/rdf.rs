//! Graphs in RDF formats.

use super::rdf_xml::{RdfXmlWriter, require_representable};
use super::{GraphFormat, OutputError};
use crate::model::Namespaces;
use crate::store::{SortedTriples, StoreError};
use crate::triples::to_rdf11;
use crate::view::ViewTriples;
use oxigraph::io::{RdfFormat, RdfSerializer, WriterQuadSerializer};
use oxigraph::model::{GraphNameRef, Quad, QuadRef, TermRef, Triple, TripleRef};
use std::io::{self, Write};

/// The version of RDF to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RdfVersion {
    /// RDF 1.1: statements as `rdf:Statement`.
    V11,
    /// RDF 1.2: statements reify triple terms.
    #[default]
    V12,
}

/// Writes triples in the given order, with the prefixes that they use. Formats without triple terms get RDF 1.1.
///
/// # Errors
///
/// Returns an error if the output cannot be written. If the format cannot represent a triple, nothing is written.
///
/// ```
/// use factloom::output::{GraphFormat, NamedFormat, RdfVersion, write_graph};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let format = GraphFormat::from_name("ttl").unwrap();
/// let mut out = Vec::new();
/// write_graph(store.triples()?, format, RdfVersion::V12, &dataset.namespaces, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("@prefix e: <https://factloom.example/psm/entity/> ."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_graph(
    triples: Vec<Triple>,
    format: GraphFormat,
    version: RdfVersion,
    namespaces: &Namespaces,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    // JSON-LD 1.1 is RDF 1.1, except that it has base directions.
    if version == RdfVersion::V11 && format.supports_triple_terms() {
        triples.iter().try_for_each(|triple| require_no_direction(triple.object.as_ref()))?;
    }
    let triples = match version {
        RdfVersion::V12 if format.supports_triple_terms() => triples,
        RdfVersion::V11 | RdfVersion::V12 => to_rdf11(triples, namespaces),
    };
    let quads = triples.iter().map(|triple| triple.as_ref().in_graph(GraphNameRef::DefaultGraph));
    write_all(quads, format, namespaces, out)
}

/// Writes quads in the given order, as [`write_graph`] writes triples.
///
/// # Errors
///
/// Returns an error if the output cannot be written, or if the format does not support named graphs. If the format cannot represent a triple,
/// nothing is written.
pub fn write_quads(
    quads: &[Quad],
    format: GraphFormat,
    namespaces: &Namespaces,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    write_all(quads.iter().map(Quad::as_ref), format, namespaces, out)
}

fn write_all<'a>(
    quads: impl Iterator<Item = QuadRef<'a>> + Clone,
    format: GraphFormat,
    namespaces: &Namespaces,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    if format.0 == RdfFormat::RdfXml {
        quads.clone().try_for_each(|quad| require_representable(quad.into()))?;
    }
    let is_used = |namespace: &str| {
        quads.clone().any(|quad| {
            let graph =
                matches!(quad.graph_name, GraphNameRef::NamedNode(name) if name.as_str().starts_with(namespace));
            graph || mentions(quad.into(), namespace)
        })
    };
    let mut writer = GraphWriter::new(format, namespaces, is_used, out)?;
    for quad in quads {
        writer.write(quad)?;
    }
    writer.finish()
}

/// Writes the triples of a store, or those of a view, without collecting them first.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written. If the format cannot represent a triple, nothing is written.
pub fn write_sorted(
    triples: &SortedTriples,
    view: Option<&ViewTriples<'_>>,
    format: GraphFormat,
    namespaces: &Namespaces,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let is_selected = |triple: TripleRef<'_>| view.map_or(Ok(true), |view| view.contains(triple));
    let mut unused: Vec<&str> = namespaces.prefixes().iter().map(|(_, namespace)| namespace.as_str()).collect();
    match view {
        None => triples.for_each_term(|term| {
            unused.retain(|namespace| !term_mentions(term.as_ref(), namespace));
            !unused.is_empty()
        })?,
        Some(_) => triples.for_each(|triple| {
            if !unused.is_empty() && is_selected(triple)? {
                unused.retain(|namespace| !mentions(triple, namespace));
            }
            Ok::<_, StoreError>(())
        })?,
    }
    if format.0 == RdfFormat::RdfXml {
        triples.for_each(|triple| if is_selected(triple)? { require_representable(triple) } else { Ok(()) })?;
    }
    let mut writer = GraphWriter::new(format, namespaces, |namespace| !unused.contains(&namespace), out)?;
    triples.for_each(|triple| {
        if is_selected(triple)? {
            writer.write(triple.in_graph(GraphNameRef::DefaultGraph))?;
        }
        Ok::<_, OutputError>(())
    })?;
    writer.finish()
}

/// Returns an error if a term is or contains a literal with a base direction.
fn require_no_direction(term: TermRef<'_>) -> Result<(), OutputError> {
    match term {
        TermRef::Literal(literal) if literal.direction().is_some() => Err(OutputError::Direction(literal.to_string())),
        TermRef::Triple(triple) => require_no_direction(triple.object.as_ref()),
        TermRef::Literal(_) | TermRef::NamedNode(_) | TermRef::BlankNode(_) => Ok(()),
    }
}

enum GraphWriter<W: Write> {
    RdfXml(RdfXmlWriter<W>),
    Oxigraph(WriterQuadSerializer<W>),
}

impl<W: Write> GraphWriter<W> {
    fn new(
        format: GraphFormat,
        namespaces: &Namespaces,
        is_used: impl Fn(&str) -> bool,
        out: W,
    ) -> Result<Self, OutputError> {
        Ok(match format.0 {
            RdfFormat::RdfXml => {
                let used = namespaces.prefixes().iter().filter(|(_, namespace)| is_used(namespace));
                let used = used.map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()));
                Self::RdfXml(RdfXmlWriter::new(out, used)?)
            }
            _ => Self::Oxigraph(serializer(format, namespaces, is_used)?.for_writer(out)),
        })
    }

    fn write(&mut self, quad: QuadRef<'_>) -> Result<(), OutputError> {
        match self {
            Self::RdfXml(_) if !quad.graph_name.is_default_graph() => {
                let message = "RDF/XML does not support named graphs";
                Err(io::Error::new(io::ErrorKind::InvalidInput, message).into())
            }
            Self::RdfXml(writer) => writer.write(quad.into()),
            Self::Oxigraph(writer) => Ok(writer.serialize_quad(quad)?),
        }
    }

    fn finish(self) -> Result<(), OutputError> {
        match self {
            Self::RdfXml(writer) => writer.finish()?,
            Self::Oxigraph(writer) => writer.finish()?.flush()?,
        }
        Ok(())
    }
}

/// A serializer with the prefixes that are used.
pub(super) fn serializer(
    format: GraphFormat,
    namespaces: &Namespaces,
    is_used: impl Fn(&str) -> bool,
) -> io::Result<RdfSerializer> {
    // The other formats have an empty prefix, as in `:mill`.
    let is_supported = |prefix: &str| !prefix.is_empty() || !matches!(format.0, RdfFormat::JsonLd { .. });
    let all = namespaces.prefixes().iter();
    let prefixes = all.filter(|(prefix, namespace)| is_supported(prefix) && is_used(namespace));
    prefixes.into_iter().try_fold(RdfSerializer::from_format(format.0), |serializer, (prefix, iri)| {
        serializer.with_prefix(prefix, iri).map_err(io::Error::other)
    })
}

/// Whether a triple contains an IRI of a namespace.
fn mentions(triple: TripleRef<'_>, namespace: &str) -> bool {
    let terms = [triple.subject.into(), triple.predicate.into(), triple.object];
    terms.into_iter().any(|term| term_mentions(term, namespace))
}

fn term_mentions(term: TermRef<'_>, namespace: &str) -> bool {
    match term {
        TermRef::NamedNode(iri) => iri.as_str().starts_with(namespace),
        TermRef::Literal(literal) => literal.datatype().as_str().starts_with(namespace),
        TermRef::Triple(inner) => mentions(inner.as_ref(), namespace),
        TermRef::BlankNode(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::NamedFormat;
    use oxigraph::model::NamedNode;

    #[test]
    fn the_empty_prefix_is_used_in_formats_that_have_it() {
        let namespaces = Namespaces::standard().with_prefix("", "https://e.org/").unwrap();
        let node = |name: &str| NamedNode::new(format!("https://e.org/{name}")).unwrap();
        let written = |format| {
            let (format, mut out) = (GraphFormat::from_name(format).unwrap(), Vec::new());
            let triple = Triple::new(node("a"), node("b"), node("c"));
            write_graph(vec![triple], format, RdfVersion::V12, &namespaces, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        for format in ["turtle", "trig"] {
            assert_eq!(written(format), "@prefix : <https://e.org/> .\n:a :b :c .\n", "{format}");
        }
        assert!(!written("jsonld").contains("\"\""), "{}", written("jsonld"));
        assert!(written("rdf").contains("<b xmlns=\"https://e.org/\" "), "{}", written("rdf"));
    }
}
