//! What a difference between a quote and a text is, and how it is described.

use super::boundary::is_word_character;
use super::comparison::word_characters;
use crate::escape::single_line;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;
use unicode_script::UnicodeScript;
use unicode_security::skeleton;

/// What a quote has in place of something in a passage. Either may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub quote: String,
    pub source: String,
    pub kind: DifferenceKind,
    /// The tokens of the text.
    pub source_tokens: Range<usize>,
    /// The numbers of words.
    pub quote_words: usize,
    pub source_words: usize,
}

/// What a difference is, the most important kind first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DifferenceKind {
    Number,
    /// The sign, the currency or the per cent of a number.
    NumberSign,
    /// One word is in place of another, or several are.
    Word,
    Words,
    WordOrder,
    /// The quote lacks words.
    OmittedWord,
    OmittedWords,
    /// The text lacks words.
    AddedWord,
    AddedWords,
    Case,
    CaseAndMarks,
    /// The separators of a number.
    Separators,
    MarkOrder,
    Marks,
    MissingSpace,
    AddedSpace,
    Spaces,
    /// Characters that are not visible, or look like others.
    Appearance,
}

impl DifferenceKind {
    /// The kind of a difference between folded texts with these numbers of words.
    pub(super) fn of(quote: &str, source: &str, words: (usize, usize)) -> Self {
        let without_spaces = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        let spaces = |text: &str| text.chars().filter(|c| *c == ' ').count();
        let letters = |text: &str| word_characters(text).collect::<String>();
        let (quote_letters, source_letters) = (letters(quote), letters(source));
        let is_number = |text: &str| text.chars().any(char::is_numeric);
        let units = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        match words {
            _ if without_spaces(quote) == without_spaces(source) => match spaces(quote).cmp(&spaces(source)) {
                std::cmp::Ordering::Less => Self::MissingSpace,
                std::cmp::Ordering::Greater => Self::AddedSpace,
                std::cmp::Ordering::Equal => Self::Spaces,
            },
            _ if visible_skeleton(quote) == visible_skeleton(source) => Self::Appearance,
            (0, 0) => Self::Marks,
            (0, 1) if quote.is_empty() => Self::OmittedWord,
            (0, _) if quote.is_empty() => Self::OmittedWords,
            (1, 0) if source.is_empty() => Self::AddedWord,
            (_, 0) if source.is_empty() => Self::AddedWords,
            _ if quote.to_lowercase() == source.to_lowercase() => Self::Case,
            _ if quote_letters == source_letters && is_number(quote) && units(quote).is_empty() => {
                let signs = |text: &str| text.chars().filter(|c| !is_separator(*c)).collect::<String>();
                if signs(quote) == signs(source) { Self::Separators } else { Self::NumberSign }
            }
            _ if quote_letters == source_letters => Self::Marks,
            _ if quote_letters.to_lowercase() == source_letters.to_lowercase() => Self::CaseAndMarks,
            (1, 1) if is_number(quote) && is_number(source) && units(quote) == units(source) => Self::Number,
            (0 | 1, 0 | 1) => Self::Word,
            _ => Self::Words,
        }
    }

    /// A clause for a message.
    fn clause(self) -> &'static str {
        match self {
            Self::Number => "a number differs",
            Self::NumberSign => "the sign or unit of a number differs",
            Self::Word => "a word differs",
            Self::Words => "words differ",
            Self::WordOrder => "words are in another order",
            Self::OmittedWord => "a word is omitted without an ellipsis",
            Self::OmittedWords => "words are omitted without an ellipsis",
            Self::AddedWord => "a word is added",
            Self::AddedWords => "words are added",
            Self::Case => "upper and lower case differ",
            Self::CaseAndMarks => "upper and lower case and the punctuation differ",
            Self::Separators => "the punctuation of a number differs",
            Self::MarkOrder => "the punctuation is in another order",
            Self::Marks => "the punctuation differs",
            Self::MissingSpace => "a space is missing",
            Self::AddedSpace => "a space is added",
            Self::Spaces => "the spaces differ",
            Self::Appearance => "characters that look alike or are invisible differ",
        }
    }

    /// The clause for several differences of the kind.
    fn plural(self) -> &'static str {
        match self {
            Self::Number => "numbers differ",
            Self::Word => "words differ",
            Self::OmittedWord => "words are omitted without an ellipsis",
            Self::AddedWord => "words are added",
            Self::MissingSpace => "spaces are missing",
            Self::AddedSpace => "spaces are added",
            _ => self.clause(),
        }
    }
}

/// How many kinds of differences a message names.
const MAX_KINDS: usize = 2;

/// A clause that names the most important kinds of one or more differences.
pub(super) fn cause(differences: &[&Difference]) -> String {
    let mut kinds: Vec<DifferenceKind> = differences.iter().map(|difference| difference.kind).collect();
    kinds.sort_unstable();
    let mut clauses: Vec<&'static str> = Vec::new();
    for same in kinds.chunk_by(|a, b| a == b) {
        let clause = if same.len() > 1 { same[0].plural() } else { same[0].clause() };
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses.truncate(MAX_KINDS);
    clauses.join(", and ")
}

/// The longest text of a difference that is shown as a whole, in characters.
const MAX_SHOWN: usize = 80;

/// How many characters of a difference are compared to name those that differ, and how many are named.
const MAX_COMPARED: usize = 200;
const MAX_NAMED: usize = 8;

impl Difference {
    /// A clause about the difference. Characters that look the same are named.
    pub(crate) fn describe(&self) -> String {
        let (quote, source) = self.named_characters();
        let show = |text: &str, named: String| match named.as_str() {
            "" => format!("`{}`", shortened(text)),
            named => format!("`{}` ({named})", shortened(text)),
        };
        match (self.quote.as_str(), self.source.as_str()) {
            (added, "") => format!("the quote adds {}", show(added, quote)),
            ("", omitted) => format!("the quote omits {}", show(omitted, source)),
            (in_quote, in_source) => {
                format!("the quote has {}, the source has {}", show(in_quote, quote), show(in_source, source))
            }
        }
    }

    /// The characters of the quote and of the source that differ, with their code points, if the texts look the same.
    fn named_characters(&self) -> (String, String) {
        if self.kind != DifferenceKind::Appearance {
            return (String::new(), String::new());
        }
        let chars = |text: &str| text.chars().take(MAX_COMPARED).collect::<Vec<_>>();
        let (quote, source) = (chars(&self.quote), chars(&self.source));
        let ops = capture_diff_slices(Algorithm::Myers, &quote, &source);
        let names = |chars: &[char], range: fn(&DiffOp) -> Range<usize>| {
            let changed = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
            let mut names: Vec<String> = changed.flat_map(|op| &chars[range(op)]).map(|c| character_name(*c)).collect();
            names.dedup();
            if names.len() > MAX_NAMED {
                names.splice(MAX_NAMED.., ["…".to_owned()]);
            }
            names.join(", ")
        };
        (names(&quote, DiffOp::old_range), names(&source, DiffOp::new_range))
    }
}

/// A text on one line, with an ellipsis in place of the middle of a long one.
pub(super) fn shortened(text: &str) -> String {
    shortened_to(text, MAX_SHOWN)
}

/// A text on one line, with an ellipsis in place of the middle if it has more than a number of characters.
pub(super) fn shortened_to(text: &str, max: usize) -> String {
    let text = collapsed(text.trim());
    let length = text.chars().count();
    if length <= max {
        return text;
    }
    let at = |number: usize| text.char_indices().nth(number).map_or(text.len(), |(at, _)| at);
    let (start, end) = (&text[..at(max / 2)], &text[at(length - max / 2)..]);
    let start = start.rsplit_once(' ').map_or(start, |(start, _)| start);
    let end = end.split_once(' ').map_or(end, |(_, end)| end);
    format!("{start} … {end}")
}

/// A text with one space for each line end, tab or run of white space. Other single spaces, such as those within numbers, are preserved.
fn collapsed(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len().min(4 * MAX_SHOWN));
    let mut rest = text;
    while let Some(start) = rest.find(char::is_whitespace) {
        let (word, gap) = rest.split_at(start);
        rest = gap.trim_start();
        let gap = &gap[..gap.len() - rest.len()];
        let mut spaces = gap.chars();
        let only =
            spaces.next().filter(|space| spaces.next().is_none() && single_line(gap) == gap && !space.is_control());
        collapsed.push_str(word);
        collapsed.push(only.unwrap_or(' '));
    }
    collapsed + rest
}

/// Whether a character separates the digits of a number.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | ' ' | '\'' | '"' | '·' | ':' | '/')
}

/// The skeleton of a text ([UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection)) without spaces and invisible characters.
fn visible_skeleton(text: &str) -> String {
    skeleton(text).filter(|c| *c != ' ' && invisible_name(*c).is_none()).collect()
}

/// A character with its code point, and the script of a letter.
fn character_name(c: char) -> String {
    let point = u32::from(c);
    match invisible_name(c) {
        Some(name) => format!("U+{point:04X} {name}"),
        None if c.is_whitespace() => format!("U+{point:04X} space"),
        None if c.is_numeric() => format!("{c} U+{point:04X} digit"),
        None if is_word_character(c) => format!("{c} U+{point:04X} {} letter", c.script().full_name()),
        None => format!("{c} U+{point:04X}"),
    }
}

/// The name of an invisible character.
fn invisible_name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{34F}' => "combining grapheme joiner",
        '\u{200C}' => "zero-width non-joiner",
        '\u{200D}' => "zero-width joiner",
        '\u{180B}'..='\u{180D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => "variation selector",
        '\u{2061}'..='\u{2064}' => "invisible operator",
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => "Hangul filler",
        '\u{FFF9}'..='\u{FFFB}' => "interlinear annotation",
        c if c.is_control() => "control character",
        _ => return None,
    })
}
