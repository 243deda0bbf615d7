//! Writes diagnostics as text, JSON, JSON Lines and GitHub workflow commands.

use super::{Diagnostic, Excerpt, Severity, TextRange};
use crate::escape::json::EscapeControls;
use crate::escape::{github, terminal};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Message, Origin, Renderer, Snippet};
use std::io::{self, Write};
use std::ops::Range;

/// How diagnostics are shown in a terminal.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// Whether to use colours.
    pub color: bool,
    /// The maximum width in columns.
    pub width: usize,
}

/// Writes diagnostics as text: the message, the line with its label, and the next step.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
///
/// ```
/// use factloom::diagnostic::{Code, Diagnostic, IndexedText, Severity, TextStyle, write_text};
/// use std::sync::Arc;
///
/// let text = Arc::new(IndexedText::new("[\n{\n  \"subject\": \"mil\","));
/// let diagnostic = Diagnostic {
///     code: Code::UnknownEntity,
///     severity: Severity::Error,
///     file: "facts.json".into(),
///     line: 3,
///     column: 14,
///     range: Some(text.range(17..22)),
///     message: "unknown entity `mil`".into(),
///     label: "not an entity of the dataset".into(),
///     help: "did you mean `mill`?".into(),
///     notes: Vec::new(),
/// };
/// let mut out = Vec::new();
/// write_text(&[diagnostic], TextStyle { color: false, width: 80 }, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("--> facts.json:3:14"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_text(diagnostics: &[Diagnostic], style: TextStyle, out: &mut impl Write) -> io::Result<()> {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() }
        .term_width(style.width)
        .decor_style(DecorStyle::Ascii);
    for diagnostic in diagnostics {
        writeln!(out, "{}\n", terminal::without_commands(&render(&printable(diagnostic), &renderer)))?;
    }
    Ok(())
}

/// A diagnostic without control characters, since the renderer replaces only some. It expands tabs.
fn printable(diagnostic: &Diagnostic) -> Diagnostic {
    let text = printable_text;
    Diagnostic {
        file: text(&diagnostic.file),
        range: diagnostic.range.clone(),
        message: text(&diagnostic.message),
        label: text(&diagnostic.label),
        help: text(&diagnostic.help),
        notes: diagnostic.notes.iter().map(|note| text(note)).collect(),
        ..*diagnostic
    }
}

fn printable_excerpt(range: &TextRange) -> Excerpt {
    let Excerpt { text: line, highlight: Range { start, end } } = range.excerpt();
    let [before, marked, after] = [&line[..start], &line[start..end], &line[end..]].map(printable_text);
    let highlight = before.len()..before.len() + marked.len();
    Excerpt { text: before + &marked + &after, highlight }
}

fn printable_text(text: &str) -> String {
    text.split('\t').map(terminal::text).collect::<Vec<_>>().join("\t")
}

fn render(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Allowed => Level::INFO.with_name(Severity::Allowed.as_str()),
    };
    let label = (!diagnostic.label.is_empty()).then_some(diagnostic.label.as_str());
    let excerpt = diagnostic.range.as_ref().map(printable_excerpt);
    let position: Vec<Element<'_>> = match &excerpt {
        Some(excerpt) => {
            let primary = AnnotationKind::Primary.span(excerpt.highlight.clone()).label(label);
            let snippet = Snippet::source(&excerpt.text).line_start(diagnostic.line).annotation(primary);
            let column = excerpt.text[..excerpt.highlight.start].chars().count() + 1;
            if column == diagnostic.column {
                vec![snippet.path(&diagnostic.file).into()]
            } else {
                // The renderer counts columns from the start of the excerpt, which is part of a long line.
                let origin = Origin::path(&diagnostic.file).line(diagnostic.line).char_column(diagnostic.column);
                vec![origin.into(), snippet.into()]
            }
        }
        None => {
            let label = label.map(|label| Level::NOTE.message(label).into());
            [Origin::path(&diagnostic.file).into()].into_iter().chain(label).collect()
        }
    };
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.message(note.as_str()));
    let help = (!diagnostic.help.is_empty()).then(|| Level::HELP.message(diagnostic.help.as_str()));
    let messages: Vec<Message<'_>> = notes.chain(help).collect();
    let report = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str())
        .elements(position)
        .elements(messages);
    without_empty_origin(&renderer.render(&[report]))
}

/// A report without the line `:::`, with which the renderer introduces a snippet without a path.
fn without_empty_origin(report: &str) -> String {
    let is_style = |c: char| c.is_ascii_digit() || "\u{1b}[;m ".contains(c);
    let is_empty_origin = |line: &str| line.contains(":::") && line.trim_end().chars().all(|c| c == ':' || is_style(c));
    let mut lines = report.split_inclusive('\n');
    let mut kept: String = lines.by_ref().take_while(|line| !is_empty_origin(line)).collect();
    kept.extend(lines);
    kept
}

/// Writes diagnostics as a JSON array of objects with the members `code`, `severity`, `file`, `line`, `column` (counted
/// from 1, in code points), `message`, `label`, `help` and `notes`. Empty members are omitted.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_json(diagnostics: &[Diagnostic], out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(EscapeControls(&mut *out), diagnostics)?;
    writeln!(out)
}

/// Writes diagnostics as JSON Lines: the objects of [`write_json`], one per line.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_jsonl(diagnostics: &[Diagnostic], out: &mut impl Write) -> io::Result<()> {
    for diagnostic in diagnostics {
        serde_json::to_writer(EscapeControls(&mut *out), diagnostic)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes diagnostics as
/// [workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions), which GitHub shows
/// next to the lines of a pull request.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_github(diagnostics: &[Diagnostic], out: &mut impl Write) -> io::Result<()> {
    for d in diagnostics {
        let details = [&d.label, &d.help].into_iter().chain(&d.notes).filter(|text| !text.is_empty());
        let text = details.fold(d.message.clone(), |text, detail| format!("{text}\n{detail}"));
        let (line, column) = (d.line.to_string(), d.column.to_string());
        let mut properties = vec![("file", d.file.as_str())];
        if d.line > 0 {
            properties.extend([("line", line.as_str()), ("col", &column)]);
        }
        properties.push(("title", d.code.as_str()));
        let command = match d.severity {
            Severity::Error | Severity::Warning => d.severity.as_str(),
            Severity::Allowed => "notice",
        };
        writeln!(out, "{}", github::command(command, &properties, &text))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, IndexedText};
    use std::sync::Arc;

    fn sample() -> Diagnostic {
        let lines = "\n".repeat(11);
        Diagnostic {
            code: Code::UnknownEntity,
            severity: Severity::Error,
            file: "data/a,b/facts.json".into(),
            line: 12,
            column: 14,
            range: Some(Arc::new(IndexedText::new(lines + "  \"subject\": \"rusia\",")).range(24..31)),
            message: "unknown entity `rusia`".into(),
            label: "not an entity of the dataset".into(),
            help: "did you mean `russia`?".into(),
            notes: vec!["50% sure".into()],
        }
    }

    #[test]
    fn text_shows_the_line_and_the_next_step() {
        let mut out = Vec::new();
        write_text(&[sample()], TextStyle { color: false, width: 100 }, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn text_has_no_control_characters_and_marks_the_same_words() {
        let hostile = |text: &str| format!("\u{9b}31m\u{202e}{text}\u{1b}]0;x\u{7}");
        let text = hostile("  \"subject\": \"rusia\",");
        let start = text.find("\"rusia\"").unwrap();
        let sample = Diagnostic {
            file: hostile("a.json"),
            range: Some(Arc::new(IndexedText::new(text)).range(start..start + 7)),
            message: hostile("message"),
            label: hostile("label"),
            help: hostile("help"),
            notes: vec![hostile("note")],
            ..sample()
        };
        let mut out = Vec::new();
        write_text(&[sample], TextStyle { color: false, width: 100 }, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert!(!shown.contains(|c: char| c != '\n' && c.is_control() || c == '\u{202e}'), "{shown:?}");
        let (line, carets) = shown.lines().zip(shown.lines().skip(1)).find(|(_, next)| next.contains('^')).unwrap();
        let position = |text: &str, part: &str| text[..text.find(part).unwrap()].chars().count();
        assert_eq!(position(line, "\"rusia\""), position(carets, "^"), "{shown}");
    }

    #[test]
    fn part_of_a_long_line_has_no_origin_of_its_own() {
        let start = 700;
        let text = format!("{}\"rusia\"{}", "x".repeat(start), "y".repeat(500));
        let range = Arc::new(IndexedText::new(text)).range(start..start + 7);
        let sample = Diagnostic { range: Some(range), line: 1, column: start + 1, ..sample() };
        for color in [false, true] {
            let mut out = Vec::new();
            write_text(std::slice::from_ref(&sample), TextStyle { color, width: 100 }, &mut out).unwrap();
            let shown = String::from_utf8(out).unwrap();
            assert!(!shown.contains(":::") && shown.contains("facts.json:1:701"), "{shown}");
            assert!(shown.lines().count() > 6, "{shown}");
        }
    }

    #[test]
    fn a_workflow_command_is_one_escaped_line() {
        let mut out = Vec::new();
        write_github(&[sample()], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "::error file=data/a%2Cb/facts.json,line=12,col=14,title=unknown-entity::unknown entity `rusia`\
             %0Anot an entity of the dataset%0Adid you mean `russia`?%0A50%25 sure\n"
        );
    }

    #[test]
    fn json_is_one_array_and_json_lines_one_object_per_line() {
        let (mut json, mut jsonl) = (Vec::new(), Vec::new());
        write_json(&[sample(), sample()], &mut json).unwrap();
        write_jsonl(&[sample(), sample()], &mut jsonl).unwrap();
        let array: Vec<serde_json::Value> = serde_json::from_slice(&json).unwrap();
        assert_eq!((array.len(), &array[0]["column"], &array[1]["notes"][0]), (2, &14.into(), &"50% sure".into()));
        let lines = String::from_utf8(jsonl).unwrap();
        let objects: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects, array);
    }
}
