//! Parsing SPARQL with limits on length and nesting, since the parser is recursive.

use super::Namespaces;
use oxigraph::model::NamedNode;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};

/// The maximum nesting of brackets, and the maximum number of consecutive unary operators. The parser recurses for each.
pub const MAX_NESTING: usize = 256;

/// The maximum length of a query in bytes. A chain of operators is parsed to nested expressions.
pub const MAX_LENGTH: usize = 1 << 20;

/// The stack size, in bytes, for the parser and the evaluator of SPARQL, whose recursion is as deep as their input is nested.
pub const DEEP_STACK_SIZE: usize = 1 << 30;

/// Why a query cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub enum SparqlError {
    /// It has a syntax error. The source is the parser's own message.
    #[error("syntax error in the query")]
    Syntax(#[from] SparqlSyntaxError),
    /// It is nested too deeply.
    #[error("the query is nested more than {MAX_NESTING} levels deep")]
    TooDeep,
    /// It is too long.
    #[error("the query is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

impl Namespaces {
    /// Parses a query. The prefixes need no declaration.
    ///
    /// # Errors
    ///
    /// Returns an error if the query has a syntax error, is nested too deeply, or is too long.
    pub fn parse_query(&self, text: &str) -> Result<Query, SparqlError> {
        parse(self.sparql_parser(), text)
    }

    /// Parses a query like [`parse_query`](Self::parse_query), with a base for relative IRIs unless the query declares one.
    ///
    /// # Errors
    ///
    /// See [`parse_query`](Self::parse_query).
    pub fn parse_query_with_base(&self, text: &str, base: &NamedNode) -> Result<Query, SparqlError> {
        parse(self.sparql_parser().with_base_iri(base.as_str()).expect("a named node has an IRI"), text)
    }
}

fn parse(parser: SparqlParser, text: &str) -> Result<Query, SparqlError> {
    if text.len() > MAX_LENGTH {
        return Err(SparqlError::TooLong);
    }
    if nesting(text) > MAX_NESTING {
        return Err(SparqlError::TooDeep);
    }
    Ok(parser.parse_query(text)?)
}

/// The nesting of brackets or the number of consecutive unary operators, whichever is larger. Strings and comments are
/// skipped.
fn nesting(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut operators, mut deepest) = (0_usize, 0_usize, 0_usize);
    let mut next = 0;
    while let Some(byte) = bytes.get(next) {
        let position = next;
        next += 1;
        operators = match byte {
            b'!' | b'-' | b'+' | b'^' => operators + 1,
            b' ' | b'\t' | b'\r' | b'\n' => operators,
            _ => 0,
        };
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            b'#' if !in_iri(bytes, position) => next += bytes[next..].iter().take_while(|b| **b != b'\n').count(),
            b'"' | b'\'' => next = end_of_string(bytes, position),
            _ => {}
        }
        deepest = deepest.max(depth).max(operators);
    }
    deepest
}

/// Whether a `#` is part of an IRI: there is no white space between it and the preceding `<`.
fn in_iri(bytes: &[u8], position: usize) -> bool {
    let before = bytes[..position].iter().rev().take(2048);
    before.take_while(|b| !b.is_ascii_whitespace() && **b != b'>').any(|b| *b == b'<')
}

/// The end of the string literal that starts at `start`; the end of the query if the literal is not closed.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let is_long = bytes[start..].starts_with(&[quote; 3]);
    let mut position = start + if is_long { 3 } else { 1 };
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 2,
            b'\n' if !is_long => return position,
            b if *b == quote && !is_long => return position + 1,
            b if *b == quote && bytes[position..].starts_with(&[quote; 3]) => return position + 3,
            _ => position += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_comments_and_iris_do_not_count_as_nesting() {
        assert_eq!(nesting("SELECT * { ?s ?p (1 2) { } }"), 2);
        assert_eq!(nesting("# ((((\nASK { ?s ?p '((((' , \"\"\"(\"((\"\"\" , <http://e.org/#x> }"), 1);
        assert_eq!(nesting("ASK { FILTER(!!! ! true) }"), 4);
        assert_eq!(nesting("ASK { ?s ?p 'a\\'((' }"), 1);
    }

    #[test]
    fn queries_that_would_exhaust_the_stack_are_rejected() {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        assert!(matches!(names.parse_query(&"true||".repeat(400_000)), Err(SparqlError::TooLong)));
        for deep in ["(".repeat(100_000), "{".repeat(100_000), "!".repeat(100_000), "[ ?p ".repeat(100_000)] {
            let query = format!("ASK {{ FILTER({deep}");
            assert!(matches!(names.parse_query(&query), Err(SparqlError::TooDeep)));
        }
        assert!(names.parse_query("ASK { ?s v:made e:mill }").is_ok());
    }

    #[test]
    fn the_message_of_a_syntax_error_has_no_words_of_the_parser() {
        let error = Namespaces::standard().parse_query("ASK { ?s ?p").unwrap_err();
        assert_eq!(error.to_string(), "syntax error in the query");
    }
}
