//! `factloom rename`

use crate::program::{factloom, stdout_of};
use crate::scratch::{temp_dir, write};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The tutorial dataset in a directory whose name has a space.
fn dataset() -> (TempDir, String) {
    let here = temp_dir(&[]);
    stdout_of(here.path(), &["init", "a dataset"]);
    (here, "a dataset".to_owned())
}

fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let names = crate::files_below(directory).into_iter().filter(|name| !name.iter().any(|part| part == ".factloom"));
    let read = |name: std::path::PathBuf| (name.display().to_string(), fs::read(directory.join(&name)).unwrap());
    names.map(read).collect()
}

#[test]
fn without_write_only_the_differences_are_shown() {
    let (here, name) = dataset();
    let before = files(here.path());
    let output = factloom(here.path(), &["rename", "steam-engine", "engine", "--dataset", &name]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains("+++ entities.json\n@@ -3,5 +3,5 @@"), "{}", output.stdout);
    assert!(
        output.stderr.ends_with("note: nothing was written; --write renames the entity `steam-engine` in 3 files\n")
    );
    assert_eq!(files(here.path()), before);
}

#[test]
fn a_rename_and_back_leaves_the_files_as_they_were() {
    let (here, name) = dataset();
    let before = files(here.path());
    for (old, new) in
        [("e:pump-house", "مضخة"), ("v:built", "constructed"), ("Town", "City"), ("src:pump-house", "leaflet")]
    {
        let renamed = factloom(here.path(), &["rename", old, new, "--write", "--dataset", &name]);
        assert_eq!(renamed.status, Some(0), "{old}: {}", renamed.stderr);
        assert_ne!(files(here.path()), before, "{old}");
        for command in [&["check", "--deny", "warnings"][..], &["test"]] {
            let output = factloom(here.path(), &[command, &["--dataset", &name]].concat());
            assert_eq!(output.status, Some(0), "{old} {command:?}: {}{}", output.stdout, output.stderr);
        }
        let old = old.split_once(':').map_or(old, |(_, id)| id);
        stdout_of(here.path(), &["rename", new, old, "--write", "-q", "--dataset", &name]);
        assert_eq!(files(here.path()), before, "{old}");
    }
}

#[test]
fn refusals_name_the_next_step() {
    let (here, name) = dataset();
    let before = files(here.path());
    for (args, status, part) in [
        (&["pump-house", "x"][..], 2, "help: choose with --kind entity or source\n"),
        (&["steam-engin", "x"], 2, "help: did you mean the entity `steam-engine`?\n"),
        (
            &["steam-engine", "water-company"],
            2,
            "error: the entity `water-company` exists already\nhelp: choose another name\n",
        ),
        (&["steam-engine", "../x"], 2, "error: `../x` is not a valid id: invalid character '.' in an id\n"),
    ] {
        let output = factloom(here.path(), &[&["rename", "--write", "--dataset", &name], args].concat());
        assert_eq!(output.status, Some(status), "{args:?}");
        assert!(output.stderr.contains(part), "{args:?}\n{}", output.stderr);
    }
    write(
        &here.path().join(&name),
        "queries/ends.rq",
        "ASK { ?x a v:Machine FILTER(STRENDS(STR(?x), 'steam-engine')) }",
    );
    write(&here.path().join(&name), "tests/queries/ends.bool", "true\n");
    let output = factloom(here.path(), &["rename", "steam-engine", "engine", "--write", "--dataset", &name]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("stored queries have other results:"), "{}", output.stderr);
    assert!(output.stderr.contains("nothing was renamed; correct the queries"), "{}", output.stderr);
    for (file, _) in before {
        assert!(!fs::read_to_string(here.path().join(&file)).unwrap().contains("\"engine\""), "{file}");
    }
    let output = factloom(here.path(), &["rename", "russia", "x", "--write", "--example"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
}

#[cfg(unix)]
#[test]
fn all_files_are_written_or_none() {
    let (here, name) = dataset();
    let directory = here.path().join(&name);
    // A link in place of a file that is to be changed.
    fs::rename(directory.join("facts.json"), directory.join("real.json")).unwrap();
    std::os::unix::fs::symlink("real.json", directory.join("facts.json")).unwrap();
    let before = files(&directory);
    let output = factloom(here.path(), &["rename", "steam-engine", "engine", "--write", "--dataset", &name]);
    assert_eq!(output.status, Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("factloom does not write through links"), "{}", output.stderr);
    assert_eq!(files(&directory), before);
}
