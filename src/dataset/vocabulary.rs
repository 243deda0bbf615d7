//! The vocabulary: classes and predicates in RDFS and OWL, read from Turtle.

use crate::diagnostic::{Code, FileId, Finding, Location, closest};
use crate::model::literal::is_xml_character;
use crate::model::{Namespaces, vocab};
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a predicate kind to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// To an entity.
    Object,
    /// To a literal.
    Datatype,
}

/// A predicate of the vocabulary.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// Its IRI.
    pub iri: NamedNode,
    /// What it kind to.
    pub kind: PropertyKind,
    /// The classes that its subjects must all belong to.
    pub domains: Vec<NamedNode>,
    /// The classes that its objects must all belong to, or their datatypes.
    pub ranges: Vec<NamedNode>,
    /// The predicates that follow from it.
    pub parents: Vec<NamedNode>,
    /// Where it is defined.
    pub location: (FileId, Location),
}

/// A triple of the vocabulary and where it ends: the file, and the line counted from 1.
#[derive(Clone, Debug)]
pub struct VocabularyTriple {
    /// The triple.
    pub triple: Triple,
    /// The file.
    pub file: FileId,
    /// The line on which it ends, as bytes of the file.
    pub line: std::ops::Range<usize>,
    /// The number of that line, counted from 1.
    pub number: u32,
}

/// Classes and predicates, and all triples that say so.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    triples: Vec<VocabularyTriple>,
    classes: BTreeSet<NamedNode>,
    predicates: BTreeMap<NamedNode, Predicate>,
    /// For each class all classes that it is a subclass of, itself included.
    ancestors: HashMap<NamedNode, HashSet<NamedNode>>,
    class_names: HashMap<String, NamedNode>,
    predicate_names: HashMap<String, NamedNode>,
}

/// Reads the triples of a Turtle file.
pub(super) fn read(file: FileId, text: &str, findings: &mut Vec<Finding>) -> Vec<VocabularyTriple> {
    // Fed line by line, the parser hands out each triple on the line that completes it.
    let mut parser = TurtleParser::new().low_level();
    let mut triples = Vec::new();
    let (mut start, mut number) = (0, 0);
    let mut lines = text.split_inclusive('\n').peekable();
    while !parser.is_end() {
        let line = match lines.next() {
            Some(text) => {
                parser.extend_from_slice(text.as_bytes());
                let line = start..start + text.trim_end().len();
                start += text.len();
                number += 1;
                line
            }
            None => start..start,
        };
        if lines.peek().is_none() {
            parser.end();
        }
        while let Some(result) = parser.parse_next() {
            match result {
                Ok(triple) => {
                    let before = findings.len();
                    refuse_unusable(file, &triple, &line, findings);
                    if findings.len() == before {
                        triples.push(VocabularyTriple { triple, file, line: line.clone(), number });
                    }
                }
                Err(e) => {
                    let location = e.location();
                    let clamp = |offset: u64| usize::try_from(offset).unwrap_or(text.len()).min(text.len());
                    let at = Location::Bytes(clamp(location.start.offset)..clamp(location.end.offset));
                    let message = format!("this is no Turtle: {}", e.message());
                    findings.push(
                        Finding::new(Code::SyntaxError, file, at, message).help("see https://www.w3.org/TR/turtle/"),
                    );
                }
            }
        }
    }
    triples
}

/// Whether a triple, or one inside it, has a blank node.
fn holds_blank_node(triple: &Triple) -> bool {
    matches!(triple.subject, NamedOrBlankNode::BlankNode(_))
        || match &triple.object {
            Term::BlankNode(_) => true,
            Term::Triple(inner) => holds_blank_node(inner),
            Term::NamedNode(_) | Term::Literal(_) => false,
        }
}

fn refuse_unusable(file: FileId, triple: &Triple, line: &std::ops::Range<usize>, findings: &mut Vec<Finding>) {
    let at = || Location::Bytes(line.clone());
    if holds_blank_node(triple) {
        findings.push(
            Finding::new(Code::BlankNode, file, at(), "the vocabulary holds a blank node")
                .label("names only: graphs built apart must be comparable")
                .help("give the node an IRI of its own"),
        );
    }
    if let Term::Literal(literal) = &triple.object
        && let Some(c) = literal.value().chars().find(|c| !is_xml_character(*c))
    {
        let message = format!("the text holds the character U+{:04X}", u32::from(c));
        findings.push(Finding::new(Code::InvalidCharacter, file, at(), message).help("remove the character"));
    }
}

impl Vocabulary {
    /// Orders what the files say.
    pub(super) fn new(triples: Vec<VocabularyTriple>, names: &Namespaces) -> Self {
        let mut vocabulary = Self { triples, ..Self::default() };
        let mut parents: HashMap<NamedNode, Vec<NamedNode>> = HashMap::new();
        let mut kinds: BTreeMap<NamedNode, (Option<PropertyKind>, (FileId, Location))> = BTreeMap::new();
        let mut about: HashMap<(NamedNode, NamedNodeRef<'static>), Vec<NamedNode>> = HashMap::new();
        for VocabularyTriple { triple, file, line, number: _ } in &vocabulary.triples {
            let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) = (&triple.subject, &triple.object)
            else {
                continue;
            };
            let predicate = triple.predicate.as_ref();
            if predicate == vocab::rdf::TYPE {
                let object = object.as_ref();
                if object == vocab::rdfs::CLASS || object == vocab::owl::CLASS {
                    vocabulary.classes.insert(subject.clone());
                }
                let kind = if object == vocab::owl::OBJECT_PROPERTY {
                    Some(PropertyKind::Object)
                } else if object == vocab::owl::DATATYPE_PROPERTY {
                    Some(PropertyKind::Datatype)
                } else {
                    None
                };
                if kind.is_some() || object == vocab::rdf::PROPERTY {
                    let location = (*file, Location::Bytes(line.clone()));
                    let entry = kinds.entry(subject.clone()).or_insert((None, location));
                    entry.0 = entry.0.or(kind);
                }
            } else if predicate == vocab::rdfs::SUB_CLASS_OF {
                vocabulary.classes.insert(subject.clone());
                parents.entry(subject.clone()).or_default().push(object.clone());
            } else {
                for known in [vocab::rdfs::DOMAIN, vocab::rdfs::RANGE, vocab::rdfs::SUB_PROPERTY_OF] {
                    if predicate == known {
                        about.entry((subject.clone(), known)).or_default().push(object.clone());
                    }
                }
            }
        }
        for class in &vocabulary.classes {
            vocabulary.ancestors.insert(class.clone(), closure(class, &parents));
        }
        for (iri, (kind, location)) in kinds {
            let mut take = |what| about.remove(&(iri.clone(), what)).unwrap_or_default();
            let ranges = take(vocab::rdfs::RANGE);
            let (domains, parents) = (take(vocab::rdfs::DOMAIN), take(vocab::rdfs::SUB_PROPERTY_OF));
            let to_class = ranges.iter().any(|r| vocabulary.classes.contains(r));
            let kind = kind.unwrap_or(if to_class { PropertyKind::Object } else { PropertyKind::Datatype });
            vocabulary.predicates.insert(iri.clone(), Predicate { iri, kind, domains, ranges, parents, location });
        }
        vocabulary.class_names = local_names(vocabulary.classes.iter(), names);
        vocabulary.predicate_names = local_names(vocabulary.predicates.keys(), names);
        vocabulary
    }

    /// The vocabulary that triples make whose files are not at hand.
    pub fn of_triples(triples: impl IntoIterator<Item = Triple>, names: &Namespaces) -> Self {
        let nowhere = |triple| VocabularyTriple { triple, file: FileId(0), line: 0..0, number: 0 };
        Self::new(triples.into_iter().map(nowhere).collect(), names)
    }

    /// All triples, in the order of the files.
    pub fn triples(&self) -> &[VocabularyTriple] {
        &self.triples
    }

    /// All predicates, sorted by IRI.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        self.predicates.values()
    }

    /// The class that a local name, a prefixed name or an IRI stands for.
    ///
    /// # Errors
    ///
    /// A next step, where the vocabulary defines no such class.
    pub fn class(&self, written: &str, names: &Namespaces) -> Result<NamedNode, String> {
        let iri = find(written, &self.class_names, names);
        iri.filter(|iri| self.classes.contains(iri)).ok_or_else(|| suggestion(written, "class", &self.class_names))
    }

    /// The predicate that a local name, a prefixed name or an IRI stands for.
    ///
    /// # Errors
    ///
    /// A next step, where the vocabulary defines no such predicate.
    pub fn predicate(&self, written: &str, names: &Namespaces) -> Result<&Predicate, String> {
        let iri = find(written, &self.predicate_names, names);
        let predicate = iri.and_then(|iri| self.predicates.get(&iri));
        predicate.ok_or_else(|| suggestion(written, "predicate", &self.predicate_names))
    }

    /// The same, without a next step, which takes a comparison with all predicates.
    pub(crate) fn find_predicate(&self, written: &str, names: &Namespaces) -> Option<&Predicate> {
        self.predicates.get(&find(written, &self.predicate_names, names)?)
    }

    /// The local names of all predicates.
    pub(crate) fn predicate_names(&self) -> impl Iterator<Item = &str> {
        self.predicate_names.keys().map(String::as_str)
    }

    /// The predicate of an IRI.
    pub fn predicate_by_iri(&self, iri: &NamedNode) -> Option<&Predicate> {
        self.predicates.get(iri)
    }

    /// Whether an IRI is a class or a predicate of the vocabulary.
    pub fn defines(&self, iri: &NamedNode) -> bool {
        self.classes.contains(iri) || self.predicates.contains_key(iri)
    }

    /// Whether whatever belongs to `class` belongs to `other` too, as far as the vocabulary says.
    pub fn is_subclass(&self, class: &NamedNode, other: &NamedNode) -> bool {
        let everything = [vocab::owl::THING, vocab::rdfs::RESOURCE];
        class == other
            || everything.contains(&other.as_ref())
            || self.ancestors.get(class).is_some_and(|all| all.contains(other))
    }

    /// A class and all classes whose members the vocabulary says belong to it, sorted.
    pub fn subclasses(&self, class: &NamedNode) -> Vec<NamedNode> {
        self.classes.iter().filter(|narrower| self.is_subclass(narrower, class)).cloned().collect()
    }

    /// A predicate and all predicates from which the vocabulary says that it follows, sorted.
    pub fn subpredicates(&self, predicate: &NamedNode) -> Vec<NamedNode> {
        let parents = self.predicates.iter().map(|(iri, predicate)| (iri.clone(), predicate.parents.clone())).collect();
        let follows = |narrower: &&NamedNode| closure(narrower, &parents).contains(predicate);
        self.predicates.keys().filter(follows).cloned().collect()
    }
}

/// A class or a predicate and all that it is narrower than; each edge is followed once.
fn closure(class: &NamedNode, parents: &HashMap<NamedNode, Vec<NamedNode>>) -> HashSet<NamedNode> {
    let mut found = HashSet::from([class.clone()]);
    let mut open = vec![class];
    while let Some(class) = open.pop() {
        for parent in parents.get(class).into_iter().flatten() {
            if found.insert(parent.clone()) {
                open.push(parent);
            }
        }
    }
    found
}

/// What follows the last `/`, `#` or `:` of an IRI.
pub(crate) fn local_name(iri: &str) -> &str {
    iri.rsplit(['/', '#', ':']).next().unwrap_or(iri)
}

/// Local names and what they stand for. Those of the dataset's own namespace win; others count where only one term has them.
fn local_names<'a>(terms: impl Iterator<Item = &'a NamedNode>, names: &Namespaces) -> HashMap<String, NamedNode> {
    let own = names.vocabulary();
    let mut found: HashMap<String, (bool, Option<NamedNode>)> = HashMap::new();
    for term in terms {
        let is_own = term.as_str().strip_prefix(own.as_str()).is_some_and(|rest| !rest.contains('/'));
        let entry = found.entry(local_name(term.as_str()).to_owned());
        entry
            .and_modify(|known| match (known.0, is_own) {
                (false, true) => *known = (true, Some(term.clone())),
                (false, false) => known.1 = None,
                _ => {}
            })
            .or_insert((is_own, Some(term.clone())));
    }
    found.into_iter().filter_map(|(name, (_, term))| Some((name, term?))).collect()
}

fn find(written: &str, local: &HashMap<String, NamedNode>, names: &Namespaces) -> Option<NamedNode> {
    match written.split_once(':') {
        None => local.get(written).cloned(),
        Some(_) => resolve_iri(written, names).ok(),
    }
}

/// The IRI that a prefixed name or an IRI stands for.
///
/// # Errors
///
/// What is wrong with it.
pub fn resolve_iri(written: &str, names: &Namespaces) -> Result<NamedNode, String> {
    if let Some((prefix, rest)) = written.split_once(':')
        && let Some(namespace) = names.namespace(prefix)
    {
        return NamedNode::new(format!("{namespace}{rest}")).map_err(|e| e.to_string());
    }
    NamedNode::new(written).map_err(|e| e.to_string())
}

fn suggestion(written: &str, what: &str, known: &HashMap<String, NamedNode>) -> String {
    match closest(local_name(written), known.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("define the {what} in the vocabulary, or use one that it defines"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURTLE: &str = "@prefix v: <https://e.org/vocabulary/> .\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
        @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        v:Mill a owl:Class ;\n  rdfs:subClassOf v:Plant .\n\
        v:Plant rdfs:subClassOf v:Thing .\n\
        v:made a owl:ObjectProperty ; rdfs:domain v:Plant .\n\
        <http://x.org/ns#size> a owl:DatatypeProperty .\n";

    fn vocabulary(text: &str) -> (Vocabulary, Namespaces, Vec<Finding>) {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        let mut findings = Vec::new();
        let triples = read(FileId(0), text, &mut findings);
        (Vocabulary::new(triples, &names), names, findings)
    }

    #[test]
    fn names_are_found_in_each_way_of_writing_them() {
        let (vocabulary, names, findings) = vocabulary(TURTLE);
        assert_eq!(findings, []);
        for written in ["made", "v:made", "https://e.org/vocabulary/made"] {
            assert_eq!(vocabulary.predicate(written, &names).unwrap().kind, PropertyKind::Object, "{written}");
        }
        assert_eq!(vocabulary.predicate("size", &names).unwrap().kind, PropertyKind::Datatype);
        assert_eq!(vocabulary.predicate("mad", &names).unwrap_err(), "did you mean `made`?");
        assert!(vocabulary.class("Thing", &names).is_err());
    }

    #[test]
    fn classes_inherit_through_all_their_ancestors() {
        let (vocabulary, names, _) = vocabulary(TURTLE);
        let class = |n: &str| NamedNode::new(format!("{}{n}", names.vocabulary())).unwrap();
        assert!(vocabulary.is_subclass(&class("Mill"), &class("Thing")));
        assert!(!vocabulary.is_subclass(&class("Thing"), &class("Mill")));
    }

    #[test]
    fn a_triple_knows_the_line_that_completes_it() {
        let (vocabulary, ..) = vocabulary(TURTLE);
        let lines: Vec<usize> = vocabulary.triples().iter().map(|t| TURTLE[..t.line.end].lines().count()).collect();
        assert_eq!(lines, [4, 5, 6, 7, 7, 8]);
        assert_eq!(vocabulary.triples().iter().map(|t| t.number).collect::<Vec<_>>(), [4, 5, 6, 7, 7, 8]);
    }

    #[test]
    fn errors_and_blank_nodes_are_reported_with_their_place() {
        let (_, _, findings) = vocabulary("@prefix v: <https://e.org/> .\nv:a v:b [] .\nv:a v:b v:c d .\n");
        let places: Vec<_> = findings.iter().map(|f| (f.code, f.location.clone())).collect();
        assert_eq!(places[0], (Code::SyntaxError, Location::Bytes(30..42)));
        assert!(
            matches!(places[1], (Code::SyntaxError, Location::Bytes(ref r)) if (43..60).contains(&r.start)),
            "{places:?}"
        );
    }
}
