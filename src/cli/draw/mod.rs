//! `factloom draw`

mod named_files;
mod style;

use super::diagram_file::DiagramOutputArgs;
use super::failure::Failure;
use super::load::{GraphArgs, Session};
use super::messages::note;
use super::output_file;
use super::selection::SelectionArgs;
#[cfg(feature = "watch")]
use crate::dataset::DatasetRoot;
use crate::dataset::FILE_ATTRIBUTES;
use crate::diagnostic::did_you_mean;
use crate::escape::terminal;
use crate::model::nfc;
use crate::output::{Diagram, DiagramOptions, Overrides, StatementText, diagram};
#[cfg(feature = "watch")]
use crate::query::DiagramSettings;
use crate::query::SelectStatementsError;
use crate::report::{NamedDiagram, NamedDiagramError, named_diagrams};
use crate::store::{Labels, Store};
use crate::view::KindFilter;
use clap::Args;
use std::path::{Path, PathBuf, absolute};
use style::StyleArgs;

/// Draw the graph, a part of it, or a named diagram
///
/// Each edge reads as a sentence. Facts are solid lines, inferences dashed, claims dotted with their status. A named diagram is
/// a stored query with `#+ diagram:`, which defines the selection and the style; style options override it.
#[derive(Args, Debug)]
pub(super) struct DrawArgs {
    /// Named diagram; use --select NAME to combine its query with other selection options
    #[arg(conflicts_with_all = ["SelectionArgs", "ExcludeArgs"])]
    name: Option<String>,
    /// Draw all named diagrams to the --output directory, as NAME.FORMAT; -f dot,svg writes several formats
    #[arg(long, requires = "output", conflicts_with_all = ["name", "StyleArgs", "SelectionArgs", "ExcludeArgs", "engine", "layout"])]
    all: bool,
    /// Compare the images in a directory with the named diagrams; the exit status is 1 if one is missing or out of date
    #[arg(long, value_name = "DIR", conflicts_with_all = ["all", "name", "StyleArgs", "SelectionArgs", "ExcludeArgs", "DiagramOutputArgs"])]
    check: Option<PathBuf>,
    /// List the named diagrams
    #[arg(long, conflicts_with_all = ["all", "check", "name", "StyleArgs", "SelectionArgs", "ExcludeArgs", "DiagramOutputArgs"])]
    list: bool,
    #[command(flatten)]
    output: DiagramOutputArgs,
    #[command(flatten)]
    style: StyleArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    graph: GraphArgs,
}

pub(super) fn run(args: &DrawArgs, session: &Session) -> Result<(), Failure> {
    let root = session.dataset_or_example()?;
    let store = &args.graph.open_root(root.clone(), session)?.store;
    if args.list {
        return list(store);
    }
    if let Some(directory) = &args.check {
        return named_files::check(directory, store);
    }
    if args.all {
        return named_files::write(&args.output, store);
    }
    let diagram = match &args.name {
        Some(name) => find(name, store)?.draw(store, args.style.settings()?, overrides(args)?)?,
        None => selected(args, store)?,
    };
    args.output.write(&diagram, &root)
}

/// A diagram of the part of the graph that the arguments select.
fn selected(args: &DrawArgs, store: &Store) -> Result<Diagram, Failure> {
    let settings = args.style.settings()?;
    let labels = Labels::new(store, settings.lang.as_deref().unwrap_or(&store.metadata().language));
    let selected = args.selection.select(&labels, KindFilter::SHOWN)?;
    let title = settings.title.clone().unwrap_or_else(|| selected.title.clone());
    let options = DiagramOptions { overrides: overrides(args)?, ..DiagramOptions::from(&settings) };
    let diagram = diagram(&title, &selected.view, &StatementText::new(store, &labels), &options)?;
    Ok(Diagram { notes: selected.notes, ..diagram })
}

/// The attributes that override those of the style. Their files are relative to the working directory, and those of the style to the
/// dataset, in which Graphviz runs.
fn overrides(args: &DrawArgs) -> Result<Overrides, Failure> {
    let mut overrides = args.style.overrides();
    if args.output.uses_graphviz() {
        let Overrides { graph, node, edge } = &mut overrides;
        let attributes = [graph, node, edge].into_iter().flatten();
        for (_, value) in attributes.filter(|(name, value)| FILE_ATTRIBUTES.contains(&&**name) && !value.is_empty()) {
            if !value.contains("://") {
                let path = absolute(&*value).map_err(|e| Failure::file("find", Path::new(value), &e))?;
                *value = path.to_string_lossy().into_owned();
            }
        }
    }
    Ok(overrides)
}

/// Draws a named diagram to a file, as the dataset defines it.
#[cfg(feature = "watch")]
pub(super) fn write_named(name: &str, file: &Path, store: &Store, dataset: &DatasetRoot) -> Result<(), Failure> {
    let drawn = find(name, store)?.draw(store, DiagramSettings::default(), Overrides::default())?;
    DiagramOutputArgs::to_file(file).write(&drawn, dataset)
}

fn find(name: &str, store: &Store) -> Result<NamedDiagram, Failure> {
    let name = &*nfc(name);
    let mut all = named_diagrams(store);
    if let Some(index) = all.iter().position(|named| named.name() == name) {
        return Ok(all.swap_remove(index));
    }
    if store.metadata().queries.iter().any(|query| query.name == name) {
        let message = format!("the stored query `{name}` is not a diagram");
        return Err(Failure::new(message).help("draw it with --select, or run it with `factloom query`"));
    }
    let advice = "`factloom draw --list` lists them; --focus ENTITY draws an entity and its neighbours";
    let help = did_you_mean(name, all.iter().map(NamedDiagram::name), advice);
    Err(Failure::new(format!("unknown diagram `{name}`")).help(help))
}

fn list(store: &Store) -> Result<(), Failure> {
    let all = named_diagrams(store);
    if all.is_empty() {
        note("the dataset has no named diagrams; add `#+ diagram:` to a stored query");
    }
    let width = all.iter().map(|named| named.name().chars().count()).max().unwrap_or(0);
    output_file::write_text(|out| {
        Ok(all.iter().try_for_each(|named| {
            writeln!(out, "{:width$}  {}", terminal::line(named.name()), terminal::line(named.title()))
        })?)
    })
}

impl From<NamedDiagramError> for Failure {
    fn from(error: NamedDiagramError) -> Self {
        match error {
            NamedDiagramError::Store(error) | NamedDiagramError::Selection(SelectStatementsError::Store(error)) => {
                error.into()
            }
            other => Self::new(other.to_string()).help("run `factloom check` to locate the error"),
        }
    }
}
