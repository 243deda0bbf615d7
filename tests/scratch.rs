//! Datasets that a test writes for itself.

use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A temporary folder with files in it.
pub fn temp_dir(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

/// Writes a file, and the folders that it lies in.
pub fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("it is below a folder")).expect("the folder can be made");
    fs::write(path, content).expect("the file can be written");
}

/// Copies a folder and all that is in it.
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

/// A small dataset with nothing wrong, with some of its files replaced and others added.
pub fn dataset(files: &[(&str, &str)]) -> TempDir {
    let sound = [
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("facts.json", FACTS),
    ];
    let made = temp_dir(&sound);
    for (name, text) in files {
        write(made.path(), name, text);
    }
    made
}
