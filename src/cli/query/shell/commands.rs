//! The input at the prompt: a query, or a command that begins with a dot.

use crate::model::{Namespaces, TokenKind, tokenize};
use crate::query::is_incomplete;

/// The commands with their arguments and purposes.
pub(super) const COMMANDS: [(&str, &str, &str); 14] = [
    (".help", "", "show this list"),
    (".queries", "", "list the stored queries"),
    (".show", "NAME", "show the text of a stored query"),
    (".run", "NAME [PARAMETER=VALUE …]", "run a stored query"),
    (".load", "FILE", "run the query in a file"),
    (".save", "FILE", "write the last result to a file; the extension selects the format"),
    (".prefixes", "", "list the prefixes, which need no declaration"),
    (".format", "[FORMAT]", "set the format of results, such as table, csv, json or turtle"),
    (".cite", "columns|footnotes|off", "add the supporting statements of each row"),
    (".limit", "N|off", "set the maximum number of rows or triples"),
    (".timeout", "DURATION|off", "set the time that a query may take, such as 30s"),
    (".why-empty", "on|off", "explain results without rows"),
    (".explain", "QUERY", "run a query and show its plan"),
    (".quit", "", "quit; so does Ctrl-D"),
];

/// A complete input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    Empty,
    /// A query.
    Query(&'a str),
    /// A command and its argument.
    Command(&'a str, &'a str),
}

impl<'a> Input<'a> {
    /// Parses an input. A semicolon at the end is not part of the query.
    pub(super) fn parse(text: &'a str) -> Self {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Self::Empty;
        }
        // As in other shells and database clients.
        if matches!(trimmed, "exit" | "quit") {
            return Self::Command(".quit", "");
        }
        match trimmed.starts_with('.') {
            true => {
                let (command, argument) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
                let argument = argument.trim();
                Self::Command(command, argument.strip_suffix(';').unwrap_or(argument))
            }
            false => Self::Query(trimmed.strip_suffix(';').unwrap_or(text)),
        }
    }
}

/// Whether Enter ends an input: a command, a query, a text that no further line can turn into a query, or any text after an empty
/// line. A semicolon does not end it, since it may separate two predicates.
pub(super) fn is_complete(text: &str, namespaces: &Namespaces) -> bool {
    if let Some((_, command)) = command_after_prefixes(text) {
        return is_complete(command, namespaces);
    }
    let (Input::Query(query) | Input::Command(".explain", query)) = Input::parse(text) else { return true };
    if text.contains('\n') && text.rsplit('\n').next().is_none_or(is_blank) {
        return true;
    }
    match namespaces.parse_query(query) {
        Ok(_) => true,
        Err(error) => !is_incomplete(query, &error, namespaces),
    }
}

/// The declarations of prefixes and the command that an input consists of, if the command begins a line after them.
pub(super) fn command_after_prefixes(text: &str) -> Option<(&str, &str)> {
    let line_starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let mut divided = line_starts.map(|at| text.split_at(at));
    let (prefixes, command) = divided.find(|(_, rest)| rest.trim_start_matches([' ', '\t']).starts_with('.'))?;
    declarations(prefixes).1.then_some((prefixes, command))
}

/// The prefixes that a query declares, with their IRIs, and whether it consists of nothing else.
pub(super) fn declarations(text: &str) -> (Vec<(&str, &str)>, bool) {
    let tokens = tokenize(text);
    let word = |index: usize| tokens.get(index).map_or("", |token| &text[token.span.clone()]);
    let (mut declared, mut index) = (Vec::new(), 0);
    loop {
        let iri = word(index + 2).strip_prefix('<').and_then(|iri| iri.strip_suffix('>'));
        match (word(index).to_ascii_uppercase().as_str(), word(index + 1).strip_suffix(':'), iri) {
            ("PREFIX", Some(prefix), Some(iri)) => {
                declared.push((prefix, iri));
                index += 3;
            }
            ("BASE", ..) if tokens.get(index + 1).is_some_and(|token| token.kind == TokenKind::Iri) => index += 2,
            _ => break,
        }
    }
    let is_all = !declared.is_empty() && index == tokens.len();
    (declared, is_all)
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// The help of the shell.
pub(super) fn help() -> String {
    let mut help = String::from(
        "Enter runs a complete query, or continues an incomplete one; an empty line also ends it.\n\
         Ctrl-C stops the running query, or clears the line. A PREFIX declaration holds for the session; alone, it is\n\
         followed by an empty line or a command.\n\
         Tab completes keywords, prefixes, predicates, entities, classes and variables, and the arguments of commands.\n\
         It replaces a label by its name: Old mi and \"Old mi become e:old-mill.\n",
    );
    for (command, argument, purpose) in COMMANDS {
        let usage = format!("{command} {argument}");
        help.push_str(format!("  {usage:<34}{purpose}").trim_end());
        help.push('\n');
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(text: &str) -> bool {
        is_complete(text, &Namespaces::new("https://e.org/", &[]).unwrap())
    }

    #[test]
    fn a_query_on_one_line_runs_at_once() {
        assert!(complete("SELECT * { ?s ?p ?o }"));
        assert!(complete("ASK {\n ?s ?p ?o\n}"));
        assert!(complete("") && complete("  ") && complete(".help") && complete(".run x"));
    }

    #[test]
    fn an_incomplete_query_continues_on_the_next_line() {
        for text in [
            "SELECT ?s",
            "SELECT * {",
            "SELECT * { ?s ?p ?o .",
            "SELECT * { ?s v:built '''a",
            "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }",
            "PREFIX a: <http://a/>",
            ".explain ASK {",
        ] {
            assert!(!complete(text), "{text}");
            assert!(complete(&format!("{text}\n")), "an empty line ends {text}");
        }
        assert!(!complete("SELECT * {\n ?s a v:Mill ;"), "another predicate follows");
        assert!(complete("SELECT * {\n ?s a v:Mill };"));
    }

    #[test]
    fn a_text_that_cannot_become_a_query_ends_at_once() {
        for text in
            ["hello", "SELECT * { ?s foaf:name ?o", "ASK { ?s ?p 'a\n", "INSERT DATA {", "ASK { Guild v:built ?x }"]
        {
            assert!(complete(text), "{text}");
        }
    }

    #[test]
    fn the_prologue_of_a_query_declares_prefixes() {
        let text = "prefix a: <http://a/> BASE <http://b/>\nPREFIX : <http://c/> ";
        let declared = vec![("a", "http://a/"), ("", "http://c/")];
        assert_eq!(declarations(text), (declared.clone(), true));
        assert_eq!(declarations(&format!("{text}ASK {{ ?s ?p 'PREFIX x: <y>' }}")), (declared, false));
        for none in ["", "ASK {}", "PREFIX a <http://a/>", "BASE <http://b/>", "PREFIX"] {
            assert_eq!(declarations(none), (Vec::new(), false), "{none}");
        }
    }

    #[test]
    fn a_command_follows_declarations_of_prefixes_on_the_next_line() {
        let prefixes = "PREFIX a: <http://a/>\n\tPREFIX b: <http://b/>\n";
        for command in [".prefixes", "  .run x", ".explain ASK {}"] {
            let text = format!("{prefixes}{command}");
            assert_eq!(command_after_prefixes(&text), Some((prefixes, command)));
            assert!(complete(&text), "{text}");
        }
        assert!(!complete(&format!("{prefixes}.explain ASK {{")));
        for other in ["PREFIX a: <http://a/> .run x", "ASK {\n. }", ".explain ASK {\n.}", "PREFIX a:\n.run", "\n.run"] {
            assert_eq!(command_after_prefixes(other), None, "{other}");
        }
    }

    #[test]
    fn the_help_fits_the_terminal_and_lists_every_command() {
        let help = help();
        assert!(COMMANDS.iter().all(|(name, ..)| help.contains(&format!("\n  {name}"))), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 110), "{help}");
    }

    #[test]
    fn input_is_a_query_or_a_command() {
        assert_eq!(Input::parse(" \n"), Input::Empty);
        assert_eq!(Input::parse("ASK {} ;\n"), Input::Query("ASK {} "));
        assert_eq!(Input::parse("ASK {}"), Input::Query("ASK {}"));
        assert_eq!(Input::parse(" .run  who  a=b c "), Input::Command(".run", "who  a=b c"));
    }
}
