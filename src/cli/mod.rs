//! The command line: arguments in, files and text out, and an exit status.
//!
//! Exit status: 0 for success (also with warnings), 1 for findings, 2 for usage errors and failures. A closed pipe is not an
//! error.
//!
//! Invariant: only this module prints. Results go to stdout, diagnostics and progress to stderr.

mod analysis_result;
mod build;
mod check;
mod completion;
mod completions;
mod components;
mod conflicts;
mod context;
mod coverage;
mod data;
mod diagram_file;
mod diff;
mod draw;
mod edits;
mod export;
mod facts;
mod failure;
mod fix;
mod format;
mod help;
mod import;
mod init;
mod input_file;
mod limits;
mod load;
mod lock;
mod man;
mod messages;
mod output_file;
#[cfg(feature = "shell")]
mod pager;
mod path;
#[cfg(feature = "png")]
mod png;
mod query;
mod quote;
mod rank;
mod rename;
mod resolve;
mod revision;
mod schema;
mod search;
mod select;
mod selection;
mod show;
mod signals;
mod source;
mod status_parser;
mod stdin;
mod test;
mod verify;
#[cfg(feature = "watch")]
mod watch;
mod why;

use crate::escape::terminal;
use clap::{ArgAction, Args, ColorChoice, Parser, Subcommand};
use failure::Failure;
pub use help::{command, examples};
use limits::LimitedWork;
use load::Session;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Compile curated facts, each citing the exact words of its source, into a knowledge graph
#[derive(Debug, Parser)]
#[command(
    name = "factloom",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true
)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    /// Print version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = "Global options")]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

/// The options of every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
struct GlobalArgs {
    /// Directory of the dataset [default: search upwards for factloom.json, then in data/*/]
    #[arg(long, value_name = "DIR", global = true)]
    dataset: Option<PathBuf>,
    /// Use the bundled example dataset
    #[arg(long, global = true, conflicts_with = "dataset")]
    example: bool,
    /// Maximum size of a file of the dataset, such as 500M or 2G [default: 1G]
    #[arg(long, value_name = "SIZE", global = true, value_parser = load::size)]
    max_file_size: Option<u64>,
    /// End the command after a time such as 500ms, 30s or 2m; in the shell, each query [default: no limit]
    #[arg(long, value_name = "DURATION", global = true, value_parser = limits::duration)]
    timeout: Option<Duration>,
    /// End the command if it needs more memory, such as 500M or 2G; in the shell, each query [default: no limit]
    #[arg(long, value_name = "SIZE", global = true, value_parser = load::size)]
    max_memory: Option<u64>,
    /// When to use colours; `auto` respects NO_COLOR
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, global = true)]
    color: ColorChoice,
    /// Suppress progress, notes and the names of written files
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Print help
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
}

/// Defines the commands under their headings in the help. Each has a module with its arguments and a function `run`, and examples in
/// `data/examples.txt`.
macro_rules! commands {
    ($($heading:literal { $($(#[$attribute:meta])* $name:ident $module:ident::$args:ident,)* })*) => {
        #[derive(Debug, Subcommand)]
        enum Command { $($($(#[$attribute])* $name($module::$args),)*)* }

        /// The names of the commands under their headings.
        const GROUPS: &[(&str, &[&str])] = &[$(($heading, &[$($(#[$attribute])* stringify!($module)),*])),*];

        $($(const _: () = assert!(
            help::has_examples(stringify!($module)),
            concat!("data/examples.txt has no examples of `", stringify!($module), "`")
        );)*)*

        fn dispatch(command: &Command, session: &Session) -> Result<(), Failure> {
            match command { $($($(#[$attribute])* Command::$name(args) => $module::run(args, session),)*)* }
        }
    };
}

// In the order of a reader's tasks.
commands! {
    "Author" {
        Init init::InitArgs,
        Source source::SourceArgs,
        Check check::CheckArgs,
        Quote quote::QuoteArgs,
        Lock lock::LockArgs,
        Import import::ImportArgs,
        Fix fix::FixArgs,
        Rename rename::RenameArgs,
        Schema schema::SchemaArgs,
        Coverage coverage::CoverageArgs,
        #[cfg(feature = "watch")]
        Watch watch::WatchArgs,
    }
    "Explore" {
        Query query::QueryArgs,
        Search search::SearchArgs,
        Show show::ShowArgs,
        Facts facts::FactsArgs,
        Why why::WhyArgs,
        Conflicts conflicts::ConflictsArgs,
        Path path::PathArgs,
        Rank rank::RankArgs,
        Components components::ComponentsArgs,
    }
    "Publish" {
        Build build::BuildArgs,
        Draw draw::DrawArgs,
        Export export::ExportArgs,
    }
    "Maintain" {
        Test test::TestArgs,
        Diff diff::DiffArgs,
        Verify verify::VerifyArgs,
        Completions completions::CompletionsArgs,
        Man man::ManArgs,
    }
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    signals::ignore_file_size_limit();
    signals::end_cleanly();
    if let Some(status) = completion::serve() {
        return status;
    }
    match query::parameters::parse(std::env::args_os().collect()) {
        // A panic has printed its message.
        Ok(cli) => catch_unwind(AssertUnwindSafe(|| run_command(&cli))).unwrap_or(ExitCode::from(2)),
        Err(error) => report_usage(&error),
    }
}

/// Prints the message of clap, and returns its exit status.
fn report_usage(error: &clap::Error) -> ExitCode {
    let is_harmless = |argument: OsString| {
        let argument = argument.to_string_lossy();
        *terminal::lines(&argument) == *argument
    };
    match !error.use_stderr() || std::env::args_os().all(is_harmless) {
        true => error.exit(),
        false => {
            // The message quotes the arguments, and would have colours.
            messages::print(error.render().to_string().trim_end());
            ExitCode::from(2)
        }
    }
}

fn run_command(cli: &Cli) -> ExitCode {
    match cli.global.color {
        ColorChoice::Auto => {}
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
    if cli.global.quiet {
        messages::set_quiet();
    }
    let session = Session::new(&cli.global);
    let work = || dispatch(&cli.command, &session);
    let result = match &cli.command {
        // Its queries have limits, not the shell.
        Command::Query(args) if args.starts_shell() => work(),
        Command::Query(_) => session.limits.enforce(LimitedWork::QueryCommand, &session.cancellation, work),
        _ => session.limits.enforce(LimitedWork::Command, &session.cancellation, work),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => session.invalidate_corrupt(failure).report(),
    }
}
