//! A reader that limits the nesting depth of triple terms.

use super::GraphError;
use crate::model::TermNesting;
use std::io::{self, Read};

/// A reader that fails with [`GraphError::TooDeep`] when triple terms are nested too deeply.
pub(super) struct DepthLimited<R> {
    from: R,
    nesting: TermNesting,
}

impl<R> DepthLimited<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, nesting: TermNesting::default() }
    }
}

impl<R: Read> Read for DepthLimited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        match self.nesting.is_too_deep(&buffer[..length]) {
            true => Err(io::Error::other(GraphError::TooDeep)),
            false => Ok(length),
        }
    }
}
