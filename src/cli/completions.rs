//! `factloom completions`

use super::failure::Failure;
use super::load::Session;
use super::{command, output_file};
use clap::Args;
use clap_complete::Shell;

/// Generate shell completions
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, _session: &Session) -> Result<(), Failure> {
    // The generator panics if it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "factloom", &mut script);
    output_file::write(None, |out| Ok(out.write_all(&script)?))
}
