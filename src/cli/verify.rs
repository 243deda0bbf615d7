//! `factloom verify`

use super::failure::{Failure, say};
use super::load::pluralize;
use super::output_file;
use crate::store::{CompiledGraph, GraphError, Store, StoreError};
use clap::Args;
use std::path::PathBuf;

/// Look for damage in a compiled graph
///
/// Reads the whole file, while other commands look only at what they need. The exit status is 1 where it is damaged.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// The file
    file: PathBuf,
}

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let path = args.file.display();
    match whole(args) {
        Ok(quads) => {
            let quads = pluralize(usize::try_from(quads).unwrap_or(usize::MAX), "quad");
            output_file::to(None, |out| Ok(writeln!(out, "{path}: {quads}, whole")?))
        }
        Err(StoreError::Graph(e @ GraphError::Corrupt(_))) => {
            say(format_args!("{path}: {e}"));
            Err(Failure::Findings)
        }
        Err(StoreError::Graph(e @ GraphError::Open(..))) => Err(Failure::new(e.to_string())),
        Err(e) => Err(Failure::new(format!("{path}: {e}"))),
    }
}

fn whole(args: &VerifyArgs) -> Result<u64, StoreError> {
    let graph = CompiledGraph::open(&args.file)?;
    graph.verify()?;
    let quads = graph.len();
    // What it carries besides its quads must make sense, too.
    Store::compiled(graph)?;
    Ok(quads)
}
