//! Conflicts as tables with box-drawing characters.

use super::SourceConflict;
use super::view::{CellLine, View};
use crate::escape::terminal;
use crate::output::{OutputError, StatementText};
use comfy_table::{ContentArrangement, Table, presets};
use itertools::Itertools;
use std::collections::HashMap;
use std::io::Write;

/// The minimum width of a side in columns.
const MIN_WIDTH: usize = 32;

/// Writes conflicts as tables of at most `width` columns, with the sides next to each other and the links below.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
///
/// ```
/// use factloom::output::StatementText;
/// use factloom::report::{conflicts_text, source_conflicts};
/// use factloom::store::Labels;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let mut out = Vec::new();
/// conflicts_text(&source_conflicts(&store)?, &StatementText::new(&store, &labels), 100, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("Russia continues Soviet Union"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn conflicts_text(
    conflicts: &[SourceConflict],
    text: &StatementText<'_>,
    width: usize,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    for conflict in conflicts {
        let View { heading, reason, sides } = View::new(conflict, text)?;
        writeln!(out, "{}\n{}", terminal::line(&heading), terminal::line(&reason))?;
        let mut links = HashMap::new();
        let tables = sides.len().div_ceil((width / MIN_WIDTH).max(2)).max(1);
        for sides in sides.chunks(sides.len().div_ceil(tables).max(1)) {
            let mut table = Table::new();
            table.load_preset(presets::UTF8_FULL);
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
            table.set_header(sides.iter().map(|side| terminal::text(&side.label).into_owned()));
            for row in 0..3 {
                if sides.iter().any(|side| !side.cells[row].is_empty()) {
                    table.add_row(sides.iter().map(|side| cell(&side.cells[row], &mut links)));
                }
            }
            writeln!(out, "{}", table.trim_fmt())?;
        }
        for (link, number) in links.into_iter().sorted_by_key(|(_, number)| *number) {
            writeln!(out, "[{number}] {}", terminal::line(&link))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The lines of a cell, with numbers in place of links.
fn cell(lines: &[CellLine], links: &mut HashMap<String, usize>) -> String {
    let line = |CellLine { text, link }: &CellLine| match link {
        None => text.clone(),
        Some(link) => {
            let next = links.len() + 1;
            format!("{text} [{}]", links.entry(link.clone()).or_insert(next))
        }
    };
    terminal::text(&lines.iter().map(line).join("\n")).into_owned()
}
