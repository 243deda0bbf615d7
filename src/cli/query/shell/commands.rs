//! What is typed at the prompt: a query, or a command that begins with a dot.

use crate::model::Namespaces;
use crate::query::is_incomplete;

/// The commands with their arguments and what they are for.
pub(super) const COMMANDS: [(&str, &str, &str); 8] = [
    (".help", "", "this list"),
    (".queries", "", "the stored queries"),
    (".run", "NAME [PARAMETER=VALUE …]", "ask a stored query"),
    (".prefixes", "", "the prefixes, which need not be declared"),
    (".format", "[FORMAT]", "write answers as table, markdown, csv, tsv, json or xml, or graphs as turtle, …"),
    (".cite", "columns|footnotes|off", "add to each row the statements behind it"),
    (".explain", "QUERY", "say how a query is answered"),
    (".quit", "", "leave; so does Ctrl-D"),
];

/// What a finished input asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    /// Nothing.
    Empty,
    /// The answer to a query.
    Query(&'a str),
    /// Another thing: the command and its argument.
    Command(&'a str, &'a str),
}

impl<'a> Input<'a> {
    /// Reads what has been typed. A semicolon at the end belongs to no query.
    pub(super) fn of(text: &'a str) -> Self {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Self::Empty;
        }
        // What shells and other clients of databases take.
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

/// Whether Enter ends an input: a command, a query, what no further line can make a query of, and any with an empty line
/// behind it. A semicolon ends none, since it may stand between two predicates.
pub(super) fn is_complete(text: &str, names: &Namespaces) -> bool {
    let (Input::Query(query) | Input::Command(".explain", query)) = Input::of(text) else { return true };
    if text.contains('\n') && text.rsplit('\n').next().is_none_or(is_blank) {
        return true;
    }
    match names.parse_query(query) {
        Ok(_) => true,
        Err(error) => !is_incomplete(query, &error, names),
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// What the commands are for.
pub(super) fn help() -> String {
    let mut help = String::from(
        "A query runs at Enter once it is one; until then Enter begins another line, and an empty line ends it.\n\
         Tab completes prefixes, predicates, entities, classes and variables; labels, too.\n",
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
    fn what_may_still_become_a_query_goes_on() {
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
    fn what_no_further_line_can_mend_is_refused_at_once() {
        for text in
            ["hello", "SELECT * { ?s foaf:name ?o", "ASK { ?s ?p 'a\n", "INSERT DATA {", "ASK { Guild v:built ?x }"]
        {
            assert!(complete(text), "{text}");
        }
    }

    #[test]
    fn input_is_a_query_or_a_command() {
        assert_eq!(Input::of(" \n"), Input::Empty);
        assert_eq!(Input::of("ASK {} ;\n"), Input::Query("ASK {} "));
        assert_eq!(Input::of("ASK {}"), Input::Query("ASK {}"));
        assert_eq!(Input::of(" .run  who  a=b c "), Input::Command(".run", "who  a=b c"));
    }
}
