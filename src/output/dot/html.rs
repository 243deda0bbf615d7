//! Graphviz's HTML-like labels. <https://graphviz.org/doc/info/shapes.html#html>

use super::super::{DiagramNode, Row};
use super::lines::{WIDTH, lines};
use crate::escape::dot::html;
use std::fmt::Write as _;

/// The greatest number of characters in a line of a row's name or value.
const ROW_WIDTH: usize = 36;

/// A left-aligned text in lines of at most `width` characters.
pub(super) fn block(text: &str, width: usize) -> String {
    lines(text, width).iter().map(|line| html(line) + "<BR ALIGN=\"LEFT\"/>").collect()
}

/// A node with its rows as a table.
pub(super) fn record(node: &DiagramNode) -> String {
    let label: Vec<String> = lines(&node.label, WIDTH).iter().map(|line| html(line)).collect();
    let mut table = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"2\">".to_owned();
    let _ = write!(table, "<TR><TD COLSPAN=\"2\"><B>{}</B></TD></TR><HR/>", label.join("<BR/>"));
    for Row { name, value } in &node.rows {
        let (name, value) = (block(name, ROW_WIDTH), block(value, ROW_WIDTH));
        let cell = "<TD ALIGN=\"LEFT\" VALIGN=\"TOP\">";
        let _ = write!(table, "<TR>{cell}{name}</TD>{cell}{value}</TD></TR>");
    }
    table + "</TABLE>"
}
