//! `factloom diff`

use super::data::{compiled, is_compiled};
use super::failure::Failure;
use super::format::{Markdown, OutputArgs, ReportFormat};
use super::load::{GraphArgs, Session, dataset_in};
use super::output_file;
use super::revision::Revisions;
use crate::dataset::{DatasetRoot, MANIFEST};
use crate::output::StatementText;
use crate::report::{ComparedGraph, Comparison, Diff, diff_json, diff_markdown, diff_text};
use crate::store::{Labels, Store};
use clap::Args;
use std::path::{Path, PathBuf};

/// Compare two datasets, or two git revisions of one
///
/// Compares statements, inferences, declared triples, results of stored queries, and diagrams. The exit status is 0 if nothing
/// differs, 1 if something does, and 2 if the datasets cannot be compared.
#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// Old version: the directory of a dataset, or a compiled graph
    #[arg(value_name = "OLD", required_unless_present = "rev")]
    before: Option<PathBuf>,
    /// New version [default: the current dataset]
    #[arg(value_name = "NEW", conflicts_with_all = ["dataset", "example"])]
    after: Option<PathBuf>,
    /// Git revisions of the dataset to compare: FROM..TO, FROM...TO (TO with its merge base), or FROM (with the working tree)
    #[arg(long, value_name = "REVISIONS", conflicts_with_all = ["before", "after"], allow_hyphen_values = true)]
    rev: Option<String>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat<Markdown>>,
    #[command(flatten)]
    graph: GraphArgs,
}

/// A side of the comparison: its name and its graph.
type NamedGraph = (String, Store);

pub(super) fn run(args: &DiffArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let ((name_before, before), (name_after, after)) = match &args.rev {
        Some(written) => {
            let root = session.user_dataset(None)?;
            let (before, after) = Revisions::parse(written).open(&root)?;
            (open_root(args, before, session)?, open_root(args, after.unwrap_or(root), session)?)
        }
        None => {
            let before = open_path(args, args.before.as_deref().unwrap_or(Path::new("")), session)?;
            let after = match &args.after {
                Some(after) => open_path(args, after, session)?,
                None => open_root(args, session.user_dataset(None)?, session)?,
            };
            (before, after)
        }
    };
    let diff = Diff::new(&before, &after)?;
    let labels_before = Labels::new(&before, &before.metadata().language);
    let labels_after = Labels::new(&after, &after.metadata().language);
    let sides = Comparison {
        before: ComparedGraph { name: &name_before, text: &StatementText::new(&before, &labels_before) },
        after: ComparedGraph { name: &name_after, text: &StatementText::new(&after, &labels_after) },
    };
    output_file::write_with_status(args.output.output.as_deref(), format.readable_content(), |mut out| match format {
        ReportFormat::Text => Ok(diff_text(&diff, &sides, &mut out)?),
        ReportFormat::Other(Markdown) => Ok(diff_markdown(&diff, &sides, &mut out)?),
        ReportFormat::Json(layout) => Ok(diff_json(&diff, &sides, layout, &mut out)?),
    })?;
    if diff.is_empty() { Ok(()) } else { Err(Failure::Findings) }
}

/// A dataset or a compiled graph that an argument names.
fn open_path(args: &DiffArgs, path: &Path, session: &Session) -> Result<NamedGraph, Failure> {
    if is_compiled(path) {
        return Ok((path.display().to_string(), compiled(path)?));
    }
    let root = dataset_in(path).map_err(|_| {
        let message = format!("`{}` is neither a dataset directory nor a compiled graph", path.display());
        Failure::new(message).help(format!(
            "name a directory with a {MANIFEST}, or a graph.factloom of `factloom build`; compare git revisions with --rev A..B"
        ))
    })?;
    open_root(args, root, session)
}

fn open_root(args: &DiffArgs, root: DatasetRoot, session: &Session) -> Result<NamedGraph, Failure> {
    let name = root.to_string();
    let graph = args.graph.open_root(root, session).map_err(|failure| incomparable(failure, &name))?;
    Ok((name, graph.store))
}

/// Errors in a dataset, which have been shown, are not differences.
fn incomparable(failure: Failure, name: &str) -> Failure {
    match failure {
        Failure::Findings => Failure::new(format!("`{name}` cannot be compared: it has errors")),
        other => other,
    }
}
