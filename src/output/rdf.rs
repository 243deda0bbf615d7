//! Graphs in the formats of RDF.

use super::GraphFormat;
use crate::model::Names;
use crate::triples::to_rdf11;
use oxigraph::io::RdfSerializer;
use oxigraph::model::{Triple, TripleRef};
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

/// Writes triples in the order in which they are given, with the prefixes of the names where the format has any.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use factloom::output::{GraphFormat, NamedFormat, RdfVersion, write_graph};
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let format = GraphFormat::of_name("ttl").unwrap();
/// let mut out = Vec::new();
/// write_graph(store.triples()?, format, RdfVersion::V12, &dataset.names, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("@prefix e: <https://factloom.example/psm/entity/> ."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_graph(
    triples: Vec<Triple>,
    format: GraphFormat,
    version: RdfVersion,
    names: &Names,
    out: &mut impl Write,
) -> io::Result<()> {
    let triples = match version {
        RdfVersion::V11 => to_rdf11(triples, names),
        RdfVersion::V12 => triples,
    };
    let mut serializer = RdfSerializer::from_format(format.0);
    for (prefix, iri) in names.prefixes().iter().filter(|(_, iri)| triples.iter().any(|t| mentions(t.as_ref(), iri))) {
        serializer = serializer.with_prefix(prefix, iri).map_err(io::Error::other)?;
    }
    let mut writer = serializer.for_writer(&mut *out);
    for triple in &triples {
        writer.serialize_triple(triple)?;
    }
    writer.finish()?;
    Ok(())
}

/// Whether a triple holds an IRI of a namespace.
fn mentions(triple: TripleRef<'_>, namespace: &str) -> bool {
    use oxigraph::model::{NamedOrBlankNodeRef, TermRef};
    let subject = matches!(triple.subject, NamedOrBlankNodeRef::NamedNode(iri) if iri.as_str().starts_with(namespace));
    subject
        || triple.predicate.as_str().starts_with(namespace)
        || match triple.object {
            TermRef::NamedNode(iri) => iri.as_str().starts_with(namespace),
            TermRef::Literal(literal) => literal.datatype().as_str().starts_with(namespace),
            TermRef::Triple(inner) => mentions(inner.as_ref(), namespace),
            TermRef::BlankNode(_) => false,
        }
}
