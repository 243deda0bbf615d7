//! `factloom diff`

use super::data::{compiled, is_compiled};
use super::failure::Failure;
use super::load::{GraphArgs, Session};
use super::output_file;
use super::revision::{Checkout, Revisions};
use crate::dataset::{DatasetRoot, MANIFEST};
use crate::output::{JsonLayout, StatementText};
use crate::report::{ComparedGraph, Comparison, Diff, diff_json, diff_markdown, diff_text};
use crate::store::{Labels, Store};
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
    from: GraphArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// One side of the comparison: its name and its graph.
type Named = (String, Store);

pub(super) fn run(args: &DiffArgs, session: &Session) -> Result<(), Failure> {
    let ((name_before, before), (name_after, after)) = match &args.rev {
        Some(written) => {
            let folder = args.from.dataset.root()?;
            let (before, after) = Revisions::read(written).checkouts(&folder)?;
            let before = open_checkout(args, &before)?;
            let after = match after {
                Some(after) => open_checkout(args, &after)?,
                None => open_root(args, folder, session)?,
            };
            (before, after)
        }
        None => {
            let before = open_path(args, args.before.as_deref().unwrap_or(Path::new("")), session)?;
            let after = match &args.after {
                Some(after) => open_path(args, after, session)?,
                None => open_root(args, args.from.dataset.root()?, session)?,
            };
            (before, after)
        }
    };
    let diff = Diff::new(&before, &after)?;
    let labels_before = Labels::new(&before, &before.metadata().language);
    let labels_after = Labels::new(&after, &after.metadata().language);
    let sides = Comparison {
        before: ComparedGraph {
            name: &name_before,
            store: &before,
            text: &StatementText::new(&before, &labels_before),
        },
        after: ComparedGraph { name: &name_after, store: &after, text: &StatementText::new(&after, &labels_after) },
    };
    output_file::found(args.output.as_deref(), |mut out| match args.format {
        Format::Text => Ok(diff_text(&diff, &sides, &mut out)?),
        Format::Markdown => Ok(diff_markdown(&diff, &sides, &mut out)?),
        Format::Json => Ok(diff_json(&diff, &sides, JsonLayout::Document, &mut out)?),
    })?;
    if diff.is_empty() { Ok(()) } else { Err(Failure::Findings) }
}

/// A dataset or a compiled graph that an argument names.
fn open_path(args: &DiffArgs, path: &Path, session: &Session) -> Result<Named, Failure> {
    if is_compiled(path) {
        return Ok((path.display().to_string(), compiled(path)?));
    }
    let folder =
        if path.file_name().is_some_and(|name| name == MANIFEST) { path.parent().unwrap_or(path) } else { path };
    if !folder.join(MANIFEST).is_file() {
        let message = format!("`{}` is neither a dataset directory nor a compiled graph", path.display());
        return Err(Failure::new(message).help(format!(
            "name a directory with a {MANIFEST} or a graph.factloom of `build`; for git revisions use --rev A..B"
        )));
    }
    open_root(args, DatasetRoot::Directory(folder.to_owned()), session)
}

fn open_root(args: &DiffArgs, folder: DatasetRoot, session: &Session) -> Result<Named, Failure> {
    let name = folder.to_string();
    let graph = args.from.open_root(folder, session).map_err(|failure| incomparable(failure, &name))?;
    Ok((name, graph.store))
}

fn open_checkout(args: &DiffArgs, checkout: &Checkout) -> Result<Named, Failure> {
    let name = checkout.revision().to_owned();
    let graph = args.from.open_checkout(checkout).map_err(|failure| incomparable(failure, &name))?;
    Ok((name, graph.store))
}

/// Errors of a dataset, which have been shown, are no difference.
fn incomparable(failure: Failure, name: &str) -> Failure {
    match failure {
        Failure::Findings => Failure::new(format!("{name} cannot be compared: it has errors")),
        other => other,
    }
}
