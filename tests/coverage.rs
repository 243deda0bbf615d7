//! `factloom coverage`: sentences and their statuses, the figure in CI, and the page.

use crate::program::{command, factloom, run, stdout_of};
use crate::scratch::{MANIFEST, dataset, write};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SECRET: &str = "A <b>secret</b> word.";

/// A dataset with a quoted, an excluded and an open sentence.
fn covered(redistributable: bool) -> TempDir {
    let mut manifest: Value = serde_json::from_str(MANIFEST).expect("JSON");
    manifest["sources"] = serde_json::json!([{ "id": "chronicle", "text": "t.txt", "redistributable": redistributable,
        "title": "The <i>chronicle</i>", "url": "https://example.org/?a=1&b" }]);
    manifest["excluded"] =
        serde_json::json!([{ "source": "chronicle", "quote": "town praised", "reason": "<praise>" }]);
    let text = format!("The guild built the old mill.\nThe town praised it.\n{SECRET}\n");
    dataset(&[("factloom.json", &manifest.to_string()), ("t.txt", &text)])
}

#[test]
fn each_sentence_is_shown_with_its_status() {
    let directory = covered(true);
    let expected = "chronicle: 66.6% of 3 sentences: 1 quoted, 1 excluded, 1 open
  1  quoted    The guild built the old mill.
               f
  2  excluded  The town praised it.
               excluded: <praise>
  3  open      A <b>secret</b> word.
";
    assert_eq!(stdout_of(directory.path(), &["coverage"]), expected);
    let open = stdout_of(directory.path(), &["coverage", "chronicle", "--status", "open"]);
    assert_eq!(open.lines().skip(1).collect::<Vec<_>>(), ["  3  open      A <b>secret</b> word."]);
    assert!(open.starts_with(expected.lines().next().unwrap()));
}

#[test]
fn too_low_a_coverage_fails_with_the_figure() {
    let directory = covered(true);
    let here = directory.path();
    for (least, status) in [("66.6", 0), ("66.7", 1), ("95", 1), ("0", 0)] {
        let output = factloom(here, &["coverage", "--fail-under", least]);
        assert_eq!(output.status, Some(status), "{least}: {}", output.stderr);
        if status == 1 {
            let message = format!("error: the coverage is less than {least}%: 66.6% of 3 sentences");
            assert!(output.stderr.contains(&message), "{}", output.stderr);
        }
        assert!(output.stdout.starts_with("chronicle: 66.6%"), "{}", output.stdout);
    }
    for wrong in ["101", "-1", "x", "NaN"] {
        assert_eq!(factloom(here, &["coverage", &format!("--fail-under={wrong}")]).status, Some(2), "{wrong}");
    }
}

#[test]
fn a_share_that_is_exactly_required_is_enough() {
    // In floating point, 250 × 64.4 is more than 100 × 161.
    let sentences: Vec<String> = (0..250).map(|number| format!("It is sentence {number}.")).collect();
    let mut manifest: Value = serde_json::from_str(MANIFEST).expect("JSON");
    manifest["sources"] = serde_json::json!([{ "id": "chronicle", "text": "t.txt" }]);
    manifest["excluded"] =
        serde_json::json!([{ "source": "chronicle", "quote": sentences[..161].join(" "), "reason": "a list" }]);
    let files =
        [("factloom.json", manifest.to_string()), ("t.txt", sentences.join(" ")), ("facts.json", "[]".to_owned())];
    let directory = dataset(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    for (least, status) in [("64.4", 0), ("64.5", 1)] {
        let output = factloom(directory.path(), &["coverage", "--fail-under", least]);
        assert_eq!(output.status, Some(status), "{least}: {} {}", output.stderr, output.stdout);
    }
}

#[test]
fn the_coverage_is_the_same_without_the_text() {
    let directory = covered(false);
    let here = directory.path();
    stdout_of(here, &["lock"]);
    let json = || -> Value { serde_json::from_str(&stdout_of(here, &["coverage", "-f", "json"])).expect("JSON") };
    let page = || {
        stdout_of(here, &["coverage", "-f", "html"])
            .replace("the text may not be redistributed", "the text is unavailable")
    };
    let (mut with_text, page_with_text) = (json(), page());
    fs::remove_file(here.join("t.txt")).expect("it is there");
    let (without_text, page_without_text) = (json(), page());
    assert_eq!(without_text["sources"][0]["basis"], "lock");
    with_text["sources"][0]["basis"] = "lock".into();
    for sentence in with_text["sources"][0]["sentences"].as_array_mut().expect("a list") {
        assert!(sentence.as_object_mut().expect("an object").remove("text").is_some());
    }
    assert_eq!(with_text, without_text);
    assert_eq!(page_with_text, page_without_text);
    assert_eq!(factloom(here, &["coverage", "--fail-under", "60"]).status, Some(0));
    // The manifest decides about redistribution, also if the lock is older.
    let redistributable = |value: &str| {
        let manifest = fs::read_to_string(here.join("factloom.json")).expect("the manifest");
        let declared = regex::Regex::new(r#""redistributable":(true|false)"#).expect("a valid pattern");
        write(here, "factloom.json", declared.replace(&manifest, format!("\"redistributable\":{value}")).as_ref());
        json()["sources"][0]["redistributable"].clone()
    };
    assert_eq!(redistributable("true"), true);
    assert_eq!(redistributable("false"), false);
    // Without the sentences in the lock, nothing is known, and that is not a success.
    let lock = fs::read_to_string(here.join("factloom.lock")).expect("the lock");
    let sentences = regex::Regex::new(r#""sentences":\[.*?\]\]\],"#).expect("a valid pattern");
    write(here, "factloom.lock", sentences.replace(&lock, "").as_ref());
    let output = factloom(here, &["coverage", "--fail-under", "60"]);
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("`chronicle` is unknown"), "{}", output.stderr);
}

#[test]
fn the_page_has_inert_text_and_no_script() {
    let directory = covered(true);
    let page = stdout_of(directory.path(), &["coverage", "-f", "html"]);
    assert!(page.contains("A &lt;b&gt;secret&lt;/b&gt; word.") && page.contains("&lt;praise&gt;"), "{page}");
    assert!(
        page.contains("The &lt;i&gt;chronicle&lt;/i&gt;") && page.contains("https://example.org/?a=1&amp;b"),
        "{page}"
    );
    for markup in ["<script", "<b>", "<i>", " style=", "src=", "onclick", "<link", "@import", "url("] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(page.contains("default-src 'none'") && !page.contains("script-src"), "{page}");
    assert_eq!(page, stdout_of(directory.path(), &["coverage", "-f", "html"]));
}

#[test]
fn each_number_leads_to_its_statements_and_back() {
    let directory = covered(true);
    let page = stdout_of(directory.path(), &["coverage", "-f", "html"]);
    let attribute = |name: &str| {
        let pattern = regex::Regex::new(&format!(" {name}=\"#?([^\"]+)\"")).expect("a valid pattern");
        pattern.captures_iter(&page).map(|found| found[1].to_owned()).collect::<Vec<_>>()
    };
    let ids = attribute("id");
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    let links: Vec<String> = attribute("href").into_iter().filter(|link| !link.contains("://")).collect();
    // Two quotes, there and back, and an open sentence.
    assert_eq!(links.len(), 5, "{links:?}");
    assert!(links.iter().all(|link| ids.contains(link)), "{links:?} {ids:?}");
    assert!(page.contains("<mark>The guild built the old mill</mark>"), "{page}");
}

#[test]
fn the_page_has_only_the_quotes_of_a_text_that_is_not_redistributable() {
    let directory = covered(false);
    let page = stdout_of(directory.path(), &["coverage", "-f", "html"]);
    assert!(page.contains("The guild built the old mill") && page.contains("town praised"), "{page}");
    assert!(!page.contains("secret") && !page.contains("The town"), "{page}");
    assert!(page.contains("open sentence of 21 characters"), "{page}");
}

#[test]
fn statements_with_errors_do_not_count() {
    let directory = covered(true);
    let facts = crate::scratch::FACTS.replace("\"built\"", "\"biult\"");
    write(directory.path(), "facts.json", facts);
    let output = factloom(directory.path(), &["coverage"]);
    assert_eq!(output.status, Some(0));
    assert!(output.stdout.contains("0 quoted, 1 excluded, 2 open"), "{}", output.stdout);
    assert!(output.stderr.contains("1 statement with errors not counted"), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn a_program_is_started_only_with_open() {
    use std::os::unix::fs::PermissionsExt;
    let directory = covered(true);
    let here = directory.path();
    let name = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let (bin, opened) = (here.join("bin"), here.join("opened"));
    write(&bin, name, format!("#!/bin/sh\necho \"$1\" > '{0}.tmp'\nmv '{0}.tmp' '{0}'\n", opened.display()));
    fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).expect("it can be executed");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let coverage = |args: &[&str]| run(command(here).env("PATH", &path).arg("coverage").args(args));
    assert_eq!(coverage(&["-o", "page.html"]).status, Some(0));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(here.join("page.html").exists() && !opened.exists());
    let output = coverage(&["--open"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let started = std::time::Instant::now();
    while !opened.exists() && started.elapsed().as_secs() < 30 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let path = fs::read_to_string(&opened).expect("the program was started");
    let path = Path::new(path.trim());
    assert!(path.is_absolute() && path.ends_with("factloom-coverage.html") && path.exists());
    for wrong in [&["--open", "-f", "json"][..], &["--open", "-o", "-"]] {
        assert_eq!(coverage(wrong).status, Some(2), "{wrong:?}");
    }
    let output = run(command(here).env("PATH", here.join("empty")).args(["coverage", "--open"]));
    assert!(output.status == Some(2) && output.stderr.contains("it is not installed"), "{}", output.stderr);
}
