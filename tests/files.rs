//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a directory: relative paths, sorted.
pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("the directory can be listed").map(|e| e.expect("an entry")) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path.strip_prefix(directory).expect("it is below").to_owned());
            }
        }
    }
    files.sort();
    files
}

/// The directory with the text of the article, which may be missing.
pub fn texts() -> PathBuf {
    let named = std::env::var_os("FACTLOOM_SOURCES").map(PathBuf::from);
    named.unwrap_or_else(|| repository().join("../shared/sources"))
}
