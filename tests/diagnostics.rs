//! The diagnostics of `check`, and their reference in the documentation.
//!
//! A case is a directory in `cases/diagnostics` with
//!
//! - `case.json`: the expected code and location,
//! - `broken/`: files with one error, laid over the dataset `cases/valid`,
//! - `message.txt`: the expected output,
//! - `fixed/`: files laid over `broken/` that correct the error.
//!
//! `INSTA_UPDATE=always cargo test diagnostics::` rewrites each `message.txt` and `docs/reference/diagnostics.md`.

use crate::program::{RunOutput, factloom};
use crate::repository;
use crate::scratch::copy;
use factloom::diagnostic::{Code, Severity};
use serde::Deserialize;
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    code: String,
    file: String,
    /// The text at the reported location; the whole file if absent.
    highlight: Option<String>,
    /// The occurrence of `highlight`, counted from 1, if there are several.
    nth: Option<usize>,
    /// Files to remove from the valid dataset.
    #[serde(default)]
    remove: Vec<String>,
    /// Files to remove from the broken dataset to correct it.
    #[serde(default)]
    fixed_remove: Vec<String>,
    /// Further arguments of `check`.
    #[serde(default)]
    args: Vec<String>,
    /// Strings that the diagnostic must contain.
    #[serde(default)]
    mentions: Vec<String>,
    /// Whether the case is the example of its code in the documentation.
    #[serde(default)]
    example: bool,
}

struct Case {
    name: String,
    expected: CaseFile,
    directory: TempDir,
}

fn cases() -> std::path::PathBuf {
    repository().join("tests/cases/diagnostics")
}

/// A temporary copy of the broken dataset of a case.
pub fn case_directory(case: &str) -> TempDir {
    Case::open(case).directory
}

impl Case {
    fn open(name: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let case = cases().join(name);
        copy(&repository().join("tests/cases/valid"), directory.path());
        if case.join("broken").exists() {
            copy(&case.join("broken"), directory.path());
        }
        let json = fs::read_to_string(case.join("case.json")).expect("the case has a `case.json`");
        let expected: CaseFile = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{name}: {e}"));
        remove(directory.path(), &expected.remove);
        Self { name: name.to_owned(), expected, directory }
    }

    fn all() -> Vec<Self> {
        let entries = fs::read_dir(cases()).expect("the cases can be listed");
        let names = entries.map(|e| e.expect("an entry").file_name().into_string().expect("a UTF-8 name"));
        let names: BTreeSet<String> = names.collect();
        names.iter().map(|name| Self::open(name)).collect()
    }

    fn check(&self, args: &[&str]) -> RunOutput {
        let own = self.expected.args.iter().map(String::as_str);
        let args: Vec<&str> = ["check"].into_iter().chain(own).chain(args.iter().copied()).collect();
        factloom(self.directory.path(), &args)
    }

    /// Applies the correction.
    fn fix(&self) {
        let fixed = cases().join(&self.name).join("fixed");
        if fixed.exists() {
            copy(&fixed, self.directory.path());
        }
        remove(self.directory.path(), &self.expected.fixed_remove);
    }

    fn severity(&self) -> Severity {
        let code: Code = self.expected.code.parse().unwrap_or_else(|e| panic!("{}: {e}", self.name));
        code.severity()
    }

    /// The line and the column of the highlight, in code points counted from 1.
    fn position(&self) -> Option<(usize, usize)> {
        let highlight = self.expected.highlight.as_ref()?;
        let text = fs::read_to_string(self.directory.path().join(&self.expected.file)).expect("the file is UTF-8");
        let matches: Vec<usize> = text.match_indices(highlight.as_str()).map(|(at, _)| at).collect();
        let at = match (&matches[..], self.expected.nth) {
            ([one], None) => *one,
            (several, Some(nth)) => several[nth - 1],
            (several, None) => {
                panic!("{}: {} has `{highlight}` {} times", self.name, self.expected.file, several.len())
            }
        };
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
    }
}

fn remove(directory: &Path, files: &[String]) {
    for file in files {
        fs::remove_file(directory.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    }
}

/// Compares a file of the repository with its expected content, or rewrites it if `INSTA_UPDATE=always` is set.
fn compare_or_update(path: &Path, content: &str) -> Result<(), String> {
    let current = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    if current == content {
        return Ok(());
    }
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::create_dir_all(path.parent().expect("a directory")).expect("the directory can be created");
        fs::write(path, content).expect("the file can be written");
        return Ok(());
    }
    let diff = TextDiff::from_lines(&*current, content);
    Err(format!("{} differs:\n{}", path.display(), diff.unified_diff().header("expected", "actual")))
}

#[test]
fn the_valid_dataset_has_no_findings() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    copy(&repository().join("tests/cases/valid"), directory.path());
    let output = factloom(directory.path(), &["check", "--require-text"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    assert!(output.stdout.ends_with("0 errors, 0 warnings\n"), "{}", output.stdout);
    assert!(!output.stdout.contains("not in factloom.lock"), "{}", output.stdout);
}

#[test]
fn each_case_gives_one_diagnostic_at_its_location() {
    let mut wrong = Vec::new();
    for case in Case::all() {
        let name = &case.name;
        let output = case.check(&["--format", "json"]);
        let status = i32::from(case.severity() == Severity::Error);
        let diagnostics: Vec<serde_json::Value> =
            serde_json::from_str(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {}", output.stderr));
        let [diagnostic] = &diagnostics[..] else {
            wrong.push(format!("{name}: {} diagnostics:\n{}{}", diagnostics.len(), output.stdout, output.stderr));
            continue;
        };
        let number = |field: &str| diagnostic[field].as_u64().map(|n| usize::try_from(n).expect("a small number"));
        let position = number("line").zip(number("column"));
        let actual = (output.status, diagnostic["code"].as_str(), diagnostic["file"].as_str(), position);
        let expected = (Some(status), Some(&*case.expected.code), Some(&*case.expected.file), case.position());
        if actual != expected {
            wrong.push(format!("{name}: expected {expected:?}\n{}", output.stdout));
        }
        let text = diagnostic.to_string();
        for words in case.expected.mentions.iter().filter(|words| !text.contains(words.as_str())) {
            wrong.push(format!("{name}: does not mention {words:?}: {text}"));
        }
        for field in ["message", "help"] {
            let text = diagnostic[field].as_str().unwrap_or_default();
            let starts_badly = text.chars().next().is_none_or(char::is_uppercase) && !text.starts_with("Graphviz")
                || text.ends_with('.');
            if starts_badly && !text.ends_with('…') {
                wrong.push(format!(
                    "{name}: the {field} is empty, starts with a capital or ends with a full stop: {text}"
                ));
            }
        }
        // Words of serde and of the YAML and Turtle parsers.
        for raw in ["struct ", "invalid type", "expected value", "EOF", "sequence", "A dot is", "illegal placement"] {
            if text.contains(raw) {
                wrong.push(format!("{name}: shows text of a parser: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_message_is_as_reviewed() {
    let differences: Vec<String> = Case::all()
        .iter()
        .filter_map(|case| {
            compare_or_update(&cases().join(&case.name).join("message.txt"), &case.check(&[]).stderr).err()
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn each_correction_has_no_findings() {
    let mut wrong = Vec::new();
    for case in Case::all() {
        case.fix();
        let output = case.check(&["--format", "json"]);
        if (output.status, output.stdout.trim()) != (Some(0), "[]") {
            wrong.push(format!("{}:\n{}{}", case.name, output.stdout, output.stderr));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_reference_documents_every_code() {
    let cases = Case::all();
    let tested: BTreeSet<&str> = cases.iter().map(|case| case.expected.code.as_str()).collect();
    let all: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(tested, all, "each code has a case");
    let mut reference = String::from(
        "# Diagnostics\n\n<!-- Generated by tests/diagnostics.rs from tests/cases/diagnostics. -->\n\n\
         `factloom check` reports every problem of a dataset in one run. Each diagnostic has a code, a position and, if \
         possible, a correction.\n\n\
         - An **error** prevents `build`. Use `--keep-going` to build without the statements that have errors.\n\
         - A **warning** does not. `--deny CODE` turns a warning into an error, `--deny warnings` all of them, and \
         `--allow CODE` hides a warning.\n\
         - An **opt-in** warning is reported with `--warn CODE` or `--deny CODE`.\n\n\
         Errors that follow from another error are not reported, such as those of statements about an entity with an \
         unknown class.\n\n\
         The examples below belong to a small dataset about an old mill. `facts-more.json` and similar files are additional \
         files of that dataset.\n\n\
         | code | severity | meaning |\n| --- | --- | --- |\n",
    );
    let link = |code: Code| format!("[`{code}`](#{code})");
    for code in Code::ALL {
        let _ = writeln!(reference, "| {} | {} | {} |", link(code), severity(code), code.summary());
    }
    for code in Code::ALL {
        let examples: Vec<&Case> =
            cases.iter().filter(|case| case.expected.example && case.expected.code == code.as_str()).collect();
        let [example] = &examples[..] else { panic!("{code}: {} cases have `example`", examples.len()) };
        let _ = write!(reference, "\n## {code}\n\n{} ({})\n", code.summary(), severity(code));
        document(example, &mut reference);
    }
    let path = repository().join("docs/reference/diagnostics.md");
    compare_or_update(&path, &reference).unwrap_or_else(|difference| panic!("{difference}"));
}

fn severity(code: Code) -> String {
    let opt_in = if code.is_opt_in() { ", opt-in" } else { "" };
    format!("{}{opt_in}", code.severity().as_str())
}

/// Writes the broken files of a case, its message and its correction.
fn document(case: &Case, out: &mut String) {
    let directory = cases().join(&case.name);
    let broken = files(&directory.join("broken"));
    let fixed = files(&directory.join("fixed"));
    for (name, text) in broken.iter().filter(|(_, text)| text.lines().count() <= 12) {
        let language = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default();
        let language = match language {
            "rq" => "sparql",
            "txt" | "lock" => "text",
            other => other,
        };
        let _ = write!(out, "\n`{name}`:\n\n```{language}\n{}\n```\n", text.trim_end());
    }
    for file in &case.expected.remove {
        let _ = write!(out, "\nThe file `{file}` is missing.\n");
    }
    let message = Case::open(&case.name).check(&[]).stderr;
    let message: Vec<&str> = message.trim_end().lines().map(str::trim_end).collect();
    let _ = write!(out, "\n```text\n{}\n```\n\nCorrection:\n", message.join("\n"));
    for (name, text) in &fixed {
        let before = match broken.get(name) {
            Some(text) => text.clone(),
            None => fs::read_to_string(repository().join("tests/cases/valid").join(name)).unwrap_or_default(),
        };
        if case.expected.remove.contains(name) {
            let _ = write!(out, "\nAdd the file `{name}`.\n");
            continue;
        }
        let diff = TextDiff::from_lines(&before, text);
        let _ = write!(out, "\n```diff\n{}```\n", diff.unified_diff().context_radius(1).header(name, name));
    }
    for file in &case.expected.fixed_remove {
        let _ = write!(out, "\nRemove `{file}`.\n");
    }
}

/// The files in a directory and its subdirectories.
fn files(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![(directory.to_owned(), String::new())];
    while let Some((directory, prefix)) = open.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten() {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_str().expect("a UTF-8 name"));
            match entry.path().is_dir() {
                true => open.push((entry.path(), format!("{name}/"))),
                false => {
                    let text = fs::read_to_string(entry.path()).expect("a UTF-8 file");
                    found.insert(name, text);
                }
            }
        }
    }
    found
}

#[test]
fn github_format_has_one_line_per_diagnostic() {
    for case in Case::all() {
        let output = case.check(&["--format", "github"]);
        let severity = case.severity().as_str();
        assert_eq!(output.stdout.lines().count(), 1, "{}: {}", case.name, output.stdout);
        assert!(output.stdout.starts_with(&format!("::{severity} file={}", case.expected.file)), "{}", output.stdout);
        assert!(output.stdout.contains(&format!("title={}::", case.expected.code)), "{}", output.stdout);
        if let Some((line, column)) = case.position() {
            assert!(output.stdout.contains(&format!(",line={line},col={column},")), "{}: {}", case.name, output.stdout);
        }
    }
}

#[test]
fn a_warning_becomes_an_error_if_it_is_denied() {
    let case = Case::open("unused-entity");
    assert_eq!(case.check(&[]).status, Some(0));
    for args in [["--deny", "unused-entity"], ["--deny", "warnings"]] {
        let output = case.check(&args);
        assert_eq!(output.status, Some(1), "{args:?}");
        assert!(output.stderr.starts_with("error[unused-entity]"), "{}", output.stderr);
        assert!(output.stdout.ends_with("1 error, 0 warnings\n"), "{}", output.stdout);
    }
    assert_eq!(case.check(&["--deny", "non-canonical-literal"]).status, Some(0));
    let allowed = case.check(&["--allow", "unused-entity"]);
    assert_eq!((allowed.status, allowed.stderr.as_str()), (Some(0), ""));
    assert_eq!(case.check(&["--allow", "unused-entity", "--deny", "warnings"]).status, Some(0));
    assert_eq!(case.check(&["--allow", "unused-entity", "--deny", "unused-entity"]).status, Some(1));
}

#[test]
fn an_error_cannot_be_allowed_and_an_unknown_code_is_a_usage_error() {
    let case = Case::open("misspelt-subject");
    for (args, words) in [
        (["--allow", "unknown-entity"], "only warnings can be suppressed"),
        (["--deny", "unused-entitty"], "did you mean `unused-entity`?"),
    ] {
        let output = case.check(&args);
        assert_eq!(output.status, Some(2));
        assert!(output.stderr.contains(words), "{}", output.stderr);
    }
}

#[test]
fn a_dataset_with_errors_is_only_built_with_keep_going() {
    let case = Case::open("misspelt-subject");
    let directory = case.directory.path();
    for command in [&["build"][..], &["query", "-e", "ASK {}"], &["facts"], &["draw"], &["export"]] {
        let refused = factloom(directory, command);
        assert_eq!(refused.status, Some(1), "{command:?}");
        assert_eq!(refused.stdout, "", "{command:?}");
        assert!(refused.stderr.starts_with("error[unknown-entity]"), "{}", refused.stderr);
        assert!(refused.stderr.contains("--keep-going"), "{}", refused.stderr);
        assert!(!Path::new(&directory.join("factloom-out")).exists(), "{command:?}");
    }
    let built = factloom(directory, &["build", "--keep-going"]);
    assert_eq!(built.status, Some(0), "{}", built.stderr);
    assert!(built.stdout.contains("1 statement omitted because of errors"), "{}", built.stdout);
    assert!(directory.join("factloom-out/graph.ttl").exists());
    let count = "SELECT (COUNT(?f) AS ?n) { ?f a fl:Fact }";
    let output = factloom(directory, &["query", "--keep-going", "-e", count]);
    assert_eq!(output.status, Some(0));
    let valid = factloom(&repository().join("tests/cases/valid"), &["query", "-e", count]);
    assert_eq!(output.stdout, valid.stdout);
    assert!(output.stderr.contains("1 statement with errors omitted"), "{}", output.stderr);
}

#[test]
fn lock_accepts_a_changed_text() {
    let case = Case::open("locked-quote-moved");
    let directory = case.directory.path();
    assert!(case.check(&[]).stderr.starts_with("warning[source-changed]"));
    let output = factloom(directory, &["lock"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let again = case.check(&[]);
    assert_eq!((again.status, again.stderr.as_str()), (Some(0), ""));
    // Without the text, the new lock replaces it.
    fs::remove_file(directory.join("sources/chronicle.txt")).expect("there is a text");
    let locked = case.check(&["--allow", "missing-text"]);
    assert_eq!((locked.status, locked.stderr.as_str()), (Some(0), ""));
    assert!(!locked.stdout.contains("verified"), "{}", locked.stdout);
}

#[test]
fn lock_writes_nothing_if_a_quote_is_not_found() {
    let case = Case::open("misspelt-quote");
    let lock = || fs::read(case.directory.path().join("factloom.lock")).expect("there is a lock");
    let before = lock();
    let output = factloom(case.directory.path(), &["lock"]);
    assert_eq!(output.status, Some(1));
    assert_eq!(lock(), before);
}

#[test]
fn lock_replaces_a_corrupt_lock() {
    let case = Case::open("lock-with-a-merge-conflict");
    for corrupt in [None, Some(&b"{\"version\":99}\n"[..]), Some(b"\xff\n")] {
        if let Some(corrupt) = corrupt {
            fs::write(case.directory.path().join("factloom.lock"), corrupt).expect("it can be written");
        }
        assert_eq!(case.check(&[]).status, Some(1));
        let output = factloom(case.directory.path(), &["lock"]);
        assert_eq!(output.status, Some(0), "{}", output.stderr);
        let again = case.check(&["--deny", "warnings"]);
        assert_eq!((again.status, again.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn lock_is_suggested_only_if_it_succeeds() {
    for (case, suggested) in [("locked-quote-lost", false), ("locked-quote-moved", true), ("locked-text-changed", true)]
    {
        let case = Case::open(case);
        assert_eq!(case.check(&[]).stderr.contains("accept it with `factloom lock`"), suggested, "{}", case.name);
        let output = factloom(case.directory.path(), &["lock"]);
        assert_eq!(output.status == Some(0), suggested, "{}: {}", case.name, output.stderr);
    }
}
