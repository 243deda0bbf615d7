//! Folding: removes typographic differences that do not change the meaning of a text.
//!
//! Folding normalizes to Unicode's form C and
//!
//! - collapses white space, and drops it next to punctuation, except between the parts of a number;
//! - maps quotation marks to `'`, except after a digit, and dashes to `-`;
//! - joins a word that a hyphen divides at the end of a line;
//! - drops soft hyphens, zero-width spaces and the marks of writing directions;
//! - expands presentation forms such as `ﬁ`, and writes `±`, `≤`, `≥`, `…` and single Greek letters in ASCII;
//! - takes a run of three or more dots as three, and a raised dot between digits as a decimal point.
//!
//! Case, letters, digits, signs and other punctuation are preserved. Each folded character maps back to the code points that it came
//! from. The rules come from measurements on quotes that curators made; none of them accepted one of 2,928 altered quotes.
//!
//! Normalization only changes a starter and the following characters that may combine with it
//! ([UAX #15](https://unicode.org/reports/tr15/), section 9), so the text is split before characters that cannot combine.

use rustc_hash::FxHashSet;
use std::ops::Range;
use unicode_normalization::char::{
    canonical_combining_class, decompose_canonical, decompose_compatible, is_combining_mark,
};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A folded text that maps back to the original.
#[derive(Debug, Default)]
pub struct Folded {
    text: String,
    /// For each byte of `text`, the first code point of its character in the original.
    starts: Vec<u32>,
    /// The bytes of characters that came from several code points, and their number, in order.
    lengths: Vec<(u32, u32)>,
    /// The bytes at which paragraphs start, but the first, in order.
    paragraphs: Vec<u32>,
    /// The code points of line ends in the original, in order. Of CR and LF, the second.
    line_ends: Vec<u32>,
    /// The bytes at which a hyphen and a line end were dropped within a word, in order.
    joins: Vec<u32>,
    /// The letters before these hyphens.
    divided: FxHashSet<String>,
    /// The bytes of `-` that were longer dashes, in order.
    dashes: Vec<u32>,
}

impl Folded {
    /// Folds a text. Linear in its length.
    pub fn new(original: &str) -> Self {
        let mut folder = Folder::<true>::with_capacity(original.len());
        fold_runs(original, |at, c, length| folder.push(at, c, length));
        folder.finish();
        let Folder { mut folded, ends, .. } = folder;
        // Paragraphs end at blank lines if there are any between words, and at line ends otherwise.
        let least = if ends.iter().any(|(_, lines)| *lines > 1) { 2 } else { 1 };
        folded.paragraphs = ends.iter().filter(|(_, lines)| *lines >= least).map(|(at, _)| *at).collect();
        folded
    }

    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The code points of the original that a non-empty range of bytes of the folded text came from.
    pub fn original(&self, bytes: Range<usize>) -> Range<u32> {
        let last = self.text[..bytes.end].char_indices().next_back().map_or(0, |(at, _)| at);
        let length = match self.lengths.binary_search_by_key(&last, |(at, _)| *at as usize) {
            Ok(found) => self.lengths[found].1,
            Err(_) => 1,
        };
        self.starts[bytes.start]..self.starts[last] + length
    }

    /// Whether the characters before and after a byte came from the same code points.
    pub(super) fn is_within_character(&self, byte: usize) -> bool {
        byte > 0 && self.starts.get(byte).is_some_and(|start| *start == self.starts[byte - 1])
    }

    /// Whether a hyphen and a line end were dropped at a byte.
    pub(super) fn is_join(&self, byte: usize) -> bool {
        self.joins.binary_search(&(byte as u32)).is_ok()
    }

    /// Whether the letters before a hyphen in a quote are those of a word that a line end divides.
    pub(super) fn is_divided(&self, letters: &str) -> bool {
        self.divided.contains(letters)
    }

    /// Whether a line end divides a word.
    pub(super) fn has_joins(&self) -> bool {
        !self.joins.is_empty()
    }

    /// Whether the `-` at a byte is a minus sign or a hyphen in the original, and no longer dash.
    pub(super) fn is_short_dash(&self, byte: usize) -> bool {
        self.dashes.binary_search(&(byte as u32)).is_err()
    }

    /// The byte at which the paragraph of `byte` ends.
    pub fn paragraph_end(&self, byte: usize) -> usize {
        let next = self.paragraphs.partition_point(|at| *at as usize <= byte);
        self.paragraphs.get(next).map_or(self.text.len(), |at| *at as usize)
    }

    /// The byte at which the paragraph of `byte` starts.
    pub fn paragraph_start(&self, byte: usize) -> usize {
        match self.paragraphs.partition_point(|at| *at as usize <= byte) {
            0 => 0,
            next => self.paragraphs[next - 1] as usize,
        }
    }

    /// The line and the column of a code point of the original, counted from 1.
    pub fn line_and_column(&self, code_point: u32) -> (u32, u32) {
        let before = self.line_ends.partition_point(|at| *at < code_point);
        let line_start = if before == 0 { 0 } else { self.line_ends[before - 1] + 1 };
        (u32::try_from(before).unwrap_or(u32::MAX - 1) + 1, code_point - line_start + 1)
    }
}

/// A folded string to search for in a [`Folded`] text, without white space at the ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedQuote {
    pub text: String,
    /// The bytes at which a hyphen and a line end were dropped within a word, in order.
    pub joins: Vec<u32>,
}

/// Folds a string to search for in a [`Folded`] text.
pub fn fold_quote(words: &str) -> FoldedQuote {
    let mut folder = Folder::<false>::with_capacity(words.len());
    fold_runs(words, |at, c, length| folder.push(at, c, length));
    folder.finish();
    let Folded { text, joins, .. } = folder.folded;
    FoldedQuote { text, joins }
}

/// The folded form of a string.
pub fn fold(words: &str) -> String {
    fold_quote(words).text
}

/// White space since the last character.
#[derive(Clone, Copy)]
struct Gap {
    /// The number of line ends; a paragraph separator counts as two.
    lines: u32,
}

/// Folds characters. Without `MAPPED`, only the text and the joins are set.
struct Folder<const MAPPED: bool> {
    folded: Folded,
    /// The last characters of the folded text; NUL if there are none.
    last: char,
    before_last: char,
    gap: Option<Gap>,
    /// The bytes at which white space with line ends was, and the number of line ends.
    ends: Vec<(u32, u32)>,
    /// The code point of the last CR.
    carriage_return: Option<u32>,
    /// Whether the last character is a hyphen.
    is_hyphen: bool,
    /// The number of dots at the end.
    dots: u32,
    /// The byte of a space before a sign, or between a digit and a dot or comma, which is dropped unless a digit follows.
    doubtful_space: Option<usize>,
    /// Whether the last character is a Greek letter without another one before it.
    is_single_greek: bool,
}

impl<const MAPPED: bool> Folder<MAPPED> {
    fn with_capacity(bytes: usize) -> Self {
        let mut folded = Folded { text: String::with_capacity(bytes), ..Folded::default() };
        if MAPPED {
            folded.starts.reserve(bytes);
        }
        Self {
            folded,
            last: '\0',
            before_last: '\0',
            gap: None,
            ends: Vec::new(),
            carriage_return: None,
            is_hyphen: false,
            dots: 0,
            doubtful_space: None,
            is_single_greek: false,
        }
    }

    /// Adds a character that came from `length` code points starting at `at`.
    fn push(&mut self, at: u32, c: char, length: u32) {
        match fold_char(c) {
            Fold::Keep(c) if c.is_ascii_alphanumeric() && self.gap.is_none() && !self.needs_care(c) => {
                self.append(at, c, length);
            }
            Fold::Keep(folded) => {
                self.add(at, folded, length);
                if folded == '-' {
                    self.is_hyphen = matches!(c, '-' | '‐' | '‑');
                    if MAPPED && matches!(c, '‒' | '–' | '—' | '―' | '⸺' | '⸻' | '﹘') {
                        self.folded.dashes.push(self.folded.text.len() as u32 - 1);
                    }
                }
            }
            Fold::Expand(text) => text.chars().for_each(|c| self.add(at, c, length)),
            Fold::Decompose(c) => decompose_compatible(c, |c| match fold_char(c) {
                Fold::Keep(c) => self.add(at, c, length),
                Fold::Space => self.gap = self.gap.or(Some(Gap { lines: 0 })),
                Fold::Expand(_) | Fold::Decompose(_) | Fold::Drop => {}
            }),
            Fold::Space => self.space(at, c),
            Fold::Drop => {}
        }
    }

    fn space(&mut self, at: u32, c: char) {
        let is_second = c == '\n' && self.carriage_return.is_some_and(|before| before + 1 == at);
        let lines = match c {
            '\n' if is_second => 0,
            '\n' | '\r' | '\u{85}' | '\u{2028}' => 1,
            '\u{2029}' => 2,
            _ => 0,
        };
        if MAPPED && is_second {
            self.folded.line_ends.pop();
        }
        if MAPPED && matches!(c, '\n' | '\r') {
            self.folded.line_ends.push(at);
        }
        if c == '\r' {
            self.carriage_return = Some(at);
        }
        self.gap.get_or_insert(Gap { lines: 0 }).lines += lines;
    }

    /// Whether an ASCII letter or digit may change what precedes it.
    fn needs_care(&self, c: char) -> bool {
        self.is_single_greek || self.doubtful_space.is_some() || self.last == '·' && c.is_ascii_digit()
    }

    /// Adds a character that is not white space.
    fn add(&mut self, at: u32, c: char, length: u32) {
        self.resolve(Some(c));
        let gap = self.gap.take().filter(|_| !self.folded.text.is_empty());
        let c = match c {
            '"' if gap.is_some() || !self.last.is_numeric() => '\'',
            c => c,
        };
        let is_same_line = gap.is_none_or(|gap| gap.lines == 0);
        if c == '\'' && self.last == '\'' && !self.before_last.is_numeric() && is_same_line {
            return self.extend_last(at, length);
        }
        if let Some(gap) = gap {
            self.close_gap(gap, c);
        } else if c.is_numeric() && self.last == '·' && self.before_last.is_numeric() {
            self.replace_last(".");
        }
        if c == '.' && self.dots == 3 {
            return self.extend_last(at, length);
        }
        self.is_single_greek = is_greek(c) && (gap.is_some() || !is_greek(self.last));
        let dots = self.dots;
        self.append(at, c, length);
        self.dots = match c {
            '.' if self.before_last == '.' => dots + 1,
            '.' => 1,
            _ => 0,
        };
    }

    /// Decides what depends on the next character, which is adjacent unless there is a gap.
    fn resolve(&mut self, next: Option<char>) {
        let next = next.filter(|_| self.gap.is_none());
        if std::mem::take(&mut self.is_single_greek)
            && !next.is_some_and(|next| is_greek(next) || is_mark(next))
            && let Some(name) = greek_name(self.last)
        {
            self.replace_last(name);
        }
        if let Some(space) = self.doubtful_space.take()
            && !next.is_some_and(char::is_numeric)
        {
            self.folded.text.remove(space);
            if MAPPED {
                self.folded.starts.remove(space);
                let ends = self.ends.iter_mut().map(|(at, _)| at);
                let lengths = self.folded.lengths.iter_mut().map(|(at, _)| at);
                let dashes = self.folded.dashes.iter_mut();
                for entries in
                    [&mut ends.rev() as &mut dyn Iterator<Item = &mut u32>, &mut lengths.rev(), &mut dashes.rev()]
                {
                    entries.take_while(|at| **at as usize > space).for_each(|at| *at -= 1);
                }
            }
            self.before_last = self.folded.text[..space].chars().next_back().unwrap_or('\0');
        }
    }

    /// Replaces the white space before a character.
    fn close_gap(&mut self, gap: Gap, c: char) {
        let is_divided = gap.lines == 1 && self.is_hyphen && self.last == '-';
        if is_divided && self.before_last.is_alphabetic() && c.is_alphabetic() {
            return self.join();
        }
        // The hyphen of a range, and the one of `±`.
        let is_within = is_divided && self.before_last.is_alphanumeric() || self.last == '-' && self.before_last == '/';
        let is_doubtful = match c {
            '.' | ',' => self.last.is_numeric(),
            '-' | '+' => !is_punctuation(self.last),
            _ => false,
        };
        if !is_within && (is_doubtful || needs_space(self.last, c)) {
            self.doubtful_space = is_doubtful.then_some(self.folded.text.len());
            self.append_space();
        }
        if MAPPED && gap.lines > 0 {
            self.ends.push((self.folded.text.len() as u32, gap.lines));
        }
    }

    /// Drops the hyphen at the end, which divides a word.
    fn join(&mut self) {
        self.folded.text.pop();
        let byte = self.folded.text.len();
        if MAPPED {
            self.folded.starts.truncate(byte);
            self.folded.lengths.pop_if(|(at, _)| *at as usize >= byte);
            let letters = last_letters(&self.folded.text).to_owned();
            self.folded.divided.insert(letters);
        }
        self.folded.joins.push(byte as u32);
        self.last = self.before_last;
        self.before_last = self.folded.text[..byte - self.last.len_utf8()].chars().next_back().unwrap_or('\0');
    }

    fn append_space(&mut self) {
        let at = if MAPPED { self.folded.starts.last().map_or(0, |start| start + 1) } else { 0 };
        self.append(at, ' ', 1);
    }

    fn append(&mut self, at: u32, c: char, length: u32) {
        if MAPPED {
            let byte = self.folded.starts.len() as u32;
            self.folded.starts.resize(byte as usize + c.len_utf8(), at);
            if length != 1 {
                self.folded.lengths.push((byte, length));
            }
        }
        self.folded.text.push(c);
        (self.before_last, self.last) = (self.last, c);
        self.dots = 0;
    }

    /// Adds code points to the last character.
    fn extend_last(&mut self, at: u32, length: u32) {
        if !MAPPED {
            return;
        }
        let byte = (self.folded.text.len() - self.last.len_utf8()) as u32;
        let length = at + length - self.folded.starts[byte as usize];
        match self.folded.lengths.last_mut() {
            Some(last) if last.0 == byte => last.1 = length,
            _ => self.folded.lengths.push((byte, length)),
        }
    }

    /// Replaces the last character, which came from one code point.
    fn replace_last(&mut self, text: &str) {
        self.folded.text.pop();
        let byte = self.folded.text.len();
        let at = if MAPPED { self.folded.starts[byte] } else { 0 };
        if MAPPED {
            self.folded.starts.truncate(byte);
        }
        self.last = self.before_last;
        text.chars().for_each(|c| self.append(at, c, 1));
    }

    fn finish(&mut self) {
        self.resolve(None);
    }
}

/// The letters at the end of a text.
pub(super) fn last_letters(text: &str) -> &str {
    let start = text.char_indices().rev().take_while(|(_, c)| c.is_alphabetic() || is_mark(*c)).last();
    &text[start.map_or(text.len(), |(at, _)| at)..]
}

/// Whether a character is a combining mark, and no letter.
pub(super) fn is_mark(c: char) -> bool {
    c >= '\u{300}' && is_combining_mark(c)
}

/// Whether white space next to a character is only typography.
fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_punctuation();
    }
    !(c.is_alphanumeric() || is_mark(c) || matches!(c, '\u{200C}' | '\u{200D}'))
}

/// Whether white space between two characters may be part of the meaning.
fn needs_space(before: char, after: char) -> bool {
    // `3 .5` is not `3.5`, and `5 -3` is not `5-3`.
    let may_belong_to_number = |c: char| matches!(c, '.' | ',' | '-' | '+' | '\'' | '"' | ':' | '/');
    match (is_punctuation(before), is_punctuation(after)) {
        (false, false) => true,
        (true, false) => after.is_numeric() && may_belong_to_number(before),
        (false, true) => before.is_numeric() && may_belong_to_number(after),
        (true, true) => false,
    }
}

/// Normalizes a text. Calls `push` with the first code point, the character and the number of code points.
fn fold_runs(original: &str, mut push: impl FnMut(u32, char, u32)) {
    let mut chars = original.chars().enumerate().peekable();
    let mut run: Vec<char> = Vec::new();
    while let Some((at, first)) = chars.next() {
        let at = at as u32;
        // No character below U+0300 combines.
        if first < '\u{300}' && chars.peek().is_none_or(|(_, next)| *next < '\u{300}') {
            push(at, first, 1);
            continue;
        }
        run.clear();
        run.push(first);
        if !is_isolated(first) {
            while let Some((_, next)) = chars.next_if(|(_, next)| !cannot_combine(*next)) {
                run.push(next);
            }
        }
        if is_nfc_quick(run.iter().copied()) == IsNormalized::Yes {
            for (offset, c) in run.iter().enumerate() {
                push(at + offset as u32, *c, 1);
            }
        } else {
            let length = run.len() as u32;
            for c in run.iter().copied().nfc() {
                push(at, c, length);
            }
        }
    }
}

/// Whether no following character can combine with this one.
fn is_isolated(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_ignored(c)
}

/// Whether a character never combines with the preceding one.
fn cannot_combine(c: char) -> bool {
    let starts = |c: char| canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
    if starts(c) {
        return true;
    }
    // A character that decomposes into a starter, such as the ohm sign.
    let mut first = None;
    decompose_canonical(c, |d| first = first.or(Some(d)));
    canonical_combining_class(c) == 0 && first.is_some_and(|d| d != c && starts(d))
}

/// Whether a character is dropped: soft hyphens, zero-width spaces, and the marks of writing directions
/// ([UAX #9](https://www.unicode.org/reports/tr9/), section 2).
fn is_ignored(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

enum Fold {
    Keep(char),
    Expand(&'static str),
    /// A presentation form.
    Decompose(char),
    Space,
    Drop,
}

fn fold_char(c: char) -> Fold {
    if c.is_ascii() {
        return match c {
            '`' => Fold::Keep('\''),
            c if c.is_ascii_whitespace() || c == '\u{B}' => Fold::Space,
            c => Fold::Keep(c),
        };
    }
    match c {
        c if is_ignored(c) => Fold::Drop,
        // Double quotation marks: Latin, low and reversed, guillemets, CJK corner brackets, full-width, and the double prime.
        '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』' | '〝' | '〞' | '〟' | '﹁' | '﹂' | '﹃'
        | '﹄' | '＂' | '｢' | '｣' | '⹂' | '″' => Fold::Keep('"'),
        // Single quotation marks, the prime, and the letter used as an apostrophe in Ukrainian and other languages.
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '＇' | 'ʼ' | '´' | '′' => Fold::Keep('\''),
        // Hyphens and dashes, minus, Armenian and Hebrew hyphens, small and full-width forms.
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⸺' | '⸻' | '﹘' | '﹣' | '－' | '֊' | '־' => {
            Fold::Keep('-')
        }
        '…' => Fold::Expand("..."),
        '±' => Fold::Expand("+/-"),
        '≤' | '⩽' => Fold::Expand("<="),
        '≥' | '⩾' => Fold::Expand(">="),
        // The raised dot, and operators that look like it.
        '·' | '∙' | '⋅' => Fold::Keep('·'),
        // The micro sign.
        'µ' => Fold::Keep('μ'),
        'ϵ' => Fold::Keep('ε'),
        'ϕ' => Fold::Keep('φ'),
        'ϑ' => Fold::Keep('θ'),
        // Latin, Armenian, Hebrew and Arabic presentation forms.
        '\u{FB00}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => Fold::Decompose(c),
        c if c.is_whitespace() => Fold::Space,
        c => Fold::Keep(c),
    }
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}')
}

/// The name of a Greek letter, except for μ, which mostly is the sign for a millionth.
fn greek_name(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'ν' => "nu",
        'ξ' => "xi",
        'π' => "pi",
        'ρ' => "rho",
        'σ' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        'Γ' => "Gamma",
        'Δ' => "Delta",
        'Θ' => "Theta",
        'Λ' => "Lambda",
        'Ξ' => "Xi",
        'Π' => "Pi",
        'Σ' => "Sigma",
        'Φ' => "Phi",
        'Ψ' => "Psi",
        'Ω' => "Omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find_original(original: &str, words: &str) -> Option<String> {
        let folded = Folded::new(original);
        let words = fold(words);
        let at = folded.text().find(&words)?;
        let span = folded.original(at..at + words.len());
        let chars = original.chars().skip(span.start as usize).take((span.end - span.start) as usize);
        Some(chars.collect())
    }

    #[test]
    fn typographic_variants_are_found_and_mapped_back() {
        for (original, words, found) in [
            ("one\n\n  two\u{A0}three", "one two three", "one\n\n  two\u{A0}three"),
            ("the “mill’s” end", "\"mill's\"", "“mill’s”"),
            ("the “mill” end", "'mill'", "“mill”"),
            ("the ''mill'' end", "\"mill\"", "''mill''"),
            ("rail\u{2014}link", "rail-link", "rail\u{2014}link"),
            ("in 1973 \u{2014} or", "in 1973 - or", "in 1973 \u{2014} or"),
            ("rail \u{2013} link", "rail-link", "rail \u{2013} link"),
            ("in\u{AD}dus\u{AD}try x", "industry", "in\u{AD}dus\u{AD}try"),
            ("cafe\u{301} noir", "café", "cafe\u{301}"),
            ("café noir", "cafe\u{301}", "café"),
            ("a\u{323}\u{307}b", "\u{1EA1}\u{307}b", "a\u{323}\u{307}b"),
            ("5\u{2126}6", "Ω6", "\u{2126}6"),
            ("\u{1112}\u{1161}\u{11AB}글", "한글", "\u{1112}\u{1161}\u{11AB}글"),
            ("क़लम", "\u{915}\u{93C}लम", "क़लम"),
            ("the ﬁrst oﬃce", "first office", "ﬁrst oﬃce"),
            ("\u{FE91}\u{FEE8}\u{FEDA} x", "بنك", "\u{FE91}\u{FEE8}\u{FEDA}"),
            ("the \u{200F}بنك\u{200F} paid", "the بنك paid", "the \u{200F}بنك\u{200F} paid"),
            ("zero\u{200B}width", "zerowidth", "zero\u{200B}width"),
            ("5 ± 2 mm", "5+/-2 mm", "5 ± 2 mm"),
            ("p ⩽ 0.05", "p<=0.05", "p ⩽ 0.05"),
            ("5 µg of it", "5 μg", "5 µg"),
            ("a rate of 3·5", "3.5", "3·5"),
            ("TNFα and β-blockers", "TNFalpha and beta-blockers", "TNFα and β-blockers"),
            ("so ….. on", "so … on", "so ….. on"),
            ("so . . . on", "so ... on", "so . . . on"),
            ("said ( again ) , twice", "said (again), twice", "said ( again ) , twice"),
            ("built in 1973 . It", "built in 1973.", "built in 1973 ."),
            ("page\u{C}end", "page end", "page\u{C}end"),
            ("one\rtwo\u{2028}three\u{85}four", "one two three four", "one\rtwo\u{2028}three\u{85}four"),
            ("infra-\nstructure x", "infrastructure", "infra-\nstructure"),
            ("infra\u{AD}\nstructure x", "infra structure", "infra\u{AD}\nstructure"),
            ("1990-\n1995", "1990-1995", "1990-\n1995"),
        ] {
            assert_eq!(find_original(original, words).as_deref(), Some(found), "{original:?}");
        }
    }

    #[test]
    fn what_changes_the_meaning_is_significant() {
        for (original, words) in [
            ("Mill", "mill"),
            ("end.", "end!"),
            ("e\u{301}", "e"),
            ("it’s", "its"),
            ("5' tall", "5\" tall"),
            ("5 mg", "5mg"),
            ("3 .5", "3.5"),
            ("3. 5", "3.5"),
            ("5 -3", "5-3"),
            ("by -5", "by-5"),
            ("by - 5", "by -5"),
            ("-5", "+5"),
            ("±5", "-5 "),
            ("5 μg", "5 mug"),
            ("3·m", "3.m"),
            ("10 (5)", "10 5"),
            ("5 %", "5"),
            ("a < b", "a <= b"),
            ("λόγος", "lambdaόγος"),
            ("re-cover", "recover"),
            ("mill. Closed", "mill Closed"),
            ("می\u{200C}رود", "میرود"),
        ] {
            let (original, words) = (fold(original), fold(words));
            assert_ne!(original, words);
        }
    }

    #[test]
    fn paragraphs_end_at_blank_lines_if_there_are_any() {
        let ends = |text: &str| {
            let folded = Folded::new(text);
            folded.paragraphs.iter().map(|b| folded.text()[..*b as usize].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ends("a\nb\n \nc\n\n"), ["a b "]);
        assert_eq!(ends("a\r\nb\rc\n\n"), ["a ", "a b "]);
        assert_eq!(ends("a.\nb"), ["a."]);
        assert_eq!(ends("\na"), Vec::<String>::new());
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let folded = Folded::new("ab\r\ncd\n\ne\rf");
        let positions: Vec<_> = [0, 1, 4, 5, 8, 10].map(|at| folded.line_and_column(at)).to_vec();
        assert_eq!(positions, [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (5, 1)]);
    }

    const PIECES: [&str; 44] = [
        "mill",
        "Mill",
        "a",
        "b",
        "5",
        "12",
        "3.5",
        "-",
        "–",
        "+",
        "±",
        "%",
        "<",
        "≤",
        "=",
        "(",
        ")",
        "[",
        ".",
        ",",
        "…",
        "...",
        "'",
        "\"",
        "“",
        "’",
        "·",
        "µ",
        "μ",
        "α",
        "β",
        "λόγος",
        "ﬁ",
        "بنك",
        "\u{AD}",
        "\u{200B}",
        "-\n",
        " ",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "e\u{301}",
        "鋼",
    ];

    fn any_text() -> impl Strategy<Value = String> {
        proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Splitting the text into runs must not change the result of normalization.
        #[test]
        fn normalizing_runs_equals_normalizing_the_text(
            text in proptest::collection::vec(prop_oneof![
                any::<char>(),
                prop::char::range('\u{300}', '\u{345}'),
                prop::char::range('\u{1100}', '\u{11FF}'),
                prop::char::range('\u{F71}', '\u{F81}'),
                prop::sample::select(vec!['a', 'e', 'Ω', '\u{2126}', '\u{AD}', ' ', '\n', '가', 'क', '\u{93C}', '\u{0DD9}', '\u{0DCF}']),
            ], 0..40)
        ) {
            let text: String = text.into_iter().collect();
            let mut runs = String::new();
            fold_runs(&text, |_, c, _| runs.push(c));
            prop_assert_eq!(runs, text.nfc().collect::<String>());
        }

        /// Letters, digits, signs, brackets and their order survive folding.
        #[test]
        fn folding_preserves_what_has_a_meaning(text in any_text()) {
            // Independent of the order and the conditions of the rules: each sign as one of its class.
            let meaning = |text: &str| {
                let expanded = text.replace('≤', "<=").replace('±', "+/-").replace(['µ', 'μ'], "m").replace('ﬁ', "fi");
                let expanded = expanded.replace('α', "alpha").replace('β', "beta");
                let chars = expanded.nfc().filter(|c| c.is_alphanumeric() || "+<=%()[]".contains(*c));
                chars.collect::<String>()
            };
            prop_assert_eq!(meaning(&fold(&text)), meaning(&text), "{:?} {:?}", text, fold(&text));
        }

        /// Folding the folded text changes nothing, except that a quotation mark may now follow a digit or another one.
        #[test]
        fn folding_twice_equals_folding_once(text in any_text()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once).replace(['"', '\''], ""), once.replace(['"', '\''], ""));
        }

        /// Texts and quotes are folded alike, and each folded character maps to code points in order.
        #[test]
        fn texts_are_folded_as_quotes(text in any_text()) {
            let folded = Folded::new(&text);
            prop_assert_eq!(folded.text(), fold(&text));
            prop_assert_eq!(folded.starts.len(), folded.text.len());
            prop_assert!(folded.starts.is_sorted() && folded.lengths.is_sorted() && folded.joins.is_sorted());
            prop_assert!(folded.paragraphs.iter().all(|at| folded.text.is_char_boundary(*at as usize)));
            let count = text.chars().count() as u32;
            for (at, c) in folded.text.char_indices() {
                let range = folded.original(at..at + c.len_utf8());
                prop_assert!(range.start < range.end && range.end <= count || c == ' ', "{:?} {:?} {:?}", text, folded.text, range);
            }
        }
    }
}
