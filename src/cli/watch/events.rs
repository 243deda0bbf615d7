//! Which files have changed.

use crate::cli::failure::Failure;
use notify::event::EventKind;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// An editor that saves a file changes it several times, the last time at most this long after the one before.
const QUIET: Duration = Duration::from_millis(30);

/// A file that is written all the time is read in between.
const MAX_WAIT: Duration = Duration::from_millis(120);

/// How often a directory that was removed is searched for.
const RETRY: Duration = Duration::from_millis(500);

/// The changes below some directories.
pub(super) struct Events {
    watcher: RecommendedWatcher,
    received: Receiver<notify::Result<Event>>,
    root: PathBuf,
    others: BTreeSet<PathBuf>,
}

impl Events {
    /// Watches a directory and all below it.
    pub(super) fn new(root: &Path) -> Result<Self, Failure> {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let root = root.canonicalize().map_err(|e| Failure::file("watch", root, &e))?;
        let (sender, received) = channel();
        let watcher = notify::recommended_watcher(move |event| {
            let _ = sender.send(event);
        });
        let mut watcher = watcher.map_err(|e| failure(&root, &e))?;
        watcher.watch(&root, RecursiveMode::Recursive).map_err(|e| failure(&root, &e))?;
        Ok(Self { watcher, received, root, others: BTreeSet::new() })
    }

    /// Watches directories outside the root, too, each with the files in it.
    pub(super) fn watch_also(&mut self, directories: &BTreeSet<PathBuf>) -> Result<(), Failure> {
        for directory in directories {
            if let Ok(path) = directory.canonicalize()
                && !path.starts_with(&self.root)
                && !self.others.contains(&path)
            {
                self.watcher.watch(&path, RecursiveMode::NonRecursive).map_err(|e| failure(&path, &e))?;
                self.others.insert(path);
            }
        }
        Ok(())
    }

    /// Waits until files have changed and stay as they are for a moment. Returns their paths: relative to the root if they are below it.
    /// `None` if events were lost or the root was replaced, so that any file may have changed.
    pub(super) fn wait(&mut self) -> Result<Option<BTreeSet<PathBuf>>, Failure> {
        let mut changed = Some(BTreeSet::new());
        loop {
            let ended = || Failure::new("the operating system no longer reports changes");
            self.add(self.received.recv().map_err(|_| ended())?, &mut changed)?;
            let start = Instant::now();
            while start.elapsed() < MAX_WAIT
                && let Ok(event) = self.received.recv_timeout(QUIET)
            {
                self.add(event, &mut changed)?;
            }
            if !self.root.is_dir() {
                self.wait_for_root()?;
                changed = None;
            }
            if changed.as_ref().is_none_or(|paths| !paths.is_empty()) {
                return Ok(changed);
            }
        }
    }

    fn add(&self, event: notify::Result<Event>, changed: &mut Option<BTreeSet<PathBuf>>) -> Result<(), Failure> {
        let event = event.map_err(|e| failure(&self.root, &e))?;
        if event.need_rescan() {
            *changed = None;
        }
        // Reading a file is an event, too.
        if let (Some(changed), false) = (changed, matches!(event.kind, EventKind::Access(_))) {
            let relative = |path: PathBuf| path.strip_prefix(&self.root).map(ToOwned::to_owned).unwrap_or(path);
            changed.extend(event.paths.into_iter().map(relative));
        }
        Ok(())
    }

    /// Waits until a directory exists again that was removed or renamed, such as by a checkout, and watches it.
    fn wait_for_root(&mut self) -> Result<(), Failure> {
        while !self.root.is_dir() {
            std::thread::sleep(RETRY);
        }
        // It may still be known as the one that was removed.
        let _ = self.watcher.unwatch(&self.root);
        self.watcher.watch(&self.root, RecursiveMode::Recursive).map_err(|e| failure(&self.root, &e))
    }
}

fn failure(path: &Path, error: &notify::Error) -> Failure {
    let failure = |reason: &str| Failure::new(format!("cannot watch `{}`: {reason}", path.display()));
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => failure("the limit of the system on watched files is reached")
            .help("raise `fs.inotify.max_user_watches` with sysctl"),
        notify::ErrorKind::Io(error) => Failure::file("watch", path, error),
        notify::ErrorKind::PathNotFound => failure("it does not exist"),
        _ => failure("the operating system refuses it"),
    }
}
