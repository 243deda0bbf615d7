//! Parsing SPARQL, with a limit on what a text can make the parser do.

use super::Namespaces;
use oxigraph::model::NamedNode;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};

/// How deep brackets may be nested, and how many signs may stand in a row. The parser calls itself for each.
pub const MAX_NESTING: usize = 256;

/// How many bytes a query may have. Operators in a row are nested in one another once they are parsed.
pub const MAX_LENGTH: usize = 1 << 20;

/// Stack for work that calls itself as deep as its input is nested: the parser and the evaluator of SPARQL.
pub const DEEP_STACK_SIZE: usize = 1 << 30;

/// Why a text is no query.
#[derive(Debug, thiserror::Error)]
pub enum SparqlError {
    /// It does not follow the grammar.
    #[error(transparent)]
    Syntax(#[from] SparqlSyntaxError),
    /// It is nested deeper than the parser can follow.
    #[error("brackets are nested more than {MAX_NESTING} deep, or as many signs stand in a row")]
    TooDeep,
    /// It is longer than what can be worked on.
    #[error("the query is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

impl Namespaces {
    /// Parses a query, which may use the prefixes undeclared.
    ///
    /// # Errors
    ///
    /// Where it is no SPARQL, nested too deep, or too long.
    pub fn parse_query(&self, text: &str) -> Result<Query, SparqlError> {
        parse(self.sparql_parser(), text)
    }

    /// Parses a query as [`parse_query`](Self::parse_query) does, with a base for the relative IRIs in it, unless it names
    /// one itself.
    ///
    /// # Errors
    ///
    /// As [`parse_query`](Self::parse_query).
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

/// How deep brackets are nested, or how many signs stand in a row, whichever is more. Those in strings and comments do not count.
fn nesting(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut signs, mut most) = (0_usize, 0_usize, 0_usize);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        signs = match byte {
            b'!' | b'-' | b'+' | b'^' => signs + 1,
            b' ' | b'\t' | b'\r' | b'\n' => signs,
            _ => 0,
        };
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            // `<<( … )>>` counts once for its parenthesis.
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            b'#' if !in_iri(bytes, at - 1) => at += bytes[at..].iter().take_while(|b| **b != b'\n').count(),
            b'"' | b'\'' => at = end_of_string(bytes, at - 1),
            _ => {}
        }
        most = most.max(depth).max(signs);
    }
    most
}

/// Whether a `#` belongs to an IRI: no space lies between it and the `<` before it.
fn in_iri(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().take(2048);
    before.take_while(|b| !b.is_ascii_whitespace() && **b != b'>').any(|b| *b == b'<')
}

/// The byte behind a string that begins with a quotation mark; the end of the text where it has no end.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mark = bytes[start];
    let long = bytes[start..].starts_with(&[mark; 3]);
    let mut at = start + if long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' if !long => return at,
            b if *b == mark && !long => return at + 1,
            b if *b == mark && bytes[at..].starts_with(&[mark; 3]) => return at + 3,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_parser_follows_counts() {
        assert_eq!(nesting("SELECT * { ?s ?p (1 2) { } }"), 2);
        assert_eq!(nesting("# ((((\nASK { ?s ?p '((((' , \"\"\"(\"((\"\"\" , <http://e.org/#x> }"), 1);
        assert_eq!(nesting("ASK { FILTER(!!! ! true) }"), 4);
        assert_eq!(nesting("ASK { ?s ?p 'a\\'((' }"), 1);
    }

    #[test]
    fn a_query_that_would_exhaust_the_stack_is_refused() {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        assert!(matches!(names.parse_query(&"true||".repeat(400_000)), Err(SparqlError::TooLong)));
        for deep in ["(".repeat(100_000), "{".repeat(100_000), "!".repeat(100_000), "[ ?p ".repeat(100_000)] {
            let query = format!("ASK {{ FILTER({deep}");
            assert!(matches!(names.parse_query(&query), Err(SparqlError::TooDeep)));
        }
        assert!(names.parse_query("ASK { ?s v:made e:mill }").is_ok());
    }
}
