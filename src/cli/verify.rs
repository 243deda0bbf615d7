//! `factloom verify`

use super::failure::Failure;
use super::load::Session;
use super::messages::{error, pluralize};
use super::output_file;
use crate::store::{CompiledGraph, GraphError, Store, StoreError};
use clap::Args;
use std::path::PathBuf;

/// Verify the integrity of a compiled graph
///
/// Reads the whole file, whereas other commands read only what they need. The exit status is 1 if the file is corrupt.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// Compiled graph
    file: PathBuf,
}

const HELP: &str = "name the graph.factloom that `factloom build` wrote";

pub(super) fn run(args: &VerifyArgs, _session: &Session) -> Result<(), Failure> {
    let path = args.file.display();
    match verify(args) {
        Ok(quads) => {
            let quads = pluralize(usize::try_from(quads).unwrap_or(usize::MAX), "quad");
            output_file::write_text(|out| Ok(writeln!(out, "{path}: valid, {quads}")?))
        }
        Err(StoreError::Graph(e @ GraphError::Corrupt(_))) => {
            error(format_args!("{path}: {e}"));
            Err(Failure::Findings)
        }
        Err(StoreError::Graph(e @ GraphError::Open(..))) => Err(Failure::new(e.to_string()).help(HELP)),
        Err(e) => Err(Failure::new(format!("`{path}`: {e}")).help(HELP)),
    }
}

fn verify(args: &VerifyArgs) -> Result<u64, StoreError> {
    let graph = CompiledGraph::open(&args.file)?;
    graph.verify()?;
    let quads = graph.len();
    // The metadata next to the quads must be readable too.
    Store::compiled(graph)?;
    Ok(quads)
}
