//! The command line: arguments in, files and text out, and an exit status.
//!
//! Exit status: 0 clean (warnings included), 1 findings, 2 misuse or failure to run. A closed pipe is no error.
//!
//! Invariant: only this module prints. Results go to stdout, diagnostics and progress to stderr.

mod analysis_result;
mod build;
mod check;
mod completions;
mod components;
mod conflicts;
mod data;
mod diagram_file;
mod diff;
mod draw;
mod export;
mod facts;
mod failure;
mod load;
mod lock;
mod output_file;
mod path;
mod query;
mod rank;
mod resolve;
mod revision;
mod select;
mod selection;
mod test;
mod verify;
mod why;

use crate::model::DEEP_STACK_SIZE;
use clap::{CommandFactory, Parser, Subcommand};
use failure::Failure;
use load::Session;
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
    let work = || match query::parameters::parse(std::env::args_os().collect()) {
        Ok(cli) => run_command(&cli.command),
        Err(error) => error.exit(),
    };
    match std::thread::Builder::new().stack_size(DEEP_STACK_SIZE).spawn(work).map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        // The panic has printed its message.
        Ok(Err(_)) => ExitCode::from(2),
        // If there is not enough address space, the stack of this thread must do.
        Err(_) => work(),
    }
}

fn run_command(command: &Command) -> ExitCode {
    let session = Session::default();
    match dispatch(command, &session) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => session.invalidate_corrupt(failure).report(),
    }
}

fn dispatch(command: &Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check::run(args),
        Command::Build(args) => build::run(args, session),
        Command::Query(args) => query::run(args, session),
        Command::Facts(args) => facts::run(args, session),
        Command::Why(args) => why::run(args, session),
        Command::Conflicts(args) => conflicts::run(args, session),
        Command::Diff(args) => diff::run(args, session),
        Command::Draw(args) => draw::run(args, session),
        Command::Export(args) => export::run(args, session),
        Command::Path(args) => path::run(args, session),
        Command::Rank(args) => rank::run(args, session),
        Command::Components(args) => components::run(args, session),
        Command::Test(args) => test::run(args, session),
        Command::Lock(args) => lock::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Completions(args) => completions::run(args),
    }
}

/// The command line's definition, for completions and documentation.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}
