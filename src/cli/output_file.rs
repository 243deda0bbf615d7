//! Writing to stdout or to a file, which is complete or absent.

use super::failure::Failure;
use crate::store::sibling_temp_file;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes to a file, or to stdout where there is none or it is `-`.
pub(super) fn to(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match path.filter(|path| *path != Path::new("-")) {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            write(&mut out)?;
            out.flush()?;
            Ok(())
        }
        Some(path) => {
            let mut files = Files::default();
            files.add(path, write)?;
            files.finish()
        }
    }
}

/// Writes what was found, where the exit status says whether anything was: whoever has read enough of it is told so all the same.
pub(super) fn found(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match to(path, write) {
        Err(Failure::ClosedPipe) => Ok(()),
        other => other,
    }
}

/// Files that take their places together, once all of them are written.
#[derive(Default)]
pub(super) struct Files(Vec<(NamedTempFile, PathBuf)>);

impl Files {
    /// Writes a file beside its place.
    pub(super) fn add(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if path.is_dir() {
            return Err(Failure::new(format!("`{}` is a folder", path.display())).help("name a file to write to"));
        }
        let failed = |e: &io::Error| Failure::file("write", path, e);
        if path.exists() && !path.is_file() {
            // A device or a pipe is there to be written to, and not to be replaced.
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path).map_err(|e| failed(&e))?);
            write(&mut out)?;
            return Ok(out.flush()?);
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            let message = format!("cannot write `{}`: there is no folder `{}`", path.display(), folder.display());
            return Err(Failure::new(message).help("make it first, or name another file"));
        }
        let file = sibling_temp_file(folder).map_err(|e| failed(&e))?;
        // The file itself: errors of the other would name a file that the user has never heard of.
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

    /// Puts all files in their places.
    pub(super) fn finish(self) -> Result<(), Failure> {
        for (file, path) in self.0 {
            file.persist(&path).map_err(|e| Failure::file("write", &path, &e.error))?;
        }
        Ok(())
    }
}
