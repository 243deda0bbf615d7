//! Parsing SPARQL with limits on length and nesting, since the parser is recursive.

use super::Namespaces;
use super::depth::{depth, on_stack_of};
use super::nesting::Recursion;
use oxigraph::model::NamedNode;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};

/// The maximum number of brackets that are open at one position of a query. The brackets are `(`, `[`, `{`, `<<`, `<<(` and
/// `{|`; those in strings, IRIs and comments do not count. A bracket after `!`, or after `!` and the name of a function, counts
/// as 32, and each further `!` as one more.
pub const MAX_NESTING: usize = 256;

/// The maximum depth of the algebra of a query. A chain of binary operators, UNION, OPTIONAL, FILTER, BIND, paths or groups is
/// as deep as it is long; a list of triples, values or arguments has a depth of 1.
pub const MAX_DEPTH: usize = 500;

/// The maximum length of a query in bytes.
pub const MAX_LENGTH: usize = 1 << 20;

/// The maximum number of `/` outside of IRIs, strings and comments. The parser recurses along a path, but a sequence does not
/// become deeper algebra.
const MAX_SLASHES: usize = 10_000;

/// The stack, in bytes, for a bracket in the parser: 7 KiB if it is optimized, and more if it is not.
const BRACKET: usize = 32 << 10;

/// The stack, in bytes, for a `/` in the parser: 0.5 KiB if it is optimized.
const SLASH: usize = 2 << 10;

/// The stack, in bytes, for each byte of a query in the parser and the destructors of its results. The shortest level takes two
/// bytes of text and 143 bytes of stack if they are optimized.
const BYTE: usize = 256;

/// Why a query cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub enum SparqlError {
    /// It has a syntax error. The source is the parser's own message.
    #[error("syntax error in the query")]
    Syntax(#[from] SparqlSyntaxError),
    /// Its brackets are nested too deeply.
    #[error("the brackets of the query are nested more than {MAX_NESTING} levels deep")]
    TooNested,
    /// Its algebra is too deep.
    #[error("the query has more than {MAX_DEPTH} operators or groups in a chain or inside each other")]
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
    let Recursion { nesting, slashes } = Recursion::of(text);
    if nesting > MAX_NESTING {
        return Err(SparqlError::TooNested);
    }
    if slashes > MAX_SLASHES {
        return Err(SparqlError::TooDeep);
    }
    on_stack_of(nesting * BRACKET + slashes * SLASH + text.len() * BYTE, || {
        let query = parser.parse_query(text)?;
        // A query that is too deep is dropped here, while the stack is large enough.
        if depth(&query) > MAX_DEPTH { Err(SparqlError::TooDeep) } else { Ok(query) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_syntax_error_has_no_words_of_the_parser() {
        let error = Namespaces::standard().parse_query("ASK { ?s ?p").unwrap_err();
        assert_eq!(error.to_string(), "syntax error in the query");
    }
}
