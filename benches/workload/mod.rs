//! The workload of the benchmarks: generated graphs and datasets, the same in each run, and queries.
//!
//! A test includes this module to run the queries on smaller graphs.

pub mod dataset;
pub mod edges;
pub mod facts;
pub mod fingerprint;
pub mod queries;
pub mod random;
pub mod university;

use std::io::{self, Write};

/// A generated graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Graph {
    /// Universities with people and courses.
    University,
    /// Reified facts with their quotes, in RDF 1.2.
    Facts,
}

impl Graph {
    pub const ALL: [Self; 2] = [Self::University, Self::Facts];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::University => "university",
            Self::Facts => "facts",
        }
    }

    /// Writes this many triples as N-Triples.
    pub fn write(self, triples: u64, out: &mut impl Write) -> io::Result<()> {
        let mut writer = Triples { out, remaining: triples };
        match self {
            Self::University => university::write(&mut writer),
            Self::Facts => facts::write(&mut writer),
        }
    }
}

/// Writes N-Triples up to a number of triples. The generators end when it is full.
#[derive(Debug)]
pub struct Triples<'a, W> {
    out: &'a mut W,
    remaining: u64,
}

impl<W: Write> Triples<'_, W> {
    pub fn is_full(&self) -> bool {
        self.remaining == 0
    }

    /// Writes one triple, given without its full stop, unless the writer is full.
    pub fn triple(&mut self, triple: std::fmt::Arguments<'_>) -> io::Result<()> {
        if self.remaining > 0 {
            self.remaining -= 1;
            self.out.write_fmt(triple)?;
            self.out.write_all(b" .\n")?;
        }
        Ok(())
    }
}
