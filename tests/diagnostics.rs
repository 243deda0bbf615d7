//! What `check` says of datasets with one problem each.
//!
//! A case is a folder below `cases/diagnostics`: files that are laid over the sound dataset `cases/valid`, and
//! `expect.json` with the problem's code, and its file and the words that it is to be shown at.

use crate::program::{RunOutput, factloom};
use crate::repository;
use crate::scratch::copy;
use factloom::diagnostic::{Code, Severity};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// What is to be reported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    code: String,
    file: String,
    /// The words that are meant; where there are none, the file as a whole.
    words: Option<String>,
    /// Which of several places of the words, counted from 1.
    #[serde(default)]
    nth: Option<usize>,
    /// Files that the sound dataset has and the case has not.
    #[serde(default)]
    remove: Vec<String>,
    /// Further arguments.
    #[serde(default)]
    args: Vec<String>,
    /// Words that must be in the message, the notes or the next step.
    #[serde(default)]
    says: Vec<String>,
}

struct Case {
    name: String,
    expect: Expect,
    folder: TempDir,
}

/// The folder of a case, for tests of what else the program does with a dataset that has a problem.
pub fn folder_of(case: &str) -> TempDir {
    Case::open(case).folder
}

impl Case {
    fn open(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cases = repository().join("tests/cases");
        copy(&cases.join("valid"), folder.path());
        copy(&cases.join("diagnostics").join(name), folder.path());
        let expect = fs::read_to_string(folder.path().join("expect.json")).expect("the case says what to expect");
        let expect: Expect = serde_json::from_str(&expect).unwrap_or_else(|e| panic!("{name}: {e}"));
        for file in &expect.remove {
            fs::remove_file(folder.path().join(file)).unwrap_or_else(|e| panic!("{name}: {file}: {e}"));
        }
        Self { name: name.to_owned(), expect, folder }
    }

    fn all() -> Vec<Self> {
        let entries = fs::read_dir(repository().join("tests/cases/diagnostics")).expect("the cases can be listed");
        let names = entries.map(|e| e.expect("an entry").file_name().into_string().expect("a name"));
        let names: BTreeSet<String> = names.collect();
        names.iter().map(|name| Self::open(name)).collect()
    }

    fn check(&self, args: &[&str]) -> RunOutput {
        let own = self.expect.args.iter().map(String::as_str);
        let args: Vec<&str> = ["check"].into_iter().chain(own).chain(args.iter().copied()).collect();
        factloom(self.folder.path(), &args)
    }

    fn severity(&self) -> Severity {
        let code: Code = self.expect.code.parse().unwrap_or_else(|e| panic!("{}: {e}", self.name));
        code.severity()
    }

    /// The line and the column of the words, in code points counted from 1.
    fn place(&self) -> Option<(usize, usize)> {
        let words = self.expect.words.as_ref()?;
        let text = fs::read_to_string(self.folder.path().join(&self.expect.file)).expect("the file is UTF-8");
        let places: Vec<usize> = text.match_indices(words.as_str()).map(|(at, _)| at).collect();
        let at = match (&places[..], self.expect.nth) {
            ([one], None) => *one,
            (several, Some(nth)) => several[nth - 1],
            (places, None) => panic!("{}: `{words}` is in {} at {} places", self.name, self.expect.file, places.len()),
        };
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
    }
}

#[test]
fn the_sound_dataset_has_nothing_wrong() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&repository().join("tests/cases/valid"), folder.path());
    let said = factloom(folder.path(), &["check", "--require-text"]);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.ends_with("0 errors, 0 warnings\n"), "{}", said.stdout);
    assert!(!said.stdout.contains("not in factloom.lock"), "{}", said.stdout);
}

#[test]
fn each_problem_is_one_diagnostic_at_its_place() {
    let mut wrong = Vec::new();
    for case in Case::all() {
        let name = &case.name;
        let said = case.check(&["--format", "json"]);
        let status = i32::from(case.severity() == Severity::Error);
        let diagnostics: Vec<serde_json::Value> =
            said.stdout.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{name}: {e}"))).collect();
        let [diagnostic] = &diagnostics[..] else {
            wrong.push(format!("{name}: {} diagnostics:\n{}{}", diagnostics.len(), said.stdout, said.stderr));
            continue;
        };
        let number = |field: &str| diagnostic[field].as_u64().map(|n| usize::try_from(n).expect("a small number"));
        let place = number("line").zip(number("column"));
        let given = (said.status, diagnostic["code"].as_str(), diagnostic["file"].as_str(), place);
        let expected = (Some(status), Some(&*case.expect.code), Some(&*case.expect.file), case.place());
        if given != expected {
            wrong.push(format!("{name}: expected {expected:?}\n{}", said.stdout));
        }
        let told = diagnostic.to_string();
        for words in case.expect.says.iter().filter(|words| !told.contains(words.as_str())) {
            wrong.push(format!("{name}: it does not say {words:?}: {told}"));
        }
        if told.contains("struct ") {
            wrong.push(format!("{name}: it speaks of the program's own types: {told}"));
        }
        if diagnostic["help"].as_str().is_none_or(str::is_empty) {
            wrong.push(format!("{name}: there is no next step"));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_problem_is_shown_to_people_as_reviewed() {
    for case in Case::all() {
        let said = case.check(&[]);
        insta::with_settings!({ description => case.expect.code.clone(), omit_expression => true }, {
            insta::assert_snapshot!(case.name.clone(), said.stderr);
        });
    }
}

#[test]
fn every_code_occurs_in_a_case() {
    let found: BTreeSet<String> = Case::all().into_iter().map(|case| case.expect.code).collect();
    let all: BTreeSet<String> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(found, all);
}

#[test]
fn github_gets_a_line_for_each_problem() {
    for case in Case::all() {
        let said = case.check(&["--format", "github"]);
        let severity = case.severity().as_str();
        assert_eq!(said.stdout.lines().count(), 1, "{}: {}", case.name, said.stdout);
        assert!(said.stdout.starts_with(&format!("::{severity} file={}", case.expect.file)), "{}", said.stdout);
        assert!(said.stdout.contains(&format!("title={}::", case.expect.code)), "{}", said.stdout);
        if let Some((line, column)) = case.place() {
            assert!(said.stdout.contains(&format!(",line={line},col={column},")), "{}: {}", case.name, said.stdout);
        }
    }
}

#[test]
fn a_warning_is_no_failure_until_it_is_denied() {
    let case = Case::open("unused-entity");
    assert_eq!(case.check(&[]).status, Some(0));
    for args in [["--deny", "unused-entity"], ["--deny", "warnings"]] {
        let said = case.check(&args);
        assert_eq!(said.status, Some(1), "{args:?}");
        assert!(said.stderr.starts_with("error[unused-entity]"), "{}", said.stderr);
        assert!(said.stdout.ends_with("1 error, 0 warnings\n"), "{}", said.stdout);
    }
    assert_eq!(case.check(&["--deny", "non-canonical"]).status, Some(0));
    let allowed = case.check(&["--allow", "unused-entity"]);
    assert_eq!((allowed.status, allowed.stderr.as_str()), (Some(0), ""));
    assert_eq!(case.check(&["--allow", "unused-entity", "--deny", "warnings"]).status, Some(0));
    assert_eq!(case.check(&["--allow", "unused-entity", "--deny", "unused-entity"]).status, Some(1));
}

#[test]
fn an_error_cannot_be_allowed_and_an_unknown_code_is_misuse() {
    let case = Case::open("subject-misspelt");
    for (args, words) in [
        (["--allow", "unknown-entity"], "only warnings can be allowed"),
        (["--deny", "unused-entitty"], "did you mean `unused-entity`?"),
    ] {
        let said = case.check(&args);
        assert_eq!(said.status, Some(2));
        assert!(said.stderr.contains(words), "{}", said.stderr);
    }
}

#[test]
fn nothing_is_built_from_a_dataset_with_errors_unless_told_to_go_on() {
    let case = Case::open("subject-misspelt");
    let folder = case.folder.path();
    for command in [&["build"][..], &["query", "-q", "ASK {}"], &["facts"], &["draw"], &["export"]] {
        let refused = factloom(folder, command);
        assert_eq!(refused.status, Some(1), "{command:?}");
        assert_eq!(refused.stdout, "", "{command:?}");
        assert!(refused.stderr.starts_with("error[unknown-entity]"), "{}", refused.stderr);
        assert!(refused.stderr.contains("--keep-going"), "{}", refused.stderr);
        assert!(!Path::new(&folder.join("factloom-out")).exists(), "{command:?}");
    }
    let built = factloom(folder, &["build", "--keep-going"]);
    assert_eq!(built.status, Some(0), "{}", built.stderr);
    assert!(built.stdout.contains("1 statement left out because of errors"), "{}", built.stdout);
    assert!(folder.join("factloom-out/graph.ttl").exists());
    let count = "SELECT (COUNT(?f) AS ?n) { ?f a fl:Fact }";
    let answered = factloom(folder, &["query", "--keep-going", "-q", count]);
    assert_eq!(answered.status, Some(0));
    let sound = factloom(&repository().join("tests/cases/valid"), &["query", "-q", count]);
    assert_eq!(answered.stdout, sound.stdout);
    assert!(answered.stderr.contains("1 statement was left out because of errors"), "{}", answered.stderr);
}

#[test]
fn lock_accepts_a_text_that_has_changed() {
    let case = Case::open("stale-quote-moved");
    let folder = case.folder.path();
    assert_eq!(case.check(&[]).status, Some(1));
    let said = factloom(folder, &["lock"]);
    assert_eq!(said.status, Some(0), "{}", said.stderr);
    let again = case.check(&[]);
    assert_eq!((again.status, again.stderr.as_str()), (Some(0), ""));
    // Without the text, the new lock stands for it.
    fs::remove_file(folder.join("sources/chronicle.txt")).expect("there is a text");
    let locked = case.check(&[]);
    assert_eq!((locked.status, locked.stderr.as_str()), (Some(0), ""));
    assert!(locked.stdout.contains("evidence: 0 verified"), "{}", locked.stdout);
}

#[test]
fn lock_writes_nothing_where_a_quote_is_not_found() {
    let case = Case::open("quote-with-one-letter-changed");
    let lock = || fs::read(case.folder.path().join("factloom.lock")).expect("there is a lock");
    let before = lock();
    let said = factloom(case.folder.path(), &["lock"]);
    assert_eq!(said.status, Some(1));
    assert!(said.stderr.contains("the lock was left as it is"), "{}", said.stderr);
    assert_eq!(lock(), before);
}

#[test]
fn lock_writes_a_damaged_lock_anew() {
    let case = Case::open("lock-with-a-conflict-marker");
    for damaged in [None, Some(&b"{\"version\":99}\n"[..]), Some(b"\xff\n")] {
        if let Some(damaged) = damaged {
            fs::write(case.folder.path().join("factloom.lock"), damaged).expect("it can be written");
        }
        assert_eq!(case.check(&[]).status, Some(1));
        let said = factloom(case.folder.path(), &["lock"]);
        assert_eq!(said.status, Some(0), "{}", said.stderr);
        let again = case.check(&["--deny", "warnings"]);
        assert_eq!((again.status, again.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn lock_is_not_offered_where_it_would_refuse() {
    let case = Case::open("stale-quote-lost");
    let offered = case.check(&[]).stderr.contains("accept it with `factloom lock`");
    let done = factloom(case.folder.path(), &["lock"]).status == Some(0);
    assert_eq!(offered, done, "the next step must be one that can be taken");
}
