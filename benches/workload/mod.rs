//! What the benchmarks are run on: generated graphs and datasets, the same at each run, and queries about them.
//!
//! A test may include this module, too, to ask the queries of smaller graphs.

pub mod answers;
pub mod dataset;
pub mod edges;
pub mod facts;
pub mod queries;
pub mod random;
pub mod university;

use std::io::{self, Write};

/// A generated graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Graph {
    /// Universities with their people and courses.
    University,
    /// Reified facts with their quotes, in RDF 1.2.
    Facts,
}

impl Graph {
    /// Both.
    pub const ALL: [Self; 2] = [Self::University, Self::Facts];

    /// As it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::University => "university",
            Self::Facts => "facts",
        }
    }

    /// Writes so many triples as N-Triples.
    ///
    /// # Errors
    ///
    /// Where writing fails.
    pub fn write(self, triples: u64, out: &mut impl Write) -> io::Result<()> {
        let mut writer = Triples { out, left: triples };
        match self {
            Self::University => university::write(&mut writer),
            Self::Facts => facts::write(&mut writer),
        }
    }
}

/// Takes lines of N-Triples until it has so many; the generators end when it is full.
#[derive(Debug)]
pub struct Triples<'a, W> {
    out: &'a mut W,
    left: u64,
}

impl<W: Write> Triples<'_, W> {
    /// Whether no more triples are wanted.
    pub fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Writes one triple, given without its full stop; nothing where it is full.
    ///
    /// # Errors
    ///
    /// Where writing fails.
    pub fn say(&mut self, triple: std::fmt::Arguments<'_>) -> io::Result<()> {
        if self.left > 0 {
            self.left -= 1;
            self.out.write_fmt(triple)?;
            self.out.write_all(b" .\n")?;
        }
        Ok(())
    }
}
