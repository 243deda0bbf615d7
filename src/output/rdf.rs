//! Graphs in the formats of RDF.

use super::GraphFormat;
use super::solutions::CarriageReturns;
use crate::model::Namespaces;
use crate::store::{SortedTriples, StoreError};
use crate::triples::to_rdf11;
use crate::view::ViewTriples;
use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::{GraphName, Quad, TermRef, Triple, TripleRef};
use std::io::{self, Write};

/// Which version of RDF is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RdfVersion {
    /// RDF 1.1: statements as `rdf:Statement`.
    V11,
    /// RDF 1.2: statements reify triple terms.
    #[default]
    V12,
}

/// Writes triples in the order in which they are given, with the prefixes of the names where the format has any. A format
/// that has no form for triple terms is given RDF 1.1.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use factloom::output::{GraphFormat, NamedFormat, RdfVersion, write_graph};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let format = GraphFormat::from_name("ttl").unwrap();
/// let mut out = Vec::new();
/// write_graph(store.triples()?, format, RdfVersion::V12, &dataset.names, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("@prefix e: <https://factloom.example/psm/entity/> ."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_graph(
    triples: Vec<Triple>,
    format: GraphFormat,
    version: RdfVersion,
    names: &Namespaces,
    out: &mut impl Write,
) -> io::Result<()> {
    let triples = match version {
        RdfVersion::V12 if format.supports_triple_terms() => triples,
        RdfVersion::V11 | RdfVersion::V12 => to_rdf11(triples, names),
    };
    let used = |namespace: &str| triples.iter().any(|t| mentions(t.as_ref(), namespace));
    let mut writer = serializer(format, names, used)?.for_writer(lines(format, out));
    for triple in &triples {
        writer.serialize_triple(triple)?;
    }
    writer.finish()?;
    Ok(())
}

/// Writes the triples of a store as they come, as [`write_graph`] writes a list of them.
///
/// # Errors
///
/// Those of the writer, and those of the store as such.
pub fn write_sorted(
    triples: &SortedTriples,
    format: GraphFormat,
    names: &Namespaces,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut unseen: Vec<&str> = names.prefixes().iter().map(|(_, namespace)| namespace.as_str()).collect();
    triples
        .for_each_term(|term| {
            unseen.retain(|namespace| !term_mentions(term.as_ref(), namespace));
            !unseen.is_empty()
        })
        .map_err(io::Error::other)?;
    let mut writer =
        serializer(format, names, |namespace| !unseen.contains(&namespace))?.for_writer(lines(format, out));
    triples.for_each(|triple| writer.serialize_triple(triple).map_err(Failed::Writer)).map_err(Failed::into_io)?;
    writer.finish()?;
    Ok(())
}

/// Writes the part of a store's triples that belongs to a view, as [`write_sorted`] writes all of them.
///
/// # Errors
///
/// Those of the writer, and those of the store as such.
pub fn write_subgraph(
    triples: &SortedTriples,
    part: &ViewTriples<'_>,
    format: GraphFormat,
    names: &Namespaces,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut unseen: Vec<&str> = names.prefixes().iter().map(|(_, namespace)| namespace.as_str()).collect();
    let look = |triple: TripleRef<'_>| {
        if !unseen.is_empty() && part.contains(triple)? {
            unseen.retain(|namespace| !mentions(triple, namespace));
        }
        Ok(())
    };
    triples.for_each(look).map_err(Failed::into_io)?;
    let mut writer =
        serializer(format, names, |namespace| !unseen.contains(&namespace))?.for_writer(lines(format, out));
    let write = |triple: TripleRef<'_>| match part.contains(triple)? {
        true => writer.serialize_triple(triple).map_err(Failed::Writer),
        false => Ok(()),
    };
    triples.for_each(write).map_err(Failed::into_io)?;
    writer.finish()?;
    Ok(())
}

/// What writing the triples of a store can fail with.
enum Failed {
    Writer(io::Error),
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failed {
    fn into_io(self) -> io::Error {
        match self {
            Self::Writer(error) => error,
            Self::Store(error) => io::Error::other(error),
        }
    }
}

/// Writes quads in the order in which they are given, as [`write_graph`] writes triples.
///
/// # Errors
///
/// Those of the writer; and where the format cannot hold named graphs.
pub fn write_quads(quads: &[Quad], format: GraphFormat, names: &Namespaces, out: &mut impl Write) -> io::Result<()> {
    let used = |namespace: &str| {
        quads.iter().any(|quad| {
            let name = matches!(&quad.graph_name, GraphName::NamedNode(name) if name.as_str().starts_with(namespace));
            name || mentions(quad.as_ref().into(), namespace)
        })
    };
    let mut writer = serializer(format, names, used)?.for_writer(lines(format, out));
    for quad in quads {
        writer.serialize_quad(quad)?;
    }
    writer.finish()?;
    Ok(())
}

/// The writer, with carriage returns seen to where the format is XML.
fn lines<'a>(format: GraphFormat, out: &'a mut impl Write) -> Box<dyn Write + 'a> {
    match format.0 {
        RdfFormat::RdfXml => Box::new(CarriageReturns(out)),
        _ => Box::new(out),
    }
}

/// A serializer with the prefixes that are used.
pub(super) fn serializer(
    format: GraphFormat,
    names: &Namespaces,
    used: impl Fn(&str) -> bool,
) -> io::Result<RdfSerializer> {
    let prefixes = names.prefixes().iter().filter(|(_, namespace)| used(namespace));
    prefixes.into_iter().try_fold(RdfSerializer::from_format(format.0), |serializer, (prefix, iri)| {
        serializer.with_prefix(prefix, iri).map_err(io::Error::other)
    })
}

/// Whether a triple holds an IRI of a namespace.
fn mentions(triple: TripleRef<'_>, namespace: &str) -> bool {
    let parts = [triple.subject.into(), triple.predicate.into(), triple.object];
    parts.into_iter().any(|term| term_mentions(term, namespace))
}

/// Whether a term is, or holds, an IRI of a namespace.
fn term_mentions(term: TermRef<'_>, namespace: &str) -> bool {
    match term {
        TermRef::NamedNode(iri) => iri.as_str().starts_with(namespace),
        TermRef::Literal(literal) => literal.datatype().as_str().starts_with(namespace),
        TermRef::Triple(inner) => mentions(inner.as_ref(), namespace),
        TermRef::BlankNode(_) => false,
    }
}
