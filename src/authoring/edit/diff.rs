//! The difference that edits make, line by line.

use super::{TextEdit, apply};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;

/// How many lines are shown before and after a change.
const CONTEXT: usize = 2;

/// The most lines that are compared with each other, which takes quadratic time.
const MAX_COMPARED: usize = 500;

/// The edits of a file. A new file has an empty text.
#[derive(Clone, Debug)]
pub(in crate::authoring) struct FileEdit<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub edits: &'a [TextEdit],
}

/// The difference in the unified format, with a few lines around each change. Linear in the text and the edits.
pub(in crate::authoring) fn unified_diff(file: &FileEdit<'_>) -> String {
    let FileEdit { name, text, edits } = *file;
    let mut edits: Vec<&TextEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.range.start);
    let starts: Vec<usize> = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let start_of = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    let line_of = |byte: usize| starts.partition_point(|start| *start <= byte) - 1;
    // Ranges of lines with the edits in them.
    let mut hunks: Vec<(std::ops::Range<usize>, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let from = line_of(edit.range.start).saturating_sub(CONTEXT);
        let to = (line_of(edit.range.end) + 1 + CONTEXT).min(starts.len());
        match hunks.last_mut() {
            Some((lines, edits)) if from <= lines.end => {
                lines.end = lines.end.max(to);
                edits.push(edit.clone());
            }
            _ => hunks.push((from..to, vec![edit.clone()])),
        }
    }
    let old_name = if text.is_empty() { "/dev/null" } else { name };
    let mut diff = format!("--- {old_name}\n+++ {name}\n");
    let mut added = 0_i64;
    for (lines, mut edits) in hunks {
        let bytes = start_of(lines.start)..start_of(lines.end);
        for edit in &mut edits {
            edit.range = edit.range.start - bytes.start..edit.range.end - bytes.start;
        }
        let before = &text[bytes];
        let after = apply(before, &edits);
        let (old, new) = (before.lines().count(), after.lines().count());
        let old_start = if old == 0 { 0 } else { lines.start + 1 };
        let new_start = lines.start as i64 + added + 1;
        // Writing to a string cannot fail.
        let _ = writeln!(diff, "@@ -{old_start},{old} +{new_start},{new} @@");
        for (sign, line) in changes(before, &after) {
            let _ = writeln!(diff, "{sign}{line}");
        }
        added += new as i64 - old as i64;
    }
    diff
}

/// The lines of two texts, each with a sign: a space, `-` or `+`. In long texts, only the lines at the start and at the end are compared.
fn changes<'a>(before: &'a str, after: &'a str) -> Vec<(char, &'a str)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if old.len() + new.len() <= MAX_COMPARED {
        let sign = |tag| match tag {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        return TextDiff::from_slices(&old, &new)
            .iter_all_changes()
            .map(|one| (sign(one.tag()), one.value()))
            .collect();
    }
    let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let signed = |sign: char, lines: &[&'a str]| lines.iter().map(|line| (sign, *line)).collect::<Vec<_>>();
    [
        signed(' ', &old[..start]),
        signed('-', &old[start..old.len() - end]),
        signed('+', &new[start..new.len() - end]),
        signed(' ', &old[old.len() - end..]),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_shown_with_the_lines_around_it() {
        let lines: Vec<String> = (1..=20).map(|number| format!("line {number}\n")).collect();
        let text = lines.concat();
        let at = |line: &str| text.find(line).unwrap();
        let edits = [
            TextEdit { range: at("line 3\n")..at("line 4\n"), text: "three\nand more\n".to_owned() },
            TextEdit::insert(at("line 20\n"), "inserted\n"),
        ];
        let diff = unified_diff(&FileEdit { name: "a.json", text: &text, edits: &edits });
        let expected = "--- a.json\n+++ a.json\n@@ -1,6 +1,7 @@\n line 1\n line 2\n-line 3\n+three\n+and more\n line 4\n line 5\n line 6\n\
            @@ -18,3 +19,4 @@\n line 18\n line 19\n+inserted\n line 20\n";
        assert_eq!(diff, expected);
    }

    #[test]
    fn long_texts_have_the_same_lines_before_and_after_the_difference() {
        let added: Vec<String> = (0..1_000).map(|number| format!("new {number}")).collect();
        let after = format!("a\nb,\n{}\nc\n", added.join("\n"));
        let found = changes("a\nb\nc\n", &after);
        assert_eq!(found[..3], [(' ', "a"), ('-', "b"), ('+', "b,")]);
        assert_eq!((found.len(), found.last()), (1_004, Some(&(' ', "c"))));
    }

    #[test]
    fn a_new_file_is_all_new() {
        let edits = [TextEdit::insert(0, "a\nb\n")];
        let diff = unified_diff(&FileEdit { name: "new", text: "", edits: &edits });
        assert_eq!(diff, "--- /dev/null\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    }
}
