//! How deeply the parser recurses for a SPARQL text, valid or not.
//!
//! Invariant: the parser never recurses deeper than this for any text, so nothing may be counted as a string, an IRI or a
//! comment that the parser could read as brackets.

use super::tokens::{Lexer, TokenKind};
use regex::Regex;
use std::sync::LazyLock;

/// With at most this many brackets in a text, how they are nested does not matter.
const FEW_BRACKETS: usize = 16;

/// With at most this many `/` in a text, it does not matter which of them are in IRIs.
const FEW_SLASHES: usize = 256;

/// How much a bracket after `!` counts. If there is a syntax error inside, the parser tries each of them again, so the time
/// grows exponentially with their nesting: eight are allowed.
const NEGATED_BRACKET: usize = 32;

/// The functions whose arguments the parser reads again to find out how many there are, so that the time doubles with each one
/// inside another.
const RETRIED: [&str; 4] = ["REGEX", "SUBSTR", "REPLACE", "GROUP_CONCAT"];

/// With at most this many of these functions in a text, how they are nested does not matter.
const FEW_RETRIED: usize = 4;

static RETRIED_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("(?i){}", RETRIED.join("|"))).expect("the pattern is valid"));

/// What an open bracket contains.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// A group graph pattern; with `is_select`, a subquery, whose clauses have expressions in brackets.
    Group { is_select: bool },
    /// An expression, or the arguments of a function: here `<` may be an operator.
    Expression,
    /// A collection, a property list, a row of VALUES, a path, or a triple.
    Terms,
}

/// A bracket that has not been closed.
struct OpenBracket {
    context: Context,
    closing: &'static str,
    /// How much it counts.
    levels: usize,
    /// Whether the parser may read its content twice.
    is_retried: bool,
}

/// The previous tokens, as far as they tell whether the next one is an operator.
#[derive(Default)]
struct Previous<'a> {
    kind: Option<TokenKind>,
    word: &'a str,
    /// The token before.
    before: &'a str,
}

impl Previous<'_> {
    /// Whether an operand of an expression ends here, so that an operator follows.
    fn ends_operand(&self) -> bool {
        match self.kind {
            Some(TokenKind::PrefixedName) if self.before.eq_ignore_ascii_case("PREFIX") => false,
            Some(
                TokenKind::Variable | TokenKind::Iri | TokenKind::PrefixedName | TokenKind::String | TokenKind::Number,
            ) => true,
            Some(TokenKind::Word) => ["true", "false"].iter().any(|word| self.word.eq_ignore_ascii_case(word)),
            _ => matches!(self.word, ")" | ")>>" | "}") || self.word.starts_with('@'),
        }
    }

    /// Whether a round bracket that follows contains an expression, inside of another context.
    fn opens_expression(&self, outer: Option<Context>) -> bool {
        match (outer, self.kind) {
            (None | Some(Context::Expression | Context::Group { is_select: true }), _) => true,
            (Some(Context::Group { .. }), Some(TokenKind::Word)) => self.word != "a",
            (Some(Context::Group { .. }), Some(TokenKind::PrefixedName | TokenKind::Iri)) => {
                self.before.eq_ignore_ascii_case("FILTER")
            }
            _ => false,
        }
    }
}

/// How deeply the parser recurses for a text.
pub(super) struct Recursion {
    /// The largest number of brackets that are open at one position, and of `!` before them.
    pub(super) nesting: usize,
    /// The number of `/` in paths and divisions.
    pub(super) slashes: usize,
    /// How many tokens the parser reads, with all repetitions.
    pub(super) reads: u64,
}

impl Recursion {
    /// Linear in the text. The numbers may be too large if there are only a few brackets and `/`.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let single = bytes.iter().filter(|byte| b"([{".contains(byte)).count();
        let brackets = single + bytes.windows(2).filter(|pair| *pair == b"<<").count();
        let slashes = text.matches('/').count();
        let negates = bytes.windows(2).any(|pair| pair[0] == b'!' && pair[1] != b'=');
        let retries_few = || RETRIED_NAME.find_iter(text).take(FEW_RETRIED + 1).count() <= FEW_RETRIED;
        match brackets <= FEW_BRACKETS && slashes <= FEW_SLASHES && !negates && retries_few() {
            true => Self { nesting: brackets, slashes, reads: 0 },
            false => exact_recursion(text),
        }
    }
}

fn exact_recursion(text: &str) -> Recursion {
    let (mut open, mut depth, mut deepest) = (Vec::<OpenBracket>::new(), 0, 0);
    let (mut negations, mut slashes, mut position) = (0, 0, 0);
    let (mut retries, mut reads) = (0_u32, 0_u64);
    let mut previous = Previous::default();
    let mut lexer = Lexer::new(text);
    while let Some(token) = lexer.token_at(position) {
        let (mut kind, mut end) = (token.kind, token.span.end);
        let outer = open.last().map(|bracket| bracket.context);
        let is_expression = outer.is_none_or(|context| context == Context::Expression);
        let starts_iri_or_triple = |word: &str| word.len() > 1 && word.starts_with('<') && word != "<=";
        match kind {
            // The parser gets no further.
            TokenKind::Unexpected => break,
            TokenKind::UnterminatedString => {
                if !["\"\"\"", "'''"].contains(&text.get(token.span.start..token.span.start + 3).unwrap_or_default()) {
                    break;
                }
                // It is an empty string, and then another string.
                (kind, end) = (TokenKind::String, token.span.start + 2);
            }
            _ if is_expression && previous.ends_operand() && starts_iri_or_triple(&text[token.span.clone()]) => {
                (kind, end) = (TokenKind::Punctuation, token.span.start + 1);
            }
            _ => {}
        }
        let word = &text[token.span.start..end];
        position = end;
        reads = reads.saturating_add(1 << retries.min(u64::BITS - 1));
        let opened = match word {
            "{" => Some((Context::Group { is_select: false }, "}")),
            "(" if previous.opens_expression(outer) => Some((Context::Expression, ")")),
            "(" => Some((Context::Terms, ")")),
            "[" => Some((Context::Terms, "]")),
            "<<" => Some((Context::Terms, ">>")),
            "<<(" => Some((Context::Terms, ")>>")),
            "{|" => Some((Context::Terms, "|}")),
            _ => None,
        };
        if let Some((context, closing)) = opened {
            let levels = if negations > 0 { negations - 1 + NEGATED_BRACKET } else { 1 };
            depth += levels;
            let is_retried = negations > 0 || RETRIED.iter().any(|name| previous.word.eq_ignore_ascii_case(name));
            retries += u32::from(is_retried);
            open.push(OpenBracket { context, closing, levels, is_retried });
        } else if let Some(bracket) = open.pop_if(|bracket| bracket.closing == word) {
            depth -= bracket.levels;
            retries -= u32::from(bracket.is_retried);
        } else if let Some(OpenBracket { context: Context::Group { is_select }, .. }) = open.last_mut() {
            *is_select |= word.eq_ignore_ascii_case("SELECT");
        }
        // The name of a function does not separate `!` from its bracket.
        negations = match kind {
            _ if word == "!" => negations + 1,
            TokenKind::Word | TokenKind::PrefixedName | TokenKind::Iri => negations,
            _ => 0,
        };
        slashes += usize::from(word == "/");
        deepest = deepest.max(depth + negations);
        previous = Previous { kind: Some(kind), word, before: previous.word };
    }
    Recursion { nesting: deepest, slashes, reads }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact_nesting(text: &str) -> usize {
        exact_recursion(text).nesting
    }

    #[test]
    fn only_slashes_of_paths_and_divisions_count() {
        let text = "PREFIX e: <http://e.org/> ASK { ?s e:a/e:b/<http://e.org/c> '1/2' FILTER(4/2 = 2) } # a/b";
        assert_eq!(exact_recursion(text).slashes, 3);
    }

    #[test]
    fn strings_comments_and_iris_do_not_count_as_nesting() {
        for (text, expected) in [
            ("SELECT * { ?s ?p (1 2) { } }", 2),
            ("# ((((\nASK { ?s ?p '((((' , \"\"\"(\"((\"\"\" , <http://e.org/#x> }", 1),
            ("ASK { FILTER(!!! ! true) }", 6),
            ("ASK { FILTER(!!(!!(true))) }", 68),
            ("ASK { FILTER(!e:f(!BOUND(?a), !(?b), ! EXISTS { })) }", 2 + 64),
            ("ASK { ?s ?p 'a\\'((' }", 1),
            ("ASK { ?s <http://e.org/l'a((> [ ?p 'x' ] # '\n}", 2),
            ("ASK { ?s <#p(((> ?o ; <l'été> (1 (2)) }", 3),
            ("ASK { VALUES (?a ?b) { (<#(> <#(>) (<#(> <#(>) } }", 3),
            ("ASK { << ?s ?p << ?a ?b <<( ?c ?d ?e )>> >> >> ?p ?o {| ?q [ ?r 1 ] |} }", 4),
            ("ASK { ?s ?p ''' (((", 1),
            ("SELECT (COUNT(?a) AS ?n) { { SELECT ?x { ?x ?y ?z } HAVING (?x < 1) (?x<(?y) && ?z>(2)) } }", 4),
            ("ASK { } } ) ) ((", 2),
        ] {
            assert_eq!(exact_nesting(text), expected, "{text}");
        }
    }

    #[test]
    fn tokens_in_functions_with_optional_arguments_are_read_again() {
        let reads = |text: &str| exact_recursion(text).reads;
        assert_eq!(reads("ASK { FILTER(STR(?a)) }"), 10);
        assert_eq!(reads("ASK { FILTER(regex (?a, 'b')) }"), 6 + 2 * 4 + 2);
        assert_eq!(reads("ASK { FILTER(REPLACE(SUBSTR(?a, 1), 'b', 'c')) }"), 6 + 2 * 2 + 4 * 4 + 2 * 5 + 2);
        assert!(Recursion::of(&format!("ASK {{ {} }}", "Regex(".repeat(40))).reads > 1 << 40);
    }

    #[test]
    fn an_operator_is_not_the_start_of_an_iri() {
        // The parser reads these as comparisons with brackets on their right.
        assert_eq!(exact_nesting("ASK { FILTER(?a<((((1))))>?b) }"), 6);
        assert_eq!(exact_nesting("ASK { FILTER(e:f(?a)<?b#))>\n && ((?c)<(1#))>\n))) }"), 4);
        assert_eq!(exact_nesting("ASK { FILTER e:f(?a<((?b)),<urn:((>) }"), 4);
        assert_eq!(exact_nesting("SELECT * { } ORDER BY ?a (?a<((1)) && ?b>2)"), 3);
    }

    #[test]
    fn an_unterminated_long_string_hides_no_brackets() {
        assert_eq!(exact_nesting("ASK { ?s ?p ( '''a' (((( 1"), 6);
        assert_eq!(exact_nesting("ASK { ?s ?p ( '''a ((((\n"), 2);
    }
}
