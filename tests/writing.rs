//! Writing files: complete or absent, without leftovers, and through no link that the user has not named.
#![cfg(unix)]

use crate::program::{RunOutput, command, factloom, run, stdout_of};
use crate::scratch::{dataset, make_work_tree, temp_dir};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A query that has an output for longer than any test takes.
const ENDLESS: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it can be listed");
    let mut names: Vec<String> = entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into()).collect();
    names.sort();
    names
}

/// Whether something happens within a time that is long enough for slow machines.
fn eventually(mut happens: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        if happens() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// Starts a command that is writing `out.csv` when this returns.
fn start_writing(directory: &Path, program: &mut Command) -> Child {
    program.current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = program.spawn().expect("it can be run");
    assert!(eventually(|| names(directory).iter().any(|name| name.starts_with(".factloom-"))), "it writes a file");
    child
}

fn endless(directory: &Path) -> Command {
    let mut program = command(directory);
    program.args(["query", "--example", "-e", ENDLESS, "-o", "out.csv"]);
    program
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

/// Whether this process ignores a signal, where the system says so.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn a_signal_removes_the_files_that_are_being_written() {
    let signals = [("INT", 2), ("TERM", 15), ("HUP", 1)];
    // A command goes on ignoring a signal that the tests ignore, for example below nohup.
    for (signal, number) in signals.into_iter().filter(|(_, number)| !is_ignored(*number)) {
        let directory = temp_dir(&[]);
        let mut child = start_writing(directory.path(), &mut endless(directory.path()));
        send(signal, &child);
        assert_eq!(child.wait().expect("it ends").signal(), Some(number));
        assert_eq!(names(directory.path()), [""; 0], "after {signal}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_the_parent_ignores_does_not_end_a_command() {
    let directory = temp_dir(&[]);
    let program = endless(directory.path());
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(program.get_program()).args(program.get_args());
    let mut child = start_writing(directory.path(), &mut shell);
    send("HUP", &child);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(child.try_wait().expect("its status is known"), None);
    send("TERM", &child);
    assert_eq!(child.wait().expect("it ends").signal(), Some(15));
    assert_eq!(names(directory.path()), [""; 0]);
}

/// A directory with a program `dot` that starts another one, and a pipe that both keep open until they end.
fn endless_dot() -> TempDir {
    let directory = temp_dir(&[("dot", "#!/bin/sh\nexec 3> \"${0%/*}/pipe\"\nsleep 60 &\nexec sleep 60\n")]);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(directory.path().join("dot"), executable).expect("it can be executable");
    let made = Command::new("mkfifo").arg(directory.path().join("pipe")).status().expect("mkfifo runs");
    assert!(made.success());
    directory
}

/// Draws with that program, which runs when this returns.
fn start_drawing(dot: &Path, working: &Path, more: &[&str]) -> (Child, fs::File) {
    let path = format!("{}:{}", dot.display(), std::env::var("PATH").expect("there is a PATH"));
    let mut program = command(working);
    program.args(["draw", "--example", "--engine", "graphviz", "-o", "out.svg"]).args(more).env("PATH", path);
    let child = program.stderr(Stdio::piped()).spawn().expect("it can be run");
    (child, fs::File::open(dot.join("pipe")).expect("the program opens the pipe"))
}

/// Asserts that all programs that keep a pipe open end soon.
#[track_caller]
fn assert_stopped(mut pipe: fs::File) {
    let start = Instant::now();
    std::io::copy(&mut pipe, &mut std::io::sink()).expect("the pipe can be read");
    assert!(start.elapsed() < Duration::from_secs(30), "they have ended by themselves");
}

#[test]
fn a_signal_stops_the_programs_that_a_command_runs() {
    let (dot, directory) = (endless_dot(), temp_dir(&[]));
    for (signal, number) in [("INT", 2), ("TERM", 15)].into_iter().filter(|(_, number)| !is_ignored(*number)) {
        let (mut child, pipe) = start_drawing(dot.path(), directory.path(), &[]);
        send(signal, &child);
        assert_eq!(child.wait().expect("it ends").signal(), Some(number));
        assert_stopped(pipe);
    }
}

#[test]
fn a_limit_stops_the_programs_that_a_command_runs() {
    let (dot, directory) = (endless_dot(), temp_dir(&[]));
    let (child, pipe) = start_drawing(dot.path(), directory.path(), &["--timeout", "5s"]);
    let output = RunOutput::from(child.wait_with_output().expect("it ends"));
    assert_eq!(output.status, Some(2));
    assert_eq!(output.stderr, "error: the command was cancelled after 5s\nhelp: raise --timeout\n");
    assert_stopped(pipe);
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
fn an_output_does_not_replace_a_file_that_is_read() {
    let source = r#"{ "title": "A mill", "base": "https://example.org/mill/", "language": "en",
        "sources": [{ "id": "chronicle", "text": "sources/chronicle.txt" }] }"#;
    let text = "The guild built the old mill.\n";
    let directory = dataset(&[("factloom.json", source), ("sources/chronicle.txt", text), ("other.json", "old")]);
    for (target, link) in [("facts.json", "link.json"), ("other.json", "harmless.json")] {
        symlink(target, directory.path().join(link)).expect("a link can be made");
    }
    fs::hard_link(directory.path().join("entities.json"), directory.path().join("hard.json")).expect("it can be made");
    let content = |name: &str| fs::read_to_string(directory.path().join(name)).expect("it is there");
    let before = ["facts.json", "entities.json", "sources/chronicle.txt"].map(content);
    for (args, output) in [
        (&["export", "-f", "cytoscape"][..], "facts.json"),
        // Now the graph is cached.
        (&["export", "-f", "cytoscape"], "./sources/../facts.json"),
        (&["check", "-f", "json"], "entities.json"),
        (&["draw", "-f", "svg"], "link.json"),
        (&["query", "-e", "ASK {}", "-f", "json"], "hard.json"),
        (&["facts", "-f", "text"], "sources/chronicle.txt"),
    ] {
        let run = factloom(directory.path(), &[args, &["-o", output]].concat());
        assert_eq!(run.status, Some(2), "{args:?}: {}", run.stderr);
        let message =
            format!("error: cannot write `{output}`: it is a file of the dataset, which is read\nhelp: name another");
        assert!(run.stderr.contains(&message), "{args:?}: {}", run.stderr);
    }
    assert_eq!(["facts.json", "entities.json", "sources/chronicle.txt"].map(content), before);
    stdout_of(directory.path(), &["export", "-f", "cytoscape", "-o", "harmless.json"]);
    assert_ne!(content("other.json"), "old");
}

#[test]
fn a_replaced_output_keeps_its_permissions() {
    let directory = temp_dir(&[("out.csv", "")]);
    let out = directory.path().join("out.csv");
    fs::set_permissions(&out, fs::Permissions::from_mode(0o600)).expect("they can be set");
    stdout_of(directory.path(), &["query", "--example", "-e", "ASK {}", "-f", "csv", "-o", "out.csv"]);
    let permissions = fs::metadata(&out).expect("it is there").permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);
}

#[test]
fn the_files_of_a_killed_command_are_removed_by_the_next_and_those_of_a_running_one_are_not() {
    let directory = temp_dir(&[]);
    let mut child = start_writing(directory.path(), &mut endless(directory.path()));
    let next = || {
        stdout_of(directory.path(), &["query", "--example", "-e", "ASK {}", "-o", "next.csv"]);
        names(directory.path())
    };
    assert_eq!(next().len(), 2, "the command is running");
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert_eq!(names(directory.path()).len(), 2);
    assert_eq!(next(), ["next.csv"]);
}

#[test]
fn every_command_that_writes_removes_what_a_killed_one_left() {
    let killed = ".factloom-0123456789ab.tmp";
    let diagram = "#+ diagram: { title: D }\n#+ expect: some\nSELECT ?statement { ?statement a fl:Fact }";
    let query = ("queries/q.rq", "SELECT ?a { ?a v:built ?b }");
    let dataset = dataset(&[query, ("queries/diagram.rq", diagram)]);
    assert_eq!(factloom(dataset.path(), &["test", "--bless"]).status, Some(0));
    for (args, directory) in [
        (&["lock"][..], ""),
        (&["test", "--bless"], "tests/queries"),
        (&["build"], "factloom-out"),
        (&["draw", "--all", "-o", "images"], "images"),
        (&["draw", "-o", "images/a.svg"], "images"),
        (&["export", "-o", "a.ttl"], ""),
        // With a cached graph, too.
        (&["facts"], ".factloom"),
    ] {
        let file = dataset.path().join(directory).join(killed);
        fs::create_dir_all(file.parent().expect("a directory")).expect("it can be created");
        fs::write(&file, "").expect("it can be written");
        let output = factloom(dataset.path(), args);
        assert!(output.status == Some(0) && !file.exists(), "{args:?}: {output:?}");
    }
}

#[test]
fn an_output_that_is_a_link_is_written_to_its_target() {
    let directory = temp_dir(&[("elsewhere/old", "old")]);
    let query =
        |output: &str| run(command(directory.path()).args(["query", "--example", "-e", "ASK {}", "-o", output]));
    for (target, link) in
        [("elsewhere/old", "link"), ("elsewhere/new", "dangling"), ("/dev/null", "device"), ("cycle", "cycle")]
    {
        symlink(target, directory.path().join(link)).expect("a link can be made");
    }
    for name in ["link", "dangling", "device", "/dev/null"] {
        let RunOutput { status, stderr, .. } = query(name);
        assert_eq!(status, Some(0), "{name}: {stderr}");
    }
    for name in ["old", "new"] {
        let text = fs::read_to_string(directory.path().join("elsewhere").join(name)).expect("it was written");
        assert_eq!(text.trim(), "true", "{name}");
    }
    assert!(["link", "dangling", "device"].iter().all(|name| directory.path().join(name).is_symlink()));
    let RunOutput { status, stderr, .. } = query("cycle");
    assert_eq!(status, Some(2));
    assert!(stderr.contains("cannot write `cycle`: too many symbolic links"), "{stderr}");
    assert_eq!(names(directory.path()), ["cycle", "dangling", "device", "elsewhere", "link"]);
}

#[test]
fn a_default_directory_that_is_a_link_is_not_written_to() {
    let dataset = dataset(&[("real/graph.nt", "old")]);
    symlink("real", dataset.path().join("factloom-out")).expect("a link can be made");
    let output = factloom(dataset.path(), &["build"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("`factloom-out` is a link"), "{}", output.stderr);
    assert_eq!(names(&dataset.path().join("real")), ["graph.nt"]);
    // The user may name it. What is in it is replaced.
    fs::write(dataset.path().join("file"), "old").expect("it can be written");
    symlink("../file", dataset.path().join("real/graph.dot")).expect("a link can be made");
    assert_eq!(factloom(dataset.path(), &["build", "-o", "factloom-out"]).status, Some(0));
    assert!(!dataset.path().join("real/graph.dot").is_symlink());
    assert_eq!(fs::read_to_string(dataset.path().join("file")).expect("it is there"), "old");
}

#[test]
fn the_path_of_stdout_does_not_replace_the_file_that_it_is() {
    let directory = temp_dir(&[("out", "before\n")]);
    let out = fs::File::options().append(true).open(directory.path().join("out")).expect("it is there");
    let mut program = command(directory.path());
    let status = program.args(["query", "--example", "-e", "ASK {}", "-o", "/dev/stdout"]).stdout(out).status();
    assert!(status.is_ok_and(|status| status.success()));
    let text = fs::read_to_string(directory.path().join("out")).expect("it is there");
    assert_eq!(text.trim(), "before\ntrue");
}

#[test]
fn a_link_below_a_dataset_does_not_lead_an_output_out_of_it() {
    let directory = temp_dir(&[("outside/graph.svg", "secret"), ("data/images/x", "")]);
    let root = directory.path().join("data");
    crate::scratch::copy(dataset(&[]).path(), &root);
    symlink("../outside", root.join("out")).expect("a link can be made");
    symlink("../outside/graph.svg", root.join("graph.svg")).expect("a link can be made");
    for args in [
        &["draw", "-o", "graph.svg"][..],
        &["draw", "-o", "out/new.svg"],
        &["draw", "--dataset", "data", "-o", "data/graph.svg"],
        &["build", "-o", "out"],
        &["export", "-f", "neo4j", "-o", "out/new"],
        &["query", "-e", "ASK {}", "-o", "out/a.csv"],
    ] {
        let working = if args.contains(&"data") { directory.path() } else { &root };
        let output = factloom(working, args);
        assert_eq!(output.status, Some(2), "{args:?}");
        assert!(output.stderr.contains("a link leads out of the dataset"), "{args:?}: {}", output.stderr);
        assert_eq!(names(&directory.path().join("outside")), ["graph.svg"]);
        let text = fs::read_to_string(directory.path().join("outside/graph.svg")).expect("it is there");
        assert_eq!(text, "secret", "{args:?}");
    }
}

#[test]
fn golden_files_and_the_lock_are_not_written_through_links() {
    let query = ("queries/q.rq", "SELECT ?a { ?a v:built ?b }");
    let manifest = crate::scratch::MANIFEST.replacen('{', r#"{ "tests": "tests/*.csv","#, 1);
    for (link, target) in [
        ("tests", "../outside"),
        ("tests", "inside"),
        ("tests/q.csv", "../../outside/q.csv"),
        ("tests/q.csv", "../inside/q.csv"),
        ("factloom.lock", "../outside/q.csv"),
        ("factloom.lock", "../outside/new"),
        ("factloom.lock", "inside/q.csv"),
    ] {
        let valid = dataset(&[query, ("factloom.json", &manifest)]);
        let directory = temp_dir(&[("outside/q.csv", "secret\n"), ("data/inside/q.csv", "a\n")]);
        make_work_tree(directory.path());
        let root = directory.path().join("data");
        crate::scratch::copy(valid.path(), &root);
        fs::create_dir_all(root.join(link).parent().expect("a directory")).expect("it can be created");
        symlink(target, root.join(link)).expect("a link can be made");
        let args: &[&str] = if link == "factloom.lock" { &["lock"] } else { &["test", "--bless"] };
        let output = factloom(&root, args);
        assert!(matches!(output.status, Some(1 | 2)), "{link} → {target}: {output:?}");
        let messages = output.stderr + &output.stdout;
        let is_refused = messages.contains(&format!("`{link}` is a link, and factloom does not write through links"))
            || messages.contains("is a link that leads outside the dataset");
        assert!(is_refused, "{link} → {target}: {messages}");
        assert_eq!(names(&directory.path().join("outside")), ["q.csv"]);
        assert_eq!(fs::read_to_string(directory.path().join("outside/q.csv")).expect("it is there"), "secret\n");
        assert_eq!(fs::read_to_string(root.join("inside/q.csv")).expect("it is there"), "a\n");
        assert!(root.join(link).is_symlink() && !messages.contains("secret"));
    }
}

#[test]
fn a_new_dataset_is_not_written_through_a_link() {
    let directory = temp_dir(&[("elsewhere/a", ""), ("new/a", "")]);
    symlink("../elsewhere", directory.path().join("new/sources")).expect("a link can be made");
    let output = factloom(directory.path(), &["init", "new"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("`sources` is a link"), "{}", output.stderr);
    assert_eq!(names(&directory.path().join("elsewhere")), ["a"]);
    assert!(!directory.path().join("new/factloom.json").exists());
}
