//! Folds characters in the order of the text.

use super::super::paragraphs::line_ends;
use super::characters::{Fold, fold_char, greek_name, is_greek, is_mark, is_punctuation, needs_space};
use super::hyphenation::{divides_word, is_hyphen};
use super::normalize::{Piece, normalize};
use super::{Dash, Folded};
use std::iter::Peekable;
use std::vec::IntoIter;

const WIDE_COMMA: char = '，';

/// White space since the last character.
#[derive(Clone, Copy)]
struct Gap {
    /// The number of line ends; a paragraph separator counts as two.
    lines: u32,
    /// Whether a soft hyphen precedes it.
    follows_soft_hyphen: bool,
}

/// Folds characters. Without `MAPPED`, only the text and the joins are set.
pub(super) struct Folder<'a, const MAPPED: bool> {
    folded: Folded,
    /// The original from the start of the current word or character.
    rest: &'a str,
    /// The last characters of the folded text; NUL if there are none.
    last: char,
    before_last: char,
    gap: Option<Gap>,
    /// The code points at which the next paragraphs of the original start.
    paragraph_starts: Peekable<IntoIter<u32>>,
    /// Whether a soft hyphen follows the last character.
    is_soft_hyphen: bool,
    /// The code point of the last CR.
    carriage_return: Option<u32>,
    /// The last dash as written, if it directly follows another character.
    attached_dash: Option<char>,
    /// The hyphens of ASCII at the end.
    hyphens: Hyphens,
    /// The number of dots at the end.
    dots: u32,
    /// The byte of a space before a sign, or between a digit and a dot or comma, which is dropped unless a digit follows.
    doubtful_space: Option<usize>,
    /// Whether the last character is `"` after a digit and white space: inches, or an opening quotation mark.
    is_doubtful_quote: bool,
    /// Whether the last character is a Greek letter without another one before it.
    is_single_greek: bool,
}

/// Adjacent hyphens, which may stand for a dash.
#[derive(Clone, Copy, Default)]
struct Hyphens {
    count: usize,
    follow_space: bool,
}

impl<'a, const MAPPED: bool> Folder<'a, MAPPED> {
    /// Folds a text whose paragraphs start at the given code points, except the first one.
    pub(super) fn fold(original: &'a str, paragraph_starts: Vec<u32>) -> Folded {
        let mut folder = Self::with_capacity(original.len());
        folder.paragraph_starts = paragraph_starts.into_iter().peekable();
        normalize(original, |piece, rest| {
            folder.rest = rest;
            folder.push_piece(piece);
        });
        folder.resolve(None);
        // A paragraph whose dots were taken as those of the preceding one is empty.
        let end = folder.folded.text.len();
        folder.folded.paragraphs.pop_if(|start| *start as usize == end);
        folder.folded
    }

    fn with_capacity(bytes: usize) -> Self {
        let mut folded = Folded { text: String::with_capacity(bytes), ..Folded::default() };
        if MAPPED {
            folded.starts.reserve(bytes);
        }
        Self {
            folded,
            rest: "",
            last: '\0',
            before_last: '\0',
            gap: None,
            paragraph_starts: Vec::new().into_iter().peekable(),
            is_soft_hyphen: false,
            carriage_return: None,
            attached_dash: None,
            hyphens: Hyphens::default(),
            dots: 0,
            doubtful_space: None,
            is_doubtful_quote: false,
            is_single_greek: false,
        }
    }

    fn push_piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Word { at, text } => self.push_word(at, text),
            Piece::Character { at, c, length } => self.push(at, c, length),
        }
    }

    /// Adds ASCII letters and digits. Only the first may change what precedes it.
    fn push_word(&mut self, at: u32, text: &str) {
        let mut chars = text.chars();
        let Some(first) = chars.next() else { return };
        self.add(at, first, 1);
        let rest = chars.as_str();
        if let Some(last) = rest.chars().next_back() {
            if MAPPED {
                self.folded.starts.extend((at + 1..).take(rest.len()));
            }
            self.folded.text.push_str(rest);
            let before = text.as_bytes()[text.len() - 2];
            (self.before_last, self.last, self.dots) = (char::from(before), last, 0);
        }
    }

    /// Adds a character that came from `length` code points starting at `at`.
    fn push(&mut self, at: u32, c: char, length: u32) {
        match fold_char(c) {
            Fold::Keep('-') => self.push_dash(at, c, length),
            // Inches are not written with these.
            Fold::Keep('"') if self.gap.is_some() && !matches!(c, '"' | '″' | '”' | '＂') => {
                self.add(at, '\'', length);
            }
            // In a list of numbers. See `resolve`.
            Fold::Keep(',') if c == WIDE_COMMA && self.gap.is_none() && self.last.is_ascii_digit() => {
                self.add(at, c, length);
            }
            Fold::Keep(folded) => self.add(at, folded, length),
            Fold::Expand(text) => text.chars().for_each(|c| self.add(at, c, length)),
            Fold::Space => self.space(at, c),
            Fold::Drop => self.is_soft_hyphen |= c == '\u{AD}' && self.gap.is_none(),
        }
    }

    fn push_dash(&mut self, at: u32, c: char, length: u32) {
        let follow_space = self.gap.is_some();
        let before = if follow_space { Hyphens::default() } else { self.hyphens };
        self.add(at, '-', length);
        self.attached_dash = (!follow_space).then_some(c);
        self.hyphens = match c {
            '-' if before.count > 0 => Hyphens { count: before.count + 1, ..before },
            '-' => Hyphens { count: 1, follow_space },
            _ => Hyphens::default(),
        };
        if let Some(dash) = Dash::of(c) {
            self.mark_dash(dash);
        }
    }

    /// Records that the last character was a longer dash.
    fn mark_dash(&mut self, dash: Dash) {
        if MAPPED {
            self.folded.dashes.push((self.folded.text.len() as u32 - 1, dash));
        }
    }

    fn space(&mut self, at: u32, c: char) {
        let is_second = c == '\n' && self.carriage_return.is_some_and(|before| before + 1 == at);
        let lines = if is_second { 0 } else { line_ends(c) };
        if MAPPED && is_second {
            self.folded.line_ends.pop();
        }
        if MAPPED && matches!(c, '\n' | '\r') {
            self.folded.line_ends.push(at);
        }
        if c == '\r' {
            self.carriage_return = Some(at);
        }
        let follows_soft_hyphen = std::mem::take(&mut self.is_soft_hyphen);
        self.gap.get_or_insert(Gap { lines: 0, follows_soft_hyphen }).lines += lines;
    }

    /// Adds a character that is not white space.
    fn add(&mut self, at: u32, c: char, length: u32) {
        self.resolve(Some(c));
        self.is_soft_hyphen = false;
        let gap = self.gap.take().filter(|_| !self.folded.text.is_empty());
        let c = match c {
            '"' if !self.last.is_numeric() => '\'',
            c => c,
        };
        if c == '\'' && self.last == '\'' && gap.is_none() {
            let preceding = &self.folded.text[..self.folded.text.len() - 1];
            if preceding.trim_end_matches(' ').ends_with(char::is_numeric) {
                self.is_doubtful_quote = preceding.ends_with(' ');
                self.replace_last("\"");
            }
            return self.extend_last(at, length);
        }
        let is_doubtful_quote = c == '"' && gap.is_some();
        if let Some(gap) = gap {
            self.close_gap(gap, at, c);
        } else if c.is_numeric() && self.last == '·' && self.before_last.is_numeric() {
            self.replace_last(".");
        }
        if c == '.' && self.dots == 3 {
            return self.extend_last(at, length);
        }
        self.is_single_greek = is_greek(c) && (gap.is_some() || !is_greek(self.last));
        let dots = self.dots;
        self.append(at, c, length);
        self.is_doubtful_quote = is_doubtful_quote;
        self.dots = match c {
            '.' if self.before_last == '.' => dots + 1,
            '.' => 1,
            _ => 0,
        };
    }

    /// Decides what depends on the next character, which is adjacent unless there is a gap.
    fn resolve(&mut self, next: Option<char>) {
        let hyphens = std::mem::take(&mut self.hyphens);
        if hyphens.count > 1 && self.are_dash(hyphens, next) {
            self.replace_hyphens(hyphens.count);
        }
        let next = next.filter(|_| self.gap.is_none());
        if std::mem::take(&mut self.is_doubtful_quote) && next.is_some_and(begins_words) {
            self.replace_last("'");
        }
        if self.last == WIDE_COMMA && !next.is_some_and(char::is_numeric) {
            self.replace_last(",");
        }
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
                let paragraphs = self.folded.paragraphs.iter_mut();
                let lengths = self.folded.lengths.iter_mut().map(|(at, _)| at);
                let dashes = self.folded.dashes.iter_mut().map(|(at, _)| at);
                for entries in
                    [&mut paragraphs.rev() as &mut dyn Iterator<Item = &mut u32>, &mut lengths.rev(), &mut dashes.rev()]
                {
                    entries.take_while(|at| **at as usize > space).for_each(|at| *at -= 1);
                }
            }
            self.before_last = self.folded.text[..space].chars().next_back().unwrap_or('\0');
        }
    }

    /// Whether hyphens before a character stand for a dash between words.
    fn are_dash(&self, hyphens: Hyphens, next: Option<char>) -> bool {
        let before = self.folded.text[..self.folded.text.len() - hyphens.count].chars().next_back();
        let ends_words = |c: char| {
            c.is_alphanumeric() || is_mark(c) || matches!(c, '\'' | '"' | ')' | ']' | '.' | ',' | '!' | '?' | '%')
        };
        // `--5` may be a number, and `--option` is not a dash.
        let is_next = |c: char| match hyphens.follow_space {
            true => self.gap.is_some() && begins_words(c),
            false => begins_words(c) && !c.is_numeric(),
        };
        hyphens.count <= 3 && before.is_some_and(ends_words) && next.is_some_and(is_next)
    }

    /// Makes one dash of the hyphens at the end.
    fn replace_hyphens(&mut self, count: usize) {
        let byte = self.folded.text.len() - count;
        self.folded.text.truncate(byte + 1);
        if MAPPED {
            let length = self.folded.starts[byte + count - 1] + 1 - self.folded.starts[byte];
            self.folded.starts.truncate(byte + 1);
            self.folded.lengths.push((byte as u32, length));
        }
        self.before_last = self.folded.text[..byte].chars().next_back().unwrap_or('\0');
        self.attached_dash = None;
        self.mark_dash(Dash::Em);
    }

    /// Replaces the white space before a character.
    fn close_gap(&mut self, gap: Gap, at: u32, c: char) {
        let starts_paragraph = gap.lines > 0 && self.starts_paragraph(at);
        if gap.lines == 1 && gap.follows_soft_hyphen && !is_punctuation(self.last) && !is_punctuation(c) {
            return;
        }
        let hyphen = self.attached_dash.filter(|c| self.last == '-' && is_hyphen(*c) && gap.lines <= 1);
        if gap.lines == 1 && hyphen.is_some_and(|hyphen| divides_word(self.before_last, hyphen, self.rest)) {
            return self.join();
        }
        // A hyphen as in `COVID- 19`, the dash of a range, which has no sign after it, and the one of `±`.
        let is_range = self.before_last.is_numeric() && c.is_numeric();
        let is_within = hyphen.is_some() && self.before_last.is_alphanumeric()
            || self.last == '-' && (is_range || self.before_last == '/');
        let is_doubtful = match c {
            '.' | ',' | '·' => self.last.is_numeric(),
            '-' | '+' => !is_punctuation(self.last),
            _ => false,
        };
        if !is_within && (is_doubtful || needs_space(self.last, c)) {
            self.doubtful_space = is_doubtful.then_some(self.folded.text.len());
            self.append_space();
        }
        if starts_paragraph {
            self.folded.paragraphs.push(self.folded.text.len() as u32);
        }
    }

    /// Whether a paragraph of the original starts at or before a code point, and after the last character.
    fn starts_paragraph(&mut self, at: u32) -> bool {
        let is_start = |start: &u32| *start <= at;
        let starts = self.paragraph_starts.next_if(is_start).is_some();
        while self.paragraph_starts.next_if(is_start).is_some() {}
        starts
    }

    /// Drops the hyphen at the end, which divides a word.
    fn join(&mut self) {
        self.folded.text.pop();
        let byte = self.folded.text.len();
        if MAPPED {
            self.folded.starts.truncate(byte);
            self.folded.lengths.pop_if(|(at, _)| *at as usize >= byte);
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
}

/// Whether words may begin with a character.
fn begins_words(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '"' | '(' | '[' | '$' | '€' | '£' | '¥')
}
