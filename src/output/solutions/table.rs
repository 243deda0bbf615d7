//! Tables, in boxes and in Markdown: laid out by their first rows, and written as rows come.

use super::term_display::{escape_markdown, is_number, printable};
use super::{ResultsError, TermDisplay};
use oxigraph::model::Variable;
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::borrow::Cow;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// So many rows decide how wide columns are, and which of them hold numbers.
const LAID_OUT: usize = 1000;

/// How the lines of a table look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Box,
    Markdown,
}

struct Column {
    width: usize,
    /// Whether it holds numbers and nothing else.
    numbers: bool,
    /// Whether longer cells are wrapped; otherwise they make their line longer.
    wraps: bool,
}

struct Table<'a> {
    style: Style,
    variables: &'a [Variable],
    columns: Vec<Column>,
    reading: &'a TermDisplay<'a>,
}

/// Writes rows as they come, once the first of them have laid the table out.
pub(super) fn write(
    mut solutions: QuerySolutionIter<'_>,
    style: Style,
    reading: &TermDisplay<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let variables = solutions.variables().to_vec();
    let first = solutions.by_ref().take(LAID_OUT).collect::<Result<Vec<_>, _>>()?;
    let (table, rows) = Table::laid_out(style, &variables, &first, reading)?;
    drop(first);
    table.head(out)?;
    for row in rows {
        table.row(&row, out)?;
    }
    for solution in solutions {
        table.row(&table.cells(&solution?)?, out)?;
    }
    table.foot(out)?;
    Ok(())
}

impl<'a> Table<'a> {
    /// The table, and the cells of the rows by which it is laid out.
    fn laid_out(
        style: Style,
        variables: &'a [Variable],
        first: &[QuerySolution],
        reading: &'a TermDisplay<'a>,
    ) -> Result<(Self, Vec<Vec<String>>), ResultsError> {
        let mut table = Self { style, variables, columns: Vec::with_capacity(variables.len()), reading };
        let rows = first.iter().map(|solution| table.cells(solution)).collect::<Result<Vec<_>, _>>()?;
        for (at, variable) in variables.iter().enumerate() {
            let width = rows.iter().map(|row| width(&row[at])).max().unwrap_or(0).max(width(variable.as_str()));
            let mut values = first.iter().filter_map(|solution| solution.get(variable)).peekable();
            let numbers = values.peek().is_some() && values.all(is_number);
            table.columns.push(Column { width, numbers, wraps: false });
        }
        if let (Style::Box, Some(limit)) = (style, reading.width) {
            table.fit(usize::from(limit));
        }
        Ok((table, rows))
    }

    /// Keeps the lines within a width: narrow columns stay as they are, and the others share what is left.
    fn fit(&mut self, limit: usize) {
        // A bar and two spaces for each column, and the last bar.
        let mut left = limit.saturating_sub(3 * self.columns.len() + 1);
        let mut columns: Vec<&mut Column> = self.columns.iter_mut().collect();
        columns.sort_by_key(|column| column.width);
        let mut sharing = columns.len();
        for column in columns {
            let width = column.width.min((left / sharing).max(1));
            // A number in two lines is read as another. Where its column was wide enough so far, its line may be longer.
            column.wraps = !column.numbers || width < column.width;
            column.width = width;
            left = left.saturating_sub(column.width);
            sharing -= 1;
        }
    }

    fn cells(&self, solution: &QuerySolution) -> Result<Vec<String>, ResultsError> {
        let cell = |variable| {
            let read = solution.get(variable).map(|term| self.reading.cell(term)).transpose()?.unwrap_or_default();
            Ok(match self.style {
                Style::Box => printable(&read),
                Style::Markdown => escape_markdown(&read),
            })
        };
        self.variables.iter().map(cell).collect()
    }

    fn head(&self, out: &mut impl Write) -> io::Result<()> {
        let names: Vec<String> = self.variables.iter().map(|variable| variable.as_str().to_owned()).collect();
        match self.style {
            Style::Box => {
                self.rule(["┌", "─", "┬", "┐"], out)?;
                self.row(&names, out)?;
                self.rule(["╞", "═", "╪", "╡"], out)
            }
            Style::Markdown => {
                self.row(&names, out)?;
                for column in &self.columns {
                    let end = if column.numbers { ":" } else { "-" };
                    write!(out, "|{}{end}", "-".repeat(column.width + 1))?;
                }
                writeln!(out, "|")
            }
        }
    }

    fn foot(&self, out: &mut impl Write) -> io::Result<()> {
        if self.style == Style::Box { self.rule(["└", "─", "┴", "┘"], out) } else { Ok(()) }
    }

    fn rule(&self, [left, line, between, right]: [&str; 4], out: &mut impl Write) -> io::Result<()> {
        let lines: Vec<String> = self.columns.iter().map(|column| line.repeat(column.width + 2)).collect();
        writeln!(out, "{left}{}{right}", lines.join(between))
    }

    /// Writes the cells of a row, in as many lines as the longest of them needs.
    fn row(&self, cells: &[String], out: &mut impl Write) -> io::Result<()> {
        let (edge, between) = if self.style == Style::Box { ("│", "┆") } else { ("|", "|") };
        let wrapped: Vec<Vec<Cow<'_, str>>> =
            self.columns.iter().zip(cells).map(|(column, cell)| column.lines(cell)).collect();
        for at in 0..wrapped.iter().map(Vec::len).max().unwrap_or(1) {
            for (number, (column, lines)) in self.columns.iter().zip(&wrapped).enumerate() {
                let text = lines.get(at).map_or("", |line| line);
                let padding = " ".repeat(column.width.saturating_sub(text.width()));
                let (before, behind) = if column.numbers { (&*padding, "") } else { ("", &*padding) };
                write!(out, "{} {before}{text}{behind} ", if number == 0 { edge } else { between })?;
            }
            writeln!(out, "{edge}")?;
        }
        Ok(())
    }
}

impl Column {
    fn lines<'a>(&self, cell: &'a str) -> Vec<Cow<'a, str>> {
        match self.wraps && width(cell) > self.width {
            true => textwrap::wrap(cell, self.width),
            false => cell.split('\n').map(Cow::Borrowed).collect(),
        }
    }
}

/// The width of the longest line, in columns.
fn width(cell: &str) -> usize {
    cell.split('\n').map(UnicodeWidthStr::width).max().unwrap_or(0)
}
