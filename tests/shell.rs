//! Asking one query after another at a terminal.

use crate::program::{RunOutput, factloom, run_external};
use crate::scratch::dataset;
use std::fs;
use std::path::Path;

/// Runs a program at a terminal of 100 columns: for each step waits until some words appear, and types others.
const TERMINAL: &str = r"
import fcntl, json, os, pty, select, struct, sys, termios, time
folder, args, steps = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(folder)
    home = {'HOME': folder, 'PATH': os.environ['PATH'], 'TERM': 'xterm', 'NO_COLOR': '1'}
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

/// What appears while `factloom query` runs at a terminal; `None` where there is no way to have one.
fn typed(folder: &Path, args: &[&str], steps: &[(&str, &str)]) -> Option<RunOutput> {
    let program = assert_cmd::cargo::cargo_bin!("factloom").display().to_string();
    let args: Vec<&str> = [program.as_str(), "query"].iter().chain(args).copied().collect();
    let json = |value: serde_json::Value| value.to_string();
    let (args, steps) = (json(serde_json::json!(args)), json(serde_json::json!(steps)));
    run_external("python3", &["-c", TERMINAL, &folder.display().to_string(), &args, &steps], b"")
}

/// Asserts that a program at a terminal shows some words for each thing typed, and ends well.
fn shows(folder: &Path, args: &[&str], steps: &[(&str, &str)]) {
    if let Some(said) = typed(folder, args, steps) {
        assert_eq!(said.status, Some(0), "{}\n{}", said.stdout, said.stderr);
    }
}

const PROMPT: &str = "sparql> ";

#[test]
fn queries_are_asked_one_after_another() {
    let folder = dataset(&[("queries/builders.rq", "#+ summary: \"Who built?\"\nSELECT ?who { ?who v:built ?what }")]);
    shows(
        folder.path(),
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

#[test]
fn an_input_has_as_many_lines_as_the_query_needs() {
    let folder = dataset(&[]);
    shows(
        folder.path(),
        &[],
        &[
            (PROMPT, "SELECT ?who {\r"),
            ("{", "  ?who v:built ?what\r"),
            ("what", "}\r"),
            ("Guild", ""),
            (PROMPT, "SELECT ?who\r\r"),
            ("ends too early", ""),
            (PROMPT, "\x04"),
        ],
    );
}

#[test]
fn an_error_is_shown_and_the_next_query_is_read() {
    let folder = dataset(&[]);
    shows(
        folder.path(),
        &[],
        &[
            (PROMPT, "ASK { Guild v:built ?what }\r"),
            ("is a label", ""),
            (PROMPT, "INSERT DATA {\r"),
            ("cannot be made", ""),
            (PROMPT, ".formt\r"),
            ("did you mean `.format`?", ""),
            (PROMPT, ".run nobody\r"),
            ("no stored query", ""),
            (PROMPT, ".format elephant\r"),
            (PROMPT, "SELECT ?s { ?s v:built ?o }\r"),
            ("no format for rows", ""),
            (PROMPT, "SELEC\x03"),
            (PROMPT, "ASK { ?s v:built ?o }\r"),
            ("true", ""),
            (PROMPT, ".quit\r"),
        ],
    );
}

#[test]
fn tab_completes_names_from_the_graph() {
    let folder = dataset(&[]);
    shows(
        folder.path(),
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

#[test]
fn what_was_asked_is_there_the_next_time() {
    let folder = dataset(&[]);
    shows(folder.path(), &[], &[(PROMPT, "ASK {\r"), ("{", "?s v:built ?o }\r"), ("true", ""), (PROMPT, "\x04")]);
    shows(folder.path(), &[], &[(PROMPT, "\x1b[A"), ("v:built", "\r"), ("true", ""), (PROMPT, "\x04")]);
    // Where it cannot be kept, all else goes on.
    let folder = dataset(&[(".local", "a file")]);
    shows(folder.path(), &[], &[(PROMPT, "ASK { ?s v:built ?o }\r"), ("true", ""), (PROMPT, "\x04")]);
    assert_eq!(fs::read_to_string(folder.path().join(".local")).expect("it is there"), "a file");
}

#[test]
fn without_a_terminal_a_query_is_needed() {
    let folder = dataset(&[]);
    let said = factloom(folder.path(), &["query"]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""));
    assert!(said.stderr.starts_with("error: a query is needed"), "{}", said.stderr);
    for way in ["-e", "--query-file -", "--list"] {
        assert!(said.stderr.contains(way), "{}", said.stderr);
    }
}
