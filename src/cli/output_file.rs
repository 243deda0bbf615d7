//! Writing to stdout, or to files that are complete or absent.

use super::failure::Failure;
use super::messages::{is_quiet, print};
use crate::store::sibling_temp_file;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes to a file, or to stdout if there is no path or it is `-`.
pub(super) fn write(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match path.filter(|path| *path != Path::new("-")) {
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

/// The same for a result that the exit status reports too: a reader that closes the pipe early does not change the status.
pub(super) fn write_with_status(
    path: Option<&Path>,
    content: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match write(path, content) {
        Err(Failure::ClosedPipe) => Ok(()),
        other => other,
    }
}

/// Creates a directory and its parents.
pub(super) fn create_directory(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|e| Failure::file("create the directory", path, &e))
}

/// Files that replace those of the same names together, after all of them have been written.
#[derive(Default)]
pub(super) struct Files(Vec<(NamedTempFile, PathBuf)>);

impl Files {
    /// Writes a file of a dataset under a temporary name. Unlike an output that the user names, it may not be a device or a pipe.
    pub(super) fn add_to_dataset(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if path.exists() && !path.is_file() {
            let failure = Failure::new(format!("cannot write `{}`: it is not a regular file", path.display()));
            return Err(failure.help("remove it"));
        }
        self.add(path, write)
    }

    /// Writes a file under a temporary name.
    pub(super) fn add(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if path.is_dir() {
            return Err(Failure::new(format!("`{}` is a directory", path.display())).help("name a file to write to"));
        }
        let failed = |e: &io::Error| Failure::file("write", path, e);
        if path.exists() && !path.is_file() {
            // A device or a pipe is written to, not replaced.
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path).map_err(|e| failed(&e))?);
            write(&mut out)?;
            return Ok(out.flush()?);
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = parent.unwrap_or(Path::new("."));
        if !directory.is_dir() {
            let (file, directory) = (path.display(), directory.display());
            let message = format!("cannot write `{file}`: no directory `{directory}`");
            return Err(Failure::new(message).help(format!("create `{directory}`, or name another file")));
        }
        let file = sibling_temp_file(directory).map_err(|e| failed(&e))?;
        // Errors of `NamedTempFile` would name the temporary file, so this writes to the file in it.
        let mut out = BufWriter::new(file.as_file());
        match write(&mut out) {
            Err(Failure::ClosedPipe) => return Err(failed(&io::ErrorKind::BrokenPipe.into())),
            Err(Failure::Write(error)) => return Err(failed(&error)),
            Err(Failure::Error(message, help)) => {
                return Err(Failure::Error(format!("cannot write `{}`: {message}", path.display()), help));
            }
            other => other?,
        }
        out.flush().map_err(|e| failed(&e))?;
        drop(out);
        file.as_file().sync_all().map_err(|e| failed(&e))?;
        self.0.push((file, path.to_owned()));
        Ok(())
    }

    /// Moves all files to their names, and reports them.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let mut written = Vec::new();
        for (file, path) in self.0 {
            file.persist(&path).map_err(|e| Failure::file("write", &path, &e.error))?;
            written.push(path);
        }
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
