//! A diff as Markdown, for pull requests.

use super::items::{Item, Section, ShownRows, sections};
use super::lines::DiffLine;
use super::text::skipped_notes;
use super::words::Word;
use super::{ChangeKind, Comparison, Diff};
use crate::escape::markdown;
use crate::output::OutputError;
use std::io::Write;

/// Longer sections are folded.
const MAX_UNFOLDED: usize = 10;
/// The maximum number of items of a section. GitHub comments have at most 65,536 characters.
const MAX_ITEMS: usize = 100;

/// Writes a diff as Markdown: the counts in one line, and a list for each section. Long lists are folded; at most 100 items of
/// a section and some 20 rows of each query are shown.
///
/// # Errors
///
/// Returns an error if a store cannot be read or the output cannot be written.
pub fn diff_markdown(diff: &Diff, comparison: &Comparison<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let sections = sections(diff, comparison);
    let counts: Vec<String> = sections.iter().map(|section| format!("{}: {}", section.title, section.counts)).collect();
    let counts = if counts.is_empty() { "no differences".to_owned() } else { counts.join("; ") };
    let [before, after] = [comparison.before.name, comparison.after.name].map(markdown::text);
    writeln!(out, "**{before} → {after}:** {counts}")?;
    for note in skipped_notes(diff) {
        writeln!(out, "\n> {}", markdown::text(&note))?;
    }
    for section in sections {
        write_section(section, out)?;
    }
    Ok(())
}

fn write_section(section: Section<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let Section { title, counts, length, items } = section;
    writeln!(out, "\n### {}{}\n", title[..1].to_uppercase(), &title[1..])?;
    let is_folded = length > MAX_UNFOLDED;
    if is_folded {
        writeln!(out, "<details>\n<summary>{counts}</summary>\n")?;
    }
    for item in items.take(MAX_ITEMS) {
        write_item(&item?, out)?;
    }
    if length > MAX_ITEMS {
        writeln!(out, "- and {} more", length - MAX_ITEMS)?;
    }
    if is_folded {
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

fn write_item(item: &Item, out: &mut impl Write) -> Result<(), OutputError> {
    let Item { kind, title, subtitle, lines, rows } = item;
    let dash = if subtitle.is_empty() { "" } else { " — " };
    let (title, subtitle) = (markdown::line(title), markdown::line(subtitle));
    writeln!(out, "- {} **{title}**{dash}{subtitle}", sign(*kind))?;
    for line in lines {
        writeln!(out, "  - {}", line_text(line))?;
    }
    if let Some(ShownRows { columns, rows, omitted }) = rows {
        let row = |sign: &str, cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| markdown::text(cell)).collect();
            format!("  | {sign} | {} |", cells.join(" | "))
        };
        writeln!(out, "\n{}\n  | --- |{}", row("", columns), " --- |".repeat(columns.len()))?;
        for (kind, cells) in rows {
            writeln!(out, "{}", row(sign(*kind), cells))?;
        }
        if *omitted > 0 {
            writeln!(out, "\n  and {omitted} more")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn line_text(DiffLine { kind, words, link }: &DiffLine) -> String {
    // The changed words are marked.
    let kind = kind.filter(|kind| *kind != ChangeKind::Changed);
    let mut line = kind.map(|kind| format!("{} ", sign(kind))).unwrap_or_default();
    for word in words {
        match word {
            Word::Same(text) => line.push_str(&markdown::line(text)),
            Word::Removed(text) => line.extend(["<del>", &markdown::line(text), "</del>"]),
            Word::Added(text) => line.extend(["<ins>", &markdown::line(text), "</ins>"]),
        }
    }
    if let Some(link) = link {
        line.extend([" (", &markdown::link("read", link), ")"]);
    }
    line
}

fn sign(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "➕",
        ChangeKind::Removed => "➖",
        ChangeKind::Changed => "✏️",
    }
}
