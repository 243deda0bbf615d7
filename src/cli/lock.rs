//! `factloom lock`

use super::failure::{Failure, say};
use super::load::{CheckedDataset, DatasetArgs, pluralize, show};
use super::output_file::{self, Files};
use crate::check::{CheckOptions, LockUse};
use crate::dataset::{DatasetRoot, LOCK, locate};
use crate::diagnostic::{Policy, Severity};
use clap::Args;

/// Write factloom.lock: where each quote lies in its source
///
/// Accepts texts that have changed. Of sources whose texts are not at hand, the lock keeps what it holds. Nothing is
/// written where a quote is not found.
#[derive(Args, Debug)]
pub(super) struct LockArgs {
    #[command(flatten)]
    dataset: DatasetArgs,
}

pub(super) fn run(args: &LockArgs) -> Result<(), Failure> {
    let DatasetRoot::Directory(root) = args.dataset.root()? else {
        return Err(Failure::new("the bundled dataset cannot be changed").help("name another with --dataset DIR"));
    };
    let options = CheckOptions { lock: LockUse::Update, ..CheckOptions::default() };
    let CheckedDataset { dataset, files, mut findings } = args.dataset.check(options)?;
    findings.retain(|f| f.code.severity() == Severity::Error);
    let errors = locate(findings, &files, &Policy::default());
    show(&errors);
    let (Some((_, checked)), true) = (dataset, errors.is_empty()) else {
        say(format_args!("error: {}; the lock was left as it is", pluralize(errors.len(), "error")));
        return Err(Failure::Findings);
    };
    let path = root.join(LOCK);
    let mut written = Files::default();
    written.add(&path, |out| Ok(checked.lock.write(out)?))?;
    written.finish()?;
    let quotes = pluralize(checked.lock.len(), "quote");
    output_file::to(None, |out| Ok(writeln!(out, "{quotes} in {}", path.display())?))
}
