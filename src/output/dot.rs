//! DOT, Graphviz's language. <https://graphviz.org/doc/info/lang.html>

use super::{Attributes, Diagram};
use std::io::{self, Write};

/// Writes a diagram in DOT. Any text in it comes out of Graphviz as it went in.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use factloom::output::{Diagram, dot};
///
/// let mut out = Vec::new();
/// dot::write(&Diagram { title: "\"A\"".into(), ..Diagram::default() }, &mut out)?;
/// assert_eq!(String::from_utf8(out)?, "digraph \"\\\"A\\\"\" {\n}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(diagram: &Diagram, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "digraph {} {{", quoted(&text(&diagram.title)))?;
    for (name, value) in &diagram.graph {
        writeln!(out, "  {}={};", quoted(&literal(name)), value_of(name, value))?;
    }
    for node in &diagram.nodes {
        let own = [("label", text(&node.label)), ("tooltip", text(&node.tooltip))];
        writeln!(out, "  {} [{}];", quoted(&literal(&node.name)), list(&own, &node.attributes))?;
    }
    for edge in &diagram.edges {
        let (from, to) = (&diagram.nodes[edge.from].name, &diagram.nodes[edge.to].name);
        // An id is an escString too, in which `\N` and `&amp;` would be replaced.
        let id = (!edge.id.is_empty()).then(|| ("id", text(&edge.id)));
        let own = [("label", text(&edge.label)), ("tooltip", text(&edge.tooltip))].into_iter().chain(id);
        let attributes = list(&own.collect::<Vec<_>>(), &edge.attributes);
        writeln!(out, "  {} -> {} [{attributes}];", quoted(&literal(from)), quoted(&literal(to)))?;
    }
    writeln!(out, "}}")
}

fn list(own: &[(&str, String)], attributes: &Attributes) -> String {
    let own = own.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
    let others = attributes.iter().filter(|(name, _)| !["label", "tooltip"].contains(&name.as_str()));
    let others = others.map(|(name, value)| format!("{}={}", quoted(&literal(name)), value_of(name, value)));
    own.chain(others).collect::<Vec<_>>().join(", ")
}

/// Puts a string that has been escaped in quotation marks.
fn quoted(escaped: &str) -> String {
    format!("\"{escaped}\"")
}

/// A value that Graphviz takes as it is, such as a colour: only its quotation marks are escaped.
fn value_of(name: &str, value: &str) -> String {
    // An id is an escString too, in which `\N` and `&amp;` would be replaced.
    quoted(&if name == "id" { text(value) } else { literal(value) })
}

/// A string that is no escString. A backslash at its end would escape the closing quotation mark, and one before a line
/// break would join the lines.
fn literal(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 2);
    let mut backslashes = 0;
    for c in value.chars().chain(['"']) {
        // The last mark stands for the closing one, and is taken off again.
        if (c == '"' || c == '\n') && backslashes % 2 == 1 {
            escaped.push('\\');
        }
        if c == '"' {
            escaped.push('\\');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        escaped.push(c);
    }
    escaped.truncate(escaped.len() - 2);
    escaped
}

/// An escString that stands for a text: `\N`, `\l` and the like mean themselves, and `&amp;` is no character reference.
///
/// <https://graphviz.org/docs/attr-types/escString/>
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '&' => escaped.push_str("&amp;"),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => escaped.push_str("\\n"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_graphviz_would_replace_is_escaped() {
        assert_eq!(text(r#"a\N "b" &amp; \l"#), r#"a\\N \"b\" &amp;amp; \\l"#);
        assert_eq!(text("one\r\ntwo\nthree"), "one\\ntwo\\nthree");
        assert_eq!(literal("back\\"), "back\\\\");
        assert_eq!(literal("a\\\"b"), "a\\\\\\\"b");
        assert_eq!(literal("a\"b"), "a\\\"b");
    }

    #[test]
    fn an_empty_diagram_is_a_graph() {
        let mut out = Vec::new();
        write(&Diagram::default(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "digraph \"\" {\n}\n");
    }
}
