//! A difference as Markdown, for the review of a pull request.

use super::told::{Detail, Item, Mark, Section, ShownRows, sections, unasked};
use super::words::Word;
use super::{Comparison, Diff};
use crate::output::{ResultsError, escape_markdown};
use std::io::Write;

/// Lists longer than this are folded.
const OPEN: usize = 10;
/// How many items of a kind are shown: GitHub takes 65,536 characters in a comment.
const SHOWN: usize = 100;

/// Writes a difference as Markdown: one line that sums it up, and then a list of each kind. Long lists are folded; of the
/// items of a kind 100 are shown, and of the rows of a query some 20.
///
/// # Errors
///
/// Those of the writer and of the stores.
pub fn diff_markdown(diff: &Diff, sides: &Comparison<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let sections = sections(diff, sides);
    let counts: Vec<String> = sections.iter().map(|section| format!("{}: {}", section.title, section.counts)).collect();
    let counts = if counts.is_empty() { "nothing differs".to_owned() } else { counts.join("; ") };
    let names = [sides.before.name, sides.after.name].map(escape_markdown);
    writeln!(out, "**{} → {}:** {counts}", names[0], names[1])?;
    for reason in unasked(diff) {
        writeln!(out, "\n> {}", escape_markdown(&reason))?;
    }
    for section in sections {
        write_section(section, out)?;
    }
    Ok(())
}

fn write_section(section: Section<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let Section { title, counts, len, items } = section;
    writeln!(out, "\n### {}{}\n", title[..1].to_uppercase(), &title[1..])?;
    let folded = len > OPEN;
    if folded {
        writeln!(out, "<details>\n<summary>{counts}</summary>\n")?;
    }
    for one in items.take(SHOWN) {
        item(&one?, out)?;
    }
    if len > SHOWN {
        writeln!(out, "- and {} more", len - SHOWN)?;
    }
    if folded {
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

fn item(item: &Item, out: &mut impl Write) -> Result<(), ResultsError> {
    let Item { mark, title, about, details, rows } = item;
    write!(out, "- {} **{}**", sign(*mark), one_line(title))?;
    if !about.is_empty() {
        write!(out, " — {}", one_line(about))?;
    }
    writeln!(out)?;
    for detail in details {
        writeln!(out, "  - {}", line(detail))?;
    }
    if let Some(ShownRows { columns, rows, more }) = rows {
        let row = |sign: &str, cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| escape_markdown(cell)).collect();
            format!("  | {sign} | {} |", cells.join(" | "))
        };
        writeln!(out, "\n{}\n  | --- |{}", row("", columns), " --- |".repeat(columns.len()))?;
        for (mark, cells) in rows {
            writeln!(out, "{}", row(sign(*mark), cells))?;
        }
        if *more > 0 {
            writeln!(out, "\n  and {more} more")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn line(detail: &Detail) -> String {
    let Detail { mark, label, words, link } = detail;
    // What changed in words is marked in them.
    let mark = mark.filter(|mark| *mark != Mark::Changed);
    let mut line = mark.map(|mark| format!("{} ", sign(mark))).unwrap_or_default();
    if !label.is_empty() {
        line.push_str(&one_line(label));
        line.push_str(": ");
    }
    for word in words {
        match word {
            Word::Same(text) => line.push_str(&one_line(text)),
            Word::Lost(text) => line.push_str(&around(text, "<del>", "</del>")),
            Word::Gained(text) => line.push_str(&around(text, "<ins>", "</ins>")),
        }
    }
    if let Some(link) = link {
        line.extend([" ([read](<", link, ">))"]);
    }
    line
}

/// Words in an element of HTML, which holds wherever the words begin and end.
fn around(text: &str, open: &str, close: &str) -> String {
    format!("{open}{}{close}", one_line(text))
}

fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "➕",
        Mark::Removed => "➖",
        Mark::Changed => "✏️",
    }
}

/// A text in which nothing is taken for Markdown, on one line.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    escape_markdown(&spaced)
}
