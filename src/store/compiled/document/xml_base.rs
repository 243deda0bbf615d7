//! The `xml:base` attributes of RDF/XML, which may be relative ([RDF/XML, section
//! 2.14](https://www.w3.org/TR/rdf12-xml/#section-Syntax-ID-xml-base)). The parser refuses those, so that they are resolved before it.

use super::iri::{is_absolute, resolve};
use crate::escape::xml;
use crate::store::compiled::GraphError;
use memchr::{memchr, memchr_iter, memmem};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The fewest bytes that are read at once.
const MIN_READ: usize = 1 << 13;

/// How many bytes the bases in scope of relative ones may have for each byte of the document, beyond [`MIN_RESOLVED`]. Each is read to
/// resolve a relative one, and is mostly written into its tag.
const MAX_RESOLVED: usize = 8;
const MIN_RESOLVED: usize = 1 << 20;

/// A document with absolute bases in place of relative ones. Its tags must be well-formed.
pub(super) struct AbsoluteBases<R> {
    from: R,
    /// The base of the document, and those of the open elements.
    bases: Vec<Rc<str>>,
    /// The beginning of markup whose end was not read.
    pending: Vec<u8>,
    /// The bytes that can be passed on, and the position of the first.
    ready: Vec<u8>,
    start: usize,
    has_ended: bool,
    /// The bytes and line breaks that were passed on.
    position: usize,
    lines: u64,
    /// The bytes of bases that relative ones were resolved against.
    resolved: usize,
}

impl<R: Read> AbsoluteBases<R> {
    pub(super) fn new(from: R, base: &str) -> Self {
        let bases = vec![Rc::from(base)];
        Self {
            from,
            bases,
            pending: Vec::new(),
            ready: Vec::new(),
            start: 0,
            has_ended: false,
            position: 0,
            lines: 0,
            resolved: 0,
        }
    }

    fn base(&self) -> Rc<str> {
        self.bases.last().cloned().unwrap_or_default()
    }

    /// Reads until something is ready, or the document ends.
    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.start = 0;
        while self.ready.is_empty() && !self.has_ended {
            // A long tag is searched for its end a few times, not once for each piece.
            let limit = self.pending.len().max(MIN_READ) as u64;
            let read = self.from.by_ref().take(limit).read_to_end(&mut self.pending)?;
            self.has_ended = read == 0;
            let pending = std::mem::take(&mut self.pending);
            let rest = self.push(&pending).map_err(|error| io::Error::other(error.after_lines(self.lines)))?;
            match self.has_ended {
                true if self.bases.len() > 1 => {
                    let error = GraphError::syntax("the document ends inside an element");
                    return Err(io::Error::other(error.after_lines(self.lines + line_breaks(rest))));
                }
                true => self.ready.extend_from_slice(rest),
                false => self.pending = rest.to_vec(),
            }
        }
        Ok(())
    }

    /// Passes on texts, and all markup that has an end. Returns the rest.
    fn push<'a>(&mut self, mut bytes: &'a [u8]) -> Result<&'a [u8], GraphError> {
        loop {
            let (text, rest) = bytes.split_at(memchr(b'<', bytes).unwrap_or(bytes.len()));
            self.ready.extend_from_slice(text);
            self.advance(text);
            bytes = rest;
            let Some(end) = markup_end(bytes) else { return Ok(bytes) };
            let (markup, rest) = bytes.split_at(end);
            match markup.get(1) {
                Some(b'!' | b'?') => self.ready.extend_from_slice(markup),
                Some(b'/') => {
                    if self.bases.len() > 1 {
                        self.bases.pop();
                    }
                    self.ready.extend_from_slice(markup);
                }
                _ => self.push_tag(markup)?,
            }
            self.advance(markup);
            bytes = rest;
        }
    }

    fn advance(&mut self, passed: &[u8]) {
        self.position += passed.len();
        self.lines += line_breaks(passed);
    }

    fn push_tag(&mut self, tag: &[u8]) -> Result<(), GraphError> {
        let mut base = self.base();
        let relative = base_attribute(tag).and_then(|(start, end)| {
            // Entities that the document declares are left to the parser.
            let value = xml::unescaped(std::str::from_utf8(&tag[start..end]).ok()?)?;
            if is_absolute(&value) {
                return Some((start, end, value.into_owned()));
            }
            self.resolved += base.len();
            Some((start, end, resolve(&base, &value)))
        });
        if self.resolved > MIN_RESOLVED + MAX_RESOLVED * self.position {
            let message =
                format!("relative `xml:base` attributes expand to more than {MAX_RESOLVED} times the document");
            return Err(GraphError::syntax(&message));
        }
        match relative {
            Some((start, end, resolved)) => {
                self.ready.extend_from_slice(&tag[..start]);
                self.ready.extend_from_slice(xml::attribute_lossy(&resolved).as_bytes());
                self.ready.extend_from_slice(&tag[end..]);
                base = Rc::from(resolved);
            }
            None => self.ready.extend_from_slice(tag),
        }
        if !tag.ends_with(b"/>") {
            self.bases.push(base);
        }
        Ok(())
    }
}

impl<R: Read> Read for AbsoluteBases<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.ready.len() {
            self.fill()?;
        }
        let length = (&self.ready[self.start..]).read(buffer)?;
        self.start += length;
        Ok(length)
    }
}

fn line_breaks(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Where the comment, declaration, instruction or tag at the start of a text ends; `None` if it does not end there, or the text is empty.
fn markup_end(bytes: &[u8]) -> Option<usize> {
    let after = |mark: &[u8], start: usize| {
        let rest = bytes.get(start..)?;
        memmem::find(rest, mark).map(|at| start + at + mark.len())
    };
    let is_cut = |start: &[u8]| bytes.len() < start.len() && start.starts_with(bytes);
    match bytes {
        [b'<', b'?', ..] => after(b"?>", 2),
        _ if bytes.starts_with(b"<!--") => after(b"-->", 4),
        _ if bytes.starts_with(b"<![CDATA[") => after(b"]]>", 9),
        _ if is_cut(b"<!--") || is_cut(b"<![CDATA[") => None,
        [b'<', b'!', ..] => {
            let mut depth = 0_usize;
            bytes.iter().position(|byte| {
                match byte {
                    b'<' => depth += 1,
                    b'>' => depth -= 1,
                    _ => {}
                }
                depth == 0
            })
        }
        .map(|at| at + 1),
        _ => {
            let mut quote = None;
            let end = bytes.iter().position(|byte| match (quote, byte) {
                (None, b'>') => true,
                (None, b'"' | b'\'') => {
                    quote = Some(*byte);
                    false
                }
                (Some(mark), _) if mark == *byte => {
                    quote = None;
                    false
                }
                _ => false,
            });
            end.map(|at| at + 1)
        }
    }
}

/// Where the value of `xml:base` in a tag begins and ends.
fn base_attribute(tag: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        let equals = at + memchr(b'=', &tag[at..])?;
        let name = tag[at..equals].trim_ascii().rsplit(u8::is_ascii_whitespace).next()?;
        let quote = equals + 1 + tag[equals + 1..].iter().position(|byte| matches!(byte, b'"' | b'\''))?;
        let end = quote + 1 + memchr(tag[quote], &tag[quote + 1..])?;
        if name == b"xml:base" {
            return Some((quote + 1, end));
        }
        at = end + 1;
    }
}

/// A document line by line, so that a parser has not seen a later line than the last one when it finds an error.
pub(super) struct Lines<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    /// The line breaks before the last line.
    before: Rc<Cell<u64>>,
    is_line_over: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(from: R, before: Rc<Cell<u64>>) -> Self {
        Self { from, buffer: Vec::new(), start: 0, before, is_line_over: false }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.buffer.len() {
            self.buffer.resize(MIN_READ, 0);
            let length = self.from.read(&mut self.buffer)?;
            self.buffer.truncate(length);
            self.start = 0;
        }
        let rest = &self.buffer[self.start..];
        if std::mem::take(&mut self.is_line_over) && !rest.is_empty() {
            self.before.set(self.before.get() + 1);
        }
        let line = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let length = (&rest[..line]).read(buffer)?;
        self.is_line_over = rest[..length].ends_with(b"\n");
        self.start += length;
        Ok(length)
    }
}
