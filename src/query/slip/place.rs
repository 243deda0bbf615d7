//! Where the parser can go no further, and what it would have taken there.
//!
//! The parser tells the furthest character that it has looked at. That is often far behind what is wrong: to see whether
//! `Russia` is `OPTIONAL` it takes as many characters, and to find the end of an IRI all there are.

use super::tokens::{Token, TokenKind};
use crate::model::{Namespaces, SparqlError};
use std::fmt::Write;
use std::ops::Range;

/// More characters than the longest keyword has.
const APART: usize = 32;

/// The number of the first token that cannot stand where it does; that of all tokens where more should follow. `None` where
/// the parser does not say where it was.
pub(super) fn stuck(text: &str, tokens: &[Token], error: &SparqlError, names: &Namespaces) -> Option<usize> {
    // The place is that in the text as it is, or in a text that differs from it.
    let reached = |text: &str| names.parse_query(text).err().and_then(|error| place(&error.to_string(), text));
    place(&error.to_string(), text)?;
    let (clear, starts) = written(text, tokens, &(0..0));
    let at = reached(&clear)?;
    let from = starts.partition_point(|start| start + 8 * APART < at);
    let until = starts.partition_point(|start| *start <= at);
    let (apart, starts) = written(text, tokens, &(from..until));
    let found = match reached(&apart) {
        Some(at) if at == apart.len() => tokens.len(),
        Some(at) => starts.partition_point(|start| *start <= at).saturating_sub(1),
        None => until.saturating_sub(1),
    };
    // A text without an end takes all that is left.
    let open =
        tokens.last().is_some_and(|last| last.kind == TokenKind::UnterminatedString && last.span.end == text.len());
    Some(if open { found.min(tokens.len() - 1) } else { found })
}

/// The text with some of its tokens moved apart, so that only one of them is within the reach of a keyword; and where its
/// tokens begin there. Behind each `<` that begins no IRI stands a comment at which the search for the end of one ends.
fn written(text: &str, tokens: &[Token], apart: &Range<usize>) -> (String, Vec<usize>) {
    let mut all = String::with_capacity(text.len() + (apart.len() + 2) * APART);
    let mut starts = Vec::with_capacity(tokens.len());
    let mut last = 0;
    for (number, token) in tokens.iter().enumerate() {
        let word = &text[token.span.clone()];
        all.push_str(&text[last..token.span.start]);
        if (apart.contains(&number) || number == apart.end) && !apart.is_empty() && !word.starts_with('@') {
            push_apart(&mut all);
        }
        starts.push(all.len());
        all.push_str(word);
        if token.kind == TokenKind::Punctuation && word.starts_with('<') {
            all.push_str(" #>\n");
        }
        last = token.span.end;
    }
    all.push_str(&text[last..]);
    all.push('\n');
    push_apart(&mut all);
    (all, starts)
}

fn push_apart(text: &mut String) {
    let _ = write!(text, "{:APART$}", "");
}

/// The byte that a message of the parser speaks of: it says `error at LINE:COLUMN: expected …`, both counted from 1.
fn place(message: &str, text: &str) -> Option<usize> {
    let (place, _) = message.strip_prefix("error at ")?.split_once(": ")?;
    let (line, column) = place.split_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = &text[start..];
    let offset = rest.char_indices().nth(column.checked_sub(1)?).map_or(rest.len(), |(at, _)| at);
    Some(start + offset)
}

/// Whether a piece may follow a text that the parser has taken.
fn accepts(before: &str, piece: &str, names: &Namespaces) -> bool {
    let mut text = format!("{before} {piece}\n");
    push_apart(&mut text);
    match names.parse_query(&text) {
        Ok(_) => true,
        Err(error) => place(&error.to_string(), &text) == Some(text.len()),
    }
}

/// What may stand somewhere, with a piece of each kind, what is told first.
const KINDS: [(&str, &str); 20] = [
    ("ASK ", "SELECT, ASK, CONSTRUCT or DESCRIBE"),
    ("WHERE ", "WHERE"),
    ("BY ", "BY"),
    ("AS ", "AS"),
    ("?x", "a variable"),
    ("<a:a>", "a name such as `e:this`"),
    ("\"x\"", "a text"),
    ("1", "a number"),
    ("(", "`(`"),
    (".", "`.`"),
    (";", "`;`"),
    (",", "`,`"),
    (")", "`)`"),
    ("]", "`]`"),
    (")>>", "`)>>`"),
    ("}", "`}`"),
    ("{", "`{`"),
    ("= ", "an operator"),
    ("ORDER ", "ORDER BY"),
    ("LIMIT ", "LIMIT"),
];

/// So many kinds are told.
const MOST: usize = 6;

/// What may follow some tokens that the parser has taken, in a few words; nothing where none of the usual may.
pub(super) fn expected(text: &str, tokens: &[Token], names: &Namespaces) -> String {
    let end = tokens.last().map_or(0, |last| last.span.end);
    let (before, _) = written(&text[..end], tokens, &(0..0));
    let fits = KINDS.iter().filter(|(piece, _)| accepts(&before, piece, names)).map(|(_, said)| *said);
    let mut kinds: Vec<&str> = fits.take(MOST).collect();
    match kinds.pop() {
        None => String::new(),
        Some(only) if kinds.is_empty() => format!("expected {only}"),
        Some(last) => format!("expected {} or {last}", kinds.join(", ")),
    }
}

/// What is wrong with the meaning of a text that follows the grammar up to its end: its message, as the parser has it.
pub(super) fn meaning(text: &str, names: &Namespaces) -> Option<&'static Meaning> {
    let error = names.parse_query(text).err()?.to_string();
    MEANINGS.iter().find(|meaning| error.contains(meaning.parser))
}

/// What the parser says where a text follows the grammar and makes no sense.
pub(super) struct Meaning {
    /// In its own words.
    parser: &'static str,
    /// What is wrong.
    pub(super) message: &'static str,
    /// What to do.
    pub(super) help: &'static str,
}

const MEANINGS: [Meaning; 9] = [
    Meaning {
        parser: "The SELECT contains a variable that is unbound",
        message: "SELECT names a variable that is neither grouped by nor an aggregate",
        help: "name it behind GROUP BY, or take one value of each group, such as (SAMPLE(?x) AS ?one)",
    },
    Meaning {
        parser: "The SELECT contains an expression with a variable that is unbound",
        message: "SELECT computes with a variable that is neither grouped by nor an aggregate",
        help: "name it behind GROUP BY, or take one value of each group, such as SAMPLE(?x)",
    },
    Meaning {
        parser: "The SELECT overrides an existing variable using an expression",
        message: "SELECT gives a value to a variable that has one",
        help: "take another name behind AS",
    },
    Meaning {
        parser: "Duplicated variable name in SELECT",
        message: "SELECT names a variable twice",
        help: "leave one of them out",
    },
    Meaning {
        parser: "SELECT * is not authorized with GROUP BY",
        message: "SELECT * cannot stand with GROUP BY or an aggregate",
        help: "name the variables that are grouped by",
    },
    Meaning {
        parser: "BIND is overriding an existing variable",
        message: "BIND gives a value to a variable that has one",
        help: "take another name behind AS, or compare the two in a FILTER",
    },
    Meaning {
        parser: "Repeated variables are not allowed in VALUES",
        message: "VALUES names a variable twice",
        help: "leave one of them out",
    },
    Meaning {
        parser: "The VALUES clause rows should have exactly the same number",
        message: "a row of VALUES has not as many values as there are variables",
        help: "write UNDEF where there is no value",
    },
    Meaning {
        parser: "Already used blank node id",
        message: "a blank node stands in two groups",
        help: "take a variable in its place",
    },
];
