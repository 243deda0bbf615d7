//! Parameters of stored queries as command-line options.

use crate::program::{factloom, stdout_of};
use crate::scratch::{self, dataset};
use std::path::Path;

const BUILDERS: &str = r#"#+ summary: "Who built a thing?"
#+ tags: [history]
#+ parameters:
#+   - thing: "finds the builders of exactly this thing"
#+ enumerate:
#+   - thing
SELECT ?who { ?who v:built ?_thing_iri }
"#;

/// A parameter with the name of a flag, an optional one, a number and a string with a language tag.
const MANY: &str = r"#+ defaults:
#+   - list: none
SELECT ?_list ?__note ?__n_integer ?__lang_en { }
";

fn mill() -> tempfile::TempDir {
    dataset(&[("queries/builders.rq", BUILDERS), ("queries/many.rq", MANY)])
}

#[track_caller]
fn assert_rejected(directory: &Path, args: &[&str], expected: &[&str]) {
    let outcome = factloom(directory, &[&["query"], args].concat());
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""), "{}", outcome.stderr);
    for words in expected {
        assert!(outcome.stderr.contains(words), "{words:?} is not in {:?}", outcome.stderr);
    }
}

#[test]
fn a_parameter_is_an_option_with_an_id_a_label_or_an_iri() {
    let mill = mill();
    let guild = "who\r\nhttps://example.org/mill/entity/guild\r\n";
    for args in [
        &["builders", "--thing", "old-mill"][..],
        &["builders", "--thing=Old mill"],
        &["--thing", "old mill", "builders"],
        &["builders", "--param", "thing=e:old-mill"],
        &["builders", "--thing", "https://example.org/mill/entity/old-mill"],
        &["--query-file", "queries/builders.rq", "--param", "thing=old-mill"],
        &["-e", "SELECT ?who { ?who v:built ?_x_iri }", "--param", "x=old-mill"],
    ] {
        assert_eq!(stdout_of(mill.path(), &[&["query"], args].concat()), guild, "{args:?}");
    }
}

#[test]
fn an_invalid_parameter_is_rejected_with_help() {
    let mill = mill();
    assert_rejected(mill.path(), &["builders"], &["missing value for the parameter `thing`", "--thing VALUE"]);
    assert_rejected(
        mill.path(),
        &["builders", "--thing", "old mil"],
        &["invalid value `old mil`", "did you mean `old mill`?"],
    );
    assert_rejected(
        mill.path(),
        &["builders", "--thing", "guild"],
        &["not one of the allowed values", "use one of old-mill"],
    );
    assert_rejected(mill.path(), &["builders", "--thin", "x"], &["unknown option `--thin`", "did you mean `--thing`?"]);
    assert_rejected(
        mill.path(),
        &["ASK { ?s ?p ?o }", "--fromat", "csv"],
        &["unknown option `--fromat`", "did you mean `--format`?"],
    );
    assert_rejected(mill.path(), &["builders", "--results-formt", "csv"], &["did you mean `--results-format`?"]);
    assert_rejected(mill.path(), &["builders", "--thing"], &["no value for the parameter `thing`", "--thing VALUE"]);
    assert_rejected(mill.path(), &["builders", "--thing", "old", "mill"], &["unexpected argument 'mill'"]);
    assert_rejected(
        mill.path(),
        &["builders", "--thing", "x", "--limit", "abc"],
        &["invalid value 'abc' for '--limit"],
    );
    assert_rejected(
        mill.path(),
        &["builders", "--thing", "x", "--thing", "y"],
        &["the parameter `thing` has two values"],
    );
    assert_rejected(mill.path(), &["builders", "--", "--thing", "x"], &["unexpected argument '--thing'"]);
    assert_rejected(mill.path(), &["builders", "--thing", "--", "--limit"], &["unexpected argument"]);
    assert_rejected(
        mill.path(),
        &["builders", "--thing", "e:old-mil"],
        &["invalid value `e:old-mil`", "did you mean `old-mill`?"],
    );
    assert_rejected(
        mill.path(),
        &["builders", "--thing", "a", "--param", "thing=b"],
        &["the parameter `thing` has two values"],
    );
    assert_rejected(mill.path(), &["builders", "--param", "thing"], &["write --param thing=VALUE or --thing VALUE"]);
    assert_rejected(mill.path(), &["-e", "ASK {}", "--thing", "x"], &["unexpected argument '--thing'"]);
    assert_rejected(
        mill.path(),
        &["many", "--n", "few"],
        &["expected a value of xsd:integer", "write a value such as 42"],
    );
    assert_rejected(mill.path(), &["buildrs", "--thing", "x"], &["did you mean `builders`?"]);
    let other = factloom(mill.path(), &["facts", "--thing", "x"]);
    assert!(other.status == Some(2) && other.stderr.contains("unexpected argument"), "{}", other.stderr);
}

#[test]
fn a_parameter_named_like_a_flag_needs_param() {
    let mill = mill();
    let rows = |args: &[&str]| stdout_of(mill.path(), &[&["query", "many", "--results-format", "tsv"], args].concat());
    assert_eq!(rows(&[]), "?_list\t?__note\t?__n_integer\t?__lang_en\n\"none\"\t\t\t\n");
    let all = rows(&["--param", "list=a=b", "--note", "} \"x\" #", "--n", "-5", "--lang", "mill"]);
    assert_eq!(all.lines().nth(1), Some("\"a=b\"\t\"} \\\"x\\\" #\"\t-5\t\"mill\"@en"));
}

#[test]
fn a_variable_with_an_underscore_needs_no_value_in_an_ad_hoc_query() {
    let mill = mill();
    let output = stdout_of(mill.path(), &["query", "-e", "SELECT ?_thing_iri { e:guild v:built ?_thing_iri }"]);
    assert!(output.contains("old-mill"), "{output}");
    let file = stdout_of(mill.path(), &["query", "--query-file", "queries/builders.rq"]);
    assert!(file.contains("guild"), "{file}");
}

#[test]
fn the_help_of_a_stored_query_lists_its_parameters() {
    let mill = mill();
    let help = |name: &str, args: &str| stdout_of(mill.path(), &["query", name, args]);
    insta::assert_snapshot!("help-on-a-stored-query", help("builders", "--help"));
    let many = help("many", "-h");
    for words in ["--note <TEXT>", "--n <INTEGER>", "[optional]", "--param list=<TEXT>: a string [default: none]"] {
        assert!(many.contains(words), "{words:?} is not in {many}");
    }
    assert_rejected(mill.path(), &["buildrs", "--help"], &["did you mean `builders`?"]);
    assert!(stdout_of(mill.path(), &["query", "--help"]).contains("--query-file"));
}

#[test]
fn long_lists_of_values_are_truncated() {
    let entities: Vec<String> =
        (0..30).map(|n| format!(r#"{{ "id": "m{n:02}", "type": "Thing", "label": "طاحونة {n}" }}"#)).collect();
    let facts: Vec<String> = (0..30)
        .map(|n| {
            format!(
                r#"{{ "id": "f{n}", "subject": "m{n:02}", "predicate": "built", "object": "m{:02}",
                "evidence": [{{ "source": "chronicle", "quote": "The guild" }}] }}"#,
                (n + 1) % 30
            )
        })
        .collect();
    let (entities, facts) = (format!("[{}]", entities.join(",")), format!("[{}]", facts.join(",")));
    let many = dataset(&[("entities.json", &*entities), ("facts.json", &*facts), ("queries/builders.rq", BUILDERS)]);
    let help = stdout_of(many.path(), &["query", "builders", "-h"]);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("[one of: m00 (طاحونة 0), m01") && help.contains("and 10 more]"), "{help}");
    let found = stdout_of(many.path(), &["query", "builders", "--thing", "طاحونة 7"]);
    assert!(found.contains("m06"), "{found}");
}

#[test]
fn stored_queries_are_listed_by_tag() {
    let mill = mill();
    // A byte order mark is ignored.
    scratch::write(mill.path(), "queries/another.rq", "\u{feff}#+ tags:\n#+   - agreement\n#+ summary: x\nASK {}");
    assert_eq!(stdout_of(mill.path(), &["query", "another"]), "true\n");
    let list = stdout_of(mill.path(), &["query", "--list"]);
    assert_eq!(list, "agreement\n  another   x\n\nhistory\n  builders  Who built a thing?\n\nwithout a tag\n  many\n");
}
