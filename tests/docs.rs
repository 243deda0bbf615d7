//! The documentation shows what the program prints: trycmd runs every command of the README and of `docs/`.
//!
//! The commands of a document run in sequence, in an empty directory or a copy of `tests/docs/NAME/`. An image of `docs/images/`
//! that a command writes must have the same bytes. `TRYCMD=overwrite` updates the documents and the images.

use crate::layering::ORDER;
use crate::scratch::copy;
use crate::{files_below, repository};
use std::fs;
use std::path::{Path, PathBuf};

/// The guides for contributors, relative to the repository.
const GUIDES: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];

/// The README, the guides for contributors and everything below `docs/`, relative to the repository.
pub fn documents() -> Vec<PathBuf> {
    let docs = files_below(&repository().join("docs")).into_iter().map(|path| Path::new("docs").join(path));
    let mut documents: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    documents.extend(["README.md"].iter().chain(&GUIDES).map(PathBuf::from));
    documents
}

/// The path of a program that documents use, from `PATH`.
fn program(name: &str) -> PathBuf {
    let directories = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = std::env::split_paths(&directories).map(|directory| directory.join(name));
    paths.find(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

#[test]
fn every_command_in_the_documentation_prints_what_is_shown() {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let cases = trycmd::TestCases::new();
    cases
        .register_bin("factloom", assert_cmd::cargo::cargo_bin!("factloom"))
        .register_bins(["git", "mv", "sed"].map(|name| (name, program(name))))
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .env("FACTLOOM_SOURCES", "")
        .env("FACTLOOM_CACHE_DIR", "");
    let images = repository().join("docs/images");
    let mut copies = Vec::new();
    for (number, document) in documents().into_iter().enumerate() {
        // A copy in a directory of its own: trycmd looks for the initial files next to the document.
        let directory = scratch.path().join(number.to_string());
        let file = directory.join(document.file_name().expect("a file name"));
        let (initial, expected) = (file.with_extension("in"), file.with_extension("out"));
        fs::create_dir_all(&initial).expect("a directory can be made");
        fs::create_dir_all(&expected).expect("a directory can be made");
        let files = repository().join("tests/docs").join(document.file_stem().expect("a file stem"));
        if files.is_dir() {
            copy(&files, &initial);
        }
        let text = fs::read_to_string(repository().join(&document)).expect("the document is UTF-8");
        fs::write(&file, &text).expect("the document can be copied");
        for image in files_below(&images) {
            if text.contains(&format!("-o {}\n", image.display())) {
                fs::copy(images.join(&image), expected.join(&image)).expect("the image can be copied");
                copies.push((Path::new("docs/images").join(&image), expected.join(&image)));
            }
        }
        cases.case(&file);
        copies.push((document, file));
    }
    cases.run();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        for (original, copy) in copies {
            fs::copy(copy, repository().join(original)).expect("the original can be written");
        }
    }
}

#[test]
fn every_link_between_documents_leads_to_a_file() {
    let link = regex::Regex::new(r"\]\(([^)#\s]+)").expect("a valid pattern");
    for document in documents() {
        let text = fs::read_to_string(repository().join(&document)).expect("the document is UTF-8");
        let directory = document.parent().unwrap_or(Path::new(""));
        for target in link.captures_iter(&text).map(|found| found[1].to_owned()) {
            let exists = target.contains("://") || repository().join(directory).join(&target).exists();
            assert!(exists, "{}: no file `{target}`", document.display());
        }
    }
}

#[test]
fn the_guides_for_contributors_name_things_that_exist() {
    let read = |directory: &str| -> String {
        let paths = files_below(&repository().join(directory)).into_iter();
        let source = paths.filter(|path| path.extension().is_some_and(|e| e == "rs"));
        let text = |path| fs::read_to_string(repository().join(directory).join(path)).expect("the source is UTF-8");
        source.map(text).collect()
    };
    let source = read("src") + &read("tests");
    let span = regex::Regex::new("`([^`\n]+)`").expect("a valid pattern");
    let item = regex::Regex::new(r"^[a-z_]+(::\w+)+$|^[A-Z]\w+::\w+$").expect("a valid pattern");
    let path =
        regex::Regex::new(r"^(src|tests|docs|data|benches|queries|fuzz|\.ci)/[\w./-]*$").expect("a valid pattern");
    let mut found = 0;
    for guide in GUIDES {
        let text = fs::read_to_string(repository().join(guide)).expect("the guide is UTF-8");
        for name in span.captures_iter(&text).map(|found| found[1].to_owned()) {
            if item.is_match(&name) {
                let last = name.rsplit("::").next().expect("it has parts");
                let definition = format!(r"\b(fn|struct|enum|mod|trait|type|const) {last}\b|(?m)^\s+{last}\b");
                let is_defined = regex::Regex::new(&definition).expect("a valid pattern").is_match(&source);
                assert!(is_defined, "{guide}: nothing is named `{name}`");
                found += 1;
            } else if path.is_match(&name) && !name.contains("NAME") && !name.contains("CASE") {
                assert!(repository().join(&name).exists(), "{guide}: no file `{name}`");
                found += 1;
            }
        }
    }
    assert!(found > 60, "only {found} names were found");
}

#[test]
fn the_map_of_the_source_lists_the_modules_in_order() {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("the guide is UTF-8");
    let row = regex::Regex::new(r"(?m)^\| `(\w+)` \|").expect("a valid pattern");
    let listed: Vec<String> = row.captures_iter(&text).map(|found| found[1].to_owned()).collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).filter(|name| ORDER.contains(name)).collect();
    assert_eq!(listed, ORDER);
}
