//! Datasets in temporary directories.

use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A temporary directory with files.
pub fn temp_dir(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in files {
        write(directory.path(), name, text);
    }
    directory
}

/// Writes a file, and creates its parent directories.
pub fn write(directory: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().expect("it has a parent")).expect("a directory can be made");
    fs::write(path, content).expect("the file can be written");
}

/// Makes a directory the top of a git work tree, as far as datasets in it are concerned: they may read its stored queries.
pub fn make_work_tree(directory: &Path) {
    fs::create_dir(directory.join(".git")).expect("a directory can be made");
}

/// Copies a directory and all files in it.
pub fn copy(from: &Path, to: &Path) {
    for file in crate::files_below(from) {
        write(to, &file.to_string_lossy(), fs::read(from.join(&file)).expect("the file can be read"));
    }
}

pub const MANIFEST: &str = r#"{ "title": "A mill", "base": "https://example.org/mill/", "language": "en",
  "sources": [{ "id": "chronicle", "content": "The guild built the old mill.\nThe town praised it.\n" }] }"#;

pub const VOCABULARY: &str = r#"@prefix v: <https://example.org/mill/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
v:Thing a owl:Class .
v:built a owl:ObjectProperty ; rdfs:label "built" .
"#;

pub const ENTITIES: &str = r#"[
  { "id": "guild", "type": "Thing", "label": "Guild" },
  { "id": "old-mill", "type": "Thing", "label": "Old mill" }
]"#;

pub const FACTS: &str = r#"[
  { "id": "f", "subject": "guild", "predicate": "built", "object": "old-mill",
    "evidence": [{ "source": "chronicle", "quote": "The guild built the old mill" }] }
]"#;

/// A small valid dataset, with some of its files replaced and others added.
pub fn dataset(files: &[(&str, &str)]) -> TempDir {
    let valid = [
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("facts.json", FACTS),
    ];
    let dataset = temp_dir(&valid);
    for (name, text) in files {
        write(dataset.path(), name, text);
    }
    dataset
}
