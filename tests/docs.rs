//! The documentation shows what the program prints: trycmd runs every command of the README and of `docs/`.
//!
//! Each document has an empty directory of its own, or a copy of `tests/docs/NAME/` if that exists; its commands run there in
//! sequence. `TRYCMD=overwrite` writes the output into the documents.

use crate::scratch::copy;
use crate::{files_below, repository};
use std::fs;
use std::path::{Path, PathBuf};

/// The README and everything below `docs/`, relative to the repository.
pub fn documents() -> Vec<PathBuf> {
    let docs = files_below(&repository().join("docs")).into_iter().map(|path| Path::new("docs").join(path));
    let mut documents: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    documents.push(PathBuf::from("README.md"));
    documents
}

#[test]
fn every_command_in_the_documentation_prints_what_is_shown() {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let cases = trycmd::TestCases::new();
    cases
        .register_bin("factloom", assert_cmd::cargo::cargo_bin!("factloom"))
        .register_bins(["git", "mv", "sed"].map(|name| (name, Path::new(name))))
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .env("FACTLOOM_SOURCES", "")
        .env("FACTLOOM_CACHE_DIR", "");
    let mut copies = Vec::new();
    for (number, document) in documents().into_iter().enumerate() {
        // A copy in a directory of its own: trycmd looks for the initial files next to the document.
        let directory = scratch.path().join(number.to_string());
        let file = directory.join(document.file_name().expect("a file name"));
        let initial = file.with_extension("in");
        fs::create_dir_all(&initial).expect("a directory can be made");
        fs::create_dir_all(file.with_extension("out")).expect("a directory can be made");
        let files = repository().join("tests/docs").join(document.file_stem().expect("a file stem"));
        if files.is_dir() {
            copy(&files, &initial);
        }
        fs::copy(repository().join(&document), &file).expect("the document can be copied");
        cases.case(&file);
        copies.push((document, file));
    }
    cases.run();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        for (document, file) in copies {
            fs::copy(file, repository().join(document)).expect("the document can be written");
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
