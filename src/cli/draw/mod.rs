//! `factloom draw`

mod gallery;
mod style;

use super::diagram_file::DrawingArgs;
use super::failure::{Failure, say};
use super::load::{GraphArgs, Session};
use super::output_file;
use super::selection::SelectionArgs;
use crate::diagnostic::closest;
use crate::output::{Diagram, DiagramOptions, StatementText, diagram};
use crate::query::SelectStatementsError;
use crate::report::{NamedDiagram, NamedDiagramError, named_diagrams};
use crate::store::{Labels, Store};
use crate::view::KindFilter;
use clap::Args;
use std::path::PathBuf;
use style::StyleArgs;

/// Draw the graph, a part of it, or a named diagram
///
/// Edges read as sentences, from left to right: facts solid, inferences dashed, claims dotted with their status. A named diagram is a
/// stored query with a `#+ diagram:`, which says what is drawn and how; options for the look win over it.
#[derive(Args, Debug)]
pub(super) struct DrawArgs {
    /// A named diagram; to draw what its query selects in another way, use --select NAME instead
    #[arg(conflicts_with_all = ["SelectionArgs", "NotArgs"])]
    name: Option<String>,
    /// Draw all named diagrams into the folder of -o: NAME.FORMAT, -T dot,svg for several formats
    #[arg(long, requires = "output", conflicts_with_all = ["name", "StyleArgs", "SelectionArgs", "NotArgs", "engine", "layout"])]
    all: bool,
    /// Say which pictures of named diagrams in a folder are no longer what the facts give; exit status 1 where any is
    #[arg(long, value_name = "DIR", conflicts_with_all = ["all", "name", "StyleArgs", "SelectionArgs", "NotArgs", "DrawingArgs"])]
    check: Option<PathBuf>,
    /// List the named diagrams
    #[arg(long, conflicts_with_all = ["all", "check", "name", "StyleArgs", "SelectionArgs", "NotArgs", "DrawingArgs"])]
    list: bool,
    #[command(flatten)]
    drawing: DrawingArgs,
    #[command(flatten)]
    look: StyleArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    from: GraphArgs,
}

pub(super) fn run(args: &DrawArgs, session: &Session) -> Result<(), Failure> {
    let store = &args.from.open(session)?.store;
    if args.list {
        return list(store);
    }
    if let Some(folder) = &args.check {
        return gallery::check(folder, store);
    }
    if args.all {
        return gallery::write(&args.drawing, store);
    }
    let drawn = match &args.name {
        Some(name) => find(name, store)?.draw(store, args.look.settings()?, args.look.overrides())?,
        None => selected(args, store)?,
    };
    args.drawing.write(&drawn)
}

/// The diagram of the part of the graph that the arguments select.
fn selected(args: &DrawArgs, store: &Store) -> Result<Diagram, Failure> {
    let settings = args.look.settings()?;
    let labels = Labels::new(store, settings.lang.as_deref().unwrap_or(&store.metadata().language));
    let selected = args.selection.select(&labels, KindFilter::ALL)?;
    let title = settings.title.clone().unwrap_or_else(|| selected.title.clone());
    let options = DiagramOptions { settings, overrides: args.look.overrides(), ..DiagramOptions::default() };
    let drawn = diagram(&title, &selected.view, &StatementText::new(store, &labels), &options)?;
    Ok(Diagram { notes: selected.notes, ..drawn })
}

fn find(name: &str, store: &Store) -> Result<NamedDiagram, Failure> {
    let mut all = named_diagrams(store);
    if let Some(at) = all.iter().position(|named| named.name() == name) {
        return Ok(all.swap_remove(at));
    }
    if store.metadata().queries.iter().any(|query| query.name == name) {
        let message = format!("the stored query `{name}` is no diagram");
        return Err(Failure::new(message).help("add `#+ diagram:` to it, or ask it with `factloom query`"));
    }
    let help = match closest(name, all.iter().map(NamedDiagram::name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`factloom draw --list` names them all; --focus ENTITY draws what is near an entity".to_owned(),
    };
    Err(Failure::new(format!("there is no diagram `{name}`")).help(help))
}

fn list(store: &Store) -> Result<(), Failure> {
    let all = named_diagrams(store);
    if all.is_empty() {
        say("note: the dataset has no named diagram; a stored query with `#+ diagram:` is one");
    }
    let width = all.iter().map(|named| named.name().chars().count()).max().unwrap_or(0);
    output_file::to(None, |out| {
        Ok(all.iter().try_for_each(|named| writeln!(out, "{:width$}  {}", named.name(), named.title()))?)
    })
}

impl From<NamedDiagramError> for Failure {
    fn from(error: NamedDiagramError) -> Self {
        match error {
            NamedDiagramError::Store(error) | NamedDiagramError::Selection(SelectStatementsError::Store(error)) => {
                error.into()
            }
            other => Self::new(other.to_string()).help("`factloom check` says where"),
        }
    }
}
