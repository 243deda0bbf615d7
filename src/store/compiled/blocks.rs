//! The bytes of a compiled graph: in memory, or in a mapped file that is verified block by block.

use super::GraphError;
use memmap2::Mmap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, Unaligned};

/// The number of bytes that a checksum covers.
pub(in crate::store) const BLOCK_SIZE: usize = 1 << 16;

/// The bytes of a file. The checksum of a block is verified when the block is first read.
pub(in crate::store) struct Blocks {
    image: Image,
    /// The bytes that have checksums: all between the header and the checksums.
    covered: Range<usize>,
    checksums: Vec<u64>,
    /// A bit for each block, which is set when its checksum has been verified.
    verified: Vec<AtomicU64>,
}

/// The content of a file.
pub(in crate::store) enum Image {
    /// In memory.
    Owned(Vec<u8>),
    /// In a mapped file.
    Mapped(Mmap),
}

impl Image {
    #[inline]
    pub(in crate::store) fn bytes(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}

impl Blocks {
    /// `checksums` has a checksum for each block that overlaps `covered`.
    pub(in crate::store) fn new(image: Image, covered: Range<usize>, checksums: Vec<u64>) -> Self {
        let verified = (0..checksums.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Self { image, covered, checksums, verified }
    }

    /// The bytes of a range, after verifying the blocks that it overlaps.
    #[inline]
    pub(in crate::store) fn get(&self, range: Range<usize>) -> Result<&[u8], GraphError> {
        if range.start < self.covered.start || range.end > self.covered.end || range.start > range.end {
            return Err(out_of_range());
        }
        if range.is_empty() {
            return Ok(&[]);
        }
        for block in range.start / BLOCK_SIZE..=(range.end - 1) / BLOCK_SIZE {
            let bit = 1 << (block % 64);
            if self.verified[block / 64].load(Ordering::Relaxed) & bit == 0 {
                self.verify(block)?;
                self.verified[block / 64].fetch_or(bit, Ordering::Relaxed);
            }
        }
        self.image.bytes().get(range).ok_or_else(out_of_range)
    }

    #[cold]
    fn verify(&self, block: usize) -> Result<(), GraphError> {
        let bytes = covered_bytes(self.image.bytes(), block, &self.covered);
        match self.checksums.get(block) {
            Some(sum) if *sum == xxh3_64(bytes) => Ok(()),
            _ => Err(GraphError::Corrupt("a checksum is wrong")),
        }
    }

    /// The bytes of the file.
    pub(super) fn image(&self) -> &Image {
        &self.image
    }

    /// Verifies the checksums of all blocks.
    pub(in crate::store) fn verify_all(&self) -> Result<(), GraphError> {
        self.get(self.covered.clone()).map(drop)
    }
}

/// The bytes of a block that its checksum covers.
pub(in crate::store) fn covered_bytes<'a>(bytes: &'a [u8], block: usize, covered: &Range<usize>) -> &'a [u8] {
    let start = (block * BLOCK_SIZE).clamp(covered.start, covered.end);
    let end = ((block + 1) * BLOCK_SIZE).clamp(covered.start, covered.end);
    bytes.get(start..end).unwrap_or_default()
}

/// A column of a graph: in memory, or a range of bytes of a file.
pub(in crate::store) enum Column<T> {
    Owned(Vec<T>),
    Stored(Arc<Blocks>, Range<usize>),
}

/// A column of 32-bit integers, little-endian.
pub(in crate::store) type Words = Column<U32>;
/// A sequence of bytes.
pub(in crate::store) type Bytes = Column<u8>;

impl<T: FromBytes + IntoBytes + Immutable + Unaligned> Column<T> {
    #[inline]
    pub(in crate::store) fn len(&self) -> usize {
        match self {
            Self::Owned(values) => values.len(),
            Self::Stored(_, range) => range.len() / size_of::<T>(),
        }
    }

    #[inline]
    pub(in crate::store) fn slice(&self, range: Range<usize>) -> Result<&[T], GraphError> {
        match self {
            Self::Owned(values) => values.get(range).ok_or_else(out_of_range),
            Self::Stored(blocks, all) => {
                if range.start > range.end || range.end > self.len() {
                    return Err(out_of_range());
                }
                let (start, end) = (range.start * size_of::<T>(), range.end * size_of::<T>());
                let bytes = blocks.get(all.start + start..all.start + end)?;
                <[T]>::ref_from_bytes(bytes).map_err(|_| out_of_range())
            }
        }
    }

    /// All bytes, as they are in a file.
    pub(in crate::store) fn bytes(&self) -> Result<&[u8], GraphError> {
        self.slice(0..self.len()).map(<[T]>::as_bytes)
    }
}

#[cold]
fn out_of_range() -> GraphError {
    GraphError::Corrupt("an offset is outside of its section")
}

impl Words {
    #[inline]
    pub(in crate::store) fn get(&self, index: usize) -> Result<u32, GraphError> {
        match self {
            Self::Owned(words) => words.get(index).map(|word| word.get()).ok_or_else(out_of_range),
            Self::Stored(..) => Ok(self.slice(index..index + 1)?[0].get()),
        }
    }

    /// The range between an offset and the next.
    #[inline]
    pub(in crate::store) fn range(&self, index: usize) -> Result<Range<usize>, GraphError> {
        let [start, end] = self.slice(index..index + 2)? else { return Err(out_of_range()) };
        if start.get() > end.get() {
            return Err(GraphError::Corrupt("offsets do not ascend"));
        }
        Ok(start.get() as usize..end.get() as usize)
    }
}

/// Up to this many values are compared one by one, which needs no branches: most subjects have few triples.
const MAX_COMPARED: usize = 32;

/// The range of a value in a sorted range of a column.
#[inline]
pub(in crate::store) fn equal_range(
    column: &Words,
    within: Range<usize>,
    value: u32,
) -> Result<Range<usize>, GraphError> {
    if within.len() > MAX_COMPARED {
        let start = lower_bound(column, within.clone(), value)?;
        return Ok(start..run_end(column, start..within.end, value)?);
    }
    let (mut less, mut equal) = (0, 0);
    for word in column.slice(within.clone())? {
        less += usize::from(word.get() < value);
        equal += usize::from(word.get() == value);
    }
    let start = within.start + less;
    Ok(start..(start + equal).min(within.end))
}

/// The end of the run of a value with which a sorted range of a column starts; the start of the range if it has another one there.
pub(in crate::store) fn run_end(column: &Words, within: Range<usize>, value: u32) -> Result<usize, GraphError> {
    // Most runs are short, so the end is searched with growing steps.
    let (mut low, mut step) = (within.start, 1);
    while low + step < within.end && column.get(low + step - 1)? == value {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(within.end);
    match value.checked_add(1) {
        Some(next) => lower_bound(column, low..high, next),
        None => Ok(within.end),
    }
}

/// The position of the first value that is not smaller, in a sorted range of a column.
pub(in crate::store) fn lower_bound(column: &Words, within: Range<usize>, value: u32) -> Result<usize, GraphError> {
    let Range { start: mut low, end: mut high } = within;
    // A short range is searched as one slice.
    while high - low > 64 {
        let middle = usize::midpoint(low, high);
        if column.get(middle)? < value { low = middle + 1 } else { high = middle }
    }
    let rest = column.slice(low..high)?;
    Ok(low + rest.partition_point(|word| word.get() < value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_equal_range_is_what_a_scan_finds(mut column in prop::collection::vec(0_u32..40, 0..400), value in 0_u32..42) {
            column.sort_unstable();
            let words = Words::Owned(column.iter().copied().map(U32::new).collect());
            let found = equal_range(&words, 0..column.len(), value).unwrap();
            let start = column.iter().filter(|v| **v < value).count();
            let count = column.iter().filter(|v| **v == value).count();
            prop_assert_eq!(found, start..start + count);
        }
    }
}
