//! A compiled graph as a file.
//!
//! Header, sections, checksums; all numbers little-endian. `docs/compiled-graph.md` describes it.

use super::blocks::{BLOCK, Blocks, Bytes, Image, Words};
use super::components::Components;
use super::dictionary::Dictionary;
use super::named::Named;
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
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// The first bytes of each compiled graph.
pub const MAGIC: [u8; 8] = *b"FACTLOOM";
/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// How the names of files begin that are not finished.
pub(in crate::store) const UNFINISHED: &str = ".factloom-";

/// Sections begin at multiples of this.
const ALIGN: usize = 64;
/// Magic, version, number of sections, length of the file, place and hash of the checksums.
const FIXED: usize = 40;
/// Offset and length of a section.
const ENTRY: usize = 16;
const SECTIONS: usize = 36;
const HEADER: usize = FIXED + SECTIONS * ENTRY + 8;

/// What tells the file of one graph from that of another: its length in bytes, and the hash of its checksums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct Seal {
    pub length: u64,
    pub checksums: u64,
}

/// A file to write beside the place that it is to take, as any other that a program writes under the user's umask.
pub(crate) fn sibling_temp_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// The columns of triples, triple terms and named graphs, in the order of the file.
pub(super) fn index_columns<'a>(
    orders: &'a Orders,
    components: &'a Components,
    named: &'a Named,
) -> impl Iterator<Item = &'a Words> {
    let columns = orders.columns().into_iter().chain(components.columns.iter().flatten());
    columns.chain(named.columns.iter().flatten())
}

/// The sections of a graph, in the order of the file.
fn sections(parts: &Parts) -> Result<[&[u8]; SECTIONS], GraphError> {
    let Parts { terms, orders, named, components, context } = parts;
    let Dictionary { groups, offsets, bytes, table } = terms;
    let mut sections: [&[u8]; SECTIONS] = [&[]; SECTIONS];
    sections[0] = bytes.bytes()?;
    let columns = [groups, offsets, table].into_iter().chain(index_columns(orders, components, named));
    for (section, column) in sections[1..].iter_mut().zip(columns) {
        *section = column.bytes()?;
    }
    sections[SECTIONS - 1] = context.bytes()?;
    Ok(sections)
}

/// Writes a graph.
pub(super) fn write(parts: &Parts, out: &mut impl Write) -> Result<Seal, GraphError> {
    let sections = sections(parts)?;
    let mut places = Vec::with_capacity(SECTIONS);
    let mut end = HEADER.next_multiple_of(ALIGN);
    for section in sections {
        places.push(end..end + section.len());
        end = (end + section.len()).next_multiple_of(ALIGN);
    }
    let sums_at = end;

    // The header holds a hash of the checksums, so they are taken before anything is written.
    let mut sums = Sums { at: 0, hasher: Xxh3::new(), bytes: Vec::with_capacity(sums_at.div_ceil(BLOCK) * 8) };
    body(&mut sums, &[0; HEADER], &sections, &places, sums_at)?;
    let sums = sums.finish();

    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&(SECTIONS as u32).to_le_bytes());
    let seal = Seal { length: (sums_at + sums.len()) as u64, checksums: xxh3_64(&sums) };
    for number in [seal.length, sums_at as u64, seal.checksums] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    for place in &places {
        header.extend_from_slice(&(place.start as u64).to_le_bytes());
        header.extend_from_slice(&(place.len() as u64).to_le_bytes());
    }
    header.extend_from_slice(&xxh3_64(&header).to_le_bytes());
    body(out, &header, &sections, &places, sums_at)?;
    out.write_all(&sums).map_err(GraphError::Write)?;
    Ok(seal)
}

fn body(
    out: &mut impl Write,
    header: &[u8],
    sections: &[&[u8]; SECTIONS],
    places: &[Range<usize>],
    end: usize,
) -> Result<(), GraphError> {
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(GraphError::Write);
    write(header)?;
    let mut at = header.len();
    for (section, place) in sections.iter().zip(places) {
        write(&[0; ALIGN][..place.start - at])?;
        write(section)?;
        at = place.end;
    }
    write(&[0; ALIGN][..end - at])
}

/// Takes the checksum of each block of what is written to it.
struct Sums {
    at: usize,
    hasher: Xxh3,
    bytes: Vec<u8>,
}

impl Write for Sums {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(BLOCK - self.at % BLOCK)];
        let header = HEADER.saturating_sub(self.at).min(piece.len());
        self.hasher.update(&piece[header..]);
        self.at += piece.len();
        if self.at.is_multiple_of(BLOCK) {
            self.end_block();
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sums {
    fn end_block(&mut self) {
        self.bytes.extend_from_slice(&self.hasher.digest().to_le_bytes());
        self.hasher.reset();
    }

    fn finish(mut self) -> Vec<u8> {
        if !self.at.is_multiple_of(BLOCK) {
            self.end_block();
        }
        self.bytes
    }
}

/// Maps a file.
///
/// A file that is cut while it is mapped ends the process (a bus error); files are replaced by renaming, never written in place.
pub(super) fn map(path: &Path) -> Result<Image, GraphError> {
    let file = File::open(path).map_err(|e| GraphError::Open(path.display().to_string(), e))?;
    #[expect(
        unsafe_code,
        reason = "the one line that maps a file: who changes it meanwhile is outside of what is promised"
    )]
    let map = unsafe { Mmap::map(&file) };
    map.map(Image::Mapped).map_err(|e| GraphError::Open(path.display().to_string(), e))
}

/// What the header of an image says of itself, once it has been opened.
pub(super) fn seal(image: &Image) -> Option<Seal> {
    let number = |at: usize| image.bytes().get(at..at + 8)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    Some(Seal { length: number(16)?, checksums: number(32)? })
}

/// Reads header and checksums, and finds the sections.
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
        |number: u64| usize::try_from(number).map_err(|_| GraphError::Corrupt("a part lies outside of the file"));
    if bytes.len() < HEADER || number(16) != bytes.len() as u64 {
        return Err(GraphError::Corrupt("it is not as long as it says"));
    }
    if (number(8) >> 32) as usize != SECTIONS || number(HEADER - 8) != xxh3_64(&bytes[..HEADER - 8]) {
        return Err(GraphError::Corrupt("its header is damaged"));
    }
    let sums_at = size(number(24))?;
    let count = sums_at.div_ceil(BLOCK);
    if sums_at < HEADER || count.checked_mul(8).and_then(|n| n.checked_add(sums_at)) != Some(bytes.len()) {
        return Err(GraphError::Corrupt("a part lies outside of the file"));
    }
    if number(32) != xxh3_64(&bytes[sums_at..]) {
        return Err(GraphError::Corrupt("its checksums are damaged"));
    }
    let sums = bytes[sums_at..].as_chunks::<8>().0.iter().map(|sum| u64::from_le_bytes(*sum)).collect();

    let mut places = Vec::with_capacity(SECTIONS);
    let mut behind = HEADER;
    for index in 0..SECTIONS {
        let start = size(number(FIXED + index * ENTRY))?;
        let length = size(number(FIXED + index * ENTRY + 8))?;
        let end = start.checked_add(length).filter(|end| *end <= sums_at);
        let end = end.ok_or(GraphError::Corrupt("a part lies outside of the file"))?;
        if start != behind.next_multiple_of(ALIGN) {
            return Err(GraphError::Corrupt("its parts are not one behind the other"));
        }
        behind = end;
        places.push(start..end);
    }
    let blocks = Arc::new(Blocks::new(image, HEADER..sums_at, sums));
    let stored = |place: &Range<usize>| Words::Stored(Arc::clone(&blocks), place.clone());
    let text = |place: &Range<usize>| Bytes::Stored(Arc::clone(&blocks), place.clone());
    if places[1..SECTIONS - 1].iter().any(|place| place.len() % 4 != 0) {
        return Err(GraphError::Corrupt("a column is cut off"));
    }
    let column = |index: usize| stored(&places[index]);
    let graph = CompiledGraph::new(Parts {
        terms: Dictionary { bytes: text(&places[0]), groups: column(1), offsets: column(2), table: column(3) },
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
        named: Named { columns: from_fn(|order| from_fn(|i| column(19 + 4 * order + i))) },
        context: text(&places[SECTIONS - 1]),
    });
    graph.parts().check_shape()?;
    Ok(graph)
}

/// A file with the checksums that its bytes should have, for tests and fuzzing.
#[cfg(any(test, fuzzing))]
pub fn with_valid_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let sums_at = u64::from_le_bytes(*bytes[24..].first_chunk().unwrap()) as usize;
    if sums_at < HEADER || sums_at > bytes.len() {
        return bytes;
    }
    let mut sums = Sums { at: 0, hasher: Xxh3::new(), bytes: Vec::new() };
    sums.write_all(&bytes[..sums_at]).unwrap();
    let sums = sums.finish();
    bytes.truncate(sums_at);
    bytes.extend_from_slice(&sums);
    bytes[32..40].copy_from_slice(&xxh3_64(&sums).to_le_bytes());
    let hash = xxh3_64(&bytes[..HEADER - 8]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&hash.to_le_bytes());
    bytes
}
