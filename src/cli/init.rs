//! `factloom init`

use super::failure::Failure;
use super::load::Session;
use super::output_file::{self, report_written};
use crate::authoring::{InitError, init};
use clap::Args;
use std::path::{Path, PathBuf};

/// Create a small dataset to start from
///
/// Writes a text about an invented pump house, with a vocabulary, entities, ten facts, a claim, a rule, and two stored queries
/// with golden files. Existing files are never overwritten.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// Directory of the new dataset, created if it is missing [default: the working directory]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

pub(super) fn run(args: &InitArgs, _session: &Session) -> Result<(), Failure> {
    let directory = args.directory.as_deref().unwrap_or(Path::new(""));
    let names = init(directory)?;
    report_written(&names.iter().map(|name| directory.join(name)).collect::<Vec<_>>());
    let change_directory = match &args.directory {
        Some(directory) => {
            let directory = directory.to_string_lossy();
            format!("  cd {}\n", shlex::try_quote(&directory).unwrap_or_else(|_| directory.clone()))
        }
        None => String::new(),
    };
    output_file::write_text(|out| {
        writeln!(out, "Created a dataset with {} files. Next:", names.len())?;
        write!(out, "{change_directory}")?;
        writeln!(out, "  factloom check")?;
        writeln!(out, "  factloom query what-is-in")?;
        Ok(writeln!(out, "  factloom why 'steam engine is located in Ebbingford'")?)
    })
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        let help = match error {
            InitError::HasManifest(_) => "run `factloom check` on the existing dataset, or name another directory",
            InitError::NotADirectory(_) => "name the new directory of the dataset: `factloom init DIR`",
            InitError::Exists(_) => "name an empty directory: `factloom init DIR`",
            InitError::Create { .. } => "name a directory that can be written to",
        };
        Self::new(error.to_string()).help(help)
    }
}
