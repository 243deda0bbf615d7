//! The vocabulary: classes and predicates in RDFS and OWL, read from Turtle.

use super::hierarchy::Hierarchy;
use super::iri::prefix_help;
use crate::diagnostic::{Code, FileId, Finding, Findings, Location, Suggestion, TurtleError, suggest};
use crate::model::literal::{is_valid, is_xml_character, literal_help};
use crate::model::{MAX_TERM_DEPTH, Namespaces, has_deep_terms, local_name, nfc, vocab};
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// The kind of a predicate's objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// Entities.
    Object,
    /// Literals.
    Datatype,
}

/// A predicate of the vocabulary.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// Its IRI.
    pub iri: NamedNode,
    /// The kind of its objects.
    pub kind: PropertyKind,
    /// Its domain: its subjects belong to all of these classes.
    pub domains: Vec<NamedNode>,
    /// Its range: its objects belong to all of these classes, or have this datatype.
    pub ranges: Vec<NamedNode>,
    /// The predicates that it is a subproperty of.
    pub parents: Vec<NamedNode>,
    /// The location of its definition.
    pub location: (FileId, Location),
}

/// A triple of the vocabulary and its location.
#[derive(Clone, Debug)]
pub struct VocabularyTriple {
    /// The triple.
    pub triple: Triple,
    /// The file.
    pub file: FileId,
    /// The bytes of the line on which the triple ends.
    pub line: Range<usize>,
    /// The number of that line, counted from 1.
    pub number: u32,
}

/// Classes and predicates, and all triples of the vocabulary.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    triples: Vec<VocabularyTriple>,
    classes: BTreeSet<NamedNode>,
    predicates: BTreeMap<NamedNode, Predicate>,
    class_hierarchy: Hierarchy,
    predicate_hierarchy: Hierarchy,
    class_names: HashMap<String, NamedNode>,
    predicate_names: HashMap<String, NamedNode>,
}

/// The maximum length of the IRIs in a vocabulary in total: a short name may stand for an IRI with a base of several megabytes.
const MAX_IRI_MIB: usize = 256;

/// The bytes of the IRIs of a triple.
fn iri_bytes(triple: &Triple) -> usize {
    let subject = if let NamedOrBlankNode::NamedNode(node) = &triple.subject { node.as_str().len() } else { 0 };
    let object = match &triple.object {
        Term::NamedNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.datatype().as_str().len(),
        Term::BlankNode(_) => 0,
        Term::Triple(inner) => iri_bytes(inner),
    };
    subject + triple.predicate.as_str().len() + object
}

/// Reads the triples of a Turtle file. Relative IRIs are resolved against the base of the dataset.
pub(super) fn read(file: FileId, text: &str, base: &str, findings: &mut Findings) -> Vec<VocabularyTriple> {
    if has_deep_terms(text) {
        let message = format!("triple terms are nested more than {MAX_TERM_DEPTH} levels deep");
        findings.push(Finding::new(Code::SyntaxError, file, Location::File, message).help("remove the triple terms"));
        return Vec::new();
    }
    // Spaces instead of a byte order mark keep the offsets.
    let text = &*match text.strip_prefix('\u{feff}') {
        Some(rest) => Cow::Owned(format!("   {rest}")),
        None => Cow::Borrowed(text),
    };
    // The parser returns a triple when it is given the line that completes it.
    let parser = TurtleParser::new().with_base_iri(base).expect("the base of a dataset is an IRI");
    let mut parser = parser.low_level();
    let mut triples = Vec::new();
    let (mut end, mut number, mut bytes_left) = (0, 0, MAX_IRI_MIB << 20);
    let mut lines = text.split_inclusive('\n').peekable();
    while !parser.is_end() {
        let start = end;
        let line = lines.next().unwrap_or_default();
        parser.extend_from_slice(line.as_bytes());
        end += line.len();
        number += u32::from(!line.is_empty());
        if lines.peek().is_none() {
            parser.end();
        }
        let line = start..start + line.trim_end().len();
        while let Some(result) = parser.parse_next() {
            match result {
                Ok(triple) if iri_bytes(&triple) > bytes_left => {
                    let message = format!("the IRIs of the vocabulary have more than {MAX_IRI_MIB} MiB in total");
                    let finding = Finding::new(Code::InvalidValue, file, Location::Bytes(line.clone()), message);
                    findings.push(finding.help("shorten the base and the prefixes"));
                    return triples;
                }
                Ok(triple) => match unsupported(file, &triple, &line) {
                    Some(finding) => findings.push(finding),
                    None => {
                        bytes_left -= iri_bytes(&triple);
                        triples.push(VocabularyTriple { triple, file, line: line.clone(), number });
                    }
                },
                Err(error) => {
                    let position = error.location();
                    let offset = |offset: u64| usize::try_from(offset).unwrap_or(text.len()).min(text.len());
                    let range = offset(position.start.offset)..offset(position.end.offset);
                    findings.push(syntax_error(file, text, range, error.message()));
                }
            }
        }
    }
    triples
}

/// The finding about a syntax error of the Turtle parser.
fn syntax_error(file: FileId, text: &str, range: Range<usize>, message: &str) -> Finding {
    let at_end = text.get(range.start..).is_none_or(|rest| rest.trim().is_empty());
    let TurtleError { message, label, help } = TurtleError::new(message);
    let help = match text.get(range.clone()).and_then(|text| text.split_whitespace().next()) {
        Some(next) if label == "expected `.`" && !at_end => format!("add ` .` before `{next}`"),
        _ => help,
    };
    let label = if at_end && !message.starts_with("undeclared") { "the file ends here" } else { label };
    Finding::new(Code::SyntaxError, file, Location::Bytes(range), message).label(label).help(help)
}

/// The finding about a triple with a blank node, with a character that is invalid in XML, or with an invalid literal.
fn unsupported(file: FileId, triple: &Triple, line: &Range<usize>) -> Option<Finding> {
    let finding = |code, message: String| Finding::new(code, file, Location::Bytes(line.clone()), message);
    if has_blank_node(triple) {
        let finding = finding(Code::BlankNode, "unsupported blank node in the vocabulary".to_owned());
        return Some(finding.label("this statement has a blank node").help("replace the blank node with an IRI"));
    }
    let Term::Literal(literal) = &triple.object else { return None };
    if let Some(c) = literal.value().chars().find(|c| !is_xml_character(*c)) {
        let finding = finding(Code::InvalidCharacter, format!("invalid character U+{:04X}", u32::from(c)));
        return Some(
            finding.label("this string contains it").help("remove the character, which XML 1.0 does not allow"),
        );
    }
    let datatype = literal.datatype();
    let name = datatype.as_str().strip_prefix(vocab::xsd::NAMESPACE)?;
    if is_valid(literal.value(), datatype) {
        return None;
    }
    let finding = finding(Code::InvalidLiteral, format!("invalid xsd:{name} `{}`", literal.value()));
    Some(finding.label(format!("has an invalid xsd:{name}")).help(literal_help(literal.value(), datatype)))
}

/// Whether a triple, or a triple term in it, has a blank node.
fn has_blank_node(triple: &Triple) -> bool {
    matches!(triple.subject, NamedOrBlankNode::BlankNode(_))
        || match &triple.object {
            Term::BlankNode(_) => true,
            Term::Triple(inner) => has_blank_node(inner),
            Term::NamedNode(_) | Term::Literal(_) => false,
        }
}

impl Vocabulary {
    /// Collects classes and predicates from the triples of the files.
    pub(super) fn new(triples: Vec<VocabularyTriple>, namespaces: &Namespaces) -> Self {
        let mut vocabulary = Self { triples, ..Self::default() };
        let mut superclasses: Vec<(&NamedNode, &NamedNode)> = Vec::new();
        let mut properties: BTreeMap<NamedNode, (Option<PropertyKind>, (FileId, Location))> = BTreeMap::new();
        let mut axioms: HashMap<(NamedNode, NamedNodeRef<'static>), Vec<NamedNode>> = HashMap::new();
        for VocabularyTriple { triple, file, line, number: _ } in &vocabulary.triples {
            let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) = (&triple.subject, &triple.object)
            else {
                continue;
            };
            let predicate = triple.predicate.as_ref();
            if predicate == vocab::rdf::TYPE {
                let class = object.as_ref();
                if class == vocab::rdfs::CLASS || class == vocab::owl::CLASS {
                    vocabulary.classes.insert(subject.clone());
                }
                let kinds = [
                    (vocab::owl::OBJECT_PROPERTY, Some(PropertyKind::Object)),
                    (vocab::owl::DATATYPE_PROPERTY, Some(PropertyKind::Datatype)),
                    (vocab::rdf::PROPERTY, None),
                ];
                if let Some((_, kind)) = kinds.into_iter().find(|(property, _)| *property == class) {
                    let location = (*file, Location::Bytes(line.clone()));
                    let property = properties.entry(subject.clone()).or_insert((None, location));
                    property.0 = property.0.or(kind);
                }
            } else if predicate == vocab::rdfs::SUB_CLASS_OF {
                vocabulary.classes.insert(subject.clone());
                superclasses.push((subject, object));
            } else {
                let known = [vocab::rdfs::DOMAIN, vocab::rdfs::RANGE, vocab::rdfs::SUB_PROPERTY_OF];
                if let Some(known) = known.into_iter().find(|known| predicate == *known) {
                    axioms.entry((subject.clone(), known)).or_default().push(object.clone());
                }
            }
        }
        vocabulary.class_hierarchy = Hierarchy::new(superclasses);
        for (iri, (kind, location)) in properties {
            let mut take = |axiom| axioms.remove(&(iri.clone(), axiom)).unwrap_or_default();
            let ranges = take(vocab::rdfs::RANGE);
            let (domains, parents) = (take(vocab::rdfs::DOMAIN), take(vocab::rdfs::SUB_PROPERTY_OF));
            let kind = kind.unwrap_or(match ranges.iter().any(|range| vocabulary.classes.contains(range)) {
                true => PropertyKind::Object,
                false => PropertyKind::Datatype,
            });
            vocabulary.predicates.insert(iri.clone(), Predicate { iri, kind, domains, ranges, parents, location });
        }
        let parents = vocabulary.predicates.values();
        let parents = parents.flat_map(|predicate| predicate.parents.iter().map(|parent| (&predicate.iri, parent)));
        vocabulary.predicate_hierarchy = Hierarchy::new(parents);
        vocabulary.class_names = local_names(vocabulary.classes.iter(), namespaces);
        vocabulary.predicate_names = local_names(vocabulary.predicates.keys(), namespaces);
        vocabulary
    }

    /// The vocabulary of triples without files.
    pub fn of_triples(triples: impl IntoIterator<Item = Triple>, namespaces: &Namespaces) -> Self {
        let without_file = |triple| VocabularyTriple { triple, file: FileId(0), line: 0..0, number: 0 };
        Self::new(triples.into_iter().map(without_file).collect(), namespaces)
    }

    /// All triples, in the order of the files.
    pub fn triples(&self) -> &[VocabularyTriple] {
        &self.triples
    }

    /// All classes, sorted by IRI.
    pub fn classes(&self) -> impl Iterator<Item = &NamedNode> {
        self.classes.iter()
    }

    /// All predicates, sorted by IRI.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        self.predicates.values()
    }

    /// The class of a local name, a prefixed name or an IRI.
    ///
    /// # Errors
    ///
    /// Returns a help text if the vocabulary does not define the class.
    pub fn class(&self, written: &str, namespaces: &Namespaces) -> Result<NamedNode, String> {
        self.find_class(written, namespaces).map_err(|suggestion| suggestion.help)
    }

    /// Like [`class`](Self::class), with a correction in the error.
    pub(crate) fn find_class(&self, written: &str, namespaces: &Namespaces) -> Result<NamedNode, Suggestion> {
        let iri = resolve_name(written, &self.class_names, namespaces);
        iri.filter(|iri| self.classes.contains(iri))
            .ok_or_else(|| unknown(written, "class", &self.class_names, namespaces))
    }

    /// The predicate of a local name, a prefixed name or an IRI.
    ///
    /// # Errors
    ///
    /// Returns a help text if the vocabulary does not define the predicate.
    pub fn predicate(&self, written: &str, namespaces: &Namespaces) -> Result<&Predicate, String> {
        let predicate = self.find_predicate(written, namespaces);
        predicate.ok_or_else(|| self.unknown_predicate(written, namespaces).help)
    }

    /// Like [`predicate`](Self::predicate), without the costly search for a suggestion.
    pub(crate) fn find_predicate(&self, written: &str, namespaces: &Namespaces) -> Option<&Predicate> {
        self.predicates.get(&resolve_name(written, &self.predicate_names, namespaces)?)
    }

    /// The suggestion for a name that is not a predicate.
    pub(crate) fn unknown_predicate(&self, written: &str, namespaces: &Namespaces) -> Suggestion {
        unknown(written, "predicate", &self.predicate_names, namespaces)
    }

    /// The local names of all predicates.
    pub(crate) fn predicate_names(&self) -> impl Iterator<Item = &str> {
        self.predicate_names.keys().map(String::as_str)
    }

    /// The IRIs of all predicates, sorted.
    pub fn predicate_iris(&self) -> impl Iterator<Item = NamedNode> {
        self.predicates.keys().cloned()
    }

    /// The predicate with an IRI.
    pub fn predicate_by_iri(&self, iri: &NamedNode) -> Option<&Predicate> {
        self.predicates.get(iri)
    }

    /// Whether an IRI is a class or a predicate of the vocabulary.
    pub fn defines(&self, iri: &NamedNode) -> bool {
        self.classes.contains(iri) || self.predicates.contains_key(iri)
    }

    /// Whether `class` is `other` or a subclass of it.
    pub fn is_subclass(&self, class: &NamedNode, other: &NamedNode) -> bool {
        [vocab::owl::THING, vocab::rdfs::RESOURCE].contains(&other.as_ref())
            || self.class_hierarchy.is_below(class, other)
    }

    /// A class and its subclasses, sorted.
    pub fn subclasses(&self, class: &NamedNode) -> Vec<NamedNode> {
        self.classes.iter().filter(|other| self.is_subclass(other, class)).cloned().collect()
    }

    /// Predicates and their superproperties.
    pub fn superpredicates<'a>(
        &'a self,
        predicates: impl IntoIterator<Item = &'a NamedNode>,
    ) -> BTreeSet<&'a NamedNode> {
        self.predicate_hierarchy.with_ancestors(predicates)
    }

    /// Predicates and their subproperties.
    pub fn subpredicates<'a>(&'a self, predicates: impl IntoIterator<Item = &'a NamedNode>) -> BTreeSet<&'a NamedNode> {
        self.predicate_hierarchy.with_descendants(predicates)
    }

    /// The hierarchy of predicates.
    pub(crate) fn predicate_hierarchy(&self) -> &Hierarchy {
        &self.predicate_hierarchy
    }
}

/// The terms of local names. The dataset's own terms take precedence; ambiguous names of other terms are omitted.
fn local_names<'a>(terms: impl Iterator<Item = &'a NamedNode>, namespaces: &Namespaces) -> HashMap<String, NamedNode> {
    let own_namespace = namespaces.vocabulary();
    let mut own: HashMap<String, NamedNode> = HashMap::new();
    let mut others: HashMap<String, Option<NamedNode>> = HashMap::new();
    for term in terms {
        let name = nfc(local_name(term.as_str())).into_owned();
        if term.as_str().strip_prefix(&own_namespace).is_some_and(|rest| !rest.contains('/')) {
            own.entry(name).or_insert_with(|| term.clone());
        } else {
            others.entry(name).and_modify(|other| *other = None).or_insert_with(|| Some(term.clone()));
        }
    }
    for (name, term) in others {
        if let Some(term) = term {
            own.entry(name).or_insert(term);
        }
    }
    own
}

fn resolve_name(written: &str, local_names: &HashMap<String, NamedNode>, namespaces: &Namespaces) -> Option<NamedNode> {
    if written.contains(':') { namespaces.resolve(written).ok() } else { local_names.get(&*nfc(written)).cloned() }
}

/// The greatest number of names with which an unknown one is compared. Each of many entities may have one.
const MAX_SUGGESTED: usize = 2_000;

fn unknown(written: &str, what: &str, known: &HashMap<String, NamedNode>, namespaces: &Namespaces) -> Suggestion {
    let fallback = prefix_help(written, namespaces)
        .unwrap_or_else(|| format!("define the {what} in the vocabulary, or use one that it defines"));
    if known.len() > MAX_SUGGESTED {
        return fallback.into();
    }
    let suggestion = suggest(local_name(written), known.keys().map(String::as_str), fallback);
    // Only a local name is corrected.
    if written.contains(':') { suggestion.help.into() } else { suggestion }
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

    fn vocabulary(text: &str) -> (Vocabulary, Namespaces, Findings) {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        let mut findings = Findings::new();
        let triples = read(FileId(0), text, namespaces.base(), &mut findings);
        (Vocabulary::new(triples, &namespaces), namespaces, findings)
    }

    #[test]
    fn terms_are_found_by_local_name_prefixed_name_and_iri() {
        let (vocabulary, namespaces, findings) = vocabulary(TURTLE);
        assert_eq!(findings[..], []);
        for written in ["made", "v:made", "https://e.org/vocabulary/made"] {
            assert_eq!(vocabulary.predicate(written, &namespaces).unwrap().kind, PropertyKind::Object, "{written}");
        }
        assert_eq!(vocabulary.predicate("size", &namespaces).unwrap().kind, PropertyKind::Datatype);
        assert_eq!(vocabulary.predicate("mad", &namespaces).unwrap_err(), "did you mean `made`?");
        assert!(vocabulary.class("Thing", &namespaces).is_err());
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        let (vocabulary, namespaces, findings) = vocabulary(&format!("\u{feff}{TURTLE}v:made a"));
        assert!(vocabulary.predicate("made", &namespaces).is_ok());
        let end = TURTLE.len() + 11;
        assert_eq!(findings.iter().map(|f| f.location.clone()).collect::<Vec<_>>(), [Location::Bytes(end..end)]);
    }

    #[test]
    fn relative_iris_are_below_the_base_of_the_dataset() {
        let owl = "<http://www.w3.org/2002/07/owl#ObjectProperty>";
        let (vocabulary, namespaces, findings) = vocabulary(&format!("<vocabulary/made> a {owl} . <#has> a {owl} ."));
        assert_eq!(findings[..], []);
        for written in ["made", "https://e.org/#has"] {
            assert!(vocabulary.predicate(written, &namespaces).is_ok(), "{written}");
        }
    }

    #[test]
    fn subclasses_are_transitive() {
        let (vocabulary, namespaces, _) = vocabulary(TURTLE);
        let class = |n: &str| NamedNode::new(format!("{}{n}", namespaces.vocabulary())).unwrap();
        assert!(vocabulary.is_subclass(&class("Mill"), &class("Thing")));
        assert!(!vocabulary.is_subclass(&class("Thing"), &class("Mill")));
    }

    #[test]
    fn a_triple_has_the_line_that_completes_it() {
        let (vocabulary, ..) = vocabulary(TURTLE);
        let lines: Vec<usize> = vocabulary.triples().iter().map(|t| TURTLE[..t.line.end].lines().count()).collect();
        assert_eq!(lines, [4, 5, 6, 7, 7, 8]);
        assert_eq!(vocabulary.triples().iter().map(|t| t.number).collect::<Vec<_>>(), [4, 5, 6, 7, 7, 8]);
    }

    #[test]
    fn errors_and_blank_nodes_are_reported_with_their_locations() {
        let (_, _, findings) = vocabulary("@prefix v: <https://e.org/> .\nv:a v:b [] .\nv:a v:b v:c d .\n");
        let locations: Vec<_> = findings.iter().map(|f| (f.code, f.location.clone())).collect();
        assert_eq!(locations[0], (Code::BlankNode, Location::Bytes(30..42)));
        assert!(
            matches!(locations[1], (Code::SyntaxError, Location::Bytes(ref r)) if (43..60).contains(&r.start)),
            "{locations:?}"
        );
    }
}
