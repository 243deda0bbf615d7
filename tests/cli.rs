//! The command line itself: its help, its version, its completions.

use crate::program::{factloom, stdout_of};
use std::path::Path;

const COMMANDS: [&str; 16] = [
    "check",
    "build",
    "query",
    "facts",
    "why",
    "conflicts",
    "diff",
    "draw",
    "export",
    "path",
    "rank",
    "components",
    "test",
    "lock",
    "verify",
    "completions",
];

#[test]
fn the_help_of_every_command_is_as_reviewed() {
    insta::assert_snapshot!("help", stdout_of(Path::new("/"), &["--help"]));
    for command in COMMANDS {
        insta::assert_snapshot!(format!("help-of-{command}"), stdout_of(Path::new("/"), &[command, "--help"]));
    }
}

#[test]
fn no_command_is_without_a_reviewed_help() {
    let command = factloom::cli::command();
    let names: Vec<&str> = command.get_subcommands().map(clap_name).filter(|name| *name != "help").collect();
    assert_eq!(names, COMMANDS);
}

fn clap_name(command: &clap::Command) -> &str {
    command.get_name()
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(stdout_of(Path::new("/"), &["--version"]), format!("factloom {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_a_command_the_help_is_shown_and_it_is_misuse() {
    let said = factloom(Path::new("/"), &[]);
    assert_eq!(said.status, Some(2));
    assert!(said.stderr.contains("Usage: factloom"), "{}", said.stderr);
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout_of(Path::new("/"), &["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} does not complete {command}");
        }
    }
}

#[test]
fn completions_of_bash_are_a_script_that_bash_reads() {
    let script = stdout_of(Path::new("/"), &["completions", "bash"]);
    let Some(said) = crate::program::run_external("bash", &["-n"], script.as_bytes()) else { return };
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
}
