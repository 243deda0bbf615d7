//! The paragraphs of a text.

use super::fold::{is_ignored, is_letter, is_punctuation};
use memchr::{memchr2, memmem};
use std::ops::Range;

/// A line that is not blank.
struct Line {
    bytes: Range<usize>,
    follows_blank: bool,
}

/// The bytes of the paragraphs of a text, with the line ends after them. Takes linear time.
///
/// A paragraph ends at a blank line. If no line between others is blank, each line is a paragraph, unless a hyphen divides a word at its
/// end.
pub(super) fn paragraph_ranges(text: &str) -> Vec<Range<usize>> {
    let lines = written_lines(text);
    let has_blank_lines = lines.iter().skip(1).any(|line| line.follows_blank);
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    for line in lines {
        let continues = |last: &Range<usize>| match has_blank_lines {
            true => !line.follows_blank,
            false => divides_word(&text[last.clone()], &text[line.bytes.clone()]),
        };
        match paragraphs.last_mut() {
            Some(last) if continues(last) => last.end = line.bytes.end,
            _ => paragraphs.push(line.bytes),
        }
    }
    paragraphs
}

/// As how many line ends a character counts: a paragraph separator is one with a blank line.
pub(super) fn line_ends(c: char) -> u32 {
    match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' => 1,
        '\u{2029}' => 2,
        _ => 0,
    }
}

/// The lines that are not blank.
fn written_lines(text: &str) -> Vec<Line> {
    let is_rare = ["\u{85}", "\u{2028}", "\u{2029}"].map(|end| memmem::find(text.as_bytes(), end.as_bytes()).is_some());
    let has_rare_ends = is_rare.contains(&true);
    let mut lines = Vec::new();
    let (mut start, mut follows_blank) = (0, false);
    while start < text.len() {
        let rest = &text[start..];
        let found = match has_rare_ends {
            true => rest.find(|c| line_ends(c) > 0),
            false => memchr2(b'\n', b'\r', rest.as_bytes()),
        };
        let (line, rest) = rest.split_at(found.unwrap_or(rest.len()));
        let line_end = rest.chars().next().unwrap_or('\n');
        let length = if rest.starts_with("\r\n") { 2 } else { line_end.len_utf8() };
        let end = (start + line.len() + length).min(text.len());
        let is_blank = line.chars().all(is_blank);
        if !is_blank {
            lines.push(Line { bytes: start..end, follows_blank });
        }
        follows_blank = is_blank || line_ends(line_end) > 1;
        start = end;
    }
    lines
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_ignored(c)
}

/// Whether a hyphen or a soft hyphen divides a word at the end of a line.
fn divides_word(line: &str, next: &str) -> bool {
    let written = line.trim_end_matches(is_blank);
    let has_soft_hyphen = || line[written.len()..].chars().take_while(|c| !c.is_whitespace()).any(|c| c == '\u{AD}');
    let (Some(last), Some(first)) = (written.chars().next_back(), next.trim_start_matches(is_blank).chars().next())
    else {
        return false;
    };
    let before = written.strip_suffix(['-', '‐', '‑']).map(|before| before.trim_end_matches(is_ignored));
    before.is_some_and(|before| before.ends_with(is_letter)) && is_letter(first)
        || !is_punctuation(last) && !is_punctuation(first) && has_soft_hyphen()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(text: &str) -> Vec<&str> {
        paragraph_ranges(text).into_iter().map(|range| text[range].trim()).collect()
    }

    #[test]
    fn paragraphs_end_at_blank_lines_if_there_are_any() {
        for (text, expected) in [
            ("a\nb\n \nc\n\n", &["a\nb", "c"][..]),
            ("a\r\nb\rc\n\n", &["a", "b", "c"]),
            ("a\r\n\r\nb\nc", &["a", "b\nc"]),
            ("\n\na.\nb", &["a.", "b"]),
            ("a\n\u{200B}\t\nb\nc", &["a", "b\nc"]),
            ("a\u{2029}b\nc", &["a", "b\nc"]),
            ("a\u{2028}“b”\u{85}c", &["a", "“b”", "c"]),
            ("an infra-\n structure\nb-\n5", &["an infra-\n structure", "b-", "5"]),
            ("an infra\u{AD}\nstructure\n(b)\u{AD}\nc", &["an infra\u{AD}\nstructure", "(b)\u{AD}", "c"]),
            ("\n \n", &[]),
        ] {
            assert_eq!(paragraphs(text), expected, "{text:?}");
        }
    }
}
