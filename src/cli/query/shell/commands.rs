//! The input at the prompt: a query, or a command that begins with a dot.

use crate::model::Namespaces;
use crate::query::is_incomplete;

/// The commands with their arguments and purposes.
pub(super) const COMMANDS: [(&str, &str, &str); 8] = [
    (".help", "", "show this list"),
    (".queries", "", "list the stored queries"),
    (".run", "NAME [PARAMETER=VALUE …]", "run a stored query"),
    (".prefixes", "", "list the prefixes, which need no declaration"),
    (".format", "[FORMAT]", "set the format of results, such as table, csv, json or turtle"),
    (".cite", "columns|footnotes|off", "add the supporting statements of each row"),
    (".explain", "QUERY", "show the query plan"),
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
    let (Input::Query(query) | Input::Command(".explain", query)) = Input::parse(text) else { return true };
    if text.contains('\n') && text.rsplit('\n').next().is_none_or(is_blank) {
        return true;
    }
    match namespaces.parse_query(query) {
        Ok(_) => true,
        Err(error) => !is_incomplete(query, &error, namespaces),
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// The help of the shell.
pub(super) fn help() -> String {
    let mut help = String::from(
        "Enter runs a complete query, or continues an incomplete one; an empty line also ends it.\n\
         Tab completes prefixes, predicates, entities, classes, variables and labels.\n",
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
    fn input_is_a_query_or_a_command() {
        assert_eq!(Input::parse(" \n"), Input::Empty);
        assert_eq!(Input::parse("ASK {} ;\n"), Input::Query("ASK {} "));
        assert_eq!(Input::parse("ASK {}"), Input::Query("ASK {}"));
        assert_eq!(Input::parse(" .run  who  a=b c "), Input::Command(".run", "who  a=b c"));
    }
}
