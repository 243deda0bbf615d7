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
/// characters that begin a name, and that variables and names consist of, and `PREFIX` for [`PREFIX`].
const PATTERNS: [(TokenKind, &str); 11] = [
    (TokenKind::Iri, r#"<[^\t\n\f\r <>"{}|^`\\]*>"#),
    (TokenKind::String, r#""""(?:\\.|[^\\])*?"""|'''(?:\\.|[^\\])*?'''"#),
    (TokenKind::UnterminatedString, r#"""".*|'''.*"#),
    (TokenKind::String, r#""(?:\\[^\n]|[^"\\\r\n])*"|'(?:\\[^\n]|[^'\\\r\n])*'"#),
    (TokenKind::UnterminatedString, r#""(?:\\[^\n]|[^"\\\r\n])*\\?|'(?:\\[^\n]|[^'\\\r\n])*\\?"#),
    (TokenKind::Number, r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    (TokenKind::Variable, r"[?$][VARIABLE]+"),
    (TokenKind::PrefixedName, r"PREFIX:(?:(?:[NAME:%.]*[NAME:%])?\\[!-/:-@\[-`{-~])*(?:[NAME:%.]*[NAME:%])?"),
    (TokenKind::Word, r"[START][NAME]*"),
    (
        TokenKind::Punctuation,
        r"@[A-Za-z][A-Za-z0-9-]*|<<\(|\)>>|<<|>>|\{\||\|\}|\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;=<>!+\-*/^|?~]",
    ),
    (TokenKind::Unexpected, "."),
];

/// An optional prefix before a colon.
const PREFIX: &str = "(?:[START](?:[NAME.]*[NAME])?)?";

/// The next token, or white space or a comment.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| token_pattern(PREFIX));

/// The same where no prefix can begin.
static TOKEN_WITHOUT_PREFIX: LazyLock<Regex> = LazyLock::new(|| token_pattern(""));

/// The characters of a prefix, with a dot at its end.
static NAMES_AND_DOTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&with_classes("[NAME.]+")).expect("the pattern is valid"));

fn token_pattern(prefix: &str) -> Regex {
    let patterns = PATTERNS.iter().map(|(_, pattern)| format!("({})", pattern.replace("PREFIX", prefix)));
    let skipped = std::iter::once(r"[ \t\r\n]+|#[^\r\n]*".to_owned());
    let all = skipped.chain(patterns).collect::<Vec<_>>().join("|");
    Regex::new(&with_classes(&format!("(?s){all}"))).expect("the patterns are valid")
}

fn with_classes(pattern: &str) -> String {
    let start = r"A-Za-z_\x{200C}\x{200D}[\x{C0}-\x{FFFD}--[\x{D7}\x{F7}\x{300}-\x{36F}\x{37E}\x{2000}-\x{206F}\x{2190}-\x{2BFF}\x{3000}\x{E000}-\x{F8FF}\x{FEFF}]]";
    let variable = format!(r"{start}0-9\x{{B7}}\x{{300}}-\x{{36F}}\x{{203F}}\x{{2040}}");
    pattern.replace("NAME", r"VARIABLE\-").replace("VARIABLE", &variable).replace("START", start)
}

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
    let mut lexer = Lexer::new(text);
    let mut position = 0;
    std::iter::from_fn(|| {
        let token = lexer.token_at(position)?;
        position = token.span.end;
        Some(token)
    })
    .collect()
}

/// Finds the tokens of a text in time linear in the text, if their positions ascend.
pub(super) struct Lexer<'t> {
    text: &'t str,
    /// Up to this byte, no prefix begins: the names and dots there have been read once, and no colon follows them.
    unprefixed_end: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, unprefixed_end: 0 }
    }

    /// The first token that starts at or after a byte, which must be a boundary of characters.
    pub(super) fn token_at(&mut self, mut start: usize) -> Option<Token> {
        loop {
            let may_have_prefix = start >= self.unprefixed_end;
            let pattern = if may_have_prefix { &TOKEN } else { &TOKEN_WITHOUT_PREFIX };
            let captures = pattern.captures_at(self.text, start)?;
            let found = captures.iter().skip(1).enumerate().find_map(|(index, group)| Some((index, group?)));
            if let Some((index, found)) = found {
                let token = Token { kind: PATTERNS[index].0, span: found.range() };
                if token.kind == TokenKind::Word && may_have_prefix {
                    let names = NAMES_AND_DOTS.find_at(self.text, token.span.start);
                    self.unprefixed_end = names.map_or(token.span.end, |names| names.end());
                }
                return Some(token);
            }
            // White space or a comment.
            start = captures.get_match().end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Instant;

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

    #[test]
    fn many_names_and_dots_take_little_longer_than_other_tokens() {
        let time = |text: &str| {
            let once = || {
                let start = Instant::now();
                assert_eq!(tokenize(text).len(), text.len());
                start.elapsed()
            };
            (0..3).map(|_| once()).min().unwrap_or_default()
        };
        let length = 20_000;
        let (dotted, others) = (time(&"a.".repeat(length)), time(&"1+".repeat(length)));
        // If each name is read to the end of the text, it takes more than a thousand times as long.
        assert!(dotted < 50 * others, "{dotted:?} instead of {others:?}");
    }

    proptest! {
        #[test]
        fn what_a_lexer_remembers_does_not_change_its_tokens(text in "[a:. 1\\-é<]{0,40}") {
            for token in tokenize(&text) {
                prop_assert_eq!(Lexer::new(&text).token_at(token.span.start), Some(token));
            }
        }

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
