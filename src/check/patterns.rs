//! The strings that a part of a quote is searched for as, with the differences that give a warning. Where line ends divide words, hyphens
//! between letters are not part of the strings, and are compared afterwards.

use super::fold::{Folded, FoldedQuote, is_letter};
use super::occurrences::Needles;
use std::borrow::Cow;
use std::ops::Range;

/// A string to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    hyphens: Hyphens,
    changes: Changes,
}

/// The hyphens next to letters that a pattern has in the quote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Hyphens {
    /// Those between letters, in order.
    inner: Box<[Hyphen]>,
    is_first: bool,
    is_last: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Hyphen {
    /// The byte of the pattern before which it is.
    at: u32,
    /// Whether a line end follows it in the quote, so that the text may lack it.
    is_optional: bool,
}

/// How a pattern differs from the quote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Changes {
    /// The first letter has the other case.
    pub first_letter: bool,
    /// The full stop at the end is dropped.
    pub full_stop: bool,
}

/// A pattern among the strings to search for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct InternedPattern {
    pub needle: usize,
    /// The length of the string.
    pub length: usize,
    pub changes: Changes,
    hyphens: Hyphens,
}

impl InternedPattern {
    /// How many characters of the text are compared, apart from the string.
    pub(super) fn hyphens(&self) -> usize {
        self.hyphens.inner.len()
    }

    /// The greatest length of a match.
    pub(super) fn max_length(&self) -> usize {
        self.length + self.hyphens() + usize::from(self.hyphens.is_first) + usize::from(self.hyphens.is_last)
    }
}

/// What a quote may differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tolerance {
    /// Only its typography.
    Typography,
    /// Also the first letters and the full stops at the ends of its parts.
    Ends,
}

/// The most patterns of a part of a quote.
pub(super) const MAX_PATTERNS: usize = 4;

impl Tolerance {
    /// The patterns for a part of a quote, the most similar first.
    pub(super) fn patterns(self, pattern: Pattern) -> Vec<Pattern> {
        match self {
            Self::Typography => vec![pattern],
            Self::Ends => {
                let case = pattern.with_other_case();
                let both = case.as_ref().and_then(Pattern::without_full_stop);
                let changed = [case, pattern.without_full_stop(), both].into_iter().flatten();
                let changed: Vec<Pattern> = changed.filter(|changed| !changed.text.is_empty()).collect();
                std::iter::once(pattern).chain(changed).collect()
            }
        }
    }
}

impl Pattern {
    pub(super) fn intern(self, needles: &mut Needles) -> InternedPattern {
        let Self { text, hyphens, changes } = self;
        InternedPattern { length: text.len(), needle: needles.add(text), changes, hyphens }
    }

    /// The pattern with another case of its first letter, after punctuation such as quotation marks.
    fn with_other_case(&self) -> Option<Self> {
        let Self { text, hyphens, changes } = self;
        let (at, first) = text.char_indices().find(|(_, c)| c.is_alphanumeric())?;
        let other = match first.is_uppercase() {
            true => single(first.to_lowercase())?,
            false => single(first.to_uppercase())?,
        };
        if other == first {
            return None;
        }
        let rest = &text[at + first.len_utf8()..];
        let shifted = |hyphen: &Hyphen| {
            let at = hyphen.at - first.len_utf8() as u32 + other.len_utf8() as u32;
            Hyphen { at, ..*hyphen }
        };
        Some(Self {
            text: format!("{}{other}{rest}", &text[..at]),
            hyphens: Hyphens { inner: hyphens.inner.iter().map(shifted).collect(), ..hyphens.clone() },
            changes: Changes { first_letter: true, ..*changes },
        })
    }

    fn without_full_stop(&self) -> Option<Self> {
        let text = self.text.strip_suffix('.').filter(|rest| !rest.ends_with('.'))?;
        let changes = Changes { full_stop: true, ..self.changes };
        Some(Self { text: text.to_owned(), hyphens: self.hyphens.clone(), changes })
    }
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// A folded text to search in.
pub(super) struct SearchText<'a> {
    folded: &'a Folded,
    text: Cow<'a, str>,
    /// Whether the text lacks its hyphens between letters.
    has_optional_hyphens: bool,
    /// The bytes of these in the folded text, in order.
    hyphens: Vec<u32>,
}

impl<'a> SearchText<'a> {
    /// Takes linear time. `has_optional_hyphens` states whether a line end divides a word, in the text or in a quote.
    pub(super) fn new(folded: &'a Folded, has_optional_hyphens: bool) -> Self {
        let text = folded.text();
        if !has_optional_hyphens {
            return Self { folded, text: Cow::Borrowed(text), has_optional_hyphens, hyphens: Vec::new() };
        }
        let hyphens = hyphens_between_letters(text);
        Self { folded, text: without(text, &hyphens).into(), has_optional_hyphens, hyphens }
    }

    /// The text without the hyphens that do not count.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The pattern of words to search for.
    pub(super) fn pattern(&self, words: FoldedQuote) -> Pattern {
        let FoldedQuote { text, joins } = words;
        if !self.has_optional_hyphens || joins.is_empty() && !text.contains('-') {
            return Pattern { text, hyphens: Hyphens::default(), changes: Changes::default() };
        }
        let rest = text.strip_prefix('-').filter(|rest| rest.starts_with(is_letter));
        let inner = rest.unwrap_or(&text);
        let without_last = inner.strip_suffix('-').filter(|inner| inner.ends_with(is_letter));
        let inner = without_last.unwrap_or(inner);
        let first = u32::from(rest.is_some());
        let dropped = hyphens_between_letters(inner);
        let required = dropped.iter().zip(0..).map(|(at, before)| Hyphen { at: at - before, is_optional: false });
        let optional = joins.iter().map(|at| {
            let before = dropped.partition_point(|hyphen| hyphen + first < *at) as u32;
            Hyphen { at: at - first - before, is_optional: true }
        });
        let mut all: Vec<Hyphen> = required.chain(optional).collect();
        all.sort_unstable_by_key(|hyphen| hyphen.at);
        let hyphens = Hyphens { inner: all.into(), is_first: rest.is_some(), is_last: without_last.is_some() };
        Pattern { text: without(inner, &dropped), hyphens, changes: Changes::default() }
    }

    /// The byte of the folded text that a byte of the text is at.
    pub(super) fn folded_byte(&self, at: u32) -> u32 {
        // The hyphen with a number is before the byte if it is, without the hyphens before it.
        let (mut low, mut high) = (0, self.hyphens.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.hyphens[middle] - middle as u32 <= at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        at + low as u32
    }

    /// The bytes of the folded text that a pattern matches whose string occurs at a byte of it; `None` if their hyphens differ: both must
    /// have the same, except where a line end divides a word in either.
    pub(super) fn matched(&self, pattern: &InternedPattern, start: usize) -> Option<Range<usize>> {
        let InternedPattern { length, hyphens: Hyphens { inner, is_first, is_last }, .. } = pattern;
        let (mut end, mut inner) = (start + length, inner.iter().peekable());
        let first = self.hyphens.partition_point(|at| (*at as usize) < start);
        let is_allowed = |hyphen: &Hyphen, before: usize| {
            hyphen.is_optional || self.folded.is_join(start + before + hyphen.at as usize)
        };
        for (before, at) in self.hyphens[first..].iter().enumerate() {
            if *at as usize >= end {
                break;
            }
            let at = *at - (start + before) as u32;
            while let Some(hyphen) = inner.next_if(|hyphen| hyphen.at < at) {
                if !is_allowed(hyphen, before) {
                    return None;
                }
            }
            inner.next_if(|hyphen| hyphen.at == at)?;
            end += 1;
        }
        let before = end - start - length;
        if !inner.all(|hyphen| is_allowed(hyphen, before)) {
            return None;
        }
        let text = self.folded.text();
        let start = match is_first {
            true if text[..start].ends_with('-') => start - 1,
            true if !self.folded.is_join(start) => return None,
            _ => start,
        };
        match is_last {
            true if text[end..].starts_with('-') => Some(start..end + 1),
            true if !self.folded.is_join(end) => None,
            _ => Some(start..end),
        }
    }
}

/// The bytes of hyphens between letters, in order.
fn hyphens_between_letters(text: &str) -> Vec<u32> {
    let hyphens = memchr::memchr_iter(b'-', text.as_bytes());
    let is_between = |at: &usize| text[..*at].ends_with(is_letter) && text[at + 1..].starts_with(is_letter);
    hyphens.filter(is_between).map(|at| at as u32).collect()
}

/// A text without the characters of one byte at some bytes.
fn without(text: &str, bytes: &[u32]) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for at in bytes {
        rest.push_str(&text[from..*at as usize]);
        from = *at as usize + 1;
    }
    rest + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::super::fold::{fold, fold_quote};
    use super::*;
    use proptest::prelude::*;

    /// The matches of a quote in a text, as they are in the folded text.
    fn matches(text: &str, quote: &str) -> Vec<String> {
        let folded = Folded::new(text);
        let search_text = SearchText::new(&folded, true);
        let pattern = search_text.pattern(fold_quote(quote));
        let string = pattern.text.clone();
        let interned = pattern.intern(&mut Needles::default());
        let positions = (0..search_text.text().len())
            .filter(|at| search_text.text().is_char_boundary(*at) && search_text.text()[*at..].starts_with(&string));
        let starts = positions.map(|at| search_text.folded_byte(at as u32) as usize);
        let ranges = starts.filter_map(|start| search_text.matched(&interned, start));
        ranges.map(|range| folded.text()[range].to_owned()).collect()
    }

    #[test]
    fn only_a_line_end_makes_a_hyphen_optional() {
        for (text, quote, expected) in [
            ("an infra-\nstructure", "infra-structure", &["infrastructure"][..]),
            ("an infra-\nstructure", "infrastructure", &["infrastructure"]),
            ("an infra-\nstructure", "in-frastructure", &[]),
            ("an infra-structure", "infrastructure", &[]),
            ("an infra-structure", "infra-structure", &["infra-structure"]),
            ("an infrastructure", "infra-structure", &[]),
            ("an infra-structure", "infra-\nstructure", &["infra-structure"]),
            ("an infrastructure", "infra-\nstructure", &["infrastructure"]),
            ("a-b-\nc-d ab-c-d", "a-b-c-d", &["a-bc-d"]),
            ("a-b-\nc-d ab-c-d", "ab-\nc-d", &["ab-c-d"]),
            ("é-ü-\né ü-é", "ü-é", &["üé", "ü-é"]),
            ("He was un-\nsuccessful", "was un-", &["was un"]),
            ("He was un-\nsuccessful", "-successful", &["successful"]),
            ("He was un-successful", "un-", &["un-"]),
            ("He was un-successful", "-successful", &["-successful"]),
            ("He was un successful", "un-", &[]),
            ("He was un successful", "-successful", &[]),
            ("pre- and post-war-\nish", "pre- and", &["pre-and"]),
            ("the - b-\nc", "- b", &["-b"]),
        ] {
            assert_eq!(matches(text, quote), expected, "{text:?} {quote:?}");
        }
    }

    proptest! {
        /// A match has the letters of the quote, and differs in hyphens only where a line end divides a word.
        #[test]
        fn matches_have_the_hyphens_of_the_quote(text in "([ab]|-|-\n| ){0,12}", quote in "([ab]|-|-\n){0,4}") {
            // Adjacent hyphens may be a dash.
            let has_adjacent = |text: &str| ["--", "-\n-", "- -", "-\n -"].iter().any(|hyphens| text.contains(hyphens));
            prop_assume!(!has_adjacent(&text) && !has_adjacent(&quote));
            let quoted = fold(&quote);
            // Each hyphen at a line end as none, or as one.
            let variants = |text: &str| {
                // The next line may be indented.
                let mut text = text.to_owned();
                while text.contains("-\n ") {
                    text = text.replace("-\n ", "-\n");
                }
                let mut variants = vec![String::new()];
                for piece in text.split_inclusive("-\n") {
                    let both = piece.strip_suffix("-\n").map_or(vec![piece.to_owned()], |piece| vec![piece.to_owned(), format!("{piece}-")]);
                    variants = variants.iter().flat_map(|start| both.iter().map(move |piece| start.clone() + piece)).collect();
                }
                variants
            };
            let found = matches(&text, &quote);
            for one in &found {
                prop_assert_eq!(one.replace('-', ""), quoted.replace('-', ""), "{:?} {:?}", text, quote);
            }
            let is_in_text = variants(&text).iter().any(|text| variants(&quote).iter().any(|quote| fold(text).contains(&fold(quote))));
            if !found.is_empty() {
                prop_assert!(is_in_text, "{text:?} {quote:?} {found:?}");
            } else if !quoted.is_empty() && quoted != "-" {
                prop_assert!(!fold(&text).contains(&quoted), "{text:?} {quote:?}");
            }
        }
    }

    #[test]
    fn the_case_of_the_first_letter_and_a_full_stop_may_change() {
        let folded = Folded::new("");
        let relaxed = |quote: &str| {
            let patterns = Tolerance::Ends.patterns(SearchText::new(&folded, true).pattern(fold_quote(quote)));
            patterns.into_iter().map(|pattern| pattern.text).collect::<Vec<_>>()
        };
        assert_eq!(relaxed("The mill."), ["The mill.", "the mill.", "The mill", "the mill"]);
        assert_eq!(relaxed("5 mills..."), ["5 mills..."]);
        assert_eq!(relaxed("'ß"), ["'ß"]);
        assert_eq!(relaxed("."), ["."]);
    }
}
