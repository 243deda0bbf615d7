//! Graphs in RDF formats.

use super::{GraphFormat, OutputError};
use crate::escape::xml::WithoutCommands;
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
/// Returns an error if the output cannot be written.
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
) -> io::Result<()> {
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
/// Returns an error if the output cannot be written, or if the format does not support named graphs.
pub fn write_quads(
    quads: &[Quad],
    format: GraphFormat,
    namespaces: &Namespaces,
    out: &mut impl Write,
) -> io::Result<()> {
    write_all(quads.iter().map(Quad::as_ref), format, namespaces, out)
}

fn write_all<'a>(
    quads: impl Iterator<Item = QuadRef<'a>> + Clone,
    format: GraphFormat,
    namespaces: &Namespaces,
    out: &mut impl Write,
) -> io::Result<()> {
    let is_used = |namespace: &str| {
        quads.clone().any(|quad| {
            let graph =
                matches!(quad.graph_name, GraphNameRef::NamedNode(name) if name.as_str().starts_with(namespace));
            graph || mentions(quad.into(), namespace)
        })
    };
    let mut writer = writer(format, namespaces, is_used, out)?;
    for quad in quads {
        writer.serialize_quad(quad)?;
    }
    writer.finish()?.flush()?;
    Ok(())
}

/// Writes the triples of a store, or those of a view, without collecting them first.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
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
    let mut writer = writer(format, namespaces, |namespace| !unused.contains(&namespace), out)?;
    triples.for_each(|triple| {
        if is_selected(triple)? {
            writer.serialize_triple(triple)?;
        }
        Ok::<_, OutputError>(())
    })?;
    writer.finish()?.flush()?;
    Ok(())
}

fn writer<'a>(
    format: GraphFormat,
    namespaces: &Namespaces,
    is_used: impl Fn(&str) -> bool,
    out: &'a mut impl Write,
) -> io::Result<WriterQuadSerializer<Box<dyn Write + 'a>>> {
    let out: Box<dyn Write + 'a> = match format.0 {
        RdfFormat::RdfXml => Box::new(WithoutCommands::new(out)),
        _ => Box::new(out),
    };
    Ok(serializer(format, namespaces, is_used)?.for_writer(out))
}

/// A serializer with the prefixes that are used.
pub(super) fn serializer(
    format: GraphFormat,
    namespaces: &Namespaces,
    is_used: impl Fn(&str) -> bool,
) -> io::Result<RdfSerializer> {
    let prefixes = namespaces.prefixes().iter().filter(|(_, namespace)| is_used(namespace));
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
