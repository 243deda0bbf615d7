//! The interactive shell of `factloom query`.

use crate::program::{RunOutput, factloom, run_external};
use crate::scratch::dataset;
use std::fs;
use std::path::Path;

/// Runs a program at a terminal of 100 columns: for each step waits until some words appear, and types others.
const TERMINAL: &str = r"
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
directory, args, steps = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
pager = sys.argv[4]
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(directory)
    home = {'HOME': directory, 'PATH': os.environ['PATH'], 'TERM': 'xterm', 'NO_COLOR': '1', 'PAGER': pager}
    time.sleep(0.2)
    # A shell ignores it in what it runs in the background, and so would the program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execve(args[0], args, home)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 100, 0, 0))
shown, ended, deadline = '', False, time.time() + 60
def read():
    global shown, ended
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            piece = b''
        ended = ended or not piece
        shown += piece.decode('utf-8', 'replace')
at = 0
for words, typed in steps:
    while words not in shown[at:] and not ended and time.time() < deadline:
        read()
    if words not in shown[at:]:
        os.kill(pid, signal.SIGKILL)
        sys.exit('did not appear: ' + words + '\n' + shown)
    at = shown.index(words, at) + len(words)
    os.write(terminal, typed.encode())
    # At an input that is being read, Ctrl-C only clears that. It is repeated until a query runs.
    repeated = time.time() + 0.5
    while typed == '\x03' and 'interrupted' not in shown[at:] and not ended and time.time() < deadline:
        read()
        if time.time() > repeated:
            os.write(terminal, typed.encode())
            repeated = time.time() + 0.5
while not ended and time.time() < deadline:
    read()
print(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

/// Types into `factloom query` at a terminal.
pub fn run_in_terminal(directory: &Path, args: &[&str], steps: &[(&str, &str)]) -> RunOutput {
    run_with(directory, args, "cat", steps)
}

/// Types into `factloom query` at a terminal, with a pager for long output.
fn run_with_pager(directory: &Path, pager: &str, steps: &[(&str, &str)]) -> RunOutput {
    run_with(directory, &[], pager, steps)
}

fn run_with(directory: &Path, args: &[&str], pager: &str, steps: &[(&str, &str)]) -> RunOutput {
    let program = assert_cmd::cargo::cargo_bin!("factloom").display().to_string();
    let args: Vec<&str> = [program.as_str(), "query"].iter().chain(args).copied().collect();
    let json = |value: serde_json::Value| value.to_string();
    let (args, steps) = (json(serde_json::json!(args)), json(serde_json::json!(steps)));
    run_external("python3", &["-c", TERMINAL, &directory.display().to_string(), &args, &steps, pager], b"")
}

/// Asserts that the terminal shows the expected words after each input, and that the program succeeds.
fn assert_shows(directory: &Path, args: &[&str], steps: &[(&str, &str)]) {
    let output = run_in_terminal(directory, args, steps);
    assert_eq!(output.status, Some(0), "{}\n{}", output.stdout, output.stderr);
}

const PROMPT: &str = "sparql> ";

fn queries_run_one_after_another() {
    let directory =
        dataset(&[("queries/builders.rq", "#+ summary: \"Who built?\"\nSELECT ?who { ?who v:built ?what }")]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "SELECT ?who ?what { ?who v:built ?what }\r"),
            ("Guild ┆ Old mill", ""),
            (PROMPT, ".queries\r"),
            ("Who built?", ""),
            (PROMPT, ".run builders\r"),
            ("Guild", ""),
            (PROMPT, ".format csv\r"),
            (PROMPT, ".run builders\r"),
            ("https://example.org/mill/entity/guild", ""),
            (PROMPT, ".format\r"),
            ("format: table", ""),
            (PROMPT, ".cite footnotes\r"),
            ("cite: footnotes", ""),
            (PROMPT, "SELECT ?who { ?who v:built ?what };\r"),
            ("The guild built the old mill", ""),
            (PROMPT, ".explain ASK { ?who v:built ?what }\r"),
            ("evaluated by", ""),
            (PROMPT, ".show builders\r"),
            ("#+ summary: \"Who built?\"", ""),
            (PROMPT, ".why-empty on\r"),
            ("why-empty: on", ""),
            (PROMPT, "SELECT ?who { ?who v:buillt ?what }\r"),
            ("did you mean `v:built`?", ""),
            (PROMPT, ".quit\r"),
        ],
    );
}
external!(Need::Program("python3"), queries_run_one_after_another);

fn an_incomplete_query_continues_on_the_next_line() {
    let directory = dataset(&[]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "SELECT ?who {\r"),
            ("{", "  ?who v:built ?what\r"),
            ("what", "}\r"),
            ("Guild", ""),
            (PROMPT, "SELECT ?who\r\r"),
            ("unexpected end of the query", ""),
            (PROMPT, "\x04"),
        ],
    );
}
external!(Need::Program("python3"), an_incomplete_query_continues_on_the_next_line);

fn after_an_error_the_next_query_is_read() {
    let directory = dataset(&[]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "ASK { Guild v:built ?what }\r"),
            ("replace the label `Guild`", ""),
            (PROMPT, "INSERT DATA {\r"),
            ("the graph is read-only", ""),
            (PROMPT, ".formt\r"),
            ("did you mean `.format`?", ""),
            (PROMPT, ".run nobody\r"),
            ("unknown stored query", ""),
            (PROMPT, ".format elephant\r"),
            ("unknown format `elephant`", ""),
            (PROMPT, ".cite elephant\r"),
            ("use one of columns, footnotes, off", ""),
            (PROMPT, ".timeout soon\r"),
            ("invalid duration `soon`", ""),
            (PROMPT, ".timeout 0\r"),
            ("expected more than zero, such as 500ms, 30s or 2m, or off", ""),
            (PROMPT, ".limit 0\r"),
            ("invalid limit `0`", ""),
            (PROMPT, ".why-empty perhaps\r"),
            ("use one of on, off", ""),
            (PROMPT, ".show nobody\r"),
            ("unknown stored query", ""),
            (PROMPT, ".save rows.csv\r"),
            ("no result to save", ""),
            (PROMPT, ".load missing.rq\r"),
            ("cannot read `missing.rq`", ""),
            (PROMPT, "ASK { ?s A v:Thing }\r"),
            ("did you mean `a`?", ""),
            (PROMPT, "SELEC\x03"),
            (PROMPT, "ASK { ?s v:built ?o }\r"),
            ("true", ""),
            (PROMPT, ".quit\r"),
        ],
    );
}
external!(Need::Program("python3"), after_an_error_the_next_query_is_read);

fn advice_names_the_commands_of_the_shell() {
    let query = "#+ summary: \"Who built?\"\nSELECT ?who { ?who v:built ?_what }";
    let directory = dataset(&[("queries/builders.rq", query)]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "SELECT ?who { ?who v:built e:guild }\r"),
            ("no rows; `.why-empty on` explains empty results", ""),
            (PROMPT, ".run zzzzzz\r"),
            ("`.queries` lists the stored queries", ""),
            (PROMPT, ".run builders\r"),
            ("set it with `.run builders what=VALUE`; `.show builders` shows the query", ""),
            (PROMPT, ".run builders zzzzzz=e:guild\r"),
            ("unknown parameter `zzzzzz`", ""),
            ("`.show builders` shows the query", ""),
            (PROMPT, ".run builders whatt=e:guild\r"),
            ("did you mean `what`?", ""),
            (PROMPT, ".run builders --what e:guild\r"),
            ("write a parameter as `.run builders what=e:guild`", ""),
            (PROMPT, ".cite footnotes\r"),
            (PROMPT, "CONSTRUCT WHERE { ?who v:built ?what }\r"),
            ("footnotes require a table", ""),
            ("use `.cite columns`", ""),
            (PROMPT, ".cite off\r"),
            (PROMPT, ".format csv\r"),
            (PROMPT, "CONSTRUCT WHERE { ?who v:built ?what }\r"),
            ("use `.format` with one of turtle", ""),
            (PROMPT, "\x04"),
        ],
    );
}
external!(Need::Program("python3"), advice_names_the_commands_of_the_shell);

fn tab_completes_names_from_the_graph() {
    let directory = dataset(&[]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "ASK { e:gu\t"),
            ("e:guild", " v:bu\t"),
            ("v:built", " Old mi\t"),
            ("e:old-mill", " }\r"),
            ("true", ""),
            (PROMPT, "\x04"),
        ],
    );
}
external!(Need::Program("python3"), tab_completes_names_from_the_graph);

fn ctrl_c_stops_the_query_and_not_the_session() {
    let directory = dataset(&[]);
    // Each row has to be computed.
    let endless = "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o \
        FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j), STR(?m)) = '') }\r";
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, endless),
            ("}", "\x03"),
            ("interrupted", ""),
            (PROMPT, "ASK { ?s v:built ?o }\r"),
            ("true", ""),
            (PROMPT, ".timeout 100ms\r"),
            ("timeout: 100ms", ""),
            (PROMPT, endless),
            ("cancelled after 100ms", ""),
            ("set a longer time with `.timeout`", ""),
            (PROMPT, "\x04"),
        ],
    );
}
external!(Need::Program("python3"), ctrl_c_stops_the_query_and_not_the_session);

fn prefixes_hold_for_the_session() {
    let directory = dataset(&[]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "PREFIX mill: <https://example.org/mill/entity/> ASK { mill:guild v:built ?o }\r"),
            ("true", ""),
            (PROMPT, "SELECT ?o { mill:guild v:built ?o }\r"),
            ("Old mill", ""),
            (PROMPT, "PREFIX : <https://example.org/mill/entity/>\r\r"),
            (PROMPT, "ASK { :guild v:built :old-mill }\r"),
            ("true", ""),
            (PROMPT, "ASK { mill:gui\t"),
            ("mill:guild", " v:built ?o }\r"),
            ("true", ""),
            (PROMPT, ".prefixes\r"),
            ("PREFIX mill: <https://example.org/mill/entity/>", ""),
            // A command may follow the declarations.
            (PROMPT, "PREFIX more: <https://example.org/mill/entity/>\r"),
            ("entity/>", ".format csv\r"),
            ("format: csv", ""),
            (PROMPT, "ASK { more:guild v:built ?o }\r"),
            ("true", ""),
            (PROMPT, "\x04"),
        ],
    );
}
external!(Need::Program("python3"), prefixes_hold_for_the_session);

fn queries_are_loaded_and_results_are_saved() {
    let directory = dataset(&[("my query.rq", "SELECT ?who ?what { ?who v:built ?what }")]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, ".load \"my query.rq\"\r"),
            ("Guild", ""),
            (PROMPT, ".save rows.csv\r"),
            ("wrote rows.csv", ""),
            (PROMPT, ".save rows.odt\r"),
            ("unknown file extension `.odt`", ""),
            (PROMPT, ".limit 1\r"),
            (PROMPT, "SELECT ?s { ?s ?p ?o }\r"),
            ("note: `.limit` is 1: further results are not shown", ""),
            (PROMPT, "CONSTRUCT { ?s a ?o } { VALUES (?s ?o) { (v:a v:b) (v:c v:d) } }\r"),
            ("note: `.limit` is 1: further results are not shown", ""),
            (PROMPT, "SELECT ?s { ?s ?p ?o }\r"),
            (PROMPT, ".cite columns\r"),
            (PROMPT, "SELECT ?s { ?s ?p ?o }\r"),
            ("note: `.limit` is 1: further results are not shown", ""),
            (PROMPT, "SELECT ?who { ?who v:built ?what }\r"),
            (PROMPT, ".save page.html\r"),
            ("wrote page.html", ""),
            (PROMPT, ".format json\r"),
            (PROMPT, "SELECT ?s { ?s ?p ?o }\r"),
            // JSON has no line end of its own.
            ("]}}\r\n", ""),
            (PROMPT, "\x04"),
        ],
    );
    let saved = |name: &str| fs::read_to_string(directory.path().join(name)).expect("it is saved");
    let entity = "https://example.org/mill/entity/";
    assert_eq!(saved("rows.csv"), format!("who,what\r\n{entity}guild,{entity}old-mill\r\n"));
    assert!(saved("page.html").contains("The guild built the old mill"));
}
external!(Need::Program("python3"), queries_are_loaded_and_results_are_saved);

fn only_a_limit_that_cuts_a_result_is_noted() {
    let directory = dataset(&[]);
    let rows = "SELECT ?n { VALUES ?n { 1 2 } }\r";
    let triples = "CONSTRUCT { v:a v:b ?n } { VALUES ?n { 1 2 } }\r";
    let own_limit = "SELECT ?n { VALUES ?n { 1 2 3 } } LIMIT 2\r";
    let mut steps = vec![(PROMPT, ".limit 2\r")];
    for cite in [".cite off\r", ".cite columns\r"] {
        steps.extend([cite, rows, own_limit, triples].map(|input| (PROMPT, input)));
    }
    steps.push((PROMPT, "\x04"));
    let output = run_in_terminal(directory.path(), &[], &steps);
    assert_eq!(output.status, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert!(!output.stdout.contains("are not shown"), "{}", output.stdout);
}
external!(Need::Program("python3"), only_a_limit_that_cuts_a_result_is_noted);

fn long_results_are_shown_with_a_pager() {
    let directory = dataset(&[("pager", "#!/bin/sh\necho local pager\n")]);
    let long = "SELECT ?n { VALUES ?n { 1 2 3 4 5 6 7 8 9 } VALUES ?m { 1 2 3 4 5 6 } }\r";
    let shown = |pager: &str, steps: &[(&str, &str)]| {
        let output = run_with_pager(directory.path(), pager, steps);
        assert_eq!(output.status, Some(0), "{}\n{}", output.stdout, output.stderr);
        output.stdout
    };
    // 54 rows do not fit on a screen of 40 lines; one does.
    let steps = [(PROMPT, long), ("paged: ", ""), (PROMPT, "ASK { }\r"), ("true", ""), (PROMPT, "\x04")];
    let text = shown("sed 's/^/paged: /'", &steps);
    assert!(!text.contains("paged: true"), "{text}");
    for none in ["cat", "", "./pager", "missing-pager"] {
        let text = shown(none, &[(PROMPT, long), ("└", ""), (PROMPT, "\x04")]);
        assert!(!text.contains("local pager"), "{text}");
    }
    // A user may leave the pager before the end.
    shown("head -n 1", &[(PROMPT, long), ("┌", ""), (PROMPT, "ASK { }\r"), ("true", ""), (PROMPT, "\x04")]);
}
external!(Need::Program("python3"), long_results_are_shown_with_a_pager);

fn the_history_is_kept_for_the_next_session() {
    let directory = dataset(&[]);
    assert_shows(
        directory.path(),
        &[],
        &[(PROMPT, "ASK {\r"), ("{", "?s v:built ?o }\r"), ("true", ""), (PROMPT, "\x04")],
    );
    assert_shows(directory.path(), &[], &[(PROMPT, "\x1b[A"), ("v:built", "\r"), ("true", ""), (PROMPT, "\x04")]);
    // Without a history file, everything else works.
    let directory = dataset(&[(".local", "a file")]);
    assert_shows(directory.path(), &[], &[(PROMPT, "ASK { ?s v:built ?o }\r"), ("true", ""), (PROMPT, "\x04")]);
    assert_eq!(fs::read_to_string(directory.path().join(".local")).expect("it is there"), "a file");
}
external!(Need::Program("python3"), the_history_is_kept_for_the_next_session);

#[test]
fn without_a_terminal_a_query_is_required() {
    let directory = dataset(&[]);
    let output = factloom(directory.path(), &["query"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.starts_with("error: expected a query"), "{}", output.stderr);
    for way in ["stored query", "--query-file", "stdin", "--list"] {
        assert!(output.stderr.contains(way), "{}", output.stderr);
    }
}
