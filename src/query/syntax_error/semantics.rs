//! Queries that are grammatical but semantically invalid.

use super::context::ErrorContext;
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::TokenKind;
use crate::model::{Namespaces, SparqlError};
use std::ops::Range;

/// A semantic error that the parser reports.
struct SemanticError {
    /// Part of the parser's message.
    parser_message: &'static str,
    message: &'static str,
    label: &'static str,
    help: &'static str,
}

const ERRORS: [SemanticError; 9] = [
    SemanticError {
        parser_message: "The SELECT contains a variable that is unbound",
        message: "ungrouped variable in `SELECT`",
        label: "neither in `GROUP BY` nor aggregated",
        help: "add it to `GROUP BY`, or aggregate it, as in `(SAMPLE(?x) AS ?any)`",
    },
    SemanticError {
        parser_message: "The SELECT contains an expression with a variable that is unbound",
        message: "ungrouped variable in an expression of `SELECT`",
        label: "neither in `GROUP BY` nor aggregated",
        help: "add it to `GROUP BY`, or aggregate it, as in `SAMPLE(?x)`",
    },
    SemanticError {
        parser_message: "The SELECT overrides an existing variable using an expression",
        message: "`SELECT` assigns a variable that already has a value",
        label: "already bound",
        help: "choose another name after `AS`",
    },
    SemanticError {
        parser_message: "Duplicated variable name in SELECT",
        message: "duplicate column in `SELECT`",
        label: "selected twice",
        help: "remove one of them",
    },
    SemanticError {
        parser_message: "SELECT * is not authorized with GROUP BY",
        message: "`SELECT *` in a query with groups",
        label: "not allowed with `GROUP BY` or an aggregate",
        help: "list the grouped variables instead of `*`",
    },
    SemanticError {
        parser_message: "BIND is overriding an existing variable",
        message: "`BIND` assigns a variable that already has a value",
        label: "already bound",
        help: "choose another name after `AS`, or compare the two with `FILTER`",
    },
    SemanticError {
        parser_message: "Repeated variables are not allowed in VALUES",
        message: "duplicate variable in `VALUES`",
        label: "listed twice",
        help: "remove one of them",
    },
    SemanticError {
        parser_message: "The VALUES clause rows should have exactly the same number",
        message: "wrong number of values in a row of `VALUES`",
        label: "this block has a row that is too short or too long",
        help: "write one value for each variable, with `UNDEF` for a missing one",
    },
    SemanticError {
        parser_message: "Already used blank node id",
        message: "blank node used in two groups",
        label: "a blank node is local to its group",
        help: "replace it with a variable",
    },
];

/// The semantic error of a text that is grammatical up to its end.
fn find_error(text: &str, namespaces: &Namespaces) -> Option<&'static SemanticError> {
    let SparqlError::Syntax(error) = namespaces.parse_query(text).err()? else { return None };
    let error = error.to_string();
    ERRORS.iter().find(|known| error.contains(known.parser_message))
}

/// The finding if the text before the current token, or up to its end, is grammatical but semantically invalid.
pub(super) fn semantic_error(context: &ErrorContext<'_>, file: FileId) -> Option<Finding> {
    let current = context.span(context.index);
    [context.previous_end(), current.end].into_iter().find_map(|end| {
        let error = find_error(&context.text[..end], context.namespaces)?;
        let span = offending_token(context, end).unwrap_or(current.clone());
        let finding = Finding::new(Code::SyntaxError, file, Location::Bytes(span), error.message);
        Some(finding.label(error.label).help(error.help))
    })
}

/// The limit on the tokens that are tried.
const MAX_TRIED: usize = 64;

/// The token that can be replaced so that the text up to `end` is valid: a variable after AS, or a column of SELECT.
fn offending_token(context: &ErrorContext<'_>, end: usize) -> Option<Range<usize>> {
    let fixes_error = |index: usize, replacement: &str| {
        let span = context.span(index);
        let text = [&context.text[..span.start], replacement, &context.text[span.end..end]].concat();
        find_error(&text, context.namespaces).is_none()
    };
    let is_word = |index: usize, word: &str| context.token(index).eq_ignore_ascii_case(word);
    let mut assigned = (1..context.index).rev().filter(|index| is_word(index - 1, "as")).take(MAX_TRIED);
    let select = (0..context.index).rev().find(|index| is_word(*index, "select")).unwrap_or(context.index);
    let clause = (select + 1..context.index).take_while(|index| context.token(*index) != "{").take(MAX_TRIED);
    let mut depth = 0_usize;
    let mut ungrouped = clause.filter(|index| {
        match context.token(*index) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let replacement = if depth == 0 { "(1 AS ?factloom_fresh)" } else { "1" };
        let is_column = context.kind(*index) == Some(TokenKind::Variable) || context.token(*index) == "*" && depth == 0;
        is_column && !is_word(index - 1, "as") && fixes_error(*index, replacement)
    });
    let found = assigned.find(|index| fixes_error(*index, "?factloom_fresh")).or_else(|| ungrouped.next());
    found.map(|index| context.span(index))
}
