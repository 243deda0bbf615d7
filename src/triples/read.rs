//! Reading statements from triples.

use super::evidence::read_evidence;
use super::node::{Node, Problem, Properties, object, string};
use crate::model::{Claim, ClaimStatus, Derivation, Kind, Namespaces, Premise, Qualifier, Statement, vocab};
use oxigraph::model::{NamedNodeRef, NamedOrBlankNodeRef, TermRef, Triple, TripleRef};
use std::collections::BTreeMap;

/// Why the triples of a node are not a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid statement `{node}`: {problem}")]
pub struct MappingError {
    /// The IRI of the node.
    pub node: String,
    /// The problem.
    pub problem: String,
}

impl MappingError {
    /// The error for a node without triples.
    pub(crate) fn missing(node: NamedNodeRef<'_>) -> Self {
        Self { node: node.as_str().to_owned(), problem: "missing `rdf:reifies`".to_owned() }
    }
}

/// Reads the statements of a graph, sorted by id.
///
/// # Errors
///
/// Returns an error if a node with `rdf:reifies` is not one that the mapping writes, such as one that reifies two triples.
///
/// ```
/// use factloom::triples;
/// use oxigraph::model::Triple;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let triples = store.triples()?;
/// let read = triples::read_statements(triples.iter().map(Triple::as_ref), &dataset.namespaces)?;
/// assert_eq!(read.len(), store.statements().count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_statements<'a>(
    triples: impl IntoIterator<Item = TripleRef<'a>>,
    namespaces: &Namespaces,
) -> Result<Vec<Statement>, MappingError> {
    let mut found: Vec<Statement> = read_each_statement(triples, namespaces).into_iter().collect::<Result<_, _>>()?;
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// Reads the statements of a graph, in the order of the IRIs of their nodes, with an error for each node that is not one that the mapping
/// writes.
pub(crate) fn read_each_statement<'a>(
    triples: impl IntoIterator<Item = TripleRef<'a>>,
    namespaces: &Namespaces,
) -> Vec<Result<Statement, MappingError>> {
    let mut nodes: BTreeMap<&str, Properties<'a>> = BTreeMap::new();
    for triple in triples {
        if let NamedOrBlankNodeRef::NamedNode(subject) = triple.subject {
            nodes.entry(subject.as_str()).or_default().push((triple.predicate, triple.object));
        }
    }
    let reader = Reader { nodes: &nodes, namespaces };
    let is_statement = |node: &Properties<'_>| node.iter().any(|(predicate, _)| *predicate == vocab::rdf::REIFIES);
    let found = nodes.iter().filter(|(_, node)| is_statement(node));
    found.map(|(iri, node)| reader.statement(iri, node)).collect()
}

struct Reader<'a, 'n> {
    nodes: &'n BTreeMap<&'a str, Properties<'a>>,
    namespaces: &'n Namespaces,
}

impl Reader<'_, '_> {
    fn statement(&self, iri: &str, node: Node<'_, '_>) -> Result<Statement, MappingError> {
        self.read(iri, node).map_err(|problem| MappingError { node: iri.to_owned(), problem })
    }

    fn read(&self, iri: &str, node: Node<'_, '_>) -> Result<Statement, Problem> {
        let id = self
            .namespaces
            .statement_id(NamedNodeRef::new_unchecked(iri))
            .ok_or("its IRI is not in the namespace of statements")?;
        let Some(TermRef::Triple(triple)) = object(node, vocab::rdf::REIFIES)? else {
            return Err("`rdf:reifies` has no triple term".to_owned());
        };
        let class = object(node, vocab::rdf::TYPE)?;
        let kind = if class == Some(vocab::fl::FACT.into()) {
            Kind::Fact
        } else if class == Some(vocab::fl::CLAIM.into()) {
            Kind::Claim(self.claim(node)?)
        } else if class == Some(vocab::fl::INFERENCE.into()) {
            Kind::Inference(self.derivation(node)?)
        } else if class == Some(vocab::fl::ENTAILMENT.into()) {
            Kind::Entailment(self.derivation(node)?)
        } else {
            return Err("not a fact, claim, inference or entailment".to_owned());
        };
        let mut statement = Statement::new(id, triple.clone(), kind);
        for (predicate, object) in node {
            if *predicate == vocab::fl::EVIDENCE {
                let node = match object {
                    TermRef::NamedNode(iri) => self.nodes.get(iri.as_str()),
                    _ => None,
                };
                let evidence = read_evidence(node.map_or(&[][..], |node| node), self.namespaces);
                statement.evidence.push(evidence.map_err(|problem| format!("evidence {object}: {problem}"))?);
            } else if !vocab::RESERVED.contains(predicate) {
                let qualifier = Qualifier { predicate: predicate.into_owned(), value: object.into_owned() };
                statement.qualifiers.push(qualifier);
            }
        }
        statement.proposed_by = string(node, vocab::fl::PROPOSED_BY)?;
        statement.normalize();
        Ok(statement)
    }

    fn derivation(&self, node: Node<'_, '_>) -> Result<Derivation, Problem> {
        let rule = match object(node, vocab::sh::SOURCE_RULE)? {
            Some(TermRef::NamedNode(rule)) => self.namespaces.rule_name(rule),
            _ => None,
        };
        let rule = rule.ok_or("missing or invalid rule")?.to_owned();
        let derived = node.iter().filter(|(p, _)| *p == vocab::prov::WAS_DERIVED_FROM);
        let premises = derived.map(|(_, premise)| {
            let read = match premise {
                TermRef::NamedNode(iri) => self.namespaces.statement_id(*iri).map(Premise::Statement),
                TermRef::Triple(triple) => Some(Premise::Declared(Triple::clone(triple))),
                _ => None,
            };
            read.ok_or_else(|| format!("invalid premise {premise}"))
        });
        Ok(Derivation { rule, premises: premises.collect::<Result<_, _>>()? })
    }

    fn claim(&self, node: Node<'_, '_>) -> Result<Claim, Problem> {
        let status = object(node, vocab::fl::STATUS)?;
        let status = match status {
            Some(TermRef::NamedNode(iri)) => ClaimStatus::from_iri(iri, self.namespaces),
            _ => None,
        };
        let by = match object(node, vocab::fl::BY)? {
            None => None,
            Some(TermRef::NamedNode(by)) => Some(by.into_owned()),
            Some(other) => return Err(format!("the speaker is not an IRI: {other}")),
        };
        Ok(Claim { status: status.ok_or("missing or unknown claim status")?, by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BuiltInStatus, Evidence, SourceWords, Span, StatementId, StatusId, TimeValue};
    use crate::triples::evidence::tests::any_evidence;
    use crate::triples::write_statement;
    use oxigraph::model::{Literal, NamedNode, Term};
    use proptest::prelude::*;

    fn node(name: impl std::fmt::Display) -> NamedNode {
        NamedNode::new(format!("https://e.org/entity/{name}")).unwrap()
    }

    fn terms() -> impl Strategy<Value = Term> {
        prop_oneof![
            (0..9).prop_map(|n| node(n).into()),
            ".*".prop_map(|t| Literal::new_simple_literal(t).into()),
            ".*".prop_map(|t| Literal::new_language_tagged_literal(t, "ur").unwrap().into()),
            any::<i64>().prop_map(|n| Literal::from(n).into()),
        ]
    }

    fn triples() -> impl Strategy<Value = Triple> {
        (0..9, 0..9, terms()).prop_map(|(s, p, o)| Triple::new(node(s), node(format!("p{p}")), o))
    }

    /// The built-in statuses and a declared one.
    fn statuses() -> Vec<ClaimStatus> {
        let declared = ClaimStatus::Declared(StatusId::new("rumoured").unwrap());
        BuiltInStatus::ALL.map(ClaimStatus::BuiltIn).into_iter().chain([declared]).collect()
    }

    fn kinds() -> impl Strategy<Value = Kind> {
        let by = prop::option::of((0..9).prop_map(node));
        let premises = prop::collection::vec(triples(), 0..3).prop_map(|mut given| {
            given.sort_by_key(ToString::to_string);
            given.dedup();
            let first = Premise::Statement(StatementId::new("first").unwrap());
            [first].into_iter().chain(given.into_iter().map(Premise::Declared)).collect()
        });
        prop_oneof![
            Just(Kind::Fact),
            (prop::sample::select(statuses()), by).prop_map(|(status, by)| Kind::Claim(Claim { status, by })),
            (premises, any::<bool>()).prop_map(|(premises, is_entailment)| {
                let derivation = Derivation { rule: "some-rule".into(), premises };
                if is_entailment { Kind::Entailment(derivation) } else { Kind::Inference(derivation) }
            }),
        ]
    }

    prop_compose! {
        fn qualifiers()(own in 0..2, value in terms(), time in 0_usize..4) -> Qualifier {
            let times = ["1973", "197X", "1971/1973", "2025-07-11"];
            match own {
                0 => Qualifier { predicate: node("q"), value },
                _ => Qualifier {
                    predicate: vocab::fl::START_TIME.into(),
                    value: TimeValue::parse(times[time]).unwrap().literal().into(),
                },
            }
        }
    }

    prop_compose! {
        fn statements_()(
            triple in triples(), kind in kinds(),
            qualifiers in prop::collection::vec(qualifiers(), 0..4), evidence in prop::collection::vec(any_evidence(), 0..4),
        ) -> (Triple, Kind, Vec<Qualifier>, Vec<Evidence>) { (triple, kind, qualifiers, evidence) }
    }

    /// The statements of Turtle with the prefixes of the mapping, or the problem and the node.
    fn read(turtle: &str) -> Result<Vec<Statement>, MappingError> {
        let prefixes = "PREFIX st: <https://e.org/statement/> PREFIX ev: <https://e.org/evidence/>
            PREFIX src: <https://e.org/source/> PREFIX e: <https://e.org/entity/> PREFIX fl: <https://factloom.example/ns#>
            PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX oa: <http://www.w3.org/ns/oa#>\n";
        let text = format!("{prefixes}{turtle}");
        let parser = oxigraph::io::RdfParser::from_format(oxigraph::io::RdfFormat::Turtle);
        let triples: Vec<Triple> = parser.for_slice(text.as_bytes()).map(|quad| quad.unwrap().into()).collect();
        read_statements(triples.iter().map(Triple::as_ref), &Namespaces::new("https://e.org/", &[]).unwrap())
    }

    #[test]
    fn a_node_that_could_be_two_statements_is_an_error() {
        let fact = "st:s a fl:Fact ; rdf:reifies <<( e:a e:b e:c )>>";
        let evidence = format!("{fact} ; fl:evidence ev:v . ev:v oa:hasSource src:s ; oa:exact \"one\"");
        assert_eq!(read(&format!("{evidence} .")).unwrap().len(), 1);
        for (turtle, problem) in [
            (
                format!("{fact} , <<( e:a e:b e:d )>> ."),
                "<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> has more than one value: \
                 <<( <https://e.org/entity/a> <https://e.org/entity/b> <https://e.org/entity/c> )>> and \
                 <<( <https://e.org/entity/a> <https://e.org/entity/b> <https://e.org/entity/d> )>>",
            ),
            (
                format!("{fact} ; a fl:Claim ; fl:status fl:denied ."),
                "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> has more than one value: \
                 <https://factloom.example/ns#Claim> and <https://factloom.example/ns#Fact>",
            ),
            (
                "st:s a fl:Claim ; rdf:reifies <<( e:a e:b e:c )>> ; fl:status fl:denied , fl:planned .".to_owned(),
                "<https://factloom.example/ns#status> has more than one value: \
                 <https://factloom.example/ns#denied> and <https://factloom.example/ns#planned>",
            ),
            (
                format!("{evidence} , \"two\" ."),
                "evidence <https://e.org/evidence/v>: <http://www.w3.org/ns/oa#exact> has more than one value: \
                 \"one\" and \"two\"",
            ),
        ] {
            let error = read(&turtle).unwrap_err();
            assert_eq!(
                (error.node.as_str(), error.problem.as_str()),
                ("https://e.org/statement/s", problem),
                "{turtle}"
            );
        }
    }

    #[test]
    fn a_triple_that_is_repeated_counts_once() {
        let statements = read("st:s a fl:Fact , fl:Fact ; rdf:reifies <<( e:a e:b e:c )>> , <<( e:a e:b e:c )>> .");
        assert_eq!(statements.unwrap().len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn statements_are_read_as_they_were_written(parts in prop::collection::vec(statements_(), 0..8)) {
            let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
            // Evidence with one id has one span, because the span of a quote and the words there do not depend on the statement.
            let mut spans_by_id: BTreeMap<String, (Option<Span>, Option<Box<SourceWords>>)> = BTreeMap::new();
            let mut written = Vec::new();
            for (index, (triple, kind, qualifiers, mut evidence)) in parts.into_iter().enumerate() {
                for e in &mut evidence {
                    let id = crate::model::evidence_id(e, &namespaces).to_string();
                    let found = (e.span.clone(), e.source_words.clone());
                    (e.span, e.source_words) = spans_by_id.entry(id).or_insert(found).clone();
                }
                let proposed_by = (index % 2 == 1).then(|| format!("model {index}"));
                let id = StatementId::new(&format!("n{index}")).unwrap();
                let mut s = Statement { id, triple, kind, qualifiers, evidence, proposed_by };
                s.normalize();
                written.push(s);
            }
            let mut graph: Vec<Triple> = Vec::new();
            for s in &written {
                write_statement(s, &namespaces, &mut |t| graph.push(t.into_owned()));
            }
            graph.sort_by_key(ToString::to_string);
            graph.dedup();
            prop_assert_eq!(read_statements(graph.iter().map(Triple::as_ref), &namespaces), Ok(written));
        }
    }
}
