//! What signals do.

#[cfg(unix)]
pub(super) use unix::{end_cleanly, ignore_file_size_limit};

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
