//! What stands below a drawing: the legend, the footnotes, and what the drawing says of itself.
//!
//! It is the graph's label, and not a cluster, for which Graphviz would look for room amid the drawing, and whose samples it
//! would count as nodes and edges.

use super::super::colour::Colour;
use super::super::layout::Outline;
use super::super::render_style::{RenderStyle, Stroke};
use super::super::{Attributes, Diagram, Footnote, LegendEntry, LegendSymbol};
use super::html::block;
use std::fmt::Write as _;

/// The attributes of the graph that are given up for what stands below.
pub(super) const IS_OURS: [&str; 3] = ["label", "labeljust", "labelloc"];

/// How many samples stand in a row.
const SAMPLES: usize = 6;

/// How many characters a line of the legend has, and one of a footnote.
const LEGEND_WIDTH: usize = 30;
const NOTE_WIDTH: usize = 84;

const TABLE: &str = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">";
const PART: &str = "<TR><TD ALIGN=\"LEFT\" BALIGN=\"LEFT\">";

/// The label of a diagram's graph, with its delimiters; `None` where nothing stands below.
pub(super) fn label(diagram: &Diagram) -> Option<String> {
    let mut parts = Vec::new();
    if !diagram.legend.is_empty() {
        parts.push(legend(&diagram.legend));
    }
    if !diagram.footnotes.is_empty() {
        parts.push(footnotes(&diagram.footnotes));
    }
    parts.extend(diagram.notes.iter().map(|remark| block(remark, NOTE_WIDTH)));
    if parts.is_empty() {
        return None;
    }
    // As below a printed figure.
    let caption = block(diagram.caption(), NOTE_WIDTH);
    parts.insert(0, format!("<FONT POINT-SIZE=\"13\"><B>{caption}</B></FONT>"));
    let rows = parts.iter().map(|part| [PART, part, "</TD></TR>"].concat()).collect::<String>();
    Some(format!("<{TABLE}{rows}</TABLE>>"))
}

fn legend(entries: &[LegendEntry]) -> String {
    let mut table = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"4\" CELLPADDING=\"2\">".to_owned();
    for sample in [LegendSymbol::Node, LegendSymbol::Edge] {
        let cells: Vec<String> = entries.iter().filter(|entry| entry.symbol == sample).map(cell).collect();
        for row in cells.chunks(SAMPLES) {
            let _ = write!(table, "<TR>{}</TR>", row.concat());
        }
    }
    table + "</TABLE>"
}

fn cell(entry: &LegendEntry) -> String {
    let (label, look) = (block(&entry.label, LEGEND_WIDTH), &entry.attributes);
    let sample = match entry.symbol {
        LegendSymbol::Node => node_sample(look),
        LegendSymbol::Edge => edge_sample(look),
    };
    format!("{sample}<TD ALIGN=\"LEFT\" BALIGN=\"LEFT\">{label}</TD>")
}

fn node_sample(look: &Attributes) -> String {
    let outline = Outline::of(look);
    let look = RenderStyle::new(look);
    let style = if look.rounded || outline == Outline::Ellipse { " STYLE=\"ROUNDED\"" } else { "" };
    let fill = look.fill.as_ref().map_or_else(String::new, |fill| format!(" BGCOLOR=\"{}\"", colour(fill)));
    let border = u8::from(look.bordered);
    format!(
        "<TD FIXEDSIZE=\"TRUE\" CELLPADDING=\"0\" WIDTH=\"30\" HEIGHT=\"16\" BORDER=\"{border}\" COLOR=\"{}\"{fill}{style}></TD>",
        colour(&look.line)
    )
}

/// The lower edge of a cell, as there are no lines in HTML-like labels.
fn edge_sample(look: &Attributes) -> String {
    let look = RenderStyle::new(look);
    let line = match look.stroke {
        Stroke::Solid => "solid",
        Stroke::Dashed => "dashed",
        Stroke::Dotted => "dotted",
    };
    let width = look.line_width.clamp(1.0, 4.0).round();
    let colour = colour(&look.line);
    // The two cells share the height of the row, so that the line runs in the middle.
    format!(
        "<TD CELLPADDING=\"0\"><TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR><TD WIDTH=\"30\" \
         HEIGHT=\"7\" BORDER=\"{width}\" SIDES=\"B\" STYLE=\"{line}\" COLOR=\"{colour}\"></TD></TR>\
         <TR><TD HEIGHT=\"7\"></TD></TR></TABLE></TD>"
    )
}

/// A colour as Graphviz has it.
fn colour(colour: &Colour) -> String {
    if *colour == Colour::none() { "transparent".to_owned() } else { colour.with_alpha() }
}

fn footnotes(all: &[Footnote]) -> String {
    let numbered: Vec<String> = all.iter().enumerate().map(|(at, note)| footnote(at + 1, note)).collect();
    // With more statements the drawing is wider, too.
    let columns = match all.len() {
        ..9 => 1,
        9..24 => 2,
        _ => 3,
    };
    let columns = numbered.chunks(all.len().div_ceil(columns)).map(|notes| {
        let rows = notes.concat();
        format!("<TD VALIGN=\"TOP\" ALIGN=\"LEFT\">{TABLE}{rows}</TABLE></TD>")
    });
    format!("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\"><TR>{}</TR></TABLE>", columns.collect::<String>())
}

fn footnote(number: usize, note: &Footnote) -> String {
    let quotes = note.quotes.iter().map(|quote| {
        let words = block(&format!("{}  {}", quote.quote, quote.source), NOTE_WIDTH);
        format!("<FONT POINT-SIZE=\"9\" COLOR=\"#4a5560\">{words}</FONT>")
    });
    let text = block(&note.text, NOTE_WIDTH) + &quotes.collect::<String>();
    format!(
        "<TR><TD ALIGN=\"RIGHT\" VALIGN=\"TOP\">[{number}]</TD><TD ALIGN=\"LEFT\" BALIGN=\"LEFT\" VALIGN=\"TOP\">{text}</TD></TR>"
    )
}
