//! The legend, notes and footnotes below a graph, as its HTML-like label.
//!
//! They are not a cluster, since Graphviz would place it amid the graph, and count the legend's symbols as nodes and edges.

use super::super::colour::Colour;
use super::super::layout::Outline;
use super::super::render_style::{RenderStyle, Stroke};
use super::super::{Diagram, Footnote, LegendEntry, LegendSymbol};
use super::html::block;
use std::fmt::Write as _;

/// The attributes of the graph that the footer replaces.
pub(super) const ATTRIBUTES: [&str; 3] = ["label", "labeljust", "labelloc"];

/// The number of legend entries in a row.
const ENTRIES_PER_ROW: usize = 6;

/// The greatest number of characters in a line of the legend, and of a note.
const LEGEND_WIDTH: usize = 30;
const NOTE_WIDTH: usize = 84;

const TABLE: &str = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">";

/// The label of the graph of a diagram with a footer, including its delimiters.
pub(super) fn label(diagram: &Diagram) -> String {
    let caption = block(diagram.caption(), NOTE_WIDTH);
    let mut rows = vec![format!("<FONT POINT-SIZE=\"13\"><B>{caption}</B></FONT>")];
    if !diagram.legend.is_empty() {
        rows.push(legend(&diagram.legend));
    }
    if !diagram.footnotes.is_empty() {
        rows.push(footnotes(&diagram.footnotes));
    }
    rows.extend(diagram.notes.iter().map(|note| block(note, NOTE_WIDTH)));
    let rows = rows.iter().map(|row| format!("<TR><TD ALIGN=\"LEFT\" BALIGN=\"LEFT\">{row}</TD></TR>"));
    format!("<{TABLE}{}</TABLE>>", rows.collect::<Vec<_>>().concat())
}

fn legend(entries: &[LegendEntry]) -> String {
    let mut table = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"4\" CELLPADDING=\"2\">".to_owned();
    for symbol in [LegendSymbol::Node, LegendSymbol::Edge] {
        let cells: Vec<String> = entries.iter().filter(|entry| entry.symbol == symbol).map(legend_entry).collect();
        for row in cells.chunks(ENTRIES_PER_ROW) {
            let _ = write!(table, "<TR>{}</TR>", row.concat());
        }
    }
    table + "</TABLE>"
}

fn legend_entry(entry: &LegendEntry) -> String {
    let style = RenderStyle::new(&entry.attributes);
    let line = colour(&style.line);
    let symbol = match entry.symbol {
        LegendSymbol::Node => {
            let rounded = style.rounded || Outline::of(&entry.attributes) == Outline::Ellipse;
            let rounded = if rounded { " STYLE=\"ROUNDED\"" } else { "" };
            let fill = style.fill.as_ref().map_or_else(String::new, |fill| format!(" BGCOLOR=\"{}\"", colour(fill)));
            format!(
                "<TD FIXEDSIZE=\"TRUE\" CELLPADDING=\"0\" WIDTH=\"30\" HEIGHT=\"16\" BORDER=\"{}\" \
                 COLOR=\"{line}\"{fill}{rounded}></TD>",
                u8::from(style.bordered)
            )
        }
        // HTML-like labels have no lines. The lower border of the first of two cells is in the middle of the row.
        LegendSymbol::Edge => {
            let stroke = match style.stroke {
                Stroke::Solid => "solid",
                Stroke::Dashed => "dashed",
                Stroke::Dotted => "dotted",
            };
            let width = style.line_width.clamp(1.0, 4.0).round();
            format!(
                "<TD CELLPADDING=\"0\"><TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR><TD \
                 WIDTH=\"30\" HEIGHT=\"7\" BORDER=\"{width}\" SIDES=\"B\" STYLE=\"{stroke}\" COLOR=\"{line}\"></TD></TR>\
                 <TR><TD HEIGHT=\"7\"></TD></TR></TABLE></TD>"
            )
        }
    };
    format!("{symbol}<TD ALIGN=\"LEFT\" BALIGN=\"LEFT\">{}</TD>", block(&entry.label, LEGEND_WIDTH))
}

/// A colour as Graphviz writes it.
fn colour(colour: &Colour) -> String {
    if *colour == Colour::none() { "transparent".to_owned() } else { colour.with_alpha() }
}

fn footnotes(footnotes: &[Footnote]) -> String {
    let rows: Vec<String> = (1..).zip(footnotes).map(|(number, note)| footnote(number, note)).collect();
    // A graph with more statements is also wider.
    let columns = match footnotes.len() {
        ..9 => 1,
        9..24 => 2,
        _ => 3,
    };
    let columns = rows
        .chunks(footnotes.len().div_ceil(columns))
        .map(|rows| format!("<TD VALIGN=\"TOP\" ALIGN=\"LEFT\">{TABLE}{}</TABLE></TD>", rows.concat()))
        .collect::<Vec<_>>()
        .concat();
    format!("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\"><TR>{columns}</TR></TABLE>")
}

fn footnote(number: usize, note: &Footnote) -> String {
    let mut text = block(&note.text, NOTE_WIDTH);
    for quote in &note.quotes {
        let quote = block(&quote.to_string(), NOTE_WIDTH);
        let _ = write!(text, "<FONT POINT-SIZE=\"9\" COLOR=\"#4a5560\">{quote}</FONT>");
    }
    format!(
        "<TR><TD ALIGN=\"RIGHT\" VALIGN=\"TOP\">[{number}]</TD><TD ALIGN=\"LEFT\" BALIGN=\"LEFT\" VALIGN=\"TOP\">{text}</TD></TR>"
    )
}
