//! Proposals in RDF: in the mapping of `factloom export`, with triple terms or with the reification of RDF 1.1.

use super::{ReadFile, ReadProposal, Unreadable};
use crate::authoring::fact_json::FactJson;
use crate::authoring::import::object::RawObject;
use crate::dataset::Dataset;
use crate::model::{Kind, Namespaces, vocab};
use crate::store::{DocumentOptions, GraphBuilder, GraphMetadata, Store};
use crate::triples::{from_rdf11, read_each_statement};
use oxigraph::io::RdfFormat;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{HashMap, HashSet};

/// How the ids of nodes begin that had none: blank nodes, and IRIs outside the dataset.
const NUMBERED: &str = "proposed-";

/// Reads the statements of a document. Derived ones are set aside.
pub(super) fn read(text: &str, format: RdfFormat, dataset: &Dataset) -> ReadFile {
    let mut file = ReadFile::default();
    let triples = match triples(text, format, dataset) {
        Ok((triples, notes)) => {
            file.notes = notes;
            triples
        }
        Err(message) => {
            let content = Err(Unreadable::new(message, "correct the document", ""));
            file.proposals.push(ReadProposal { line: 0, content });
            return file;
        }
    };
    let triples = with_statement_nodes(from_rdf11(triples), &dataset.namespaces);
    let mut derived = 0;
    for read in read_each_statement(triples.iter().map(Triple::as_ref), &dataset.namespaces) {
        let content = match read {
            Ok(statement) if matches!(statement.kind, Kind::Inference(_) | Kind::Entailment(_)) => {
                derived += 1;
                continue;
            }
            Ok(statement) => {
                let has_id = !statement.id.as_str().starts_with(NUMBERED);
                let fact = FactJson::new(&statement, dataset);
                let json = fact.and_then(|mut fact| {
                    fact.id = fact.id.filter(|_| has_id);
                    serde_json::to_string(&fact).ok()
                });
                let object = json.and_then(|json| RawObject::parse(&json));
                object.ok_or_else(|| {
                    let message = format!("`{}` has a blank node or a triple term", statement.id);
                    Unreadable::new(message, "name an entity or a literal", "")
                })
            }
            Err(error) => {
                Err(Unreadable::new(error.to_string(), "describe the statement as `factloom export` does", ""))
            }
        };
        file.proposals.push(ReadProposal { line: 0, content });
    }
    if derived > 0 {
        file.notes.push(format!("set aside: {derived} inferences and entailments, which the rules derive"));
    }
    if file.proposals.is_empty() {
        file.notes.push(
            "the document has no statements: nodes with `rdf:reifies`, or of the type `rdf:Statement`".to_owned(),
        );
    }
    file
}

/// The triples of a document, and notes about it.
fn triples(text: &str, format: RdfFormat, dataset: &Dataset) -> Result<(Vec<Triple>, Vec<String>), String> {
    let mut builder = GraphBuilder::new();
    let options = DocumentOptions { base: Some(dataset.namespaces.base()), contexts: None };
    let notes = builder.read_with(format, &options, text.as_bytes()).map_err(|e| e.to_string())?;
    let store = Store::build(builder, GraphMetadata::new(dataset.namespaces.clone())).map_err(|e| e.to_string())?;
    Ok((store.triples().map_err(|e| e.to_string())?, notes))
}

/// Gives an IRI in the namespace of statements to each node that reifies a triple and has none, one to each blank node, and the class of facts or
/// of claims to statements without one.
fn with_statement_nodes(triples: Vec<Triple>, namespaces: &Namespaces) -> Vec<Triple> {
    let mut statements: Vec<NamedOrBlankNode> = Vec::new();
    let (mut claims, mut typed) = (HashSet::new(), HashSet::new());
    for triple in &triples {
        if triple.predicate == vocab::rdf::REIFIES {
            statements.push(triple.subject.clone());
        } else if triple.predicate == vocab::fl::STATUS {
            claims.insert(triple.subject.clone());
        } else if triple.predicate == vocab::rdf::TYPE && is_class(&triple.object) {
            typed.insert(triple.subject.clone());
        }
    }
    statements.sort_by_cached_key(ToString::to_string);
    statements.dedup();
    let own = |node: &NamedNode| namespaces.statement_id(node.as_ref()).is_some();
    let mut renamed: HashMap<NamedOrBlankNode, NamedNode> = HashMap::new();
    let iri = |number: usize| NamedNode::new(format!("{}statement/{NUMBERED}{number}", namespaces.base()));
    for (number, node) in statements.iter().enumerate() {
        if !matches!(node, NamedOrBlankNode::NamedNode(node) if own(node))
            && let Ok(iri) = iri(number)
        {
            renamed.insert(node.clone(), iri);
        }
    }
    let mut blank = statements.len();
    for triple in &triples {
        if triple.subject.is_blank_node() && !renamed.contains_key(&triple.subject) {
            blank += 1;
            renamed.extend(iri(blank).ok().map(|iri| (triple.subject.clone(), iri)));
        }
    }
    let name = |node: NamedOrBlankNode| renamed.get(&node).map_or(node, |iri| iri.clone().into());
    let rename = |triple: Triple| {
        let object = match triple.object {
            Term::BlankNode(blank) => match renamed.get(&NamedOrBlankNode::from(blank.clone())) {
                Some(iri) => iri.clone().into(),
                None => blank.into(),
            },
            object => object,
        };
        Triple::new(name(triple.subject), triple.predicate, object)
    };
    let untyped = statements.iter().filter(|node| !typed.contains(node)).map(|node| {
        let class = if claims.contains(node) { vocab::fl::CLAIM } else { vocab::fl::FACT };
        Triple::new(name(node.clone()), vocab::rdf::TYPE, class)
    });
    let untyped: Vec<Triple> = untyped.collect();
    // The mapping has one class.
    let nodes: HashSet<&NamedOrBlankNode> = statements.iter().collect();
    let is_foreign_class = |triple: &Triple| {
        triple.predicate == vocab::rdf::TYPE && nodes.contains(&triple.subject) && !is_class(&triple.object)
    };
    triples.into_iter().filter(|triple| !is_foreign_class(triple)).map(rename).chain(untyped).collect()
}

/// Whether a term is a class of statements in the mapping.
fn is_class(term: &Term) -> bool {
    let classes = [vocab::fl::FACT, vocab::fl::CLAIM, vocab::fl::INFERENCE, vocab::fl::ENTAILMENT];
    matches!(term, Term::NamedNode(node) if classes.contains(&node.as_ref()))
}
