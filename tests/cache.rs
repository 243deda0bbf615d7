//! The compiled graph that is kept: never stale, never in the way, and asked in place of the files.

use crate::program::{RunOutput, command, factloom, run, stdout_of};
use crate::scratch::{ENTITIES, MANIFEST, dataset, write};
use factloom::store::CompiledGraph;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// Dates all files of a dataset long ago, so that their times alone tell whether they have changed.
fn settle(folder: &Path) {
    for file in crate::files_below(folder) {
        date(&folder.join(file), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    }
}

fn date(file: &Path, time: SystemTime) {
    File::options().write(true).open(file).and_then(|f| f.set_modified(time)).expect("it can be dated");
}

/// What the commands say of a dataset: those that answer from the graph that is kept, or those that keep none.
fn said(folder: &Path, anew: bool) -> Vec<(Option<i32>, String)> {
    let commands: [&[&str]; 4] =
        [&["facts"], &["query", "--list"], &["draw", "-T", "dot"], &["query", "-q", "SELECT ?f { ?f a fl:Fact }"]];
    let ask = |args: &[&str]| {
        let mut program = command(folder);
        program.args(args);
        if anew {
            program.arg("--keep-going");
        }
        let RunOutput { status, stdout, .. } = run(&mut program);
        (status, stdout)
    };
    commands.map(ask).to_vec()
}

const TEXT: &str = "The guild built the old mill.\nThe town praised it.\n";

/// A dataset with a part of each kind, and its text in a file.
fn whole() -> TempDir {
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

fn kept(folder: &Path) -> PathBuf {
    folder.join(".factloom/graph.factloom")
}

#[test]
fn no_change_is_overlooked() {
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
    for settled in [false, true] {
        let made = whole();
        let folder = made.path();
        for (what, name, text) in &changes {
            if settled {
                settle(folder);
            }
            let before = said(folder, false);
            assert_eq!(said(folder, false), before, "the second time, before {what}");
            match text {
                Some(text) => write(folder, name, text),
                None => fs::remove_file(folder.join(name)).expect("it can be removed"),
            }
            let after = said(folder, false);
            assert_ne!(after, before, "{what}");
            if *name != "factloom.json" {
                assert_eq!(after, said(folder, true), "{what}");
            }
        }
    }
}

#[test]
fn an_edit_that_leaves_size_and_time_is_seen_where_the_time_was_near() {
    let made = whole();
    let (folder, file) = (made.path(), made.path().join("entities.json"));
    let now = SystemTime::now();
    date(&file, now);
    let before = said(folder, false);
    write(folder, "entities.json", ENTITIES.replace("Guild", "Build"));
    date(&file, now);
    assert_ne!(said(folder, false), before);
}

#[test]
fn a_lock_that_no_longer_fits_is_seen() {
    let made = whole();
    assert_eq!(factloom(made.path(), &["lock"]).status, Some(0));
    settle(made.path());
    let before = said(made.path(), false);
    assert_eq!(before[0].0, Some(0));
    let lock = fs::read_to_string(made.path().join("factloom.lock")).expect("there is a lock");
    write(made.path(), "factloom.lock", lock.replace("\"length\":51", "\"length\":52").replace('0', "1"));
    assert_eq!(said(made.path(), false)[0].0, Some(1), "{lock}");
}

#[test]
fn texts_elsewhere_are_another_dataset() {
    let (made, texts) = (whole(), tempfile::tempdir().expect("a folder"));
    write(texts.path(), "chronicle.txt", format!("\n\n{TEXT}"));
    let facts = |source_dir: bool| {
        let mut program = command(made.path());
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
fn what_is_fresh_is_answered_without_reading_the_facts() {
    let made = whole();
    settle(made.path());
    let before = said(made.path(), false);
    for name in ["facts.json", "entities.json", "vocabulary.ttl", "rules/back.rq", "style.json", "factloom.json"] {
        let path = made.path().join(name);
        let size = fs::metadata(&path).expect("it is there").len();
        fs::write(&path, "?".repeat(usize::try_from(size).expect("it is short"))).expect("it can be written");
    }
    settle(made.path());
    assert_eq!(said(made.path(), false), before);
    // Touched, the files are read, and found to be no dataset.
    date(&made.path().join("facts.json"), SystemTime::now());
    assert_ne!(said(made.path(), false), before);
}

#[test]
fn what_is_kept_is_never_committed_and_no_part_of_the_dataset() {
    let queries = MANIFEST.replace("\"sources\"", "\"queries\": \"**/*.rq\", \"sources\"");
    let made = dataset(&[("factloom.json", &queries), ("a.rq", "ASK {}"), (".factloom/b.rq", "ASK {}")]);
    assert_eq!(stdout_of(made.path(), &["query", "--list"]), "a\n");
    let made = whole();
    assert_eq!(factloom(made.path(), &["facts"]).status, Some(0));
    assert_eq!(fs::read_to_string(made.path().join(".factloom/.gitignore")).expect("it was written"), "*\n");
    let inputs = fs::read_to_string(made.path().join(".factloom/inputs.json")).expect("it was written");
    assert!(!inputs.contains(".factloom"), "{inputs}");
    assert!(!inputs.contains(made.path().to_str().expect("UTF-8")), "{inputs}");
}

#[test]
fn where_nothing_can_be_kept_commands_work_all_the_same() {
    let made = whole();
    let before = said(made.path(), true);
    assert!(!made.path().join(".factloom").exists());
    write(made.path(), ".factloom", "in the way");
    let outcome = factloom(made.path(), &["facts"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(said(made.path(), false), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let made = whole();
        fs::set_permissions(made.path(), fs::Permissions::from_mode(0o555)).expect("it can be locked");
        let outcome = factloom(made.path(), &["facts"]);
        fs::set_permissions(made.path(), fs::Permissions::from_mode(0o755)).expect("it can be opened again");
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    }
}

#[cfg(unix)]
#[test]
fn what_is_kept_can_be_read_by_whoever_can_read_other_files() {
    use std::os::unix::fs::PermissionsExt;
    let made = whole();
    assert_eq!(factloom(made.path(), &["facts"]).status, Some(0));
    write(made.path(), "another", "a file that is written as any other");
    let mode = |name: &str| fs::metadata(made.path().join(name)).expect(name).permissions().mode();
    for kept in ["graph.factloom", "inputs.json"] {
        assert_eq!(mode(&format!(".factloom/{kept}")), mode("another"), "{kept}");
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_no_obstacle_and_nothing_half_written_stays() {
    let made = whole();
    let program = command(made.path());
    for blocks in ["0", "1", "4"] {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" facts");
        let mut bash = std::process::Command::new("bash");
        bash.current_dir(made.path()).arg("-c").arg(limited).arg(program.get_program());
        let outcome = run(&mut bash);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{blocks}");
        assert!(outcome.stdout.contains("Guild built Old mill"));
        let left = crate::files_below(&made.path().join(".factloom"));
        assert!(left.iter().all(|file| file.ends_with(".gitignore")), "{left:?}");
    }
    assert_eq!(factloom(made.path(), &["facts"]).status, Some(0));
    assert!(kept(made.path()).is_file());
    assert_eq!(fs::read_to_string(made.path().join(".factloom/.gitignore")).expect("it was written"), "*\n");
}

#[test]
fn what_is_damaged_is_made_anew() {
    let made = whole();
    settle(made.path());
    let before = said(made.path(), false);
    let graph = fs::read(kept(made.path())).expect("it was kept");
    let mut damages: Vec<(&str, Vec<u8>)> = vec![("graph.factloom", Vec::new()), ("inputs.json", b"{}".to_vec())];
    for length in [7, 39, 100, graph.len() / 2, graph.len() - 1] {
        damages.push(("graph.factloom", graph[..length].to_vec()));
    }
    for at in (0..graph.len()).step_by(graph.len() / 12) {
        let mut damaged = graph.clone();
        damaged[at] ^= 0x20;
        damages.push(("graph.factloom", damaged));
    }
    for (name, bytes) in damages {
        fs::write(made.path().join(".factloom").join(name), &bytes).expect("it can be damaged");
        let outcome = factloom(made.path(), &["facts"]);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
        assert_eq!(outcome.stdout, before[0].1);
        assert!(fs::read(kept(made.path())).expect("it was kept") == graph, "made anew");
    }
}

#[test]
fn a_graph_with_the_inputs_of_another_is_not_believed() {
    let (one, other) = (whole(), whole());
    write(other.path(), "entities.json", ENTITIES.replace("Guild", "Build"));
    for made in [&one, &other] {
        settle(made.path());
        assert_eq!(factloom(made.path(), &["facts"]).status, Some(0));
    }
    fs::copy(kept(other.path()), kept(one.path())).expect("it can be copied");
    assert!(stdout_of(one.path(), &["facts"]).contains("Guild built Old mill"));
}

#[test]
fn commands_at_once_do_no_harm() {
    for round in 0..3 {
        let made = whole();
        if round == 1 {
            settle(made.path());
        }
        let spawn = |_| command(made.path()).arg("facts").stdout(Stdio::piped()).spawn().expect("it can be run");
        let children: Vec<_> = (0..8).map(spawn).collect();
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success());
            assert!(String::from_utf8_lossy(&output.stdout).contains("Guild built Old mill"));
        }
        CompiledGraph::open(&kept(made.path())).and_then(|graph| graph.verify()).expect("it is whole");
        let left = crate::files_below(&made.path().join(".factloom"));
        assert_eq!(left.len(), 3, "{left:?}");
    }
}

#[test]
fn datasets_share_a_folder_for_what_is_kept() {
    let (cache, one, other) = (tempfile::tempdir().expect("a folder"), whole(), whole());
    write(other.path(), "entities.json", ENTITIES.replace("Guild", "Build"));
    for (made, name, by_variable) in [(&one, "Guild", true), (&other, "Build", false), (&one, "Guild", false)] {
        let mut program = command(made.path());
        program.arg("facts");
        match by_variable {
            true => program.env("FACTLOOM_CACHE_DIR", cache.path()),
            false => program.arg("--cache-dir").arg(cache.path()),
        };
        let outcome = run(&mut program);
        assert!(outcome.stdout.contains(&format!("{name} built Old mill")), "{}", outcome.stderr);
        assert!(!made.path().join(".factloom").exists());
    }
    let graphs = |folder: &Path| crate::files_below(folder).iter().filter(|f| f.ends_with("graph.factloom")).count();
    assert_eq!(graphs(cache.path()), 2);
    let bundled = run(command(one.path().parent().expect("a folder"))
        .args(["query", "who-helped-build-psm"])
        .env("FACTLOOM_CACHE_DIR", cache.path()));
    assert_eq!(bundled.status, Some(0), "{}", bundled.stderr);
    assert_eq!(graphs(cache.path()), 3);
}

#[test]
fn a_build_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let made = whole();
    let (folder, out) = (made.path(), made.path().join("out"));
    let labels = ["Guild", "Build"];
    let mut graphs = Vec::new();
    let mut took = Duration::ZERO;
    for label in labels {
        write(folder, "entities.json", ENTITIES.replace("Guild", label));
        let begun = Instant::now();
        assert_eq!(factloom(folder, &["build", "-o", "out"]).status, Some(0));
        took = begun.elapsed();
        graphs.push(fs::read(out.join("graph.factloom")).expect("it was written"));
    }
    let mut random = 7_u64;
    for round in 0..100 {
        write(folder, "entities.json", ENTITIES.replace("Guild", labels[round % 2]));
        let mut child = command(folder)
            .args(["build", "-o", "out"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it can be run");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(took.mul_f64((random >> 33) as f64 / f64::from(1_u32 << 31)));
        let _ = child.kill();
        child.wait().expect("it ends");
        for file in [out.join("graph.factloom"), kept(folder)] {
            let bytes = fs::read(file).expect("there is always one");
            assert!(graphs.contains(&bytes), "round {round}");
        }
        if round % 10 == 9 {
            assert!(stdout_of(folder, &["facts"]).contains(&format!("{} built Old mill", labels[round % 2])));
        }
    }
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let made = dataset(&[]);
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
    write(made.path(), "entities.jsonl", entities);
    write(made.path(), "facts.jsonl", facts);
    let built = |threads: &str| {
        let mut program = command(made.path());
        program.args(["export", "--keep-going", "-o", "x.factloom"]).env("RAYON_NUM_THREADS", threads);
        let outcome = run(&mut program);
        assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
        fs::read(made.path().join("x.factloom")).expect("it was written")
    };
    let one = built("1");
    assert!(one.len() > 1 << 20);
    assert!(one == built("2"));
    assert_eq!(stdout_of(made.path(), &["verify", "x.factloom"]).matches("whole").count(), 1);
}
