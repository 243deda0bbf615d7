//! A diff as text.

use super::items::{Item, ShownRows, query_title, sections, statement_item};
use super::lines::DiffLine;
use super::words::Word;
use super::{ChangeKind, Comparison, Diff, StatementChange};
use crate::escape::terminal;
use crate::output::OutputError;
use std::io::Write;

/// Writes a diff as text: the counts, and then all changes. `+` marks what was added, `-` what was removed and `~` what
/// changed, with removed words in `[-…-]` and added words in `{+…+}`. Some 20 rows of each query are shown.
///
/// # Errors
///
/// Returns an error if a store cannot be read or the output cannot be written.
///
/// ```
/// use factloom::output::StatementText;
/// use factloom::report::{ComparedGraph, Comparison, Diff, diff_text};
/// use factloom::store::Labels;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, "en");
/// let text = StatementText::new(&store, &labels);
/// let graph = |name| ComparedGraph { name, text: &text };
/// let comparison = Comparison { before: graph("main"), after: graph("HEAD") };
/// let mut out = Vec::new();
/// diff_text(&Diff::new(&store, &store)?, &comparison, &mut out)?;
/// assert_eq!(String::from_utf8(out)?, "main → HEAD: no differences\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diff_text(diff: &Diff, comparison: &Comparison<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let sections = sections(diff, comparison);
    let no_differences = if sections.is_empty() { ": no differences" } else { "" };
    writeln!(out, "{} → {}{no_differences}", comparison.before.name, comparison.after.name)?;
    let width = sections.iter().map(|section| section.title.len()).max().unwrap_or(0);
    for section in &sections {
        writeln!(out, "  {:width$}  {}", section.title, section.counts)?;
    }
    for note in skipped_notes(diff) {
        writeln!(out, "  note: {}", terminal::line(&note))?;
    }
    for section in sections {
        writeln!(out, "\n{}\n", section.title)?;
        for item in section.items {
            write_item(&item?, out)?;
        }
    }
    Ok(())
}

/// Writes a changed statement as [`diff_text`] does.
///
/// # Errors
///
/// Returns an error if a store cannot be read or the output cannot be written.
pub fn change_text(
    change: &StatementChange,
    comparison: &Comparison<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    write_item(&statement_item(change, comparison)?, out)
}

/// A note for each query that fails on both graphs.
pub(super) fn skipped_notes(diff: &Diff) -> impl Iterator<Item = String> + '_ {
    diff.skipped_queries.iter().map(|skipped| {
        format!("{} cannot be run: {}", query_title(&skipped.name, skipped.case.as_deref()), skipped.reason)
    })
}

fn write_item(item: &Item, out: &mut impl Write) -> Result<(), OutputError> {
    let Item { kind, title, subtitle, lines, rows } = item;
    writeln!(out, "{} {}", sign(*kind), terminal::line(title))?;
    if !subtitle.is_empty() {
        writeln!(out, "    {}", terminal::line(subtitle))?;
    }
    for line in lines {
        writeln!(out, "    {}", line_text(line))?;
    }
    if let Some(ShownRows { columns, rows, omitted }) = rows {
        writeln!(out, "      {}", terminal::line(&columns.join(" | ")))?;
        for (kind, cells) in rows {
            writeln!(out, "    {} {}", sign(*kind), terminal::line(&cells.join(" | ")))?;
        }
        if *omitted > 0 {
            writeln!(out, "      and {omitted} more")?;
        }
    }
    Ok(())
}

fn line_text(DiffLine { kind, words, link: _ }: &DiffLine) -> String {
    let mut line = kind.map(|kind| format!("{} ", sign(kind))).unwrap_or_default();
    for word in words {
        match word {
            Word::Same(text) => line.push_str(&terminal::line(text)),
            Word::Removed(text) => line.extend(["[-", &terminal::line(text), "-]"]),
            Word::Added(text) => line.extend(["{+", &terminal::line(text), "+}"]),
        }
    }
    line
}

fn sign(kind: ChangeKind) -> char {
    match kind {
        ChangeKind::Added => '+',
        ChangeKind::Removed => '-',
        ChangeKind::Changed => '~',
    }
}
