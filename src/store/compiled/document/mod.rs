//! Reading RDF documents into a builder.
//!
//! Invariant: the same document gives the same quads in the same order, each time.

mod checked_reader;
mod decoded;
mod iri;
mod json_ld;
mod json_limits;
mod labels;
mod ntriples;
mod relative;
mod xml_base;
mod xml_limits;
mod xml_literal;

pub(crate) use xml_limits::check_xml;

use super::builder::GraphBuilder;
use super::{GraphError, size_text};
use crate::model::TermNesting;
use crate::model::literal::needs_language;
use checked_reader::CheckedReader;
use json_limits::JsonDepth;
use labels::{BlankNodeLabels, Relabeling};
use oxigraph::io::{RdfFormat, RdfParseError, RdfParser};
use oxigraph::model::{NamedNode, Quad, Term};
use relative::{NO_BASE, require_absolute};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use xml_base::{AbsoluteBases, Lines};
use xml_limits::XmlLexer;

/// The terms of a document may have this many times its bytes, and as many bytes more.
const MAX_EXPANSION: u64 = 64;
const MIN_EXPANDED: u64 = 256 << 20;

/// The maximum length of a line of N-Triples in bytes, and of a string, a comment or another token in the other formats, whose parsers hold as
/// much: a document without an end would fill the memory.
const MAX_TOKEN_BYTES: usize = 16 << 20;

/// The error of a token beyond the limit, after some lines.
fn long_token(lines: u64) -> GraphError {
    let limit = size_text(MAX_TOKEN_BYTES as u64);
    GraphError::syntax(&format!("a string, a comment or another token is longer than {limit}")).after_lines(lines)
}

/// Reads the text of a context in another document, such as that of the string in `"@context": "context.jsonld"`, whose absolute IRI it
/// gets. Returns a message if the context cannot be read.
pub type ContextLoader<'a> = dyn Fn(&str) -> Result<Vec<u8>, String> + 'a;

/// How a document is read.
#[derive(Clone, Copy, Default)]
pub struct DocumentOptions<'a> {
    /// The base of relative IRIs, unless the document declares another one.
    pub base: Option<&'a str>,
    /// Reads contexts of JSON-LD that are in other documents, which are errors without it.
    pub contexts: Option<&'a ContextLoader<'a>>,
}

/// Reads the document with this number, counted from 1. Returns notes on what the rules of the format drop.
pub(super) fn read(
    builder: &mut GraphBuilder,
    number: usize,
    format: RdfFormat,
    options: &DocumentOptions<'_>,
    from: impl Read,
) -> Result<Vec<String>, GraphError> {
    let from = decoded::decode(from)?;
    let labels = BlankNodeLabels::new(&builder.terms, number, format);
    if format == RdfFormat::NTriples {
        return ntriples::read(builder, labels, from).map(|()| Vec::new());
    }
    let base = options.base.unwrap_or(NO_BASE);
    let length = Rc::new(Cell::new(0));
    let lines = Rc::new(Cell::new(0));
    let (counter, line_counter) = (Rc::clone(&length), Rc::clone(&lines));
    let from = CheckedReader::new(from, move |bytes| {
        counter.set(counter.get() + bytes.len() as u64);
        line_counter.set(line_counter.get() + memchr::memchr_iter(b'\n', bytes).count() as u64);
        Ok(())
    });
    // A parser whose buffer is full has no position.
    let located = |error| match error {
        GraphError::Read(error) if error.kind() == io::ErrorKind::OutOfMemory => long_token(lines.get()),
        other => other,
    };
    let terms_before = builder.terms.byte_len();
    let mut relabeling = Relabeling::new(labels, format);
    let mut insert = |mut quad: Quad| {
        if options.base.is_none() {
            require_absolute(&quad)?;
        }
        require_languages(&quad.object)?;
        if format == RdfFormat::RdfXml {
            xml_literal::canonicalize(&mut quad);
        }
        relabeling.rename(&mut quad);
        builder.insert(quad.as_ref())?;
        // A short name may stand for an IRI with a base of several megabytes.
        match builder.terms.byte_len() - terms_before > MAX_EXPANSION * length.get() + MIN_EXPANDED {
            true => Err(GraphError::DocumentLimit(format!("terms of more than {MAX_EXPANSION} times its length"))),
            false => Ok(()),
        }
    };
    let from = checked(format, from);
    if let RdfFormat::JsonLd { .. } = format {
        NamedNode::new(base).map_err(|_| GraphError::InvalidBase(base.to_owned()))?;
        return json_ld::read(from, base, options.contexts, insert).map_err(located);
    }
    let mut parser = RdfParser::from_format(format);
    if format != RdfFormat::NQuads {
        parser = parser.with_base_iri(base).map_err(|_| GraphError::InvalidBase(base.to_owned()))?;
    }
    // The parser of RDF/XML gives no positions.
    let line_of_xml = Rc::new(Cell::new(0));
    let from: Box<dyn Read> = match format {
        RdfFormat::RdfXml => Box::new(Lines::new(AbsoluteBases::new(from, base), Rc::clone(&line_of_xml))),
        _ => from,
    };
    for quad in parser.for_reader(from) {
        insert(quad.map_err(|error| match error {
            RdfParseError::Syntax(error) => GraphError::of_syntax(&error, format).after_lines(line_of_xml.get()),
            error @ RdfParseError::Io(_) => located(GraphError::of_parser(error, format)),
        })?)?;
    }
    Ok(Vec::new())
}

/// Some parsers read `"x"^^rdf:langString`, which RDF does not allow.
fn require_languages(object: &Term) -> Result<(), GraphError> {
    match object {
        Term::Literal(literal) if literal.language().is_none() && needs_language(literal.datatype()) => {
            Err(GraphError::MissingLanguage(literal.value().to_owned()))
        }
        Term::Triple(triple) => require_languages(&triple.object),
        _ => Ok(()),
    }
}

/// A reader that checks the limits of a format.
fn checked<'a>(format: RdfFormat, from: impl Read + 'a) -> Box<dyn Read + 'a> {
    match format {
        RdfFormat::NQuads | RdfFormat::Turtle | RdfFormat::TriG | RdfFormat::N3 => {
            let mut nesting = TermNesting::default();
            Box::new(CheckedReader::new(from, move |bytes| match nesting.is_too_deep(bytes) {
                true => Err(GraphError::TooDeep),
                false => Ok(()),
            }))
        }
        RdfFormat::RdfXml => {
            let mut lexer = XmlLexer::new();
            Box::new(CheckedReader::new(from, move |bytes| lexer.push_all(bytes)))
        }
        RdfFormat::JsonLd { .. } => {
            let mut depth = JsonDepth::default();
            Box::new(CheckedReader::new(from, move |bytes| depth.push_all(bytes)))
        }
        _ => Box::new(from),
    }
}

#[cfg(test)]
mod tests;
