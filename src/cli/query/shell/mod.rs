//! Asking one query after another: a line editor with history and completion.
//!
//! Each input becomes the arguments of a `factloom query`, so that an answer is the same here and there.
//!
//! Invariant: what fails here is said, and the next input is read; only what cannot be written or read ends it.

mod commands;
mod completion;

use super::{QueryArgs, run_with_timeout, text};
use crate::cli::failure::{Failure, say};
use crate::cli::output_file;
use crate::model::Namespaces;
use crate::store::Store;
use clap::{Args, Command, FromArgMatches};
use commands::{COMMANDS, Input, help, is_complete};
use completion::NameCompleter;
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

/// Whether somebody sits at a terminal, and sees the answers.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Reads and answers queries until there are no more. Answers are written as the arguments have it, to begin with.
pub(super) fn run(args: &QueryArgs, store: &Store) -> Result<(), Failure> {
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true).build();
    let history = FileHistory::with_config(&config);
    let mut editor: Editor<Typing<'_>, FileHistory> = Editor::with_history(config, history)
        .map_err(|e| Failure::new(format!("there is no terminal to read from: {e}")))?;
    editor.set_helper(Some(Typing { store, names: OnceCell::new() }));
    let history = history_file();
    if let Some(file) = &history {
        // There is none before the first time.
        let _ = editor.load_history(file);
    }
    let mut session = Session::of(args);
    let title = &store.metadata().title;
    let about = if title.is_empty() { String::new() } else { format!("{title}. ") };
    say(format_args!("{about}Type a query, or .help; Ctrl-D leaves."));
    loop {
        let read = editor.readline("sparql> ");
        if let Some(file) = &history {
            // Before the query is asked, which may be what ends the program. What was asked is remembered where it can be.
            let _ = editor.append_history(file);
        }
        match read {
            Ok(text) => match session.answer(&text, store) {
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

/// The file that keeps what was asked, in the user's folder for such things.
fn history_file() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    let folder = state.join("factloom");
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// How answers are written from now on.
struct Session<'a> {
    /// What the program was called with.
    given: &'a QueryArgs,
    format: Option<String>,
    cite: Option<String>,
    why_empty: bool,
}

impl<'a> Session<'a> {
    fn of(args: &'a QueryArgs) -> Self {
        let cite = args.cite.and_then(|cite| clap::ValueEnum::to_possible_value(&cite));
        let cite = cite.map(|cite| cite.get_name().to_owned());
        Self { given: args, format: args.results_format.clone(), cite, why_empty: args.why_empty }
    }

    /// Answers an input; false where it is the last one.
    fn answer(&mut self, text: &str, store: &Store) -> Result<bool, Failure> {
        match Input::of(text) {
            Input::Empty => {}
            Input::Query(query) => self.ask(&["--query", query], store)?,
            Input::Command(".help", _) => print(&help())?,
            Input::Command(".queries", _) => text::list(store.metadata())?,
            Input::Command(".prefixes", _) => {
                let prefixes = store.names().prefixes().iter();
                let lines: Vec<String> = prefixes.map(|(prefix, iri)| format!("PREFIX {prefix}: <{iri}>")).collect();
                print(&(lines.join("\n") + "\n"))?;
            }
            Input::Command(".run", argument) => {
                let written = shlex::split(argument).ok_or_else(|| {
                    Failure::new("a quotation mark is not closed").help("write `.run NAME plant=\"Steel Mills\"`")
                })?;
                let mut words = Vec::new();
                for word in &written {
                    if word.contains('=') && !word.starts_with('-') {
                        words.push("--param");
                    }
                    words.push(word);
                }
                match words.is_empty() {
                    true => {
                        return Err(Failure::new("`.run` wants the name of a stored query").help(".queries lists them"));
                    }
                    false => self.ask(&words, store)?,
                }
            }
            Input::Command(".format", format) => {
                self.format = (!format.is_empty() && format != "table").then(|| format.to_owned());
            }
            Input::Command(".cite", style) => {
                self.cite = match style {
                    "off" => None,
                    "" | "on" => Some("columns".to_owned()),
                    style => Some(style.to_owned()),
                };
            }
            Input::Command(".explain", query) => self.with(&["--query", query, "--explain"], store)?,
            Input::Command(".quit" | ".exit", _) => return Ok(false),
            Input::Command(other, _) => {
                let near = crate::diagnostic::closest(other, COMMANDS.iter().map(|(name, ..)| *name));
                let help =
                    near.map_or("`.help` lists the commands".to_owned(), |near| format!("did you mean `{near}`?"));
                return Err(Failure::new(format!("there is no command `{other}`")).help(help));
            }
        }
        Ok(true)
    }

    /// Answers a query in the form that was asked for.
    fn ask(&self, words: &[&str], store: &Store) -> Result<(), Failure> {
        let format = self.format.as_ref().map(|format| format!("--results-format={format}"));
        let cite = self.cite.as_ref().map(|cite| format!("--cite={cite}"));
        let why_empty = self.why_empty.then_some("--why-empty");
        let further = [format.as_deref(), cite.as_deref(), why_empty].into_iter().flatten();
        self.with(&words.iter().copied().chain(further).collect::<Vec<_>>(), store)
    }

    /// Does what `factloom query` does with these arguments, and with those of the program that concern every query.
    fn with(&self, words: &[&str], store: &Store) -> Result<(), Failure> {
        let command = QueryArgs::augment_args(Command::new("query").no_binary_name(true).disable_help_flag(true));
        let args = command.try_get_matches_from(words).and_then(|matches| QueryArgs::from_arg_matches(&matches));
        let mut args = args.map_err(|error| {
            let message = error.render().to_string();
            let message = message.lines().next().unwrap_or_default();
            Failure::new(message.strip_prefix("error: ").unwrap_or(message)).help("`.help` lists the commands")
        })?;
        let QueryArgs { limit, timeout, iris, wide, query_base, .. } = self.given;
        args.limit = args.limit.or(*limit);
        args.timeout = args.timeout.or(*timeout);
        args.iris |= iris;
        args.wide |= wide;
        args.query_base = args.query_base.or_else(|| query_base.clone());
        run_with_timeout(&args, store)
    }
}

fn print(text: &str) -> Result<(), Failure> {
    output_file::to(None, |out| Ok(out.write_all(text.as_bytes())?))
}

/// What the editor knows while somebody types.
struct Typing<'a> {
    store: &'a Store,
    names: OnceCell<NameCompleter>,
}

impl Typing<'_> {
    fn names(&self) -> &Namespaces {
        self.store.names()
    }

    /// What completes a command; `None` where the text is none.
    fn command(&self, before: &str) -> Option<(usize, Vec<Pair>)> {
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
        let fit = words.into_iter().filter(|name| name.starts_with(word));
        Some((start, fit.map(|name| Pair { display: name.to_owned(), replacement: name.to_owned() }).collect()))
    }
}

impl Completer for Typing<'_> {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if let Some(found) = self.command(&line[..cursor]) {
            return Ok(found);
        }
        // Without a graph that can be read there is nothing to offer; the next query says why.
        let names = self.names.get_or_init(|| NameCompleter::of(self.store).unwrap_or_default());
        let (start, found) = names.complete(line, cursor);
        let pairs = found.into_iter().map(|found| Pair {
            display: if found.label.is_empty() {
                found.word.clone()
            } else {
                format!("{}  {}", found.word, found.label)
            },
            replacement: found.word,
        });
        Ok((start, pairs.collect()))
    }
}

impl Validator for Typing<'_> {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(context.input(), self.names()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

impl Hinter for Typing<'_> {
    type Hint = String;
}

impl Highlighter for Typing<'_> {}

impl Helper for Typing<'_> {}
