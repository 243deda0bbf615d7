//! Graphviz's HTML-like labels. <https://graphviz.org/doc/info/shapes.html#html>

use super::super::xml::printable;
use super::super::{DiagramNode, Row};
use super::escape::lines;
use std::fmt::Write as _;

/// How many characters a line of a value in a box has at most.
const VALUE_WIDTH: usize = 36;

/// A text within an HTML-like label: an XML text, in which what XML cannot hold is replaced. What stands in the XML is an escString,
/// in which two backslashes are one.
pub(super) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(printable(text)).replace('\\', r"\\")
}

/// A text in lines of so many characters at most, each at the left.
pub(super) fn block(text: &str, width: usize) -> String {
    let left = "<BR ALIGN=\"LEFT\"/>";
    lines(text, width).iter().map(|line| escaped(line) + left).collect()
}

/// A box with rows below its label, as a table.
pub(super) fn record(node: &DiagramNode) -> String {
    let label: Vec<String> = lines(&node.label, super::escape::WIDTH).iter().map(|line| escaped(line)).collect();
    let mut table = "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"2\">".to_owned();
    let _ = write!(table, "<TR><TD COLSPAN=\"2\"><B>{}</B></TD></TR><HR/>", label.join("<BR/>"));
    for Row { name, value } in &node.rows {
        let name = block(name, VALUE_WIDTH);
        let value = block(value, VALUE_WIDTH);
        let cell = "<TD ALIGN=\"LEFT\" VALIGN=\"TOP\">";
        let _ = write!(table, "<TR>{cell}{name}</TD>{cell}{value}</TD></TR>");
    }
    table + "</TABLE>"
}
