//! `factloom diff`

use super::data::{compiled, is_compiled};
use super::failure::Failure;
use super::opening::{BuildFrom, Built, Opened, damaged};
use super::revision::{Checkout, Revisions};
use super::writing;
use crate::dataset::{DatasetRoot, MANIFEST};
use crate::output::StatementText;
use crate::report::{self, Comparison, Diff, diff_json, diff_markdown, diff_text};
use crate::store::{Cache, Labels};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Show what differs between two datasets, or two git revisions of one
///
/// Statements, inferences, what is given about entities and the like, the rows of stored queries, diagrams. Exit status: 0
/// where nothing differs, 1 where something does, 2 where that cannot be told.
#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// What it was: the folder of a dataset, or a compiled graph
    #[arg(value_name = "A", required_unless_present = "rev")]
    before: Option<PathBuf>,
    /// What it is: the like [default: the dataset]
    #[arg(value_name = "B", conflicts_with = "dataset")]
    after: Option<PathBuf>,
    /// Compare git revisions of the dataset: FROM..TO, FROM...TO for TO with where it branched off, or FROM with the files
    /// as they are
    #[arg(long, value_name = "REVISIONS", conflicts_with_all = ["before", "after"], allow_hyphen_values = true)]
    rev: Option<String>,
    /// For people, as Markdown for a pull request, or as one JSON object
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// File to write to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    from: BuildFrom,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// One side of the comparison.
struct Side {
    name: String,
    built: Built,
    kept_in: Option<Cache>,
}

pub(super) fn run(args: &DiffArgs) -> Result<(), Failure> {
    let (before, after) = match &args.rev {
        Some(written) => {
            let folder = args.from.dataset.folder()?;
            let (before, after) = Revisions::read(written).checkouts(&folder)?;
            let before = side_of_checkout(args, &before)?;
            let after = match after {
                Some(after) => side_of_checkout(args, &after)?,
                None => side_of_folder(args, folder)?,
            };
            (before, after)
        }
        None => {
            let before = side_of_path(args, args.before.as_deref().unwrap_or(Path::new("")))?;
            let after = match &args.after {
                Some(after) => side_of_path(args, after)?,
                None => side_of_folder(args, args.from.dataset.folder()?)?,
            };
            (before, after)
        }
    };
    let kept_in: Vec<Cache> = before.kept_in.iter().chain(&after.kept_in).cloned().collect();
    work(args, &before, &after).map_err(|failure| damaged(failure, &kept_in))
}

fn work(args: &DiffArgs, before: &Side, after: &Side) -> Result<(), Failure> {
    let (was, is) = (&before.built.store, &after.built.store);
    let diff = Diff::new(was, is)?;
    let (labels_was, labels_is) =
        (Labels::new(was, &was.metadata().language), Labels::new(is, &is.metadata().language));
    let (text_was, text_is) = (StatementText::new(was, &labels_was), StatementText::new(is, &labels_is));
    let sides = Comparison {
        before: report::ComparedGraph { name: &before.name, store: was, text: &text_was },
        after: report::ComparedGraph { name: &after.name, store: is, text: &text_is },
    };
    writing::found(args.output.as_deref(), |mut out| match args.format {
        Format::Text => Ok(diff_text(&diff, &sides, &mut out)?),
        Format::Markdown => Ok(diff_markdown(&diff, &sides, &mut out)?),
        Format::Json => Ok(diff_json(&diff, &sides, &mut out)?),
    })?;
    if diff.is_empty() { Ok(()) } else { Err(Failure::Findings) }
}

/// A dataset or a compiled graph that an argument names.
fn side_of_path(args: &DiffArgs, path: &Path) -> Result<Side, Failure> {
    if is_compiled(path) {
        let built = Built::of_data(compiled(path)?);
        return Ok(Side { name: path.display().to_string(), built, kept_in: None });
    }
    let folder =
        if path.file_name().is_some_and(|name| name == MANIFEST) { path.parent().unwrap_or(path) } else { path };
    if !folder.join(MANIFEST).is_file() {
        let message = format!("`{}` is neither the folder of a dataset nor a compiled graph", path.display());
        return Err(Failure::new(message).help(format!(
            "name a folder with a {MANIFEST} or a graph.factloom of `build`; git revisions are named with --rev A..B"
        )));
    }
    side_of_folder(args, DatasetRoot::Directory(folder.to_owned()))
}

fn side_of_folder(args: &DiffArgs, folder: DatasetRoot) -> Result<Side, Failure> {
    let name = folder.to_string();
    let Opened { built, kept_in } = args.from.of_folder(folder).map_err(|failure| incomparable(failure, &name))?;
    Ok(Side { name, built, kept_in })
}

fn side_of_checkout(args: &DiffArgs, checkout: &Checkout) -> Result<Side, Failure> {
    let name = checkout.revision().to_owned();
    let built = args.from.of_checkout(checkout).map_err(|failure| incomparable(failure, &name))?;
    Ok(Side { name, built, kept_in: None })
}

/// Errors of a dataset, which have been shown, are no difference.
fn incomparable(failure: Failure, name: &str) -> Failure {
    match failure {
        Failure::Findings => Failure::new(format!("{name} cannot be compared: it has errors")),
        other => other,
    }
}
