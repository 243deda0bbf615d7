//! The wording of everything that people read: no line matches a phrase of `wording/phrases.txt`.

use crate::docs::documents;
use crate::{files_below, repository};
use regex::RegexSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The files that contain help, diagnostics, rustdoc, documentation, labels and summaries, relative to the repository.
fn files() -> Vec<PathBuf> {
    let below = |directory: &'static str, extensions: &'static [&'static str]| {
        let paths = files_below(&repository().join(directory)).into_iter();
        let readable = move |path: &PathBuf| {
            path.extension().and_then(|e| e.to_str()).is_some_and(|extension| extensions.contains(&extension))
        };
        paths.filter(readable).map(move |path| Path::new(directory).join(path))
    };
    let mut files = documents();
    files.push(PathBuf::from("CHANGELOG.md"));
    files.extend(below("src", &["rs"]));
    files.extend(below("data", &["ttl", "rq", "json"]));
    files.extend(below("queries", &["rq"]));
    files
}

#[test]
fn no_text_that_people_read_contains_a_phrase_to_avoid() {
    let phrases = include_str!("wording/phrases.txt").lines().filter(|line| !line.starts_with('#'));
    let phrases: Vec<String> = phrases.map(|phrase| format!("(?i){phrase}")).collect();
    let set = RegexSet::new(&phrases).expect("valid patterns");
    let mut found = Vec::new();
    for file in files() {
        let text = fs::read_to_string(repository().join(&file)).expect("the file is UTF-8");
        for (number, line) in text.lines().enumerate() {
            let matches = set.matches(line).into_iter().map(|index| &phrases[index][4..]);
            found.extend(
                matches.map(|phrase| format!("{}:{}: `{phrase}` in: {}", file.display(), number + 1, line.trim())),
            );
        }
    }
    assert!(found.is_empty(), "{} lines contain a phrase to avoid:\n{}", found.len(), found.join("\n"));
}
