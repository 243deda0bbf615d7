//! Long texts broken into lines, which Graphviz does not do.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// The greatest number of characters in a line of a label.
pub(super) const WIDTH: usize = 48;

/// A label with its long lines broken.
pub(super) fn wrapped(label: &str) -> Cow<'_, str> {
    // Counting bytes is faster, and there are never fewer bytes than characters.
    if label.len() <= WIDTH { Cow::Borrowed(label) } else { Cow::Owned(lines(label, WIDTH).join("\n")) }
}

/// The lines of a text, each of at most `width` graphemes. Lines are broken at a space, which is dropped, or within a word if it is
/// longer than a line.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r']).flat_map(|line| break_line(line, width)).collect()
}

fn break_line(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut start, mut space, mut length) = (0, None, 0);
    for (index, grapheme) in line.grapheme_indices(true) {
        if length >= width && grapheme != " " {
            let (end, next) = space.map_or((index, index), |space: usize| (space, space + 1));
            lines.push(line[start..end].to_owned());
            (start, space) = (next, None);
            length = line[start..index].graphemes(true).count();
        }
        if grapheme == " " && index > start {
            space = Some(index);
        }
        length += 1;
    }
    lines.push(line[start..].to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_at_spaces_or_between_graphemes() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("onetwothree", 4), ["onet", "woth", "ree"]);
        assert_eq!(lines("a👩🏽‍🏭e\u{301}b\nc", 2), ["a👩🏽‍🏭", "e\u{301}b", "c"]);
        assert_eq!(lines("", 4), [""]);
        let long = "製".repeat(10_000);
        assert_eq!(lines(&long, 48).concat(), long);
    }
}
