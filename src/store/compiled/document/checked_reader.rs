//! A reader that checks a document before a parser sees it: parsers recurse, and some take time or memory that grows with the square of
//! the depth.

use crate::store::compiled::GraphError;
use std::io::{self, Read};

/// A reader that fails with the error of `check`, which is called with all bytes in their order.
pub(super) struct CheckedReader<R, C> {
    from: R,
    check: C,
}

impl<R, C: FnMut(&[u8]) -> Result<(), GraphError>> CheckedReader<R, C> {
    pub(super) fn new(from: R, check: C) -> Self {
        Self { from, check }
    }
}

impl<R: Read, C: FnMut(&[u8]) -> Result<(), GraphError>> Read for CheckedReader<R, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        (self.check)(&buffer[..length]).map_err(io::Error::other)?;
        Ok(length)
    }
}
