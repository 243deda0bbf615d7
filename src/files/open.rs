//! Opening files: regular ones only, and no more bytes than allowed.
//!
//! Opening a named pipe would wait for a writer, reading a device may never end, and both may have side effects. So the
//! kind of a file is found out first, and again once it is open, because it may have been replaced in between.

use super::error::{Outside, ReadError, SizeLimitExceeded};
use super::fingerprint::{FileStat, Fingerprint};
use sha2::{Digest, Sha256};
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// A regular file that is open for reading.
pub(crate) struct OpenFile {
    file: File,
    /// From before anything was read.
    stat: FileStat,
    limit: u64,
    /// The number of bytes that may still be read.
    left: u64,
}

/// Opens a regular file of at most `max_size` bytes. Errors call it `name`.
pub(super) fn open(path: &Path, name: &str, max_size: u64) -> Result<OpenFile, ReadError> {
    let io_error = |e| ReadError::from_io(name, e);
    let is_regular = |kind: FileType| match other_kind(kind) {
        None => Ok(()),
        Some("a directory") => Err(ReadError::IsDirectory(name.to_owned())),
        Some(kind) => Err(ReadError::NotRegular { name: name.to_owned(), kind }),
    };
    is_regular(fs::metadata(path).map_err(io_error)?.file_type())?;
    let file = without_waiting().read(true).open(path).map_err(io_error)?;
    let metadata = file.metadata().map_err(io_error)?;
    is_regular(metadata.file_type())?;
    if metadata.len() > max_size {
        return Err(ReadError::too_large(name, max_size));
    }
    Ok(OpenFile { file, stat: FileStat::new(&metadata), limit: max_size, left: max_size })
}

/// Reads a text file of at most `max_size` bytes, and returns its fingerprint. Errors call it `name`.
pub(crate) fn read_text(path: &Path, name: &str, max_size: u64) -> Result<(String, Fingerprint), ReadError> {
    open(path, name, max_size)?.text(name)
}

/// Reads a text in a directory, which may not be a link that leads out of it. Errors call it `name`.
pub(crate) fn read_text_in(
    directory: &Path,
    file_name: &str,
    name: &str,
    max_size: u64,
) -> Result<(String, Fingerprint), ReadError> {
    let canonical = |path: &Path| path.canonicalize().map_err(|e| ReadError::from_io(name, e));
    let path = canonical(&directory.join(file_name))?;
    if !path.starts_with(canonical(directory)?) {
        return Err(ReadError::Outside { name: name.to_owned(), reason: Outside::TextLink });
    }
    read_text(&path, name, max_size)
}

/// Whether a regular file has this content.
#[cfg(feature = "cli")]
pub(crate) fn has_content(path: &Path, expected: &[u8]) -> Result<bool, ReadError> {
    let name = path.display().to_string();
    match open(path, &name, expected.len() as u64).and_then(|mut file| file.read_all(&name)) {
        Ok(content) => Ok(content == expected),
        Err(ReadError::TooLarge { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

#[cfg(unix)]
fn without_waiting() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

#[cfg(not(unix))]
fn without_waiting() -> OpenOptions {
    OpenOptions::new()
}

/// The kind of something that is not a regular file.
pub(super) fn other_kind(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kinds = [
            (kind.is_fifo(), "a named pipe"),
            (kind.is_socket(), "a socket"),
            (kind.is_char_device() || kind.is_block_device(), "a device"),
        ];
        if let Some((_, name)) = kinds.into_iter().find(|(is_kind, _)| *is_kind) {
            return Some(name);
        }
    }
    match kind {
        kind if kind.is_dir() => Some("a directory"),
        kind if kind.is_file() => None,
        _ => Some("a special file"),
    }
}

impl OpenFile {
    fn read_all(&mut self, name: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::with_capacity(self.stat.size());
        self.read_to_end(&mut bytes).map_err(|e| ReadError::from_io(name, e))?;
        Ok(bytes)
    }

    /// The whole text and the fingerprint. Errors call the file `name`.
    pub(super) fn text(mut self, name: &str) -> Result<(String, Fingerprint), ReadError> {
        let bytes = self.read_all(name)?;
        let content = Sha256::new_with_prefix(&bytes);
        let text = String::from_utf8(bytes).map_err(|e| ReadError::not_utf8(name, &e, 0, 0))?;
        Ok((text, Fingerprint::new(self.stat, content)))
    }

    /// The size and time of the file when it was opened.
    pub(crate) fn stat(&self) -> &FileStat {
        &self.stat
    }
}

impl Read for OpenFile {
    /// Fails once the file turns out to be larger than allowed: it may grow, and the size of some files is reported as 0.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(SizeLimitExceeded(self.limit))),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_allowed_size_is_read_and_a_larger_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, "a", 5).unwrap().0, "12345");
        let error = read_text(&path, "a", 4).unwrap_err();
        assert_eq!(error.to_string(), "`a` is larger than 4 bytes");
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_does_not_exceed_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "1").unwrap();
        let mut opened = open(&path, "a", 4).unwrap();
        fs::write(&path, "12345").unwrap();
        assert!(matches!(opened.read_all("a"), Err(ReadError::TooLarge { limit: 4, .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_text_in_a_directory_is_not_read_through_a_link_out_of_it() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("texts")).unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        fs::write(dir.path().join("texts/a"), "text").unwrap();
        symlink("a", dir.path().join("texts/b")).unwrap();
        symlink("../secret", dir.path().join("texts/c")).unwrap();
        let read = |name| read_text_in(&dir.path().join("texts"), name, "x", 100);
        assert_eq!(read("b").unwrap().0, "text");
        let error = read("c").unwrap_err().to_string();
        assert_eq!(error, "`x` is a link that leads outside the directory of source texts");
        assert!(matches!(read("d"), Err(ReadError::Missing(_))));
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_opened() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, kind) in [
            (pipe.as_path(), "a named pipe"),
            (&socket, "a socket"),
            (Path::new("/dev/null"), "a device"),
            (dir.path(), "a directory"),
        ] {
            let error = read_text(path, "x", 100).unwrap_err();
            assert_eq!(error.to_string(), format!("`x` is {kind}, not a file"));
        }
    }
}
