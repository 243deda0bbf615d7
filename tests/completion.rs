//! The completion of arguments by a shell, and manual pages.

use crate::program::{command, factloom, run, run_external, stdout_of};
use crate::scratch::{MANIFEST, VOCABULARY, temp_dir, write};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// A directory with the cached graph of the bundled example: building it may take too long for completion.
fn cache() -> &'static Path {
    static CACHE: LazyLock<TempDir> = LazyLock::new(|| {
        let directory = temp_dir(&[]);
        stdout_of(directory.path(), &["query", "--example", "--cache-dir", ".", "ASK {}"]);
        directory
    });
    CACHE.path()
}

/// Caches the graph of a dataset.
fn build(directory: &Path) {
    stdout_of(directory, &["query", "--cache-dir", &cache().display().to_string(), "ASK {}"]);
}

/// The candidates for the last word of a command line, with their descriptions after a tab.
#[track_caller]
fn described(directory: &Path, words: &[&str]) -> Vec<String> {
    let mut command = command(directory);
    command.env("FACTLOOM_CACHE_DIR", cache()).env("FACTLOOM_COMPLETE", "fish");
    let output = run(command.args(["--", "factloom"]).args(words));
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{words:?}");
    output.stdout.lines().map(str::to_owned).collect()
}

/// The candidates for the last word of a command line.
#[track_caller]
fn candidates(directory: &Path, words: &[&str]) -> Vec<String> {
    let names = described(directory, words).into_iter();
    names.map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

/// The candidates that are not options, which every empty word has.
#[track_caller]
fn names(directory: &Path, words: &[&str]) -> Vec<String> {
    let mut names = candidates(directory, words);
    names.retain(|name| !name.starts_with("--"));
    names
}

#[test]
fn commands_and_options_are_completed() {
    let root = Path::new("/");
    assert_eq!(candidates(root, &["cov"]), ["coverage"]);
    assert_eq!(candidates(root, &["draw", "--clu"]), ["--cluster"]);
    assert!(candidates(root, &["query", "--cite="]).contains(&"--cite=footnotes".to_owned()));
}

#[test]
fn names_of_the_dataset_are_completed() {
    let root = Path::new("/");
    let complete = |words: &[&str]| candidates(root, words);
    assert_eq!(complete(&["show", "--example", "soviet-u"]), ["soviet-union"]);
    assert_eq!(complete(&["facts", "--example", "--predicate", "helpedB"]), ["helpedBuild"]);
    assert_eq!(complete(&["draw", "--example", "--class", "Cit"]), ["City"]);
    assert_eq!(complete(&["facts", "--source", "psm-r"]), ["psm-revival"]);
    assert_eq!(complete(&["quote", "--source", "psm-r"]), ["psm-revival"]);
    assert_eq!(complete(&["coverage", "psm-r"]), ["psm-revival"]);
    assert_eq!(complete(&["path", "karachi", "soviet-u"]), ["soviet-union"]);
    assert_eq!(complete(&["draw", "--between", "karachi", "soviet-u"]), ["soviet-union"]);
    assert_eq!(complete(&["why", "soviet-union-helped-build-psm-g"]), ["soviet-union-helped-build-psm-geo"]);
    assert_eq!(complete(&["query", "who-helped-build-"]), ["who-helped-build-psm"]);
    assert_eq!(complete(&["test", "who-helped-build-"]), ["who-helped-build-psm"]);
    assert_eq!(complete(&["rename", "soviet-u"]), ["soviet-union"]);
    let diagrams = complete(&["watch", "--draw", "diagram-of-who-helped-build-"]);
    assert_eq!(diagrams, ["diagram-of-who-helped-build-psm"]);
    assert_eq!(complete(&["man", "sour"]), ["source"]);
    assert_eq!(complete(&["show", "nobody"]), [""; 0]);
}

#[test]
fn a_candidate_is_described() {
    let root = Path::new("/");
    assert_eq!(described(root, &["show", "soviet-u"]), ["soviet-union\tSoviet Union"]);
    assert_eq!(described(root, &["show", "Soviet"]), ["Soviet Union\tsoviet-union"]);
    let why = described(root, &["why", "soviet-union-helped-build-psm-g"]);
    assert_eq!(why, ["soviet-union-helped-build-psm-geo\tSoviet Union helped build Pakistan Steel Mills"]);
    assert_eq!(described(root, &["query", "who-helped-build-"]).len(), 1);
}

#[test]
fn parameters_of_a_stored_query_and_their_values_are_completed() {
    let root = Path::new("/");
    assert!(candidates(root, &["query", "who-helped-build", "--pl"]).contains(&"--plant".to_owned()));
    assert!(!candidates(root, &["query", "parties", "--pl"]).contains(&"--plant".to_owned()));
    let values = candidates(root, &["query", "who-helped-build", "--plant", "p"]);
    assert!(values.contains(&"pakistan-steel-mills".to_owned()), "{values:?}");
    let by_label = candidates(root, &["query", "who-helped-build", "--plant", "Pakistan S"]);
    assert_eq!(by_label, ["Pakistan Steel Mills"]);
}

#[test]
fn the_dataset_in_use_is_that_of_the_command_line_or_of_the_working_directory() {
    let other = temp_dir(&[("factloom.json", MANIFEST), ("vocabulary.ttl", VOCABULARY)]);
    write(other.path(), "entities.json", r#"[{ "id": "مصنع", "type": "Thing", "label": "مصنع الصلب" }]"#);
    write(other.path(), "facts.json", "[]");
    build(other.path());
    let path = other.path().to_str().expect("a readable path");
    assert_eq!(names(other.path(), &["show", ""]), ["مصنع"]);
    assert_eq!(names(Path::new("/"), &["show", "--dataset", path, ""]), ["مصنع"]);
    assert_eq!(candidates(Path::new("/"), &["show", &format!("--dataset={path}"), "مصنع ا"]), ["مصنع الصلب"]);
    assert_eq!(candidates(other.path(), &["show", "--example", "soviet-u"]), ["soviet-union"]);
    // A graph that is out of date is completed from, not rebuilt.
    write(other.path(), "facts.json", "[ broken");
    assert_eq!(names(other.path(), &["show", ""]), ["مصنع"]);
}

#[test]
fn a_dataset_that_cannot_be_read_has_no_candidates() {
    let broken = temp_dir(&[("factloom.json", "{")]);
    assert_eq!(candidates(broken.path(), &["show", "a"]), [""; 0]);
    assert_eq!(candidates(Path::new("/"), &["show", "--dataset", "/missing", "a"]), [""; 0]);
}

#[test]
fn a_hostile_label_is_not_a_candidate() {
    let hostile = temp_dir(&[("factloom.json", MANIFEST), ("vocabulary.ttl", VOCABULARY)]);
    let entities = r#"[{ "id": "a", "type": "Thing", "label": "Mill $(touch x)" },
        { "id": "b", "type": "Thing", "label": "Mill `x`" }, { "id": "c", "type": "Thing", "label": "Mill; x" },
        { "id": "d", "type": "Thing", "label": "Mill of stone" }]"#;
    write(hostile.path(), "entities.json", entities);
    write(hostile.path(), "facts.json", "[]");
    build(hostile.path());
    assert_eq!(candidates(hostile.path(), &["show", "Mill"]), ["Mill of stone"]);
    assert_eq!(names(hostile.path(), &["show", ""]), ["a", "b", "c", "d"]);
}

#[test]
fn an_unknown_shell_is_an_error() {
    let output = run(command(Path::new("/")).env("FACTLOOM_COMPLETE", "tcl").args(["--", "factloom", "c"]));
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("unknown shell `tcl`"), "{}", output.stderr);
}

fn bash_completes_names_with_spaces() {
    let script = stdout_of(Path::new("/"), &["completions", "bash"]);
    let program = assert_cmd::cargo::cargo_bin!("factloom");
    let (directory, cache) = (program.parent().expect("it has a parent").display(), cache().display());
    let test = format!(
        "{script}\nexport PATH='{directory}':$PATH FACTLOOM_CACHE_DIR='{cache}'\nCOMP_TYPE=9\ncomplete -p factloom\n\
         words() {{ COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _clap_complete_factloom factloom \"${{!#}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"; }}\n\
         words factloom show --example soviet-u\nwords factloom show --example 'Soviet\\ U'\nwords factloom cover\n"
    );
    let output = run_external("bash", &["--norc"], test.as_bytes());
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().map(str::trim_end).collect();
    assert_eq!(lines[1..], ["soviet-union", "Soviet\\ Union", "coverage"], "{}", output.stderr);
}
external!(Need::Program("bash"), bash_completes_names_with_spaces);

#[test]
fn a_command_has_a_manual_page() {
    let page = stdout_of(Path::new("/"), &["man", "query"]);
    assert!(page.contains(".TH factloom-query 1"), "{page}");
    assert!(page.contains("\\-\\-why\\-empty"), "{page}");
    let directory = temp_dir(&[]);
    stdout_of(directory.path(), &["man", "-o", "pages"]);
    let written = std::fs::read_to_string(directory.path().join("pages/factloom-query.1")).expect("it is written");
    assert_eq!(written, page);
    let program = std::fs::read_to_string(directory.path().join("pages/factloom.1")).expect("it is written");
    assert_eq!(program, stdout_of(Path::new("/"), &["man"]));
    let unknown = factloom(Path::new("/"), &["man", "qery"]);
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.stderr.contains("query"), "{}", unknown.stderr);
}
