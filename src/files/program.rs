//! Other programs: found in absolute directories of `PATH`, and run with limits on their time and output.
//!
//! An empty or relative directory in `PATH` depends on the working directory, which may be that of a dataset with a program of its
//! own. So such directories are ignored, and are not passed on either.

use std::env;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The number of bytes of a program's messages that are read.
const MAX_MESSAGES: u64 = 1 << 16;

/// How often a program that has closed its output is asked whether it has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// What a program may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgramLimits {
    pub time: Duration,
    /// The maximum size of the output in bytes.
    pub output: u64,
}

/// Why a program has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    /// No absolute directory in `PATH` has it.
    #[error("it is not installed")]
    NotInstalled,
    /// The operating system returned an error.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It was stopped after this time.
    #[error("it took more than {} seconds", .0.as_secs())]
    Time(Duration),
    /// It was stopped after this number of bytes.
    #[error("its output is larger than {0} bytes")]
    Output(u64),
}

/// The result of a program that has ended.
pub(crate) struct ProgramOutput {
    pub is_success: bool,
    pub stdout: Vec<u8>,
    /// The beginning of its messages.
    pub messages: String,
}

/// A program, with the directories in which it finds others.
///
/// # Errors
///
/// Returns an error if no absolute directory in `PATH` has it.
pub(crate) fn program(name: &str) -> Result<Command, ProgramError> {
    let (path, directories) = find(name, env::var_os("PATH")).ok_or(ProgramError::NotInstalled)?;
    let mut command = Command::new(path);
    command.env("PATH", directories);
    Ok(command)
}

/// The path of a program, and the absolute directories of `PATH`.
fn find(name: &str, path: Option<OsString>) -> Option<(PathBuf, OsString)> {
    let path = path?;
    let directories: Vec<PathBuf> = env::split_paths(&path).filter(|directory| directory.is_absolute()).collect();
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let found = directories.iter().map(|directory| directory.join(&file)).find(|path| is_executable(path))?;
    Some((found, env::join_paths(&directories).ok()?))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Runs a program with an input, and stops it if it exceeds a limit.
pub(crate) fn run(command: &mut Command, input: &[u8], limits: ProgramLimits) -> Result<ProgramOutput, ProgramError> {
    let deadline = Instant::now() + limits.time;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(command.spawn()?);
    let no_pipe = || io::Error::other("it has no pipes");
    let mut stdin = running.0.stdin.take().ok_or_else(no_pipe)?;
    let stdout = running.0.stdout.take().ok_or_else(no_pipe)?;
    let mut stderr = running.0.stderr.take().ok_or_else(no_pipe)?;
    // All pipes are used at the same time, since the program may fill one before it continues with another.
    thread::scope(|scope| {
        // A program may close its input before it has read all. Its status shows whether that is an error.
        scope.spawn(move || stdin.write_all(input));
        let messages = scope.spawn(move || {
            let mut messages = Vec::new();
            let _ = stderr.by_ref().take(MAX_MESSAGES).read_to_end(&mut messages);
            let _ = io::copy(&mut stderr, &mut io::sink());
            String::from_utf8_lossy(&messages).into_owned()
        });
        let (sender, receiver) = channel();
        scope.spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(limits.output.saturating_add(1)).read_to_end(&mut output);
            let _ = sender.send(read.map(|_| output));
        });
        let left = || deadline.saturating_duration_since(Instant::now());
        // Dropped before the threads are joined, so that their pipes are closed.
        let mut running = running;
        let stdout = match receiver.recv_timeout(left()) {
            Ok(output) => output?,
            Err(RecvTimeoutError::Timeout) => return Err(ProgramError::Time(limits.time)),
            Err(RecvTimeoutError::Disconnected) => return Err(no_pipe().into()),
        };
        if stdout.len() as u64 > limits.output {
            return Err(ProgramError::Output(limits.output));
        }
        let status = loop {
            match running.0.try_wait()? {
                Some(status) => break status,
                None if left().is_zero() => return Err(ProgramError::Time(limits.time)),
                None => thread::sleep(POLL_INTERVAL.min(left())),
            }
        };
        let messages = messages.join().unwrap_or_default();
        Ok(ProgramOutput { is_success: status.success(), stdout, messages })
    })
}

/// A program that is stopped when it is no longer needed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // If it has ended already, there is nothing to stop.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    const LIMITS: ProgramLimits = ProgramLimits { time: Duration::from_secs(10), output: 1000 };

    fn sh(script: &str, input: &[u8], limits: ProgramLimits) -> Result<ProgramOutput, ProgramError> {
        run(program("sh").unwrap().args(["-c", script]), input, limits)
    }

    #[test]
    fn a_program_has_an_input_an_output_and_messages() {
        let output = sh("cat; echo problem >&2; exit 3", b"text", LIMITS).unwrap();
        assert_eq!((&output.stdout[..], output.messages.as_str()), (&b"text"[..], "problem\n"));
        assert!(!output.is_success);
        assert!(sh("exit 0", &vec![b'a'; 1 << 20], LIMITS).unwrap().is_success);
    }

    #[test]
    fn a_program_that_exceeds_a_limit_is_stopped() {
        let start = Instant::now();
        let time = ProgramLimits { time: Duration::from_millis(100), ..LIMITS };
        for script in ["exec sleep 60", "exec sleep 60 >&-", "while :; do echo x >&2; done"] {
            assert!(matches!(sh(script, b"", time), Err(ProgramError::Time(_))), "{script}");
        }
        assert!(matches!(sh("while :; do echo x; done", b"", LIMITS), Err(ProgramError::Output(1000))));
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn only_absolute_directories_are_searched() {
        let dir = tempfile::tempdir().unwrap();
        for (name, mode) in [("one/tool", 0o644), ("two/tool", 0o755), ("three/tool", 0o755)] {
            let path = dir.path().join(name);
            fs::create_dir(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let [one, two, three] = ["one", "two", "three"].map(|name| dir.path().join(name).display().to_string());
        let found = |path: &str| find("tool", Some(path.into()));
        let (path, directories) = found(&format!(":.:relative:{one}:{two}:{three}:")).unwrap();
        assert_eq!(path, dir.path().join("two/tool"));
        assert_eq!(directories, OsString::from(format!("{one}:{two}:{three}")));
        assert!(found("").is_none() && found(":.").is_none() && found(&one).is_none() && find("tool", None).is_none());
    }
}
