//! Files that are written completely or not at all: to a temporary file in the same directory, which is flushed to the disk and
//! then renamed.
//!
//! A temporary file is removed when its [`AtomicFile`] is dropped, and by [`CommitPause::remove_all`] when a signal or a limit ends
//! the process. After SIGKILL or a power failure it stays; [`remove_abandoned`] removes it later. Each process holds a lock on its temporary files, so
//! that those of a running process are never removed.
//!
//! Invariant: a target is replaced by renaming, so that nothing is ever written through a link. Only [`follow_links`], for outputs
//! that the user names, finds out where a link leads.

mod abandoned;

pub(crate) use abandoned::{is_temporary, remove_abandoned};

use abandoned::{PREFIX, RANDOM_LENGTH, SUFFIX};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf, absolute};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;
#[cfg(feature = "cli")]
use tempfile::SpooledTempFile;

/// The number of links that are followed for one file.
#[cfg(feature = "cli")]
const MAX_LINKS: usize = 40;

/// How often the creation of a temporary file is repeated, if another process removes it before it is locked.
const MAX_ATTEMPTS: usize = 10;

/// The length up to which an output is held back in memory.
#[cfg(feature = "cli")]
const MAX_HELD_IN_MEMORY: usize = 1 << 20;

/// The permissions of a target that its replacement gets: those of the user, the group and others.
#[cfg(unix)]
const PERMISSIONS: u32 = 0o777;

/// The temporary files of this process.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Held while files are renamed, so that the end of the process does not separate files that are replaced together.
static COMMIT: Mutex<()> = Mutex::new(());

/// A file that will replace its target.
pub(crate) struct AtomicFile {
    temporary: NamedTempFile<RegisteredFile>,
    target: PathBuf,
}

impl AtomicFile {
    /// Creates a temporary file next to its target. It has the permissions of the file that it will replace, or those that the umask
    /// gives a new file. The directory must exist.
    pub(crate) fn create(target: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM_LENGTH);
        for _ in 0..MAX_ATTEMPTS {
            let temporary = builder.make_in(directory_of(target), RegisteredFile::create)?;
            if !is_kept(&temporary.as_file().file, temporary.path()) {
                continue;
            }
            #[cfg(unix)]
            copy_permissions(target, &temporary.as_file().file)?;
            return Ok(Self { temporary, target: target.to_owned() });
        }
        Err(io::Error::other("other processes remove the temporary files"))
    }

    /// A buffer in front of the file. [`complete`](Self::complete) flushes it.
    pub(crate) fn writer(&self) -> BufWriter<&File> {
        BufWriter::with_capacity(1 << 20, &self.temporary.as_file().file)
    }

    /// Flushes the content to the disk.
    pub(crate) fn complete(&self, mut writer: BufWriter<&File>) -> io::Result<()> {
        writer.flush()?;
        self.temporary.as_file().file.sync_all()
    }

    /// Replaces the target.
    pub(crate) fn commit(self) -> io::Result<()> {
        let _together = lock(&COMMIT);
        self.rename()
    }

    /// Replaces several targets. The end of the process waits for it.
    ///
    /// # Errors
    ///
    /// Returns the number of targets that have been replaced, and why the next cannot be.
    #[cfg(feature = "cli")]
    pub(crate) fn commit_all(files: Vec<Self>) -> Result<(), (usize, io::Error)> {
        commit_each(files, Self::rename)
    }

    /// Moves files to their targets, which must not exist. The end of the process waits for it.
    ///
    /// # Errors
    ///
    /// Returns the number of targets that have been created, and why the next cannot be.
    pub(crate) fn commit_all_new(files: Vec<Self>) -> Result<(), (usize, io::Error)> {
        commit_each(files, Self::rename_new)
    }

    fn rename_new(self) -> io::Result<()> {
        let Err(failure) = self.temporary.persist_noclobber(&self.target) else { return Ok(()) };
        // Some file systems can rename a file, but not in this way.
        match failure.error.kind() {
            io::ErrorKind::AlreadyExists => Err(failure.error),
            _ if self.target.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
            _ => failure.file.persist(&self.target).map(drop).map_err(|e| e.error),
        }
    }

    fn rename(self) -> io::Result<()> {
        self.temporary.persist(&self.target).map(drop).map_err(|e| e.error)
    }
}

fn commit_each(
    files: Vec<AtomicFile>,
    commit: impl Fn(AtomicFile) -> io::Result<()>,
) -> Result<(), (usize, io::Error)> {
    let _together = lock(&COMMIT);
    files.into_iter().enumerate().try_for_each(|(index, file)| commit(file).map_err(|e| (index, e)))
}

/// Locks a new temporary file, and finds out whether another process, which may have taken it for an abandoned one, leaves it there.
fn is_kept(file: &File, path: &Path) -> bool {
    match file.try_lock() {
        // The other process is about to remove it.
        Err(TryLockError::WouldBlock) => false,
        // Some file systems have no locks. Nothing is removed there.
        Ok(()) | Err(TryLockError::Error(_)) => path.symlink_metadata().is_ok(),
    }
}

/// Gives a file the permissions of a regular file, if there is one of this name.
#[cfg(unix)]
fn copy_permissions(from: &Path, to: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let Some(existing) = from.symlink_metadata().ok().filter(std::fs::Metadata::is_file) else { return Ok(()) };
    let (mode, current) = (existing.permissions().mode() & PERMISSIONS, to.metadata()?.permissions().mode());
    match mode == current & PERMISSIONS {
        true => Ok(()),
        false => to.set_permissions(std::fs::Permissions::from_mode(mode)),
    }
}

/// A buffer for an output that is held back until it is complete: in memory, or in a temporary file without a name if it is large.
#[cfg(feature = "cli")]
pub(crate) fn held_back() -> SpooledTempFile {
    SpooledTempFile::new(MAX_HELD_IN_MEMORY)
}

/// Creates or replaces a file with a short content.
pub(crate) fn write(target: &Path, content: &[u8]) -> io::Result<()> {
    let file = AtomicFile::create(target)?;
    let mut writer = file.writer();
    writer.write_all(content)?;
    file.complete(writer)?;
    file.commit()
}

/// While this exists, no file is renamed.
#[cfg(feature = "cli")]
pub(crate) struct CommitPause(MutexGuard<'static, ()>);

#[cfg(feature = "cli")]
impl CommitPause {
    /// Waits for the files that are being renamed.
    pub(crate) fn start() -> Self {
        Self(lock(&COMMIT))
    }

    /// Removes all temporary files of this process, which must end then: no other can be created or renamed.
    pub(crate) fn remove_all(self) {
        let temporary = lock(&TEMPORARY);
        for path in &*temporary {
            // It may have been removed already.
            let _ = std::fs::remove_file(path);
        }
        std::mem::forget((self.0, temporary));
    }
}

/// The path that a path leads to through links. It may not exist.
///
/// # Errors
///
/// Returns an error if there are too many links, as in a cycle.
#[cfg(feature = "cli")]
pub(crate) fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match std::fs::read_link(&path) {
            Ok(target) => path = directory_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The directory that contains a file.
pub(crate) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panics leaves complete entries.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file in the list of those that a signal removes.
struct RegisteredFile {
    file: File,
    _registration: Registration,
}

struct Registration(PathBuf);

impl RegisteredFile {
    /// Creates and registers a file. The lock is held all the time, so that [`CommitPause::remove_all`] never misses the file.
    fn create(path: &Path) -> io::Result<Self> {
        let path = absolute(path)?;
        let mut temporary = lock(&TEMPORARY);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        temporary.push(path.clone());
        Ok(Self { file, _registration: Registration(path) })
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock(&TEMPORARY).retain(|path| *path != self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_replaced_when_it_is_committed_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("a");
        fs::write(&target, "old").unwrap();
        let file = AtomicFile::create(&target).unwrap();
        let mut writer = file.writer();
        writer.write_all(b"new").unwrap();
        file.complete(writer).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        file.commit().unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        drop(AtomicFile::create(&target).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_does_not_replace_another() {
        let dir = tempfile::tempdir().unwrap();
        let commit = |names: &[&str]| {
            let create = |name: &&str| AtomicFile::create(&dir.path().join(name)).unwrap();
            AtomicFile::commit_all_new(names.iter().map(create).collect())
        };
        commit(&["a"]).unwrap();
        let (created, error) = commit(&["b", "a", "c"]).unwrap_err();
        assert_eq!((created, error.kind()), (1, io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_not_followed() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let (link, target) = (dir.path().join("link"), dir.path().join("target"));
        fs::write(&target, "secret").unwrap();
        symlink("target", &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(
            (fs::read_to_string(&target).unwrap(), fs::read_to_string(&link).unwrap()),
            ("secret".into(), "new".into())
        );
        assert!(!link.is_symlink());
    }

    #[cfg(all(unix, feature = "cli"))]
    #[test]
    fn links_lead_to_a_path_which_may_not_exist() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        for (link, target) in [("one", "sub/two"), ("sub/two", "../three"), ("cycle", "cycle")] {
            symlink(target, dir.path().join(link)).unwrap();
        }
        let end = follow_links(&dir.path().join("one")).unwrap();
        assert_eq!(end, dir.path().join("sub/../three"));
        assert!(follow_links(&dir.path().join("cycle")).is_err());
        assert_eq!(follow_links(Path::new("none")).unwrap(), Path::new("none"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_the_usual_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let [atomic, usual] = ["atomic", "usual"].map(|name| dir.path().join(name));
        write(&atomic, b"").unwrap();
        fs::write(&usual, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&atomic), mode(&usual));
    }

    #[test]
    fn a_file_that_another_process_has_locked_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let [file, other] = [(); 2].map(|()| OpenOptions::new().append(true).create(true).open(&path).unwrap());
        other.lock().unwrap();
        assert!(!is_kept(&file, &path));
        other.unlock().unwrap();
        assert!(is_kept(&file, &path));
        fs::remove_file(&path).unwrap();
        assert!(!is_kept(&file, &path));
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("a");
        for mode in [0o600, 0o640, 0o777, 0o400] {
            fs::write(&target, "").unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(mode)).unwrap();
            let file = AtomicFile::create(&target).unwrap();
            let of = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & PERMISSIONS;
            assert_eq!(of(file.temporary.path()), mode);
            file.commit().unwrap();
            assert_eq!(of(&target), mode);
            fs::remove_file(&target).unwrap();
        }
    }
}
