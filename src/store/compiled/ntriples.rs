//! Reading N-Triples in parallel.
//!
//! The text is cut into blocks at line ends. Each is read on its own into ids of its own, then the blocks are taken over one
//! after the other, so that ids depend on the text alone. Lines of the plain form are read here; all others, those with
//! mistakes included, are left to oxttl, line by line.

use super::GraphError;
use super::builder::{GraphBuilder, Labels};
use super::dictionary::{BLANK, IRI, Id, STRING, TAGGED, TRIPLE, TYPED, encode};
use super::interner::canonical;
use super::nesting;
use memchr::{memchr, memchr2};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{Literal, NamedNode, TermRef, vocab::rdf, vocab::xsd};
use rayon::prelude::*;
use std::io::Read;
use xxhash_rust::xxh3::xxh3_64;

/// How many bytes are read as one block, but for the rest of its last line.
const BLOCK: usize = 1 << 19;
/// How deep triple terms are read here.
const DEPTH: usize = 8;

/// Reads a document into a builder.
pub(super) fn read(builder: &mut GraphBuilder, labels: Labels, mut from: impl Read) -> Result<(), GraphError> {
    let (mut rest, mut pending, mut line) = (Vec::new(), Vec::new(), 0);
    // What is done with serves again: it costs time to free in one thread what another allocated.
    let (mut blocks, mut idle): (Vec<Vec<u8>>, Vec<Chunk>) = Default::default();
    blocks.resize_with(rayon::current_num_threads() * 4, Vec::new);
    loop {
        let mut filled = 0;
        while filled < blocks.len() && next_block(&mut from, &mut rest, &mut blocks[filled])? {
            filled += 1;
        }
        let chunks: Vec<Chunk> = (0..filled).map(|_| idle.pop().unwrap_or_else(Chunk::new)).collect();
        let (read, taken) = rayon::join(
            || blocks[..filled].par_iter().zip(chunks).map(|(block, chunk)| chunk.read(block, labels)).collect(),
            || pending.into_iter().map(|chunk| take(builder, chunk, &mut line)).collect::<Result<Vec<_>, _>>(),
        );
        idle.extend(taken?);
        if filled == 0 {
            return Ok(());
        }
        pending = read;
    }
}

/// Reads on to the end of a line, or of the document; `rest` is what has been read beyond. Says whether there was anything.
fn next_block(from: &mut impl Read, rest: &mut Vec<u8>, block: &mut Vec<u8>) -> Result<bool, GraphError> {
    block.clear();
    block.append(rest);
    loop {
        let before = block.len();
        block.reserve(BLOCK + 1);
        from.by_ref().take(BLOCK as u64).read_to_end(block).map_err(GraphError::Read)?;
        if block.len() == before {
            return Ok(!block.is_empty());
        }
        if let Some(end) = memchr::memrchr(b'\n', &block[before..]) {
            rest.extend_from_slice(&block[before + end + 1..]);
            block.truncate(before + end + 1);
            return Ok(true);
        }
    }
}

/// The triples of a block, in ids of its own.
#[derive(Default)]
struct Chunk {
    /// Terms as in the dictionary, but with ids of the block.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    hashes: Vec<u64>,
    /// The term that a term is kept as.
    kept: Vec<Id>,
    table: Vec<Id>,
    triples: Vec<[Id; 3]>,
    lines: u64,
    error: Option<(u64, GraphError)>,
    scratch: Vec<u8>,
}

/// Takes the triples of a block over, and gives it back empty.
fn take(builder: &mut GraphBuilder, mut chunk: Chunk, line: &mut u64) -> Result<Chunk, GraphError> {
    let mut ids: Vec<Id> = vec![0; chunk.ends.len()];
    let mut encoded = Vec::new();
    for local in 0..chunk.ends.len() {
        if chunk.kept[local] as usize != local {
            continue;
        }
        let term = chunk.encoded(local as Id);
        // Ids within the term are the block's; what they refer to has been taken over before.
        let id = match term[0] {
            kind @ (TYPED | TRIPLE) => {
                let end = if kind == TYPED { 5 } else { 13 };
                encoded.clear();
                encoded.push(kind);
                for part in term[1..end].as_chunks::<4>().0 {
                    let part = chunk.kept[u32::from_le_bytes(*part) as usize] as usize;
                    encoded.extend_from_slice(&ids[part].to_le_bytes());
                }
                encoded.extend_from_slice(&term[end..]);
                builder.terms.intern_encoded(&encoded, xxh3_64(&encoded))?
            }
            _ => builder.terms.intern_encoded(term, chunk.hashes[local])?,
        };
        ids[local] = id;
    }
    for triple in &chunk.triples {
        builder.triples.push(triple.map(|local| ids[chunk.kept[local as usize] as usize]));
    }
    if let Some((at, error)) = chunk.error.take() {
        return Err(error.on_line(*line + at));
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
        let Self { bytes, ends, hashes, kept, table, triples, lines, error, scratch: _ } = self;
        bytes.clear();
        ends.clear();
        hashes.clear();
        kept.clear();
        table.fill(Id::MAX);
        triples.clear();
        (*lines, *error) = (0, None);
    }

    fn read(mut self, block: &[u8], labels: Labels) -> Self {
        self.triples.reserve(block.len() / 100);
        let mut rest = match std::str::from_utf8(block) {
            Ok(text) => text,
            Err(e) => {
                let good = &block[..e.valid_up_to()];
                let line = memchr::memchr_iter(b'\n', good).count() as u64;
                self.error = Some((line, GraphError::syntax("the text is not UTF-8")));
                return self;
            }
        };
        while !rest.is_empty() {
            let end = memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
            let (line, behind) = rest.split_at(end);
            if let Err(error) = self.line(line, labels) {
                self.error = Some((self.lines, error));
                return self;
            }
            self.lines += 1;
            rest = behind;
        }
        self
    }

    fn line(&mut self, line: &str, labels: Labels) -> Result<(), GraphError> {
        let trimmed = line.trim_matches([' ', '\t', '\r', '\n']);
        // A carriage return alone ends a comment, too: what stands behind it is for oxttl.
        if trimmed.is_empty() || (trimmed.starts_with('#') && !trimmed.contains('\r')) {
            return Ok(());
        }
        let mut cursor = Cursor { rest: trimmed, labels };
        if let Some(triple) = cursor.triple(self, 0)
            && cursor.ends()
        {
            self.triples.push(triple);
            return Ok(());
        }
        nesting::check(line)?;
        for quad in RdfParser::from_format(RdfFormat::NTriples).for_slice(line.trim_end()) {
            let mut quad = quad.map_err(|e| GraphError::of_syntax(&e))?;
            labels.rename(&mut quad);
            let subject = self.intern(quad.subject.as_ref().into())?;
            let predicate = self.intern(quad.predicate.as_ref().into())?;
            let object = self.intern(quad.object.as_ref())?;
            self.triples.push([subject, predicate, object]);
        }
        Ok(())
    }

    fn encoded(&self, id: Id) -> &[u8] {
        let start = if id == 0 { 0 } else { self.ends[id as usize - 1] as usize };
        &self.bytes[start..self.ends[id as usize] as usize]
    }

    fn intern(&mut self, term: TermRef<'_>) -> Result<Id, GraphError> {
        let mut encoded = Vec::new();
        encode(term, &mut encoded, &mut |inner| self.intern(inner).map(|id| Some(self.kept[id as usize])))?;
        self.scratch = encoded;
        self.intern_scratch().ok_or(GraphError::TooLarge("a block of terms"))
    }

    /// The id of the term in `scratch`; `None` where it is no term.
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
        // Each distinct name is looked at once.
        if self.scratch[0] == IRI {
            NamedNode::new(std::str::from_utf8(&self.scratch[1..]).ok()?).ok()?;
        }
        if self.scratch[0] == TYPED && self.is_of_tagged_type() {
            return None;
        }
        let id = self.ends.len() as Id;
        self.bytes.extend_from_slice(&self.scratch);
        self.ends.push(u32::try_from(self.bytes.len()).ok()?);
        self.hashes.push(hash);
        self.kept.push(id);
        self.table[at] = id;
        if self.ends.len() * 2 > self.table.len() {
            self.grow();
        }
        if self.scratch[0] == TYPED {
            let (datatype, value) = self.scratch[1..].split_first_chunk::<4>()?;
            let datatype = std::str::from_utf8(&self.encoded(u32::from_le_bytes(*datatype))[1..]).ok()?;
            let literal =
                Literal::new_typed_literal(std::str::from_utf8(value).ok()?, NamedNode::new_unchecked(datatype));
            let kept = canonical(literal.as_ref().into());
            // A text that is typed as such is just a text.
            let plain = TermRef::from(literal.as_ref());
            if let Some(kept) =
                kept.as_ref().map(oxigraph::model::Term::as_ref).or(is_string(datatype).then_some(plain))
            {
                let other = self.intern(kept).ok()?;
                self.kept[id as usize] = self.kept[other as usize];
            }
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

    /// Whether the literal in `scratch` has a datatype that only texts with a language have.
    fn is_of_tagged_type(&self) -> bool {
        let datatype = self.scratch[1..].first_chunk().map(|id| self.encoded(u32::from_le_bytes(*id)));
        datatype.is_some_and(|iri| {
            [rdf::LANG_STRING, rdf::DIR_LANG_STRING].iter().any(|tagged| iri[1..] == *tagged.as_str().as_bytes())
        })
    }
}

fn is_string(datatype: &str) -> bool {
    datatype == xsd::STRING.as_str()
}

/// What is left of a line. All readings return `None` where the line is not of the plain form.
struct Cursor<'a> {
    rest: &'a str,
    labels: Labels,
}

impl<'a> Cursor<'a> {
    fn skip_blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn eat(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn upto(&mut self, end: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(end);
        self.rest = tail;
        head
    }

    /// Whether nothing but a full stop and a comment is left.
    fn ends(&mut self) -> bool {
        self.skip_blank();
        if self.eat(".").is_none() {
            return false;
        }
        self.skip_blank();
        self.rest.is_empty() || (self.rest.starts_with('#') && !self.rest.contains('\r'))
    }

    fn triple(&mut self, chunk: &mut Chunk, depth: usize) -> Option<[Id; 3]> {
        let subject = match self.rest.as_bytes().first()? {
            b'<' => self.iri(chunk)?,
            _ => self.blank(chunk)?,
        };
        self.skip_blank();
        let predicate = self.iri(chunk)?;
        self.skip_blank();
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
        let iri = self.upto(end);
        self.eat(">")?;
        chunk.scratch.clear();
        chunk.scratch.push(IRI);
        chunk.scratch.extend_from_slice(iri.as_bytes());
        chunk.intern_scratch()
    }

    fn blank(&mut self, chunk: &mut Chunk) -> Option<Id> {
        self.eat("_:")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = self.rest.find(|c| !plain(c))?;
        let label = self.upto(end).trim_end_matches('.');
        // A label may not begin with a hyphen or a point, nor stand right before what might belong to it.
        if label.len() < end || !label.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        if !self.rest.starts_with([' ', '\t', '<', ')']) {
            return None;
        }
        chunk.scratch.clear();
        chunk.scratch.push(BLANK);
        match self.labels.of(label) {
            Some(renamed) => chunk.scratch.extend_from_slice(renamed.as_bytes()),
            None => chunk.scratch.extend_from_slice(label.as_bytes()),
        }
        chunk.intern_scratch()
    }

    fn literal(&mut self, chunk: &mut Chunk) -> Option<Id> {
        self.eat("\"")?;
        let end = memchr2(b'"', b'\\', self.rest.as_bytes())?;
        let value = self.upto(end);
        self.eat("\"")?;
        if memchr(b'\r', value.as_bytes()).is_some() {
            return None;
        }
        if self.eat("^^").is_some() {
            let datatype = self.iri(chunk)?;
            chunk.scratch.clear();
            chunk.scratch.push(TYPED);
            chunk.scratch.extend_from_slice(&datatype.to_le_bytes());
        } else if self.eat("@").is_some() {
            let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
            let tag = self.upto(end);
            // A language of two or three letters, and perhaps a region of two: other tags are checked by oxttl.
            let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
            let (language, region) = tag.split_once('-').unwrap_or((tag, "zz"));
            if !matches!(language.len(), 2 | 3) || region.len() != 2 || !letters(language) || !letters(region) {
                return None;
            }
            chunk.scratch.clear();
            chunk.scratch.push(TAGGED);
            chunk.scratch.push(tag.len() as u8);
            chunk.scratch.extend(tag.bytes().map(|b| b.to_ascii_lowercase()));
        } else {
            chunk.scratch.clear();
            chunk.scratch.push(STRING);
        }
        chunk.scratch.extend_from_slice(value.as_bytes());
        chunk.intern_scratch()
    }

    fn triple_term(&mut self, chunk: &mut Chunk, depth: usize) -> Option<Id> {
        if depth >= DEPTH {
            return None;
        }
        self.eat("<<(")?;
        self.skip_blank();
        let parts = self.triple(chunk, depth + 1)?;
        self.skip_blank();
        self.eat(")>>")?;
        chunk.scratch.clear();
        chunk.scratch.push(TRIPLE);
        for part in parts {
            // Equal triple terms may be written with literals that are only kept as equal.
            let part = chunk.kept[part as usize];
            chunk.scratch.extend_from_slice(&part.to_le_bytes());
        }
        chunk.intern_scratch()
    }
}
