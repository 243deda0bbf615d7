//! The temporary files that killed processes leave behind.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;

/// How the names of temporary files begin and end.
pub(super) const PREFIX: &str = ".factloom-";
pub(super) const SUFFIX: &str = ".tmp";
/// The number of random letters and digits in between.
pub(super) const RANDOM_LENGTH: usize = 12;

/// Whether a file has the name of a temporary file.
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM_LENGTH && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Removes the temporary files in a directory that no running process has locked.
///
/// Linear in the number of files of the directory. Errors are ignored.
pub(crate) fn remove_abandoned(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.filter_map(Result::ok) {
        if !is_temporary(&entry.file_name()) || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // The lock is held until the file has been removed. A process that creates a file of this name in the meantime, before
        // it has the lock, notices that the file is gone.
        let file = File::open(entry.path());
        if file.as_ref().is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::AtomicFile;
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_files_without_a_process_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let other = [
            ".factloom-1",
            ".factloom-123456789abc.tmp.txt",
            ".factloom-1234567-9abc.tmp",
            "factloom-123456789abc.tmp",
        ];
        for name in other.iter().chain(&[".factloom-123456789abc.tmp", ".factloom-ABCDEFGHIJKL.tmp"]) {
            fs::write(dir.path().join(name), "").unwrap();
        }
        fs::create_dir(dir.path().join(".factloom-directory000.tmp")).unwrap();
        let live = AtomicFile::create(&dir.path().join("target")).unwrap();
        remove_abandoned(dir.path());
        let left = names(dir.path());
        assert_eq!(left.len(), other.len() + 2, "{left:?}");
        assert!(other.iter().all(|name| left.iter().any(|left| left == name)), "{left:?}");
        live.commit().unwrap();
        assert!(dir.path().join("target").is_file());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_not_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("target"), "").unwrap();
        std::os::unix::fs::symlink("target", dir.path().join(".factloom-123456789abc.tmp")).unwrap();
        remove_abandoned(dir.path());
        assert_eq!(names(dir.path()), [".factloom-123456789abc.tmp", "target"]);
    }
}
