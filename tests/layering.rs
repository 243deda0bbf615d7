//! How the source is laid out: which module knows which, which of them print and touch files, and how long files grow.

use crate::{files_below, repository};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules, in the order of the design: each imports only from those before it.
const ORDER: [&str; 13] = [
    "model",
    "diagnostic",
    "dataset",
    "check",
    "triples",
    "store",
    "query",
    "rules",
    "view",
    "output",
    "report",
    "testing",
    "cli",
];

/// A file of the source, without its tests.
struct File {
    /// Its path from `src/`.
    path: String,
    /// The text with comments blanked.
    text: String,
    /// The text with comments and the insides of strings blanked.
    code: String,
    lines: usize,
}

impl File {
    /// The module of the design that the file belongs to; `None` for `lib.rs` and `main.rs`.
    fn module(&self) -> Option<&str> {
        let first = self.path.split(['/', '.']).next()?;
        ORDER.contains(&first).then_some(first)
    }

    /// How many modules it lies below the crate's root.
    fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }
}

fn source() -> Vec<File> {
    let root = repository().join("src");
    let paths = files_below(&root).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let mut files = Vec::new();
    let mut for_tests: BTreeSet<PathBuf> = BTreeSet::new();
    for path in paths {
        let whole = fs::read_to_string(root.join(&path)).expect("the source is UTF-8");
        let (mut text, mut code) = (blanked(&whole, false), blanked(&whole, true));
        while let Some(at) = code.find("#[cfg(test)]") {
            let behind = &code[at..];
            let end = match (behind.find('{'), behind.find(';')) {
                (brace, Some(semicolon)) if brace.is_none_or(|brace| semicolon < brace) => {
                    let name = behind[..semicolon].rsplit(' ').next().unwrap_or_default();
                    for_tests.extend(module_files(&path, name));
                    at + semicolon + 1
                }
                (Some(brace), _) => at + closing(&behind[brace..]) + brace,
                (None, _) => code.len(),
            };
            for part in [&mut text, &mut code] {
                part.replace_range(at..end, &" ".repeat(end - at));
            }
        }
        let lines = whole.lines().count();
        files.push(File { path: path.to_string_lossy().replace('\\', "/"), text, code, lines });
    }
    files.retain(|file| !for_tests.contains(Path::new(&file.path)));
    assert!(files.len() > 20, "the source was not found");
    files
}

/// Where the file of a module may be that another file declares.
fn module_files(parent: &Path, name: &str) -> [PathBuf; 2] {
    let folder = match parent.file_name().and_then(|n| n.to_str()) {
        Some("mod.rs" | "lib.rs" | "main.rs") => parent.parent().unwrap_or(Path::new("")).to_owned(),
        _ => parent.with_extension(""),
    };
    [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")]
}

/// The byte behind the brace that closes the one at the beginning.
fn closing(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The text with blanks in place of comments, and of what stands in strings if asked. Every byte keeps its place.
fn blanked(text: &str, strings: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut blank = |from: usize, until: usize| {
        for byte in &mut out[from..until] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let find = |from: usize, end: &str| text[from..].find(end).map_or(bytes.len(), |at| from + at + end.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"//") {
            let end = text[at..].find('\n').map_or(bytes.len(), |n| at + n);
            blank(at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = find(at, "*/");
            blank(at, end);
            at = end;
        } else if rest[0] == b'r' && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1] != b'_') {
            let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
            if rest.get(1 + hashes) == Some(&b'"') {
                let end = find(at + hashes + 2, &format!("\"{}", "#".repeat(hashes)));
                if strings {
                    blank(at, end);
                }
                at = end;
            } else {
                at += 1;
            }
        } else if rest[0] == b'"' {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            if strings {
                blank(at + 1, end.min(bytes.len()));
            }
            at = end + 1;
        } else if rest[0] == b'\'' {
            // A character in quotation marks, or a lifetime.
            let c = text[at + 1..].chars().next().map_or(1, char::len_utf8);
            let end = match rest.get(1) {
                Some(b'\\') => find(at + 3, "'"),
                _ if rest.get(1 + c) == Some(&b'\'') => at + c + 2,
                _ => at + 1,
            };
            if strings && end > at + 1 {
                blank(at, end);
            }
            at = end;
        } else {
            at += 1;
        }
    }
    String::from_utf8(out).expect("whole characters were blanked")
}

/// The names that follow `crate::`, those in braces included.
fn of_crate(code: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let behind = &code[at + found.len()..];
        if !behind.starts_with('{') {
            names.push(name(behind));
            continue;
        }
        let mut depth = 0;
        let group = &behind[1..closing(behind) - 1];
        for item in group.split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        }) {
            names.push(name(item.trim()));
        }
    }
    names
}

#[test]
fn a_module_imports_only_from_those_above_it() {
    for file in source() {
        let Some(module) = file.module() else { continue };
        let place = ORDER.iter().position(|m| *m == module);
        for name in of_crate(&file.code) {
            match ORDER.iter().position(|m| *m == name) {
                known @ Some(_) => assert!(known <= place, "src/{} imports from {name}, which is below it", file.path),
                // What stands at the crate's root is made of all modules.
                None => {
                    let may = matches!(module, "testing" | "cli");
                    assert!(may, "src/{} imports `{name}` from the crate's root", file.path);
                }
            }
        }
    }
}

#[test]
fn no_path_climbs_to_the_root_of_the_crate() {
    for file in source().iter().filter(|file| file.module().is_some()) {
        let chain = "super::".repeat(file.depth());
        assert!(
            !file.code.contains(&chain),
            "src/{} climbs to the crate's root; name the module by crate::",
            file.path
        );
    }
}

#[test]
fn the_library_names_the_modules_in_their_order() {
    let lib = source().into_iter().find(|f| f.path == "lib.rs").expect("there is a lib.rs").code;
    let declared: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ORDER);
}

#[test]
fn only_the_command_line_prints() {
    let printing = ["print!", "println!", "eprint!", "eprintln!", "dbg!", "anstream::", "stdout()", "stderr()"];
    for file in source().iter().filter(|file| !matches!(file.module(), Some("cli"))) {
        for word in printing {
            assert!(!file.code.contains(word), "src/{} has {word}", file.path);
        }
    }
}

#[test]
fn only_the_modules_that_read_and_write_touch_files() {
    let touching = ["std::fs", "fs::", "File::", "OpenOptions", "tempfile", "io::stdin"];
    let may = |path: &str| {
        ["dataset/", "store/", "cli/"].iter().any(|m| path.starts_with(m))
            || path.starts_with("check/lock")
            || path.starts_with("report/golden")
    };
    for file in source().iter().filter(|file| !may(&file.path)) {
        for word in touching {
            assert!(!words(&file.code, word), "src/{} has {word}", file.path);
        }
    }
}

/// Whether a text holds words that begin where no name goes on.
fn words(text: &str, wanted: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(wanted).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_name);
        let ends_in_name = wanted.ends_with(is_name);
        let behind = text[at + wanted.len()..].chars().next().is_some_and(is_name);
        !(before || ends_in_name && behind)
    })
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for file in source() {
        assert!(file.lines <= 500, "src/{} has {} lines", file.path, file.lines);
    }
}

#[test]
fn no_name_of_the_bundled_dataset_stands_in_the_source() {
    let data = repository().join("data/psm");
    let entities = fs::read_to_string(data.join("entities.json")).expect("entities.json");
    let entities: Vec<serde_json::Value> = serde_json::from_str(&entities).expect("entities.json is plain JSON");
    let vocabulary = fs::read_to_string(data.join("vocabulary.ttl")).expect("vocabulary.ttl");
    let mut names: BTreeSet<String> = ["psm", "pakistan", "russia"].map(str::to_owned).into();
    for entity in &entities {
        let id = entity["id"].as_str().expect("an id");
        let label = entity["label"].as_str().expect("a label");
        // A single word of a dictionary, as `workers`, may stand anywhere; a name may not.
        if id.contains('-') || label.chars().all(char::is_alphabetic) && label.starts_with(char::is_uppercase) {
            names.insert(id.to_lowercase());
            names.insert(label.to_lowercase());
        }
    }
    let terms = vocabulary.lines().filter_map(|l| l.strip_prefix("v:")?.split_whitespace().next());
    // Those with a capital letter inside are no ordinary words.
    let terms: BTreeSet<&str> = terms.filter(|t| t.chars().skip(1).any(char::is_uppercase)).collect();
    assert!(names.contains("soviet-union") && terms.contains("helpedBuild"), "{names:?} {terms:?}");
    for file in source() {
        let lower = file.text.to_lowercase();
        for name in &names {
            assert!(!words(&lower, name), "src/{} speaks of {name}, which only the bundled dataset knows", file.path);
        }
        for term in &terms {
            assert!(!words(&file.text, term), "src/{} speaks of {term}, a term of the bundled dataset", file.path);
        }
    }
}

#[test]
fn comments_strings_and_tests_are_told_from_code() {
    let text = "a // b\n\"c // \\\" d\" /* e */ r#\"f \" g\"# 'h' '\\'' 'i: j::crate::k";
    let code = blanked(text, true);
    assert_eq!(code.len(), text.len());
    let kept: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(kept, ["a", "\"", "\"", "'i:", "j::crate::k"]);
    assert_eq!(of_crate("use crate::{a::{b, c}, d}; crate::e::f()"), ["a", "d", "e"]);
}
