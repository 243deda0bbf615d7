//! The cached graph: never stale, never the cause of a failure, and used instead of the files.

use crate::program::{RunOutput, command, factloom, run, stdout_of};
use crate::scratch::{ENTITIES, MANIFEST, dataset, write};
use factloom::store::CompiledGraph;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// Sets the times of all files of a dataset to the distant past, so that a change is recognized by the time alone.
fn age_files(directory: &Path) {
    for file in crate::files_below(directory) {
        set_modified(&directory.join(file), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    }
}

fn set_modified(file: &Path, time: SystemTime) {
    File::options().write(true).open(file).and_then(|f| f.set_modified(time)).expect("the time can be set");
}

/// The output of commands on a dataset, with the cache, or without it (`--keep-going`).
fn outputs(directory: &Path, without_cache: bool) -> Vec<(Option<i32>, String)> {
    let commands: [&[&str]; 4] =
        [&["facts"], &["query", "--list"], &["draw", "-T", "dot"], &["query", "-e", "SELECT ?f { ?f a fl:Fact }"]];
    let run_command = |args: &[&str]| {
        let mut program = command(directory);
        program.args(args);
        if without_cache {
            program.arg("--keep-going");
        }
        let RunOutput { status, stdout, .. } = run(&mut program);
        (status, stdout)
    };
    commands.map(run_command).to_vec()
}

const TEXT: &str = "The guild built the old mill.\nThe town praised it.\n";

/// A dataset with files of every kind, and its text in a file.
fn full_dataset() -> TempDir {
    let source = r#""sources": [{ "id": "chronicle", "text": "sources/chronicle.txt" }], "facts": "facts*.json" }"#;
    let manifest = format!("{}{source}", &MANIFEST[..MANIFEST.find("\"sources\"").expect("it has sources")]);
    dataset(&[
        ("factloom.json", &manifest),
        ("sources/chronicle.txt", TEXT),
        ("rules/back.rq", "CONSTRUCT { ?b v:built ?b } { ?a v:built ?b }"),
        ("queries/all.rq", "#+ summary: All\nSELECT * { ?s ?p ?o }"),
        ("style.json", r#"{ "node": { "shape": "box" } }"#),
    ])
}

fn cached_graph(directory: &Path) -> PathBuf {
    directory.join(".factloom/graph.factloom")
}

#[test]
fn every_change_is_noticed() {
    let more = r#"[{ "id": "g", "subject": "old-mill", "predicate": "built", "object": "old-mill",
        "evidence": [{ "source": "chronicle", "quote": "The town praised it" }] }]"#;
    let changes: [(&str, &str, Option<String>); 10] = [
        ("an edit of the same size", "entities.json", Some(ENTITIES.replace("Guild", "Build"))),
        ("a new file of facts", "facts-more.json", Some(more.to_owned())),
        ("a file of facts that is gone", "facts-more.json", None),
        ("another text", "sources/chronicle.txt", Some(format!("In short.\n{TEXT}"))),
        ("another style", "style.json", Some(r#"{ "node": { "shape": "oval" } }"#.to_owned())),
        ("no style", "style.json", None),
        ("another rule", "rules/back.rq", Some("CONSTRUCT { ?b v:built ?a } { ?a v:built ?b }".to_owned())),
        ("no rule", "rules/back.rq", None),
        ("another stored query", "queries/new.rq", Some("ASK {}".to_owned())),
        ("another manifest", "factloom.json", None),
    ];
    for aged in [false, true] {
        let dataset = full_dataset();
        let directory = dataset.path();
        for (what, name, text) in &changes {
            if aged {
                age_files(directory);
            }
            let before = outputs(directory, false);
            assert_eq!(outputs(directory, false), before, "the second time, before {what}");
            match text {
                Some(text) => write(directory, name, text),
                None => fs::remove_file(directory.join(name)).expect("it can be removed"),
            }
            let after = outputs(directory, false);
            assert_ne!(after, before, "{what}");
            if *name != "factloom.json" {
                assert_eq!(after, outputs(directory, true), "{what}");
            }
        }
    }
}

/// The time after which the attributes of a file tell whether it has changed.
const SETTLED: Duration = Duration::from_millis(2100);

/// The version of the cached graph: a graph that is built again is another file.
#[cfg(unix)]
fn version(directory: &Path) -> (u64, i64) {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(cached_graph(directory)).expect("there is a cached graph");
    (metadata.ino(), metadata.ctime_nsec())
}

/// `touch -r`, archives with fixed times, and restored backups.
#[test]
fn an_edit_that_keeps_size_and_time_is_noticed() {
    let long_ago = SystemTime::UNIX_EPOCH;
    for (wait, time) in [(false, SystemTime::now()), (false, long_ago), (true, long_ago)] {
        for replaces in [false, true] {
            let dataset = full_dataset();
            let (directory, file) = (dataset.path(), dataset.path().join("entities.json"));
            set_modified(&file, time);
            if wait {
                std::thread::sleep(SETTLED);
            }
            let before = outputs(directory, false);
            let edited = if replaces { "new.json" } else { "entities.json" };
            write(directory, edited, ENTITIES.replace("Guild", "Build"));
            fs::rename(directory.join(edited), &file).expect("it can be moved");
            set_modified(&file, time);
            assert_ne!(outputs(directory, false), before, "{wait} {time:?} {replaces}");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_clock_may_go_back() {
    let dataset = full_dataset();
    std::thread::sleep(SETTLED);
    let before = outputs(dataset.path(), false);
    let file = dataset.path().join(".factloom/inputs.json");
    let change = |pattern: &str, new: &str| {
        let text = fs::read_to_string(&file).expect("it is there");
        let changed = regex::Regex::new(pattern).expect("it is valid").replace_all(&text, new).into_owned();
        assert_ne!(changed, text, "{pattern}");
        fs::write(&file, changed).expect("it can be written");
    };
    // The attributes are the same, so that the contents do not count.
    change(r#""sha256":"[0-9a-f]{64}""#, r#""sha256":"0""#);
    let cached = version(dataset.path());
    assert_eq!(outputs(dataset.path(), false), before);
    assert_eq!(version(dataset.path()), cached);
    // A graph that is cached in the future.
    change(r#""written":\{"secs":\d+"#, r#""written":{"secs":99999999999"#);
    assert_eq!(outputs(dataset.path(), false), before);
    assert_ne!(version(dataset.path()), cached);
}

#[cfg(unix)]
#[test]
fn build_compares_contents() {
    let dataset = full_dataset();
    std::thread::sleep(SETTLED);
    assert_eq!(factloom(dataset.path(), &["build"]).status, Some(0));
    let cached = version(dataset.path());
    assert_eq!(factloom(dataset.path(), &["build"]).status, Some(0));
    assert_eq!(version(dataset.path()), cached);
    let file = dataset.path().join(".factloom/inputs.json");
    let text = fs::read_to_string(&file).expect("it is there");
    let hash = text.find("\"sha256\":\"").expect("there is a hash") + 10;
    fs::write(&file, format!("{}{}{}", &text[..hash], "0".repeat(64), &text[hash + 64..])).expect("it can be written");
    assert_eq!(factloom(dataset.path(), &["facts"]).status, Some(0));
    assert_eq!(version(dataset.path()), cached, "the attributes are the same");
    assert_eq!(factloom(dataset.path(), &["build"]).status, Some(0));
    assert_ne!(version(dataset.path()), cached);
}

/// Otherwise, its graph could state what the dataset does not.
#[cfg(unix)]
#[test]
fn a_cache_that_comes_with_a_dataset_is_not_used() {
    let (dataset, copies) = (full_dataset(), tempfile::tempdir().expect("a directory"));
    assert_eq!(factloom(dataset.path(), &["facts"]).status, Some(0));
    let copy = copies.path().join("copy");
    let status = std::process::Command::new("cp").arg("-a").args([dataset.path(), &copy]).status();
    assert!(status.is_ok_and(|status| status.success()), "it can be copied");
    let copied = version(&copy);
    assert_eq!(factloom(&copy, &["facts"]).status, Some(0));
    assert_ne!(version(&copy), copied);
    // The graph was cached here.
    let cached = version(&copy);
    assert_eq!(factloom(&copy, &["facts"]).status, Some(0));
    assert_eq!(version(&copy), cached);
}

#[test]
fn a_changed_lock_is_noticed() {
    let dataset = full_dataset();
    assert_eq!(factloom(dataset.path(), &["lock"]).status, Some(0));
    age_files(dataset.path());
    let before = outputs(dataset.path(), false);
    assert_eq!(before[0].0, Some(0));
    let lock = fs::read_to_string(dataset.path().join("factloom.lock")).expect("there is a lock");
    write(dataset.path(), "factloom.lock", lock.replace("\"version\":2", "\"version\":9"));
    assert_eq!(outputs(dataset.path(), false)[0].0, Some(1), "{lock}");
}

#[test]
fn another_directory_of_texts_invalidates_the_cache() {
    let (dataset, texts) = (full_dataset(), tempfile::tempdir().expect("a directory"));
    write(texts.path(), "chronicle.txt", format!("\n\n{TEXT}"));
    let facts = |source_dir: bool| {
        let mut program = command(dataset.path());
        program.arg("facts");
        if source_dir {
            program.arg("--source-dir").arg(texts.path());
        }
        run(&mut program).stdout
    };
    assert!(facts(false).contains("chronicle 1:1"));
    assert!(facts(true).contains("chronicle 3:1"));
    assert!(facts(false).contains("chronicle 1:1"));
}

#[test]
fn the_cache_is_never_committed_and_not_part_of_the_dataset() {
    let queries = MANIFEST.replace("\"sources\"", "\"queries\": \"**/*.rq\", \"sources\"");
    let dataset = dataset(&[("factloom.json", &queries), ("a.rq", "ASK {}"), (".factloom/b.rq", "ASK {}")]);
    assert_eq!(stdout_of(dataset.path(), &["query", "--list"]), "a\n");
    let dataset = full_dataset();
    assert_eq!(factloom(dataset.path(), &["facts"]).status, Some(0));
    assert_eq!(fs::read_to_string(dataset.path().join(".factloom/.gitignore")).expect("it was written"), "*\n");
    let inputs = fs::read_to_string(dataset.path().join(".factloom/inputs.json")).expect("it was written");
    assert!(!inputs.contains(".factloom"), "{inputs}");
    assert!(!inputs.contains(dataset.path().to_str().expect("UTF-8")), "{inputs}");
}

#[test]
fn commands_work_if_the_cache_cannot_be_written() {
    let dataset = full_dataset();
    let before = outputs(dataset.path(), true);
    assert!(!dataset.path().join(".factloom").exists());
    write(dataset.path(), ".factloom", "in the way");
    let outcome = factloom(dataset.path(), &["facts"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(outputs(dataset.path(), false), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let dataset = full_dataset();
        fs::set_permissions(dataset.path(), fs::Permissions::from_mode(0o555)).expect("it can be locked");
        let outcome = factloom(dataset.path(), &["facts"]);
        fs::set_permissions(dataset.path(), fs::Permissions::from_mode(0o755)).expect("it can be opened again");
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    }
}

#[cfg(unix)]
#[test]
fn cached_files_have_the_usual_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let dataset = full_dataset();
    assert_eq!(factloom(dataset.path(), &["facts"]).status, Some(0));
    write(dataset.path(), "another", "a file with the usual permissions");
    let mode = |name: &str| fs::metadata(dataset.path().join(name)).expect(name).permissions().mode();
    for name in ["graph.factloom", "inputs.json"] {
        assert_eq!(mode(&format!(".factloom/{name}")), mode("another"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_does_not_make_a_command_fail_or_leave_partial_files() {
    let dataset = full_dataset();
    let program = command(dataset.path());
    for blocks in ["0", "1", "4"] {
        let limited = format!("ulimit -f {blocks}; exec \"$0\" facts");
        let mut bash = std::process::Command::new("bash");
        bash.current_dir(dataset.path()).arg("-c").arg(limited).arg(program.get_program());
        let outcome = run(&mut bash);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{blocks}");
        assert!(outcome.stdout.contains("Guild built Old mill"));
        let left = crate::files_below(&dataset.path().join(".factloom"));
        assert!(left.iter().all(|file| file.ends_with(".gitignore")), "{left:?}");
    }
    assert_eq!(factloom(dataset.path(), &["facts"]).status, Some(0));
    assert!(cached_graph(dataset.path()).is_file());
    assert_eq!(fs::read_to_string(dataset.path().join(".factloom/.gitignore")).expect("it was written"), "*\n");
}

#[test]
fn a_corrupt_cache_is_rebuilt() {
    let dataset = full_dataset();
    age_files(dataset.path());
    let before = outputs(dataset.path(), false);
    let graph = fs::read(cached_graph(dataset.path())).expect("the graph is cached");
    let mut corruptions: Vec<(&str, Vec<u8>)> = vec![("graph.factloom", Vec::new()), ("inputs.json", b"{}".to_vec())];
    for length in [7, 39, 100, graph.len() / 2, graph.len() - 1] {
        corruptions.push(("graph.factloom", graph[..length].to_vec()));
    }
    for at in (0..graph.len()).step_by(graph.len() / 12) {
        let mut changed = graph.clone();
        changed[at] ^= 0x20;
        corruptions.push(("graph.factloom", changed));
    }
    for (name, bytes) in corruptions {
        fs::write(dataset.path().join(".factloom").join(name), &bytes).expect("it can be corrupted");
        let outcome = factloom(dataset.path(), &["facts"]);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
        assert_eq!(outcome.stdout, before[0].1);
        assert!(fs::read(cached_graph(dataset.path())).expect("the graph is cached") == graph, "rebuilt");
    }
}

#[test]
fn a_graph_with_the_inputs_of_another_is_rejected() {
    let (one, other) = (full_dataset(), full_dataset());
    write(other.path(), "entities.json", ENTITIES.replace("Guild", "Build"));
    for dataset in [&one, &other] {
        age_files(dataset.path());
        assert_eq!(factloom(dataset.path(), &["facts"]).status, Some(0));
    }
    fs::copy(cached_graph(other.path()), cached_graph(one.path())).expect("it can be copied");
    assert!(stdout_of(one.path(), &["facts"]).contains("Guild built Old mill"));
}

#[test]
fn concurrent_commands_leave_a_valid_cache() {
    for round in 0..3 {
        let dataset = full_dataset();
        if round == 1 {
            age_files(dataset.path());
        }
        let spawn = |_| command(dataset.path()).arg("facts").stdout(Stdio::piped()).spawn().expect("it can be run");
        let children: Vec<_> = (0..8).map(spawn).collect();
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success());
            assert!(String::from_utf8_lossy(&output.stdout).contains("Guild built Old mill"));
        }
        CompiledGraph::open(&cached_graph(dataset.path())).and_then(|graph| graph.verify()).expect("it is valid");
        let left = crate::files_below(&dataset.path().join(".factloom"));
        assert_eq!(left.len(), 3, "{left:?}");
    }
}

#[test]
fn datasets_share_a_cache_directory() {
    let (cache, one, other) = (tempfile::tempdir().expect("a directory"), full_dataset(), full_dataset());
    write(other.path(), "entities.json", ENTITIES.replace("Guild", "Build"));
    for (dataset, name, by_variable) in [(&one, "Guild", true), (&other, "Build", false), (&one, "Guild", false)] {
        let mut program = command(dataset.path());
        program.arg("facts");
        match by_variable {
            true => program.env("FACTLOOM_CACHE_DIR", cache.path()),
            false => program.arg("--cache-dir").arg(cache.path()),
        };
        let outcome = run(&mut program);
        assert!(outcome.stdout.contains(&format!("{name} built Old mill")), "{}", outcome.stderr);
        assert!(!dataset.path().join(".factloom").exists());
    }
    let graphs =
        |directory: &Path| crate::files_below(directory).iter().filter(|f| f.ends_with("graph.factloom")).count();
    assert_eq!(graphs(cache.path()), 2);
    let bundled = run(command(one.path().parent().expect("a directory"))
        .args(["query", "who-helped-build-psm"])
        .env("FACTLOOM_CACHE_DIR", cache.path()));
    assert_eq!(bundled.status, Some(0), "{}", bundled.stderr);
    assert_eq!(graphs(cache.path()), 3);
}

#[test]
fn a_killed_build_leaves_the_old_file_or_the_new_one() {
    let dataset = full_dataset();
    let (directory, out) = (dataset.path(), dataset.path().join("out"));
    let labels = ["Guild", "Build"];
    let mut graphs = Vec::new();
    let mut took = Duration::ZERO;
    for label in labels {
        write(directory, "entities.json", ENTITIES.replace("Guild", label));
        let begun = Instant::now();
        assert_eq!(factloom(directory, &["build", "-o", "out"]).status, Some(0));
        took = begun.elapsed();
        graphs.push(fs::read(out.join("graph.factloom")).expect("it was written"));
    }
    let mut random = 7_u64;
    for round in 0..100 {
        write(directory, "entities.json", ENTITIES.replace("Guild", labels[round % 2]));
        let mut child = command(directory)
            .args(["build", "-o", "out"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it can be run");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(took.mul_f64((random >> 33) as f64 / f64::from(1_u32 << 31)));
        let _ = child.kill();
        child.wait().expect("it ends");
        for file in [out.join("graph.factloom"), cached_graph(directory)] {
            let bytes = fs::read(file).expect("there is always one");
            assert!(graphs.contains(&bytes), "round {round}");
        }
        if round % 10 == 9 {
            assert!(stdout_of(directory, &["facts"]).contains(&format!("{} built Old mill", labels[round % 2])));
        }
    }
}

#[test]
fn a_graph_does_not_depend_on_the_number_of_threads() {
    let dataset = dataset(&[]);
    let mut facts = String::new();
    let mut entities = String::new();
    for n in 0..6_000 {
        let _ = writeln!(entities, "{{\"id\":\"e{n}\",\"type\":\"Thing\",\"label\":\"Thing {n}\"}}");
        let object = n * 7 % 6_000;
        let _ = writeln!(
            facts,
            "{{\"subject\":\"e{n}\",\"predicate\":\"built\",\"object\":\"e{object}\",\"evidence\":[{{\"source\":\"chronicle\",\
             \"quote\":\"The town praised it\",\"note\":\"{n}\"}}]}}"
        );
    }
    write(dataset.path(), "entities.jsonl", entities);
    write(dataset.path(), "facts.jsonl", facts);
    let built = |threads: &str| {
        let mut program = command(dataset.path());
        program.args(["export", "--keep-going", "-o", "x.factloom"]).env("RAYON_NUM_THREADS", threads);
        let outcome = run(&mut program);
        assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
        fs::read(dataset.path().join("x.factloom")).expect("it was written")
    };
    let one = built("1");
    assert!(one.len() > 1 << 20);
    assert!(one == built("2"));
    assert_eq!(stdout_of(dataset.path(), &["verify", "x.factloom"]).matches("valid").count(), 1);
}
