//! [RDF/XML](https://www.w3.org/TR/rdf12-xml/), with the bytes of Oxigraph's serializer. Unlike that, it writes only XML that can be
//! read again: it refuses what the format cannot represent, and writes types and blank nodes whose names are not names in XML.

use super::OutputError;
use crate::escape::xml::{WithoutCommands, markup, require_supported};
use crate::model::vocab::{rdf, xsd};
use oxigraph::model::{
    BaseDirection, LiteralRef, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, TermRef, TripleRef,
};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

const ITS: &str = "http://www.w3.org/2005/11/its";
const NO_NAME: &str = "it does not end with a name in XML";
/// Namespaces that XML reserves: no element can be in them.
const RESERVED_NAMESPACES: [&str; 2] = ["http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"];
/// The local names of the RDF namespace that are the syntax of RDF/XML, so that no predicate has them.
const SYNTAX_NAMES: [&str; 12] = [
    "RDF",
    "Description",
    "ID",
    "about",
    "parseType",
    "resource",
    "nodeID",
    "datatype",
    "li",
    "aboutEach",
    "aboutEachPrefix",
    "bagID",
];

/// Writes triples, with those of one subject in one element if they follow each other.
pub(super) struct RdfXmlWriter<W: Write> {
    writer: Writer<WithoutCommands<W>>,
    /// The prefix of each namespace.
    prefixes: BTreeMap<String, String>,
    /// The subject whose element is open, and the name of the element.
    open: Option<(NamedOrBlankNode, String)>,
}

/// Returns an error if RDF/XML cannot represent the triple.
pub(super) fn require_representable(triple: TripleRef<'_>) -> Result<(), OutputError> {
    let predicate = triple.predicate;
    if is_syntax(predicate) {
        return Err(OutputError::RdfXmlPredicate(predicate.to_string(), "it is part of the syntax"));
    }
    split(predicate).map_err(|reason| OutputError::RdfXmlPredicate(predicate.to_string(), reason))?;
    match triple.object {
        TermRef::Literal(literal) => Ok(require_supported(literal.value())?),
        TermRef::Triple(inner) => require_representable(inner.as_ref()),
        TermRef::NamedNode(_) | TermRef::BlankNode(_) => Ok(()),
    }
}

impl<W: Write> RdfXmlWriter<W> {
    /// Starts a document with the prefixes of namespaces. A namespace whose prefix XML does not have, or reserves, is declared where it
    /// is used.
    pub(super) fn new<'a>(out: W, prefixes: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<Self> {
        let standard = [("rdf", rdf::NAMESPACE), ("its", ITS)];
        let further = prefixes.filter(|(prefix, namespace)| {
            let is_reserved = is_reserved_prefix(prefix) || RESERVED_NAMESPACES.contains(namespace);
            !prefix.is_empty() && !is_reserved && standard.iter().all(|(standard, _)| standard != prefix)
        });
        // A standard prefix replaces another one of its namespace.
        let prefixes: BTreeMap<String, String> =
            further.chain(standard).map(|(prefix, iri)| (iri.to_owned(), prefix.to_owned())).collect();
        let mut writer = Writer::new_with_indent(WithoutCommands::new(out), b'\t', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let mut start = BytesStart::new("rdf:RDF");
        for (iri, prefix) in &prefixes {
            start.push_attribute((&*format!("xmlns:{prefix}"), &**iri));
        }
        writer.write_event(Event::Start(start))?;
        Ok(Self { writer, prefixes, open: None })
    }

    /// Writes a triple.
    pub(super) fn write(&mut self, triple: TripleRef<'_>) -> Result<(), OutputError> {
        require_representable(triple)?;
        if self.open.as_ref().is_none_or(|(subject, _)| subject.as_ref() != triple.subject) {
            self.close()?;
            let class = match triple.object {
                TermRef::NamedNode(class) if triple.predicate == rdf::TYPE && !is_syntax(class) => {
                    self.element(class).ok()
                }
                _ => None,
            };
            let is_typed = class.is_some();
            let mut start = class.unwrap_or_else(|| BytesStart::new("rdf:Description"));
            push_subject(&mut start, triple.subject);
            self.open = Some((triple.subject.into_owned(), name_of(&start)));
            self.writer.write_event(Event::Start(start))?;
            if is_typed {
                return Ok(());
            }
        }
        self.write_property(triple.predicate, triple.object)
    }

    fn write_property(&mut self, predicate: NamedNodeRef<'_>, object: TermRef<'_>) -> Result<(), OutputError> {
        let element = self.element(predicate);
        let mut start = element.map_err(|reason| OutputError::RdfXmlPredicate(predicate.to_string(), reason))?;
        let end = name_of(&start);
        match object {
            TermRef::NamedNode(iri) => {
                start.push_attribute(("rdf:resource", iri.as_str()));
                self.writer.write_event(Event::Empty(start))?;
                return Ok(());
            }
            TermRef::BlankNode(node) => {
                start.push_attribute(("rdf:nodeID", &*node_id(node.as_str())));
                self.writer.write_event(Event::Empty(start))?;
                return Ok(());
            }
            TermRef::Literal(literal) => {
                push_type(&mut start, literal);
                self.writer.write_event(Event::Start(start))?;
                self.writer.write_event(Event::Text(BytesText::from_escaped(markup(literal.value()))))?;
            }
            TermRef::Triple(triple) => {
                start.push_attribute(("rdf:version", "1.2"));
                start.push_attribute(("rdf:parseType", "Triple"));
                self.writer.write_event(Event::Start(start))?;
                let mut subject = BytesStart::new("rdf:Description");
                push_subject(&mut subject, triple.subject.as_ref());
                self.writer.write_event(Event::Start(subject))?;
                self.write_property(triple.predicate.as_ref(), triple.object.as_ref())?;
                self.writer.write_event(Event::End(BytesEnd::new("rdf:Description")))?;
            }
        }
        self.writer.write_event(Event::End(BytesEnd::new(end)))?;
        Ok(())
    }

    /// The start tag of an element with the name of an IRI, or the reason why no name in XML stands for it.
    fn element(&self, iri: NamedNodeRef<'_>) -> Result<BytesStart<'static>, &'static str> {
        let (namespace, local) = split(iri)?;
        Ok(match self.prefixes.get(namespace) {
            Some(prefix) => BytesStart::new(format!("{prefix}:{local}")),
            None => {
                let mut start = BytesStart::new(local.to_owned());
                start.push_attribute(("xmlns", namespace));
                start
            }
        })
    }

    fn close(&mut self) -> io::Result<()> {
        match self.open.take() {
            Some((_, name)) => self.writer.write_event(Event::End(BytesEnd::new(name))),
            None => Ok(()),
        }
    }

    /// Ends the document.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.close()?;
        self.writer.write_event(Event::End(BytesEnd::new("rdf:RDF")))?;
        self.writer.into_inner().flush()
    }
}

fn name_of(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.name().as_ref()).into_owned()
}

fn push_subject(start: &mut BytesStart<'_>, subject: NamedOrBlankNodeRef<'_>) {
    match subject {
        NamedOrBlankNodeRef::NamedNode(iri) => start.push_attribute(("rdf:about", iri.as_str())),
        NamedOrBlankNodeRef::BlankNode(node) => start.push_attribute(("rdf:nodeID", &*node_id(node.as_str()))),
    }
}

fn push_type(start: &mut BytesStart<'_>, literal: LiteralRef<'_>) {
    match literal.language() {
        Some(language) => start.push_attribute(("xml:lang", language)),
        None if literal.datatype() == xsd::STRING => {}
        None => start.push_attribute(("rdf:datatype", literal.datatype().as_str())),
    }
    if let Some(direction) = literal.direction() {
        start.push_attribute(("rdf:version", "1.2-basic"));
        start.push_attribute(("its:version", "2.0"));
        let direction = match direction {
            BaseDirection::Ltr => "ltr",
            BaseDirection::Rtl => "rtl",
        };
        start.push_attribute(("its:dir", direction));
    }
}

/// Whether an IRI is part of the syntax of RDF/XML.
fn is_syntax(iri: NamedNodeRef<'_>) -> bool {
    iri.as_str().strip_prefix(rdf::NAMESPACE).is_some_and(|name| SYNTAX_NAMES.contains(&name))
}

/// The namespace and the local name of an IRI as an element: the longest name in XML that it ends with, or why it has no such name.
fn split(iri: NamedNodeRef<'_>) -> Result<(&str, &str), &'static str> {
    let iri = iri.as_str();
    let name_start = iri.rfind(|c| !is_name_character(c)).ok_or(NO_NAME)?;
    let starts = iri[name_start..].char_indices().filter(|(_, c)| is_name_start(*c));
    let mut reason = NO_NAME;
    for (at, _) in starts {
        let (namespace, local) = iri.split_at(name_start + at);
        if !RESERVED_NAMESPACES.contains(&namespace) {
            return Ok((namespace, local));
        }
        reason = "XML reserves its namespace";
    }
    Err(reason)
}

/// Whether XML [reserves a prefix](https://www.w3.org/TR/xml-names/#xmlReserved), in any letter case.
fn is_reserved_prefix(prefix: &str) -> bool {
    prefix.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("xml"))
}

/// The label of a blank node as a name in XML. An underscore precedes those that are not, and those that begin with one.
fn node_id(label: &str) -> Cow<'_, str> {
    if label.starts_with(|c| c != '_' && is_name_start(c)) && label.chars().all(is_name_character) {
        return label.into();
    }
    // A label may contain colons.
    format!("_{}", label.replace('-', "-0").replace(':', "-1")).into()
}

/// Whether a name without a colon may [begin with a character](https://www.w3.org/TR/xml/#NT-NameStartChar).
fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// Whether a name without a colon may contain a character.
fn is_name_character(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests;
