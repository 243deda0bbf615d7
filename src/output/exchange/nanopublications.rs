//! Statements as nanopublications, in TriG. <https://nanopub.net/guidelines/working_draft/>

use crate::model::{Kind, Premise, Statement, StatementId, vocab};
use crate::output::{GraphFormat, OutputError, StatementText, serializer};
use crate::store::StoreError;
use crate::triples;
use crate::view::View;
use oxigraph::io::RdfFormat;
use oxigraph::model::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple, TripleRef};
use std::io::{self, Write};

/// Writes a nanopublication for each statement: an assertion, its provenance, and information about the publication.
///
/// A fact or an inference asserts its triple. A claim does not: its assertion describes an `rdf:Statement` with the status
/// and the speaker of the claim. Qualifiers are part of such a description. The output is RDF 1.1, since nanopublication tools
/// do not read RDF 1.2, and has no creation date, so that equal graphs give equal bytes.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn nanopublications(view: &View, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let names = text.labels().names();
    let serializer = serializer(GraphFormat(RdfFormat::TriG), names, |_| true)?;
    let serializer = serializer.with_prefix("np", vocab::np::NAMESPACE).map_err(io::Error::other)?;
    let mut writer = serializer.for_writer(&mut *out);
    for edge in view.statements() {
        let statement = text.store().require_statement(&edge.statement)?;
        for (name, triples) in Nanopublication::new(&statement, text)?.graphs()? {
            for triple in triples {
                writer.serialize_quad(triple.as_ref().in_graph(GraphNameRef::NamedNode(name.as_ref())))?;
            }
        }
    }
    writer.finish()?;
    Ok(())
}

struct Nanopublication<'a> {
    statement: &'a Statement,
    text: &'a StatementText<'a>,
    iri: NamedNode,
    /// The name of the assertion graph.
    assertion_iri: NamedNode,
    assertion: Vec<Triple>,
    provenance: Vec<Triple>,
}

impl<'a> Nanopublication<'a> {
    fn new(statement: &'a Statement, text: &'a StatementText<'a>) -> Result<Self, StoreError> {
        let (iri, assertion_iri) = (iri(&statement.id, "", text), iri(&statement.id, "/assertion", text));
        let (assertion, provenance) = (Vec::new(), Vec::new());
        let mut this = Self { statement, text, iri, assertion_iri, assertion, provenance };
        this.split_statement();
        this.add_provenance()?;
        Ok(this)
    }

    /// Divides the triples of the statement into assertion and provenance.
    fn split_statement(&mut self) {
        let (statement, names) = (self.statement, self.text.labels().names());
        let node = NamedOrBlankNode::from(names.statement(&statement.id));
        let is_described = !statement.is_asserted() || !statement.qualifiers.is_empty();
        let mut all = Vec::new();
        triples::write_statement(statement, names, &mut |triple| all.push(triple.into_owned()));
        for triple in all {
            let about_assertion = || Triple { subject: self.assertion_iri.clone().into(), ..triple.clone() };
            if triple.subject != node {
                match Some(triple.as_ref()) == triples::asserted_triple(statement) {
                    true => self.assertion.push(triple),
                    false => self.provenance.push(triple),
                }
                continue;
            }
            match triple.predicate.as_ref() {
                vocab::fl::EVIDENCE | vocab::sh::SOURCE_RULE => self.provenance.push(about_assertion()),
                // Premises are linked by their nanopublications.
                vocab::prov::WAS_DERIVED_FROM => {}
                vocab::rdf::TYPE => {
                    self.provenance.push(about_assertion());
                    self.assertion.extend(is_described.then_some(triple));
                }
                _ => self.assertion.extend(is_described.then_some(triple)),
            }
        }
    }

    fn add_provenance(&mut self) -> Result<(), StoreError> {
        let (names, store) = (self.text.labels().names(), self.text.store());
        let about = self.assertion_iri.clone();
        let mut add = |predicate: NamedNodeRef<'_>, object: Term| {
            self.provenance.push(Triple::new(about.clone(), predicate, object));
        };
        match &self.statement.kind {
            Kind::Fact => {}
            Kind::Claim(claim) => {
                if let Some(by) = &claim.by {
                    add(vocab::prov::WAS_ATTRIBUTED_TO, by.clone().into());
                }
            }
            Kind::Inference(derivation) => {
                for premise in &derivation.premises {
                    add(
                        vocab::prov::WAS_DERIVED_FROM,
                        match premise {
                            Premise::Statement(id) => iri(id, "", self.text).into(),
                            Premise::Declared(triple) => triple.clone().into(),
                        },
                    );
                }
            }
        }
        let mut sources: Vec<NamedNode> = self.statement.evidence.iter().map(|e| names.source(&e.source)).collect();
        sources.dedup();
        for source in &sources {
            add(vocab::prov::WAS_DERIVED_FROM, source.clone().into());
        }
        for source in &sources {
            self.provenance.extend(store.triples_with_subject(source.as_ref())?);
        }
        Ok(())
    }

    fn publication_info(&self) -> Result<Vec<Triple>, StoreError> {
        let (labels, names) = (self.text.labels(), self.text.labels().names());
        let string = |text: &str| Literal::new_simple_literal(text);
        let mut info = vec![
            Triple::new(self.iri.clone(), vocab::rdfs::LABEL, string(&self.text.sentence(&self.statement.triple)?)),
            Triple::new(self.iri.clone(), vocab::dcterms::SOURCE, names.statement(&self.statement.id)),
            Triple::new(self.iri.clone(), vocab::dcterms::IDENTIFIER, string(self.statement.id.as_str())),
        ];
        let Triple { subject, predicate, object } = &self.statement.triple;
        for term in [Term::from(subject.clone()), predicate.clone().into(), object.clone()] {
            if let Term::NamedNode(node) = term
                && let Some(label) = labels.get(&node)?
            {
                info.push(Triple::new(node, vocab::rdfs::LABEL, string(&label)));
            }
        }
        Ok(info)
    }

    /// The four graphs with their names.
    fn graphs(self) -> Result<[(NamedNode, Vec<Triple>); 4], StoreError> {
        let info = self.publication_info()?;
        let names = self.text.labels().names();
        let [head, provenance_iri, info_iri] =
            ["/head", "/provenance", "/pubinfo"].map(|suffix| iri(&self.statement.id, suffix, self.text));
        let triple = |predicate: NamedNodeRef<'_>, object: NamedNodeRef<'_>| {
            TripleRef::new(&self.iri, predicate, object).into_owned()
        };
        let head_triples = vec![
            triple(vocab::rdf::TYPE, vocab::np::NANOPUBLICATION),
            triple(vocab::np::HAS_ASSERTION, self.assertion_iri.as_ref()),
            triple(vocab::np::HAS_PROVENANCE, provenance_iri.as_ref()),
            triple(vocab::np::HAS_PUBLICATION_INFO, info_iri.as_ref()),
        ];
        Ok([
            (head, head_triples),
            (self.assertion_iri, triples::to_rdf11(self.assertion, names)),
            (provenance_iri, triples::to_rdf11(self.provenance, names)),
            (info_iri, info),
        ])
    }
}

/// The IRI of a statement's nanopublication, or of one of its graphs.
fn iri(id: &StatementId, suffix: &str, text: &StatementText<'_>) -> NamedNode {
    NamedNode::new_unchecked(format!("{}nanopublication/{id}{suffix}", text.labels().names().base()))
}
