//! Writing to stdout, or to files that are complete or absent.

use super::failure::Failure;
use super::messages::{is_quiet, print};
#[cfg(feature = "shell")]
use super::pager::PagedOutput;
use crate::atomic_file::{AtomicFile, directory_of, follow_links, held_back, remove_abandoned};
use crate::diagnostic::io_message;
use crate::escape::csv::WithoutFormulas;
use crate::escape::terminal::Lines;
use crate::files::{LinkOut, PathScope, WriteError, check_links, path_to_write};
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
#[cfg(feature = "shell")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The files that the command reads from datasets. The user does not mean to replace them with an output.
static PROTECTED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Whether output on a terminal that is longer than the screen is shown with a pager.
#[cfg(feature = "shell")]
static PAGES: AtomicBool = AtomicBool::new(false);

/// Shows output on a terminal with a pager from now on, if it is longer than the screen.
#[cfg(feature = "shell")]
pub(super) fn use_pager() {
    PAGES.store(true, Ordering::Relaxed);
}

/// Paths for stdout. The second may lead to a file that the shell has opened, which is not to be replaced.
const STDOUT: [&str; 2] = ["-", "/dev/stdout"];

/// What is written, and so which characters it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Text that people read: without characters that a terminal would interpret, and lines that a build server would.
    Text,
    /// A format that other programs read, with its own escapes.
    Data,
    /// XML, which cannot represent every value: nothing is written unless everything can be.
    Xml,
    /// A table with this separator of cells. No cell is a formula for a spreadsheet.
    WithoutFormulas(u8),
}

impl Content {
    /// Writes to `out` through the filter for the content.
    pub(super) fn write(
        self,
        out: &mut dyn Write,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Data => write(out),
            Self::Xml => {
                let mut held = BufWriter::new(held_back());
                write(&mut held)?;
                let mut held = held.into_inner().map_err(io::IntoInnerError::into_error)?;
                held.rewind()?;
                io::copy(&mut held, out)?;
                Ok(())
            }
            Self::Text => {
                let mut lines = Lines::new(out);
                write(&mut lines)?;
                Ok(lines.finish()?)
            }
            Self::WithoutFormulas(separator) => {
                let mut table = WithoutFormulas::new(out, separator);
                write(&mut table)?;
                Ok(table.finish()?)
            }
        }
    }
}

/// Writes text that people read to stdout.
pub(super) fn write_text(content: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    write(None, |out| Content::Text.write(out, content))
}

/// Writes to a file, or to stdout if there is no path or it is `-`.
pub(super) fn write(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match path.filter(|path| !STDOUT.iter().any(|name| *path == Path::new(name))) {
        None if io::stdout().is_terminal() => write_to_terminal(write),
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            write(&mut out)?;
            Ok(out.flush()?)
        }
        Some(path) => {
            let mut files = Files::default();
            files.add(path, write)?;
            files.finish()
        }
    }
}

/// Writes to a terminal, which interprets data, too. The last line ends, so that a prompt begins the next one.
fn write_to_terminal(write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    #[cfg(feature = "shell")]
    if PAGES.load(Ordering::Relaxed) {
        let (rows, columns) = console::Term::stdout().size();
        let mut paged = PagedOutput::new(usize::from(rows), usize::from(columns));
        let written = write_lines(&mut BufWriter::new(&mut paged), write);
        return match (written, paged.finish()) {
            // The user has left the pager.
            (Err(Failure::ClosedPipe), _) | (Ok(()), Err(Failure::ClosedPipe)) => Ok(()),
            (Err(failure), _) => Err(failure),
            (Ok(()), finished) => finished,
        };
    }
    write_lines(&mut BufWriter::new(io::stdout().lock()), write)
}

fn write_lines(out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut lines = CompleteLines { out, last: b'\n' };
    Content::Text.write(&mut lines, write)?;
    if lines.last != b'\n' {
        lines.write_all(b"\n")?;
    }
    Ok(lines.flush()?)
}

/// Remembers the last byte that was written.
struct CompleteLines<'a> {
    out: &'a mut dyn Write,
    last: u8,
}

impl Write for CompleteLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.last = bytes[..written].last().copied().unwrap_or(self.last);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The same for a result that the exit status reports too: a reader that closes the pipe early does not change the status.
pub(super) fn write_with_status(
    path: Option<&Path>,
    content: Content,
    write_content: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match write(path, |out| content.write(out, write_content)) {
        Err(Failure::ClosedPipe) => Ok(()),
        other => other,
    }
}

/// Creates a directory for files that the user names, and its parents. Like an output, it may not be a link that leads out of a
/// dataset.
pub(super) fn create_directory(path: &Path) -> Result<(), Failure> {
    check_named("write", &path.join("file"))?;
    fs::create_dir_all(path).map_err(|e| Failure::file("create the directory", path, &e))
}

/// An error if a path that the user names is below a dataset, and a link leads out of that.
pub(super) fn check_named(what: &str, path: &Path) -> Result<(), Failure> {
    let failed = |e: &LinkOut| Failure::new(format!("cannot {what} `{}`: {e}", path.display())).help(LinkOut::HELP);
    check_links(path).map_err(|e| Failure::file(what, path, &e))?.map_err(|e| failed(&e))
}

/// Makes outputs that the user names refuse to replace these files.
pub(super) fn protect(paths: Vec<PathBuf>) {
    PROTECTED.lock().unwrap_or_else(PoisonError::into_inner).extend(paths);
}

/// What the paths of one file have in common: its device and inode.
#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = path.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

/// What the paths of one file have in common, except for hard links.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

/// An error if an output would replace a file that the command reads.
fn check_not_protected(target: &Path, shown: &Path) -> Result<(), Failure> {
    // A new file replaces no other.
    let Ok(target) = identity(target) else { return Ok(()) };
    let protected = PROTECTED.lock().unwrap_or_else(PoisonError::into_inner);
    match protected.iter().any(|path| identity(path).is_ok_and(|path| path == target)) {
        true => {
            Err(Failure::new(format!("cannot write `{}`: it is a file of the dataset, which is read", shown.display()))
                .help("name another file with -o"))
        }
        false => Ok(()),
    }
}

/// Files that replace those of the same names together, after all of them have been written.
#[derive(Default)]
pub(super) struct Files {
    /// Each with its path as the user knows it.
    written: Vec<(AtomicFile, PathBuf)>,
    /// The directories without files of killed processes.
    tidied: BTreeSet<PathBuf>,
}

impl Files {
    /// Writes a file of a dataset under a temporary name. `shown` is its path for the user. Unlike an output that the user names, it
    /// is neither a device nor a link, and its directories are not links.
    pub(super) fn add_to_dataset(
        &mut self,
        dataset: &Path,
        name: &str,
        scope: PathScope,
        shown: &Path,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let refused = |e: &WriteError| Failure::new(format!("cannot write `{}`: {e}", shown.display())).help(e.help());
        let path = path_to_write(dataset, name, scope).map_err(|e| refused(&e))?;
        let directory = directory_of(&path);
        fs::create_dir_all(directory).map_err(|e| Failure::file("create the directory", directory, &e))?;
        self.add_target(&path, shown, write)
    }

    /// Writes a file of a directory that the user names, under a temporary name. If there is a link of this name, it is replaced.
    pub(super) fn add_in(
        &mut self,
        directory: &Path,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let path = directory.join(name);
        if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_symlink()) {
            let failure = Failure::new(format!("cannot write `{}`: it is not a regular file", path.display()));
            return Err(failure.help("remove it, or name another directory"));
        }
        check_not_protected(&path, &path)?;
        self.add_target(&path, &path, write)
    }

    /// Writes a file that the user names, under a temporary name next to it. A link leads to the file that is replaced, and a device
    /// or a pipe is written to.
    pub(super) fn add(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if path.is_dir() {
            return Err(Failure::new(format!("`{}` is a directory", path.display())).help("name a file to write to"));
        }
        let failed = |e: &io::Error| Failure::file("write", path, e);
        check_named("write", path)?;
        if path.exists() && !path.is_file() {
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path).map_err(|e| failed(&e))?);
            return write(&mut out).and_then(|()| Ok(out.flush()?)).map_err(|failure| match failure {
                Failure::Write(error) => failed(&error),
                other => other,
            });
        }
        let target = follow_links(path).map_err(|e| failed(&e))?;
        let directory = directory_of(&target);
        if !directory.is_dir() {
            let (file, directory) = (path.display(), directory.display());
            let message = format!("cannot write `{file}`: no directory `{directory}`");
            return Err(Failure::new(message).help(format!("create `{directory}`, or name another file")));
        }
        check_not_protected(&target, path)?;
        self.add_target(&target, path, write)
    }

    fn add_target(
        &mut self,
        target: &Path,
        shown: &Path,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let failed = |e: &io::Error| Failure::file("write", shown, e);
        self.tidy(directory_of(target));
        let file = AtomicFile::create(target).map_err(|e| failed(&e))?;
        let mut out = file.writer();
        match write(&mut out) {
            Err(Failure::ClosedPipe) => return Err(failed(&io::ErrorKind::BrokenPipe.into())),
            Err(Failure::Write(error)) => return Err(failed(&error)),
            Err(Failure::Error(message, help)) => {
                return Err(Failure::Error(format!("cannot write `{}`: {message}", shown.display()), help));
            }
            other => other?,
        }
        file.complete(out).map_err(|e| failed(&e))?;
        self.written.push((file, shown.to_owned()));
        Ok(())
    }

    /// Removes the temporary files of killed processes from a directory.
    pub(super) fn tidy(&mut self, directory: &Path) {
        if self.tidied.insert(directory.to_owned()) {
            remove_abandoned(directory);
        }
    }

    /// Moves all files to their names, and reports them.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let (files, written): (Vec<_>, Vec<_>) = self.written.into_iter().unzip();
        AtomicFile::commit_all(files).map_err(|(replaced, error)| {
            let names: Vec<String> = written[..replaced].iter().map(|path| format!("`{}`", path.display())).collect();
            match &names[..] {
                [] => Failure::file("write", &written[replaced], &error),
                names => {
                    let message = format!("{}; already replaced: {}", io_message(&error), names.join(", "));
                    Failure::file("write", &written[replaced], &io::Error::new(error.kind(), message))
                }
            }
        })?;
        report_written(&written);
        Ok(())
    }
}

/// Reports on stderr which files were written.
pub(super) fn report_written(paths: &[PathBuf]) {
    let names = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    if !names.is_empty() && !is_quiet() {
        print(format_args!("wrote {names}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_on_a_terminal_ends() {
        let written = |text: &str| {
            let mut out = Vec::new();
            write_lines(&mut out, |out| Ok(out.write_all(text.as_bytes())?)).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(["", "a", "a\n", "a\nb"].map(written), ["", "a\n", "a\n", "a\nb\n"]);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_named_with_those_before_it() {
        let directory = tempfile::tempdir().unwrap();
        let message = |blocked: &str| {
            let mut files = Files::default();
            for name in ["a", "b", "c"] {
                files.add_in(directory.path(), name, |out| Ok(out.write_all(b"new")?)).unwrap();
            }
            fs::create_dir_all(directory.path().join(blocked).join("directory")).unwrap();
            let Err(Failure::Error(message, _)) = files.finish() else { panic!("a directory cannot be replaced") };
            message.replace(&directory.path().display().to_string(), "DIR")
        };
        let first = message("c");
        assert!(first.starts_with("cannot write `DIR/c`: ") && first.ends_with("; already replaced: `DIR/a`, `DIR/b`"));
    }
}
