//! Other programs: found in absolute directories of `PATH`, and run with limits on their time and output.
//!
//! An empty or relative directory in `PATH` depends on the working directory, which may be that of a dataset with a program of its
//! own. So such directories are ignored, and are not passed on either.

use super::running::RunningProgram;
use crate::diagnostic::io_message;
use std::env;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The number of bytes of a program's messages that are read.
const MAX_MESSAGES: u64 = 1 << 16;

/// How often a program that has closed its output is asked whether it has ended.
const STATUS_INTERVAL: Duration = Duration::from_millis(2);

/// How often a program whose output is open is asked whether it has ended.
const OUTPUT_INTERVAL: Duration = Duration::from_millis(20);

/// How long to wait for the messages of a program that has ended.
const MESSAGES_TIME: Duration = Duration::from_secs(1);

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
    #[error("{}", io_message(.0))]
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

/// Runs a program with an input. Stops it if it exceeds a limit, and the programs that it started when it ends.
pub(crate) fn run(command: &mut Command, input: Vec<u8>, limits: ProgramLimits) -> Result<ProgramOutput, ProgramError> {
    let deadline = Instant::now() + limits.time;
    let left = || deadline.saturating_duration_since(Instant::now());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = RunningProgram::start(command)?;
    let mut stdin = program.take_stdin()?;
    // All pipes are used at the same time, since the program may fill one before it continues with another. The threads are not
    // joined: a process that has left the group of the program may keep a pipe open. A program may close its input before it has
    // read all. Its status shows whether that is an error.
    thread::spawn(move || stdin.write_all(&input));
    let messages = read(program.take_stderr()?, MAX_MESSAGES);
    let stdout = read(program.take_stdout()?, limits.output.saturating_add(1));
    let stdout = loop {
        match stdout.recv_timeout(OUTPUT_INTERVAL.min(left())) {
            Ok(output) => break output?,
            Err(RecvTimeoutError::Timeout) if left().is_zero() => return Err(ProgramError::Time(limits.time)),
            // If the program has ended, this stops those that it started, which may keep the pipe open.
            Err(RecvTimeoutError::Timeout) => drop(program.status()?),
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
        }
    };
    if stdout.len() as u64 > limits.output {
        return Err(ProgramError::Output(limits.output));
    }
    let status = loop {
        match program.status()? {
            Some(status) => break status,
            None if left().is_zero() => return Err(ProgramError::Time(limits.time)),
            None => thread::sleep(STATUS_INTERVAL.min(left())),
        }
    };
    let messages = messages.recv_timeout(MESSAGES_TIME.min(left())).ok().and_then(Result::ok).unwrap_or_default();
    let messages = String::from_utf8_lossy(&messages).into_owned();
    Ok(ProgramOutput { is_success: status.success(), stdout, messages })
}

/// Reads the first `max_size` bytes of a pipe in a thread, and discards the others if the program continues to write.
fn read(mut pipe: impl Read + Send + 'static, max_size: u64) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.by_ref().take(max_size).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
        io::copy(&mut pipe, &mut io::sink())
    });
    receiver
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    const LIMITS: ProgramLimits = ProgramLimits { time: Duration::from_secs(10), output: 1000 };

    fn sh(script: &str, input: &[u8], limits: ProgramLimits) -> Result<ProgramOutput, ProgramError> {
        run(program("sh").unwrap().args(["-c", script]), input.to_vec(), limits)
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
    fn a_program_that_another_leaves_behind_is_stopped() {
        let start = Instant::now();
        for script in ["echo text; sleep 60 &", "echo text; sleep 60 >/dev/null </dev/null &"] {
            let output = sh(script, b"", LIMITS).unwrap();
            assert_eq!((&output.stdout[..], output.is_success), (&b"text\n"[..], true), "{script}");
        }
        assert!(start.elapsed() < LIMITS.time, "{:?}", start.elapsed());
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("late");
        let time = ProgramLimits { time: Duration::from_millis(100), ..LIMITS };
        let script = format!("(sleep 1; echo > '{}') & sleep 60", file.display());
        assert!(matches!(sh(&script, b"", time), Err(ProgramError::Time(_))));
        thread::sleep(Duration::from_millis(1500));
        assert!(!file.exists(), "it is still running");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_that_leaves_the_group_does_not_extend_the_time() {
        let start = Instant::now();
        let time = ProgramLimits { time: Duration::from_millis(200), ..LIMITS };
        assert!(matches!(sh("setsid sleep 20 &", b"", time), Err(ProgramError::Time(_))));
        assert!(sh("setsid sleep 20 >/dev/null </dev/null &", b"", LIMITS).unwrap().is_success);
        assert!(start.elapsed() < LIMITS.time, "{:?}", start.elapsed());
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
