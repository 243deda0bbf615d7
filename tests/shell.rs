//! The interactive shell of `factloom query`.

use crate::program::{RunOutput, factloom, run_external};
use crate::scratch::dataset;
use std::fs;
use std::path::Path;

/// Runs a program at a terminal of 100 columns: for each step waits until some words appear, and types others.
const TERMINAL: &str = r"
import fcntl, json, os, pty, select, struct, sys, termios, time
directory, args, steps = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(directory)
    home = {'HOME': directory, 'PATH': os.environ['PATH'], 'TERM': 'xterm', 'NO_COLOR': '1'}
    time.sleep(0.2)
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
        sys.exit('did not appear: ' + words + '\n' + shown)
    at = shown.index(words, at) + len(words)
    os.write(terminal, typed.encode())
while not ended and time.time() < deadline:
    read()
print(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

/// Types into `factloom query` at a terminal.
pub fn run_in_terminal(directory: &Path, args: &[&str], steps: &[(&str, &str)]) -> RunOutput {
    let program = assert_cmd::cargo::cargo_bin!("factloom").display().to_string();
    let args: Vec<&str> = [program.as_str(), "query"].iter().chain(args).copied().collect();
    let json = |value: serde_json::Value| value.to_string();
    let (args, steps) = (json(serde_json::json!(args)), json(serde_json::json!(steps)));
    run_external("python3", &["-c", TERMINAL, &directory.display().to_string(), &args, &steps], b"")
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
            (PROMPT, ".cite footnotes\r"),
            (PROMPT, "SELECT ?who { ?who v:built ?what };\r"),
            ("The guild built the old mill", ""),
            (PROMPT, ".explain ASK { ?who v:built ?what }\r"),
            ("evaluated by", ""),
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
            (PROMPT, "SELEC\x03"),
            (PROMPT, "ASK { ?s v:built ?o }\r"),
            ("true", ""),
            (PROMPT, ".quit\r"),
        ],
    );
}
external!(Need::Program("python3"), after_an_error_the_next_query_is_read);

fn tab_completes_names_from_the_graph() {
    let directory = dataset(&[]);
    assert_shows(
        directory.path(),
        &[],
        &[
            (PROMPT, "ASK { e:gu\t"),
            ("e:guild", " v:bu\t"),
            ("v:built", " Old\t"),
            ("e:old-mill", " }\r"),
            ("true", ""),
            (PROMPT, "\x04"),
        ],
    );
}
external!(Need::Program("python3"), tab_completes_names_from_the_graph);

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
