//! Folding: removes typographic differences that do not change the meaning of a text.
//!
//! Folding normalizes to Unicode's form C, collapses white space, maps quotation marks, dashes and spaces to their ASCII
//! forms and drops soft hyphens. Case and other punctuation are preserved. Each folded character maps back to the code
//! points that it came from.
//!
//! Normalization only changes a starter and the following characters that may combine with it
//! ([UAX #15](https://unicode.org/reports/tr15/), section 9), so the text is split before characters that cannot combine.

use std::ops::Range;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A folded text that maps back to the original.
#[derive(Debug)]
pub struct Folded {
    text: String,
    /// For each byte of `text`, the first code point of its character in the original.
    starts: Vec<u32>,
    /// The bytes of characters that came from several code points, and their number, in order.
    lengths: Vec<(u32, u32)>,
    /// The bytes of spaces that end a paragraph, in order.
    breaks: Vec<u32>,
    /// The code points of line ends in the original, in order.
    line_ends: Vec<u32>,
}

impl Folded {
    /// Folds a text. Linear in its length.
    pub fn new(original: &str) -> Self {
        let mut folder = Folder {
            folded: Self {
                text: String::with_capacity(original.len()),
                starts: Vec::with_capacity(original.len()),
                lengths: Vec::new(),
                breaks: Vec::new(),
                line_ends: Vec::new(),
            },
            space: None,
            ends: Vec::new(),
        };
        fold_runs(original, |at, c, length| folder.push(at, c, length));
        let Folder { mut folded, ends, .. } = folder;
        // Paragraphs end at blank lines if there are any between words, and at line ends otherwise.
        let last = folded.text.trim_end().len();
        let inner = || ends.iter().filter(|(at, _)| *at > 0 && (*at as usize) < last);
        let least = if inner().any(|(_, lines)| *lines > 1) { 2 } else { 1 };
        folded.breaks = inner().filter(|(_, lines)| *lines >= least).map(|(at, _)| *at).collect();
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

    /// The byte at which the paragraph of `byte` ends.
    pub fn paragraph_end(&self, byte: usize) -> usize {
        let next = self.breaks.partition_point(|at| (*at as usize) < byte);
        self.breaks.get(next).map_or(self.text.len(), |at| *at as usize)
    }

    /// The byte at which the paragraph of `byte` starts.
    pub fn paragraph_start(&self, byte: usize) -> usize {
        match self.breaks.partition_point(|at| (*at as usize) < byte) {
            0 => 0,
            next => self.breaks[next - 1] as usize + 1,
        }
    }

    /// The line and the column of a code point of the original, counted from 1.
    pub fn line_and_column(&self, code_point: u32) -> (u32, u32) {
        let before = self.line_ends.partition_point(|at| *at < code_point);
        let line_start = if before == 0 { 0 } else { self.line_ends[before - 1] + 1 };
        (u32::try_from(before).unwrap_or(u32::MAX - 1) + 1, code_point - line_start + 1)
    }
}

/// Folds a string to search for in a [`Folded`] text, and trims white space.
pub fn fold(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    fold_runs(words, |_, c, _| match fold_char(c) {
        Fold::Keep(c) => text.push(c),
        Fold::Space if text.ends_with(' ') => {}
        Fold::Space => text.push(' '),
        Fold::Drop => {}
    });
    text.trim_matches(' ').to_owned()
}

struct Folder {
    folded: Folded,
    /// If the text ends in white space: the byte of the space, and its first code point.
    space: Option<(u32, u32)>,
    /// The bytes of spaces that came from line ends, and the number of line ends.
    ends: Vec<(u32, u32)>,
}

impl Folder {
    /// Adds a character that came from `length` code points starting at `at`.
    fn push(&mut self, at: u32, c: char, length: u32) {
        let lines = match c {
            '\n' => {
                self.folded.line_ends.push(at);
                1
            }
            '\u{2029}' => 2,
            _ => 0,
        };
        let byte = self.folded.starts.len() as u32;
        match fold_char(c) {
            Fold::Drop => {}
            Fold::Keep(c) => {
                self.space = None;
                self.append(byte, at, c, length);
            }
            Fold::Space => {
                let (byte, first) = match self.space {
                    Some(run) => run,
                    None => {
                        self.append(byte, at, ' ', 1);
                        (byte, at)
                    }
                };
                self.space = Some((byte, first));
                let length = at - first + length;
                match self.folded.lengths.last_mut() {
                    Some(last) if last.0 == byte => last.1 = length,
                    _ if length != 1 => self.folded.lengths.push((byte, length)),
                    _ => {}
                }
                match self.ends.last_mut() {
                    Some(last) if last.0 == byte => last.1 += lines,
                    _ if lines > 0 => self.ends.push((byte, lines)),
                    _ => {}
                }
            }
        }
    }

    fn append(&mut self, byte: u32, at: u32, c: char, length: u32) {
        self.folded.text.push(c);
        self.folded.starts.resize(self.folded.text.len(), at);
        if length != 1 {
            self.folded.lengths.push((byte, length));
        }
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
    c.is_whitespace() || c.is_control() || c == '\u{AD}'
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

enum Fold {
    Keep(char),
    Space,
    Drop,
}

fn fold_char(c: char) -> Fold {
    if c.is_ascii() {
        return if c.is_ascii_whitespace() || c == '\u{B}' { Fold::Space } else { Fold::Keep(c) };
    }
    match c {
        '\u{AD}' => Fold::Drop,
        // Double quotation marks: Latin, low and reversed, guillemets, CJK corner brackets, full-width.
        '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』' | '〝' | '〞' | '〟' | '﹁' | '﹂' | '﹃'
        | '﹄' | '＂' | '｢' | '｣' | '⹂' => Fold::Keep('"'),
        // Single quotation marks, and the letter used as an apostrophe in Ukrainian and other languages.
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '＇' | 'ʼ' => Fold::Keep('\''),
        // Hyphens and dashes, minus, Armenian and Hebrew hyphens, small and full-width forms.
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⸺' | '⸻' | '﹘' | '﹣' | '－' | '֊' | '־' => {
            Fold::Keep('-')
        }
        c if c.is_whitespace() => Fold::Space,
        c => Fold::Keep(c),
    }
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
            ("rail\u{2014}link", "rail-link", "rail\u{2014}link"),
            ("in\u{AD}dus\u{AD}try x", "industry", "in\u{AD}dus\u{AD}try"),
            ("cafe\u{301} noir", "café", "cafe\u{301}"),
            ("café noir", "cafe\u{301}", "café"),
            ("a\u{323}\u{307}b", "\u{1EA1}\u{307}b", "a\u{323}\u{307}b"),
            ("5\u{2126}6", "Ω6", "\u{2126}6"),
            ("\u{1112}\u{1161}\u{11AB}글", "한글", "\u{1112}\u{1161}\u{11AB}글"),
            ("क़लम", "\u{915}\u{93C}लम", "क़लम"),
        ] {
            assert_eq!(find_original(original, words).as_deref(), Some(found), "{original:?}");
        }
    }

    #[test]
    fn case_and_punctuation_are_significant() {
        for (original, words) in [("Mill", "mill"), ("end.", "end!"), ("e\u{301}", "e"), ("it’s", "its")] {
            assert_eq!(find_original(original, words), None, "{original}");
        }
    }

    #[test]
    fn paragraphs_end_at_blank_lines_if_there_are_any() {
        let ends = |text: &str| {
            let folded = Folded::new(text);
            folded.breaks.iter().map(|b| folded.text()[..*b as usize].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ends("a\nb\n \nc\n\n"), ["a b"]);
        assert_eq!(ends("a\r\nb\nc\n\n"), ["a", "a b"]);
        assert_eq!(ends("\na"), Vec::<String>::new());
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let folded = Folded::new("ab\r\ncd\n\ne");
        let positions: Vec<_> = [0, 1, 4, 5, 8].map(|at| folded.line_and_column(at)).to_vec();
        assert_eq!(positions, [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1)]);
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
    }
}
