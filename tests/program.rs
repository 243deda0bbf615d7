//! Running the program as its users do.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the program said, and how it ended.
#[derive(Debug)]
pub struct RunOutput {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The program in a folder, with nothing of this machine in its environment that changes what it says.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("factloom"));
    command
        .current_dir(folder)
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
    let output = command.output().expect("the program can be run");
    RunOutput {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("the messages are UTF-8"),
    }
}

/// Runs the program in a folder.
pub fn factloom(folder: &Path, args: &[&str]) -> RunOutput {
    run(command(folder).args(args))
}

/// Runs the program in a folder, which must succeed, and gives what it writes.
pub fn stdout_of(folder: &Path, args: &[&str]) -> String {
    let said = factloom(folder, args);
    assert_eq!(said.status, Some(0), "factloom {args:?}\n{}", said.stderr);
    said.stdout
}

/// Runs another program with a text on its stdin; `None`, and a message, where it is not installed. In CI it must be.
pub fn run_external(name: &str, args: &[&str], stdin: &[u8]) -> Option<RunOutput> {
    let mut command = Command::new(name);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(e) => {
            report_missing(name, &e.to_string());
            return None;
        }
    };
    let mut pipe = child.stdin.take().expect("stdin is a pipe");
    let text = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that has read enough closes the pipe, and its status tells whether that is well.
        let _ = pipe.write_all(&text);
    });
    let output = child.wait_with_output().expect("the program runs to its end");
    writer.join().expect("the writer does not panic");
    Some(RunOutput {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Says that a test was skipped for want of a program; in CI none may be wanting.
pub fn report_missing(name: &str, why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{name} must be there in CI: {why}");
    println!("skipped: {name} is not at hand: {why}");
}
