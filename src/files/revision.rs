//! The files of a git revision, read from the object database.
//!
//! Links are resolved within the tree of the revision, so that the working tree does not matter.

use super::error::{Outside, ReadError};
use super::git::{GitError, git};
use super::pattern::NamePattern;
use super::program::ProgramError;
use super::running::RunningProgram;
use super::scope::{PathScope, is_internal, key};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The number of links that are followed for one file.
const MAX_LINKS: usize = 40;

/// The maximum length of the line before an object in bytes.
const MAX_HEADER: u64 = 1 << 12;

/// How long git may take to read an object. The largest take some seconds, or longer from a slow disk.
const REQUEST_TIME: Duration = Duration::from_secs(60);

/// The maximum length of a link's target in bytes.
const MAX_TARGET: u64 = 4096;

/// A dataset at a git revision. Clones share the list of files and the process that reads them.
#[derive(Clone, Debug)]
pub struct Revision(Arc<Tree>);

#[derive(Debug)]
struct Tree {
    /// The revision, as the user wrote it.
    name: String,
    /// The directory of the dataset, relative to the root of the repository; empty for the root.
    dataset: String,
    /// By paths relative to the root of the repository.
    entries: BTreeMap<String, Entry>,
    blobs: Mutex<Blobs>,
}

#[derive(Debug)]
struct Entry {
    kind: EntryKind,
    object: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EntryKind {
    File,
    Link,
    Submodule,
}

impl Revision {
    /// `list` is the output of `git ls-tree -r -z`.
    pub(super) fn new(name: &str, repository: &Path, dataset: &str, list: &[u8]) -> Self {
        let entries = list.split(|byte| *byte == 0).filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            let (attributes, path) = line.split_once('\t')?;
            let mut attributes = attributes.split(' ');
            let kind = match attributes.next()? {
                "120000" => EntryKind::Link,
                "160000" => EntryKind::Submodule,
                _ => EntryKind::File,
            };
            Some((path.to_owned(), Entry { kind, object: attributes.nth(1)?.to_owned() }))
        });
        let blobs = Mutex::new(Blobs { repository: repository.to_owned(), process: None });
        Self(Arc::new(Tree { name: name.to_owned(), dataset: dataset.to_owned(), entries: entries.collect(), blobs }))
    }

    /// The revision, as the user wrote it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// A file's path in git's notation, such as `main:data/facts.json`.
    pub(super) fn display_path(&self, name: &str) -> String {
        let path = format!("{}/{name}", self.0.dataset);
        format!("{}:{}", self.0.name, key(path.trim_start_matches('/')).unwrap_or(path))
    }

    /// Whether there is a file, a directory or a link of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        let unresolved = format!("{}/{name}", self.0.dataset);
        let is_entry = key(unresolved.trim_start_matches('/')).is_some_and(|path| self.0.entries.contains_key(&path));
        match self.0.resolve(name) {
            Ok(path) => is_entry || self.0.entries.contains_key(&path) || self.0.is_directory(&path),
            // Reading it returns the error.
            Err(_) => true,
        }
    }

    /// The sorted names that a pattern with wildcards matches. Links to directories are not followed.
    pub(super) fn matching(&self, pattern: &NamePattern, is_inside: bool) -> Result<Vec<String>, ReadError> {
        let directory = pattern.directory();
        let path = self.0.resolve(&directory)?;
        self.0.check_inside(&directory, &path, is_inside)?;
        let join = |directory: &str| if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let (path, directory) = (join(&path), join(&directory));
        let below = self.0.entries.range(path.clone()..).map_while(|(name, _)| name.strip_prefix(&path));
        let names = below.map(|name| format!("{directory}{name}"));
        Ok(names.filter(|name| pattern.matches(name) && !is_internal(Path::new(name))).collect())
    }

    /// The text of a file of at most `max_size` bytes. Its name has been checked.
    pub(super) fn text(&self, name: &str, scope: PathScope, max_size: u64) -> Result<String, ReadError> {
        let is_inside = scope.check_name(name)?;
        let path = self.0.resolve(name)?;
        self.0.check_inside(name, &path, is_inside)?;
        if !is_inside && !scope.allows_extension(Path::new(&path)) {
            return Err(ReadError::Outside { name: name.to_owned(), reason: Outside::Link });
        }
        let Some(entry) = self.0.entries.get(&path) else {
            return Err(match self.0.is_directory(&path) {
                true => ReadError::IsDirectory(name.to_owned()),
                false => ReadError::Missing(name.to_owned()),
            });
        };
        let bytes = self.0.blob(name, &entry.object, max_size)?;
        String::from_utf8(bytes).map_err(|e| ReadError::not_utf8(name, &e, 0, 0))
    }
}

impl Tree {
    /// The path in the repository that a name of the dataset refers to, with all links resolved.
    fn resolve(&self, name: &str) -> Result<String, ReadError> {
        let outside = |reason| ReadError::Outside { name: name.to_owned(), reason };
        let components = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let mut rest: VecDeque<String> = [components(&self.dataset), components(name)].concat().into();
        let (mut path, mut links) = (Vec::new(), 0);
        while let Some(component) = rest.pop_front() {
            match component.as_str() {
                "" | "." => continue,
                ".." => {
                    path.pop().ok_or_else(|| outside(Outside::WorkTree))?;
                    continue;
                }
                _ => path.push(component),
            }
            let Some(entry) = self.entries.get(&path.join("/")) else { continue };
            match entry.kind {
                EntryKind::File => {}
                EntryKind::Submodule => {
                    return Err(ReadError::NotRegular { name: name.to_owned(), kind: "part of a submodule" });
                }
                EntryKind::Link => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(ReadError::Io(name.to_owned(), io::Error::other("too many symbolic links")));
                    }
                    let target = self.blob(name, &entry.object, MAX_TARGET)?;
                    let target = String::from_utf8_lossy(&target);
                    if target.starts_with('/') {
                        return Err(outside(Outside::Link));
                    }
                    path.pop();
                    components(&target).into_iter().rev().for_each(|component| rest.push_front(component));
                }
            }
        }
        Ok(path.join("/"))
    }

    /// Returns an error if a path is outside the dataset's directory, unless it may be.
    fn check_inside(&self, name: &str, path: &str, is_inside: bool) -> Result<(), ReadError> {
        match !is_inside || Path::new(path).starts_with(&self.dataset) {
            true => Ok(()),
            false => Err(ReadError::Outside { name: name.to_owned(), reason: Outside::Link }),
        }
    }

    fn is_directory(&self, path: &str) -> bool {
        let start = format!("{path}/");
        path.is_empty() || self.entries.range(start.clone()..).next().is_some_and(|(name, _)| name.starts_with(&start))
    }

    fn blob(&self, name: &str, object: &str, max_size: u64) -> Result<Vec<u8>, ReadError> {
        // A thread that panics leaves no process behind, or one that is in sync.
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        let read = blobs.read(object, max_size).map_err(|e| ReadError::from_io(name, e))?;
        read.ok_or_else(|| ReadError::too_large(name, max_size))
    }
}

/// The content of an object; `None` if it is larger than `max_size` bytes.
pub(super) fn read_blob(repository: &Path, object: &str, max_size: u64) -> io::Result<Option<Vec<u8>>> {
    Blobs { repository: repository.to_owned(), process: None }.read(object, max_size)
}

/// Reads objects, through one process for all of them.
#[derive(Debug)]
struct Blobs {
    repository: PathBuf,
    process: Option<CatFile>,
}

impl Blobs {
    /// The content of an object; `None` if it is larger than `max_size` bytes.
    fn read(&mut self, object: &str, max_size: u64) -> io::Result<Option<Vec<u8>>> {
        let process = match self.process.take() {
            Some(process) => process,
            None => {
                let mut command = git(&self.repository).map_err(|error| match error {
                    GitError::Run(error) => error,
                    other => io::Error::other(other.to_string()),
                })?;
                CatFile::start(command.args(["cat-file", "--batch"]))?
            }
        };
        // After an error, or if a large object is not read to its end, the process is dropped: it is out of sync.
        let content = process.read(object, max_size, REQUEST_TIME)?;
        self.process = content.is_some().then_some(process);
        Ok(content)
    }
}

/// A running `git cat-file --batch`. Its pipes are used by a thread, because reading from a pipe has no time limit.
#[derive(Debug)]
struct CatFile {
    /// The names of objects and the maximum sizes of their contents.
    requests: Sender<(String, u64)>,
    responses: Receiver<io::Result<Option<Vec<u8>>>>,
    _program: RunningProgram,
}

impl CatFile {
    fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = RunningProgram::start(command)?;
        let mut pipes =
            CatFilePipes { requests: program.take_stdin()?, responses: BufReader::new(program.take_stdout()?) };
        let (requests, received) = channel::<(String, u64)>();
        let (sender, responses) = channel();
        thread::spawn(move || {
            // Ends when one of the channels is closed. If the thread is reading then, the end of the program ends it.
            received.iter().try_for_each(|(object, max_size)| sender.send(pipes.read(&object, max_size)))
        });
        Ok(Self { requests, responses, _program: program })
    }

    /// The content of an object; `None` if it is larger than `max_size` bytes.
    fn read(&self, object: &str, max_size: u64, time: Duration) -> io::Result<Option<Vec<u8>>> {
        let ended = || io::Error::from(io::ErrorKind::BrokenPipe);
        self.requests.send((object.to_owned(), max_size)).map_err(|_| ended())?;
        self.responses.recv_timeout(time).map_err(|error| match error {
            RecvTimeoutError::Disconnected => ended(),
            RecvTimeoutError::Timeout => {
                let message = format!("git was stopped: {}", ProgramError::Time(time));
                io::Error::new(io::ErrorKind::TimedOut, message)
            }
        })?
    }
}

/// The pipes of a `git cat-file --batch`.
struct CatFilePipes {
    requests: ChildStdin,
    responses: BufReader<ChildStdout>,
}

impl CatFilePipes {
    fn read(&mut self, object: &str, max_size: u64) -> io::Result<Option<Vec<u8>>> {
        let size = self.request(object)?;
        if size > max_size { Ok(None) } else { self.content(size).map(Some) }
    }

    /// Requests an object and returns its size in bytes.
    fn request(&mut self, object: &str) -> io::Result<u64> {
        writeln!(self.requests, "{object}")?;
        self.requests.flush()?;
        let mut header = String::new();
        self.responses.by_ref().take(MAX_HEADER).read_line(&mut header)?;
        // `OBJECT TYPE SIZE`, or `OBJECT missing`.
        let size = header.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
        size.ok_or_else(|| io::Error::other(format!("git does not have the object {object}")))
    }

    fn content(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        // A line end follows.
        self.responses.by_ref().take(size + 1).read_to_end(&mut content)?;
        match content.pop() {
            Some(b'\n') if content.len() as u64 == size => Ok(content),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A revision whose objects cannot be read, so that only its list of files counts.
    fn revision(list: &[(&str, &str)]) -> Revision {
        let line = |(mode, path): &(&str, &str)| format!("{mode} blob 0123\t{path}\0");
        let list: String = list.iter().map(line).collect();
        Revision::new("main", Path::new("/no/such/directory"), "data/mill", list.as_bytes())
    }

    #[test]
    fn patterns_match_files_of_the_dataset_and_of_its_repository() {
        let revision = revision(&[
            ("100644", "data/mill/.factloom/b.rq"),
            ("100644", "data/mill/a.rq"),
            ("120000", "data/mill/link.rq"),
            ("100644", "data/mill/sub/c.rq"),
            ("100644", "data/other/d.rq"),
            ("100644", "queries/e.rq"),
        ]);
        let matching =
            |pattern: &str, is_inside| revision.matching(&NamePattern::new(pattern).unwrap(), is_inside).unwrap();
        assert_eq!(matching("*.rq", true), ["a.rq", "link.rq"]);
        assert_eq!(matching("**/*.rq", true), ["a.rq", "link.rq", "sub/c.rq"]);
        assert_eq!(matching("../../queries/*.rq", false), ["../../queries/e.rq"]);
        assert_eq!(matching("../../*.rq", false), [""; 0]);
        assert!(revision.has("sub") && revision.has("a.rq") && !revision.has("none") && !revision.has("su"));
        assert_eq!(revision.display_path("../../queries/e.rq"), "main:queries/e.rq");
    }

    #[test]
    fn what_is_not_a_file_of_the_tree_is_not_read() {
        let revision = revision(&[("160000", "data/mill/sub"), ("100644", "data/mill/dir/a"), ("100644", "b.rq")]);
        let error = |name: &str, scope| revision.text(name, scope, 100).unwrap_err().to_string();
        assert_eq!(error("sub/x", PathScope::Inside), "`sub/x` is part of a submodule, not a file");
        assert_eq!(error("dir", PathScope::Inside), "`dir` is a directory, not a file");
        assert_eq!(error("none", PathScope::Inside), "file `none` does not exist");
        assert_eq!(error("../../b.rq", PathScope::Inside), "`../../b.rq` is outside the dataset's directory");
        assert_eq!(
            error("../../../b.rq", PathScope::Queries),
            "`../../../b.rq` is outside the git work tree of the dataset"
        );
        assert!(error("dir/a", PathScope::Inside).starts_with("cannot read `dir/a`: "));
    }

    #[cfg(unix)]
    #[test]
    fn a_request_has_a_time_limit() {
        let start = |script: &str| CatFile::start(Command::new("sh").args(["-c", script])).unwrap();
        let started = std::time::Instant::now();
        // One does not read the request, the others stop after it and in the middle of the content.
        for script in ["exec sleep 60", "read -r object; exec sleep 60", "echo o blob 9; echo text; exec sleep 60"] {
            let error = start(script).read("o", 100, Duration::from_millis(100)).unwrap_err();
            assert_eq!(error.to_string(), "git was stopped: it took more than 0 seconds", "{script}");
        }
        let complete = start("read -r object; echo \"$object blob 4\"; echo text; exec sleep 60");
        assert_eq!(complete.read("o", 100, REQUEST_TIME).unwrap().as_deref(), Some(&b"text"[..]));
        assert_eq!(start("echo o blob 101; exec sleep 60").read("o", 100, REQUEST_TIME).unwrap(), None);
        assert!(start("exit").read("o", 100, REQUEST_TIME).is_err());
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
