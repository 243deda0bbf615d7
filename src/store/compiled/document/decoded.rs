//! The text of a document: decompressed if it is gzip, and without a byte order mark.

use super::checked_reader::CheckedReader;
use crate::store::compiled::GraphError;
use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::io::{self, Cursor, ErrorKind, Read};
use std::rc::Rc;

/// How gzip begins. The first byte begins no UTF-8.
const GZIP: &[u8] = &[0x1F, 0x8B];
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();
/// How UTF-16 begins, in both byte orders.
const UTF_16: [&[u8]; 2] = [&[0xFE, 0xFF], &[0xFF, 0xFE]];

/// A document may decompress to this many times its bytes, and as many bytes more. RDF is compressed to a fiftieth at best, and a
/// decompression bomb to a thousandth.
const MAX_EXPANSION: u64 = 200;
const MIN_EXPANDED: u64 = 256 << 20;

/// The text of a document. Gzip may have several members, which are joined.
pub(super) fn decode<'a>(from: impl Read + 'a) -> Result<Box<dyn Read + 'a>, GraphError> {
    let (start, from) = peek(from, GZIP.len())?;
    let text: Box<dyn Read + 'a> = if start == GZIP { Box::new(Gunzip::new(from)) } else { Box::new(from) };
    let (start, text) = peek(text, BYTE_ORDER_MARK.len())?;
    if UTF_16.iter().any(|mark| start.starts_with(mark)) {
        return Err(GraphError::syntax("the text is UTF-16, not UTF-8"));
    }
    let skipped = if start == BYTE_ORDER_MARK { start.len() as u64 } else { 0 };
    let (mut start, text) = text.into_inner();
    start.set_position(skipped);
    Ok(Box::new(start.chain(text)))
}

/// A reader of bytes that were read before, and of those that follow.
type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The first bytes, and a reader of all bytes.
fn peek<R: Read>(mut from: R, length: usize) -> Result<(Vec<u8>, Peeked<R>), GraphError> {
    let mut start = Vec::with_capacity(length);
    from.by_ref().take(length as u64).read_to_end(&mut start).map_err(GraphError::of_io)?;
    Ok((start.clone(), Cursor::new(start).chain(from)))
}

/// Decompresses gzip up to a limit.
struct Gunzip<R> {
    decoder: MultiGzDecoder<R>,
    compressed: Rc<Cell<u64>>,
    decompressed: u64,
}

impl<'a> Gunzip<Box<dyn Read + 'a>> {
    fn new(from: impl Read + 'a) -> Self {
        let compressed = Rc::new(Cell::new(0));
        let counter = Rc::clone(&compressed);
        let counted = CheckedReader::new(from, move |bytes| {
            counter.set(counter.get() + bytes.len() as u64);
            Ok(())
        });
        Self { decoder: MultiGzDecoder::new(Box::new(counted)), compressed, decompressed: 0 }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => io::Error::other(GraphError::Gzip("it ends too early")),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => io::Error::other(GraphError::Gzip("it is damaged")),
            _ => error,
        })?;
        self.decompressed += length as u64;
        if self.decompressed > MAX_EXPANSION * self.compressed.get() + MIN_EXPANDED {
            let exceeded = format!("more than {MAX_EXPANSION} times its compressed length");
            return Err(io::Error::other(GraphError::DocumentLimit(exceeded)));
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Result<String, String> {
        let mut text = String::new();
        let mut reader = decode(bytes).map_err(|e| e.to_string())?;
        reader.read_to_string(&mut text).map_err(|e| e.to_string())?;
        Ok(text)
    }

    #[test]
    fn gzip_and_a_byte_order_mark_are_decoded() {
        let marked = "\u{FEFF}a b".as_bytes();
        let members = [gzip(marked), gzip(b" c\n")].concat();
        for (bytes, expected) in [
            (&b""[..], ""),
            (b"a", "a"),
            (b"a b", "a b"),
            (marked, "a b"),
            (&gzip(b""), ""),
            (&gzip(b"a b"), "a b"),
            (&gzip(marked), "a b"),
            (&members, "a b c\n"),
        ] {
            assert_eq!(decoded(bytes), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn gzip_that_is_cut_or_changed_is_an_error() {
        let whole = gzip(&(0..2_000).flat_map(|n: u32| n.to_le_bytes().map(|b| b'a' + b % 26)).collect::<Vec<_>>());
        for length in 3..whole.len() {
            assert_eq!(decoded(&whole[..length]), Err("invalid gzip: it ends too early".to_owned()), "{length}");
        }
        let mut changed = whole.clone();
        let checksum = changed.len() - 8;
        changed[checksum] ^= 1;
        assert_eq!(decoded(&changed), Err("invalid gzip: it is damaged".to_owned()));
        let followed = [&whole[..], b"text after the last member"].concat();
        assert_eq!(decoded(&followed), Err("invalid gzip: it is damaged".to_owned()));
    }

    #[test]
    fn a_decompression_bomb_is_an_error() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        (0..400).for_each(|_| encoder.write_all(&vec![b' '; 1 << 20]).unwrap());
        let bomb = encoder.finish().unwrap();
        let mut reader = decode(&bomb[..]).unwrap();
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "the document has more than 200 times its compressed length");
    }

    #[test]
    fn utf_16_is_an_error() {
        assert_eq!(decoded(b"\xFF\xFE<\0"), Err("line 1: the text is UTF-16, not UTF-8".to_owned()));
    }
}
