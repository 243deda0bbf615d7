//! [JSON-LD 1.1](https://www.w3.org/TR/json-ld11/): its algorithms for contexts, expansion and RDF.
//!
//! Oxigraph's parser resolves some relative IRIs wrongly, drops triples without a message, and reads no contexts in other files with a
//! limit. JSON-LD drops triples by its own rules, too, which are counted here.

mod context;
mod define;
mod expand;
mod json;
mod memo;
mod string_positions;
mod to_rdf;

use super::checked_reader::CheckedReader;
use super::json_limits::{JsonDepth, MAX_DEPTH};
use super::{ContextLoader, MAX_EXPANSION, MIN_EXPANDED};
use crate::model::on_deep_stack;
use crate::store::compiled::GraphError;
use context::{Context, RelativeTo};
use expand::{Position, into_items};
use json::{Json, Part};
use memo::ContextMemo;
use oxigraph::model::{GraphName, Quad};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::io::Read;
use std::rc::Rc;
use to_rdf::Emitter;

/// How many terms of contexts may be copied: for each byte of the document, and in any case.
const MAX_TERMS: u64 = 32;
const MIN_TERMS: u64 = 1 << 25;
/// How many terms are copied in the time in which one is defined.
const TERMS_OF_DEFINITION: usize = 16;
/// The maximum number of terms that are defined inside of each other: a definition refers to another term, or has a context. The stack has to
/// suffice for as many levels as a document has.
const MAX_CHAIN: usize = MAX_DEPTH;
/// How many names of each kind are reported.
const MAX_REPORTED: usize = 5;

/// What the rules of JSON-LD drop.
#[derive(Debug, Default)]
struct Dropped {
    /// Keys of objects without an IRI.
    keys: BTreeSet<String>,
    /// Invalid IRIs and language tags.
    iris: BTreeSet<String>,
    /// The number of triples that have these.
    quads: u64,
}

impl Dropped {
    fn note_iri(&mut self, iri: &str) {
        if self.iris.len() <= MAX_REPORTED {
            self.iris.insert(iri.to_owned());
        }
    }

    /// What was dropped, in words.
    fn notes(&self) -> Vec<String> {
        let names = |names: &BTreeSet<String>| {
            let shown: Vec<String> = names.iter().take(MAX_REPORTED).map(|name| format!("`{name}`")).collect();
            format!("{}{}", shown.join(", "), if names.len() > MAX_REPORTED { " and others" } else { "" })
        };
        let mut notes = Vec::new();
        if self.quads > 0 {
            let plural = if self.quads == 1 { "" } else { "s" };
            let invalid = names(&self.iris);
            notes.push(format!(
                "dropped {} triple{plural} with relative or invalid IRIs or language tags: {invalid}",
                self.quads
            ));
        }
        if !self.keys.is_empty() {
            notes.push(format!("ignored keys without an IRI: {}", names(&self.keys)));
        }
        notes
    }
}

/// Reads a document. Its depth must be limited. Returns notes on what was dropped.
pub(super) fn read(
    from: impl Read,
    base: &str,
    contexts: Option<&ContextLoader<'_>>,
    emit: impl FnMut(Quad) -> Result<(), GraphError>,
) -> Result<Vec<String>, GraphError> {
    let length = Rc::new(Cell::new(0));
    let counter = Rc::clone(&length);
    let from = CheckedReader::new(from, move |bytes| {
        counter.set(counter.get() + bytes.len() as u64);
        Ok(())
    });
    let processor = Processor {
        base: base.to_owned(),
        contexts,
        loaded: RefCell::default(),
        memo: RefCell::default(),
        length,
        terms: Cell::new(0),
        iri_bytes: Cell::new(0),
        definitions: Cell::new(0),
        ignored: RefCell::default(),
    };
    let mut dropped = Dropped::default();
    on_deep_stack(MAX_DEPTH, || {
        let active = Rc::new(Context { base: Some(base.to_owned()), ..Context::default() });
        let position = Position { active, property: None, base, is_in_map: false };
        let mut emitter = Emitter { emit, dropped: &mut dropped };
        Json::read(from, |part| {
            let expanded = match (part, processor.expand(part.value(), &position)?) {
                // A document that is one object with only a graph is that graph.
                (Part::Document(_), Some(Json::Object(mut entries)))
                    if entries.len() == 1 && entries.contains_key("@graph") =>
                {
                    entries.remove("@graph")
                }
                (_, expanded) => expanded,
            };
            emitter.nodes(&expanded.map(into_items).unwrap_or_default(), &GraphName::DefaultGraph)
        })
    })?;
    dropped.keys = processor.ignored.into_inner();
    Ok(dropped.notes())
}

/// What the algorithms need: the base, and contexts in other documents; and limits.
struct Processor<'a> {
    base: String,
    contexts: Option<&'a ContextLoader<'a>>,
    loaded: RefCell<BTreeMap<String, Rc<Json>>>,
    memo: RefCell<ContextMemo>,
    /// The length of the document up to here, in bytes.
    length: Rc<Cell<u64>>,
    /// How many terms were copied.
    terms: Cell<u64>,
    /// How long the expanded IRIs are.
    iri_bytes: Cell<u64>,
    /// How many terms are being defined, inside of each other.
    definitions: Cell<usize>,
    /// Keys without an IRI.
    ignored: RefCell<BTreeSet<String>>,
}

impl Processor<'_> {
    /// Counts the terms of a context that is copied.
    fn count_terms(&self, count: usize) -> Result<(), GraphError> {
        self.terms.set(self.terms.get() + count as u64);
        match self.terms.get() > MAX_TERMS * self.length.get() + MIN_TERMS {
            true => {
                Err(GraphError::DocumentLimit("contexts with too many terms that are applied too often".to_owned()))
            }
            false => Ok(()),
        }
    }

    fn expand_iri(&self, active: &Context, value: &str, relative_to: RelativeTo) -> Result<Option<String>, GraphError> {
        let expanded = active.expand(value, relative_to);
        self.iri_bytes.set(self.iri_bytes.get() + expanded.as_ref().map_or(0, String::len) as u64);
        match self.iri_bytes.get() > MAX_EXPANSION * self.length.get() + MIN_EXPANDED {
            true => Err(GraphError::DocumentLimit(format!("terms of more than {MAX_EXPANSION} times its length"))),
            false => Ok(expanded),
        }
    }

    fn ignore_key(&self, key: &str) {
        let mut ignored = self.ignored.borrow_mut();
        if ignored.len() <= MAX_REPORTED {
            ignored.insert(key.to_owned());
        }
    }

    /// The `@context` of another document.
    fn load_context(&self, iri: &str, reference: &str) -> Result<Rc<Json>, GraphError> {
        if let Some(context) = self.loaded.borrow().get(iri) {
            return Ok(Rc::clone(context));
        }
        let unreadable = |reason| GraphError::Context(reference.to_owned(), reason);
        let load = self.contexts.ok_or_else(|| unreadable("it is in another document".to_owned()))?;
        let text = load(iri).map_err(unreadable)?;
        JsonDepth::default().push_all(&text)?;
        let mut context = None;
        let read = Json::read(&text[..], |part| {
            if let Part::Document(Json::Object(entries)) = part {
                context = entries.get("@context").cloned();
            }
            Ok(())
        });
        let context = read.ok().and(context).ok_or_else(|| error("invalid remote context", reference))?;
        let context = Rc::new(context);
        self.loaded.borrow_mut().insert(iri.to_owned(), Rc::clone(&context));
        Ok(context)
    }
}

/// An error with a code of the standard, and what has it.
fn error(code: &str, found: impl Display) -> GraphError {
    GraphError::JsonLd(format!("{code}: {found}"))
}

impl Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write_canonical(&mut text);
        match text.char_indices().nth(60) {
            Some((end, _)) => write!(f, "`{}…`", &text[..end]),
            None => write!(f, "`{text}`"),
        }
    }
}

#[cfg(test)]
mod tests;
