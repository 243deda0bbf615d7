//! The README shows what the program does: its commands are run, and answer what stands below them.

use crate::program;
use std::fs;
use std::path::Path;

#[test]
fn the_commands_of_the_readme_answer_what_it_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let empty = tempfile::tempdir().unwrap();
    let mut run = 0;
    for block in readme.split("```console\n$ factloom ").skip(1) {
        let (command, rest) = block.split_once('\n').unwrap();
        let expected = rest.split("```").next().unwrap();
        let said = program::run(program::command(empty.path()).args(words(command)));
        assert_eq!(said.status, Some(0), "{command}: {}", said.stderr);
        assert_eq!(said.stdout.replace('\r', ""), expected, "{command}");
        run += 1;
    }
    assert!(run >= 5, "the README shows fewer commands than it did");
    for picture in ["pakistan-steel-mills.svg", "who-helped-build-psm.svg"] {
        let drawn = fs::read(empty.path().join(picture)).unwrap();
        let shown = fs::read(root.join("docs").join(picture)).unwrap();
        assert!(drawn == shown, "docs/{picture} is no longer what the facts give");
    }
}

/// Cuts a command into words; single quotation marks hold words together.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('\'').enumerate();
    let words = parts.flat_map(|(index, part)| match index % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}
