//! The interactive shell: a line editor with history and completion.
//!
//! Each input becomes the arguments of a `factloom query`, so that results are the same in both.
//!
//! Invariant: after an error or Ctrl-C, the shell reads the next input. Only errors of input and output end it.

mod arguments;
mod commands;
mod completion;
mod helper;
mod session;

use super::{QueryArgs, QueryFormat, run_query, text};
use crate::cli::failure::Failure;
use crate::cli::limits::Limits;
use crate::cli::load::Graph;
use crate::cli::messages::print;
use crate::cli::output_file;
use crate::cli::signals::InterruptGuard;
use crate::diagnostic::io_message;
use helper::QueryHelper;
use oxigraph::sparql::CancellationToken;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use session::{Next, Session};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::{env, fs};

/// The arguments of `.cite`.
const CITE_STYLES: [&str; 3] = ["columns", "footnotes", "off"];

/// The arguments of a command that turns something on or off.
const SWITCH: [&str; 2] = ["on", "off"];

/// Whether a user at a terminal types the queries and reads the results.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Reads and runs queries until the input ends. The arguments set the initial format.
pub(super) fn run(args: &QueryArgs, graph: Graph, limits: Limits) -> Result<(), Failure> {
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true).build();
    let history = FileHistory::with_config(&config);
    let mut editor: Editor<QueryHelper, FileHistory> = Editor::with_history(config, history)
        .map_err(|e| Failure::new(format!("cannot open the terminal: {}", io_message(e))))?;
    editor.set_helper(Some(QueryHelper::new(graph.store.clone())));
    let history = history_file();
    if let Some(file) = &history {
        // The file is missing before the first use.
        let _ = editor.load_history(file);
    }
    output_file::use_pager();
    let title = &graph.store.metadata().title;
    let about = if title.is_empty() { String::new() } else { format!("{title}. ") };
    print(format_args!("{about}Type a query or .help; Ctrl-D quits."));
    let mut session = Session::new(args, graph, limits);
    loop {
        // From before the input is read: Ctrl-C just after it would otherwise end the session.
        let token = CancellationToken::new();
        let guard = InterruptGuard::new(token.clone());
        let read = editor.readline("sparql> ");
        if let Some(file) = &history {
            // Saved before the query runs, in case it ends the program. The history is optional.
            let _ = editor.append_history(file);
        }
        match read {
            Ok(text) => match session.execute(&text, &token, &guard) {
                Ok(Next::Input) => {}
                Ok(Next::Quit) => return Ok(()),
                Err(failure @ (Failure::ClosedPipe | Failure::Write(_) | Failure::Corrupt(_))) => return Err(failure),
                Err(failure) => drop(failure.report()),
            },
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(Failure::new(format!("cannot read from the terminal: {error}"))),
        }
        if let (Some(helper), Some(store)) = (editor.helper_mut(), session.take_changed_store()) {
            helper.set_store(store);
        }
    }
}

/// The history file, in the user's directory for application state.
fn history_file() -> Option<PathBuf> {
    let directory = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = directory("XDG_STATE_HOME").or_else(|| Some(directory("HOME")?.join(".local/state")))?;
    let directory = state.join("factloom");
    fs::create_dir_all(&directory).ok()?;
    Some(directory.join("history"))
}
