//! Statements as nanopublications, in TriG. <https://nanopub.net/guidelines/working_draft/>

use crate::model::{Derivation, Kind, Namespaces, Premise, Statement, StatementId, vocab};
use crate::output::{GraphFormat, ResultsError, StatementText, serializer};
use crate::store::StoreError;
use crate::triples;
use crate::view::View;
use oxigraph::io::{RdfFormat, WriterQuadSerializer};
use oxigraph::model::{
    GraphName, Literal, LiteralRef, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, QuadRef, Term, TermRef, Triple,
    TripleRef,
};
use std::io::Write;

/// Writes a nanopublication for each statement: what is asserted, what it rests on, and what is known of the publication.
///
/// The assertion of a fact or of an inference is its triple. That of a claim is not: it is a description of the claim, as an
/// `rdf:Statement` with its status and who says so. Qualifiers are said of such a description too. RDF 1.1, since tools for
/// nanopublications read no other. There is no date of creation: the same graph gives the same bytes.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn nanopublications(view: &View, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let names = text.labels().names();
    let serializer = serializer(GraphFormat(RdfFormat::TriG), names, |_| true)?;
    let serializer = serializer.with_prefix("np", vocab::np::NAMESPACE).map_err(std::io::Error::other)?;
    let mut writer = serializer.for_writer(&mut *out);
    for edge in view.statements() {
        let statement = text.store().require_statement(&edge.statement)?;
        for (name, triples) in Publication::new(&statement, text)?.graphs() {
            for triple in triples {
                writer_quad(&mut writer, &triple, &name)?;
            }
        }
    }
    writer.finish()?;
    Ok(())
}

fn writer_quad<W: Write>(
    writer: &mut WriterQuadSerializer<W>,
    triple: &Triple,
    name: &GraphName,
) -> Result<(), ResultsError> {
    let Triple { subject, predicate, object } = triple;
    Ok(writer.serialize_quad(QuadRef::new(subject, predicate, object, name))?)
}

/// The IRI of a statement's nanopublication, or of one of its graphs.
fn iri(id: &StatementId, graph: &str, names: &Namespaces) -> NamedNode {
    NamedNode::new_unchecked(format!("{}nanopublication/{id}{graph}", names.base()))
}

struct Publication<'a> {
    statement: &'a Statement,
    text: &'a StatementText<'a>,
    names: &'a Namespaces,
    this: NamedNode,
    assertion: Vec<Triple>,
    provenance: Vec<Triple>,
    info: Vec<Triple>,
}

impl<'a> Publication<'a> {
    fn new(statement: &'a Statement, text: &'a StatementText<'a>) -> Result<Self, StoreError> {
        let names = text.labels().names();
        let (assertion, provenance, info) = (Vec::new(), Vec::new(), Vec::new());
        let this = iri(&statement.id, "", names);
        let mut publication = Self { statement, text, names, this, assertion, provenance, info };
        publication.split();
        publication.tell_provenance()?;
        publication.tell_info()?;
        Ok(publication)
    }

    /// Distributes the triples of the statement: what it says, and what it rests on.
    fn split(&mut self) {
        let (statement, names) = (self.statement, self.names);
        let node = names.statement(&statement.id);
        let described = !statement.is_asserted() || !statement.qualifiers.is_empty();
        let about = iri(&statement.id, "/assertion", names);
        let mut said = Vec::new();
        triples::write_statement(statement, names, &mut |triple| said.push(triple.into_owned()));
        for triple in said {
            let is_own = triple.subject.as_ref() == NamedOrBlankNodeRef::from(node.as_ref());
            let predicate = triple.predicate.as_ref();
            let of_evidence = [vocab::fl::EVIDENCE, vocab::sh::SOURCE_RULE].contains(&predicate);
            if is_own && of_evidence {
                self.provenance.push(Triple::new(about.clone(), triple.predicate, triple.object));
            } else if is_own && predicate == vocab::rdf::TYPE {
                self.provenance.push(Triple::new(about.clone(), triple.predicate.clone(), triple.object.clone()));
                self.assertion.extend(described.then_some(triple));
            } else if is_own && predicate == vocab::prov::WAS_DERIVED_FROM {
                // Premises are linked to by their nanopublications.
            } else if is_own {
                self.assertion.extend(described.then_some(triple));
            } else if Some(triple.as_ref()) == triples::asserted_triple(statement) {
                self.assertion.push(triple);
            } else {
                self.provenance.push(triple);
            }
        }
        self.assertion = triples::to_rdf11(std::mem::take(&mut self.assertion), names);
    }

    fn tell_provenance(&mut self) -> Result<(), StoreError> {
        let (names, about) = (self.names, iri(&self.statement.id, "/assertion", self.names));
        let mut derived = |from: TermRef<'_>| {
            self.provenance.push(TripleRef::new(&about, vocab::prov::WAS_DERIVED_FROM, from).into_owned());
        };
        match &self.statement.kind {
            Kind::Inference(Derivation { premises, .. }) => {
                for premise in premises {
                    match premise {
                        Premise::Statement(id) => derived((&iri(id, "", names)).into()),
                        Premise::Declared(triple) => derived(TermRef::Triple(triple)),
                    }
                }
            }
            Kind::Claim(claim) => {
                if let Some(by) = &claim.by {
                    let attributed = TripleRef::new(&about, vocab::prov::WAS_ATTRIBUTED_TO, by);
                    self.provenance.push(attributed.into_owned());
                }
            }
            Kind::Fact => {}
        }
        let mut sources: Vec<NamedNode> =
            self.statement.evidence.iter().map(|evidence| names.source(&evidence.source)).collect();
        sources.dedup();
        for source in sources {
            let derived = TripleRef::new(&about, vocab::prov::WAS_DERIVED_FROM, &source);
            self.provenance.push(derived.into_owned());
            self.provenance.extend(self.text.store().triples_with_subject(source.as_ref())?);
        }
        self.provenance = triples::to_rdf11(std::mem::take(&mut self.provenance), names);
        Ok(())
    }

    fn tell_info(&mut self) -> Result<(), StoreError> {
        let (sentence, labels) = (self.text.sentence(self.statement)?, self.text.labels());
        let node = self.names.statement(&self.statement.id);
        let id = LiteralRef::new_simple_literal(self.statement.id.as_str());
        let mut info = vec![
            TripleRef::new(&self.this, vocab::rdfs::LABEL, LiteralRef::new_simple_literal(&sentence)).into_owned(),
            TripleRef::new(&self.this, vocab::dcterms::SOURCE, &node).into_owned(),
            TripleRef::new(&self.this, vocab::dcterms::IDENTIFIER, id).into_owned(),
        ];
        let Triple { subject, predicate, object } = &self.statement.triple;
        for term in [Term::from(subject.clone()), predicate.clone().into(), object.clone()] {
            if let Term::NamedNode(named) = term
                && let Some(label) = labels.get(&named)?
            {
                info.push(Triple::new(named, vocab::rdfs::LABEL, Literal::new_simple_literal(&*label)));
            }
        }
        self.info = info;
        Ok(())
    }

    /// The four graphs, with their names.
    fn graphs(self) -> [(GraphName, Vec<Triple>); 4] {
        let graph = |name: &str| iri(&self.statement.id, name, self.names);
        let parts = [
            (vocab::np::HAS_ASSERTION, "/assertion"),
            (vocab::np::HAS_PROVENANCE, "/provenance"),
            (vocab::np::HAS_PUBLICATION_INFO, "/pubinfo"),
        ];
        let say = |predicate: NamedNodeRef<'_>, object: NamedNodeRef<'_>| {
            TripleRef::new(&self.this, predicate, object).into_owned()
        };
        let mut head = vec![say(vocab::rdf::TYPE, vocab::np::NANOPUBLICATION)];
        head.extend(parts.map(|(predicate, name)| say(predicate, graph(name).as_ref())));
        [
            (graph("/head").into(), head),
            (graph("/assertion").into(), self.assertion),
            (graph("/provenance").into(), self.provenance),
            (graph("/pubinfo").into(), self.info),
        ]
    }
}
