//! The bundled dataset: it is complete and verified, and does not contain the text of the article.

use crate::files::{files_below, repository, texts};
use crate::program::{command, factloom, run};
use factloom::check::{CheckOptions, SentenceStatus, SourceCoverage, check, coverage};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::{BUNDLED, diagnostic::Code};
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BUILT: [&str; 6] = ["graph.factloom", "graph.ttl", "graph.nt", "graph.dot", "graph.svg", "summary.json"];

#[test]
fn every_file_of_the_dataset_is_bundled_except_source_texts() {
    let listed: BTreeSet<String> = BUNDLED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed.len(), BUNDLED.len(), "a file is listed twice");
    let files_of = |directory: &str, prefix: &str| {
        let files = files_below(&repository().join(directory)).into_iter();
        let names: Vec<String> = files.map(|f| format!("{prefix}{}", f.to_string_lossy().replace('\\', "/"))).collect();
        names
    };
    let queries = [("queries", "../../queries/"), ("tests/queries", "../../tests/queries/")];
    let queries = queries.into_iter().flat_map(|(directory, prefix)| files_of(directory, prefix));
    let files: BTreeSet<String> = files_of("data/psm", "").into_iter().chain(queries).collect();
    let expected: BTreeSet<String> =
        files.into_iter().filter(|name| !name.starts_with("sources/") && !name.starts_with(".factloom/")).collect();
    assert_eq!(listed, expected);
    for (name, text) in BUNDLED {
        let file = fs::read_to_string(repository().join("data/psm").join(name)).expect("the file exists");
        assert_eq!(*text, file, "the bundled {name} is outdated");
    }
}

/// The committed files, or all files of the directory if it is not a Git repository.
fn committed() -> Vec<PathBuf> {
    let mut git = Command::new("git");
    git.arg("-C").arg(repository()).args(["ls-files", "-co", "--exclude-standard", "-z"]);
    let listed = git.output().ok().filter(|o| o.status.success() && !o.stdout.is_empty());
    match listed.and_then(|o| String::from_utf8(o.stdout).ok()) {
        Some(names) => names.split_terminator('\0').map(PathBuf::from).collect(),
        None => {
            let is_source = |path: &PathBuf| !path.starts_with("target") && !path.starts_with(".git");
            files_below(repository()).into_iter().filter(is_source).collect()
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

fn the_repository_does_not_contain_14_consecutive_words_of_the_article() {
    let texts = texts();
    let article = words(&fs::read_to_string(texts.join("psm-revival.txt")).expect("the article is UTF-8"));
    let runs: HashSet<&[String]> = article.windows(14).collect();
    assert!(runs.len() > 300, "the article was not read");
    let mut read = 0;
    for path in committed() {
        let Ok(text) = fs::read_to_string(repository().join(&path)) else { continue };
        read += 1;
        if let Some(run) = words(&text).windows(14).find(|run| runs.contains(run)) {
            panic!("{} contains words of the article: {}", path.display(), run.join(" "));
        }
    }
    assert!(read > 50, "the files of the repository were not found");
}
external!(Need::ArticleText, the_repository_does_not_contain_14_consecutive_words_of_the_article);

fn every_sentence_of_the_article_is_evidence_or_excluded_with_a_reason() {
    let texts = texts();
    let text = fs::read_to_string(texts.join("psm-revival.txt")).expect("the article is UTF-8");
    let opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), Some(texts));
    let dataset = opened.dataset.expect("the bundled dataset has a manifest");
    let mut findings = opened.findings;
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    // The bundled dataset demonstrates conflicts.
    assert!(findings.iter().all(|finding| finding.code == Code::Conflict), "{findings:?}");
    assert!(dataset.excluded.iter().all(|left| !left.reason.trim().is_empty()));
    let article = dataset.source("psm-revival").expect("the article").id.clone();
    let covered = coverage(&dataset, &checked, &[article]);
    let [SourceCoverage { sentences, .. }] = &covered[..] else { panic!("one source") };
    assert!(sentences.len() > 20, "{}", sentences.len());
    let open = sentences.iter().filter(|sentence| sentence.status == SentenceStatus::Open);
    let chars: Vec<char> = text.chars().collect();
    let words = open
        .map(|sentence| &sentence.position.range)
        .map(|points| chars[points.start as usize..points.end as usize].iter().collect());
    let uncovered: Vec<String> = words.collect();
    assert_eq!(uncovered, Vec::<String>::new());
}
external!(Need::ArticleText, every_sentence_of_the_article_is_evidence_or_excluded_with_a_reason);

fn with_the_text_every_quote_of_the_article_is_verified() {
    let texts = texts();
    let mut program = command(repository());
    program.env("FACTLOOM_SOURCES", texts).args([
        "check",
        "--dataset",
        "data/psm",
        "--require-text",
        "--deny",
        "warnings",
    ]);
    let output = run(&mut program);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert_eq!(output.stderr, "");
    assert!(output.stdout.contains(" verified (found in the text of the source), "), "{}", output.stdout);
    assert!(!output.stdout.contains(" locked "), "{}", output.stdout);
    assert!(
        output.stdout.ends_with("0 errors, 0 warnings, 4 allowed (see them with --show-allowed)\n"),
        "{}",
        output.stdout
    );
}
external!(Need::ArticleText, with_the_text_every_quote_of_the_article_is_verified);

#[test]
fn without_the_text_every_quote_of_the_article_is_locked() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let output = factloom(dir.path(), &["check", "--example"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
    assert!(!output.stdout.contains(" verified "), "{}", output.stdout);
    assert!(
        output.stdout.contains(" locked (found when the text was locked; the text is unavailable), "),
        "{}",
        output.stdout
    );
    let required = factloom(dir.path(), &["check", "--example", "--require-text", "--format", "json"]);
    assert_eq!(required.status, Some(1));
    let diagnostics: Vec<serde_json::Value> = serde_json::from_str(&required.stdout).expect("an array");
    assert_eq!(diagnostics.len(), 1, "{}", required.stdout);
    assert_eq!(diagnostics[0]["code"], "unreadable-file", "{}", required.stdout);
}

fn the_lock_is_up_to_date() {
    let texts = texts();
    let dir = tempfile::tempdir().expect("a temporary directory");
    crate::scratch::make_work_tree(dir.path());
    let copy = dir.path().join("data/psm");
    crate::scratch::copy(&repository().join("data/psm"), &copy);
    fs::remove_file(copy.join("factloom.lock")).expect("there is a lock");
    let output = run(command(dir.path()).env("FACTLOOM_SOURCES", texts).arg("lock"));
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let lock = |directory: &Path| fs::read_to_string(directory.join("factloom.lock")).expect("there is a lock");
    assert_eq!(lock(&copy), lock(&repository().join("data/psm")));
}
external!(Need::ArticleText, the_lock_is_up_to_date);

/// The six files that a build in a directory writes.
fn built(directory: &Path, texts: Option<&Path>, path: Option<&Path>, dataset: bool) -> Vec<Vec<u8>> {
    let mut program = command(directory);
    program.args(["build", "-o", "out put/graph"]);
    if let Some(texts) = texts {
        program.env("FACTLOOM_SOURCES", texts);
    }
    if let Some(path) = path {
        program.env("PATH", path);
    }
    if dataset {
        program.arg("--dataset").arg(repository().join("data/psm"));
    } else {
        program.arg("--example");
    }
    let output = run(&mut program);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(output.stderr.starts_with("wrote out put/graph/graph.ttl, "), "{}", output.stderr);
    let target = directory.join("out put/graph");
    let mut names: Vec<String> = files_below(&target).iter().map(|f| f.to_string_lossy().into_owned()).collect();
    names.sort_by_key(|name| BUILT.iter().position(|b| b == name));
    assert_eq!(names, BUILT);
    BUILT.map(|name| fs::read(target.join(name)).expect("it was written")).to_vec()
}

#[test]
fn a_build_is_reproducible() {
    let dirs: Vec<tempfile::TempDir> = (0..3).map(|_| tempfile::tempdir().expect("a temporary directory")).collect();
    let empty_path = tempfile::tempdir().expect("a temporary directory");
    let first = built(dirs[0].path(), None, None, false);
    assert!(first.iter().all(|file| !file.is_empty()));
    assert!(first == built(dirs[1].path(), None, Some(empty_path.path()), false), "without Graphviz");
    assert!(first == built(dirs[2].path(), None, None, true), "from the dataset on disk");
    // Overwriting an existing build.
    assert!(first == built(dirs[0].path(), None, None, true), "over an older build");
}

fn a_build_with_the_text_has_the_same_bytes() {
    let dirs = [(); 2].map(|()| tempfile::tempdir().expect("a temporary directory"));
    assert!(built(dirs[0].path(), None, None, false) == built(dirs[1].path(), Some(&texts()), None, true));
}
external!(Need::ArticleText, a_build_with_the_text_has_the_same_bytes);
