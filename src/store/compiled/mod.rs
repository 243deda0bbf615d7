//! The compiled graph: quads as columns of ids, immutable, in memory or in a memory-mapped file.
//!
//! [`GraphBuilder`] collects and sorts quads, and [`CompiledGraph`] reads them. `docs/explanation/compiled-graph.md` describes
//! the file format.
//!
//! Invariant: a file is not trusted. The checksum of a block is verified before the block is used, and every id, offset and
//! length is checked before it is followed. An inconsistency is [`GraphError::Corrupt`].

mod blocks;
mod builder;
mod components;
mod dictionary;
mod document;
mod file;
mod interner;
mod lookup;
mod named;
mod orders;
mod sorted;
mod statement;
#[cfg(test)]
mod tests;
mod verify;

pub use builder::GraphBuilder;
pub use document::{ContextLoader, DocumentOptions};
#[cfg(fuzzing)]
pub use file::with_valid_checksums;
pub use file::{MAGIC, VERSION};

pub(super) use blocks::{Words, run_end};
pub(crate) use dictionary::Id;
pub(crate) use document::check_xml;
pub(crate) use file::FileFingerprint;
pub(super) use interner::FIRST_COMPUTED;
pub use sorted::SortedTriples;

use super::engine::PlanCache;
use crate::atomic_file::{AtomicFile, directory_of, remove_abandoned};
use crate::diagnostic::TurtleError;
use crate::diagnostic::io_message;
use blocks::Bytes;
use components::Components;
use dictionary::Dictionary;
use named::NamedQuads;
use orders::{Orders, Triples};
use oxigraph::io::{RdfFormat, RdfParseError, RdfSyntaxError};
use oxigraph::model::{Term, TermRef};
use spareval::ExpressionTerm;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// Why a compiled graph cannot be built, opened or read.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// The file is inconsistent.
    #[error("the compiled graph is corrupt: {0}")]
    Corrupt(&'static str),
    /// The file does not begin as a compiled graph does.
    #[error("not a compiled graph")]
    NotACompiledGraph,
    /// The file has another version of the format.
    #[error("unsupported version {0} of the compiled graph format; this program reads version {VERSION}")]
    Version(u32),
    /// A number does not fit into 32 bits.
    #[error("{0} exceed the limits of a compiled graph")]
    TooLarge(&'static str),
    /// Triple terms are nested beyond the limit.
    #[error("triple terms are nested more than {} levels deep", dictionary::MAX_DEPTH)]
    TooDeep,
    /// A query was cancelled.
    #[error("the query was cancelled")]
    Cancelled,
    /// A query needs more memory than it may use. The number is the limit in bytes.
    #[error("the query needs more than {} of memory", size_text(*.0))]
    MemoryLimit(u64),
    /// A query or a rule computes a string that is longer than [`MAX_STRING_BYTES`](super::MAX_STRING_BYTES).
    #[error("a computed string is longer than {}", size_text(super::MAX_STRING_BYTES as u64))]
    StringTooLong,
    /// A document exceeds a limit.
    #[error("the document has {0}")]
    DocumentLimit(String),
    /// A rule examines more rows than it may. The number is the limit.
    #[error("a rule examines more than {0} rows")]
    RowLimit(u64),
    /// An RDF document is malformed.
    #[error("line {line}{}: {message}", .column.map(|c| format!(", column {c}")).unwrap_or_default())]
    Syntax {
        /// The line, counted from 1.
        line: u64,
        /// The column in code points, counted from 1, if it is known.
        column: Option<u64>,
        /// The error.
        message: String,
    },
    /// A relative IRI in a document without a base.
    #[error("relative IRI `{0}` without a base")]
    RelativeIri(String),
    /// A document is not valid JSON-LD.
    #[error("invalid JSON-LD: {0}")]
    JsonLd(String),
    /// A context in another document cannot be read: its IRI as it is written, and the reason.
    #[error("cannot read the context `{0}`: {1}")]
    Context(String, String),
    /// A literal of `rdf:langString` or `rdf:dirLangString` without a language: its string.
    #[error("the literal {0:?} has a datatype of strings with a language, but no language")]
    MissingLanguage(String),
    /// A base IRI is invalid.
    #[error("invalid base IRI `{0}`")]
    InvalidBase(String),
    /// A compressed document is not valid gzip.
    #[error("invalid gzip: {0}")]
    Gzip(&'static str),
    /// The input cannot be read.
    #[error("cannot read the input: {}", io_message(.0))]
    Read(#[source] io::Error),
    /// A file cannot be opened.
    #[error("cannot open `{}`: {}", .0, io_message(.1))]
    Open(String, #[source] io::Error),
    /// A file cannot be written.
    #[error("cannot write the compiled graph: {}", io_message(.0))]
    Write(#[source] io::Error),
}

/// A size as a multiple of the largest unit that divides it.
pub(crate) fn size_text(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_, bits)| bytes > 0 && bytes.trailing_zeros() >= *bits);
    match unit {
        Some((unit, bits)) => format!("{} {unit}", bytes >> bits),
        None => format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" }),
    }
}

impl GraphError {
    fn syntax(message: &str) -> Self {
        Self::Syntax { line: 1, column: None, message: message.to_owned() }
    }

    /// The error of a reader within the input, or that of the input itself.
    fn of_io(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Read)
    }

    fn of_parser(error: RdfParseError, format: RdfFormat) -> Self {
        match error {
            RdfParseError::Io(e) => Self::of_io(e),
            RdfParseError::Syntax(e) => Self::of_syntax(&e, format),
        }
    }

    /// Locates a syntax error, and describes it without the words of the parser.
    fn of_syntax(error: &RdfSyntaxError, format: RdfFormat) -> Self {
        let start = error.location().map(|location| location.start);
        let (line, column) = (start.map_or(1, |start| start.line + 1), start.map(|start| start.column + 1));
        let message = match format {
            RdfFormat::RdfXml | RdfFormat::JsonLd { .. } => format!("invalid {}", format.name()),
            _ => TurtleError::new(&error.to_string()).message.replace("Turtle", format.name()),
        };
        Self::Syntax { line, column, message }
    }

    /// The same error, located in a document with `before` lines before the text that was parsed.
    fn after_lines(self, before: u64) -> Self {
        match self {
            Self::Syntax { line, column, message } => Self::Syntax { line: line + before, column, message },
            other => other,
        }
    }
}

/// An immutable graph, in memory or in a memory-mapped file.
///
/// Opening a file reads its header and its checksums, 8 bytes for each 64 KiB. A block is read, and its checksum verified, when
/// the block is first used. Clones are cheap and can be used from any thread.
///
/// ```
/// use factloom::store::{CompiledGraph, GraphBuilder};
/// use oxigraph::io::RdfFormat;
///
/// let mut builder = GraphBuilder::new();
/// builder.read(RdfFormat::Turtle, None, "<http://e/a> <http://e/knows> <http://e/b>, <http://e/c> .".as_bytes())?;
/// let graph = builder.finish()?;
/// let mut bytes = Vec::new();
/// graph.write(&mut bytes)?;
/// let opened = CompiledGraph::from_bytes(bytes)?;
/// opened.verify()?;
/// assert_eq!(opened.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CompiledGraph(Arc<Inner>);

struct Inner {
    parts: Parts,
    plan_cache: PlanCache,
}

struct Parts {
    terms: Dictionary,
    orders: Orders,
    named: NamedQuads,
    components: Components,
    metadata: Bytes,
}

impl CompiledGraph {
    fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, plan_cache: PlanCache::default() }))
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// The plans of earlier queries.
    pub(super) fn plan_cache(&self) -> &PlanCache {
        &self.0.plan_cache
    }

    pub(super) fn orders(&self) -> &Orders {
        &self.parts().orders
    }

    pub(super) fn named(&self) -> &NamedQuads {
        &self.parts().named
    }

    pub(super) fn components(&self) -> &Components {
        &self.parts().components
    }

    /// One more than the largest id.
    pub(crate) fn id_bound(&self) -> usize {
        self.parts().terms.len() + 1
    }

    /// The ids of the subject, predicate and object of a triple term; `None` if the term is of another kind.
    pub(super) fn components_of(&self, id: Id) -> Result<Option<[Id; 3]>, GraphError> {
        self.parts().terms.components(id)
    }

    /// The triple term of three ids.
    pub(super) fn triple_term(&self, parts: [Id; 3]) -> Result<Option<Id>, GraphError> {
        let mut encoded = [dictionary::TRIPLE; 13];
        for (bytes, part) in encoded[1..].chunks_exact_mut(4).zip(parts) {
            bytes.copy_from_slice(&part.to_le_bytes());
        }
        self.parts().terms.find(&encoded)
    }

    /// The value and the language tag of a string or a language-tagged string without base direction.
    pub(super) fn text(&self, id: Id) -> Result<Option<(&str, Option<&str>)>, GraphError> {
        self.parts().terms.text(id)
    }

    /// Whether a term is an IRI or a blank node.
    pub(super) fn is_node(&self, id: Id) -> Result<bool, GraphError> {
        Ok(self.parts().terms.kind(id)? <= dictionary::BLANK)
    }

    /// The value with an id.
    pub(super) fn value(&self, id: Id) -> Result<ExpressionTerm, GraphError> {
        self.parts().terms.value(id)
    }

    /// Opens a file by mapping it into memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be opened, is not a compiled graph, or has a corrupt header. Corruption elsewhere is
    /// found when a block is used, or by [`verify`](Self::verify).
    pub fn open(path: &Path) -> Result<Self, GraphError> {
        file::open(file::map(path)?)
    }

    /// Reads a graph from the bytes of a file.
    ///
    /// # Errors
    ///
    /// See [`open`](Self::open).
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, GraphError> {
        file::open(blocks::Image::Owned(bytes))
    }

    /// Writes the graph in the format of its file. The same graph gives the same bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the writer fails, or if the graph is corrupt.
    pub fn write(&self, out: &mut impl Write) -> Result<(), GraphError> {
        file::write(self.parts(), out).map(drop)
    }

    /// Writes the graph to a sibling temporary file and renames it, so that the file is complete or unchanged.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written, or if the graph is corrupt.
    pub fn save(&self, path: &Path) -> Result<(), GraphError> {
        remove_abandoned(directory_of(path));
        self.save_with_fingerprint(path).map(drop)
    }

    /// Writes the graph to a file as [`save`](Self::save) does, and returns the fingerprint of the file.
    pub(crate) fn save_with_fingerprint(&self, path: &Path) -> Result<FileFingerprint, GraphError> {
        let file = AtomicFile::create(path).map_err(GraphError::Write)?;
        let mut writer = file.writer();
        let fingerprint = file::write(self.parts(), &mut writer)?;
        file.complete(writer).and_then(|()| file.commit()).map_err(GraphError::Write)?;
        Ok(fingerprint)
    }

    /// The fingerprint of the file; `None` if the graph is in memory.
    pub(crate) fn fingerprint(&self) -> Option<FileFingerprint> {
        match &self.parts().orders.subjects {
            Words::Stored(blocks, _) => file::fingerprint(blocks.image()),
            Words::Owned(_) => None,
        }
    }

    /// Verifies the checksums of all blocks.
    pub(crate) fn verify_checksums(&self) -> Result<(), GraphError> {
        match &self.parts().orders.subjects {
            Words::Stored(blocks, _) => blocks.verify_all(),
            Words::Owned(_) => Ok(()),
        }
    }

    /// The number of quads.
    #[expect(clippy::len_without_is_empty, reason = "no caller needs to know whether a graph is empty")]
    pub fn len(&self) -> u64 {
        (self.parts().orders.len() + self.parts().named.len()) as u64
    }

    /// The number of terms in the dictionary.
    pub fn term_count(&self) -> u64 {
        self.parts().terms.len() as u64
    }

    /// The bytes that [`GraphBuilder::set_metadata`] received.
    ///
    /// # Errors
    ///
    /// Returns an error if that section of the file is corrupt.
    pub fn metadata(&self) -> Result<&[u8], GraphError> {
        self.parts().metadata.bytes()
    }

    /// The id of a term; `None` if no quad contains it.
    pub(crate) fn id_of(&self, term: TermRef<'_>) -> Result<Option<Id>, GraphError> {
        self.parts().terms.id_of(term)
    }

    /// The term with an id.
    pub(crate) fn term(&self, id: Id) -> Result<Term, GraphError> {
        self.parts().terms.term(id)
    }

    /// The ids of all triples of the default graph, and of all quads of named graphs.
    ///
    /// Returns an error if an id has no term, or if its term is of a kind that cannot be in its position.
    fn checked_ids(&self) -> Result<(Triples, Vec<[Id; 4]>), GraphError> {
        let terms = &self.parts().terms;
        let mut triples = Triples::default();
        self.for_each_match([None; 3], |triple| {
            triples.push(triple);
            terms.check_triple(triple)
        })?;
        let quads = self.named_matches([None; 4]).map(|quad| {
            let quad @ [subject, predicate, object, name] = quad?;
            terms.check_triple([subject, predicate, object])?;
            // The name of a graph is an IRI or a blank node, as a subject is.
            terms.check_triple([name, predicate, object])?;
            Ok(quad)
        });
        Ok((triples, quads.collect::<Result<_, _>>()?))
    }
}

impl fmt::Debug for CompiledGraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompiledGraph({} quads)", self.len())
    }
}

impl Parts {
    /// Returns an error if columns that belong together differ in length.
    fn check_shape(&self) -> Result<(), GraphError> {
        let Parts { terms, orders, named, components, metadata: _ } = self;
        let triples = orders.spo_p.len();
        let columns = [&orders.spo_o, &orders.pos_o, &orders.pos_s, &orders.osp_s, &orders.osp_p];
        let is_consistent = columns.iter().all(|column| column.len() == triples)
            && named.columns.iter().flatten().all(|column| column.len() == named.len())
            && components.columns.iter().flatten().all(|column| column.len() == components.len())
            && orders.predicates.len() % orders::ROW_WIDTH == 0
            && terms.offsets.len() >= 2
            && terms.len() < FIRST_COMPUTED as usize
            && terms.table.len() == dictionary::table_size(terms.len())
            && [&orders.subjects, &orders.objects].iter().all(|offsets| offsets.len() == terms.len() + 2);
        if is_consistent { Ok(()) } else { Err(GraphError::Corrupt("its columns differ in length")) }
    }
}
