//! Disagreements as Markdown: a table each.

use super::Disagreement;
use super::told::{Told, ToldSide};
use crate::output::{ResultsError, StatementText};
use std::io::Write;

/// Writes disagreements as Markdown: a heading and a table each, a column a side. Only tables of sides, as GitHub has them.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn disagreements_markdown(
    disagreements: &[Disagreement],
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    for disagreement in disagreements {
        let told = Told::new(disagreement, text)?;
        writeln!(out, "## {}\n\n{}\n", escaped(&told.heading), escaped(&told.reason))?;
        row(told.sides.iter().map(|side| escaped(&side.says)), out)?;
        row(told.sides.iter().map(|_| "---".to_owned()), out)?;
        row(told.sides.iter().map(statements), out)?;
        row(told.sides.iter().map(|side| format!("rests on {}", side.rests_on)), out)?;
        if told.sides.iter().any(|side| !side.inferred.is_empty()) {
            row(told.sides.iter().map(inferred), out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn row(cells: impl Iterator<Item = String>, out: &mut impl Write) -> Result<(), ResultsError> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    writeln!(out)?;
    Ok(())
}

fn statements(side: &ToldSide) -> String {
    let mut lines = Vec::new();
    for statement in &side.statements {
        lines.extend(statement.lines.iter().map(|line| escaped(line)));
        for evidence in &statement.evidence {
            lines.extend(evidence.quote.as_ref().map(|quote| escaped(quote)));
            let place = escaped(&evidence.place);
            lines.push(evidence.link.as_ref().map_or(place.clone(), |link| format!("[{place}](<{link}>)")));
            lines.extend(evidence.note.as_ref().map(|note| format!("note: {}", escaped(note))));
        }
    }
    lines.join("<br>")
}

fn inferred(side: &ToldSide) -> String {
    match &side.inferred[..] {
        [] => String::new(),
        sentences => {
            let sentences: Vec<String> = sentences.iter().map(|sentence| escaped(sentence)).collect();
            format!("inferred from it:<br>{}", sentences.join("<br>"))
        }
    }
}

/// A text in which nothing is taken for Markdown or HTML, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => escaped.extend(['\\', c]),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_taken_for_markdown() {
        assert_eq!(escaped("a|b <c> *d*\n[e]"), "a\\|b &lt;c> \\*d\\* \\[e\\]");
    }
}
