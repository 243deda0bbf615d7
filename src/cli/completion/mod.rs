//! Completion of arguments: the shell runs the program, which prints the candidates for the word before the cursor.
//!
//! Invariant: whatever a dataset contains, a candidate has no character that a shell would interpret.

mod names;

use super::query::parameters;
use super::{command, messages};
use crate::escape::terminal;
use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::env::Shells;
use names::{CandidateKind, DatasetNames};
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// The variable by which a script of [`script`] asks for candidates: the name of its shell.
const VARIABLE: &str = "FACTLOOM_COMPLETE";

/// The shells that have completions.
pub(super) fn shells() -> Vec<&'static str> {
    Shells::builtins().names().collect()
}

/// The script that lets a shell complete the arguments of the program.
pub(super) fn script(shell: &str) -> String {
    let mut script = Vec::new();
    let completer = Shells::builtins();
    let completer = completer.completer(shell).expect("it is one of `shells`");
    completer
        .write_registration(VARIABLE, "factloom", "factloom", "factloom", &mut script)
        .expect("memory is writable");
    String::from_utf8_lossy(&script).into_owned()
}

/// Prints the candidates that the shell requests. `None` if this is another run of the program.
pub(super) fn serve() -> Option<ExitCode> {
    let shell = std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty())?;
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let words: Vec<OsString> = arguments.iter().skip_while(|word| *word != "--").skip(2).cloned().collect();
    let is_bash = Path::new(&shell).file_stem() == Some(OsStr::new("bash"));
    let names = Arc::new(DatasetNames::new(words.clone(), is_bash));
    let directory = std::env::current_dir().ok();
    let completed = CompleteEnv::with_factory(|| completed(&words, &names))
        .var(VARIABLE)
        .try_complete(arguments, directory.as_deref());
    Some(match completed.map_err(|error| error.to_string()).and_then(|_| flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            messages::print(error.trim_end());
            ExitCode::from(2)
        }
    })
}

fn flush() -> Result<(), String> {
    std::io::stdout().flush().map_err(|error| error.to_string())
}

/// The command line whose arguments are completed with the names of a dataset.
fn completed(words: &[OsString], names: &Arc<DatasetNames>) -> Command {
    command().mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let command = command.mut_args(|argument| match kind(&name, &argument) {
            Some(kind) => argument.add(completer(names, move |names, word| names.candidates(kind, word))),
            None => argument,
        });
        match name.as_str() {
            "query" => command.args(parameters_of(words, names)),
            _ => command,
        }
    })
}

fn completer(
    names: &Arc<DatasetNames>,
    candidates: impl Fn(&DatasetNames, &str) -> Vec<clap_complete::CompletionCandidate> + Send + Sync + 'static,
) -> ArgValueCompleter {
    let names = Arc::clone(names);
    ArgValueCompleter::new(move |word: &OsStr| match word.to_str() {
        Some(word) => candidates(&names, word),
        None => Vec::new(),
    })
}

/// The kind of the names that an argument has, by its placeholder.
fn kind(command: &str, argument: &Arg) -> Option<CandidateKind> {
    Some(match (command, argument.get_value_names()?.first()?.as_str()) {
        (_, "ENTITY" | "OBJECT") | ("path", "FROM" | "TO") | ("rename", "OLD") => CandidateKind::Entity,
        (_, "PREDICATE") => CandidateKind::Predicate,
        (_, "CLASS") => CandidateKind::Class,
        (_, "SOURCE") => CandidateKind::Source,
        (_, "STATEMENT") => CandidateKind::Statement,
        (_, "QUERY") | ("test", "NAME") => CandidateKind::Query,
        (_, "DIAGRAM") | ("draw", "NAME") => CandidateKind::Diagram,
        _ => return None,
    })
}

/// The parameters of the stored query among some words as options.
fn parameters_of(words: &[OsString], names: &Arc<DatasetNames>) -> Vec<Arg> {
    if !words.iter().any(|word| word == "query") {
        return Vec::new();
    }
    let template = words.iter().filter_map(|word| word.to_str()).find_map(|word| names.stored_query(word));
    let Some(template) = template.map(Arc::new) else { return Vec::new() };
    let options = template.parameters.iter().enumerate().filter_map(|(index, parameter)| {
        let queried = Arc::clone(&template);
        let values = move |names: &DatasetNames, word: &str| names.values(&queried, &queried.parameters[index], word);
        let description = template.decorators.parameters.get(&parameter.name).map(|text| terminal::line(text));
        Some(parameters::option(parameter)?.help(description.unwrap_or_default()).add(completer(names, values)))
    });
    options.collect()
}
