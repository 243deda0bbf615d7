//! Messages on stderr. If stderr is closed, the work goes on without them.

use crate::escape::terminal;
use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

static QUIET: AtomicBool = AtomicBool::new(false);

/// Suppresses progress and notes from now on.
pub(super) fn set_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether progress and notes are suppressed.
pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Prints lines, which may contain names from a dataset or the command line.
pub(super) fn print(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{}", terminal::lines(&line.to_string()));
}

/// Prints something that a user may want to know, unless `--quiet` is set.
pub(super) fn note(message: impl Display) {
    if !is_quiet() {
        print(format_args!("note: {message}"));
    }
}

#[cfg(feature = "png")]
pub(super) fn warning(message: impl Display) {
    print(format_args!("warning: {message}"));
}

pub(super) fn error(message: impl Display) {
    print(format_args!("error: {message}"));
}

pub(super) fn help(message: impl Display) {
    print(format_args!("help: {message}"));
}

/// `1 error`, `2 errors`.
pub(super) fn pluralize(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}
