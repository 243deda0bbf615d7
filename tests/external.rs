//! The tests that compare factloom with other software, or need a text, a device or a right that a machine may lack.
//!
//! The tests are in the same modules as those of `main`. One that cannot run is listed as ignored, with the reason. In CI
//! (`CI=true`) it fails, unless the reason is the system itself.

// Only the tests that are registered with `external!` are used.
#![allow(dead_code, unused_imports)]

/// Registers a test that needs something that may be missing.
macro_rules! external {
    ($need:expr, $name:ident) => {
        inventory::submit! {
            crate::ExternalTest {
                module: module_path!(),
                name: stringify!($name),
                need: {
                    use crate::Need;
                    $need
                },
                run: $name,
            }
        }
    };
}

mod analysis;
mod bundled;
mod cli;
mod completion;
mod diagnostics;
mod diagrams;
mod drawing;
mod entailment;
mod exchange;
mod files;
mod golden;
mod grlc;
mod hostile_text;
mod mermaid;
mod peers;
mod program;
mod queries;
mod random_queries;
mod result_sets;
mod results;
mod robustness;
mod scratch;
mod shell;
mod suites;
mod why;

use files::{files_below, repository, texts};
use libtest_mimic::{Arguments, Trial};
use program::python_command;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// A test, and what it needs.
struct ExternalTest {
    module: &'static str,
    name: &'static str,
    need: Need,
    run: fn(),
}

inventory::collect!(ExternalTest);

/// What a test needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Need {
    /// A program in the PATH.
    Program(&'static str),
    /// Modules of Python.
    Python(&'static str),
    /// Mermaid, jsdom and js-yaml, as npm installs them, and Node.js.
    Mermaid,
    /// The text of the article that the bundled dataset is about.
    ArticleText,
    /// The W3C's test suites.
    Suites,
    /// A user who may not read every file.
    NoRoot,
    /// A device that is always full.
    FullDevice,
    /// A file system that distinguishes upper from lower case.
    LetterCase,
    /// A system that reports the peak memory of a process.
    PeakMemory,
}

impl Need {
    /// Whether it can be met on any machine. CI requires these.
    fn is_installable(self) -> bool {
        !matches!(self, Self::NoRoot | Self::FullDevice | Self::LetterCase | Self::PeakMemory)
    }

    /// Why the need is not met; `None` if it is.
    fn unmet(self) -> Option<String> {
        let lacks = |is_met: bool, reason: &str| (!is_met).then(|| reason.to_owned());
        match self {
            Self::Program(name) => lacks(runs(name, &["--version"]), &format!("{name} is not installed")),
            Self::Python(modules) => {
                let python = python_command();
                let reason = format!("{python} (FACTLOOM_PYTHON) cannot import {modules}");
                lacks(succeeds(&python, &["-c", &format!("import {modules}")]), &reason)
            }
            Self::Mermaid => {
                let directory = std::env::var("FACTLOOM_NODE_MODULES").unwrap_or_default();
                let is_there =
                    ["mermaid", "jsdom", "js-yaml"].iter().all(|package| Path::new(&directory).join(package).is_dir());
                let reason =
                    "FACTLOOM_NODE_MODULES does not name a directory with npm's packages mermaid, jsdom and js-yaml";
                lacks(is_there, reason).or_else(|| Self::Program("node").unmet())
            }
            Self::ArticleText => {
                let reason = "FACTLOOM_SOURCES does not name the directory with the text of the article";
                lacks(texts().join("psm-revival.txt").is_file(), reason)
            }
            Self::Suites => {
                let directory = std::env::var("FACTLOOM_SUITES").unwrap_or_default();
                let reason = "FACTLOOM_SUITES does not name a directory with the W3C's test suites (rdf-tests)";
                lacks(Path::new(&directory).join("sparql11").is_dir(), reason)
            }
            Self::NoRoot => {
                let file = tempfile::NamedTempFile::new().expect("a temporary file");
                let mut permissions = file.as_file().metadata().expect("it is there").permissions();
                #[cfg(unix)]
                std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o000);
                fs::set_permissions(file.path(), permissions).expect("permissions can be set");
                lacks(fs::read(file.path()).is_err(), "the user may read every file, as root does")
            }
            Self::FullDevice => lacks(Path::new("/dev/full").exists(), "there is no /dev/full"),
            Self::LetterCase => {
                let is_met = !repository().join("cargo.TOML").exists();
                lacks(is_met, "the file system does not distinguish upper from lower case")
            }
            Self::PeakMemory => {
                let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
                lacks(status.contains("VmHWM:"), "the system does not report the peak memory of a process")
            }
        }
    }
}

/// Whether a program can be started, whatever its exit status.
fn runs(name: &str, args: &[&str]) -> bool {
    quiet(name, args).status().is_ok()
}

fn succeeds(name: &str, args: &[&str]) -> bool {
    quiet(name, args).status().is_ok_and(|status| status.success())
}

fn quiet(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn main() -> ExitCode {
    let is_ci = std::env::var("CI").as_deref() == Ok("true");
    let mut reasons: HashMap<Need, Option<String>> = HashMap::new();
    let mut trials: Vec<Trial> = inventory::iter::<ExternalTest>
        .into_iter()
        .map(|test| {
            let unmet = reasons.entry(test.need).or_insert_with(|| test.need.unmet()).clone();
            // The name of the crate is the same for all.
            let module = test.module.split_once("::").map_or(test.module, |(_, module)| module);
            let name = format!("{module}::{}", test.name);
            let run = test.run;
            match unmet {
                None => Trial::test(name, move || {
                    run();
                    Ok(())
                }),
                Some(reason) if is_ci && test.need.is_installable() => {
                    Trial::test(name, move || Err(format!("required in CI: {reason}").into()))
                }
                Some(reason) => Trial::test(format!("{name} ({reason})"), || Ok(())).with_ignored_flag(true),
            }
        })
        .collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
