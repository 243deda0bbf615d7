//! `factloom watch`: what it shows after each save.

use crate::program::{command, factloom, stdout_of};
use crate::scratch::{FACTS, dataset, write};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program while it watches a dataset.
struct Watch {
    process: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(directory: &Path, args: &[&str]) -> Self {
        let mut command = command(directory);
        command.arg("watch").args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the program can be started");
        let (sender, lines) = channel();
        let outputs: [Box<dyn std::io::Read + Send>; 2] = [
            Box::new(process.stdout.take().expect("it is piped")),
            Box::new(process.stderr.take().expect("it is piped")),
        ];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { process, lines }
    }

    /// The lines until one contains some words.
    #[track_caller]
    fn until(&self, words: &str) -> Vec<String> {
        let (start, mut shown) = (Instant::now(), Vec::new());
        while !shown.last().is_some_and(|line: &String| line.contains(words)) {
            match self.lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
                Ok(line) => shown.push(line),
                Err(error) => panic!("`{words}` was not shown: {error}\n{}", shown.join("\n")),
            }
        }
        shown
    }

    /// Asserts that nothing is shown for a while.
    #[track_caller]
    fn is_silent(&self) {
        assert_eq!(self.lines.recv_timeout(Duration::from_millis(700)), Err(RecvTimeoutError::Timeout));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn only_what_changed_is_shown() {
    let directory = dataset(&[("queries/builders.rq", "SELECT ?who { ?who v:built ?what }")]);
    let watch = Watch::start(directory.path(), &[]);
    let shown = watch.until("0 errors").join("\n");
    assert!(!shown.contains("guild"), "{shown}");

    let wrong = FACTS.replace("built the old mill", "built the new mill");
    write(directory.path(), "facts.json", &wrong);
    let shown = watch.until("1 error, ").join("\n");
    assert!(shown.contains("error[quote-not-found]"), "{shown}");
    assert!(shown.ends_with("; the graph stays as it was"), "{shown}");

    // A finding that has moved is neither new nor resolved.
    write(directory.path(), "facts.json", format!("\n\n{wrong}"));
    watch.is_silent();

    write(directory.path(), "facts.json", FACTS);
    let shown = watch.until("0 errors");
    assert!(shown[0].starts_with("resolved: facts.json: quote-not-found: "), "{shown:?}");
    watch.is_silent();

    write(directory.path(), "facts.json", "[]");
    let shown = watch.until("- Guild").join("\n");
    assert!(shown.contains("statements  1 removed"), "{shown}");
    // The stored query has lost its row.
    watch.until("Guild");
}

#[test]
fn files_that_are_deleted_or_half_written_are_survived() {
    let directory = dataset(&[]);
    let watch = Watch::start(directory.path(), &[]);
    watch.until("0 errors");
    fs::remove_file(directory.path().join("entities.json")).expect("it can be removed");
    watch.until("2 errors, ");
    write(directory.path(), "facts.json", &FACTS[..FACTS.len() / 2]);
    watch.until("1 error, ");
    fs::remove_file(directory.path().join("factloom.json")).expect("it can be removed");
    watch.until("error");
    write(directory.path(), "factloom.json", crate::scratch::MANIFEST);
    write(directory.path(), "entities.json", crate::scratch::ENTITIES);
    write(directory.path(), "facts.json", FACTS);
    watch.until("0 errors");
}

#[test]
fn files_that_a_dataset_is_not_read_from_are_ignored() {
    let directory = dataset(&[]);
    let watch = Watch::start(directory.path(), &[]);
    watch.until("0 errors");
    write(directory.path(), "notes.txt", "later");
    write(directory.path(), ".facts.json.swp", "[");
    stdout_of(directory.path(), &["query", "ASK {}"]);
    watch.is_silent();
    // A new file that a pattern matches is read.
    write(directory.path(), "queries/broken.rq", "SELECT {");
    watch.until("error[");
}

#[test]
fn a_diagram_is_drawn_after_each_change() {
    let query = "#+ diagram:\n#+   title: Builders\nCONSTRUCT { ?a v:built ?b } { ?a v:built ?b }";
    let directory = dataset(&[("queries/builders.rq", query)]);
    let watch = Watch::start(directory.path(), &["--draw", "builders", "-o", "builders.svg"]);
    watch.until("wrote");
    let file = directory.path().join("builders.svg");
    assert!(fs::read_to_string(&file).expect("it is drawn").contains("Guild"));
    let entities = crate::scratch::ENTITIES.replace("\"Guild\"", "\"Guild of masons\"");
    write(directory.path(), "entities.json", entities);
    watch.until("wrote");
    assert!(fs::read_to_string(&file).expect("it is drawn").contains("masons"));
}

#[test]
fn the_bundled_example_and_unknown_diagrams_are_refused() {
    let example = factloom(Path::new("/"), &["watch", "--example"]);
    assert_eq!(example.status, Some(2));
    assert!(example.stderr.contains("the bundled example does not change"), "{}", example.stderr);
    let directory = dataset(&[]);
    let unknown = factloom(directory.path(), &["watch", "--draw", "nothing", "-o", "x.svg"]);
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.stderr.contains("unknown diagram `nothing`"), "{}", unknown.stderr);
}
