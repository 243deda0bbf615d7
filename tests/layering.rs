//! The architecture of the source: the layers, which modules print or open files, and the length of files.

use crate::{files_below, repository};
use regex::{Captures, Regex};
use std::collections::BTreeSet;
use std::fs;

/// The modules in order: each imports only from those before it.
pub const ORDER: &[&str] = &[
    "model",
    "escape",
    "atomic_file",
    "diagnostic",
    "files",
    "dataset",
    "check",
    "triples",
    "store",
    "query",
    "rules",
    "view",
    "output",
    "project",
    "report",
    "authoring",
    "testing",
    "cli",
];

/// A source file.
struct File {
    /// Its path relative to `src`, with `/`.
    path: String,
    /// The text without comments and tests.
    text: String,
    /// The text without comments, tests and the contents of strings.
    code: String,
    lines: usize,
}

impl File {
    /// The file's module in [`ORDER`]; `None` for `lib.rs` and `main.rs`.
    fn module(&self) -> Option<&str> {
        let first = self.path.split(['/', '.']).next()?;
        ORDER.contains(&first).then_some(first)
    }

    /// The number of modules between the file and the root of the crate.
    fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

/// The source files, except those of test modules.
fn source() -> Vec<File> {
    // Literals are tokens too, so that quotation marks and slashes in them do not start a string or a comment.
    let token = regex(r##"(?s)r#+".*?"#+|"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'|//[^\n]*|/\*.*?\*/"##);
    let test_module = regex(r"(?s)#\[cfg\(test\)\]\n(?:#[^\n]*\n)?[^\n]*mod (\w+)(?:;| \{.*)");
    let root = repository().join("src");
    let paths = files_below(&root).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let mut test_modules = BTreeSet::new();
    let mut files = Vec::new();
    for path in paths {
        let whole = fs::read_to_string(root.join(&path)).expect("the source is UTF-8");
        test_modules.extend(test_module.captures_iter(&whole).map(|found| found[1].to_owned()));
        let without_comments = token.replace_all(&whole, |token: &Captures<'_>| match token[0].starts_with('/') {
            true => String::new(),
            false => token[0].to_owned(),
        });
        let text = test_module.replace_all(&without_comments, "").into_owned();
        let code = token.replace_all(&text, "\"\"").into_owned();
        let path = path.to_string_lossy().replace('\\', "/");
        files.push(File { path, text, code, lines: whole.lines().count() });
    }
    files.retain(|file| !file.path.split(['/', '.']).any(|name| test_modules.contains(name)));
    assert!(files.len() > 20, "the source was not found");
    files
}

/// The names that follow `crate::`, including those in braces.
fn imports(code: &str) -> Vec<String> {
    let path = regex(r"crate::(\w+|\{(?:[^{};]|\{[^{}]*\})*\})");
    let nested = regex(r"\{[^{}]*\}");
    let mut names = Vec::new();
    for found in path.captures_iter(code) {
        match found[1].strip_prefix('{').and_then(|group| group.strip_suffix('}')) {
            Some(group) => {
                let group = nested.replace_all(group, "").into_owned();
                let first = |item: &str| item.trim().split("::").next().unwrap_or_default().to_owned();
                names.extend(group.split(',').map(first).filter(|name| !name.is_empty()));
            }
            None => names.push(found[1].to_owned()),
        }
    }
    names
}

#[test]
fn a_module_imports_only_from_those_above_it() {
    for file in source() {
        let Some(module) = file.module() else { continue };
        let layer = ORDER.iter().position(|m| *m == module);
        for name in imports(&file.code) {
            match ORDER.iter().position(|m| *m == name) {
                known @ Some(_) => assert!(known <= layer, "src/{} imports from {name}, which is below it", file.path),
                // The items in lib.rs depend on all modules.
                None => {
                    let may_use_root = matches!(module, "testing" | "cli");
                    assert!(may_use_root, "src/{} imports `{name}` from the crate's root", file.path);
                }
            }
        }
    }
}

#[test]
fn the_store_knows_no_datasets() {
    for file in source().iter().filter(|file| file.module() == Some("store")) {
        for name in imports(&file.code) {
            assert!(
                ["model", "escape", "diagnostic", "atomic_file", "triples", "store"].contains(&&*name),
                "src/{} imports {name}",
                file.path
            );
        }
    }
}

#[test]
fn modules_are_imported_by_their_path_in_the_crate() {
    for file in source().iter().filter(|file| file.module().is_some()) {
        let chain = "super::".repeat(file.depth());
        assert!(!file.code.contains(&chain), "src/{} imports from the crate's root with `{chain}`", file.path);
    }
}

#[test]
fn the_library_declares_the_modules_in_order() {
    let lib = source().into_iter().find(|f| f.path == "lib.rs").expect("there is a lib.rs").code;
    let declared: Vec<&str> =
        lib.lines().filter_map(|l| l.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ORDER);
}

#[test]
fn only_the_command_line_prints() {
    let printing = regex(r"\be?print(ln)?!|\bdbg!|\banstream::|\bstd(out|err)\(\)");
    for file in source().iter().filter(|file| !matches!(file.module(), Some("cli"))) {
        assert_eq!(printing.find(&file.code).map(|found| found.as_str()), None, "src/{} prints", file.path);
    }
}

#[test]
fn only_the_modules_that_read_and_write_files_open_them() {
    let opening = regex(r"\bstd::fs\b|\bfs::|\bFile::|\bOpenOptions\b|\btempfile\b|\bio::stdin\b");
    let may_open = regex("^(atomic_file/|files/|store/|project/|authoring/|cli/)");
    for file in source().iter().filter(|file| !may_open.is_match(&file.path)) {
        assert_eq!(opening.find(&file.code).map(|found| found.as_str()), None, "src/{} opens files", file.path);
    }
}

#[test]
fn only_one_module_writes_files() {
    let writing = regex(r"\bFile::create|\bfs::(write|copy|rename)\b|\bOpenOptions\b|\btempfile\b|\bpersist");
    // One opens files for reading, the other devices and pipes that the user names.
    let may_open = ["files/open.rs", "cli/output_file.rs"];
    for file in source().iter().filter(|file| file.module() != Some("atomic_file")) {
        if !may_open.contains(&file.path.as_str()) {
            assert_eq!(writing.find(&file.code).map(|found| found.as_str()), None, "src/{} writes files", file.path);
        }
    }
}

#[test]
fn only_one_module_escapes_text() {
    let escaping = regex(r"quick_xml::escape|&amp;|&quot;|&#\d|%0A|%25|escape_debug");
    for file in source().iter().filter(|file| file.module() != Some("escape")) {
        assert_eq!(escaping.find(&file.text).map(|found| found.as_str()), None, "src/{} escapes text", file.path);
    }
}

#[test]
fn only_one_module_renders_evidence() {
    let rendering = regex(r"evidence\.(quote|note|span|selector)\b|\bEvidence \{");
    // Web Annotations have a mapping of their own.
    let may_render = ["output/evidence.rs", "output/exchange/annotations.rs"];
    let is_output = |file: &&File| matches!(file.module(), Some("output" | "report" | "cli"));
    for file in source().iter().filter(is_output).filter(|file| !may_render.contains(&file.path.as_str())) {
        assert_eq!(rendering.find(&file.code).map(|found| found.as_str()), None, "src/{} renders evidence", file.path);
    }
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for file in source() {
        assert!(file.lines <= 500, "src/{} has {} lines", file.path, file.lines);
    }
}

#[test]
fn the_source_does_not_mention_the_bundled_dataset() {
    let data = repository().join("data/psm");
    let entities = fs::read_to_string(data.join("entities.json")).expect("entities.json");
    let entities: Vec<serde_json::Value> = serde_json::from_str(&entities).expect("entities.json is plain JSON");
    let vocabulary = fs::read_to_string(data.join("vocabulary.ttl")).expect("vocabulary.ttl");
    let mut names: BTreeSet<String> = ["psm", "pakistan", "russia"].map(str::to_owned).into();
    for entity in &entities {
        let id = entity["id"].as_str().expect("an id");
        let label = entity["label"].as_str().expect("a label");
        // Single lower-case words such as `workers` are not names.
        if id.contains('-') || label.chars().all(char::is_alphabetic) && label.starts_with(char::is_uppercase) {
            names.insert(id.to_lowercase());
            names.insert(label.to_lowercase());
        }
    }
    let terms = vocabulary.lines().filter_map(|l| l.strip_prefix("v:")?.split_whitespace().next());
    // Only terms with an inner capital letter are not ordinary words.
    let terms: BTreeSet<&str> = terms.filter(|t| t.chars().skip(1).any(char::is_uppercase)).collect();
    assert!(names.contains("soviet-union") && terms.contains("helpedBuild"), "{names:?} {terms:?}");
    let any_of = |names: Vec<&str>| {
        let names: Vec<String> = names.into_iter().map(regex::escape).collect();
        regex(&format!(r"(?:^|\W)({})(?:\W|$)", names.join("|")))
    };
    let names = any_of(names.iter().map(String::as_str).collect());
    let terms = any_of(terms.into_iter().collect());
    for file in source() {
        let found = names.find(&file.text.to_lowercase()).map(|found| found.as_str().to_owned());
        assert_eq!(found, None, "src/{} mentions an entity of the bundled dataset", file.path);
        let found = terms.find(&file.text).map(|found| found.as_str());
        assert_eq!(found, None, "src/{} mentions a term of the bundled dataset", file.path);
    }
}

#[test]
fn comments_strings_and_nested_imports_are_recognized() {
    assert_eq!(imports("use crate::{a::{b, c}, d}; crate::e::f()"), ["a", "d", "e"]);
    let lib = source().into_iter().find(|f| f.path == "project/metadata.rs").expect("it exists");
    assert!(!lib.text.contains("//") && lib.text.contains("JSON\""), "{}", lib.text);
    assert!(!lib.code.contains("JSON\""), "{}", lib.code);
}
