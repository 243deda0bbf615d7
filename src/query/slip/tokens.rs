//! The words and marks that a SPARQL text is made of, whether it follows the grammar or not.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An IRI in angle brackets.
    Iri,
    /// A name with a prefix, or a blank node.
    PrefixedName,
    /// A variable.
    Variable,
    /// A text in quotation marks.
    String,
    /// A text whose closing quotation mark is missing; it reaches to the end of the line, or of all.
    UnterminatedString,
    /// A number without its sign.
    Number,
    /// A keyword, a function, or what should be neither.
    Word,
    /// A language tag, a bracket, an operator or another mark.
    Punctuation,
    /// A character that SPARQL has no use for.
    Unexpected,
}

/// A token and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// Marks of several characters, longest first.
const MARKS: [&str; 12] = ["<<(", ")>>", "<<", ">>", "{|", "|}", "^^", "&&", "||", "!=", "<=", ">="];

/// The tokens of a text in their order, without space and comments. Linear in the text.
///
/// ```
/// use factloom::query::tokenize;
///
/// let text = "ASK { ?mill a v:Mill # a comment";
/// let words: Vec<&str> = tokenize(text).into_iter().map(|token| &text[token.span]).collect();
/// assert_eq!(words, ["ASK", "{", "?mill", "a", "v:Mill"]);
/// ```
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if matches!(first, ' ' | '\t' | '\r' | '\n') {
            at += 1;
            continue;
        }
        if first == '#' {
            at += rest.find(['\r', '\n']).unwrap_or(rest.len());
            continue;
        }
        let (kind, length) = token(first, rest);
        tokens.push(Token { kind, span: at..at + length });
        at += length;
    }
    tokens
}

/// The kind and the length of the token that a text begins with.
fn token(first: char, rest: &str) -> (TokenKind, usize) {
    match first {
        '"' | '\'' => string(first, rest),
        '?' | '$' if rest[1..].starts_with(in_variable) => (TokenKind::Variable, 1 + run(&rest[1..], in_variable)),
        '@' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
            (TokenKind::Punctuation, 1 + run(&rest[1..], |c| c.is_ascii_alphanumeric() || c == '-'))
        }
        '0'..='9' => (TokenKind::Number, number(rest)),
        '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (TokenKind::Number, number(rest)),
        ':' => (TokenKind::PrefixedName, 1 + local(&rest[1..])),
        first if begins_name(first) => name(rest),
        _ => mark(first, rest),
    }
}

fn mark(first: char, rest: &str) -> (TokenKind, usize) {
    if first == '<' {
        let inner = run(&rest[1..], |c| !c.is_ascii_whitespace() && !"<>\"{}|^`\\".contains(c));
        if rest[1 + inner..].starts_with('>') {
            return (TokenKind::Iri, inner + 2);
        }
    }
    if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
        return (TokenKind::Punctuation, mark.len());
    }
    let known = "{}()[].,;=<>!+-*/^|?~".contains(first);
    (if known { TokenKind::Punctuation } else { TokenKind::Unexpected }, first.len_utf8())
}

fn name(rest: &str) -> (TokenKind, usize) {
    let word = dotted(rest, in_name);
    let behind = &rest[word..];
    match behind.strip_prefix(':') {
        Some(behind) => (TokenKind::PrefixedName, word + 1 + local(behind)),
        // Only a prefix may hold a dot.
        None => (TokenKind::Word, run(rest, in_name)),
    }
}

/// The length of the part of a name behind its colon.
fn local(rest: &str) -> usize {
    let mut length = 0;
    loop {
        length += dotted(&rest[length..], |c| in_name(c) || matches!(c, ':' | '%'));
        match rest[length..].strip_prefix('\\').and_then(|behind| behind.chars().next()) {
            Some(escaped) if escaped.is_ascii_punctuation() => length += 2,
            _ => return length,
        }
    }
}

/// The length of a run of characters, with dots between them but not behind them.
fn dotted(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text[..run(text, |c| fits(c) || c == '.')].trim_end_matches('.').len()
}

fn number(rest: &str) -> usize {
    let digits = |text: &str| run(text, |c| c.is_ascii_digit());
    let mut length = digits(rest);
    let behind = &rest[length..];
    let fraction = behind.strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        length += 1 + fraction;
    }
    if let Some(behind) = rest[length..].strip_prefix(['e', 'E']) {
        let sign = usize::from(behind.starts_with(['+', '-']));
        let exponent = digits(&behind[sign..]);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

fn string(quote: char, rest: &str) -> (TokenKind, usize) {
    let long = [&rest[..1]; 3].concat();
    let end = if rest.starts_with(&long) { long.as_str() } else { &rest[..1] };
    let mut at = end.len();
    while let Some(next) = rest[at..].chars().next() {
        if rest[at..].starts_with(end) {
            return (TokenKind::String, at + end.len());
        }
        if matches!(next, '\r' | '\n') && end.len() == quote.len_utf8() {
            return (TokenKind::UnterminatedString, at);
        }
        at += next.len_utf8();
        if next == '\\' {
            at += rest[at..].chars().next().map_or(0, |escaped| if escaped == '\n' { 0 } else { escaped.len_utf8() });
        }
    }
    (TokenKind::UnterminatedString, rest.len())
}

/// The bytes of the characters in front that fit.
fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

/// A character that a name, a prefix or a keyword may begin with.
fn begins_name(c: char) -> bool {
    match c {
        'A'..='Z' | 'a'..='z' | '_' | '\u{200C}' | '\u{200D}' => true,
        '\u{D7}'
        | '\u{F7}'
        | '\u{37E}'
        | '\u{2000}'..='\u{206F}'
        | '\u{2190}'..='\u{2BFF}'
        | '\u{3000}'
        | '\u{FEFF}'
        | '\u{300}'..='\u{36F}'
        | '\u{E000}'..='\u{F8FF}' => false,
        c => ('\u{C0}'..='\u{FFFD}').contains(&c),
    }
}

fn in_name(c: char) -> bool {
    c == '-' || in_variable(c)
}

fn in_variable(c: char) -> bool {
    begins_name(c) || matches!(c, '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}' | '\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        tokenize(text).into_iter().map(|token| &text[token.span]).collect()
    }

    #[test]
    fn a_text_falls_into_what_the_grammar_speaks_of() {
        assert_eq!(
            words(
                "?x<=3 . ?y<?z||e:a.b-c. <<( <http://e.org/#x> v:é\\,n \"a\\\"b\"@en )>> 1.5e3. '''a\n'b'''^^xsd:int"
            ),
            [
                "?x",
                "<=",
                "3",
                ".",
                "?y",
                "<",
                "?z",
                "||",
                "e:a.b-c",
                ".",
                "<<(",
                "<http://e.org/#x>",
                "v:é\\,n",
                "\"a\\\"b\"",
                "@en",
                ")>>",
                "1.5e3",
                ".",
                "'''a\n'b'''",
                "^^",
                "xsd:int"
            ]
        );
        assert_eq!(words("a==b.c {\"open} # no\r\n'"), ["a", "=", "=", "b", ".", "c", "{", "\"open} # no", "'"]);
        let (strange, word) = (TokenKind::Unexpected, TokenKind::Word);
        let kinds: Vec<TokenKind> = tokenize("“x” 钢 🙂").into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [strange, word, strange, word, strange]);
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_follow_each_other(text in "(?s).{0,60}|[?:<>\"'\\\\.a1e#@^|(){} \n]{0,60}") {
            let mut end = 0;
            for token in tokenize(&text) {
                prop_assert!(token.span.start >= end && token.span.end > token.span.start);
                prop_assert!(text.is_char_boundary(token.span.start) && text.is_char_boundary(token.span.end));
                end = token.span.end;
            }
            prop_assert!(end <= text.len());
        }
    }
}
