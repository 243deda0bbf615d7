//! Reading JSON Lines in blocks. At most two blocks of a file are in memory.

use super::json::{Record, RecordFormat, read_line};
use crate::diagnostic::{FileId, Findings};
use crate::files::ReadError;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::io::Read;

/// The size of a block in bytes; a longer line makes a longer block.
const BLOCK_SIZE: usize = 4 << 20;

/// The blocks of a file.
struct Blocks<'a, R> {
    from: R,
    name: &'a str,
    content: Sha256,
    /// The start of the line that the end of the last block cut.
    rest: Vec<u8>,
    /// The number of bytes and line ends before the next block.
    bytes: usize,
    lines: usize,
}

/// Complete lines, and their first byte's offset in the file.
struct Block {
    text: String,
    start: usize,
}

impl<R: Read> Blocks<'_, R> {
    fn next(&mut self) -> Result<Option<Block>, ReadError> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut complete = None;
        while complete.is_none() {
            let before = bytes.len();
            bytes.reserve(BLOCK_SIZE);
            let read = self.from.by_ref().take(BLOCK_SIZE as u64).read_to_end(&mut bytes);
            let read = read.map_err(|e| ReadError::from_io(self.name, e))?;
            self.content.update(&bytes[before..]);
            complete = match bytes[before..].iter().rposition(|b| *b == b'\n') {
                Some(line_end) => Some(before + line_end + 1),
                None if read < BLOCK_SIZE => Some(bytes.len()),
                None => None,
            };
        }
        self.rest = bytes.split_off(complete.unwrap_or_default());
        let (start, lines) = (self.bytes, self.lines);
        let text = String::from_utf8(bytes).map_err(|e| ReadError::not_utf8(self.name, &e, start, lines))?;
        self.bytes += text.len();
        self.lines += text.bytes().filter(|b| *b == b'\n').count();
        Ok((!text.is_empty()).then_some(Block { text, start }))
    }
}

/// Reads all records of a file: calls `map` for several records at a time, in parallel, and `collect` with the results in
/// the order of the file. Returns the hash of the file.
///
/// If it fails, the collected results must be discarded.
pub(super) fn read<T: RecordFormat, M: Send>(
    file: FileId,
    name: &str,
    from: impl Read + Send,
    findings: &mut Findings,
    map: impl Fn(Vec<Record<T>>) -> M + Sync,
    mut collect: impl FnMut(M),
) -> Result<Sha256, ReadError> {
    let mut blocks = Blocks { from, name, content: Sha256::new(), rest: Vec::new(), bytes: 0, lines: 0 };
    let mut next = blocks.next()?;
    while let Some(block) = next {
        let (read, mapped) = rayon::join(|| blocks.next(), || records(file, &block, &map));
        for (result, mut found) in mapped {
            collect(result);
            findings.append(&mut found);
        }
        next = read?;
    }
    Ok(blocks.content)
}

fn records<T: RecordFormat, M: Send>(
    file: FileId,
    block: &Block,
    map: impl Fn(Vec<Record<T>>) -> M + Sync,
) -> Vec<(M, Findings)> {
    let base = block.text.as_ptr().addr();
    let lines: Vec<&str> = block.text.split_terminator('\n').collect();
    // Several chunks per thread balance the load.
    let chunk_size = lines.len().div_ceil(4 * rayon::current_num_threads());
    let mapped = lines.par_chunks(chunk_size).map(|lines| {
        let mut findings = Findings::new();
        let mut records = Vec::with_capacity(lines.len());
        for line in lines {
            let start = block.start + line.as_ptr().addr() - base;
            records.extend(read_line(file, line, start, &mut findings));
        }
        (map(records), findings)
    });
    mapped.collect()
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

    /// Returns a few bytes at a time, like a pipe.
    struct SlowReader<'a>(&'a [u8]);

    impl Read for SlowReader<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(into.len()).min(100_000);
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    type Ids = Vec<(String, usize)>;

    fn ids(text: &[u8]) -> (Result<Sha256, ReadError>, Ids, Findings) {
        let (mut ids, mut findings) = (Vec::new(), Findings::new());
        let map = |records: Vec<Record<Sample>>| records.into_iter().map(|r| (r.value.id, r.index)).collect();
        let collect = |mapped: Ids| ids.extend(mapped);
        let read = read(FileId(0), "a.jsonl", SlowReader(text), &mut findings, map, collect);
        (read, ids, findings)
    }

    #[test]
    fn records_of_all_blocks_have_their_order_and_offsets() {
        let long = format!("{{\"id\":\"long\"{}}}", " ".repeat(2 * BLOCK_SIZE));
        let lines: Vec<String> = (0..200_000).map(|i| format!("{{\"id\":\"ž{i}\"}}")).collect();
        let text = format!("{}\n{long}\n\n{}", lines.join("\n"), lines.join("\n"));
        let (read, found, findings) = ids(text.as_bytes());
        assert!(findings.is_empty());
        assert_eq!(read.unwrap().finalize(), Sha256::digest(&text));
        assert_eq!(found.len(), 400_001);
        for (id, start) in found {
            assert!(text[start..].starts_with(&format!("{{\"id\":\"{id}\"")), "{id} {start}");
        }
    }

    #[test]
    fn an_invalid_byte_is_counted_from_the_start_of_the_file() {
        let mut text = "{\"id\":\"a\"}\n".repeat(BLOCK_SIZE / 11 + 10).into_bytes();
        let bad = text.len() - 3;
        text[bad] = 0xFF;
        let (read, ..) = ids(&text);
        let line = text.len() / 11;
        assert!(matches!(read, Err(ReadError::NotUtf8 { byte, line: l, .. }) if byte == bad + 1 && l == line));
    }

    #[test]
    fn an_empty_file_has_no_records() {
        for text in ["", "\n", "\n\n"] {
            let (read, found, findings) = ids(text.as_bytes());
            assert!(read.is_ok() && found.is_empty() && findings.is_empty(), "{text:?}");
        }
    }
}
