//! A compiled graph as a file: header, sections and checksums, with little-endian numbers.

use super::blocks::{BLOCK_SIZE, Blocks, Bytes, Image, Words};
use super::components::Components;
use super::dictionary::Dictionary;
use super::named::NamedQuads;
use super::orders::Orders;
use super::{CompiledGraph, GraphError, Parts};
use memmap2::Mmap;
use serde::{Deserialize, Serialize};
use std::array::from_fn;
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// The first bytes of a compiled graph.
pub const MAGIC: [u8; 8] = *b"FACTLOOM";
/// The version of the format that is written and read.
pub const VERSION: u32 = 2;

/// Sections begin at multiples of this.
const ALIGNMENT: usize = 64;
/// The fixed part of the header: magic, version, number of sections, length of the file, offset and hash of the checksums.
const FIXED_SIZE: usize = 40;
/// A section's entry in the header: its offset and its length.
const ENTRY_SIZE: usize = 16;
const SECTION_COUNT: usize = 36;
const HEADER_SIZE: usize = FIXED_SIZE + SECTION_COUNT * ENTRY_SIZE + 8;

/// What distinguishes the file of one graph from that of another: the length in bytes, and the hash of the checksums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileFingerprint {
    pub length: u64,
    pub checksums: u64,
}

/// The columns of triples, triple terms and named graphs, in the order of the file.
pub(super) fn index_columns<'a>(
    orders: &'a Orders,
    components: &'a Components,
    named: &'a NamedQuads,
) -> impl Iterator<Item = &'a Words> {
    let columns = orders.columns().into_iter().chain(components.columns.iter().flatten());
    columns.chain(named.columns.iter().flatten())
}

/// The sections of a graph, in the order of the file.
fn sections(parts: &Parts) -> Result<[&[u8]; SECTION_COUNT], GraphError> {
    let Parts { terms, orders, named, components, metadata } = parts;
    let Dictionary { groups, offsets, bytes, table } = terms;
    let mut sections: [&[u8]; SECTION_COUNT] = [&[]; SECTION_COUNT];
    sections[0] = bytes.bytes()?;
    let columns = [groups, offsets, table].into_iter().chain(index_columns(orders, components, named));
    for (section, column) in sections[1..].iter_mut().zip(columns) {
        *section = column.bytes()?;
    }
    sections[SECTION_COUNT - 1] = metadata.bytes()?;
    Ok(sections)
}

/// Writes a graph.
pub(super) fn write(parts: &Parts, out: &mut impl Write) -> Result<FileFingerprint, GraphError> {
    let sections = sections(parts)?;
    let mut ranges = Vec::with_capacity(SECTION_COUNT);
    let mut end = HEADER_SIZE.next_multiple_of(ALIGNMENT);
    for section in sections {
        ranges.push(end..end + section.len());
        end = (end + section.len()).next_multiple_of(ALIGNMENT);
    }
    let checksums_at = end;

    // The header has a hash of the checksums, so these are computed before anything is written.
    let mut checksums =
        Checksums { at: 0, hasher: Xxh3::new(), bytes: Vec::with_capacity(checksums_at.div_ceil(BLOCK_SIZE) * 8) };
    write_body(&mut checksums, &[0; HEADER_SIZE], &sections, &ranges, checksums_at)?;
    let checksums = checksums.finish();

    let mut header = Vec::with_capacity(HEADER_SIZE);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&(SECTION_COUNT as u32).to_le_bytes());
    let fingerprint =
        FileFingerprint { length: (checksums_at + checksums.len()) as u64, checksums: xxh3_64(&checksums) };
    for number in [fingerprint.length, checksums_at as u64, fingerprint.checksums] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    for range in &ranges {
        header.extend_from_slice(&(range.start as u64).to_le_bytes());
        header.extend_from_slice(&(range.len() as u64).to_le_bytes());
    }
    header.extend_from_slice(&xxh3_64(&header).to_le_bytes());
    write_body(out, &header, &sections, &ranges, checksums_at)?;
    out.write_all(&checksums).map_err(GraphError::Write)?;
    Ok(fingerprint)
}

fn write_body(
    out: &mut impl Write,
    header: &[u8],
    sections: &[&[u8]; SECTION_COUNT],
    ranges: &[Range<usize>],
    end: usize,
) -> Result<(), GraphError> {
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(GraphError::Write);
    write(header)?;
    let mut at = header.len();
    for (section, range) in sections.iter().zip(ranges) {
        write(&[0; ALIGNMENT][..range.start - at])?;
        write(section)?;
        at = range.end;
    }
    write(&[0; ALIGNMENT][..end - at])
}

/// A writer that computes the checksum of each block.
struct Checksums {
    at: usize,
    hasher: Xxh3,
    bytes: Vec<u8>,
}

impl Write for Checksums {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(BLOCK_SIZE - self.at % BLOCK_SIZE)];
        let header = HEADER_SIZE.saturating_sub(self.at).min(piece.len());
        self.hasher.update(&piece[header..]);
        self.at += piece.len();
        if self.at.is_multiple_of(BLOCK_SIZE) {
            self.end_block();
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Checksums {
    fn end_block(&mut self) {
        self.bytes.extend_from_slice(&self.hasher.digest().to_le_bytes());
        self.hasher.reset();
    }

    fn finish(mut self) -> Vec<u8> {
        if !self.at.is_multiple_of(BLOCK_SIZE) {
            self.end_block();
        }
        self.bytes
    }
}

/// Maps a file into memory.
///
/// Truncating a mapped file kills the process (a bus error), so files are replaced by renaming, never written in place.
pub(super) fn map(path: &Path) -> Result<Image, GraphError> {
    let failed = |e| GraphError::Open(path.display().to_string(), e);
    let metadata = path.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return Err(failed(io::Error::other("it is not a regular file")));
    }
    let file = File::open(path).map_err(failed)?;
    #[expect(
        unsafe_code,
        reason = "the only mapping of a file; other programs must not change the file in the meantime"
    )]
    let map = unsafe { Mmap::map(&file) };
    map.map(Image::Mapped).map_err(failed)
}

/// The fingerprint in the header of an image that has been opened.
pub(super) fn fingerprint(image: &Image) -> Option<FileFingerprint> {
    let number = |at: usize| image.bytes().get(at..at + 8)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    Some(FileFingerprint { length: number(16)?, checksums: number(32)? })
}

/// Reads the header and the checksums, and locates the sections.
pub(super) fn open(image: Image) -> Result<CompiledGraph, GraphError> {
    let bytes = image.bytes();
    let number = |at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().unwrap_or(&[0; 8]));
    if bytes.len() < 12 || bytes[..8] != MAGIC {
        return Err(GraphError::NotACompiledGraph);
    }
    let version = number(8) as u32;
    if version != VERSION {
        return Err(GraphError::Version(version));
    }
    let size =
        |number: u64| usize::try_from(number).map_err(|_| GraphError::Corrupt("a section is outside of the file"));
    if bytes.len() < HEADER_SIZE || number(16) != bytes.len() as u64 {
        return Err(GraphError::Corrupt("its length is not that in its header"));
    }
    if (number(8) >> 32) as usize != SECTION_COUNT || number(HEADER_SIZE - 8) != xxh3_64(&bytes[..HEADER_SIZE - 8]) {
        return Err(GraphError::Corrupt("its header has a wrong checksum"));
    }
    let checksums_at = size(number(24))?;
    let count = checksums_at.div_ceil(BLOCK_SIZE);
    if checksums_at < HEADER_SIZE || count.checked_mul(8).and_then(|n| n.checked_add(checksums_at)) != Some(bytes.len())
    {
        return Err(GraphError::Corrupt("a section is outside of the file"));
    }
    if number(32) != xxh3_64(&bytes[checksums_at..]) {
        return Err(GraphError::Corrupt("its checksums are inconsistent"));
    }
    let checksums = bytes[checksums_at..].as_chunks::<8>().0.iter().map(|sum| u64::from_le_bytes(*sum)).collect();

    let mut ranges = Vec::with_capacity(SECTION_COUNT);
    let mut end_of_last = HEADER_SIZE;
    for index in 0..SECTION_COUNT {
        let start = size(number(FIXED_SIZE + index * ENTRY_SIZE))?;
        let length = size(number(FIXED_SIZE + index * ENTRY_SIZE + 8))?;
        let end = start.checked_add(length).filter(|end| *end <= checksums_at);
        let end = end.ok_or(GraphError::Corrupt("a section is outside of the file"))?;
        if start != end_of_last.next_multiple_of(ALIGNMENT) {
            return Err(GraphError::Corrupt("its sections are not consecutive"));
        }
        end_of_last = end;
        ranges.push(start..end);
    }
    let blocks = Arc::new(Blocks::new(image, HEADER_SIZE..checksums_at, checksums));
    let stored = |range: &Range<usize>| Words::Stored(Arc::clone(&blocks), range.clone());
    let bytes = |range: &Range<usize>| Bytes::Stored(Arc::clone(&blocks), range.clone());
    if ranges[1..SECTION_COUNT - 1].iter().any(|range| range.len() % 4 != 0) {
        return Err(GraphError::Corrupt("a column is truncated"));
    }
    let column = |index: usize| stored(&ranges[index]);
    let graph = CompiledGraph::new(Parts {
        terms: Dictionary { bytes: bytes(&ranges[0]), groups: column(1), offsets: column(2), table: column(3) },
        orders: Orders {
            subjects: column(4),
            spo_p: column(5),
            spo_o: column(6),
            predicates: column(7),
            pos_o: column(8),
            pos_s: column(9),
            objects: column(10),
            osp_s: column(11),
            osp_p: column(12),
        },
        components: Components { columns: from_fn(|part| from_fn(|i| column(13 + 2 * part + i))) },
        named: NamedQuads { columns: from_fn(|order| from_fn(|i| column(19 + 4 * order + i))) },
        metadata: bytes(&ranges[SECTION_COUNT - 1]),
    });
    graph.parts().check_shape()?;
    Ok(graph)
}

/// The same file with the checksums of its bytes, for tests and fuzzing.
#[cfg(any(test, fuzzing))]
pub fn with_valid_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksums_at = u64::from_le_bytes(*bytes[24..].first_chunk().unwrap()) as usize;
    if checksums_at < HEADER_SIZE || checksums_at > bytes.len() {
        return bytes;
    }
    let mut checksums = Checksums { at: 0, hasher: Xxh3::new(), bytes: Vec::new() };
    checksums.write_all(&bytes[..checksums_at]).unwrap();
    let checksums = checksums.finish();
    bytes.truncate(checksums_at);
    bytes.extend_from_slice(&checksums);
    bytes[32..40].copy_from_slice(&xxh3_64(&checksums).to_le_bytes());
    let hash = xxh3_64(&bytes[..HEADER_SIZE - 8]);
    bytes[HEADER_SIZE - 8..HEADER_SIZE].copy_from_slice(&hash.to_le_bytes());
    bytes
}
