//! Parsing N-Triples in parallel.
//!
//! The text is cut into blocks at line ends. Each block is parsed separately, with local ids. Then the blocks are merged in order,
//! so that ids depend on the text alone. Lines in the usual form are parsed here. All others, including those with errors, are
//! parsed by oxttl.

use super::MAX_TOKEN_BYTES;
use super::labels::{BlankNodeLabels, Relabeling};
use crate::model::has_deep_terms;
use crate::store::compiled::builder::GraphBuilder;
use crate::store::compiled::dictionary::{BLANK, IRI, Id, STRING, TAGGED, TRIPLE, TYPED, encode};
use crate::store::compiled::{GraphError, size_text};
use memchr::{memchr, memchr2};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{NamedNode, TermRef, vocab::rdf, vocab::xsd};
use rayon::prelude::*;
use std::io::Read;
use xxhash_rust::xxh3::xxh3_64;

/// The size of a block in bytes, without the rest of its last line.
const BLOCK_SIZE: usize = 1 << 19;
/// The depth of triple terms up to which they are parsed here.
const MAX_PARSED_DEPTH: usize = 8;

/// Reads a document into a builder.
pub(super) fn read(builder: &mut GraphBuilder, labels: BlankNodeLabels, mut from: impl Read) -> Result<(), GraphError> {
    let (mut rest, mut pending, mut line) = (Vec::new(), Vec::new(), 0);
    let mut has_ended = false;
    let mut is_cut = false;
    // Buffers are reused: freeing in one thread what another thread allocated takes time.
    let (mut blocks, mut idle): (Vec<Vec<u8>>, Vec<Chunk>) = Default::default();
    blocks.resize_with(rayon::current_num_threads() * 4, Vec::new);
    loop {
        let mut filled = 0;
        while filled < blocks.len() && !has_ended {
            let block = next_block(&mut from, &mut rest, &mut blocks[filled])?;
            has_ended = block != Block::Lines;
            is_cut = block == Block::TooLong;
            filled += usize::from(block == Block::Lines);
        }
        let chunks: Vec<Chunk> = (0..filled).map(|_| idle.pop().unwrap_or_else(Chunk::new)).collect();
        let (parsed, merged) = rayon::join(
            || blocks[..filled].par_iter().zip(chunks).map(|(block, chunk)| chunk.parse(block, labels)).collect(),
            || pending.into_iter().map(|chunk| merge(builder, chunk, &mut line)).collect::<Result<Vec<_>, _>>(),
        );
        idle.extend(merged?);
        if filled == 0 {
            // The lines before it are parsed by now, so that the number of the line is known.
            return if is_cut { Err(too_long().after_lines(line)) } else { Ok(()) };
        }
        pending = parsed;
    }
}

/// What was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Lines,
    /// The beginning of a line beyond the limit.
    TooLong,
    End,
}

/// The error of the first line.
fn too_long() -> GraphError {
    GraphError::syntax(&format!("the line is longer than {}", size_text(MAX_TOKEN_BYTES as u64)))
}

/// Reads a block up to the end of a line or of the document, and leaves the bytes after it in `rest`.
fn next_block(from: &mut impl Read, rest: &mut Vec<u8>, block: &mut Vec<u8>) -> Result<Block, GraphError> {
    block.clear();
    block.append(rest);
    loop {
        let before = block.len();
        block.reserve(BLOCK_SIZE + 1);
        from.by_ref().take(BLOCK_SIZE as u64).read_to_end(block).map_err(GraphError::of_io)?;
        if block.len() == before {
            return Ok(if block.is_empty() { Block::End } else { Block::Lines });
        }
        if let Some(end) = memchr::memrchr(b'\n', &block[before..]) {
            rest.extend_from_slice(&block[before + end + 1..]);
            block.truncate(before + end + 1);
            return Ok(Block::Lines);
        }
        if block.len() > MAX_TOKEN_BYTES {
            return Ok(Block::TooLong);
        }
    }
}

/// The triples of a block, with local ids.
#[derive(Default)]
struct Chunk {
    /// Terms encoded as in the dictionary, but with local ids.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    hashes: Vec<u64>,
    table: Vec<Id>,
    triples: Vec<[Id; 3]>,
    lines: u64,
    error: Option<(u64, GraphError)>,
    scratch: Vec<u8>,
}

/// Adds the triples of a chunk to the builder, and returns the chunk empty.
fn merge(builder: &mut GraphBuilder, mut chunk: Chunk, line: &mut u64) -> Result<Chunk, GraphError> {
    let mut ids: Vec<Id> = vec![0; chunk.ends.len()];
    let mut encoded = Vec::new();
    for local in 0..chunk.ends.len() {
        let term = chunk.encoded(local as Id);
        // The ids within the term are local, and their terms have been merged before.
        let id = match term[0] {
            kind @ (TYPED | TRIPLE) => {
                let end = if kind == TYPED { 5 } else { 13 };
                encoded.clear();
                encoded.push(kind);
                for part in term[1..end].as_chunks::<4>().0 {
                    encoded.extend_from_slice(&ids[u32::from_le_bytes(*part) as usize].to_le_bytes());
                }
                encoded.extend_from_slice(&term[end..]);
                builder.terms.intern_encoded(&encoded, xxh3_64(&encoded))?
            }
            _ => builder.terms.intern_encoded(term, chunk.hashes[local])?,
        };
        ids[local] = id;
    }
    for triple in &chunk.triples {
        builder.triples.push(triple.map(|local| ids[local as usize]));
    }
    if let Some((at, error)) = chunk.error.take() {
        return Err(error.after_lines(*line + at));
    }
    *line += chunk.lines;
    chunk.clear();
    Ok(chunk)
}

impl Chunk {
    fn new() -> Self {
        Self { table: vec![Id::MAX; 1 << 12], ..Self::default() }
    }

    fn clear(&mut self) {
        let Self { bytes, ends, hashes, table, triples, lines, error, scratch: _ } = self;
        bytes.clear();
        ends.clear();
        hashes.clear();
        table.fill(Id::MAX);
        triples.clear();
        (*lines, *error) = (0, None);
    }

    fn parse(mut self, block: &[u8], labels: BlankNodeLabels) -> Self {
        self.triples.reserve(block.len() / 100);
        let mut rest = match std::str::from_utf8(block) {
            Ok(text) => text,
            Err(e) => {
                let line = memchr::memchr_iter(b'\n', &block[..e.valid_up_to()]).count() as u64;
                self.error = Some((line, GraphError::syntax("invalid UTF-8")));
                return self;
            }
        };
        while !rest.is_empty() {
            let end = memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
            let (line, remainder) = rest.split_at(end);
            if let Err(error) = self.parse_line(line, labels) {
                self.error = Some((self.lines, error));
                return self;
            }
            self.lines += 1;
            rest = remainder;
        }
        self
    }

    fn parse_line(&mut self, line: &str, labels: BlankNodeLabels) -> Result<(), GraphError> {
        if line.len() > MAX_TOKEN_BYTES {
            return Err(too_long());
        }
        let trimmed = line.trim_matches([' ', '\t', '\r', '\n']);
        // A carriage return also ends a comment; oxttl parses the text after it.
        if trimmed.is_empty() || (trimmed.starts_with('#') && !trimmed.contains('\r')) {
            return Ok(());
        }
        let mut cursor = Cursor { rest: trimmed, labels };
        if let Some(triple) = cursor.triple(self, 0)
            && cursor.is_at_end()
        {
            self.triples.push(triple);
            return Ok(());
        }
        if has_deep_terms(line) {
            return Err(GraphError::TooDeep);
        }
        for quad in RdfParser::from_format(RdfFormat::NTriples).for_slice(line.trim_end()) {
            let mut quad = quad.map_err(|e| GraphError::of_syntax(&e, RdfFormat::NTriples))?;
            Relabeling::new(labels, RdfFormat::NQuads).rename(&mut quad);
            let subject = self.intern(quad.subject.as_ref().into())?;
            let predicate = self.intern(quad.predicate.as_ref().into())?;
            let object = self.intern(quad.object.as_ref())?;
            self.triples.push([subject, predicate, object]);
        }
        Ok(())
    }

    /// Starts the encoding of a term of a kind in `scratch`.
    fn begin(&mut self, kind: u8) -> &mut Vec<u8> {
        self.scratch.clear();
        self.scratch.push(kind);
        &mut self.scratch
    }

    fn encoded(&self, id: Id) -> &[u8] {
        let start = if id == 0 { 0 } else { self.ends[id as usize - 1] as usize };
        &self.bytes[start..self.ends[id as usize] as usize]
    }

    fn intern(&mut self, term: TermRef<'_>) -> Result<Id, GraphError> {
        let mut encoded = Vec::new();
        encode(term, &mut encoded, &mut |inner| self.intern(inner).map(Some))?;
        self.scratch = encoded;
        self.intern_scratch().ok_or(GraphError::TooLarge("a block of terms"))
    }

    /// The id of the term in `scratch`; `None` if the term is invalid.
    fn intern_scratch(&mut self) -> Option<Id> {
        let hash = xxh3_64(&self.scratch);
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let id = self.table[at];
            if id == Id::MAX {
                break;
            }
            if self.hashes[id as usize] == hash && self.encoded(id) == self.scratch {
                return Some(id);
            }
            at = (at + 1) & mask;
        }
        // Each distinct IRI is validated once.
        if self.scratch[0] == IRI {
            NamedNode::new(std::str::from_utf8(&self.scratch[1..]).ok()?).ok()?;
        }
        if self.scratch[0] == TYPED && self.has_tagged_datatype() {
            return None;
        }
        let id = self.ends.len() as Id;
        self.bytes.extend_from_slice(&self.scratch);
        self.ends.push(u32::try_from(self.bytes.len()).ok()?);
        self.hashes.push(hash);
        self.table[at] = id;
        if self.ends.len() * 2 > self.table.len() {
            self.grow();
        }
        Some(id)
    }

    fn grow(&mut self) {
        let mask = self.table.len() * 2 - 1;
        self.table = vec![Id::MAX; mask + 1];
        for (id, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & mask;
            while self.table[at] != Id::MAX {
                at = (at + 1) & mask;
            }
            self.table[at] = id as Id;
        }
    }

    /// Whether the literal in `scratch` has a datatype of language-tagged strings, without a tag.
    fn has_tagged_datatype(&self) -> bool {
        let datatype = self.scratch[1..].first_chunk().map(|id| self.encoded(u32::from_le_bytes(*id)));
        datatype.is_some_and(|iri| {
            [rdf::LANG_STRING, rdf::DIR_LANG_STRING].iter().any(|tagged| iri[1..] == *tagged.as_str().as_bytes())
        })
    }
}

/// The rest of a line. The methods return `None` if the line is not in the usual form.
struct Cursor<'a> {
    rest: &'a str,
    labels: BlankNodeLabels,
}

impl<'a> Cursor<'a> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn eat(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn take(&mut self, end: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(end);
        self.rest = tail;
        head
    }

    /// Whether only a full stop and a comment are left.
    fn is_at_end(&mut self) -> bool {
        self.skip_spaces();
        if self.eat(".").is_none() {
            return false;
        }
        self.skip_spaces();
        self.rest.is_empty() || (self.rest.starts_with('#') && !self.rest.contains('\r'))
    }

    fn triple(&mut self, chunk: &mut Chunk, depth: usize) -> Option<[Id; 3]> {
        let subject = match self.rest.as_bytes().first()? {
            b'<' => self.iri(chunk)?,
            _ => self.blank(chunk)?,
        };
        self.skip_spaces();
        let predicate = self.iri(chunk)?;
        self.skip_spaces();
        let object = match self.rest.as_bytes().first()? {
            b'"' => self.literal(chunk)?,
            b'_' => self.blank(chunk)?,
            _ if self.rest.starts_with("<<(") => self.triple_term(chunk, depth)?,
            _ => self.iri(chunk)?,
        };
        Some([subject, predicate, object])
    }

    fn iri(&mut self, chunk: &mut Chunk) -> Option<Id> {
        self.eat("<")?;
        let end = memchr2(b'>', b'\\', self.rest.as_bytes())?;
        let iri = self.take(end);
        self.eat(">")?;
        chunk.begin(IRI).extend_from_slice(iri.as_bytes());
        chunk.intern_scratch()
    }

    fn blank(&mut self, chunk: &mut Chunk) -> Option<Id> {
        self.eat("_:")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = self.rest.find(|c| !plain(c))?;
        let label = self.take(end).trim_end_matches('.');
        // A label cannot begin with a hyphen or a full stop. A character after it that may belong to it is left to oxttl.
        if label.len() < end || !label.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        if !self.rest.starts_with([' ', '\t', '<', ')']) {
            return None;
        }
        let new_label = self.labels.new_label(label);
        chunk.begin(BLANK).extend_from_slice(new_label.as_deref().unwrap_or(label).as_bytes());
        chunk.intern_scratch()
    }

    fn literal(&mut self, chunk: &mut Chunk) -> Option<Id> {
        self.eat("\"")?;
        let end = memchr2(b'"', b'\\', self.rest.as_bytes())?;
        let value = self.take(end);
        self.eat("\"")?;
        if memchr(b'\r', value.as_bytes()).is_some() {
            return None;
        }
        if self.eat("^^").is_some() {
            let datatype = self.iri(chunk)?;
            // A literal of type `xsd:string` is a simple literal.
            match chunk.encoded(datatype)[1..] == *xsd::STRING.as_str().as_bytes() {
                true => {
                    chunk.begin(STRING);
                }
                false => chunk.begin(TYPED).extend_from_slice(&datatype.to_le_bytes()),
            }
        } else if self.eat("@").is_some() {
            let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
            let tag = self.take(end);
            // Only a language of two or three letters and a region of two; oxttl validates other tags.
            let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
            let (language, region) = tag.split_once('-').unwrap_or((tag, "zz"));
            if !matches!(language.len(), 2 | 3) || region.len() != 2 || !letters(language) || !letters(region) {
                return None;
            }
            let encoded = chunk.begin(TAGGED);
            encoded.push(tag.len() as u8);
            encoded.extend(tag.bytes().map(|b| b.to_ascii_lowercase()));
        } else {
            chunk.begin(STRING);
        }
        chunk.scratch.extend_from_slice(value.as_bytes());
        chunk.intern_scratch()
    }

    fn triple_term(&mut self, chunk: &mut Chunk, depth: usize) -> Option<Id> {
        if depth >= MAX_PARSED_DEPTH {
            return None;
        }
        self.eat("<<(")?;
        self.skip_spaces();
        let parts = self.triple(chunk, depth + 1)?;
        self.skip_spaces();
        self.eat(")>>")?;
        chunk.begin(TRIPLE);
        for part in parts {
            chunk.scratch.extend_from_slice(&part.to_le_bytes());
        }
        chunk.intern_scratch()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::repeat;

    fn error(from: impl Read) -> String {
        GraphBuilder::new().read(RdfFormat::NTriples, None, from).unwrap_err().to_string()
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let before = "<http://e/a> <http://e/b> \"c\" .\n".repeat(3);
        let endless = before.as_bytes().chain(repeat(b'a'));
        assert_eq!(error(endless), "line 4: the line is longer than 16 MiB");
        // An error before it comes first.
        let endless = "x\n".as_bytes().chain(repeat(b'a'));
        assert!(error(endless).starts_with("line 1, column 1: "));
        let line = |length: usize| format!("<http://e/a> <http://e/b> \"{}\" .\n", "x".repeat(length - 31));
        let read = |text: String| GraphBuilder::new().read(RdfFormat::NTriples, None, text.as_bytes());
        assert_eq!(line(MAX_TOKEN_BYTES).len(), MAX_TOKEN_BYTES);
        assert!(read(line(MAX_TOKEN_BYTES)).is_ok());
        assert!(read(line(MAX_TOKEN_BYTES + 1)).is_err());
    }
}
