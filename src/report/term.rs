//! What a graph has about a class, a property, a status or a rule: its description, its hierarchy, and how it is used.

use super::description::{iris, iris_json, labels_json, literals, named, other_labels, strings};
use crate::escape::terminal;
use crate::model::{Statement, StatementId, local_name, nfc, vocab};
use crate::output::{OutputError, StatementText, statement_json, statements_text};
use crate::store::{EdgeKind, Store, StoreError};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;

/// How many instances, statements or triples are shown as examples.
const MAX_EXAMPLES: usize = 3;

/// A class, a property, a status or a rule with its description.
#[derive(Clone, Debug, PartialEq)]
pub struct TermReport {
    /// The IRI.
    pub iri: NamedNode,
    /// Its labels in all languages, sorted by language.
    pub labels: Vec<Literal>,
    /// The comments that define it, or the description of a rule.
    pub comments: Vec<String>,
    /// The terms that it is directly a kind of, sorted by IRI: superclasses or superproperties.
    pub broader: Vec<NamedNode>,
    /// The terms that are directly a kind of it, sorted by IRI: subclasses or subproperties.
    pub narrower: Vec<NamedNode>,
    /// How it is used.
    pub usage: TermUsage,
}

/// How a graph uses a term.
#[derive(Clone, Debug, PartialEq)]
pub enum TermUsage {
    /// The members of a class, entailed ones included.
    Class {
        /// Their number.
        instances: usize,
        /// Some of them, the first by IRI.
        examples: Vec<NamedNode>,
    },
    /// The triples and statements of a property.
    Property {
        /// The classes of its subjects, sorted.
        domain: Vec<NamedNode>,
        /// The classes or datatypes of its objects, sorted.
        range: Vec<NamedNode>,
        /// The number of its triples in the graph: those of facts, inferences, entailments and descriptions.
        triples: usize,
        /// The number of its statements, without entailments.
        statements: usize,
        /// Some of its statements: facts first, then inferences, then claims.
        examples: Vec<Statement>,
        /// If it has none, as a property of statements or sources, some of its triples, the first by their N-Triples.
        example_triples: Vec<Triple>,
    },
    /// The claims with a status.
    Status {
        /// Their number.
        statements: usize,
        /// Some of them, the first by id.
        examples: Vec<Statement>,
    },
    /// The statements that a rule derives.
    Rule {
        /// Their number.
        statements: usize,
        /// Some of them, the first by id.
        examples: Vec<Statement>,
    },
}

impl TermReport {
    /// Reads the description of a class, a property, a status or a rule, and how the graph uses it. `None` if the graph has no such term.
    ///
    /// Takes time linear in the instances of a class or the statements of a status or a rule, and linear in the graph for a property.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    ///
    /// ```
    /// use factloom::report::{TermReport, TermUsage};
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let report = TermReport::new(&store, dataset.namespaces.resolve("v:signed")?)?.expect("a property");
    /// let TermUsage::Property { statements, .. } = report.usage else { panic!() };
    /// assert_eq!(statements, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(store: &Store, iri: NamedNode) -> Result<Option<Self>, StoreError> {
        let usage = match TermKind::of(store, iri.as_ref())? {
            None => return Ok(None),
            Some(TermKind::Class) => {
                let instances =
                    iris(store.subjects(vocab::rdf::TYPE, iri.as_ref().into())?.into_iter().map(Term::from));
                let examples = instances.iter().take(MAX_EXAMPLES).cloned().collect();
                TermUsage::Class { instances: instances.len(), examples }
            }
            Some(TermKind::Property) => {
                let (statements, examples) = statements_with(store, &iri)?;
                TermUsage::Property {
                    domain: iris(store.objects(iri.as_ref(), vocab::rdfs::DOMAIN)?),
                    range: iris(store.objects(iri.as_ref(), vocab::rdfs::RANGE)?),
                    triples: store.count(iri.as_ref(), None)?,
                    statements,
                    example_triples: if statements == 0 { first_triples(store, &iri)? } else { Vec::new() },
                    examples,
                }
            }
            Some(TermKind::Status) => {
                let (statements, examples) = statements_of(store, vocab::fl::STATUS, &iri)?;
                TermUsage::Status { statements, examples }
            }
            Some(TermKind::Rule) => {
                let (statements, examples) = statements_of(store, vocab::sh::SOURCE_RULE, &iri)?;
                TermUsage::Rule { statements, examples }
            }
        };
        let hierarchy = match usage {
            TermUsage::Property { .. } => vocab::rdfs::SUB_PROPERTY_OF,
            TermUsage::Class { .. } | TermUsage::Status { .. } | TermUsage::Rule { .. } => vocab::rdfs::SUB_CLASS_OF,
        };
        let narrower = store.subjects(hierarchy, iri.as_ref().into())?.into_iter().map(Term::from);
        let (mut broader, mut narrower) = (iris(store.objects(iri.as_ref(), hierarchy)?), iris(narrower));
        // By RDF Schema, each class and property is a kind of itself.
        broader.retain(|term| *term != iri);
        narrower.retain(|term| *term != iri);
        let mut comments = strings(store, &iri, vocab::rdfs::COMMENT)?;
        comments.extend(strings(store, &iri, vocab::dcterms::DESCRIPTION)?);
        Ok(Some(Self { labels: literals(store, &iri, vocab::rdfs::LABEL)?, comments, broader, narrower, usage, iri }))
    }

    /// The classes, properties, statuses and rules that an argument names, sorted by IRI: by an IRI or a prefixed name, or else by the
    /// last part of the IRI, or else by a label in any letter case. Takes time linear in the labels of the graph.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn find(store: &Store, name: &str) -> Result<Vec<NamedNode>, StoreError> {
        let is_term = |iri: &NamedNode| Ok::<_, StoreError>(TermKind::of(store, iri.as_ref())?.is_some());
        if let Ok(iri) = store.namespaces().resolve(name)
            && is_term(&iri)?
        {
            return Ok(vec![iri]);
        }
        let (name, folded) = (&*nfc(name), nfc(name).to_lowercase());
        let (mut by_name, mut by_label) = (BTreeSet::new(), BTreeSet::new());
        for triple in store.triples_with_predicate(vocab::rdfs::LABEL)? {
            let (NamedOrBlankNode::NamedNode(iri), Term::Literal(label)) = (triple.subject, triple.object) else {
                continue;
            };
            let (is_name, is_label) = (local_name(iri.as_str()) == name, nfc(label.value()).to_lowercase() == folded);
            if (is_name || is_label) && is_term(&iri)? {
                if is_name { &mut by_name } else { &mut by_label }.insert(iri);
            }
        }
        Ok(if by_name.is_empty() { by_label } else { by_name }.into_iter().collect())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TermKind {
    Class,
    Property,
    Status,
    Rule,
}

impl TermKind {
    /// The kind of a term: declared, or for classes and properties used as one.
    fn of(store: &Store, iri: NamedNodeRef<'_>) -> Result<Option<Self>, StoreError> {
        let types = iris(store.objects(iri, vocab::rdf::TYPE)?);
        let is_any = |classes: &[NamedNodeRef<'_>]| types.iter().any(|class| classes.contains(&class.as_ref()));
        let is_object_of = |predicate| Ok::<_, StoreError>(store.count(predicate, Some(iri.into()))? > 0);
        let properties = [vocab::rdf::PROPERTY, vocab::owl::OBJECT_PROPERTY, vocab::owl::DATATYPE_PROPERTY];
        Ok(if is_any(&properties) {
            Some(Self::Property)
        } else if is_any(&[vocab::rdfs::CLASS, vocab::owl::CLASS]) {
            Some(Self::Class)
        } else if is_any(&[vocab::fl::CLAIM_STATUS]) {
            Some(Self::Status)
        } else if is_any(&[vocab::sh::RULE]) {
            Some(Self::Rule)
        } else if store.count(iri, None)? > 0 || is_object_of(vocab::rdfs::SUB_PROPERTY_OF)? {
            Some(Self::Property)
        } else if is_object_of(vocab::rdf::TYPE)? || is_object_of(vocab::rdfs::SUB_CLASS_OF)? {
            Some(Self::Class)
        } else {
            None
        })
    }
}

/// The number of statements with a predicate, without entailments, and some of them.
fn statements_with(store: &Store, predicate: &NamedNode) -> Result<(usize, Vec<Statement>), StoreError> {
    let mut found = Vec::new();
    store.for_each_summary(|summary| {
        if summary.predicate == predicate && summary.kind != EdgeKind::Entailment {
            found.push((summary.kind, summary.id));
        }
        Ok::<_, StoreError>(())
    })?;
    found.sort();
    let examples = found.iter().take(MAX_EXAMPLES).map(|(_, id)| store.require_statement(id));
    Ok((found.len(), examples.collect::<Result<_, _>>()?))
}

/// The number of statements with a term as the value of a property, and some of them.
fn statements_of(
    store: &Store,
    property: NamedNodeRef<'_>,
    term: &NamedNode,
) -> Result<(usize, Vec<Statement>), StoreError> {
    let nodes = iris(store.subjects(property, term.as_ref().into())?.into_iter().map(Term::from));
    let ids: Vec<StatementId> =
        nodes.iter().filter_map(|node| store.namespaces().statement_id(node.as_ref())).collect();
    let examples = ids.iter().take(MAX_EXAMPLES).map(|id| store.require_statement(id));
    Ok((ids.len(), examples.collect::<Result<_, _>>()?))
}

/// The first triples with a predicate, by their N-Triples.
fn first_triples(store: &Store, predicate: &NamedNode) -> Result<Vec<Triple>, StoreError> {
    let mut triples = store.triples_with_predicate(predicate.as_ref())?;
    triples.sort_by_cached_key(ToString::to_string);
    triples.truncate(MAX_EXAMPLES);
    Ok(triples)
}

/// Writes a class, a property, a status or a rule: its description, then examples.
pub(super) fn term_text(
    report: &TermReport,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let TermReport { iri, labels, comments, broader, narrower, usage } = report;
    let namespaces = text.labels().namespaces();
    let name = text.labels().name(iri)?;
    writeln!(out, "{}", terminal::line(&name))?;
    let (kind, [up, down], used) = match usage {
        TermUsage::Class { instances, examples } => {
            let mut values = vec![instances.to_string()];
            if *instances > 0 {
                let more = if examples.len() < *instances { ", …" } else { "" };
                values[0] = format!("{instances}: {}{more}", named(examples, text)?.join(", "));
            }
            ("class", ["superclasses", "subclasses"], vec![("instances", values)])
        }
        TermUsage::Property { domain, range, triples, statements, example_triples, .. } => {
            let mut shown = vec![triples.to_string()];
            if let [first, ..] = &example_triples[..] {
                let more = if *triples > 1 { ", …" } else { "" };
                shown[0] = format!("{triples}: {}{more}", text.sentence(first)?);
            }
            (
                "property",
                ["superproperties", "subproperties"],
                vec![
                    ("domain", named(domain, text)?),
                    ("range", named(range, text)?),
                    ("triples", shown),
                    ("statements", vec![statements.to_string()]),
                ],
            )
        }
        TermUsage::Status { statements, .. } => {
            ("status", ["superclasses", "subclasses"], vec![("claims", vec![statements.to_string()])])
        }
        TermUsage::Rule { statements, .. } => {
            ("rule", ["superclasses", "subclasses"], vec![("statements", vec![statements.to_string()])])
        }
    };
    let description = [
        ("IRI", vec![namespaces.display(iri)]),
        ("kind", vec![kind.to_owned()]),
        ("labels", other_labels(labels, &name)),
        ("comment", comments.clone()),
        (up, named(broader, text)?),
        (down, named(narrower, text)?),
    ];
    for (field, values) in description.into_iter().chain(used) {
        if !values.is_empty() {
            writeln!(out, "    {field}: {}", terminal::line(&values.join(", ")))?;
        }
    }
    writeln!(out)?;
    match usage {
        TermUsage::Property { examples, .. }
        | TermUsage::Status { examples, .. }
        | TermUsage::Rule { examples, .. } => statements_text(examples.iter().cloned().map(Ok), text, out),
        TermUsage::Class { .. } => Ok(()),
    }
}

/// A class, a property, a status or a rule as JSON.
pub(super) fn term_json(report: &TermReport, text: &StatementText<'_>) -> Result<Value, StoreError> {
    let TermReport { iri, labels, comments, broader, narrower, usage } = report;
    let statements_json = |statements: &[Statement]| -> Result<Value, StoreError> {
        statements.iter().map(|statement| statement_json(statement, text)).collect()
    };
    let mut json = json!({
        "kind": null,
        "iri": iri.as_str(),
        "label": &*text.labels().name(iri)?,
        "labels": labels_json(labels),
        "comments": comments,
    });
    match usage {
        TermUsage::Class { instances, examples } => {
            json["kind"] = "class".into();
            json["superclasses"] = iris_json(broader).into();
            json["subclasses"] = iris_json(narrower).into();
            json["instances"] = (*instances).into();
            json["examples"] = iris_json(examples).into();
        }
        TermUsage::Property { domain, range, triples, statements, examples, example_triples } => {
            json["kind"] = "property".into();
            json["superproperties"] = iris_json(broader).into();
            json["subproperties"] = iris_json(narrower).into();
            json["domain"] = iris_json(domain).into();
            json["range"] = iris_json(range).into();
            json["triples"] = (*triples).into();
            json["statements"] = (*statements).into();
            json["examples"] = statements_json(examples)?;
            json["exampleTriples"] = example_triples.iter().map(|triple| json!(triple.to_string())).collect();
        }
        TermUsage::Status { statements, examples } => {
            json["kind"] = "status".into();
            json["statements"] = (*statements).into();
            json["examples"] = statements_json(examples)?;
        }
        TermUsage::Rule { statements, examples } => {
            json["kind"] = "rule".into();
            json["statements"] = (*statements).into();
            json["examples"] = statements_json(examples)?;
        }
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled() -> Store {
        crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap().1
    }

    #[test]
    fn a_term_is_found_by_its_iri_then_by_the_last_part_of_it_then_by_its_label() {
        let store = bundled();
        let found = |name| {
            let terms = TermReport::find(&store, name).unwrap();
            terms.iter().map(|term| store.namespaces().display(term)).collect::<Vec<_>>()
        };
        assert_eq!(found("v:signed"), ["v:signed"]);
        assert_eq!(found("https://factloom.example/psm/vocabulary/signed"), ["v:signed"]);
        assert_eq!(found("Source"), ["fl:Source"]);
        assert_eq!(found("HELPED build"), ["v:helpedBuild"]);
        assert_eq!(found("planned"), ["fl:planned"]);
        for name in ["e:russia", "Russia", "v:none", "none"] {
            assert!(found(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn statuses_and_rules_have_statements_and_properties_of_statements_triples() {
        let store = bundled();
        let report = |name: &str| TermReport::new(&store, store.namespaces().resolve(name).unwrap()).unwrap().unwrap();
        let TermUsage::Status { statements: planned, examples } = report("fl:planned").usage else { panic!() };
        assert!(planned > examples.len() && examples.iter().all(|claim| claim.kind.as_str() == "claim"));
        let rule = report("rule:located-in");
        assert!(rule.comments[0].contains("located in"), "{rule:?}");
        let TermUsage::Rule { statements: 4, examples } = rule.usage else { panic!("{rule:?}") };
        assert!(examples.iter().all(|inference| inference.kind.derivation().is_some()));
        let TermUsage::Property { examples, example_triples, .. } = report("v:leadTime").usage else { panic!() };
        assert!(examples.is_empty() && example_triples[0].to_string().contains("P1D"), "{example_triples:?}");
    }

    #[test]
    fn a_term_of_another_vocabulary_is_what_it_is_used_as() {
        let store = bundled();
        let report = |name: &str| TermReport::new(&store, store.namespaces().resolve(name).unwrap()).unwrap().unwrap();
        let country = report("schema:Country");
        assert!(country.narrower.iter().any(|class| class.as_str().ends_with("/State")), "{country:?}");
        assert!(matches!(country.usage, TermUsage::Class { instances: 1.., .. }), "{country:?}");
        let title = report("dcterms:title");
        assert!(matches!(title.usage, TermUsage::Property { triples: 1.., statements: 0, .. }), "{title:?}");
        assert!(title.broader.is_empty() && title.narrower.is_empty());
    }
}
