//! Diagnostics as text for people, as JSON for programs, and as workflow commands for GitHub Actions.

use super::{Diagnostic, Severity};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Message, Origin, Renderer, Snippet};
use serde::Serialize;
use std::io::{self, Write};

/// How diagnostics are shown to people.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// Whether with colours.
    pub color: bool,
    /// The width to keep within, in columns.
    pub width: usize,
}

/// Writes diagnostics for people: the line, its words underlined, and the next step.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use factloom::diagnostic::{Code, Diagnostic, Excerpt, TextStyle, Severity, write_text};
///
/// let diagnostic = Diagnostic {
///     code: Code::UnknownEntity,
///     severity: Severity::Error,
///     file: "facts.json".into(),
///     line: 3,
///     column: 14,
///     excerpt: Some(Excerpt { text: "  \"subject\": \"mil\",".into(), words: 13..18 }),
///     message: "no entity has the id `mil`".into(),
///     label: "the id of an entity".into(),
///     help: "did you mean `mill`?".into(),
///     notes: Vec::new(),
/// };
/// let mut out = Vec::new();
/// write_text(&[diagnostic], TextStyle { color: false, width: 80 }, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("--> facts.json:3:14"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_text(diagnostics: &[Diagnostic], rendering: TextStyle, out: &mut impl Write) -> io::Result<()> {
    let renderer = if rendering.color { Renderer::styled() } else { Renderer::plain() }
        .term_width(rendering.width)
        .decor_style(DecorStyle::Ascii);
    for diagnostic in diagnostics {
        writeln!(out, "{}\n", one(diagnostic, &renderer))?;
    }
    Ok(())
}

fn one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let place: Vec<Element<'_>> = match &diagnostic.excerpt {
        Some(excerpt) => {
            let words = AnnotationKind::Primary.span(excerpt.words.clone());
            let expected = (!diagnostic.label.is_empty()).then_some(diagnostic.label.as_str());
            let snippet = Snippet::source(&excerpt.text).line_start(diagnostic.line).annotation(words.label(expected));
            let before = excerpt.text[..excerpt.words.start].chars().count();
            if before + 1 == diagnostic.column {
                vec![snippet.path(&diagnostic.file).into()]
            } else {
                // The renderer counts columns in what it is shown, which is not the whole line.
                let origin = Origin::path(&diagnostic.file).line(diagnostic.line).char_column(diagnostic.column);
                vec![origin.into(), snippet.into()]
            }
        }
        None => {
            let expected = Level::NOTE.message(format!("expected {}", diagnostic.label));
            let expected = (!diagnostic.label.is_empty()).then_some(expected.into());
            [Origin::path(&diagnostic.file).into()].into_iter().chain(expected).collect()
        }
    };
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.message(note.as_str()));
    let help = (!diagnostic.help.is_empty()).then(|| Level::HELP.message(diagnostic.help.as_str()));
    let messages: Vec<Message<'_>> = notes.chain(help).collect();
    let report = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str())
        .elements(place)
        .elements(messages);
    renderer.render(&[report])
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    code: &'a str,
    severity: &'a str,
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    expected: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    help: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

/// Writes diagnostics as JSON, one object a line, with the members `code`, `severity`, `file`, `line`, `column`
/// (counted from 1, in code points), `message`, `expected`, `help` and `notes`; those that are empty are left out.
///
/// # Errors
///
/// Those of the writer.
pub fn write_json(diagnostics: &[Diagnostic], out: &mut impl Write) -> io::Result<()> {
    for d in diagnostics {
        let object = JsonDiagnostic {
            code: d.code.as_str(),
            severity: d.severity.as_str(),
            file: &d.file,
            line: (d.line > 0).then_some(d.line),
            column: (d.column > 0).then_some(d.column),
            message: &d.message,
            expected: &d.label,
            help: &d.help,
            notes: &d.notes,
        };
        serde_json::to_writer(&mut *out, &object)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes diagnostics as
/// [workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions), which GitHub
/// shows beside the lines of a pull request.
///
/// # Errors
///
/// Those of the writer.
pub fn write_github(diagnostics: &[Diagnostic], out: &mut impl Write) -> io::Result<()> {
    for d in diagnostics {
        let place = match d.line {
            0 => String::new(),
            line => format!(",line={line},col={}", d.column),
        };
        let further = [d.label.as_str(), d.help.as_str()].into_iter().chain(d.notes.iter().map(String::as_str));
        let text = further.filter(|t| !t.is_empty()).fold(d.message.clone(), |all, t| format!("{all}\n{t}"));
        writeln!(out, "::{} file={}{place},title={}::{}", d.severity.as_str(), property(&d.file), d.code, data(&text))?;
    }
    Ok(())
}

/// Writes an error that lies in no line of a file for GitHub's log, under a title.
///
/// # Errors
///
/// Those of the writer.
pub fn write_github_error(file: &str, title: &str, text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "::error file={},title={}::{}", property(file), property(title), data(text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Excerpt};

    fn sample() -> Diagnostic {
        Diagnostic {
            code: Code::UnknownEntity,
            severity: Severity::Error,
            file: "data/a,b/facts.json".into(),
            line: 12,
            column: 14,
            excerpt: Some(Excerpt { text: "  \"subject\": \"rusia\",".into(), words: 13..20 }),
            message: "no entity has the id `rusia`".into(),
            label: "an id from entities.json".into(),
            help: "did you mean `russia`?".into(),
            notes: vec!["50% sure".into()],
        }
    }

    #[test]
    fn people_see_the_line_and_the_next_step() {
        let mut out = Vec::new();
        write_text(&[sample()], TextStyle { color: false, width: 100 }, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn github_gets_one_escaped_line() {
        let mut out = Vec::new();
        write_github(&[sample()], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "::error file=data/a%2Cb/facts.json,line=12,col=14,title=unknown-entity::no entity has the id `rusia`\
             %0Aan id from entities.json%0Adid you mean `russia`?%0A50%25 sure\n"
        );
    }

    #[test]
    fn programs_get_an_object_a_line() {
        let mut out = Vec::new();
        write_json(&[sample()], &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["column"], 14);
        assert_eq!(value["notes"][0], "50% sure");
    }
}
