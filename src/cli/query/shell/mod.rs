//! The interactive shell: a line editor with history and completion.
//!
//! Each input becomes the arguments of a `factloom query`, so that results are the same in both.
//!
//! Invariant: after an error, the shell reads the next input. Only errors of input and output end it.

mod commands;
mod completion;

use super::{QueryArgs, QueryFormat, run_query, text};
use crate::cli::failure::Failure;
use crate::cli::format::Format;
use crate::cli::limits::{LimitedWork, Limits};
use crate::cli::load::Graph;
use crate::cli::messages::print;
use crate::cli::output_file;
use crate::cli::{Cli, Command, command};
use crate::diagnostic::did_you_mean;
use crate::diagnostic::io_message;
use crate::store::Store;
use clap::FromArgMatches;
use commands::{COMMANDS, Input, help, is_complete};
use completion::NameCompleter;
use oxigraph::sparql::CancellationToken;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::cell::OnceCell;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::{env, fs};

/// Whether a user at a terminal types the queries and reads the results.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Reads and runs queries until the input ends. The arguments set the initial format.
pub(super) fn run(args: &QueryArgs, graph: &Graph, limits: Limits) -> Result<(), Failure> {
    let store = &graph.store;
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true).build();
    let history = FileHistory::with_config(&config);
    let mut editor: Editor<QueryHelper<'_>, FileHistory> = Editor::with_history(config, history)
        .map_err(|e| Failure::new(format!("cannot open the terminal: {}", io_message(e))))?;
    editor.set_helper(Some(QueryHelper { store, names: OnceCell::new() }));
    let history = history_file();
    if let Some(file) = &history {
        // The file is missing before the first use.
        let _ = editor.load_history(file);
    }
    let mut session = Session::new(args, limits);
    let title = &store.metadata().title;
    let about = if title.is_empty() { String::new() } else { format!("{title}. ") };
    print(format_args!("{about}Type a query or .help; Ctrl-D quits."));
    loop {
        let read = editor.readline("sparql> ");
        if let Some(file) = &history {
            // Saved before the query runs, in case it ends the program. The history is optional.
            let _ = editor.append_history(file);
        }
        match read {
            Ok(text) => match session.execute(&text, graph) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(failure @ (Failure::ClosedPipe | Failure::Write(_) | Failure::Corrupt(_))) => return Err(failure),
                Err(failure) => drop(failure.report()),
            },
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(Failure::new(format!("cannot read from the terminal: {error}"))),
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

/// How results are written.
struct Session<'a> {
    /// The arguments of the program.
    arguments: &'a QueryArgs,
    /// The limits of each query.
    limits: Limits,
    format: Option<String>,
    cite: Option<String>,
    why_empty: bool,
}

impl<'a> Session<'a> {
    fn new(args: &'a QueryArgs, limits: Limits) -> Self {
        let cite = args.cite.and_then(|cite| clap::ValueEnum::to_possible_value(&cite));
        let cite = cite.map(|cite| cite.get_name().to_owned());
        Self { arguments: args, limits, format: None, cite, why_empty: args.why_empty }
    }

    /// Executes an input. Returns false for a command that quits.
    fn execute(&mut self, text: &str, graph: &Graph) -> Result<bool, Failure> {
        let store = &graph.store;
        match Input::parse(text) {
            Input::Empty => {}
            Input::Query(query) => self.run_query(&["--query", query], graph)?,
            Input::Command(".help", _) => write(&help())?,
            Input::Command(".queries", _) => text::list(store.metadata())?,
            Input::Command(".prefixes", _) => {
                let prefixes = store.namespaces().prefixes().iter();
                let lines: Vec<String> = prefixes.map(|(prefix, iri)| format!("PREFIX {prefix}: <{iri}>")).collect();
                write(&(lines.join("\n") + "\n"))?;
            }
            Input::Command(".run", argument) => {
                let written = shlex::split(argument).ok_or_else(|| {
                    Failure::new("unterminated quotation mark").help("write `.run NAME plant=\"Steel Mills\"`")
                })?;
                let mut words = Vec::new();
                for word in &written {
                    if word.contains('=') && !word.starts_with('-') {
                        words.push("--param");
                    }
                    words.push(word);
                }
                if words.is_empty() {
                    return Err(Failure::new("expected the name of a stored query").help("`.queries` lists them"));
                }
                self.run_query(&words, graph)?;
            }
            Input::Command(".format", format) => {
                if !format.is_empty() && QueryFormat::from_name(format).is_none() {
                    let names = QueryFormat::all().into_iter().map(|(_, names)| names[0]);
                    let help = format!("use one of {}", names.collect::<Vec<_>>().join(", "));
                    return Err(Failure::new(format!("unknown format `{format}`")).help(help));
                }
                self.format = (!format.is_empty() && format != "table").then(|| format.to_owned());
            }
            Input::Command(".cite", style) => {
                self.cite = match style {
                    "off" => None,
                    "" | "on" => Some("columns".to_owned()),
                    style => Some(style.to_owned()),
                };
            }
            Input::Command(".explain", query) => self.run_with(&["--query", query, "--explain"], graph)?,
            Input::Command(".quit" | ".exit", _) => return Ok(false),
            Input::Command(other, _) => {
                let commands = COMMANDS.iter().map(|(name, ..)| *name);
                let help = did_you_mean(other, commands, "`.help` lists the commands");
                return Err(Failure::new(format!("unknown command `{other}`")).help(help));
            }
        }
        Ok(true)
    }

    /// Runs a query with the current format.
    fn run_query(&self, words: &[&str], graph: &Graph) -> Result<(), Failure> {
        let format = self.format.as_ref().map(|format| format!("--format={format}"));
        let cite = self.cite.as_ref().map(|cite| format!("--cite={cite}"));
        let why_empty = self.why_empty.then_some("--why-empty");
        let options = [format.as_deref(), cite.as_deref(), why_empty].into_iter().flatten();
        self.run_with(&words.iter().copied().chain(options).collect::<Vec<_>>(), graph)
    }

    /// Runs `factloom query` with these arguments, and with those of the program that apply to every query.
    fn run_with(&self, words: &[&str], graph: &Graph) -> Result<(), Failure> {
        let arguments = ["factloom", "query"].iter().chain(words);
        let parsed = command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
        let (mut args, global) = match parsed.map(|cli| (cli.command, cli.global)) {
            Ok((Command::Query(args), global)) => (args, global),
            Ok(_) => return Err(Failure::new("expected a query")),
            Err(error) => {
                let message = error.render().to_string();
                let message = message.lines().next().unwrap_or_default();
                let message = message.strip_prefix("error: ").unwrap_or(message);
                return Err(Failure::new(message).help("`.help` lists the commands"));
            }
        };
        let QueryArgs { limit, iris, wide, query_base, context, .. } = self.arguments;
        args.limit = args.limit.or(*limit);
        args.iris |= iris;
        args.wide |= wide;
        args.context = args.context.or(*context);
        args.query_base = args.query_base.or_else(|| query_base.clone());
        let limits = Limits {
            timeout: global.timeout.or(self.limits.timeout),
            max_memory: global.max_memory.or(self.limits.max_memory),
        };
        let cancellation = CancellationToken::new();
        let Graph { store, evidence, omitted, dataset } = graph;
        let store = store.with_limits(limits.for_query(&cancellation));
        let limited = Graph { store, evidence: *evidence, omitted: *omitted, dataset: dataset.clone() };
        limits.enforce(LimitedWork::Query, &cancellation, || run_query(&args, None, &limited))
    }
}

fn write(text: &str) -> Result<(), Failure> {
    output_file::write_text(|out| Ok(out.write_all(text.as_bytes())?))
}

/// The editor's support for completion and multi-line input.
struct QueryHelper<'a> {
    store: &'a Store,
    names: OnceCell<NameCompleter>,
}

impl QueryHelper<'_> {
    /// The completions of a command; `None` if the text is not a command.
    fn complete_command(&self, before: &str) -> Option<(usize, Vec<Pair>)> {
        let start = before.rfind(' ').map_or(0, |at| at + 1);
        let word = &before[start..];
        let words: Vec<&str> = match before.split_once(' ') {
            None if before.starts_with('.') => COMMANDS.iter().map(|(name, ..)| *name).collect(),
            Some((".run", rest)) if !rest.contains(' ') => {
                self.store.metadata().queries.iter().map(|query| query.name.as_str()).collect()
            }
            Some((".explain", _)) => return None,
            Some((command, _)) if command.starts_with('.') => Vec::new(),
            _ => return None,
        };
        let matching = words.into_iter().filter(|name| name.starts_with(word));
        Some((start, matching.map(|name| Pair { display: name.to_owned(), replacement: name.to_owned() }).collect()))
    }
}

impl Completer for QueryHelper<'_> {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if let Some(found) = self.complete_command(&line[..cursor]) {
            return Ok(found);
        }
        // If the graph cannot be read, there are no completions; the next query reports the error.
        let names = self.names.get_or_init(|| NameCompleter::new(self.store).unwrap_or_default());
        Ok(names.complete(line, cursor))
    }
}

impl Validator for QueryHelper<'_> {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(context.input(), self.store.namespaces()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

impl Hinter for QueryHelper<'_> {
    type Hint = String;
}

impl Highlighter for QueryHelper<'_> {}

impl Helper for QueryHelper<'_> {}
