//! From byte offsets to lines and columns.

use super::Excerpt;
use crate::model::floor_char_boundary;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

/// The number of bytes between two entries of `LineIndex::checkpoints`.
const STEP: usize = 1024;

/// The number of code points shown of a long line: before the position, and in total.
const MAX_BEFORE: usize = 60;
const MAX_SHOWN: usize = 400;

/// Findings share the text of a file of at most this many bytes. Of a longer text, each finding has an [`Excerpt`].
pub const MAX_SHARED_TEXT: usize = 1 << 16;

/// A position in a text. All numbers are counted from 1.
///
/// Columns are counted in three units, because programs differ: people count code points, the Language Server Protocol
/// UTF-16 code units, and compilers bytes of UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPosition {
    /// The line.
    pub line: usize,
    /// The column in code points.
    pub column: usize,
    /// The column in UTF-16 code units.
    pub utf16_column: usize,
    /// The column in bytes of UTF-8.
    pub utf8_column: usize,
}

/// The starts of a text's lines, to convert byte offsets to lines and columns.
///
/// A line ends at `\n`. Uses 8 bytes per line, and 16 per KiB of text.
///
/// ```
/// use factloom::diagnostic::LineIndex;
///
/// let text = "mill\n鋼🏭 mill";
/// let position = LineIndex::new(text).position(text, text.rfind("mill").unwrap());
/// assert_eq!((position.line, position.column, position.utf16_column, position.utf8_column), (2, 4, 5, 9));
/// ```
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// The byte offset of each line.
    line_starts: Vec<usize>,
    /// The counts of the text before every [`STEP`]th byte, so that long lines are not counted again and again.
    checkpoints: Vec<Counts>,
}

/// The length of a text.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    code_points: usize,
    utf16: usize,
}

impl Counts {
    /// Adds bytes, which may start or end within a character.
    fn add(self, bytes: &[u8]) -> Self {
        // Each character has one byte that does not continue another; those of four bytes are two units of UTF-16.
        let code_points = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let pairs = bytes.iter().filter(|byte| **byte >= 0xF0).count();
        Self { code_points: self.code_points + code_points, utf16: self.utf16 + code_points + pairs }
    }
}

impl LineIndex {
    /// Indexes a text, in linear time.
    pub fn new(text: &str) -> Self {
        let line_starts =
            [0].into_iter().chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1)).collect();
        let mut counts = Counts::default();
        let mut checkpoints = vec![counts];
        for chunk in text.as_bytes().chunks_exact(STEP) {
            counts = counts.add(chunk);
            checkpoints.push(counts);
        }
        Self { line_starts, checkpoints }
    }

    /// The position of a byte of the indexed text. An offset within a character means its start, one beyond the end the end.
    ///
    /// Logarithmic in the number of lines.
    pub fn position(&self, text: &str, byte: usize) -> TextPosition {
        let byte = floor_char_boundary(text, byte);
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let line_start = self.line_starts[line - 1];
        let (before, here) = (self.counts(text, line_start), self.counts(text, byte));
        TextPosition {
            line,
            column: here.code_points - before.code_points + 1,
            utf16_column: here.utf16 - before.utf16 + 1,
            utf8_column: byte - line_start + 1,
        }
    }

    /// The bytes of the line that contains a byte, without its terminator.
    fn line(&self, text: &str, byte: usize) -> Range<usize> {
        let next = self.line_starts.partition_point(|start| *start <= byte);
        let start = self.line_starts[next - 1];
        let Some(next_start) = self.line_starts.get(next) else { return start..text.len() };
        let end = next_start - 1;
        start..end - usize::from(text[start..end].ends_with('\r'))
    }

    fn counts(&self, text: &str, byte: usize) -> Counts {
        let checkpoint = byte / STEP;
        self.checkpoints[checkpoint].add(&text.as_bytes()[checkpoint * STEP..byte])
    }
}

/// A text that was checked, with a [`LineIndex`] that is built when it is first used.
///
/// ```
/// use factloom::diagnostic::IndexedText;
/// use std::sync::Arc;
///
/// let text = Arc::new(IndexedText::new("ASK {\n?x }"));
/// let range = text.range(6..8);
/// assert_eq!((range.start().line, range.end().column), (2, 3));
/// assert_eq!(range.excerpt().text, "?x }");
/// ```
pub struct IndexedText {
    text: Box<str>,
    lines: OnceLock<LineIndex>,
}

impl IndexedText {
    /// A text without an index.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self { text: text.into(), lines: OnceLock::new() }
    }

    /// The index, which the first call builds in linear time.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// A range of bytes of the text, which shares the text or has an excerpt of it: see [`MAX_SHARED_TEXT`].
    pub fn range(self: &Arc<Self>, bytes: Range<usize>) -> TextRange {
        let context = match self.text.len() {
            0..=MAX_SHARED_TEXT => Context::Text(Arc::clone(self)),
            _ => Context::Excerpt(Arc::new(self.extract(&bytes))),
        };
        TextRange { bytes, context }
    }

    fn extract(&self, bytes: &Range<usize>) -> Extract {
        let position = |byte| self.lines().position(&self.text, byte);
        Extract { start: position(bytes.start), end: position(bytes.end), excerpt: self.excerpt(bytes) }
    }

    /// The line in which a range starts, or a part of a long line, with the range underlined.
    fn excerpt(&self, bytes: &Range<usize>) -> Excerpt {
        let text = &*self.text;
        let start = floor_char_boundary(text, bytes.start);
        let line = self.lines().line(text, start);
        let from = match text[line.start..start].char_indices().rev().nth(MAX_BEFORE) {
            Some((index, _)) if line.len() > MAX_SHOWN => line.start + index,
            _ => line.start,
        };
        let line_end = line.end.max(start);
        let until = text[from..line_end].char_indices().nth(MAX_SHOWN).map_or(line_end, |(index, _)| from + index);
        let end = floor_char_boundary(text, bytes.end.min(until));
        // An empty range underlines the next character, or the end of the line.
        let end = match text[start..until].chars().next() {
            Some(c) if end <= start => start + c.len_utf8(),
            _ => end.max(start),
        };
        Excerpt { text: text[from..until].to_owned(), highlight: start - from..end - from }
    }
}

impl Deref for IndexedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for IndexedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// A range of bytes in a text that was checked, with all that is needed to show it.
#[derive(Clone, Debug)]
pub struct TextRange {
    bytes: Range<usize>,
    context: Context,
}

/// Where lines and columns come from.
#[derive(Clone, Debug)]
enum Context {
    Text(Arc<IndexedText>),
    Excerpt(Arc<Extract>),
}

/// What is shown of a range in a long text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Extract {
    start: TextPosition,
    end: TextPosition,
    excerpt: Excerpt,
}

impl TextRange {
    /// The bytes, from the start of the text.
    pub fn bytes(&self) -> Range<usize> {
        self.bytes.clone()
    }

    /// The position of the first byte.
    pub fn start(&self) -> TextPosition {
        match &self.context {
            Context::Text(text) => text.lines().position(text, self.bytes.start),
            Context::Excerpt(extract) => extract.start,
        }
    }

    /// The position after the last byte.
    pub fn end(&self) -> TextPosition {
        match &self.context {
            Context::Text(text) => text.lines().position(text, self.bytes.end),
            Context::Excerpt(extract) => extract.end,
        }
    }

    /// The line in which the range starts, shortened if it is long.
    pub fn excerpt(&self) -> Excerpt {
        match &self.context {
            Context::Text(text) => text.excerpt(&self.bytes),
            Context::Excerpt(extract) => extract.excerpt.clone(),
        }
    }
}

/// Ranges are equal if they look the same: texts may differ elsewhere.
impl PartialEq for TextRange {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
            && (self.start(), self.end(), self.excerpt()) == (other.start(), other.end(), other.excerpt())
    }
}

impl Eq for TextRange {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str, bytes: Range<usize>) -> TextRange {
        Arc::new(IndexedText::new(text)).range(bytes)
    }

    #[test]
    fn an_excerpt_is_the_line_without_its_terminator() {
        let text = "ab\n  \"ščß\": \"x\"\r\nend";
        let quote = text.find("\"x\"").unwrap();
        let shown = |bytes: Range<usize>| {
            let range = range(text, bytes);
            let Excerpt { text, highlight } = range.excerpt();
            (range.start().line, range.start().column, text[highlight].to_owned(), text)
        };
        assert_eq!(shown(0..1), (1, 1, "a".into(), "ab".into()));
        assert_eq!(shown(quote..quote + 3), (2, 10, "\"x\"".into(), "  \"ščß\": \"x\"".into()));
        assert_eq!(shown(text.len()..text.len()), (3, 4, String::new(), "end".into()));
        // An empty range, and one that starts at a line's end.
        assert_eq!(shown(0..0), (1, 1, "a".into(), "ab".into()));
        assert_eq!(shown(2..2), (1, 3, String::new(), "ab".into()));
    }

    #[test]
    fn long_lines_are_cut_around_the_position() {
        let text = "x".repeat(100_000) + "WORD" + &"y".repeat(100_000);
        let range = range(&text, 100_000..100_004);
        let excerpt = range.excerpt();
        assert_eq!(range.start().column, 100_001);
        assert_eq!(&excerpt.text[excerpt.highlight.clone()], "WORD");
        assert_eq!(excerpt.text.len(), MAX_SHOWN);
    }

    #[test]
    fn a_range_of_a_long_text_does_not_keep_it() {
        let text = Arc::new(IndexedText::new("a mill\n".repeat(120_000)));
        let range = text.range(700_002..700_013);
        assert_eq!(Arc::strong_count(&text), 1);
        let (start, end) = (range.start(), range.end());
        assert_eq!((start.line, start.column, end.line, end.column), (100_001, 3, 100_002, 7));
        assert_eq!(range.excerpt(), Excerpt { text: "a mill".into(), highlight: 2..6 });
    }

    proptest! {
        /// The columns are those that Rust's own iterators count.
        #[test]
        fn columns_are_counted_in_three_units(
            parts in proptest::collection::vec(prop::sample::select(vec!["a", "é", "鋼", "🏭", "\n", "\r\n", "\u{301}"]), 0..30),
            repeat in 1_usize..200,
            at in any::<prop::sample::Index>(),
        ) {
            let text = parts.concat().repeat(repeat);
            let byte = floor_char_boundary(&text, at.index(text.len() + 1));
            let line_start = text[..byte].rfind('\n').map_or(0, |end| end + 1);
            let before = &text[line_start..byte];
            let expected = TextPosition {
                line: text[..byte].matches('\n').count() + 1,
                column: before.chars().count() + 1,
                utf16_column: before.encode_utf16().count() + 1,
                utf8_column: before.len() + 1,
            };
            prop_assert_eq!(LineIndex::new(&text).position(&text, byte), expected);
        }
    }
}
