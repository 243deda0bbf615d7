//! Running programs, which end before this process does.

use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The process ids of the running programs.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A program that is stopped when it is no longer needed. On Unix, it is the leader of a process group: the programs that it starts
/// are stopped with it.
#[derive(Debug)]
pub(super) struct RunningProgram {
    child: Child,
    has_ended: bool,
}

impl RunningProgram {
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // The lock is held until the program is registered, so that `stop_programs` misses none.
        let mut running = running();
        let child = command.spawn()?;
        running.push(child.id());
        Ok(Self { child, has_ended: false })
    }

    /// Its stdin, if that is a pipe.
    pub(super) fn take_stdin(&mut self) -> io::Result<ChildStdin> {
        self.child.stdin.take().ok_or_else(no_pipe)
    }

    /// Its stdout, if that is a pipe.
    pub(super) fn take_stdout(&mut self) -> io::Result<ChildStdout> {
        self.child.stdout.take().ok_or_else(no_pipe)
    }

    /// Its stderr, if that is a pipe.
    pub(super) fn take_stderr(&mut self) -> io::Result<ChildStderr> {
        self.child.stderr.take().ok_or_else(no_pipe)
    }

    /// Its status if it has ended; then the programs that it started are stopped.
    pub(super) fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        let mut running = running();
        let status = self.child.try_wait()?;
        if status.is_some() && !self.has_ended {
            self.stop_group(&mut running);
        }
        Ok(status)
    }

    /// Stops the process group. While a process is in it, no other group has its number.
    fn stop_group(&mut self, running: &mut Vec<u32>) {
        stop_group(self.child.id());
        running.retain(|id| *id != self.child.id());
        self.has_ended = true;
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        {
            let mut running = running();
            // If it has ended already, there is nothing to stop.
            let _ = self.child.kill();
            self.stop_group(&mut running);
        }
        let _ = self.child.wait();
    }
}

/// Stops all programs that this process runs. The process must end then: it can start no other.
#[cfg(feature = "cli")]
pub(crate) fn stop_programs() {
    let running = running();
    running.iter().for_each(|id| stop_group(*id));
    std::mem::forget(running);
}

#[cfg(unix)]
fn stop_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended already.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Other systems have no process groups, so the programs that a program starts may outlive it.
#[cfg(not(unix))]
fn stop_group(_: u32) {}

fn running() -> MutexGuard<'static, Vec<u32>> {
    // A thread that panics leaves complete entries.
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_pipe() -> io::Error {
    io::Error::other("it has no pipes")
}
