//! The tokens of a SPARQL text, valid or not.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An IRI in angle brackets.
    Iri,
    /// A prefixed name or a blank node.
    PrefixedName,
    /// A variable.
    Variable,
    /// A string in quotation marks.
    String,
    /// A string without a closing quotation mark, up to the end of the line, or of the text if it is a long string.
    UnterminatedString,
    /// A number without its sign.
    Number,
    /// A keyword, a function name or any other word.
    Word,
    /// A language tag, a bracket, an operator or other punctuation.
    Punctuation,
    /// A character that is not part of SPARQL.
    Unexpected,
}

/// A token and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// The kinds of tokens with their patterns: the first one that matches counts. `START`, `VARIABLE` and `NAME` stand for the
/// characters that begin a name, and that variables and names consist of.
const PATTERNS: [(TokenKind, &str); 11] = [
    (TokenKind::Iri, r#"<[^\t\n\f\r <>"{}|^`\\]*>"#),
    (TokenKind::String, r#""""(?:\\.|[^\\])*?"""|'''(?:\\.|[^\\])*?'''"#),
    (TokenKind::UnterminatedString, r#"""".*|'''.*"#),
    (TokenKind::String, r#""(?:\\[^\n]|[^"\\\r\n])*"|'(?:\\[^\n]|[^'\\\r\n])*'"#),
    (TokenKind::UnterminatedString, r#""(?:\\[^\n]|[^"\\\r\n])*\\?|'(?:\\[^\n]|[^'\\\r\n])*\\?"#),
    (TokenKind::Number, r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    (TokenKind::Variable, r"[?$][VARIABLE]+"),
    (
        TokenKind::PrefixedName,
        r"(?:[START](?:[NAME.]*[NAME])?)?:(?:(?:[NAME:%.]*[NAME:%])?\\[!-/:-@\[-`{-~])*(?:[NAME:%.]*[NAME:%])?",
    ),
    (TokenKind::Word, r"[START][NAME]*"),
    (
        TokenKind::Punctuation,
        r"@[A-Za-z][A-Za-z0-9-]*|<<\(|\)>>|<<|>>|\{\||\|\}|\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;=<>!+\-*/^|?~]",
    ),
    (TokenKind::Unexpected, "."),
];

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let start = r"A-Za-z_\x{200C}\x{200D}[\x{C0}-\x{FFFD}--[\x{D7}\x{F7}\x{300}-\x{36F}\x{37E}\x{2000}-\x{206F}\x{2190}-\x{2BFF}\x{3000}\x{E000}-\x{F8FF}\x{FEFF}]]";
    let variable = format!(r"{start}0-9\x{{B7}}\x{{300}}-\x{{36F}}\x{{203F}}\x{{2040}}");
    let patterns = PATTERNS.iter().map(|(_, pattern)| {
        let pattern = pattern.replace("NAME", r"VARIABLE\-").replace("VARIABLE", &variable).replace("START", start);
        format!("({pattern})")
    });
    let skipped = std::iter::once(r"[ \t\r\n]+|#[^\r\n]*".to_owned());
    let all = skipped.chain(patterns).collect::<Vec<_>>().join("|");
    Regex::new(&format!("(?s){all}")).expect("the patterns are valid")
});

/// The tokens of a text in order, without white space and comments. Linear in the text.
///
/// ```
/// use factloom::model::tokenize;
///
/// let text = "ASK { ?mill a v:Mill # a comment";
/// let words: Vec<&str> = tokenize(text).into_iter().map(|token| &text[token.span]).collect();
/// assert_eq!(words, ["ASK", "{", "?mill", "a", "v:Mill"]);
/// ```
pub fn tokenize(text: &str) -> Vec<Token> {
    let next = |position: &mut usize| {
        let token = token_at(text, *position)?;
        *position = token.span.end;
        Some(token)
    };
    let mut position = 0;
    std::iter::from_fn(|| next(&mut position)).collect()
}

/// The first token that starts at or after a byte, which must be a boundary of characters.
pub(super) fn token_at(text: &str, mut start: usize) -> Option<Token> {
    loop {
        let captures = TOKEN.captures_at(text, start)?;
        let found = captures.iter().skip(1).enumerate().find_map(|(index, group)| Some((index, group?)));
        if let Some((index, found)) = found {
            return Some(Token { kind: PATTERNS[index].0, span: found.range() });
        }
        // White space or a comment.
        start = captures.get_match().end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        tokenize(text).into_iter().map(|token| &text[token.span]).collect()
    }

    #[test]
    fn a_text_is_split_into_the_tokens_of_the_grammar() {
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
        let (unexpected, word) = (TokenKind::Unexpected, TokenKind::Word);
        let kinds: Vec<TokenKind> = tokenize("“x” 钢 🙂").into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [unexpected, word, unexpected, word, unexpected]);
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_are_in_order_and_do_not_overlap(text in "(?s).{0,60}|[?:<>\"'\\\\.a1e#@^|(){} \n]{0,60}") {
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
