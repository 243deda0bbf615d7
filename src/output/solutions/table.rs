//! Tables with box-drawing characters or in Markdown. The first rows decide the layout; further rows are written as they
//! come.

use super::term_display::is_number;
use super::{LAYOUT_ROWS, TermDisplay};
use crate::escape::{markdown, terminal};
use crate::output::OutputError;
use oxigraph::model::Variable;
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::borrow::Cow;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Borders {
    Box,
    Markdown,
}

struct Column {
    width: usize,
    /// Whether it contains only numbers, which are aligned right.
    is_numeric: bool,
    /// Whether longer cells are wrapped. Otherwise they make their line longer.
    wraps: bool,
}

struct Table<'a> {
    borders: Borders,
    variables: &'a [Variable],
    columns: Vec<Column>,
    display: &'a TermDisplay<'a>,
}

pub(super) fn write_table(
    mut solutions: QuerySolutionIter<'_>,
    borders: Borders,
    display: &TermDisplay<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let variables = solutions.variables().to_vec();
    let first = solutions.by_ref().take(LAYOUT_ROWS).collect::<Result<Vec<_>, _>>()?;
    let (table, rows) = Table::new(borders, &variables, &first, display)?;
    drop(first);
    table.write_header(out)?;
    for row in rows {
        table.write_row(&row, out)?;
    }
    for solution in solutions {
        table.write_row(&table.cells(&solution?)?, out)?;
    }
    if borders == Borders::Box {
        table.write_rule(["└", "─", "┴", "┘"], out)?;
    }
    Ok(())
}

impl<'a> Table<'a> {
    /// The table, and the cells of the first rows.
    fn new(
        borders: Borders,
        variables: &'a [Variable],
        first: &[QuerySolution],
        display: &'a TermDisplay<'a>,
    ) -> Result<(Self, Vec<Vec<String>>), OutputError> {
        let mut table = Self { borders, variables, columns: Vec::with_capacity(variables.len()), display };
        let rows = first.iter().map(|solution| table.cells(solution)).collect::<Result<Vec<_>, _>>()?;
        for (column, variable) in variables.iter().enumerate() {
            let width = rows.iter().map(|row| width(&row[column])).max().unwrap_or(0).max(width(variable.as_str()));
            let mut values = first.iter().filter_map(|solution| solution.get(variable)).peekable();
            let is_numeric = values.peek().is_some() && values.all(is_number);
            table.columns.push(Column { width, is_numeric, wraps: false });
        }
        if let (Borders::Box, Some(limit)) = (borders, display.width) {
            table.fit(usize::from(limit));
        }
        Ok((table, rows))
    }

    /// Fits the columns into a width: narrow columns keep theirs, and the others share the rest.
    fn fit(&mut self, limit: usize) {
        // Each column needs a border and two spaces, and the table a last border.
        let mut left = limit.saturating_sub(3 * self.columns.len() + 1);
        let mut columns: Vec<&mut Column> = self.columns.iter_mut().collect();
        columns.sort_by_key(|column| column.width);
        let mut sharing = columns.len();
        for column in columns {
            let width = column.width.min((left / sharing).max(1));
            // A wrapped number reads as two. If its column was wide enough for the first rows, the line may be longer.
            column.wraps = !column.is_numeric || width < column.width;
            column.width = width;
            left = left.saturating_sub(column.width);
            sharing -= 1;
        }
    }

    fn cells(&self, solution: &QuerySolution) -> Result<Vec<String>, OutputError> {
        let cell = |variable| {
            let text = solution.get(variable).map(|term| self.display.cell(term)).transpose()?.unwrap_or_default();
            Ok(match self.borders {
                Borders::Box => terminal::text(&text).into_owned(),
                Borders::Markdown => markdown::text(&text),
            })
        };
        self.variables.iter().map(cell).collect()
    }

    fn write_header(&self, out: &mut impl Write) -> io::Result<()> {
        let names: Vec<String> = self.variables.iter().map(|variable| variable.as_str().to_owned()).collect();
        match self.borders {
            Borders::Box => {
                self.write_rule(["┌", "─", "┬", "┐"], out)?;
                self.write_row(&names, out)?;
                self.write_rule(["╞", "═", "╪", "╡"], out)
            }
            Borders::Markdown => {
                self.write_row(&names, out)?;
                for column in &self.columns {
                    let end = if column.is_numeric { ":" } else { "-" };
                    write!(out, "|{}{end}", "-".repeat(column.width + 1))?;
                }
                writeln!(out, "|")
            }
        }
    }

    fn write_rule(&self, [left, line, between, right]: [&str; 4], out: &mut impl Write) -> io::Result<()> {
        let lines: Vec<String> = self.columns.iter().map(|column| line.repeat(column.width + 2)).collect();
        writeln!(out, "{left}{}{right}", lines.join(between))
    }

    /// Writes a row, in as many lines as its longest cell needs.
    fn write_row(&self, cells: &[String], out: &mut impl Write) -> io::Result<()> {
        let (edge, between) = if self.borders == Borders::Box { ("│", "┆") } else { ("|", "|") };
        let wrapped: Vec<Vec<Cow<'_, str>>> =
            self.columns.iter().zip(cells).map(|(column, cell)| column.lines(cell)).collect();
        for line in 0..wrapped.iter().map(Vec::len).max().unwrap_or(1) {
            for (number, (column, lines)) in self.columns.iter().zip(&wrapped).enumerate() {
                let text = lines.get(line).map_or("", |text| text);
                let padding = " ".repeat(column.width.saturating_sub(text.width()));
                let (before, after) = if column.is_numeric { (&*padding, "") } else { ("", &*padding) };
                write!(out, "{} {before}{text}{after} ", if number == 0 { edge } else { between })?;
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
