//! The labels of the blank nodes of a document in a graph of several documents.

use crate::store::compiled::interner::Interner;
use oxigraph::io::RdfFormat;
use oxigraph::model::{BlankNode, GraphName, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::FxHashMap;

/// The labels that a parser generates have at least this length: they are 128 random bits in hexadecimal, without leading zeros.
const MIN_RANDOM_LENGTH: usize = 20;

/// The new labels of a document's blank nodes. They begin with `f`, a number, and `.`, or `-` if the node has no label in the document.
#[derive(Clone, Copy)]
pub(super) struct BlankNodeLabels {
    number: usize,
    renamed: Renamed,
}

/// The blank nodes that do not keep their labels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Renamed {
    None,
    /// Those with a label that may be a new one of this document.
    Reserved,
    All,
}

impl BlankNodeLabels {
    /// The labels of the document with this number, counted from 1. Those of a document that is read into an empty graph stay as far as
    /// possible. The labels of another one get a number that no node has.
    pub(super) fn new(terms: &Interner, document: usize, format: RdfFormat) -> Self {
        if terms.len() == 0 {
            let renamed = if requires_labels(format) { Renamed::None } else { Renamed::Reserved };
            return Self { number: document, renamed };
        }
        let number = terms.blank_labels().filter_map(number_of).max().map_or(document, |last| document.max(last + 1));
        Self { number, renamed: Renamed::All }
    }

    /// The new label of a blank node; `None` if it keeps its label.
    pub(super) fn new_label(self, label: &str) -> Option<String> {
        let is_renamed = match self.renamed {
            Renamed::None => false,
            Renamed::Reserved => number_of(label) == Some(self.number),
            Renamed::All => true,
        };
        is_renamed.then(|| format!("f{}.{label}", self.number))
    }
}

/// The number of a label that may be a new one of a document.
fn number_of(label: &str) -> Option<usize> {
    let (number, _) = label.strip_prefix('f')?.split_once(['.', '-'])?;
    // Numbers that no document reaches are those of other labels.
    number.parse().ok().filter(|number| *number < usize::MAX >> 1)
}

fn requires_labels(format: RdfFormat) -> bool {
    matches!(format, RdfFormat::NTriples | RdfFormat::NQuads)
}

/// Relabels the blank nodes of a document in which some have no labels. The parser makes up random ones; these become `f1-1`, `f1-2` and so
/// on in the order of appearance, so that the graph is the same each time.
pub(super) struct Relabeling {
    labels: BlankNodeLabels,
    /// The numbers of the nodes without labels; `None` if the format requires labels.
    unlabelled: Option<FxHashMap<u128, usize>>,
}

impl Relabeling {
    pub(super) fn new(labels: BlankNodeLabels, format: RdfFormat) -> Self {
        Self { labels, unlabelled: (!requires_labels(format)).then(FxHashMap::default) }
    }

    pub(super) fn rename(&mut self, quad: &mut Quad) {
        self.rename_subject(&mut quad.subject);
        self.rename_object(&mut quad.object);
        if let GraphName::BlankNode(node) = &mut quad.graph_name {
            self.rename_node(node);
        }
    }

    fn rename_node(&mut self, node: &mut BlankNode) {
        let label = match (random_id(node), &mut self.unlabelled) {
            (Some(id), Some(unlabelled)) => {
                let next = unlabelled.len() + 1;
                let number = *unlabelled.entry(id).or_insert(next);
                Some(format!("f{}-{number}", self.labels.number))
            }
            _ => self.labels.new_label(node.as_str()),
        };
        if let Some(label) = label {
            *node = BlankNode::new_unchecked(label);
        }
    }

    fn rename_subject(&mut self, subject: &mut NamedOrBlankNode) {
        if let NamedOrBlankNode::BlankNode(node) = subject {
            self.rename_node(node);
        }
    }

    fn rename_object(&mut self, object: &mut Term) {
        match object {
            Term::BlankNode(node) => self.rename_node(node),
            Term::Triple(triple) => {
                let Triple { subject, predicate: _, object } = &mut **triple;
                self.rename_subject(subject);
                self.rename_object(object);
            }
            Term::NamedNode(_) | Term::Literal(_) => {}
        }
    }
}

/// The number in a label that a parser made up. A label of the document in this form is treated in the same way.
fn random_id(node: &BlankNode) -> Option<u128> {
    node.as_ref().unique_id().filter(|_| node.as_str().len() >= MIN_RANDOM_LENGTH)
}

#[cfg(test)]
mod tests {
    use crate::store::GraphBuilder;
    use oxigraph::io::{JsonLdProfileSet, RdfFormat};
    use std::collections::BTreeSet;

    /// The quads of documents in one graph.
    fn quads(documents: &[(RdfFormat, &str)]) -> Vec<String> {
        let mut builder = GraphBuilder::new();
        for (format, text) in documents {
            builder.read(*format, Some("http://e/"), text.as_bytes()).unwrap();
        }
        let graph = builder.finish().unwrap();
        let mut lines: Vec<String> = graph.quads().map(|quad| quad.unwrap().to_string()).collect();
        lines.sort();
        lines
    }

    const JSON_LD: RdfFormat = RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() };

    #[test]
    fn blank_nodes_without_labels_are_numbered_in_the_order_of_appearance() {
        let turtle = "<http://e/a> <http://e/p> [ <http://e/q> ( 1 [] ) ] , _:b .";
        let expected = quads(&[(RdfFormat::Turtle, turtle)]);
        assert_eq!(expected.len(), 7);
        assert!(expected.contains(&"<http://e/a> <http://e/p> _:b".to_owned()), "{expected:?}");
        assert!(expected.iter().any(|line| line.contains("_:f1-1")), "{expected:?}");
        for (format, text) in [
            (RdfFormat::Turtle, turtle),
            (RdfFormat::TriG, "[] <http://e/p> [] . [] { [] <http://e/p> ( [] ) }"),
            (RdfFormat::N3, "[] <http://e/p> ( [] [] ) ."),
            (
                RdfFormat::RdfXml,
                r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
                <e:C><e:p rdf:parseType="Collection"><e:C/><e:D/></e:p><e:q rdf:parseType="Resource"><e:r>x</e:r></e:q></e:C>
                </rdf:RDF>"#,
            ),
            (JSON_LD, r#"[{"http://e/p": [{"http://e/q": {"@list": [1, {}]}}, {}], "@graph": [{"http://e/p": {}}]}]"#),
        ] {
            let once = quads(&[(format, text)]);
            assert_eq!(once, quads(&[(format, text)]), "{format:?}");
            assert!(once.len() > 1, "{format:?}: {once:?}");
        }
    }

    #[test]
    fn what_was_written_is_read_again_with_the_same_labels() {
        let documents = [
            (RdfFormat::Turtle, "[] <http://e/p> [] , _:b , _:f3-1 ."),
            (RdfFormat::NTriples, "_:b <http://e/p> _:f1-1 ."),
        ];
        let lines = |quads: &[String]| quads.join(" .\n") + " .\n";
        let merged = lines(&quads(&documents));
        let once = lines(&quads(&[(RdfFormat::NTriples, &merged)]));
        assert_eq!(lines(&quads(&[(RdfFormat::NTriples, &once)])), once);
        let one = lines(&quads(&documents[..1]));
        assert_eq!(lines(&quads(&[(RdfFormat::NTriples, &one)])), one);
    }

    #[test]
    fn labels_never_collide() {
        let turtle =
            "@prefix e: <http://e/> . [] e:p [] . _:f1-1 e:p _:f1.f1-1 . _:f2-1 e:p _:f2.b , _:f01-1 . _:f-1 e:p _:b .";
        for count in 1..=3 {
            let lines = quads(&vec![(RdfFormat::Turtle, turtle); count]);
            let nodes: BTreeSet<&str> =
                lines.iter().flat_map(|line| line.split(' ')).filter(|term| term.starts_with("_:")).collect();
            // Each document has nine nodes.
            assert_eq!((lines.len(), nodes.len()), (5 * count, 9 * count), "{lines:#?}");
        }
    }
}
