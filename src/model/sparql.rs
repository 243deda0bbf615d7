//! Parsing SPARQL with limits on length and nesting, since the parser is recursive.

use super::depth::{depth, on_stack_of};
use super::namespaces::{MAX_NAMESPACE_BYTES, Namespaces};
use super::nesting::Recursion;
use super::tokens::{TokenKind, tokenize};
use oxigraph::model::NamedNode;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};
use std::collections::HashSet;

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

/// The maximum number of tokens that the parser reads, where it reads a token again: it doubles the number for each `REGEX`, `SUBSTR`,
/// `REPLACE` or `GROUP_CONCAT` around the token.
const MAX_READS: u64 = 1 << 21;

/// The maximum number of different variables of a query. The time of the parser grows with the square of their number.
pub const MAX_VARIABLES: usize = 15_000;

/// The length of a query up to which its names have at most 16 MiB in any case: half of it may be a base, and each name takes at least
/// two bytes of the other half.
const MAX_UNCHECKED: usize = 1 << 13;

/// The shortest variable in a query, and the space before the next one.
const SHORTEST_VARIABLE: usize = "?a ".len();

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
    /// The parser would read parts of it too often.
    #[error("the query has too many calls of REGEX, SUBSTR, REPLACE, GROUP_CONCAT or `!` inside each other")]
    TooManyReads,
    /// A base or a prefix that it declares is too long.
    #[error("the query declares a base or a prefix with an IRI of more than {MAX_NAMESPACE_BYTES} bytes")]
    LongNamespace,
    /// It has too many variables.
    #[error("the query has more than {MAX_VARIABLES} variables")]
    TooManyVariables,
    /// It is too long.
    #[error("the query is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

impl Namespaces {
    /// Parses a query. The prefixes need no declaration.
    ///
    /// # Errors
    ///
    /// Returns an error if the query has a syntax error, is nested too deeply, has too many variables or a namespace that is too long, or is
    /// too long.
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
    let Recursion { nesting, slashes, reads } = Recursion::of(text);
    if nesting > MAX_NESTING {
        return Err(SparqlError::TooNested);
    }
    if reads > MAX_READS {
        return Err(SparqlError::TooManyReads);
    }
    if slashes > MAX_SLASHES {
        return Err(SparqlError::TooDeep);
    }
    if text.len() > MAX_VARIABLES * SHORTEST_VARIABLE && variable_count(text) > MAX_VARIABLES {
        return Err(SparqlError::TooManyVariables);
    }
    if text.len() > MAX_UNCHECKED && has_long_namespace(text) {
        return Err(SparqlError::LongNamespace);
    }
    on_stack_of(nesting * BRACKET + slashes * SLASH + text.len() * BYTE, || {
        let query = parser.parse_query(text)?;
        // A query that is too deep is dropped here, while the stack is large enough.
        if depth(&query) > MAX_DEPTH { Err(SparqlError::TooDeep) } else { Ok(query) }
    })
}

/// Whether a query declares a base or a prefix with a long IRI. A base may be relative to the one before.
fn has_long_namespace(text: &str) -> bool {
    let tokens = tokenize(text);
    let word = |index: usize, word: &str| {
        tokens[index].kind == TokenKind::Word && text[tokens[index].span.clone()].eq_ignore_ascii_case(word)
    };
    let (mut bases, mut longest_prefix) = (0, 0);
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Iri) {
        if index >= 1 && word(index - 1, "BASE") {
            bases += token.span.len();
        } else if index >= 2 && word(index - 2, "PREFIX") {
            longest_prefix = longest_prefix.max(token.span.len());
        }
    }
    bases + longest_prefix > MAX_NAMESPACE_BYTES
}

/// The number of different variables in a text.
fn variable_count(text: &str) -> usize {
    let tokens = tokenize(text).into_iter().filter(|token| token.kind == TokenKind::Variable);
    // `?a` and `$a` are the same variable.
    tokens.map(|token| &text[token.span.start + 1..token.span.end]).collect::<HashSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_syntax_error_has_no_words_of_the_parser() {
        let error = Namespaces::standard().parse_query("ASK { ?s ?p").unwrap_err();
        assert_eq!(error.to_string(), "syntax error in the query");
    }

    #[test]
    fn a_query_that_the_parser_would_read_too_often_is_refused() {
        let calls = |levels: usize, name: &str, rest: &str| {
            format!("SELECT ({}'a'{} AS ?x) {{ }}", format!("{name}(").repeat(levels), rest.repeat(levels))
        };
        let shapes =
            [("REPLACE", ",'b','c')"), ("regex", ",'b')"), ("SubStr", ",1)"), ("GROUP_CONCAT", ")"), ("STR", ")")];
        for (name, rest) in shapes {
            let deep = Namespaces::standard().parse_query(&calls(40, name, rest));
            assert_eq!(matches!(deep, Err(SparqlError::TooManyReads)), name != "STR", "{name}");
            let usual = Namespaces::standard().parse_query(&calls(8, name, rest));
            assert!(!matches!(usual, Err(SparqlError::TooManyReads)), "{name}");
        }
    }

    #[test]
    fn a_long_query_with_a_long_namespace_is_refused() {
        let long = format!("http://e.org/{}/", "a".repeat(MAX_NAMESPACE_BYTES));
        let names = |prefix: &str| (0..10_000).map(|n| format!("{prefix}{n} ")).collect::<Vec<_>>().concat();
        let iris = (0..3_000).map(|n| format!("<{n}> ")).collect::<Vec<_>>().concat();
        let halves = format!("BASE <{}> BASE <{}/>", &long[..600], "b/".repeat(300));
        for query in [
            format!("BASE <{long}> ASK {{ VALUES ?x {{ {iris} }} }}"),
            format!("{halves} ASK {{ VALUES ?x {{ {iris} }} }}"),
            format!("prefix q: <{long}> ASK {{ VALUES ?x {{ {} }} }}", names("q:")),
        ] {
            assert!(
                matches!(Namespaces::standard().parse_query(&query), Err(SparqlError::LongNamespace)),
                "{query:.60}"
            );
        }
        let usual = format!("PREFIX q: <http://e.org/> ASK {{ VALUES ?x {{ <{long}> {} }} }}", names("q:"));
        assert!(Namespaces::standard().parse_query(&usual).is_ok());
        assert!(Namespaces::standard().parse_query(&format!("BASE <{long}> ASK {{ <a> <b> <c> }}")).is_ok());
    }

    #[test]
    fn a_query_with_too_many_variables_is_refused_before_it_is_parsed() {
        let values = |count: usize| {
            let names = (0..count).map(|n| format!("?v{n} $v{n} ")).collect::<Vec<_>>().concat();
            format!("ASK {{ ?s ?p '?a' FILTER(COALESCE({})) }}", names.trim_end().replace(' ', ","))
        };
        assert!(Namespaces::standard().parse_query(&values(MAX_VARIABLES - 2)).is_ok());
        let error = Namespaces::standard().parse_query(&values(MAX_VARIABLES - 1)).unwrap_err();
        assert!(matches!(error, SparqlError::TooManyVariables));
    }
}
