//! Lines of a tree, in two columns.

use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// A line: the branches before it, the branches before what it is continued with, and its two columns.
pub(super) struct Row {
    pub(super) first: String,
    pub(super) next: String,
    pub(super) left: String,
    pub(super) right: String,
}

/// Where the right column begins at most, in columns of the terminal.
const MIDDLE: usize = 64;

/// Writes rows, the right column beginning at one place, the left one wrapped before it or, where there is no right one,
/// before the width.
pub(super) fn write(rows: &[Row], width: usize, out: &mut impl Write) -> io::Result<()> {
    let right = rows.iter().map(|row| row.right.width()).max().unwrap_or(0);
    let widest =
        rows.iter().filter(|row| !row.right.is_empty()).map(|row| (row.first.clone() + &row.left).width()).max();
    let room = width.saturating_sub(right + 2).clamp(24, MIDDLE);
    let middle = widest.unwrap_or(0).min(room) + 2;
    for row in rows {
        let room = if row.right.is_empty() { width.max(middle) } else { middle - 2 };
        let mut prefix = &row.first;
        let room_behind = |branches: &str| room.saturating_sub(branches.width()).max(12);
        let lines = wrapped(&row.left, room_behind(&row.first), room_behind(&row.next));
        for (number, line) in lines.iter().enumerate() {
            let left = format!("{prefix}{line}");
            let gap = middle.saturating_sub(left.width()).max(2);
            match number == 0 && !row.right.is_empty() {
                true => writeln!(out, "{left}{}{}", " ".repeat(gap), row.right)?,
                false => writeln!(out, "{}", left.trim_end())?,
            }
            prefix = &row.next;
        }
    }
    Ok(())
}

/// The lines of a text, the first within one width and the others within another; a word that is longer stands alone.
fn wrapped(text: &str, first: usize, others: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let width = if last == 0 { first } else { others };
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[(&str, &str)], width: usize) -> String {
        let row = |(left, right): &(&str, &str)| Row {
            first: "├─ ".to_owned(),
            next: "│    ".to_owned(),
            left: (*left).to_owned(),
            right: (*right).to_owned(),
        };
        let mut out = Vec::new();
        write(&rows.iter().map(row).collect::<Vec<_>>(), width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_right_column_stands_behind_the_longest_line_that_has_one() {
        let text =
            written(&[("one two", "a"), ("one", "b"), ("a line of its own that has nothing at its right", "")], 80);
        assert_eq!(text, "├─ one two  a\n├─ one      b\n├─ a line of its own that has nothing at its right\n");
    }

    #[test]
    fn long_lines_are_wrapped_before_the_right_column_and_go_on_below() {
        let text = written(&[("eins zwei drei vier fünf sechs sieben", "right")], 40);
        assert_eq!(text, "├─ eins zwei drei vier fünf sechs  right\n│    sieben\n");
        assert_eq!(written(&[("工場工場 工場工場 工場工場", "")], 24), "├─ 工場工場 工場工場\n│    工場工場\n");
    }
}
