//! `factloom completions`

use super::failure::Failure;
use super::{command, output_file};
use clap::Args;
use clap_complete::Shell;

/// Write completions for a shell
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    // The generator panics where it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "factloom", &mut script);
    output_file::to(None, |out| Ok(out.write_all(&script)?))
}
