//! `factloom fix`

use super::check::parse_code;
use super::edits::{directory_to_write, write_diffs, write_files};
use super::failure::Failure;
use super::load::{Session, SourceArgs, show, with_progress};
use super::messages::{note, pluralize};
use super::output_file;
use crate::authoring::{FixError, FixOptions, Fixes, fix};
use crate::dataset::locate;
use crate::diagnostic::{Code, Policy, Severity};
use clap::Args;

/// Correct the findings that have exactly one right correction
///
/// Corrects names with one similar candidate, quotes that cut a word or differ from the source only in spaces or look, `nth` of a quote
/// that occurs once, values in another than their canonical form, and the lock of a text whose quotes have moved. Never changes what a
/// statement states. Nothing is written without --write. The exit status is 1 if findings remain.
#[derive(Args, Debug)]
pub(super) struct FixArgs {
    /// Correct and report only these findings
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 1.., value_parser = parse_code)]
    code: Vec<Code>,
    /// Write the corrected files, all or none
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    sources: SourceArgs,
}

pub(super) fn run(args: &FixArgs, session: &Session) -> Result<(), Failure> {
    let root = session.user_dataset(None)?;
    let directory = directory_to_write(&root, args.write)?;
    let options = FixOptions {
        codes: args.code.clone(),
        read: args.sources.read_options(session)?,
        rules: session.rule_options(),
    };
    let Fixes { files, fixed, left, left_files } = with_progress(|on_stage| fix(&root, &options, on_stage))?;
    let policy = Policy::default();
    let [errors, warnings] = [Severity::Error, Severity::Warning].map(|severity| left.total(severity, &policy));
    show(&locate(left, &left_files, &policy));
    output_file::write_text(|out| {
        for one in &fixed {
            let at = &one.diagnostic;
            writeln!(out, "{}:{}:{}: [{}] {}: {}", at.file, at.line, at.column, at.code, at.message, one.action)?;
        }
        if directory.is_none() {
            write_diffs(files.iter().map(|file| file.diff.as_str()), out)?;
        }
        let fixable = pluralize(fixed.len(), "finding");
        let verb = if directory.is_some() { "corrected" } else { "to correct" };
        let left = format!("{}, {}", pluralize(errors, "error"), pluralize(warnings, "warning"));
        Ok(writeln!(out, "{fixable} {verb}; {left} left")?)
    })?;
    match directory {
        Some(directory) => write_files(&directory, &files)?,
        None if files.is_empty() => {}
        None => note("nothing was written; --write applies the corrections"),
    }
    let is_unwritten = !args.write && !files.is_empty();
    if errors + warnings > 0 || is_unwritten { Err(Failure::Findings) } else { Ok(()) }
}

impl From<FixError> for Failure {
    fn from(error: FixError) -> Self {
        match error {
            FixError::Changed(_) => Self::new(error.to_string()).help("run the command again"),
            FixError::Store(error) => error.into(),
        }
    }
}
