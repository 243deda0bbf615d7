//! `factloom watch`
//!
//! Waits for events of the file system, so that it takes no time while nothing changes.

mod events;
mod session;

use super::failure::Failure;
use super::load::{Session, SourceArgs};
use clap::Args;
use events::Events;
use session::WatchSession;
use std::path::PathBuf;

/// Check and rebuild the dataset whenever a file is saved
///
/// Shows all findings, and after each save only what changed: findings that are new or resolved, and then the statements, inferences and
/// results of stored queries that the graph has gained or lost. As long as there are errors, the graph stays as it was. Ctrl-C ends it.
#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    /// Directory of the dataset [default: that of --dataset]
    #[arg(value_name = "DIR", conflicts_with_all = ["dataset", "example"])]
    directory: Option<PathBuf>,
    /// Named diagram to draw after each change of the graph
    #[arg(long, value_name = "DIAGRAM", requires = "output")]
    draw: Option<String>,
    /// File of the diagram; its extension is the format
    #[arg(short, long, value_name = "FILE", requires = "draw")]
    output: Option<PathBuf>,
    #[command(flatten)]
    sources: SourceArgs,
}

pub(super) fn run(args: &WatchArgs, session: &Session) -> Result<(), Failure> {
    let root = session.user_dataset(args.directory.as_deref())?;
    let Some(directory) = root.directory().map(ToOwned::to_owned) else {
        return Err(Failure::new("the bundled example does not change").help("name a directory: `factloom watch DIR`"));
    };
    let mut watched = WatchSession::open(args, root, session)?;
    // From before the first check: what changes during it is checked after it.
    let mut events = Events::new(&directory)?;
    watched.start()?;
    loop {
        events.watch_also(&watched.directories())?;
        let changed = events.wait()?;
        watched.update(changed.as_ref())?;
    }
}
