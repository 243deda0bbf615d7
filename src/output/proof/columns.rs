//! Text in two columns, with indentation or the branches of a tree.

use crate::escape::terminal;
use std::io::{self, Write};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};

/// A line in two columns.
pub(super) struct Row {
    /// The indentation or branch of the first line.
    pub(super) indent: String,
    /// The indentation of the lines that it is wrapped into.
    pub(super) hanging_indent: String,
    pub(super) left: String,
    pub(super) right: String,
}

/// The largest width of the left column.
const MAX_LEFT: usize = 64;
/// The smallest width of text in the left column.
const MIN_TEXT: usize = 12;

/// Writes rows with their right columns aligned. Long text in the left column is wrapped.
pub(super) fn write_columns(rows: &[Row], width: usize, out: &mut impl Write) -> io::Result<()> {
    let right_width = rows.iter().map(|row| display_width(&row.right)).max().unwrap_or(0);
    let two_columns = rows.iter().filter(|row| !row.right.is_empty());
    let longest = two_columns.map(|row| display_width(&row.indent) + display_width(&row.left)).max().unwrap_or(0);
    let left_width = longest.min(width.saturating_sub(right_width + 2).clamp(24, MAX_LEFT));
    for row in rows {
        let limit = if row.right.is_empty() { width.max(left_width + 2) } else { left_width };
        let options = Options::new(limit.max(display_width(&row.hanging_indent) + MIN_TEXT))
            .initial_indent(&row.indent)
            .subsequent_indent(&row.hanging_indent)
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation);
        for (number, line) in textwrap::wrap(&terminal::line(&row.left), options).iter().enumerate() {
            if number == 0 && !row.right.is_empty() {
                let gap = " ".repeat((left_width + 2).saturating_sub(display_width(line)).max(2));
                writeln!(out, "{line}{gap}{}", terminal::line(&row.right))?;
            } else {
                writeln!(out, "{}", line.trim_end())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[(&str, &str)], width: usize) -> String {
        let row = |(left, right): &(&str, &str)| Row {
            indent: "├─ ".to_owned(),
            hanging_indent: "│    ".to_owned(),
            left: (*left).to_owned(),
            right: (*right).to_owned(),
        };
        let mut out = Vec::new();
        write_columns(&rows.iter().map(row).collect::<Vec<_>>(), width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_right_column_follows_the_longest_line_that_has_one() {
        let text = written(&[("one two", "a"), ("one", "b"), ("a line without a right column that is longer", "")], 80);
        assert_eq!(text, "├─ one two  a\n├─ one      b\n├─ a line without a right column that is longer\n");
    }

    #[test]
    fn long_lines_are_wrapped_before_the_right_column() {
        let text = written(&[("eins zwei drei vier fünf sechs sieben", "right")], 40);
        assert_eq!(text, "├─ eins zwei drei vier fünf sechs  right\n│    sieben\n");
        assert_eq!(written(&[("工場工場 工場工場 工場工場", "")], 24), "├─ 工場工場 工場工場\n│    工場工場\n");
    }
}
