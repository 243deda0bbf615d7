//! Running the program as its users do.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The note of a command that uses the bundled example because there is no dataset.
const EXAMPLE_NOTE: &str = "note: no factloom.json in this directory or its parents; using the bundled example\n";

/// The result of a program that has ended.
#[derive(Debug)]
pub struct RunOutput {
    pub status: Option<i32>,
    pub stdout: String,
    /// The messages, without the note that the bundled example is used.
    pub stderr: String,
    /// Whether there was that note.
    pub used_example: bool,
}

impl From<std::process::Output> for RunOutput {
    fn from(output: std::process::Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr);
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("the output is UTF-8"),
            used_example: stderr.starts_with(EXAMPLE_NOTE),
            stderr: stderr.strip_prefix(EXAMPLE_NOTE).unwrap_or(&stderr).to_owned(),
        }
    }
}

/// The program in a directory, with an environment that is the same on every machine.
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("factloom"));
    command
        .current_dir(directory)
        .env_remove("FACTLOOM_SOURCES")
        .env_remove("FACTLOOM_CACHE_DIR")
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1");
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> RunOutput {
    command.output().expect("the program can be run").into()
}

/// Runs the program in a directory.
pub fn factloom(directory: &Path, args: &[&str]) -> RunOutput {
    run(command(directory).args(args))
}

/// Runs the program in a directory, asserts that it succeeds, and returns its output.
pub fn stdout_of(directory: &Path, args: &[&str]) -> String {
    let output = factloom(directory, args);
    assert_eq!(output.status, Some(0), "factloom {args:?}\n{}", output.stderr);
    output.stdout
}

/// Runs another program with a text on its stdin. Only tests that need it may call this.
#[track_caller]
pub fn run_external(name: &str, args: &[&str], stdin: &[u8]) -> RunOutput {
    let mut command = Command::new(name);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{name} cannot be run: {e}"));
    let mut pipe = child.stdin.take().expect("stdin is a pipe");
    let text = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        // A program may close the pipe before it has read all; its status shows whether that is an error.
        let _ = pipe.write_all(&text);
    });
    let output = child.wait_with_output().expect("the program runs to its end");
    writer.join().expect("the writer does not panic");
    output.into()
}

/// The command of Python: FACTLOOM_PYTHON, or `python3`.
pub fn python_command() -> String {
    std::env::var("FACTLOOM_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Runs a Python script, which must succeed. Only tests that need its modules may call this.
#[track_caller]
pub fn python(script: &str, args: &[&str], stdin: &[u8]) -> RunOutput {
    let output = run_external(&python_command(), &[&["-c", script], args].concat(), stdin);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    output
}
