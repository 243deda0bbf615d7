//! The token that the parser could not accept, with the text around it.

use crate::model::Namespaces;
use crate::model::{Token, TokenKind};
use crate::store::Store;
use std::ops::Range;

/// A text with the first token that the parser cannot accept.
pub(super) struct ErrorContext<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    /// The index of that token; the number of tokens if the text ends too early.
    pub(super) index: usize,
    pub(super) namespaces: &'a Namespaces,
    pub(super) store: Option<&'a Store>,
}

impl ErrorContext<'_> {
    /// The text of a token; empty after the last one.
    pub(super) fn token(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.text[token.span.clone()])
    }

    /// The token that the parser cannot accept.
    pub(super) fn current(&self) -> &str {
        self.token(self.index)
    }

    /// The token before it.
    pub(super) fn previous(&self) -> &str {
        self.index.checked_sub(1).map_or("", |index| self.token(index))
    }

    pub(super) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// The bytes of a token; the end of the text after the last one.
    pub(super) fn span(&self, index: usize) -> Range<usize> {
        self.tokens.get(index).map_or(self.text.len()..self.text.len(), |token| token.span.clone())
    }

    /// The end of the token before the current one.
    pub(super) fn previous_end(&self) -> usize {
        self.index.checked_sub(1).map_or(0, |index| self.span(index).end)
    }

    /// The closing brackets for the brackets that are open before the current token, the innermost first.
    pub(super) fn missing_brackets(&self) -> Vec<&'static str> {
        let mut open = Vec::new();
        for index in 0..self.index {
            match self.token(index) {
                "(" => open.push(")"),
                "{" => open.push("}"),
                "[" => open.push("]"),
                "<<(" => open.push(")>>"),
                "<<" => open.push(">>"),
                "{|" => open.push("|}"),
                ")" | "}" | "]" | ")>>" | ">>" | "|}" => drop(open.pop()),
                _ => {}
            }
        }
        open.reverse();
        open
    }

    /// Whether the current token is between SELECT and the query pattern.
    pub(super) fn in_select_clause(&self) -> bool {
        let tokens = (0..self.index).rev().map(|index| self.token(index));
        let mut tokens =
            tokens.take_while(|token| !matches!(*token, "{" | "}") && !token.eq_ignore_ascii_case("where"));
        tokens.any(|token| token.eq_ignore_ascii_case("select"))
    }
}
