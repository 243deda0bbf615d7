//! The engines that are compared in this process, and what they answer.

use crate::Failure;
use factloom::store::{CompiledGraph, GraphBuilder};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use spargebra::Query;
use std::fs::File;
use std::hint::black_box;
use std::path::Path;

/// A way to fill an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// factloom's compiled graph.
    Factloom,
    /// Oxigraph's bulk loader, as its documentation shows it.
    Oxigraph,
    /// Oxigraph's bulk loader with two threads that parse and do not validate: the fastest on two cores. It parses in
    /// one thread where it is told of fewer than four.
    OxigraphParallel,
}

impl Loader {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Factloom, Self::Oxigraph, Self::OxigraphParallel];

    /// As it is called in tables and arguments.
    pub fn name(self) -> &'static str {
        match self {
            Self::Factloom => "factloom",
            Self::Oxigraph => "oxigraph",
            Self::OxigraphParallel => "oxigraph, parallel and lenient",
        }
    }

    /// The loader that is called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loader| loader.name() == name)
    }

    /// Reads a file of N-Triples.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn load(self, path: &Path) -> Result<Engine, Failure> {
        let nt = RdfParser::from_format(RdfFormat::NTriples);
        match self {
            Self::Factloom => {
                let mut builder = GraphBuilder::new();
                builder.read(RdfFormat::NTriples, None, File::open(path)?)?;
                Ok(Engine::Factloom(builder.finish()?))
            }
            Self::Oxigraph => {
                let store = Store::new()?;
                let mut loader = store.bulk_loader();
                loader.parallel_load_from_file(nt, path)?;
                loader.commit()?;
                Ok(Engine::Oxigraph(store))
            }
            Self::OxigraphParallel => {
                let store = Store::new()?;
                let mut loader = store.bulk_loader().with_num_threads(4);
                loader.parallel_load_from_file(nt.lenient(), path)?;
                loader.commit()?;
                Ok(Engine::Oxigraph(store))
            }
        }
    }
}

/// A graph that can be asked.
pub enum Engine {
    /// factloom's compiled graph, in memory or mapped.
    Factloom(CompiledGraph),
    /// Oxigraph's store in memory.
    Oxigraph(Store),
}

impl Engine {
    /// Opens a compiled graph.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self::Factloom(CompiledGraph::open(path)?))
    }

    /// How many triples it holds.
    ///
    /// # Errors
    ///
    /// Where it cannot say.
    pub fn len(&self) -> Result<u64, Failure> {
        match self {
            Self::Factloom(graph) => Ok(graph.len()),
            Self::Oxigraph(store) => Ok(store.len()? as u64),
        }
    }

    /// Begins to answer.
    ///
    /// # Errors
    ///
    /// Where it cannot.
    pub fn ask(&self, query: Query) -> Result<QueryResults<'_>, Failure> {
        match self {
            Self::Factloom(graph) => Ok(graph.query(&query)?),
            Self::Oxigraph(store) => Ok(SparqlEvaluator::new().for_query(query).on_store(store).execute()?),
        }
    }
}

/// Takes all rows, with all their terms made, and drops them.
///
/// # Errors
///
/// Where a row cannot be had.
pub fn drain(results: QueryResults<'_>) -> Result<(), Failure> {
    match results {
        QueryResults::Boolean(boolean) => {
            black_box(boolean);
        }
        QueryResults::Solutions(solutions) => {
            for solution in solutions {
                for term in solution?.values().iter().flatten() {
                    black_box(term);
                }
            }
        }
        QueryResults::Graph(triples) => {
            for triple in triples {
                black_box(&triple?);
            }
        }
    }
    Ok(())
}
