//! Patterns of file names: `*`, `?` and `[…]` match within a component, and `**` matches any number of components.
//!
//! A pattern is matched component by component, so that only directories that can contain a match are listed. Links to
//! directories are not followed, so that there are no cycles.

use super::error::ReadError;
use super::scope::{INTERNAL, tidy};
use crate::atomic_file::is_temporary;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The number of files and directories that are visited for a pattern.
pub(super) const MAX_ENTRIES: usize = 200_000;

/// A pattern of file names.
pub(crate) struct NamePattern {
    components: Vec<Component>,
}

enum Component {
    Name(String),
    Wildcards(glob::Pattern),
    /// `**`
    AnyDepth,
}

/// Whether a file name is a pattern, unless there is a file of this name.
pub(crate) fn is_wildcard(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// The numbers of the components that may match the next component of a name.
type States = BTreeSet<usize>;

impl NamePattern {
    /// Parses a pattern.
    pub(crate) fn new(pattern: &str) -> Result<Self, ReadError> {
        let parse = |component: &str| match component {
            "**" => Ok(Component::AnyDepth),
            name if !is_wildcard(name) => Ok(Component::Name(name.to_owned())),
            wildcards => glob::Pattern::new(wildcards).map(Component::Wildcards),
        };
        let components: Result<Vec<_>, _> = tidy(pattern).split('/').map(parse).collect();
        let mut components = components.map_err(|_| ReadError::Pattern(pattern.to_owned()))?;
        if matches!(components.last(), Some(Component::AnyDepth)) {
            // A directory is not a match.
            components.push(Component::Wildcards(glob::Pattern::new("*").expect("the pattern is valid")));
        }
        Ok(Self { components })
    }

    /// Whether the pattern matches a name. Linear in the length of both, up to backtracking within a component.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let states = tidy(name).split('/').fold(self.start(), |states, component| self.step(&states, component));
        self.is_match(&states)
    }

    /// The directory in which all matches are: the components before the first one with wildcards.
    pub(crate) fn directory(&self) -> String {
        let (_, directories) = self.components.split_last().expect("a pattern has a component");
        let fixed = directories.iter().map_while(|component| match component {
            Component::Name(name) => Some(name.as_str()),
            Component::Wildcards(_) | Component::AnyDepth => None,
        });
        fixed.collect::<Vec<_>>().join("/")
    }

    /// The files in a directory that the pattern matches, including links and special files. `pattern` is for errors.
    ///
    /// A missing directory has no matches.
    pub(super) fn files_in(&self, root: &Path, pattern: &str, max_entries: usize) -> Result<Vec<String>, ReadError> {
        let directory = self.directory();
        let states = match directory.as_str() {
            "" => self.start(),
            names => names.split('/').fold(self.start(), |states, name| self.step(&states, name)),
        };
        let (mut names, mut entries) = (Vec::new(), 0);
        let mut open = vec![(directory, states)];
        while let Some((directory, states)) = open.pop() {
            let path = root.join(&directory);
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
            let listed = match fs::read_dir(path) {
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
                listed => listed.map_err(|e| ReadError::from_io(&directory, e))?,
            };
            for entry in listed {
                entries += 1;
                if entries > max_entries {
                    return Err(ReadError::TooManyEntries { pattern: pattern.to_owned(), limit: max_entries });
                }
                let io_error = |e| ReadError::from_io(&directory, e);
                let entry = entry.map_err(io_error)?;
                let file_name = entry.file_name();
                let file_name = file_name.to_string_lossy();
                let next = self.step(&states, &file_name);
                if next.is_empty() || INTERNAL.contains(&&*file_name) || is_temporary(&entry.file_name()) {
                    continue;
                }
                let name =
                    if directory.is_empty() { file_name.into_owned() } else { format!("{directory}/{file_name}") };
                if entry.file_type().map_err(io_error)?.is_dir() {
                    if next.iter().any(|state| *state < self.components.len()) {
                        open.push((name, next));
                    }
                } else if self.is_match(&next) {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }

    fn start(&self) -> States {
        self.with_empty_matches([0].into())
    }

    fn step(&self, states: &States, name: &str) -> States {
        let next = states.iter().filter_map(|state| match self.components.get(*state)? {
            Component::AnyDepth => Some(*state),
            Component::Name(expected) => (expected == name).then_some(state + 1),
            Component::Wildcards(pattern) => pattern.matches(name).then_some(state + 1),
        });
        self.with_empty_matches(next.collect())
    }

    /// `**` also matches no component.
    fn with_empty_matches(&self, mut states: States) -> States {
        for (index, component) in self.components.iter().enumerate() {
            if matches!(component, Component::AnyDepth) && states.contains(&index) {
                states.insert(index + 1);
            }
        }
        states
    }

    fn is_match(&self, states: &States) -> bool {
        states.contains(&self.components.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        NamePattern::new(pattern).unwrap().matches(name)
    }

    #[test]
    fn wildcards_match_within_a_component() {
        assert!(matches("facts/*.json", "facts/a.json") && matches("facts/?.json", "facts/a.json"));
        assert!(matches("facts/[ab].json", "./facts/a.json") && matches("./*.json", "a.json"));
        assert!(!matches("*.json", "facts/a.json") && !matches("facts/*", "facts/a/b"));
        assert!(!matches("facts/*", "facts") && !matches("*/a", "b"));
    }

    #[test]
    fn two_stars_match_any_number_of_directories() {
        for name in ["a.rq", "x/a.rq", "x/y/a.rq"] {
            assert!(matches("**/*.rq", name) && matches("**/**/a.rq", name) && matches("**", name), "{name}");
        }
        assert!(matches("x/**/a.rq", "x/a.rq") && matches("x/**", "x/y/a.rq"));
        assert!(!matches("x/**", "x") && !matches("x/**/a.rq", "y/x/a.rq"));
    }

    #[test]
    fn a_malformed_pattern_is_an_error() {
        for pattern in ["a**", "[a", "facts/[]", "***"] {
            assert!(matches!(NamePattern::new(pattern), Err(ReadError::Pattern(p)) if p == pattern), "{pattern}");
        }
    }

    /// Backtracking over all ways to divide the name among the stars would take years.
    #[test]
    fn a_pattern_with_many_stars_takes_little_time() {
        let name = format!("{}/x", "a".repeat(200));
        assert!(!matches(&format!("{}b/x", "*a".repeat(50)), &name));
        assert!(!matches(&"**/a/".repeat(50), &"a/".repeat(40)));
    }

    #[test]
    fn a_pattern_that_covers_too_many_files_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let files_in = |max| NamePattern::new("**/*.rq").unwrap().files_in(dir.path(), "**/*.rq", max);
        assert_eq!(files_in(3).unwrap(), [""; 0]);
        let error = files_in(2).unwrap_err().to_string();
        assert_eq!(error, "the pattern `**/*.rq` covers more than 2 files and directories");
    }

    #[cfg(unix)]
    #[test]
    fn links_to_directories_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        fs::create_dir_all(dir.path().join(".git")).unwrap();
        for name in ["a/b/c.rq", ".git/d.rq", "e.txt"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        std::os::unix::fs::symlink("..", dir.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("c.rq", dir.path().join("a/b/link.rq")).unwrap();
        let files = |pattern: &str| NamePattern::new(pattern).unwrap().files_in(dir.path(), pattern, 100).unwrap();
        assert_eq!(files("**/*.rq"), ["a/b/c.rq", "a/b/link.rq"]);
        assert_eq!(files("*/*/c.rq"), ["a/b/c.rq"]);
        assert_eq!(files("none/*"), [""; 0]);
        assert_eq!(files("e.txt/*"), [""; 0]);
    }
}
