//! What signals do.

use oxigraph::sparql::CancellationToken;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(unix)]
pub(super) use unix::{end_cleanly, ignore_file_size_limit};

/// What Ctrl-C stops instead of the process.
static INTERRUPTIBLE: Mutex<Option<Interruptible>> = Mutex::new(None);

/// Work that Ctrl-C cancels: while this value exists, the signal does not end the process.
#[derive(Clone)]
pub(super) struct Interruptible {
    token: CancellationToken,
    was_interrupted: Arc<AtomicBool>,
}

/// Ends the protection of the process from Ctrl-C.
pub(super) struct InterruptGuard(Arc<AtomicBool>);

#[cfg_attr(not(feature = "shell"), expect(dead_code, reason = "only the shell goes on after Ctrl-C"))]
impl InterruptGuard {
    /// Makes Ctrl-C cancel a token.
    pub(super) fn new(token: CancellationToken) -> Self {
        let was_interrupted = Arc::<AtomicBool>::default();
        *interruptible() = Some(Interruptible { token, was_interrupted: Arc::clone(&was_interrupted) });
        Self(was_interrupted)
    }

    /// Whether the user has pressed Ctrl-C.
    pub(super) fn was_interrupted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for InterruptGuard {
    fn drop(&mut self) {
        *interruptible() = None;
    }
}

fn interruptible() -> std::sync::MutexGuard<'static, Option<Interruptible>> {
    INTERRUPTIBLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cancels the work that can be interrupted; `false` if no work is.
#[cfg(unix)]
fn interrupt() -> bool {
    let interruptible = interruptible();
    if let Some(Interruptible { token, was_interrupted }) = &*interruptible {
        was_interrupted.store(true, Ordering::Relaxed);
        token.cancel();
    }
    interruptible.is_some()
}

/// Other systems do not have these signals. The next command that writes to a directory removes the temporary files in it.
#[cfg(not(unix))]
mod other {
    pub(in crate::cli) fn ignore_file_size_limit() {}

    pub(in crate::cli) fn end_cleanly() {}
}
#[cfg(not(unix))]
pub(super) use other::{end_cleanly, ignore_file_size_limit};

#[cfg(unix)]
mod unix {
    use crate::atomic_file::CommitPause;
    use crate::files::stop_programs;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};
    use std::fs;
    use std::sync::Arc;
    use std::thread;

    /// Makes a write that would exceed the limit on the size of files fail, instead of killing the process.
    pub(in crate::cli) fn ignore_file_size_limit() {
        // The flag has no reader: a signal with a handler does not kill.
        let _ = flag::register(SIGXFSZ, Arc::default());
    }

    /// Makes SIGINT, SIGTERM and SIGHUP stop the programs that this process runs and remove its temporary files, before they end it
    /// as usual. If the handler cannot be installed, the next command removes the files.
    pub(in crate::cli) fn end_cleanly() {
        let ignored = ignored_signals();
        let ending = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
        let Ok(mut signals) = Signals::new(ending) else { return };
        thread::spawn(move || {
            for signal in signals.forever() {
                if signal == SIGINT && super::interrupt() {
                    continue;
                }
                stop_programs();
                CommitPause::start().remove_all();
                let _ = low_level::emulate_default_handler(signal);
            }
        });
    }

    /// The signals that the parent process has set to be ignored, as `nohup` does, one bit each. They stay ignored. Only Linux shows
    /// them.
    fn ignored_signals() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}
