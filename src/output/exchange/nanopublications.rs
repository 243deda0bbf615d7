//! Statements as nanopublications, in TriG. <https://nanopub.net/guidelines/working_draft/>

use crate::model::{Kind, Namespaces, Premise, Statement, StatementId, vocab};
use crate::output::{GraphFormat, OutputError, StatementText, serializer};
use crate::store::StoreError;
use crate::triples;
use crate::view::View;
use oxigraph::io::RdfFormat;
use oxigraph::model::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::io::{self, Write};

/// Writes a nanopublication for each statement: an assertion, its provenance, and information about the publication.
///
/// Every statement except a claim asserts its triple. The assertion of a claim describes an `rdf:Statement` with the
/// status and the speaker of the claim. Qualifiers are part of such a description. The output is RDF 1.1, since nanopublication tools
/// do not read RDF 1.2, and has no creation date, so that equal graphs give equal bytes.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn nanopublications(view: &View, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let namespaces = text.labels().namespaces();
    let serializer = serializer(GraphFormat(RdfFormat::TriG), namespaces, |_| true)?;
    let serializer = serializer.with_prefix("np", vocab::np::NAMESPACE).map_err(io::Error::other)?;
    let mut writer = serializer.for_writer(&mut *out);
    for edge in view.statements() {
        let statement = text.store().require_statement(&edge.statement)?;
        for (name, triples) in graphs(&statement, text)? {
            for triple in triples {
                writer.serialize_quad(triple.as_ref().in_graph(GraphNameRef::NamedNode(name.as_ref())))?;
            }
        }
    }
    writer.finish()?;
    Ok(())
}

/// The IRI of a statement's nanopublication, or of one of its graphs.
fn iri(id: &StatementId, suffix: &str, namespaces: &Namespaces) -> NamedNode {
    NamedNode::new_unchecked(format!("{}nanopublication/{id}{suffix}", namespaces.base()))
}

/// The four graphs of a nanopublication with their names.
fn graphs(statement: &Statement, text: &StatementText<'_>) -> Result<[(NamedNode, Vec<Triple>); 4], StoreError> {
    let namespaces = text.labels().namespaces();
    let [this, head, assertion, provenance, info] =
        ["", "/head", "/assertion", "/provenance", "/pubinfo"].map(|suffix| iri(&statement.id, suffix, namespaces));
    let triple = |predicate: NamedNodeRef<'_>, object: NamedNodeRef<'_>| Triple::new(this.clone(), predicate, object);
    let head_triples = vec![
        triple(vocab::rdf::TYPE, vocab::np::NANOPUBLICATION),
        triple(vocab::np::HAS_ASSERTION, assertion.as_ref()),
        triple(vocab::np::HAS_PROVENANCE, provenance.as_ref()),
        triple(vocab::np::HAS_PUBLICATION_INFO, info.as_ref()),
    ];
    let (asserted, mut derived) = split(statement, &assertion, namespaces);
    add_provenance(statement, &assertion, text, &mut derived)?;
    let info_triples = publication_info(statement, &this, text)?;
    Ok([
        (head, head_triples),
        (assertion, triples::to_rdf11(asserted, namespaces)),
        (provenance, triples::to_rdf11(derived, namespaces)),
        (info, info_triples),
    ])
}

/// Divides the triples of a statement into its assertion and its provenance.
fn split(statement: &Statement, assertion_iri: &NamedNode, namespaces: &Namespaces) -> (Vec<Triple>, Vec<Triple>) {
    let node = NamedOrBlankNode::from(namespaces.statement(&statement.id));
    let is_described = !statement.is_asserted() || !statement.qualifiers.is_empty();
    let (mut assertion, mut provenance) = (Vec::new(), Vec::new());
    triples::write_statement(statement, namespaces, &mut |triple| {
        let about_assertion = || Triple { subject: assertion_iri.clone().into(), ..triple.into_owned() };
        match triple.predicate {
            _ if triple.subject != node.as_ref() => match Some(triple) == triples::asserted_triple(statement) {
                true => assertion.push(triple.into_owned()),
                false => provenance.push(triple.into_owned()),
            },
            vocab::fl::EVIDENCE | vocab::sh::SOURCE_RULE => provenance.push(about_assertion()),
            // Premises are linked by their nanopublications.
            vocab::prov::WAS_DERIVED_FROM => {}
            predicate => {
                if predicate == vocab::rdf::TYPE {
                    provenance.push(about_assertion());
                }
                assertion.extend(is_described.then(|| triple.into_owned()));
            }
        }
    });
    (assertion, provenance)
}

/// Adds the speaker of a claim, the premises of an inference or an entailment, and the sources.
fn add_provenance(
    statement: &Statement,
    assertion_iri: &NamedNode,
    text: &StatementText<'_>,
    provenance: &mut Vec<Triple>,
) -> Result<(), StoreError> {
    let namespaces = text.labels().namespaces();
    let mut origins: Vec<Term> = Vec::new();
    match &statement.kind {
        Kind::Fact => {}
        Kind::Claim(claim) => {
            let attributed =
                |by: &NamedNode| Triple::new(assertion_iri.clone(), vocab::prov::WAS_ATTRIBUTED_TO, by.clone());
            provenance.extend(claim.by.as_ref().map(attributed));
        }
        Kind::Inference(derivation) | Kind::Entailment(derivation) => {
            origins.extend(derivation.premises.iter().map(|premise| match premise {
                Premise::Statement(id) => Term::from(iri(id, "", namespaces)),
                Premise::Declared(triple) => triple.clone().into(),
            }));
        }
    }
    let mut sources: Vec<NamedNode> = statement.evidence.iter().map(|e| namespaces.source(&e.source)).collect();
    sources.dedup();
    origins.extend(sources.iter().cloned().map(Term::from));
    let derived = |origin| Triple::new(assertion_iri.clone(), vocab::prov::WAS_DERIVED_FROM, origin);
    provenance.extend(origins.into_iter().map(derived));
    for source in &sources {
        provenance.extend(text.store().triples_with_subject(source.as_ref())?);
    }
    Ok(())
}

/// The sentence, the id and the labels of a statement.
fn publication_info(
    statement: &Statement,
    this: &NamedNode,
    text: &StatementText<'_>,
) -> Result<Vec<Triple>, StoreError> {
    let string = |text: &str| Literal::new_simple_literal(text);
    let node = text.labels().namespaces().statement(&statement.id);
    let mut info = vec![
        Triple::new(this.clone(), vocab::rdfs::LABEL, string(&text.sentence(&statement.triple)?)),
        Triple::new(this.clone(), vocab::dcterms::SOURCE, node),
        Triple::new(this.clone(), vocab::dcterms::IDENTIFIER, string(statement.id.as_str())),
    ];
    let Triple { subject, predicate, object } = statement.triple.clone();
    // A built-in status has no label.
    let status = statement.kind.status().map(|status| status.iri(text.labels().namespaces()).into());
    for term in [Term::from(subject), predicate.into(), object].into_iter().chain(status) {
        if let Term::NamedNode(node) = term
            && let Some(label) = text.labels().get(&node)?
        {
            info.push(Triple::new(node, vocab::rdfs::LABEL, string(&label)));
        }
    }
    Ok(info)
}
