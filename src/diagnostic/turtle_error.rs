//! Syntax errors of Turtle in plain words.

use crate::model::vocab;

/// A syntax error in Turtle or a similar format.
pub(crate) struct TurtleError {
    pub message: String,
    pub label: &'static str,
    pub help: String,
}

impl TurtleError {
    /// Translates a message of the parser.
    pub(crate) fn new(message: &str) -> Self {
        let undeclared = message.split_once("The prefix ").and_then(|(_, rest)| rest.split_once(": has not"));
        if let Some((prefix, _)) = undeclared {
            let well_known = vocab::PREFIXES.iter().find(|(known, _)| *known == prefix);
            let iri = well_known.map_or("…", |(_, iri)| *iri);
            let help = format!("add `@prefix {prefix}: <{iri}> .` at the start of the file");
            return Self {
                message: format!("undeclared prefix `{prefix}:`"),
                label: "this prefix is not declared",
                help,
            };
        }
        let (label, help) = match message {
            message if message.contains(" dot") => ("expected `.`", "end the statement with ` .`"),
            message if message.contains("predicate") => {
                ("expected a predicate", "write a predicate, or end the statement with ` .`")
            }
            message if message.contains("object") => {
                ("expected an object", "write an IRI, a prefixed name or a literal")
            }
            message if message.contains("subject") => ("expected a subject", "write an IRI or a prefixed name"),
            message if message.contains("IRI") => ("invalid IRI", "write an absolute IRI in angle brackets"),
            message if message.contains("string") || message.contains("scape") => {
                ("invalid string", "close the string with `\"`, and write line breaks in it as `\\n`")
            }
            _ => ("unexpected text", "correct the statement, or remove it"),
        };
        Self { message: format!("invalid Turtle: {label}"), label, help: help.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_of_a_common_prefix_is_complete() {
        let help = |prefix: &str| TurtleError::new(&format!("The prefix {prefix}: has not been declared")).help;
        assert_eq!(
            help("rdf"),
            "add `@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .` at the start of the file"
        );
        assert_eq!(help("mill"), "add `@prefix mill: <…> .` at the start of the file");
    }
}
