//! Edits of a dataset's files: shown as differences, or written together.

use super::failure::Failure;
use super::messages::pluralize;
use super::output_file::Files;
use crate::authoring::ChangedFile;
use crate::dataset::DatasetRoot;
use std::io;
use std::path::{Path, PathBuf};

/// The most lines of a difference that are shown.
const MAX_DIFF: usize = 60;

/// The directory to write to; `None` without `--write`.
pub(super) fn directory_to_write(root: &DatasetRoot, write: bool) -> Result<Option<PathBuf>, Failure> {
    match root {
        DatasetRoot::Directory(directory) => Ok(write.then(|| directory.clone())),
        _ if write => {
            let failure = Failure::new("the bundled example cannot be changed");
            Err(failure.help("name a dataset with --dataset DIR, or omit --write"))
        }
        _ => Ok(None),
    }
}

/// Writes differences, each after an empty line and with a limited number of lines.
pub(super) fn write_diffs<'a>(
    diffs: impl IntoIterator<Item = &'a str>,
    out: &mut dyn io::Write,
) -> Result<(), Failure> {
    for diff in diffs {
        writeln!(out)?;
        let mut lines = diff.lines();
        for line in lines.by_ref().take(MAX_DIFF) {
            writeln!(out, "{line}")?;
        }
        match lines.count() {
            0 => {}
            more => writeln!(out, "… and {} more", pluralize(more, "line"))?,
        }
    }
    Ok(())
}

/// Writes the files of a dataset, all or none, and reports them.
pub(super) fn write_files(directory: &Path, files: &[ChangedFile]) -> Result<(), Failure> {
    let mut written = Files::default();
    for file in files {
        let shown = PathBuf::from(DatasetRoot::Directory(directory.to_owned()).display_path(&file.name));
        written.add_to_dataset(directory, &file.name, file.scope, &shown, |out| {
            Ok(out.write_all(file.text.as_bytes())?)
        })?;
    }
    written.finish()
}
