//! The engines that are compared in this process.

use crate::Failure;
use factloom::store::{CompiledGraph, GraphBuilder};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use spargebra::Query;
use std::fs::File;
use std::hint::black_box;
use std::path::Path;

/// A way to load an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// factloom's compiled graph.
    Factloom,
    /// Oxigraph's bulk loader, as its documentation shows it.
    Oxigraph,
    /// Oxigraph's bulk loader with two parser threads and without validation: the fastest way on two cores. With fewer than
    /// four threads it parses on one.
    OxigraphParallel,
}

impl Loader {
    pub const ALL: [Self; 3] = [Self::Factloom, Self::Oxigraph, Self::OxigraphParallel];

    /// Its name in tables and arguments.
    pub fn name(self) -> &'static str {
        match self {
            Self::Factloom => "factloom",
            Self::Oxigraph => "oxigraph",
            Self::OxigraphParallel => "oxigraph, parallel and lenient",
        }
    }

    /// Finds a loader by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loader| loader.name() == name)
    }

    /// Reads a file of N-Triples.
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

/// A loaded graph.
pub enum Engine {
    /// factloom's compiled graph, in memory or mapped.
    Factloom(CompiledGraph),
    /// Oxigraph's store in memory.
    Oxigraph(Store),
}

impl Engine {
    /// Opens a compiled graph.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self::Factloom(CompiledGraph::open(path)?))
    }

    /// The number of triples.
    pub fn len(&self) -> Result<u64, Failure> {
        match self {
            Self::Factloom(graph) => Ok(graph.len()),
            Self::Oxigraph(store) => Ok(store.len()? as u64),
        }
    }

    /// Runs a query.
    pub fn query(&self, query: Query) -> Result<QueryResults<'_>, Failure> {
        match self {
            Self::Factloom(graph) => Ok(graph.query(&query)?),
            Self::Oxigraph(store) => Ok(SparqlEvaluator::new().for_query(query).on_store(store).execute()?),
        }
    }
}

/// Reads all rows and decodes all terms.
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
