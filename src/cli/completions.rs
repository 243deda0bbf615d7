//! `factloom completions`

use super::completion;
use super::failure::Failure;
use super::load::Session;
use super::output_file;
use clap::Args;
use clap::builder::PossibleValuesParser;

/// Print a script that completes arguments in a shell
///
/// The shell runs factloom at each Tab, which completes commands, options and the names in the dataset in use: entities, by id or
/// label, predicates, classes, sources, statements, stored queries with the values of their parameters, and diagrams.
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// Shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(completion::shells()))]
    shell: String,
}

pub(super) fn run(args: &CompletionsArgs, _session: &Session) -> Result<(), Failure> {
    let script = completion::script(&args.shell);
    output_file::write(None, |out| Ok(out.write_all(script.as_bytes())?))
}
