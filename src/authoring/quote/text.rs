//! Found passages as text: where each is, its sentences with the quote marked, and the evidence to paste.

use super::json::evidence;
use super::{QuoteCandidate, WordDifference};
use crate::escape::json::EscapeControls;
use crate::escape::{single_line, terminal};
use crate::output::OutputError;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// How many differences are shown.
const MAX_DIFFERENCES: usize = 3;

/// Writes found passages, the best one first.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn quotes_text(candidates: &[QuoteCandidate], out: &mut impl Write) -> Result<(), OutputError> {
    for (number, candidate) in candidates.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", position(candidate))?;
        writeln!(out, "    {}", terminal::line(&sentence(candidate)))?;
        let important = candidate.differences.iter().filter(|difference| difference.is_important);
        for WordDifference { description, .. } in important.take(MAX_DIFFERENCES) {
            writeln!(out, "    {}", terminal::line(description))?;
        }
        if candidate.is_partial {
            writeln!(out, "    only the first words were compared")?;
        }
        if candidate.omits_cue {
            writeln!(out, "    the words next to the quote may deny it: quote them, too")?;
        }
        write_evidence(candidate, out)?;
    }
    Ok(())
}

/// Where a passage is, and its sentences, on one line.
pub fn nearest_text(candidate: &QuoteCandidate) -> String {
    format!("{}: {}", position(candidate), sentence(candidate))
}

fn position(candidate: &QuoteCandidate) -> String {
    let QuoteCandidate { source, span, is_locked, .. } = candidate;
    let locked = if *is_locked { " (locked)" } else { "" };
    format!("{source}:{}:{}{locked}", span.line(), span.column())
}

/// The sentences of a passage with the quote marked, or only the quote if the text is unavailable.
fn sentence(candidate: &QuoteCandidate) -> String {
    match &candidate.context {
        Some(context) => context.marked_sentence(),
        None => format!("‹{}›", single_line(&candidate.quote)),
    }
}

/// Writes the piece of evidence as a JSON object on one line.
fn write_evidence(candidate: &QuoteCandidate, out: &mut impl Write) -> io::Result<()> {
    write!(out, "    ")?;
    evidence(candidate).serialize(&mut Serializer::with_formatter(EscapeControls(&mut *out), OneLine))?;
    writeln!(out)
}

/// JSON on one line with spaces, as in the files of a dataset.
struct OneLine;

impl Formatter for OneLine {
    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"{ ")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        out.write_all(if is_first { b"" } else { b", " })
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b" }")
    }
}
