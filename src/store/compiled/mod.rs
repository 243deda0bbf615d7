//! The compiled graph: quads as columns of ids, in memory or in a file that is mapped, never changed.
//!
//! [`GraphBuilder`] collects quads and sorts them; [`CompiledGraph`] answers from them. The format of the file is described
//! in `docs/compiled-graph.md`.
//!
//! Invariant: what a file holds is not trusted. Every block is held against its checksum before it is used, and every id,
//! offset and length that is followed is checked; what does not fit is [`GraphError::Corrupt`].

mod blocks;
mod builder;
mod components;
mod dataset;
mod dictionary;
mod file;
mod interner;
mod lookup;
mod named;
mod nesting;
mod ntriples;
mod orders;
mod sorted;
mod statement;
#[cfg(test)]
mod tests;
mod verify;

pub use builder::GraphBuilder;
#[cfg(fuzzing)]
pub use file::with_valid_checksums;
pub use file::{MAGIC, VERSION};

pub(super) use blocks::{Words, equal_range};
pub(super) use dataset::QueryDataset;
pub(crate) use dictionary::Id;
pub(crate) use file::sibling_temp_file;
pub(super) use file::{Seal, UNFINISHED};
pub(super) use interner::FIRST_COMPUTED;
pub(crate) use interner::canonical;
pub use sorted::SortedTriples;

use super::engine::PlanCache;
use blocks::Bytes;
use components::Components;
use dictionary::Dictionary;
use named::Named;
use orders::{Orders, Triples};
use oxigraph::io::{RdfParseError, RdfSyntaxError};
use oxigraph::model::{Term, TermRef};
use spareval::ExpressionTerm;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

/// Why a compiled graph could not be made, opened or read.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// The file does not hold what it should.
    #[error("the compiled graph is damaged: {0}")]
    Corrupt(&'static str),
    /// The file is something else.
    #[error("this is no compiled graph")]
    NotACompiledGraph,
    /// The file is of another version of the format.
    #[error("the compiled graph is of version {0} of its format, and this program reads version {VERSION}")]
    Version(u32),
    /// There is more of something than numbers of 32 bits can count.
    #[error("{0} are too many, or too large, for a compiled graph")]
    TooLarge(&'static str),
    /// Triple terms hold others, and those others again, more than 128 deep.
    #[error("triple terms are nested more than {} deep", dictionary::MAX_DEPTH)]
    TooDeep,
    /// A query was stopped before its end.
    #[error("the query was stopped")]
    Cancelled,
    /// A document of RDF is malformed.
    #[error("line {line}{}: {message}", .column.map(|c| format!(", column {c}")).unwrap_or_default())]
    Syntax {
        /// The line, counted from 1.
        line: u64,
        /// The column in code points, counted from 1, where it is known.
        column: Option<u64>,
        /// What is wrong.
        message: String,
    },
    /// A base IRI is none.
    #[error("`{0}` is no IRI: {1}")]
    Base(String, String),
    /// What is to be loaded cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] io::Error),
    /// A file cannot be opened.
    #[error("`{0}` cannot be opened: {1}")]
    Open(String, #[source] io::Error),
    /// A file cannot be written.
    #[error("the compiled graph cannot be written: {0}")]
    Write(#[source] io::Error),
}

impl GraphError {
    fn syntax(message: &str) -> Self {
        Self::Syntax { line: 1, column: None, message: message.to_owned() }
    }

    fn of_parser(error: RdfParseError) -> Self {
        match error {
            RdfParseError::Io(e) => e.downcast().unwrap_or_else(Self::Read),
            RdfParseError::Syntax(e) => Self::of_syntax(&e),
        }
    }

    fn of_syntax(error: &RdfSyntaxError) -> Self {
        let at = error.location().map(|place| (place.start.line + 1, place.start.column + 1));
        let said = error.to_string();
        // The parser's message begins with the place, which is kept apart.
        let message = said.split_once(": ").filter(|(place, _)| place.contains("line")).map_or(&*said, |(_, m)| m);
        Self::Syntax { line: at.map_or(1, |at| at.0), column: at.map(|at| at.1), message: message.to_owned() }
    }

    /// The error, where its first line is `before` lines below the beginning.
    fn on_line(self, before: u64) -> Self {
        match self {
            Self::Syntax { line, column, message } => Self::Syntax { line: line + before, column, message },
            other => other,
        }
    }
}

/// A graph that does not change: in memory, or in a file that is mapped.
///
/// Opening a file reads its header and the table of checksums, 8 bytes for each 64 KiB; a block of it is read, and held
/// against its checksum, when it is first needed. Cloning is cheap, and clones may be used from any thread.
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
    named: Named,
    components: Components,
    context: Bytes,
}

impl CompiledGraph {
    fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, plan_cache: PlanCache::default() }))
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// PlanCache of queries that were asked before.
    pub(super) fn plan_cache(&self) -> &PlanCache {
        &self.0.plan_cache
    }

    pub(super) fn orders(&self) -> &Orders {
        &self.parts().orders
    }

    pub(super) fn named(&self) -> &Named {
        &self.parts().named
    }

    pub(super) fn components(&self) -> &Components {
        &self.parts().components
    }

    /// One more than the largest id.
    pub(crate) fn id_bound(&self) -> usize {
        self.parts().terms.len() + 1
    }

    /// The ids of subject, predicate and object of a triple term; `None` where the term is none.
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

    /// The text of a literal that is a text, with its language, and no direction.
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

    /// Opens a file by mapping it.
    ///
    /// # Errors
    ///
    /// Where it cannot be opened, is no compiled graph, or its header is damaged. Damage elsewhere is found when it is met;
    /// [`verify`](Self::verify) looks for it.
    pub fn open(path: &Path) -> Result<Self, GraphError> {
        file::open(file::map(path)?)
    }

    /// Reads a graph from the bytes of a file.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, GraphError> {
        file::open(blocks::Image::Owned(bytes))
    }

    /// Writes the graph in the format of its file. The same graph gives the same bytes.
    ///
    /// # Errors
    ///
    /// Those of the writer; and where the graph is damaged.
    pub fn write(&self, out: &mut impl Write) -> Result<(), GraphError> {
        file::write(self.parts(), out).map(drop)
    }

    /// Writes the graph to a file: to another sibling_temp_file it first, which then takes its place, so that the file is complete or
    /// as it was before.
    ///
    /// # Errors
    ///
    /// Where it cannot be written, or the graph is damaged.
    pub fn save(&self, path: &Path) -> Result<(), GraphError> {
        self.save_sealed(path).map(drop)
    }

    /// Writes the graph to a file as [`save`](Self::save) does, and tells what the file can be known by.
    pub(super) fn save_sealed(&self, path: &Path) -> Result<Seal, GraphError> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = sibling_temp_file(folder).map_err(GraphError::Write)?;
        let mut out = BufWriter::with_capacity(1 << 20, file.as_file());
        let seal = file::write(self.parts(), &mut out)?;
        out.flush().map_err(GraphError::Write)?;
        drop(out);
        file.as_file().sync_all().map_err(GraphError::Write)?;
        file.persist(path).map_err(|e| GraphError::Write(e.error))?;
        Ok(seal)
    }

    /// What its file can be known by; `None` where it is in memory alone.
    pub(super) fn seal(&self) -> Option<Seal> {
        match &self.parts().orders.subjects {
            blocks::Words::Stored(blocks, _) => file::seal(blocks.image()),
            blocks::Words::Owned(_) => None,
        }
    }

    /// Holds all of the file against its checksums, which tells whether it is as it was written.
    pub(super) fn check_sums(&self) -> Result<(), GraphError> {
        match &self.parts().orders.subjects {
            blocks::Words::Stored(blocks, _) => blocks.check_all(),
            blocks::Words::Owned(_) => Ok(()),
        }
    }

    /// How many quads it holds.
    #[expect(clippy::len_without_is_empty, reason = "an empty graph is no case that anybody asks for")]
    pub fn len(&self) -> u64 {
        (self.parts().orders.len() + self.parts().named.len()) as u64
    }

    /// How many terms its dictionary holds.
    pub fn term_count(&self) -> u64 {
        self.parts().terms.len() as u64
    }

    /// What the graph carries besides its quads.
    ///
    /// # Errors
    ///
    /// Where that part of the file is damaged.
    pub fn metadata(&self) -> Result<&[u8], GraphError> {
        self.parts().context.bytes()
    }

    /// The id of a term, after putting it in the form in which terms are kept; `None` where it has none, and so stands in no quad.
    pub(crate) fn id_of(&self, term: TermRef<'_>) -> Result<Option<Id>, GraphError> {
        match interner::canonical(term) {
            Some(kept) => self.parts().terms.id_of(kept.as_ref()),
            None => self.parts().terms.id_of(term),
        }
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
        let check = |[subject, predicate, object]: [Id; 3]| {
            terms.kind(object)?;
            match terms.kind(subject)? <= dictionary::BLANK && terms.kind(predicate)? == dictionary::IRI {
                true => Ok(()),
                false => Err(GraphError::Corrupt("a term is of a kind that cannot be in its position")),
            }
        };
        let mut triples = Triples::default();
        self.for_each_match([None; 3], |triple| {
            triples.push(triple);
            check(triple)
        })?;
        let quads = self.named_matches([None; 4]).map(|quad| {
            let quad @ [subject, predicate, object, name] = quad?;
            check([subject, predicate, object])?;
            // The name of a graph is an IRI or a blank node, as a subject is.
            check([name, predicate, object])?;
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
    /// Whether columns that belong together are of one length.
    fn check_shape(&self) -> Result<(), GraphError> {
        let Parts { terms, orders, named, components, context: _ } = self;
        let triples = orders.spo_p.len();
        let even = [&orders.spo_o, &orders.pos_o, &orders.pos_s, &orders.osp_s, &orders.osp_p];
        let alike = even.iter().all(|column| column.len() == triples)
            && named.columns.iter().flatten().all(|column| column.len() == named.len())
            && components.columns.iter().flatten().all(|column| column.len() == components.len())
            && orders.predicates.len() % orders::ROW == 0
            && terms.offsets.len() >= 2
            && terms.len() < FIRST_COMPUTED as usize
            && terms.table.len() == dictionary::table_size(terms.len())
            && [&orders.subjects, &orders.objects].iter().all(|offsets| offsets.len() == terms.len() + 2);
        if alike { Ok(()) } else { Err(GraphError::Corrupt("its columns are not of one length")) }
    }
}
