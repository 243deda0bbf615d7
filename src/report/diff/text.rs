//! A difference for people: what there is of each kind, and then all of it.

use super::told::{Detail, Item, Mark, ShownRows, sections, statement, unasked};
use super::words::Word;
use super::{Comparison, Diff, StatementChange};
use crate::output::ResultsError;
use std::io::Write;

/// Writes a difference for people: `+` is what came, `-` what went, and `~` what changed, with the words that went in `[-…-]`
/// and those that came in `{+…+}`. Of the rows of a query some 20 are shown.
///
/// # Errors
///
/// Those of the writer and of the stores.
///
/// ```
/// use factloom::output::StatementText;
/// use factloom::report::{Diff, ComparedGraph, Comparison, diff_text};
/// use factloom::store::Labels;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, "en");
/// let text = StatementText::new(&store, &labels);
/// let side = |name| ComparedGraph { name, store: &store, text: &text };
/// let mut out = Vec::new();
/// diff_text(&Diff::new(&store, &store)?, &Comparison { before: side("main"), after: side("HEAD") }, &mut out)?;
/// assert_eq!(String::from_utf8(out)?, "main → HEAD: nothing differs\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diff_text(diff: &Diff, sides: &Comparison<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let sections = sections(diff, sides);
    let nothing = if sections.is_empty() { ": nothing differs" } else { "" };
    writeln!(out, "{} → {}{nothing}", sides.before.name, sides.after.name)?;
    let width = sections.iter().map(|section| section.title.len()).max().unwrap_or(0);
    for section in &sections {
        writeln!(out, "  {:width$}  {}", section.title, section.counts)?;
    }
    for reason in unasked(diff) {
        writeln!(out, "  note: {}", plain(&reason))?;
    }
    for section in sections {
        writeln!(out, "\n{}\n", section.title)?;
        for one in section.items {
            item(&one?, out)?;
        }
    }
    Ok(())
}

/// Writes for people what became of one statement, as [`diff_text`] does.
///
/// # Errors
///
/// Those of the writer and of the stores.
pub fn change_text(change: &StatementChange, sides: &Comparison<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    item(&statement(change, sides)?, out)
}

fn item(item: &Item, out: &mut impl Write) -> Result<(), ResultsError> {
    let Item { mark, title, about, details, rows } = item;
    writeln!(out, "{} {}", sign(Some(*mark)), plain(title))?;
    if !about.is_empty() {
        writeln!(out, "    {}", plain(about))?;
    }
    for detail in details {
        writeln!(out, "    {}", line(detail))?;
    }
    if let Some(ShownRows { columns, rows, more }) = rows {
        writeln!(out, "      {}", plain(&columns.join(" | ")))?;
        for (mark, cells) in rows {
            writeln!(out, "    {} {}", sign(Some(*mark)), plain(&cells.join(" | ")))?;
        }
        if *more > 0 {
            writeln!(out, "      and {more} more")?;
        }
    }
    Ok(())
}

fn line(detail: &Detail) -> String {
    let Detail { mark, label, words, link: _ } = detail;
    let mut line = mark.map(|mark| format!("{} ", sign(Some(mark)))).unwrap_or_default();
    if !label.is_empty() {
        line.push_str(&plain(label));
        line.push_str(": ");
    }
    for word in words {
        match word {
            Word::Same(text) => line.push_str(&plain(text)),
            Word::Lost(text) => line.extend(["[-", &plain(text), "-]"]),
            Word::Gained(text) => line.extend(["{+", &plain(text), "+}"]),
        }
    }
    line
}

fn sign(mark: Option<Mark>) -> char {
    match mark {
        Some(Mark::Added) => '+',
        Some(Mark::Removed) => '-',
        Some(Mark::Changed) => '~',
        None => ' ',
    }
}

/// A text on one line that does not speak to the terminal.
fn plain(text: &str) -> String {
    let one_line = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    one_line.filter(|c| !c.is_control()).collect()
}
