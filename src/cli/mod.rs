//! The command line: arguments in, files and text out, and an exit status.
//!
//! Exit status: 0 clean (warnings included), 1 findings, 2 misuse or failure to run. A closed pipe is no error.
//!
//! Invariant: only this module prints. Results go to stdout, diagnostics and progress to stderr.

mod analysis;
mod build;
mod check;
mod completions;
mod components;
mod conflicts;
mod data;
mod diff;
mod draw;
mod drawing;
mod export;
mod facts;
mod failure;
mod lock;
mod lookup;
mod opening;
mod path;
mod query;
mod rank;
mod revision;
mod selection;
mod stated;
mod test;
mod verify;
mod why;
mod writing;

use crate::model::DEEP_STACK_SIZE;
use clap::{CommandFactory, Parser, Subcommand};
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;

/// Compile curated facts, each pinned to the words of its source, into a knowledge graph
#[derive(Debug, Parser)]
#[command(name = "factloom", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Build(build::BuildArgs),
    Query(query::QueryArgs),
    Facts(facts::FactsArgs),
    Why(why::WhyArgs),
    Conflicts(conflicts::ConflictsArgs),
    Diff(diff::DiffArgs),
    Draw(draw::DrawArgs),
    Export(export::ExportArgs),
    Path(path::PathArgs),
    Rank(rank::RankArgs),
    Components(components::ComponentsArgs),
    Test(test::TestArgs),
    Lock(lock::LockArgs),
    Verify(verify::VerifyArgs),
    Completions(completions::CompletionsArgs),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let work = || {
        let arguments: Vec<OsString> = std::env::args_os().collect();
        match query::parameters::parse(&arguments) {
            Ok(cli) => dispatch(cli.command),
            Err(error) => error.exit(),
        }
    };
    let result =
        match std::thread::Builder::new().stack_size(DEEP_STACK_SIZE).spawn(work).map(std::thread::JoinHandle::join) {
            Ok(Ok(result)) => result,
            // What went wrong has been said by the panic itself.
            Ok(Err(_)) => return ExitCode::from(2),
            // Where so much address space is not to be had, the stack that there is must do.
            Err(_) => work(),
        };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Query(args) => query::run(&args),
        Command::Facts(args) => facts::run(&args),
        Command::Why(args) => why::run(&args),
        Command::Conflicts(args) => conflicts::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Path(args) => path::run(&args),
        Command::Rank(args) => rank::run(&args),
        Command::Components(args) => components::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Lock(args) => lock::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}

/// The command line's definition, for completions and documentation.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}
