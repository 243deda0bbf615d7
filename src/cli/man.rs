//! `factloom man`

use super::failure::Failure;
use super::load::Session;
use super::output_file::{self, Files, create_directory};
use super::{GROUPS, command};
use clap::builder::PossibleValuesParser;
use clap::{Args, Command};
use clap_mangen::Man;
use std::path::PathBuf;

/// Print a manual page
///
/// Prints that of the program or of a command in roff, for `man`. With --output, writes the pages of the program and of all its
/// commands.
#[derive(Args, Debug)]
pub(super) struct ManArgs {
    /// Command [default: the program]
    #[arg(value_name = "COMMAND", conflicts_with = "output", value_parser = PossibleValuesParser::new(commands()),
        hide_possible_values = true)]
    command: Option<String>,
    /// Directory for all pages, which is created if it is missing
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, _session: &Session) -> Result<(), Failure> {
    let mut program = command();
    // Gives each command the global options and its whole name.
    program.build();
    let Some(directory) = &args.output else {
        let command = args.command.as_ref().and_then(|name| program.find_subcommand(name)).unwrap_or(&program);
        let page = page(command.clone())?.1;
        return output_file::write(None, |out| Ok(out.write_all(&page)?));
    };
    create_directory(directory)?;
    let mut files = Files::default();
    let commands: Vec<Command> = commands().filter_map(|name| program.find_subcommand(name).cloned()).collect();
    for command in std::iter::once(program).chain(commands) {
        let (name, page) = page(command)?;
        files.add_in(directory, &name, |out| Ok(out.write_all(&page)?))?;
    }
    files.finish()
}

/// The names of all commands.
fn commands() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, names)| names.iter().copied())
}

/// The name of the file and the content of the page of a command.
fn page(command: Command) -> Result<(String, Vec<u8>), Failure> {
    let page = Man::new(command).source(concat!("factloom ", env!("CARGO_PKG_VERSION"))).manual("factloom");
    let mut content = Vec::new();
    page.render(&mut content)?;
    Ok((page.get_filename(), content))
}
