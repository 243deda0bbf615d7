//! Reading a file of a record a line, block by block, so that never more than two blocks of it are in memory.

use super::json::{Record, RecordFormat, read_line};
use super::root::ReadError;
use crate::diagnostic::{FileId, Finding};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::io::Read;

/// Bytes that are read at a time; a block is longer only where a line is.
const BLOCK: usize = 4 << 20;

/// The blocks of a file.
struct Blocks<'a, R> {
    from: R,
    name: &'a str,
    content: Sha256,
    /// The beginning of the line that the last block broke off in.
    rest: Vec<u8>,
    /// Bytes and line ends before the next block.
    bytes: usize,
    lines: usize,
}

/// Whole lines, and the byte of the file at which they begin.
struct Block {
    text: String,
    start: usize,
}

impl<R: Read> Blocks<'_, R> {
    fn next(&mut self) -> Result<Option<Block>, ReadError> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut whole = None;
        while whole.is_none() {
            let before = bytes.len();
            bytes.reserve(BLOCK);
            let read = self.from.by_ref().take(BLOCK as u64).read_to_end(&mut bytes);
            let read = read.map_err(|e| ReadError::of(self.name, e))?;
            self.content.update(&bytes[before..]);
            whole = match bytes[before..].iter().rposition(|b| *b == b'\n') {
                Some(at) => Some(before + at + 1),
                None if read < BLOCK => Some(bytes.len()),
                None => None,
            };
        }
        self.rest = bytes.split_off(whole.unwrap_or_default());
        let (start, lines) = (self.bytes, self.lines);
        let text = String::from_utf8(bytes).map_err(|e| ReadError::not_utf8(self.name, &e, start, lines))?;
        self.bytes += text.len();
        self.lines += text.bytes().filter(|b| *b == b'\n').count();
        Ok((!text.is_empty()).then_some(Block { text, start }))
    }
}

/// Reads all records of a file: `make` makes something of some of them at a time, in parallel, and `keep` takes that in
/// the order of the file. Gives the hash of what was read.
///
/// Where it fails, what was kept is to be thrown away.
pub(super) fn read<T: RecordFormat, M: Send>(
    file: FileId,
    name: &str,
    from: impl Read + Send,
    findings: &mut Vec<Finding>,
    make: impl Fn(Vec<Record<T>>) -> M + Sync,
    mut keep: impl FnMut(M),
) -> Result<Sha256, ReadError> {
    let mut blocks = Blocks { from, name, content: Sha256::new(), rest: Vec::new(), bytes: 0, lines: 0 };
    let mut next = blocks.next()?;
    while let Some(block) = next {
        let (read, made) = rayon::join(|| blocks.next(), || records(file, &block, &make));
        for (made, mut found) in made {
            keep(made);
            findings.append(&mut found);
        }
        next = read?;
    }
    Ok(blocks.content)
}

fn records<T: RecordFormat, M: Send>(
    file: FileId,
    block: &Block,
    make: impl Fn(Vec<Record<T>>) -> M + Sync,
) -> Vec<(M, Vec<Finding>)> {
    let base = block.text.as_ptr().addr();
    let lines: Vec<&str> = block.text.split_terminator('\n').collect();
    // Some runs for each thread, so that none waits long for another one.
    let at_once = lines.len().div_ceil(4 * rayon::current_num_threads());
    let made = lines.par_chunks(at_once).map(|lines| {
        let mut findings = Vec::new();
        let mut records = Vec::with_capacity(lines.len());
        for line in lines {
            let start = block.start + line.as_ptr().addr() - base;
            records.extend(read_line(file, line, start, &mut findings));
        }
        (make(records), findings)
    });
    made.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Sample {
        id: String,
    }

    impl RecordFormat for Sample {
        const NAME: &'static str = "sample";
    }

    /// Hands out a few bytes at a time, as a pipe may.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(into.len()).min(100_000);
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    type Kept = Vec<(String, usize)>;

    fn ids(text: &[u8]) -> (Result<Sha256, ReadError>, Kept, Vec<Finding>) {
        let (mut kept, mut findings) = (Vec::new(), Vec::new());
        let make = |records: Vec<Record<Sample>>| records.into_iter().map(|r| (r.value.id, r.index)).collect();
        let keep = |made: Kept| kept.extend(made);
        let read = read(FileId(0), "a.jsonl", Trickle(text), &mut findings, make, keep);
        (read, kept, findings)
    }

    #[test]
    fn lines_keep_their_order_and_their_places_over_the_ends_of_blocks() {
        let long = format!("{{\"id\":\"long\"{}}}", " ".repeat(2 * BLOCK));
        let lines: Vec<String> = (0..200_000).map(|i| format!("{{\"id\":\"ž{i}\"}}")).collect();
        let text = format!("{}\n{long}\n\n{}", lines.join("\n"), lines.join("\n"));
        let (read, kept, findings) = ids(text.as_bytes());
        assert!(findings.is_empty());
        assert_eq!(read.unwrap().finalize(), Sha256::digest(&text));
        assert_eq!(kept.len(), 400_001);
        for (id, start) in kept {
            assert!(text[start..].starts_with(&format!("{{\"id\":\"{id}\"")), "{id} {start}");
        }
    }

    #[test]
    fn a_byte_that_begins_no_character_is_counted_from_the_beginning_of_the_file() {
        let mut text = "{\"id\":\"a\"}\n".repeat(BLOCK / 11 + 10).into_bytes();
        let bad = text.len() - 3;
        text[bad] = 0xFF;
        let (read, ..) = ids(&text);
        let line = text.len() / 11;
        assert!(matches!(read, Err(ReadError::NotUtf8 { byte, line: l, .. }) if byte == bad + 1 && l == line));
    }

    #[test]
    fn an_empty_file_has_no_records() {
        for text in ["", "\n", "\n\n"] {
            let (read, kept, findings) = ids(text.as_bytes());
            assert!(read.is_ok() && kept.is_empty() && findings.is_empty(), "{text:?}");
        }
    }
}
