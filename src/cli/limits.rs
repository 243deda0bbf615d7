//! `--timeout` and `--max-memory`: end a command, or a query of the shell, that exceeds them.
//!
//! Most work ends soon after its token is cancelled, and a query counts its own memory. Some work of other crates does neither, such
//! as parsing a query, and a thread cannot be stopped. So if work does not end by itself, the process ends.

use super::failure::Failure;
use super::messages;
use crate::atomic_file::CommitPause;
use crate::diagnostic::io_message;
use crate::files::stop_programs;
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

/// How long work may take to end after it has renamed files.
const COMMIT_GRACE: Duration = Duration::from_millis(50);

/// What a command, or a query of the shell, may use; `None` means no limit.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub timeout: Option<Duration>,
    /// In bytes.
    pub max_memory: Option<u64>,
}

/// The work that has limits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitedWork {
    /// A command that runs no query of the user.
    Command,
    /// `factloom query`.
    QueryCommand,
    /// A query of the shell.
    Query,
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
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("expected more than zero, such as 500ms, 30s or 2m"),
        Ok(duration) => Ok(duration),
        Err(_) => Err("expected a duration such as 500ms, 30s or 2m"),
    }
}

impl Limits {
    /// The limits of a query that a token cancels.
    pub(super) fn for_query(self, cancellation: &CancellationToken) -> QueryLimits {
        QueryLimits { cancellation: cancellation.clone(), max_memory: self.max_memory }
    }

    /// Runs a function, and cancels the token when the time is up. If the function does not return soon after that, or if the process
    /// needs too much memory, ends the process with exit status 2.
    pub(super) fn enforce<T>(
        self,
        work: LimitedWork,
        token: &CancellationToken,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.timeout.is_none() && self.max_memory.is_none() {
            return run();
        }
        let watch = Arc::new(Watch { state: Mutex::new(State::Running), has_ended: Condvar::new() });
        let (watched, cancel) = (Arc::clone(&watch), token.clone());
        let start = Instant::now();
        let thread = thread::Builder::new().spawn(move || self.watch(work, &watched, &cancel, start));
        thread.map_err(|e| Failure::new(format!("cannot start a thread for the limits: {}", io_message(e))))?;
        let guard = EndGuard(&watch);
        let result = run();
        drop(guard);
        let excess = match &result {
            Err(Failure::Cancelled) => self.timeout.map(Excess::Time),
            Err(Failure::MemoryLimit) => self.max_memory.map(Excess::Memory),
            _ => None,
        };
        match excess {
            Some(excess) => {
                let (message, help) = excess.explain(work);
                Err(Failure::new(message).help(help))
            }
            None => result,
        }
    }

    /// Watches work until it ends.
    fn watch(self, work: LimitedWork, watch: &Watch, token: &CancellationToken, start: Instant) {
        let deadline = self.timeout.and_then(|timeout| start.checked_add(timeout));
        let mut state = watch.lock();
        loop {
            let now = Instant::now();
            let next = match (*state, deadline) {
                (State::Ended, _) => return,
                (State::Cancelled(since), _) if now >= since + GRACE => {
                    return Excess::Time(self.timeout.unwrap_or_default()).end_process(work, watch, state);
                }
                (State::Cancelled(since), _) => Some(since + GRACE),
                (State::Running, Some(deadline)) if now >= deadline => {
                    token.cancel();
                    *state = State::Cancelled(now);
                    Some(now + GRACE)
                }
                (State::Running, deadline) => deadline,
            };
            if let Some(limit) = self.max_memory.filter(|limit| memory().is_some_and(|bytes| bytes > *limit)) {
                return Excess::Memory(limit).end_process(work, watch, state);
            }
            let wait = next.map_or(Duration::MAX, |next| next.saturating_duration_since(now));
            let wait = if self.max_memory.is_some() { wait.min(MEMORY_INTERVAL) } else { wait };
            state = watch.has_ended.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Excess {
    /// What was exceeded, and what to do.
    fn explain(self, work: LimitedWork) -> (String, &'static str) {
        let name = if work == LimitedWork::Query { "query" } else { "command" };
        match self {
            Self::Time(limit) => {
                let help = match work {
                    LimitedWork::Command => "raise --timeout",
                    LimitedWork::Query => {
                        "set a longer time with `.timeout`, or use `.explain` to find the step of a query that multiplies rows"
                    }
                    LimitedWork::QueryCommand => {
                        "raise --timeout, or use `factloom query --explain` to find the step of a query that multiplies rows"
                    }
                };
                (format!("the {name} was cancelled after {}", humantime::format_duration(limit)), help)
            }
            Self::Memory(limit) => {
                let help = match work {
                    LimitedWork::Command => "raise --max-memory",
                    LimitedWork::Query => {
                        "restrict the query by patterns, filters or LIMIT, or start the shell with a higher --max-memory"
                    }
                    LimitedWork::QueryCommand => {
                        "raise --max-memory, or restrict the query by patterns, filters or LIMIT"
                    }
                };
                (format!("the {name} needs more than {} of memory", size_text(limit)), help)
            }
        }
    }

    /// Ends the process while its other threads are still working, unless the work ends in the meantime.
    fn end_process(self, work: LimitedWork, watch: &Watch, state: MutexGuard<'_, State>) {
        drop(state);
        // The work may be renaming files, and is about to end then.
        let pause = CommitPause::start();
        let is_working = |state: &mut State| *state != State::Ended;
        let (state, _) = watch
            .has_ended
            .wait_timeout_while(watch.lock(), COMMIT_GRACE, is_working)
            .unwrap_or_else(PoisonError::into_inner);
        if *state == State::Ended {
            return;
        }
        stop_programs();
        let (message, help) = self.explain(work);
        messages::error(message);
        messages::help(help);
        pause.remove_all();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_has_ended_exceeds_no_limit() {
        let watch = Watch { state: Mutex::new(State::Ended), has_ended: Condvar::new() };
        let limits = Limits { timeout: Some(Duration::ZERO), max_memory: Some(1) };
        // If it did, the process of this test would end.
        limits.watch(LimitedWork::Command, &watch, &CancellationToken::new(), Instant::now());
        Excess::Memory(1).end_process(LimitedWork::Command, &watch, watch.lock());
    }

    #[test]
    fn a_timeout_is_more_than_zero() {
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for zero in ["0", "0s", "0ms 0h"] {
            assert_eq!(duration(zero), Err("expected more than zero, such as 500ms, 30s or 2m"));
        }
        assert_eq!(duration("soon"), Err("expected a duration such as 500ms, 30s or 2m"));
    }

    #[test]
    fn the_help_of_the_shell_mentions_its_commands() {
        let help = |excess: Excess| excess.explain(LimitedWork::Query).1;
        let timeout = help(Excess::Time(Duration::from_secs(1)));
        assert!(
            timeout.contains("`.timeout`") && timeout.contains("`.explain`") && !timeout.contains("--"),
            "{timeout}"
        );
        let memory = help(Excess::Memory(1));
        assert!(memory.contains("start the shell with a higher --max-memory"), "{memory}");
    }

    #[test]
    fn only_the_help_of_queries_mentions_queries() {
        for work in [LimitedWork::Command, LimitedWork::QueryCommand, LimitedWork::Query] {
            for excess in [Excess::Time(Duration::from_secs(1)), Excess::Memory(1)] {
                let (_, help) = excess.explain(work);
                assert_eq!(help.contains("query"), work != LimitedWork::Command, "{help}");
            }
        }
        assert_eq!(Excess::Memory(1).explain(LimitedWork::Command).0, "the command needs more than 1 byte of memory");
    }
}
