//! `--timeout` and `--max-memory`: end a command, or a query of the shell, that exceeds them.
//!
//! Most work ends soon after its token is cancelled, and a query counts its own memory. Some work of other crates does neither, such
//! as parsing a query, and a thread cannot be stopped. So if work does not end by itself, the process ends.

use super::failure::{Failure, MEMORY_HELP};
use super::messages;
use crate::atomic_file;
use crate::store::{QueryLimits, size_text};
use oxigraph::sparql::CancellationToken;
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long work may continue after it was cancelled.
const GRACE: Duration = Duration::from_millis(500);

/// How often the memory of the process is measured.
const MEMORY_INTERVAL: Duration = Duration::from_millis(20);

/// What a command, or a query of the shell, may use; `None` means no limit.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub timeout: Option<Duration>,
    /// In bytes.
    pub max_memory: Option<u64>,
}

/// A limit that was exceeded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Excess {
    Time(Duration),
    Memory(u64),
}

/// What the work and the thread that watches it share.
struct Watch {
    state: Mutex<State>,
    has_ended: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    /// The time was up, and the token was cancelled.
    Cancelled(Instant),
    Ended,
}

pub(super) fn duration(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text).map_err(|_| "expected a duration such as 500ms, 30s or 2m")
}

impl Limits {
    /// The limits of a query that a token cancels.
    pub(super) fn for_query(self, cancellation: &CancellationToken) -> QueryLimits {
        QueryLimits { cancellation: cancellation.clone(), max_memory: self.max_memory }
    }

    /// Does work, which the messages call `what`, and cancels its token when the time is up. If the work does not end soon
    /// then, or the process takes too much memory, ends the process with exit status 2.
    pub(super) fn enforce<T>(
        self,
        what: &'static str,
        token: &CancellationToken,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.timeout.is_none() && self.max_memory.is_none() {
            return work();
        }
        let watch = Arc::new(Watch { state: Mutex::new(State::Running), has_ended: Condvar::new() });
        let (watched, cancel) = (Arc::clone(&watch), token.clone());
        let start = Instant::now();
        let thread = thread::Builder::new().spawn(move || self.watch(what, &watched, &cancel, start));
        thread.map_err(|e| Failure::new(format!("cannot start a thread for the limits: {e}")))?;
        let guard = EndGuard(&watch);
        let result = work();
        drop(guard);
        match (result, self.timeout) {
            (Err(Failure::Cancelled), Some(timeout)) => {
                let (message, help) = Excess::Time(timeout).explain(what);
                Err(Failure::new(message).help(help))
            }
            (result, _) => result,
        }
    }

    /// Watches work until it ends.
    fn watch(self, what: &str, watch: &Watch, token: &CancellationToken, start: Instant) {
        let deadline = self.timeout.and_then(|timeout| start.checked_add(timeout));
        let mut state = watch.lock();
        loop {
            let now = Instant::now();
            if let Some(limit) = self.max_memory.filter(|limit| memory().is_some_and(|bytes| bytes > *limit)) {
                return Excess::Memory(limit).end_process(what);
            }
            let next = match (*state, deadline) {
                (State::Ended, _) => return,
                (State::Cancelled(since), _) if now >= since + GRACE => {
                    return Excess::Time(self.timeout.unwrap_or_default()).end_process(what);
                }
                (State::Cancelled(since), _) => Some(since + GRACE),
                (State::Running, Some(deadline)) if now >= deadline => {
                    token.cancel();
                    *state = State::Cancelled(now);
                    Some(now + GRACE)
                }
                (State::Running, deadline) => deadline,
            };
            let wait = next.map_or(Duration::MAX, |next| next.saturating_duration_since(now));
            let wait = if self.max_memory.is_some() { wait.min(MEMORY_INTERVAL) } else { wait };
            state = watch.has_ended.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Excess {
    /// What was exceeded, and what to do.
    fn explain(self, what: &str) -> (String, &'static str) {
        match self {
            Self::Time(limit) => (
                format!("the {what} was cancelled after {}", humantime::format_duration(limit)),
                "raise --timeout, or use `factloom query --explain` to find the step of a query that multiplies rows",
            ),
            Self::Memory(limit) => (format!("the {what} needs more than {} of memory", size_text(limit)), MEMORY_HELP),
        }
    }

    /// Ends the process while its other threads are still working.
    fn end_process(self, what: &str) {
        let (message, help) = self.explain(what);
        messages::error(message);
        messages::help(help);
        atomic_file::remove_all();
        process::exit(2);
    }
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the watch, even if the work panics. Waits if the process is about to be ended.
struct EndGuard<'a>(&'a Watch);

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        *self.0.lock() = State::Ended;
        self.0.has_ended.notify_one();
    }
}

/// The memory of the process in bytes, without that of mapped files. Only Linux shows it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
