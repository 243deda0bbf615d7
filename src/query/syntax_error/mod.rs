//! Findings about queries that cannot be parsed: the token, what was expected there, and a correction.
//!
//! The parser reports only how far it got and the characters that it would have accepted. The token is found by parsing the
//! text with its tokens moved apart (`location`). Corrections are tried one by one (`corrections`).
//!
//! Invariant: only the parser decides what is valid, and a suggested edit always makes the text valid.

mod context;
mod corrections;
mod labels;
mod location;
mod prefix;
mod semantics;

use super::{DecoratorsError, QueryTemplateError};
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::{Namespaces, SparqlError, Token, TokenKind, tokenize};
use crate::store::Store;
use context::ErrorContext;
use corrections::{advice, correct};
use location::{expected_after, failing_token};

/// The longest text, in bytes, for which corrections are tried.
const MAX_CORRECTED_LENGTH: usize = 1 << 15;

/// Keywords that begin an update.
const UPDATES: [&str; 11] =
    ["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH", "USING"];

/// The finding about a file with a query template that cannot be read. With a store, words are looked up among the labels.
pub fn diagnose(
    text: &str,
    error: &QueryTemplateError,
    namespaces: &Namespaces,
    store: Option<&Store>,
    file: FileId,
) -> Finding {
    match error {
        QueryTemplateError::Sparql(error) => diagnose_syntax(text, error, namespaces, store, file),
        QueryTemplateError::Decorators(error) => diagnose_decorators(text, error, file),
        QueryTemplateError::InvalidDecorator(message) => {
            Finding::new(Code::InvalidDecorator, file, Location::File, message)
                .help("correct the decorator or the query")
        }
        QueryTemplateError::Parameter(message) => Finding::new(Code::InvalidDecorator, file, Location::File, message)
            .help("name the variable as https://grlc.io does, such as `?_name`, `?_name_iri` or `?_name_xsd_date`"),
    }
}

fn diagnose_decorators(text: &str, error: &DecoratorsError, file: FileId) -> Finding {
    let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let line = error.line.and_then(|number| lines.nth(number.saturating_sub(1)));
    let at = line.map_or(Location::File, |(start, line)| {
        let indent = line.len() - line.trim_start().len();
        Location::Bytes(start + indent..start + line.trim_end().len())
    });
    let (message, detail) = error.message.split_once(": ").unwrap_or((&error.message, ""));
    let (label, help) = match detail {
        suggestion if suggestion.starts_with("did you mean") => ("", suggestion),
        _ if message.starts_with("invalid expectation") => {
            (detail, "write `#+ expect: some`, or a range such as `\"3..\"`")
        }
        _ => (detail, "write decorators as YAML after `#+ `, such as `#+ summary: \"Who built what?\"`"),
    };
    Finding::new(Code::InvalidDecorator, file, at, message).label(label).help(help)
}

/// The finding about a query that the parser has rejected. With a store, words are looked up among the labels.
///
/// The text is parsed some dozen times; a text of more than 32 KiB only three times, for the position alone.
///
/// ```
/// use factloom::diagnostic::{Location, FileId};
/// use factloom::{model::Namespaces, query};
///
/// let namespaces = Namespaces::new("https://example.org/", &[])?;
/// let text = "ASK { ?a v:made ?b ?b v:made ?c }";
/// let error = query::parse(text, &namespaces).unwrap_err();
/// let finding = query::diagnose_syntax(text, &error, &namespaces, None, FileId(0));
/// assert_eq!(finding.message, "syntax error: unexpected `?b`");
/// assert_eq!(finding.location, Location::Bytes(19..21));
/// assert_eq!(finding.help, "add `.` before `?b`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diagnose_syntax(
    text: &str,
    error: &SparqlError,
    namespaces: &Namespaces,
    store: Option<&Store>,
    file: FileId,
) -> Finding {
    let finding = |at: Location, message: String| Finding::new(Code::SyntaxError, file, at, message);
    if let SparqlError::LongNamespace = error {
        return finding(Location::File, error.to_string()).help("declare a shorter IRI");
    }
    if let SparqlError::NestedAggregate(span) = error {
        return finding(Location::Bytes(span.clone()), error.to_string())
            .label("inside another aggregate")
            .help("compute this aggregate in a subquery");
    }
    if !matches!(error, SparqlError::Syntax(_)) {
        return finding(Location::File, error.to_string()).help("split the query into smaller ones");
    }
    let tokens = tokenize(text);
    let index = failing_token(text, &tokens, error, namespaces);
    let reference = "see https://www.w3.org/TR/sparql12-query/#grammar";
    let Some(index) = index else {
        return finding(Location::File, "syntax error in the query".to_owned()).help(reference);
    };
    if tokens.is_empty() {
        return finding(Location::File, "the query is empty".to_owned())
            .help("write a query, such as `SELECT * { ?s ?p ?o } LIMIT 10`");
    }
    let context = ErrorContext { text, tokens: &tokens, index, namespaces, store };
    if let Some(known) = update(&context, file).or_else(|| prefix::unknown_prefix(&context, file)) {
        return known;
    }
    // Only where the text ends or a group is closed can all tokens before follow the grammar.
    if matches!(context.current(), "" | "}")
        && let Some(semantic) = semantics::semantic_error(&context, file)
    {
        return semantic;
    }
    let span = if index < tokens.len() { context.span(index) } else { context.previous_end()..context.previous_end() };
    let at = Location::Bytes(span);
    let message = match (context.kind(index), context.current()) {
        (None, _) => "syntax error: unexpected end of the query".to_owned(),
        (Some(TokenKind::UnterminatedString), string) => {
            let help = format!("add the closing `{}`", &string[..1]);
            return finding(at, "unterminated string".to_owned()).help(help);
        }
        (Some(TokenKind::Iri), iri) if iri != "<>" && is_relative(iri) => {
            return finding(at, format!("relative IRI `{iri}` without a base"))
                .label("not an absolute IRI")
                .help("write the full IRI or a prefixed name");
        }
        (Some(_), token) => format!("syntax error: unexpected `{}`", shortened(token)),
    };
    let mut label = String::new();
    let mut help = advice(&context).unwrap_or_else(|| reference.to_owned());
    if text.len() <= MAX_CORRECTED_LENGTH {
        label = expected_after(text, &tokens[..index], namespaces);
        help = correct(&context).map_or(help, |correction| correction.help);
    }
    finding(at, message).label(label).help(help)
}

/// Whether a text that the parser has rejected can become a query if more is appended to it.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let namespaces = Namespaces::new("https://example.org/", &[])?;
/// let incomplete = |text: &str| query::is_incomplete(text, &query::parse(text, &namespaces).unwrap_err(), &namespaces);
/// assert!(incomplete("ASK { ?mill"));
/// assert!(!incomplete("AKS { ?mill"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn is_incomplete(text: &str, error: &SparqlError, namespaces: &Namespaces) -> bool {
    let tokens = tokenize(text);
    let is_long = |string: &str| string.starts_with("\"\"\"") || string.starts_with("'''");
    let is_open = |token: &Token| token.kind == TokenKind::UnterminatedString && is_long(&text[token.span.clone()]);
    matches!(error, SparqlError::Syntax(_))
        && failing_token(text, &tokens, error, namespaces).is_none_or(|index| tokens.get(index).is_none_or(is_open))
}

/// The finding if the text is an update.
fn update(context: &ErrorContext<'_>, file: FileId) -> Option<Finding> {
    let is_prologue = |index: usize| {
        matches!(context.token(index).to_ascii_uppercase().as_str(), "PREFIX" | "BASE")
            || matches!(context.kind(index), Some(TokenKind::PrefixedName | TokenKind::Iri))
    };
    let keyword = context.current().to_ascii_uppercase();
    (UPDATES.contains(&keyword.as_str()) && (0..context.index).all(is_prologue)).then(|| {
        let message = format!("unsupported update `{keyword}`: the graph is read-only");
        Finding::new(Code::SyntaxError, file, Location::Bytes(context.span(context.index)), message)
            .label("expected `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`")
            .help("add the statement to the dataset and build the graph again")
    })
}

/// Whether an IRI in angle brackets has no scheme.
fn is_relative(iri: &str) -> bool {
    !iri.trim_matches(['<', '>']).split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// The first line of a token, cut after 40 characters.
fn shortened(token: &str) -> String {
    let line = token.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < token.len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
