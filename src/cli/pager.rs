//! Shows output that is longer than the screen with a pager, as git does.
//!
//! The user chooses the program with `PAGER`; it is searched in absolute directories only, and is never a program of a dataset.

use super::failure::Failure;
use crate::files::program;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use unicode_width::UnicodeWidthStr;

/// What less does unless `LESS` says otherwise: end if the text fits on the screen, keep colours, and leave the text on the screen.
const LESS: &str = "FRX";

/// Writes to stdout, or to a pager from the first line that does not fit on the screen.
pub(super) struct PagedOutput {
    rows: usize,
    columns: usize,
    target: Target,
}

enum Target {
    /// Text that fits on the screen so far.
    Screen(Vec<u8>),
    Stdout(BufWriter<io::Stdout>),
    Pager(Child),
}

impl PagedOutput {
    /// Writes to a terminal of this size.
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        Self { rows, columns: columns.max(1), target: Target::Screen(Vec::new()) }
    }

    /// Writes the rest, and waits until the user leaves the pager.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.target {
            Target::Screen(text) => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&text)?;
                stdout.flush()?;
            }
            Target::Stdout(mut stdout) => stdout.flush()?,
            Target::Pager(mut pager) => {
                drop(pager.stdin.take());
                pager.wait()?;
            }
        }
        Ok(())
    }

    /// Whether a text needs more lines than the screen has. The prompt needs one.
    fn is_long(&self, text: &[u8]) -> bool {
        if text.len() < self.rows {
            return false;
        }
        let text = String::from_utf8_lossy(text);
        let rows = text.lines().map(|line| line.width().div_ceil(self.columns).max(1));
        rows.sum::<usize>() >= self.rows
    }
}

impl Write for PagedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = match &mut self.target {
            Target::Stdout(stdout) => return stdout.write(bytes),
            // It has a pipe until the end.
            Target::Pager(pager) => return pager.stdin.as_mut().map_or(Ok(bytes.len()), |pipe| pipe.write(bytes)),
            Target::Screen(text) => {
                text.extend_from_slice(bytes);
                std::mem::take(text)
            }
        };
        self.target = match self.is_long(&text) {
            false => Target::Screen(text),
            true => {
                let mut target = match pager().and_then(|mut pager| pager.stdin(Stdio::piped()).spawn().ok()) {
                    Some(pager) => Target::Pager(pager),
                    None => Target::Stdout(BufWriter::new(io::stdout())),
                };
                match &mut target {
                    Target::Pager(Child { stdin: Some(pipe), .. }) => pipe.write_all(&text)?,
                    Target::Stdout(stdout) => stdout.write_all(&text)?,
                    _ => {}
                }
                target
            }
        };
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Screen(_) => Ok(()),
            Target::Stdout(stdout) => stdout.flush(),
            Target::Pager(pager) => pager.stdin.as_mut().map_or(Ok(()), Write::flush),
        }
    }
}

/// The user's pager; `None` if it is not installed or not wanted.
fn pager() -> Option<Command> {
    let (name, arguments) = chosen(env::var_os("PAGER"))?;
    let mut command = match Path::new(&name).is_absolute() {
        true => Command::new(&name),
        false => program(&name).ok()?,
    };
    command.args(arguments);
    if env::var_os("LESS").is_none() {
        command.env("LESS", LESS);
    }
    Some(command)
}

/// The program and the arguments that `PAGER` names; `None` if it names none, or a program by a relative path.
fn chosen(variable: Option<OsString>) -> Option<(String, Vec<String>)> {
    let command = match variable {
        None => "less".to_owned(),
        Some(command) => command.into_string().ok()?,
    };
    let mut words = shlex::split(&command)?.into_iter();
    let name = words.next().filter(|name| name != "cat")?;
    let is_relative = Path::new(&name).components().count() > 1 && !Path::new(&name).is_absolute();
    (!is_relative).then(|| (name, words.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_is_that_of_the_environment_or_less() {
        let chosen = |variable: Option<&str>| chosen(variable.map(OsString::from));
        assert_eq!(chosen(None), Some(("less".to_owned(), Vec::new())));
        let with_arguments = ("less".to_owned(), vec!["-S".to_owned(), "a b".to_owned()]);
        assert_eq!(chosen(Some("less -S 'a b'")), Some(with_arguments));
        assert_eq!(chosen(Some("/usr/bin/more")), Some(("/usr/bin/more".to_owned(), Vec::new())));
        for none in ["", " ", "cat", "./pager", "bin/pager", "'"] {
            assert_eq!(chosen(Some(none)), None, "{none}");
        }
    }

    #[test]
    fn text_is_long_if_its_lines_or_their_widths_need_the_whole_screen() {
        let output = PagedOutput::new(4, 10);
        assert!(!output.is_long(b"a\nb\nc\n"));
        assert!(output.is_long(b"a\nb\nc\nd\n"));
        assert!(!output.is_long("\u{6f22}".repeat(15).as_bytes()));
        assert!(output.is_long("\u{6f22}".repeat(16).as_bytes()));
    }
}
