//! What the line editor asks while the user types: completions, and whether an input is complete.

use super::commands::{COMMANDS, is_complete};
use super::completion::NameCompleter;
use super::{CITE_STYLES, QueryFormat, SWITCH};
use crate::cli::format::Format;
use crate::store::Store;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::cell::OnceCell;

pub(super) struct QueryHelper {
    store: Store,
    names: OnceCell<NameCompleter>,
    files: FilenameCompleter,
}

impl QueryHelper {
    pub(super) fn new(store: Store) -> Self {
        Self { store, names: OnceCell::new(), files: FilenameCompleter::new() }
    }

    /// Replaces the store, because its prefixes have changed.
    pub(super) fn set_store(&mut self, store: Store) {
        *self = Self::new(store);
    }

    /// The completions of a command and its argument; `None` if the text is a query.
    fn complete_command(&self, before: &str) -> Option<rustyline::Result<(usize, Vec<Pair>)>> {
        let start = before.rfind(' ').map_or(0, |at| at + 1);
        let Some((command, argument)) = before.split_once(' ') else {
            let names = COMMANDS.iter().map(|(name, ..)| *name);
            return before.starts_with('.').then(|| Ok(matching(names, before, 0)));
        };
        let stored = || self.store.metadata().queries.iter().map(|query| query.name.as_str());
        let is_first = !argument.trim_start().contains(' ');
        let word = &before[start..];
        Some(Ok(match command {
            ".explain" => return None,
            ".load" | ".save" => return Some(self.files.complete_path(before, before.len())),
            ".run" | ".show" if is_first => matching(stored(), word, start),
            ".format" if is_first => matching(QueryFormat::all().into_iter().map(|(_, names)| names[0]), word, start),
            ".cite" if is_first => matching(CITE_STYLES, word, start),
            ".why-empty" if is_first => matching(SWITCH, word, start),
            ".timeout" if is_first => matching(["10s", "30s", "1m", "5m", "off"], word, start),
            ".limit" if is_first => matching(["10", "100", "1000", "off"], word, start),
            command if command.starts_with('.') => (start, Vec::new()),
            _ => return None,
        }))
    }
}

fn matching<'a>(words: impl IntoIterator<Item = &'a str>, beginning: &str, start: usize) -> (usize, Vec<Pair>) {
    let found = words.into_iter().filter(|word| word.starts_with(beginning));
    (start, found.map(|word| Pair { display: word.to_owned(), replacement: word.to_owned() }).collect())
}

impl Completer for QueryHelper {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if let Some(found) = self.complete_command(&line[..cursor]) {
            return found;
        }
        // If the graph cannot be read, there are no completions; the next query reports the error.
        let names = self.names.get_or_init(|| NameCompleter::new(&self.store).unwrap_or_default());
        Ok(names.complete(line, cursor))
    }
}

impl Validator for QueryHelper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(context.input(), self.store.namespaces()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

impl Hinter for QueryHelper {
    type Hint = String;
}

impl Highlighter for QueryHelper {}

impl Helper for QueryHelper {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BUNDLED;
    use crate::dataset::DatasetRoot;

    #[test]
    fn commands_and_their_arguments_are_completed() {
        let helper = QueryHelper::new(crate::build(DatasetRoot::Bundled(BUNDLED)).unwrap().1);
        let complete = |before: &str| {
            let (start, found) = helper.complete_command(before)?.unwrap();
            Some(found.into_iter().map(|pair| before[..start].to_owned() + &pair.replacement).collect::<Vec<_>>())
        };
        let one = |text: &str| Some(vec![text.to_owned()]);
        assert_eq!(complete(".why"), one(".why-empty"));
        assert_eq!(complete(".why-empty of"), one(".why-empty off"));
        assert_eq!(complete(".cite f"), one(".cite footnotes"));
        assert_eq!(complete(".format ht"), one(".format html"));
        assert_eq!(complete(".timeout 3"), one(".timeout 30s"));
        assert_eq!(complete(".limit 1000"), one(".limit 1000"));
        assert_eq!(complete(".show claims-by"), one(".show claims-by-status"));
        assert_eq!(complete(".run claims-by"), one(".run claims-by-status"));
        assert_eq!(complete(".run claims-by-status x"), Some(Vec::new()));
        assert_eq!(complete(".load Cargo.to"), one(".load Cargo.toml"));
        assert!(complete("ASK {").is_none() && complete(".explain ASK").is_none());
        assert_eq!(complete(".").map(|all| all.len()), Some(COMMANDS.len()));
    }
}
