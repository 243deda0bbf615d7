//! `factloom lock`

use super::failure::Failure;
use super::load::{Session, SourceArgs, evidence_line, show, with_progress};
use super::messages::{error, pluralize};
use super::output_file::{self, Files};
use crate::check::{CheckOptions, LockUse};
use crate::dataset::{DatasetRoot, LOCK, locate};
use crate::diagnostic::{Policy, Severity};
use crate::files::PathScope;
use crate::project::ProjectCheck;
use clap::Args;
use std::path::PathBuf;

/// Record the position of each quote in factloom.lock
///
/// Accepts changed texts. If the text of a source is missing, its entries in the lock do not change. Nothing is written if a
/// quote is not found.
#[derive(Args, Debug)]
pub(super) struct LockArgs {
    /// Directory of the dataset [default: that of --dataset]
    #[arg(value_name = "DIR", conflicts_with_all = ["dataset", "example"])]
    directory: Option<PathBuf>,
    #[command(flatten)]
    sources: SourceArgs,
}

pub(super) fn run(args: &LockArgs, session: &Session) -> Result<(), Failure> {
    let root = session.user_dataset(args.directory.as_deref())?;
    let DatasetRoot::Directory(directory) = root.clone() else {
        return Err(Failure::new("the bundled example cannot be changed").help("name a dataset with --dataset DIR"));
    };
    let options = CheckOptions { lock: LockUse::Update, ..CheckOptions::default() };
    let mut project = args.sources.open(root, session)?;
    let ProjectCheck { dataset, files, findings } = with_progress(|on_stage| project.check(&options, on_stage));
    let policy = Policy::default();
    let errors = findings.total(Severity::Error, &policy);
    show(&locate(findings.errors(), files, &policy));
    let (Some((_, checked)), 0) = (dataset, errors) else {
        error(format_args!("{}; {LOCK} was not changed", pluralize(errors, "error")));
        return Err(Failure::Findings);
    };
    let mut written = Files::default();
    let shown = directory.join(LOCK);
    written.add_to_dataset(&directory, LOCK, PathScope::Inside, &shown, |out| Ok(checked.lock.write(out)?))?;
    written.finish()?;
    let quotes = pluralize(checked.lock.count_quotes(), "quote");
    output_file::write_text(|out| {
        writeln!(out, "{}", evidence_line(checked.evidence))?;
        Ok(writeln!(out, "{quotes} in {LOCK}")?)
    })
}
